package slipstream.features;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.table.Column;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/**
 * The values of a plan's series, row by row those of the table they were computed from. NaN is unknown.
 *
 * <p>Immutable and thread-safe; usable after the input table is closed.
 */
public final class FeatureTable {
  private final List<Field> fields;
  private final List<String> names;
  private final double[][] values;
  private final int rows;

  FeatureTable(List<Field> fields, double[][] values, int rows) {
    this.fields = List.copyOf(fields);
    this.names = fields.stream().map(Field::name).toList();
    this.values = values;
    this.rows = rows;
  }

  public int rows() {
    return rows;
  }

  /** Features, givens and targets, in this order, with their units. */
  public List<Field> fields() {
    return fields;
  }

  public List<String> names() {
    return names;
  }

  /**
   * The values of a series, one a row: the table's own array, to be read only.
   *
   * @throws SlipstreamException NOT_FOUND, naming the series there are
   */
  public double[] values(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw SlipstreamException.notFound(
          "there is no series '" + name + "'", "Series: " + String.join(", ", names) + ".");
    }
    return values[index];
  }

  /** Some series side by side, not copied. */
  public FeatureMatrix matrix(List<String> series) {
    return FeatureMatrix.ofColumns(
        series, series.stream().map(this::values).toArray(double[][]::new));
  }

  /** All series as FLOAT64 columns, not copied; an unknown value is a NaN. */
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      columns.add(
          ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
              ? new Column(fields.get(i), rows, MemorySegment.ofArray(values[i]), null, List.of())
              : Column.of(fields.get(i), values[i]));
    }
    return columns;
  }

  /**
   * The table that the series were computed from with the series as further columns.
   *
   * @param input must stay open as long as the result is used
   */
  public Table with(Table input) {
    return input.with(columns());
  }
}
