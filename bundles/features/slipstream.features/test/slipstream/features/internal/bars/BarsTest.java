package slipstream.features.internal.bars;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

class BarsTest {
  private static final long S = 1_000_000_000L;
  private static final double NAN = Double.NaN;

  private record Trade(String instrument, long time, double price, double size) {}

  private static Table trades(List<Trade> trades) {
    return Table.of(
        List.of(
            Column.of(
                new Field("timestamp", ColumnType.TIMESTAMP),
                trades.stream().mapToLong(Trade::time).toArray()),
            Column.of("symbol", trades.stream().map(Trade::instrument).toArray(String[]::new)),
            Column.of(
                new Field("price", ColumnType.FLOAT64, "USD"),
                trades.stream().mapToDouble(Trade::price).toArray()),
            Column.of(
                new Field("amount", ColumnType.FLOAT64, "BTC"),
                trades.stream().mapToDouble(Trade::size).toArray())),
        "timestamp",
        "symbol");
  }

  private static Bars.Parameters parameters(Object... nameAndValue) {
    Map<String, Object> values = new TreeMap<>(Map.of("size", "amount", "interval", "10s"));
    for (int i = 0; i < nameAndValue.length; i += 2) {
      values.put((String) nameAndValue[i], nameAndValue[i + 1]);
    }
    return ParameterForm.bind(Bars.Parameters.class, values, "prepare.0");
  }

  private static Table bars(Table trades, Bars.Parameters parameters) {
    return new Bars()
        .extract(
            trades, parameters, new FeatureExtractor.Context(Path.of("unused"), Progress.NONE));
  }

  private static double[] values(Table table, String column) {
    return table.column(column).toDoubles();
  }

  private static final List<Trade> FEW =
      List.of(
          new Trade("A", 100 * S, 10, 1),
          new Trade("A", 103 * S, 12, 2),
          new Trade("A", 109 * S + 999_999_999, 11, 3),
          new Trade("A", 110 * S, 11, 4),
          new Trade("A", 145 * S, 13, 0),
          new Trade("B", -5 * S, 5, 2),
          new Trade("B", -1 * S, 4, 2));

  @Test
  void aBarHoldsTheTradesBeforeItsStamp() {
    Table bars = bars(trades(FEW), parameters());
    assertEquals("time", bars.timeColumn());
    assertEquals("symbol", bars.instrumentColumn());
    assertArrayEquals(
        new long[] {110 * S, 120 * S, 150 * S, 0}, bars.time().toLongs(0, bars.rows()));
    assertEquals("B", bars.column("symbol").getString(3));
    assertArrayEquals(new double[] {10, 11, 13, 5}, values(bars, "open"));
    assertArrayEquals(new double[] {12, 11, 13, 5}, values(bars, "high"));
    assertArrayEquals(new double[] {10, 11, 13, 4}, values(bars, "low"));
    assertArrayEquals(new double[] {11, 11, 13, 4}, values(bars, "close"));
    assertArrayEquals(new double[] {67.0 / 6, 11, NAN, 4.5}, values(bars, "vwap"), 1e-14);
    assertArrayEquals(new double[] {6, 4, 0, 4}, values(bars, "volume"));
    // The first trade has no side; the fourth, at an unchanged price, has that of the third.
    assertArrayEquals(new double[] {NAN, -4, 0, NAN}, values(bars, "signed_volume"));
    assertArrayEquals(new double[] {3, 1, 1, 2}, values(bars, "trades"));
    assertEquals("USD", bars.schema().field("vwap").unit());
    assertEquals("BTC", bars.schema().field("signed_volume").unit());
    assertTrue(bars.column("vwap").isNull(2));
  }

  @Test
  void emptyIntervalsAreFilledOnRequest() {
    Table bars = bars(trades(FEW), parameters("empty", "fill"));
    assertArrayEquals(
        new long[] {110 * S, 120 * S, 130 * S, 140 * S, 150 * S, 0},
        bars.time().toLongs(0, bars.rows()));
    assertArrayEquals(new double[] {11, 11, 11, 11, 13, 4}, values(bars, "close"));
    assertArrayEquals(new double[] {10, 11, NAN, NAN, 13, 5}, values(bars, "open"));
    assertArrayEquals(new double[] {6, 4, 0, 0, 0, 4}, values(bars, "volume"));
    assertArrayEquals(new double[] {NAN, -4, 0, 0, 0, NAN}, values(bars, "signed_volume"));
    assertArrayEquals(new double[] {3, 1, 0, 0, 1, 2}, values(bars, "trades"));
  }

