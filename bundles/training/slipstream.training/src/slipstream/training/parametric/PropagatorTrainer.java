package slipstream.training.parametric;

import java.util.List;
import java.util.Locale;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/** Transient impact: {@link Formulas.Propagator}. */
public final class PropagatorTrainer extends ParametricTrainer<PropagatorParameters> {
  public PropagatorTrainer() {
    super(
        "propagator",
        "Transient impact: returns by present and past flow through a decaying kernel.",
        PropagatorParameters.class);
  }

  @Override
  CostFormula formula(PropagatorParameters p, Parts parts) {
    if (p.flows().size() < 2) {
      throw SlipstreamException.invalid(
          "a propagator needs the flow of two bars at least",
          Place.key("flows"),
          "Name features such as flow, lag(flow, 1), lag(flow, 2).");
    }
    return new Formulas.Propagator(
        parts.all("flows", p.flows()), List.of(p.kernel().name().toLowerCase(Locale.ROOT)));
  }
}
