package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Counts by named bucket: over time, or by size. */
public final class CountsPlot extends Plot {
  private List<String> names = List.of();
  private List<Long> counts = List.of();
  private String quantity = "";
  private String buckets = "";
  private boolean logarithmic;

  public CountsPlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Counts");
  }

  /**
   * Shows other data.
   *
   * @param quantity what is counted
   * @param buckets what the buckets are of
   * @param logarithmic whether the counts' axis is
   */
  public void show(
      List<String> names, List<Long> counts, String quantity, String buckets, boolean logarithmic) {
    this.names = List.copyOf(names);
    this.counts = List.copyOf(counts);
    this.quantity = quantity;
    this.buckets = buckets;
    this.logarithmic = logarithmic;
    setAccessibleText(quantity + " by " + buckets);
    invalidate();
  }

  private double scaled(double count) {
    return logarithmic ? Math.log10(1 + count) : count;
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    if (counts.isEmpty() || names.size() != counts.size()) {
      return null;
    }
    long most = Math.max(1, counts.stream().mapToLong(each -> each).max().orElse(1));
    Palette p = palette();
    double top = scaled(most) * 1.06;
    double left = 12 + width(Formats.count(most)) + 8;
    Frame f = new Frame(left, 28, width - left - 12, height - 28 - 44, 0, counts.size(), 0, top);
    g.setLineWidth(1);
    g.setTextBaseline(VPos.CENTER);
    g.setTextAlign(TextAlignment.RIGHT);
    double lowest = Double.POSITIVE_INFINITY;
    for (double tick : ticks(most, height)) {
      double y = crisp(f.y(scaled(tick)));
      if (y > lowest - 14) {
        continue;
      }
      lowest = y;
      g.setStroke(p.grid());
      g.strokeLine(f.left(), y, f.left() + f.width(), y);
      g.setFill(p.muted());
      g.fillText(Formats.count(Math.round(tick)), f.left() - 8, y);
    }
    g.setFill(p.model(0).deriveColor(0, 1, 1, 0.8));
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i) > 0) {
        double x = f.x(i);
        double y = Math.min(f.y(scaled(counts.get(i))), f.top() + f.height() - 2);
        g.fillRect(x, y, Math.max(1, f.x(i + 1) - x - 1), f.top() + f.height() - y);
      }
    }
    g.setStroke(p.axis());
    double bottom = crisp(f.top() + f.height());
    g.strokeLine(f.left(), bottom, f.left() + f.width(), bottom);
    g.setFill(p.muted());
    double widest = names.stream().mapToDouble(Plot::width).max().orElse(1);
    int step = Math.max(1, (int) Math.ceil(counts.size() * (widest + 16) / f.width()));
    g.setTextAlign(TextAlignment.CENTER);
    for (int i = 0; i < names.size(); i += step) {
      double half = width(names.get(i)) / 2;
      double x = Math.clamp(f.x(i + 0.5), f.left() + half - 8, width - half - 1);
      g.fillText(names.get(i), x, f.top() + f.height() + 13);
    }
    g.fillText(buckets, f.left() + f.width() / 2, height - 9);
    g.setTextAlign(TextAlignment.LEFT);
    g.fillText(quantity, 8, 10);
    return f;
  }

  private List<Double> ticks(long most, double height) {
    if (!logarithmic) {
      return Ticks.of(0, most, (int) Math.max(2, height / 56)).values().stream()
          .filter(tick -> tick == Math.rint(tick))
          .toList();
    }
    List<Double> ticks = new java.util.ArrayList<>(List.of(0.0));
    for (double tick = 1; tick <= most; tick *= 10) {
      ticks.add(tick);
    }
    return ticks;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    int at = (int) Math.floor(f.valueX(px));
    return at < 0 || at >= counts.size()
        ? null
        : names.get(at) + "\n" + Formats.count(counts.get(at));
  }
}
