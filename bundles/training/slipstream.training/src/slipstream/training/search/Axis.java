package slipstream.training.search;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** The values of one key, laid along the interval from 0 to 1. */
public sealed interface Axis {
  /** The value at a place, from 0 (included) to 1 (excluded). */
  Object at(double place);

  /** The number of different values; 0 when they are not counted. */
  int levels();

  /** The place that stands for all places of the same value: its middle, or the place itself where values are not counted. */
  default double centre(double place) {
    int levels = levels();
    return levels == 0 ? place : (level(place) + 0.5) / levels;
  }

  /** Which of the counted values lies at a place. */
  default int level(double place) {
    return Math.clamp((long) Math.floor(place * levels()), 0, levels() - 1);
  }

  /** Values without an order. */
  record Choice(List<Object> values) implements Axis {
    public Choice {
      values = List.copyOf(values);
    }

    @Override
    public Object at(double place) {
      return values.get(level(place));
    }

    @Override
    public int levels() {
      return values.size();
    }
  }

  /**
   * Numbers at equal distances.
   *
   * @param step above 0
   * @param levels at least 1
   * @param whole true for Long values, false for Double
   */
  record Steps(double min, double step, int levels, boolean whole) implements Axis {
    @Override
    public Object at(double place) {
      // Decimal arithmetic: 0.1 + 2 * 0.1 is to be 0.3.
      BigDecimal value =
          BigDecimal.valueOf(min)
              .add(BigDecimal.valueOf(step).multiply(BigDecimal.valueOf(level(place))));
      return whole ? (Object) value.longValueExact() : value.doubleValue();
    }
  }

  /**
   * Any number of a range, to {@value #DIGITS} significant digits.
   *
   * @param log whether the logarithm is what is uniform
   * @param whole true for Long values, false for Double
   */
  record Interval(double min, double max, boolean log, boolean whole) implements Axis {
    /** Enough to tell configurations apart, few enough to read. */
    static final int DIGITS = 6;

    @Override
    public Object at(double place) {
      double margin = whole ? 0.5 : 0;
      double low = min - margin;
      double high = max + margin;
      double value =
          log
              ? Math.exp(Math.log(low) + place * (Math.log(high) - Math.log(low)))
              : low + place * (high - low);
      if (whole) {
        return (long) Math.clamp(Math.rint(value), min, max);
      }
      double rounded = new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue();
      return Math.clamp(rounded, min, max);
    }

    @Override
    public int levels() {
      return 0;
    }
  }
}
