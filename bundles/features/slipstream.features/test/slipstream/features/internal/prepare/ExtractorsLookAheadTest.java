package slipstream.features.internal.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.bars.Bars;

/**
 * No step sees the future: what is stamped up to a time is the same when nothing after it is known, neither of the data
 * nor of what is read beside them. Every extractor of the catalogue has cases here.
 */
class ExtractorsLookAheadTest {
  private static final long S = 1_000_000_000L;
  private static final long DAY = 86_400 * S;

  /**
   * @param parameters as in an experiment
   * @param input random data
   * @param others random other data, by parameter
   * @param filled whether rows may be made up between rows: those after the last one known come with the next
   */
  private record Case(
      String extractor,
      Map<String, Object> parameters,
      Function<Random, Table> input,
      Map<String, Function<Random, Table>> others,
      boolean filled) {}

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    bars(cases, false, "interval", "10s");
    bars(cases, true, "interval", "10s", "empty", "fill");
    bars(cases, false, "interval", "10s", "of", "quotes");
    bars(cases, true, "interval", "10s", "of", "quotes", "empty", "fill");
    bars(cases, false, "by", "volume", "threshold", "20");
    bars(cases, false, "by", "dollar", "threshold", "900");
    bars(cases, false, "by", "tick", "threshold", "7", "of", "quotes");
    bars(
        cases,
        false,
        "interval",
        "1m",
        "time_zone",
        "Asia/Tokyo",
        "sessions",
        "09:00-09:13, 09:20-09:40");
    bars(
        cases,
        false,
        "of",
        "rows",
        "interval",
        "20s",
        "aggregates",
        Map.of("a", "time_mean(bid)", "b", "vwap(ask, size)", "c", "last(venue)", "d", "max(bid)"));
    cases.add(
        new Case(
            "bars",
            map("of", "bars", "interval", "60s"),
            random ->
                Extraction.of(ticks(random))
                    .set("interval", "5s")
                    .set("empty", "fill")
                    .by(new Bars()),
            Map.of(),
            false));
    clean(cases, "drop_duplicates(time, price)", "drop_crossed", "drop_nulls(bid)");
    clean(cases, "drop_outliers(price, z=1, rows=20)", "fill_previous(bid, limit=3)");
    clean(cases, "winsorize(ask, z=1, rows=20)", "drop_where(size > 3 and diff(price, 2) > 0)");
    for (String match : List.of("before", "at-or-before")) {
      join(cases, "match", match, "age", "age");
      join(cases, "match", match, "keys", Map.of("venue", "venue"), "max_age", "30s");
      join(
          cases,
          "match",
          match,
          "pivot",
          "venue",
          "pivot_values",
          List.of("N", "Q"),
          "unmatched",
          "drop");
    }
    cases.add(
        new Case(
            "adjust",
            map("prices", List.of("price", "bid"), "volumes", List.of("size"), "close", "price"),
            ExtractorsLookAheadTest::ticks,
            Map.of("with", ExtractorsLookAheadTest::actions),
            false));
    for (String rule : List.of("volume", "open-interest", "expiry")) {
      cases.add(
          new Case(
              "roll",
              map("rule", rule, "days", 3, "prices", List.of("close"), "adjustment", "difference"),
              ExtractorsLookAheadTest::contracts,
              Map.of(),
              false));
    }
    cases.add(
        new Case(
            "roll",
            map("rule", "dates"),
            ExtractorsLookAheadTest::contracts,
            Map.of("with", ExtractorsLookAheadTest::fronts),
            false));
    return cases;
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static void bars(List<Case> cases, boolean filled, Object... parameters) {
    cases.add(new Case("bars", map(parameters), ExtractorsLookAheadTest::ticks, Map.of(), filled));
  }

  private static void clean(List<Case> cases, String... rules) {
    cases.add(
        new Case(
            "clean",
            map("rules", List.of(rules)),
            ExtractorsLookAheadTest::ticks,
            Map.of(),
            false));
  }

  private static void join(List<Case> cases, Object... parameters) {
    Map<String, Object> all = map(parameters);
    all.put("prefix", "other_");
    all.put("columns", List.of("bid", "size"));
    cases.add(
        new Case(
            "join",
            all,
            ExtractorsLookAheadTest::ticks,
            Map.of("with", ExtractorsLookAheadTest::ticks),
            false));
  }

  // ------------------------------------------------------------------------------ random data

  static Table ticks(Random random) {
    List<Field> fields =
        List.of(
            new Field("time", ColumnType.TIMESTAMP),
            new Field("symbol", ColumnType.STRING),
            new Field("price", ColumnType.FLOAT64),
            new Field("size", ColumnType.INT64),
            new Field("bid", ColumnType.FLOAT64),
            new Field("ask", ColumnType.FLOAT64),
            new Field("venue", ColumnType.STRING));
    List<List<Object>> rows = new ArrayList<>();
    for (String symbol : List.of("A", "C", "B")) {
      long time = random.nextLong(300) * S;
      double price = 50;
      for (int i = random.nextInt(200); i > 0; i--) {
        time += random.nextInt(3) == 0 ? 0 : random.nextLong(9 * S);
        price += (random.nextInt(3) - 1) * 0.01;
        rows.add(
            Arrays.asList(
                time,
                symbol,
                price,
                (long) random.nextInt(5),
                random.nextInt(6) == 0 ? null : price - 0.01,
                random.nextInt(6) == 0 ? null : price + 0.01,
                random.nextInt(6) == 0 ? null : List.of("N", "Q").get(random.nextInt(2))));
      }
    }
    return Extraction.table(fields, "time", "symbol", rows);
  }

