package slipstream.data.generate;

import static slipstream.data.generate.GeneratedColumn.Type.FLAG;
import static slipstream.data.generate.GeneratedColumn.Type.NUMBER;
import static slipstream.data.generate.GeneratedColumn.Type.TEXT;
import static slipstream.data.generate.GeneratedColumn.Type.TIME;
import static slipstream.data.generate.GeneratedColumn.Type.WHOLE;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import slipstream.core.Text;

/**
 * Parent orders and their children: 1,400 parents a day in 500 instruments, a child in each five-minute bin that its
 * parent is at work. Rows of a day come by parent, then by child. No day needs another.
 */
final class ParentGenerator implements DayGenerator {
  static final int INSTRUMENTS = 500;
  static final int GROUP = 10;
  static final int PARENTS = 1400;
  static final int BINS = 78;
  private static final int SHORTEST = 4;
  private static final int LONGEST = 20;

  private static final long OPEN_NANOS = (14 * 60 + 30) * 60 * 1_000_000_000L;
  private static final long BIN_NANOS = 300 * 1_000_000_000L;
  private static final long DAY_NANOS = 86_400 * 1_000_000_000L;

  private static final double SMALLEST = 1e-4;
  private static final double LARGEST = 0.25;
  private static final double BASE_SPREAD = 8;
  private static final double TICK = 0.01;

  private static final String[] ALGORITHMS = {"patient", "scheduled", "urgent"};
  private static final double[] TAKING = {0.35, 0.5, 0.8};

  // Streams: what a random number is for. The order is part of the format of the rows.
  private static final int INSTRUMENT_FACTS = 101;
  private static final int DAY_VOLUME = 102;
  private static final int BIN_VOLUME = 103;
  private static final int PARENT = 104;
  private static final int TAKES = 105;
  private static final int PATH = 106;
  private static final int CHILD = 107;
  private static final int DAY_PRICE = 108;
  private static final int ORDER = 109;
  private static final int AFTER = 110;

  /** Minutes after a child at which the mid price is told. */
  private static final int[] HORIZONS = {1, 5, 15, 60};

  private static final double DAY_MINUTES = 390;

  private static final int TIME_COLUMN = 0;
  private static final int INSTRUMENT = 1;
  private static final int GROUP_COLUMN = 2;
  private static final int PARENT_COLUMN = 3;
  private static final int CHILD_COLUMN = 4;
  private static final int SIDE = 5;
  private static final int ALGORITHM = 6;
  private static final int SCHEDULE = 7;
  private static final int TAKING_COLUMN = 8;
  private static final int PARENT_QUANTITY = 9;
  private static final int QUANTITY = 10;
  private static final int QUANTITY_DONE = 11;
  private static final int ADV = 12;
  private static final int VOLATILITY = 13;
  private static final int SPREAD = 14;
  private static final int VOLUME = 15;
  private static final int OWN_CONCURRENT = 16;
  private static final int GROUP_CONCURRENT = 17;
  private static final int MOMENTUM = 18;
  private static final int ARRIVAL = 19;
  private static final int PRICE = 20;
  private static final int COST = 21;
  private static final int ORDER_QUANTITY = 22;
  private static final int DECISION = 23;
  private static final int FEES = 24;
  private static final int MID = 25;
  private static final int MID_AFTER = 26; // by horizon
  private static final int VWAP = 30;
  private static final int TWAP = 31;
  private static final int CLOSE = 32;
  private static final int SPREAD_COST = 33;
  private static final int IMPACT_COST = 34;
  private static final int CROSS_COST = 35;
  private static final int ALGORITHM_COST = 36;
  private static final int EXPECTED_COST = 37;
  private static final int CLOSE_MOVE = 38;

