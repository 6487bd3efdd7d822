package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.progress.Progress;
import slipstream.core.table.Table;

/** The real files beside the repository, with the defects that they are known to have. */
class SharedDataTest {
  @TempDir Path folder;

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

  private QualityReport read(
      String name, int columns, long rows, int instruments, Object... parameters) {
    Object[] all = new Object[parameters.length + 2];
    all[0] = "path";
    all[1] = data().resolve(name + ".parquet").toString();
    System.arraycopy(parameters, 0, all, 2, parameters.length);
    Imports imports = new Imports(folder);
    try (Table table = imports.parquet(all)) {
      assertEquals(rows, table.rows());
      assertEquals(columns, table.columns().size());
      assertEquals(instruments, table.partitions().size());
      return DataQuality.inspect(table, imports.report, Progress.NONE);
    }
  }

  private static long count(QualityReport report, String kind, String column) {
    return report.findings(kind).stream()
        .filter(each -> each.column().equals(column))
        .mapToLong(QualityReport.Finding::count)
        .sum();
  }

  @Test
  void brazilianTreasury() {
    QualityReport report =
        read(
            "br_treasury_bid_ask_daily_2002_2022",
            13,
            134_889,
            112,
            "time",
            "date",
            "instrument",
            "bond_type, maturity");
    assertEquals(40, report.count("crossed_quote"));
    assertEquals(3_426, report.column("base_price").nulls());
    // One-sided or no quote at all: 21 in the file's own flag.
    assertEquals(10, report.count("one_sided_quote"));
    assertEquals(11, count(report, "zero_price", "mid_price"));
  }

  @Test
  void chineseFutures() {
    QualityReport report =
        read(
            "cgb_futures_5min_2022_2026",
            8,
            70_374,
            2,
            "time",
            "bar_end",
            "time_zone",
            "Asia/Shanghai",
            "instrument",
            "symbol");
    assertEquals(5, report.count("duplicate_time"));
  }

  @Test
  void executionQuality() {
    read(
        "sec_rule605_virtu_201612_201708",
        28,
        59_364,
        6_118,
        "time",
        "month",
        "time_format",
        "%Y%m",
        "instrument",
        "symbol");
  }

  @Test
  void americanDailyBars() {
    QualityReport report =
        read("sp500_daily_2013_2018", 7, 619_040, 505, "time", "date", "instrument", "symbol");
    assertEquals(11, report.column("open").nulls());
    assertEquals(4, report.column("volume").zeros());
    assertEquals(9, count(report, "inconsistent_bar", "close"));
    assertTrue(
        report.findings("outlier").stream()
            .anyMatch(each -> each.message().contains("NI, 2015-07-02")));
  }

  @Test
  void turkishEurobonds() {
    QualityReport report =
        read(
            "tr_eurobond_dealer_quotes_2010_2026",
            12,
            96_137,
            98,
            "time",
            "date",
            "instrument",
            "dealer, instrument");
    assertEquals(424, report.count("crossed_quote"));
    assertEquals(686, count(report, "zero_price", "bid_price"));
    assertEquals(807, count(report, "zero_price", "ask_price"));
    assertEquals(812, report.column("half_spread_bp").nulls());
  }

  @Test
  void secondBars() {
    QualityReport report =
        read(
            "us_equity_second_trade_quote_bars",
            19,
            443_586,
            4,
            "time",
            "date",
            "time_of_day",
            "time_ms",
            "time_unit",
            "ms",
            "time_zone",
            "America/New_York",
            "instrument",
            "symbol");
    assertEquals(197_727, report.column("close").nulls());
  }

  @Test
  void quotes() {
    QualityReport report =
        read(
            "us_nbbo_ticks_rth_201310",
            11,
            4_720_463,
            3,
            "time",
            "date",
            "time_of_day",
            "time_ms",
            "time_unit",
            "ms",
            "time_zone",
            "America/New_York",
            "instrument",
            "symbol");
    assertEquals(791, report.count("crossed_quote"));
  }

  @Test
  void trades() {
    QualityReport report =
        read(
            "us_trades_with_nbbo_201310",
            19,
            895_726,
            3,
            "time",
            "date",
            "time_of_day",
            "time_ms",
            "time_unit",
            "ms",
            "time_zone",
            "America/New_York",
            "instrument",
            "symbol");
    // bad_quote = 1: no quote, locked or crossed.
    long bad = report.column("nbb").nulls();
    bad += report.count("crossed_quote") + report.count("locked_quote");
    assertEquals(895_726 - report.column("bad_quote").zeros(), bad);
    assertEquals(39_945, report.column("mid_300s").nulls());
  }
}
