package slipstream.data.internal;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.ColumnType;
import slipstream.core.table.TableWriter;
import slipstream.data.ImportReport;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * Writes all rows of a source into a table, in one pass: DuckDB reads and converts, rows are written as they come, and
 * then moved if they were not in order.
 */
final class TableCopy {
  /** With fewer rows it does not pay to look at a column before it is read. */
  static final int FEW_ROWS = 1 << 15;

  /** Share of the time of an import, by which its progress is told. */
  private static final double COPIED = 0.9;

  private final DuckDb database;
  private final Source source;
  private final ImportOptions options;
  private final TableColumns columns;
  private final RowCondition condition;
  private final ConvertedRows converted;
  private final Progress progress;
  private final Stage stage;
  private final int threads;

  /** What fills a column, by position; null where {@link #runs} do. */
  private final List<ColumnCopy> copies = new ArrayList<>();

  private InstrumentRuns runs;

  TableCopy(
      DuckDb database,
      Source source,
      ImportOptions options,
      TableColumns columns,
      Progress progress,
      Stage stage,
      int threads) {
    this.database = database;
    this.source = source;
    this.options = options;
    this.columns = columns;
    this.condition = new RowCondition(database, source, options.where());
    this.converted = new ConvertedRows(database, source, options, columns, condition);
    this.progress = progress;
    this.stage = stage;
    this.threads = threads;
  }

  /**
   * @param target the directory that the table becomes; must not exist
   * @throws SlipstreamException in one line, with the place; nothing is left behind
   */
  TableWriter.Sorted run(Path target) {
    long started = System.nanoTime();
    condition.check();
    long read = read();
    if (read == 0) {
      throw SlipstreamException.invalid(
          "there are no rows, only column names",
          Place.file(source.userName()),
          "Give a file with data.");
    }
    try (TableWriter writer =
        new TableWriter(target, columns.schema(), columns.time(), columns.instrument())) {
      long kept;
      try {
        String query = query(writer, read);
        if (runs != null || columns.instrument().isEmpty()) {
          writer.expectSorted(); // most likely
        }
        kept = stream(writer, query, read);
      } catch (DuckDbException e) {
        throw converted.explain(e);
      }
      check(read, kept);
      source.release();
      tellOfExcluded(read, kept);
      progress.checkCancelled();
      Stage.Step sorting = stage.to(1);
      TableWriter.Sorted sorted = writer.finishSorted(threads, progress, sorting::reach);
      stage.reach(1);
      tell(sorted, read, kept, (System.nanoTime() - started) / 1e9);
      return sorted;
    } catch (UncheckedIOException e) {
      throw AtomicFiles.explain("write the table", target, e.getCause());
    }
  }

  private long read() {
    long known = source.knownRows();
    return known >= 0
        ? known
        : ((Number) database.row("SELECT count(*) FROM " + source.relation()).getFirst())
            .longValue();
  }

  // --------------------------------------------------------------------- rows

  /** The query of the rows, with a vector for each of {@link #copies} that is not null. */
  private String query(TableWriter writer, long rows) {
    int instrument = columns.instrumentIndex().orElse(-1);
    if (instrument >= 0) {
      String sql = columns.all().get(instrument).expression();
      if (!options.instrumentValue().isEmpty()) {
        runs = InstrumentRuns.one(options.instrumentValue());
      } else if (rows >= FEW_ROWS && condition.isBlank()) {
        runs = InstrumentRuns.find(database, source, sql).orElse(null);
      }
    }
    SequencedMap<Integer, String> texts = new TreeMap<>();
    for (int i = 0; i < columns.all().size(); i++) {
      TableColumn column = columns.all().get(i);
      if (column.type() == ColumnType.STRING && !isRuns(i) && rows >= FEW_ROWS) {
        texts.put(i, column.expression());
      }
    }
    TextWords words = TextWords.find(database, source, texts);
    List<String> select = new ArrayList<>();
    for (int i = 0; i < columns.all().size(); i++) {
      if (isRuns(i)) {
        copies.add(null);
      } else {
        copies.add(new ColumnCopy(writer.column(i), words.words(i)));
        select.add(words.expression(i, columns.all().get(i).expression()));
      }
    }
    return Text.format(
        "SELECT %s FROM %s WHERE %s",
        select.isEmpty() ? "1" : String.join(", ", select), source.relation(), condition.sql());
  }

  private boolean isRuns(int column) {
    return runs != null && column == columns.instrumentIndex().orElse(-1);
  }

  /** Writes the rows; gives their number. */
  private long stream(TableWriter writer, String query, long rows) {
    Stage.Step copying = stage.to(COPIED);
    long[] done = {0};
    // DuckDB gives rows in the order of the files (preserve_insertion_order).
    database.stream(
        query,
        null,
        chunk -> {
          int vector = 0;
          for (int i = 0; i < copies.size(); i++) {
            if (copies.get(i) == null) {
              runs.copy(writer.column(i), chunk.rowCount());
            } else {
              copies.get(i).copy(chunk.vector(vector++), chunk.rowCount());
            }
          }
          done[0] += chunk.rowCount();
          copying.reach((double) done[0] / rows);
        });
    return done[0];
  }

  // -------------------------------------------------------------------- checks

  /** A null in a key, or in a column of times, may be a fault; then it is looked for. */
  private void check(long read, long kept) {
    if (kept == 0) {
      throw SlipstreamException.invalid(
          Text.format("where leaves none of the %,d rows: %s", read, options.where()),
          new Place(source.userName(), 0, 0, "where"),
          "Widen the condition.");
    }
    int instrument = columns.instrumentIndex().orElse(-1);
    BitSet suspects = new BitSet();
    for (int i = 0; i < copies.size(); i++) {
      if (copies.get(i) != null
          && copies.get(i).nulls() > 0
          && (i == instrument || columns.all().get(i).type() == ColumnType.TIMESTAMP)) {
        suspects.set(i);
      }
    }
    if (!suspects.isEmpty()) {
      converted.convert(suspects);
      converted.check(kept);
    }
  }

  // ---------------------------------------------------------------- what it was

  private void tellOfExcluded(long read, long kept) {
    if (read > kept) {
      progress.message(
          Severity.WARNING,
          Text.format(
              "%,d of %,d rows are left out by where: %s", read - kept, read, options.where()));
    }
  }

  private void tell(TableWriter.Sorted sorted, long read, long kept, double seconds) {
    if (sorted.backwards() > 0) {
      progress.message(
          Severity.WARNING,
          Text.format(
              "time goes backwards at %,d rows of %s; the rows were sorted",
              sorted.backwards(), source.userName()));
    }
    progress.message(
        Severity.INFO,
        Text.format(
            "imported %,d rows of %d columns at %,.0f rows/s",
            kept, columns.all().size(), kept / Math.max(seconds, 1e-3)));
    if (progress instanceof ImportReport.Listener listener) {
      listener.imported(
          new ImportReport(
              source.userName(),
              read,
              read - kept,
              sorted.backwards(),
              sorted.moved(),
              options.where()));
    }
  }
}