  static final List<GeneratedColumn> COLUMNS =
      List.of(
          data("time", TIME, "", "Middle of the child's bin"),
          data("instrument", TEXT, "", "The instrument"),
          data("industry", TEXT, "", "Ten instruments that move each other"),
          data("parent", WHOLE, "", "Number of the parent order"),
          data("child", WHOLE, "", "Number of the child in its parent, from 0"),
          data("side", NUMBER, "", "+1 buys, -1 sells"),
          data("algorithm", TEXT, "", "patient, scheduled or urgent"),
          data("schedule", TEXT, "", "TWAP or VWAP"),
          data("taking", FLAG, "", "Whether the child takes liquidity or makes it"),
          data("parent_quantity", NUMBER, "shares", "Q: size of the parent"),
          data("quantity", NUMBER, "shares", "Size of the child"),
          data("quantity_done", NUMBER, "shares", "X: done by the parent to this child's middle"),
          data("adv", NUMBER, "shares", "Average daily volume"),
          data("volatility_bp", NUMBER, "bp", "σ: volatility of a day"),
          data("spread_bp", NUMBER, "bp", "s: quoted spread"),
          data("volume", NUMBER, "shares", "Market volume of the bin"),
          data("own_concurrent", NUMBER, "bp", "σ_i²/200 side sgnsqrt(F_i / ADV_i)"),
          data("group_concurrent", NUMBER, "bp", "σ_i/200 Σ_{j≠i} σ_j side sgnsqrt(F_j / ADV_j)"),
          data("momentum", NUMBER, "", "Score of the price's move before arrival, with the side"),
          data("arrival_price", NUMBER, "USD", "Mid price when the parent arrived"),
          data("price", NUMBER, "USD", "Average price of the child's fills"),
          data("cost_bp", NUMBER, "bp", "side (price / arrival_price - 1); positive is a cost"),
          data("order_quantity", NUMBER, "shares", "Size of the order; the parent may do less"),
          data("decision_price", NUMBER, "USD", "Mid price when the order was decided on"),
          data("fees", NUMBER, "USD", "Commission of the child"),
          data("mid_price", NUMBER, "USD", "Mid price at the child's middle"),
          data("mid_1m", NUMBER, "USD", "Mid price a minute later"),
          data("mid_5m", NUMBER, "USD", "Mid price 5 minutes later"),
          data("mid_15m", NUMBER, "USD", "Mid price 15 minutes later"),
          data("mid_60m", NUMBER, "USD", "Mid price an hour later"),
          data("vwap_price", NUMBER, "USD", "Market's VWAP over the parent's bins"),
          data("twap_price", NUMBER, "USD", "Mean mid price over the parent's bins"),
          data("close_price", NUMBER, "USD", "Price at the close"),
          truth("spread_cost_bp", "β A s/2, A = 1 taking, -κ making"),
          truth("impact_cost_bp", "Y σ (X/ADV)^δ"),
          truth("cross_cost_bp", "Σ_j Λ_ij side_i sgnsqrt(F_j / ADV_j)"),
          truth("algorithm_cost_bp", "θ of the algorithm"),
          truth("expected_cost_bp", "The four components' sum"),
          truth("close_move_bp", "Expected move from arrival to the close, with the side"));

  private static GeneratedColumn data(
      String name, GeneratedColumn.Type type, String unit, String description) {
    return new GeneratedColumn(name, type, unit, description, false);
  }

  private static GeneratedColumn truth(String name, String description) {
    return new GeneratedColumn(name, NUMBER, "bp", description, true);
  }

  private final long seed;
  private final double noise;
  private final boolean endogenous;
  private final ParentParameters parameters;
  private final TradingDays days;

  private final String[] names = new String[INSTRUMENTS];
  private final String[] groups = new String[INSTRUMENTS / GROUP];
  private final double[] adv = new double[INSTRUMENTS];
  private final double[] volatility = new double[INSTRUMENTS];
  private final double[] price = new double[INSTRUMENTS];
  private final double[] spread = new double[INSTRUMENTS];
  private final double[] profile = new double[BINS];

