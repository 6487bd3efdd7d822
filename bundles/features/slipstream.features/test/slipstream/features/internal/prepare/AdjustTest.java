package slipstream.features.internal.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

class AdjustTest {
  private static final long DAY = 86_400_000_000_000L;

  private static final List<Field> PRICE =
      List.of(
          new Field("day", ColumnType.TIMESTAMP),
          new Field("symbol", ColumnType.STRING),
          new Field("close", ColumnType.FLOAT64, "USD"),
          new Field("volume", ColumnType.INT64, "shares"));
  private static final List<Field> ACTION =
      List.of(
          new Field("ex", ColumnType.TIMESTAMP),
          new Field("symbol", ColumnType.STRING),
          new Field("action", ColumnType.STRING),
          new Field("value", ColumnType.FLOAT64));

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  static Table actions(List<List<Object>> rows) {
    return Extraction.table(ACTION, "ex", "symbol", rows);
  }

  private static final Table PRICES =
      Extraction.table(
          PRICE,
          "day",
          "symbol",
          List.of(
              row(1 * DAY, "A", 100.0, 10L),
              row(2 * DAY, "A", 102.0, 20L),
              row(3 * DAY, "A", 51.0, 40L),
              row(4 * DAY, "A", null, null),
              row(5 * DAY, "A", 50.0, 60L),
              row(6 * DAY, "A", 40.0, 60L),
              row(1 * DAY, "B", 7.0, 1L)));

  private static final Table ACTIONS =
      actions(
          List.of(
              row(1 * DAY, "A", "split", 9.0),
              row(3 * DAY, "A", "split", 2.0),
              row(5 * DAY, "A", "dividend", 1.0),
              row(6 * DAY, "A", "spin-off", 0.2),
              row(7 * DAY, "A", "split", 9.0),
              row(2 * DAY, "C", "split", 9.0)));

  private static List<Object> column(Table table, String name) {
    int at = table.schema().indexOf(name);
    return Extraction.rows(table).stream().map(each -> each.get(at)).toList();
  }

  private static Extraction adjust(Table prices, Table actions) {
    return Extraction.of(prices)
        .other("with", actions)
        .set("prices", List.of("close"))
        .set("volumes", List.of("volume"));
  }

  @Test
  void forwardTheFirstPricesStay() {
    Extraction extraction = adjust(PRICES, ACTIONS).set("factor", "factor");
    Table adjusted = extraction.by(new Adjust());
    double afterDividend = 2 / (1 - 1 / 51.0);
    double afterSpinOff = afterDividend / (1 - 0.2);
    assertEquals(
        Arrays.asList(1.0, 1.0, 2.0, 2.0, afterDividend, afterSpinOff, 1.0),
        column(adjusted, "factor"));
    assertEquals(
        Arrays.asList(100.0, 102.0, 102.0, null, 50 * afterDividend, 40 * afterSpinOff, 7.0),
        column(adjusted, "close"));
    // Only splits change the number of shares.
    assertEquals(
        Arrays.asList(10.0, 20.0, 20.0, null, 30.0, 30.0, 1.0), column(adjusted, "volume"));
    assertEquals(
        List.of(
            "adjust: 3 of 6 actions are of other instruments, or not between an instrument's first and"
                + " last row"),
        extraction.messages());
    assertEquals("USD", adjusted.schema().field("close").unit());
  }

