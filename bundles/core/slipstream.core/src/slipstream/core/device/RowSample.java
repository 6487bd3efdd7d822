package slipstream.core.device;

import slipstream.core.CounterRandom;

/**
 * Rows that a tree is grown on: those whose number {@code uniform(seed, round, row)} is below the share, and row 0 when
 * there is none. The random number is SplitMix64's finaliser over a counter, the same on every device.
 *
 * @param share 1 for all rows
 */
public record RowSample(long seed, int round, double share) {
  /** Whether a row, by its position in the source, is taken. */
  public boolean takes(int row) {
    return share >= 1 || CounterRandom.uniform(seed, round, row) < share;
  }
}
