package slipstream.training.trees;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import slipstream.core.CounterRandom;
import slipstream.core.device.RowSample;

/** Which rows and features a round uses; a function of seed, round and index alone. */
final class Sampling {
  private static final long FEATURES = 1L << 62; // another stream than the rows'

  private final BoostedTreesParameters parameters;
  private final int features;
  private final long seed;

  Sampling(BoostedTreesParameters parameters, int features, long seed) {
    this.parameters = parameters;
    this.seed = seed;
    this.features = features;
  }

  boolean samplesRows() {
    return parameters.rowSampling() < 1;
  }

  /** Each row is taken with probability rowSampling, by its position in the input. */
  RowSample rows(int round) {
    return new RowSample(seed, round, parameters.rowSampling());
  }

  /**
   * The {@code ceil(columnSampling * features)} features with the lowest random numbers, ascending.
   */
  int[] features(int round) {
    int count = (int) Math.ceil(parameters.columnSampling() * features);
    int[] all = IntStream.range(0, features).toArray();
    if (count >= features) {
      return all;
    }
    record Drawn(long number, int feature) {}
    int[] chosen =
        Arrays.stream(all)
            .mapToObj(f -> new Drawn(CounterRandom.bits(seed, round, FEATURES + f), f))
            .sorted(Comparator.comparingLong(Drawn::number).thenComparingInt(Drawn::feature))
            .limit(count)
            .mapToInt(Drawn::feature)
            .toArray();
    Arrays.sort(chosen);
    return chosen;
  }
}
