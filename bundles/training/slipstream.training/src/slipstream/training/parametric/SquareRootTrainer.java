package slipstream.training.parametric;

import java.util.List;

/** The square-root law: {@link Formulas.SquareRoot}. */
public final class SquareRootTrainer extends ParametricTrainer<SquareRootParameters> {
  public SquareRootTrainer() {
    super(
        "square-root",
        "Square-root law of impact with a free exponent: y σ (Q/V)^delta.",
        SquareRootParameters.class);
  }

  @Override
  CostFormula formula(SquareRootParameters p, Parts parts) {
    int volatility = parts.one("volatility", p.volatility());
    int size = parts.one("size", p.size());
    int[] inputs =
        p.volume().isEmpty()
            ? new int[] {volatility, size}
            : new int[] {volatility, size, parts.one("volume", p.volume())};
    return new Formulas.SquareRoot(inputs, List.of());
  }
}
