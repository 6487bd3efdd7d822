package slipstream.services.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;

/** Guesses what columns are by what they are usually called. */
final class ColumnRoles {
  private static final List<String> BID =
      List.of("bid", "bid_price", "bid_px", "best_bid", "bid1", "nbb");
  private static final List<String> ASK =
      List.of(
          "ask", "ask_price", "ask_px", "best_ask", "ask1", "offer", "offer_price", "ofr", "nbo");
  private static final List<String> SPREAD =
      List.of("spread", "quoted_spread", "spread_bp", "half_spread", "effective_spread");
  private static final List<String> VOLUME =
      List.of("volume", "vol", "size", "quantity", "qty", "shares", "notional", "turnover");

  private ColumnRoles() {}

  /** A column that is a bid, or an empty string. */
  static String bid(Schema schema) {
    return guess(schema, BID, "bid");
  }

  /** A column that is an ask or offer, or an empty string. */
  static String ask(Schema schema) {
    String ask = guess(schema, ASK, "ask");
    return ask.isEmpty() ? guess(schema, ASK, "offer") : ask;
  }

  /** A column that is a spread, or an empty string. */
  static String spread(Schema schema) {
    return guess(schema, SPREAD, "spread");
  }

  /** A column that is a traded quantity, or an empty string. */
  static String volume(Schema schema) {
    return guess(schema, VOLUME, "volume");
  }

  /** By the whole name, or else by a word of it; a size or count at a quote is no price. */
  private static String guess(Schema schema, List<String> names, String word) {
    List<Field> numbers = new ArrayList<>();
    for (Field field : schema.fields()) {
      if (field.type() != ColumnType.STRING
          && field.type() != ColumnType.TIMESTAMP
          && field.type() != ColumnType.BOOLEAN) {
        numbers.add(field);
      }
    }
    for (String name : names) {
      for (Field field : numbers) {
        if (field.name().toLowerCase(Locale.ROOT).equals(name)) {
          return field.name();
        }
      }
    }
    for (Field field : numbers) {
      List<String> words =
          List.of(
              field
                  .name()
                  .replaceAll("([a-z])([A-Z])", "$1_$2")
                  .toLowerCase(Locale.ROOT)
                  .split("[^a-z0-9]+"));
      if (words.contains(word)
          && words.stream()
              .noneMatch(
                  List.of("size", "sizes", "count", "qty", "orders", "yield", "time")::contains)) {
        return field.name();
      }
    }
    return "";
  }
}
