package slipstream.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.Table;
import slipstream.data.internal.ParquetRows;

/**
 * Small files of rows in and out, as they are: no time, no instrument, no order.
 *
 * <p>The format goes by the name: {@code .csv}, {@code .csv.gz}, {@code .csv.zst} (reading only) and {@code .parquet}.
 */
public final class RowFiles {
  private static final long NANOS = 1_000_000_000L;

  private RowFiles() {}

  /**
   * Reads all rows into memory, in the file's order.
   *
   * @return a table without time and instrument; a whole-number column of a CSV file is INT64, ISO times are TIMESTAMP
   * @throws SlipstreamException naming file and line of what is wrong
   */
  public static Table read(Path file, Progress progress) {
    Path absolute = file.toAbsolutePath();
    Path scratch;
    try {
      scratch = Files.createTempDirectory("slipstream-rows-");
    } catch (IOException e) {
      throw AtomicFiles.explain("read the rows", file, e);
    }
    try {
      Importer.Context context =
          new Importer.Context(
              absolute.getParent(),
              scratch.resolve("rows"),
              Runtime.getRuntime().availableProcessors(),
              progress);
      try (Table table = importFile(file, absolute, context)) {
        List<Column> columns = table.columns().stream().map(RowFiles::copy).toList();
        return Table.of(columns, "", "");
      }
    } finally {
      try {
        AtomicFiles.deleteRecursively(scratch);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Table importFile(Path file, Path absolute, Importer.Context context) {
    Map<String, Object> values = Map.of("path", absolute.toString());
    return isParquet(file)
        ? read(new ParquetImporter(), values, context)
        : read(new CsvImporter(), values, context);
  }

  private static <P extends Record> Table read(
      Importer<P> importer, Map<String, Object> values, Importer.Context context) {
    return importer.read(ParameterForm.bind(importer.parameters(), values, ""), context);
  }

  private static Column copy(Column column) {
    try (ColumnBuilder builder = ColumnBuilder.inMemory(column.field())) {
      builder.addRange(column, 0, column.rows());
      return builder.build();
    }
  }

  /**
   * Writes columns, atomically: the file is whole or as it was.
   *
   * <p>In CSV a null is an empty field, NaN is {@code NaN}, a time is ISO 8601 in UTC with as many digits as it has,
   * numbers have the digits that read back to the same bits.
   *
   * @param table any table; its rows are written in order
   */
  public static void write(Path file, Table table, Progress progress) {
    try {
      Path target = AtomicFiles.destination(file);
      Path scratch = AtomicFiles.scratchDirectory(target);
      try {
        Path written = scratch.resolve("rows" + (isParquet(file) ? ".parquet" : ".csv"));
        if (isParquet(file)) {
          ParquetRows.write(table, scratch, written, file.getFileName().toString(), progress);
        } else {
          writeCsv(table, written, file.getFileName().toString(), compressed(file), progress);
        }
        AtomicFiles.sync(written);
        AtomicFiles.move(written, target);
      } finally {
        AtomicFiles.deleteRecursively(scratch);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("write the rows", file, e);
    }
  }

  private static boolean isParquet(Path file) {
    return extension(file).endsWith(".parquet") || extension(file).endsWith(".pq");
  }

  private static boolean compressed(Path file) {
    if (extension(file).endsWith(".zst")) {
      throw SlipstreamException.invalid(
          "CSV is not written as .zst",
          Place.file(file.toString()),
          "Use .csv, .csv.gz or .parquet.");
    }
    return extension(file).endsWith(".gz");
  }

  private static String extension(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static void writeCsv(
      Table table, Path file, String userName, boolean gzip, Progress progress) throws IOException {
    try (OutputStream raw = Files.newOutputStream(file);
        OutputStream bytes = gzip ? new GZIPOutputStream(raw) : raw;
        Writer out =
            new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8), 1 << 16)) {
      List<Column> columns = table.columns();
      for (int i = 0; i < columns.size(); i++) {
        out.append(i == 0 ? "" : ",").append(quoted(columns.get(i).name()));
      }
      out.append('\n');
      for (long row = 0; row < table.rows(); row++) {
        for (int i = 0; i < columns.size(); i++) {
          if (i > 0) {
            out.append(',');
          }
          out.append(text(columns.get(i), row));
        }
        out.append('\n');
        if ((row & 0xfff) == 0) {
          progress.checkCancelled();
          progress.stage("Write " + userName, row, table.rows(), "rows");
        }
      }
    }
  }

  private static String text(Column column, long row) {
    if (column.isNull(row)) {
      // In a file of one column an empty line would be no row at all.
      return "";
    }
    return switch (column.type()) {
      case FLOAT64 -> Double.toString(column.getDouble(row));
      case FLOAT32 -> Float.toString((float) column.getDouble(row));
      case INT64, INT32 -> Long.toString(column.getLong(row));
      case BOOLEAN -> column.getLong(row) != 0 ? "true" : "false";
      case TIMESTAMP -> instant(column.getLong(row)).toString();
      case STRING -> quoted(column.getString(row));
    };
  }

  /** A time of a table: nanoseconds since 1970 UTC. */
  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  private static String quoted(String text) {
    boolean plain =
        !text.isEmpty()
            && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
            && !Character.isWhitespace(text.charAt(0))
            && !Character.isWhitespace(text.charAt(text.length() - 1));
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