  @Test
  void unusableTradesAreLeftOutAndCounted() {
    List<String> messages = new ArrayList<>();
    Progress listening =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    Table trades =
        trades(
            List.of(
                new Trade("A", 1, NAN, 1),
                new Trade("A", 2, 10, NAN),
                new Trade("A", 3, 1 / 0.0, 1),
                new Trade("A", 4, 10, -1),
                new Trade("A", 5, 10, 1),
                new Trade("B", 5, NAN, 1)));
    Table bars =
        new Bars()
            .extract(
                trades, parameters(), new FeatureExtractor.Context(Path.of("unused"), listening));
    assertEquals(1, bars.rows());
    assertArrayEquals(new double[] {1}, values(bars, "trades"));
    assertEquals(1, messages.size());
    assertTrue(messages.getFirst().contains("5 of 6 trades were left out"), messages.getFirst());
  }

  private static List<Trade> random(Random random, int count) {
    List<Trade> trades = new ArrayList<>();
    for (String instrument : new String[] {"A", "B", "C"}) {
      long time = random.nextLong(-1_000 * S, 1_000 * S);
      double price = 100;
      for (int i = random.nextInt(count); i > 0; i--) {
        time += random.nextInt(3) == 0 ? 0 : random.nextLong(20 * S);
        price += (random.nextInt(3) - 1) * 0.01;
        trades.add(new Trade(instrument, time, price, random.nextInt(5)));
      }
    }
    return trades;
  }

  /** Straight from the definition: all trades of [t - interval, t), each bar by itself. */
  @Test
  void asDefined() {
    Random random = new Random(1);
    for (int trial = 0; trial < 30; trial++) {
      List<Trade> trades = random(random, 200);
      if (trades.isEmpty()) {
        continue;
      }
      Table bars = bars(trades(trades), parameters());
      int seen = 0;
      for (int row = 0; row < bars.rows(); row++) {
        long end = bars.time().getLong(row);
        String instrument = bars.column("symbol").getString(row);
        assertEquals(0, end % (10 * S));
        List<Trade> inside =
            trades.stream()
                .filter(
                    each ->
                        each.instrument().equals(instrument)
                            && each.time() >= end - 10 * S
                            && each.time() < end)
                .toList();
        double[] prices = inside.stream().mapToDouble(Trade::price).toArray();
        double volume = inside.stream().mapToDouble(Trade::size).sum();
        double money = inside.stream().mapToDouble(each -> each.price() * each.size()).sum();
        assertEquals(prices[0], values(bars, "open")[row]);
        assertEquals(prices[prices.length - 1], values(bars, "close")[row]);
        assertEquals(Arrays.stream(prices).max().orElseThrow(), values(bars, "high")[row]);
        assertEquals(Arrays.stream(prices).min().orElseThrow(), values(bars, "low")[row]);
        assertEquals(volume, values(bars, "volume")[row]);
        assertEquals(volume == 0 ? NAN : money / volume, values(bars, "vwap")[row], 1e-11);
        assertEquals(inside.size(), values(bars, "trades")[row]);
        seen += inside.size();
      }
      assertEquals(trades.size(), seen);
    }
  }

  /** Rows stamped up to a time are the same when nothing from that time on is known. */
  @Test
  void noBarSeesTheFuture() {
    Random random = new Random(2);
    int compared = 0;
    for (int trial = 0; trial < 60; trial++) {
      List<Trade> trades = random(random, 150);
      Bars.Parameters parameters = parameters("empty", trial % 2 == 0 ? "skip" : "fill");
      long until = random.nextLong(-1_000 * S, 2_000 * S);
      List<Trade> known = trades.stream().filter(each -> each.time() < until).toList();
      if (known.isEmpty()) {
        continue;
      }
      Table all = bars(trades(trades), parameters);
      Table truncated = bars(trades(known), parameters);
      List<List<Object>> before = rowsUpTo(truncated, until);
      List<List<Object>> same = rowsUpTo(all, until);
      // A fill between the last trade known and the next one is only known once that next one is.
      assertTrue(before.size() <= same.size());
      assertEquals(same.stream().filter(before::contains).toList(), before);
      if (parameters.empty() == Bars.Empty.SKIP) {
        assertEquals(same, before);
      }
      compared += before.size();
    }
    assertTrue(compared > 500, "compared only " + compared);
  }

