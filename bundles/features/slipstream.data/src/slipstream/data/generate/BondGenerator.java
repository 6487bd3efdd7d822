package slipstream.data.generate;

import static slipstream.data.generate.GeneratedColumn.Type.DATE;
import static slipstream.data.generate.GeneratedColumn.Type.FLAG;
import static slipstream.data.generate.GeneratedColumn.Type.NUMBER;
import static slipstream.data.generate.GeneratedColumn.Type.TEXT;
import static slipstream.data.generate.GeneratedColumn.Type.TIME;
import static slipstream.data.generate.GeneratedColumn.Type.WHOLE;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.Text;

/**
 * Fixed-income intervals: 200 bonds of ten sectors, 84 five-minute bars a day.
 *
 * <p>A slot is a place on a sector's curve that always holds one bond: when it matures, the next issue takes its place.
 * Impact, volatility and flow belong to the slot. Rows of a day come by bar, then by slot. All state starts anew each
 * day, so that a day needs no other.
 */
final class BondGenerator implements DayGenerator {
  static final int SECTORS = 10;
  static final int SLOTS = 200;
  static final int SECTOR_SLOTS = SLOTS / SECTORS;
  static final int BARS = 84;
  private static final int FACTORS = 3;
  private static final int[] TENORS = {2, 3, 5, 7, 10};
  private static final int STAGGERS = SECTOR_SLOTS / TENORS.length;
  private static final String[] SECTOR_NAMES = {
    "AUTO", "BANK", "CHEM", "ENRG", "FOOD", "HLTH", "INSR", "TECH", "TELE", "UTIL"
  };
  private static final double YIELD = 0.04;
  private static final double YEAR = 365.25;

  /** 12:00 UTC, when the first bar begins. */
  private static final long OPEN_NANOS = 12 * 3600 * 1_000_000_000L;

  private static final long BAR_NANOS = 300 * 1_000_000_000L;
  private static final long DAY_NANOS = 86_400 * 1_000_000_000L;

  private static final double FACTOR_PHI = 0.8;
  private static final double OWN_PHI = 0.5;
  private static final double OWN_FLOW = 0.8;

  /** A slot's flow in a bar, as a share of what an even day would bring. */
  private static final double FLOW_SHARE = 0.25;

  private static final double ON_THE_RUN_VOLUME = 3;
  private static final double DEFECT = 2e-4;
  private static final int STALE_BARS = 12;

  // Streams: what a random number is for. The order is part of the format of the rows.
  private static final int CURVE = 1;
  private static final int SLOT_VOLATILITY = 2;
  private static final int SLOT_VOLUME = 3;
  private static final int LOADING = 4;
  private static final int ZERO = 5;
  private static final int DAY_VOLATILITY = 6;
  private static final int DAY_PRICE = 7;
  private static final int FACTOR = 8;
  private static final int OWN = 9;
  private static final int TRADED = 10;
  private static final int VOLUME = 11;
  private static final int RETURN_NOISE = 12;
  private static final int SPREAD_DAY_NOISE = 13;
  private static final int SPREAD_ROW_NOISE = 14;
  private static final int TRADE = 15;
  private static final int COST_DAY_NOISE = 16;
  private static final int COST_ROW_NOISE = 17;
  private static final int DIRT = 18;

  private static final int TIME_COLUMN = 0;
  private static final int BOND = 1;
  private static final int SECTOR = 2;
  private static final int BOND_DAY = 3;
  private static final int BAR = 4;
  private static final int ISSUED = 5;
  private static final int MATURES = 6;
  private static final int ON_THE_RUN = 7;
  private static final int DURATION = 8;
  private static final int ADV = 9;
  private static final int VOLATILITY = 10;
  private static final int FLOW = 11;
  private static final int VOLUME_COLUMN = 12;
  private static final int OWN_PRESSURE = 13;
  private static final int CROSS_PRESSURE = 14;
  private static final int FACTOR_1 = 15;
  private static final int RETURN = 18;
  private static final int BID = 19;
  private static final int ASK = 20;
  private static final int TRADE_SIZE = 21;
  private static final int TRADE_SIDE = 22;
  private static final int TRADE_COST = 23;
  private static final int IMPACT_RETURN = 24;
  private static final int DECAY_RETURN = 25;
  private static final int FACTOR_RETURN = 26;
  private static final int EXPECTED_SPREAD = 27;
  private static final int EXPECTED_COST = 28;

