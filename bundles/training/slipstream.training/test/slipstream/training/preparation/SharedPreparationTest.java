package slipstream.training.preparation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Column;
import slipstream.core.table.Table;
import slipstream.experiment.ExperimentFile;

/** The preparation on the real files beside the repository. */
class SharedPreparationTest {
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

  private Table prepare(String name, String dataAndSteps) {
    Path data = data();
    Experiment experiment =
        ExperimentFile.parse(
                "slipstream: 1\nname: "
                    + name
                    + "\n"
                    + dataAndSteps
                    + "features: {x: '1'}\ntargets: {y: '1'}\nmodels: {m: {trainer: ridge}}\n",
                name)
            .experiment();
    Path scratch = folder.resolve(name);
    Preparation.check(experiment, PLUGINS);
    try (Table raw =
        Preparation.read(
            experiment.data(), PLUGINS, data, scratch.resolve("raw"), 2, Progress.NONE)) {
      return Preparation.prepare(
          experiment,
          PLUGINS,
          raw,
          Preparation.OtherData.files(PLUGINS, data, scratch, 2, Progress.NONE),
          scratch,
          2,
          Progress.NONE);
    }
  }

  private static final String TRADES_WITH_QUOTES =
      """
      data:
        importer: parquet
        path: us_trades_with_nbbo_201310.parquet
        time: date
        time_of_day: time_ms
        time_unit: ms
        time_zone: America/New_York
        instrument: symbol
      prepare:
        - extractor: join
          match: %s
          with:
            importer: parquet
            path: us_nbbo_ticks_rth_201310.parquet
            time: date
            time_of_day: time_ms
            time_unit: ms
            time_zone: America/New_York
            instrument: symbol
          columns: [bid, bid_size, ask, ask_size, suspicious]
          prefix: quote_
          age: quote_age
          max_age: 12h                # yesterday's last quote is none of today's
      """;

  /** Rows whose values are equal in each pair of columns, nulls included. */
  private static long equal(Table table, String... pairs) {
    long equal = 0;
    for (long row = 0; row < table.rows(); row++) {
      boolean all = true;
      for (int i = 0; i < pairs.length; i += 2) {
        Column one = table.column(pairs[i]);
        Column two = table.column(pairs[i + 1]);
        all &=
            one.isNull(row) == two.isNull(row)
                && Double.compare(one.getDouble(row), two.getDouble(row)) == 0;
      }
      equal += all ? 1 : 0;
    }
    return equal;
  }

  /**
   * The file's own columns are the quote in force before each trade: the join finds it, prices and
   * sizes, for all of the 895,715 trades that the file has one for, and none for the other 11, which
   * came before the day's first quote. At-or-before takes the quote of the same millisecond, which
   * may be the trade's own doing, and differs in 11 %.
   */
  @Test
  void aTradesQuoteIsTheOneThatTheFileNames() {
    String[] prices = {"quote_bid", "nbb", "quote_ask", "nbo"};
    String[] pairs = {
      "quote_bid",
      "nbb",
      "quote_ask",
      "nbo",
      "quote_bid_size",
      "nbb_size",
      "quote_ask_size",
      "nbo_size"
    };
    try (Table joined = prepare("before", TRADES_WITH_QUOTES.replace("%s", "before"))) {
      assertEquals(895_726, joined.rows());
      assertEquals(895_726, equal(joined, prices));
      // The file has 0 for the sizes of no quote.
      assertEquals(895_715, equal(joined, pairs));
    }
    try (Table joined = prepare("at", TRADES_WITH_QUOTES.replace("%s", "at-or-before"))) {
      long equal = equal(joined, prices);
      assertTrue(equal > 780_000 && equal < 800_000, "" + equal);
    }
  }

  /** Bonds of two dealers, whose codes differ: by currency and maturity, the other's last quote. */
  @Test
  void aDealersBondFindsTheOtherDealers() {
    try (Table joined =
        prepare(
            "dealers",
            """
            data:
              importer: parquet
              path: tr_eurobond_dealer_quotes_2010_2026.parquet
              time: date
              instrument: instrument
              where: dealer = 'isbank' and bid_price > 0
            prepare:
              - extractor: join
                with:
                  importer: parquet
                  path: tr_eurobond_dealer_quotes_2010_2026.parquet
                  time: date
                  instrument: instrument
                  where: dealer = 'ziraat' and bid_price > 0
                keys: {currency: currency, maturity: maturity}
                columns: [bid_price]
                prefix: other_
                max_age: 5d
                age: other_age
            """)) {
      long found = 0;
      double difference = 0;
      for (long row = 0; row < joined.rows(); row++) {
        double other = joined.column("other_bid_price").getDouble(row);
        if (!Double.isNaN(other)) {
          found++;
          difference += Math.abs(other - joined.column("bid_price").getDouble(row));
          double age = joined.column("other_age").getDouble(row);
          assertTrue(age > 0 && age <= 5 * 86_400, "" + age);
        }
      }
      // The other dealer's codes, and half of its bonds, are others; prices of the rest are close.
      assertEquals(28_401, joined.rows());
      assertTrue(found > 14_000 && found < 15_000, "" + found);
      assertTrue(difference / found < 0.5, "" + difference / found);
    }
  }
}
