package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.RowSelection;
import slipstream.training.evaluation.BlockSums.Ratio;
import slipstream.training.evaluation.OrdersReport.Cost;
import slipstream.training.evaluation.OrdersReport.Horizon;
import slipstream.training.evaluation.OrdersReport.LeftOut;
import slipstream.training.evaluation.OrdersReport.OrderBreakdown;
import slipstream.training.evaluation.OrdersReport.OrderBucket;

/**
 * Analyses parent orders whose rows are fills: what is true of an order as a whole (side, quantity, prices to compare with)
 * stands on its rows, the first known value counting; what is true of a fill (quantity, price, fees) is added up. A table with
 * one row an order is the simplest case.
 *
 * <p>One pass over the rows and about 120 bytes an order; deterministic: one thread, rows in order.
 */
public final class OrderAnalysis {
  private static final int MAX_CELLS = 250;

  /** Blocks are so many times as long as is best for a variance: see {@link BlockBootstrap}. */
  private static final double LENGTHENED = 3;

  private static final int MIN_BLOCKS = 4;

  /** What sums of children may be above the parent's quantity by rounding. */
  private static final double ROUNDING = 1e-6;

  private static final double BP = 1e4;

  /**
   * What is known of the rows; functions are by row, NaN where unknown, and null where the experiment does not say.
   *
   * @param rows how many; those of an order in order of time
   * @param orders how many orders
   * @param order of a row, from 0; negative where unknown
   * @param instrument of a row
   * @param side above 0 buys, below 0 sells
   * @param quantity of the order
   * @param filled by the row, at least 0
   * @param price of the fill
   * @param arrival price at arrival
   * @param decision price at the decision; null: that of arrival
   * @param last price that what is not done is valued at
   * @param fees in money
   * @param benchmarks prices by name, besides arrival
   * @param mid price at the fill
   * @param after price later, by horizon
   */
  public record Source(
      int rows,
      int orders,
      IntUnaryOperator order,
      IntUnaryOperator instrument,
      IntToDoubleFunction side,
      IntToDoubleFunction quantity,
      IntToDoubleFunction filled,
      IntToDoubleFunction price,
      IntToDoubleFunction arrival,
      IntToDoubleFunction decision,
      IntToDoubleFunction last,
      IntToDoubleFunction fees,
      SequencedMap<String, IntToDoubleFunction> benchmarks,
      IntToDoubleFunction mid,
      SequencedMap<String, IntToDoubleFunction> after) {}

  /** Why an order is left out; the first that holds. */
  private enum Fault {
    NONE(""),
    NO_SIDE("no side, or buys and sells in one order"),
    INSTRUMENTS("rows of several instruments"),
    NO_QUANTITY("no quantity above 0"),
    NO_ARRIVAL("no arrival price above 0"),
    NO_DECISION("no decision price above 0"),
    BAD_FILL("a fill without a quantity of at least 0 or a price above 0"),
    TOO_MUCH("more filled than ordered"),
    NO_LAST("part not filled and no last price above 0");

    final String reason;

    Fault(String reason) {
      this.reason = reason;
    }
  }

  private final Source source;
  private final int count;
  private final double[] side;
  private final double[] quantity;
  private final double[] arrival;
  private final double[] decision;
  private final double[] last;
  private final Map<String, double[]> benchmarks = new LinkedHashMap<>();
  private final double[] filled;
  private final double[] paid;
  private final double[] fees;
  private final int[] fills;
  private final int[] firstRow;
  private final int[] lastFill;
  private final Fault[] faults;

  private int[] analysed; // orders in order of time
  private int[] cellOf; // by order; negative where it is left out
  private int cellCount;
  private int block = 1;

  private OrderAnalysis(Source source) {
    this.source = source;
    count = source.orders();
    side = unknown();
    quantity = unknown();
    arrival = unknown();
    decision = unknown();
    last = unknown();
    source.benchmarks().keySet().forEach(name -> benchmarks.put(name, unknown()));
    filled = new double[count];
    paid = new double[count];
    fees = new double[count];
    fills = new int[count];
    firstRow = new int[count];
    lastFill = new int[count];
    Arrays.fill(firstRow, -1);
    Arrays.fill(lastFill, -1);
    faults = new Fault[count];
    Arrays.fill(faults, Fault.NONE);
  }

  private double[] unknown() {
    double[] values = new double[count];
    Arrays.fill(values, Double.NaN);
    return values;
  }

