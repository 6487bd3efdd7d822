package slipstream.features;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.core.table.Column;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.features.internal.series.FileSeries;
import slipstream.features.internal.series.MemorySeries;
import slipstream.features.internal.series.SeriesStore;

/**
 * The values of a plan's series, row by row those of the table they were computed from. NaN is unknown.
 *
 * <p>Small ones are in memory, large ones in files. Immutable and thread-safe; usable after the input table is closed, but
 * not after its own {@link #close}, and neither is what it has given.
 */
public final class FeatureTable implements AutoCloseable {
  private final List<Field> fields;
  private final List<String> names;
  private final List<List<String>> categories;
  private final SeriesStore values;
  private final int rows;
  private final String[] hashes;

  FeatureTable(List<Field> fields, List<List<String>> categories, SeriesStore values) {
    this(fields, categories, values, new String[fields.size()]);
  }

  /**
   * @param categories by series, as {@link FeatureMatrix#categories}
   * @param hashes SHA-256 (hex) of each series' values; null where it is not known
   */
  FeatureTable(
      List<Field> fields, List<List<String>> categories, SeriesStore values, String[] hashes) {
    this.hashes = hashes;
    this.categories = List.copyOf(categories);
    this.fields = List.copyOf(fields);
    this.names = fields.stream().map(Field::name).toList();
    this.values = values;
    this.rows = Math.toIntExact(values.rows());
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

  private int index(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw SlipstreamException.notFound(
          "there is no series '" + name + "'", "Series: " + String.join(", ", names) + ".");
    }
    return index;
  }

  /** Texts of which a series' values are the positions; empty where they are numbers. */
  public List<String> categories(String name) {
    return categories.get(index(name));
  }

  /**
   * The values of a series, one a row, to be read only; of a table in files a copy of 8 bytes a row.
   *
   * @throws SlipstreamException NOT_FOUND, naming the series there are
   */
  public double[] values(String name) {
    int index = index(name);
    if (values instanceof MemorySeries memory) {
      return memory.array(index);
    }
    double[] copy = new double[rows];
    values.read(index, 0, rows, copy, 0);
    return copy;
  }

  /**
   * Copies rows [from, to) of a series to {@code target} from {@code offset} on.
   *
   * @throws SlipstreamException NOT_FOUND, naming the series there are
   */
  public void copy(String name, int from, int to, double[] target, int offset) {
    values.read(index(name), from, to, target, offset);
  }

  /** True when the values are in files and not in memory. */
  public boolean inFiles() {
    return values instanceof FileSeries;
  }

  /**
   * Some series with their rows in another order, in files.
   *
   * @param series to keep
   * @param order each row of this table, or some of them, in the order wanted
   * @param scratch a folder for the files, which {@link #close} removes; does not exist
   */
  public FeatureTable reordered(
      List<String> series, int[] order, Path scratch, int threads, Progress progress) {
    int[] from = series.stream().mapToInt(this::index).toArray();
    SeriesStore to;
    try {
      to = SeriesStore.inFiles(scratch, from.length, order.length);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the features", scratch, e);
    }
    try {
      Reordering.run(values, from, order, to, threads, progress);
    } catch (RuntimeException | Error e) {
      to.close();
      throw e;
    }
    return new FeatureTable(
        IntStream.of(from).mapToObj(fields::get).toList(),
        IntStream.of(from).mapToObj(categories::get).toList(),
        to);
  }

  /** Some series side by side, not copied. */
  public FeatureMatrix matrix(List<String> series) {
    if (values instanceof MemorySeries) {
      return FeatureMatrix.ofColumns(
          series,
          series.stream().map(this::values).toArray(double[][]::new),
          series.stream().map(this::categories).toList());
    }
    return new SeriesMatrix(
        List.copyOf(series),
        series.stream().map(this::categories).toList(),
        values,
        series.stream().mapToInt(this::index).toArray());
  }

  /** A series as a FLOAT64 column, not copied; an unknown value is a NaN, a category its position. */
  public Column column(String name) {
    int index = index(name);
    return new Column(fields.get(index), rows, values.segment(index), null, List.of());
  }

  /** All series as FLOAT64 columns, not copied; an unknown value is a NaN. */
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    names.forEach(name -> columns.add(column(name)));
    return columns;
  }

  /** SHA-256 (hex) of names, units, all values and the texts that they stand for. */
  public String hash() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (hashes[i] == null) {
        all.add(Hashing.sha256(values.segment(i)));
        values.unload(i);
      } else {
        all.add(hashes[i]);
      }
      if (!categories.get(i).isEmpty()) {
        String texts = Hashing.sha256(String.join("\0", categories.get(i)));
        all.set(i, Hashing.sha256(all.get(i) + texts));
      }
    }
    return Table.hash(new Schema(fields), rows, all);
  }

  /**
   * The table that the series were computed from with the series as further columns.
   *
   * @param input must stay open as long as the result is used
   */
  public Table with(Table input) {
    return input.with(columns());
  }

  /** Removes the files that were made for it. */
  @Override
  public void close() {
    values.close();
  }
}
