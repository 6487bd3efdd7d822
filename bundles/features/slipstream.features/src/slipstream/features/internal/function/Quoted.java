package slipstream.features.internal.function;

import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;
import slipstream.features.internal.kernel.Ahead;
import slipstream.features.internal.kernel.Quotes;

/** Functions of the best bid and ask, and of trades beside them. */
public final class Quoted {
  static final String QUOTE =
      "unknown where a price is unknown, infinite or not above 0, or bid is above ask (crossed)";
  private static final String PRICES = "unknown where a price is unknown, infinite or not above 0";
  private static final String SIZES = "a size is unknown, infinite or below 0, or both are 0";
  private static final String HUANG_STOLL =
      "Huang and Stoll 1996, Dealer versus auction markets, J. Financial Economics 41(3)";

  private Quoted() {}

  /** A function of one row's values. */
  interface OfFour {
    double of(double a, double b, double c, double d);
  }

  private abstract static class OfRow extends BuiltIn {
    private final OfFour value;

    OfRow(String name, List<String> series, Documentation documentation, OfFour value) {
      super(name, series.stream().map(Argument::series).toList(), documentation);
      this.value = value;
    }

    @Override
    public Kernel bind(Constants constants) {
      int last = arguments().size() - 1;
      return (rows, series, result) -> {
        double[] a = series[0];
        double[] b = series[1];
        // Those that are not there are not looked at.
        double[] c = series[Math.min(2, last)];
        double[] d = series[Math.min(3, last)];
        for (int i = 0; i < rows.count(); i++) {
          result[i] = value.of(a[i], b[i], c[i], d[i]);
        }
      };
    }
  }

  /** {@code mid(bid, ask)}. */
  public static final class Mid extends OfRow {
    public Mid() {
      super(
          "mid",
          List.of("bid", "ask"),
          new Documentation(
              "Midpoint of a quote.", "(bid + ask) / 2", "unit of bid and ask", QUOTE, ""),
          (bid, ask, _, _) -> Quotes.mid(bid, ask));
    }
  }

  /** {@code quoted_spread(bid, ask)}. */
  public static final class QuotedSpread extends OfRow {
    public QuotedSpread() {
      super(
          "quoted_spread",
          List.of("bid", "ask"),
          new Documentation(
              "Quoted spread: what buying and selling at once costs; 0 where bid equals ask (locked).",
              "10000 (ask - bid) / mid(bid, ask)",
              "bp of the midpoint",
              QUOTE,
              HUANG_STOLL),
          (bid, ask, _, _) -> Quotes.quotedSpread(bid, ask));
    }
  }

  /** {@code effective_spread(price, mid)}. */
  public static final class EffectiveSpread extends OfRow {
    public EffectiveSpread() {
      super(
          "effective_spread",
          List.of("price", "mid"),
          new Documentation(
              "Effective spread of a trade: twice its distance from the midpoint before it.",
              "2 * 10000 |price - mid| / mid",
              "bp of the midpoint",
              PRICES,
              HUANG_STOLL),
          (price, mid, _, _) -> Quotes.effectiveSpread(price, mid));
    }
  }

  /** {@code effective_spread_signed(price, mid, side)}. */
  public static final class SignedEffectiveSpread extends OfRow {
    public SignedEffectiveSpread() {
      super(
          "effective_spread_signed",
          List.of("price", "mid", "side"),
          new Documentation(
              "Effective spread of a trade whose side is known: negative where it was done better than"
                  + " at the midpoint. It is realised_spread + price_impact.",
              "2 * 10000 sign(side) (price - mid) / mid, side above 0 for a buyer, below 0 for a seller, 0 for neither",
              "bp of the midpoint",
              PRICES + ", or the side is unknown or infinite",
              HUANG_STOLL),
          (price, mid, side, _) -> 2 * Quotes.signedMove(side, mid, price, mid));
    }
  }

  /** {@code microprice(bid, ask, bid_size, ask_size)}. */
  public static final class Microprice extends OfRow {
    public Microprice() {
      super(
          "microprice",
          List.of("bid", "ask", "bid_size", "ask_size"),
          new Documentation(
              "Midpoint weighted by the sizes shown: near the ask where the bid is the longer queue.",
              "(bid * ask_size + ask * bid_size) / (bid_size + ask_size)",
              "unit of bid and ask",
              QUOTE + ", or " + SIZES,
              "Gatheral and Oomen 2010, Zero-intelligence realized variance estimation, Finance and"
                  + " Stochastics 14(2); the weighted midpoint of Stoikov 2018, The micro-price"),
          Quotes::microprice);
    }
  }

