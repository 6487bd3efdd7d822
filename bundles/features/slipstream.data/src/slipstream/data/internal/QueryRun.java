package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBReadableVector;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Table;
import slipstream.data.explore.RowSelection;
import slipstream.data.explore.TableQuery;
import slipstream.data.internal.DuckDb.DuckDbException;

/** One run of a {@link TableQuery}. */
public final class QueryRun {
  private static final int BUFFER = 1 << 18;

  /** DuckDB shows a part of the line at fault and a caret under the place. */
  private static final Pattern EXCERPT =
      Pattern.compile("\\nLINE (\\d+): (.*)\\n( *)\\^", Pattern.MULTILINE);

  private static final Pattern UNKNOWN_COLUMN =
      Pattern.compile("Referenced column \"(.*)\" not found in FROM clause");

  private final Table table;
  private final TableQuery query;
  private final Path scratch;
  private final Limited progress;

  private QueryRun(Table table, TableQuery query, Path scratch, Limited progress) {
    this.table = table;
    this.query = query;
    this.scratch = scratch;
    this.progress = progress;
  }

  /** A progress that is cancelled when the time is over, too. */
  private static final class Limited implements Progress {
    private final Progress progress;
    private final Duration limit;
    private final long start = System.nanoTime();

    private Limited(Progress progress, Duration limit) {
      this.progress = progress;
      this.limit = limit;
    }

    @Override
    public void stage(String stage, long done, long total, String unit) {
      progress.stage(stage, done, total, unit);
    }

    private boolean late() {
      return System.nanoTime() - start > limit.toNanos();
    }

    @Override
    public boolean cancelled() {
      return progress.cancelled() || late();
    }

    @Override
    public void checkCancelled() {
      progress.checkCancelled();
      if (late()) {
        throw new SlipstreamException(
            Category.RESOURCE_EXHAUSTED,
            "the query took more than " + limit.toSeconds() + " s and was stopped",
            Place.key("where"),
            "Look at one instrument, or at fewer rows: row < 1000000.");
      }
    }
  }

  /** See {@link TableQuery#run}. */
  public static RowSelection run(
      Table table, TableQuery query, Path scratch, int threads, Duration limit, Progress progress) {
    Condition.check(query.where());
    query.order().forEach(each -> table.column(each.column()));
    Limited limited = new Limited(progress, limit);
    Path folder = scratch.resolve("query-" + UUID.randomUUID());
    try {
      Files.createDirectories(folder);
      return new QueryRun(table, query, folder, limited).run(threads);
    } catch (IOException e) {
      throw AtomicFiles.explain("use", folder, e);
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) {
    try {
      AtomicFiles.deleteRecursively(folder);
    } catch (IOException e) {
      throw AtomicFiles.explain("remove", folder, e);
    }
  }

  private RowSelection run(int threads) throws IOException {
    TableRows rows = null;
    String sql = "";
    try (DuckDb database = new DuckDb(scratch, List.of(), "UTC", threads, progress)) {
      rows = TableRows.register(database, table, query.from(), query.to(), threads, progress);
      sql = sql(rows.rowName());
      Stage.Step step = new Stage(title(), progress).to(1);
      return query.order().isEmpty() ? bits(database, sql, step) : listed(database, sql, step);
    } catch (DuckDbException e) {
      progress.checkCancelled();
      if (rows != null && rows.failure() != null) {
        throw rows.failure();
      }
      throw explain(e, sql);
    }
  }

  private String title() {
    return query.order().isEmpty() ? "Filter" : "Sort";
  }

  private String sql(String row) {
    StringBuilder sql = new StringBuilder("SELECT ").append(name(row)).append(" FROM data");
    if (!query.where().isBlank()) {
      sql.append(" WHERE (\n").append(query.where()).append("\n)");
    }
    if (!query.order().isEmpty()) {
      sql.append(" ORDER BY ");
      for (TableQuery.Order each : query.order()) {
        sql.append(name(each.column()))
            .append(each.descending() ? " DESC" : " ASC")
            .append(" NULLS LAST, ");
      }
      sql.append(name(row));
    }
    return sql.toString();
  }

  private RowSelection bits(DuckDb database, String sql, Stage.Step step) {
    long[] words = new long[Math.toIntExact((query.to() >> 6) + 1)];
    database.stream(
        sql,
        step,
        chunk -> {
          DuckDBReadableVector rows = chunk.vector(0);
          for (long i = 0; i < chunk.rowCount(); i++) {
            long row = rows.getLong(i);
            words[(int) (row >> 6)] |= 1L << (row & 63);
          }
        });
    return new RowSelection.Bits(words);
  }

  private RowSelection listed(DuckDb database, String sql, Stage.Step step) throws IOException {
    int width = table.rows() <= Integer.MAX_VALUE ? 4 : 8;
    Path part = scratch.resolve("rows");
    try (FileChannel channel =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
      database.stream(
          sql,
          step,
          chunk -> {
            DuckDBReadableVector rows = chunk.vector(0);
            for (long i = 0; i < chunk.rowCount(); i++) {
              if (buffer.remaining() < width) {
                write(channel, buffer, part);
              }
              if (width == 4) {
                buffer.putInt((int) rows.getLong(i));
              } else {
                buffer.putLong(rows.getLong(i));
              }
            }
          });
      write(channel, buffer, part);
    }
    Path file = scratch.resolveSibling(scratch.getFileName() + ".rows");
    Files.move(part, file);
    return new RowSelection.Listed(file, width);
  }

  private static void write(FileChannel channel, ByteBuffer buffer, Path file) {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("write the sorted rows to", file, e);
    }
    buffer.clear();
  }

