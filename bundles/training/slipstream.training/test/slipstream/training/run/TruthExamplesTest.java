package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.experiment.Experiment;
import slipstream.core.spi.Coefficient;
import slipstream.experiment.ExperimentFile;
import slipstream.training.evaluation.Report.ModelReport;

/** The examples on generated data: the truth that they name is the generator's, and the models find it. */
class TruthExamplesTest {
  @TempDir Path folder;

  private List<ModelReport> run(String example, Map<String, String> overrides) throws IOException {
    Path file = Path.of("../../../examples", example);
    String text = ExperimentFile.withOverrides(Files.readString(file), overrides);
    Experiment experiment = ExperimentFile.parse(text, example).experiment();
    RunResult result = Runs.run(folder, "out", experiment);
    return result.report().targets().getFirst().models();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bond-cost-truth.slip.yaml", "parent-cost-truth.slip.yaml"})
  void withoutNoiseTheTruthIsFound(String example) throws IOException {
    int checked = 0;
    for (ModelReport model :
        run(example, Map.of("data.noise", "0", "data.rows", "20000", "validation.folds", "1"))) {
      for (Coefficient each : model.coefficients()) {
        assertEquals(each.truth(), each.estimate(), 1e-6 * Math.abs(each.truth()), each.name());
        checked++;
      }
    }
    assertTrue(checked >= 9, checked + " coefficients");
  }

  @ParameterizedTest
  @CsvSource({"bond-cost-truth.slip.yaml, 10", "parent-cost-truth.slip.yaml, 9"})
  void withNoiseItIsWithinFourErrors(String example, int coefficients) throws IOException {
    int checked = 0;
    for (ModelReport model : run(example, Map.of("data.rows", "60000", "validation.folds", "1"))) {
      for (Coefficient each : model.coefficients()) {
        double errors = (each.estimate() - each.truth()) / each.standardError();
        assertTrue(Math.abs(errors) < 4, each.toString());
        assertTrue(each.low() < each.estimate() && each.estimate() < each.high());
        checked++;
      }
    }
    assertEquals(coefficients, checked);
  }
}
