package slipstream.features.internal.bars;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.prepare.Extraction;

/** Bars of quotes and of bars, bars by volume, sessions, aggregates: against their definitions, row by row. */
class BarKindsTest {
  private static final long S = 1_000_000_000L;

  private static final List<Field> FIELDS =
      List.of(
          new Field("t", ColumnType.TIMESTAMP),
          new Field("symbol", ColumnType.STRING),
          new Field("price", ColumnType.FLOAT64, "USD"),
          new Field("size", ColumnType.INT64, "shares"),
          new Field("bid", ColumnType.FLOAT64, "USD"),
          new Field("ask", ColumnType.FLOAT64, "USD"),
          new Field("venue", ColumnType.STRING),
          new Field("id", ColumnType.INT64),
          new Field("flag", ColumnType.BOOLEAN));

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  /** Trades and quotes at random times, some unknown. */
  private static Table random(Random random, int most, boolean wholeSizes) {
    List<List<Object>> rows = new ArrayList<>();
    for (String symbol : List.of("B", "A", "C")) {
      long time = random.nextLong(-2_000 * S, 2_000 * S);
      double price = 100;
      for (int i = random.nextInt(most); i > 0; i--) {
        time +=
            switch (random.nextInt(4)) {
              case 0 -> 0;
              case 1 -> random.nextLong(400 * S);
              default -> random.nextLong(3 * S);
            };
        price += (random.nextInt(3) - 1) * 0.01;
        double bid = price - 0.01 * random.nextInt(3);
        rows.add(
            row(
                time,
                symbol,
                price,
                wholeSizes ? (long) random.nextInt(500) : (long) random.nextInt(500),
                random.nextInt(8) == 0 ? null : bid,
                random.nextInt(8) == 0 ? null : bid + 0.01 * (1 + random.nextInt(4)),
                random.nextInt(5) == 0 ? null : List.of("N", "Q", "P").get(random.nextInt(3)),
                random.nextInt(5) == 0 ? null : Long.MAX_VALUE - random.nextInt(3),
                random.nextBoolean()));
      }
    }
    return Extraction.table(FIELDS, "t", "symbol", rows);
  }

  private static Object value(Table table, List<Object> row, String column) {
    return row.get(table.schema().indexOf(column));
  }

  private static Object value(Table table, long row, String column) {
    return table.column(column).get(row);
  }

  private static void close(Object expected, Object actual, double ulps, String what) {
    if (expected == null || actual == null) {
      assertEquals(expected, actual, what);
    } else {
      double want = ((Number) expected).doubleValue();
      assertEquals(want, ((Number) actual).doubleValue(), ulps * Math.ulp(Math.abs(want)), what);
    }
  }

  // -------------------------------------------------------------------------------------- quotes

  /** The step function of a value over [from, to): its mean where it is known, and for how long it is. */
  private static double[] timeMean(
      List<List<Object>> rows, Table table, boolean spread, long from, long to) {
    double sum = 0;
    double known = 0;
    for (int i = 0; i < rows.size(); i++) {
      Object bid = value(table, rows.get(i), "bid");
      Object ask = value(table, rows.get(i), "ask");
      long since = Math.max(from, (Long) rows.get(i).get(0));
      long until = i + 1 < rows.size() ? Math.min(to, (Long) rows.get(i + 1).get(0)) : to;
      if (bid != null && ask != null && until > since) {
        double value = spread ? (Double) ask - (Double) bid : ((Double) ask + (Double) bid) / 2;
        sum += value * (until - since);
        known += until - since;
      }
    }
    return new double[] {known == 0 ? Double.NaN : sum / known, known / 1e9};
  }

  private static Double midOf(Table table, List<Object> row) {
    Double bid = (Double) value(table, row, "bid");
    Double ask = (Double) value(table, row, "ask");
    return bid == null || ask == null ? null : 0.5 * (ask + bid);
  }