  /** A dividend after a split is of the new shares, also where nothing was traded between the two. */
  @Test
  void withoutAPriceBetweenActionsTheLastOneIsAdjusted() {
    Table prices =
        Extraction.table(
            PRICE,
            "day",
            "symbol",
            List.of(
                row(1 * DAY, "A", 100.0, 10L),
                row(4 * DAY, "A", 49.0, 20L),
                row(5 * DAY, "A", null, 20L),
                row(7 * DAY, "A", 24.0, 20L)));
    Table actions =
        actions(
            List.of(
                row(2 * DAY, "A", "split", 2.0),
                row(3 * DAY, "A", "dividend", 1.0),
                row(5 * DAY, "A", "split", 2.0),
                row(6 * DAY, "A", "dividend", 0.5)));
    double first = 2 / (1 - 1 / 50.0);
    double second = first * 2;
    double third = second / (1 - 0.5 / 24.5);
    List<Object> factors =
        column(adjust(prices, actions).set("factor", "factor").by(new Adjust()), "factor");
    double[] expected = {1, first, second, third};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], (double) factors.get(i), 1e-14);
    }
  }

  @Test
  void backwardTheLastPricesStay() {
    Extraction extraction =
        adjust(PRICES, ACTIONS).set("mode", "backward").set("accept_look_ahead", true);
    Table adjusted = extraction.by(new Adjust());
    List<Object> close = column(adjusted, "close");
    assertEquals(40.0, close.get(5));
    assertEquals(50 * 0.8, close.get(4));
    assertEquals(100 * 0.5 * (1 - 1 / 51.0) * 0.8, (Double) close.get(0), 1e-12);
    assertEquals(20.0, column(adjusted, "volume").get(0));
    assertEquals(7.0, close.get(6));
    assertFalse(
        new Adjust()
            .pointInTime(
                ParameterForm.bind(
                    Adjust.Parameters.class,
                    Map.of(
                        "with",
                        Map.of("importer", "csv"),
                        "prices",
                        "close",
                        "mode",
                        "backward",
                        "accept_look_ahead",
                        true),
                    "")));
  }

  @Test
  void aDividendWithASplitIsOfTheNewShare() {
    Table actions =
        actions(List.of(row(3 * DAY, "A", "split", 2.0), row(3 * DAY, "A", "dividend", 5.1)));
    Table adjusted = adjust(PRICES, actions).set("factor", "f").by(new Adjust());
    assertEquals(2 / (1 - 5.1 / 51), (Double) column(adjusted, "f").get(2), 1e-12);
  }

  /** One factor an instrument apart, both directions and the definition agree. */
  @Property(tries = 60)
  void directionsDifferByOneFactor(@ForAll long seed) {
    Random random = new Random(seed);
    List<List<Object>> prices = new ArrayList<>();
    List<List<Object>> actions = new ArrayList<>();
    for (String symbol : List.of("A", "B")) {
      long time = 0;
      for (int i = 1 + random.nextInt(40); i > 0; i--) {
        time += DAY * (1 + random.nextInt(3));
        prices.add(row(time, symbol, 50 + 10 * random.nextGaussian(), (long) random.nextInt(1000)));
      }
      long when = -DAY;
      for (int i = random.nextInt(8); i > 0; i--) {
        when += DAY * random.nextInt(20);
        actions.add(
            switch (random.nextInt(3)) {
              case 0 -> row(when, symbol, "split", 0.5 + random.nextInt(4));
              case 1 -> row(when, symbol, "factor", 0.5 + random.nextDouble());
              default -> row(when, symbol, "spin-off", random.nextDouble() * 0.9);
            });
      }
    }
    if (actions.isEmpty()) {
      return;
    }
    Table table = Extraction.table(PRICE, "day", "symbol", prices);
    Extraction extraction = adjust(table, actions(actions));
    Table forward = extraction.threads(1 + random.nextInt(3)).by(new Adjust(1 << 20, 5));
    assertEquals(forward.hash(), extraction.threads(1).by(new Adjust()).hash());
    Table backward =
        extraction.set("mode", "backward").set("accept_look_ahead", true).by(new Adjust());
    for (long row = 0; row < table.rows(); row++) {
      String symbol = table.column("symbol").getString(row);
      long first = symbol.equals("A") ? 0 : table.partitions().get(1).from();
      double expected = 1;
      for (List<Object> action : actions) {
        long when = (Long) action.get(0);
        if (action.get(1).equals(symbol)
            && when > table.time().getLong(first)
            && when <= table.time().getLong(row)) {
          double value = (Double) action.get(3);
          expected *=
              switch ((String) action.get(2)) {
                case "split" -> value;
                case "factor" -> 1 / value;
                default -> 1 / (1 - value);
              };
        }
      }
      double raw = table.column("close").getDouble(row);
      double one = forward.column("close").getDouble(row);
      assertEquals(raw * expected, one, Math.abs(one) * 1e-12);
      double ratio =
          backward.column("close").getDouble(first) / forward.column("close").getDouble(first);
      assertEquals(ratio, backward.column("close").getDouble(row) / one, Math.abs(ratio) * 1e-12);
    }
  }

  @Test
  void onDisk(@TempDir Path folder) {
    Extraction extraction = adjust(PRICES, ACTIONS);
    String hash = extraction.by(new Adjust()).hash();
    try (Table disk = extraction.threads(2).target(folder.resolve("t")).by(new Adjust(0, 3))) {
      assertEquals(hash, disk.hash());
    }
  }

  private static void refused(String message, Extraction extraction) {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> extraction.by(new Adjust()));
    assertEquals(message, e.getMessage());
  }

  private static Table action(String what, double value) {
    return actions(List.of(row(3 * DAY, "A", what, value)));
  }

  @Test
  void mistakesAreNamed() {
    refused(
        "with: the split of A at 1970-01-04T00:00:00Z of 0.0 would multiply prices by Infinity. Mend its"
            + " value, or leave it out by 'where'.",
        adjust(PRICES, action("split", 0)));
    refused(
        "with: the dividend of A at 1970-01-04T00:00:00Z of 102.0 would multiply prices by 0.0. Mend its"
            + " value, or leave it out by 'where'.",
        adjust(PRICES, action("dividend", 102)));
    refused(
        "with: the spin-off of A at 1970-01-04T00:00:00Z of -0.5 would multiply prices by 1.5. Mend its"
            + " value, or leave it out by 'where'.",
        adjust(PRICES, action("spin-off", -0.5)));
    refused(
        "with: the factor of A at 1970-01-04T00:00:00Z of NaN would multiply prices by NaN. Mend its"
            + " value, or leave it out by 'where'.",
        adjust(PRICES, action("factor", Double.NaN)));
    refused(
        "action: there is no action 'splt', of A at 1970-01-04T00:00:00Z. Did you mean 'split'? Known:"
            + " split, dividend, spin-off, factor.",
        adjust(PRICES, action("splt", 2)));
    refused(
        "close: the data have no column 'last'. Known: day, symbol, close, volume.",
        adjust(PRICES, action("dividend", 1)).set("close", "last"));
    refused(
        "prices: the data have no column 'closed'. Did you mean 'close'? Known: day, symbol, close,"
            + " volume.",
        adjust(PRICES, ACTIONS).set("prices", List.of("closed")));
    refused(
        "volumes: column 'close' is named twice. Name it once.",
        adjust(PRICES, ACTIONS).set("volumes", List.of("close")));
    refused(
        "value: the actions have no column 'ratio'. Known: ex, symbol, action, value.",
        adjust(PRICES, ACTIONS).set("value", "ratio"));
    refused(
        "with: the data have no rows. Check the file and the condition that excludes rows.",
        adjust(PRICES, actions(List.of())));
    refused(
        "prepare[0]: mode: backward knows later actions: use forward, which gives the same returns, or say"
            + " accept_look_ahead: true",
        adjust(PRICES, ACTIONS).set("mode", "backward"));
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> Extraction.of(PRICES).set("prices", "close").by(new Adjust()));
    assertTrue(e.getMessage().startsWith("prepare[0]: 'with' is missing"), e::getMessage);
  }
}
