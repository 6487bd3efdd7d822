package slipstream.training.parametric;

import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.hipparchus.optim.AbstractOptimizationProblem;
import org.hipparchus.optim.nonlinear.vector.leastsquares.AbstractEvaluation;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LeastSquaresProblem;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LevenbergMarquardtOptimizer;

/**
 * Least squares within bounds.
 *
 * <p>Hipparchus' Levenberg-Marquardt works on the free coefficients; one that it drives into a bound is held there, and
 * let go again where the cost falls to the inside. The optimiser wants a Jacobian with a row for each observation; it
 * gets one with a row for each coefficient that has the same normal equations, and so takes the same steps.
 */
final class Solver {
  private static final int MAX_EVALUATIONS = 500;

  /** Eigenvalues of a matrix with unit diagonal below this are rounding. */
  private static final double RANK = 1e-13;

  private static final int MAX_POLISHES = 6;

  private final Rows rows;
  private final double[] low;
  private final double[] high;
  private final boolean[] given;

  Solver(Rows rows, double[] low, double[] high, boolean[] given) {
    this.rows = rows;
    this.low = low;
    this.high = high;
    this.given = given;
  }

  /** The same bounds on other rows. */
  Solver on(Rows others) {
    return new Solver(others, low, high, given);
  }

  /**
   * @param cost weighted sum of squared residuals
   */
  record Solution(double[] point, double cost) {}

  /**
   * @param start within the bounds
   * @param robust further weights of the rows, or null
   */
  Solution solve(double[] start, double[] robust) {
    int p = start.length;
    boolean[] held = new boolean[p];
    boolean[] released = new boolean[p];
    double[] point = start.clone();
    double cost = Double.NaN;
    for (int round = 0; round <= 3 * p + 1; round++) {
      int[] free = free(held);
      Solution solution = unbounded(point, free, robust);
      point = solution.point;
      cost = solution.cost;
      Rows.Normal normal = rows.pass(point, robust);
      boolean changed = false;
      int inward = -1;
      double steepest = 0;
      for (int j = 0; j < p; j++) {
        if (given[j]) {
          continue;
        }
        double descent = normal.slope()[j]; // minus half the cost's derivative
        boolean outward = point[j] <= low[j] && descent <= 0 || point[j] >= high[j] && descent >= 0;
        if (!held[j] && outward && (point[j] <= low[j] || point[j] >= high[j])) {
          held[j] = true;
          changed = true;
        } else if (held[j] && !outward && !released[j]) {
          double size = Math.abs(descent) / Math.sqrt(normal.hessian()[j][j] + 1e-300);
          if (size > steepest) {
            steepest = size;
            inward = j;
          }
        }
      }
      if (!changed && inward >= 0) {
        held[inward] = false;
        released[inward] = true; // once: rounding must not make it go to and fro
        changed = true;
      }
      if (!changed) {
        break;
      }
    }
    return new Solution(point, cost);
  }

  private int[] free(boolean[] held) {
    int[] free = new int[held.length];
    int n = 0;
    for (int j = 0; j < held.length; j++) {
      if (!given[j] && !held[j]) {
        free[n++] = j;
      }
    }
    return java.util.Arrays.copyOf(free, n);
  }

  /** Which coefficients that were to be fitted lie at a bound that keeps them. */
  boolean[] atBound(double[] point, double[] robust) {
    boolean[] at = new boolean[point.length];
    Rows.Normal normal = null;
    for (int j = 0; j < point.length; j++) {
      if (!given[j] && (point[j] <= low[j] || point[j] >= high[j])) {
        normal = normal == null ? rows.pass(point, robust) : normal;
        double descent = normal.slope()[j];
        at[j] = point[j] <= low[j] ? descent <= 0 : descent >= 0;
      }
    }
    return at;
  }

  private Solution unbounded(double[] start, int[] free, double[] robust) {
    if (free.length == 0) {
      return new Solution(start, rows.pass(start, robust).cost());
    }
    Problem problem = new Problem(start, free, robust);
    try {
      new LevenbergMarquardtOptimizer()
          .withCostRelativeTolerance(1e-14)
          .withParameterRelativeTolerance(1e-12)
          .withOrthoTolerance(1e-14)
          .optimize(problem);
    } catch (MathRuntimeException e) {
      // Out of evaluations, or no better point within rounding: the best one stands.
    }
    polish(problem);
    return new Solution(problem.best, problem.bestCost);
  }

  /** Newton steps from the optimiser's end, where its tolerances are coarser than rounding. */
  private void polish(Problem problem) {
    for (int i = 0; i < MAX_POLISHES; i++) {
      double before = problem.bestCost;
      if (before == 0 || Double.isInfinite(before)) {
        return;
      }
      double[] step = problem.step();
      double[] next = new double[step.length];
      for (int k = 0; k < step.length; k++) {
        next[k] = problem.best[problem.free[k]] + step[k];
      }
      problem.evaluate(new ArrayRealVector(next, false));
      if (!(problem.bestCost < before)) {
        return;
      }
    }
  }

