package slipstream.ui.internal.charts;

import java.util.ArrayList;
import java.util.List;
import slipstream.ui.internal.Formats;

/**
 * Round tick values for an axis.
 *
 * @param values ascending
 * @param step distance between two
 */
public record Ticks(List<Double> values, double step) {

  /**
   * Ticks at multiples of 1, 2 or 5 times a power of ten within a range.
   *
   * @param count about how many are wanted
   */
  public static Ticks of(double min, double max, int count) {
    if (!(max > min) || Double.isInfinite(max - min)) {
      return new Ticks(List.of(min), 1);
    }
    double raw = (max - min) / Math.max(1, count);
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double fraction = raw / power;
    double step = power * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
    List<Double> values = new ArrayList<>();
    long first = (long) Math.ceil(min / step - 1e-9);
    long last = (long) Math.floor(max / step + 1e-9);
    for (long i = first; i <= last; i++) {
      values.add(i * step);
    }
    return new Ticks(values, step);
  }

  /** A tick's text with as many decimals as the step needs. */
  public String label(double value) {
    double size = Math.max(Math.abs(value), step);
    if (size >= 1e6) {
      return Formats.fixed(value / 1e6, step >= 1e6 ? 0 : 1) + "M";
    }
    if (size >= 1e4) {
      return Formats.fixed(value / 1e3, step >= 1e3 ? 0 : 1) + "k";
    }
    int decimals = Math.clamp((int) -Math.floor(Math.log10(step) + 1e-9), 0, 8);
    return Formats.fixed(value, decimals);
  }
}
