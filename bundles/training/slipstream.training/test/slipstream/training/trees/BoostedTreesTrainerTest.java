package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.TreeData.Kind;

class BoostedTreesTrainerTest {
  private static final List<String> NAMES = List.of("spread", "participation", "volatility");
  private static final BoostedTreesTrainer TRAINER = new BoostedTreesTrainer();

  private static FeatureMatrix matrix(TreeData data) {
    double[][] columns = new double[data.x().length][data.rows()];
    for (int f = 0; f < columns.length; f++) {
      for (int i = 0; i < data.rows(); i++) {
        columns[f][i] = data.x()[f][i] + 1e-12; // not a float: it must be rounded to one
      }
    }
    return FeatureMatrix.ofColumns(NAMES, columns);
  }

  private static Trainer.TrainingData trainingData() {
    TreeData train = TreeData.of(1, 3000, 3, Kind.UNIFORM, Kind.SOME_MISSING, Kind.CONSTANT);
    TreeData later = TreeData.of(2, 500, 3, Kind.UNIFORM, Kind.SOME_MISSING, Kind.CONSTANT);
    return new Trainer.TrainingData(matrix(train), train.y(), matrix(later), later.y());
  }

  private static BoostedTreesParameters parameters(Map<String, ?> values) {
    return ParameterForm.bind(BoostedTreesParameters.class, values, "models.trees");
  }

  @Test
  void isInTheCatalogue() {
    assertTrue(
        PluginCatalog.ofClassPath().trainers().stream()
            .anyMatch(each -> each.name().equals("boosted-trees")));
  }

  @Test
  void theFormsDefaultsAreTheRecordsDefaults() {
    assertEquals(BoostedTreesParameters.defaults(), parameters(Map.of()));
    var e = assertThrows(SlipstreamException.class, () -> parameters(Map.of("depth", 17)));
    assertTrue(e.getMessage().contains("depth"), e.getMessage());
  }

  @Test
  void trainsPredictsAndComesBackFromItsBytesWhateverTheThreads() {
    var data = trainingData();
    List<Integer> steps = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void learningCurve(
              String series, int step, String metric, double training, double validation) {
            assertEquals("fit", series);
            assertEquals("MAE", metric);
            assertTrue(training > 0 && validation > 0);
            steps.add(step);
          }
        };
    var p = parameters(Map.of("rounds", 10, "objective", "absolute", "row_sampling", 0.5));
    var model = TRAINER.train(data, p, new Trainer.Context("fit", 7, 1, progress));
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), steps);
    assertEquals(NAMES, model.features());
    assertEquals("boosted-trees", model.trainer());
    var again = TRAINER.train(data, p, new Trainer.Context("fit", 7, 3, Progress.NONE));
    assertArrayEquals(model.encode(), again.encode());
    var decoded = TRAINER.decode(model.encode());
    assertArrayEquals(model.predict(data.features()), decoded.predict(data.features()));
    double sum = model.importance().values().stream().mapToDouble(v -> v).sum();
    assertEquals(1, sum, 1e-12);
    assertEquals("volatility", model.importance().lastEntry().getKey());
    assertEquals(0, model.importance().lastEntry().getValue());
  }

  @Test
  void weightsReachTrainingAndValidation() {
    var data = trainingData();
    double[] weights = new double[3000];
    double[] later = new double[500];
    for (int i = 0; i < 3000; i++) {
      weights[i] = i % 3 == 0 ? 5 : 0.5;
      later[i % 500] = i % 3;
    }
    var weighted =
        new Trainer.TrainingData(
            data.features(),
            data.target(),
            new Trainer.RowFacts(weights, null, null, null),
            data.validationFeatures(),
            data.validationTarget(),
            new Trainer.RowFacts(later, null, null, null));
    var p = parameters(Map.of("rounds", 5));
    List<Double> losses = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void learningCurve(
              String series, int step, String metric, double training, double validation) {
            losses.add(validation);
          }
        };
    var model = TRAINER.train(weighted, p, new Trainer.Context("fit", 7, 2, progress));
    double[] predicted = model.predict(data.validationFeatures());
    double sum = 0;
    double sumOfWeights = 0;
    for (int i = 0; i < 500; i++) {
      sum += later[i] * Math.pow(data.validationTarget()[i] - predicted[i], 2);
      sumOfWeights += later[i];
    }
    assertEquals(Math.sqrt(sum / sumOfWeights), losses.getLast(), 1e-5);
    var plain = TRAINER.train(data, p, new Trainer.Context("fit", 7, 2, Progress.NONE));
    assertTrue(!java.util.Arrays.equals(plain.encode(), model.encode()));
  }

  @Test
  void constraintsNameFeatures() {
    var data = trainingData();
    var context = new Trainer.Context("fit", 7, 2, Progress.NONE);
    var model =
        TRAINER.train(
            data,
            parameters(
                Map.of(
                    "monotone",
                    Map.of("spread", "decreasing"),
                    "interactions",
                    List.of("spread * participation"))),
            context);
    double[][] rising = new double[3][200];
    for (int i = 0; i < 200; i++) {
      rising[0][i] = i / 100.0 - 1;
    }
    double[] predicted = model.predict(FeatureMatrix.ofColumns(NAMES, rising));
    for (int i = 1; i < 200; i++) {
      assertTrue(predicted[i] <= predicted[i - 1]);
    }
    var wrong = parameters(Map.of("monotone", Map.of("spred", "increasing")));
    var e = assertThrows(SlipstreamException.class, () -> TRAINER.train(data, wrong, context));
    assertTrue(e.getMessage().contains("'spred' is not a feature"), e.getMessage());
    assertTrue(e.remedy().contains("Did you mean 'spread'?"), e.remedy());
    var sideways =
        assertThrows(
            SlipstreamException.class,
            () -> parameters(Map.of("monotone", Map.of("spread", "up"))));
    assertTrue(sideways.getMessage().contains("neither increasing nor decreasing"));
  }

  @Test
  void anotherSeedSamplesOtherRows() {
    var data = trainingData();
    var p = parameters(Map.of("rounds", 2, "row_sampling", 0.5));
    var one = TRAINER.train(data, p, new Trainer.Context("fit", 1, 1, Progress.NONE));
    var two = TRAINER.train(data, p, new Trainer.Context("fit", 2, 1, Progress.NONE));
    assertTrue(!java.util.Arrays.equals(one.encode(), two.encode()));
  }

  @Test
  void cancellingIsAnErrorOfItsOwnCategory() {
    Progress cancelled =
        new Progress() {
          @Override
          public boolean cancelled() {
            return true;
          }
        };
    var data = trainingData();
    var context = new Trainer.Context("fit", 1, 2, cancelled);
    var e =
        assertThrows(
            SlipstreamException.class,
            () -> TRAINER.train(data, BoostedTreesParameters.defaults(), context));
    assertEquals(SlipstreamException.Category.CANCELLED, e.category());
  }
}
