package slipstream.data.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

final class DayCurveTest {
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private static Table table(List<Instant> times, double... values) {
    return Table.of(
        List.of(
            Column.of(
                new Field("time", ColumnType.TIMESTAMP),
                times.stream()
                    .mapToLong(t -> t.getEpochSecond() * 1_000_000_000L + t.getNano())
                    .toArray()),
            Column.of("x", values)),
        "time",
        "");
  }

  private static DayCurve level(Table table, int seconds, ZoneId zone) {
    Column x = table.column("x");
    return DayCurve.ofLevel(table, x::getDouble, table.partitions(), seconds, zone, Progress.NONE);
  }

  private static DayCurve flow(Table table, int seconds, ZoneId zone) {
    Column x = table.column("x");
    return DayCurve.ofFlow(table, x::getDouble, table.partitions(), seconds, zone, Progress.NONE);
  }

  /** Half past nine in New York is another hour of UTC in winter than in summer, and the same bin. */
  @Test
  void binsAreOfLocalTimeThroughChangesOfTheClock() {
    List<Instant> times = new ArrayList<>();
    double[] values = new double[730];
    LocalDateTime open = LocalDateTime.of(2022, 1, 1, 9, 30);
    for (int i = 0; i < values.length; i++) {
      times.add(open.plusDays(i).atZone(NEW_YORK).toInstant());
      values[i] = i;
    }
    DayCurve curve = level(table(times, values), 1800, NEW_YORK);
    assertEquals(730, curve.days());
    DayCurve.Bin bin = curve.bins().get(19);
    assertEquals(34_200, bin.startSeconds());
    assertEquals(730, bin.count());
    assertEquals(364.5, bin.mean());
    assertEquals(364.5, bin.median());
    assertEquals(182.25, bin.lower());
    DayCurve utc = level(table(times, values), 1800, ZoneOffset.UTC);
    assertEquals(2, utc.bins().stream().filter(each -> each.count() > 0).count());
  }

  @Test
  void aFlowIsSharesOfEachDay() {
    Instant day = Instant.parse("2024-03-01T10:00:00Z");
    Table table =
        table(
            List.of(
                day,
                day.plusSeconds(60),
                day.plusSeconds(7200),
                day.plusSeconds(86_400),
                day.plusSeconds(86_400 + 7200),
                day.plusSeconds(3 * 86_400)),
            1,
            2,
            1,
            30,
            90,
            Double.NaN);
    DayCurve curve = flow(table, 3600, ZoneOffset.UTC);
    assertEquals(2, curve.days());
    assertEquals(5, curve.rows());
    assertEquals(0.5, curve.bins().get(10).mean());
    assertEquals(0.5, curve.bins().get(12).mean());
    assertEquals(0.375, curve.bins().get(12).lower());
    assertEquals(0, curve.bins().get(11).count());
    assertTrue(Double.isNaN(curve.bins().get(11).mean()));
  }

  @Test
  void whatHasNoTimesOfDayIsRefused() {
    Table none = Table.of(List.of(Column.of("x", 1, 2)), "", "");
    assertThrows(SlipstreamException.class, () -> level(none, 60, ZoneOffset.UTC));
    Table some = table(List.of(Instant.EPOCH), 1);
    assertThrows(SlipstreamException.class, () -> level(some, 7, ZoneOffset.UTC));
    assertEquals(0, flow(table(List.of(), new double[0]), 60, ZoneOffset.UTC).days());
  }
}
