package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * Volume of the bin to come by {@link VolumeModel}, estimated anew for each local day on the days before it and filtered
 * through the day so far. Bins and days hold their ends, as in {@link VolumeCurve}.
 *
 * <p>The bins of a day are those that had a volume on one of the days that the model is estimated on. A bin counts once its
 * end has come, at a row stamped with it or a later one; one without a volume above 0, or with an unknown one, is passed
 * over as unobserved. A value depends on the days it names and its own day alone, to the bit.
 */
public final class VolumeForecast {
  /** Fewer days with volume than this estimate nothing. */
  static final int LEAST_DAYS = 3;

  /** Logarithms this many robust deviations from what is usual for bin and day are moved in to there. */
  private static final double CUT = 4;

  private final LocalClock clock;
  private final long bin;
  private final int days;
  private final int bins;
  private final Day[] ring;

  /** The day that is forecast. */
  private long current = Long.MIN_VALUE;

  private int[] pattern = {}; // the bins of a day, ascending
  private VolumeModel model; // null while there are too few days
  private VolumeModel.State atOpen; // before the day's first bin
  private VolumeModel.State state;
  private int passed; // bins of the pattern that the state has seen

  private static final class Day {
    long day = Long.MIN_VALUE;
    final double[] volume;
    final boolean[] any;

    Day(int bins) {
      volume = new double[bins];
      any = new boolean[bins];
    }

    void start(long day) {
      this.day = day;
      Arrays.fill(volume, 0);
      Arrays.fill(any, false);
    }

    /** NaN where nothing is observed. */
    double logarithm(int bin) {
      return any[bin] && volume[bin] > 0 ? StrictMath.log(volume[bin]) : Double.NaN;
    }
  }

  private VolumeForecast(LocalClock clock, long bin, int days) {
    this.clock = clock;
    this.bin = bin;
    this.days = days;
    bins = VolumeCurve.bins(bin);
    ring = new Day[days + 2];
  }

  /**
   * @param bin in nanoseconds
   * @param days calendar days before the row's
   * @param result the mean of the volume to come; NaN while fewer than {@value #LEAST_DAYS} of the days have volume
   */
  public static void evaluate(
      long[] times,
      double[] volume,
      int rows,
      LocalClock clock,
      long bin,
      int days,
      double[] result) {
    VolumeForecast forecast = new VolumeForecast(clock, bin, days);
    for (int i = 0; i < rows; i++) {
      result[i] = forecast.next(times[i], volume[i]);
    }
  }

  private double next(long time, double volume) {
    long local = clock.local(time) - 1;
    long day = Math.floorDiv(local, LocalClock.DAY);
    long ofDay = Math.floorMod(local, LocalClock.DAY);
    int slot = (int) (ofDay / bin);
    boolean ended = (ofDay + 1) % bin == 0 || ofDay + 1 == LocalClock.DAY;
    add(day, slot, volume >= 0 && volume < Double.POSITIVE_INFINITY ? volume : Double.NaN);
    if (day != current) {
      current = day;
      estimate();
    }
    if (model == null) {
      return Double.NaN;
    }
    // Bins of the pattern before the row's, and it too where it has ended or passes unobserved.
    int seen = Arrays.binarySearch(pattern, slot);
    seen = seen >= 0 ? seen + 1 : -seen - 1;
    boolean own = seen > 0 && pattern[seen - 1] == slot;
    if (own && seen <= passed) { // more volume in a bin that was taken in
      state = atOpen.copy();
      passed = 0;
    }
    filter(own && !ended ? seen - 1 : seen);
    VolumeModel.State ahead = state.copy();
    for (int k = passed; k <= seen; k++) {
      step(ahead, k);
    }
    int next = seen % pattern.length;
    double forecast = StrictMath.exp(ahead.mean(next) + ahead.variance() / 2);
    return forecast < Double.POSITIVE_INFINITY ? forecast : Double.NaN;
  }

