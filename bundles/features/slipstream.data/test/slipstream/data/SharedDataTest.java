package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.progress.Progress;
import slipstream.core.table.Table;
import slipstream.data.health.Defect;
import slipstream.data.health.HealthCheck;
import slipstream.data.health.HealthOptions;
import slipstream.data.health.HealthReport;
import slipstream.data.health.HealthReport.Count;
import slipstream.data.health.HealthReport.Example;
import slipstream.data.health.HealthReport.Finding;

/**
 * The real files beside the repository, read as {@code slipstream health} does: keys are guessed, and each defect that
 * their README lists is found, by its count.
 */
class SharedDataTest {
  @TempDir Path folder;
  private FileKeys.Reading reading;

  private static Path data() {
    String given = System.getProperty("slipstream.test.data");
    if (given != null) {
      return Path.of(given);
    }
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    Path data = at == null ? Path.of("shared/data") : at.resolveSibling("shared/data");
    assumeTrue(Files.isDirectory(data), "skipped: there is no folder " + data);
    return data;
  }

  private HealthReport check(String name) throws IOException {
    Path file = data().resolve(name + ".parquet");
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    reading =
        FileKeys.guess(file, "parquet", FileKeys.Said.NOTHING, true, scratch, 2, Progress.NONE);
    List<Object> parameters = new ArrayList<>();
    reading
        .parameters()
        .forEach(
            (key, value) -> {
              parameters.add(key);
              parameters.add(value);
            });
    Imports imports = new Imports(folder);
    try (Table table = imports.parquet(parameters.toArray())) {
      return HealthCheck.of(table, HealthOptions.standard(), imports.report, Progress.NONE);
    }
  }

  private void keys(String time, String ofDay, String... instrument) {
    Map<String, Object> found = reading.parameters();
    assertEquals(time, found.get("time"));
    assertEquals(ofDay, found.getOrDefault("time_of_day", ""));
    assertEquals(List.of(instrument), found.get("instrument"));
  }

