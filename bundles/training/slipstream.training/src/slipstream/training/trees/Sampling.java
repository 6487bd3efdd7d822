package slipstream.training.trees;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Which rows and features a round uses; a function of seed, round and index alone. */
final class Sampling {
  private static final long FEATURES = 1L << 62; // another stream than the rows'

  private final BoostedTreesParameters parameters;
  private final int features;

  Sampling(BoostedTreesParameters parameters, int features) {
    this.parameters = parameters;
    this.features = features;
  }

  boolean samplesRows() {
    return parameters.rowSampling() < 1;
  }

  /** Each row is taken with probability rowSampling, by its position in the input. */
  boolean takesRow(int round, int row) {
    return CounterRandom.uniform(parameters.seed(), round, row) < parameters.rowSampling();
  }

  /** The {@code ceil(columnSampling * features)} features with the lowest random numbers, ascending. */
  int[] features(int round) {
    int count = (int) Math.ceil(parameters.columnSampling() * features);
    int[] all = IntStream.range(0, features).toArray();
    if (count >= features) {
      return all;
    }
    record Drawn(long number, int feature) {}
    int[] chosen =
        Arrays.stream(all)
            .mapToObj(
                f -> new Drawn(CounterRandom.bits(parameters.seed(), round, FEATURES + f), f))
            .sorted(
                java.util.Comparator.comparingLong(Drawn::number)
                    .thenComparingInt(Drawn::feature))
            .limit(count)
            .mapToInt(Drawn::feature)
            .toArray();
    Arrays.sort(chosen);
    return chosen;
  }
}
