package slipstream.data.health;

import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import slipstream.core.Nearest;
import slipstream.core.SlipstreamException;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;

/**
 * What each column of a table means, and which of them belong together.
 *
 * <p>A column is a price when its unit is a currency, or starts with one (USD/share); without a unit, when its name holds
 * one of the trade's words for it. A unit that is no currency settles that it is none.
 *
 * @param roles one a column, in the table's order
 * @param quotes pairs of bid and ask
 * @param bars columns of bars that belong together
 */
public record Roles(List<Role> roles, List<Quote> quotes, List<Bar> bars) {
  public Roles {
    roles = List.copyOf(roles);
    quotes = List.copyOf(quotes);
    bars = List.copyOf(bars);
  }

  /**
   * A bid and the ask that belongs to it, by their places in the table.
   *
   * @param name for people: {@code bid/ask}
   * @param bar true when they are the last quotes of a bar
   */
  public record Quote(String name, int bid, int ask, boolean bar) {}

  /** The columns of a bar by their places in the table; -1 for one that is not there. */
  public record Bar(String name, int open, int high, int low, int close) {
    /** The columns there are. */
    public List<Integer> columns() {
      return List.of(open, high, low, close).stream().filter(each -> each >= 0).toList();
    }
  }

  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> PARTS = Set.of("open", "high", "low", "close");
  private static final Set<String> BIDS = Set.of("bid", "nbb");
  private static final Set<String> ASKS = Set.of("ask", "offer", "nbo");
  private static final Set<String> PRICES =
      Set.of("price", "px", "last", "vwap", "settle", "settlement", "strike");
  private static final Set<String> SIZES =
      Set.of("size", "sizes", "qty", "quantity", "amount", "sz");
  private static final Set<String> FLAGS =
      Set.of("quality", "flag", "status", "suspicious", "valid", "bad", "cond", "condition");
  private static final Set<String> CODES =
      Set.of("code", "id", "bucket", "type", "number", "rank", "index");
  private static final Set<String> NEITHER =
      Set.of(
          "ex",
          "exchange",
          "count",
          "orders",
          "bp",
          "bps",
          "ms",
          "us",
          "ns",
          "sec",
          "seconds",
          "time",
          "return",
          "returns",
          "ret",
          "amt",
          "avg",
          "days",
          "id",
          "improved",
          "outside");

  /**
   * Tells roles from names, units and types.
   *
   * @param time the table's time column, or an empty string
   * @param instrument the table's instrument column, or an empty string
   * @param given roles by column that the user has said
   * @throws SlipstreamException NOT_FOUND when there is no such column
   */
  public static Roles of(Schema schema, String time, String instrument, Map<String, Role> given) {
    for (String name : given.keySet()) {
      if (schema.indexOf(name) < 0) {
        throw SlipstreamException.notFound(
            "there is no column '" + name + "' to give a role",
            Nearest.remedy(name, schema.names().stream().limit(30).toList()));
      }
    }
    List<Role> roles = new ArrayList<>();
    for (Field field : schema.fields()) {
      Role said = given.get(field.name());
      if (field.name().equals(time)) {
        roles.add(Role.TIME);
      } else if (field.name().equals(instrument)) {
        roles.add(Role.INSTRUMENT);
      } else if (said != null) {
        if (said.price() && field.type() == ColumnType.STRING) {
          throw SlipstreamException.invalid(
              "column '" + field.name() + "' is text and cannot be a " + word(said),
              "Give its type in the import.");
        }
        roles.add(said);
      } else {
        roles.add(guess(field));
      }
    }
    return new Roles(roles, quotes(schema, roles), bars(schema, roles));
  }

  /** A role as it is written: {@code bid_size}. */
  public static String word(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /** The words of a name: {@code bidSize}, {@code bid_size} and {@code Bid Size} have the same two. */
  public static List<String> words(String name) {
    return List.of(
        name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT).split("[_\\s.-]+"));
  }

  /** True when a column of this name tells the quality of rows. */
  public static boolean isFlag(String name) {
    return any(words(name), FLAGS);
  }

  /** What a number of this name would mean. */
  public static Role ofNumber(String name) {
    return guess(new Field(name, ColumnType.FLOAT64));
  }

  private static boolean any(List<String> words, Set<String> of) {
    return words.stream().anyMatch(of::contains);
  }

  private static Role guess(Field field) {
    List<String> words = words(field.name());
    boolean fraction = field.type() == ColumnType.FLOAT64 || field.type() == ColumnType.FLOAT32;
    return switch (field.type()) {
      case TIMESTAMP -> Role.DATE;
      case STRING -> any(words, FLAGS) ? Role.FLAG : Role.CATEGORY;
      case BOOLEAN -> Role.FLAG;
      default -> number(field, words, fraction);
    };
  }

