package slipstream.features.internal.clean;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.parallel.Parallel;
import slipstream.core.parameters.Parameter;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.health.Roles;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.features.internal.prepare.Output;

/**
 * Leaves out or mends rows by rules, each of which tells how many rows it concerned.
 *
 * <p>Rules are taken in order, row by row: a row that one leaves out is seen by none after it. What a rule knows of other
 * rows are earlier rows of the same instrument. Conditions of drop_where are evaluated on the data as they come in.
 */
public final class Clean implements FeatureExtractor<Clean.Parameters> {
  /** See {@link Parameter}. */
  public record Parameters(
      @Parameter(
              help =
                  "What is left out or mended, in order: drop_nulls(close), drop_duplicates,"
                      + " drop_duplicates(time), drop_crossed, drop_locked, drop_zero_price, drop_bad_bars,"
                      + " drop_outliers(close, z=25, rows=250), drop_where(volume == 0),"
                      + " fill_previous(close, limit=5), winsorize(size, z=10, rows=250).")
          List<String> rules,
      @Parameter(
              help = "A rule that concerns a larger share of the rows is told as a warning.",
              unit = "%",
              defaultValue = "5",
              min = 0,
              max = 100)
          double warnAbove) {
    public Parameters {
      if (rules.isEmpty()) {
        throw new IllegalArgumentException("no rule is given");
      }
      rules.forEach(Rule::parse);
    }
  }

  private static final int CHUNK = 1 << 13;

  /** Rows that a thread takes at once. */
  private static final int STRETCH = 1 << 17;

  /** Moves or values that must be known before an outlier can be told. */
  private static final int KNOWN = 20;

  /** Rows of one time that are compared for duplicates. */
  private static final int COMPARED = 64;

  private final long inMemory;

  /** For the catalogue. */
  public Clean() {
    this(Output.IN_MEMORY);
  }

  /** With another bound for tables in memory. */
  Clean(long inMemory) {
    this.inMemory = inMemory;
  }

  @Override
  public String name() {
    return "clean";
  }

