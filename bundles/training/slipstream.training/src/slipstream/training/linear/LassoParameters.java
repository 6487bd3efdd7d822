package slipstream.training.linear;

import slipstream.core.parameters.Parameter;

/**
 * How a LASSO is fitted.
 *
 * @param lambda the penalty, in units of the target; 0 takes it from the path
 * @param lambdas points of the path
 * @param lambdaRatio the path's last penalty as a share of its first, 1e-9 or more; 0 for {@link
 *     ElasticNetParameters#ratio}
 * @param step which point of the path to keep, from 1; 0 chooses it on validation rows
 * @param missingIndicators whether a feature's absence gets a coefficient of its own
 */
public record LassoParameters(
    @Parameter(help = ElasticNetParameters.LAMBDA, defaultValue = "0", min = 0, max = 1e300)
        double lambda,
    @Parameter(
            help = ElasticNetParameters.LAMBDAS,
            unit = "points",
            defaultValue = "100",
            min = 1,
            max = ElasticNetParameters.MAX_LAMBDAS)
        int lambdas,
    @Parameter(help = ElasticNetParameters.LAMBDA_RATIO, defaultValue = "0", min = 0, max = 1)
        double lambdaRatio,
    @Parameter(
            help = ElasticNetParameters.STEP,
            defaultValue = "0",
            min = 0,
            max = ElasticNetParameters.MAX_LAMBDAS)
        int step,
    @Parameter(help = ElasticNetParameters.MISSING, defaultValue = "true")
        boolean missingIndicators) {
  public LassoParameters {
    new ElasticNetParameters(1, lambda, lambdas, lambdaRatio, step, missingIndicators);
  }

  ElasticNetParameters elasticNet() {
    return new ElasticNetParameters(1, lambda, lambdas, lambdaRatio, step, missingIndicators);
  }
}