  /** What DuckDB says of the condition, at its place within what the user wrote. */
  private SlipstreamException explain(DuckDbException e, String sql) {
    String message = e.getMessage();
    Place place = Place.key(query.where().isBlank() ? "order" : "where");
    Matcher excerpt = EXCERPT.matcher(message);
    if (excerpt.find()) {
      int at = position(sql, excerpt);
      int from = sql.indexOf("(\n") + 2;
      int length = query.where().length();
      if (at >= from && at <= from + length + 1) { // where it ends, DuckDB points at our own )
        place = Condition.place(query.where(), Math.min(at - from, length));
      }
    }
    String problem = e.line().replaceFirst("[.!]$", "");
    Matcher unknown = UNKNOWN_COLUMN.matcher(problem);
    if (unknown.find()) {
      return SlipstreamException.invalid(
          "there is no column '" + unknown.group(1) + "'",
          place,
          Nearest.remedy(unknown.group(1), table.schema().names()));
    }
    if (problem.contains("disabled by configuration") || problem.contains("Permission Error")) {
      return SlipstreamException.invalid(
          "a condition may read this table and nothing else", place, "Name columns of the table.");
    }
    return SlipstreamException.invalid(
        problem.isEmpty() ? "it is no condition" : decapitalised(problem), place, remedy(message));
  }

  private static String decapitalised(String text) {
    return text.length() > 1 && Character.isLowerCase(text.charAt(1))
        ? Character.toLowerCase(text.charAt(0)) + text.substring(1)
        : text;
  }

  /** Where in the query the caret stands, or -1. */
  private static int position(String sql, Matcher excerpt) {
    String shown = excerpt.group(2);
    int caret = excerpt.group(3).length() - ("LINE " + excerpt.group(1) + ": ").length();
    int skipped = shown.startsWith("...") ? 3 : 0;
    String text = shown.substring(skipped, shown.length() - (shown.endsWith("...") ? 3 : 0));
    int start = 0;
    for (int line = 1; line < Integer.parseInt(excerpt.group(1)); line++) {
      start = sql.indexOf('\n', start) + 1;
    }
    int at = sql.indexOf(text, start);
    return at < 0 || caret < skipped ? -1 : at + caret - skipped;
  }

  private static String remedy(String message) {
    return message.contains("syntax error")
        ? "Write a condition such as price > 10 and ticker = 'AAPL'."
        : "";
  }
}
