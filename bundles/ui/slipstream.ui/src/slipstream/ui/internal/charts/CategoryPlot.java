package slipstream.ui.internal.charts;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Estimates of several series side by side in categories or buckets, with error bars of one standard error. */
public final class CategoryPlot extends Plot {
  /** The colour index of what is realised, which is no model's. */
  public static final int REALISED = Integer.MAX_VALUE;

  /**
   * An estimate; NaN where there is none.
   *
   * @param note further lines of the tooltip; may be empty
   */
  public record Point(double value, double standardError, String note) {}

  /**
   * @param colourIndex a model's, below 0 for the baseline, or {@link #REALISED}
   * @param joined whether a line runs through the points
   */
  public record Series(String name, int colourIndex, boolean joined, List<Point> points) {}

  private List<String> labels = List.of();
  private List<Series> series = List.of();
  private String xTitle = "";
  private String yTitle = "";
  private boolean zero;

  public CategoryPlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Estimates by bucket");
  }

  /**
   * Shows other data.
   *
   * @param xTitle quantity and unit of the labels
   * @param yTitle quantity and unit of the values
   * @param zero whether the line at 0 matters
   */
  public void show(
      List<String> newLabels,
      List<Series> newSeries,
      String newXTitle,
      String newYTitle,
      boolean newZero) {
    labels = List.copyOf(newLabels);
    series = List.copyOf(newSeries);
    xTitle = newXTitle;
    yTitle = newYTitle;
    zero = newZero;
    invalidate();
  }

  private Color colour(Series each) {
    return each.colourIndex() == REALISED ? palette().text() : palette().model(each.colourIndex());
  }

  /** Where a series' points stand: a little apart, so that error bars do not cover each other. */
  private double x(int category, int s) {
    double step = Math.min(0.14, 0.6 / Math.max(1, series.size()));
    return category + (s - (series.size() - 1) / 2.0) * step;
  }

  private static double error(Point point) {
    return Double.isFinite(point.standardError()) ? point.standardError() : 0;
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    double min = zero ? 0 : Double.POSITIVE_INFINITY;
    double max = zero ? 0 : Double.NEGATIVE_INFINITY;
    for (Series each : series) {
      for (Point point : each.points()) {
        if (Double.isFinite(point.value())) {
          min = Math.min(min, point.value() - error(point));
          max = Math.max(max, point.value() + error(point));
        }
      }
    }
    if (labels.isEmpty() || !(min <= max)) {
      return null;
    }
    double[] y = padded(min, max, 0.06);
    Frame f =
        axes(
            g,
            width,
            height,
            -0.5,
            labels.size() - 0.5,
            y[0],
            y[1],
            xTitle,
            yTitle,
            (from, to, count) -> ticks(width));
    if (zero) {
      g.setStroke(palette().axis());
      g.setLineDashes(2, 4);
      g.strokeLine(f.left(), crisp(f.y(0)), f.left() + f.width(), crisp(f.y(0)));
      g.setLineDashes();
    }
    List<Key> keys = new ArrayList<>();
    for (int s = 0; s < series.size(); s++) {
      Series each = series.get(s);
      keys.add(new Key(each.name(), colour(each), false));
      paint(g, f, each, s);
    }
    if (series.size() > 1) {
      legend(g, f, keys);
    }
    return f;
  }

  /** As many labels as stand beside each other. */
  private List<XTicks.Tick> ticks(double width) {
    double widest = labels.stream().mapToDouble(Plot::width).max().orElse(1) + 12;
    int step = (int) Math.max(1, Math.ceil(labels.size() * widest / Math.max(1, width - 70)));
    List<XTicks.Tick> ticks = new ArrayList<>();
    for (int i = 0; i < labels.size(); i += step) {
      ticks.add(new XTicks.Tick(i, labels.get(i)));
    }
    return ticks;
  }

  private void paint(GraphicsContext g, Frame f, Series each, int s) {
    Color colour = colour(each);
    g.setStroke(colour.deriveColor(0, 1, 1, 0.5));
    g.setLineWidth(1.2);
    for (int i = 1; each.joined() && i < each.points().size(); i++) {
      Point a = each.points().get(i - 1);
      Point b = each.points().get(i);
      if (Double.isFinite(a.value()) && Double.isFinite(b.value())) {
        g.strokeLine(f.x(x(i - 1, s)), f.y(a.value()), f.x(x(i, s)), f.y(b.value()));
      }
    }
    for (int i = 0; i < each.points().size(); i++) {
      Point point = each.points().get(i);
      if (!Double.isFinite(point.value())) {
        continue;
      }
      double px = f.x(x(i, s));
      if (error(point) > 0) {
        double top = f.y(point.value() + error(point));
        double bottom = f.y(point.value() - error(point));
        g.setStroke(colour.deriveColor(0, 1, 1, 0.75));
        g.setLineWidth(1.4);
        g.strokeLine(px, top, px, bottom);
        g.strokeLine(px - 3, top, px + 3, top);
        g.strokeLine(px - 3, bottom, px + 3, bottom);
      }
      g.setFill(palette().surface());
      g.fillOval(px - 4, f.y(point.value()) - 4, 8, 8);
      g.setFill(colour);
      g.fillOval(px - 3, f.y(point.value()) - 3, 6, 6);
    }
    g.setLineWidth(1);
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    String best = null;
    double nearest = 14;
    for (int s = 0; s < series.size(); s++) {
      Series each = series.get(s);
      for (int i = 0; i < each.points().size(); i++) {
        Point point = each.points().get(i);
        double distance = Math.hypot(f.x(x(i, s)) - px, f.y(point.value()) - py);
        if (distance < nearest) {
          nearest = distance;
          best =
              labels.get(i)
                  + "\n"
                  + each.name()
                  + " "
                  + Formats.quantity(point.value())
                  + (error(point) > 0 ? " ± " + Formats.quantity(point.standardError()) : "")
                  + (point.note().isEmpty() ? "" : "\n" + point.note());
        }
      }
    }
    return best;
  }
}
