package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
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
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.core.table.TableWriter;

class FeaturePlanTest {
  private static final PluginCatalog PLUGINS = PluginCatalog.ofClassPath();
  static final Schema SCHEMA =
      Schema.of(
          new Field("time", ColumnType.TIMESTAMP),
          new Field("instrument", ColumnType.STRING),
          new Field("close", ColumnType.FLOAT64),
          new Field("volume", ColumnType.INT64));
  private static final double NAN = Double.NaN;

  private static SequencedMap<String, Definition> definitions(String... nameAndExpression) {
    SequencedMap<String, Definition> map = new LinkedHashMap<>();
    for (int i = 0; i < nameAndExpression.length; i += 2) {
      map.put(nameAndExpression[i], new Definition(nameAndExpression[i + 1]));
    }
    return map;
  }

  private static Experiment experiment(
      SequencedMap<String, Definition> features,
      SequencedMap<String, Definition> given,
      SequencedMap<String, Definition> targets) {
    PluginUse none = new PluginUse("none", Map.of());
    Validation validation = new Validation(4, Validation.Window.EXPANDING, Duration.ZERO, 0.15);
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
        validation,
        List.of(),
        List.of());
  }

  static Experiment features(String... nameAndExpression) {
    return experiment(definitions(nameAndExpression), definitions(), definitions());
  }

  /** A table of instruments with these numbers of rows. */
  private static Table table(long seed, int... rows) {
    Random random = new Random(seed);
    int total = Arrays.stream(rows).sum();
    long[] times = new long[total];
    String[] instruments = new String[total];
    double[] close = new double[total];
    long[] volume = new long[total];
    int row = 0;
    for (int i = 0; i < rows.length; i++) {
      long time = 1_600_000_000_000_000_000L;
      double price = 100;
      for (int end = row + rows[i]; row < end; row++) {
        time += random.nextInt(5) * 1_000_000_000L;
        price *= Math.exp(0.01 * random.nextGaussian());
        times[row] = time;
        instruments[row] = "I" + i;
        close[row] = random.nextInt(200) == 0 ? NAN : Math.rint(price * 100) / 100;
        volume[row] = random.nextInt(1000);
      }
    }
    return Table.of(
        List.of(
            Column.of(SCHEMA.field("time"), times),
            Column.of("instrument", instruments),
            Column.of("close", close),
            Column.of(SCHEMA.field("volume"), volume)),
        "time",
        "instrument");
  }

  private static Table small() {
    return Table.of(
        List.of(
            Column.of(SCHEMA.field("time"), new long[] {1, 2, 3, 1, 2}),
            Column.of("instrument", "A", "A", "A", "B", "B"),
            Column.of("close", 10, 11, NAN, 20, 10),
            Column.of(SCHEMA.field("volume"), new long[] {1, 2, 3, 4, 0})),
        "time",
        "instrument");
  }

  @Test
  void aTextColumnIsASeriesOfCategories() {
    Experiment experiment =
        features("who", "instrument", "instrument", "instrument", "is_a", "who == \"A\"");
    assertEquals(List.of(), FeaturePlan.check(experiment, PLUGINS));
    try (FeatureTable values =
        FeaturePlan.compile(SCHEMA, experiment, PLUGINS).evaluate(small(), 2, Progress.NONE)) {
      assertEquals(List.of("A", "B"), values.categories("who"));
      assertEquals(List.of(), values.categories("is_a"));
      assertArrayEquals(new double[] {0, 0, 0, 1, 1}, values.values("who"));
      assertArrayEquals(new double[] {1, 1, 1, 0, 0}, values.values("is_a"));
      FeatureMatrix matrix = values.matrix(List.of("is_a", "instrument"));
      assertEquals(List.of("instrument"), matrix.categorical());
      assertEquals(List.of("A", "B"), matrix.select(new int[] {4}).categories(1));
    }
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> FeaturePlan.compile(SCHEMA, features("x", "instrument + 1"), PLUGINS));
    assertTrue(e.getMessage().contains("is text where a number is needed"), e.getMessage());
  }

  /** Bonds that trade at the same times: which is the latest, and how far each is from the curve of the others. */
  @Test
  void bondsAtAMoment() {
    int bonds = 8;
    int moments = 50;
    int rows = bonds * moments;
    long day = 86_400_000_000_000L;
    long[] times = new long[rows];
    long[] issued = new long[rows];
    long[] matures = new long[rows];
    double[] yields = new double[rows];
    String[] instruments = new String[rows];
    for (int row = 0; row < rows; row++) {
      int bond = row / moments;
      times[row] = (20_000 + row % moments) * day;
      // The last bond comes on the twentieth day.
      issued[row] = bond == bonds - 1 ? 20_020 * day : (10_000 + bond) * day;
      matures[row] = (20_100L + 700L * bond) * day;
      yields[row] = 4 + (bond == 3 ? 0.5 : 0);
      instruments[row] = "B" + bond;
    }
    Table table =
        Table.of(
            List.of(
                Column.of(SCHEMA.field("time"), times),
                Column.of("instrument", instruments),
                Column.of("yield_pct", yields),
                Column.of(new Field("issue", ColumnType.TIMESTAMP), issued),
                Column.of(new Field("maturity", ColumnType.TIMESTAMP), matures)),
            "time",
            "instrument");
    FeaturePlan plan =
        FeaturePlan.compile(
            table.schema(),
            features(
                "otr",
                "on_the_run(issue)",
                "distance",
                "curve_distance(yield_pct, time_to_maturity(maturity))"),
            PLUGINS);
    for (int threads : new int[] {1, 3}) {
      FeatureTable values = plan.evaluate(table, threads, Progress.NONE);
      double[] otr = values.values("otr");
      double[] distance = values.values("distance");
      for (int row = 0; row < rows; row++) {
        int bond = row / moments;
        boolean isThere = row % moments >= 20;
        double latest =
            bond == bonds - 1 ? (isThere ? 1 : NAN) : bond == bonds - 2 && !isThere ? 1 : 0;
        assertEquals(latest, otr[row], "row " + row);
      }
      assertEquals(0.5, distance[3 * moments + 7], 1e-9);
    }
  }

  /** A column of times reaches a function of dates, whose nulls stay unknown. */
  @Test
  void timesAsArguments() {
    long day = 86_400_000_000_000L;
    Field maturity = new Field("maturity", ColumnType.TIMESTAMP);
    Column dates;
    try (ColumnBuilder builder = ColumnBuilder.inMemory(maturity)) {
      builder.addLong(365 * day);
      builder.addNull();
      builder.addLong(730 * day);
      dates = builder.build();
    }
    Table table =
        Table.of(
            List.of(
                Column.of(SCHEMA.field("time"), new long[] {0, 1, 2}),
                Column.of("instrument", "A", "A", "A"),
                dates),
            "time",
            "instrument");
    FeaturePlan plan =
        FeaturePlan.compile(
            table.schema(), features("years", "2 * time_to_maturity(maturity)"), PLUGINS);
    FeatureTable values = plan.evaluate(table, 1, Progress.NONE);
    assertArrayEquals(new double[] {2, NAN, 4}, values.values("years"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "close + volume | 11 13 NaN 24 10",
        "close - 1 | 9 10 NaN 19 9",
        "1 - volume | 0 -1 -2 -3 1",
        "2 * volume / 4 | 0.5 1 1.5 2 0",
        "close / volume | 10 5.5 NaN 5 NaN",
        "1 / volume * 0 | 0 0 0 0 NaN",
        "volume ^ 2 | 1 4 9 16 0",
        "volume ^ -1 * 0 | 0 0 0 0 NaN",
        "2 ^ volume | 2 4 8 16 1",
        "-close | -10 -11 NaN -20 -10",
        "close > 10 | 0 1 NaN 1 0",
        "close >= 11 and volume < 4 | 0 1 NaN 0 0",
        "not close == 10 | 0 1 NaN 1 0",
        "close != 10 or volume == 3 | 0 1 1 1 0",
        "if(volume > 2, close, 0) | 0 0 NaN 20 0",
        "if(close > 0, 1, 2) | 1 1 NaN 1 1",
        "instrument == \"A\" | 1 1 1 0 0",
        "\"A\" != instrument | 0 0 0 1 1",
        "if_null(close, 7) | 10 11 7 20 10",
        "is_null(close) | 0 0 1 0 0",
        "lag(close, 1) | NaN 10 11 NaN 20",
        "lag(close, 0) | 10 11 NaN 20 10",
        "diff(volume, 2) | NaN NaN 2 NaN NaN",
        "ret(close, 1) | NaN 0.1 NaN NaN -0.5",
        "ret(volume, 1) | NaN 1 0.5 NaN -1",
        "exp(logret(volume, 1)) | NaN 2 1.5 NaN NaN",
        "cumsum(volume) | 1 3 6 4 4",
        "cumsum(close) | 10 21 NaN 20 30",
        "sum(volume, 2) | NaN 3 5 NaN 4",
        "mean(close, 2) | NaN 10.5 NaN NaN 15",
        "var(volume, 3) | NaN NaN 1 NaN NaN",
        "std(volume, 3) | NaN NaN 1 NaN NaN",
        "median(volume, 3) | NaN NaN 2 NaN NaN",
        "quantile(volume, 0.25, 2) | NaN 1.25 2.25 NaN 1",
        "min_over(volume, 2) | NaN 1 2 NaN 0",
        "max_over(volume, 2) | NaN 2 3 NaN 4",
        "min(close, volume) | 1 2 NaN 4 0",
        "max(close, 15) | 15 15 NaN 20 15",
        "clip(volume, 1, 3) | 1 2 3 3 1",
        "sign(volume - 2) | -1 0 1 1 -1",
        "abs(volume - 2) | 1 0 1 2 2",
        "floor(volume / 2) | 0 1 1 2 0",
        "sqrt(volume * 4) | 2 2.8284271247461903 3.4641016151377544 4 0",
        "log(volume) * 0 | 0 0 0 0 NaN",
        "ewm_mean(volume, 1) | 1 1.6666666666666667 2.4285714285714284 4 1.3333333333333335",
        "sum(volume, 2ns) | 1 3 5 4 4",
        "mean(volume, 1d) | 1 1.5 2 4 2",
        "std(volume, 2ns) | NaN 0.7071067811865476 0.7071067811865476 NaN 2.8284271247461903",
        "median(volume, 2ns) | 1 1.5 2.5 4 2",
        "max_over(volume, 2ns) | 1 2 3 4 4",
        "rank_over(volume, 2) | NaN 1 1 NaN 0",
        "zscore(volume, 3) | NaN NaN 1 NaN NaN",
        "skew(volume ^ 2, 3) | NaN NaN 0.7221086457211345 NaN NaN",
        "slope(volume, 2) | NaN 1 1 NaN -4",
        "slope(volume, 2ns) / 1e9 | NaN 1 1 NaN -4",
        "corr(volume, volume * -2, 2) | NaN -1 -1 NaN -1",
        "cov(volume, close, 2) | NaN 0.5 NaN NaN 20",
        "beta(volume, close, 2) | NaN 1 NaN NaN 0.4",
        "ewm_mean(volume, 1ns) | 1 1.6666666666666667 2.4285714285714284 4 1.3333333333333335",
        "ewm_std(volume, 1) | NaN 0.7071067811865476 0.9636241116594316 NaN 2.8284271247461903",
        "pca(volume, close, 1, 3) | NaN NaN NaN NaN NaN",
        "cs_rank(volume) | 0 1 NaN 1 0",
        "cs_demean(volume) | -1.5 1 0 1.5 -1",
        "cs_zscore(volume) * 2 ^ 0.5 | -1 1 NaN 1 -1",
        "cs_neutralize(volume, instrument) | 0 0 0 0 0",
        "cs_residual(volume, close) | NaN NaN NaN NaN NaN",
        "group_mean(volume, close > 0) | 2.5 1 NaN 2.5 1",
        "group_mean_others(volume, 1) | 4 0 NaN 1 2",
        "group_sum(volume, instrument) | 1 2 3 4 0",
        "group_count(close, 1) | 2 2 0 2 2",
        "tick_sign(volume) | NaN 1 1 NaN -1",
        "signed_volume(volume, volume) | NaN 2 3 NaN 0",
        "elapsed(1) * 1e9 | NaN 1 1 NaN 1",
        "time_of_day() * 1e9 | 1 2 3 1 2",
        "3 | 3 3 3 3 3",
        "mean(2, 2) | NaN 2 2 NaN 2",
        "nan | NaN NaN NaN NaN NaN",
      })
  void values(String expression, String expected) {
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features("x", expression), PLUGINS);
    double[] values = plan.evaluate(small(), 1, Progress.NONE).values("x");
    double[] wanted = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
    assertArrayEquals(wanted, values, 1e-15, () -> expression + ": " + Arrays.toString(values));
  }

  @Test
  void aComponentThatTheSeriesCannotHaveIsAnError() {
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features("x", "pca(volume, 2, 3)"), PLUGINS);
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> plan.evaluate(small(), 1, Progress.NONE));
    assertTrue(e.getMessage().contains("component 2 of 1 series"), e.getMessage());
    assertEquals(SlipstreamException.Category.INVALID_INPUT, e.category());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "men(close, 30) | there is no function 'men' at column 1 | Did you mean 'mean'?",
        "1 + clsoe | there is no column or feature 'clsoe' at column 5 | Did you mean 'close'?",
        "mean(close) | mean takes 2 arguments, not 1 at column 1 | mean(x, window)",
        "1 + mean | there is no column or feature 'mean' at column 5 | It is a function: mean(x, window)",
        "mean(close, volume) | argument 'window' of mean must be a fixed number of rows or a length of time at column 13 |",
        "mean(close, 2.5) | argument 'window' of mean must be a whole number, not 2.5 at column 13 |",
        "mean(close, 0) | argument 'window' of mean is 0, out of range at column 13 | 1 to 1000000000",
        "mean(close, nan) | argument 'window' of mean must be a whole number |",
        "std(close, 1) | argument 'window' of std is 1, out of range |",
        "clip(close, 3, 2) | clip: low is above high at column 1 |",
        "close + instrument | column 'instrument' is text where a number is needed at column 9 |",
        "close + \"a\" | text cannot be used with + at column 1 |",
        "close == \"a\" | text is compared with something that is no text column at column 1 |",
        "\"a\" | \"a\" is text where a number is needed |",
        "time - 1 | column 'time' is a time, not a number at column 1 | elapsed(n)",
        "time_to_maturity(close) | argument 'maturity' of time_to_maturity must be a column of times at column 18 | Name a column of dates",
        "time_of_day(\"Mars\") | time_of_day: there is no time zone 'Mars'; one is \"America/New_York\" at column 1 | time_of_day([zone])",
        "minutes_since_open(\"XLON\") | argument 'market' of minutes_since_open cannot be \"XLON\" at column 20 | XNYS",
        "bond_yield(close, 5, time, 5) | bond_yield: a year has no 5 equal coupon periods at column 1 | bond_yield(price",
        "markout(close, close, 1, 5m) | markout looks 5m and 1 row ahead, which a feature may not at column 1 | targets",
        "close + 5m | a length of time stands where a number is needed |",
        "asof(close) | asof takes an instrument in quotes and an expression at column 1 |",
        "lead(close, 1) | lead looks 1 row ahead, which a feature may not at column 1 | targets",
        "x + 1 | 'x' is not defined yet at column 1 | A series cannot use itself",
        "y + 1 | 'y' is not defined yet at column 1 | Move it above 'x'.",
        "z + 1 | 'z' is not defined yet at column 1 | cycle",
      })
  void errors(String expression, String problem, String remedy) {
    Experiment experiment = features("x", expression, "y", "close * 2", "z", "x + y");
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class, () -> FeaturePlan.compile(SCHEMA, experiment, PLUGINS));
    assertTrue(e.getMessage().startsWith("features.x: " + problem), e::getMessage);
    assertTrue(remedy == null || e.getMessage().contains(remedy), e::getMessage);
    assertEquals("features.x", e.place().orElseThrow().key());
    assertEquals(SlipstreamException.Category.INVALID_INPUT, e.category());
  }

  @Test
  void checkFindsAllThatIsWrongWithoutData() {
    Experiment experiment =
        features(
            "a", "no_such_column + 1",
            "b", "men(close, 3)",
            "c", "b + a",
            "d", "instrument == \"A\"",
            "e", "(",
            "and", "1",
            "1st", "2");
    List<SlipstreamException> problems = FeaturePlan.check(experiment, PLUGINS);
    assertEquals(
        List.of("features.and", "features.1st", "features.b", "features.e"),
        problems.stream().map(each -> each.place().orElseThrow().key()).toList(),
        problems::toString);
  }

  @Test
  void aNameThatIsBothColumnAndSeriesIsRefusedUnlessTheyAreOne() {
    FeaturePlan.compile(SCHEMA, features("volume", "volume", "v2", "volume * 2"), PLUGINS);
    FeaturePlan.compile(SCHEMA, features("volume", "log(volume)"), PLUGINS);
    Experiment twice = features("volume", "log(volume)", "v2", "volume * 2");
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> FeaturePlan.compile(SCHEMA, twice, PLUGINS));
    assertTrue(e.getMessage().contains("both a column and a series"), e::getMessage);
  }

  @Test
  void givensLookNoFurtherThanTheTarget() {
    Experiment good =
        experiment(
            definitions("r", "ret(close, 5)"),
            definitions("flow", "lead(volume, 1)"),
            definitions("impact", "lead(r, 2)", "next", "lead(volume, 1)"));
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, good, PLUGINS);
    assertEquals(List.of("r"), plan.featureNames());
    assertEquals(List.of("flow"), plan.givenNames());
    assertEquals(List.of("impact", "next"), plan.targetNames());
    assertEquals(2, plan.lookAheadRows("impact"));
    assertEquals(0, plan.lookAheadRows("r"));
    assertEquals(
        List.of("r", "flow"), plan.inputsOnly().evaluate(small(), 1, Progress.NONE).names());
    Experiment bad =
        experiment(
            definitions(),
            definitions("flow", "lead(volume, 2)"),
            definitions("impact", "lead(close, 1)"));
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> FeaturePlan.compile(SCHEMA, bad, PLUGINS));
    assertTrue(
        e.getMessage()
            .startsWith("given.flow: it looks 2 rows ahead, further than target 'impact'"),
        e::getMessage);
    Experiment usesGiven =
        experiment(definitions("f", "flow * 2"), definitions("flow", "volume"), definitions());
    e =
        assertThrows(
            SlipstreamException.class, () -> FeaturePlan.compile(SCHEMA, usesGiven, PLUGINS));
    assertTrue(e.getMessage().contains("a feature may not use it"), e::getMessage);
  }

  @Test
  void aGivenLooksNoFurtherThanTheTargetsItIsFor() {
    SequencedMap<String, Definition> given = new LinkedHashMap<>();
    given.put("flow", new Definition("lead(volume, 3)", "", "", List.of("far")));
    SequencedMap<String, Definition> targets =
        definitions("near", "lead(close, 1)", "far", "lead(close, 3)");
    FeaturePlan plan =
        FeaturePlan.compile(SCHEMA, experiment(definitions(), given, targets), PLUGINS);
    assertEquals(3, plan.lookAheadRows("flow"));
    given.put("flow", new Definition("lead(volume, 4)", "", "", List.of("far")));
    given.put("other", new Definition("lead(volume, 3)", "", "", List.of("far", "near")));
    assertEquals(
        List.of(
            "given.flow: it looks 4 rows ahead, further than target 'far' (3 rows)",
            "given.other: it looks 3 rows ahead, further than target 'near' (1 row)"),
        FeaturePlan.check(experiment(definitions(), given, targets), PLUGINS).stream()
            .map(each -> each.getMessage().replaceAll("\\. .*", ""))
            .toList());
  }

  private static Experiment mixed(boolean unbounded) {
    SequencedMap<String, Definition> features =
        definitions(
            "r", "ret(close, 1)",
            "vol", "std(r, 30)",
            "z", "(close - mean(close, 30)) / std(close, 30)",
            "med", "median(close, 31)",
            "rel", "volume / mean(volume, 100)",
            "quiet", "vol < median(vol, 50) and not is_null(vol)",
            "first", "instrument == \"I0\"");
    if (unbounded) {
      features.put("flow", new Definition("sum(signed_volume(close, volume), 20)"));
      features.put("total", new Definition("cumsum(volume)"));
    }
    return experiment(
        features,
        definitions("next", "lead(volume, 1)"),
        definitions("y", "lead(ret(close, 3), 3)"));
  }

  private static void assertSame(double[] expected, int from, double[] actual, int at, int count) {
    for (int i = 0; i < count; i++) {
      assertEquals(
          Double.doubleToRawLongBits(expected[from + i]),
          Double.doubleToRawLongBits(actual[at + i]),
          "row " + (at + i));
    }
  }

  @Test
  void sameBitsForAnyNumberOfThreadsAndHoweverPartitionsAreCut() {
    Table table = table(1, 50_000, 0, 3, 1, 20_000, 29, 30, 4_000);
    FeaturePlan bounded = FeaturePlan.compile(SCHEMA, mixed(false), PLUGINS);
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, mixed(true), PLUGINS);
    FeatureTable one = plan.evaluate(table, 1, Progress.NONE);
    for (int threads : new int[] {2, 3, 8}) {
      FeatureTable many = plan.evaluate(table, threads, Progress.NONE);
      for (String name : one.names()) {
        assertSame(one.values(name), 0, many.values(name), 0, one.rows());
      }
    }
    FeatureTable cut = bounded.evaluate(table, 2, Progress.NONE);
    for (String name : cut.names()) {
      assertSame(one.values(name), 0, cut.values(name), 0, one.rows());
      assertTrue(Arrays.stream(cut.values(name)).filter(Double::isFinite).count() > 50_000, name);
    }
  }

  /** The first rows of each instrument, as a table of its own. */
  private static Table truncate(Table table, int[] kept) {
    List<Column> columns = new ArrayList<>();
    List<long[]> parts = new ArrayList<>();
    for (int i = 0; i < kept.length; i++) {
      long from = table.partitions().get(i).from();
      parts.add(new long[] {from, from + kept[i]});
    }
    for (Column column : table.columns()) {
      try (var builder = ColumnBuilder.inMemory(column.field())) {
        for (long[] part : parts) {
          for (long row = part[0]; row < part[1]; row++) {
            TableWriter.append(builder, column, row);
          }
        }
        columns.add(builder.build());
      }
    }
    return Table.of(columns, "time", "instrument");
  }

  @Test
  void noFeatureSeesTheFuture() {
    int[] rows = {900, 40, 300};
    Table table = table(2, rows);
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, mixed(true), PLUGINS);
    FeatureTable all = plan.evaluate(table, 2, Progress.NONE);
    Random random = new Random(9);
    for (int trial = 0; trial < 40; trial++) {
      int[] kept = Arrays.stream(rows).map(each -> 1 + random.nextInt(each)).toArray();
      FeatureTable truncated = plan.evaluate(truncate(table, kept), 2, Progress.NONE);
      for (String name : all.names()) {
        int at = 0;
        for (int i = 0; i < rows.length; i++) {
          int from = (int) table.partitions().get(i).from();
          int sure = (int) Math.max(0, kept[i] - plan.lookAheadRows(name));
          assertSame(all.values(name), from, truncated.values(name), at, sure);
          at += kept[i];
        }
      }
    }
  }

  @Test
  void commonPartsAreEvaluatedOnce(@TempDir Path folder) throws IOException {
    PluginCatalog counting = PluginCatalogs.with(folder, PluginCatalogs.Counted.class);
    FeaturePlan plan =
        FeaturePlan.compile(
            SCHEMA,
            features("a", "counted(close) + 1", "b", "counted( close ) * counted(close)", "c", "a"),
            counting);
    PluginCatalogs.Counted.CALLS.set(0);
    FeatureTable values = plan.evaluate(small(), 1, Progress.NONE);
    assertEquals(2, PluginCatalogs.Counted.CALLS.get(), "once for each of the two instruments");
    assertArrayEquals(new double[] {100, 121, NAN, 400, 100}, values.values("b"));
    assertArrayEquals(values.values("a"), values.values("c"));
  }

  @Test
  void aPluginThatThrowsIsNamedAndTheFirstFailureWins(@TempDir Path folder) throws IOException {
    PluginCatalog failing = PluginCatalogs.with(folder, PluginCatalogs.Broken.class);
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features("a", "broken(close)"), failing);
    for (int threads : new int[] {1, 4}) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () -> plan.evaluate(table(3, 10, 50_000, 20), threads, Progress.NONE));
      assertTrue(e.getMessage().startsWith("function 'broken' failed on I1"), e::getMessage);
    }
  }

  @Test
  void cancellingStopsIt() {
    Progress cancelled =
        new Progress() {
          @Override
          public boolean cancelled() {
            return true;
          }
        };
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, mixed(true), PLUGINS);
    for (int threads : new int[] {1, 4}) {
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () -> plan.evaluate(table(4, 100, 100), threads, cancelled));
      assertEquals(SlipstreamException.Category.CANCELLED, e.category());
    }
  }

  @Test
  void cancellingStopsItBetweenTheColumnsOfOnePartition(@TempDir Path folder) throws IOException {
    PluginCatalog counting = PluginCatalogs.with(folder, PluginCatalogs.Counted.class);
    String[] features = new String[200];
    for (int i = 0; i < features.length; i += 2) {
      features[i] = "f" + i;
      features[i + 1] = "counted(close + " + i + ")";
    }
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features(features), counting);
    for (int threads : new int[] {1, 4}) {
      PluginCatalogs.Counted.CALLS.set(0);
      Progress cancelled =
          new Progress() {
            @Override
            public boolean cancelled() {
              return PluginCatalogs.Counted.CALLS.get() >= 3;
            }
          };
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class, () -> plan.evaluate(table(4, 100), threads, cancelled));
      assertEquals(SlipstreamException.Category.CANCELLED, e.category());
      assertEquals(3, PluginCatalogs.Counted.CALLS.get());
    }
  }

  @Test
  void anInterruptedCallerStopsTheWorkers(@TempDir Path folder) throws IOException {
    PluginCatalog counting = PluginCatalogs.with(folder, PluginCatalogs.Counted.class);
    String[] features = new String[200];
    for (int i = 0; i < features.length; i += 2) {
      features[i] = "f" + i;
      features[i + 1] = "counted(close + " + i + ")";
    }
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features(features), counting);
    PluginCatalogs.Counted.CALLS.set(0);
    Thread caller = Thread.currentThread();
    Progress interrupting =
        new Progress() {
          @Override
          public void checkCancelled() {
            if (PluginCatalogs.Counted.CALLS.get() >= 3) {
              caller.interrupt();
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // the pool ends its workers
              }
            }
            Progress.super.checkCancelled();
          }
        };
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class, () -> plan.evaluate(table(4, 50, 50), 2, interrupting));
    assertTrue(Thread.interrupted(), "the caller stays interrupted");
    assertEquals(SlipstreamException.Category.CANCELLED, e.category());
    assertTrue(PluginCatalogs.Counted.CALLS.get() < 100);
  }

  @Test
  void aTableThatLacksAColumnIsRefused() {
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features("a", "close + volume"), PLUGINS);
    Table lacking = Table.of(List.of(Column.of("close", 1, 2)), "", "");
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> plan.evaluate(lacking, 1, Progress.NONE));
    assertTrue(e.getMessage().contains("'volume'"), e::getMessage);
    Table text = Table.of(List.of(Column.of("close", 1, 2), Column.of("volume", "a", "b")), "", "");
    e = assertThrows(SlipstreamException.class, () -> plan.evaluate(text, 1, Progress.NONE));
    assertTrue(e.getMessage().contains("column 'volume' is STRING"), e::getMessage);
  }

  @Test
  void aTextThatNoRowHasIsPointedOut() {
    List<String> messages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    FeaturePlan plan = FeaturePlan.compile(SCHEMA, features("a", "instrument == \"AA\""), PLUGINS);
    plan.evaluate(small(), 1, listening);
    assertEquals(1, messages.size());
    assertTrue(messages.getFirst().contains("\"AA\""));
  }

  @Test
  void columnsCarryUnitsAndGoBackIntoTheTable() {
    SequencedMap<String, Definition> features = new LinkedHashMap<>();
    features.put("r", new Definition("ret(close, 1)", "fraction", "return"));
    FeaturePlan plan =
        FeaturePlan.compile(SCHEMA, experiment(features, definitions(), definitions()), PLUGINS);
    FeatureTable values = plan.evaluate(small(), 1, Progress.NONE);
    Table joined = values.with(small());
    assertEquals("fraction", joined.schema().field("r").unit());
    assertArrayEquals(values.values("r"), joined.column("r").toDoubles());
    assertArrayEquals(values.values("r"), column(values.matrix(List.of("r"))));
    SlipstreamException e = assertThrows(SlipstreamException.class, () -> values.values("q"));
    assertEquals(SlipstreamException.Category.NOT_FOUND, e.category());
    assertFalse(e.getMessage().isBlank());
  }

  private static double[] column(FeatureMatrix matrix) {
    double[] column = new double[matrix.rows()];
    matrix.copy(0, 0, matrix.rows(), column, 0);
    return column;
  }

  @Test
  void emptyTableGivesEmptyColumns() {
    Table empty =
        Table.of(
            List.of(
                Column.of("close", new double[0]), Column.of(SCHEMA.field("volume"), new long[0])),
            "",
            "");
    FeaturePlan plan =
        FeaturePlan.compile(SCHEMA, features("a", "mean(close + volume, 3)"), PLUGINS);
    assertEquals(0, plan.evaluate(empty, 4, Progress.NONE).values("a").length);
  }
}