  private static Set<String> where(Finding finding) {
    return finding.examples().stream()
        .map(each -> each.instrument() + " " + day(each))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String day(Example example) {
    return RowFiles.instant(example.time()).toString().substring(0, 10);
  }

  private static Map<String, Long> columns(HealthReport report, Defect defect) {
    return report.finding(defect).columns().stream()
        .collect(Collectors.toMap(Count::name, Count::count));
  }

  @Test
  void brazilianTreasury() throws IOException {
    HealthReport report = check("br_treasury_bid_ask_daily_2002_2022");
    keys("date", "", "bond_type", "maturity");
    assertEquals(112, report.instruments());
    assertEquals(40, report.count(Defect.CROSSED_QUOTE));
    // The file's flag calls 21 rows one-sided: on 10 the bid is zero, on 11 both sides are.
    assertEquals(
        Map.of("quality = crossed", 40L, "quality = one_sided", 21L),
        columns(report, Defect.FLAGGED));
    assertEquals(10, report.count(Defect.ONE_SIDED_QUOTE));
    assertEquals(11, report.count(Defect.NO_QUOTE));
    assertEquals(
        Map.of("bid_price", 21L, "ask_price", 11L, "mid_price", 11L),
        columns(report, Defect.ZERO_PRICE));
    // 2.5 %, all of them at the start of bonds.
    assertEquals(3_426, report.count(Defect.NULLS_AT_START, "base_price"));
    assertEquals(2.5, 100.0 * 3_426 / report.rows(), 0.05);
    assertEquals(
        "half_spread_bp: median 6.5 before, 27 after; changes from 2012 to 2017",
        report.finding(Defect.LEVEL_CHANGE).examples().getFirst().values());
  }

  @Test
  void chineseFutures() throws IOException {
    HealthReport report = check("cgb_futures_5min_2022_2026");
    keys("bar_end", "", "symbol");
    Finding duplicates = report.finding(Defect.DUPLICATE_TIME);
    assertEquals(5, duplicates.count());
    assertEquals(List.of(new Count("T", 5)), duplicates.instruments());
    // Not listed: the front contract rolls 13 times in T and 9 times in TL.
    assertEquals(
        List.of(new Count("T", 13), new Count("TL", 9)), report.finding(Defect.ROLL).instruments());
    assertEquals("2025-11-25", day(report.finding(Defect.ROLL).examples().getFirst()));
    // Nor are these bars of TL in 2026, nor its Saturday.
    assertEquals(92, report.count(Defect.INCONSISTENT_BAR));
    assertEquals(
        List.of(new Count("TL", 92)), report.finding(Defect.INCONSISTENT_BAR).instruments());
    assertEquals(1, report.count(Defect.WEEKEND));
  }

  @Test
  void executionQuality() throws IOException {
    HealthReport report = check("sec_rule605_virtu_201612_201708");
    keys("month", "", "symbol", "order_type", "size_bucket");
    assertEquals("%Y%m", reading.parameters().get("time_format"));
    assertEquals(59_364, report.rows());
    assertEquals(0, report.count(Defect.DUPLICATE_TIME));
    assertEquals(7, report.count(Defect.CONSTANT));
  }

  @Test
  void americanDailyBars() throws IOException {
    HealthReport report = check("sp500_daily_2013_2018");
    keys("date", "", "symbol");
    assertEquals(11, report.count(Defect.PARTIAL_BAR));
    assertEquals(Map.of("open", 11L, "high", 8L, "low", 8L), columns(report, Defect.PARTIAL_BAR));
    assertEquals(4, report.count(Defect.ZERO_VOLUME));
    assertEquals(9, report.count(Defect.INCONSISTENT_BAR, "close"));
    assertTrue(
        where(report.finding(Defect.SPIN_OFF))
            .containsAll(Set.of("NI 2015-07-02", "EBAY 2015-07-20", "BAX 2015-07-01")));
    assertEquals(18, report.count(Defect.SPIN_OFF));
    // Discovery gave a share of class C for each share of class A and of class C.
    assertEquals(
        Set.of("DISCA 2014-08-07", "DISCK 2014-08-07"), where(report.finding(Defect.SPLIT)));
    assertTrue(where(report.finding(Defect.GLITCH)).contains("LNT 2016-05-19"));
    assertEquals(9, report.count(Defect.GLITCH));
    // "35 names list late" are the 35 with fewer than all 1,259 days: 29 list late, 6 have holes.
    assertEquals(1_259, report.tradingDays());
    assertEquals(29, report.count(Defect.LATE_LISTING));
    assertEquals(6, report.finding(Defect.MISSING_DAY).instrumentCount());
    assertEquals(51, report.count(Defect.MISSING_DAY));
    assertEquals(0, report.count(Defect.EARLY_DELISTING));
    assertEquals(505, report.count(Defect.SURVIVORSHIP));
  }

  @Test
  void turkishEurobonds() throws IOException {
    HealthReport report = check("tr_eurobond_dealer_quotes_2010_2026");
    keys("date", "", "instrument");
    assertEquals(812, report.count(Defect.ZERO_PRICE));
    assertEquals(Map.of("bid_price", 686L, "ask_price", 807L), columns(report, Defect.ZERO_PRICE));
    assertEquals(424, report.count(Defect.CROSSED_QUOTE));
    // 9.4 % of the rows have the bid of the row before; 9.3 % have both sides of it.
    assertEquals(9_068, report.count(Defect.UNCHANGED_PRICE, "bid_price"));
    assertEquals(9.4, 100.0 * 9_068 / report.rows(), 0.05);
    assertEquals(8_952, report.count(Defect.UNCHANGED_PRICE));
    assertEquals(
        Map.of("quality = zero_price", 812L, "quality = crossed", 424L, "quality = wide", 11L),
        columns(report, Defect.FLAGGED));
  }

  @Test
  void secondBars() throws IOException {
    HealthReport report = check("us_equity_second_trade_quote_bars");
    keys("date", "time_ms", "symbol");
    assertEquals("ms", reading.parameters().get("time_unit"));
    // No trade in that second.
    assertEquals(197_727, report.count(Defect.EMPTY_BAR));
    assertEquals(0, report.count(Defect.PARTIAL_BAR));
    // The README says that null bid or ask means one-sided; where one is null, so is the other.
    assertEquals(0, report.count(Defect.ONE_SIDED_QUOTE));
    assertEquals(39_856, report.count(Defect.NO_QUOTE));
  }

  @Test
  void quotes() throws IOException {
    HealthReport report = check("us_nbbo_ticks_rth_201310");
    keys("date", "time_ms", "symbol");
    assertEquals(4_720_463, report.rows());
    assertEquals(791, report.count(Defect.CROSSED_QUOTE));
    assertEquals(140_673, report.count(Defect.LOCKED_QUOTE));
  }

  @Test
  void trades() throws IOException {
    HealthReport report = check("us_trades_with_nbbo_201310");
    keys("date", "time_ms", "symbol");
    // No quote, locked or crossed: 4.8 %, and the file's own flag agrees.
    assertEquals(42_973, report.count(Defect.BAD_QUOTE));
    assertEquals(4.8, 100.0 * 42_973 / report.rows(), 0.05);
    assertEquals(Map.of("bad_quote = 1", 42_973L), columns(report, Defect.FLAGGED));
    Finding outside = report.finding(Defect.TRADE_OUTSIDE_QUOTE);
    assertEquals(10_812, outside.count());
    assertEquals(1.3, 100.0 * outside.count() / outside.of(), 0.05);
    // The mid later than 16:00 is not known.
    assertEquals(
        Map.of("mid_1s", 181L, "mid_10s", 2_084L, "mid_60s", 14_938L, "mid_300s", 39_945L),
        columns(report, Defect.NULLS_AT_DAY_END));
  }
}
