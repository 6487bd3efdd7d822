package slipstream.training.parametric;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The model of Almgren, Thum, Hauptmann and Li: {@link Formulas.Almgren}. */
public final class AlmgrenTrainer extends ParametricTrainer<AlmgrenParameters> {
  public AlmgrenTrainer() {
    super(
        "almgren",
        "Almgren et al. 2005: permanent impact by turnover, temporary impact by rate.",
        AlmgrenParameters.class);
  }

  @Override
  CostFormula formula(AlmgrenParameters p, Parts parts) {
    int volume = parts.one("volume", p.volume());
    int[] inputs = {
      parts.one("volatility", p.volatility()),
      parts.one("size", p.size()),
      volume,
      parts.one("duration", p.duration()),
      // Without it turnover is 1 and its exponent is given.
      p.sharesOutstanding().isEmpty()
          ? volume
          : parts.one("shares_outstanding", p.sharesOutstanding())
    };
    return new Formulas.Almgren(inputs, List.of(p.component().name().toLowerCase(Locale.ROOT)));
  }

  /** Permanent impact is linear, and turnover counts by its fourth root, as in the paper. */
  @Override
  Map<String, Double> givenByDefault(AlmgrenParameters p) {
    return Map.of("alpha", 1.0, "delta", p.sharesOutstanding().isEmpty() ? 0.0 : 0.25);
  }
}
