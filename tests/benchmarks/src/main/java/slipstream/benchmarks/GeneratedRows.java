package slipstream.benchmarks;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Generated rows of uniform features and a target of smooth, stepped and interacting effects plus
 * noise of standard deviation 0.5. A chunk of rows depends on its number alone, so the rows are the
 * same on every machine.
 */
record GeneratedRows(int rows, float[][] columns, float[] target) {
  private static final int CHUNK = 10_000;

  /**
   * @param firstChunk rows of other chunks are fresh ones
   */
  static GeneratedRows of(int rows, int features, int firstChunk) {
    float[][] x = new float[features][rows];
    float[] y = new float[rows];
    IntStream.range(0, (rows + CHUNK - 1) / CHUNK)
        .parallel()
        .forEach(
            c -> {
              SplittableRandom random = new SplittableRandom(firstChunk + c);
              float[] row = new float[features];
              for (int i = c * CHUNK; i < Math.min(rows, (c + 1) * CHUNK); i++) {
                for (int f = 0; f < features; f++) {
                  row[f] = (float) random.nextDouble();
                  x[f][i] = row[f];
                }
                double noise =
                    random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
                y[i] = (float) (signal(row) + noise);
              }
            });
    return new GeneratedRows(rows, x, y);
  }

  private static double signal(float[] x) {
    double s =
        2 * StrictMath.sin(6 * x[0])
            + 3 * Math.sqrt(x[1]) * (x[2] > 0.5 ? 1 : -1)
            + 4 * x[3] * x[4]
            + 2 * Math.abs(x[5] - 0.5);
    for (int f = 6; f < 16; f++) {
      s += 0.3 * x[f] * (f % 3 - 1);
    }
    return s;
  }

  /** One row after the other, as XGBoost takes them. */
  float[] rowMajor() {
    int features = columns.length;
    float[] all = new float[rows * features];
    for (int f = 0; f < features; f++) {
      for (int i = 0; i < rows; i++) {
        all[i * features + f] = columns[f][i];
      }
    }
    return all;
  }

  double[] targetAsDouble() {
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      y[i] = target[i];
    }
    return y;
  }

  /** Root of the mean squared difference to the target. */
  double rmse(float[] predicted) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      double d = (double) target[i] - predicted[i];
      sum += d * d;
    }
    return Math.sqrt(sum / rows);
  }
}
