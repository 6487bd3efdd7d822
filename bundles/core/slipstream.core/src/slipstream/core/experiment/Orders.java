package slipstream.core.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import slipstream.core.parameters.Parameter;

/**
 * Where the prepared table tells of parent orders: columns or expressions. Rows are fills, or whole orders; what is true of an
 * order as a whole stands on its rows, the first known value counting. Expressions may look ahead.
 */
public record Orders(
    @Parameter(help = "Which order a row belongs to: a column or an expression.") String parent,
    @Parameter(help = "Above 0 for buys, below 0 for sells.") String side,
    @Parameter(help = "How much the order was for, in all.") String orderQuantity,
    @Parameter(help = "How much the row filled, at least 0.") String quantity,
    @Parameter(help = "At what price, the average of the row's fills.") String price,
    @Parameter(help = "The mid price when the order arrived at the desk.") String arrivalPrice,
    @Parameter(
            help =
                "The mid price when it was decided on; without it that of arrival, and no delay.",
            defaultValue = "")
        String decisionPrice,
    @Parameter(
            help =
                "The price that what was not done is valued at; without it 'close', and without that"
                    + " no opportunity cost.",
            defaultValue = "")
        String lastPrice,
    @Parameter(
            help = "Commissions, taxes and fees of the row, in the prices' currency.",
            defaultValue = "")
        String fees,
    @Parameter(help = "The market's VWAP over the order's life.", defaultValue = "") String vwap,
    @Parameter(help = "The market's TWAP over the order's life.", defaultValue = "") String twap,
    @Parameter(help = "The closing price.", defaultValue = "") String close,
    @Parameter(
            help = "The mid price at the row's fill, from which reversion is measured.",
            defaultValue = "")
        String mid,
    @Parameter(
            help =
                "Mid prices after the row's fill by how long after, such as {1m: \"lead(mid, 1m)\"}:"
                    + " for markouts, and with 'mid' for reversion.",
            defaultValue = "")
        Map<String, String> after) {

  public Orders {
    after = Collections.unmodifiableMap(new LinkedHashMap<>(after));
    after.forEach(
        (horizon, later) -> {
          if (!horizon.matches("[A-Za-z0-9_.+-]{1,32}") || later.isBlank()) {
            throw new IllegalArgumentException(
                "after: write each as a length of time and a price, such as 5m: mid_5m");
          }
        });
  }

  /** All expressions but the parent by key, such as {@code side} or {@code after.5m}; those that are given. */
  public SequencedMap<String, String> expressions() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    all.put("side", side);
    all.put("order_quantity", orderQuantity);
    all.put("quantity", quantity);
    all.put("price", price);
    all.put("arrival_price", arrivalPrice);
    all.put("decision_price", decisionPrice);
    all.put("last_price", lastPrice);
    all.put("fees", fees);
    all.put("vwap", vwap);
    all.put("twap", twap);
    all.put("close", close);
    all.put("mid", mid);
    after.forEach((horizon, expression) -> all.put("after." + horizon, expression));
    all.values().removeIf(String::isBlank);
    return all;
  }
}