  private static List<List<Object>> rowsUpTo(Table table, long time) {
    List<List<Object>> rows = new ArrayList<>();
    for (long row = 0; row < table.rows(); row++) {
      if (table.time().getLong(row) <= time) {
        List<Object> values = new ArrayList<>();
        for (Column column : table.columns()) {
          values.add(String.valueOf(column.get(row)));
        }
        rows.add(values);
      }
    }
    return rows;
  }

  @Test
  void mistakesAreNamed() {
    Table trades = trades(FEW);
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> bars(trades, parameters("size", "volume")));
    assertTrue(
        e.getMessage().contains("no column 'volume' for the size of a trade"), e::getMessage);
    assertTrue(e.getMessage().contains("amount"), e::getMessage);
    e = assertThrows(SlipstreamException.class, () -> bars(trades, parameters("price", "symbol")));
    assertTrue(e.getMessage().contains("'symbol' is STRING"), e::getMessage);
    e = assertThrows(SlipstreamException.class, () -> parameters("interval", "0s"));
    assertTrue(e.getMessage().contains("must be positive"), e::getMessage);
    e =
        assertThrows(
            SlipstreamException.class,
            () -> bars(trades, parameters("interval", "1ns", "empty", "fill")));
    assertTrue(e.getMessage().contains("longer interval"), e::getMessage);
    Table timeless = Table.of(List.of(Column.of("price", 1), Column.of("amount", 1)), "", "");
    e = assertThrows(SlipstreamException.class, () -> bars(timeless, parameters()));
    assertTrue(e.getMessage().contains("time column"), e::getMessage);
  }

  @Test
  void tradesOfOneUnnamedInstrument() {
    Table trades =
        Table.of(
            List.of(
                Column.of(new Field("t", ColumnType.TIMESTAMP), new long[] {1, 2, 3}),
                Column.of("price", 3, 2, 2),
                Column.of("amount", 1, 1, 1)),
            "t",
            "");
    Table bars = bars(trades, parameters("interval", "2ns"));
    assertEquals("", bars.instrumentColumn());
    assertArrayEquals(new long[] {2, 4}, bars.time().toLongs(0, 2));
    assertArrayEquals(new double[] {NAN, -2}, values(bars, "signed_volume"));
    assertFalse(bars.schema().names().contains("symbol"));
  }

  @Test
  void onDiskAndInMemoryAreEqual(@TempDir Path folder) {
    Random random = new Random(4);
    List<Trade> trades = random(random, 500);
    Table memory = bars(trades(trades), parameters());
    Path target = folder.resolve("bars");
    FeatureExtractor.Context context = new FeatureExtractor.Context(target, Progress.NONE);
    try (Table disk = new Bars(0).extract(trades(trades), parameters(), context)) {
      assertTrue(Files.exists(target));
      assertEquals(memory.hash(), disk.hash());
    }
  }

  @Test
  void tooManyFilledBarsAreRefusedBeforeAnyIsMade() {
    long day = 86_400 * S;
    for (long last : new long[] {100_000_000 * S, Long.MAX_VALUE}) {
      long first = last == Long.MAX_VALUE ? Long.MIN_VALUE : 0;
      Table trades = trades(List.of(new Trade("A", first, 10, 1), new Trade("A", last, 11, 1)));
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () ->
                  bars(trades, parameters("interval", first == 0 ? "1s" : "1ns", "empty", "fill")));
      assertTrue(
          e.getMessage().contains("would make more than 100,000,000 bars. Use a longer interval"),
          e::getMessage);
    }
    Table fits = trades(List.of(new Trade("A", 0, 10, 1), new Trade("A", day, 11, 1)));
    assertEquals(86_401, bars(fits, parameters("interval", "1s", "empty", "fill")).rows());
  }

  @Test
  void fillingALongPauseCanBeCancelled() {
    Table trades = trades(List.of(new Trade("A", 0, 10, 1), new Trade("A", 1_000_000 * S, 11, 1)));
    int[] looks = {0};
    Progress progress =
        new Progress() {
          @Override
          public boolean cancelled() {
            return ++looks[0] > 3; // the one chunk of trades is one look
          }
        };
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                new Bars()
                    .extract(
                        trades,
                        parameters("interval", "1s", "empty", "fill"),
                        new FeatureExtractor.Context(Path.of("unused"), progress)));
    assertEquals(SlipstreamException.Category.CANCELLED, e.category());
  }

  @Test
  void theCatalogueHasIt() {
    assertEquals("bars", PluginCatalog.ofClassPath().extractor("bars").name());
    assertEquals(
        Duration.ofSeconds(60), ParameterForm.bind(Bars.Parameters.class, Map.of(), "").interval());
  }
}
