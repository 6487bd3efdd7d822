package slipstream.training.parametric;

import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/** Half-spreads by what they depend on: {@link Formulas.LogLinear}. */
public final class HalfSpreadTrainer extends ParametricTrainer<HalfSpreadParameters> {
  public HalfSpreadTrainer() {
    super(
        "half-spread",
        "Log-linear regression of half-spreads: ln y = intercept + sum of g ln x.",
        HalfSpreadParameters.class);
  }

  @Override
  int coefficients(HalfSpreadParameters p) {
    return 1 + p.by().size() + p.linear().size();
  }

  @Override
  CostFormula formula(HalfSpreadParameters p, Parts parts) {
    if (p.by().isEmpty()) {
      throw SlipstreamException.invalid(
          "no feature is named", Place.key("by"), "Name one, such as volatility.");
    }
    return new Formulas.LogLinear(parts.all("by", p.by()), p.by());
  }
}
