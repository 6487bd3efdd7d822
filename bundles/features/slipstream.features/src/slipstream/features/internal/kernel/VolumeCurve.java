package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Volume by the local time of day over earlier days.
 *
 * <p>A bin holds its end and not its start, and so does a day: a bar is stamped with its end. Sums start anew with each
 * bin and day, so nothing drifts and a value depends on the days it names alone.
 */
public final class VolumeCurve {
  private VolumeCurve() {}

  /** What stands for several days. */
  public enum Statistic {
    MEAN,
    MEDIAN
  }

  private static final class Day {
    long day = Long.MIN_VALUE;
    double total;
    final double[] bins;

    Day(int bins) {
      this.bins = new double[bins];
    }

    void start(long day) {
      this.day = day;
      total = 0;
      Arrays.fill(bins, 0);
    }
  }

  /** Bins of a day; the last is shorter when the day is no multiple of them. */
  public static int bins(long bin) {
    return (int) ((LocalClock.DAY + bin - 1) / bin);
  }

  /**
   * How far before its own time a row's curve of so many days may look: those days, its own, and what clocks are set back.
   */
  public static long reach(int days) {
    return (days + 1) * LocalClock.DAY + LocalClock.DAY / 6;
  }

  /**
   * Mean or median of the row's bin over those of the {@code days} calendar days before its own that have rows.
   *
   * @param share false for the volume of the bin, true for its share of a day's volume, days without any passed over
   * @param bin in nanoseconds
   * @param result NaN where no day counts, or an unknown volume does; negative and infinite volumes are unknown
   */
  public static void evaluate(
      long[] times,
      double[] volume,
      int rows,
      LocalClock clock,
      long bin,
      int days,
      boolean share,
      Statistic statistic,
      double[] result) {
    // One for the row's own day, and one because clocks set back at midnight lead into the day
    // before once more.
    Day[] ring = new Day[days + 2];
    int bins = bins(bin);
    long lastDay = Long.MIN_VALUE;
    int lastBin = -1;
    double last = Double.NaN;
    double[] values = new double[days];
    for (int i = 0; i < rows; i++) {
      long local = clock.local(times[i]) - 1;
      long day = Math.floorDiv(local, LocalClock.DAY);
      int slot = (int) (Math.floorMod(local, LocalClock.DAY) / bin);
      if (day != lastDay || slot != lastBin) {
        int count = values(ring, day, days, slot, share, values);
        last = statistic == Statistic.MEAN ? mean(values, count) : median(values, count);
        lastDay = day;
        lastBin = slot;
      }
      result[i] = last;
      add(ring, day, slot, bins, known(volume[i]));
    }
  }

  private static double known(double volume) {
    return volume >= 0 && volume < Double.POSITIVE_INFINITY ? volume : Double.NaN;
  }

  private static void add(Day[] ring, long day, int slot, int bins, double volume) {
    int at = (int) Math.floorMod(day, (long) ring.length);
    if (ring[at] == null) {
      ring[at] = new Day(bins);
    }
    if (ring[at].day != day) {
      ring[at].start(day);
    }
    ring[at].bins[slot] += volume;
    ring[at].total += volume;
  }

  /** The bin on earlier days, from the earliest on; returns how many. */
  private static int values(
      Day[] ring, long day, int days, int slot, boolean share, double[] into) {
    int count = 0;
    for (long earlier = day - days; earlier < day; earlier++) {
      Day each = ring[(int) Math.floorMod(earlier, (long) ring.length)];
      if (each != null && each.day == earlier && !(share && each.total == 0)) {
        into[count++] = share ? each.bins[slot] / each.total : each.bins[slot];
      }
    }
    return count;
  }

  private static double mean(double[] values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  private static double median(double[] values, int count) {
    Arrays.sort(values, 0, count); // NaN last
    return count == 0 || Double.isNaN(values[count - 1])
        ? Double.NaN
        : (values[(count - 1) / 2] + values[count / 2]) / 2;
  }

  /** Volume of the local day up to and including each row; NaN from the day's first unknown volume on. */
  public static void soFar(
      long[] times, double[] volume, int rows, LocalClock clock, double[] result) {
    long current = Long.MIN_VALUE;
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      long day = Math.floorDiv(clock.local(times[i]) - 1, LocalClock.DAY);
      if (day != current) {
        current = day;
        sum = 0;
      }
      sum += known(volume[i]);
      result[i] = sum;
    }
  }
}
