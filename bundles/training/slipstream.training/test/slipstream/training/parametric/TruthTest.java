package slipstream.training.parametric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Coefficient;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.data.generate.Block;
import slipstream.data.generate.GenerateOptions;
import slipstream.data.generate.GenerateOptions.Kind;
import slipstream.data.generate.GeneratedColumn;
import slipstream.data.generate.Generation;

/** The models find the parameters that generated data were made with, and say how sure they are. */
class TruthTest {
  /** Generated rows as columns by name; flags are 0 and 1. */
  private static final class Sample {
    final Map<String, double[]> columns = new LinkedHashMap<>();
    final Map<String, String[]> texts = new LinkedHashMap<>();
    int rows;

    Sample(Kind kind, int rows, long seed, double noise) {
      List<Block> blocks = new ArrayList<>();
      Generation.rows(new GenerateOptions(kind, rows, seed, noise, false, false), 1, blocks::add);
      this.rows = rows;
      List<GeneratedColumn> schema = blocks.getFirst().schema();
      for (int c = 0; c < schema.size(); c++) {
        double[] values = new double[rows];
        String[] words = new String[rows];
        int at = 0;
        for (Block block : blocks) {
          for (int row = 0; row < block.rows(); row++, at++) {
            values[at] =
                block.isNull(c, row)
                    ? Double.NaN
                    : switch (block.column(c)) {
                      case double[] numbers -> numbers[row];
                      case long[] numbers -> numbers[row];
                      case boolean[] flags -> flags[row] ? 1 : 0;
                      default -> 0;
                    };
            if (block.column(c) instanceof String[] each) {
              words[at] = each[row];
            }
          }
        }
        columns.put(schema.get(c).name(), values);
        texts.put(schema.get(c).name(), words);
      }
    }

    double[] get(String name) {
      return columns.get(name);
    }

    /** Leaves rows with an unknown value of a column out. */
    Sample known(String name) {
      double[] values = get(name);
      int[] kept = IntStream.range(0, rows).filter(row -> !Double.isNaN(values[row])).toArray();
      columns.replaceAll((column, all) -> Arrays.stream(kept).mapToDouble(r -> all[r]).toArray());
      rows = kept.length;
      return this;
    }

    int[] clusters(String name) {
      Map<Double, Integer> numbers = new LinkedHashMap<>();
      return Arrays.stream(get(name))
          .mapToInt(value -> numbers.computeIfAbsent(value, each -> numbers.size()))
          .toArray();
    }

    void add(String name, java.util.function.IntToDoubleFunction value) {
      columns.put(name, IntStream.range(0, rows).mapToDouble(value).toArray());
    }

    FeatureMatrix matrix(List<String> names) {
      return FeatureMatrix.ofColumns(names, names.stream().map(this::get).toArray(double[][]::new));
    }
  }

  private static <P extends Record & FitParameters> ParametricModel train(
      ParametricTrainer<P> trainer,
      Map<String, Object> parameters,
      Sample sample,
      List<String> features,
      String target,
      String cluster) {
    FeatureMatrix matrix = sample.matrix(features);
    int[] clusters = cluster == null ? null : sample.clusters(cluster);
    return (ParametricModel)
        trainer.train(
            new TrainingData(
                matrix,
                sample.get(target),
                new RowFacts(sample.columns.get("weight"), clusters, null, null),
                matrix.select(new int[0]),
                new double[0],
                RowFacts.NONE),
            ParameterForm.bind(trainer.parameters(), parameters, "models.m"),
            new Context("test", 1, 2, Progress.NONE));
  }

  /** Truth by coefficient. */
  private static void exact(ParametricModel model, Map<String, Double> truth, double tolerance) {
    for (Coefficient each : model.coefficients()) {
      double expected = truth.get(each.name());
      assertEquals(
          expected,
          each.estimate(),
          tolerance * Math.max(Math.abs(expected), expected == 0 ? 1 : 0),
          each.name());
    }
  }

  private static void within(ParametricModel model, Map<String, Double> truth) {
    for (Coefficient each : model.coefficients()) {
      assertTrue(
          Math.abs(each.estimate() - truth.get(each.name())) < 4 * each.standardError(),
          () -> each + ", truth " + truth.get(each.name()));
    }
  }

  // ------------------------------------------------------------------ parents

  private static final List<String> PARENT_FEATURES =
      List.of(
          "volatility_bp",
          "quantity_done",
          "adv",
          "taken",
          "made",
          "own_concurrent",
          "group_concurrent",
          "scheduled",
          "urgent");

  private static final Map<String, Double> PARENT_TRUTH =
      Map.of(
          "y", 0.9,
          "delta", 0.5,
          "intercept", 1.0,
          "taken", 1.0,
          "made", -0.3,
          "own_concurrent", 0.12,
          "group_concurrent", 0.02,
          "scheduled", -1.5,
          "urgent", 1.5);