  private static Table actions(Random random) {
    List<List<Object>> rows = new ArrayList<>();
    for (String symbol : List.of("A", "B", "D")) {
      long time = 0;
      for (int i = random.nextInt(6); i > 0; i--) {
        time += random.nextLong(400 * S);
        rows.add(
            switch (random.nextInt(3)) {
              case 0 -> Arrays.asList(time, symbol, "split", 2.0);
              case 1 -> Arrays.asList(time, symbol, "dividend", 1.0);
              default -> Arrays.asList(time, symbol, "spin-off", 0.1);
            });
      }
    }
    return AdjustTest.actions(rows);
  }

  private static Table contracts(Random random) {
    List<Field> fields =
        List.of(
            new Field("time", ColumnType.TIMESTAMP),
            new Field("code", ColumnType.STRING),
            new Field("close", ColumnType.FLOAT64),
            new Field("volume", ColumnType.INT64),
            new Field("open_interest", ColumnType.INT64),
            new Field("expiry", ColumnType.TIMESTAMP));
    List<List<Object>> rows = new ArrayList<>();
    for (int c = 0; c < 4; c++) {
      for (int day = 0; day <= 10 + 8 * c; day++) {
        int distance = Math.abs(day - 8 * c);
        rows.add(
            Arrays.asList(
                // The first contract is there from the start.
                day * DAY + (c + day == 0 ? 0 : random.nextInt(50_000)) * S,
                "C" + c,
                100 + random.nextGaussian(),
                (long) random.nextInt(1 + 1000 / (1 + distance)),
                (long) random.nextInt(1 + 1000 / (1 + distance)),
                (10 + 8 * c) * DAY));
      }
    }
    return Extraction.table(fields, "time", "code", rows);
  }

  private static Table fronts(Random random) {
    List<List<Object>> rows = new ArrayList<>();
    for (int c = 0; c < 4; c++) {
      rows.add(Arrays.asList(8 * c * DAY + (c == 0 ? 0 : random.nextInt(50_000)) * S, "C" + c));
    }
    return Extraction.table(
        List.of(new Field("from", ColumnType.TIMESTAMP), new Field("contract", ColumnType.STRING)),
        "from",
        "",
        rows);
  }

  // ----------------------------------------------------------------------------------- the test

  @Test
  void everyExtractorHasACase() {
    List<String> covered = cases().stream().map(Case::extractor).distinct().sorted().toList();
    assertEquals(
        PluginCatalog.ofClassPath().extractors().stream().map(PluginCatalog.Entry::name).toList(),
        covered,
        "add a case for the extractor to this test");
  }

  @TestFactory
  List<DynamicTest> noRowSeesTheFuture() {
    return cases().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.extractor() + " " + each.parameters(), () -> check(each)))
        .toList();
  }

  private static void check(Case each) {
    FeatureExtractor<?> extractor = PluginCatalog.ofClassPath().extractor(each.extractor());
    assertTrue(pointInTime(extractor, each), "such a step need not be tested");
    Random random = new Random(each.parameters().hashCode());
    int compared = 0;
    for (int trial = 0; trial < 40; trial++) {
      Table input = each.input().apply(random);
      Map<String, Table> others = new TreeMap<>();
      each.others().forEach((name, maker) -> others.put(name, maker.apply(random)));
      if (input.rows() == 0 || others.values().stream().anyMatch(table -> table.rows() == 0)) {
        continue;
      }
      long until = input.time().getLong(random.nextLong(input.rows()));
      Table known = Extraction.until(input, until);
      Map<String, Table> knownOthers = new TreeMap<>();
      others.forEach((name, table) -> knownOthers.put(name, Extraction.until(table, until)));
      if (knownOthers.values().stream().anyMatch(table -> table.rows() == 0)) {
        continue;
      }
      Map<String, List<List<Object>>> all = rows(extract(extractor, each, input, others), until);
      Map<String, List<List<Object>>> before =
          rows(extract(extractor, each, known, knownOthers), until);
      for (String instrument : all.keySet()) {
        List<List<Object>> expected = all.get(instrument);
        List<List<Object>> actual = before.getOrDefault(instrument, List.of());
        assertTrue(actual.size() <= expected.size(), instrument);
        if (each.filled()) {
          expected = expected.subList(0, actual.size());
        }
        assertEquals(expected, actual, () -> instrument + " until " + Times.text(until));
        compared += actual.size();
      }
    }
    assertTrue(compared > 100, "compared only " + compared + " rows");
  }

  private static <P extends Record> boolean pointInTime(FeatureExtractor<P> extractor, Case each) {
    Map<String, Object> parameters = new LinkedHashMap<>(each.parameters());
    each.others().keySet().forEach(name -> parameters.put(name, Map.of("importer", "table")));
    return extractor.pointInTime(
        ParameterForm.bind(extractor.parameters(), parameters, "prepare[0]"));
  }

  private static Table extract(
      FeatureExtractor<?> extractor, Case each, Table input, Map<String, Table> others) {
    Extraction extraction = Extraction.of(input);
    each.parameters().forEach(extraction::set);
    others.forEach(extraction::other);
    return extraction.by(extractor);
  }

  /** The rows stamped up to a time, by instrument. */
  private static Map<String, List<List<Object>>> rows(Table table, long until) {
    Map<String, List<List<Object>>> rows = new TreeMap<>();
    for (Partition partition : table.partitions()) {
      List<List<Object>> list = new ArrayList<>();
      for (long row = partition.from(); row < partition.to(); row++) {
        if (table.time().getLong(row) <= until) {
          List<Object> values = new ArrayList<>();
          for (Column column : table.columns()) {
            values.add(column.get(row));
          }
          list.add(values);
        }
      }
      rows.put(partition.instrument(), list);
    }
    return rows;
  }
}
