package slipstream.features.internal.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

class JoinTest {
  private static final List<Field> TRADE =
      List.of(
          new Field("time", ColumnType.TIMESTAMP),
          new Field("symbol", ColumnType.STRING),
          new Field("price", ColumnType.FLOAT64, "USD"),
          new Field("currency", ColumnType.STRING),
          new Field("years", ColumnType.INT64));
  private static final List<Field> QUOTE =
      List.of(
          new Field("stamp", ColumnType.TIMESTAMP),
          new Field("name", ColumnType.STRING),
          new Field("bid", ColumnType.FLOAT64, "USD"),
          new Field("venue", ColumnType.STRING),
          new Field("size", ColumnType.INT64));

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  private static Table trades(List<List<Object>> rows) {
    return Extraction.table(TRADE, "time", "symbol", rows);
  }

  private static Table quotes(List<List<Object>> rows) {
    return Extraction.table(QUOTE, "stamp", "name", rows);
  }

  private static final Table TRADES =
      trades(
          List.of(
              row(10L, "A", 1.0, "USD", 2L),
              row(20L, "A", 2.0, "USD", 5L),
              row(20L, "A", 3.0, null, 5L),
              row(35L, "A", 4.0, "EUR", 2L),
              row(20L, "B", 5.0, "EUR", 9L),
              row(20L, "C", 6.0, "USD", 2L)));

  private static final Table QUOTES =
      quotes(
          List.of(
              row(30L, "B", 9.5, "X", 1L),
              row(5L, "A", 0.5, "X", 1L),
              row(20L, "A", 1.5, "Y", 2L),
              row(20L, "A", null, "Z", 3L),
              row(30L, "A", 3.5, null, 4L)));

  private static List<Object> column(Table table, String name) {
    int at = table.schema().indexOf(name);
    return Extraction.rows(table).stream().map(each -> each.get(at)).toList();
  }

  @Test
  void aTradeGetsTheQuoteStrictlyBeforeIt() {
    Extraction extraction =
        Extraction.of(TRADES).other("with", QUOTES).set("prefix", "q_").set("age", "q_age");
    Table joined = extraction.by(new Join());
    assertEquals(
        List.of(
            "time", "symbol", "price", "currency", "years", "q_bid", "q_venue", "q_size", "q_age"),
        joined.schema().names());
    assertEquals("symbol", joined.instrumentColumn());
    assertEquals("time", joined.timeColumn());
    assertEquals("USD", joined.schema().field("q_bid").unit());
    assertEquals("s", joined.schema().field("q_age").unit());
    assertEquals(Arrays.asList(0.5, 0.5, 0.5, 3.5, null, null), column(joined, "q_bid"));
    assertEquals(Arrays.asList("X", "X", "X", null, null, null), column(joined, "q_venue"));
    assertEquals(Arrays.asList(5e-9, 15e-9, 15e-9, 5e-9, null, null), column(joined, "q_age"));
    assertEquals(List.of("join: 2 of 6 rows have no match"), extraction.messages());
  }

  @Test
  void orAtItsVeryTime() {
    Table joined =
        Extraction.of(TRADES)
            .other("with", QUOTES)
            .set("match", "at-or-before")
            .set("columns", List.of("size", "bid"))
            .by(new Join());
    // Of two at one time the last counts, and what it does not know is unknown.
    assertEquals(Arrays.asList(1L, 3L, 3L, 4L, null, null), column(joined, "size"));
    assertEquals(Arrays.asList(0.5, null, null, 3.5, null, null), column(joined, "bid"));
  }

  @Test
  void tooOldAMatchIsNone() {
    Table joined = Extraction.of(TRADES).other("with", QUOTES).set("max_age", "5ns").by(new Join());
    assertEquals(Arrays.asList(0.5, null, null, 3.5, null, null), column(joined, "bid"));
  }