  @Override
  public String summary() {
    return "Leaves out or mends rows by rules, and tells how many each concerned.";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public Table extract(Table input, Parameters parameters, Context context) {
    return new Run(input, parameters, context).run(inMemory);
  }

  /** A rule at work. */
  private abstract static class Step {
    final Rule rule;
    long seen;
    long concerned;

    Step(Rule rule) {
      this.rule = rule;
    }

    /** A new instrument begins. */
    void start() {}

    /** False when the row is to go. */
    abstract boolean keeps(long row, int i);

    /** The row stays, as far as this rule goes. */
    void kept(long row, int i) {}
  }

  /**
   * Rows of one instrument.
   *
   * @param first whether they are its first ones
   * @param last whether they are its last ones
   */
  private record Piece(long from, long to, boolean first, boolean last) {
    boolean whole() {
      return first && last;
    }

    long rows() {
      return to - from;
    }
  }

  /** The rules at work in one thread, on instruments that follow each other; what stays of their rows is kept aside. */
  private static final class Sieve {
    private final Table input;
    private final Context context;
    private final Roles roles;

    /** The rows for which a condition holds, by condition; of all sieves. */
    private final Map<String, BitSet> conditions;

    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, double[]> loaded = new LinkedHashMap<>();
    private final int[] places = new int[CHUNK];
    private long[] rows = new long[0];
    private final Map<Integer, double[]> changed = new LinkedHashMap<>();
    private int kept;

    Sieve(Table input, Parameters parameters, Context context, Map<String, BitSet> conditions) {
      this.input = input;
      this.context = context;
      this.conditions = conditions;
      this.roles = Roles.of(input.schema(), input.timeColumn(), input.instrumentColumn(), Map.of());
      for (String text : parameters.rules()) {
        steps.add(step(Rule.parse(text)));
      }
    }

    private SlipstreamException wrong(Rule rule, String what, String remedy) {
      return SlipstreamException.invalid(
          "clean: " + rule.kind().word() + ": " + what, Place.key("rules"), remedy);
    }

    private int column(Rule rule, String name) {
      int at = input.schema().indexOf(name);
      if (at < 0) {
        throw wrong(
            rule,
            "there is no column '" + name + "'",
            "Columns: "
                + String.join(", ", input.schema().names().stream().limit(30).toList())
                + ".");
      }
      return at;
    }

    private double[] load(Rule rule, int column) {
      if (!input.column(column).type().numeric()) {
        throw wrong(
            rule,
            "column '" + input.column(column).name() + "' is text, not a number",
            "Name another column, or give its type in the import.");
      }
      return loaded.computeIfAbsent(column, each -> new double[CHUNK]);
    }

    private List<Integer> named(Rule rule) {
      return rule.arguments().stream().map(name -> column(rule, name)).toList();
    }

    /** The columns that a rule names, or else those of a role. */
    private List<Integer> prices(Rule rule) {
      List<Integer> columns = new ArrayList<>(named(rule));
      if (columns.isEmpty()) {
        for (int c = 0; c < roles.roles().size(); c++) {
          if (roles.roles().get(c).price()) {
            columns.add(c);
          }
        }
      }
      if (columns.isEmpty()) {
        throw wrong(
            rule, "no column is a price by its name or unit", "Name the columns in brackets.");
      }
      return columns;
    }

    private Step step(Rule rule) {
      return switch (rule.kind()) {
        case DROP_NULLS -> nulls(rule);
        case DROP_DUPLICATES -> duplicates(rule);
        case DROP_CROSSED, DROP_LOCKED -> quotes(rule);
        case DROP_ZERO_PRICE -> zeros(rule);
        case DROP_BAD_BARS -> bars(rule);
        case DROP_OUTLIERS -> outliers(rule);
        case DROP_WHERE -> where(rule);
        case FILL_PREVIOUS -> fill(rule);
        case WINSORIZE -> winsorize(rule);
      };
    }

    // ----------------------------------------------------------------------- rules

    private Step nulls(Rule rule) {
      List<Integer> columns = named(rule);
      List<double[]> values = new ArrayList<>();
      for (int c : columns) {
        values.add(input.column(c).type().numeric() ? load(rule, c) : null);
      }
      return new Step(rule) {
        @Override
        boolean keeps(long row, int i) {
          for (int k = 0; k < columns.size(); k++) {
            double[] numbers = values.get(k);
            // What an earlier rule has filled is no null.
            if (numbers != null
                ? Double.isNaN(numbers[i])
                : input.column(columns.get(k)).isNull(row)) {
              return false;
            }
          }
          return true;
        }
      };
    }

    private Step zeros(Rule rule) {
      List<double[]> prices = prices(rule).stream().map(c -> load(rule, c)).toList();
      return new Step(rule) {
        @Override
        boolean keeps(long row, int i) {
          for (double[] each : prices) {
            if (each[i] <= 0) {
              return false;
            }
          }
          return true;
        }
      };
    }

    private Step quotes(Rule rule) {
      List<Integer> named = named(rule);
      List<double[]> bids = new ArrayList<>();
      List<double[]> asks = new ArrayList<>();
      if (!named.isEmpty()) {
        if (named.size() != 2) {
          throw wrong(rule, "a bid and an ask are needed", "Write drop_crossed(bid, ask).");
        }
        bids.add(load(rule, named.get(0)));
        asks.add(load(rule, named.get(1)));
      }
      for (Roles.Quote quote : named.isEmpty() ? roles.quotes() : List.<Roles.Quote>of()) {
        bids.add(load(rule, quote.bid()));
        asks.add(load(rule, quote.ask()));
      }
      if (bids.isEmpty()) {
        throw wrong(
            rule, "no columns are bid and ask by their names", "Write drop_crossed(bid, ask).");
      }
      boolean locked = rule.kind() == Rule.Kind.DROP_LOCKED;
      return new Step(rule) {
        @Override
        boolean keeps(long row, int i) {
          for (int k = 0; k < bids.size(); k++) {
            double bid = bids.get(k)[i];
            double ask = asks.get(k)[i];
            if (locked ? bid == ask : bid > ask) {
              return false;
            }
          }
          return true;
        }
      };
    }

    private Step bars(Rule rule) {
      if (roles.bars().isEmpty()) {
        throw wrong(
            rule, "no columns are high and low by their names", "Rename them in the import.");
      }
      List<double[][]> bars = new ArrayList<>();
      for (Roles.Bar bar : roles.bars()) {
        double[] none = new double[0];
        bars.add(
            new double[][] {
              load(rule, bar.high()),
              load(rule, bar.low()),
              bar.open() < 0 ? none : load(rule, bar.open()),
              bar.close() < 0 ? none : load(rule, bar.close())
            });
      }
      return new Step(rule) {
        @Override
        boolean keeps(long row, int i) {
          for (double[][] bar : bars) {
            double high = bar[0][i];
            double low = bar[1][i];
            if (high < low) {
              return false;
            }
            for (int part = 2; part < 4; part++) {
              if (bar[part].length > 0 && (bar[part][i] > high || bar[part][i] < low)) {
                return false;
              }
            }
          }
          return true;
        }
      };
    }

    private Step duplicates(Rule rule) {
      List<Integer> keys = new ArrayList<>(named(rule));
      if (keys.isEmpty()) {
        for (int c = 0; c < input.columns().size(); c++) {
          keys.add(c);
        }
      }
      return new Step(rule) {
        private final long[] group = new long[COMPARED];
        private int size;
        private int next;
        private long time;

        @Override
        void start() {
          size = 0;
          next = 0;
        }

        @Override
        boolean keeps(long row, int i) {
          if (input.hasTime() && input.time().getLong(row) != time) {
            time = input.time().getLong(row);
            size = 0;
            next = 0;
          }
          for (int k = 0; k < size; k++) {
            if (same(keys, group[k], row)) {
              return false;
            }
          }
          return true;
        }

        @Override
        void kept(long row, int i) {
          // Without a time, equal rows are told among the last few.
          group[next] = row;
          next = (next + 1) % COMPARED;
          size = Math.min(size + 1, COMPARED);
        }
      };
    }

    private boolean same(List<Integer> keys, long a, long b) {
      for (int key : keys) {
        Column column = input.column(key);
        boolean none = column.isNull(a);
        if (none != column.isNull(b) || !none && bits(column, a) != bits(column, b)) {
          return false;
        }
      }
      return true;
    }

    private static long bits(Column column, long row) {
      return column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32
          ? Double.doubleToLongBits(column.getDouble(row))
          : column.getLong(row);
    }

    /**
     * Prices are judged by their move from the last row that stayed over the typical one of the past; other columns by their
     * distance from the past median. After a few rows on a new level it is taken for real.
     */
    private Step outliers(Rule rule) {
      List<Integer> columns = prices(rule);
      double limit = rule.number("z") * 1.4826;
      int window = (int) rule.number("rows");
      int accept = (int) rule.number("accept");
      return new Step(rule) {
        private final PastWindow[] past = new PastWindow[columns.size()];
        private final double[] before = new double[columns.size()];
        private int inARow;

        {
          for (int k = 0; k < past.length; k++) {
            past[k] = new PastWindow(window);
            load(rule, columns.get(k));
          }
        }

        @Override
        void start() {
          for (int k = 0; k < past.length; k++) {
            past[k].clear();
            before[k] = Double.NaN;
          }
          inARow = 0;
        }

        private boolean price(int k) {
          return roles.roles().get(columns.get(k)).price();
        }

        private double move(int k, double value) {
          return Math.abs(Math.log(value / before[k]));
        }

        private boolean odd(int k, double value) {
          if (past[k].count() < KNOWN) {
            return false;
          }
          if (price(k)) {
            double move = move(k, value);
            return move > limit * past[k].median() && move < Double.POSITIVE_INFINITY;
          }
          double usual = past[k].deviation();
          return usual > 0 && Math.abs(value - past[k].median()) > limit * usual;
        }

        @Override
        boolean keeps(long row, int i) {
          boolean odd = false;
          for (int k = 0; k < past.length; k++) {
            odd |= odd(k, loaded.get(columns.get(k))[i]);
          }
          if (odd && inARow < accept) {
            inARow++;
            return false;
          }
          inARow = 0;
          return true;
        }

        @Override
        void kept(long row, int i) {
          for (int k = 0; k < past.length; k++) {
            double value = loaded.get(columns.get(k))[i];
            if (!Double.isFinite(value)) {
              continue;
            }
            if (!price(k)) {
              past[k].add(value);
            } else if (value > 0) {
              double move = move(k, value);
              // Rows without a move would make the usual move zero.
              if (move > 0) {
                past[k].add(move);
              }
              before[k] = value;
            }
          }
        }
      };
    }

    private Step where(Rule rule) {
      BitSet holds =
          conditions.computeIfAbsent(rule.arguments().getFirst(), text -> holding(rule, text));
      return new Step(rule) {
        @Override
        boolean keeps(long row, int i) {
          return !holds.get((int) row);
        }
      };
    }

    private BitSet holding(Rule rule, String expression) {
      BitSet holds = new BitSet();
      if (input.rows() > Integer.MAX_VALUE - 8) {
        throw wrong(rule, "the table has too many rows", "Use where in the import.");
      }
      SequencedMap<String, Definition> series = new LinkedHashMap<>();
      String name = "drop_where_condition";
      series.put(name, new Definition(expression));
      // The functions of the product; those of plug-ins are for features.
      PluginCatalog functions =
          PluginCatalog.load(
              List.of(new PluginCatalog.Source("features", "", Clean.class.getClassLoader())));
      Experiment experiment =
          new Experiment(
              "clean",
              "",
              0,
              null,
              List.of(),
              series,
              new LinkedHashMap<>(),
              new LinkedHashMap<>(),
              new LinkedHashMap<>(),
              null,
              null,
              List.of(),
              List.of());
      try (FeatureTable values =
          FeaturePlan.compile(input.schema(), experiment, functions)
              .evaluate(
                  input,
                  context.target().resolveSibling(context.target().getFileName() + "-where"),
                  context.threads(),
                  context.progress())) {
        double[] chunk = new double[CHUNK];
        for (int from = 0; from < values.rows(); from += CHUNK) {
          int count = Math.min(CHUNK, values.rows() - from);
          values.copy(name, from, from + count, chunk, 0);
          for (int i = 0; i < count; i++) {
            // Where it is unknown whether the condition holds, the row stays.
            if (chunk[i] != 0 && !Double.isNaN(chunk[i])) {
              holds.set(from + i);
            }
          }
        }
      } catch (SlipstreamException e) {
        if (e.category() == SlipstreamException.Category.CANCELLED) {
          throw e;
        }
        throw wrong(rule, "'" + expression + "': " + e.problem(), e.remedy());
      }
      return holds;
    }

    private void change(Rule rule, int column) {
      ColumnType type = input.column(column).type();
      if (type != ColumnType.FLOAT64 && type != ColumnType.FLOAT32) {
        throw wrong(
            rule,
            "column '" + input.column(column).name() + "' is " + type + ", not a fraction",
            "Declare it as float64 in the import.");
      }
      load(rule, column);
      changed.put(column, new double[0]);
    }

    private Step fill(Rule rule) {
      List<Integer> columns = named(rule);
      columns.forEach(column -> change(rule, column));
      double limit = rule.number("limit");
      return new Step(rule) {
        private final double[] before = new double[columns.size()];
        private final double[] age = new double[columns.size()];

        @Override
        void start() {
          java.util.Arrays.fill(before, Double.NaN);
        }

        @Override
        boolean keeps(long row, int i) {
          boolean any = false;
          for (int k = 0; k < before.length; k++) {
            double[] values = loaded.get(columns.get(k));
            if (!Double.isNaN(values[i])) {
              before[k] = values[i];
              age[k] = 0;
            } else if (!Double.isNaN(before[k]) && ++age[k] <= limit) {
              values[i] = before[k];
              any = true;
            }
          }
          concerned += any ? 1 : 0;
          return true;
        }
      };
    }

    private Step winsorize(Rule rule) {
      List<Integer> columns = named(rule);
      columns.forEach(column -> change(rule, column));
      double limit = rule.number("z") * 1.4826;
      return new Step(rule) {
        private final PastWindow[] past = new PastWindow[columns.size()];

        {
          for (int k = 0; k < past.length; k++) {
            past[k] = new PastWindow((int) rule.number("rows"));
          }
        }

        @Override
        void start() {
          for (PastWindow each : past) {
            each.clear();
          }
        }

        @Override
        boolean keeps(long row, int i) {
          boolean any = false;
          for (int k = 0; k < past.length; k++) {
            double[] values = loaded.get(columns.get(k));
            double value = values[i];
            if (!Double.isFinite(value)) {
              continue;
            }
            double usual = past[k].count() < KNOWN ? 0 : past[k].deviation();
            if (usual > 0) {
              double middle = past[k].median();
              double held = Math.clamp(value, middle - limit * usual, middle + limit * usual);
              any |= held != value;
              values[i] = held;
            }
            past[k].add(value);
          }
          concerned += any ? 1 : 0;
          return true;
        }
      };
    }

    // ----------------------------------------------------------------------- rows

    /** Sifts rows that follow each other; a piece that is not its instrument's first goes on where the last call ended. */
    void sift(List<Piece> pieces) {
      int most = Math.toIntExact(pieces.stream().mapToLong(Piece::rows).sum());
      if (rows.length < most) {
        rows = new long[most];
        changed.replaceAll((_, _) -> new double[most]);
      }
      kept = 0;
      for (Piece piece : pieces) {
        if (piece.first()) {
          steps.forEach(Step::start);
        }
        for (long from = piece.from(); from < piece.to(); from += CHUNK) {
          context.progress().checkCancelled();
          sift(from, (int) Math.min(CHUNK, piece.to() - from));
        }
      }
    }

    private void sift(long from, int count) {
      loaded.forEach(
          (column, values) -> input.column(column).copyDoubles(from, from + count, values, 0));
      int stay = 0;
      for (int i = 0; i < count; i++) {
        if (keeps(from + i, i)) {
          rows[kept + stay] = from + i;
          places[stay++] = i;
        }
      }
      for (Map.Entry<Integer, double[]> each : changed.entrySet()) {
        double[] values = loaded.get(each.getKey());
        for (int i = 0; i < stay; i++) {
          each.getValue()[kept + i] = values[places[i]];
        }
      }
      kept += stay;
    }

    private boolean keeps(long row, int i) {
      for (Step step : steps) {
        step.seen++;
        if (!step.keeps(row, i)) {
          step.concerned++;
          return false;
        }
        step.kept(row, i);
      }
      return true;
    }

    /** Appends a column of the rows that stay. */
    void append(int column, ColumnBuilder builder) {
      double[] values = changed.get(column);
      if (values == null) {
        builder.addRows(input.column(column), rows, kept);
        return;
      }
      for (int i = 0; i < kept; i++) {
        if (Double.isNaN(values[i])) {
          builder.addNull();
        } else {
          builder.addDouble(values[i]);
        }
      }
    }
  }

  /**
   * All rows, in rounds: each thread sifts some instruments, then columns are written, each by one thread. What a sieve is
   * given changes no result.
   */
  private static final class Run {
    private final Table input;
    private final Parameters parameters;
    private final Context context;
    private final List<Sieve> sieves = new ArrayList<>();

    Run(Table input, Parameters parameters, Context context) {
      this.input = input;
      this.parameters = parameters;
      this.context = context;
      Map<String, BitSet> conditions = new HashMap<>();
      for (int i = 0; i < context.threads(); i++) {
        sieves.add(new Sieve(input, parameters, context, conditions));
      }
    }

    Table run(long inMemory) {
      try (Output output =
          new Output(
              input.schema(),
              input.timeColumn(),
              input.instrumentColumn(),
              input.rows(),
              inMemory,
              context)) {
        Deque<Piece> pieces = pieces();
        for (long done = 0; !pieces.isEmpty(); ) {
          context.progress().stage("Clean", done, input.rows(), "rows");
          done += round(pieces, output);
        }
        context.progress().stage("Clean", input.rows(), input.rows(), "rows");
        tell();
        return output.finish();
      }
    }

    private Deque<Piece> pieces() {
      Deque<Piece> pieces = new ArrayDeque<>();
      for (Partition partition : input.partitions()) {
        for (long from = partition.from(); from < partition.to(); from += STRETCH) {
          long to = Math.min(partition.to(), from + STRETCH);
          pieces.add(new Piece(from, to, from == partition.from(), to == partition.to()));
        }
      }
      return pieces;
    }

    private long round(Deque<Piece> pieces, Output output) {
      List<List<Piece>> shares = new ArrayList<>();
      while (shares.size() < sieves.size() && !pieces.isEmpty()) {
        if (!shares.isEmpty() && !pieces.peek().whole()) {
          break; // instruments in pieces are the first sieve's
        }
        shares.add(share(pieces));
      }
      Parallel.forEach(
          shares.size(),
          context.threads(),
          context.progress(),
          i -> sieves.get(i).sift(shares.get(i)));
      List<Runnable> columns = new ArrayList<>();
      for (int c = 0; c < input.columns().size(); c++) {
        int column = c;
        ColumnBuilder builder = output.column(c);
        columns.add(
            () -> {
              for (int i = 0; i < shares.size(); i++) {
                sieves.get(i).append(column, builder);
              }
            });
      }
      Parallel.run(columns, context.threads(), context.progress());
      return shares.stream().flatMap(List::stream).mapToLong(Piece::rows).sum();
    }

    private static List<Piece> share(Deque<Piece> pieces) {
      List<Piece> share = new ArrayList<>(List.of(pieces.remove()));
      long rows = share.getFirst().rows();
      while (!pieces.isEmpty() && pieces.peek().whole() && rows + pieces.peek().rows() <= STRETCH) {
        share.add(pieces.remove());
        rows += share.getLast().rows();
      }
      return share;
    }

    /** Never silent: a rule that concerned nothing is told too. */
    private void tell() {
      for (int i = 0; i < parameters.rules().size(); i++) {
        int step = i;
        Rule rule = sieves.getFirst().steps.get(step).rule;
        long seen = sieves.stream().mapToLong(each -> each.steps.get(step).seen).sum();
        long concerned = sieves.stream().mapToLong(each -> each.steps.get(step).concerned).sum();
        double share = seen == 0 ? 0 : 100.0 * concerned / seen;
        context
            .progress()
            .message(
                share > parameters.warnAbove() ? Progress.Severity.WARNING : Progress.Severity.INFO,
                Text.format(
                    "clean: %s %s %,d of %,d rows (%.3g %%)",
                    rule, rule.kind().drops() ? "left out" : "changed", concerned, seen, share));
      }
    }
  }
}
