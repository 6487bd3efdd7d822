package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VolumeForecastTest {
  private static final long MINUTE = 60_000_000_000L;
  private static final ZoneId[] ZONES = {
    ZoneId.of("UTC"), ZoneId.of("America/New_York"), ZoneId.of("America/Sao_Paulo")
  };

  /** In words, each row by itself: gathers the days, fits them, and goes through them again. */
  private static double reference(
      long[] times, double[] volume, int row, ZoneId zone, long bin, int days) {
    TreeMap<LocalDate, TreeMap<Integer, Double>> all = new TreeMap<>();
    for (int i = 0; i <= row; i++) {
      LocalDateTime local = local(times[i], zone).minusNanos(1);
      double known = volume[i] >= 0 && Double.isFinite(volume[i]) ? volume[i] : Double.NaN;
      all.computeIfAbsent(local.toLocalDate(), day -> new TreeMap<>())
          .merge((int) (local.toLocalTime().toNanoOfDay() / bin), known, Double::sum);
    }
    all.values().forEach(day -> day.values().removeIf(v -> !(v > 0)));
    LocalDateTime now = local(times[row], zone).minusNanos(1);
    LocalDate today = now.toLocalDate();
    long ofDay = now.toLocalTime().toNanoOfDay();
    int slot = (int) (ofDay / bin);
    boolean ended = (ofDay + 1) % bin == 0 || ofDay + 1 == LocalClock.DAY;
    var before =
        all.subMap(today.minusDays(days), today).values().stream()
            .filter(day -> !day.isEmpty())
            .toList();
    if (before.size() < 3) {
      return Double.NaN;
    }
    TreeSet<Integer> pattern = new TreeSet<>();
    before.forEach(day -> pattern.addAll(day.keySet()));
    Integer[] slots = pattern.toArray(Integer[]::new);
    double[][] y = new double[before.size()][slots.length];
    for (int d = 0; d < y.length; d++) {
      for (int k = 0; k < slots.length; k++) {
        Double v = before.get(d).get(slots[k]);
        y[d][k] = v == null ? Double.NaN : StrictMath.log(v);
      }
    }
    VolumeForecast.moveIn(y);
    VolumeModel model = VolumeModel.fit(y);
    VolumeModel.State state = model.start();
    for (int d = 0; d < y.length; d++) {
      for (int k = 0; k < slots.length; k++) {
        if (d + k > 0) {
          state.advance(k == 0);
        }
        if (!Double.isNaN(y[d][k])) {
          state.observe(y[d][k], k, 4);
        }
      }
    }
    state.advance(true);
    int k = 0;
    for (; k < slots.length && slots[k] <= slot; k++) {
      Double v = all.get(today).get(slots[k]);
      if (v != null && (slots[k] < slot || ended)) {
        state.observe(StrictMath.log(v), k, 4);
      }
      state.advance(k == slots.length - 1);
    }
    return StrictMath.exp(state.mean(k % slots.length) + state.variance() / 2);
  }

  private static LocalDateTime local(long time, ZoneId zone) {
    return LocalDateTime.ofInstant(Instant.EPOCH.plusNanos(time), zone);
  }

  private static double[] evaluate(long[] times, double[] volume, ZoneId zone, long bin, int days) {
    double[] result = new double[times.length];
    VolumeForecast.evaluate(times, volume, times.length, new LocalClock(zone), bin, days, result);
    return result;
  }

  /** Rows around a change of the clocks: ends of bins, times between, ties, gaps, days without rows. */
  private static long[] times(Random random, int rows, long bin) {
    long time = Instant.parse("2017-10-10T00:00:00Z").getEpochSecond() * 1_000_000_000L;
    long[] times = new long[rows];
    for (int i = 0; i < rows; i++) {
      time +=
          switch (random.nextInt(14)) {
            case 0 -> 0;
            case 1 -> MINUTE * (1 + random.nextInt(300));
            case 2 -> random.nextInt(6) == 0 ? 2 * LocalClock.DAY : bin;
            default -> bin - (random.nextInt(5) == 0 ? Math.floorMod(time, bin) : 0);
          };
      times[i] = time;
    }
    return times;
  }

  @Test
  void asInWords() {
    Random random = new Random(1);
    int known = 0;
    for (int trial = 0; trial < 24; trial++) {
      ZoneId zone = ZONES[trial % ZONES.length];
      long bin = new long[] {60 * MINUTE, 95 * MINUTE, LocalClock.DAY}[trial / 3 % 3];
      int rows = 40 + random.nextInt(160);
      long[] times = times(random, rows, bin == LocalClock.DAY ? 300 * MINUTE : bin);
      double[] volume = new double[rows];
      for (int i = 0; i < rows; i++) {
        volume[i] =
            switch (random.nextInt(25)) {
              case 0 -> Double.NaN;
              case 1 -> 0;
              case 2 -> -1;
              case 3 -> Double.POSITIVE_INFINITY;
              default -> Math.exp(5 + random.nextGaussian());
            };
      }
      int days = 3 + random.nextInt(6);
      double[] result = evaluate(times, volume, zone, bin, days);
      for (int i = 0; i < rows; i++) {
        double expected = reference(times, volume, i, zone, bin, days);
        assertEquals(expected, result[i], zone + " row " + i + " of bins of " + bin);
        known += Double.isNaN(expected) ? 0 : 1;
      }
    }
    assertTrue(known > 800, known + " rows have a forecast");
  }

  /** Rows before the look-back change nothing, nor do those after. */
  @Test
  void onlyTheDaysBeforeMatter() {
    Random random = new Random(2);
    long bin = 60 * MINUTE;
    for (ZoneId zone : ZONES) {
      long[] times = times(random, 400, bin);
      double[] volume = random.doubles(400, 1, 1000).toArray();
      int days = 4;
      double[] all = evaluate(times, volume, zone, bin, days);
      int from = 120;
      int to = 350;
      double[] part =
          evaluate(
              Arrays.copyOfRange(times, from, to),
              Arrays.copyOfRange(volume, from, to),
              zone,
              bin,
              days);
      int compared = 0;
      for (int i = from; i < to; i++) {
        if (times[i] - times[from] > VolumeCurve.reach(days)) {
          assertEquals(all[i], part[i - from]);
          compared++;
        }
      }
      assertTrue(compared > 20, compared + " rows");
    }
  }

  /** Days of hourly bins from nine to five. */
  private static final class Market {
    final long[] times;
    final double[] volume;

    Market(int days, Random random) {
      VolumeModel truth =
          new VolumeModel(
              0.9, 0.8, 0.1, 0.1, 0.05, 0.5, 0.3, new double[] {9, 8.5, 8, 7.8, 7.8, 8, 8.5, 9.2});
      double[][] y = VolumeModelTest.draw(truth, days, 0, random);
      times = new long[days * 8];
      volume = new double[days * 8];
      for (int i = 0; i < times.length; i++) {
        times[i] = 1_500_000_000L / 86_400 * LocalClock.DAY;
        times[i] += i / 8 * LocalClock.DAY + (10 + i % 8) * 60 * MINUTE;
        volume[i] = Math.exp(y[i / 8][i % 8]);
      }
    }

    double[] forecast(int days) {
      return evaluate(times, volume, ZoneId.of("UTC"), 60 * MINUTE, days);
    }
  }

  /** Against the mean of the bin over the same days, both for the next bin. */
  @Test
  void itForecastsWhatMovesSlowly() {
    Market market = new Market(200, new Random(3));
    double[] forecast = market.forecast(20);
    double[] usual = new double[market.times.length];
    VolumeCurve.evaluate(
        market.times,
        market.volume,
        usual.length,
        new LocalClock(ZoneId.of("UTC")),
        60 * MINUTE,
        20,
        false,
        VolumeCurve.Statistic.MEAN,
        usual);
    double ofForecast = 0;
    double ofUsual = 0;
    for (int i = 21 * 8; i < usual.length - 1; i++) {
      double next = market.volume[i + 1];
      ofForecast += (next - forecast[i]) * (next - forecast[i]);
      ofUsual += (next - usual[i + 1]) * (next - usual[i + 1]);
    }
    assertTrue(ofForecast < 0.7 * ofUsual, ofForecast / ofUsual + " of its squared error");
  }

  @Test
  void outliersMoveItLittle() {
    Random random = new Random(4);
    Market market = new Market(40, random);
    double[] plain = market.forecast(20);
    for (int i = 8 * 20 + 3; i < 8 * 30; i += 24) {
      market.volume[i] *= 1000; // a fat finger every third day
    }
    double[] dirty = market.forecast(20);
    double worst = 0;
    for (int i = 8 * 30; i < plain.length; i++) { // none of these days has one itself
      worst = Math.max(worst, Math.abs(Math.log(dirty[i] / plain[i])));
    }
    assertTrue(worst < 0.7, "forecasts move by the factor " + Math.exp(worst));
    double moved = Math.abs(Math.log(dirty[8 * 20 + 3] / plain[8 * 20 + 3]));
    assertTrue(moved > 0, "an outlier counts as a large volume");
    assertTrue(moved < 2.5, "right after one by " + Math.exp(moved));
  }

  @Test
  void gapsAndDaysWithoutVolume() {
    Market market = new Market(30, new Random(5));
    for (int i = 0; i < market.volume.length; i++) {
      market.volume[i] =
          i / 8 % 7 == 6 ? 0 : i % 8 == 3 && i / 8 != 29 ? Double.NaN : market.volume[i];
    }
    double[] forecast = market.forecast(10);
    for (int i = 8 * 5; i < forecast.length; i++) {
      assertTrue(forecast[i] > 0 && Double.isFinite(forecast[i]), "row " + i);
    }
    double[] none = new double[market.volume.length];
    double[] unknown = evaluate(market.times, none, ZoneId.of("UTC"), 60 * MINUTE, 10);
    assertTrue(Arrays.stream(unknown).allMatch(Double::isNaN));
    assertTrue(Arrays.stream(forecast, 0, 8 * 3).allMatch(Double::isNaN), "three days are needed");
  }

  @Test
  void oneBinADay() {
    Random random = new Random(6);
    int days = 120;
    long[] times = new long[days];
    double[] volume = new double[days];
    double level = 0;
    for (int i = 0; i < days; i++) {
      times[i] = (17_000L + i) * LocalClock.DAY;
      level = 0.95 * level + 0.3 * random.nextGaussian();
      volume[i] = Math.exp(10 + level + 0.1 * random.nextGaussian());
    }
    double[] forecast = evaluate(times, volume, ZoneId.of("UTC"), LocalClock.DAY, 60);
    double ofForecast = 0;
    double ofMean = 0;
    for (int i = 60; i < days - 1; i++) {
      double mean = Arrays.stream(volume, i - 59, i + 1).average().orElseThrow();
      ofForecast += Math.pow(Math.log(volume[i + 1] / forecast[i]), 2);
      ofMean += Math.pow(Math.log(volume[i + 1] / mean), 2);
    }
    assertTrue(ofForecast < 0.6 * ofMean, ofForecast / ofMean + " of the mean's");
  }
}