  @Test
  void rowsWithoutAMatchGoOrAreRefused() {
    Extraction extraction =
        Extraction.of(TRADES).other("with", QUOTES).set("unmatched", "drop").set("age", "age");
    Table joined = extraction.by(new Join());
    assertEquals(List.of(1.0, 2.0, 3.0, 4.0), column(joined, "price"));
    assertEquals(List.of(5e-9, 15e-9, 15e-9, 5e-9), column(joined, "age"));
    assertEquals(
        List.of("join: 2 of 6 rows have no match and were left out"), extraction.messages());
    extraction.set("unmatched", "refuse");
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> extraction.by(new Join()));
    assertEquals(
        "unmatched: the row of B at 1970-01-01T00:00:00.000000020Z has no match. Check keys, times and"
            + " max_age, or use unmatched: keep or drop.",
        e.getMessage());
  }

  private static final Table CURVE =
      Extraction.table(
          List.of(
              new Field("day", ColumnType.TIMESTAMP),
              new Field("ccy", ColumnType.STRING),
              new Field("tenor", ColumnType.STRING),
              new Field("years", ColumnType.FLOAT64),
              new Field("rate", ColumnType.FLOAT64, "%")),
          "day",
          "",
          List.of(
              row(5L, "USD", "2y", 2.0, 0.2),
              row(5L, "USD", "5y", 5.0, 0.5),
              row(5L, "EUR", "2y", 2.0, 0.1),
              row(15L, "USD", "5y", 5.0, 0.6),
              row(16L, null, "5y", 5.0, 9.9),
              row(25L, "USD", "5y", 5.0, 0.7)));

  @Test
  void aBondGetsItsCurvesPointByKeys() {
    Table joined =
        Extraction.of(TRADES)
            .other("with", CURVE)
            .set("keys", Map.of("currency", "ccy", "years", "years"))
            .set("columns", List.of("rate"))
            .by(new Join());
    assertEquals(Arrays.asList(0.2, 0.6, null, 0.1, null, 0.2), column(joined, "rate"));
  }

  @Test
  void orTheWholeCurve() {
    Extraction extraction =
        Extraction.of(TRADES)
            .other("with", CURVE)
            .set("keys", Map.of("currency", "ccy"))
            .set("pivot", "tenor")
            .set("columns", List.of("rate"))
            .set("age", "age");
    Table joined = extraction.by(new Join());
    assertEquals(
        List.of("rate_2y", "age_2y", "rate_5y", "age_5y"), joined.schema().names().subList(5, 9));
    assertEquals(Arrays.asList(0.2, 0.2, null, 0.1, 0.1, 0.2), column(joined, "rate_2y"));
    assertEquals(Arrays.asList(0.5, 0.6, null, null, null, 0.6), column(joined, "rate_5y"));
    assertEquals(Arrays.asList(5e-9, 5e-9, null, null, null, 5e-9), column(joined, "age_5y"));
    joined = extraction.set("pivot_values", List.of("10y", "2y")).by(new Join());
    assertEquals(
        List.of("rate_10y", "age_10y", "rate_2y", "age_2y"), joined.schema().names().subList(5, 9));
    assertTrue(
        extraction.messages().contains("join: no other row has tenor '10y'"),
        () -> extraction.messages().toString());
  }

  @Test
  void everyInstrumentGetsOneFuture() {
    Table joined =
        Extraction.of(TRADES)
            .other("with", QUOTES)
            .set("constants", Map.of("name", "A"))
            .set("columns", List.of("bid"))
            .by(new Join());
    assertEquals(Arrays.asList(0.5, 0.5, 0.5, 3.5, 0.5, 0.5), column(joined, "bid"));
    // Data without instruments need no key.
    Table index =
        Extraction.table(
            List.of(new Field("t", ColumnType.TIMESTAMP), new Field("index", ColumnType.FLOAT64)),
            "t",
            "",
            List.of(row(11L, 100.0), row(34L, 101.0)));
    joined = Extraction.of(TRADES).other("with", index).by(new Join());
    assertEquals(Arrays.asList(null, 100.0, 100.0, 101.0, 100.0, 100.0), column(joined, "index"));
  }

  @Test
  void attributesAreJoinedByKeyAlone() {
    Table reference =
        Extraction.table(
            List.of(
                new Field("symbol", ColumnType.STRING),
                new Field("sector", ColumnType.STRING),
                new Field("maturity", ColumnType.TIMESTAMP)),
            "",
            "",
            List.of(row("C", "banks", 7L), row("A", "energy", null), row("Z", "none", 1L)));
    Extraction extraction =
        Extraction.of(TRADES)
            .other("with", reference)
            .set("match", "key")
            .set("keys", Map.of("symbol", "symbol"));
    Table joined = extraction.by(new Join());
    assertEquals(
        Arrays.asList("energy", "energy", "energy", "energy", null, "banks"),
        column(joined, "sector"));
    assertEquals(Arrays.asList(null, null, null, null, null, 7L), column(joined, "maturity"));
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                extraction
                    .other("with", QUOTES)
                    .set("keys", Map.of("symbol", "name"))
                    .by(new Join()));
    assertEquals(
        "with: 4 other rows have name A. Leave all but one out by 'where', add a key, or join as of a"
            + " time.",
        e.getMessage());
  }

  // ------------------------------------------------------------------- against the definition

  private static Table randomTrades(Random random) {
    List<List<Object>> rows = new ArrayList<>();
    for (String symbol : List.of("C", "A", "D", "B")) {
      long time = random.nextInt(40) - 20;
      for (int i = random.nextInt(60); i > 0; i--) {
        time += random.nextInt(4);
        rows.add(
            row(
                time,
                symbol,
                random.nextDouble(),
                random.nextInt(5) == 0 ? null : List.of("USD", "EUR", "JPY").get(random.nextInt(3)),
                random.nextInt(6) == 0 ? null : (long) random.nextInt(3)));
      }
    }
    return trades(rows);
  }

  private static Table randomQuotes(Random random) {
    List<List<Object>> rows = new ArrayList<>();
    for (String symbol : List.of("B", "A", "C", "X")) {
      long time = random.nextInt(40) - 20;
      for (int i = random.nextInt(60); i > 0; i--) {
        time += random.nextInt(4);
        rows.add(
            row(
                time,
                symbol,
                random.nextInt(9) == 0 ? null : random.nextDouble(),
                random.nextInt(7) == 0 ? null : List.of("USD", "JPY", "CHF").get(random.nextInt(3)),
                random.nextInt(7) == 0 ? null : (long) random.nextInt(3)));
      }
    }
    return quotes(rows);
  }

  /** Each row by itself, over all other rows. */
  private static List<List<Object>> asDefined(
      Table trades,
      Table quotes,
      List<int[]> keys,
      boolean inclusive,
      long maxAge,
      List<String> venues) {
    List<List<Object>> result = new ArrayList<>();
    for (List<Object> trade : Extraction.rows(trades)) {
      List<Object> joined = new ArrayList<>(trade);
      for (String venue : venues) {
        List<Object> best = null;
        for (List<Object> quote : Extraction.rows(quotes)) {
          boolean equal =
              keys.stream()
                  .allMatch(
                      key ->
                          trade.get(key[0]) != null
                              && Objects.equals(trade.get(key[0]), quote.get(key[1])));
          long age = (Long) trade.get(0) - (Long) quote.get(0);
          if (equal
              && (venue == null || venue.equals(quote.get(3)))
              && (inclusive ? age >= 0 : age > 0)
              && (best == null || (Long) quote.get(0) >= (Long) best.get(0))) {
            best = quote;
          }
        }
        if (best != null && (Long) trade.get(0) - (Long) best.get(0) > maxAge) {
          best = null;
        }
        joined.add(best == null ? null : best.get(2));
        joined.add(best == null ? null : ((Long) trade.get(0) - (Long) best.get(0)) / 1e9);
      }
      result.add(joined);
    }
    return result;
  }

  @Property(tries = 200)
  void asDefined(@ForAll long seed) {
    Random random = new Random(seed);
    Table trades = randomTrades(random);
    Table quotes = randomQuotes(random);
    if (quotes.rows() == 0) {
      return;
    }
    boolean inclusive = random.nextBoolean();
    boolean pivoted = random.nextBoolean();
    int maxAge = random.nextInt(3) == 0 ? random.nextInt(1, 10) : 0;
    List<Map<String, String>> names =
        List.of(
            Map.of("symbol", "name"),
            Map.of("currency", "venue"),
            Map.of("years", "size"),
            Map.of("currency", "venue", "years", "size"),
            Map.of("symbol", "name", "years", "size"));
    List<List<int[]>> positions =
        List.of(
            List.of(new int[] {1, 1}),
            List.of(new int[] {3, 3}),
            List.of(new int[] {4, 4}),
            List.of(new int[] {3, 3}, new int[] {4, 4}),
            List.of(new int[] {1, 1}, new int[] {4, 4}));
    int key = random.nextInt(names.size());
    List<String> venues = new ArrayList<>();
    venues.add(null);
    if (pivoted) {
      venues =
          Extraction.rows(quotes).stream()
              .map(each -> (String) each.get(3))
              .filter(Objects::nonNull)
              .distinct()
              .sorted(Comparator.naturalOrder())
              .toList();
    }
    Extraction extraction =
        Extraction.of(trades)
            .other("with", quotes)
            .set("match", inclusive ? "at-or-before" : "before")
            .set("keys", names.get(key))
            .set("columns", List.of("bid"))
            .set("age", "age")
            .set("max_age", maxAge + "ns")
            .set("pivot", pivoted ? "venue" : "");
    Table joined = extraction.threads(random.nextInt(1, 4)).by(new Join(1L << 25, 7));
    assertEquals(
        asDefined(
            trades,
            quotes,
            positions.get(key),
            inclusive,
            maxAge == 0 ? Long.MAX_VALUE : maxAge,
            venues),
        Extraction.rows(joined));
    assertEquals(joined.hash(), extraction.threads(1).by(new Join()).hash());
  }

  @Test
  void onDiskAndInMemoryAreEqual(@TempDir Path folder) {
    Random random = new Random(3);
    Extraction extraction = Extraction.of(randomTrades(random)).other("with", randomQuotes(random));
    Table memory = extraction.by(new Join());
    Path target = folder.resolve("joined");
    try (Table disk = extraction.target(target).threads(3).by(new Join(0, 11))) {
      assertTrue(Files.exists(target));
      assertEquals(memory.hash(), disk.hash());
    }
  }

  @Test
  void extremeTimesAreNoMatchRatherThanYoung() {
    Table trades = trades(List.of(row(Long.MAX_VALUE, "A", 1.0, "USD", 1L)));
    Table quotes = quotes(List.of(row(Long.MIN_VALUE, "A", 1.0, "X", 1L)));
    Table joined = Extraction.of(trades).other("with", quotes).set("max_age", "1d").by(new Join());
    assertEquals(Arrays.asList((Object) null), column(joined, "bid"));
  }

  // ---------------------------------------------------------------------------------- mistakes

  private static void refused(String message, Extraction extraction) {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> extraction.by(new Join()));
    assertEquals(message, e.getMessage());
  }

  private static Extraction join() {
    return Extraction.of(TRADES).other("with", QUOTES);
  }

  @Test
  void mistakesAreNamed() {
    refused(
        "keys: the data have no column 'curency'. Did you mean 'currency'? Known: time, symbol, price,"
            + " currency, years.",
        join().set("keys", Map.of("curency", "venue")));
    refused(
        "keys.currency: the other data have no column 'venu'. Did you mean 'venue'? Known: stamp, name,"
            + " bid, venue, size.",
        join().set("keys", Map.of("currency", "venu")));
    refused(
        "keys: 'years' is INT64 and 'venue' of the other data is STRING. Give both the same type in"
            + " their imports.",
        join().set("keys", Map.of("years", "venue")));
    refused(
        "columns: the other data have no column 'ask'. Known: stamp, name, bid, venue, size.",
        join().set("columns", List.of("ask")));
    refused(
        "constants.name: no other row has name 'none'. Known: B, A.",
        join().set("constants", Map.of("name", "none")));
    refused(
        "pivot: column 'size' of the other data is INT64, not text. Import it as text: columns: {size:"
            + " string}.",
        join().set("pivot", "size"));
    refused(
        "with: the data have no rows. Check the file and the condition that excludes rows.",
        join().other("with", quotes(List.of())));
    refused(
        "prefix: there would be two columns 'price'. Give a prefix, such as prefix: quote_, or name the"
            + " columns to add.",
        join().other("with", TRADES).set("columns", List.of("price")));
    refused(
        "prepare[0]: max_age means nothing with match: key",
        join().set("match", "key").set("max_age", "1s"));
    refused(
        "prepare[0]: a pivot value is given twice",
        join().set("pivot", "venue").set("pivot_values", List.of("X", "X")));
    Table timeless =
        Extraction.table(
            List.of(new Field("symbol", ColumnType.STRING)), "", "symbol", List.of(row("A")));
    refused(
        "with: the other data have no time column. Add 'time: COLUMN', or use match: key.",
        join().other("with", timeless));
    refused(
        "match: rows without a time cannot be joined as of it. Name the time column of the data, or use"
            + " match: key.",
        Extraction.of(timeless).other("with", QUOTES));
    Table unnamed =
        Extraction.table(
            List.of(new Field("time", ColumnType.TIMESTAMP)), "time", "", List.of(row(1L)));
    refused(
        "keys: the other data have instruments and these have none. Give keys: {COLUMN: COLUMN OF THE"
            + " OTHER DATA}, or constants.",
        Extraction.of(unnamed).other("with", QUOTES));
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> Extraction.of(TRADES).by(new Join()));
    assertTrue(e.getMessage().startsWith("prepare[0]: 'with' is missing"), e::getMessage);
  }

  @Test
  void theCatalogueHasIt() {
    assertEquals("join", PluginCatalog.ofClassPath().extractor("join").name());
  }
}
