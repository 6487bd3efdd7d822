package slipstream.data.health;

/** What a column means to the health check; told from its name, unit and type, or said by the user. */
public enum Role {
  TIME("time of the row"),
  INSTRUMENT("names the instrument"),
  DATE("another date or time"),
  OPEN("first price of a bar"),
  HIGH("highest price of a bar"),
  LOW("lowest price of a bar"),
  CLOSE("last price of a bar"),
  PRICE("a price"),
  BID("bid price"),
  ASK("ask price"),
  MID("mid price"),
  BID_SIZE("size at the bid"),
  ASK_SIZE("size at the ask"),
  SIZE("size of a trade"),
  VOLUME("volume"),
  OPEN_INTEREST("open interest"),
  YIELD("yield"),
  SPREAD("spread"),
  FLAG("quality flag"),
  CATEGORY("words"),
  OTHER("anything else");

  private final String meaning;

  Role(String meaning) {
    this.meaning = meaning;
  }

  /** For people, in lower case. */
  public String meaning() {
    return meaning;
  }

  /** True for what cannot be zero or negative, and moves by returns. */
  public boolean price() {
    return switch (this) {
      case OPEN, HIGH, LOW, CLOSE, PRICE, BID, ASK, MID -> true;
      default -> false;
    };
  }
}
