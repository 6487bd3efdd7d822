package slipstream.training.search;

import java.util.List;
import slipstream.core.CounterRandom;

/** Each configuration uniform and independent of all others. */
public final class RandomSampler implements Sampler {
  private final Space space;
  private final long seed;

  public RandomSampler(Space space, long seed) {
    this.space = space;
    this.seed = seed;
  }

  @Override
  public double[] propose(int configuration, List<Observation> history) {
    double[] point = new double[space.dimensions()];
    for (int d = 0; d < point.length; d++) {
      point[d] = CounterRandom.uniform(seed, configuration, d);
    }
    return space.centre(point);
  }
}