  /**
   * @param dimensions that orders are told apart by, at their first rows
   * @param times by row: UTC nanoseconds or row numbers
   * @param hasTime false for row numbers
   */
  public static OrdersReport of(
      Source source, List<Dimension> dimensions, IntToLongFunction times, boolean hasTime) {
    OrderAnalysis analysis = new OrderAnalysis(source);
    analysis.read();
    analysis.judge();
    analysis.order(times);
    return analysis.report(dimensions, times, hasTime);
  }

  // ------------------------------------------------------------------ reading

  private void read() {
    for (int row = 0; row < source.rows(); row++) {
      int order = source.order().applyAsInt(row);
      if (order < 0) {
        continue;
      }
      if (firstRow[order] < 0) {
        firstRow[order] = row;
      } else if (source.instrument().applyAsInt(row)
          != source.instrument().applyAsInt(firstRow[order])) {
        fault(order, Fault.INSTRUMENTS);
      }
      double s = Math.signum(source.side().applyAsDouble(row));
      if (s * side[order] < 0) {
        fault(order, Fault.NO_SIDE);
      }
      first(side, order, s == 0 ? Double.NaN : s);
      first(quantity, order, source.quantity().applyAsDouble(row));
      first(arrival, order, source.arrival().applyAsDouble(row));
      first(decision, order, or(source.decision(), row, Double.NaN));
      first(last, order, or(source.last(), row, Double.NaN));
      for (Map.Entry<String, IntToDoubleFunction> each : source.benchmarks().entrySet()) {
        first(benchmarks.get(each.getKey()), order, each.getValue().applyAsDouble(row));
      }
      double q = source.filled().applyAsDouble(row);
      double p = source.price().applyAsDouble(row);
      if (!(q >= 0 && q <= Double.MAX_VALUE) || q > 0 && !isPrice(p)) {
        fault(order, Fault.BAD_FILL);
      } else if (q > 0) {
        filled[order] += q;
        paid[order] += q * p;
        fills[order]++;
        lastFill[order] = row;
      }
      double fee = or(source.fees(), row, 0);
      fees[order] += Double.isFinite(fee) ? fee : 0;
    }
  }

  private static double or(IntToDoubleFunction function, int row, double otherwise) {
    return function == null ? otherwise : function.applyAsDouble(row);
  }

  private static void first(double[] values, int order, double value) {
    if (Double.isNaN(values[order]) && Double.isFinite(value)) {
      values[order] = value;
    }
  }

  private static boolean isPrice(double price) {
    return price > 0 && price <= Double.MAX_VALUE;
  }

  private void fault(int order, Fault fault) {
    if (faults[order] == Fault.NONE || faults[order].ordinal() > fault.ordinal()) {
      faults[order] = fault;
    }
  }

  private void judge() {
    for (int order = 0; order < count; order++) {
      if (source.decision() == null) {
        decision[order] = arrival[order];
      }
      if (filled[order] > quantity[order] && filled[order] <= quantity[order] * (1 + ROUNDING)) {
        quantity[order] = filled[order];
      }
      // Less than rounding is nothing left to do.
      if (quantity[order] - filled[order] <= ROUNDING * quantity[order]) {
        quantity[order] = Math.min(quantity[order], filled[order]);
      }
      if (Double.isNaN(side[order])) {
        fault(order, Fault.NO_SIDE);
      }
      if (!(quantity[order] > 0 && quantity[order] <= Double.MAX_VALUE)) {
        fault(order, Fault.NO_QUANTITY);
      }
      if (!isPrice(arrival[order])) {
        fault(order, Fault.NO_ARRIVAL);
      }
      if (!isPrice(decision[order])) {
        fault(order, Fault.NO_DECISION);
      }
      if (filled[order] > quantity[order]) {
        fault(order, Fault.TOO_MUCH);
      }
      if (filled[order] < quantity[order] && source.last() != null && !isPrice(last[order])) {
        fault(order, Fault.NO_LAST);
      }
    }
  }

