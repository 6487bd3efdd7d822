package slipstream.data.health;

import java.util.Locale;
import slipstream.core.progress.Progress.Severity;

/** What can be odd about a table: how bad it is, what it means and what to do about it. */
public enum Defect {
  NEGATIVE_PRICE(
      Severity.ERROR,
      "rows",
      "Negative prices",
      "A price below zero has no logarithm: returns and spreads in bp are unknown there.",
      "Check the source and the sign; exclude by drop_zero_price."),
  ZERO_PRICE(
      Severity.ERROR,
      "rows",
      "Zero prices",
      "Sources write zero where nobody quoted or traded; taken at its word it makes infinite returns.",
      "Exclude by drop_zero_price, a rule of the clean step."),
  INFINITE(
      Severity.ERROR,
      "rows",
      "Infinite values",
      "An infinite value poisons every mean and every fit that it enters.",
      "Find the division by zero in the source; exclude by drop_where(abs(x) > 1e300)."),
  INCONSISTENT_BAR(
      Severity.ERROR,
      "rows",
      "Bars that contradict themselves",
      "A price of the bar lies outside [low, high], or the high is below the low: at least one of them is wrong.",
      "Compare with another source; exclude by drop_bad_bars."),
  GLITCH(
      Severity.ERROR,
      "days",
      "One-day price glitches",
      "The price jumps and is back the next day: a misprint, not a move. It makes two large returns that never were.",
      "Exclude by drop_outliers."),
  NO_KEY(
      Severity.WARNING,
      "rows",
      "Rows without time or instrument",
      "Rows that name no time or no instrument cannot be placed and were left out.",
      "Mend the source, or leave them out by where."),
  OUT_OF_ORDER(
      Severity.WARNING,
      "rows",
      "Time going backwards in the source",
      "Rows are stamped earlier than the row before them of the same instrument; the import sorted them. Late prints may"
          + " not have been known at their stamp.",
      "Ask the source which time is meant: of the event or of its arrival."),
  DUPLICATE_ROW(
      Severity.WARNING,
      "rows",
      "Rows that occur twice",
      "Equal in every column to another row of the same time: volume and counts are counted twice.",
      "Exclude by drop_duplicates, unless the source may report equal events."),
  DUPLICATE_TIME(
      Severity.WARNING,
      "rows",
      "Several rows at one time",
      "More than one row of one instrument carries the same time; which of them holds is open.",
      "For bars, keep the first: drop_duplicates(time). Ticks of one time are in the source's order."),
  CROSSED_QUOTE(
      Severity.WARNING,
      "rows",
      "Crossed quotes",
      "The bid is above the ask: a stale side, a misprint, or two venues seen apart. Spreads are negative there.",
      "Exclude by drop_crossed."),
  BAD_QUOTE(
      Severity.WARNING,
      "rows",
      "Trades without a sound quote",
      "There is no quote, or it is locked or crossed: neither side nor effective spread of the trade can be told.",
      "Exclude them from spread models: drop_crossed, drop_locked and drop_nulls."),
  TRADE_OUTSIDE_QUOTE(
      Severity.WARNING,
      "rows",
      "Trades outside the quote",
      "The trade printed below the bid or above the ask though the quote was sound: late reports, odd lots, other"
          + " venues, or a quote that moved in between.",
      "Look at the sale conditions; exclude late reports by drop_where."),
  NAN(
      Severity.WARNING,
      "rows",
      "NaN values",
      "Not a number where a null would be honest: often 0/0 before the file was written.",
      "Treat as unknown: features do; or drop_nulls, fill_previous."),
  ALL_NULL(
      Severity.WARNING,
      "columns",
      "Columns without any value",
      "Every row is null.",
      "Leave the column out of the import: columns: {name: \"-\"}."),
  TEXT_NUMBER(
      Severity.WARNING,
      "columns",
      "Prices or sizes that are text",
      "By its name the column holds numbers, but some value in it is none, so that all of it was read as text.",
      "Look for words such as N/A and name them in null_values of the import, or declare the column's type in columns."),
  PARTIAL_BAR(
      Severity.WARNING,
      "rows",
      "Bars with a part missing",
      "Some of open, high, low and close are null and others are not.",
      "Exclude by drop_nulls over the bar's columns."),
  NEGATIVE_VOLUME(
      Severity.WARNING,
      "rows",
      "Negative volumes or sizes",
      "A volume cannot be negative: a correction, or a sign that stands for the side.",
      "Take the side out into a column of its own; exclude by drop_where."),
  ZERO_VOLUME(
      Severity.WARNING,
      "rows",
      "Zero volumes or sizes",
      "There is a price and nothing was traded: an indicative price, a halt, or a carried row.",
      "Exclude by drop_where(volume == 0) where volume matters."),
  SPLIT(
      Severity.WARNING,
      "jumps",
      "Likely splits that prices are not adjusted for",
      "Overnight the price changes by a simple ratio, stays there, and volume is no news day's.",
      "Adjust with a corporate-actions file: the adjust step."),
  SPIN_OFF(
      Severity.WARNING,
      "jumps",
      "Likely spin-offs or special dividends that prices are not adjusted for",
      "Overnight the price falls far, stays there, without the volume of news: holders were given something apart.",
      "Adjust with a corporate-actions file: the adjust step."),
  ROLL(
      Severity.WARNING,
      "jumps",
      "Likely rolls of the front contract, not marked",
      "Open interest jumps overnight: the series goes on with another contract, and the return over that night is no"
          + " return.",
      "Mark or adjust them: the roll step; at least exclude those nights."),
  MISSING_DAY(
      Severity.WARNING,
      "instrument days",
      "Days missing between an instrument's first and last",
      "The other instruments have that day: a halt, a listing under another name, or rows that were lost.",
      "Compare with the exchange's calendar; look-backs in rows span the hole, look-backs in time do not."),
  STALE_RUN(
      Severity.WARNING,
      "runs",
      "Prices that do not move for long",
      "The same price row after row: a quote that nobody keeps, or a carried value.",
      "Ask the source; exclude the stretch by drop_where."),
  LEVEL_CHANGE(
      Severity.WARNING,
      "columns",
      "Changes of regime",
      "The level of the column changes for good: what was learned before does not hold after.",
      "Train on the time after it, or give the regime as a feature."),
  OUTLIER(
      Severity.WARNING,
      "moves",
      "Moves far beyond the usual",
      "From one row to the next the price moves far more than this instrument's typical move.",
      "Look at the examples; exclude misprints by drop_outliers."),
  LOCKED_QUOTE(
      Severity.INFO,
      "rows",
      "Locked quotes",
      "Bid and ask are equal: the spread is zero and the mid is a price that can be traded.",
      "Exclude from spread models: drop_locked."),
  ONE_SIDED_QUOTE(
      Severity.INFO,
      "rows",
      "One-sided quotes",
      "Only one of bid and ask is there (null or zero counts as none).",
      "Exclude from spread models: drop_nulls."),
  NO_QUOTE(
      Severity.INFO,
      "rows",
      "Rows without any quote",
      "Neither bid nor ask is there (null or zero counts as none).",
      "Nothing, or drop_nulls where the quote is needed."),
  EMPTY_BAR(
      Severity.INFO,
      "rows",
      "Bars without a trade",
      "Open, high, low and close are all null.",
      "Nothing, or fill_previous for the close."),
  UNCHANGED_PRICE(
      Severity.INFO,
      "rows",
      "Prices unchanged from the day before",
      "The day's price equals that of the instrument's row before: possibly carried, not quoted.",
      "Compare the share by instrument; exclude those that are carried."),
  NULLS(
      Severity.INFO,
      "values",
      "Nulls",
      "The value is not known.",
      "Trees take nulls as they are; others need drop_nulls or fill_previous."),
  NULLS_AT_DAY_END(
      Severity.INFO,
      "values",
      "Nulls at the end of each day",
      "The column is null in the last rows of each day and nowhere else: it looks ahead, past the day's data.",
      "Good as a target; as a feature it would see the future."),
  NULLS_AT_START(
      Severity.INFO,
      "values",
      "Nulls at each instrument's start",
      "The column is null in an instrument's first rows and nowhere else: it looks back.",
      "Nothing."),
  FLAGGED(
      Severity.INFO,
      "rows",
      "Rows that the source flags itself",
      "The source's own quality column says so.",
      "Exclude by where in data, or by drop_where."),
  LATE_LISTING(
      Severity.INFO,
      "instruments",
      "Instruments that begin late",
      "Their first day is after the data's first: listed, split off or added later.",
      "Models that need history do not know them yet."),
  EARLY_DELISTING(
      Severity.INFO,
      "instruments",
      "Instruments that end early",
      "Their last day is before the data's last: delisted, matured or taken over.",
      "Nothing; leaving them out would make the data survivors only."),
  SURVIVORSHIP(
      Severity.WARNING,
      "instruments",
      "Survivors only",
      "Not one of many instruments ends before the data do: the list was made at its end, and who failed is missing.",
      "Costs of stressed names are underestimated; get the members as of each date."),
  WEEKEND(
      Severity.INFO,
      "rows",
      "Rows on a weekend",
      "Hardly any other row is on a Saturday or Sunday: make-up working days, or a wrong time zone.",
      "Check the time zone of the import."),
  PAUSE(
      Severity.INFO,
      "pauses",
      "Unusually long pauses within a day",
      "Much longer than the usual time between this instrument's rows: lunch, a halt, or lost rows.",
      "Compare with the exchange's hours and halts."),
  PRICE_JUMP(
      Severity.INFO,
      "jumps",
      "Large moves overnight or over a day",
      "Far beyond the instrument's usual day, with the volume of news, or with the market: likely real.",
      "Nothing, unless the examples tell otherwise."),
  VALUE_OUTLIER(
      Severity.INFO,
      "values",
      "Values far from the rest",
      "By robust z (distance from the median in 1.4826 MAD; of logarithms where all values are positive).",
      "Look at the examples; winsorize or drop_outliers."),
  CONSTANT(
      Severity.INFO,
      "columns",
      "Constant columns",
      "Every value is the same: nothing can be learned from it.",
      "Leave the column out."),
  EXCLUDED(
      Severity.WARNING,
      "rows",
      "Rows left out by the import",
      "The condition where did not hold for them.",
      "Nothing, if that is what was meant.");

  private final Severity severity;
  private final String unit;
  private final String title;
  private final String meaning;
  private final String remedy;

  Defect(Severity severity, String unit, String title, String meaning, String remedy) {
    this.severity = severity;
    this.unit = unit;
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** Its short name: {@code zero_price}. */
  public String kind() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How much it matters, where nothing tells otherwise. */
  public Severity severity() {
    return severity;
  }

  /** What is counted: {@code rows}. */
  public String unit() {
    return unit;
  }

  public String title() {
    return title;
  }

  public String meaning() {
    return meaning;
  }

  public String remedy() {
    return remedy;
  }
}