  /**
   * @param noise multiplies every noise term: 0, 0.1 or 1 as a rule
   * @param endogenous whether sizes follow momentum, which also moves the price
   */
  ParentGenerator(
      long seed, double noise, boolean endogenous, ParentParameters parameters, TradingDays days) {
    this.seed = seed;
    this.noise = noise;
    this.endogenous = endogenous;
    this.parameters = parameters;
    this.days = days;
    Draws draws = new Draws(seed);
    for (int g = 0; g < groups.length; g++) {
      groups[g] = Text.format("G%02d", g);
    }
    for (int i = 0; i < INSTRUMENTS; i++) {
      names[i] = Text.format("S%03d", i);
      adv[i] = StrictMath.exp(15 + 1.5 * draws.normal(INSTRUMENT_FACTS, i, 0));
      volatility[i] = 200 * StrictMath.exp(0.3 * draws.normal(INSTRUMENT_FACTS, i, 1));
      // Log-uniform from 5 to 200 USD.
      price[i] = 5 * StrictMath.exp(draws.uniform(INSTRUMENT_FACTS, i, 2) * StrictMath.log(40));
      double wide =
          BASE_SPREAD
              * StrictMath.pow(volatility[i] / 200, 0.7)
              * StrictMath.pow(adv[i] / 1e6, -0.3)
              * StrictMath.exp(0.2 * draws.normal(INSTRUMENT_FACTS, i, 3));
      spread[i] = Math.max(wide, 1e4 * TICK / price[i]);
    }
    double sum = 0;
    for (int b = 0; b < BINS; b++) {
      double position = 2 * (b + 0.5) / BINS - 1;
      profile[b] = 0.6 + 1.2 * position * position;
      sum += profile[b];
    }
    for (int b = 0; b < BINS; b++) {
      profile[b] /= sum;
    }
  }

  @Override
  public List<GeneratedColumn> columns() {
    return COLUMNS;
  }

  @Override
  public int rowsPerDay() {
    return PARENTS * (SHORTEST + LONGEST) / 2;
  }

  /** What is decided when a parent arrives. */
  private record Parent(
      long number,
      int instrument,
      int side,
      int algorithm,
      boolean vwap,
      double momentum,
      int start,
      double[] quantities,
      double quantity) {}

  private Parent parent(Draws draws, int day, int k) {
    long number = (long) day * PARENTS + k;
    int instrument = draws.whole(INSTRUMENTS, PARENT, number, 0);
    int side = draws.uniform(PARENT, number, 1) < 0.5 ? 1 : -1;
    int algorithm = draws.whole(ALGORITHMS.length, PARENT, number, 2);
    boolean vwap = draws.uniform(PARENT, number, 3) < 0.5;
    double momentum = draws.normal(PARENT, number, 4);
    double size = draws.uniform(PARENT, number, 5);
    double share;
    if (endogenous) {
      // Larger in the direction of the move, with the same distribution of sizes as without.
      double c = parameters.endogenousSize();
      double score = StrictMath.sqrt(1 - c * c) * NormalQuantile.of(size) + c * momentum;
      share = NormalDistribution.of(score);
    } else {
      share = size;
    }
    double participation = SMALLEST * StrictMath.pow(LARGEST / SMALLEST, share);
    int children = SHORTEST + draws.whole(LONGEST - SHORTEST + 1, PARENT, number, 6);
    int start = draws.whole(BINS - children + 1, PARENT, number, 7);
    double quantity = participation * adv[instrument];
    double[] quantities = new double[children];
    double weights = 0;
    for (int b = 0; b < children; b++) {
      weights += vwap ? profile[start + b] : 1;
    }
    for (int b = 0; b < children; b++) {
      quantities[b] = quantity * (vwap ? profile[start + b] : 1) / weights;
    }
    return new Parent(
        number, instrument, side, algorithm, vwap, momentum, start, quantities, quantity);
  }

  @Override
  public Day day(int day) {
    Draws draws = new Draws(seed);
    Parent[] parents = new Parent[PARENTS];
    double[] flow = new double[INSTRUMENTS * BINS];
    int rows = 0;
    for (int k = 0; k < PARENTS; k++) {
      Parent parent = parent(draws, day, k);
      parents[k] = parent;
      rows += parent.quantities.length;
      for (int b = 0; b < parent.quantities.length; b++) {
        flow[parent.instrument * BINS + parent.start + b] += parent.side * parent.quantities[b];
      }
    }
    // σ_j sgnsqrt(F_j / ADV_j) of all flow, by instrument and bin, and its sum over the group.
    double[] push = new double[flow.length];
    double[] groupPush = new double[groups.length * BINS];
    for (int j = 0; j < INSTRUMENTS; j++) {
      for (int b = 0; b < BINS; b++) {
        push[j * BINS + b] = volatility[j] * signedRoot(flow[j * BINS + b] / adv[j]);
      }
    }
    for (int g = 0; g < groups.length; g++) {
      for (int b = 0; b < BINS; b++) {
        double sum = 0;
        for (int j = g * GROUP; j < (g + 1) * GROUP; j++) {
          sum += push[j * BINS + b];
        }
        groupPush[g * BINS + b] = sum;
      }
    }
    double[] volume = volumes(draws, day);
    double[] arrival = new double[INSTRUMENTS];
    for (int i = 0; i < INSTRUMENTS; i++) {
      arrival[i] =
          price[i] * StrictMath.exp(draws.autoregression(DAY_PRICE, i, day, 0.97, 0.1, 64));
    }
    Block block = new Block(COLUMNS, rows);
    int row = 0;
    for (Parent parent : parents) {
      row = children(block, row, draws, day, parent, flow, push, groupPush, volume, arrival);
    }
    return new Day(block, List.of());
  }