  private static ParametricModel parents(int rows, long seed, double noise) {
    return parents(rows, seed, noise, 5);
  }

  /** Rows count by 1/σ², as their noise grows with σ. */
  private static ParametricModel parents(int rows, long seed, double noise, int starts) {
    Sample sample = new Sample(Kind.PARENTS, rows, seed, noise);
    double[] spread = sample.get("spread_bp");
    double[] taking = sample.get("taking");
    double[] volatility = sample.get("volatility_bp");
    sample.add("weight", row -> 1e4 / (volatility[row] * volatility[row]));
    String[] algorithm = sample.texts.get("algorithm");
    sample.add("taken", row -> taking[row] * spread[row] / 2);
    sample.add("made", row -> (1 - taking[row]) * spread[row] / 2);
    sample.add("scheduled", row -> algorithm[row].equals("scheduled") ? 1 : 0);
    sample.add("urgent", row -> algorithm[row].equals("urgent") ? 1 : 0);
    return train(
        new SquareRootTrainer(),
        Map.of(
            "volatility",
            "volatility_bp",
            "size",
            "quantity_done",
            "volume",
            "adv",
            "linear",
            PARENT_FEATURES.subList(3, 9),
            "intercept",
            true,
            "starts",
            starts),
        sample,
        PARENT_FEATURES,
        "cost_bp",
        "parent");
  }

  @Test
  void parentsWithoutNoise() {
    exact(parents(20_000, 1, 0), PARENT_TRUTH, 1e-6);
  }

  @Test
  void parentsWithNoise() {
    for (double noise : new double[] {0.1, 1}) {
      within(parents(60_000, 2, noise), PARENT_TRUTH);
    }
  }

  @Test
  void errorsShrinkByTheRootOfTheRows() {
    ParametricModel few = parents(30_000, 3, 1);
    ParametricModel many = parents(300_000, 3, 1);
    double logRatio = 0;
    for (int j = 0; j < PARENT_TRUTH.size(); j++) {
      double ratio =
          few.coefficients().get(j).standardError() / many.coefficients().get(j).standardError();
      logRatio += Math.log(ratio) / PARENT_TRUTH.size();
      assertEquals(Math.sqrt(10), ratio, 1, few.coefficients().get(j).name());
    }
    assertEquals(Math.sqrt(10), Math.exp(logRatio), 0.2);
  }

  // -------------------------------------------------------------------- bonds

  private static final Map<String, Double> COST_TRUTH =
      Map.of("c0", 80.0, "c1", 50.0, "c2", -10.0, "c3", 0.004, "c4", -1e-7);

  private static ParametricModel costs(int rows, long seed, double noise) {
    return train(
        new SizeCostTrainer(),
        Map.of("size", "trade_size"),
        new Sample(Kind.BONDS, rows, seed, noise).known("trade_cost_bp"),
        List.of("trade_size"),
        "trade_cost_bp",
        "bond_day");
  }

  @Test
  void bondCostsBySize() {
    exact(costs(20_000, 1, 0), COST_TRUTH, 1e-6);
    within(costs(60_000, 2, 0.1), COST_TRUTH);
    within(costs(60_000, 2, 1), COST_TRUTH);
  }

  private static final List<String> SPREAD_FEATURES =
      List.of("duration", "volume", "volatility_bp");

  private static final Map<String, Double> SPREAD_TRUTH =
      Map.of("intercept", 0.1, "duration", 0.4, "volume", -0.25, "volatility_bp", 0.5);

  private static ParametricModel spreads(int rows, long seed, double noise) {
    return spreads(rows, seed, noise, Map.of("by", SPREAD_FEATURES));
  }

  private static ParametricModel spreads(
      int rows, long seed, double noise, Map<String, Object> parameters) {
    Sample sample = new Sample(Kind.BONDS, rows, seed, noise);
    double[] bid = sample.get("bid");
    double[] ask = sample.get("ask");
    double[] adv = sample.get("adv");
    sample.add("half_spread", row -> 1e4 * (ask[row] - bid[row]) / (ask[row] + bid[row]));
    sample.add("volume", row -> adv[row] / 1e6);
    return train(
        new HalfSpreadTrainer(), parameters, sample, SPREAD_FEATURES, "half_spread", "bond_day");
  }

  @Test
  void bondSpreads() {
    exact(spreads(40_000, 1, 0), SPREAD_TRUTH, 1e-6);
    within(spreads(100_000, 2, 1), SPREAD_TRUTH);
  }

