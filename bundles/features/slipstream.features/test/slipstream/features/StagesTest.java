package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Space;

/** What asks other instruments, reaches in time, or is kept in files. */
class StagesTest {
  private static final Schema SCHEMA =
      Schema.of(
          new Field("time", ColumnType.TIMESTAMP),
          new Field("instrument", ColumnType.STRING),
          new Field("sector", ColumnType.STRING),
          new Field("x", ColumnType.FLOAT64));
  private static final double NAN = Double.NaN;
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  private PluginCatalog plugins() throws IOException {
    return PluginCatalogs.with(
        folder.resolve("plugins"),
        PluginCatalogs.AboveMean.class,
        PluginCatalogs.Within.class,
        PluginCatalogs.Next.class,
        PluginCatalogs.Total.class);
  }

  private static Experiment experiment(SequencedMap<String, Definition> features) {
    return experiment(features, new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  private static Experiment experiment(
      SequencedMap<String, Definition> features,
      SequencedMap<String, Definition> given,
      SequencedMap<String, Definition> targets) {
    PluginUse none = new PluginUse("none", Map.of());
    return new Experiment(
        "test",
        "",
        1,
        none,
        List.of(),
        features,
        given,
        targets,
        new LinkedHashMap<>(),
        none,
        new Validation(4, Validation.Window.EXPANDING, Duration.ZERO, 0.15),
        List.of(),
        List.of());
  }

  private static SequencedMap<String, Definition> definitions(String... nameAndExpression) {
    SequencedMap<String, Definition> map = new LinkedHashMap<>();
    for (int i = 0; i < nameAndExpression.length; i += 2) {
      map.put(nameAndExpression[i], new Definition(nameAndExpression[i + 1]));
    }
    return map;
  }

  private FeaturePlan plan(String... nameAndExpression) throws IOException {
    return FeaturePlan.compile(SCHEMA, experiment(definitions(nameAndExpression)), plugins());
  }

  private static Table table(
      long[] times, String[] instruments, String[] sectors, double[] values) {
    return Table.of(
        List.of(
            Column.of(SCHEMA.field("time"), times),
            Column.of("instrument", instruments),
            Column.of("sector", sectors),
            Column.of("x", values)),
        "time",
        "instrument");
  }

  /** A at 1, 2, 4 s; B at 1, 2, 2, 3 s; C at 2 s. */
  private static Table small() {
    return table(
        new long[] {
          SECOND, 2 * SECOND, 4 * SECOND, SECOND, 2 * SECOND, 2 * SECOND, 3 * SECOND, 2 * SECOND
        },
        new String[] {"A", "A", "A", "B", "B", "B", "B", "C"},
        new String[] {"u", "u", "u", "u", "v", null, "v", "v"},
        new double[] {10, 20, 40, 1, 2, NAN, 3, 100});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "above(x) | 4.5 -20.666666666666664 0 -4.5 -38.666666666666664 NaN 0 59.33333333333334",
        "above(x, sector) | 4.5 0 0 -4.5 -49 NaN 0 49",
        "above(x, x > 5) | 0 -40 0 0 0 NaN 0 40",
        "above(lag(x, 1)) * 0 | NaN 0 0 NaN 0 0 NaN NaN",
        "lag(above(x), 1) | NaN 4.5 -20.666666666666664 NaN -4.5 -38.666666666666664 NaN NaN",
        "above(above(x)) * 0 | 0 0 0 0 0 NaN 0 0",
        "asof(\"B\", x) | 1 NaN 3 1 NaN NaN 3 NaN",
        "asof(\"A\", x) | 10 20 40 10 20 20 20 20",
        "asof(\"C\", x) | NaN 100 100 NaN 100 100 100 100",
        "asof(\"A\", lag(x, 1)) | NaN 10 20 NaN 10 10 10 10",
        "x - asof(\"A\", x) | 0 0 0 -9 -18 NaN -17 80",
        "asof(\"A\", above(x)) + 0 * above(asof(\"A\", x)) | 4.5 -20.666666666666664 0 4.5"
            + " -20.666666666666664 -20.666666666666664 -20.666666666666664 -20.666666666666664",
        "asof(\"A\", 7) | 7 7 7 7 7 7 7 7",
        "within(x, 2) | 10 30 60 1 3 2 3 100",
        "within(x, 1s) | 10 20 40 1 2 2 3 100",
        "within(x, 2s) | 10 30 40 1 3 3 5 100",
        "within(x, 1001ms) | 10 30 40 1 3 3 5 100",
        "within(x, 1d, \"last\") | 10 20 40 1 2 0 3 100",
        "total(x, x + 1, 2, 2) | 46 86 166 10 14 NaN 18 406",
        "total(x, 1) | 10 20 40 1 2 NaN 3 100",
      })
  void values(String expression, String expected) throws IOException {
    double[] wanted = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
    double[] values = plan("f", expression).evaluate(small(), 1, Progress.NONE).values("f");
    assertArrayEquals(wanted, values, 1e-12, () -> expression + ": " + Arrays.toString(values));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "within(x, 0s) | argument 'w' of within must be a length of time above 0 at column 11 | 5m",
        "within(x, sector) | argument 'w' of within must be a fixed number of rows or a length of"
            + " time at column 11 |",
        "within(x, 2, \"first\") | argument 'how' of within cannot be \"first\" at column 14 |"
            + " One of \"sum\", \"last\".",
        "within(x, 2, 3) | argument 'how' of within must be a text in quotes at column 14 |",
        "within(x) | within takes 2 to 3 arguments, not 1 at column 1 | within(x, w[, how])",
        "above() | above takes 1 to 2 arguments, not 0 at column 1 | above(x[, by])",
        "total(3) | total takes at least 2 arguments, not 1 at column 1 | total(x, …, n)",
        "next(x, 3) | argument 'h' of next must be a length of time above 0 at column 9 |",
        "next(x, 5m) | next looks 5m and 1 row ahead, which a feature may not at column 1 |",
        "asof(\"A\", next(x, 5m)) | next looks 5m and 1 row ahead, which a feature may not |",
        "asof(x, x) | asof takes an instrument in quotes and an expression at column 1 |",
        "asfo(\"A\", x) | there is no function 'asfo' at column 1 | Did you mean 'asof'?",
      })
  void errors(String expression, String problem, String remedy) {
    SlipstreamException e = assertThrows(SlipstreamException.class, () -> plan("f", expression));
    assertTrue(e.getMessage().startsWith("features.f: " + problem), e::getMessage);
    assertTrue(remedy == null || e.getMessage().contains(remedy), e::getMessage);
  }

