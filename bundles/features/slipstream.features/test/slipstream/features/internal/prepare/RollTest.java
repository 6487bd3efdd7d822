package slipstream.features.internal.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

class RollTest {
  private static final long DAY = 86_400_000_000_000L;

  private static final List<Field> BAR =
      List.of(
          new Field("time", ColumnType.TIMESTAMP),
          new Field("code", ColumnType.STRING),
          new Field("close", ColumnType.FLOAT64, "points"),
          new Field("volume", ColumnType.INT64, "lots"),
          new Field("expiry", ColumnType.TIMESTAMP),
          new Field("root", ColumnType.STRING));

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  private static Table bars(List<List<Object>> rows) {
    return Extraction.table(BAR, "time", "code", rows);
  }

  /** Volumes by day: the front of day 3 is H, of day 4 M, after M traded more on day 3. */
  private static final Table BARS =
      bars(
          List.of(
              row(1 * DAY, "H", 100.0, 50L, 5 * DAY, "T"),
              row(2 * DAY, "H", 101.0, 40L, 5 * DAY, "T"),
              row(3 * DAY, "H", 102.0, 30L, 5 * DAY, "T"),
              row(4 * DAY, "H", 103.0, 99L, 5 * DAY, "T"),
              row(1 * DAY, "M", 110.0, 5L, 9 * DAY, "T"),
              row(2 * DAY, "M", 112.0, 30L, 9 * DAY, "T"),
              row(3 * DAY, "M", 114.0, 60L, 9 * DAY, "T"),
              row(4 * DAY, "M", 116.0, 70L, 9 * DAY, "T"),
              row(5 * DAY, "M", 118.0, 80L, 9 * DAY, "T")));

  private static List<Object> column(Table table, String name) {
    int at = table.schema().indexOf(name);
    return Extraction.rows(table).stream().map(each -> each.get(at)).toList();
  }

  @Test
  void theFrontFollowsYesterdaysVolume() {
    Extraction extraction =
        Extraction.of(BARS)
            .set("rule", "volume")
            .set("adjustment", "difference")
            .set("prices", List.of("close"));
    Table rolled = extraction.by(new Roll());
    assertEquals(
        List.of(
            "time",
            "product",
            "contract",
            "close",
            "volume",
            "expiry",
            "root",
            "roll",
            "adjustment"),
        rolled.schema().names());
    assertEquals("product", rolled.instrumentColumn());
    // Of the first day nothing is known before; H trades most on day 4, and was left.
    assertEquals(List.of(2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY), column(rolled, "time"));
    assertEquals(List.of("H", "H", "M", "M"), column(rolled, "contract"));
    assertEquals(List.of(false, false, true, false), column(rolled, "roll"));
    assertEquals(List.of(0.0, 0.0, -12.0, -12.0), column(rolled, "adjustment"));
    assertEquals(List.of(101.0, 102.0, 104.0, 106.0), column(rolled, "close"));
    assertEquals(
        List.of("roll: 4 of 9 rows are of the front contract, the others were left out"),
        extraction.messages());
    rolled = extraction.set("adjustment", "ratio").by(new Roll());
    assertEquals(
        List.of(101.0, 102.0, 116 * (102 / 114.0), 118 * (102 / 114.0)), column(rolled, "close"));
  }

  @Test
  void orChangesDaysBeforeItExpires() {
    Extraction extraction = Extraction.of(BARS).set("rule", "expiry").set("days", 2);
    Table rolled = extraction.by(new Roll());
    assertEquals(List.of("H", "H", "M", "M", "M"), column(rolled, "contract"));
    assertEquals(List.of(100.0, 101.0, 114.0, 116.0, 118.0), column(rolled, "close"));
    Table reference =
        Extraction.table(
            List.of(
                new Field("symbol", ColumnType.STRING),
                new Field("last_day", ColumnType.TIMESTAMP)),
            "",
            "",
            List.of(row("M", 6 * DAY), row("H", 4 * DAY)));
    rolled =
        extraction
            .other("with", reference)
            .set("contract", "symbol")
            .set("expiry", "last_day")
            .set("product", "root")
            .by(new Roll());
    // After the last contract's own roll there is no front.
    assertEquals(List.of("H", "M", "M"), column(rolled, "contract"));
    assertEquals(List.of(1 * DAY, 2 * DAY, 3 * DAY), column(rolled, "time"));
    assertEquals(List.of("T", "T", "T"), column(rolled, "root"));
  }

  private static Table dates(List<List<Object>> rows) {
    return Extraction.table(
        List.of(new Field("from", ColumnType.TIMESTAMP), new Field("contract", ColumnType.STRING)),
        "from",
        "",
        rows);
  }

  @Test
  void orAsTheDatesSay() {
    Table rolled =
        Extraction.of(BARS)
            .set("rule", "dates")
            .other(
                "with", dates(List.of(row(2 * DAY, "H"), row(4 * DAY + 1, "M"), row(7 * DAY, "U"))))
            .set("adjustment", "difference")
            .set("prices", List.of("close"))
            .by(new Roll());
    assertEquals(List.of("H", "H", "H", "M"), column(rolled, "contract"));
    assertEquals(List.of(101.0, 102.0, 103.0, 118.0 - 13), column(rolled, "close"));
  }

