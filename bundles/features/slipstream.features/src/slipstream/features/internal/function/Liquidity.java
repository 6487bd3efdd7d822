package slipstream.features.internal.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;
import slipstream.features.internal.kernel.LocalClock;
import slipstream.features.internal.kernel.Quotes;
import slipstream.features.internal.kernel.RangeSpreads;
import slipstream.features.internal.kernel.RollingComoments;
import slipstream.features.internal.kernel.RollingSum;
import slipstream.features.internal.kernel.VolumeCurve;
import slipstream.features.internal.kernel.VolumeCurve.Statistic;
import slipstream.features.internal.kernel.VolumeForecast;
import slipstream.features.internal.kernel.Windows;

/** Spreads, liquidity and volatility over a window, and volume by the time of day. */
public final class Liquidity {
  private static final double BP = 1e4;
  private static final double MILLION = 1e6;
  private static final String WINDOW =
      "unknown where a value in the window is unknown, or fewer rows have been than it counts";
  private static final String AND_BEFORE =
      "unknown where a value in the window or in the row before it is unknown or not there, or fewer"
          + " rows have been than it counts";

  private Liquidity() {}

  /** Of a window of rows or of time, and so many rows before it. */
  private abstract static class Windowed extends BuiltIn {
    private final int more;

    /**
     * @param more rows before the window that its first values need
     */
    Windowed(String name, int more, int least, Documentation documentation, String... series) {
      super(name, arguments(least, series), documentation);
      this.more = more;
    }

    private static List<Argument> arguments(int least, String... series) {
      List<Argument> arguments = new ArrayList<>();
      for (String each : series) {
        arguments.add(series(each));
      }
      arguments.add(Argument.window("window", least));
      return arguments;
    }

    abstract void evaluate(double[][] series, int rows, Windows windows, double[] result);

    @Override
    public Kernel bind(Constants constants) {
      Window window = constants.window(0);
      Reach back = Reach.ofRows(more).plus(window.lookBack());
      return switch (window) {
        case Window.OfRows fixed ->
            lookingBack(
                back,
                (rows, series, result) ->
                    evaluate(series, rows.count(), Windows.ofRows(fixed.rows()), result));
        case Window.OfTime time ->
            lookingBackInTime(
                back,
                (rows, series, result) ->
                    evaluate(
                        series,
                        rows.count(),
                        Windows.ofTime(rows.times(), rows.count(), time.nanos()),
                        result));
      };
    }

    static double[] sum(double[] x, int rows, Windows windows) {
      double[] sum = new double[rows];
      RollingSum.evaluate(x, rows, windows, false, sum);
      return sum;
    }
  }

  private interface OfRow {
    double at(int row);
  }

  private static double[] each(int rows, OfRow value) {
    double[] values = new double[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = value.at(i);
    }
    return values;
  }

  /** What is not finite is unknown. */
  private static double finite(double x) {
    return x - x == 0 ? x : Double.NaN;
  }

  private static double volume(double x) {
    return x >= 0 ? finite(x) : Double.NaN;
  }

  // ---------------------------------------------------------------- spreads

