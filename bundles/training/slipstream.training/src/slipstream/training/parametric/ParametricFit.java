package slipstream.training.parametric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.DecompositionSolver;
import org.hipparchus.linear.LUDecomposition;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.training.parametric.CostFormula.Term;

/**
 * Fits a formula to rows by bounded non-linear least squares, or by a robust loss, and says how sure its coefficients
 * are.
 *
 * <p>Levenberg-Marquardt (Hipparchus) within the bounds by an active set, from several starts; a robust loss by
 * iterative re-weighting with the scale of the median absolute residual. The rows are passed over in shards and never
 * held as a matrix, so that any number of them can be fitted; the same rows give the same bits for any number of
 * threads.
 *
 * <p>Standard errors are the jackknife's over clusters (CV3 of MacKinnon, Nielsen and Webb, "Cluster-robust inference",
 * J. Econometrics 2023), by one Newton step for each cluster left out: unlike the plain sandwich they do not
 * underestimate where few clusters weigh much. Of more than {@value #MAX_JACKKNIFE} numbers in the clusters' matrices it
 * is the plain sandwich (Liang and Zeger 1986) with the factor G/(G-1) · (N-1)/(N-k), from which it does not differ any
 * more. Intervals are from Student's t with G - 1 degrees of freedom. Without clusters each row is one (HC3, MacKinnon
 * and White 1985), with N - k degrees. A coefficient that was given has the error 0, one that ends at a bound none.
 */
public final class ParametricFit {
  /** Starts are compared on about so many rows. */
  private static final int SEARCH_ROWS = 20_000;

  private static final int MAX_REWEIGHTINGS = 100;
  private static final double REWEIGHTED = 1e-9;

  /** A scale below this share of the target's is that of a perfect fit. */
  private static final double PERFECT = 1e-12;

  /** Numbers in the matrices of all clusters up to which each is left out in turn. */
  static final long MAX_JACKKNIFE = 20_000_000;

  private ParametricFit() {}

  /**
   * How to fit.
   *
   * @param low by coefficient: smallest value allowed, {@code low == high} for a given one
   * @param high largest value allowed
   * @param starts how many starting points, at least 1
   * @param confidence of the intervals, in (0, 1)
   * @param threads at most so many work
   */
  public record Options(
      double[] low,
      double[] high,
      Loss loss,
      int starts,
      double confidence,
      int threads,
      Progress progress) {

    /** The formula's own bounds, squared loss, five starts, 95%. */
    public static Options of(CostFormula formula) {
      List<Term> terms = formula.terms();
      return new Options(
          terms.stream().mapToDouble(Term::low).toArray(),
          terms.stream().mapToDouble(Term::high).toArray(),
          Loss.SQUARED,
          5,
          0.95,
          1,
          Progress.NONE);
    }
  }

  /**
   * A fit.
   *
   * @param estimates by coefficient
   * @param covariance of the estimates; 0 for given coefficients, NaN for those at a bound
   * @param low lower ends of the confidence intervals
   * @param high upper ends
   * @param atBound which ended at a bound
   * @param rows that were fitted: those with finite inputs and a weight above 0
   * @param clusters among them, or 0 when there are none
   * @param scale of the residuals: root mean square, or from the median for a robust loss
   * @param smearing mean of exp(residual), for logarithmic formulas; else 1
   */
  public record Result(
      double[] estimates,
      double[][] covariance,
      double[] low,
      double[] high,
      boolean[] atBound,
      int rows,
      int clusters,
      double scale,
      double smearing) {
    public double standardError(int coefficient) {
      return Math.sqrt(covariance[coefficient][coefficient]);
    }

    /** The same with coefficients that follow from these. */
    Result moved(double[] changed, double[][] changedCovariance, double confidence) {
      double[] lower = changed.clone();
      double[] upper = changed.clone();
      double freedom = clusters == 0 ? rows - changed.length : clusters - 1.0;
      double quantile = quantile(freedom, confidence);
      for (int j = 0; j < changed.length; j++) {
        double reach = quantile * Math.sqrt(changedCovariance[j][j]);
        lower[j] -= reach;
        upper[j] += reach;
      }
      return new Result(
          changed, changedCovariance, lower, upper, atBound, rows, clusters, scale, smearing);
    }
  }

