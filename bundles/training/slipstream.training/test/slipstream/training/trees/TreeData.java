package slipstream.training.trees;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Generated features and targets for the tests.
 *
 * @param categories by feature: how many it has; 0 for quantities
 */
record TreeData(float[][] x, double[] y, int[] categories) {
  TreeData(float[][] x, double[] y) {
    this(x, y, new int[x.length]);
  }

  /** What a feature looks like. */
  enum Kind {
    UNIFORM,
    FEW_VALUES,
    MOSTLY_ZERO,
    CONSTANT,
    SOME_MISSING,
    ALL_MISSING,
    HEAVY_TAILS,
    INFINITE,
    MISSING_OR_ONE
  }

  /**
   * The same with features of categories: small numbers are frequent, some have no row, a tenth is missing in every second
   * feature.
   *
   * @param counts of categories by feature; 0 leaves it as it is
   */
  TreeData withCategories(long seed, int... counts) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] columns = x.clone();
    double[] target = y.clone();
    for (int f = 0; f < counts.length; f++) {
      if (counts[f] == 0) {
        continue;
      }
      columns[f] = new float[rows()];
      double[] effects = random.doubles(counts[f], -1, 1).toArray();
      for (int i = 0; i < rows(); i++) {
        int number = (int) (counts[f] * Math.pow(random.nextDouble(), 2));
        boolean unknown = f % 2 == 1 && random.nextInt(10) == 0;
        columns[f][i] = unknown ? Float.NaN : counts[f] > 3 && number == 2 ? 1 : number;
        target[i] += unknown ? 0.5 : effects[(int) columns[f][i]];
      }
    }
    return new TreeData(columns, target, Arrays.copyOf(counts, x.length));
  }

  static TreeData of(long seed, int rows, int features, Kind... kinds) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] x = new float[features][rows];
    for (int f = 0; f < features; f++) {
      Kind kind = kinds[f % kinds.length];
      for (int i = 0; i < rows; i++) {
        x[f][i] = value(kind, random);
      }
    }
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      y[i] = random.nextGaussian() * 0.3;
      for (int f = 0; f < features; f++) {
        float v = x[f][i];
        y[i] += v != v ? 0.7 : Math.tanh(v) * (f % 3 + 1) * (f % 2 == 0 ? 1 : -1);
      }
    }
    return new TreeData(x, y);
  }

  private static float value(Kind kind, SplittableRandom random) {
    return switch (kind) {
      case UNIFORM -> (float) random.nextDouble(-1, 1);
      case FEW_VALUES -> random.nextInt(7) - 3;
      case MOSTLY_ZERO ->
          random.nextInt(10) < 8
              ? (random.nextBoolean() ? 0f : -0f)
              : (float) random.nextGaussian();
      case CONSTANT -> 3.5f;
      case SOME_MISSING -> random.nextInt(4) == 0 ? Float.NaN : (float) random.nextGaussian();
      case ALL_MISSING -> Float.NaN;
      case HEAVY_TAILS -> (float) Math.tan(Math.PI * (random.nextDouble() - 0.5));
      case INFINITE ->
          switch (random.nextInt(6)) {
            case 0 -> Float.POSITIVE_INFINITY;
            case 1 -> Float.NEGATIVE_INFINITY;
            case 2 -> Float.MAX_VALUE;
            default -> (float) random.nextGaussian();
          };
      case MISSING_OR_ONE -> random.nextBoolean() ? Float.NaN : 1f;
    };
  }

  FeatureColumns columns() {
    FeatureColumns plain = FeatureColumns.of(x);
    return new FeatureColumns() {
      @Override
      public int rows() {
        return plain.rows();
      }

      @Override
      public int features() {
        return plain.features();
      }

      @Override
      public int categories(int feature) {
        return categories[feature];
      }

      @Override
      public void copy(int feature, int from, int to, float[] target) {
        plain.copy(feature, from, to, target);
      }
    };
  }

  int rows() {
    return y.length;
  }

  float[] row(int i) {
    float[] row = new float[x.length];
    for (int f = 0; f < row.length; f++) {
      row[f] = x[f][i];
    }
    return row;
  }

  /** With a target of the values that the objective takes. */
  TreeData fitFor(StandardObjective objective) {
    return withTarget(
        Arrays.stream(y)
            .map(
                v ->
                    switch (objective) {
                      case SQUARED, ABSOLUTE, HUBER, QUANTILE -> v;
                      case POISSON -> Math.floor(Math.exp(Math.clamp(v, -3, 3)));
                      case GAMMA -> Math.exp(Math.clamp(v, -3, 3));
                      case BINARY -> v > 0 ? 1 : 0;
                    })
            .toArray());
  }

  double[] weights(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.doubles(rows()).map(u -> Math.exp(6 * u - 3)).toArray();
  }

  TreeData withTarget(double[] target) {
    return new TreeData(x, target, categories);
  }
}