  /** {@code roll_spread(price, window)}. */
  public static final class RollSpread extends Windowed {
    public RollSpread() {
      super(
          "roll_spread",
          2,
          2,
          new Documentation(
              "Spread by Roll: prices that bounce between bid and ask fall after they rose.",
              "2 * 10000 (-cov(r[s], r[s-1]))^0.5 over s in the window, r[s] = ln(price[s] /"
                  + " price[s-1]), cov the sample covariance; 0 where it is above 0",
              "bp of the price",
              "unknown where a price in the window or in the two rows before it is unknown, infinite,"
                  + " not above 0 or not there, or fewer rows have been than it counts",
              "Roll 1984, A simple implicit measure of the effective bid-ask spread in an efficient"
                  + " market, J. Finance 39(4); 0 for positive covariance as in Goyenko, Holden and"
                  + " Trzcinka 2009, Do liquidity measures measure liquidity?"),
          "price");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] price = series[0];
      double[] now =
          each(
              rows,
              i ->
                  i < 1 || !(price[i - 1] > 0) || !(price[i] > 0)
                      ? Double.NaN
                      : finite(StrictMath.log(price[i] / price[i - 1])));
      double[] before = each(rows, i -> i < 1 ? Double.NaN : now[i - 1]);
      RollingComoments.evaluate(
          RollingComoments.Statistic.COVARIANCE, now, before, rows, windows, result);
      for (int i = 0; i < rows; i++) {
        result[i] = 2 * BP * Math.sqrt(Math.max(0, -result[i]));
      }
    }
  }

  /** {@code corwin_schultz(high, low, window)}. */
  public static final class CorwinSchultz extends Windowed {
    public CorwinSchultz() {
      super(
          "corwin_schultz",
          1,
          1,
          new Documentation(
              "Spread by Corwin and Schultz: the range of two rows together has one spread in it, the"
                  + " two single ranges have two.",
              "mean over s in the window of 10000 max(0, 2 (e^a - 1) / (1 + e^a)), a = ((2 b)^0.5 -"
                  + " b^0.5) / k - (g / k)^0.5, k = 3 - 2 * 2^0.5, b = ln(high[s]/low[s])² +"
                  + " ln(high[s-1]/low[s-1])², g = ln(max(high[s], high[s-1]) / min(low[s],"
                  + " low[s-1]))²; gaps between rows are not adjusted for",
              "bp of the price",
              AND_BEFORE + ", or a price is not above 0, or high is below low",
              "Corwin and Schultz 2012, A simple way to estimate bid-ask spreads from daily high and"
                  + " low prices, J. Finance 67(2), eq. 14 and 18"),
          "high",
          "low");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] estimates = new double[rows];
      RangeSpreads.corwinSchultz(series[0], series[1], rows, estimates);
      RollingSum.evaluate(each(rows, i -> BP * estimates[i]), rows, windows, true, result);
    }
  }

  /** {@code abdi_ranaldo(high, low, close, window)}. */
  public static final class AbdiRanaldo extends Windowed {
    public AbdiRanaldo() {
      super(
          "abdi_ranaldo",
          1,
          1,
          new Documentation(
              "Spread by Abdi and Ranaldo: the close is half a spread from the efficient price, the"
                  + " middle of a range is not.",
              "mean over s in the window of 10000 max(0, 4 (c[s-1] - m[s-1]) (c[s-1] - m[s]))^0.5, c ="
                  + " ln close, m = (ln high + ln low) / 2: the two-day corrected estimate",
              "bp of the price",
              AND_BEFORE + ", or a price is not above 0, or high is below low",
              "Abdi and Ranaldo 2017, A simple estimation of bid-ask spreads from daily close, high,"
                  + " and low prices, Review of Financial Studies 30(12)"),
          "high",
          "low",
          "close");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] estimates = new double[rows];
      RangeSpreads.abdiRanaldo(series[0], series[1], series[2], rows, estimates);
      RollingSum.evaluate(each(rows, i -> BP * estimates[i]), rows, windows, true, result);
    }
  }

  /** {@code ofi(bid, bid_size, ask, ask_size, window)}. */
  public static final class OrderFlowImbalance extends Windowed {
    public OrderFlowImbalance() {
      super(
          "ofi",
          1,
          1,
          new Documentation(
              "Order-flow imbalance: size that came to the bid or left the ask, less the contrary.",
              "sum over s in the window of [bid[s] >= bid[s-1]] bid_size[s] - [bid[s] <= bid[s-1]]"
                  + " bid_size[s-1] - [ask[s] <= ask[s-1]] ask_size[s] + [ask[s] >= ask[s-1]]"
                  + " ask_size[s-1], [·] 1 where it holds, else 0; crossed quotes are taken as they are",
              "unit of the sizes",
              AND_BEFORE + ", or a price is infinite, or a size is infinite or below 0",
              "Cont, Kukanov and Stoikov 2014, The price impact of order book events, J. Financial"
                  + " Econometrics 12(1), section 2.1"),
          "bid",
          "bid_size",
          "ask",
          "ask_size");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] bid = series[0];
      double[] bidSize = series[1];
      double[] ask = series[2];
      double[] askSize = series[3];
      double[] events =
          each(
              rows,
              i ->
                  i == 0
                      ? Double.NaN
                      : Quotes.orderFlow(
                          bid[i - 1],
                          bidSize[i - 1],
                          ask[i - 1],
                          askSize[i - 1],
                          bid[i],
                          bidSize[i],
                          ask[i],
                          askSize[i]));
      RollingSum.evaluate(events, rows, windows, false, result);
    }
  }

  // -------------------------------------------------------------- liquidity

  /** {@code amihud(ret, volume, window)}. */
  public static final class Amihud extends Windowed {
    public Amihud() {
      super(
          "amihud",
          0,
          1,
          new Documentation(
              "Illiquidity by Amihud: how far the price moves for what is traded.",
              "mean of 1000000 |ret[s]| / dollar_volume[s] over s in the window with dollar_volume[s] >"
                  + " 0",
              "unit of ret per million of the unit of dollar_volume",
              "unknown where a volume in the window is unknown, infinite or below 0, or all are 0, or"
                  + " the return of a row with volume is unknown or infinite, or fewer rows have been"
                  + " than it counts",
              "Amihud 2002, Illiquidity and stock returns, J. Financial Markets 5(1), eq. 1"),
          "ret",
          "dollar_volume");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] volume = series[1];
      double[] moved =
          each(
              rows,
              i -> {
                double ratio = MILLION * Math.abs(series[0][i]) / volume(volume[i]);
                return volume[i] == 0 ? 0 : finite(ratio);
              });
      double[] traded = each(rows, i -> volume[i] > 0 ? 1 : 0);
      double[] sum = sum(moved, rows, windows);
      double[] count = sum(traded, rows, windows);
      for (int i = 0; i < rows; i++) {
        result[i] = count[i] > 0 ? sum[i] / count[i] : Double.NaN;
      }
    }
  }

  /** {@code kyle_lambda(price_change, signed_volume, window)}. */
  public static final class KyleLambda extends Windowed {
    public KyleLambda() {
      super(
          "kyle_lambda",
          0,
          3,
          new Documentation(
              "Kyle's lambda: what a unit of net buying moves the price, by least squares.",
              "cov(price_change, signed_volume) / var(signed_volume) over the window",
              "unit of price_change per unit of signed_volume",
              WINDOW + ", or infinite, or fewer than 2 rows are in it, or the volume does not vary",
              "Kyle 1985, Continuous auctions and insider trading, Econometrica 53(6); as a regression"
                  + " in Hasbrouck 2009, Trading costs and returns for U.S. equities, J. Finance 64(3)"),
          "price_change",
          "signed_volume");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      RollingComoments.evaluate(
          RollingComoments.Statistic.BETA, series[0], series[1], rows, windows, result);
    }
  }

  /** {@code vwap(price, volume, window)}. */
  public static final class Vwap extends Windowed {
    public Vwap() {
      super(
          "vwap",
          0,
          1,
          new Documentation(
              "Volume-weighted average price.",
              "sum of price[s] volume[s] / sum of volume[s] over the window; a row without volume"
                  + " counts for nothing, whatever its price",
              "unit of price",
              "unknown where a volume in the window is unknown, infinite or below 0, or all are 0, or"
                  + " the price of a row with volume is unknown or infinite, or fewer rows have been"
                  + " than it counts",
              ""),
          "price",
          "volume");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] volume = each(rows, i -> volume(series[1][i]));
      double[] value = each(rows, i -> volume[i] == 0 ? 0 : finite(series[0][i]) * volume[i]);
      double[] traded = sum(volume, rows, windows);
      double[] paid = sum(value, rows, windows);
      for (int i = 0; i < rows; i++) {
        result[i] = traded[i] > 0 ? paid[i] / traded[i] : Double.NaN;
      }
    }
  }

  /** {@code participation(quantity, volume, window)}. */
  public static final class Participation extends Windowed {
    public Participation() {
      super(
          "participation",
          0,
          1,
          new Documentation(
              "Participation rate: own quantity as a part of the market's volume.",
              "sum of |quantity[s]| / sum of volume[s] over the window",
              "fraction",
              WINDOW + ", or infinite, or a volume is below 0, or all are 0",
              ""),
          "quantity",
          "volume");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] own = sum(each(rows, i -> finite(Math.abs(series[0][i]))), rows, windows);
      double[] all = sum(each(rows, i -> volume(series[1][i])), rows, windows);
      for (int i = 0; i < rows; i++) {
        result[i] = all[i] > 0 ? own[i] / all[i] : Double.NaN;
      }
    }
  }

  // ------------------------------------------------------------- volatility

  /** {@code realised_vol(ret, window)}. */
  public static final class RealisedVolatility extends Windowed {
    public RealisedVolatility() {
      super(
          "realised_vol",
          0,
          1,
          new Documentation(
              "Realised volatility of the window, not annualised: for a year multiply by the root of"
                  + " the windows in it.",
              "(sum of ret[s]² over the window)^0.5",
              "unit of ret",
              WINDOW + ", or infinite",
              "Andersen, Bollerslev, Diebold and Labys 2003, Modeling and forecasting realized"
                  + " volatility, Econometrica 71(2)"),
          "ret");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] squares = each(rows, i -> finite(series[0][i] * series[0][i]));
      RollingSum.evaluate(squares, rows, windows, false, result);
      for (int i = 0; i < rows; i++) {
        result[i] = Math.sqrt(result[i]);
      }
    }
  }

  /** {@code bipower_vol(ret, window)}. */
  public static final class BipowerVolatility extends Windowed {
    public BipowerVolatility() {
      super(
          "bipower_vol",
          1,
          1,
          new Documentation(
              "Realised volatility without jumps, by bipower variation, not annualised.",
              "(π/2 * sum of |ret[s]| |ret[s-1]| over s in the window)^0.5",
              "unit of ret",
              AND_BEFORE + ", or infinite",
              "Barndorff-Nielsen and Shephard 2004, Power and bipower variation with stochastic"
                  + " volatility and jumps, J. Financial Econometrics 2(1)"),
          "ret");
    }

    @Override
    void evaluate(double[][] series, int rows, Windows windows, double[] result) {
      double[] products =
          each(
              rows,
              i ->
                  i == 0
                      ? Double.NaN
                      : finite(Math.abs(series[0][i]) * Math.abs(series[0][i - 1])));
      RollingSum.evaluate(products, rows, windows, false, result);
      for (int i = 0; i < rows; i++) {
        result[i] = Math.sqrt(Math.PI / 2 * result[i]);
      }
    }
  }

  // ------------------------------------------------------ by the time of day

  private static final long SHORTEST_BIN = 1_000_000_000L;

  /** Bins that are kept of each instrument while it is evaluated. */
  private static final long MOST_BINS = 5_000_000;

  private static final String BINS =
      "a bin holds its end, as a bar stamped with its end does, and so does a day";

  /** Of bins of the day over earlier days: {@code volume, bin, days, zone}, and what a function adds. */
  private abstract static class ByTimeOfDay extends BuiltIn {
    private final long mostBins;

    /**
     * @param mostBins in all, of days times bins of a day
     */
    ByTimeOfDay(String name, long mostBins, Documentation documentation, Argument... more) {
      super(name, arguments(more), documentation);
      this.mostBins = mostBins;
    }

    private static List<Argument> arguments(Argument... more) {
      List<Argument> arguments = new ArrayList<>();
      arguments.add(series("volume"));
      arguments.add(Argument.duration("bin"));
      arguments.add(rows("days", 1));
      arguments.add(Calendar.zone());
      arguments.addAll(List.of(more));
      return arguments;
    }

    abstract void evaluate(
        Rows rows,
        double[] volume,
        LocalClock clock,
        long bin,
        int days,
        Constants constants,
        double[] result);

    @Override
    public final Kernel bind(Constants constants) {
      long bin = constants.nanos(0);
      long days = constants.whole(1);
      var zone = Calendar.zone(constants.text(2));
      if (bin < SHORTEST_BIN || bin > LocalClock.DAY) {
        throw new IllegalArgumentException("a bin is 1s to 1d long");
      }
      if (days * VolumeCurve.bins(bin) > mostBins) {
        throw new IllegalArgumentException(
            "days times bins of a day are over " + mostBins + "; take longer bins or fewer days");
      }
      return lookingBackInTime(
          Reach.ofTime(VolumeCurve.reach((int) days)),
          (rows, series, result) -> {
            if (rows.times() == null) {
              Arrays.fill(result, 0, rows.count(), Double.NaN);
              return;
            }
            evaluate(rows, series[0], new LocalClock(zone), bin, (int) days, constants, result);
          });
    }
  }

  /** {@code volume_curve(volume, bin, days, zone, statistic)}. */
  public static final class UsualVolume extends ByTimeOfDay {
    public UsualVolume() {
      super(
          "volume_curve",
          MOST_BINS,
          new Documentation(
              "Volume that is usual at this time of day: the mean or median of the same bin over"
                  + " earlier days.",
              "mean or median over the days with rows among the days calendar days before t's of the volume in"
                  + " the bin of local time that t is in; "
                  + BINS,
              "unit of volume",
              "unknown where none of these days has rows, or a volume in the bin on one of them is"
                  + " unknown, infinite or below 0",
              ""),
          Argument.text("statistic", "mean", "median").orElse("mean"));
    }

    @Override
    void evaluate(
        Rows rows,
        double[] volume,
        LocalClock clock,
        long bin,
        int days,
        Constants constants,
        double[] result) {
      Statistic statistic = constants.text(3).equals("median") ? Statistic.MEDIAN : Statistic.MEAN;
      VolumeCurve.evaluate(
          rows.times(), volume, rows.count(), clock, bin, days, false, statistic, result);
    }
  }

  /** {@code volume_kalman(volume, bin, days, zone)}. */
  public static final class VolumeKalman extends ByTimeOfDay {
    /** Days times bins of a day; expectations take 200 bytes for each. */
    private static final long MOST_STEPS = 200_000;

    public VolumeKalman() {
      super(
          "volume_kalman",
          MOST_STEPS,
          new Documentation(
              "Forecast of the volume of the next bin from the bins of the days before and of the day"
                  + " so far, by a Kalman filter.",
              "exp(m + s/2), m and s the filter's mean and variance of ln volume of the bin to come."
                  + " ln volume = eta + mu + phi of the bin + noise: eta the day's level, an"
                  + " autoregression from day to day; mu one from bin to bin. Parameters are"
                  + " estimated for each day on the days calendar days before it by expectation"
                  + " maximisation, with logarithms over 4 robust deviations from their bin and"
                  + " day moved in to there; surprises of the filter count up to 4 deviations."
                  + " The bin to come is the next of those with volume on these days, after the"
                  + " day's last one tomorrow's first; a bin counts once its end has come; "
                  + BINS,
              "unit of volume",
              "bins with no volume, or one that is unknown, infinite or below 0, are passed over;"
                  + " unknown where fewer than 3 of the days have volume",
              "Chen, Feng and Palomar 2016, Forecasting intraday trading volume: a Kalman filter"
                  + " approach, SSRN 3101695; Shumway and Stoffer 1982, An approach to time series"
                  + " smoothing and forecasting using the EM algorithm"));
    }

    @Override
    void evaluate(
        Rows rows,
        double[] volume,
        LocalClock clock,
        long bin,
        int days,
        Constants constants,
        double[] result) {
      VolumeForecast.evaluate(rows.times(), volume, rows.count(), clock, bin, days, result);
    }
  }

  /** {@code volume_share(volume, bin, days, zone)}. */
  public static final class VolumeShare extends ByTimeOfDay {
    public VolumeShare() {
      super(
          "volume_share",
          MOST_BINS,
          new Documentation(
              "Share of a day's volume that is usual at this time of day.",
              "mean over the days with volume among the days calendar days before t's of the volume in"
                  + " the bin of local time that t is in, divided by the day's; "
                  + BINS,
              "fraction",
              "unknown where none of these days has volume, or a volume on one of them is unknown,"
                  + " infinite or below 0",
              ""));
    }

    @Override
    void evaluate(
        Rows rows,
        double[] volume,
        LocalClock clock,
        long bin,
        int days,
        Constants constants,
        double[] result) {
      VolumeCurve.evaluate(
          rows.times(), volume, rows.count(), clock, bin, days, true, Statistic.MEAN, result);
    }
  }

  /** {@code day_volume(volume, zone)}. */
  public static final class DayVolume extends BuiltIn {
    public DayVolume() {
      super(
          "day_volume",
          List.of(series("volume"), Calendar.zone()),
          new Documentation(
              "Volume of the local day so far, the row included.",
              "sum of volume[s] over s ≤ t on t's day; a day holds its end and not its start",
              "unit of volume",
              "unknown from a volume on that is unknown, infinite or below 0 until the day is over",
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      var zone = Calendar.zone(constants.text(0));
      return lookingBackInTime(
          Reach.ofTime(VolumeCurve.reach(0)),
          (rows, series, result) -> {
            if (rows.times() == null) {
              Arrays.fill(result, 0, rows.count(), Double.NaN);
              return;
            }
            VolumeCurve.soFar(rows.times(), series[0], rows.count(), new LocalClock(zone), result);
          });
    }
  }
}
