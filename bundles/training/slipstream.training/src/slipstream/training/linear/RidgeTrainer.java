package slipstream.training.linear;

import java.util.OptionalLong;
import slipstream.core.spi.Trainer;

/**
 * Ridge regression: minimises {@code mean((y - a - Zb)²) + l2 * sum(b²)} over standardised features
 * Z (Hoerl and Kennard 1970). The intercept is not penalised.
 *
 * <p>A missing value (NaN or infinite) counts as the feature's training mean. Sums are compensated
 * and made over row blocks of fixed size which are put together in order, so that the coefficients
 * have the same bits for any number of threads. A constant feature, and one that the features
 * before it determine, get coefficient 0.
 */
public final class RidgeTrainer implements Trainer<RidgeParameters> {
  static final String NAME = "ridge";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Linear regression with standardised features and a penalty on large coefficients.";
  }

  @Override
  public Class<RidgeParameters> parameters() {
    return RidgeParameters.class;
  }

  /** Sums; nothing for each row. */
  @Override
  public OptionalLong memory(RidgeParameters parameters, Size size) {
    return OptionalLong.of(Design.memory(parameters.missingIndicators(), size));
  }

  @Override
  public RidgeModel decode(byte[] bytes) {
    return RidgeModel.decode(bytes);
  }

  @Override
  public RidgeModel train(TrainingData data, RidgeParameters parameters, Context context) {
    Design design = Design.of(data, parameters.missingIndicators(), NAME, context);
    GramMatrix gram = design.gram(data.features(), data.target(), data.facts().weights(), context);
    double[] solution = Cholesky.solve(gram.matrix(), gram.moment(), parameters.l2());
    return new RidgeModel(design.terms(solution));
  }
}
