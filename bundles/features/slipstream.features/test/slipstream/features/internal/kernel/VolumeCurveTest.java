package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VolumeCurveTest {
  private static final long MINUTE = 60_000_000_000L;
  private static final List<ZoneId> ZONES =
      List.of(ZoneId.of("UTC"), ZoneId.of("America/New_York"), ZoneId.of("America/Sao_Paulo"));

  private record Place(LocalDate day, int bin) {}

  /** In words: the local date and bin just before the stamp. */
  private static Place place(long time, ZoneId zone, long bin) {
    LocalDateTime local =
        LocalDateTime.ofInstant(Instant.EPOCH.plusNanos(time), zone).minusNanos(1);
    return new Place(local.toLocalDate(), (int) (local.toLocalTime().toNanoOfDay() / bin));
  }

  private static double known(double volume) {
    return volume >= 0 && Double.isFinite(volume) ? volume : Double.NaN;
  }

  private static double reference(
      long[] times,
      double[] volume,
      int row,
      ZoneId zone,
      long bin,
      int days,
      boolean share,
      boolean median) {
    Place now = place(times[row], zone, bin);
    List<Double> values = new ArrayList<>();
    for (int back = days; back >= 1; back--) {
      LocalDate day = now.day().minusDays(back);
      double inBin = 0;
      double inDay = 0;
      boolean any = false;
      for (int i = 0; i < row; i++) {
        Place place = place(times[i], zone, bin);
        if (place.day().equals(day)) {
          any = true;
          inDay += known(volume[i]);
          inBin += place.bin() == now.bin() ? known(volume[i]) : 0;
        }
      }
      if (any && !(share && inDay == 0)) {
        values.add(share ? inBin / inDay : inBin);
      }
    }
    if (median && !values.isEmpty()) {
      values.sort(null);
      int n = values.size();
      return values.contains(Double.NaN)
          ? Double.NaN
          : (values.get((n - 1) / 2) + values.get(n / 2)) / 2;
    }
    return values.isEmpty()
        ? Double.NaN
        : values.stream().mapToDouble(Double::doubleValue).reduce(0, Double::sum) / values.size();
  }

  private static double soFar(long[] times, double[] volume, int row, ZoneId zone) {
    double sum = 0;
    LocalDate day = place(times[row], zone, LocalClock.DAY).day();
    for (int i = 0; i <= row; i++) {
      if (place(times[i], zone, LocalClock.DAY).day().equals(day)) {
        sum += known(volume[i]);
      }
    }
    return sum;
  }

  /** Rows of some weeks around a change of the clocks, with days without rows. */
  private static long[] times(Random random, int rows) {
    long time = Instant.parse("2017-10-07T13:30:00Z").getEpochSecond() * 1_000_000_000L;
    long[] times = new long[rows];
    for (int i = 0; i < rows; i++) {
      time +=
          switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> (1 + random.nextInt(600)) * MINUTE;
            case 2 -> random.nextInt(8) == 0 ? 3 * LocalClock.DAY : MINUTE;
            default -> random.nextInt(90) * MINUTE;
          };
      times[i] = time;
    }
    return times;
  }

  private static double[] volume(Random random, int rows) {
    double[] volume = new double[rows];
    boolean dirty = random.nextBoolean();
    boolean quiet = random.nextInt(4) == 0;
    for (int i = 0; i < rows; i++) {
      volume[i] = quiet ? 0 : random.nextInt(1_000);
      if (dirty && random.nextInt(60) == 0) {
        volume[i] = new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}[random.nextInt(3)];
      }
    }
    return volume;
  }

  @Test
  void asInWords() {
    Random random = new Random(1);
    for (int trial = 0; trial < 60; trial++) {
      ZoneId zone = ZONES.get(trial % ZONES.size());
      int rows = random.nextInt(300);
      long[] times = times(random, rows);
      double[] volume = volume(random, rows);
      long bin = new long[] {30 * MINUTE, 7 * MINUTE, LocalClock.DAY}[random.nextInt(3)];
      int days = 1 + random.nextInt(10);
      boolean share = random.nextBoolean();
      boolean median = random.nextBoolean();
      double[] result = new double[rows];
      VolumeCurve.evaluate(
          times,
          volume,
          rows,
          new LocalClock(zone),
          bin,
          days,
          share,
          median ? VolumeCurve.Statistic.MEDIAN : VolumeCurve.Statistic.MEAN,
          result);
      double[] sum = new double[rows];
      VolumeCurve.soFar(times, volume, rows, new LocalClock(zone), sum);
      for (int i = 0; i < rows; i++) {
        double expected = reference(times, volume, i, zone, bin, days, share, median);
        assertEquals(expected, result[i], zone + " row " + i + " " + days + " days " + share);
        if (clocksGoOn(times, zone)) {
          assertEquals(soFar(times, volume, i, zone), sum[i], zone + " row " + i);
        }
      }
    }
  }

  /** False where clocks set back at midnight make a local day come twice. */
  private static boolean clocksGoOn(long[] times, ZoneId zone) {
    LocalDate last = LocalDate.MIN;
    for (long time : times) {
      LocalDate day = place(time, zone, LocalClock.DAY).day();
      if (day.isBefore(last)) {
        return false;
      }
      last = day;
    }
    return true;
  }

  /** Not a row of the day itself nor of a day too far back changes a bit. */
  @Test
  void onlyTheDaysBeforeMatter() {
    Random random = new Random(2);
    for (int trial = 0; trial < 100; trial++) {
      ZoneId zone = ZONES.get(trial % ZONES.size());
      int rows = 400;
      int days = 1 + random.nextInt(5);
      long[] times = times(random, rows);
      double[] volume = volume(random, rows);
      double[] all = new double[rows];
      LocalClock clock = new LocalClock(zone);
      VolumeCurve.evaluate(
          times, volume, rows, clock, 30 * MINUTE, days, true, VolumeCurve.Statistic.MEAN, all);
      int from = random.nextInt(rows);
      double[] part = new double[rows - from];
      VolumeCurve.evaluate(
          Arrays.copyOfRange(times, from, rows),
          Arrays.copyOfRange(volume, from, rows),
          rows - from,
          new LocalClock(zone),
          30 * MINUTE,
          days,
          true,
          VolumeCurve.Statistic.MEAN,
          part);
      int compared = 0;
      for (int i = from; i < rows; i++) {
        if (times[i] - times[from] > VolumeCurve.reach(days)) {
          assertEquals(all[i], part[i - from]);
          compared++;
        }
      }
      assertTrue(compared > 0 || times[rows - 1] - times[from] <= VolumeCurve.reach(days));
    }
  }

  @Test
  void aBinHoldsItsEnd() {
    ZoneId zone = ZoneId.of("America/New_York");
    long[] times = new long[4];
    LocalTime[] at = {LocalTime.of(9, 35), LocalTime.of(9, 35, 1)};
    for (int i = 0; i < 4; i++) {
      times[i] =
          LocalDate.of(2024, 3, 8 + i / 2 * 3).atTime(at[i % 2]).atZone(zone).toEpochSecond()
              * 1_000_000_000L;
    }
    double[] result = new double[4];
    double[] volume = {10, 20, 0, 0};
    VolumeCurve.evaluate(
        times,
        volume,
        4,
        new LocalClock(zone),
        5 * MINUTE,
        3,
        false,
        VolumeCurve.Statistic.MEAN,
        result);
    // Friday and Monday with the clocks set forward between them: the same local time is the same
    // bin.
    assertArrayEquals(new double[] {Double.NaN, Double.NaN, 10, 20}, result);
  }
}
