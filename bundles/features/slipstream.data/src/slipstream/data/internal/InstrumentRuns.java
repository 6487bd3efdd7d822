package slipstream.data.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBReadableVector;
import slipstream.core.Text;
import slipstream.core.table.ColumnBuilder;

/**
 * The instruments of rows that lie together by instrument: where one ends and the next begins tells the column, of which
 * not a value needs to be read then.
 */
final class InstrumentRuns {
  /** With more than these an instrument is hardly one. */
  private static final int MAX = 1 << 20;

  private record Run(String instrument, long rows) {}

  private final List<Run> runs;
  private int current;
  private long taken;

  private InstrumentRuns(List<Run> runs) {
    this.runs = runs;
  }

  /** All rows of one instrument. */
  static InstrumentRuns one(String instrument) {
    return new InstrumentRuns(List.of(new Run(instrument, Long.MAX_VALUE)));
  }

  /**
   * Looks at where each instrument's first and last rows are, which needs no more than the instruments and takes little.
   *
   * @param instrument SQL of a text
   * @return empty when some instrument's rows are not together, or a row has none
   */
  static Optional<InstrumentRuns> find(DuckDb database, Source source, String instrument) {
    List<Run> runs = new ArrayList<>();
    boolean[] together = {true};
    database.stream(
        Text.format(
            "SELECT v, n, CAST(high - low AS BIGINT) FROM (SELECT %1$s AS v, count(*) AS n,"
                + " min(%2$s) AS low, max(%2$s) AS high FROM %3$s GROUP BY ALL)"
                + " ORDER BY low LIMIT %4$d",
            instrument, source.rowId(), source.relation(), MAX + 1),
        null,
        chunk -> {
          DuckDBReadableVector names = chunk.vector(0);
          DuckDBReadableVector counts = chunk.vector(1);
          DuckDBReadableVector spans = chunk.vector(2);
          for (long i = 0; together[0] && i < chunk.rowCount(); i++) {
            together[0] = !names.isNull(i) && spans.getLong(i) == counts.getLong(i) - 1;
            if (together[0]) {
              runs.add(new Run(names.getString(i), counts.getLong(i)));
            }
          }
        });
    return together[0] && runs.size() <= MAX
        ? Optional.of(new InstrumentRuns(runs))
        : Optional.empty();
  }

  /** Appends the instruments of the next rows. */
  void copy(ColumnBuilder builder, long rows) {
    for (long left = rows; left > 0; ) {
      Run run = runs.get(current);
      int count = (int) Math.min(left, Math.min(run.rows - taken, Integer.MAX_VALUE));
      builder.addStrings(run.instrument, count);
      left -= count;
      taken += count;
      if (taken == run.rows) {
        current++;
        taken = 0;
      }
    }
  }
}
