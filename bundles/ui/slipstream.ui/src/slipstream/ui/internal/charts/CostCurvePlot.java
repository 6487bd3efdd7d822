package slipstream.ui.internal.charts;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Predicted cost along one feature, model by model, with bands. */
public final class CostCurvePlot extends Plot {
  /**
   * @param colourIndex the model's; below 0 for the baseline
   * @param low lower ends of the band; NaN where there is none
   */
  public record Curve(
      String name, int colourIndex, List<Double> predicted, List<Double> low, List<Double> high) {}

  private List<Double> grid = List.of();
  private List<Curve> curves = List.of();
  private boolean logarithmic;
  private String xTitle = "";
  private String yTitle = "";

  public CostCurvePlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Predicted cost along one feature");
  }

  /**
   * Shows other data.
   *
   * @param newGrid ascending; above 0 where {@code log}
   */
  public void show(
      List<Double> newGrid,
      List<Curve> newCurves,
      boolean log,
      String newXTitle,
      String newYTitle) {
    grid = List.copyOf(newGrid);
    curves = List.copyOf(newCurves);
    logarithmic = log;
    xTitle = newXTitle;
    yTitle = newYTitle;
    invalidate();
  }

  private double scaled(double x) {
    return logarithmic ? Math.log10(x) : x;
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Curve each : curves) {
      for (List<Double> values : List.of(each.predicted(), each.low(), each.high())) {
        for (double value : values) {
          if (Double.isFinite(value)) {
            min = Math.min(min, value);
            max = Math.max(max, value);
          }
        }
      }
    }
    if (grid.isEmpty() || !(min <= max)) {
      return null;
    }
    double[] y = padded(min, max, 0.05);
    double from = scaled(grid.getFirst());
    double to = scaled(grid.getLast());
    Frame f =
        logarithmic
            ? axes(g, width, height, from, to, y[0], y[1], xTitle, yTitle, CostCurvePlot::decades)
            : axes(g, width, height, from, to, y[0], y[1], xTitle, yTitle);
    for (Curve each : curves) {
      band(g, f, each);
    }
    List<Key> keys = new ArrayList<>();
    for (Curve each : curves) {
      Color colour = palette().model(each.colourIndex());
      keys.add(new Key(each.name(), colour, each.colourIndex() < 0));
      g.setStroke(colour);
      g.setLineWidth(1.8);
      if (each.colourIndex() < 0) {
        g.setLineDashes(5, 4);
      }
      g.beginPath();
      for (int i = 0; i < grid.size(); i++) {
        double px = f.x(scaled(grid.get(i)));
        double py = f.y(each.predicted().get(i));
        if (i == 0) {
          g.moveTo(px, py);
        } else {
          g.lineTo(px, py);
        }
      }
      g.stroke();
      g.setLineDashes();
    }
    g.setLineWidth(1);
    legend(g, f, keys);
    return f;
  }

  private void band(GraphicsContext g, Frame f, Curve each) {
    if (!each.low().stream().allMatch(Double::isFinite)) {
      return;
    }
    int n = grid.size();
    double[] xs = new double[2 * n];
    double[] ys = new double[2 * n];
    for (int i = 0; i < n; i++) {
      xs[i] = f.x(scaled(grid.get(i)));
      ys[i] = f.y(each.low().get(i));
      xs[2 * n - 1 - i] = xs[i];
      ys[2 * n - 1 - i] = f.y(each.high().get(i));
    }
    g.setFill(palette().model(each.colourIndex()).deriveColor(0, 1, 1, 0.15));
    g.fillPolygon(xs, ys, 2 * n);
  }

  /** 1, 2 and 5 times powers of ten, or the powers alone where they are many. */
  private static List<XTicks.Tick> decades(double min, double max, int count) {
    List<XTicks.Tick> ticks = new ArrayList<>();
    double[] steps = max - min > 3 ? new double[] {1} : new double[] {1, 2, 5};
    for (int power = (int) Math.floor(min); power <= max; power++) {
      for (double step : steps) {
        double at = power + Math.log10(step);
        if (at >= min && at <= max) {
          ticks.add(new XTicks.Tick(at, Formats.brief(step * Math.pow(10, power))));
        }
      }
    }
    return ticks;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    if (px < f.left() || px > f.left() + f.width()) {
      return null;
    }
    int at = 0;
    for (int i = 1; i < grid.size(); i++) {
      if (Math.abs(f.x(scaled(grid.get(i))) - px) < Math.abs(f.x(scaled(grid.get(at))) - px)) {
        at = i;
      }
    }
    StringBuilder text = new StringBuilder("at ").append(Formats.quantity(grid.get(at)));
    for (Curve each : curves) {
      text.append('\n').append(each.name()).append(' ');
      text.append(Formats.quantity(each.predicted().get(at)));
      if (Double.isFinite(each.low().get(at))) {
        text.append(" (").append(Formats.quantity(each.low().get(at))).append(" to ");
        text.append(Formats.quantity(each.high().get(at))).append(')');
      }
    }
    return text.toString();
  }
}