  @Property(tries = 60)
  void barsOfQuotesAsDefined(@ForAll long seed) {
    Random random = new Random(seed);
    Table quotes = random(random, 150, true);
    Table bars =
        Extraction.of(quotes)
            .set("of", "quotes")
            .set("interval", "10s")
            .threads(random.nextInt(1, 4))
            .by(new Bars(1 << 20, 1 + random.nextInt(40)));
    assertEquals(
        List.of(
            "time", "symbol", "open", "high", "low", "close", "bid", "ask", "spread", "mid",
            "quoted", "quotes"),
        bars.schema().names());
    long seen = 0;
    for (long row = 0; row < bars.rows(); row++) {
      long end = bars.time().getLong(row);
      String symbol = (String) value(bars, row, "symbol");
      List<List<Object>> all =
          Extraction.rows(quotes).stream().filter(each -> each.get(1).equals(symbol)).toList();
      List<List<Object>> inside =
          all.stream()
              .filter(each -> (Long) each.get(0) >= end - 10 * S && (Long) each.get(0) < end)
              .toList();
      seen += inside.size();
      List<Double> mids =
          inside.stream().map(each -> midOf(quotes, each)).filter(Objects::nonNull).toList();
      assertEquals(mids.isEmpty() ? null : mids.getFirst(), value(bars, row, "open"));
      assertEquals(midOf(quotes, inside.getLast()), value(bars, row, "close"));
      assertEquals(mids.stream().max(Double::compare).orElse(null), value(bars, row, "high"));
      assertEquals(mids.stream().min(Double::compare).orElse(null), value(bars, row, "low"));
      assertEquals(value(quotes, inside.getLast(), "bid"), value(bars, row, "bid"));
      assertEquals((long) inside.size(), value(bars, row, "quotes"));
      for (String column : List.of("spread", "mid")) {
        double[] mean = timeMean(all, quotes, column.equals("spread"), end - 10 * S, end);
        close(
            Double.isNaN(mean[0]) ? null : mean[0],
            value(bars, row, column),
            column.equals("mid") ? 4 : 64,
            column);
        assertEquals(mean[1], (Double) value(bars, row, "quoted"));
      }
    }
    assertEquals(quotes.rows(), seen);
  }

  // ------------------------------------------------------------------------------ bars from bars

  private static final List<String> LADDER = List.of("1s", "5s", "60s", "300s");

  private static Table ladder(Table rows, String of, String empty, List<String> intervals) {
    Table table = rows;
    for (int i = 0; i < intervals.size(); i++) {
      table =
          Extraction.of(table)
              .set("of", i == 0 ? of : "bars")
              .set("interval", intervals.get(i))
              .set("empty", empty)
              .by(new Bars(1 << 25, 64));
    }
    return table;
  }

  /**
   * Open, high, low, close, counts are choices and whole numbers: equal to the bit. So are sums of sizes that are
   * multiples of one power of two, as whole shares are, since no addition rounds. A vwap is made of rounded ones, and
   * agrees to a few ulps.
   */
  @Property(tries = 40)
  void barsOfBarsOfTradesAreThoseOfTrades(@ForAll long seed) {
    Random random = new Random(seed);
    Table trades = random(random, 200, true);
    String empty = random.nextBoolean() ? "skip" : "fill";
    Table direct = ladder(trades, "trades", empty, List.of("300s"));
    Table built = ladder(trades, "trades", empty, LADDER);
    assertEquals(direct.schema(), built.schema());
    assertEquals(direct.rows(), built.rows());
    for (String column : direct.schema().names()) {
      for (long row = 0; row < direct.rows(); row++) {
        Object expected = value(direct, row, column);
        Object actual = value(built, row, column);
        if (column.equals("vwap")) {
          close(expected, actual, 16, "vwap");
        } else {
          assertEquals(expected, actual, column + " of row " + row);
        }
      }
    }
  }

