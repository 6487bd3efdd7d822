package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.FeatureRows;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.explain.PartialDependence;
import slipstream.training.explain.TreeShap;

/** Features with categories, from the training rows to predictions by name. */
class CategoriesTest {
  private static final BoostedTreesTrainer TRAINER = new BoostedTreesTrainer();
  private static final BoostedTreesParameters P =
      BoostedTreesParameters.defaults().withRounds(20).withDepth(4).with("learning_rate", 0.3);

  /** Rows of a dealer and a size, and what they cost. */
  private record Quotes(String[] dealer, double[] size, double[] cost) {
    static Quotes of(long seed, int rows, int dealers) {
      SplittableRandom random = new SplittableRandom(seed);
      String[] dealer = new String[rows];
      double[] size = new double[rows];
      double[] cost = new double[rows];
      for (int i = 0; i < rows; i++) {
        int k = (int) (dealers * Math.pow(random.nextDouble(), 2));
        boolean unknown = random.nextInt(20) == 0;
        dealer[i] = unknown ? null : "dealer " + k;
        size[i] = random.nextDouble();
        cost[i] = (unknown ? 30 : 10 * (k * 7919 % 13)) + size[i] * (k % 3) + random.nextGaussian();
      }
      return new Quotes(dealer, size, cost);
    }

