package slipstream.training.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.TrainingData;

class BaselineTrainerTest {
  private final BaselineTrainer trainer = new BaselineTrainer();

  @Test
  void takesTheMeanUnlessToldOtherwise() {
    assertEquals(3.25, fit(Map.of(), 1, 2, 3, 7).value());
    assertEquals(2.5, fit(Map.of("statistic", "median"), 7, 1, 3, 2).value());
    assertEquals(3, fit(Map.of("statistic", "median"), 9, 1, 3).value());
  }

  @Test
  void weightsCountLikeSoManyRows() {
    double[] weights = {1, 0, 2, 1};
    assertEquals(4.25, fit(Map.of(), weights, 1, 100, 4, 8).value());
    assertEquals(4, fit(Map.of("statistic", "median"), weights, 1, 100, 4, 8).value());
    assertEquals(
        2.5, fit(Map.of("statistic", "median"), new double[] {3, 0, 0, 3}, 1, 2, 3, 4).value());
    assertEquals(1e308, fit(Map.of(), new double[] {1e300, 1e300}, 1e308, 1e308).value(), 1e293);
  }

  @Test
  void doesNotLosePrecisionOrOverflow() {
    assertEquals(0.5, fit(Map.of(), 1e16, 1, 1, -1e16).value());
    assertEquals(1.5e308, fit(Map.of(), 1.5e308, 1.5e308, 1.5e308).value(), 1e293);
    assertEquals(1.5e308, fit(Map.of("statistic", "median"), 1.5e308, 1.5e308).value());
  }

  @Test
  void predictsTheSameForEveryRow() {
    BaselineModel model = fit(Map.of(), 1, 2);
    FeatureMatrix rows = FeatureMatrix.ofColumns(List.of("x"), new double[][] {{1, Double.NaN}});
    assertArrayEquals(new double[] {1.5, 1.5}, model.predict(rows));
  }

  @Test
  void decodesWhatItEncodedAndRejectsDamage() {
    BaselineModel model = fit(Map.of("statistic", "median"), 1, 2, 4);
    byte[] bytes = model.encode();
    assertEquals(model, trainer.decode(bytes));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(SlipstreamException.class, () -> trainer.decode(cut));
    }
    byte[] nan = bytes.clone();
    Arrays.fill(nan, nan.length - 8, nan.length, (byte) 0xff);
    assertThrows(SlipstreamException.class, () -> trainer.decode(nan));
  }

  @Test
  void needsARow() {
    assertThrows(SlipstreamException.class, () -> fit(Map.of()));
  }

  private BaselineModel fit(Map<String, ?> parameters, double... target) {
    return fit(parameters, null, target);
  }

  private BaselineModel fit(Map<String, ?> parameters, double[] weights, double... target) {
    FeatureMatrix none = FeatureMatrix.ofColumns(List.of("x"), new double[1][target.length]);
    FeatureMatrix empty = FeatureMatrix.ofColumns(List.of("x"), new double[1][0]);
    return trainer.train(
        new TrainingData(
            none,
            target,
            new RowFacts(weights, null, null, null),
            empty,
            new double[0],
            RowFacts.NONE),
        ParameterForm.bind(BaselineParameters.class, parameters, "baseline"),
        new Context("test", 1, 1, Progress.NONE));
  }
}
