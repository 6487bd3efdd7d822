package slipstream.features;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Argument;
import slipstream.core.spi.FeatureFunction.Scope;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.store.Lineage;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.features.expression.ExpressionException;
import slipstream.features.internal.kernel.Series;
import slipstream.features.internal.plan.Compiler;
import slipstream.features.internal.plan.Space;

/**
 * Looks for a function that sees more than it says: on random data, with random arguments that its declaration allows.
 *
 * <p>An expression with the function is evaluated on a table, then on the same table without what came after a random
 * time, or without what came before. Values that, by what is declared, depend on what is left alone must have the same
 * bits. Nothing here knows any function; what a plug-in declares is enough.
 */
final class LookAhead {
  private static final long DAY = 86_400_000_000_000L;
  private static final String NAME = "tested";

  /** Between rows: ticks, bars within a day, several rows a day, days. */
  private static final long[] STEPS = {1_000_000_007L, 61_000_000_000L, DAY / 7, DAY};

  /** Rows of an instrument. */
  private static final int[] MOST_ROWS = {12, 12, 12, 150, 150, 700};

  /** Tried for a text of which no words are declared. */
  private static final List<String> TEXTS =
      List.of("text", "UTC", "America/New_York", "Europe/London", "XNYS", "09:30", "USD");

  private static final Schema SCHEMA =
      Schema.of(
          new Field("time", ColumnType.TIMESTAMP),
          new Field("instrument", ColumnType.STRING),
          new Field("sector", ColumnType.STRING),
          new Field("date", ColumnType.TIMESTAMP),
          new Field("bid", ColumnType.FLOAT64),
          new Field("ask", ColumnType.FLOAT64),
          new Field("size", ColumnType.FLOAT64),
          new Field("side", ColumnType.FLOAT64),
          new Field("x1", ColumnType.FLOAT64),
          new Field("x2", ColumnType.FLOAT64),
          new Field("x3", ColumnType.FLOAT64));
  private static final List<String> SERIES =
      List.of("bid", "ask", "size", "side", "x1", "x2", "x3", "(bid + ask) / 2", "x1 > x2", "2");

  private final PluginCatalog plugins;
  private final Random random;

  /** Between rows of the trial's data, about. */
  private long step = STEPS[0];

  private int compared;

  LookAhead(PluginCatalog plugins, long seed) {
    this.plugins = plugins;
    this.random = new Random(seed);
  }

  // ---------------------------------------------------------------- data

  /** Rows of a table, as columns in the order of the schema. */
  private record Data(long[] times, int[] instruments, Object[] columns) {
    int rows() {
      return times.length;
    }

    Table table() {
      List<Column> all = new ArrayList<>();
      all.add(Column.of(SCHEMA.field("time"), times));
      all.add(
          Column.of(
              "instrument",
              Arrays.stream(instruments).mapToObj(each -> "I" + each).toArray(String[]::new)));
      for (int c = 2; c < SCHEMA.names().size(); c++) {
        Field field = SCHEMA.field(SCHEMA.names().get(c));
        all.add(
            switch (columns[c]) {
              case String[] texts -> Column.of(field.name(), texts);
              case long[] numbers -> Column.of(field, numbers);
              case double[] numbers -> Column.of(field, numbers);
              default -> throw new IllegalStateException();
            });
      }
      return Table.of(all, "time", "instrument");
    }

    /** These rows alone, in this order. */
    Data rows(int[] chosen) {
      Object[] left = new Object[columns.length];
      for (int c = 2; c < left.length; c++) {
        left[c] =
            switch (columns[c]) {
              case String[] texts ->
                  Arrays.stream(chosen).mapToObj(i -> texts[i]).toArray(String[]::new);
              case long[] numbers -> Arrays.stream(chosen).mapToLong(i -> numbers[i]).toArray();
              case double[] numbers -> Arrays.stream(chosen).mapToDouble(i -> numbers[i]).toArray();
              default -> throw new IllegalStateException();
            };
      }
      return new Data(
          Arrays.stream(chosen).mapToLong(i -> times[i]).toArray(),
          Arrays.stream(chosen).map(i -> instruments[i]).toArray(),
          left);
    }
  }

