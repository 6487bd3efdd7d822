package slipstream.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.training.evaluation.OrderAnalysis.Source;
import slipstream.training.evaluation.OrdersReport.Cost;
import slipstream.training.evaluation.OrdersReport.LeftOut;

class OrderAnalysisTest {
  private static final double NAN = Double.NaN;

  /** In whole ticks and shares nothing is rounded: the parts are Perold's total to the last bit. */
  @Property
  void partsAddUpExactlyToPeroldsShortfall(
      @ForAll boolean buy,
      @ForAll @IntRange(min = 1, max = 1_000_000) int quantity,
      @ForAll @IntRange(min = 0, max = 1_000_000) int part,
      @ForAll @IntRange(min = 1, max = 100_000) int decision,
      @ForAll @IntRange(min = 1, max = 100_000) int arrival,
      @ForAll @IntRange(min = 1, max = 100_000) int paid,
      @ForAll @IntRange(min = 1, max = 100_000) int last,
      @ForAll @IntRange(min = 0, max = 1000) int fees) {
    double side = buy ? 1 : -1;
    double filled = Math.min(part, quantity);
    double money = filled * paid;
    ImplementationShortfall parts =
        ImplementationShortfall.of(side, quantity, filled, money, decision, arrival, last, fees);
    double perold =
        side * (money - filled * decision + (quantity - filled) * (last - (double) decision))
            + fees;
    assertEquals(perold, parts.total());
  }

  @Property
  void partsAddUpToPeroldsShortfallButForRounding(
      @ForAll @DoubleRange(min = 0.01, max = 1e6) double quantity,
      @ForAll @DoubleRange(min = 0, max = 1) double share,
      @ForAll @DoubleRange(min = 0.01, max = 1e5) double decision,
      @ForAll @DoubleRange(min = 0.01, max = 1e5) double arrival,
      @ForAll @DoubleRange(min = 0.01, max = 1e5) double price,
      @ForAll @DoubleRange(min = 0.01, max = 1e5) double last) {
    double filled = share * quantity;
    ImplementationShortfall parts =
        ImplementationShortfall.of(
            -1, quantity, filled, filled * price, decision, arrival, last, 0);
    double perold = -(filled * (price - decision) + (quantity - filled) * (last - decision));
    double size = quantity * Math.max(Math.max(decision, arrival), Math.max(price, last));
    assertEquals(perold, parts.total(), 1e-14 * size);
  }

  /** Rows as columns; each is a fill. */
  private static final class Table {
    final SequencedMap<String, double[]> columns = new LinkedHashMap<>();

    Table with(String name, double... values) {
      columns.put(name, values);
      return this;
    }

    IntToDoubleFunction get(String name) {
      double[] values = columns.get(name);
      return values == null ? null : row -> values[row];
    }

    OrdersReport report(List<Dimension> dimensions) {
      SequencedMap<String, IntToDoubleFunction> benchmarks = new LinkedHashMap<>();
      SequencedMap<String, IntToDoubleFunction> after = new LinkedHashMap<>();
      columns.forEach(
          (name, values) -> {
            if (List.of("vwap", "twap", "close").contains(name)) {
              benchmarks.put(name, row -> values[row]);
            } else if (name.startsWith("after ")) {
              after.put(name.substring(6), row -> values[row]);
            }
          });
      double[] order = columns.get("order");
      int count = 0;
      for (double each : order) {
        count = Math.max(count, (int) each + 1);
      }
      double[] instrument = columns.getOrDefault("instrument", new double[order.length]);
      return OrderAnalysis.of(
          new Source(
              order.length,
              count,
              row -> (int) order[row],
              row -> (int) instrument[row],
              get("side"),
              get("quantity"),
              get("filled"),
              get("price"),
              get("arrival"),
              get("decision"),
              get("last"),
              get("fees"),
              benchmarks,
              get("mid"),
              after),
          dimensions,
          row -> row,
          false);
    }
  }

  /** A buy of 100 in two fills of which 20 are not done, and a sell of 50 that is done at once. */
  private static Table twoOrders() {
    return new Table()
        .with("order", 0, 1, 0)
        .with("side", 1, -1, 1)
        .with("quantity", 100, 50, 100)
        .with("filled", 30, 50, 50)
        .with("price", 102, 200, 103)
        .with("decision", 100, 200, NAN)
        .with("arrival", 101, 202, 101)
        .with("last", 105, 190, 105)
        .with("fees", 1, 2, 3)
        .with("vwap", 102, 201, NAN)
        .with("mid", 101.5, 200.5, 102.5)
        .with("after 5m", 103, 199, 102);
  }

  @Test
  void byHand() {
    OrdersReport report = twoOrders().report(List.of());
    assertEquals(2, report.orders());
    assertEquals(3, report.fills());
    assertEquals(100 * 100 + 50 * 200, report.notional());
    assertEquals((80 * 101 + 50 * 202) / (100 * 101 + 50 * 202.0), report.filledShare(), 1e-15);
    assertEquals(List.of(), report.leftOut());
    // Delay: 100 · 1 and -50 · 2.
    assertCost(report.shortfall(), "delay", 0, (100.0 / 10_000 - 100.0 / 10_000) / 2);
    // Execution: 30 · 102 + 50 · 103 - 80 · 101 = 130, and -(200 - 202) · 50 = 100.
    assertCost(report.shortfall(), "execution", 230, (130.0 / 10_000 + 100.0 / 10_000) / 2);
    assertCost(report.shortfall(), "opportunity", 80, (80.0 / 10_000) / 2);
    assertCost(report.shortfall(), "explicit", 6, (4.0 / 10_000 + 2.0 / 10_000) / 2);
    assertCost(report.shortfall(), "total", 316, (314.0 / 10_000 + 2.0 / 10_000) / 2);
    Cost vwap = find(report.slippage(), "vwap");
    // 8210 - 80 · 102 = 50 and 50 against 8160 + 10050.
    assertEquals(1e4 * 100 / 18_210, vwap.mean(), 1e-9);
    Cost arrival = find(report.slippage(), "arrival");
    assertEquals(1e4 * 230 / (8080 + 10_100), arrival.mean(), 1e-9);
    // Fills: 30 · 1, 50 · 1, 50 · -1, against what they came to.
    assertEquals(
        1e4 * (30 + 50 - 50) / (3060 + 10_000 + 5150), report.markouts().getFirst().mean(), 1e-9);
    assertEquals(3, report.markouts().getFirst().count());
    // Ends: 80 · (102 - 102.5) and -50 · (199 - 200.5), against arrival.
    assertEquals(1e4 * (-40 + 75) / (8080 + 10_100), report.reversions().getFirst().mean(), 1e-9);
  }

