package slipstream.training.parametric;

import java.util.List;
import java.util.Map;

/** The model of Kyle and Obizhaeva: {@link Formulas.Invariance}. */
public final class InvarianceTrainer extends ParametricTrainer<InvarianceParameters> {
  public InvarianceTrainer() {
    super(
        "invariance",
        "Market microstructure invariance (Kyle, Obizhaeva): spread and impact by trading activity.",
        InvarianceParameters.class);
  }

  @Override
  CostFormula formula(InvarianceParameters p, Parts parts) {
    return new Formulas.Invariance(
        new int[] {
          parts.one("volatility", p.volatility()),
          parts.one("size", p.size()),
          parts.one("volume", p.volume()),
          parts.one("price", p.price())
        },
        List.of());
  }

  @Override
  Map<String, Double> givenByDefault(InvarianceParameters p) {
    return switch (p.shape()) {
      case SQUARE_ROOT -> Map.of("z", 0.5);
      case LINEAR -> Map.of("z", 1.0);
      case FREE -> Map.of();
    };
  }
}
