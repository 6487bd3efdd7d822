package slipstream.training.run;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Reach;
import slipstream.core.spi.RowSelection;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.table.Partition;
import slipstream.training.evaluation.Dimension;

/**
 * What models of one target are trained and scored on. Nothing here is a copy: values stay where they are, which for large
 * data is in files.
 *
 * @param name of the target
 * @param features all rows of the prepared table, givens after features
 * @param target all rows, one column; not finite where unknown
 * @param facts about all rows
 * @param times by row: UTC nanoseconds, or row numbers where there is no time
 * @param targetEnds gives, by row, the last time that the row's target or givens depend on; up to 8 bytes a row as long as
 *     it is held
 * @param hasTime false when times are row numbers
 * @param lookAhead how far after its row a target or given reaches
 * @param groups by row, numbers from 0; null where the validation has none
 * @param pointInTime how many of the features' columns, the first ones, are no givens
 * @param scoreWeights by row, how much it counts in weighted scores; null for none
 * @param dimensions what the report tells scored rows apart by
 * @param timingRisk by row; null for none
 * @param costAgainst the feature that cost curves are drawn against; empty for the most important one
 * @param units of the features
 */
record TargetData(
    String name,
    String unit,
    String description,
    String expression,
    FeatureMatrix features,
    FeatureMatrix target,
    RowFacts facts,
    IntToLongFunction times,
    Supplier<IntToLongFunction> targetEnds,
    boolean hasTime,
    List<Partition> partitions,
    Reach lookAhead,
    int pointInTime,
    IntUnaryOperator groups,
    IntToDoubleFunction scoreWeights,
    List<Dimension> dimensions,
    IntToDoubleFunction timingRisk,
    String costAgainst,
    List<String> units) {

  int rows() {
    return target.rows();
  }

  double target(int row) {
    return target.get(row, 0);
  }

  /** The target of some rows, a copy. */
  double[] targets(RowSelection rows) {
    double[] values = new double[rows.size()];
    target.select(rows).copy(0, 0, values.length, values, 0);
    return values;
  }

  /** Rows with a known target and a weight other than 0, ascending. */
  RowSelection usable() {
    return RowSelection.all(rows())
        .where(row -> Double.isFinite(target(row)) && facts.weight(row) != 0)
        .compact();
  }
}