  /** Of a symmetric matrix, scaled to unit diagonal. */
  private static EigenDecompositionSymmetric eigen(double[][] matrix, double[] scales) {
    int n = matrix.length;
    double[][] scaled = new double[n][n];
    for (int i = 0; i < n; i++) {
      scales[i] = matrix[i][i] > 0 ? 1 / Math.sqrt(matrix[i][i]) : 0;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        scaled[i][j] = matrix[i][j] * scales[i] * scales[j];
      }
    }
    return new EigenDecompositionSymmetric(new Array2DRowRealMatrix(scaled, false), 1e-12, true);
  }

  /** The index that a singular matrix does not determine, or -1. */
  int undetermined(double[][] matrix) {
    int n = matrix.length;
    if (n == 0) {
      return -1;
    }
    double[] scales = new double[n];
    EigenDecompositionSymmetric eigen = eigen(matrix, scales);
    for (int i = 0; i < n; i++) {
      if (scales[i] == 0) {
        return i;
      }
    }
    if (eigen.getEigenvalue(n - 1) > RANK) {
      return -1;
    }
    double[] direction = eigen.getEigenvector(n - 1).toArray();
    int largest = 0;
    for (int i = 1; i < n; i++) {
      largest = Math.abs(direction[i]) > Math.abs(direction[largest]) ? i : largest;
    }
    return largest;
  }

  /** The inverse of a symmetric matrix; robust curvatures may make it indefinite, which is let pass. */
  static RealMatrix inverse(double[][] matrix) {
    int n = matrix.length;
    double[] scales = new double[n];
    EigenDecompositionSymmetric eigen = eigen(matrix, scales);
    double[][] inverse = new double[n][n];
    double largest = Math.abs(eigen.getEigenvalue(0));
    for (int k = 0; k < n; k++) {
      double value = eigen.getEigenvalue(k);
      if (Math.abs(value) <= RANK * largest) {
        continue; // a direction that the rows say nothing of
      }
      double[] vector = eigen.getEigenvector(k).toArray();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          inverse[i][j] += vector[i] * vector[j] / value * scales[i] * scales[j];
        }
      }
    }
    return MatrixUtils.createRealMatrix(inverse);
  }

  /** The rows as Hipparchus sees them, and the best point that it tried. */
  private final class Problem extends AbstractOptimizationProblem<LeastSquaresProblem.Evaluation>
      implements LeastSquaresProblem {
    private final int[] free;
    private final double[] robust;
    private final double[] start;
    private double[] best;
    private double bestCost = Double.POSITIVE_INFINITY;
    private Reduced bestReduced;

    Problem(double[] start, int[] free, double[] robust) {
      super(MAX_EVALUATIONS, MAX_EVALUATIONS, null);
      this.start = start;
      this.free = free;
      this.robust = robust;
      this.best = start;
    }

    @Override
    public RealVector getStart() {
      double[] values = new double[free.length];
      for (int k = 0; k < free.length; k++) {
        values[k] = start[free[k]];
      }
      return new ArrayRealVector(values, false);
    }

    @Override
    public int getObservationSize() {
      return free.length;
    }

    @Override
    public int getParameterSize() {
      return free.length;
    }

    @Override
    public Evaluation evaluate(RealVector point) {
      double[] theta = start.clone();
      double[] inside = new double[free.length];
      for (int k = 0; k < free.length; k++) {
        int j = free[k];
        inside[k] = Math.clamp(point.getEntry(k), low[j], high[j]);
        theta[j] = inside[k];
      }
      Rows.Normal normal = rows.pass(theta, robust);
      Reduced reduced = new Reduced(inside, normal, free);
      if (normal.cost() < bestCost) {
        bestCost = normal.cost();
        best = theta;
        bestReduced = reduced;
      }
      return reduced;
    }

    /** The full Newton step at the best point. */
    double[] step() {
      RealMatrix jacobian = bestReduced.getJacobian();
      RealVector residuals = bestReduced.getResiduals();
      return bestReduced.solve(jacobian, residuals);
    }
  }

  /** A Jacobian of as many rows as coefficients with the normal equations of all rows. */
  private static final class Reduced extends AbstractEvaluation {
    private final double[] point;
    private final double cost;
    private final RealMatrix jacobian;
    private final RealVector residuals;

    Reduced(double[] point, Rows.Normal normal, int[] free) {
      super(free.length);
      this.point = point;
      int n = free.length;
      double total = normal.cost();
      cost = Double.isFinite(total) ? Math.sqrt(Math.max(0, total)) : 1e150;
      double[][] matrix = new double[n][n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          matrix[i][j] = normal.hessian()[free[i]][free[j]];
        }
      }
      double[] scales = new double[n];
      EigenDecompositionSymmetric eigen = eigen(matrix, scales);
      double[][] root = new double[n][n];
      double[] right = new double[n];
      double largest = Math.max(eigen.getEigenvalue(0), 0);
      for (int k = 0; k < n; k++) {
        double value = eigen.getEigenvalue(k);
        if (!(value > RANK * 1e-2 * largest)) {
          continue; // a direction that the rows say nothing of
        }
        double[] vector = eigen.getEigenvector(k).toArray();
        double size = Math.sqrt(value);
        for (int j = 0; j < n; j++) {
          if (scales[j] > 0) {
            root[k][j] = size * vector[j] / scales[j];
            right[k] += vector[j] * scales[j] * normal.slope()[free[j]] / size;
          }
        }
      }
      jacobian = new Array2DRowRealMatrix(root, false);
      residuals = new ArrayRealVector(right, false);
    }

    /** Solves the square system; a direction that nothing is known of gets 0. */
    double[] solve(RealMatrix matrix, RealVector right) {
      return new org.hipparchus.linear.SingularValueDecomposition(matrix)
          .getSolver()
          .solve(right)
          .toArray();
    }

    @Override
    public RealMatrix getJacobian() {
      return jacobian;
    }

    @Override
    public RealVector getResiduals() {
      return residuals;
    }

    @Override
    public double getCost() {
      return cost;
    }

    @Override
    public RealVector getPoint() {
      return new ArrayRealVector(point);
    }
  }
}
