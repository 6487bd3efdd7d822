package slipstream.training.parametric;

import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;

/**
 * Linear cross-impact with a symmetric positive semidefinite matrix, without which a round trip could earn money
 * (Schneider and Lillo, Quantitative Finance 2019).
 *
 * <p>Symmetric least squares first. Where that matrix has a negative eigenvalue, it is fitted again as Λ = L Lᵀ, from
 * the nearest semidefinite matrix on; the errors of Λ then follow from those of L by the delta method.
 */
public final class CrossImpactTrainer extends ParametricTrainer<CrossImpactParameters> {
  private static final int MAX_INSTRUMENTS = 30;

  /** Eigenvalues down to this share of the largest below 0 are rounding. */
  private static final double ROUNDING = 1e-12;

  public CrossImpactTrainer() {
    super(
        "cross-impact",
        "Linear impact of every instrument's flow on every other's return, by a symmetric positive"
            + " semidefinite matrix.",
        CrossImpactParameters.class);
  }

  @Override
  int coefficients(CrossImpactParameters p) {
    int n = p.flows().size();
    return n * (n + 1) / 2 + 1 + p.linear().size();
  }

  @Override
  CostFormula formula(CrossImpactParameters p, Parts parts) {
    int n = p.flows().size();
    if (n < 1 || n > MAX_INSTRUMENTS) {
      throw SlipstreamException.invalid(
          Text.format("%d flows are named", n),
          Place.key("flows"),
          "Name one for each instrument, at most " + MAX_INSTRUMENTS + ".");
    }
    int[] inputs = new int[n + 1];
    inputs[0] = parts.one("instrument", p.instrument());
    System.arraycopy(parts.all("flows", p.flows()), 0, inputs, 1, n);
    return new Formulas.SymmetricImpact(inputs, List.of("symmetric"));
  }

  @Override
  ParametricModel fit(
      CostFormula formula, TrainingData data, ParametricFit.Options options, double[] truth) {
    ParametricFit.Result result =
        ParametricFit.fit(
            formula,
            data.features(),
            data.target(),
            data.facts().weights(),
            data.facts().clusters(),
            options);
    Formulas.SymmetricImpact impact =
        (Formulas.SymmetricImpact)
            (formula instanceof Formulas.WithLinear with ? with.base() : formula);
    int n = impact.size();
    EigenDecompositionSymmetric eigen = eigen(result.estimates(), n);
    if (eigen.getEigenvalue(n - 1) < -ROUNDING * Math.max(eigen.getEigenvalue(0), 1e-300)) {
      result = semidefinite(formula, impact, data, options, result, eigen);
    }
    return model(formula, data, result, truth);
  }

  private static EigenDecompositionSymmetric eigen(double[] entries, int n) {
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        matrix[i][j] = entries[Formulas.SymmetricImpact.entry(i, j)];
      }
    }
    return new EigenDecompositionSymmetric(new Array2DRowRealMatrix(matrix, false), 1e-12, true);
  }

  private ParametricFit.Result semidefinite(
      CostFormula formula,
      Formulas.SymmetricImpact impact,
      TrainingData data,
      ParametricFit.Options options,
      ParametricFit.Result free,
      EigenDecompositionSymmetric eigen) {
    int n = impact.size();
    int entries = n * (n + 1) / 2;
    for (int j = 0; j < entries; j++) {
      if (Double.isFinite(options.low()[j]) || Double.isFinite(options.high()[j])) {
        throw SlipstreamException.invalid(
            "the rows give a matrix that is not positive semidefinite",
            Place.key("bounds"),
            "Leave bounds and fixed values of lambda out: they cannot be kept with it.");
      }
    }
    Formulas.SymmetricImpact factored =
        new Formulas.SymmetricImpact(impact.inputs(), List.of("cholesky"));
    CostFormula cholesky =
        formula instanceof Formulas.WithLinear with
            ? new Formulas.WithLinear(factored, with.intercept(), with.linear(), with.names())
            : factored;
    double[] start = free.estimates().clone();
    System.arraycopy(root(eigen, n), 0, start, 0, entries);
    ParametricFit.Result fitted =
        ParametricFit.fitFrom(
            cholesky,
            data.features(),
            data.target(),
            data.facts().weights(),
            data.facts().clusters(),
            options,
            start);
    return delta(fitted, n, options);
  }

  /** The Cholesky factor of the nearest semidefinite matrix (Higham 1988), a little inside of it. */
  private static double[] root(EigenDecompositionSymmetric eigen, int n) {
    double floor = 1e-6 * Math.max(eigen.getEigenvalue(0), 1e-300);
    double[][] matrix = new double[n][n];
    for (int k = 0; k < n; k++) {
      double value = Math.max(eigen.getEigenvalue(k), floor);
      double[] vector = eigen.getEigenvector(k).toArray();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          matrix[i][j] += value * vector[i] * vector[j];
        }
      }
    }
    double[] root = new double[n * (n + 1) / 2];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -=
              root[Formulas.SymmetricImpact.entry(i, k)]
                  * root[Formulas.SymmetricImpact.entry(j, k)];
        }
        root[Formulas.SymmetricImpact.entry(i, j)] =
            i == j ? Math.sqrt(Math.max(sum, 0)) : sum / root[Formulas.SymmetricImpact.entry(j, j)];
      }
    }
    return root;
  }

  /** Λ and its errors from L and its errors. */
  private static ParametricFit.Result delta(
      ParametricFit.Result fitted, int n, ParametricFit.Options options) {
    double[] theta = fitted.estimates();
    int p = theta.length;
    double[] lambda = theta.clone();
    double[][] jacobian = new double[p][p];
    for (int j = n * (n + 1) / 2; j < p; j++) {
      jacobian[j][j] = 1;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        int at = Formulas.SymmetricImpact.entry(i, j);
        double sum = 0;
        for (int k = 0; k <= j; k++) {
          int left = Formulas.SymmetricImpact.entry(i, k);
          int right = Formulas.SymmetricImpact.entry(j, k);
          sum += theta[left] * theta[right];
          jacobian[at][left] += theta[right];
          jacobian[at][right] += theta[left];
        }
        lambda[at] = sum;
      }
    }
    Array2DRowRealMatrix slopes = new Array2DRowRealMatrix(jacobian, false);
    double[][] covariance =
        slopes
            .multiply(new Array2DRowRealMatrix(fitted.covariance(), false))
            .multiplyTransposed(slopes)
            .getData();
    return fitted.moved(lambda, covariance, options.confidence());
  }
}
