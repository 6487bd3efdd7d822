package slipstream.training.linear;

import java.util.Optional;
import java.util.OptionalLong;
import slipstream.core.spi.Trainer;

/**
 * The elastic net (Zou and Hastie 2005): minimises {@code mean((y - a - Zb)²)/2 + lambda * (l1_ratio
 * * sum|b| + (1 - l1_ratio)/2 * sum(b²))} over standardised features Z, on a path of lambdas; see
 * {@link ElasticNetFit}. With {@code l1_ratio} 0 it is ridge with {@code l2 = lambda}.
 */
public final class ElasticNetTrainer implements Trainer<ElasticNetParameters> {
  static final String NAME = "elastic-net";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Linear regression that drops features and shrinks correlated ones together, over a path"
        + " of penalties.";
  }

  @Override
  public Class<ElasticNetParameters> parameters() {
    return ElasticNetParameters.class;
  }

  @Override
  public Optional<String> stopsEarlyBy(ElasticNetParameters parameters) {
    return parameters.chooses() ? Optional.of("step") : Optional.empty();
  }

  /** The path's point of this number. */
  @Override
  public ElasticNetParameters withSteps(ElasticNetParameters parameters, int steps) {
    return new ElasticNetParameters(
        parameters.l1Ratio(),
        parameters.lambda(),
        parameters.lambdas(),
        parameters.lambdaRatio(),
        steps,
        parameters.missingIndicators());
  }

  /** Sums, blocks of rows, and the path; nothing for each row. */
  @Override
  public OptionalLong memory(ElasticNetParameters parameters, Size size) {
    return OptionalLong.of(ElasticNetFit.memory(parameters, size));
  }

  @Override
  public ElasticNetModel train(
      TrainingData data, ElasticNetParameters parameters, Context context) {
    return ElasticNetFit.fit(data, parameters, NAME, context);
  }

  @Override
  public ElasticNetModel decode(byte[] bytes) {
    return ElasticNetModel.decode(bytes, NAME);
  }
}
