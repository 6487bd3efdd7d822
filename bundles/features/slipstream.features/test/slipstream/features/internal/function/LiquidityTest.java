package slipstream.features.internal.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static slipstream.features.internal.function.Evaluated.of;
import static slipstream.features.internal.function.Evaluated.times;
import static slipstream.features.internal.function.Evaluated.with;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import slipstream.core.spi.Constants;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Window;

class LiquidityTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final long SECOND = 1_000_000_000L;

  // ---------------------------------------------- each function by its words

  /** What the documentation says of the rows of one window, as plainly as can be. */
  private interface Definition {
    double of(double[][] x, int[] window);
  }

  private static double sum(int[] window, java.util.function.IntToDoubleFunction value) {
    return IntStream.of(window).mapToDouble(value).sum();
  }

  private static double known(double x) {
    return Double.isFinite(x) ? x : NAN;
  }

  private static double roll(double[] price, int[] window) {
    int n = window.length;
    double[] now = new double[n];
    double[] before = new double[n];
    for (int i = 0; i < n; i++) {
      int s = window[i];
      if (s < 2 || !(price[s] > 0 && price[s - 1] > 0 && price[s - 2] > 0)) {
        return NAN;
      }
      now[i] = known(Math.log(price[s]) - Math.log(price[s - 1]));
      before[i] = known(Math.log(price[s - 1]) - Math.log(price[s - 2]));
    }
    double meanNow = Arrays.stream(now).sum() / n;
    double meanBefore = Arrays.stream(before).sum() / n;
    double products = 0;
    for (int i = 0; i < n; i++) {
      products += (now[i] - meanNow) * (before[i] - meanBefore);
    }
    double covariance = products / (n - 1);
    return Double.isNaN(covariance) ? NAN : 2e4 * Math.sqrt(Math.max(0, -covariance));
  }

  private static boolean range(double[] high, double[] low, int s) {
    return low[s] > 0 && high[s] >= low[s] && high[s] < INF;
  }

  private static double corwinSchultz(double[] high, double[] low, int s) {
    if (s < 1 || !range(high, low, s) || !range(high, low, s - 1)) {
      return NAN;
    }
    double b =
        Math.pow(Math.log(high[s] / low[s]), 2) + Math.pow(Math.log(high[s - 1] / low[s - 1]), 2);
    double g = Math.pow(Math.log(Math.max(high[s], high[s - 1]) / Math.min(low[s], low[s - 1])), 2);
    double k = 3 - 2 * Math.sqrt(2);
    double a = (Math.sqrt(2 * b) - Math.sqrt(b)) / k - Math.sqrt(g / k);
    return known(1e4 * Math.max(0, 2 * (Math.exp(a) - 1) / (1 + Math.exp(a))));
  }

  private static double abdiRanaldo(double[] high, double[] low, double[] close, int s) {
    if (s < 1 || !range(high, low, s) || !range(high, low, s - 1) || !(close[s - 1] > 0)) {
      return NAN;
    }
    double c = Math.log(close[s - 1]);
    double before = (Math.log(high[s - 1]) + Math.log(low[s - 1])) / 2;
    double now = (Math.log(high[s]) + Math.log(low[s])) / 2;
    return known(1e4 * Math.sqrt(Math.max(0, 4 * (c - before) * (c - now))));
  }

  private static double ofi(double[][] x, int s) {
    if (s < 1) {
      return NAN;
    }
    for (double[] series : x) {
      for (int row = s - 1; row <= s; row++) {
        boolean size = series == x[1] || series == x[3];
        if (!Double.isFinite(series[row]) || size && series[row] < 0) {
          return NAN;
        }
      }
    }
    double flow = 0;
    if (x[0][s] > x[0][s - 1]) {
      flow += x[1][s];
    } else if (x[0][s] < x[0][s - 1]) {
      flow -= x[1][s - 1];
    } else {
      flow += x[1][s] - x[1][s - 1];
    }
    if (x[2][s] > x[2][s - 1]) {
      flow += x[3][s - 1];
    } else if (x[2][s] < x[2][s - 1]) {
      flow -= x[3][s];
    } else {
      flow -= x[3][s] - x[3][s - 1];
    }
    return flow;
  }

  private static double amihud(double[] ret, double[] volume, int[] window) {
    double sum = 0;
    int days = 0;
    for (int s : window) {
      if (!(volume[s] >= 0 && volume[s] < INF)) {
        return NAN;
      }
      if (volume[s] > 0) {
        sum += known(1e6 * Math.abs(ret[s]) / volume[s]);
        days++;
      }
    }
    return days == 0 ? NAN : sum / days;
  }

  private static double kyle(double[] change, double[] volume, int[] window) {
    double meanX = sum(window, s -> known(volume[s])) / window.length;
    double meanY = sum(window, s -> known(change[s])) / window.length;
    double xx = sum(window, s -> Math.pow(volume[s] - meanX, 2));
    double xy = sum(window, s -> (volume[s] - meanX) * (change[s] - meanY));
    return xx == 0 ? NAN : xy / xx;
  }

  private static double vwap(double[] price, double[] volume, int[] window) {
    double traded = 0;
    double paid = 0;
    for (int s : window) {
      if (!(volume[s] >= 0 && volume[s] < INF)) {
        return NAN;
      }
      traded += volume[s];
      paid += volume[s] == 0 ? 0 : known(price[s]) * volume[s];
    }
    return traded == 0 ? NAN : paid / traded;
  }

  private static double participation(double[] own, double[] volume, int[] window) {
    double all = sum(window, s -> volume[s] >= 0 ? known(volume[s]) : NAN);
    return all == 0 ? NAN : sum(window, s -> known(Math.abs(own[s]))) / all;
  }

  private static final Map<String, Definition> DEFINITIONS =
      Map.of(
          "roll_spread", (x, w) -> roll(x[0], w),
          "corwin_schultz", (x, w) -> sum(w, s -> corwinSchultz(x[0], x[1], s)) / w.length,
          "abdi_ranaldo", (x, w) -> sum(w, s -> abdiRanaldo(x[0], x[1], x[2], s)) / w.length,
          "ofi", (x, w) -> sum(w, s -> ofi(x, s)),
          "amihud", (x, w) -> amihud(x[0], x[1], w),
          "kyle_lambda", (x, w) -> kyle(x[0], x[1], w),
          "vwap", (x, w) -> vwap(x[0], x[1], w),
          "participation", (x, w) -> participation(x[0], x[1], w),
          "realised_vol", (x, w) -> Math.sqrt(sum(w, s -> known(x[0][s] * x[0][s]))),
          "bipower_vol",
              (x, w) ->
                  Math.sqrt(
                      Math.PI
                          / 2
                          * sum(
                              w,
                              s ->
                                  s < 1 ? NAN : known(Math.abs(x[0][s]) * Math.abs(x[0][s - 1])))));

  /** Series as the function has them in a market, and some that no market has. */
  private static double[][] series(String function, int rows, Random random) {
    double[] price = new double[rows];
    double[] high = new double[rows];
    double[] low = new double[rows];
    double[] volume = new double[rows];
    double[] flow = new double[rows];
    double[] ret = new double[rows];
    double last = 100;
    for (int i = 0; i < rows; i++) {
      last *= Math.exp(0.01 * random.nextGaussian());
      price[i] = Math.rint(100 * last + (random.nextBoolean() ? 20 : -20)) / 100;
      high[i] = price[i] + random.nextInt(200) / 100.0;
      low[i] = price[i] - random.nextInt(200) / 100.0;
      volume[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(1_000);
      flow[i] = random.nextGaussian() * 100;
      ret[i] = random.nextGaussian() * 0.01;
    }
    double[] size = volume.clone();
    double[][] series =
        switch (function) {
          case "corwin_schultz" -> new double[][] {high, low};
          case "abdi_ranaldo" -> new double[][] {high, low, price};
          case "ofi" -> new double[][] {low, volume, high, size};
          case "amihud" -> new double[][] {ret, volume};
          case "kyle_lambda" -> new double[][] {ret, flow};
          case "vwap" -> new double[][] {price, volume};
          case "participation" -> new double[][] {flow, volume};
          case "roll_spread" -> new double[][] {price};
          default -> new double[][] {ret};
        };
    if (random.nextBoolean()) {
      double[] bad = {NAN, INF, -INF, 0, -1};
      for (int i = 0; i < rows / 40; i++) {
        series[random.nextInt(series.length)][random.nextInt(rows)] =
            bad[random.nextInt(bad.length)];
      }
    }
    return series;
  }

  private static int[] window(Window window, long[] times, int row) {
    return switch (window) {
      case Window.OfRows fixed ->
          row < fixed.rows() - 1
              ? new int[0]
              : IntStream.rangeClosed(row - fixed.rows() + 1, row).toArray();
      case Window.OfTime time ->
          IntStream.rangeClosed(0, row).filter(s -> times[s] > times[row] - time.nanos()).toArray();
    };
  }

  @TestFactory
  Stream<DynamicTest> asInWords() {
    return DEFINITIONS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> asInWords(each.getKey())));
  }

  private static void asInWords(String function) {
    Random random = new Random(function.hashCode());
    int known = 0;
    for (int trial = 0; trial < 200; trial++) {
      int rows = trial % 10 == 0 ? random.nextInt(4) : random.nextInt(300);
      long[] times = new long[rows];
      for (int i = 1; i < rows; i++) {
        times[i] = times[i - 1] + random.nextInt(4) * SECOND;
      }
      double[][] series = series(function, rows, random);
      int least = function.equals("roll_spread") ? 2 : function.equals("kyle_lambda") ? 3 : 1;
      Window window =
          random.nextBoolean()
              ? new Window.OfRows(least + random.nextInt(30))
              : new Window.OfTime((1 + random.nextInt(60)) * SECOND);
      double[] found = of(function, times, with(window), series);
      for (int row = 0; row < rows; row++) {
        int[] in = window(window, times, row);
        double expected = in.length == 0 ? NAN : DEFINITIONS.get(function).of(series, in);
        String where = function + " " + window + " row " + row;
        if (Double.isNaN(expected)) {
          assertEquals(NAN, found[row], where);
        } else {
          assertEquals(expected, found[row], tolerance(function, expected), where);
        }
        known += Double.isNaN(found[row]) ? 0 : 1;
      }
    }
    assertTrue(known > 1_000, function + " is hardly ever known");
  }

  private static double tolerance(String function, double expected) {
    return switch (function) {
      // In bp: differences of logarithms of prices lose digits, of which a root keeps half.
      case "roll_spread", "corwin_schultz", "abdi_ranaldo" -> 1e-3 + 1e-9 * Math.abs(expected);
      default -> 1e-11 + 1e-11 * Math.abs(expected);
    };
  }

  // ------------------------------------------------------------------ rules

  @Test
  void whatIsReachedIsDeclared() {
    Map<String, Integer> more =
        Map.of("roll_spread", 2, "corwin_schultz", 1, "ofi", 1, "bipower_vol", 1, "vwap", 0);
    more.forEach(
        (name, rows) -> {
          var function = Evaluated.PLUGINS.function(name).orElseThrow();
          assertEquals(
              Reach.ofRows(9 + rows),
              function.bind(Constants.of(new Window.OfRows(10))).lookBack());
          assertEquals(
              new Reach(rows, SECOND),
              function.bind(Constants.of(new Window.OfTime(SECOND))).lookBack());
        });
  }

  @Test
  void rowsWithoutVolumeCountForNothing() {
    double[] volume = {0, 100, 0, 0, 0};
    double[] price = {NAN, 10, NAN, 12, INF};
    Object[] two = with(new Window.OfRows(2));
    assertArrayEquals(of(NAN, 10, 10, NAN, NAN), of("vwap", null, two, price, volume));
    double[] ret = {NAN, -0.01, NAN, 0.5, INF};
    assertArrayEquals(of(NAN, 100, 100, NAN, NAN), of("amihud", null, two, ret, volume), 1e-12);
    double[] own = {0, 10, 0, 0, 0};
    assertArrayEquals(of(NAN, 0.1, 0.1, NAN, NAN), of("participation", null, two, own, volume));
  }

  @Test
  void volumesBelowZeroAreUnknown() {
    double[] volume = {100, -1, 100, 100};
    double[] one = {1, 1, 1, 1};
    Object[] two = with(new Window.OfRows(2));
    for (String name : List.of("vwap", "amihud", "participation")) {
      double[] found = of(name, null, two, one, volume);
      assertTrue(Double.isNaN(found[1]) && Double.isNaN(found[2]), name);
      assertTrue(found[3] > 0, name);
    }
  }

  @Test
  void aSpreadOfBouncingPricesIsFound() {
    Random random = new Random(1);
    double[] price = new double[40_000];
    double log = Math.log(30);
    for (int i = 0; i < price.length; i++) {
      log += 1e-4 * random.nextGaussian();
      price[i] = Math.exp(log) * (1 + (random.nextBoolean() ? 5e-4 : -5e-4));
    }
    double[] roll = of("roll_spread", null, with(new Window.OfRows(39_000)), price);
    assertEquals(10, roll[39_999], 0.15, "bp");
    double[] trend = IntStream.range(0, 100).mapToDouble(i -> 100 + i * i).toArray();
    assertEquals(0, of("roll_spread", null, with(new Window.OfRows(20)), trend)[99], "no bounce");
  }

  @Test
  void jumpsAreLeftOutOfBipowerVariation() {
    Random random = new Random(2);
    double[] ret = random.doubles(10_000).map(x -> random.nextGaussian() * 1e-3).toArray();
    ret[5_000] = 0.2;
    Object[] all = with(new Window.OfRows(9_999));
    assertEquals(Math.sqrt(0.01 + 0.04), of("realised_vol", null, all, ret)[9_999], 2e-3);
    assertEquals(0.1, of("bipower_vol", null, all, ret)[9_999], 5e-3);
  }

  @Test
  void theVolumeCurveIsOfEarlierDays() {
    long[] times =
        times(
            "2024-03-07T15:00:00Z", "2024-03-07T15:05:00Z", // Thursday, winter time
            "2024-03-08T15:00:00Z", "2024-03-08T15:05:00Z", // Friday
            "2024-03-11T14:00:00Z", "2024-03-11T14:05:00Z"); // Monday, summer time
    double[] volume = {10, 30, 20, 60, 1e9, 1e9};
    Object[] local = with(Duration.ofMinutes(5), 10.0, "America/New_York");
    Object[] mean = with(Duration.ofMinutes(5), 10.0, "America/New_York", "mean");
    assertArrayEquals(of(NAN, NAN, 10, 30, 15, 45), of("volume_curve", times, mean, volume));
    assertArrayEquals(
        of(NAN, NAN, 0.25, 0.75, 0.25, 0.75), of("volume_share", times, local, volume));
    // Three calendar days before Monday is Friday alone.
    Object[] three = with(Duration.ofMinutes(5), 3.0, "America/New_York", "mean");
    assertArrayEquals(of(NAN, NAN, 10, 30, 20, 60), of("volume_curve", times, three, volume));
    assertArrayEquals(
        of(10, 40, 20, 80, 1e9, 2e9), of("day_volume", times, with("America/New_York"), volume));
    double[] utc =
        of("volume_curve", times, with(Duration.ofMinutes(5), 10.0, "UTC", "median"), volume);
    assertEquals(0, utc[4], "an hour earlier by UTC, when nothing traded");
  }

  @Test
  void binsThatCannotBe() {
    for (Object[] constants :
        List.of(
            with(Duration.ofMillis(500), 10.0, "UTC"),
            with(Duration.ofDays(2), 10.0, "UTC"),
            with(Duration.ofSeconds(1), 1e9, "UTC"),
            with(Duration.ofMinutes(5), 800.0, "UTC"),
            with(Duration.ofMinutes(5), 10.0, "Mars"))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> of("volume_kalman", new long[1], constants, new double[1]));
    }
  }
}
