package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import slipstream.data.QualityReport.ColumnQuality;
import slipstream.data.QualityReport.Finding;

class DataQualityTest {
  private static final long SECOND = 1_000_000_000L;

  private static Column times(long... seconds) {
    long[] nanos = Arrays.stream(seconds).map(each -> each * SECOND).toArray();
    return Column.of(new Field("t", ColumnType.TIMESTAMP), nanos);
  }

  private static QualityReport inspect(Column... columns) {
    List<Column> all = List.of(columns);
    String time = all.getFirst().type() == ColumnType.TIMESTAMP ? "t" : "";
    return DataQuality.inspect(Table.of(all, time, ""), Progress.NONE);
  }

  @Test
  void statisticsLeaveOutWhatIsNoNumber() {
    QualityReport report =
        inspect(
            Column.of(
                "x", 3, -1, 0, Double.NaN, Double.POSITIVE_INFINITY, 2, Double.NEGATIVE_INFINITY));
    ColumnQuality x = report.column("x");
    assertEquals(1, x.nans());
    assertEquals(2, x.infinities());
    assertEquals(1, x.zeros());
    assertEquals(2, x.negatives());
    assertEquals(-1, x.min());
    assertEquals(3, x.max());
    assertEquals(1, x.mean());
    assertEquals(1, x.median());
    assertEquals(Math.sqrt(10.0 / 3), x.std(), 1e-15);
    assertEquals(1, report.count("nan"));
    assertEquals(2, report.count("infinite"));
  }

  @Test
  void distinctCountsTextAndWholeNumbers() {
    QualityReport report =
        inspect(
            Column.of(new Field("n", ColumnType.INT64), new long[] {5, 5, 0, -7}),
            Column.of("s", "a", null, "b", "a"));
    assertEquals(3, report.column("n").distinct());
    assertEquals(2, report.column("s").distinct());
    assertEquals(1, report.column("s").nulls());
  }

  @Property
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
    assertEquals(expected + 0.0, inspect(Column.of("x", values)).column("x").median());
  }

  @Test
  void findsTimesThatRepeatAndGaps() {
    long[] seconds = new long[202];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = i < 2 ? 0 : i < 150 ? i : 100_000 + i;
    }
    QualityReport report = inspect(times(seconds), Column.of("x", new double[seconds.length]));
    assertEquals(1, report.count("duplicate_time"));
    assertEquals(1, report.count("gap"));
    Finding gap = report.findings("gap").getFirst();
    assertTrue(gap.message().contains("27.8 h"), gap.message());
    assertTrue(gap.message().contains("row 150"), gap.message());
  }

  @Test
  void findsQuotesThatCrossOrLockOrLackASide() {
    QualityReport report =
        inspect(
            times(1, 2, 3, 4, 5),
            Column.of("bid_price", 10, 11, 10.5, Double.NaN, 0),
            Column.of("ask_price", 10.5, 10.5, 10.5, 10.5, 10.5));
    assertEquals(1, report.count("crossed_quote"));
    assertEquals(1, report.count("locked_quote"));
    assertEquals(2, report.count("one_sided_quote"));
    assertEquals(1, report.count("zero_price"));
    assertTrue(report.findings("crossed_quote").getFirst().message().contains("row 1"));
  }

  @Test
  void unitsDecideWhatIsAPrice() {
    Column zeroYield = Column.of("bid_yield", 0, 1);
    Column byUnit =
        Column.of(new Field("k", ColumnType.FLOAT64, "USD/share"), new double[] {0, -1});
    Column notByUnit =
        Column.of(new Field("price", ColumnType.FLOAT64, "bp"), new double[] {0, -1});
    QualityReport report = inspect(zeroYield, byUnit, notByUnit);
    assertEquals(
        List.of("k"), report.findings("zero_price").stream().map(Finding::column).toList());
    assertEquals(1, report.count("negative_price"));
    assertFalse(report.findings("zero_price").getFirst().message().contains("by its name"));
  }

  @Test
  void findsStaleRunsOutliersAndBrokenBars() {
    int rows = 400;
    double[] price = new double[rows];
    double[] high = new double[rows];
    double[] low = new double[rows];
    long[] seconds = new long[rows];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < rows; i++) {
      seconds[i] = i;
      price[i] = i == 0 ? 100 : price[i - 1] * Math.exp(1e-4 * (random.nextDouble() - 0.5));
      if (i > 100 && i <= 160) {
        price[i] = price[100];
      }
      if (i == 300) {
        price[i] *= 1.5;
      }
      high[i] = price[i] + (i == 20 ? -1 : 1);
      low[i] = price[i] - 2;
    }
    QualityReport report =
        inspect(
            times(seconds),
            Column.of("close", price),
            Column.of("high", high),
            Column.of("low", low));
    assertEquals(
        1, report.findings("stale_run").stream().filter(f -> f.column().equals("close")).count());
    Finding outlier =
        report.findings("outlier").stream()
            .filter(f -> f.column().equals("close"))
            .findFirst()
            .get();
    assertEquals(1, outlier.count());
    assertTrue(outlier.message().contains("row 300"), outlier.message());
    assertEquals(1, report.count("inconsistent_bar"));
  }

  @Test
  void rendersJsonAndText() {
    QualityReport report = inspect(times(1, 1), Column.of("x", Double.NaN, Double.NaN));
    assertTrue(report.toJson().contains("\"kind\" : \"duplicate_time\""));
    assertTrue(report.toJson().contains("\"mean\" : null"));
    assertTrue(report.toText().contains("WARNING duplicate_time (t): 1 rows"));
    assertEquals(
        report.toJson(), inspect(times(1, 1), Column.of("x", Double.NaN, Double.NaN)).toJson());
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
    CancelledAt never = new CancelledAt(Integer.MAX_VALUE);
    DataQuality.inspect(table, never);
    // Each column: statistics, deviation, median, stale runs, typical move, outliers; one pass for
    // duplicate rows,
    // three for quotes, one for the first NaN; a look every 65,536 rows.
    assertTrue(never.looks >= 4 * (3 * 6 + 1 + 3 + 1), "looks: " + never.looks);
    for (int at = 1; at <= never.looks; at += 5) {
      CancelledAt cancelled = new CancelledAt(at);
      SlipstreamException e =
          assertThrows(SlipstreamException.class, () -> DataQuality.inspect(table, cancelled));
      assertEquals(SlipstreamException.Category.CANCELLED, e.category());
      assertEquals(at, cancelled.looks);
    }
  }

  @Test
  void isOneStage() {
    List<String> stages = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void stage(String stage, long done, long total, String unit) {
            stages.add(stage + " " + done + "/" + total + " " + unit);
          }
        };
    DataQuality.inspect(quotes(10), progress);
    assertEquals(
        List.of(
            "Check quality 0/3 columns",
            "Check quality 1/3 columns",
            "Check quality 2/3 columns",
            "Check quality 3/3 columns"),
        stages);
  }
}
