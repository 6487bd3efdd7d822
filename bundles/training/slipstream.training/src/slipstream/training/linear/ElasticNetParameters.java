package slipstream.training.linear;

import slipstream.core.parameters.Parameter;

/**
 * How an elastic net is fitted.
 *
 * @param l1Ratio share of the penalty that is on absolute coefficients: 1 is the LASSO, 0 is ridge
 * @param lambda the penalty, in units of the target; 0 takes it from the path
 * @param lambdas points of the path
 * @param lambdaRatio the path's last penalty as a share of its first, 1e-9 or more; 0 for {@link #ratio}
 * @param step which point of the path to keep, from 1; 0 chooses it on validation rows
 * @param missingIndicators whether a feature's absence gets a coefficient of its own
 */
public record ElasticNetParameters(
    @Parameter(
            help =
                "Share of the penalty that is on absolute coefficients: 1 is the LASSO, which drops"
                    + " features, 0 is ridge, which shrinks them together.",
            defaultValue = "0.5",
            min = 0,
            max = 1)
        double l1Ratio,
    @Parameter(help = LAMBDA, defaultValue = "0", min = 0, max = 1e300) double lambda,
    @Parameter(
            help = LAMBDAS,
            unit = "points",
            defaultValue = "100",
            min = 1,
            max = ElasticNetParameters.MAX_LAMBDAS)
        int lambdas,
    @Parameter(help = LAMBDA_RATIO, defaultValue = "0", min = 0, max = 1) double lambdaRatio,
    @Parameter(help = STEP, defaultValue = "0", min = 0, max = ElasticNetParameters.MAX_LAMBDAS)
        int step,
    @Parameter(help = MISSING, defaultValue = "true") boolean missingIndicators) {
  public ElasticNetParameters {
    if (lambdaRatio > 0 && lambdaRatio < LEAST_RATIO) {
      throw new IllegalArgumentException(
          "lambda_ratio " + lambdaRatio + " is below " + LEAST_RATIO + ", where rounding rules");
    }
  }

  private static final double LEAST_RATIO = 1e-9;
  static final int MAX_LAMBDAS = 1000;
  static final String LAMBDA =
      "The penalty on the standardised coefficients, in units of the target; larger keeps fewer"
          + " features. 0 takes it from the path of penalties.";
  static final String LAMBDAS =
      "Penalties on the path, from the smallest that drops every feature downwards in equal ratios;"
          + " more find the best more closely and take longer.";
  static final String LAMBDA_RATIO =
      "The path's last penalty as a share of its first; smaller reaches nearer to least squares. 0"
          + " takes 0.0001, or 0.01 where there are fewer rows than columns.";
  static final String STEP =
      "Which point of the path to keep, from 1; larger keeps more features. 0 chooses the one with"
          + " the smallest error on the validation rows.";
  static final String MISSING =
      "Whether a feature that is missing in some rows gets a coefficient for being missing;"
          + " otherwise the training mean stands in for it.";

  /**
   * The path's last penalty as a share of its first. Where none is given it is that of glmnet 4.0 ({@code lambda.min.ratio}):
   * 0.0001, or 0.01 for fewer rows than columns, where the fit would become exact.
   */
  double ratio(int rows, int columns) {
    return lambdaRatio > 0 ? lambdaRatio : rows < columns ? 1e-2 : 1e-4;
  }

  /** True when validation rows decide. */
  boolean chooses() {
    return lambda == 0 && step == 0;
  }
}