  private void add(long day, int slot, double volume) {
    int at = (int) Math.floorMod(day, (long) ring.length);
    if (ring[at] == null) {
      ring[at] = new Day(bins);
    }
    if (ring[at].day != day) {
      ring[at].start(day);
    }
    ring[at].volume[slot] += volume;
    ring[at].any[slot] = true;
  }

  private Day day(long day) {
    Day each = ring[(int) Math.floorMod(day, (long) ring.length)];
    return each != null && each.day == day ? each : null;
  }

  /** Into the k-th bin of the pattern, counted from the day's first; the one after the last is tomorrow's first. */
  private void step(VolumeModel.State state, int k) {
    if (k > 0) {
      state.advance(k == pattern.length);
    }
  }

  /** Takes the state through this many bins of the day. */
  private void filter(int until) {
    if (until < passed) { // clocks were set back
      state = atOpen.copy();
      passed = 0;
    }
    Day today = day(current);
    for (; passed < until; passed++) {
      step(state, passed);
      double y = today.logarithm(pattern[passed]);
      if (!Double.isNaN(y)) {
        state.observe(y, passed, CUT);
      }
    }
  }

  private void estimate() {
    boolean[] used = new boolean[bins];
    double[][] window = new double[days][];
    int count = 0;
    for (long earlier = current - days; earlier < current; earlier++) {
      Day each = day(earlier);
      if (each != null) {
        double[] y = new double[bins];
        boolean any = false;
        for (int b = 0; b < bins; b++) {
          y[b] = each.logarithm(b);
          any |= !Double.isNaN(y[b]);
          used[b] |= !Double.isNaN(y[b]);
        }
        if (any) {
          window[count++] = y;
        }
      }
    }
    model = null;
    if (count < LEAST_DAYS) {
      return;
    }
    pattern = new int[bins];
    int width = 0;
    for (int b = 0; b < bins; b++) {
      if (used[b]) {
        pattern[width++] = b;
      }
    }
    pattern = Arrays.copyOf(pattern, width);
    double[][] y = new double[count][width];
    for (int d = 0; d < count; d++) {
      for (int k = 0; k < width; k++) {
        y[d][k] = window[d][pattern[k]];
      }
    }
    moveIn(y);
    model = VolumeModel.fit(y);
    atOpen = model.start();
    for (int d = 0; d < count; d++) {
      for (int k = 0; k < width; k++) {
        if (d + k > 0) {
          atOpen.advance(k == 0);
        }
        if (!Double.isNaN(y[d][k])) {
          atOpen.observe(y[d][k], k, CUT);
        }
      }
    }
    atOpen.advance(true);
    state = atOpen.copy();
    passed = 0;
  }

  /** Moves outliers in: beyond so many robust deviations from the median of the bin and then of the day. */
  static void moveIn(double[][] y) {
    double[] ofBin = new double[y[0].length];
    for (int b = 0; b < ofBin.length; b++) {
      double[] column = new double[y.length];
      for (int d = 0; d < y.length; d++) {
        column[d] = y[d][b];
      }
      ofBin[b] = median(column);
    }
    double[] ofDay = new double[y.length];
    double[] sizes = new double[y.length * ofBin.length];
    for (int d = 0; d < y.length; d++) {
      double[] rest = new double[ofBin.length];
      for (int b = 0; b < ofBin.length; b++) {
        rest[b] = y[d][b] - ofBin[b];
      }
      ofDay[d] = median(rest);
      for (int b = 0; b < ofBin.length; b++) {
        sizes[d * ofBin.length + b] = Math.abs(rest[b] - ofDay[d]);
      }
    }
    double reach = CUT * 1.4826 * median(sizes);
    if (!(reach > 0)) {
      return; // most logarithms are what is usual: there is no scale to judge by
    }
    for (int d = 0; d < y.length; d++) {
      for (int b = 0; b < ofBin.length; b++) {
        if (!Double.isNaN(y[d][b])) {
          double usual = ofBin[b] + ofDay[d];
          y[d][b] = Math.clamp(y[d][b], usual - reach, usual + reach);
        }
      }
    }
  }

  /** Of what is known; NaN where nothing is. */
  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    int n = sorted.length;
    return n == 0
        ? Double.NaN
        : n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }
}
