package slipstream.benchmarks;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Generated rows of uniform features and a target of smooth, stepped and interacting effects plus
 * noise of standard deviation 0.5. A chunk of rows depends on its number alone, so the rows are the
 * same on every machine.
 */
final class GeneratedRows {
  private static final int CHUNK = 10_000;

  private GeneratedRows() {}

  /**
   * @param firstChunk rows of other chunks are fresh ones
   */
  static Rows of(int rows, int features, int firstChunk) {
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
    return new Rows(x, y);
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
}
