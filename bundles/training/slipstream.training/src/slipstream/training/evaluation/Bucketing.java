package slipstream.training.evaluation;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import slipstream.core.Text;
import slipstream.core.spi.RowSelection;
import slipstream.training.evaluation.Report.BreakdownKind;
import slipstream.training.internal.report.Numbers;

/**
 * Which bucket each scored row is in. Nothing is kept by row: buckets are found anew in every pass.
 *
 * @param zone of the time of day; empty for others
 * @param ranges of the buckets, in order
 * @param of a bucket by position among the scored rows
 */
record Bucketing(
    String name,
    String expression,
    String unit,
    BreakdownKind kind,
    String zone,
    List<Range> ranges,
    IntUnaryOperator of) {

  /** Quantiles of numbers are taken from so many rows, evenly spaced. */
  private static final int MAX_QUANTILE_ROWS = 4_000_000;

  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400 * SECOND;

  /**
   * A bucket.
   *
   * @param low least value in it; NaN where it has no order
   * @param high greatest value in it
   */
  record Range(String label, double low, double high) {}

  /** All rows in one bucket. */
  static Bucketing all() {
    return new Bucketing(
        "all",
        "",
        "",
        BreakdownKind.ALL,
        "",
        List.of(new Range("all", Double.NaN, Double.NaN)),
        _ -> 0);
  }

  /**
   * The buckets of some rows.
   *
   * @param rows in order of time
   * @param times by row of the data, UTC nanoseconds or row numbers
   * @return empty when they are all in one bucket, which tells nothing
   */
  static Optional<Bucketing> of(
      Dimension dimension, RowSelection rows, IntToLongFunction times, boolean hasTime) {
    if (rows.size() == 0) {
      return Optional.empty();
    }
    Bucketing found =
        switch (dimension) {
          case Dimension.Numbers numbers -> numbers(numbers, rows);
          case Dimension.Names names -> names(names, rows);
          case Dimension.TimeOfDay time -> timeOfDay(time, rows, times);
          case Dimension.Periods periods -> periods(periods, rows, times, hasTime);
        };
    return found.ranges().size() > 1 ? Optional.of(found) : Optional.empty();
  }

  private static Bucketing numbers(Dimension.Numbers numbers, RowSelection rows) {
    IntToDoubleFunction values = i -> numbers.values().applyAsDouble(rows.get(i));
    int sampled = Math.min(rows.size(), MAX_QUANTILE_ROWS);
    double[] known =
        IntStream.range(0, sampled)
            .mapToDouble(k -> values.applyAsDouble((int) ((long) k * rows.size() / sampled)))
            .filter(value -> !Double.isNaN(value))
            .toArray();
    double[] thresholds =
        known.length == 0 ? new double[0] : Calibration.thresholds(known, numbers.buckets());
    int count = thresholds.length + 1;
    double[] low = new double[count + 1];
    double[] high = new double[count + 1];
    long[] inside = new long[count + 1];
    Arrays.fill(low, Double.POSITIVE_INFINITY);
    Arrays.fill(high, Double.NEGATIVE_INFINITY);
    IntUnaryOperator place =
        i -> {
          double value = values.applyAsDouble(i);
          return Double.isNaN(value) ? count : Calibration.bucketOf(thresholds, value);
        };
    for (int i = 0; i < rows.size(); i++) {
      int bucket = place.applyAsInt(i);
      double value = values.applyAsDouble(i);
      low[bucket] = Math.min(low[bucket], value);
      high[bucket] = Math.max(high[bucket], value);
      inside[bucket]++;
    }
    int[] renumbered = new int[count + 1];
    List<Range> ranges = new ArrayList<>();
    for (int b = 0; b <= count; b++) {
      renumbered[b] = ranges.size();
      if (inside[b] > 0) {
        ranges.add(
            b == count
                ? new Range("unknown", Double.NaN, Double.NaN)
                : new Range(label(low[b], high[b]), low[b], high[b]));
      }
    }
    return new Bucketing(
        numbers.name(),
        numbers.expression(),
        numbers.unit(),
        BreakdownKind.NUMBERS,
        "",
        ranges,
        i -> renumbered[place.applyAsInt(i)]);
  }

  private static String label(double low, double high) {
    return low == high ? Numbers.brief(low) : Numbers.brief(low) + " to " + Numbers.brief(high);
  }

  private static Bucketing names(Dimension.Names names, RowSelection rows) {
    long[] inside = new long[names.count()];
    long unknown = 0;
    for (int i = 0; i < rows.size(); i++) {
      int code = names.codes().applyAsInt(rows.get(i));
      if (code < 0) {
        unknown++;
      } else {
        inside[code]++;
      }
    }
    List<Integer> present = new ArrayList<>();
    for (int code = 0; code < inside.length; code++) {
      if (inside[code] > 0) {
        present.add(code);
      }
    }
    // Stable: of equally common ones the first.
    present.sort(Comparator.comparingLong((Integer code) -> inside[code]).reversed());
    int shown = present.size() <= names.shown() + 1 ? present.size() : names.shown();
    int[] bucketOf = new int[names.count()];
    Arrays.fill(bucketOf, shown);
    List<Range> ranges = new ArrayList<>();
    for (int k = 0; k < shown; k++) {
      bucketOf[present.get(k)] = k;
      ranges.add(new Range(names.names().apply(present.get(k)), Double.NaN, Double.NaN));
    }
    int rest = present.size() - shown;
    if (rest > 0) {
      ranges.add(new Range(Text.format("%,d others", rest), Double.NaN, Double.NaN));
    }
    int none = ranges.size();
    if (unknown > 0) {
      ranges.add(new Range("unknown", Double.NaN, Double.NaN));
    }
    return new Bucketing(
        names.name(),
        names.expression(),
        "",
        BreakdownKind.NAMES,
        "",
        ranges,
        i -> {
          int code = names.codes().applyAsInt(rows.get(i));
          return code < 0 ? none : bucketOf[code];
        });
  }

  private static Bucketing timeOfDay(
      Dimension.TimeOfDay time, RowSelection rows, IntToLongFunction times) {
    long width = time.width().toNanos();
    Clock clock = new Clock(time.zone());
    int buckets = (int) (DAY / width);
    boolean[] inside = new boolean[buckets];
    for (int i = 0; i < rows.size(); i++) {
      inside[(int) (clock.timeOfDay(times.applyAsLong(rows.get(i))) / width)] = true;
    }
    int[] renumbered = new int[buckets];
    List<Range> ranges = new ArrayList<>();
    for (int b = 0; b < buckets; b++) {
      renumbered[b] = ranges.size();
      if (inside[b]) {
        long minutes = b * width / SECOND / 60;
        ranges.add(
            new Range(
                Text.format("%02d:%02d", minutes / 60, minutes % 60),
                b * width / SECOND,
                (b + 1) * width / SECOND));
      }
    }
    return new Bucketing(
        time.name(),
        "",
        "s",
        BreakdownKind.TIME_OF_DAY,
        time.zone().getId(),
        ranges,
        i -> renumbered[(int) (clock.timeOfDay(times.applyAsLong(rows.get(i))) / width)]);
  }

  /** Local times of day; remembers the offset of the stretch between two changes of the clocks. */
  private static final class Clock {
    private final ZoneRules rules;
    private long from = 1; // an empty stretch
    private long to;
    private long offset;

    Clock(ZoneId zone) {
      rules = zone.getRules();
    }

    /** Nanoseconds since local midnight. */
    long timeOfDay(long nanos) {
      long second = Math.floorDiv(nanos, SECOND);
      if (second < from || second >= to) {
        Instant instant = Instant.ofEpochSecond(second);
        ZoneOffset zoneOffset = rules.getOffset(instant);
        offset = zoneOffset.getTotalSeconds();
        from = second;
        ZoneOffsetTransition next = rules.nextTransition(instant);
        to = next == null ? Long.MAX_VALUE : next.toEpochSecond();
      }
      return Math.floorMod(nanos + offset * SECOND, DAY);
    }
  }

  private static Bucketing periods(
      Dimension.Periods periods, RowSelection rows, IntToLongFunction times, boolean hasTime) {
    int[] starts = new int[periods.periods()];
    int count = 0;
    for (int i = 0; i < rows.size() && count < starts.length; i++) {
      boolean newTime =
          i == 0 || times.applyAsLong(rows.get(i)) != times.applyAsLong(rows.get(i - 1));
      if (newTime && (long) i * starts.length >= (long) count * rows.size()) {
        starts[count++] = i;
      }
    }
    int[] first = Arrays.copyOf(starts, count);
    List<Range> ranges = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      long low = times.applyAsLong(rows.get(first[k]));
      long high = times.applyAsLong(rows.get((k + 1 < count ? first[k + 1] : rows.size()) - 1));
      ranges.add(
          hasTime
              ? new Range(Numbers.time(low), low / 1e9, high / 1e9)
              : new Range(Numbers.fixed(low, 0), low, high));
    }
    return new Bucketing(
        periods.name(),
        "",
        hasTime ? "s" : "",
        BreakdownKind.PERIODS,
        "",
        ranges,
        i -> {
          int at = Arrays.binarySearch(first, i);
          return at >= 0 ? at : -at - 2;
        });
  }
}