  /** These forms have a constant: to ask for one changes nothing. */
  @Test
  void aConstantIsThereOnce() {
    Map<String, Object> asked = Map.of("by", SPREAD_FEATURES, "intercept", true);
    assertArrayEquals(spreads(5_000, 1, 1).encode(), spreads(5_000, 1, 1, asked).encode());
    Sample sample = new Sample(Kind.BONDS, 5_000, 1, 1).known("trade_cost_bp");
    byte[] cost =
        train(
                new SizeCostTrainer(),
                Map.of("size", "trade_size", "intercept", true),
                sample,
                List.of("trade_size"),
                "trade_cost_bp",
                "bond_day")
            .encode();
    assertArrayEquals(costs(5_000, 1, 1).encode(), cost);
  }

  private static final int LAGS = 40;

  /** Return by present and past impact of own and others' flow, whose shared kernel decays. */
  private static ParametricModel propagator(int rows, long seed, double noise) {
    Sample sample = new Sample(Kind.BONDS, rows, seed, noise);
    double[] own = sample.get("own_pressure");
    double[] cross = sample.get("cross_pressure");
    double[] bar = sample.get("bar");
    double[] volatility = sample.get("volatility_bp");
    List<String> flows = new ArrayList<>();
    for (int k = 0; k < LAGS; k++) {
      int lag = k;
      flows.add("x" + k);
      sample.add(
          "x" + k,
          row -> {
            int from = row - 200 * lag; // bars of 200 bonds; impact starts anew each day
            return bar[row] < lag ? 0 : 0.07 * own[from] + 0.02 * cross[from];
          });
    }
    List<String> features = new ArrayList<>(flows);
    for (int k = 1; k <= 3; k++) {
      double[] factor = sample.get("factor_" + k);
      sample.add("f" + k, row -> volatility[row] * factor[row]);
      features.add("f" + k);
    }
    return train(
        new PropagatorTrainer(),
        Map.of("flows", flows, "linear", List.of("f1", "f2", "f3")),
        sample,
        features,
        "return_bp",
        "bond_day");
  }

  private static final Map<String, Double> PROPAGATOR_TRUTH =
      Map.of("gamma", 1.0, "phi", 0.6, "f1", 0.04, "f2", -0.02, "f3", 0.01);

  @Test
  void transientImpact() {
    exact(propagator(16_800, 1, 0), PROPAGATOR_TRUTH, 1e-6);
    within(propagator(50_400, 2, 1), PROPAGATOR_TRUTH);
  }

  // -------------------------------------------------------------- cross-impact

  /** The first five bonds of a sector, as if they were all there is: Λ is drawn here. */
  private static ParametricModel cross(double[][] lambda, double noise, int moments) {
    int n = lambda.length;
    java.util.SplittableRandom random = new java.util.SplittableRandom(8);
    double[][] columns = new double[n + 1][n * moments];
    double[] y = new double[n * moments];
    int[] clusters = new int[n * moments];
    for (int t = 0; t < moments; t++) {
      double[] x = random.doubles(n, -1, 1).toArray();
      double common = noise * random.nextGaussian();
      for (int i = 0; i < n; i++) {
        int row = t * n + i;
        columns[0][row] = i;
        clusters[row] = t;
        y[row] = common + noise * random.nextGaussian();
        for (int j = 0; j < n; j++) {
          columns[j + 1][row] = x[j];
          y[row] += lambda[i][j] * x[j];
        }
      }
    }
    List<String> names = new ArrayList<>(List.of("bond"));
    for (int j = 1; j <= n; j++) {
      names.add("x" + j);
    }
    FeatureMatrix matrix = FeatureMatrix.ofColumns(names, columns);
    CrossImpactTrainer trainer = new CrossImpactTrainer();
    return trainer.train(
        new TrainingData(
            matrix,
            y,
            new RowFacts(null, clusters, null, null),
            matrix.select(new int[0]),
            new double[0],
            RowFacts.NONE),
        ParameterForm.bind(
            CrossImpactParameters.class,
            Map.of("instrument", "bond", "flows", names.subList(1, n + 1)),
            "models.m"),
        new Context("test", 1, 2, Progress.NONE));
  }

