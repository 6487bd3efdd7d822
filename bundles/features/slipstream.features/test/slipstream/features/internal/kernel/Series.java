package slipstream.features.internal.kernel;

import java.util.Random;

/** Series for tests, reproducible from a seed: everything that market data does, and worse. */
public enum Series {
  NORMAL,
  TIES,
  CONSTANT,
  MIXED_MAGNITUDE,
  GAPS,
  SPARSE,
  INFINITE,
  SIGNED_ZEROS,
  ALL_UNKNOWN;

  /** {@code rows} values. */
  public double[] make(int rows, Random random) {
    double[] x = new double[rows];
    double constant = random.nextGaussian() * 100;
    for (int i = 0; i < rows; i++) {
      x[i] =
          switch (this) {
            case NORMAL -> random.nextGaussian();
            case TIES -> random.nextInt(4) * 0.01 + 100;
            case CONSTANT -> constant;
            case MIXED_MAGNITUDE -> random.nextGaussian() * Math.pow(10, random.nextInt(25) - 12);
            case GAPS -> random.nextInt(15) == 0 ? Double.NaN : random.nextGaussian();
            case SPARSE -> random.nextInt(3) != 0 ? Double.NaN : random.nextGaussian();
            case INFINITE ->
                switch (random.nextInt(40)) {
                  case 0 -> Double.POSITIVE_INFINITY;
                  case 1 -> Double.NEGATIVE_INFINITY;
                  case 2 -> Double.NaN;
                  default -> random.nextGaussian();
                };
            case SIGNED_ZEROS -> random.nextBoolean() ? 0.0 : -0.0;
            case ALL_UNKNOWN -> Double.NaN;
          };
    }
    return x;
  }
}
