package slipstream.training.search;

import java.util.List;
import slipstream.core.CounterRandom;

/**
 * Latin hypercube sampling (McKay, Beckman and Conover 1979): each axis is cut into as many equal strata as there are
 * configurations, and each stratum of each axis holds exactly one configuration, at a uniform place within it.
 */
public final class LatinHypercubeSampler implements Sampler {
  private final Space space;
  private final long seed;
  private final int[][] strata;

  /**
   * @param configurations at least 1
   */
  public LatinHypercubeSampler(Space space, long seed, int configurations) {
    this.space = space;
    this.seed = seed;
    this.strata = new int[space.dimensions()][configurations];
    for (int d = 0; d < strata.length; d++) {
      int[] order = strata[d];
      for (int i = 0; i < configurations; i++) {
        // Fisher and Yates, inside out.
        int j = (int) (CounterRandom.uniform(seed, -1L - d, i) * (i + 1));
        order[i] = order[j];
        order[j] = i;
      }
    }
  }

  @Override
  public int size() {
    return strata[0].length;
  }

  @Override
  public double[] propose(int configuration, List<Observation> history) {
    double[] point = new double[space.dimensions()];
    for (int d = 0; d < point.length; d++) {
      double within = CounterRandom.uniform(seed, configuration, d);
      // A sum that is rounded up to the next stratum must not reach 1.
      point[d] = Math.min((strata[d][configuration] + within) / size(), Math.nextDown(1.0));
    }
    return space.centre(point);
  }
}