  static final List<GeneratedColumn> COLUMNS =
      List.of(
          data("time", TIME, "", "End of the five-minute bar"),
          data("bond", TEXT, "", "The bond; another takes its slot when it matures"),
          data("sector", TEXT, "", "Sector of the issuer"),
          data("bond_day", WHOLE, "", "One number for the rows of a bond on a day"),
          data("bar", WHOLE, "", "Bar of the day, from 0"),
          data("issued", DATE, "", "Issue date"),
          data("matures", DATE, "", "Maturity date"),
          data("on_the_run", FLAG, "", "The latest issue of its sector and tenor"),
          data("duration", NUMBER, "years", "Modified duration of a par bond to its maturity"),
          data("adv", NUMBER, "USD", "Average daily volume"),
          data("volatility_bp", NUMBER, "bp", "Volatility of the day"),
          data("flow", NUMBER, "USD", "Customers' buying less selling in the bar"),
          data("volume", NUMBER, "USD", "Volume in the bar"),
          data("own_pressure", NUMBER, "bp²", "σ_i² g_i, g = sign(flow) sqrt(|flow| / adv)"),
          data("cross_pressure", NUMBER, "bp²", "σ_i Σ_{j≠i} K_ij σ_j g_j"),
          data("factor_1", NUMBER, "", "First factor of flow and return"),
          data("factor_2", NUMBER, "", "Second factor"),
          data("factor_3", NUMBER, "", "Third factor"),
          data("return_bp", NUMBER, "bp", "Return of the mid price in the bar"),
          data("bid", NUMBER, "% of par", "Bid at the end of the bar"),
          data("ask", NUMBER, "% of par", "Ask at the end of the bar"),
          data("trade_size", NUMBER, "thousand USD", "A customer's trade; null without volume"),
          data("trade_side", NUMBER, "", "+1 the customer buys, -1 sells; null without volume"),
          data("trade_cost_bp", NUMBER, "bp", "What the customer paid; null without volume"),
          truth("impact_return_bp", "(Λ g(q_t))_i"),
          truth("decay_return_bp", "-(1 - φ) × the impact that was left one bar earlier"),
          truth("factor_return_bp", "σ Σ_k β_k f_k"),
          truth("expected_ln_half_spread", "γ0 + γ1 ln duration + γ2 ln ADV + γ3 ln volatility"),
          truth("expected_trade_cost_bp", "c0 + c1/S + c2 ln S + c3 S + c4 S²"));

  private static GeneratedColumn data(
      String name, GeneratedColumn.Type type, String unit, String description) {
    return new GeneratedColumn(name, type, unit, description, false);
  }

  private static GeneratedColumn truth(String name, String description) {
    String unit = name.endsWith("_bp") ? "bp" : "";
    return new GeneratedColumn(name, NUMBER, unit, description, true);
  }

  private final long seed;
  private final double noise;
  private final boolean dirty;
  private final BondParameters parameters;
  private final TradingDays days;

  private final double[] curve = new double[SLOTS];
  private final double[] volatility = new double[SLOTS];
  private final double[] adv = new double[SLOTS];
  private final double[][] loading = new double[SLOTS][FACTORS];
  private final double[] zero = new double[SLOTS];

  /** K within each sector: {@code kernel[sector][i][j]}. */
  private final double[][][] kernel = new double[SECTORS][SECTOR_SLOTS][SECTOR_SLOTS];

