package slipstream.data.generate;

import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;

/**
 * What to generate. The first N rows are the same however many are asked for.
 *
 * @param rows in all
 * @param noise multiplies every noise term; 0 for none
 * @param dirty puts listed defects into the rows; for bonds
 * @param endogenous sizes follow momentum, which also moves the price; for parents
 */
public record GenerateOptions(
    Kind kind, long rows, long seed, double noise, boolean dirty, boolean endogenous) {
  /** 28 million rows are 1,667 trading days; this many are 40 years of them. */
  static final long MAX_ROWS = 168_000_000;

  /** Which rows. */
  public enum Kind {
    /** Parent orders and their children. */
    PARENTS,
    /** Bonds in five-minute bars. */
    BONDS
  }

  /**
   * @throws SlipstreamException INVALID_INPUT, with the option as the key
   */
  public GenerateOptions {
    if (rows < 1 || rows > MAX_ROWS) {
      throw SlipstreamException.invalid(
          Text.format("%,d rows cannot be generated", rows),
          Place.key("rows"),
          Text.format("Ask for 1 to %,d.", MAX_ROWS));
    }
    if (!(noise >= 0 && noise <= 1000)) {
      throw SlipstreamException.invalid(
          "noise cannot be " + noise, Place.key("noise"), "Give 0 for none, 1 for all of it.");
    }
    if (dirty && kind != Kind.BONDS) {
      throw SlipstreamException.invalid(
          "only bonds can be dirty", Place.key("dirty"), "Leave it out, or generate bonds.");
    }
    if (endogenous && kind != Kind.PARENTS) {
      throw SlipstreamException.invalid(
          "only sizes of parents can be endogenous",
          Place.key("endogenous"),
          "Leave it out, or generate parents.");
    }
  }

  DayGenerator generator() {
    // Enough whatever the days bring: none has less than 4 * 1400 rows.
    TradingDays calendar = new TradingDays(Math.toIntExact(rows / 5000 + 2));
    return switch (kind) {
      case BONDS -> new BondGenerator(seed, noise, dirty, BondParameters.standard(), calendar);
      case PARENTS ->
          new ParentGenerator(seed, noise, endogenous, ParentParameters.standard(), calendar);
    };
  }
}
