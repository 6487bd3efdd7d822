package slipstream.training.parametric;

import java.util.List;

/** The I-Star model: {@link Formulas.IStar}. */
public final class IStarTrainer extends ParametricTrainer<IStarParameters> {
  public IStarTrainer() {
    super(
        "i-star",
        "I-Star (Kissell): instantaneous impact a1 (Q/ADV)^a2 vol^a3, spread by participation.",
        IStarParameters.class);
  }

  @Override
  CostFormula formula(IStarParameters p, Parts parts) {
    return new Formulas.IStar(
        new int[] {
          parts.one("size", p.size()),
          parts.one("volume", p.volume()),
          parts.one("volatility", p.volatility()),
          parts.one("participation", p.participation())
        },
        List.of());
  }
}
