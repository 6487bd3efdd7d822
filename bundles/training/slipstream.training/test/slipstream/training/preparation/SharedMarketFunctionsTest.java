package slipstream.training.preparation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Table;
import slipstream.experiment.ExperimentFile;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;

/** Functions of the market on the real files beside the repository, against what these say of themselves. */
class SharedMarketFunctionsTest {
  private static final PluginCatalog PLUGINS = PluginCatalog.ofClassPath();

  @TempDir Path folder;

  private static Path data() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    assumeTrue(at != null, "skipped: this is not run in a checkout");
    String given = System.getProperty("slipstream.test.data");
    Path data = given != null ? Path.of(given) : at.resolveSibling("shared/data");
    assumeTrue(Files.isDirectory(data), "skipped: there is no folder " + data);
    return data;
  }

  private interface Check {
    void on(Table table, FeatureTable values);
  }

  private void evaluate(String experiment, Check check) {
    Path data = data();
    Experiment parsed =
        ExperimentFile.parse(
                "slipstream: 1\nname: x\n"
                    + experiment
                    + "targets: {y: '1'}\nmodels: {m: {trainer: ridge}}\n",
                "x")
            .experiment();
    try (Table table =
        Preparation.read(parsed.data(), PLUGINS, data, folder.resolve("raw"), 2, Progress.NONE)) {
      FeaturePlan plan = FeaturePlan.compile(table.schema(), parsed, PLUGINS);
      try (FeatureTable values = plan.evaluate(table, 2, Progress.NONE)) {
        check.on(table, values);
      }
    }
  }

  private static double[] sorted(double[] values) {
    return Arrays.stream(values).filter(x -> !Double.isNaN(x)).sorted().toArray();
  }

  private static double median(double[] values) {
    double[] known = sorted(values);
    return known[known.length / 2];
  }

  private static double mean(double[] values, double[] where, int from, int to) {
    double sum = 0;
    int count = 0;
    for (int i = from; i < to; i++) {
      if (where[i] == 1) {
        sum += values[i];
        count++;
      }
    }
    return sum / count;
  }

  @Test
  void tradesOfThreeStocks() {
    evaluate(
        """
        data:
          importer: parquet
          path: us_trades_with_nbbo_201310.parquet
          time: date
          time_of_day: time_ms
          time_unit: ms
          time_zone: America/New_York
          instrument: symbol
        features:
          good: bad_quote == 0
          half: effective_spread(price, mid) / 2
          side_here: lee_ready(price, nbb, nbo)
          side_there: side
          clock: time_of_day("America/New_York")
          clock_there: time_ms / 1000
          open: minutes_since_open("XNYS")
          close: minutes_until_close("XNYS")
        """,
        (table, values) -> {
          double[] good = values.values("good");
          double[] half = values.values("half");
          double[] means = new double[3];
          for (int i = 0; i < 3; i++) {
            var partition = table.partitions().get(i);
            means[i] = mean(half, good, (int) partition.from(), (int) partition.to());
          }
          // AIG, BAC and IBM, as the data's description has them.
          assertEquals(1.107656664977734, means[0], 1e-9);
          assertEquals(3.593140658598374, means[1], 1e-9);
          assertEquals(0.926828965898564, means[2], 1e-9);
          double[] here = values.values("side_here");
          double[] there = values.values("side_there");
          for (int i = 0; i < here.length; i++) {
            assertTrue(good[i] != 1 || here[i] == there[i], "side of row " + i);
          }
          double[] clock = values.values("clock");
          double[] open = values.values("open");
          double[] close = values.values("close");
          double[] clockThere = values.values("clock_there");
          for (int i = 0; i < clock.length; i++) {
            assertEquals(clockThere[i], clock[i]);
            assertEquals(clock[i] / 60 - 570, open[i], 1e-9);
            assertEquals(390, open[i] + close[i], 1e-9);
          }
        });
  }

  @Test
  void daysToMaturityOfBrazilianBonds() {
    evaluate(
        """
        data:
          importer: parquet
          path: br_treasury_bid_ask_daily_2002_2022.parquet
          time: date
          instrument: bond_type, maturity
        features:
          days: 365 * time_to_maturity(maturity)
          days_there: days_to_maturity
          distance: 1e4 * curve_distance(if(bid_yield > 0, bid_yield, nan), time_to_maturity(maturity), bond_type)
        """,
        (table, values) -> {
          double[] days = values.values("days");
          double[] there = values.values("days_there");
          for (int i = 0; i < days.length; i++) {
            assertEquals(there[i], days[i], 1e-9);
          }
          double[] distance = values.values("distance");
          assertEquals(0, median(distance), 0.5, "bp");
          assertTrue(median(Arrays.stream(distance).map(Math::abs).toArray()) < 10, "bp");
        });
  }

  @Test
  void spreadsOfDailyBars() {
    evaluate(
        """
        data:
          importer: parquet
          path: sp500_daily_2013_2018.parquet
          time: date
          instrument: symbol
        features:
          roll: roll_spread(close, 60)
          corwin_schultz: corwin_schultz(high, low, 60)
          abdi_ranaldo: abdi_ranaldo(high, low, close, 60)
          illiquidity: amihud(ret(close, 1), close * volume, 60)
        """,
        (table, values) -> {
          // Far above what these stocks are quoted at: estimates below 0 count as 0.
          assertEquals(38.2, median(values.values("roll")), 0.1);
          assertEquals(40.9, median(values.values("corwin_schultz")), 0.1);
          assertEquals(49.3, median(values.values("abdi_ranaldo")), 0.1);
          assertEquals(7.4e-5, median(values.values("illiquidity")), 1e-6);
        });
  }

  /** Five years of days on which New York traded: each is a trading day, and the last of a month is its last. */
  @Test
  void tradingDaysOfNewYork() {
    evaluate(
        """
        data:
          importer: parquet
          path: sp500_daily_2013_2018.parquet
          time: date
          time_zone: America/New_York
          instrument: symbol
        features:
          open: minutes_since_open("XNYS")
          month_end: month_end("XNYS")
          month: month("America/New_York")
        """,
        (table, values) -> {
          double[] open = values.values("open");
          double[] end = values.values("month_end");
          double[] month = values.values("month");
          long days = 0;
          for (var partition : table.partitions()) {
            // Those that were listed, and traded, on each of the 1,259 days.
            if (partition.to() - partition.from() == 1_259) {
              days += 1_259;
              for (int i = (int) partition.from(); i < partition.to() - 1; i++) {
                assertEquals(-570, open[i]);
                assertEquals(month[i + 1] != month[i] ? 1 : 0, end[i]);
              }
            }
          }
          assertTrue(days > 300_000);
        });
  }
}
