package slipstream.training.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.hipparchus.distribution.continuous.NormalDistribution;
import slipstream.core.CounterRandom;

/**
 * The tree-structured Parzen estimator of Bergstra, Bardenet, Bengio and Kégl (2011), "Algorithms for hyper-parameter
 * optimization", section 4; each axis on its own, as there.
 *
 * <p>The first {@value #STARTUP} configurations are random. After them the finished trials are ranked by loss: the best
 * ⌈{@value #GAMMA}·√n⌉, at most {@value #MAX_GOOD}, give a density l, all others a density g, and the place with the largest
 * l / g among {@value #CANDIDATES} drawn from l is taken, by which the expected improvement is largest.
 *
 * <p>A density of numbers is a mixture, of equal weights, of normal distributions cut off at 0 and 1: one at each
 * observed place, whose standard deviation is the larger distance to its neighbours (of places, ends and the prior's
 * middle), within 1 / min(100, n + 1) and 1; and the prior, at 1/2 with standard deviation 1. A density of values
 * without an order has a share (count + 1) / (n + values). Constants, but for the forgetting of old trials, which is
 * left out, are those of the authors' Hyperopt. Trials that failed belong to g.
 */
public final class TreeParzenSampler implements Sampler {
  static final int STARTUP = 20;
  static final int CANDIDATES = 24;
  static final int MAX_GOOD = 25;
  static final double GAMMA = 0.25;
  private static final double PRIOR_MIDDLE = 0.5;
  private static final double PRIOR_DEVIATION = 1;

  private static final NormalDistribution NORMAL = new NormalDistribution();

  private final Space space;
  private final long seed;
  private final Sampler startup;

  public TreeParzenSampler(Space space, long seed) {
    this.space = space;
    this.seed = seed;
    this.startup = new RandomSampler(space, seed);
  }

  @Override
  public double[] propose(int configuration, List<Observation> history) {
    long known = history.stream().filter(each -> Double.isFinite(each.loss())).count();
    if (configuration < STARTUP || known < 2) {
      return startup.propose(configuration, history);
    }
    Observation[] ranked = history.toArray(Observation[]::new);
    // Stable: of equal losses the earlier trial comes first.
    Arrays.sort(ranked, Comparator.comparingDouble(Observation::loss));
    int good = (int) Math.min(MAX_GOOD, Math.ceil(GAMMA * Math.sqrt(ranked.length)));
    double[] point = new double[space.dimensions()];
    for (int d = 0; d < point.length; d++) {
      Axis axis = space.axes().get(d);
      Density best = density(axis, ranked, d, 0, good);
      Density rest = density(axis, ranked, d, good, ranked.length);
      double chosen = 0;
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < CANDIDATES; c++) {
        long draw = ((long) d * CANDIDATES + c) * 2;
        double place =
            best.draw(
                // Apart from the numbers of the random start, which count from 0.
                CounterRandom.uniform(~seed, configuration, draw),
                CounterRandom.uniform(~seed, configuration, draw + 1));
        double ratio = best.log(place) - rest.log(place);
        if (ratio > largest) {
          largest = ratio;
          chosen = place;
        }
      }
      point[d] = chosen;
    }
    return space.centre(point);
  }

  private static Density density(Axis axis, Observation[] ranked, int d, int from, int to) {
    double[] places = new double[to - from];
    for (int i = 0; i < places.length; i++) {
      places[i] = ranked[from + i].point()[d];
    }
    return axis instanceof Axis.Choice choice ? Shares.of(choice, places) : Mixture.of(places);
  }

  /** A density on [0, 1). */
  private sealed interface Density {
    /**
     * @param which chooses the component, {@code where} the place within it; both uniform
     */
    double draw(double which, double where);

    double log(double place);
  }

  private record Shares(Axis.Choice axis, double[] shares) implements Density {
    static Shares of(Axis.Choice axis, double[] places) {
      double[] shares = new double[axis.levels()];
      Arrays.fill(shares, 1.0 / (places.length + shares.length));
      for (double place : places) {
        shares[axis.level(place)] += 1.0 / (places.length + shares.length);
      }
      return new Shares(axis, shares);
    }

    @Override
    public double draw(double which, double where) {
      double sum = 0;
      for (int k = 0; k < shares.length; k++) {
        sum += shares[k];
        if (which < sum) {
          return (k + 0.5) / shares.length;
        }
      }
      return (shares.length - 0.5) / shares.length;
    }

    @Override
    public double log(double place) {
      return Math.log(shares[axis.level(place)]);
    }
  }

  /**
   * @param below the normal distribution's probability below 0, by component
   * @param inside its probability between 0 and 1
   */
  private record Mixture(double[] middles, double[] deviations, double[] below, double[] inside)
      implements Density {
    static Mixture of(double[] places) {
      double[] middles = Arrays.copyOf(places, places.length + 1);
      middles[places.length] = PRIOR_MIDDLE;
      Arrays.sort(middles);
      int prior = Arrays.binarySearch(middles, PRIOR_MIDDLE);
      double smallest = 1.0 / Math.min(100, places.length + 1);
      double[] deviations = new double[middles.length];
      double[] below = new double[middles.length];
      double[] inside = new double[middles.length];
      for (int i = 0; i < middles.length; i++) {
        double left = middles[i] - (i == 0 ? 0 : middles[i - 1]);
        double right = (i == middles.length - 1 ? 1 : middles[i + 1]) - middles[i];
        deviations[i] =
            i == prior ? PRIOR_DEVIATION : Math.clamp(Math.max(left, right), smallest, 1.0);
        below[i] = NORMAL.cumulativeProbability(-middles[i] / deviations[i]);
        inside[i] = NORMAL.cumulativeProbability((1 - middles[i]) / deviations[i]) - below[i];
      }
      return new Mixture(middles, deviations, below, inside);
    }

    @Override
    public double draw(double which, double where) {
      int i = (int) (which * middles.length);
      double place =
          middles[i]
              + deviations[i] * NORMAL.inverseCumulativeProbability(below[i] + where * inside[i]);
      return Math.clamp(place, 0, Math.nextDown(1.0));
    }

    @Override
    public double log(double place) {
      double sum = 0;
      for (int i = 0; i < middles.length; i++) {
        double z = (place - middles[i]) / deviations[i];
        sum += Math.exp(-0.5 * z * z) / (deviations[i] * inside[i]);
      }
      return Math.log(sum / middles.length);
    }
  }
}
