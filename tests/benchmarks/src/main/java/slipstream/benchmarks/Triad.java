package slipstream.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The machine's memory bandwidth: {@code a[i] = b[i] + s c[i]} on arrays that no cache holds (McCalpin's STREAM). */
final class Triad {
  private static final int LENGTH = 1 << 23;

  private Triad() {}

  /** The best of some runs; three values of 8 bytes a step. */
  static double gigabytesPerSecond(int threads) throws InterruptedException {
    double[][][] arrays = new double[threads][3][LENGTH];
    double best = 0;
    for (int run = 0; run < 10; run++) {
      List<Thread> team = new ArrayList<>();
      long start = System.nanoTime();
      for (double[][] own : arrays) {
        team.add(Thread.ofPlatform().start(() -> triad(own[0], own[1], own[2], 3)));
      }
      for (Thread each : team) {
        each.join();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      best = Math.max(best, 24.0 * LENGTH * threads / seconds / 1e9);
    }
    return best;
  }

  private static void triad(double[] a, double[] b, double[] c, double s) {
    for (int i = 0; i < a.length; i++) {
      a[i] = b[i] + s * c[i];
    }
  }
}