  private static void assertCost(List<Cost> costs, String name, double amount, double equal) {
    Cost cost = find(costs, name);
    assertEquals(amount, cost.amount(), 1e-9, name);
    assertEquals(1e4 * amount / 20_000, cost.mean(), 1e-9, name);
    assertEquals(1e4 * equal, cost.equalMean(), 1e-9, name);
  }

  private static Cost find(List<Cost> costs, String name) {
    return costs.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void bucketsHoldAllOrdersOnce() {
    double[] size = {1, 2, 1};
    OrdersReport report =
        twoOrders().report(List.of(new Dimension.Numbers("size", "size", "", 2, row -> size[row])));
    OrdersReport.OrderBreakdown bySize = report.breakdowns().getFirst();
    assertEquals(2, bySize.buckets().size());
    assertEquals(1, bySize.buckets().getFirst().orders());
    assertEquals(314, find(bySize.buckets().getFirst().costs(), "total").amount(), 1e-9);
    assertEquals(2, find(bySize.buckets().getLast().costs(), "total").amount(), 1e-9);
  }

  @Test
  void whatIsNotNamedIsNotCounted() {
    Table table = twoOrders();
    List.of("decision", "last", "fees", "mid", "after 5m", "vwap").forEach(table.columns::remove);
    OrdersReport report = table.report(List.of());
    assertEquals(0, find(report.shortfall(), "delay").amount());
    assertEquals(0, find(report.shortfall(), "opportunity").amount());
    assertEquals(230, find(report.shortfall(), "total").amount(), 1e-9);
    assertEquals(1, report.slippage().size());
    assertTrue(report.markouts().isEmpty());
    assertTrue(report.reversions().isEmpty());
  }

  @Test
  void everyFaultIsCountedByItsReason() {
    Table table =
        new Table()
            //            side     buys/sells  instr.   quantity  arrival  fill    too much  last
            // none
            .with("order", 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, -1)
            .with("side", 0, 1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
            .with("quantity", 1, 1, 1, 1, 1, 0, 1, 1, 1, 2, 2, 1)
            .with("filled", 1, 1, 1, 0, 1, 0, 1, 1, 2, 1, 2.000001, 1)
            .with("price", 1, 1, 1, 1, 1, 1, 1, NAN, 1, 1, 1, 1)
            .with("arrival", 1, 1, 1, 1, 1, 1, -1, 1, 1, 1, 1, 1)
            .with("last", 1, 1, 1, 1, 1, 1, 1, 1, 1, NAN, NAN, 1)
            .with("instrument", 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    OrdersReport report = table.report(List.of());
    assertEquals(1, report.orders());
    assertEquals(
        List.of(
            new LeftOut("no side, or buys and sells in one order", 2),
            new LeftOut("rows of several instruments", 1),
            new LeftOut("no quantity above 0", 1),
            new LeftOut("no arrival price above 0", 1),
            new LeftOut("a fill without a quantity of at least 0 or a price above 0", 1),
            new LeftOut("more filled than ordered", 1),
            new LeftOut("part not filled and no last price above 0", 1)),
        report.leftOut());
  }

  @Test
  void noOrderAtAllIsAnEmptyReport() {
    Table table = new Table();
    for (String name :
        List.of("side", "quantity", "filled", "price", "arrival", "after 1m", "mid")) {
      table.with(name);
    }
    OrdersReport report = table.with("order").report(List.of());
    assertEquals(0, report.orders());
    assertEquals(NAN, find(report.shortfall(), "total").mean());
    assertEquals(NAN, report.markouts().getFirst().mean());
  }

  /** 95% of intervals of the mean shortfall hold it. */
  @Test
  void standardErrorsHoldTheTruth() {
    int held = 0;
    int seeds = 200;
    for (int seed = 0; seed < seeds; seed++) {
      int n = 400;
      SplittableRandom random = new SplittableRandom(seed);
      double[] order = new double[n];
      double[] price = new double[n];
      double[] ones = new double[n];
      for (int i = 0; i < n; i++) {
        order[i] = i;
        price[i] = 100 * (1 + 1e-4 * (7 + 20 * random.nextGaussian()));
        ones[i] = 1;
      }
      double[] hundreds = Collections.nCopies(n, 100.0).stream().mapToDouble(v -> v).toArray();
      Cost total =
          find(
              new Table()
                  .with("order", order)
                  .with("side", ones)
                  .with("quantity", ones)
                  .with("filled", ones)
                  .with("price", price)
                  .with("arrival", hundreds)
                  .report(List.of())
                  .shortfall(),
              "total");
      held += Math.abs(total.mean() - 7) < 1.97 * total.standardError() ? 1 : 0;
    }
    assertEquals(0.95 * seeds, held, 4 * Math.sqrt(0.95 * 0.05 * seeds) + 0.01 * seeds);
  }
}