  @Test
  void sumsOfFractionsAgreeToAFewUlps() {
    Random random = new Random(7);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      rows.add(
          row(i * S / 3, "A", 100 + random.nextGaussian(), Math.exp(random.nextGaussian() * 5)));
    }
    List<Field> fields =
        List.of(FIELDS.get(0), FIELDS.get(1), FIELDS.get(2), new Field("size", ColumnType.FLOAT64));
    Table trades = Extraction.table(fields, "t", "symbol", rows);
    Table direct = ladder(trades, "trades", "skip", List.of("300s"));
    Table built = ladder(trades, "trades", "skip", LADDER);
    for (long row = 0; row < direct.rows(); row++) {
      close(value(direct, row, "volume"), value(built, row, "volume"), 2, "volume");
      close(value(direct, row, "vwap"), value(built, row, "vwap"), 16, "vwap");
    }
  }

  /**
   * Means over time need the time in which nothing came: finer bars of quotes are filled. An instrument's last bar goes on
   * after its last row, for as long as the last finer bar does, and is left out here.
   */
  @Property(tries = 40)
  void barsOfFilledBarsOfQuotesAreThoseOfQuotes(@ForAll long seed) {
    Table quotes = random(new Random(seed), 120, true);
    Table direct = ladder(quotes, "quotes", "fill", List.of("300s"));
    Table built = ladder(quotes, "quotes", "fill", LADDER);
    assertEquals(direct.schema().names(), built.schema().names());
    assertEquals(direct.rows(), built.rows());
    for (Partition partition : direct.partitions()) {
      for (long row = partition.from(); row < partition.to() - 1; row++) {
        for (String column : direct.schema().names()) {
          Object expected = value(direct, row, column);
          Object actual = value(built, row, column);
          if (List.of("spread", "mid", "quoted").contains(column) && expected != null) {
            assertEquals((Double) expected, (Double) actual, 1e-9, column + " of row " + row);
          } else {
            assertEquals(expected, actual, column + " of row " + row);
          }
        }
      }
    }
  }

  // ------------------------------------------------------------------- by volume, dollar and tick

  @Property(tries = 60)
  void barsByWhatWasTraded(@ForAll long seed) {
    Random random = new Random(seed);
    Table trades = random(random, 150, true);
    String by = List.of("volume", "dollar", "tick").get(random.nextInt(3));
    double threshold =
        switch (by) {
          case "volume" -> 1 + random.nextInt(3000);
          case "dollar" -> 1 + random.nextInt(300_000);
          default -> 1 + random.nextInt(20);
        };
    Table bars =
        Extraction.of(trades)
            .set("by", by)
            .set("threshold", threshold)
            .set("aggregates", Map.of("ids", "count(id)"))
            .by(new Bars(1 << 20, 1 + random.nextInt(40)));
    List<List<Object>> expected = new ArrayList<>();
    String symbol = "";
    double filled = 0;
    long start = 0;
    double volume = 0;
    long count = 0;
    for (List<Object> trade : Extraction.rows(trades)) {
      long time = (Long) trade.get(0);
      if (!trade.get(1).equals(symbol)) {
        symbol = (String) trade.get(1);
        filled = 0;
        start = time;
        volume = 0;
        count = 0;
      }
      double size = ((Long) trade.get(3)).doubleValue();
      volume += size;
      count++;
      filled += by.equals("volume") ? size : by.equals("dollar") ? size * (Double) trade.get(2) : 1;
      if (filled >= threshold) {
        expected.add(row(time, symbol, trade.get(2), volume, count, (time - start) / 1e9));
        filled = 0;
        start = time;
        volume = 0;
        count = 0;
      }
    }
    List<List<Object>> actual = new ArrayList<>();
    for (long row = 0; row < bars.rows(); row++) {
      List<Object> values = new ArrayList<>();
      for (String column : List.of("time", "symbol", "close", "volume", "trades", "duration")) {
        values.add(value(bars, row, column));
      }
      actual.add(values);
    }
    assertEquals(expected, actual);
  }

  // ---------------------------------------------------------------------------------- aggregates

  @Property(tries = 60)
  void aggregatesAsDefined(@ForAll long seed) {
    Random random = new Random(seed);
    Table rows = random(random, 150, true);
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("v_first", "first(venue)");
    asked.put("v_last", "last(venue)");
    asked.put("v_count", "count(venue)");
    asked.put("id_max", "max( id )");
    asked.put("id_min", "min(id)");
    asked.put("flag_last", "last(flag)");
    asked.put("bid_mean", "mean(bid)");
    asked.put("size_sum", "sum(size)");
    asked.put("bid_vwap", "vwap(bid, size)");
    asked.put("t_last", "last(t)");
    Table bars =
        Extraction.of(rows)
            .set("of", "rows")
            .set("interval", "10s")
            .set("aggregates", asked)
            .threads(2)
            .by(new Bars(1 << 20, 1 + random.nextInt(40)));
    assertEquals(ColumnType.STRING, bars.schema().field("v_first").type());
    assertEquals(ColumnType.INT64, bars.schema().field("id_max").type());
    assertEquals(ColumnType.BOOLEAN, bars.schema().field("flag_last").type());
    assertEquals("USD", bars.schema().field("bid_mean").unit());
    Map<List<Object>, List<List<Object>>> byBar = new LinkedHashMap<>();
    for (List<Object> each : Extraction.rows(rows)) {
      long end = (Math.floorDiv((Long) each.get(0), 10 * S) + 1) * 10 * S;
      byBar.computeIfAbsent(row(end, each.get(1)), key -> new ArrayList<>()).add(each);
    }
    assertEquals(byBar.size(), bars.rows());
    long at = 0;
    for (var entry : byBar.entrySet()) {
      List<List<Object>> inside = entry.getValue();
      assertEquals(entry.getKey(), row(value(bars, at, "time"), value(bars, at, "symbol")));
      List<Object> venues = known(inside, 6);
      List<Object> ids = known(inside, 7);
      List<Object> bids = known(inside, 4);
      assertEquals(venues.isEmpty() ? null : venues.getFirst(), value(bars, at, "v_first"));
      assertEquals(venues.isEmpty() ? null : venues.getLast(), value(bars, at, "v_last"));
      assertEquals((long) venues.size(), value(bars, at, "v_count"));
      assertEquals(
          ids.stream().map(Long.class::cast).max(Long::compare).orElse(null),
          value(bars, at, "id_max"));
      assertEquals(
          ids.stream().map(Long.class::cast).min(Long::compare).orElse(null),
          value(bars, at, "id_min"));
      assertEquals(inside.getLast().get(8), value(bars, at, "flag_last"));
      assertEquals(inside.getLast().get(0), value(bars, at, "t_last"));
      close(
          bids.isEmpty()
              ? null
              : bids.stream().mapToDouble(Double.class::cast).average().orElseThrow(),
          value(bars, at, "bid_mean"),
          4,
          "mean");
      assertEquals(
          inside.stream().mapToDouble(each -> (Long) each.get(3)).sum(),
          value(bars, at, "size_sum"));
      double weight = 0;
      double sum = 0;
      for (List<Object> each : inside) {
        if (each.get(4) != null) {
          weight += (Long) each.get(3);
          sum += (Long) each.get(3) * (Double) each.get(4);
        }
      }
      close(weight == 0 ? null : sum / weight, value(bars, at, "bid_vwap"), 16, "vwap");
      at++;
    }
  }

  private static List<Object> known(List<List<Object>> rows, int column) {
    return rows.stream().map(each -> each.get(column)).filter(Objects::nonNull).toList();
  }

  // ------------------------------------------------------------------------------------ sessions

  private static long time(String text) {
    ZonedDateTime time = ZonedDateTime.parse(text);
    return time.toEpochSecond() * S + time.getNano();
  }

  private static Table at(String... times) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < times.length; i++) {
      rows.add(row(time(times[i]), "A", 100.0 + i, 1L, null, null, null, null, false));
    }
    return Extraction.table(FIELDS, "t", "symbol", rows);
  }

  private static List<String> stamps(Table bars, String zone) {
    List<String> stamps = new ArrayList<>();
    for (long row = 0; row < bars.rows(); row++) {
      long time = bars.time().getLong(row);
      stamps.add(
          java.time.Instant.ofEpochSecond(Math.floorDiv(time, S))
              .atZone(java.time.ZoneId.of(zone))
              .toLocalDateTime()
              .toString());
    }
    return stamps;
  }

  @Test
  void sessionsStartAtTheirLocalTimeOnBothSidesOfAChangeOfClocks() {
    // New York leaves summer time on 3 November 2013.
    Table trades =
        at(
            "2013-11-01T09:29:59-04:00",
            "2013-11-01T09:30:00-04:00",
            "2013-11-01T15:59:59-04:00",
            "2013-11-01T16:00:00-04:00",
            "2013-11-04T09:45:00-05:00",
            "2013-11-04T12:00:00-05:00");
    Extraction extraction =
        Extraction.of(trades)
            .set("interval", "1h")
            .set("time_zone", "America/New_York")
            .set("sessions", List.of("09:30-16:00"));
    Table bars = extraction.by(new Bars());
    // The last bar of a session is cut short by its end.
    assertEquals(
        List.of("2013-11-01T10:30", "2013-11-01T16:00", "2013-11-04T10:30", "2013-11-04T12:30"),
        stamps(bars, "America/New_York"));
    assertEquals(
        List.of("bars: 2 of 6 rows are outside the sessions and were left out"),
        extraction.messages());
    bars = extraction.set("empty", "fill").by(new Bars());
    assertEquals(
        List.of(
            "2013-11-01T10:30",
            "2013-11-01T11:30",
            "2013-11-01T12:30",
            "2013-11-01T13:30",
            "2013-11-01T14:30",
            "2013-11-01T15:30",
            "2013-11-01T16:00",
            "2013-11-04T10:30",
            "2013-11-04T11:30",
            "2013-11-04T12:30"),
        stamps(bars, "America/New_York"));
    assertEquals(101.0, value(bars, 1, "close"));
  }

  @Test
  void sessionsMayStartInTheEveningBefore() {
    Table trades =
        at(
            "2024-03-04T21:00:00+08:00",
            "2024-03-05T02:29:00+08:00",
            "2024-03-05T02:30:00+08:00",
            "2024-03-05T11:00:00+08:00");
    Table bars =
        Extraction.of(trades)
            .set("interval", "1h")
            .set("time_zone", "Asia/Shanghai")
            .set("sessions", List.of("21:00-02:30", "9:00-11:30"))
            .by(new Bars());
    assertEquals(
        List.of("2024-03-04T22:00", "2024-03-05T02:30", "2024-03-05T11:30"),
        stamps(bars, "Asia/Shanghai"));
  }

  @Test
  void aDayInATimeZoneIsALocalOne() {
    Table trades =
        at("2013-11-03T00:30:00-04:00", "2013-11-03T23:59:59-05:00", "2013-11-04T00:00:00-05:00");
    Table bars =
        Extraction.of(trades)
            .set("interval", "1d")
            .set("time_zone", "America/New_York")
            .by(new Bars());
    // That Sunday had 25 hours: a day's bar is 24 hours and then one, as intervals go.
    assertEquals(
        List.of("2013-11-03T23:00", "2013-11-04T00:00", "2013-11-05T00:00"),
        stamps(bars, "America/New_York"));
  }

  @Test
  void aNewSessionHasNoQuoteFromTheLast() {
    List<List<Object>> rows =
        List.of(
            row(time("2024-03-04T15:59:00Z"), "A", 1.0, 1L, 10.0, 11.0, null, null, false),
            row(time("2024-03-05T10:59:30Z"), "A", 1.0, 1L, 10.0, 14.0, null, null, false));
    Table bars =
        Extraction.of(Extraction.table(FIELDS, "t", "symbol", rows))
            .set("of", "quotes")
            .set("interval", "1h")
            .set("sessions", List.of("09:30-16:00"))
            .set("empty", "fill")
            .by(new Bars());
    assertEquals(3, bars.rows());
    assertEquals(1.0, value(bars, 0, "spread"));
    assertEquals(60.0, value(bars, 0, "quoted"));
    assertNull(value(bars, 1, "spread"));
    assertNull(value(bars, 1, "bid"));
    assertNull(value(bars, 1, "close"));
    assertEquals(0.0, value(bars, 1, "quoted"));
    assertEquals(4.0, value(bars, 2, "spread"));
    assertEquals(1830.0, value(bars, 2, "quoted"));
  }

  // --------------------------------------------------------------------------- threads and places

  @Property(tries = 25)
  void theSameBytesForAnyThreadsStretchesAndPlace(@ForAll long seed) {
    Random random = new Random(seed);
    Table rows = random(random, 200, true);
    for (String of : List.of("trades", "quotes")) {
      Extraction extraction =
          Extraction.of(rows)
              .set("of", of)
              .set("interval", "7s")
              .set("empty", random.nextBoolean() ? "fill" : "skip")
              .set("aggregates", Map.of("tw", "time_mean(bid)", "v", "last(venue)"));
      String hash = extraction.by(new Bars()).hash();
      assertEquals(
          hash, extraction.threads(3).by(new Bars(1 << 25, 1 + random.nextInt(60))).hash());
    }
  }

  @Test
  void onDisk(@TempDir Path folder) {
    Extraction extraction =
        Extraction.of(random(new Random(9), 300, true))
            .set("of", "quotes")
            .set("aggregates", new TreeMap<>(Map.of("v", "last(venue)")));
    String hash = extraction.by(new Bars()).hash();
    Path target = folder.resolve("bars");
    try (Table disk = extraction.threads(2).target(target).by(new Bars(0, 17))) {
      assertTrue(Files.exists(target));
      assertEquals(hash, disk.hash());
    }
    assertNotEquals(hash, extraction.set("interval", "61s").by(new Bars()).hash());
  }

  // ------------------------------------------------------------------------------------ mistakes

  private static void refused(String message, Object... parameters) {
    Extraction extraction = Extraction.of(random(new Random(1), 50, true));
    for (int i = 0; i < parameters.length; i += 2) {
      extraction.set((String) parameters[i], parameters[i + 1]);
    }
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> extraction.by(new Bars()));
    assertEquals(message, e.getMessage());
  }

  @Test
  void mistakesAreNamed() {
    refused("prepare[0]: a bar by volume needs a threshold above 0", "by", "volume");
    refused(
        "prepare[0]: bars by dollar are made of trades or bars, not of quotes",
        "by",
        "dollar",
        "threshold",
        5,
        "of",
        "quotes");
    refused(
        "prepare[0]: only bars by time can be filled",
        "by",
        "tick",
        "threshold",
        5,
        "empty",
        "fill");
    refused("prepare[0]: bars of rows have nothing but aggregates: name some", "of", "rows");
    refused(
        "prepare[0]: bars by tick are made of bars stamped with their end: a start does not say when one"
            + " is complete",
        "by",
        "tick",
        "threshold",
        5,
        "of",
        "bars",
        "stamped",
        "start");
    refused(
        "prepare[0]: there is no time zone 'New York': write it as America/New_York or UTC",
        "time_zone",
        "New York");
    refused(
        "prepare[0]: '9-16' is not a session: write it as 09:30-16:00",
        "sessions",
        List.of("9-16"));
    refused(
        "prepare[0]: '09:30-26:00' is not a session: '26:00' is no time of day",
        "sessions",
        List.of("09:30-26:00"));
    refused(
        "prepare[0]: session 09:00-12:00 reaches into the next: write them in order",
        "sessions",
        List.of("09:00-12:00", "11:00-13:00"));
    refused(
        "prepare[0]: session 09:00-11:00 reaches into the next: write them in order",
        "sessions",
        List.of("13:00-15:00", "09:00-11:00", "10:00-12:00"));
    refused(
        "prepare[0]: an interval of more than a day has no place in sessions or a time zone",
        "interval",
        "2d",
        "sessions",
        List.of("09:30-16:00"));
    refused(
        "bid: bars: there is no column 'bidd' for the bid of a quote. Give bid: one of t, symbol, price,"
            + " size, bid, ask, venue, id, flag.",
        "of",
        "quotes",
        "bid",
        "bidd");
    refused(
        "of: bars: there is no column 'open' of a bar. Give of: one of t, symbol, price, size, bid, ask,"
            + " venue, id, flag.",
        "of",
        "bars");
    refused(
        "aggregates.x: 'median(bid)' is no aggregate. Did you mean 'mean'? Known: first, last, min, max,"
            + " count, sum, mean, time_mean, vwap.",
        "aggregates",
        Map.of("x", "median(bid)"));
    refused(
        "aggregates.x: there is no column 'bib'. Did you mean 'bid'? Known: t, symbol, price, size, bid,"
            + " ask, venue, id, flag.",
        "aggregates",
        Map.of("x", "mean(bib)"));
    refused(
        "aggregates.x: column 'venue' is text, and sum takes numbers. Use first, last or count, or give"
            + " its type in the import.",
        "aggregates",
        Map.of("x", "sum(venue)"));
    refused(
        "aggregates.x: vwap takes two columns. Write it as vwap(price, size).",
        "aggregates",
        Map.of("x", "vwap(price)"));
    refused(
        "aggregates: bars: there would be two columns 'close'. Give the aggregate another name.",
        "aggregates",
        Map.of("close", "last(price)"));
  }
}
