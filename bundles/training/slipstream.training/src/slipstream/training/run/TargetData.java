package slipstream.training.run;

import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.table.Partition;

/**
 * What models of one target are trained and scored on.
 *
 * @param name of the target
 * @param features all rows of the prepared table, givens after features
 * @param target all rows; not finite where unknown
 * @param facts about all rows
 * @param times all rows: UTC nanoseconds, or row numbers where there is no time
 * @param targetEnds all rows: the last time that the row's target or givens depend on
 * @param hasTime false when times are row numbers
 * @param lookAhead how far after its row a target or given reaches
 */
record TargetData(
    String name,
    String unit,
    String description,
    String expression,
    FeatureMatrix features,
    double[] target,
    RowFacts facts,
    long[] times,
    long[] targetEnds,
    boolean hasTime,
    List<Partition> partitions,
    Reach lookAhead) {

  /** Rows with a known target and a weight above 0, ascending. */
  int[] usable() {
    int[] rows = new int[target.length];
    int count = 0;
    for (int row = 0; row < target.length; row++) {
      if (Double.isFinite(target[row]) && (facts.weights() == null || facts.weights()[row] != 0)) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }
}
