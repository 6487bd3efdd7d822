package slipstream.training.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.TrainingData;

class FeatureTrainerTest {
  private static final Context CONTEXT = new Context("test", 1, 1, Progress.NONE);
  private final FeatureTrainer trainer = new FeatureTrainer();

  private static TrainingData data(double[] target, double[] weights) {
    FeatureMatrix rows =
        FeatureMatrix.ofColumns(
            List.of("now", "forecast"), new double[][] {new double[target.length], target});
    return new TrainingData(
        rows,
        target,
        new RowFacts(weights, null, null, null),
        rows.select(new int[0]),
        new double[0],
        RowFacts.NONE);
  }

  @Test
  void predictsTheFeatureAsItIs() {
    FeatureModel model =
        trainer.train(
            data(new double[] {1, 3}, new double[] {3, 1}),
            new FeatureParameters("forecast"),
            CONTEXT);
    double[][] columns = {{7, 7, 7, 7}, {0.1, Double.NaN, Double.NEGATIVE_INFINITY, -1e300}};
    FeatureMatrix rows = FeatureMatrix.ofColumns(List.of("now", "forecast"), columns);
    assertArrayEquals(new double[] {0.1, 1.5, 1.5, -1e300}, model.predict(rows));
    assertEquals(List.of("forecast"), List.copyOf(model.importance().keySet()));
    byte[] bytes = model.encode();
    assertEquals(model, trainer.decode(bytes));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(SlipstreamException.class, () -> trainer.decode(cut));
    }
    bytes[bytes.length - 12] = 2; // the column
    assertThrows(SlipstreamException.class, () -> trainer.decode(bytes));
  }

  @Test
  void aFeatureThatIsNotThere() {
    TrainingData data = data(new double[] {1, 3}, null);
    var e =
        assertThrows(
            SlipstreamException.class,
            () -> trainer.train(data, new FeatureParameters("forcast"), CONTEXT));
    assertEquals(
        "feature: there is no feature 'forcast'. Did you mean 'forecast'? Known: now, forecast.",
        e.getMessage());
  }
}