  /**
   * Fits.
   *
   * @param features columns that the formula's inputs are indices of
   * @param target one finite value a row
   * @param weights how much rows count; null for equal weights
   * @param clusters rows of one cluster, from 0 on; null for none
   * @throws SlipstreamException INVALID_INPUT when there are too few rows, or the rows do not tell coefficients apart
   */
  public static Result fit(
      CostFormula formula,
      FeatureMatrix features,
      double[] target,
      double[] weights,
      int[] clusters,
      Options options) {
    return fit(formula, features, target, weights, clusters, options, null);
  }

  /**
   * The same from one starting point; directions that the rows do not determine, as at the edge of the semidefinite
   * matrices, are let pass.
   */
  static Result fitFrom(
      CostFormula formula,
      FeatureMatrix features,
      double[] target,
      double[] weights,
      int[] clusters,
      Options options,
      double[] start) {
    return fit(formula, features, target, weights, clusters, options, start);
  }

  private static Result fit(
      CostFormula formula,
      FeatureMatrix features,
      double[] target,
      double[] weights,
      int[] clusters,
      Options options,
      double[] from) {
    double[] y = formula.logarithmic() ? logarithms(target) : target;
    Rows rows = new Rows(formula, features, y, weights, options.threads(), options.progress());
    List<Term> terms = formula.terms();
    int p = terms.size();
    boolean[] given = new boolean[p];
    int free = 0;
    for (int j = 0; j < p; j++) {
      given[j] = options.low()[j] == options.high()[j];
      free += given[j] ? 0 : 1;
    }
    int used = rows.count();
    if (used <= free) {
      throw SlipstreamException.invalid(
          Text.format("%,d rows with known inputs cannot tell %d coefficients", used, free),
          "Use more data, or fix coefficients.");
    }
    rows.checkDefined(
        IntStream.range(0, p)
            .mapToDouble(j -> Math.clamp(terms.get(j).start(), options.low()[j], options.high()[j]))
            .toArray());
    Solver solver = new Solver(rows, options.low(), options.high(), given);
    double[] theta = from != null ? from : start(formula, rows, solver, options);
    theta = solver.solve(theta, null).point();
    double scale = Double.NaN;
    double[] robust = null;
    if (options.loss() != Loss.SQUARED) {
      robust = new double[y.length];
      Robust fitted = reweighted(solver, rows, theta, robust, options);
      theta = fitted.theta;
      scale = fitted.scale;
      if (scale == 0) {
        robust = null; // a perfect fit has no outliers
      }
    }
    boolean[] atBound = solver.atBound(theta, robust);
    if (from == null) {
      checkDetermined(rows, solver, theta, atBound, given, robust, terms);
    }
    if (robust == null) {
      scale = Math.sqrt(rows.pass(theta, null).cost() / rows.totalWeight());
    }
    return errors(
        rows,
        theta,
        given,
        atBound,
        robust == null ? Loss.SQUARED : options.loss(),
        scale,
        clusters,
        used,
        options,
        formula.logarithmic());
  }

  private static double[] logarithms(double[] target) {
    double[] logs = new double[target.length];
    int wrong = 0;
    for (int i = 0; i < target.length; i++) {
      logs[i] = Math.log(target[i]);
      wrong += target[i] > 0 ? 0 : 1;
    }
    if (wrong > 0) {
      throw SlipstreamException.invalid(
          Text.format("%,d of %,d targets are not above 0", wrong, target.length),
          "This model takes logarithms: leave these rows out, or use another trainer.");
    }
    return logs;
  }

  // ------------------------------------------------------------------- starts

  /** The best of several starts, judged after a fit to some of the rows. */
  private static double[] start(CostFormula formula, Rows rows, Solver solver, Options options) {
    List<Term> terms = formula.terms();
    int p = terms.size();
    double[] best = null;
    double least = Double.POSITIVE_INFINITY;
    boolean search = false;
    for (Term term : terms) {
      search |= term.searchLow() < term.searchHigh();
    }
    int starts = search ? options.starts() : 1;
    Rows some = starts > 1 ? rows.thinned(SEARCH_ROWS) : rows;
    Solver quick = starts > 1 ? solver.on(some) : solver;
    for (int s = 0; s < starts; s++) {
      double[] theta = new double[p];
      int dimension = 0;
      for (int j = 0; j < p; j++) {
        Term term = terms.get(j);
        double low = Math.max(term.searchLow(), options.low()[j]);
        double high = Math.min(term.searchHigh(), options.high()[j]);
        double value = term.start();
        if (s > 0 && low < high) {
          value = low + (high - low) * halton(s, dimension++);
        }
        theta[j] = Math.clamp(value, options.low()[j], options.high()[j]);
      }
      if (starts == 1) {
        return theta;
      }
      Solver.Solution solution = quick.solve(theta, null);
      // A later start must be better by more than rounding.
      if (best == null || solution.cost() < least * (1 - 1e-9)) {
        least = solution.cost();
        best = solution.point();
      }
    }
    return best;
  }

