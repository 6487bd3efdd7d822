package slipstream.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.training.baseline.BaselineModel;
import slipstream.training.baseline.BaselineParameters.Statistic;
import slipstream.training.evaluation.CostCurve.Band;

class CostCurvesTest {
  private static final FeatureMatrix ROWS =
      FeatureMatrix.ofColumns(
          List.of("size", "spread", "one"),
          new double[][] {
            IntStream.rangeClosed(1, 1001).mapToDouble(i -> i * i).toArray(),
            IntStream.rangeClosed(1, 1001).mapToDouble(i -> i).toArray(),
            IntStream.rangeClosed(1, 1001).mapToDouble(_ -> 1).toArray()
          });

  private static SequencedMap<String, Model> models() {
    SequencedMap<String, Model> models = new LinkedHashMap<>();
    models.put("baseline", new BaselineModel(Statistic.MEAN, 7));
    return models;
  }

  @Test
  void theGridSpansWhatOccursAndTheOthersAreAtTheirMedians() {
    CostCurves curves = CostCurves.of(models(), ROWS, "size", "x").orElseThrow();
    assertTrue(curves.logarithmic());
    assertEquals(11 * 11, curves.grid().getFirst());
    assertEquals(991 * 991, curves.grid().getLast());
    assertEquals(
        List.of(new CostCurves.Held("spread", 501), new CostCurves.Held("one", 1)), curves.held());
    CostCurves.Curve constant = curves.curves().getFirst();
    assertEquals(Band.NONE, constant.band());
    assertTrue(constant.predicted().stream().allMatch(each -> each == 7));
  }

  @Test
  void aFeatureOfOneMagnitudeHasALinearScale() {
    FeatureMatrix rows =
        FeatureMatrix.ofColumns(
            List.of("size"),
            new double[][] {IntStream.rangeClosed(10, 110).mapToDouble(i -> i).toArray()});
    assertFalse(CostCurves.of(models(), rows, "size", "").orElseThrow().logarithmic());
  }

  @Test
  void aConstantHasNoCurve() {
    assertTrue(CostCurves.of(models(), ROWS, "one", "").isEmpty());
  }
}
