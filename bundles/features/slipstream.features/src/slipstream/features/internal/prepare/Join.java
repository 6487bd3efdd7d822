package slipstream.features.internal.prepare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.parameters.DataSource;
import slipstream.core.parameters.Parameter;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;

/**
 * Adds columns of other data to each row: as of the row's time, or by equal keys alone.
 *
 * <p>As of: of the other rows with equal keys that are stamped before the row (or at its time), the latest; of several at
 * one time the last in the other data's order. Rows keep their order; columns that are joined are null where there is no
 * match. Rows are matched in stretches on all threads, and each column is written by one, so that memory depends neither
 * on the number of rows nor of instruments, but for 12 bytes a row of other data whose key is not its instrument.
 */
public final class Join implements FeatureExtractor<Join.Parameters> {
  /** Which row of the other data matches. */
  public enum Match {
    /** The latest stamped before the row: what was surely known. */
    BEFORE,
    /** The latest stamped before the row or at its time. */
    AT_OR_BEFORE,
    /** The one with equal keys, whatever the time: attributes that never change. */
    KEY
  }

  /** What becomes of rows without a match. */
  public enum Unmatched {
    KEEP,
    DROP,
    REFUSE
  }

  /** See {@link Parameter}. */
  public record Parameters(
      @Parameter(help = "The other data: an importer and its parameters.") DataSource with,
      @Parameter(
              help =
                  "Which of the other rows with equal keys matches: the latest stamped before the row"
                      + " (before), or also at its very time (at-or-before), or the only one (key): for"
                      + " attributes without a time.",
              defaultValue = "before")
          Match match,
      @Parameter(
              help =
                  "Columns that must be equal, and what they are called in the other data: {currency:"
                      + " currency, bucket: tenor}. None: the instruments of both; all rows match data"
                      + " without instruments.",
              defaultValue = "")
          Map<String, String> keys,
      @Parameter(
              help =
                  "Columns of the other data that must have a value: {contract: ES}, for one future beside"
                      + " every instrument.",
              defaultValue = "")
          Map<String, String> constants,
      @Parameter(
              help =
                  "Columns to add, by their names in the other data. None: all but time and keys.",
              defaultValue = "")
          List<String> columns,
      @Parameter(help = "Before the name of every column that is added.", defaultValue = "")
          String prefix,
      @Parameter(
              help =
                  "A text column of the other data whose every value gives columns of its own, such as the"
                      + " tenor of a curve: rate_2y, rate_10y, each as of its own latest row.",
              defaultValue = "")
          String pivot,
      @Parameter(
              help = "The values of pivot, in order. None: all that occur, in alphabetical order.",
              defaultValue = "")
          List<String> pivotValues,
      @Parameter(help = "Rows older than this do not match. 0s: any age.", defaultValue = "0s")
          Duration maxAge,
      @Parameter(
              help = "Name of a column for the age of the match, in seconds. None: no such column.",
              defaultValue = "")
          String age,
      @Parameter(
              help =
                  "Rows without a match stay with nulls (keep), go (drop), or are an error (refuse); their"
                      + " number is told in any case.",
              defaultValue = "keep")
          Unmatched unmatched) {
    public Parameters {
      if (match == Match.KEY && !maxAge.isZero()) {
        throw new IllegalArgumentException("max_age means nothing with match: key");
      }
      if (match == Match.KEY && !age.isBlank()) {
        throw new IllegalArgumentException("age means nothing with match: key");
      }
      if (pivot.isBlank() && !pivotValues.isEmpty()) {
        throw new IllegalArgumentException("pivot_values are given, but no pivot");
      }
      if (Set.copyOf(pivotValues).size() < pivotValues.size()) {
        throw new IllegalArgumentException("a pivot value is given twice");
      }
    }
  }

  private static final int STRETCH = 1 << 18;
  private static final int PIECE = 1 << 14;

  /** More columns than this are a slip in the pivot. */
  private static final int MAX_PIVOT = 1000;

  private final long inMemory;
  private final int stretch;

  /** For the catalogue. */
  public Join() {
    this(Output.IN_MEMORY, STRETCH);
  }

  /** With other bounds, for tests. */
  Join(long inMemory, int stretch) {
    this.inMemory = inMemory;
    this.stretch = stretch;
  }

  @Override
  public String name() {
    return "join";
  }

