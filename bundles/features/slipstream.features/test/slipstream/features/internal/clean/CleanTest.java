package slipstream.features.internal.clean;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import slipstream.core.SlipstreamException;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.internal.prepare.Extraction;

class CleanTest {
  private static final double NAN = Double.NaN;

  @TempDir Path folder;

  private static Table table(long[] times, Column... columns) {
    List<Column> all = new java.util.ArrayList<>();
    all.add(Column.of(new Field("t", ColumnType.TIMESTAMP), times));
    all.addAll(List.of(columns));
    return Table.of(all, "t", "");
  }

  private static long[] times(int count) {
    long[] times = new long[count];
    Arrays.setAll(times, i -> i * 1_000_000_000L);
    return times;
  }

  private Table clean(Table input, List<String> messages, String... rules) {
    Extraction extraction =
        Extraction.of(input).set("rules", List.of(rules)).target(folder.resolve("clean"));
    Table result = extraction.by(new Clean());
    messages.addAll(extraction.messages());
    return result;
  }

  private Table clean(Table input, String... rules) {
    return clean(input, new java.util.ArrayList<>(), rules);
  }

  @Test
  void rulesGoInOrderAndTellTheirCounts() {
    Table input =
        table(
            new long[] {0, 1, 1, 2, 3, 4, 5},
            Column.of("bid", 10, 11, 11, 10, 0, NAN, 10),
            Column.of("ask", 11, 10, 10, 11, 11, 11, 10),
            Column.of("x", 1, 2, 2, 3, 4, 5, 6));
    List<String> messages = new java.util.ArrayList<>();
    Table result =
        clean(
            input,
            messages,
            "drop_duplicates",
            "drop_crossed",
            "drop_locked()",
            "drop_zero_price",
            "drop_nulls(bid, ask)",
            "drop_where(x == 99)");
    assertArrayEquals(new double[] {1, 3}, result.column("x").toDoubles());
    assertEquals(
        List.of(
            "clean: drop_duplicates() left out 1 of 7 rows (14.3 %)",
            "clean: drop_crossed() left out 1 of 6 rows (16.7 %)",
            "clean: drop_locked() left out 1 of 5 rows (20.0 %)",
            "clean: drop_zero_price() left out 1 of 4 rows (25.0 %)",
            "clean: drop_nulls(bid, ask) left out 1 of 3 rows (33.3 %)",
            "clean: drop_where(x == 99) left out 0 of 2 rows (0.00 %)"),
        messages);
  }

  @Test
  void duplicatesByKeysKeepTheFirst() {
    Table result =
        clean(table(new long[] {1, 1, 2, 2}, Column.of("x", 1, 2, 3, 3)), "drop_duplicates(t)");
    assertArrayEquals(new double[] {1, 3}, result.column("x").toDoubles());
  }

  @Test
  void eachInstrumentHasItsOwnDuplicates() {
    Column x = Column.of("x", 1, 1, 7, 7, 1, 1);
    Column symbol = Column.of("s", "A", "A", "A", "B", "B", "B");
    Column time = Column.of(new Field("t", ColumnType.TIMESTAMP), new long[6]);
    for (String rule : List.of("drop_duplicates", "drop_duplicates(x)")) {
      for (String timeColumn : List.of("t", "")) {
        Table input = Table.of(List.of(time, symbol, x), timeColumn, "s");
        assertArrayEquals(
            new double[] {1, 7, 7, 1}, clean(input, rule).column("x").toDoubles(), rule);
      }
    }
  }

  @Test
  void conditionsMayCompareTextAndLookBack() {
    Table input =
        table(
            times(4),
            Column.of("x", 1, 5, 6, 20),
            Column.of("quality", "ok", "ok", "crossed", "ok"));
    assertArrayEquals(
        new double[] {1, 5, 20},
        clean(input, "drop_where(quality == \"crossed\")").column("x").toDoubles());
    // Unknown on the first row: it stays.
    assertArrayEquals(
        new double[] {1, 6}, clean(input, "drop_where(diff(x, 1) > 3)").column("x").toDoubles());
  }

