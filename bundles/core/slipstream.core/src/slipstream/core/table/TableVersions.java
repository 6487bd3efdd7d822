package slipstream.core.table;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.store.Lineage;

/**
 * A table that grows by later rows, and what it was before.
 *
 * <p>Every instrument is extended at its end. Thus an earlier version is told by how many rows of each instrument it
 * had, and only the newest version needs to be kept.
 */
public final class TableVersions {
  private static final String NOT_THERE = "is not in the dataset";
  private static final String MISSING = "is in the dataset and not in the files";

  private TableVersions() {}

  /**
   * What an append would do.
   *
   * @param lineage of the longer table
   * @param from the first new row of {@code more} by instrument
   */
  private record Plan(Lineage lineage, Map<String, Long> from) {}

  /** A table and how it grew. */
  public record Appended(Table table, Lineage lineage) {}

  /**
   * A table with the later rows of another one.
   *
   * <p>By instrument: rows of {@code more} after the last time of {@code base} are new. Rows at or before it must be the
   * very rows that {@code base} has from the first of them on, as in a file that repeats its past; they are skipped. An
   * instrument that {@code base} does not have is new as a whole. The result equals an import of all rows at once.
   *
   * @param target the folder that the table becomes; must not exist
   * @return empty when there is no new row
   * @throws SlipstreamException CONFLICT naming instrument and time where rows differ or come too late; INVALID_INPUT when
   *     the columns differ
   */
  public static Optional<Appended> append(Table base, Table more, Path target, Progress progress) {
    checkSchemas(base, more);
    Plan plan = plan(base, more);
    if (plan.lineage.newRows() == 0) {
      return Optional.empty();
    }
    Map<String, Partition> before = byInstrument(base);
    Map<String, Partition> after = byInstrument(more);
    long rows = plan.lineage.partitions().stream().mapToLong(Lineage.Extension::rows).sum();
    try (TableWriter writer =
        new TableWriter(target, base.schema(), base.timeColumn(), base.instrumentColumn())) {
      for (int column = 0; column < base.schema().size(); column++) {
        long done = 0;
        for (Lineage.Extension each : plan.lineage.partitions()) {
          progress.checkCancelled();
          Partition old = before.get(each.instrument());
          if (old != null) {
            writer.column(column).addRange(base.column(column), old.from(), old.to());
          }
          Partition young = after.get(each.instrument());
          if (young != null) {
            long from = plan.from.get(each.instrument());
            writer.column(column).addRange(more.column(column), from, young.to());
          }
          done += each.rows();
          progress.stage("Append", (column * rows + done) / base.schema().size(), rows, "rows");
        }
      }
      return Optional.of(new Appended(writer.finish(), plan.lineage));
    }
  }

  /**
   * The table that another one grew out of.
   *
   * @param lineages how it grew, newest step first
   * @param target the folder that the table becomes; must not exist
   */
  public static Table earlier(
      Table newest, List<Lineage> lineages, Path target, Progress progress) {
    Map<String, Long> rows = new LinkedHashMap<>();
    newest.partitions().forEach(each -> rows.put(each.instrument(), each.rows()));
    for (Lineage lineage : lineages) {
      for (Lineage.Extension each : lineage.partitions()) {
        rows.put(each.instrument(), each.previousRows());
      }
    }
    try (TableWriter writer =
        new TableWriter(target, newest.schema(), newest.timeColumn(), newest.instrumentColumn())) {
      for (int column = 0; column < newest.schema().size(); column++) {
        for (Partition each : newest.partitions()) {
          progress.checkCancelled();
          long to = each.from() + rows.get(each.instrument());
          writer.column(column).addRange(newest.column(column), each.from(), to);
        }
      }
      return writer.finish();
    }
  }

  /**
   * How a table grew out of another one that is not there any more, if it did: its first rows of each instrument have that
   * one's content hash, and the others are later. All of the first rows are read for it.
   *
   * @param earlier the content hash of the other table
   * @param earlierRows the rows of each of its instruments
   * @param threads at most this many work
   */
  public static Optional<Lineage> grown(
      Table table, String earlier, Map<String, Long> earlierRows, int threads, Progress progress) {
    List<Lineage.Extension> extensions = new ArrayList<>();
    long rows = 0;
    for (Partition each : table.partitions()) {
      long had = earlierRows.getOrDefault(each.instrument(), 0L);
      long next = each.from() + had;
      if (had > each.rows()
          || !table.hasTime()
          || had > 0
              && next < each.to()
              && table.time().getLong(next) == table.time().getLong(next - 1)) {
        return Optional.empty();
      }
      extensions.add(new Lineage.Extension(each.instrument(), had, each.rows()));
      rows += had;
    }
    if (rows != earlierRows.values().stream().mapToLong(Long::longValue).sum()) {
      return Optional.empty(); // an instrument is gone
    }
    Lineage lineage = new Lineage(earlier, extensions);
    String hash = beginningHash(table, lineage, rows, threads, progress);
    return hash.equals(earlier) ? Optional.of(lineage) : Optional.empty();
  }

  /** The content hash of the rows that the earlier table would have. */
  private static String beginningHash(
      Table table, Lineage lineage, long rows, int threads, Progress progress) {
    List<List<String>> parts =
        Parallel.map(
            table.columns().size(),
            threads,
            progress,
            c -> {
              Column column = table.column(c);
              try (ColumnBuilder builder = ColumnBuilder.hashing(column.field())) {
                for (int p = 0; p < table.partitions().size(); p++) {
                  progress.checkCancelled();
                  long from = table.partitions().get(p).from();
                  builder.addRange(column, from, from + lineage.partitions().get(p).previousRows());
                }
                return TableFiles.hashes(builder);
              }
            });
    return Table.hash(
        table.schema(),
        table.timeColumn(),
        table.instrumentColumn(),
        rows,
        parts.stream().flatMap(List::stream).toList());
  }

