package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.features.internal.kernel.Quotes;
import slipstream.features.internal.kernel.TickRule;

/** Functions of trades. */
public final class Trades {
  private static final String LEE_READY =
      "Lee and Ready 1991, Inferring trade direction from intraday data, J. Finance 46(2)";

  private Trades() {}

  /** {@code tick_sign(price)}. */
  public static final class TickSign extends BuiltIn {
    public TickSign() {
      super(
          "tick_sign",
          List.of(series("price")),
          new Documentation(
              "Side of a trade by the tick rule.",
              "sign of the last price change that was not zero: +1 buyer, -1 seller",
              "pure number",
              "unknown where the price is unknown, or has not changed yet; trades without a price"
                  + " are passed over",
              LEE_READY));
    }

    @Override
    public Kernel bind(Constants constants) {
      return lookingBack(
          Reach.ALL,
          (rows, series, result) -> {
            TickRule rule = new TickRule();
            for (int i = 0; i < rows.count(); i++) {
              result[i] = rule.next(series[0][i]);
            }
          });
    }
  }

  /** {@code signed_volume(price, size)}. */
  public static final class SignedVolume extends BuiltIn {
    public SignedVolume() {
      super(
          "signed_volume",
          List.of(series("price"), series("size")),
          new Documentation(
              "Size of a trade with the sign of its side.",
              "tick_sign(price) * size",
              "unit of size",
              "unknown where the side or the size is unknown",
              LEE_READY));
    }

    @Override
    public Kernel bind(Constants constants) {
      return lookingBack(
          Reach.ALL,
          (rows, series, result) -> {
            TickRule rule = new TickRule();
            for (int i = 0; i < rows.count(); i++) {
              result[i] = rule.next(series[0][i]) * series[1][i];
            }
          });
    }
  }

  /** {@code quote_sign(price, bid, ask)}. */
  public static final class QuoteSign extends BuiltIn {
    public QuoteSign() {
      super(
          "quote_sign",
          List.of(series("price"), series("bid"), series("ask")),
          new Documentation(
              "Side of a trade by the quote rule, from the quote before it.",
              "+1 (buyer) where the price is above mid(bid, ask), -1 (seller) where below, 0 at it, to"
                  + " 1e-12 of it",
              "pure number",
              Quoted.QUOTE,
              LEE_READY));
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        for (int i = 0; i < rows.count(); i++) {
          result[i] = Quotes.sign(series[0][i], series[1][i], series[2][i]);
        }
      };
    }
  }

  /** {@code lee_ready(price, bid, ask)}. */
  public static final class LeeReady extends BuiltIn {
    public LeeReady() {
      super(
          "lee_ready",
          List.of(series("price"), series("bid"), series("ask")),
          new Documentation(
              "Side of a trade by the quote before it and, where that does not tell, by the tick rule.",
              "quote_sign(price, bid, ask) where it is +1 or -1, else tick_sign(price)",
              "pure number",
              "unknown where the price is unknown, or neither rule tells the side; a quote that is"
                  + " unknown or crossed tells none",
              LEE_READY));
    }

    @Override
    public Kernel bind(Constants constants) {
      return lookingBack(
          Reach.ALL,
          (rows, series, result) -> {
            TickRule rule = new TickRule();
            for (int i = 0; i < rows.count(); i++) {
              double tick = rule.next(series[0][i]);
              double sign = Quotes.sign(series[0][i], series[1][i], series[2][i]);
              result[i] = Math.abs(sign) == 1 ? sign : tick;
            }
          });
    }
  }
}
