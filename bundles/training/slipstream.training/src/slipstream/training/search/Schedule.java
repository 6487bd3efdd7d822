package slipstream.training.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import slipstream.core.experiment.Search;

/**
 * Decides what is tried next. Deterministic: the same calls in the same order give the same proposals. Not thread-safe.
 */
public abstract sealed class Schedule {
  private final Sampler sampler;
  private final int configurations;
  private int trials;
  private int sampled;

  /**
   * @param configurations at most this many new ones
   */
  private Schedule(Sampler sampler, int configurations) {
    this.sampler = sampler;
    this.configurations = Math.min(configurations, sampler.size());
  }

  /** The schedule of a search. */
  public static Schedule of(Search.Settings settings, Space space) {
    int configurations = settings.configurations();
    Sampler sampler = Sampler.of(settings.method(), space, settings.seed(), configurations);
    return settings.method() == Search.Method.ASHA
        ? new Halving(
            sampler,
            configurations,
            settings.reduction(),
            settings.minResource(),
            settings.maxResource())
        : new Full(sampler, configurations);
  }

  /** What to try now; empty when that depends on trials whose results are not known yet, or nothing is left. */
  public abstract Optional<Proposal> next();

  /**
   * A trial ended.
   *
   * @param loss lower is better; infinite when it failed
   */
  public abstract void report(Proposal proposal, double loss);

  /** How many configurations will be tried if nothing ends the search; {@link Integer#MAX_VALUE} for no end. */
  public final int configurations() {
    return configurations;
  }

  /** The rung whose trials see the largest resource. */
  public int topRung() {
    return 0;
  }

  final Optional<Proposal> sample(double resource, List<Observation> history) {
    if (sampled == configurations) {
      return Optional.empty();
    }
    double[] point = sampler.propose(sampled, history);
    return Optional.of(new Proposal(trials++, sampled++, 0, resource, point));
  }

  final Proposal promoted(Proposal proposal, double resource) {
    return new Proposal(
        trials++, proposal.configuration(), proposal.rung() + 1, resource, proposal.point());
  }

  /** Every configuration at full resource. */
  static final class Full extends Schedule {
    private final List<Observation> history = new ArrayList<>();

    Full(Sampler sampler, int configurations) {
      super(sampler, configurations);
    }

    @Override
    public Optional<Proposal> next() {
      return sample(1, history);
    }

    @Override
    public void report(Proposal proposal, double loss) {
      history.add(new Observation(proposal.point(), loss));
    }
  }

  /**
   * Asynchronous successive halving, ASHA (Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht and Talwalkar 2018), algorithm
   * 2: promotes a configuration that is among the best 1/η of its rung, from the highest rung down, else starts a new
   * one at the lowest.
   *
   * <p>Rung k of K sees max_resource / η^(K−k), the lowest at least min_resource.
   */
  static final class Halving extends Schedule {
    private final List<Rung> rungs = new ArrayList<>();
    private final double[] resources;

    Halving(Sampler sampler, int configurations, int reduction, double min, double max) {
      super(sampler, configurations);
      int count = 1;
      // A resource that misses the smallest by rounding is as good as it.
      for (double resource = max / reduction; resource >= min * (1 - 1e-9); resource /= reduction) {
        count++;
      }
      resources = new double[count];
      for (int k = 0; k < count; k++) {
        resources[k] = max / Math.pow(reduction, count - 1 - k);
        rungs.add(new Rung(reduction));
      }
    }

    @Override
    public int topRung() {
      return rungs.size() - 1;
    }

    @Override
    public Optional<Proposal> next() {
      for (int k = rungs.size() - 2; k >= 0; k--) {
        Optional<Proposal> best = rungs.get(k).promote();
        if (best.isPresent()) {
          return Optional.of(promoted(best.get(), resources[k + 1]));
        }
      }
      return sample(resources[0], List.of());
    }

    @Override
    public void report(Proposal proposal, double loss) {
      rungs.get(proposal.rung()).add(proposal, loss);
    }
  }
}