  /** Whatever the rule: one row a time, rows of the input, and returns across a roll are one contract's. */
  @Property(tries = 60)
  void returnsAcrossARollAreOfOneContract(@ForAll long seed) {
    Random random = new Random(seed);
    List<List<Object>> rows = new ArrayList<>();
    double[] level = {80, 100, 120, 95};
    for (int c = 0; c < 4; c++) {
      int from = c * 8;
      for (int day = from; day < from + 24; day++) {
        for (int bar = 0; bar < 3; bar++) {
          level[c] += random.nextGaussian();
          int distance = Math.abs(day - from - 14);
          rows.add(
              row(
                  day * DAY + bar * DAY / 4,
                  "C" + c,
                  level[c],
                  (long) random.nextInt(1 + 2000 / (1 + distance)),
                  (from + 23) * DAY,
                  "T"));
        }
      }
    }
    Table table = bars(rows);
    for (String rule : List.of("volume", "expiry")) {
      Extraction extraction =
          Extraction.of(table)
              .set("rule", rule)
              .set("adjustment", "difference")
              .set("prices", List.of("close"));
      Table rolled = extraction.threads(2).by(new Roll(1 << 20, 7));
      assertEquals(rolled.hash(), extraction.threads(1).by(new Roll()).hash());
      for (long row = 1; row < rolled.rows(); row++) {
        long before = rolled.time().getLong(row - 1);
        long now = rolled.time().getLong(row);
        if (now <= before) {
          throw new AssertionError("two rows at one time");
        }
        String contract = rolled.column("contract").getString(row);
        double own = Double.NaN;
        double previous = Double.NaN;
        for (List<Object> each : rows) {
          if (each.get(1).equals(contract)) {
            if (each.get(0).equals(now)) {
              own = (Double) each.get(2);
            } else if ((Long) each.get(0) <= before) {
              previous = (Double) each.get(2);
            }
          }
        }
        assertEquals(
            own - previous,
            rolled.column("close").getDouble(row) - rolled.column("close").getDouble(row - 1),
            1e-9);
      }
    }
  }

  @Test
  void onDisk(@TempDir Path folder) {
    Extraction extraction = Extraction.of(BARS).set("rule", "volume");
    String hash = extraction.by(new Roll()).hash();
    try (Table disk = extraction.target(folder.resolve("t")).threads(2).by(new Roll(0, 2))) {
      assertEquals(hash, disk.hash());
    }
  }

  private static void refused(String message, Extraction extraction) {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> extraction.by(new Roll()));
    assertEquals(message, e.getMessage());
  }

  @Test
  void mistakesAreNamed() {
    refused(
        "with: from 1970-01-03T00:00:00Z on there are two fronts of continuous: H and M. Leave one out.",
        Extraction.of(BARS)
            .set("rule", "dates")
            .other("with", dates(List.of(row(2 * DAY, "H"), row(2 * DAY, "M")))));
    refused(
        "contract: none of the contracts that the dates of continuous name is in the data. Known: H, M.",
        Extraction.of(BARS).set("rule", "dates").other("with", dates(List.of(row(2 * DAY, "Z9")))));
    List<List<Object>> same = new ArrayList<>();
    same.add(row(1 * DAY, "H", 1.0, 1L, 5 * DAY, "T"));
    same.add(row(1 * DAY, "M", 1.0, 1L, 5 * DAY, "T"));
    refused(
        "expiry: contracts H and M of continuous expire on the same day. Leave one out by 'where', or name"
            + " the column of products as product.",
        Extraction.of(bars(same)).set("rule", "expiry"));
    same.set(1, row(1 * DAY, "M", 1.0, 1L, null, "T"));
    refused(
        "expiry: contract M has no expiry. Add it, or leave the contract out by 'where'.",
        Extraction.of(bars(same)).set("rule", "expiry"));
    same.set(1, row(3 * DAY, "M", 1.0, 1L, 9 * DAY, null));
    refused(
        "product: contract M has no product, or more than one. Mend the column, or leave those rows out by"
            + " 'where'.",
        Extraction.of(bars(same)).set("rule", "expiry").set("product", "root"));
    refused(
        "adjustment: at the roll of continuous to M at 1970-01-02T00:00:00Z H has no price before it, so"
            + " that the gap is unknown. Use adjustment: none, or another rule.",
        Extraction.of(
                bars(
                    List.of(
                        row(0L, "H", null, 1L, 2 * DAY, "T"),
                        row(0L, "M", 2.0, 1L, 9 * DAY, "T"),
                        row(2 * DAY, "M", 2.0, 1L, 9 * DAY, "T"))))
            .set("rule", "expiry")
            .set("days", 1)
            .set("adjustment", "difference")
            .set("prices", List.of("close")));
    refused(
        "open_interest: the data have no column 'open_interest'. Known: time, code, close, volume, expiry,"
            + " root.",
        Extraction.of(BARS).set("rule", "open-interest"));
    refused(
        "prepare[0]: prices are named, but adjustment is none",
        Extraction.of(BARS).set("rule", "volume").set("prices", List.of("close")));
    refused(
        "with: 'with' is missing. Name the other data: with: {importer: parquet, path: …}.",
        Extraction.of(BARS).set("rule", "dates"));
  }
}