  @Override
  public String summary() {
    return "Adds columns of other data as of each row's time (trade with quote, bond with curve,"
        + " instrument with future) or by equal keys (sector, issuer, maturity).";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public Table extract(Table input, Parameters parameters, Context context) {
    boolean timed = parameters.match() != Match.KEY;
    if (timed && !input.hasTime()) {
      throw SlipstreamException.invalid(
          "rows without a time cannot be joined as of it",
          Place.key("match"),
          "Name the time column of the data, or use match: key.");
    }
    Table other = context.inputs().require("with", parameters.with());
    if (timed && !other.hasTime()) {
      throw SlipstreamException.invalid(
          "the other data have no time column",
          Place.key("with"),
          "Add 'time: COLUMN', or use match: key.");
    }
    return new Run(input, other, parameters, context).run();
  }

  /** What one value of the pivot, or the join itself, adds. */
  private static final class Part {
    final String value;
    final long[] rows;

    Part(String value, int stretch) {
      this.value = value;
      this.rows = new long[stretch];
    }
  }

  /** A column of the result that comes from the other data. */
  private record Added(Part part, Column column) {}

  private final class Run {
    private final Table input;
    private final Table other;
    private final Parameters parameters;
    private final Context context;
    private final boolean timed;
    private final Groups groups;
    private final List<Part> parts = new ArrayList<>();
    private final List<Added> added = new ArrayList<>();
    private final List<Field> fields = new ArrayList<>();
    private final long maxAge;

    /** One a thread and part, which remembers where it was from piece to piece. */
    private final Map<Part, Queue<Groups.Finder>> finders = new HashMap<>();

    Run(Table input, Table other, Parameters parameters, Context context) {
      this.input = input;
      this.other = other;
      this.parameters = parameters;
      this.context = context;
      this.timed = parameters.match() != Match.KEY;
      this.maxAge = parameters.maxAge().isZero() ? Long.MAX_VALUE : parameters.maxAge().toNanos();
      List<Groups.Key> keys = keys();
      fields();
      this.groups = new Groups(other, keys, timed, context.threads(), context.progress());
      parts.forEach(part -> finders.put(part, new ConcurrentLinkedQueue<>()));
      if (!timed) {
        refuseDuplicates(keys);
      }
    }

    // ------------------------------------------------------------------ what is joined

    private List<Groups.Key> keys() {
      List<Groups.Key> keys = new ArrayList<>();
      Map<String, String> names = new LinkedHashMap<>(parameters.keys());
      if (names.isEmpty() && parameters.constants().isEmpty()) {
        boolean here = !input.instrumentColumn().isEmpty();
        boolean there = !other.instrumentColumn().isEmpty();
        if (here && there) {
          names.put(input.instrumentColumn(), other.instrumentColumn());
        } else if (!timed || there && other.partitions().size() > 1) {
          throw SlipstreamException.invalid(
              timed
                  ? "the other data have instruments and these have none"
                  : "there is no column to join by",
              Place.key("keys"),
              "Give keys: {COLUMN: COLUMN OF THE OTHER DATA}, or constants.");
        }
      }
      names.forEach(
          (mine, theirs) ->
              keys.add(
                  new Groups.Key(
                      column(other, theirs, "keys." + mine, "the other data have"),
                      column(input, mine, "keys", "the data have"),
                      null)));
      parameters
          .constants()
          .forEach(
              (theirs, value) ->
                  keys.add(
                      new Groups.Key(
                          text(
                              column(other, theirs, "constants", "the other data have"),
                              "constants"),
                          null,
                          value)));
      parameters
          .constants()
          .forEach(
              (theirs, value) -> {
                List<String> words = other.column(theirs).dictionary();
                if (!words.contains(value)) {
                  throw SlipstreamException.notFound(
                          Text.format("no other row has %s '%s'", theirs, value),
                          Nearest.remedy(value, words.subList(0, Math.min(20, words.size()))))
                      .at(Place.key("constants." + theirs));
                }
              });
      if (!parameters.pivot().isBlank()) {
        Column pivot =
            text(column(other, parameters.pivot(), "pivot", "the other data have"), "pivot");
        pivotValues(pivot).forEach(value -> parts.add(new Part(value, stretch)));
        keys.add(new Groups.Key(pivot, null, null));
      } else {
        parts.add(new Part("", stretch));
      }
      return keys;
    }

    private List<String> pivotValues(Column pivot) {
      if (!parameters.pivotValues().isEmpty()) {
        for (String value : parameters.pivotValues()) {
          if (!pivot.dictionary().contains(value)) {
            // In a shorter file a tenor may be missing; its columns are then unknown.
            context
                .progress()
                .message(
                    Progress.Severity.WARNING,
                    Text.format("join: no other row has %s '%s'", pivot.name(), value));
          }
        }
        return parameters.pivotValues();
      }
      if (pivot.dictionary().size() > MAX_PIVOT) {
        throw SlipstreamException.invalid(
            Text.format(
                "'%s' has %,d values, each of which would give columns",
                pivot.name(), pivot.dictionary().size()),
            Place.key("pivot"),
            Text.format("Name the values by pivot_values; at most %,d.", MAX_PIVOT));
      }
      return List.copyOf(new TreeSet<>(pivot.dictionary()));
    }

    private static Column column(Table table, String name, String key, String who) {
      if (table.schema().indexOf(name) < 0) {
        throw SlipstreamException.notFound(
                Text.format("%s no column '%s'", who, name),
                Nearest.remedy(name, table.schema().names()))
            .at(Place.key(key));
      }
      return table.column(name);
    }

    private static Column text(Column column, String key) {
      if (column.type() != ColumnType.STRING) {
        throw SlipstreamException.invalid(
            Text.format(
                "column '%s' of the other data is %s, not text", column.name(), column.type()),
            Place.key(key),
            Text.format("Import it as text: columns: {%s: string}.", column.name()));
      }
      return column;
    }

    private void fields() {
      fields.addAll(input.schema().fields());
      List<Column> columns = columns();
      for (Part part : parts) {
        String suffix = part.value.isEmpty() ? "" : "_" + part.value;
        for (Column column : columns) {
          Field field = column.field();
          added.add(new Added(part, column));
          add(
              new Field(
                  parameters.prefix() + field.name() + suffix,
                  field.type(),
                  field.unit(),
                  field.description()));
        }
        if (!parameters.age().isBlank()) {
          added.add(new Added(part, null));
          add(
              new Field(
                  parameters.age() + suffix,
                  ColumnType.FLOAT64,
                  "s",
                  "age of the row that was joined"));
        }
      }
    }

    private void add(Field field) {
      if (fields.stream().anyMatch(each -> each.name().equals(field.name()))) {
        throw SlipstreamException.invalid(
            Text.format("there would be two columns '%s'", field.name()),
            Place.key("prefix"),
            "Give a prefix, such as prefix: quote_, or name the columns to add.");
      }
      fields.add(field);
    }

    private List<Column> columns() {
      if (!parameters.columns().isEmpty()) {
        Set<String> names = new LinkedHashSet<>(parameters.columns());
        return names.stream()
            .map(each -> column(other, each, "columns", "the other data have"))
            .toList();
      }
      Set<String> apart = new LinkedHashSet<>(parameters.keys().values());
      apart.addAll(parameters.constants().keySet());
      apart.add(parameters.pivot());
      apart.add(other.timeColumn());
      apart.add(other.instrumentColumn());
      List<Column> columns =
          other.columns().stream().filter(each -> !apart.contains(each.name())).toList();
      if (columns.isEmpty() && parameters.age().isBlank()) {
        throw SlipstreamException.invalid(
            "the other data have no column but time and keys",
            Place.key("with"),
            "Check which columns its import leaves out.");
      }
      return columns;
    }

    private void refuseDuplicates(List<Groups.Key> keys) {
      for (int group = 0; group < groups.count(); group++) {
        if (groups.size(group) > 1) {
          long row = groups.row(group, 1);
          List<String> key =
              keys.stream()
                  .map(each -> each.column().name() + " " + each.column().get(row))
                  .toList();
          throw SlipstreamException.invalid(
              Text.format("%,d other rows have %s", groups.size(group), String.join(", ", key)),
              Place.key("with"),
              "Leave all but one out by 'where', add a key, or join as of a time.");
        }
      }
    }

    // ------------------------------------------------------------------------- joining

    Table run() {
      try (Output output =
          new Output(
              new Schema(fields),
              input.timeColumn(),
              input.instrumentColumn(),
              input.rows(),
              inMemory,
              context)) {
        long[] kept = new long[stretch];
        long unmatched = 0;
        for (long from = 0; from < input.rows(); from += stretch) {
          context.progress().checkCancelled();
          context.progress().stage("Join", from, input.rows(), "rows");
          int count = (int) Math.min(stretch, input.rows() - from);
          match(from, count);
          int matched = keepMatched(from, count, kept);
          unmatched += count - matched;
          boolean all = matched == count || parameters.unmatched() == Unmatched.KEEP;
          write(output, from, all ? count : matched, all ? null : kept);
        }
        context.progress().stage("Join", input.rows(), input.rows(), "rows");
        tell(unmatched);
        return output.finish();
      }
    }

    private void match(long start, int count) {
      int pieces = Math.ceilDiv(count, PIECE);
      Parallel.forEach(
          parts.size() * pieces,
          context.threads(),
          context.progress(),
          i -> {
            Part part = parts.get(i / pieces);
            int from = i % pieces * PIECE;
            Groups.Finder finder = finders.get(part).poll();
            finder = finder == null ? groups.new Finder(part.value) : finder;
            match(part, finder, start, from, Math.min(count, from + PIECE));
            finders.get(part).add(finder);
          });
    }

    private void match(Part part, Groups.Finder finder, long start, int from, int to) {
      Column time = timed ? input.time() : null;
      Column otherTime = timed ? other.time() : null;
      boolean inclusive = parameters.match() == Match.AT_OR_BEFORE;
      for (int i = from; i < to; i++) {
        int group = finder.group(start + i);
        if (group < 0) {
          part.rows[i] = -1;
        } else if (!timed) {
          part.rows[i] = groups.row(group, 0);
        } else {
          long when = time.getLong(start + i);
          long row = finder.latest(group, when, inclusive);
          if (row >= 0) {
            long age = when - otherTime.getLong(row);
            // Below 0 it is more than 292 years.
            row = age < 0 || age > maxAge ? -1 : row;
          }
          part.rows[i] = row;
        }
      }
    }

    /** Moves the rows that have a match together, when the others go; returns how many have one. */
    private int keepMatched(long start, int count, long[] kept) {
      int matched = 0;
      boolean drop = parameters.unmatched() == Unmatched.DROP;
      for (int i = 0; i < count; i++) {
        boolean any = false;
        for (Part part : parts) {
          any |= part.rows[i] >= 0;
        }
        if (!any && parameters.unmatched() == Unmatched.REFUSE) {
          throw SlipstreamException.invalid(
              "the row of " + describe(start + i) + " has no match",
              Place.key("unmatched"),
              "Check keys, times and max_age, or use unmatched: keep or drop.");
        }
        if (any) {
          kept[matched] = start + i;
          if (drop && matched < i) {
            for (Part part : parts) {
              part.rows[matched] = part.rows[i];
            }
          }
          matched++;
        }
      }
      return matched;
    }

    private String describe(long row) {
      List<String> words = new ArrayList<>();
      if (!input.instrumentColumn().isEmpty()) {
        words.add(input.column(input.instrumentColumn()).getString(row));
      }
      if (input.hasTime()) {
        words.add(Times.text(input.time().getLong(row)));
      }
      return words.isEmpty() ? "number " + row : String.join(" at ", words);
    }

    /** Writes a stretch: every column by one thread. */
    private void write(Output output, long from, int count, long[] kept) {
      List<Runnable> tasks = new ArrayList<>();
      int width = input.columns().size();
      for (int i = 0; i < width; i++) {
        ColumnBuilder builder = output.column(i);
        Column column = input.column(i);
        tasks.add(
            kept == null
                ? () -> builder.addRange(column, from, from + count)
                : () -> builder.addRows(column, kept, count));
      }
      for (int i = 0; i < added.size(); i++) {
        ColumnBuilder builder = output.column(width + i);
        Added each = added.get(i);
        tasks.add(
            each.column() == null
                ? () -> writeAge(builder, each.part(), from, count, kept)
                : () -> builder.addRows(each.column(), each.part().rows, count));
      }
      Parallel.run(tasks, context.threads(), context.progress());
    }

    private void writeAge(ColumnBuilder builder, Part part, long from, int count, long[] kept) {
      Column time = input.time();
      Column otherTime = other.time();
      for (int i = 0; i < count; i++) {
        if (part.rows[i] < 0) {
          builder.addNull();
        } else {
          long when = time.getLong(kept == null ? from + i : kept[i]);
          builder.addDouble((when - otherTime.getLong(part.rows[i])) / 1e9);
        }
      }
    }

    private void tell(long unmatched) {
      if (unmatched > 0) {
        context
            .progress()
            .message(
                Progress.Severity.WARNING,
                Text.format(
                    "join: %,d of %,d rows have no match%s",
                    unmatched,
                    input.rows(),
                    parameters.unmatched() == Unmatched.DROP ? " and were left out" : ""));
      }
    }
  }
}
