package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import slipstream.ui.workbench.Theme;

/**
 * Parallel coordinates: an axis for each key and one for the score, a line for each trial, the better the stronger. Dragging along
 * an axis chooses a range of it, a click takes it away.
 */
public final class ParallelPlot extends Plot {
  /**
   * An axis.
   *
   * @param labels at the bottom, between and at the top, evenly spaced
   * @param brush low and high of the chosen range, 0 to 1; null for none
   */
  public record Axis(String title, List<String> labels, double[] brush) {}

  /**
   * A line.
   *
   * @param positions on each axis, 0 to 1; NaN where it has none
   * @param strength 0 for the worst, 1 for the best
   */
  public record Line(double[] positions, double strength) {}

  /** Hears what is brushed. */
  public interface Brushing {
    void brush(int axis, double low, double high);

    /** The range of an axis is taken away; of all where it is negative. */
    void clear(int axis);
  }

  private static final double TOP = 40;
  private static final double BOTTOM = 20;
  private static final double SIDE = 70;
  private static final double NEAR = 24;

  private final Brushing brushing;
  private List<Axis> axes = List.of();
  private List<Line> lines = List.of();
  private int dragged = -1;
  private double pressed;
  private double now;

  public ParallelPlot(ObservableValue<Theme> theme, Brushing brushing) {
    super(theme);
    this.brushing = brushing;
    setAccessibleText("Parameters of the trials and their scores");
    setFocusTraversable(true);
    setOnMousePressed(
        event -> {
          requestFocus();
          dragged = event.getButton() == MouseButton.PRIMARY ? nearest(event.getX()) : -1;
          pressed = position(event.getY());
          now = pressed;
        });
    setOnMouseDragged(
        event -> {
          now = position(event.getY());
          invalidate();
        });
    setOnMouseReleased(
        event -> {
          if (dragged >= 0) {
            if (Math.abs(now - pressed) < 0.02) {
              brushing.clear(dragged);
            } else {
              brushing.brush(dragged, pressed, now);
            }
          }
          dragged = -1;
          invalidate();
        });
    setOnKeyPressed(
        event -> {
          if (event.getCode() == KeyCode.ESCAPE) {
            brushing.clear(-1);
            event.consume();
          }
        });
  }

  /** Shows other data; the last line lies on top. */
  public void show(List<Axis> newAxes, List<Line> newLines) {
    axes = List.copyOf(newAxes);
    lines = List.copyOf(newLines);
    invalidate();
  }

  private double x(int axis, double width) {
    return axes.size() == 1 ? width / 2 : SIDE + axis * (width - 2 * SIDE) / (axes.size() - 1);
  }

  private int nearest(double px) {
    for (int k = 0; k < axes.size(); k++) {
      if (Math.abs(x(k, getWidth()) - px) < NEAR) {
        return k;
      }
    }
    return -1;
  }

  private double position(double py) {
    return Math.clamp((getHeight() - BOTTOM - py) / (getHeight() - BOTTOM - TOP), 0, 1);
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    if (axes.isEmpty()) {
      return null;
    }
    Palette p = palette();
    Frame f =
        new Frame(SIDE, TOP, width - 2 * SIDE, height - TOP - BOTTOM, 0, axes.size() - 1, 0, 1);
    for (Line line : lines) {
      double s = Math.pow(line.strength(), 3);
      g.setStroke(p.axis().interpolate(p.model(0), s).deriveColor(0, 1, 1, 0.25 + 0.65 * s));
      g.setLineWidth(line == lines.getLast() ? 2.5 : 1);
      g.beginPath();
      boolean pen = false;
      for (int k = 0; k < axes.size(); k++) {
        double at = line.positions()[k];
        if (Double.isNaN(at)) {
          pen = false;
        } else if (pen) {
          g.lineTo(x(k, width), f.y(at));
        } else {
          g.moveTo(x(k, width), f.y(at));
          pen = true;
        }
      }
      g.stroke();
    }
    g.setLineWidth(1);
    for (int k = 0; k < axes.size(); k++) {
      axis(g, f, k, width);
    }
    return f;
  }

  private void axis(GraphicsContext g, Frame f, int index, double width) {
    Palette p = palette();
    Axis axis = axes.get(index);
    double x = crisp(x(index, width));
    g.setStroke(p.text());
    g.strokeLine(x, f.top(), x, f.top() + f.height());
    double[] range =
        index == dragged
            ? new double[] {Math.min(pressed, now), Math.max(pressed, now)}
            : axis.brush();
    if (range != null) {
      Color accent = p.model(0);
      g.setFill(accent.deriveColor(0, 1, 1, 0.2));
      g.fillRect(x - 7, f.y(range[1]), 14, f.y(range[0]) - f.y(range[1]));
      g.setStroke(accent);
      g.strokeRect(x - 7, f.y(range[1]), 14, f.y(range[0]) - f.y(range[1]));
    }
    g.setTextBaseline(VPos.CENTER);
    boolean right = index == axes.size() - 1 && axes.size() > 1;
    g.setTextAlign(TextAlignment.CENTER);
    g.setFill(p.text());
    // Neighbours stand on two lines.
    double room = axes.size() < 2 ? width : 2 * (width - 2 * SIDE) / (axes.size() - 1) - 8;
    double centre =
        Math.clamp(
            x,
            4 + Math.min(width(axis.title()), room) / 2,
            width - 4 - Math.min(width(axis.title()), room) / 2);
    g.fillText(axis.title(), centre, index % 2 == 0 ? 10 : 25, room);
    g.setTextAlign(right ? TextAlignment.LEFT : TextAlignment.RIGHT);
    g.setFill(p.muted());
    int n = axis.labels().size();
    for (int i = 0; i < n; i++) {
      double y = f.y(n == 1 ? 0.5 : i / (n - 1.0));
      g.fillText(axis.labels().get(i), right ? x + 10 : x - 10, y, SIDE - 14);
    }
  }
}