  private static Role number(Field field, List<String> words, boolean fraction) {
    if (!fraction && (any(words, FLAGS) || words.getFirst().equals("is"))) {
      return Role.FLAG;
    }
    if (any(words, CODES)) {
      return Role.OTHER;
    }
    boolean bid = any(words, BIDS);
    boolean ask = any(words, ASKS);
    if (words.contains("oi") || words.contains("interest") && words.contains("open")) {
      return Role.OPEN_INTEREST;
    } else if (any(words, SIZES) && (bid || ask)) {
      return bid ? Role.BID_SIZE : Role.ASK_SIZE;
    } else if (words.contains("yield") || words.contains("yld") || words.contains("ytm")) {
      return Role.YIELD;
    } else if (words.contains("spread")) {
      return Role.SPREAD;
    } else if (words.contains("volume") || words.equals(List.of("vol"))) {
      return Role.VOLUME;
    } else if (any(words, SIZES)) {
      return Role.SIZE;
    }
    String unit = field.unit();
    boolean currency = CURRENCIES.contains(unit.split("[/ ]", 2)[0].toUpperCase(Locale.ROOT));
    if (!unit.isEmpty() && !currency || !currency && any(words, NEITHER)) {
      return Role.OTHER;
    }
    if (bid) {
      return Role.BID;
    } else if (ask) {
      return Role.ASK;
    } else if (words.contains("mid")) {
      return Role.MID;
    }
    for (Role part : List.of(Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE)) {
      if (words.getLast().equals(word(part)) || words.getFirst().equals(word(part))) {
        return part;
      }
    }
    boolean price = PRICES.contains(words.getFirst()) || PRICES.contains(words.getLast());
    return currency || price && (fraction || words.size() == 1) ? Role.PRICE : Role.OTHER;
  }

  /** What is left of a name without the words of a set: the same for columns that belong together. */
  private static String rest(String name, Set<String> without) {
    return words(name).stream()
        .filter(word -> !without.contains(word))
        .collect(Collectors.joining("_"));
  }

  private static String part(String name) {
    return words(name).stream().filter(PARTS::contains).findFirst().orElse("");
  }

  /** Of the quotes of a bar only the last ones stand at one time. */
  private static List<Quote> quotes(Schema schema, List<Role> roles) {
    Map<String, Integer> asks = new HashMap<>();
    for (int i = 0; i < roles.size(); i++) {
      if (roles.get(i) == Role.ASK) {
        asks.putIfAbsent(rest(schema.fields().get(i).name(), ASKS), i);
      }
    }
    List<Quote> quotes = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      String name = schema.fields().get(i).name();
      if (roles.get(i) == Role.BID) {
        Integer ask = asks.get(rest(name, BIDS));
        String part = part(name);
        if (ask != null && (part.isEmpty() || part.equals("close"))) {
          quotes.add(
              new Quote(name + "/" + schema.fields().get(ask).name(), i, ask, !part.isEmpty()));
        }
      }
    }
    return quotes;
  }

  private static List<Bar> bars(Schema schema, List<Role> roles) {
    Map<String, int[]> found = new java.util.LinkedHashMap<>();
    for (int i = 0; i < roles.size(); i++) {
      String name = schema.fields().get(i).name();
      Role role = roles.get(i);
      int place =
          role == Role.OPEN || role.price() && part(name).equals("open")
              ? 0
              : role == Role.HIGH || role.price() && part(name).equals("high")
                  ? 1
                  : role == Role.LOW || role.price() && part(name).equals("low")
                      ? 2
                      : role == Role.CLOSE || role.price() && part(name).equals("close") ? 3 : -1;
      if (place >= 0) {
        int[] columns =
            found.computeIfAbsent(rest(name, PARTS), each -> new int[] {-1, -1, -1, -1});
        columns[place] = columns[place] < 0 ? i : columns[place];
      }
    }
    List<Bar> bars = new ArrayList<>();
    found.forEach(
        (name, at) -> {
          if (at[1] >= 0 && at[2] >= 0) {
            bars.add(new Bar(name, at[0], at[1], at[2], at[3]));
          }
        });
    return bars;
  }

  /** The first column of a role, or -1. */
  public int first(Role role) {
    return roles.indexOf(role);
  }

  /** The places of all columns of a role. */
  public List<Integer> all(Role role) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      if (roles.get(i) == role) {
        found.add(i);
      }
    }
    return found;
  }

  /** The bar whose columns have no further word, or null. */
  public Bar bar() {
    return bars.stream().filter(each -> each.name().isEmpty()).findFirst().orElse(null);
  }
}