  @Test
  void crossImpactIsSymmetricAndSemidefinite() {
    double[][] definite = {{3, 1, 0}, {1, 2, 0}, {0, 0, 1}};
    Map<String, Double> truth = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j <= i; j++) {
        truth.put(Text.format("lambda_%d_%d", i + 1, j + 1), definite[i][j]);
      }
    }
    exact(cross(definite, 0, 200), truth, 1e-9);
    within(cross(definite, 1, 2000), truth);
    // Rank one with much noise: least squares alone would leave the cone.
    double[][] flat = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
    ParametricModel model = cross(flat, 1, 300);
    double[][] found = new double[3][3];
    for (Coefficient each : model.coefficients()) {
      String[] words = each.name().split("_");
      int i = Integer.parseInt(words[1]) - 1;
      int j = Integer.parseInt(words[2]) - 1;
      found[i][j] = each.estimate();
      found[j][i] = each.estimate();
      assertEquals(1, each.estimate(), 0.5, each.toString());
    }
    double[] eigenvalues =
        new org.hipparchus.linear.EigenDecompositionSymmetric(
                new org.hipparchus.linear.Array2DRowRealMatrix(found))
            .getEigenvalues();
    assertTrue(Arrays.stream(eigenvalues).min().orElseThrow() > -1e-9);
  }

  // ----------------------------------------------------------------- coverage

  /**
   * 95% intervals hold the truth in 93% to 97% of 200 seeds, all coefficients together. A single coefficient's share of 200
   * has a standard deviation of 1.5%, and those of a model move together: each is held to five of these.
   */
  @Test
  void intervalsCoverTheTruth() {
    double sum =
        coverage("size-cost", COST_TRUTH, seed -> costs(8_400, seed, 1))
            + coverage("half-spread", SPREAD_TRUTH, seed -> spreads(16_800, seed, 1))
            + coverage("square-root", PARENT_TRUTH, seed -> parents(16_000, seed, 1, 1));
    double share = sum / (COST_TRUTH.size() + SPREAD_TRUTH.size() + PARENT_TRUTH.size());
    System.out.println("95% intervals cover " + share);
    assertTrue(share > 0.93 && share < 0.97, "95% intervals cover " + share);
  }

  /** The sum of the coefficients' shares. */
  private static double coverage(
      String name, Map<String, Double> truth, LongFunction<ParametricModel> fit) {
    Map<String, Integer> covered = new LinkedHashMap<>();
    int seeds = 200;
    for (long seed = 1000; seed < 1000 + seeds; seed++) {
      for (Coefficient each : fit.apply(seed).coefficients()) {
        double expected = truth.get(each.name());
        boolean inside = each.low() <= expected && expected <= each.high();
        covered.merge(each.name(), inside ? 1 : 0, Integer::sum);
      }
    }
    double sum = 0;
    for (int each : covered.values()) {
      double share = each / (double) seeds;
      assertEquals(0.95, share, 5 * Math.sqrt(0.95 * 0.05 / seeds), name + covered);
      sum += share;
    }
    System.out.println(name + ": " + covered);
    return sum;
  }

  // -------------------------------------------------------------------- model

  @Test
  void aModelIsReadAsItWasWritten() {
    ParametricModel model = costs(5_000, 1, 1);
    byte[] bytes = model.encode();
    ParametricModel read = new SizeCostTrainer().decode(bytes);
    assertArrayEquals(bytes, read.encode());
    assertEquals(model.coefficients(), read.coefficients());
    FeatureMatrix rows =
        FeatureMatrix.ofColumns(List.of("trade_size"), new double[][] {{10, 1000, Double.NaN, -1}});
    assertArrayEquals(model.predict(rows), read.predict(rows));
    assertEquals(model.predict(rows)[2], model.predict(rows)[3], 0);
    assertEquals(Map.of("trade_size", 1.0), read.importance());
    assertThrows(SlipstreamException.class, () -> new SquareRootTrainer().decode(bytes));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(SlipstreamException.class, () -> new SizeCostTrainer().decode(cut));
    }
  }

  @Test
  void wrongParametersAreOneLine() {
    Sample sample = new Sample(Kind.BONDS, 2000, 1, 1).known("trade_cost_bp");
    Map<Map<String, Object>, String> cases = new LinkedHashMap<>();
    cases.put(
        Map.of("size", "trade_siz"),
        "size: there is no feature 'trade_siz'. Did you mean 'trade_size'?");
    cases.put(
        Map.of("size", "trade_size", "fixed", Map.of("c9", 1)),
        "fixed.c9: there is no coefficient 'c9'.");
    cases.put(
        Map.of("size", "trade_size", "bounds", Map.of("c0", "7")),
        "bounds.c0: '7' is not a range.");
    cases.put(
        Map.of("size", "trade_size", "bounds", Map.of("c0", "7..1")),
        "bounds.c0: '7..1' is empty.");
    cases.put(
        Map.of("size", "trade_size", "truth", Map.of("c0", "x")), "truth.c0: 'x' is not a number.");
    cases.forEach(
        (parameters, expected) -> {
          SlipstreamException e =
              assertThrows(
                  SlipstreamException.class,
                  () ->
                      train(
                          new SizeCostTrainer(),
                          parameters,
                          sample,
                          List.of("trade_size"),
                          "trade_cost_bp",
                          null));
          assertTrue(e.getMessage().startsWith(expected), e.getMessage());
        });
  }
}
