package slipstream.ui.internal.charts;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Curves of one quantity by another, with bands around them and a marked value. */
public final class CurvesPlot extends Plot {
  /**
   * A curve.
   *
   * @param name in the legend; empty for none
   * @param colourIndex as in {@link Palette#model}
   * @param faint drawn in the background
   * @param x ascending
   * @param y NaN where the curve breaks
   * @param low lower edge of a band around it; empty for none
   * @param high upper edge
   */
  public record Curve(
      String name,
      int colourIndex,
      boolean faint,
      double[] x,
      double[] y,
      double[] low,
      double[] high) {
    /** Without a band. */
    public Curve(String name, int colourIndex, boolean faint, double[] x, double[] y) {
      this(name, colourIndex, faint, x, y, new double[0], new double[0]);
    }
  }

  /** The axes: quantity and unit of each. */
  public record Axes(String x, String y) {}

  private List<Curve> curves = List.of();
  private Axes axes = new Axes("", "");
  private double marked = Double.NaN;
  private boolean logarithmic;

  public CurvesPlot(ObservableValue<Theme> theme) {
    super(theme);
  }

  /** Has the x axis show ratios; its values must then be above 0. */
  public void logarithmic(boolean now) {
    logarithmic = now;
  }

  /**
   * Shows other data.
   *
   * @param newMarked a value on the x axis; NaN for none
   */
  public void show(List<Curve> newCurves, Axes newAxes, double newMarked) {
    curves = List.copyOf(newCurves);
    axes = newAxes;
    marked = newMarked;
    setAccessibleText(axes.y() + " by " + axes.x());
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    Palette p = palette();
    double[] x = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] y = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (Curve curve : curves) {
      widen(x, places(curve.x()));
      widen(y, curve.y());
      widen(y, curve.low());
      widen(y, curve.high());
    }
    if (!(x[0] <= x[1]) || !(y[0] <= y[1])) {
      return null;
    }
    double[] rangeX = x[0] < x[1] ? x : padded(x[0], x[1], 0.05);
    double[] rangeY = padded(y[0], y[1], 0.06);
    Frame f =
        axes(g, width, height, rangeX[0], rangeX[1], rangeY[0], rangeY[1], axes.x(), axes.y());
    g.save();
    g.beginPath();
    g.rect(f.left(), f.top(), f.width(), f.height());
    g.clip();
    if (rangeY[0] < 0 && rangeY[1] > 0) {
      g.setStroke(p.axis());
      g.setLineWidth(1);
      g.strokeLine(f.left(), crisp(f.y(0)), f.left() + f.width(), crisp(f.y(0)));
    }
    for (Curve curve : curves) {
      band(g, f, curve, p.model(curve.colourIndex()));
    }
    for (boolean faint : new boolean[] {true, false}) {
      for (Curve curve : curves) {
        if (curve.faint() == faint) {
          Color colour = p.model(curve.colourIndex());
          line(g, f, curve, faint ? colour.deriveColor(0, 1, 1, 0.16) : colour, faint ? 1 : 2);
        }
      }
    }
    double mark = place(marked);
    if (mark >= rangeX[0] && mark <= rangeX[1]) {
      g.setStroke(p.text());
      g.setLineWidth(1);
      g.setLineDashes(3, 3);
      g.strokeLine(crisp(f.x(mark)), f.top(), crisp(f.x(mark)), f.top() + f.height());
      g.setLineDashes();
    }
    g.restore();
    List<Key> keys = new ArrayList<>();
    for (Curve curve : curves) {
      if (!curve.name().isEmpty()) {
        keys.add(new Key(curve.name(), p.model(curve.colourIndex()), false));
      }
    }
    if (keys.size() > 1) {
      legend(g, f, keys);
    }
    return f;
  }

  /** Where a value lies on the axis, before it is brought to pixels. */
  private double place(double value) {
    return logarithmic ? Math.log10(value) : value;
  }

  private double[] places(double[] values) {
    return java.util.Arrays.stream(values).map(this::place).toArray();
  }

  private List<XTicks.Tick> ticks(double min, double max, int count) {
    if (!logarithmic) {
      Ticks ticks = Ticks.of(min, max, count);
      return ticks.values().stream().map(each -> new XTicks.Tick(each, ticks.label(each))).toList();
    }
    List<XTicks.Tick> ticks = new ArrayList<>();
    double[] steps = max - min > 3 ? new double[] {1} : new double[] {1, 2, 5};
    for (int power = (int) Math.floor(min); power <= max; power++) {
      for (double step : steps) {
        double value = step * Math.pow(10, power);
        double at = Math.log10(value);
        if (at >= min - 1e-9 && at <= max + 1e-9) {
          String label = Formats.quantity(value).replaceFirst("(\\.\\d*?)0+$", "$1");
          ticks.add(new XTicks.Tick(at, label.replaceFirst("\\.$", "")));
        }
      }
    }
    return ticks;
  }

  private static void widen(double[] range, double[] values) {
    for (double value : values) {
      if (Double.isFinite(value)) {
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      }
    }
  }

  private void band(GraphicsContext g, Frame f, Curve curve, Color colour) {
    int n = curve.low().length;
    if (n == 0) {
      return;
    }
    double[] xs = new double[2 * n];
    double[] ys = new double[2 * n];
    for (int i = 0; i < n; i++) {
      xs[i] = f.x(place(curve.x()[i]));
      ys[i] = f.y(curve.low()[i]);
      xs[2 * n - 1 - i] = xs[i];
      ys[2 * n - 1 - i] = f.y(curve.high()[i]);
    }
    g.setFill(colour.deriveColor(0, 1, 1, 0.14));
    g.fillPolygon(xs, ys, 2 * n);
  }

  private void line(GraphicsContext g, Frame f, Curve curve, Color colour, double width) {
    g.setStroke(colour);
    g.setLineWidth(width);
    g.beginPath();
    boolean pen = false;
    for (int i = 0; i < curve.x().length; i++) {
      if (!Double.isFinite(curve.y()[i])) {
        pen = false;
      } else if (pen) {
        g.lineTo(f.x(place(curve.x()[i])), f.y(curve.y()[i]));
      } else {
        g.moveTo(f.x(place(curve.x()[i])), f.y(curve.y()[i]));
        pen = true;
      }
    }
    g.stroke();
    if (curve.x().length == 1 && Double.isFinite(curve.y()[0])) {
      g.setFill(colour);
      g.fillOval(f.x(place(curve.x()[0])) - 3, f.y(curve.y()[0]) - 3, 6, 6);
    }
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    if (px < f.left() || px > f.left() + f.width()) {
      return null;
    }
    double at = logarithmic ? Math.pow(10, f.valueX(px)) : f.valueX(px);
    StringBuilder text = new StringBuilder(axes.x()).append("  ").append(Formats.quantity(at));
    boolean any = false;
    for (Curve curve : curves) {
      if (curve.faint()) {
        continue;
      }
      double value = between(curve.x(), curve.y(), at);
      if (Double.isFinite(value)) {
        any = true;
        text.append('\n')
            .append(curve.name().isEmpty() ? axes.y() : curve.name())
            .append("  ")
            .append(Formats.quantity(value));
        if (curve.low().length > 0) {
          text.append("  (")
              .append(Formats.quantity(between(curve.x(), curve.low(), at)))
              .append(" to ")
              .append(Formats.quantity(between(curve.x(), curve.high(), at)))
              .append(')');
        }
      }
    }
    return any ? text.toString() : null;
  }

  /** The height of a polyline at a place; NaN beyond its ends. */
  static double between(double[] x, double[] y, double at) {
    for (int i = 1; i < x.length; i++) {
      if (at >= x[i - 1] && at <= x[i] && x[i] > x[i - 1]) {
        return y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
      }
    }
    return x.length == 1 && x[0] == at ? y[0] : Double.NaN;
  }
}