  /**
   * @param noise multiplies every noise term: 0, 0.1 or 1 as a rule
   */
  BondGenerator(
      long seed, double noise, boolean dirty, BondParameters parameters, TradingDays days) {
    this.seed = seed;
    this.noise = noise;
    this.dirty = dirty;
    this.parameters = parameters;
    this.days = days;
    Draws draws = new Draws(seed);
    for (int i = 0; i < SLOTS; i++) {
      double years = tenor(i) * (0.5 + 0.125 * stagger(i));
      curve[i] = duration(years) * StrictMath.exp(0.05 * draws.normal(CURVE, i, 0));
      volatility[i] = 5 * curve[i] * StrictMath.exp(0.2 * draws.normal(SLOT_VOLATILITY, i, 0));
      adv[i] = 20e6 * StrictMath.exp(0.8 * draws.normal(SLOT_VOLUME, i, 0));
      for (int k = 0; k < FACTORS; k++) {
        loading[i][k] = (k == 0 ? 0.4 : 0) + 0.4 * draws.normal(LOADING, i, k);
      }
      zero[i] = 0.05 + 0.4 * draws.uniform(ZERO, i, 0);
    }
    for (int s = 0; s < SECTORS; s++) {
      for (int i = 0; i < SECTOR_SLOTS; i++) {
        for (int j = 0; j < SECTOR_SLOTS; j++) {
          double ratio = curve[s * SECTOR_SLOTS + i] / curve[s * SECTOR_SLOTS + j];
          double distance = Math.abs(StrictMath.log(ratio));
          kernel[s][i][j] = StrictMath.exp(-distance / parameters.kernelLength());
        }
      }
    }
  }

  private static int tenor(int slot) {
    return TENORS[slot % SECTOR_SLOTS / STAGGERS];
  }

  private static int stagger(int slot) {
    return slot % STAGGERS;
  }

  /** Modified duration of a bond at par, in years. */
  private static double duration(double years) {
    return (1 - StrictMath.exp(-YIELD * years)) / YIELD;
  }

  @Override
  public List<GeneratedColumn> columns() {
    return COLUMNS;
  }

  @Override
  public int rowsPerDay() {
    return SLOTS * BARS;
  }

  /**
   * The bond in a slot on a date.
   *
   * @param generation counts the slot's bonds
   */
  private record Issue(int generation, int issued, int matures, boolean onTheRun) {
    static Issue of(int slot, int epochDay) {
      double life = tenor(slot) * YEAR;
      // The bonds of a tenor are issued one after another, evenly over its life.
      double phase = life * stagger(slot) / STAGGERS;
      double since = epochDay - TradingDays.firstEpochDay() + life + phase;
      int generation = (int) Math.floor(since / life);
      double age = since - generation * life;
      int issued = (int) Math.round(epochDay - age);
      return new Issue(
          generation, issued, (int) Math.round(epochDay - age + life), age < life / STAGGERS);
    }
  }

