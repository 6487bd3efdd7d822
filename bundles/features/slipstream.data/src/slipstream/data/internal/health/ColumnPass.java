package slipstream.data.internal.health;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.data.health.HealthReport.ColumnHealth;
import slipstream.data.health.Role;

/**
 * What of a column's own values is odd.
 *
 * @param outliers values whose robust z is beyond the limit
 * @param worst the row of the largest, or -1
 * @param values how often each value of a flag occurs; empty for other columns
 */
record ColumnPass(long outliers, long worst, double worstZ, Map<String, Long> values) {
  private static final int CHECK = 1 << 16;
  private static final int BLOCK = 1 << 13;
  private static final int MAX_VALUES = 1000;

  /** Fewer values than this have no usual distance. */
  private static final int LEAST = 30;

  static ColumnPass of(Column column, ColumnHealth health, double limit, Progress progress) {
    if (health.role() == Role.FLAG) {
      return new ColumnPass(0, -1, 0, values(column, progress));
    }
    boolean number = column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32;
    boolean counted =
        switch (health.role()) {
          case VOLUME, SIZE, BID_SIZE, ASK_SIZE, OPEN_INTEREST, YIELD, SPREAD -> true;
          default -> number && !health.role().price();
        };
    long known = column.rows() - health.nulls() - health.nans() - health.infinities();
    if (!counted || known < LEAST || health.min() == health.max()) {
      return new ColumnPass(0, -1, 0, Map.of());
    }
    // What cannot be negative mostly spreads by factors: sizes, spreads, volumes.
    boolean logs = health.min() >= 0 && health.median() > 0;
    DoubleUnaryOperator scale =
        logs ? x -> x > 0 ? Math.log(x) : Double.NaN : DoubleUnaryOperator.identity();
    double middle = scale.applyAsDouble(health.median());
    double usual =
        1.4826
            * Median.of(
                column.rows(),
                logs ? known - health.zeros() : known,
                (from, to, target) -> {
                  column.copyDoubles(from, to, target, 0);
                  for (int i = 0; i < to - from; i++) {
                    target[i] = Math.abs(scale.applyAsDouble(target[i]) - middle);
                  }
                },
                progress);
    if (!(usual > 0)) {
      return new ColumnPass(0, -1, 0, Map.of());
    }
    // Most values are seen to be near without a logarithm; a margin covers its rounding.
    double low = logs ? Math.exp(middle - limit * usual) * (1 + 1e-9) : Double.NaN;
    double high = logs ? Math.exp(middle + limit * usual) * (1 - 1e-9) : Double.NaN;
    long outliers = 0;
    long worst = -1;
    double worstZ = 0;
    double[] block = new double[BLOCK];
    for (long from = 0; from < column.rows(); from += BLOCK) {
      progress.checkCancelled();
      int count = (int) Math.min(BLOCK, column.rows() - from);
      column.copyDoubles(from, from + count, block, 0);
      for (int i = 0; i < count; i++) {
        if (block[i] > low && block[i] < high) {
          continue;
        }
        double z = Math.abs(scale.applyAsDouble(block[i]) - middle) / usual;
        if (z > limit && z < Double.POSITIVE_INFINITY) {
          outliers++;
          if (z > worstZ) {
            worstZ = z;
            worst = from + i;
          }
        }
      }
    }
    return new ColumnPass(outliers, worst, worstZ, Map.of());
  }

  private static Map<String, Long> values(Column column, Progress progress) {
    Map<Long, long[]> counts = new TreeMap<>();
    for (long row = 0; row < column.rows(); row++) {
      if ((row & (CHECK - 1)) == 0) {
        progress.checkCancelled();
      }
      if (column.isNull(row)) {
        continue;
      }
      long value =
          column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32
              ? Math.round(column.getDouble(row))
              : column.getLong(row);
      if (counts.size() > MAX_VALUES) {
        break;
      }
      counts.computeIfAbsent(value, each -> new long[1])[0]++;
    }
    Map<String, Long> named = new TreeMap<>();
    counts.forEach(
        (value, count) ->
            named.put(
                column.type() == ColumnType.STRING
                    ? column.dictionary().get((int) (long) value)
                    : Long.toString(value),
                count[0]));
    return named;
  }
}