  /** Puts the orders in order of time and into cells. */
  private void order(IntToLongFunction times) {
    analysed =
        IntStream.range(0, count)
            .filter(order -> faults[order] == Fault.NONE)
            .boxed()
            .sorted(Comparator.comparingLong((Integer order) -> times.applyAsLong(firstRow[order])))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] clusters =
        IntStream.range(0, analysed.length)
            .filter(
                i ->
                    i == 0
                        || times.applyAsLong(firstRow[analysed[i]])
                            != times.applyAsLong(firstRow[analysed[i - 1]]))
            .toArray();
    BlockBootstrap.Cells cells = BlockBootstrap.Cells.ofTime(analysed.length, clusters);
    cellCount = Math.min(MAX_CELLS, Math.max(1, cells.count()));
    cellOf = new int[count];
    Arrays.fill(cellOf, -1);
    cells.forEach(
        (place, cell) ->
            cellOf[analysed[place]] = (int) ((long) cell * cellCount / Math.max(1, cells.count())));
    double[] influence = new double[cellCount];
    double[] value = new double[cellCount];
    for (int order : analysed) {
      influence[cellOf[order]] += shortfall(order).total();
      value[cellOf[order]] += value(order);
    }
    double mean = CompensatedSum.of(influence) / CompensatedSum.of(value);
    for (int c = 0; c < cellCount; c++) {
      influence[c] -= mean * value[c];
    }
    double length = BlockLength.of(influence);
    block =
        (int)
            Math.clamp(
                Math.round(length > 1 ? LENGTHENED * length : 1),
                1,
                Math.max(1, cellCount / MIN_BLOCKS));
  }

  private ImplementationShortfall shortfall(int order) {
    return ImplementationShortfall.of(
        side[order],
        quantity[order],
        filled[order],
        paid[order],
        decision[order],
        arrival[order],
        // Without a price for what is not done it is not valued.
        source.last() == null ? arrival[order] : last[order],
        fees[order]);
  }

  /** What the decision was worth. */
  private double value(int order) {
    return quantity[order] * decision[order];
  }

  // ---------------------------------------------------------------- reporting

  /** Money and the value that it is measured against, by order; NaN where there is none. */
  private record Measure(String name, IntToDoubleFunction money, IntToDoubleFunction value) {}

  private List<Measure> shortfallMeasures() {
    return List.of(
        new Measure("delay", order -> shortfall(order).delay(), this::value),
        new Measure("execution", order -> shortfall(order).execution(), this::value),
        new Measure("opportunity", order -> shortfall(order).opportunity(), this::value),
        new Measure("explicit", order -> shortfall(order).explicit(), this::value),
        new Measure("total", order -> shortfall(order).total(), this::value));
  }

  private List<Measure> slippageMeasures() {
    List<Measure> measures = new ArrayList<>();
    measures.add(slippage("arrival", arrival));
    benchmarks.forEach((name, prices) -> measures.add(slippage(name, prices)));
    return measures;
  }

  private Measure slippage(String name, double[] benchmark) {
    return new Measure(
        name,
        order -> side[order] * (paid[order] - filled[order] * benchmark[order]),
        order ->
            isPrice(benchmark[order]) && filled[order] > 0
                ? filled[order] * benchmark[order]
                : Double.NaN);
  }

  private OrdersReport report(
      List<Dimension> dimensions, IntToLongFunction times, boolean hasTime) {
    List<LeftOut> leftOut = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      long orders = Arrays.stream(faults).filter(each -> each == fault).count();
      if (fault != Fault.NONE && orders > 0) {
        leftOut.add(new LeftOut(fault.reason, orders));
      }
    }
    CompensatedSum notional = new CompensatedSum();
    CompensatedSum wanted = new CompensatedSum();
    CompensatedSum done = new CompensatedSum();
    long rows = 0;
    for (int order : analysed) {
      notional.add(value(order));
      wanted.add(quantity[order] * arrival[order]);
      done.add(filled[order] * arrival[order]);
      rows += fills[order];
    }
    return new OrdersReport(
        analysed.length,
        rows,
        notional.value(),
        done.value() / wanted.value(),
        leftOut,
        costs(shortfallMeasures(), _ -> true),
        costs(slippageMeasures(), _ -> true),
        markouts(),
        reversions(),
        breakdowns(dimensions, times, hasTime));
  }

  private List<Cost> costs(List<Measure> measures, IntPredicate inside) {
    return measures.stream().map(each -> cost(each, inside)).toList();
  }

  /**
   * @param inside by place among the analysed orders
   */
  private Cost cost(Measure measure, IntPredicate inside) {
    double[] money = new double[cellCount];
    double[] value = new double[cellCount];
    double[] equal = new double[cellCount];
    double[] ones = new double[cellCount];
    CompensatedSum amount = new CompensatedSum();
    long orders = 0;
    for (int i = 0; i < analysed.length; i++) {
      int order = analysed[i];
      double against = measure.value().applyAsDouble(order);
      if (inside.test(i) && !Double.isNaN(against)) {
        double each = measure.money().applyAsDouble(order);
        int cell = cellOf[order];
        money[cell] += each;
        value[cell] += against;
        equal[cell] += each / against;
        ones[cell]++;
        amount.add(each);
        orders++;
      }
    }
    Ratio weighted = BlockSums.ratio(money, value, 0, cellCount, block);
    Ratio once = BlockSums.ratio(equal, ones, 0, cellCount, block);
    return new Cost(
        measure.name(),
        orders,
        BP * weighted.value(),
        BP * weighted.standardError(),
        BP * once.value(),
        BP * once.standardError(),
        amount.value());
  }

  private List<Horizon> markouts() {
    List<Horizon> curve = new ArrayList<>();
    source
        .after()
        .forEach(
            (horizon, later) -> {
              Curve sums = new Curve();
              for (int row = 0; row < source.rows(); row++) {
                int order = source.order().applyAsInt(row);
                if (order >= 0 && cellOf[order] >= 0) {
                  double q = source.filled().applyAsDouble(row);
                  double p = source.price().applyAsDouble(row);
                  double then = later.applyAsDouble(row);
                  if (q > 0 && isPrice(then)) {
                    sums.add(order, side[order] * q * (then - p), q * p);
                  }
                }
              }
              curve.add(sums.point(horizon));
            });
    return curve;
  }

  /** From the last fill's mid price on. */
  private List<Horizon> reversions() {
    List<Horizon> curve = new ArrayList<>();
    if (source.mid() == null || source.after().isEmpty()) {
      return curve;
    }
    source
        .after()
        .forEach(
            (horizon, later) -> {
              Curve sums = new Curve();
              for (int order : analysed) {
                int row = lastFill[order];
                double end = row < 0 ? Double.NaN : source.mid().applyAsDouble(row);
                double then = row < 0 ? Double.NaN : later.applyAsDouble(row);
                if (isPrice(end) && isPrice(then)) {
                  double shares = filled[order];
                  sums.add(order, side[order] * shares * (then - end), shares * arrival[order]);
                }
              }
              curve.add(sums.point(horizon));
            });
    return curve;
  }

  /** Sums of one point. */
  private final class Curve {
    private final double[] money = new double[cellCount];
    private final double[] value = new double[cellCount];
    private long points;

    void add(int order, double gained, double against) {
      money[cellOf[order]] += gained;
      value[cellOf[order]] += against;
      points++;
    }

    Horizon point(String horizon) {
      Ratio ratio = BlockSums.ratio(money, value, 0, cellCount, block);
      return new Horizon(horizon, points, BP * ratio.value(), BP * ratio.standardError());
    }
  }

  private List<OrderBreakdown> breakdowns(
      List<Dimension> dimensions, IntToLongFunction times, boolean hasTime) {
    RowSelection rows =
        RowSelection.of(Arrays.stream(analysed).map(order -> firstRow[order]).toArray());
    List<Measure> measures = new ArrayList<>(shortfallMeasures());
    measures.addAll(slippageMeasures());
    List<OrderBreakdown> result = new ArrayList<>();
    for (Dimension dimension : dimensions) {
      Optional<Bucketing> found = Bucketing.of(dimension, rows, times, hasTime);
      if (found.isEmpty()) {
        continue;
      }
      Bucketing each = found.get();
      int[] bucketOf = IntStream.range(0, analysed.length).map(each.of()).toArray();
      List<OrderBucket> buckets = new ArrayList<>();
      for (int b = 0; b < each.ranges().size(); b++) {
        int bucket = b;
        IntPredicate inside = i -> bucketOf[i] == bucket;
        CompensatedSum notional = new CompensatedSum();
        long orders = 0;
        for (int i = 0; i < analysed.length; i++) {
          if (inside.test(i)) {
            notional.add(value(analysed[i]));
            orders++;
          }
        }
        Bucketing.Range range = each.ranges().get(b);
        buckets.add(
            new OrderBucket(
                range.label(),
                range.low(),
                range.high(),
                orders,
                notional.value(),
                costs(measures, inside)));
      }
      result.add(
          new OrderBreakdown(
              each.name(), each.expression(), each.unit(), each.kind(), each.zone(), buckets));
    }
    return result;
  }
}
