package slipstream.training.run;

import java.util.Arrays;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Experiment;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;

/** What an experiment says of rows beside their features: weights, clusters, times and instruments. */
final class Facts {
  /** A cluster that is not known. */
  private static final int UNKNOWN = -1;

  private Facts() {}

  /**
   * Of all rows of the prepared table.
   *
   * @param times of the rows, or row numbers where there is no time
   */
  static RowFacts of(
      Experiment experiment, FeaturePlan plan, FeatureTable values, Table prepared, long[] times) {
    double[] weights = plan.has(FeaturePlan.WEIGHT) ? values.values(FeaturePlan.WEIGHT) : null;
    int[] clusters = null;
    if (plan.has(FeaturePlan.CLUSTER)) {
      clusters = numbered(values.values(FeaturePlan.CLUSTER));
    } else if (!experiment.cluster().isEmpty()) {
      clusters = codes(prepared.column(experiment.cluster().strip()));
    }
    int[] instruments = new int[times.length];
    int number = 0;
    for (Partition partition : prepared.partitions()) {
      Arrays.fill(instruments, (int) partition.from(), (int) partition.to(), number++);
    }
    return new RowFacts(weights, clusters, prepared.hasTime() ? times : null, instruments);
  }

  private static int[] codes(Column column) {
    int[] codes = new int[Math.toIntExact(column.rows())];
    double[] numbers = new double[codes.length];
    java.util.Map<String, Integer> known = new java.util.HashMap<>();
    for (int row = 0; row < codes.length; row++) {
      if (column.isNull(row)) {
        numbers[row] = Double.NaN;
      } else {
        numbers[row] = known.computeIfAbsent(column.getString(row), each -> known.size());
      }
    }
    return numbered(numbers);
  }

  /** Equal numbers for equal values, counted from 0 in the order of their first rows. */
  static int[] numbered(double[] values) {
    int[] numbers = new int[values.length];
    int capacity = 1 << 10;
    long[] keys = new long[capacity];
    int[] found = new int[capacity];
    int count = 0;
    for (int row = 0; row < values.length; row++) {
      if (Double.isNaN(values[row])) {
        numbers[row] = UNKNOWN;
        continue;
      }
      if (2 * count >= capacity) {
        long[] oldKeys = keys;
        int[] oldFound = found;
        capacity *= 2;
        keys = new long[capacity];
        found = new int[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
          if (oldFound[i] > 0) {
            int slot = slot(keys, found, oldKeys[i]);
            keys[slot] = oldKeys[i];
            found[slot] = oldFound[i];
          }
        }
      }
      // Adding 0 makes -0 equal to 0.
      long key = Double.doubleToLongBits(values[row] + 0.0);
      int slot = slot(keys, found, key);
      if (found[slot] == 0) {
        keys[slot] = key;
        found[slot] = ++count;
      }
      numbers[row] = found[slot] - 1;
    }
    return numbers;
  }

  private static int slot(long[] keys, int[] found, long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32 ^ hash >>> 50) & keys.length - 1;
    while (found[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  /**
   * @param usable the rows that may be trained on
   * @throws SlipstreamException INVALID_INPUT when a weight or cluster of these is of no use
   */
  static void check(RowFacts facts, int[] usable) {
    if (facts.weights() != null) {
      int wrong = 0;
      double first = 0;
      for (int row : usable) {
        double weight = facts.weights()[row];
        if (!(weight >= 0) || weight == Double.POSITIVE_INFINITY) {
          first = wrong++ == 0 ? weight : first;
        }
      }
      if (wrong > 0) {
        throw SlipstreamException.invalid(
            Text.format(
                "the weight of %,d of %,d rows is negative, infinite or unknown, such as %s",
                wrong, usable.length, first),
            Place.key("weight"),
            "Give every row with a known target a weight of at least 0; 0 leaves it out.");
      }
    }
    if (facts.clusters() != null) {
      int unknown = 0;
      for (int row : usable) {
        unknown += facts.clusters()[row] == UNKNOWN ? 1 : 0;
      }
      if (unknown > 0) {
        throw SlipstreamException.invalid(
            Text.format("%,d of %,d rows have no cluster", unknown, usable.length),
            Place.key("cluster"),
            "Give every row with a known target one.");
      }
    }
  }
}
