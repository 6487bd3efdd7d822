package slipstream.data.explore;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongToDoubleFunction;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/**
 * How a quantity goes through the day, by bins of local time.
 *
 * <ul>
 *   <li>A <b>level</b> (a spread): the mean over all rows of a bin and their quartiles, these over every {@code
 *       sampledEvery}-th row alone where there are many.
 *   <li>A <b>flow</b> (a volume): each day's sum by bin as a share of the day's total, then mean and quartiles over the
 *       days. A day of which nothing is known counts for nothing, a bin without rows counts as 0 on the days that there
 *       are.
 * </ul>
 *
 * @param rows known values
 * @param days with a known value
 * @param sampledEvery 1 when the quartiles are of all rows
 */
public record DayCurve(List<Bin> bins, long rows, int days, long sampledEvery) {
  private static final long DAY_SECONDS = 86_400;
  private static final long NANOS = 1_000_000_000;
  private static final long MOST_SAMPLED = 4_000_000;

  /**
   * @param startSeconds of the bin, from local midnight
   * @param count rows of a level, days of a flow
   * @param mean NaN where there is nothing
   */
  public record Bin(
      int startSeconds, long count, double mean, double lower, double median, double upper) {}

  /** Gives each time its day and second of the day in a zone; quick for times that come in order. */
  private static final class Clock {
    private final ZoneRules rules;
    private long offset;
    private long from = 1;
    private long until;

    Clock(ZoneId zone) {
      rules = zone.getRules();
    }

    long local(long nanos) {
      long second = Math.floorDiv(nanos, NANOS);
      if (second < from || second >= until) {
        Instant now = Instant.ofEpochSecond(second);
        ZoneOffset zone = rules.getOffset(now);
        ZoneOffsetTransition before = rules.previousTransition(now.plusSeconds(1));
        ZoneOffsetTransition after = rules.nextTransition(now);
        offset = zone.getTotalSeconds();
        from = before == null ? Long.MIN_VALUE : before.toEpochSecond();
        until = after == null ? Long.MAX_VALUE : after.toEpochSecond();
      }
      return second + offset;
    }
  }

  private interface Each {
    void accept(long day, int bin, double value);
  }

  /**
   * The curve of a level.
   *
   * @param value of a row; NaN where unknown
   * @param partitions whose rows count
   * @param binSeconds divides a day
   * @param zone of the day
   */
  public static DayCurve ofLevel(
      Table table,
      LongToDoubleFunction value,
      List<Partition> partitions,
      int binSeconds,
      ZoneId zone,
      Progress progress) {
    int bins = bins(table, binSeconds);
    long rows = partitions.stream().mapToLong(Partition::rows).sum();
    long every = Math.max(1, (rows + MOST_SAMPLED - 1) / MOST_SAMPLED);
    CompensatedSum[] sums = new CompensatedSum[bins];
    double[][] samples = new double[bins][16];
    int[] sampled = new int[bins];
    long[] counts = new long[bins];
    TreeMap<Long, Boolean> days = new TreeMap<>();
    long[] lastDay = {Long.MIN_VALUE};
    long[] seen = {0};
    forEach(
        table,
        value,
        partitions,
        binSeconds,
        zone,
        progress,
        (day, bin, x) -> {
          if (day != lastDay[0]) {
            lastDay[0] = day;
            days.put(day, true);
          }
          if (sums[bin] == null) {
            sums[bin] = new CompensatedSum();
          }
          sums[bin].add(x);
          counts[bin]++;
          if (seen[0]++ % every == 0) {
            if (sampled[bin] == samples[bin].length) {
              samples[bin] = Arrays.copyOf(samples[bin], 2 * sampled[bin]);
            }
            samples[bin][sampled[bin]++] = x;
          }
        });
    List<Bin> result = new ArrayList<>();
    for (int i = 0; i < bins; i++) {
      double[] some = Arrays.copyOf(samples[i], sampled[i]);
      result.add(
          bin(
              i * binSeconds,
              counts[i],
              counts[i] == 0 ? Double.NaN : sums[i].value() / counts[i],
              some));
    }
    return new DayCurve(result, seen[0], days.size(), every);
  }

  /**
   * The curve of a flow, as shares of a day's total.
   *
   * @param value of a row, summed; NaN where unknown
   */
  public static DayCurve ofFlow(
      Table table,
      LongToDoubleFunction value,
      List<Partition> partitions,
      int binSeconds,
      ZoneId zone,
      Progress progress) {
    int bins = bins(table, binSeconds);
    TreeMap<Long, double[]> days = new TreeMap<>();
    long[] lastDay = {Long.MIN_VALUE};
    double[][] current = {null};
    long[] rows = {0};
    forEach(
        table,
        value,
        partitions,
        binSeconds,
        zone,
        progress,
        (day, bin, x) -> {
          if (day != lastDay[0]) {
            lastDay[0] = day;
            current[0] = days.computeIfAbsent(day, _ -> new double[bins]);
          }
          current[0][bin] += x;
          rows[0]++;
        });
    days.values().removeIf(each -> !(Arrays.stream(each).sum() > 0));
    for (double[] day : days.values()) {
      double total = Arrays.stream(day).sum();
      for (int i = 0; i < bins; i++) {
        day[i] /= total;
      }
    }
    List<Bin> result = new ArrayList<>();
    for (int i = 0; i < bins; i++) {
      int bin = i;
      double[] shares = days.values().stream().mapToDouble(day -> day[bin]).toArray();
      boolean any = Arrays.stream(shares).anyMatch(share -> share != 0);
      CompensatedSum sum = new CompensatedSum();
      for (double share : shares) {
        sum.add(share);
      }
      result.add(
          any
              ? bin(i * binSeconds, shares.length, sum.value() / shares.length, shares)
              : bin(i * binSeconds, 0, Double.NaN, new double[0]));
    }
    return new DayCurve(result, rows[0], days.size(), 1);
  }

  private static int bins(Table table, int binSeconds) {
    if (!table.hasTime()) {
      throw SlipstreamException.invalid(
          "the data have no time column", "Import them with one to see how they go through a day.");
    }
    if (binSeconds < 1 || DAY_SECONDS % binSeconds != 0) {
      throw SlipstreamException.invalid(
          binSeconds + " s do not divide a day", "Take 60, 300, 900, 1800 or 3600.");
    }
    return (int) (DAY_SECONDS / binSeconds);
  }

  private static void forEach(
      Table table,
      LongToDoubleFunction value,
      List<Partition> partitions,
      int binSeconds,
      ZoneId zone,
      Progress progress,
      Each each) {
    Column time = table.time();
    Clock clock = new Clock(zone);
    for (Partition partition : partitions) {
      for (long row = partition.from(); row < partition.to(); row++) {
        if ((row & 0x3fff) == 0) {
          progress.checkCancelled();
        }
        double x = value.applyAsDouble(row);
        if (Double.isFinite(x)) {
          long local = clock.local(time.getLong(row));
          long day = Math.floorDiv(local, DAY_SECONDS);
          each.accept(day, (int) (local - day * DAY_SECONDS) / binSeconds, x);
        }
      }
    }
  }

  private static Bin bin(int start, long count, double mean, double[] values) {
    Arrays.sort(values);
    return new Bin(
        start, count, mean, quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75));
  }

  private static double quantile(double[] sorted, double probability) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double position = probability * (sorted.length - 1);
    int low = (int) position;
    double share = position - low;
    return share == 0 ? sorted[low] : sorted[low] + share * (sorted[low + 1] - sorted[low]);
  }
}