  @Test
  void badBarsGo() {
    Table input =
        table(
            times(3),
            Column.of("open", 10, 10, 10),
            Column.of("high", 11, 11, 9),
            Column.of("low", 9, 9, 10),
            Column.of("close", 10, 12, 10));
    assertEquals(1, clean(input, "drop_bad_bars").rows());
  }

  private static double[] walk(int count) {
    SplittableRandom random = new SplittableRandom(3);
    double[] price = new double[count];
    price[0] = 100;
    for (int i = 1; i < count; i++) {
      price[i] = price[i - 1] * Math.exp(0.002 * (random.nextDouble() - 0.5));
    }
    return price;
  }

  @Test
  void misprintsGoAndNewLevelsStay() {
    double[] price = walk(400);
    price[100] *= 2;
    for (int i = 300; i < 400; i++) {
      price[i] /= 2;
    }
    Table result = clean(table(times(400), Column.of("price", price)), "drop_outliers");
    double[] left = result.column("price").toDoubles();
    assertEquals(400 - 1 - 3, left.length, "the misprint, and the first three of the new level");
    assertTrue(Arrays.stream(left).noneMatch(each -> each > 150));
    assertEquals(price[399], left[left.length - 1]);
  }

  @Test
  void fillsForwardWithinTheLimitOnly() {
    Table input = table(times(6), Column.of("x", NAN, 1, NAN, NAN, NAN, 2));
    Column filled = clean(input, "fill_previous(x, limit=2)").column("x");
    assertArrayEquals(new double[] {NAN, 1, 1, 1, NAN, 2}, filled.toDoubles());
    assertTrue(filled.isNull(0) && filled.isNull(4));
    assertEquals(5, clean(input, "fill_previous(x)", "drop_nulls(x)").rows());
  }

  @Test
  void winsorizesByThePast() {
    double[] x = walk(200);
    double spike = x[150] * 50;
    x[150] = spike;
    Table input = table(times(200), Column.of("x", x));
    double[] held = clean(input, "winsorize(x, z=5, rows=50)").column("x").toDoubles();
    assertTrue(held[150] < 120, "held at " + held[150]);
    x[150] = held[150];
    for (int i = 0; i < 20; i++) {
      assertEquals(x[i], held[i], "too little is known at first");
    }
  }

  @Test
  void largeTablesLieInFilesWithTheSameBytes() {
    double[] price = walk(50_000);
    Table input =
        table(
            times(price.length),
            Column.of("price", price),
            Column.of("s", "a,b,c,".repeat(20_000).substring(0, price.length * 2).split(",")));
    String[] rules = {"drop_outliers(z=1)", "winsorize(price)"};
    Table small = clean(input, rules);
    try (Table large =
        Extraction.of(input)
            .set("rules", List.of(rules))
            .target(folder.resolve("large"))
            .by(new Clean(10))) {
      assertEquals(small.hash(), large.hash());
      assertTrue(small.rows() < input.rows());
    }
  }

