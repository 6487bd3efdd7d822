package slipstream.data.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;
import slipstream.data.ImportReport;
import slipstream.data.health.HealthReport.ColumnHealth;
import slipstream.data.health.HealthReport.Count;
import slipstream.data.health.HealthReport.Finding;

class HealthCheckTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400 * SECOND;

  /** A Monday. */
  private static final long START = 16_076 * DAY;

  private static Column times(long... nanos) {
    return Column.of(new Field("t", ColumnType.TIMESTAMP), nanos);
  }

  private static Column seconds(long... seconds) {
    return times(Arrays.stream(seconds).map(each -> each * SECOND).toArray());
  }

  private static HealthReport check(Column... columns) {
    List<Column> all = List.of(columns);
    String time = all.getFirst().type() == ColumnType.TIMESTAMP ? "t" : "";
    return check(
        Table.of(all, time, all.size() > 1 && all.get(1).name().equals("sym") ? "sym" : ""));
  }

  private static HealthReport check(Table table) {
    return HealthCheck.of(table, HealthOptions.standard(), null, Progress.NONE);
  }

  /** Weekdays from {@link #START} on. */
  private static long[] weekdays(int count) {
    long[] days = new long[count];
    for (int i = 0; i < count; i++) {
      days[i] = START + (i / 5 * 7 + i % 5) * DAY;
    }
    return days;
  }

  /** A price that moves by about one per cent a day. */
  private static double[] walk(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] price = new double[count];
    price[0] = 100;
    for (int i = 1; i < count; i++) {
      price[i] = price[i - 1] * Math.exp(0.02 * (random.nextDouble() - 0.5));
    }
    return price;
  }

  // ------------------------------------------------------------------- columns

  @Test
  void statisticsLeaveOutWhatIsNoNumber() {
    HealthReport report =
        check(
            Column.of(
                "x", 3, -1, 0, Double.NaN, Double.POSITIVE_INFINITY, 2, Double.NEGATIVE_INFINITY));
    ColumnHealth x = report.column("x");
    assertEquals(1, x.nans());
    assertEquals(2, x.infinities());
    assertEquals(1, x.zeros());
    assertEquals(2, x.negatives());
    assertEquals(-1, x.min());
    assertEquals(3, x.max());
    assertEquals(1, x.mean());
    assertEquals(1, x.median());
    assertEquals(Math.sqrt(10.0 / 3), x.std(), 1e-15);
    assertEquals(1, report.count(Defect.NAN));
    assertEquals(2, report.count(Defect.INFINITE));
    assertEquals("x Infinity", report.finding(Defect.INFINITE).examples().getFirst().values());
  }

  @Test
  void distinctCountsTextAndWholeNumbers() {
    HealthReport report =
        check(
            Column.of(new Field("n", ColumnType.INT64), new long[] {5, 5, 0, -7}),
            Column.of("s", "a", null, "b", "a"));
    assertEquals(3, report.column("n").distinct());
    assertEquals(2, report.column("s").distinct());
    assertEquals(1, report.column("s").nulls());
    assertEquals(1, report.count(Defect.NULLS, "s"));
  }

  @Property(tries = 50)
  void medianIsThatOfTheSortedValues(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = random.doubles(1 + random.nextInt(300), -1, 1).toArray();
    for (int i = 0; i < values.length; i += 7) {
      values[i] = Math.rint(values[i] * 3);
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double expected = sorted[(values.length - 1) / 2] / 2 + sorted[values.length / 2] / 2;
    // -0 counts as 0.
    assertEquals(expected + 0.0, check(Column.of("x", values)).column("x").median());
  }

  @Test
  void unitsAndNamesTellRolesUnlessTheUserDoes() {
    Column yield = Column.of("bid_yield", 0, 1);
    Column byUnit =
        Column.of(new Field("k", ColumnType.FLOAT64, "USD/share"), new double[] {0, -1});
    Column notByUnit =
        Column.of(new Field("price", ColumnType.FLOAT64, "bp"), new double[] {0, -1});
    Table table = Table.of(List.of(yield, byUnit, notByUnit), "", "");
    HealthReport report = check(table);
    assertEquals(List.of(new Count("k", 1)), report.finding(Defect.ZERO_PRICE).columns());
    assertEquals(1, report.count(Defect.NEGATIVE_PRICE));
    assertEquals(Role.YIELD, report.column("bid_yield").role());
    HealthReport told =
        HealthCheck.of(
            table,
            new HealthOptions(Map.of("k", Role.OTHER, "price", Role.PRICE), 25, 1),
            null,
            Progress.NONE);
    assertEquals(List.of(new Count("price", 1)), told.finding(Defect.ZERO_PRICE).columns());
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                HealthCheck.of(
                    table,
                    new HealthOptions(Map.of("pricee", Role.PRICE), 25, 1),
                    null,
                    Progress.NONE));
    assertTrue(e.getMessage().contains("Did you mean 'price'?"), e.getMessage());
  }

  @Test
  void flagsOfTheSourceAreCountedByValue() {
    HealthReport report =
        check(
            Column.of("quality", "ok", "crossed", "ok", "ok", "wide", "ok"),
            Column.of("x", 1, 2, 3, 4, 5, 6));
    assertEquals(
        List.of(new Count("quality = crossed", 1), new Count("quality = wide", 1)),
        report.finding(Defect.FLAGGED).columns());
  }

  // -------------------------------------------------------------------- quotes

  @Test
  void quotesThatCrossOrLockOrLackASide() {
    HealthReport report =
        check(
            seconds(1, 2, 3, 4, 5, 6),
            Column.of("bid_price", 10, 11, 10.5, Double.NaN, 0, 0),
            Column.of("ask_price", 10.5, 10.5, 10.5, 10.5, 10.5, 0));
    assertEquals(1, report.count(Defect.CROSSED_QUOTE));
    assertEquals(1, report.count(Defect.LOCKED_QUOTE));
    assertEquals(2, report.count(Defect.ONE_SIDED_QUOTE));
    assertEquals(1, report.count(Defect.NO_QUOTE));
    assertEquals(2, report.count(Defect.ZERO_PRICE));
    var example = report.finding(Defect.CROSSED_QUOTE).examples().getFirst();
    assertEquals(1, example.row());
    assertEquals("bid_price 11, ask_price 10.5", example.values());
  }

  @Test
  void tradesBesideTheirQuote() {
    HealthReport report =
        check(
            seconds(1, 2, 3, 4, 5),
            Column.of("price", 10, 11, 9, 10, 10),
            Column.of("size", 1, 1, 1, 1, 1),
            Column.of("bid", 9.5, 9.5, 9.5, 10, Double.NaN),
            Column.of("ask", 10.5, 10.5, 10.5, 10, 10.5));
    assertEquals(2, report.count(Defect.TRADE_OUTSIDE_QUOTE));
    assertEquals(3, report.finding(Defect.TRADE_OUTSIDE_QUOTE).of());
    assertEquals(2, report.count(Defect.BAD_QUOTE));
  }

  @Test
  void barsThatContradictThemselvesOrLackAPart() {
    HealthReport report =
        check(
            Column.of("open", 10, 10, Double.NaN, Double.NaN, 10),
            Column.of("high", 11, 11, 11, Double.NaN, 9),
            Column.of("low", 9, 9, 9, Double.NaN, 11),
            Column.of("close", 10, 12, 10, Double.NaN, 10),
            Column.of("volume", 5, 0, -1, 0, 5));
    assertEquals(
        Map.of("close", 2L, "high", 1L, "open", 1L),
        report.finding(Defect.INCONSISTENT_BAR).columns().stream()
            .collect(java.util.stream.Collectors.toMap(Count::name, Count::count)));
    assertEquals(2, report.count(Defect.INCONSISTENT_BAR));
    assertEquals(1, report.count(Defect.PARTIAL_BAR));
    assertEquals(1, report.count(Defect.EMPTY_BAR));
    assertEquals(1, report.count(Defect.ZERO_VOLUME), "an empty bar has no volume to be zero");
    assertEquals(1, report.count(Defect.NEGATIVE_VOLUME));
  }

  // ---------------------------------------------------------------------- time

  @Test
  void repeatedTimesRowsAndPauses() {
    long[] at = new long[302];
    double[] x = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      at[i] = i < 3 ? 0 : i < 150 ? i : 10_000 + i;
      x[i] = i == 1 ? 7 : 3;
    }
    HealthReport report = check(seconds(at), Column.of("x", x));
    assertEquals(2, report.count(Defect.DUPLICATE_TIME));
    assertEquals(1, report.count(Defect.DUPLICATE_ROW), "rows 0 and 2, though 1 is between");
    assertEquals(1, report.count(Defect.PAUSE));
    assertEquals(150, report.finding(Defect.PAUSE).examples().getFirst().row());
    assertEquals("after 2.8 h", report.finding(Defect.PAUSE).examples().getFirst().values());
  }

  @Test
  void withoutTimeEqualRowsAreFoundWhereverTheyStand() {
    HealthReport report =
        check(Column.of("x", 1, 2, 1, 3, 2, 1), Column.of("s", "a", null, "a", "a", null, "b"));
    assertEquals(2, report.count(Defect.DUPLICATE_ROW));
    assertEquals(2, report.finding(Defect.DUPLICATE_ROW).examples().getFirst().row());
  }

  @Test
  void whatTheImportMetIsTold() {
    Table table = Table.of(List.of(Column.of("x", 1, 2)), "", "");
    ImportReport imported = new ImportReport("f.csv", 10, 8, 3, true, "x > 0");
    HealthReport report = HealthCheck.of(table, HealthOptions.standard(), imported, Progress.NONE);
    assertEquals(8, report.count(Defect.EXCLUDED));
    assertEquals(3, report.count(Defect.OUT_OF_ORDER));
    imported = new ImportReport("f.csv", 10, 8, 0, true, "\"t\" IS NOT NULL");
    report = HealthCheck.of(table, HealthOptions.standard(), imported, Progress.NONE);
    assertEquals(8, report.count(Defect.NO_KEY));
  }

  /** Instruments over the same weekdays, of which one lacks some, one begins late, one ends early. */
  private static Table panel() {
    long[] days = weekdays(60);
    List<Long> time = new ArrayList<>();
    List<String> name = new ArrayList<>();
    List<Double> close = new ArrayList<>();
    for (int s = 0; s < 6; s++) {
      double[] price = walk(days.length, s);
      for (int d = 0; d < days.length; d++) {
        boolean gone = s == 1 && d >= 20 && d < 23 || s == 2 && d < 15 || s == 3 && d >= 50;
        if (!gone) {
          time.add(days[d]);
          name.add("S" + s);
          close.add(s == 4 && d >= 30 ? price[d] / 2 : s == 5 && d == 40 ? price[d] * 3 : price[d]);
        }
      }
    }
    return Table.of(
        List.of(
            times(time.stream().mapToLong(each -> each).toArray()),
            Column.of("sym", name.toArray(String[]::new)),
            Column.of("close", close.stream().mapToDouble(each -> each).toArray())),
        "t",
        "sym");
  }

  @Test
  void daysAndListingsAgainstTheOthersCalendar() {
    HealthReport report = check(panel());
    assertEquals(60, report.tradingDays());
    assertEquals(3, report.count(Defect.MISSING_DAY));
    assertEquals(List.of(new Count("S1", 3)), report.finding(Defect.MISSING_DAY).instruments());
    assertEquals(List.of(new Count("S2", 1)), report.finding(Defect.LATE_LISTING).instruments());
    assertEquals(List.of(new Count("S3", 1)), report.finding(Defect.EARLY_DELISTING).instruments());
    assertEquals(List.of("S1"), report.coverage().instruments());
    assertTrue(report.coverage().shares().contains(0.0));
    assertEquals(
        3,
        report.worst().stream().filter(i -> i.name().equals("S1")).findFirst().get().missingDays());
    assertEquals(0, report.count(Defect.WEEKEND));
  }

  @Test
  void splitsStayAndGlitchesGoBack() {
    HealthReport report = check(panel());
    Finding split = report.finding(Defect.SPLIT);
    assertEquals(List.of(new Count("S4", 1)), split.instruments());
    assertTrue(split.examples().getFirst().values().contains("near 2:1"), split.toString());
    assertEquals(List.of(new Count("S5", 1)), report.finding(Defect.GLITCH).instruments());
    assertEquals(1, report.count(Defect.GLITCH), "the way back is no glitch of its own");
    assertNull(report.finding(Defect.PRICE_JUMP));
  }

  @Test
  void staleRunsAndOutliers() {
    int rows = 4000;
    double[] price = new double[rows];
    long[] at = new long[rows];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < rows; i++) {
      at[i] = 10L * i;
      price[i] = i == 0 ? 100 : price[i - 1] * Math.exp(1e-4 * (random.nextDouble() - 0.5));
      if (i > 1000 && i <= 1400) {
        price[i] = price[1000];
      }
      if (i == 3000) {
        price[i] *= 1.5;
      }
    }
    HealthReport report = check(seconds(at), Column.of("price", price));
    assertEquals(1, report.count(Defect.STALE_RUN));
    assertEquals(1000, report.finding(Defect.STALE_RUN).examples().getFirst().row());
    assertEquals(1, report.count(Defect.OUTLIER));
    assertEquals(3000, report.finding(Defect.OUTLIER).examples().getFirst().row());
    long beyond = 0;
    for (int i = 0; i < report.moves().edges().size(); i++) {
      beyond += report.moves().edges().get(i) >= 25 ? report.moves().counts().get(i) : 0;
    }
    assertEquals(1, beyond);
  }

  @Test
  void nullsAtTheEndOfDaysLookAhead() {
    int perDay = 50;
    long[] at = new long[perDay * 4];
    double[] ahead = new double[at.length];
    try (var builder =
        slipstream.core.table.ColumnBuilder.inMemory(new Field("later", ColumnType.FLOAT64))) {
      for (int i = 0; i < at.length; i++) {
        at[i] = START / SECOND + i / perDay * 86_400L + 36_000 + i % perDay * 60;
        ahead[i] = i;
        if (i % perDay >= perDay - 5) {
          builder.addNull();
        } else {
          builder.addDouble(i);
        }
      }
      HealthReport report = check(seconds(at), Column.of("x", ahead), builder.build());
      assertEquals(20, report.count(Defect.NULLS_AT_DAY_END, "later"));
      assertEquals(0, report.count(Defect.NULLS));
    }
  }

  // ----------------------------------------------------------------- bad input

  @Test
  void emptyTablesAndSingleRows() {
    for (HealthReport report :
        List.of(
            check(Table.of(List.of(times(), Column.of("price", new double[0])), "t", "")),
            check(Table.of(List.of(Column.of("x", new double[0])), "", "")),
            check(times(5), Column.of("sym", "a"), Column.of("close", 1.0)),
            check(times(5), Column.of("sym", "a"), Column.of("close", Double.NaN)))) {
      assertTrue(report.rows() <= 1);
    }
    HealthReport two = check(times(5, 5), Column.of("sym", "a", "b"), Column.of("close", 1, 2));
    assertEquals(2, two.instruments());
    assertEquals(List.of(), two.findings());
  }

  @Test
  void columnsWithoutValuesAndConstantOnes() {
    HealthReport report =
        check(
            Column.of("none", (String) null, null, null),
            Column.of("same", 2, 2, 2),
            Column.of("x", 1, 2, 3));
    assertEquals(List.of(new Count("none", 1)), report.finding(Defect.ALL_NULL).columns());
    assertEquals(List.of(new Count("same", 1)), report.finding(Defect.CONSTANT).columns());
    assertEquals(0, report.count(Defect.NULLS));
  }

  @Test
  void pricesThatAreTextAreTold() {
    HealthReport report =
        check(Column.of("price", "1", "n/a", "2"), Column.of("side", "B", "S", "B"));
    assertEquals(List.of(new Count("price", 1)), report.finding(Defect.TEXT_NUMBER).columns());
  }

  @Test
  void tenThousandColumns() {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      columns.add(Column.of("price_" + i, 1, 0, Double.NaN, i));
    }
    HealthReport report = check(Table.of(columns, "", ""));
    assertEquals(10_000, report.columns().size());
    assertEquals(10_000, report.count(Defect.NAN));
    assertEquals(50, report.finding(Defect.NAN).columns().size());
  }

  @Test
  void timesAtTheEndsOfTheirRange() {
    HealthReport report =
        check(times(Long.MIN_VALUE, 0, Long.MAX_VALUE), Column.of("price", 1, 2, 3));
    assertEquals(3, report.timeline().rows().stream().mapToLong(each -> each).sum());
  }

  // --------------------------------------------------------------- as a service

  @Test
  void reportsDoNotDependOnThreads() {
    Table table = panel();
    HealthReport one =
        HealthCheck.of(table, new HealthOptions(Map.of(), 25, 1), null, Progress.NONE);
    for (int threads = 2; threads < 6; threads++) {
      HealthReport many =
          HealthCheck.of(table, new HealthOptions(Map.of(), 25, threads), null, Progress.NONE);
      assertEquals(one, many);
    }
  }

  private static Table quotes(int rows) {
    double[] bid = new double[rows];
    double[] ask = new double[rows];
    double[] price = new double[rows];
    for (int i = 0; i < rows; i++) {
      bid[i] = 100 + i % 7;
      ask[i] = bid[i] + 1;
      price[i] = i == rows - 1 ? Double.NaN : bid[i];
    }
    return Table.of(
        List.of(Column.of("bid", bid), Column.of("ask", ask), Column.of("price", price)), "", "");
  }

  /** Cancelled at a look at it, of which the looks are counted. */
  private static final class CancelledAt implements Progress {
    private final int at;
    private int looks;

    CancelledAt(int at) {
      this.at = at;
    }

    @Override
    public boolean cancelled() {
      return ++looks >= at;
    }
  }

  @Test
  void everyPassCanBeCancelled() {
    Table table = quotes(200_000);
    HealthOptions options = new HealthOptions(Map.of(), 25, 1);
    CancelledAt never = new CancelledAt(Integer.MAX_VALUE);
    HealthCheck.of(table, options, null, never);
    assertTrue(never.looks >= 100, "looks: " + never.looks);
    for (int at = 1; at <= never.looks; at += 7) {
      CancelledAt cancelled = new CancelledAt(at);
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class, () -> HealthCheck.of(table, options, null, cancelled));
      assertEquals(SlipstreamException.Category.CANCELLED, e.category());
      assertEquals(at, cancelled.looks);
    }
  }

  @Test
  void isOneStageThatEnds() {
    List<String> stages = Collections.synchronizedList(new ArrayList<>());
    Progress progress =
        new Progress() {
          @Override
          public void stage(String stage, long done, long total, String unit) {
            stages.add(stage + " " + done + "/" + total);
          }
        };
    HealthCheck.of(quotes(10), HealthOptions.standard(), null, progress);
    assertEquals("Check health 0/20", stages.getFirst());
    assertEquals("Check health 20/20", stages.getLast());
    assertTrue(stages.stream().allMatch(each -> each.startsWith("Check health")));
  }
}