  /** {@code queue_imbalance(bid_size, ask_size)}. */
  public static final class QueueImbalance extends OfRow {
    public QueueImbalance() {
      super(
          "queue_imbalance",
          List.of("bid_size", "ask_size"),
          new Documentation(
              "Imbalance of the sizes shown at the best bid and ask.",
              "(bid_size - ask_size) / (bid_size + ask_size)",
              "fraction, -1 (all offered) to 1 (all bid)",
              "unknown where " + SIZES,
              "Gould and Bonart 2016, Queue imbalance as a one-tick-ahead price predictor in a limit"
                  + " order book, Market Microstructure and Liquidity 2(2), eq. 1"),
          (bidSize, askSize, _, _) -> Quotes.imbalance(bidSize, askSize));
    }
  }

  // ------------------------------------------------------- what comes after

  private abstract static class AtHorizon extends BuiltIn {
    AtHorizon(String name, List<Argument> arguments, Documentation documentation) {
      super(name, arguments, documentation);
    }

    static Documentation documentation(
        String summary, String formula, String unit, String prices, String source) {
      return new Documentation(
          summary + " Looks ahead: for targets and givens.",
          formula
              + ", where mid[t+h] is the value h rows later or, of a time h, that of the last row not"
              + " after t+h",
          unit,
          prices
              + ", or the side is unknown or infinite, or the instrument has no row h rows later or,"
              + " of a time h, none at or after t+h",
          source);
    }

    /** The value of a row, given the later midpoint. */
    abstract double value(double[][] series, int row, int later);

    @Override
    public Kernel bind(Constants constants) {
      Window horizon = constants.window(0);
      // By time: rows up to t + h itself, and the next, which says that no more of them come.
      Reach ahead =
          switch (horizon) {
            case Window.OfRows rows -> Reach.ofRows(rows.rows());
            case Window.OfTime time -> new Reach(1, time.nanos() + 1);
          };
      Kernel kernel =
          (rows, series, result) -> {
            int[] later = new int[rows.count()];
            switch (horizon) {
              case Window.OfRows by -> Ahead.byRows(rows.count(), by.rows(), later);
              case Window.OfTime by -> {
                if (rows.times() == null) {
                  Arrays.fill(later, -1);
                } else {
                  Ahead.byTime(rows.times(), rows.count(), by.nanos(), later);
                }
              }
            }
            for (int i = 0; i < rows.count(); i++) {
              result[i] = later[i] < 0 ? Double.NaN : value(series, i, later[i]);
            }
          };
      return horizon instanceof Window.OfTime
          ? lookingAheadInTime(ahead, kernel)
          : lookingAhead(ahead, kernel);
    }
  }

  /** {@code realised_spread(price, mid, side, h)}. */
  public static final class RealisedSpread extends AtHorizon {
    public RealisedSpread() {
      super(
          "realised_spread",
          List.of(series("price"), series("mid"), series("side"), Argument.window("h", 1)),
          documentation(
              "Realised spread: what is left of the effective spread to whoever quoted, after the price"
                  + " has moved for a time h.",
              "2 * 10000 sign(side) (price - mid[t+h]) / mid",
              "bp of the midpoint",
              PRICES,
              HUANG_STOLL));
    }

    @Override
    double value(double[][] series, int row, int later) {
      double mid = series[1][row];
      return 2 * Quotes.signedMove(series[2][row], series[1][later], series[0][row], mid);
    }
  }

  /** {@code price_impact(mid, side, h)}. */
  public static final class PriceImpact extends AtHorizon {
    public PriceImpact() {
      super(
          "price_impact",
          List.of(series("mid"), series("side"), Argument.window("h", 1)),
          documentation(
              "Price impact of a trade: twice the midpoint's move in its direction over a time h.",
              "2 * 10000 sign(side) (mid[t+h] - mid) / mid",
              "bp of the midpoint",
              PRICES,
              HUANG_STOLL));
    }

    @Override
    double value(double[][] series, int row, int later) {
      double mid = series[0][row];
      return 2 * Quotes.signedMove(series[1][row], mid, series[0][later], mid);
    }
  }

  /** {@code markout(price, mid, side, h)}. */
  public static final class Markout extends AtHorizon {
    public Markout() {
      super(
          "markout",
          List.of(series("price"), series("mid"), series("side"), Argument.window("h", 1)),
          documentation(
              "Markout of a trade: what whoever started it has won after a time h, at the midpoint.",
              "10000 sign(side) (mid[t+h] - price) / price",
              "bp of the price",
              PRICES,
              ""));
    }

    @Override
    double value(double[][] series, int row, int later) {
      double price = series[0][row];
      return Quotes.signedMove(series[2][row], price, series[1][later], price);
    }
  }
}