  @Test
  void theRowsAndTheirCountsDependOnTheRulesAlone() {
    // Instruments longer and shorter than what a thread takes at once, some of them in pieces.
    int[] lengths = {300_000, 5, 70_000, 70_000, 1, 140_000, 400_000, 90_000};
    int rows = Arrays.stream(lengths).sum();
    double[] price = walk(rows);
    long[] times = new long[rows];
    String[] names = new String[rows];
    for (int p = 0, row = 0; p < lengths.length; p++) {
      for (int i = 0; i < lengths[p]; i++, row++) {
        times[row] = i / 3 * 1_000_000_000L;
        names[row] = "I" + p;
        price[row] = i % 1_000 == 77 ? NAN : price[row];
      }
    }
    Table input =
        Table.of(
            List.of(
                Column.of("i", names),
                Column.of(new Field("t", ColumnType.TIMESTAMP), times),
                Column.of("price", price)),
            "t",
            "i");
    String[] rules = {
      "drop_duplicates(t, price)",
      "fill_previous(price, limit=2)",
      "drop_where(price > 101)",
      "drop_outliers(price, z=3, rows=50, accept=2)",
      "winsorize(price, z=3, rows=50)"
    };
    List<List<String>> messages = new java.util.ArrayList<>();
    List<String> hashes = new java.util.ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      Extraction extraction =
          Extraction.of(input)
              .set("rules", List.of(rules))
              .threads(threads)
              .target(folder.resolve("threads-" + threads));
      try (Table table = extraction.by(new Clean(10))) {
        hashes.add(table.hash());
        assertTrue(table.rows() > 1_000 && table.rows() < rows, table.toString());
      }
      messages.add(extraction.messages());
    }
    assertEquals(1, Set.copyOf(hashes).size(), hashes.toString());
    assertEquals(1, Set.copyOf(messages).size(), messages.toString());
    // Each instrument by itself: what a rule knows of other rows are those of the same instrument.
    long alone = 0;
    for (Partition each : input.partitions()) {
      long[] own = input.time().toLongs(each.from(), each.to());
      double[] prices = Arrays.copyOfRange(price, (int) each.from(), (int) each.to());
      Table one =
          Table.of(
              List.of(
                  Column.of(new Field("t", ColumnType.TIMESTAMP), own), Column.of("price", prices)),
              "t",
              "");
      alone += Extraction.of(one).set("rules", List.of(rules)).by(new Clean()).rows();
    }
    try (Table together = Table.open(folder.resolve("threads-1"))) {
      assertEquals(alone, together.rows());
    }
  }

  @Test
  void theWindowsMedianAndDeviationAreThoseOfItsValues() {
    SplittableRandom random = new SplittableRandom(5);
    PastWindow window = new PastWindow(33);
    double[] all = random.doubles(500).map(x -> Math.rint(x * 20)).toArray();
    for (int i = 0; i < all.length; i++) {
      window.add(all[i]);
      double[] last = Arrays.copyOfRange(all, Math.max(0, i - 32), i + 1);
      Arrays.sort(last);
      double median = last[last.length / 2];
      double[] distance = Arrays.stream(last).map(x -> Math.abs(x - median)).sorted().toArray();
      assertEquals(median, window.median());
      assertEquals(distance[distance.length / 2], window.deviation(), "after " + i);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "drop_null(x)|there is no rule 'drop_null'. Did you mean 'drop_nulls'?",
        "drop_nulls|drop_nulls needs columns",
        "drop_where()|drop_where needs a condition",
        "drop_outliers(x, q=3)|drop_outliers takes no 'q'; it takes",
        "drop_outliers(x, z=0)|z of drop_outliers must be above 0",
        "drop_outliers(x, rows=5)|rows of drop_outliers must be a whole number from 20",
        "fill_previous(x, limit=a)|'a' is no number for limit",
        "drop_nulls(y)|there is no column 'y'",
        "drop_outliers(s)|column 's' is text",
        "fill_previous(n)|column 'n' is INT64, not a fraction",
        "drop_crossed|no columns are bid and ask by their names",
        "drop_crossed(x)|a bid and an ask are needed",
        "drop_zero_price|no column is a price by its name or unit",
        "drop_bad_bars|no columns are high and low by their names",
        "drop_where(lead(x, 1) > 0)|'lead(x, 1) > 0'",
        "drop_where(x +)|'x +'",
        "?|is no rule"
      })
  void wrongRulesAreToldInOneLine(String rule, String expected) {
    Table input =
        table(
            times(2),
            Column.of("x", 1, 2),
            Column.of("s", "a", "b"),
            Column.of(new Field("n", ColumnType.INT64), new long[] {1, 2}));
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> clean(input, rule).close());
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
