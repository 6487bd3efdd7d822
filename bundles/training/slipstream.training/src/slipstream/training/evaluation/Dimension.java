package slipstream.training.evaluation;

import java.time.Duration;
import java.time.ZoneId;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** Something that rows are told apart by in the report; functions are by row of the data. */
public sealed interface Dimension {
  /** What the report calls it. */
  String name();

  /**
   * Numbers, which are cut into buckets of about equal numbers of rows; equal ones are never separated.
   *
   * @param expression what they are
   * @param unit may be empty
   * @param values NaN where unknown
   */
  record Numbers(
      String name, String expression, String unit, int buckets, IntToDoubleFunction values)
      implements Dimension {}

  /**
   * Names, such as instruments, the commonest of which are shown by themselves.
   *
   * @param shown how many
   * @param count of all names
   * @param codes by row, from 0; negative where unknown
   * @param names by code
   */
  record Names(
      String name,
      String expression,
      int shown,
      int count,
      IntUnaryOperator codes,
      IntFunction<String> names)
      implements Dimension {}

  /**
   * The time of day.
   *
   * @param width of a bucket; divides a day
   */
  record TimeOfDay(Duration width, ZoneId zone) implements Dimension {
    @Override
    public String name() {
      return "time_of_day";
    }
  }

  /**
   * Stretches of time of about equal numbers of rows.
   *
   * @param periods how many
   */
  record Periods(int periods) implements Dimension {
    @Override
    public String name() {
      return "period";
    }
  }
}
