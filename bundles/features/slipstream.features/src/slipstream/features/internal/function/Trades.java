package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
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
}