  @Test
  void aGivenLooksNoFurtherInTimeThanItsTarget() throws IOException {
    Experiment good =
        experiment(
            definitions(), definitions("g", "next(x, 5m)"), definitions("y", "next(x, 10m)"));
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, good, plugins());
    assertEquals(new Reach(1, 600 * SECOND), plan.lookAhead("y"));
    Experiment bad =
        experiment(
            definitions(), definitions("g", "next(x, 11m)"), definitions("y", "next(x, 10m)"));
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> FeaturePlan.compile(SCHEMA, bad, plugins()));
    assertTrue(
        e.getMessage().contains("it looks 11m and 1 row ahead, further than target 'y' (10m and 1"),
        e::getMessage);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "x | 1 2 4 1 2 2 3 2",
        "lead(x, 1) | 2 4 4 2 2 3 3 2",
        "lead(x, 1) + lead(x, 2) | 4 4 4 2 3 3 3 2",
        "next(x, 1s) | 2 4 4 2 3 3 3 2",
        "next(lead(x, 1), 1s) | 4 4 4 2 3 3 3 2",
        "lead(x, 9) | 4 4 4 3 3 3 3 2",
        "above(x) | 1 2 4 1 2 2 3 2",
        "above(lead(x, 1)) | 2 4 4 2 4 4 3 4",
        "above(lead(x, 1)) + asof(\"A\", x) | 2 4 4 2 4 4 3 4",
        "asof(\"A\", lead(x, 1)) | 2 4 4 2 4 4 4 4",
        "lead(asof(\"A\", lead(x, 1)), 1) | 4 4 4 4 4 4 4 4",
        "asof(\"Z\", lead(x, 1)) | 1 2 4 1 2 2 3 2",
        "above(asof(\"Z\", lead(x, 1))) | 1 2 4 1 2 2 3 2",
        "asof(\"A\", asof(\"Z\", lead(x, 1))) | 1 2 4 1 2 2 3 2",
      })
  void theLastTimeThatATargetDependsOn(String expression, String expected) throws IOException {
    Experiment experiment = experiment(definitions(), definitions(), definitions("y", expression));
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, experiment, plugins());
    Table table = small();
    long[] last = lastTimes(plan, "y", table);
    assertEquals(
        expected,
        Arrays.stream(last)
            .mapToObj(each -> Long.toString(each / SECOND))
            .collect(java.util.stream.Collectors.joining(" ")));
  }

  /** Without sharing, every link would double the work: 2^48 steps. */
  @Test
  void theLastTimeOfALongChainIsFoundOnce() throws IOException {
    SequencedMap<String, Definition> chain = new LinkedHashMap<>();
    chain.put("y0", new Definition("x + lead(x, 1)"));
    for (int i = 1; i <= 48; i++) {
      String before = "y" + (i - 1);
      chain.put("y" + i, new Definition(before + " + lead(" + before + ", 1)"));
    }
    FeaturePlan plan =
        FeaturePlan.compile(SCHEMA, experiment(definitions(), definitions(), chain), plugins());
    Table table = small();
    assertArrayEquals(lastTimes(plan, "y8", table), lastTimes(plan, "y48", table));
  }

  private static long[] lastTimes(FeaturePlan plan, String name, Table table) {
    IntToLongFunction last = plan.lastTimes(List.of(name), table, table.time()::getLong);
    return IntStream.range(0, (int) table.rows()).mapToLong(last::applyAsLong).toArray();
  }

  @Test
  void whatDoesNotLookAheadEndsWithItsRowAndTakesNoMemory() throws IOException {
    FeaturePlan plan =
        FeaturePlan.compile(
            SCHEMA,
            experiment(definitions(), definitions(), definitions("y", "lag(x, 1)")),
            plugins());
    Table table = small();
    IntToLongFunction times = table.time()::getLong;
    assertSame(times, plan.lastTimes(List.of("y"), table, times));
  }

  @Test
  void whatNeedsATimeSaysSo() throws IOException {
    Table timeless = Table.of(List.of(Column.of("x", 1, 2), Column.of("sector", "a", "b")), "", "");
    for (String each :
        List.of(
            "above(x)",
            "asof(\"A\", x)",
            "within(x, 5s)",
            "mean(x, 5s)",
            "ewm_mean(x, 5s)",
            "ewm_std(x, 5s)",
            "pca(x, x, 1, 5s)")) {
      FeaturePlan plan = plan("f", each);
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class, () -> plan.evaluate(timeless, 1, Progress.NONE), each);
      assertTrue(e.getMessage().contains("need a time column"), e::getMessage);
    }
  }

  @Test
  void anInstrumentThatIsNotThereIsPointedOutAndUnknown() throws IOException {
    List<String> messages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    double[] values = plan("f", "asof(\"SPY\", x)").evaluate(small(), 1, listening).values("f");
    assertTrue(Arrays.stream(values).allMatch(Double::isNaN));
    assertEquals(1, messages.size());
    assertTrue(messages.getFirst().contains("\"SPY\""), messages::toString);
  }

  /** Instruments that trade at common and at own times, with ties. */
  private static Table large(long seed, int... rows) {
    Random random = new Random(seed);
    int total = Arrays.stream(rows).sum();
    long[] times = new long[total];
    String[] instruments = new String[total];
    String[] sectors = new String[total];
    double[] values = new double[total];
    int row = 0;
    for (int i = 0; i < rows.length; i++) {
      long time = 1_600_000_000L * SECOND;
      for (int end = row + rows[i]; row < end; row++) {
        time += random.nextInt(3) * SECOND / 2;
        times[row] = time;
        instruments[row] = "I" + i;
        sectors[row] = random.nextInt(50) == 0 ? null : "S" + i % 3;
        values[row] =
            random.nextInt(40) == 0 ? NAN : random.nextGaussian() * Math.pow(10, random.nextInt(9));
      }
    }
    return table(times, instruments, sectors, values);
  }

  private static final String[] MIXED = {
    "a", "above(x, sector)",
    "b", "within(above(lag(x, 2)), 7s)",
    "c", "above(within(x, 3s) - asof(\"I1\", mean(x, 4)))",
    "d", "asof(\"I2\", a)",
    "e", "cumsum(if_null(a, 0))",
    "f", "median(x, 31)",
    "g", "sum(b, 20)",
    "h", "x",
    "i", "2",
  };

  @Test
  void sameBitsForAnyThreadsBandsAndWhereverSeriesAreKept() throws IOException {
    Table table = large(5, 40_000, 3_000, 1, 0, 20_000, 700, 700, 17);
    FeaturePlan plan = plan(MIXED);
    FeatureTable one = plan.evaluate(table, 1, Progress.NONE);
    int stored = 0;
    for (int threads : new int[] {1, 2, 5}) {
      for (int band : new int[] {1, 1_000, 1 << 20}) {
        for (boolean files : new boolean[] {false, true}) {
          Space space = files ? new Space(folder.resolve("store" + stored++), 0) : Space.memory();
          try (FeatureTable many = plan.evaluate(table, space, band, threads, Progress.NONE)) {
            for (String name : one.names()) {
              assertArrayEquals(bits(one.values(name)), bits(many.values(name)), name);
            }
            assertEquals(one.hash(), many.hash());
          }
        }
      }
    }
    for (int i = 0; i < stored; i++) {
      try (var left = Files.list(folder.resolve("store" + i))) {
        assertEquals(List.of(), left.toList(), "closing removes the files");
      }
    }
  }

  @Test
  void orderOfInstrumentsChangesNoValueThatDoesNotDependOnIt() throws IOException {
    Table table = large(6, 300, 200, 500);
    Table turned = turned(table);
    // Within a moment rows come in the order of the table, so sums may differ in their last bits.
    FeaturePlan plan = plan("a", "within(x, 7s) - asof(\"I1\", x)", "b", "asof(\"I0\", lag(x, 2))");
    FeatureTable values = plan.evaluate(table, 2, Progress.NONE);
    FeatureTable other = plan.evaluate(turned, 2, Progress.NONE);
    for (String name : values.names()) {
      double[] expected = values.values(name);
      double[] actual = other.values(name);
      long at = 0;
      for (int p = table.partitions().size() - 1; p >= 0; p--) {
        var partition = table.partitions().get(p);
        assertArrayEquals(
            bits(Arrays.copyOfRange(expected, (int) partition.from(), (int) partition.to())),
            bits(Arrays.copyOfRange(actual, (int) at, (int) (at + partition.rows()))));
        at += partition.rows();
      }
    }
  }

  private static Table turned(Table table) {
    List<long[]> times = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int p = table.partitions().size() - 1; p >= 0; p--) {
      var partition = table.partitions().get(p);
      for (long row = partition.from(); row < partition.to(); row++) {
        rows.add((int) row);
      }
    }
    return table(
        rows.stream().mapToLong(table.time()::getLong).toArray(),
        rows.stream().map(table.column("instrument")::getString).toArray(String[]::new),
        rows.stream().map(table.column("sector")::getString).toArray(String[]::new),
        rows.stream().mapToDouble(table.column("x")::getDouble).toArray());
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  @Test
  void aMomentIsTheNaiveLoopOverAllRows() throws IOException {
    Table table = large(7, 400, 300, 500, 20);
    double[] values = plan("f", "above(x)").evaluate(table, 2, Progress.NONE).values("f");
    double[] x = table.column("x").toDoubles();
    long[] times = table.time().toLongs(0, table.rows());
    for (int i = 0; i < x.length; i++) {
      double sum = 0;
      int count = 0;
      for (int j = 0; j < x.length; j++) {
        if (times[j] == times[i] && !Double.isNaN(x[j])) {
          sum += x[j];
          count++;
        }
      }
      assertEquals(x[i] - sum / count, values[i], "row " + i);
    }
  }

  @Test
  void seriesInFilesReadLikeThoseInMemory() throws IOException {
    Table table = large(8, 40_000, 20_000);
    FeaturePlan plan = plan("a", "within(x, 3s)", "b", "x * 2");
    FeatureTable memory = plan.evaluate(table, 2, Progress.NONE);
    try (FeatureTable files =
        plan.evaluate(table, new Space(folder.resolve("s"), 0), 2, Progress.NONE)) {
      FeatureMatrix a = memory.matrix(List.of("b", "a"));
      FeatureMatrix b = files.matrix(List.of("b", "a"));
      assertEquals(a.names(), b.names());
      assertEquals(a.rows(), b.rows());
      assertFalse(assertInstanceOf(FeatureMatrix.class, b).equals(a));
      double[] from = new double[50_010];
      double[] to = new double[50_010];
      for (int f = 0; f < 2; f++) {
        a.copy(f, 5_000, 55_000, from, 7);
        b.copy(f, 5_000, 55_000, to, 7);
        assertArrayEquals(bits(from), bits(to));
        for (int row = 0; row < a.rows(); row += 997) {
          assertEquals(a.get(row, f), b.get(row, f));
        }
      }
      assertArrayEquals(bits(memory.column("a").toDoubles()), bits(files.column("a").toDoubles()));
    }
  }

  @Test
  void rowsByTimeAreSortedByTimeThenByTheTable() throws IOException {
    Table table = large(9, 3_000, 0, 700, 1, 2_000);
    int[] order = TimeOrder.of(table);
    Integer[] expected = new Integer[(int) table.rows()];
    Arrays.setAll(expected, i -> i);
    Arrays.sort(expected, java.util.Comparator.comparingLong(row -> table.time().getLong(row)));
    assertArrayEquals(Arrays.stream(expected).mapToInt(Integer::intValue).toArray(), order);
    FeaturePlan plan = plan("a", "within(x, 3s)", "b", "x * 2");
    FeatureTable values = plan.evaluate(table, 2, Progress.NONE);
    try (FeatureTable ordered =
        values.reordered(List.of("b", "a"), order, folder.resolve("o"), 2, Progress.NONE)) {
      assertTrue(ordered.inFiles());
      assertEquals(List.of("b", "a"), ordered.names());
      for (String name : ordered.names()) {
        double[] wanted =
            Arrays.stream(order).mapToDouble(row -> values.values(name)[row]).toArray();
        assertArrayEquals(bits(wanted), bits(ordered.values(name)));
      }
    }
    assertFalse(Files.exists(folder.resolve("o")));
  }

  /** However the chosen rows lie, they are those that single reads give. */
  @Test
  void chosenRowsOfSeriesInFilesAreThoseInMemory() throws IOException {
    Table table = large(10, 150_000, 60_000);
    FeaturePlan plan = plan("a", "x", "b", "x * 2");
    FeatureTable memory = plan.evaluate(table, 2, Progress.NONE);
    Random random = new Random(3);
    int rows = memory.rows();
    try (FeatureTable files =
        plan.evaluate(table, new Space(folder.resolve("s"), 0), 2, Progress.NONE)) {
      List<int[]> choices = new ArrayList<>();
      choices.add(new int[0]);
      choices.add(random.ints(500, 0, rows).toArray());
      choices.add(random.ints(50_000, 0, rows).sorted().distinct().toArray());
      choices.add(java.util.stream.IntStream.range(0, rows).filter(i -> i % 7 != 0).toArray());
      choices.add(
          java.util.stream.IntStream.range(0, rows).filter(i -> i / 9_000 % 3 == 0).toArray());
      choices.add(java.util.stream.IntStream.range(0, 5_000).map(i -> rows - 1 - i).toArray());
      choices.add(new int[] {5, 5, 6, 6, 5, 7});
      for (int[] chosen : choices) {
        FeatureMatrix a = memory.matrix(List.of("a", "b")).select(chosen);
        FeatureMatrix b = files.matrix(List.of("a", "b")).select(chosen);
        assertEquals(chosen.length, b.rows());
        for (int trial = 0; trial < 5; trial++) {
          int from = chosen.length == 0 ? 0 : random.nextInt(chosen.length);
          int to = from + (chosen.length == 0 ? 0 : random.nextInt(chosen.length - from + 1));
          double[] expected = new double[to - from + 3];
          double[] actual = new double[to - from + 3];
          a.copy(trial % 2, from, to, expected, 2);
          b.copy(trial % 2, from, to, actual, 2);
          assertArrayEquals(bits(expected), bits(actual));
          if (to > from) {
            assertEquals(a.get(from, 0), b.get(from, 0));
          }
        }
      }
    }
  }
}