  /** Some instruments with histories of their own, which share many of their times. */
  private Data data() {
    int instruments = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 5);
    long start = 1_400_000_000_000_000_000L + random.nextLong(1_000 * DAY) / step * step;
    int most = 1 + random.nextInt(MOST_ROWS[random.nextInt(MOST_ROWS.length)]);
    List<long[]> times = new ArrayList<>();
    for (int i = 0; i < instruments; i++) {
      long[] each = new long[1 + random.nextInt(most)];
      long time = start + random.nextInt(4) * step;
      for (int row = 0; row < each.length; row++) {
        // Most on a grid that all share; some beside it, some at one time.
        each[row] = time + (random.nextInt(9) == 0 ? random.nextLong(step) : 0);
        time += random.nextInt(3) * step + (random.nextInt(30) == 0 ? 20 * step : 0);
      }
      Arrays.sort(each);
      times.add(each);
    }
    int rows = times.stream().mapToInt(each -> each.length).sum();
    long[] time = times.stream().flatMapToLong(Arrays::stream).toArray();
    int[] instrument =
        IntStream.range(0, instruments)
            .flatMap(i -> IntStream.generate(() -> i).limit(times.get(i).length))
            .toArray();
    Object[] columns = new Object[SCHEMA.names().size()];
    columns[2] =
        IntStream.range(0, rows).mapToObj(i -> sector(instrument[i])).toArray(String[]::new);
    columns[3] = dates(time);
    double[] mid = prices(rows);
    double[] half = IntStream.range(0, rows).mapToDouble(i -> random.nextInt(4) / 100.0).toArray();
    columns[4] = holes(IntStream.range(0, rows).mapToDouble(i -> mid[i] - half[i]).toArray());
    columns[5] = holes(IntStream.range(0, rows).mapToDouble(i -> mid[i] + half[i]).toArray());
    columns[6] = holes(random.ints(rows, 0, 500).asDoubleStream().toArray());
    columns[7] = holes(random.ints(rows, -1, 2).asDoubleStream().toArray());
    for (int c = 8; c < columns.length; c++) {
      Series[] kinds = Series.values();
      columns[c] = kinds[random.nextInt(kinds.length)].make(rows, random);
    }
    return new Data(time, instrument, columns);
  }

  private String sector(int instrument) {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> "moved";
      default -> instrument % 2 == 0 ? "banks" : "miners";
    };
  }

  /** Dates some years around the rows' times, the same for some rows on end. */
  private long[] dates(long[] times) {
    long[] dates = new long[times.length];
    for (int i = 0; i < dates.length; i++) {
      dates[i] =
          i > 0 && random.nextInt(3) != 0
              ? dates[i - 1]
              : (times[i] / DAY + random.nextInt(8_000) - 2_000) * DAY;
    }
    return dates;
  }

  private double[] prices(int rows) {
    double[] prices = new double[rows];
    double price = 10 + random.nextInt(1_000);
    for (int i = 0; i < rows; i++) {
      price = Math.max(0.01, Math.rint(price * 100 + random.nextInt(7) - 3) / 100);
      prices[i] = price;
    }
    return prices;
  }

  private double[] holes(double[] x) {
    int every = random.nextInt(3) == 0 ? 8 : 1_000;
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(every) == 0 ? Double.NaN : x[i];
    }
    return x;
  }

  // ---------------------------------------------------------- expressions

  /** A call with random arguments that compiles. */
  private Optional<String> call(FeatureFunction function, boolean nested) {
    for (int attempt = 0; attempt < 500; attempt++) {
      String text = draw(function, nested);
      if (compiles(text, true)) {
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  private boolean compiles(String text, boolean mayLookAhead) {
    try {
      new Compiler(SCHEMA, plugins).compile(text, mayLookAhead, false);
      return true;
    } catch (ExpressionException e) {
      return false;
    }
  }

  private String draw(FeatureFunction function, boolean nested) {
    List<String> texts = new ArrayList<>();
    for (Argument argument : function.arguments()) {
      if (argument.optional() && random.nextInt(3) == 0) {
        break;
      }
      int count = argument.kind() == FeatureFunction.Kind.SERIES_LIST ? 1 + random.nextInt(4) : 1;
      for (int i = 0; i < count; i++) {
        texts.add(draw(argument, nested));
      }
    }
    return function.name() + "(" + String.join(", ", texts) + ")";
  }

  private String draw(Argument argument, boolean nested) {
    return switch (argument.kind()) {
      case SERIES, SERIES_LIST -> series(nested);
      case GROUP -> random.nextBoolean() ? "sector" : random.nextBoolean() ? "side" : "x1 > x2";
      case NUMBER -> plain(number(argument));
      case ROWS -> plain(Math.rint(number(argument)));
      case WINDOW -> random.nextBoolean() ? plain(Math.rint(number(argument))) : length();
      case DURATION -> length();
      case TEXT -> {
        List<String> words = argument.words().isEmpty() ? TEXTS : argument.words();
        yield '"' + words.get(random.nextInt(words.size())) + '"';
      }
      case TIME -> random.nextInt(4) == 0 ? "time" : "date";
    };
  }

  private double number(Argument argument) {
    double low = Math.max(argument.min(), -100);
    double high = Math.min(argument.max(), low + (random.nextInt(3) == 0 ? 100 : 8));
    return low + random.nextDouble() * (high - low);
  }

  private String length() {
    long length =
        switch (random.nextInt(3)) {
          case 0 -> step * (1 + random.nextInt(4));
          case 1 -> 1 + random.nextLong(step);
          default -> 1 + random.nextLong(9 * step);
        };
    return length + "ns";
  }

  private static String plain(double x) {
    return new BigDecimal(x).toPlainString();
  }

  private String series(boolean nested) {
    if (nested && random.nextInt(2) == 0) {
      List<PluginCatalog.Entry<FeatureFunction>> all = List.copyOf(plugins.functions());
      Optional<String> inner = call(all.get(random.nextInt(all.size())).plugin(), false);
      if (inner.isPresent() && compiles(inner.get(), false)) {
        return inner.get();
      }
    }
    return SERIES.get(random.nextInt(SERIES.size()));
  }

  private static FeaturePlan plan(String expression, PluginCatalog plugins) {
    PluginUse none = new PluginUse("none", Map.of());
    LinkedHashMap<String, Definition> series = new LinkedHashMap<>();
    series.put(NAME, new Definition(expression));
    Experiment experiment =
        new Experiment(
            "test",
            "",
            1,
            none,
            List.of(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            series,
            new LinkedHashMap<>(),
            none,
            new Validation(4, Validation.Window.EXPANDING, Duration.ZERO, 0.15),
            List.of(),
            List.of());
    return FeaturePlan.compile(SCHEMA, experiment, plugins);
  }

  private double[] evaluate(FeaturePlan plan, Table table) {
    int band = 1 + random.nextInt(100);
    try (FeatureTable values =
        plan.evaluate(table, Space.memory(), band, 1 + random.nextInt(2), Progress.NONE)) {
      return values.values(NAME);
    }
  }

  // -------------------------------------------------------------- appends

  /** What is evaluated on tables that grow. */
  private record Grown(String expression, FeaturePlan plan, Data data, double[] all) {}

  /**
   * Another expression with the function, evaluated on a table that grows in a few steps, each time from what was computed
   * for the table before: whether it has the bits of an evaluation from nothing.
   *
   * @param cache empty
   * @return what was found wrong; null when nothing was
   */
  String appended(FeatureFunction function, FeatureCache cache, Path scratch, Progress progress) {
    Grown grown = draw(function);
    if (grown == null) {
      return "no arguments were found on which " + function.name() + " can be evaluated";
    }
    Data data = grown.data;
    List<Partition> partitions = data.table().partitions();
    int steps = 1 + random.nextInt(3);
    int[] rows = new int[partitions.size()];
    // Often a day is added for all, at times rows of other times for each.
    boolean apart = random.nextBoolean();
    Map<String, Lineage> lineages = new HashMap<>();
    String before = null;
    int[] had = null;
    for (int step = 0; step <= steps; step++) {
      long end = randomTime(data);
      for (int p = 0; p < rows.length; p++) {
        Partition partition = partitions.get(p);
        int size = (int) partition.rows();
        int to =
            Math.max(rows[p], apart ? random.nextInt(size + 1) : rowsBefore(data, partition, end));
        // Rows of one time come together.
        while (to < size && to > 0 && sameTime(data, (int) partition.from() + to)) {
          to++;
        }
        rows[p] = step == steps ? size : to;
      }
      int[] left = left(partitions, rows);
      if (left.length == 0) {
        continue;
      }
      Table table = data.rows(left).table();
      if (before != null && !table.hash().equals(before)) {
        lineages.put(table.hash(), new Lineage(before, extensions(partitions, had, rows)));
      }
      before = table.hash();
      had = rows.clone();
      if (step < steps && random.nextInt(4) == 0) {
        continue; // nobody asks for this version
      }
      String found = compare(grown, cache, scratch, progress, table, lineages);
      if (found != null) {
        return grown.expression + " " + found;
      }
    }
    return null;
  }

  private Grown draw(FeatureFunction function) {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      step = STEPS[random.nextInt(STEPS.length)];
      Optional<String> call = call(function, random.nextBoolean());
      if (call.isEmpty()) {
        return null;
      }
      String expression =
          switch (random.nextInt(6)) {
            case 0 -> "asof(\"I0\", " + call.get() + ")";
            case 1 -> "mean(" + call.get() + ", 3)";
            case 2 -> "cs_rank(" + call.get() + ") - lag(x1, 2)";
            default -> call.get();
          };
      if (!compiles(expression, true)) {
        continue;
      }
      FeaturePlan plan = plan(expression, plugins);
      Data data = data();
      try {
        return new Grown(expression, plan, data, evaluate(plan, data.table()));
      } catch (SlipstreamException e) {
        if (e.category() != SlipstreamException.Category.INVALID_INPUT) {
          throw e;
        }
      }
    }
    return null;
  }

  private static int rowsBefore(Data data, Partition partition, long end) {
    int rows = 0;
    while (rows < partition.rows() && data.times[(int) partition.from() + rows] <= end) {
      rows++;
    }
    return rows;
  }

  private static boolean sameTime(Data data, int row) {
    return data.times[row] == data.times[row - 1];
  }

  private static int[] left(List<Partition> partitions, int[] rows) {
    return IntStream.range(0, rows.length)
        .flatMap(
            p -> {
              int from = (int) partitions.get(p).from();
              return IntStream.range(from, from + rows[p]);
            })
        .toArray();
  }

  private static List<Lineage.Extension> extensions(
      List<Partition> partitions, int[] before, int[] rows) {
    List<Lineage.Extension> extensions = new ArrayList<>();
    for (int p = 0; p < rows.length; p++) {
      if (rows[p] > 0) {
        extensions.add(new Lineage.Extension(partitions.get(p).instrument(), before[p], rows[p]));
      }
    }
    return extensions;
  }

  private String compare(
      Grown grown,
      FeatureCache cache,
      Path scratch,
      Progress progress,
      Table table,
      Map<String, Lineage> lineages) {
    double[] all = evaluate(grown.plan, table);
    FeaturePlan.Storage storage =
        new FeaturePlan.Storage(
            scratch,
            random.nextBoolean() ? Long.MAX_VALUE : 0,
            cache,
            "c",
            hash -> Optional.ofNullable(lineages.get(hash)));
    try (FeatureTable values =
        grown.plan.evaluate(table, storage, 1 + random.nextInt(3), progress)) {
      double[] appended = values.values(NAME);
      for (int row = 0; row < all.length; row++) {
        compared += Double.isNaN(all[row]) ? 0 : 1;
        if (Double.doubleToRawLongBits(all[row]) != Double.doubleToRawLongBits(appended[row])) {
          return "is " + all[row] + " in row " + row + " and " + appended[row] + " after an append";
        }
      }
    }
    return null;
  }

  // --------------------------------------------------------------- trials

  /**
   * One trial.
   *
   * @return what was found wrong; null when nothing was
   */
  String trial(FeatureFunction function) {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      step = STEPS[random.nextInt(STEPS.length)];
      boolean nested = random.nextBoolean();
      Optional<String> call = call(function, nested);
      if (call.isEmpty()) {
        return "no arguments were found that " + function.name() + " takes";
      }
      boolean elsewhere = random.nextInt(6) == 0;
      String expression = elsewhere ? "asof(\"I0\", " + call.get() + ")" : call.get();
      FeaturePlan plan = plan(expression, plugins);
      Data data = data();
      double[] all;
      try {
        all = evaluate(plan, data.table());
      } catch (SlipstreamException e) {
        if (e.category() == SlipstreamException.Category.INVALID_INPUT) {
          continue; // The arguments do not go together.
        }
        throw e;
      }
      boolean alone = !nested && !elsewhere && function.scope() == Scope.INSTRUMENT;
      String found = withoutFuture(plan, data, all);
      if (found == null && alone && plan.lookAhead(NAME).none()) {
        found = withoutLaterRows(plan, data, all);
      }
      if (found == null && !nested && !elsewhere) {
        found = withoutPast(plan, expression, data, all);
      }
      if (found == null) {
        found = otherOrder(plan, data, all);
      }
      return found == null ? null : expression + " " + found;
    }
    return "no arguments were found on which " + function.name() + " can be evaluated";
  }

  /** How many values that are known were compared so far: with none, nothing was tested. */
  int compared() {
    return compared;
  }

  /** The value at a row of what is left is that of the whole table, wherever it must be. */
  private String compare(
      FeaturePlan plan, Data data, int[] left, double[] all, IntPredicate must, String what) {
    if (left.length == 0) {
      return null;
    }
    double[] part = evaluate(plan, data.rows(left).table());
    for (int i = 0; i < left.length; i++) {
      long expected = Double.doubleToLongBits(all[left[i]]);
      compared += must.test(left[i]) && !Double.isNaN(all[left[i]]) ? 1 : 0;
      if (must.test(left[i]) && expected != Double.doubleToLongBits(part[i])) {
        return "is " + all[left[i]] + " in row " + left[i] + " and " + part[i] + " without " + what;
      }
    }
    return null;
  }

  private long randomTime(Data data) {
    long time = data.times[random.nextInt(data.rows())];
    return time + random.nextInt(3) - 1;
  }

  private String withoutFuture(FeaturePlan plan, Data data, double[] all) {
    IntToLongFunction last = plan.lastTimes(List.of(NAME), data.table(), row -> data.times[row]);
    for (int i = 0; i < 3; i++) {
      long end = randomTime(data);
      int[] left = IntStream.range(0, data.rows()).filter(r -> data.times[r] <= end).toArray();
      String found =
          compare(
              plan, data, left, all, row -> last.applyAsLong(row) <= end, "what came after " + end);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Ends each instrument at a row of its own, also between rows of one time. */
  private String withoutLaterRows(FeaturePlan plan, Data data, double[] all) {
    boolean[] keep = new boolean[data.rows()];
    for (Partition partition : data.table().partitions()) {
      int from = (int) partition.from();
      int to = from + random.nextInt((int) (partition.to() - partition.from()) + 1);
      Arrays.fill(keep, from, to, true);
    }
    int[] left = IntStream.range(0, keep.length).filter(r -> keep[r]).toArray();
    return compare(plan, data, left, all, row -> true, "the rows after some");
  }

  private String withoutPast(FeaturePlan plan, String expression, Data data, double[] all) {
    Compiler compiler = new Compiler(SCHEMA, plugins);
    int node = compiler.compile(expression, true, false);
    Reach back = compiler.graph().lookBack(node);
    int[] first = new int[data.rows()];
    for (Partition partition : data.table().partitions()) {
      for (int row = (int) partition.from(); row < partition.to(); row++) {
        int reached = row;
        while (reached > partition.from()
            && data.times[reached - 1] > data.times[row] - back.nanos()) {
          reached--;
        }
        // All that there are, where there are fewer: these are then the same in both tables.
        first[row] = (int) Math.max(partition.from(), reached - Math.min(back.rows(), reached));
      }
    }
    for (int i = 0; i < 3; i++) {
      long begin = randomTime(data);
      int[] left = IntStream.range(0, data.rows()).filter(r -> data.times[r] >= begin).toArray();
      String found =
          compare(
              plan,
              data,
              left,
              all,
              row -> data.times[first[row]] >= begin,
              "what came before " + begin);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The instruments in another order. */
  private String otherOrder(FeaturePlan plan, Data data, double[] all) {
    List<Partition> partitions = new ArrayList<>(data.table().partitions());
    Collections.shuffle(partitions, random);
    int[] order =
        partitions.stream()
            .flatMapToInt(each -> IntStream.range((int) each.from(), (int) each.to()))
            .toArray();
    return compare(plan, data, order, all, row -> true, "the order of the instruments");
  }
}
