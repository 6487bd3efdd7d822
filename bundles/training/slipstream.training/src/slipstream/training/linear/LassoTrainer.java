package slipstream.training.linear;

import java.util.Optional;
import java.util.OptionalLong;
import slipstream.core.spi.Trainer;

/**
 * The LASSO (Tibshirani 1996): minimises {@code mean((y - a - Zb)²)/2 + lambda * sum|b|} over
 * standardised features Z, on a path of lambdas; see {@link ElasticNetFit}.
 */
public final class LassoTrainer implements Trainer<LassoParameters> {
  static final String NAME = "lasso";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Linear regression that drops the features that help least, over a path of penalties.";
  }

  @Override
  public Class<LassoParameters> parameters() {
    return LassoParameters.class;
  }

  @Override
  public Optional<String> stopsEarlyBy(LassoParameters parameters) {
    return parameters.elasticNet().chooses() ? Optional.of("step") : Optional.empty();
  }

  /** The path's point of this number. */
  @Override
  public LassoParameters withSteps(LassoParameters parameters, int steps) {
    return new LassoParameters(
        parameters.lambda(),
        parameters.lambdas(),
        parameters.lambdaRatio(),
        steps,
        parameters.missingIndicators());
  }

  /** Sums, blocks of rows, and the path; nothing for each row. */
  @Override
  public OptionalLong memory(LassoParameters parameters, Size size) {
    return OptionalLong.of(ElasticNetFit.memory(parameters.elasticNet(), size));
  }

  @Override
  public ElasticNetModel train(TrainingData data, LassoParameters parameters, Context context) {
    return ElasticNetFit.fit(data, parameters.elasticNet(), NAME, context);
  }

  @Override
  public ElasticNetModel decode(byte[] bytes) {
    return ElasticNetModel.decode(bytes, NAME);
  }
}
