package slipstream.training.trees;

import java.util.ArrayDeque;
import java.util.Arrays;

/** What a thread of the training has for itself: scratch memory, and what it has added up. */
final class Worker {
  private static final int POOLED = 64;

  final RowPartition partition = new RowPartition();
  final SplitSearch splitSearch;
  final Gradients.Totals totals = new Gradients.Totals();
  final ResidualValues residualValues;
  final PhaseNanos nanos = new PhaseNanos();

  /** This thread's share of a node that all threads work on; null when it had none. */
  long[] shared;

  private final ArrayDeque<long[]> pool = new ArrayDeque<>();
  private final int histogramLength;

  Worker(SplitSearch splitSearch, ResidualValues residualValues, int histogramLength) {
    this.splitSearch = splitSearch;
    this.residualValues = residualValues;
    this.histogramLength = histogramLength;
  }

  long[] histogram() {
    long[] histogram = pool.poll();
    if (histogram == null) {
      return new long[histogramLength];
    }
    Arrays.fill(histogram, 0);
    return histogram;
  }

  void release(long[] histogram) {
    if (pool.size() < POOLED) {
      pool.push(histogram);
    }
  }
}
