package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;
import slipstream.data.internal.DuckDb.DuckDbException;

/**
 * From files that DuckDB can query to a table.
 *
 * <p>The result depends on the file and the options alone: rows are ordered by instrument (UTF-8 order), time and the
 * row's place in the file.
 */
public final class TableImport {
  /**
   * Counts changes of what an import makes of the same files, in this code or by another DuckDB: what was read before is
   * then read again.
   */
  public static final int VERSION = 1;

  /** Share of the time of an import with a query that has passed when the query has run. */
  private static final double QUERIED = 0.5;

  private final DuckDb database;
  private final Source source;
  private final ImportOptions options;
  private final Progress progress;
  private final Stage stage;
  private final int threads;
  private final TableColumns columns;
  private final List<String> notes = new ArrayList<>();

  private TableImport(
      DuckDb database,
      Source source,
      ImportOptions options,
      boolean instrumentFromFile,
      Importer.Context context,
      Stage stage) {
    this.database = database;
    this.source = source;
    this.options = options;
    this.progress = context.progress();
    this.stage = stage;
    this.threads = context.threads();
    this.columns =
        new TableColumns(
            source,
            options,
            instrumentFromFile,
            new TimeExpressions(database, source, options, this::note));
  }

  /** Opens files in DuckDB. */
  @FunctionalInterface
  public interface Opener {
    Source open(Source.Request request);
  }

  /**
   * Imports files.
   *
   * @param opener the files' reader
   * @throws SlipstreamException in one line, with the place; nothing is left behind
   */
  public static Table run(ImportOptions options, Importer.Context context, Opener opener) {
    List<InputFile> files = InputFile.find(options, context.base());
    if (Files.exists(context.target())) {
      throw new SlipstreamException(
          SlipstreamException.Category.CONFLICT,
          "cannot import: " + context.target() + " exists",
          "Choose another name or remove it.");
    }
    files.forEach(file -> Sha256File.check(file, context.progress()));
    return work(files, options, context, opener, 0, job -> job.copy(context.target()));
  }

  /** What {@link #run} would make of the first rows. */
  public static ImportPreview preview(
      ImportOptions options, Importer.Context context, Opener opener, int rows) {
    List<InputFile> files = InputFile.find(options, context.base());
    return work(files, options, context, opener, rows, job -> job.head(files, rows));
  }

  /** The files that an import reads, checksums beside them included. */
  public static List<Path> inputs(ImportOptions options, Importer.Context context) {
    return InputFile.find(options, context.base()).stream()
        .flatMap(file -> Stream.concat(Stream.of(file.path()), Sha256File.of(file).stream()))
        .toList();
  }

  private static <T> T work(
      List<InputFile> files,
      ImportOptions options,
      Importer.Context context,
      Opener opener,
      long limit,
      Function<TableImport, T> work) {
    checkOptions(options);
    Stage stage = new Stage("Import " + InputFile.title(files), context.progress());
    Path scratch;
    try {
      scratch = AtomicFiles.scratchDirectory(context.target());
    } catch (IOException e) {
      throw AtomicFiles.explain("import", context.target(), e);
    }
    // The order in which several threads add up numbers would show in a query's sums.
    int threads = options.hasSql() ? 1 : context.threads();
    try (DuckDb database =
        new DuckDb(
            scratch,
            files.stream().map(InputFile::path).toList(),
            options.timeZone(),
            threads,
            context.progress())) {
      stage.reach(0);
      Source source =
          opener.open(
              new Source.Request(database, files, stage, options, limit, context.progress()));
      if (options.hasSql()) {
        source = new SqlSource(database, source, query(options.sql()), stage.to(QUERIED));
      }
      boolean named = files.getFirst().instrument() != null;
      TableImport job = new TableImport(database, source, options, named, context, stage);
      return work.apply(job);
    } catch (DuckDbException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CORRUPT,
          "the file cannot be read: " + e.line(),
          Place.file(InputFile.userName(files, options)),
          "Get the file again.",
          e);
    } finally {
      try {
        AtomicFiles.deleteRecursively(scratch);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String query(String sql) {
    String query = sql.strip();
    while (query.endsWith(";")) {
      query = query.substring(0, query.length() - 1).strip();
    }
    return query;
  }

  private static void checkOptions(ImportOptions options) {
    if (options.hasSql() && !options.where().isBlank()) {
      throw SlipstreamException.invalid(
          "where and sql are both given",
          Place.key("where"),
          "Write the condition into the query.");
    }
  }

  private void note(String text) {
    notes.add(text);
    progress.message(Severity.INFO, text);
  }

  private Table copy(Path target) {
    source.notes().forEach(this::note);
    return new TableCopy(database, source, options, columns, progress, stage, threads)
        .run(target)
        .table();
  }

  private ImportPreview head(List<InputFile> files, int rows) {
    source.notes().forEach(this::note);
    if (options.hasSql()) {
      note("the query saw the first " + rows + " rows only");
    }
    return new TablePreview(database, source, options, columns).head(files, notes, rows);
  }
}
