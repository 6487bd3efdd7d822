package slipstream.training.search;

import java.util.List;
import slipstream.core.experiment.Search;

/**
 * Chooses configurations. Pure: the same space, history, seed and number give the same point.
 *
 * <p>Implementations may keep what follows from their own construction alone, and nothing of the calls.
 */
public interface Sampler {
  /**
   * The point to try.
   *
   * @param configuration its number, from 0
   * @param history of the trials that have finished, in the order of the schedule
   * @return one coordinate an axis, from 0 (included) to 1 (excluded)
   */
  double[] propose(int configuration, List<Observation> history);

  /** How many configurations there are; {@link Integer#MAX_VALUE} for no end. */
  default int size() {
    return Integer.MAX_VALUE;
  }

  /**
   * The sampler of a method; for ASHA, whose new configurations come by chance, that of random search.
   *
   * @param configurations that are asked for at most
   */
  static Sampler of(Search.Method method, Space space, long seed, int configurations) {
    return switch (method) {
      case GRID -> new GridSampler(space);
      case RANDOM, ASHA -> new RandomSampler(space, seed);
      case LATIN_HYPERCUBE -> new LatinHypercubeSampler(space, seed, configurations);
      case TPE -> new TreeParzenSampler(space, seed);
    };
  }
}
