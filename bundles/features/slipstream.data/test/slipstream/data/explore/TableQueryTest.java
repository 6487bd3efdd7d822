package slipstream.data.explore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.Table;

final class TableQueryTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int ROWS = 200_000;
  private static final Table TABLE = Sample.table(ROWS, 7, 5);

  @TempDir private Path scratch;

  private RowSelection run(TableQuery query) {
    return query.run(TABLE, scratch, 2, LIMIT, Progress.NONE);
  }

  private static long[] rows(RowSelection selection) {
    return LongStream.range(0, selection.rows()).map(selection::row).toArray();
  }

  private void check(String where, LongPredicate expected) {
    try (RowSelection selection = run(TableQuery.where(where, TABLE))) {
      long[] rows = LongStream.range(0, ROWS).filter(expected).toArray();
      assertArrayEquals(rows, rows(selection), where);
      assertTrue(selection.natural());
      long[] block = new long[rows.length];
      selection.rows(0, rows.length, block);
      assertArrayEquals(rows, block, where);
    }
  }

  @Test
  void conditionsGiveTheRowsThatMeetThemInOrder() {
    Column price = TABLE.column("price");
    Column size = TABLE.column("size");
    Column time = TABLE.time();
    check("price > 10", row -> price.getDouble(row) > 10); // not for null, not for NaN
    check("price is null", row -> Double.isNaN(price.getDouble(row)));
    check(
        "price > 10 and size < 50",
        row -> price.getDouble(row) > 10 && !size.isNull(row) && size.getLong(row) < 50);
    check("ticker = 'T3'", row -> TABLE.column("ticker").getString(row).equals("T3"));
    check(
        "\"the \"\"odd\"\" name\" = 'it''s 2' -- a comment",
        row -> "it's 2".equals(TABLE.column("the \"odd\" name").getString(row)));
    check("time = '2023-11-14 22:13:20'", row -> time.getLong(row) == Sample.START);
    check(
        "time > make_timestamp_ns(1700000000000000000 + 5000000000)",
        row -> time.getLong(row) > Sample.START + 5_000_000_000L);
    check("row between 100 and 199", row -> row >= 100 && row < 200);
    check(
        "flag and small = 4",
        row -> TABLE.column("flag").getLong(row) != 0 && TABLE.column("small").getLong(row) == 4);
    check("single < 0.25", row -> TABLE.column("single").getDouble(row) < 0.25);
    check(
        "price = (select max(price) from data where price < 'inf')",
        row -> price.getDouble(row) == 19);
    check("false", row -> false);
    check("size % 2 = 0 /* even */ or (1 = 1)", row -> true);
  }

  @Test
  void sortingKeepsEqualRowsInOrderAndUnknownOnesLast() throws IOException {
    Column price = TABLE.column("price");
    for (boolean descending : new boolean[] {false, true}) {
      List<Long> expected = new ArrayList<>();
      for (long row = 1000; row < 60_000; row++) {
        if (TABLE.column("small").getLong(row) == 2) {
          expected.add(row);
        }
      }
      Comparator<Double> values =
          descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
      expected.sort(
          Comparator.comparing(
              row -> Double.isNaN(price.getDouble(row)) ? null : price.getDouble(row),
              Comparator.nullsLast(values)));
      TableQuery query =
          new TableQuery(
              "small = 2", List.of(new TableQuery.Order("price", descending)), 1000, 60_000);
      try (RowSelection selection = run(query)) {
        assertFalse(selection.natural());
        assertArrayEquals(expected.stream().mapToLong(Long::longValue).toArray(), rows(selection));
      }
    }
    try (var left = Files.list(scratch)) {
      assertEquals(0, left.count(), "files stay behind");
    }
  }

  @Test
  void withoutConditionAndOrderNothingIsRead() {
    RowSelection all = run(new TableQuery(" ", List.of(), 10, 20));
    assertEquals(new RowSelection.Range(10, 20), all);
    assertEquals(15, all.row(5));
    assertEquals(5, all.positionOf(15));
  }

  @Test
  void positionsOfRowsAreFound() {
    try (RowSelection some = run(TableQuery.where("small = 2", TABLE))) {
      for (long at : new long[] {0, 1, some.rows() / 2, some.rows() - 1}) {
        assertEquals(at, some.positionOf(some.row(at)));
        assertEquals(at + 1, some.positionOf(some.row(at) + 1));
      }
      assertEquals(some.rows(), some.positionOf(ROWS));
    }
  }

  @Test
  void mistakesAreShownAtTheirPlace() {
    wrong("pric > 3", 1, 1, "pric", "price");
    wrong("price > 3\n and sise = 2", 2, 6, "sise", "size");
    wrong("price > 3 and", 1, 14, "syntax", "price >");
    wrong("price > 'cheap'", 1, 9, "cheap", "");
    wrong("price > 3)", 1, 10, "no (", "Remove");
    wrong("(price > 3", 1, 1, "not closed", ")");
    wrong("ticker = 'T1", 1, 10, "does not end", "Close");
    wrong("price > 1; drop view data", 1, 10, "one expression", "semicolon");
    wrong("ticker = e'\\' or 1=1'", 1, 10, "escapes", "plain");
    wrong("price > $1", 1, 9, "'$'", "quotes");
    wrong("price > 1 /* and", 1, 11, "comment", "*/");
  }

  private void wrong(String where, int line, int column, String problem, String remedy) {
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class, () -> run(TableQuery.where(where, TABLE)).close(), where);
    assertEquals(Category.INVALID_INPUT, e.category(), where);
    assertTrue(e.problem().contains(problem), where + ": " + e.problem());
    assertTrue(e.remedy().contains(remedy), where + ": " + e.remedy());
    assertEquals(line, e.place().orElseThrow().line(), where);
    assertEquals(column, e.place().orElseThrow().column(), where + ": " + e.problem());
  }

  @Test
  void nothingButTheTableCanBeReached() throws IOException {
    Path secret = Files.writeString(scratch.resolve("secret.csv"), "a\n1\n");
    for (String where :
        List.of(
            "exists (select 1 from read_csv('" + secret + "'))",
            "exists (select 1 from '/etc/passwd')",
            "exists (select * from read_text('/etc/passwd'))",
            "getenv('HOME') = 'x'",
            "1=1) union all select 1 from (select 1",
            "exists (copy data to '" + scratch.resolve("out.csv") + "')",
            "exists (install httpfs)")) {
      assertThrows(
          SlipstreamException.class, () -> run(TableQuery.where(where, TABLE)).close(), where);
    }
    assertFalse(Files.exists(scratch.resolve("out.csv")));
  }

  @Test
  void anEndlessConditionIsStopped() {
    String where = "exists (select 1 from range(1000000000000) a where a.range + price < -1e18)";
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                TableQuery.where(where, TABLE)
                    .run(TABLE, scratch, 2, Duration.ofMillis(300), Progress.NONE));
    assertEquals(Category.RESOURCE_EXHAUSTED, e.category());
    SlipstreamException cancelled =
        assertThrows(
            SlipstreamException.class,
            () -> TableQuery.where(where, TABLE).run(TABLE, scratch, 2, LIMIT, cancelledSoon()));
    assertEquals(Category.CANCELLED, cancelled.category());
  }

  private static Progress cancelledSoon() {
    long start = System.nanoTime();
    return new Progress() {
      @Override
      public boolean cancelled() {
        return System.nanoTime() - start > 300_000_000L;
      }
    };
  }
}
