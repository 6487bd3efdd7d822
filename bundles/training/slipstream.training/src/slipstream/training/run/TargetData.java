package slipstream.training.run;

import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.table.Partition;

/**
 * What models of one target are trained and scored on.
 *
 * @param name of the target
 * @param features all rows of the prepared table, givens after features
 * @param target all rows; not finite where unknown
 * @param times all rows: UTC nanoseconds, or row numbers where there is no time
 * @param hasTime false when times are row numbers
 * @param lookAheadRows how many later rows of its instrument a row's target or givens depend on
 */
record TargetData(
    String name,
    String unit,
    String description,
    String expression,
    FeatureMatrix features,
    double[] target,
    long[] times,
    boolean hasTime,
    List<Partition> partitions,
    long lookAheadRows) {

  /** The last time that each row's target depends on. */
  long[] targetEnds() {
    long[] ends = new long[times.length];
    for (Partition partition : partitions) {
      for (long row = partition.from(); row < partition.to(); row++) {
        // Written so that a reach of Long.MAX_VALUE does not overflow.
        boolean inside = lookAheadRows < partition.to() - row;
        ends[(int) row] = times[(int) (inside ? row + lookAheadRows : partition.to() - 1)];
      }
    }
    return ends;
  }

  /** Rows with a known target, ascending. */
  int[] usable() {
    int[] rows = new int[target.length];
    int count = 0;
    for (int row = 0; row < target.length; row++) {
      if (Double.isFinite(target[row])) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }
}
