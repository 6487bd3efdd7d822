package slipstream.training.linear;

import java.util.Arrays;
import slipstream.core.progress.Progress;

/**
 * Minimises {@code b'Gb/2 - m'b + l1 * sum|b| + l2/2 * sum(b²)} for a Gram matrix G and moments m,
 * one coefficient at a time (Friedman, Hastie and Tibshirani 2010, covariance updates).
 *
 * <p>Where features are nearly dependent, descent creeps; then the stationary point of the
 * coefficients that are not 0 is solved for directly, and the way there is cut at the first that
 * would change its sign, so that the objective never rises. Not thread-safe.
 */
final class CoordinateDescent {
  /** Stops when a sweep moves no gradient by more than this share of the largest moment. */
  private static final double TOLERANCE = 1e-11;

  private static final int MAX_SWEEPS = 20_000;

  /** So many coefficients are always solved for directly in the end. */
  private static final int FEW = 256;

  private final GramMatrix gram;
  private final int columns;
  private final double[][] matrix;
  private final double[] solution;

  /** {@code m - Gb}. */
  private final double[] gradient;

  private final double largest;

  CoordinateDescent(GramMatrix gram) {
    this.gram = gram;
    columns = gram.moment().length;
    matrix = new double[columns][columns];
    double max = 0;
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = gram.matrix()[i * (i + 1) / 2 + j];
        matrix[j][i] = matrix[i][j];
      }
      max = Math.max(max, Math.abs(gram.moment()[i]));
    }
    largest = max;
    solution = new double[columns];
    gradient = gram.moment().clone();
  }

  /** The smallest L1 penalty without a coefficient. */
  double largestMoment() {
    return largest;
  }

  double[] solution() {
    return solution.clone();
  }

  /** Continues from these coefficients. */
  void start(double[] from) {
    System.arraycopy(from, 0, solution, 0, columns);
    refresh();
  }

  /**
   * Moves to the minimum.
   *
   * @return false when it stopped before the tolerance was met
   */
  boolean solve(double l1, double l2, Progress progress) {
    refresh();
    boolean all = true;
    boolean exact = false;
    int sinceDirect = 0;
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      progress.checkCancelled();
      double moved = sweep(l1, l2, all);
      int active = active();
      if (moved <= tolerance()) {
        if (!all) {
          all = true;
        } else if (exact || active == 0 || active > FEW) {
          return true;
        } else {
          direct(l1, l2, progress);
          exact = true;
        }
        continue;
      }
      all = false;
      // After as many sweeps as cost about what the direct solution does.
      if (++sinceDirect >= Math.max(50, active / 4)) {
        sinceDirect = 0;
        direct(l1, l2, progress);
        all = true;
      }
    }
    return false;
  }

  /** What rounding alone may move is no reason to go on. */
  private double tolerance() {
    double size = 0;
    for (double each : solution) {
      size += Math.abs(each);
    }
    return Math.max(TOLERANCE * largest, 4 * Math.ulp(size));
  }

  /**
   * @param all columns, or those with a coefficient
   * @return the largest move of a column's own gradient
   */
  private double sweep(double l1, double l2, boolean all) {
    double moved = 0;
    for (int j = 0; j < columns; j++) {
      double old = solution[j];
      if (old == 0 && !all) {
        continue;
      }
      double[] row = matrix[j];
      double next = shrunk(gradient[j] + row[j] * old, l1) / (row[j] + l2);
      double step = next - old;
      if (step != 0) {
        solution[j] = next;
        for (int k = 0; k < columns; k++) {
          gradient[k] -= row[k] * step;
        }
        moved = Math.max(moved, Math.abs(step) * (row[j] + l2));
      }
    }
    return moved;
  }

  private static double shrunk(double value, double by) {
    return Math.abs(value) <= by ? 0 : value - Math.copySign(by, value);
  }

  private int active() {
    int active = 0;
    for (double each : solution) {
      active += each != 0 ? 1 : 0;
    }
    return active;
  }

  /** Moves to the minimum over the coefficients that are not 0, of those of the same signs. */
  private void direct(double l1, double l2, Progress progress) {
    while (true) {
      progress.checkCancelled();
      int[] active = new int[columns];
      int count = 0;
      for (int j = 0; j < columns; j++) {
        if (solution[j] != 0) {
          active[count++] = j;
        }
      }
      active = Arrays.copyOf(active, count);
      double[] lower = new double[count * (count + 1) / 2];
      double[] right = new double[count];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j <= i; j++) {
          lower[i * (i + 1) / 2 + j] = matrix[active[i]][active[j]];
        }
        right[i] = gram.moment()[active[i]] - Math.copySign(l1, solution[active[i]]);
      }
      double[] target = Cholesky.solve(lower, right, l2);
      int first = -1;
      double way = 1;
      for (int i = 0; i < count; i++) {
        if (target[i] == 0 || !Double.isFinite(target[i])) {
          return; // dependent on others: the descent decides between them
        }
        double from = solution[active[i]];
        if (Math.signum(target[i]) != Math.signum(from)) {
          double share = from / (from - target[i]);
          if (first < 0 || share < way) {
            way = share;
            first = i;
          }
        }
      }
      for (int i = 0; i < count; i++) {
        int j = active[i];
        solution[j] =
            first < 0 ? target[i] : i == first ? 0 : solution[j] + way * (target[i] - solution[j]);
      }
      refresh();
      if (first < 0) {
        return;
      }
    }
  }

  private void refresh() {
    System.arraycopy(gram.moment(), 0, gradient, 0, columns);
    for (int j = 0; j < columns; j++) {
      if (solution[j] != 0) {
        double[] row = matrix[j];
        for (int k = 0; k < columns; k++) {
          gradient[k] -= row[k] * solution[j];
        }
      }
    }
  }
}