  /** Halton's sequence, which covers a cube evenly. */
  private static double halton(int index, int dimension) {
    int[] primes = {2, 3, 5, 7, 11, 13, 17, 19};
    int base = primes[dimension % primes.length];
    double value = 0;
    double digit = 1;
    for (int i = index; i > 0; i /= base) {
      digit /= base;
      value += digit * (i % base);
    }
    return value;
  }

  // ------------------------------------------------------------------- robust

  private record Robust(double[] theta, double scale) {}

  private static Robust reweighted(
      Solver solver, Rows rows, double[] start, double[] robust, Options options) {
    double[] theta = start;
    double scale = 0;
    // Tukey's loss has many minima: it starts from Huber's.
    Loss[] stages =
        options.loss() == Loss.TUKEY
            ? new Loss[] {Loss.HUBER, Loss.TUKEY}
            : new Loss[] {options.loss()};
    for (Loss loss : stages) {
      for (int i = 0; i < MAX_REWEIGHTINGS; i++) {
        options.progress().checkCancelled();
        double[] residuals = rows.residuals(theta);
        // Tukey's fit keeps the scale that Huber's ended with (an MM-estimate, Yohai 1987).
        if (loss != Loss.TUKEY) {
          scale = scale(residuals);
        }
        if (scale <= PERFECT * rows.targetScale()) {
          return new Robust(theta, 0);
        }
        for (int row = 0; row < robust.length; row++) {
          robust[row] = Double.isNaN(residuals[row]) ? 0 : loss.weight(residuals[row] / scale);
        }
        double[] next = solver.solve(theta, robust).point();
        double moved = 0;
        for (int j = 0; j < theta.length; j++) {
          moved =
              Math.max(
                  moved,
                  Math.abs(next[j] - theta[j]) / (Math.abs(theta[j]) + Math.abs(next[j]) + 1e-300));
        }
        theta = next;
        if (moved < REWEIGHTED) {
          break;
        }
      }
    }
    return new Robust(theta, scale);
  }

  /** The median absolute residual over that of the standard normal distribution. */
  private static double scale(double[] residuals) {
    double[] sizes = new double[residuals.length];
    int n = 0;
    for (double residual : residuals) {
      if (!Double.isNaN(residual)) {
        sizes[n++] = Math.abs(residual);
      }
    }
    sizes = Arrays.copyOf(sizes, n);
    Arrays.sort(sizes);
    return sizes[n / 2] / 0.6744897501960817;
  }

  // ------------------------------------------------------------------- errors

  /** Says which coefficient the rows do not tell from the others. */
  private static void checkDetermined(
      Rows rows,
      Solver solver,
      double[] theta,
      boolean[] atBound,
      boolean[] given,
      double[] robust,
      List<Term> terms) {
    int[] free = free(atBound, given);
    double[][] matrix = part(rows.pass(theta, robust).hessian(), free);
    int weak = solver.undetermined(matrix);
    if (weak >= 0) {
      throw SlipstreamException.invalid(
          "the rows do not tell coefficient '" + terms.get(free[weak]).name() + "' from the others",
          "Give it a value in fixed, or use rows in which its inputs vary more.");
    }
  }