  @Override
  public Day day(int day) {
    Draws draws = new Draws(seed);
    Block block = new Block(COLUMNS, SLOTS * BARS);
    int date = days.epochDay(day);
    Issue[] issues = new Issue[SLOTS];
    String[] names = new String[SLOTS];
    double[] duration = new double[SLOTS];
    double[] dayAdv = new double[SLOTS];
    double[] dayVolatility = new double[SLOTS];
    double[] lnSpread = new double[SLOTS];
    double[] spreadNoise = new double[SLOTS];
    double[] costNoise = new double[SLOTS];
    double[] mid = new double[SLOTS];
    double[] own = new double[SLOTS];
    double[] impact = new double[SLOTS];
    double[] pressure = new double[SLOTS];
    double[] factors = new double[FACTORS];
    double[] sectorVolatility = new double[SECTORS];
    for (int s = 0; s < SECTORS; s++) {
      sectorVolatility[s] =
          StrictMath.exp(draws.autoregression(DAY_VOLATILITY, s, day, 0.95, 0.3, 64));
    }
    for (int i = 0; i < SLOTS; i++) {
      Issue issue = Issue.of(i, date);
      issues[i] = issue;
      names[i] =
          Text.format(
              "%s-%dY-%d%02d",
              SECTOR_NAMES[i / SECTOR_SLOTS], tenor(i), stagger(i), issue.generation);
      duration[i] = duration(Math.max(1, issue.matures - date) / YEAR);
      dayAdv[i] = adv[i] * (issue.onTheRun ? ON_THE_RUN_VOLUME : 1);
      dayVolatility[i] = volatility[i] * sectorVolatility[i / SECTOR_SLOTS];
      lnSpread[i] =
          parameters.spreadIntercept()
              + parameters.spreadDuration() * StrictMath.log(duration[i])
              + parameters.spreadVolume() * StrictMath.log(dayAdv[i] / 1e6)
              + parameters.spreadVolatility() * StrictMath.log(dayVolatility[i]);
      long bondDay = bondDay(day, i);
      spreadNoise[i] =
          noise * parameters.spreadDayNoise() * draws.normal(SPREAD_DAY_NOISE, bondDay, 0);
      costNoise[i] = noise * parameters.costDayNoise() * draws.normal(COST_DAY_NOISE, bondDay, 0);
      mid[i] = 100 * StrictMath.exp(draws.autoregression(DAY_PRICE, i, day, 0.97, 0.03, 128));
    }
    for (int bar = 0; bar < BARS; bar++) {
      double position = 2 * (bar + 0.5) / BARS - 1;
      double share = (0.8 + 0.6 * position * position) / BARS;
      for (int k = 0; k < FACTORS; k++) {
        double draw = draws.normal(FACTOR, (long) day * FACTORS + k, bar);
        factors[k] = step(factors[k], draw, FACTOR_PHI, bar);
      }
      int first = bar * SLOTS;
      for (int i = 0; i < SLOTS; i++) {
        long bondDay = bondDay(day, i);
        int row = first + i;
        double score = step(own[i], draws.normal(OWN, bondDay, bar), OWN_PHI, bar);
        own[i] = score;
        score *= OWN_FLOW;
        for (int k = 0; k < FACTORS; k++) {
          score += loading[i][k] * factors[k];
        }
        boolean traded = draws.uniform(TRADED, bondDay, bar) >= zero[i];
        double flow = traded ? dayAdv[i] * share * FLOW_SHARE * score : 0;
        double volume = 0;
        if (traded) {
          double rest = StrictMath.exp(0.5 * draws.normal(VOLUME, bondDay, bar) - 0.125);
          volume = Math.abs(flow) + (1 - FLOW_SHARE) * dayAdv[i] * share * rest;
        }
        pressure[i] =
            volatility[i] * Math.signum(flow) * StrictMath.sqrt(Math.abs(flow) / dayAdv[i]);
        block.wholes(TIME_COLUMN)[row] = date * DAY_NANOS + OPEN_NANOS + (bar + 1) * BAR_NANOS;
        block.texts(BOND)[row] = names[i];
        block.texts(SECTOR)[row] = SECTOR_NAMES[i / SECTOR_SLOTS];
        block.wholes(BOND_DAY)[row] = bondDay;
        block.wholes(BAR)[row] = bar;
        block.dates(ISSUED)[row] = issues[i].issued;
        block.dates(MATURES)[row] = issues[i].matures;
        block.flags(ON_THE_RUN)[row] = issues[i].onTheRun;
        block.numbers(DURATION)[row] = duration[i];
        block.numbers(ADV)[row] = dayAdv[i];
        block.numbers(VOLATILITY)[row] = dayVolatility[i];
        block.numbers(FLOW)[row] = flow;
        block.numbers(VOLUME_COLUMN)[row] = volume;
        for (int k = 0; k < FACTORS; k++) {
          block.numbers(FACTOR_1 + k)[row] = factors[k];
        }
      }
      for (int i = 0; i < SLOTS; i++) {
        prices(block, draws, day, bar, i, pressure, impact, factors, dayVolatility, mid);
        quotes(block, draws, day, bar, i, lnSpread[i], spreadNoise[i], mid[i]);
        trade(block, draws, day, bar, i, costNoise[i]);
      }
    }
    return dirty ? spoil(block, draws, day) : new Day(block, List.of());
  }

