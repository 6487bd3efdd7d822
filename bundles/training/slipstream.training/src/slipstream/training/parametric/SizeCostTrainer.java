package slipstream.training.parametric;

import java.util.List;

/** The cost of bond trades by size: {@link Formulas.SizeCost}. */
public final class SizeCostTrainer extends ParametricTrainer<SizeCostParameters> {
  public SizeCostTrainer() {
    super(
        "size-cost",
        "Cost of a corporate bond trade by size: c0 + c1/S + c2 ln S + c3 S + c4 S².",
        SizeCostParameters.class);
  }

  @Override
  CostFormula formula(SizeCostParameters p, Parts parts) {
    return new Formulas.SizeCost(new int[] {parts.one("size", p.size())}, List.of());
  }
}
