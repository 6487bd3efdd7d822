package slipstream.features.internal.prepare;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.core.table.TableWriter;

/**
 * The table that an extractor makes: in memory when it is small, else in files. Columns may be appended to by several
 * threads, one a column.
 */
public final class Output implements AutoCloseable {
  /** Results with at most this many values, 256 MB, stay in memory. */
  public static final long IN_MEMORY = 1L << 25;

  private final String time;
  private final String instrument;
  private final TableWriter writer;
  private final List<ColumnBuilder> builders = new ArrayList<>();

  /**
   * @param time name of the time column, or an empty string
   * @param instrument name of the instrument column, or an empty string
   * @param rows an upper bound
   * @param inMemory tables with at most this many values stay in memory
   */
  public Output(
      Schema schema,
      String time,
      String instrument,
      long rows,
      long inMemory,
      FeatureExtractor.Context context) {
    this.time = time;
    this.instrument = instrument;
    // A column in memory has at most 2 GiB.
    boolean small = rows < 1 << 27 && rows * schema.size() <= inMemory;
    this.writer = small ? null : new TableWriter(context.target(), schema, time, instrument);
    for (int i = 0; i < schema.size(); i++) {
      builders.add(small ? ColumnBuilder.inMemory(schema.fields().get(i)) : writer.column(i));
    }
  }

  public ColumnBuilder column(int index) {
    return builders.get(index);
  }

  public Table finish() {
    return writer != null
        ? writer.finish()
        : Table.of(builders.stream().map(ColumnBuilder::build).toList(), time, instrument);
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
  }
}