  private static double step(double state, double draw, double phi, int bar) {
    return bar == 0 ? draw : phi * state + StrictMath.sqrt(1 - phi * phi) * draw;
  }

  private static long bondDay(int day, int slot) {
    return (long) day * SLOTS + slot;
  }

  private void prices(
      Block block,
      Draws draws,
      int day,
      int bar,
      int i,
      double[] pressure,
      double[] impact,
      double[] factors,
      double[] dayVolatility,
      double[] mid) {
    int row = bar * SLOTS + i;
    int sector = i / SECTOR_SLOTS;
    double[] weights = kernel[sector][i % SECTOR_SLOTS];
    double cross = 0;
    for (int j = 0; j < SECTOR_SLOTS; j++) {
      int other = sector * SECTOR_SLOTS + j;
      if (other != i) {
        cross += weights[j] * pressure[other];
      }
    }
    double ownPressure = volatility[i] * pressure[i];
    double crossPressure = volatility[i] * cross;
    double pushed =
        (parameters.impactOwn() + parameters.impactShared()) * ownPressure
            + parameters.impactShared() * crossPressure;
    double decay = -(1 - parameters.impactDecay()) * impact[i];
    impact[i] = parameters.impactDecay() * impact[i] + pushed;
    double common = 0;
    for (int k = 0; k < FACTORS; k++) {
      common += parameters.factorLoadings()[k] * factors[k];
    }
    common *= dayVolatility[i];
    double random =
        noise
            * dayVolatility[i]
            / StrictMath.sqrt(BARS)
            * draws.normal(RETURN_NOISE, bondDay(day, i), bar);
    double result = pushed + decay + common + random;
    mid[i] *= StrictMath.exp(result / 1e4);
    block.numbers(OWN_PRESSURE)[row] = ownPressure;
    block.numbers(CROSS_PRESSURE)[row] = crossPressure;
    block.numbers(RETURN)[row] = result;
    block.numbers(IMPACT_RETURN)[row] = pushed;
    block.numbers(DECAY_RETURN)[row] = decay;
    block.numbers(FACTOR_RETURN)[row] = common;
  }

  private void quotes(
      Block block,
      Draws draws,
      int day,
      int bar,
      int i,
      double expected,
      double dayNoise,
      double mid) {
    int row = bar * SLOTS + i;
    double rowNoise =
        noise
            * parameters.spreadRowNoise()
            * draws.student5(SPREAD_ROW_NOISE, bondDay(day, i), bar);
    double half = StrictMath.exp(expected + dayNoise + rowNoise) / 1e4;
    block.numbers(BID)[row] = mid * (1 - half);
    block.numbers(ASK)[row] = mid * (1 + half);
    block.numbers(EXPECTED_SPREAD)[row] = expected;
  }

  private void trade(Block block, Draws draws, int day, int bar, int i, double dayNoise) {
    int row = bar * SLOTS + i;
    if (block.numbers(VOLUME_COLUMN)[row] == 0) {
      for (int column : new int[] {TRADE_SIZE, TRADE_SIDE, TRADE_COST, EXPECTED_COST}) {
        block.setNull(column, row);
      }
      return;
    }
    long bondDay = bondDay(day, i);
    // Log-uniform from 5 thousand to 5 million USD.
    double size = 5 * StrictMath.exp(draws.uniform(TRADE, bondDay, 2 * bar) * StrictMath.log(1000));
    double expected =
        parameters.cost0()
            + parameters.cost1() / size
            + parameters.cost2() * StrictMath.log(size)
            + parameters.cost3() * size
            + parameters.cost4() * size * size;
    double rowNoise =
        noise * parameters.costRowNoise() * draws.student5(COST_ROW_NOISE, bondDay, bar);
    block.numbers(TRADE_SIZE)[row] = size;
    block.numbers(TRADE_SIDE)[row] = draws.uniform(TRADE, bondDay, 2 * bar + 1) < 0.5 ? 1 : -1;
    block.numbers(TRADE_COST)[row] = expected + dayNoise + rowNoise;
    block.numbers(EXPECTED_COST)[row] = expected;
  }

