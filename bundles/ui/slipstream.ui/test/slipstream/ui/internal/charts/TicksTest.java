package slipstream.ui.internal.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import slipstream.ui.internal.Formats;

/** Axes have round numbers, whatever the data. */
final class TicksTest {
  /** Ranges down to 1e-8 of where they lie: below, a double has no room for ticks. */
  @Property
  void ticksAreFewRoundAndInside(
      @ForAll @DoubleRange(min = -1e5, max = 1e5) double start,
      @ForAll @Scale(6) @DoubleRange(min = 1e-3, max = 1e9) double length) {
    double end = start + length;
    Ticks ticks = Ticks.of(start, end, 6);
    assertTrue(ticks.values().size() <= 13, ticks::toString);
    for (double value : ticks.values()) {
      assertTrue(value >= start - ticks.step() * 1e-6 && value <= end + ticks.step() * 1e-6);
      assertTrue(Math.abs(value / ticks.step() - Math.rint(value / ticks.step())) < 1e-6);
    }
  }

  @Test
  void labelsHaveTheDecimalsOfTheStep() {
    Ticks ticks = Ticks.of(0, 1, 5);
    assertEquals(
        List.of("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"),
        ticks.values().stream().map(ticks::label).toList());
    assertEquals("−5", Ticks.of(-10, 10, 4).label(-5));
  }

  @Test
  void numbersFollowTheirQuantity() {
    assertEquals("3.71", Formats.metric("rmse", "bp", 3.7099));
    assertEquals("0.295", Formats.metric("r2", "", 0.29512));
    assertEquals("1,234,568", Formats.metric("rmse", "shares", 1_234_567.8));
    assertEquals("–", Formats.metric("r2", "", Double.NaN));
    assertEquals("0.00", Formats.fixed(-0.001, 2));
    assertEquals("3 min 10 s", Formats.duration(java.time.Duration.ofSeconds(190)));
    assertEquals("42.0 rounds/s", Formats.rate(42, "rounds"));
  }
}