  private double[] volumes(Draws draws, int day) {
    double[] volume = new double[INSTRUMENTS * BINS];
    for (int i = 0; i < INSTRUMENTS; i++) {
      double level = draws.autoregression(DAY_VOLUME, i, day, 0.7, 0.3, 32);
      double state = 0;
      for (int b = 0; b < BINS; b++) {
        double draw = draws.normal(BIN_VOLUME, (long) day * INSTRUMENTS + i, b);
        state = b == 0 ? draw : 0.6 * state + 0.8 * draw;
        volume[i * BINS + b] = adv[i] * profile[b] * StrictMath.exp(level + 0.4 * state);
      }
    }
    return volume;
  }

  private int children(
      Block block,
      int firstRow,
      Draws draws,
      int day,
      Parent parent,
      double[] flow,
      double[] push,
      double[] groupPush,
      double[] volume,
      double[] arrival) {
    int i = parent.instrument;
    int group = i / GROUP;
    double sigma = volatility[i];
    double done = 0;
    double path = 0;
    int row = firstRow;
    double mids = 0;
    double volumes = 0;
    double traded = 0;
    for (int b = 0; b < parent.quantities.length; b++, row++) {
      int bin = parent.start + b;
      double quantity = parent.quantities[b];
      double middle = done + quantity / 2;
      done += quantity;
      boolean taking = draws.uniform(TAKES, parent.number, b) < TAKING[parent.algorithm];
      double spreadCost =
          parameters.spread() * (taking ? 1 : -parameters.capture()) * spread[i] / 2;
      double impactCost =
          parameters.impact() * sigma * StrictMath.pow(middle / adv[i], parameters.exponent());
      double others = flow[i * BINS + bin] - parent.side * quantity;
      if (Math.abs(others) < 1e-9 * quantity) {
        others = 0; // what is left of a difference when there is no other parent
      }
      double own = sigma * sigma / 200 * parent.side * signedRoot(others / adv[i]);
      double rest = groupPush[group * BINS + bin] - push[i * BINS + bin];
      double shared = sigma / 200 * parent.side * rest;
      double crossCost =
          (parameters.crossOwn() + parameters.crossGroup()) * own
              + parameters.crossGroup() * shared;
      double algorithmCost = parameters.algorithms()[parent.algorithm];
      double step = (b == 0 ? 0.5 : 1) / BINS;
      path += StrictMath.sqrt(step) * draws.normal(PATH, parent.number, b);
      double drift =
          endogenous ? parameters.endogenousDrift() * parent.momentum * (b + 0.5) / BINS : 0;
      double random =
          noise
              * sigma
              * (parameters.pathNoise() * path
                  + drift
                  + parameters.childNoise() * draws.student5(CHILD, parent.number, b));
      double expected = spreadCost + impactCost + crossCost + algorithmCost;
      double cost = expected + random;
      block.wholes(TIME_COLUMN)[row] =
          days.epochDay(day) * DAY_NANOS + OPEN_NANOS + bin * BIN_NANOS + BIN_NANOS / 2;
      block.texts(INSTRUMENT)[row] = names[i];
      block.texts(GROUP_COLUMN)[row] = groups[group];
      block.wholes(PARENT_COLUMN)[row] = parent.number;
      block.wholes(CHILD_COLUMN)[row] = b;
      block.numbers(SIDE)[row] = parent.side;
      block.texts(ALGORITHM)[row] = ALGORITHMS[parent.algorithm];
      block.texts(SCHEDULE)[row] = parent.vwap ? "VWAP" : "TWAP";
      block.flags(TAKING_COLUMN)[row] = taking;
      block.numbers(PARENT_QUANTITY)[row] = parent.quantity;
      block.numbers(QUANTITY)[row] = quantity;
      block.numbers(QUANTITY_DONE)[row] = middle;
      block.numbers(ADV)[row] = adv[i];
      block.numbers(VOLATILITY)[row] = sigma;
      block.numbers(SPREAD)[row] = spread[i];
      block.numbers(VOLUME)[row] = volume[i * BINS + bin];
      block.numbers(OWN_CONCURRENT)[row] = own;
      block.numbers(GROUP_CONCURRENT)[row] = shared;
      block.numbers(MOMENTUM)[row] = parent.momentum;
      block.numbers(ARRIVAL)[row] = arrival[i];
      block.numbers(PRICE)[row] = arrival[i] * (1 + parent.side * cost / 1e4);
      block.numbers(COST)[row] = cost;
      double market = crossCost + noise * sigma * (parameters.pathNoise() * path + drift);
      double mid = arrival[i] * (1 + parent.side * (impactCost + market) / 1e4);
      mids += mid;
      volumes += volume[i * BINS + bin];
      traded += volume[i * BINS + bin] * mid;
      block.numbers(FEES)[row] = parameters.fees() / 1e4 * quantity * block.numbers(PRICE)[row];
      block.numbers(MID)[row] = mid;
      double wander = 0;
      for (int h = 0; h < HORIZONS.length; h++) {
        int minutes = HORIZONS[h] - (h == 0 ? 0 : HORIZONS[h - 1]);
        wander +=
            StrictMath.sqrt(minutes / DAY_MINUTES)
                * draws.normal(AFTER, parent.number, b * HORIZONS.length + h);
        double left =
            parameters.lasting()
                + (1 - parameters.lasting())
                    * StrictMath.exp(-HORIZONS[h] / parameters.decayMinutes());
        double move = impactCost * left + market + noise * sigma * wander;
        block.numbers(MID_AFTER + h)[row] = arrival[i] * (1 + parent.side * move / 1e4);
      }
      block.numbers(SPREAD_COST)[row] = spreadCost;
      block.numbers(IMPACT_COST)[row] = impactCost;
      block.numbers(CROSS_COST)[row] = crossCost;
      block.numbers(ALGORITHM_COST)[row] = algorithmCost;
      block.numbers(EXPECTED_COST)[row] = expected;
    }
    double delay =
        parameters.delay()
            + noise * sigma * parameters.delayNoise() * draws.normal(ORDER, parent.number, 0);
    double open =
        draws.uniform(ORDER, parent.number, 1) < parameters.openProbability()
            ? parameters.openLargest() * draws.uniform(ORDER, parent.number, 2)
            : 0;
    double staying =
        parameters.lasting()
            * parameters.impact()
            * sigma
            * StrictMath.pow(parent.quantity / adv[i], parameters.exponent());
    double closeMove = parameters.afterDrift() + staying;
    double close = closeMove + 0.5 * noise * sigma * draws.normal(ORDER, parent.number, 3);
    for (int r = firstRow; r < row; r++) {
      block.numbers(ORDER_QUANTITY)[r] = parent.quantity / (1 - open);
      block.numbers(DECISION)[r] = arrival[i] / (1 + parent.side * delay / 1e4);
      block.numbers(VWAP)[r] = traded / volumes;
      block.numbers(TWAP)[r] = mids / (row - firstRow);
      block.numbers(CLOSE)[r] = arrival[i] * (1 + parent.side * close / 1e4);
      block.numbers(CLOSE_MOVE)[r] = closeMove;
    }
    return row;
  }

  private static double signedRoot(double x) {
    return Math.signum(x) * StrictMath.sqrt(Math.abs(x));
  }

  @Override
  public void truth(JsonGenerator json) throws IOException {
    TruthJson.record(json, "parameters", parameters);
    json.writeArrayFieldStart("instruments");
    for (int i = 0; i < INSTRUMENTS; i++) {
      json.writeStartObject();
      json.writeStringField("name", names[i]);
      json.writeStringField("industry", groups[i / GROUP]);
      json.writeNumberField("adv_shares", adv[i]);
      json.writeNumberField("volatility_bp", volatility[i]);
      json.writeNumberField("spread_bp", spread[i]);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