  /** Puts defects into a day's rows, each kind in about two rows of 10,000; no row gets two. */
  private Day spoil(Block block, Draws draws, int day) {
    boolean[] taken = new boolean[block.rows()];
    String[] kinds = new String[block.rows()];
    for (int i = 0; i < SLOTS; i++) {
      long bondDay = bondDay(day, i);
      if (draws.uniform(DIRT, bondDay, 0) < DEFECT * BARS) {
        int from = 1 + draws.whole(BARS - STALE_BARS, DIRT, bondDay, 1);
        for (int bar = from; bar < from + STALE_BARS; bar++) {
          int row = bar * SLOTS + i;
          block.numbers(BID)[row] = block.numbers(BID)[row - SLOTS];
          block.numbers(ASK)[row] = block.numbers(ASK)[row - SLOTS];
          taken[row] = true;
          kinds[row] = "stale";
        }
      }
    }
    List<Integer> order = new ArrayList<>();
    List<Defect> defects = new ArrayList<>();
    for (int row = 0; row < block.rows(); row++) {
      int index = 2 + row / SLOTS;
      double u = draws.uniform(DIRT, bondDay(day, row % SLOTS), index);
      boolean duplicate = false;
      if (!taken[row] && u < 4 * DEFECT) {
        double[] bid = block.numbers(BID);
        double[] ask = block.numbers(ASK);
        switch ((int) (u / DEFECT)) {
          case 0 -> {
            double swap = bid[row];
            bid[row] = ask[row];
            ask[row] = swap;
            kinds[row] = "crossed";
          }
          case 1 -> {
            bid[row] *= 10;
            ask[row] *= 10;
            kinds[row] = "times_ten";
          }
          case 2 -> {
            block.setNull(BID, row);
            block.setNull(ASK, row);
            kinds[row] = "null";
          }
          default -> duplicate = true;
        }
      }
      if (kinds[row] != null) {
        defects.add(new Defect(order.size(), kinds[row]));
      }
      order.add(row);
      if (duplicate) {
        defects.add(new Defect(order.size(), "duplicate"));
        order.add(row);
      }
    }
    return new Day(
        block.select(order.stream().mapToInt(Integer::intValue).toArray()), List.copyOf(defects));
  }

  @Override
  public void truth(JsonGenerator json) throws IOException {
    TruthJson.record(json, "parameters", parameters);
    json.writeArrayFieldStart("slots");
    for (int i = 0; i < SLOTS; i++) {
      json.writeStartObject();
      json.writeStringField("sector", SECTOR_NAMES[i / SECTOR_SLOTS]);
      json.writeNumberField("tenor_years", tenor(i));
      json.writeNumberField("curve_point_years", curve[i]);
      json.writeNumberField("volatility_bp", volatility[i]);
      json.writeNumberField("adv_usd", adv[i]);
      json.writeNumberField("zero_volume_probability", zero[i]);
      TruthJson.numbers(json, "flow_loadings", loading[i]);
      json.writeEndObject();
    }
    json.writeEndArray();
    // Λ is zero across sectors: one block for each sector says it all.
    json.writeObjectFieldStart("impact_matrices");
    for (int s = 0; s < SECTORS; s++) {
      json.writeArrayFieldStart(SECTOR_NAMES[s]);
      for (double[] row : impactMatrix(s)) {
        TruthJson.numbers(json, null, row);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** Λ of the slots of a sector, in bp for each unit of g. */
  double[][] impactMatrix(int sector) {
    double[][] matrix = new double[SECTOR_SLOTS][SECTOR_SLOTS];
    for (int i = 0; i < SECTOR_SLOTS; i++) {
      for (int j = 0; j < SECTOR_SLOTS; j++) {
        double own = i == j ? parameters.impactOwn() : 0;
        matrix[i][j] =
            volatility[sector * SECTOR_SLOTS + i]
                * (own + parameters.impactShared() * kernel[sector][i][j])
                * volatility[sector * SECTOR_SLOTS + j];
      }
    }
    return matrix;
  }
}