  private static Map<String, Partition> byInstrument(Table table) {
    Map<String, Partition> partitions = new HashMap<>();
    table.partitions().forEach(each -> partitions.put(each.instrument(), each));
    return partitions;
  }

  private static void checkSchemas(Table base, Table more) {
    if (!base.hasTime()) {
      throw SlipstreamException.invalid(
          "the dataset has no time column, so that later rows cannot be told",
          "Import the files together as a new dataset.");
    }
    if (!base.timeColumn().equals(more.timeColumn())
        || !base.instrumentColumn().equals(more.instrumentColumn())) {
      throw SlipstreamException.invalid(
          Text.format(
              "time and instrument are '%s' and '%s' in the files, '%s' and '%s' in the dataset",
              more.timeColumn(),
              more.instrumentColumn(),
              base.timeColumn(),
              base.instrumentColumn()),
          "Import with the parameters of the dataset.");
    }
    for (Field field : base.schema().fields()) {
      Optional<Field> other = more.schema().find(field.name());
      if (other.isEmpty()) {
        throw SlipstreamException.invalid(
            "column '" + field.name() + "' of the dataset is not in the files",
            "Append files of the same columns.");
      } else if (other.get().type() != field.type()) {
        throw SlipstreamException.invalid(
            Text.format(
                "column '%s' is %s in the files, %s in the dataset",
                field.name(), other.get().type(), field.type()),
            "Declare its type in columns.");
      }
    }
    for (Field field : more.schema().fields()) {
      if (base.schema().indexOf(field.name()) < 0) {
        throw SlipstreamException.invalid(
            "column '" + field.name() + "' of the files is not in the dataset",
            "Leave it out by columns: {" + field.name() + ": '-'}.");
      }
    }
    if (!base.schema().names().equals(more.schema().names())) {
      throw SlipstreamException.invalid(
          "the files' columns come in another order than the dataset's",
          "Import with the parameters of the dataset.");
    }
  }

  private static Plan plan(Table base, Table more) {
    Map<String, Partition> before = byInstrument(base);
    Map<String, Lineage.Extension> extensions =
        new TreeMap<>(
            (a, b) ->
                Arrays.compareUnsigned(
                    a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    for (Partition each : base.partitions()) {
      extensions.put(
          each.instrument(), new Lineage.Extension(each.instrument(), each.rows(), each.rows()));
    }
    Map<String, Long> from = new HashMap<>();
    for (Partition each : more.partitions()) {
      Partition old = before.get(each.instrument());
      long first = each.from();
      long had = 0;
      if (old != null && old.rows() > 0) {
        had = old.rows();
        first = firstAfter(more.time(), each, base.time().getLong(old.to() - 1));
        checkOverlap(base, old, more, each, first);
      }
      from.put(each.instrument(), first);
      extensions.put(
          each.instrument(),
          new Lineage.Extension(each.instrument(), had, had + each.to() - first));
    }
    return new Plan(new Lineage(base.hash(), new ArrayList<>(extensions.values())), from);
  }

  /** The first row of a partition that is later than a time, or its end. */
  private static long firstAfter(Column time, Partition partition, long last) {
    long low = partition.from();
    long high = partition.to();
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (time.getLong(middle) > last) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static void checkOverlap(
      Table base, Partition old, Table more, Partition young, long first) {
    long overlap = first - young.from();
    if (overlap == 0) {
      return;
    }
    long begins = more.time().getLong(young.from());
    long start = firstAfter(base.time(), old, begins - 1);
    long known = old.to() - start;
    for (long i = 0; i < Math.min(overlap, known); i++) {
      long had = base.time().getLong(start + i);
      long given = more.time().getLong(young.from() + i);
      if (had != given) {
        throw given < had
            ? conflict(old, base, given, NOT_THERE)
            : conflict(old, base, had, MISSING);
      }
      for (int column = 0; column < base.schema().size(); column++) {
        if (!same(base.column(column), start + i, more.column(column), young.from() + i)) {
          throw conflict(
              old,
              base,
              given,
              "differs from the dataset in column '" + base.column(column).name() + "'");
        }
      }
    }
    if (overlap != known) {
      long row = Math.min(overlap, known);
      boolean extra = overlap > known;
      throw conflict(
          old,
          base,
          extra ? more.time().getLong(young.from() + row) : base.time().getLong(start + row),
          extra ? NOT_THERE : MISSING);
    }
  }

  private static boolean same(Column a, long rowA, Column b, long rowB) {
    if (a.isNull(rowA) || b.isNull(rowB)) {
      return a.isNull(rowA) && b.isNull(rowB);
    }
    return switch (a.type()) {
      case FLOAT64, FLOAT32 ->
          Double.doubleToLongBits(a.getDouble(rowA)) == Double.doubleToLongBits(b.getDouble(rowB));
      case STRING -> a.getString(rowA).equals(b.getString(rowB));
      default -> a.getLong(rowA) == b.getLong(rowB);
    };
  }

  private static SlipstreamException conflict(
      Partition partition, Table base, long time, String what) {
    String name = partition.instrument();
    return new SlipstreamException(
        Category.CONFLICT,
        Text.format(
            "a row%s at %s %s, which ends at %s",
            name.isEmpty() ? "" : " of " + name,
            instant(time),
            what,
            instant(base.time().getLong(partition.to() - 1))),
        null,
        "Only later rows can be appended; import corrected files as a new dataset.");
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }
}
