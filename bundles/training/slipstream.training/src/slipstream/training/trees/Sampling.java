package slipstream.training.trees;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import slipstream.core.CounterRandom;
import slipstream.core.device.RowSample;

/** Which rows and features a round uses; a function of seed, round and index alone. */
final class Sampling {
  // Other streams than the rows'.
  private static final long FEATURES = 1L << 62;
  private static final long NODES = 1L << 61;

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
    int[] all = IntStream.range(0, features).toArray();
    return lowest(all, parameters.columnSampling(), f -> bits(round, FEATURES + f));
  }

  /**
   * The {@code ceil(nodeSampling * n)} of a node's n features with the lowest random numbers,
   * ascending.
   *
   * @param path of the node, see {@link Node#path}
   */
  int[] features(int round, long path, int[] from) {
    return lowest(
        from,
        parameters.nodeSampling(),
        f -> CounterRandom.bits(bits(round, NODES + path), round, f));
  }

  private long bits(int round, long index) {
    return CounterRandom.bits(seed, round, index);
  }

  private static int[] lowest(int[] from, double share, IntToLongFunction number) {
    int count = (int) Math.ceil(share * from.length);
    if (count >= from.length) {
      return from;
    }
    record Drawn(long number, int feature) {}
    int[] chosen =
        Arrays.stream(from)
            .mapToObj(f -> new Drawn(number.applyAsLong(f), f))
            .sorted(Comparator.comparingLong(Drawn::number).thenComparingInt(Drawn::feature))
            .limit(count)
            .mapToInt(Drawn::feature)
            .toArray();
    Arrays.sort(chosen);
    return chosen;
  }
}