    /** The names in another order for another seed. */
    FeatureMatrix matrix(long order) {
      List<String> names = new ArrayList<>(Arrays.asList(dealer));
      names.removeIf(each -> each == null);
      names = new ArrayList<>(names.stream().distinct().sorted().toList());
      names.add("of another day");
      Collections.shuffle(names, new Random(order));
      double[] codes = new double[dealer.length];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = dealer[i] == null ? Double.NaN : names.indexOf(dealer[i]);
      }
      return FeatureMatrix.ofColumns(
          List.of("dealer", "size"), new double[][] {codes, size}, List.of(names, List.of()));
    }
  }

  private static final class Messages implements Progress {
    final List<String> all = new ArrayList<>();

    @Override
    public void message(Severity severity, String text) {
      all.add(text);
    }
  }

  private static BoostedTreesModel train(
      Quotes data, long order, BoostedTreesParameters p, Model start, Progress progress) {
    FeatureMatrix rows = data.matrix(order);
    return (BoostedTreesModel)
        TRAINER.train(
            new Trainer.TrainingData(rows, data.cost(), rows.select(new int[0]), new double[0]),
            p,
            new Trainer.Context(
                "trees",
                1,
                (int) order % 3 + 1,
                progress,
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(start)));
  }

  private static FeatureMatrix row(String dealer, double size) {
    FeatureRows rows = new FeatureRows(List.of("dealer", "size"), 1);
    if (dealer != null) {
      rows.set(0, 0, dealer);
    }
    rows.set(0, 1, size);
    return rows.matrix();
  }

  /**
   * Without smoothing and penalties, for squared error, the best cut of the sorted categories is the best of all ways to part
   * them (Fisher 1958).
   */
  @Property(tries = 150)
  void theBestSplitIsTheBestOfAllSubsets(
      @ForAll @IntRange(min = 2, max = 8) int categories,
      @ForAll @IntRange(min = 2, max = 300) int rows,
      @ForAll @IntRange(min = 1, max = 20) int minRows,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean missing = random.nextBoolean();
    float[] x = new float[rows];
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      boolean unknown = missing && random.nextInt(5) == 0;
      x[i] = unknown ? Float.NaN : random.nextInt(categories);
      y[i] = random.nextInt(-1000, 1000) + (unknown ? 300 : 100 * x[i] % 300);
    }
    TreeData data = new TreeData(new float[][] {x}, y, new int[] {categories});
    var p =
        BoostedTreesParameters.defaults()
            .withRounds(1)
            .withDepth(1)
            .with("l2", 0)
            .with("category_smoothing", 0)
            .with("min_rows_per_category", 1)
            .with("min_rows_per_leaf", minRows);
    BoostedTrees model =
        BoostedTreesLearner.train(data.columns(), y, null, null, p, 1, 1, TrainingMonitor.none())
            .model();
    double[] sums = new double[categories + 1]; // the last is for missing values
    int[] counts = new int[categories + 1];
    for (int i = 0; i < rows; i++) {
      int k = Float.isNaN(x[i]) ? categories : (int) x[i];
      sums[k] += (float) y[i] - model.baseScore();
      counts[k]++;
    }
    double all = Arrays.stream(sums).sum();
    double best = 0;
    for (int subset = 0; subset < 1 << categories + 1; subset++) {
      double left = 0;
      int leftRows = 0;
      for (int k = 0; k <= categories; k++) {
        if ((subset >> k & 1) != 0) {
          left += sums[k];
          leftRows += counts[k];
        }
      }
      int rightRows = rows - leftRows;
      if (leftRows >= minRows && rightRows >= minRows) {
        double right = all - left;
        double gain = left * left / leftRows + right * right / rightRows - all * all / rows;
        best = Math.max(best, gain / 2);
      }
    }
    RegressionTree tree = model.trees().getFirst();
    if (tree.isLeaf(0)) {
      // With a least number of rows on both sides the best subset need not be a stretch of the
      // order.
      assertTrue(minRows > 1 || best < 1e-3 * rows, () -> "a leaf");
    } else if (minRows == 1) {
      assertEquals(best, tree.gain(0), 1e-6 * best);
    } else {
      assertTrue(tree.gain(0) <= best * (1 + 1e-6));
    }
  }

  @Test
  void theModelDoesNotDependOnTheOrderOfNamesOrThreads() {
    Quotes data = Quotes.of(1, 3000, 40);
    byte[] expected = train(data, 0, P, null, Progress.NONE).encode();
    for (long order : new long[] {1, 2, 3}) {
      assertArrayEquals(expected, train(data, order, P, null, Progress.NONE).encode());
    }
    for (long order : new long[] {0, 5}) {
      assertArrayEquals(
          train(data, 0, P, null, Progress.NONE).predict(data.matrix(0)),
          train(data, 0, P, null, Progress.NONE).predict(data.matrix(order)));
    }
  }

  @Test
  void predictionsAreByNameAndTheOnesOfTheDecodedModel() {
    Quotes data = Quotes.of(2, 4000, 20);
    BoostedTreesModel model = train(data, 0, P, null, Progress.NONE);
    assertTrue(model.trees().trees().stream().anyMatch(RegressionTree::splitsCategories));
    double error = 0;
    double[] predicted = model.predict(data.matrix(1));
    for (int i = 0; i < predicted.length; i++) {
      error += Math.abs(predicted[i] - data.cost()[i]) / predicted.length;
    }
    assertTrue(error < 1.5, error + "");
    Model decoded = TRAINER.decode(model.encode());
    assertArrayEquals(model.encode(), decoded.encode());
    assertArrayEquals(predicted, decoded.predict(data.matrix(4)));
    assertEquals(model.categories(0), decoded.categories(0));
    assertEquals(List.of(), decoded.categories(1));
    assertEquals("dealer 0", decoded.categories(0).getFirst()); // the most frequent one
  }

  /** Walks by blocks, by rows and by nodes agree. */
  @Test
  void allWalksThroughTheTreesAgree() {
    Quotes data = Quotes.of(3, 1003, 90);
    BoostedTreesModel model = train(data, 0, P, null, Progress.NONE);
    FeatureMatrix numbered = model.numbered(data.matrix(2));
    double[] blocks = model.predict(data.matrix(2));
    TreeShap shap = new TreeShap(model);
    double[][] contributions = shap.contributions(data.matrix(2), 2);
    for (int i = 0; i < blocks.length; i++) {
      float[] row = {(float) numbered.get(i, 0), (float) numbered.get(i, 1)};
      float sum = 0;
      for (RegressionTree tree : model.trees().trees()) {
        sum += tree.value(tree.leaf(row));
      }
      assertEquals((float) blocks[i], model.trees().baseScore() + sum);
      assertEquals((float) blocks[i], model.trees().predict(row));
      assertEquals(
          blocks[i], shap.expectedValue() + contributions[i][0] + contributions[i][1], 1e-3);
    }
    assertTrue(model.importance().get("dealer") > 0.8);
  }

  @Test
  void aCategoryThatWasNotTrainedOnIsAMissingValue() {
    Quotes data = Quotes.of(4, 2000, 10);
    BoostedTreesModel model = train(data, 0, P, null, Progress.NONE);
    double missing = model.predict(row(null, 0.3))[0];
    assertEquals(missing, model.predict(row("nobody", 0.3))[0]);
    assertEquals(30, missing, 3);
    assertFalse(missing == model.predict(row("dealer 1", 0.3))[0]);
  }

  @Test
  void theRarestOfTooManyCategoriesShareABinAndTheUserIsTold() {
    Quotes data = Quotes.of(5, 5000, 400);
    Messages messages = new Messages();
    BoostedTreesModel model = train(data, 0, P, null, messages);
    Categories dealers = model.categories().getFirst();
    assertEquals(254, dealers.own());
    assertEquals(255, dealers.count());
    int rare = dealers.names().size() - 254;
    assertTrue(rare > 50);
    assertTrue(
        messages.all.getFirst().contains("the " + rare + " rarest"), messages.all.getFirst());
    double[] shared =
        IntStream.range(254, dealers.names().size())
            .mapToDouble(k -> model.predict(row(dealers.names().get(k), 0.5))[0])
            .distinct()
            .toArray();
    assertEquals(1, shared.length);
    assertArrayEquals(model.encode(), TRAINER.decode(model.encode()).encode());

    Messages few = new Messages();
    BoostedTreesModel coarse = train(data, 0, P.with("bins", 4), null, few);
    assertEquals(2, coarse.categories().getFirst().own());
    assertTrue(few.all.getFirst().contains("more than the 2 that fit"), few.all.getFirst());
    assertTrue(train(Quotes.of(6, 300, 200), 0, P.with("bins", 2), null, few).steps() > 0);
  }

  @Test
  void anEarlierModelsCategoriesStay() {
    Quotes data = Quotes.of(7, 2000, 10);
    Quotes more = Quotes.of(8, 2000, 30);
    BoostedTreesModel first = train(data, 0, P, null, Progress.NONE);
    BoostedTreesModel second = train(more, 1, P.withRounds(40), first, Progress.NONE);
    assertEquals(first.categories(), second.categories());
    assertEquals(second.predict(row(null, 0.1))[0], second.predict(row("dealer 29", 0.1))[0]);
    assertEquals(40, second.steps());
    var e =
        assertThrows(
            SlipstreamException.class,
            () -> {
              FeatureMatrix plain =
                  FeatureMatrix.ofColumns(
                      List.of("dealer", "size"), new double[][] {data.size(), data.size()});
              TRAINER.train(
                  new Trainer.TrainingData(
                      plain, data.cost(), plain.select(new int[0]), new double[0]),
                  P.withRounds(40),
                  new Trainer.Context(
                      "",
                      1,
                      1,
                      Progress.NONE,
                      Optional.empty(),
                      Optional.empty(),
                      Optional.of(first)));
            });
    assertTrue(e.getMessage().contains("'dealer' is of categories"), e.getMessage());
  }

  @Test
  void whatHasNoOrderCannotBeMonotone() {
    var e =
        assertThrows(
            SlipstreamException.class,
            () ->
                train(
                    Quotes.of(9, 200, 5),
                    0,
                    P.with("monotone", Map.of("dealer", "increasing")),
                    null,
                    Progress.NONE));
    assertTrue(e.getMessage().contains("which have no order"), e.getMessage());
  }

  @Test
  void aNumberIsNotTakenForACategoryNorTheOtherWay() {
    Quotes data = Quotes.of(10, 500, 5);
    FeatureMatrix swapped =
        FeatureMatrix.ofColumns(
            List.of("dealer", "size"),
            new double[][] {{0}, {0}},
            List.of(List.of("a"), List.of("b")));
    BoostedTreesModel model = train(data, 0, P, null, Progress.NONE);
    var e = assertThrows(SlipstreamException.class, () -> model.predict(swapped));
    assertTrue(e.getMessage().contains("'size' has categories"), e.getMessage());
    // Without names it is the model's own number, and what is none of them unknown.
    double unknown = model.predict(row(null, 0.2))[0];
    for (double number : new double[] {-1, 0.5, 5, 1e9, Double.NaN, Double.POSITIVE_INFINITY}) {
      FeatureMatrix odd =
          FeatureMatrix.ofColumns(List.of("dealer", "size"), new double[][] {{number}, {0.2}});
      assertEquals(unknown, model.predict(odd)[0], number + "");
    }
  }

  @Test
  void forestsTakeThemAndPartialDependenceShowsTheFrequentOnes() {
    Quotes data = Quotes.of(11, 3000, 60);
    FeatureMatrix rows = data.matrix(0);
    Model forest =
        new RandomForestTrainer()
            .train(
                new Trainer.TrainingData(rows, data.cost(), rows.select(new int[0]), new double[0]),
                slipstream.core.parameters.ParameterForm.bind(
                    RandomForestParameters.class, Map.of("trees", 20, "feature_sampling", 1), ""),
                new Trainer.Context("", 1, 2, Progress.NONE));
    assertTrue(forest.importance().get("dealer") > 0.8);
    PartialDependence curve =
        PartialDependence.of(forest, rows, 0, new PartialDependence.Options(10, 300, 2));
    assertEquals(10, curve.grid().length);
    assertEquals("dealer 0", rows.categories(0).get((int) curve.grid()[0]));
    assertEquals(0, curve.mean()[0], 10);
    assertEquals(30, curve.missing(), 12);
  }
}