  /** Sum of the squares of the clusters' scores, after (I - A_g B)⁻¹ where their matrices A_g are known. */
  private static double[][] meat(Rows.ClusterSums sums, int k, RealMatrix inverse) {
    double[][] meat = new double[k][k];
    for (int g = 0; g < sums.rows().length; g++) {
      if (sums.rows()[g] == 0) {
        continue;
      }
      double[] score = sums.scores()[g];
      if (sums.curvatures() != null) {
        score = withoutItself(score, sums.curvatures()[g], k, inverse);
      }
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
          meat[i][j] += score[i] * score[j];
        }
      }
    }
    return meat;
  }

  private static double[] withoutItself(
      double[] score, double[] triangle, int k, RealMatrix inverse) {
    double[][] own = new double[k][k];
    for (int i = 0, at = 0; i < k; i++) {
      for (int j = 0; j <= i; j++) {
        own[i][j] = triangle[at++];
        own[j][i] = own[i][j];
      }
    }
    RealMatrix left = MatrixUtils.createRealMatrix(own).multiply(inverse).scalarMultiply(-1);
    for (int i = 0; i < k; i++) {
      left.addToEntry(i, i, 1);
    }
    DecompositionSolver solver = new LUDecomposition(left, 1e-10).getSolver();
    // A cluster that alone determines a coefficient cannot be left out.
    return solver.isNonSingular() ? solver.solve(new ArrayRealVector(score)).toArray() : score;
  }

  /** Of Student's t, for two-sided intervals. */
  private static double quantile(double freedom, double confidence) {
    return freedom < 1
        ? Double.NaN
        : new TDistribution(freedom).inverseCumulativeProbability(0.5 + confidence / 2);
  }

  private static int[] free(boolean[] atBound, boolean[] given) {
    int[] free = new int[given.length];
    int n = 0;
    for (int j = 0; j < given.length; j++) {
      if (!given[j] && !atBound[j]) {
        free[n++] = j;
      }
    }
    return Arrays.copyOf(free, n);
  }

  private static double[][] part(double[][] matrix, int[] chosen) {
    double[][] part = new double[chosen.length][chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      for (int j = 0; j < chosen.length; j++) {
        part[i][j] = matrix[chosen[i]][chosen[j]];
      }
    }
    return part;
  }

  private static Result errors(
      Rows rows,
      double[] theta,
      boolean[] given,
      boolean[] atBound,
      Loss loss,
      double scale,
      int[] clusters,
      int used,
      Options options,
      boolean logarithmic) {
    int[] free = free(atBound, given);
    int p = theta.length;
    int k = free.length;
    double[][] covariance = new double[p][p];
    for (int j = 0; j < p; j++) {
      if (atBound[j]) {
        Arrays.fill(covariance[j], Double.NaN);
        for (double[] row : covariance) {
          row[j] = Double.NaN;
        }
      }
    }
    double[] low = theta.clone();
    double[] high = theta.clone();
    int groups = 0;
    if (k > 0) {
      RealMatrix inverse = Solver.inverse(rows.curvature(theta, free, loss, scale));
      double[][] meat;
      double n = used;
      double factor;
      if (clusters == null) {
        meat = rows.meat(theta, free, loss, scale, inverse.getData());
        factor = (n - 1) / n;
      } else {
        int highest = Arrays.stream(clusters).max().orElse(0);
        boolean jackknife = (highest + 1L) * k * k <= MAX_JACKKNIFE;
        Rows.ClusterSums sums = rows.clusterSums(theta, free, loss, scale, clusters, jackknife);
        for (int each : sums.rows()) {
          groups += each > 0 ? 1 : 0;
        }
        double g = groups;
        meat = meat(sums, k, inverse);
        factor = jackknife ? (g - 1) / g : g / (g - 1) * (n - 1) / (n - k);
        factor = g < 2 ? Double.NaN : factor;
      }
      RealMatrix sandwich = inverse.multiply(MatrixUtils.createRealMatrix(meat)).multiply(inverse);
      double freedom = clusters == null ? n - k : groups - 1.0;
      double quantile = quantile(freedom, options.confidence());
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
          covariance[free[i]][free[j]] =
              factor * (sandwich.getEntry(i, j) + sandwich.getEntry(j, i)) / 2;
        }
        double reach = quantile * Math.sqrt(covariance[free[i]][free[i]]);
        low[free[i]] = theta[free[i]] - reach;
        high[free[i]] = theta[free[i]] + reach;
      }
    }
    for (int j = 0; j < p; j++) {
      if (atBound[j]) {
        low[j] = Double.NaN;
        high[j] = Double.NaN;
      }
    }
    double smearing = logarithmic ? rows.smearing(theta) : 1;
    return new Result(theta, covariance, low, high, atBound, used, groups, scale, smearing);
  }
}
