package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.geometry.VPos;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import javafx.scene.text.TextAlignment;
import javafx.util.Duration;
import slipstream.ui.workbench.Theme;

/**
 * A chart painted on a canvas: axes with quantity and unit, a quiet grid, a legend, and the value under the mouse as a
 * tooltip. Subclasses paint the data.
 */
public abstract class Plot extends Region {
  /** One entry of the legend. */
  protected record Key(String name, Color colour, boolean dashed) {}

  /** The plotting area in pixels and the data range in it. */
  protected record Frame(
      double left,
      double top,
      double width,
      double height,
      double minX,
      double maxX,
      double minY,
      double maxY) {
    double x(double value) {
      return left + (value - minX) / (maxX - minX) * width;
    }

    double y(double value) {
      return top + height - (value - minY) / (maxY - minY) * height;
    }

    double valueX(double pixel) {
      return minX + (pixel - left) / width * (maxX - minX);
    }
  }

  private static final Font SMALL = Font.font("Inter", 11);
  private static final double TOP = 28;
  private static final double BOTTOM = 44;
  private static final double BOTTOM_UNTITLED = 24;
  private static final double RIGHT = 12;

  private final Canvas canvas = new Canvas();
  private final Tooltip tooltip = new Tooltip();
  private final ObservableValue<Theme> theme;
  private Frame frame;

  /**
   * @param theme the theme in force, listened to weakly through the scene
   */
  protected Plot(ObservableValue<Theme> theme) {
    this.theme = theme;
    getStyleClass().add("plot");
    getChildren().add(canvas);
    setMinSize(160, 140);
    setPrefSize(420, 280);
    tooltip.setShowDelay(Duration.millis(120));
    tooltip.setShowDuration(Duration.INDEFINITE);
    theme
        .when(sceneProperty().map(scene -> scene != null).orElse(false))
        .addListener((property, old, now) -> invalidate());
    canvas.setOnMouseMoved(
        event -> {
          String text = frame == null ? null : textAt(frame, event.getX(), event.getY());
          if (text == null) {
            tooltip.hide();
          } else {
            tooltip.setText(text);
            tooltip.show(canvas, event.getScreenX() + 14, event.getScreenY() + 14);
          }
        });
    canvas.setOnMouseExited(event -> tooltip.hide());
  }

  /** The frame as last painted; null when there is none. */
  protected final Frame frame() {
    return frame;
  }

  /** The colours now. */
  protected final Palette palette() {
    return Palette.of(theme.getValue());
  }

  @Override
  protected void layoutChildren() {
    canvas.setWidth(getWidth());
    canvas.setHeight(getHeight());
    repaint();
  }

  /** Has everything painted anew at the next pulse, however often it is called until then. */
  protected final void invalidate() {
    setNeedsLayout(true);
    requestLayout();
  }

  private void repaint() {
    double width = getWidth();
    double height = getHeight();
    GraphicsContext g = canvas.getGraphicsContext2D();
    g.clearRect(0, 0, width, height);
    if (width < 40 || height < 40) {
      return;
    }
    g.setFont(SMALL);
    frame = paint(g, width, height);
  }

  /** Paints the chart and returns its frame, or {@code null} when there is nothing to hover over. */
  protected abstract Frame paint(GraphicsContext g, double width, double height);

  /** What the tooltip says at a point, or {@code null}. */
  protected String textAt(Frame f, double x, double y) {
    return null;
  }

  /** Labels of the x axis for a range and a number of ticks that fit. */
  protected interface XTicks {
    record Tick(double value, String label) {}

    List<Tick> between(double min, double max, int count);
  }

  /**
   * Paints grid, axes and their labels.
   *
   * @param xTitle quantity and unit
   * @param yTitle quantity and unit
   */
  protected final Frame axes(
      GraphicsContext g,
      double width,
      double height,
      double minX,
      double maxX,
      double minY,
      double maxY,
      String xTitle,
      String yTitle) {
    return axes(
        g,
        width,
        height,
        minX,
        maxX,
        minY,
        maxY,
        xTitle,
        yTitle,
        (min, max, count) -> {
          Ticks ticks = Ticks.of(min, max, count);
          return ticks.values().stream()
              .map(each -> new XTicks.Tick(each, ticks.label(each)))
              .toList();
        });
  }

  /** The same with labels of another kind on the x axis, such as times. */
  protected final Frame axes(
      GraphicsContext g,
      double width,
      double height,
      double minX,
      double maxX,
      double minY,
      double maxY,
      String xTitle,
      String yTitle,
      XTicks xLabels) {
    Palette p = palette();
    Ticks yTicks = Ticks.of(minY, maxY, (int) Math.max(2, height / 56));
    double widest = 0;
    for (double tick : yTicks.values()) {
      widest = Math.max(widest, width(yTicks.label(tick)));
    }
    double left = 12 + widest + 8;
    Frame f =
        new Frame(
            left,
            TOP,
            width - left - RIGHT,
            height - TOP - (xTitle.isEmpty() ? BOTTOM_UNTITLED : BOTTOM),
            minX,
            maxX,
            minY,
            maxY);
    List<XTicks.Tick> xTicks = xLabels.between(minX, maxX, (int) Math.max(2, f.width() / 80));
    g.setLineWidth(1);
    g.setLineDashes();
    g.setTextBaseline(VPos.CENTER);
    g.setTextAlign(TextAlignment.RIGHT);
    for (double tick : yTicks.values()) {
      double y = crisp(f.y(tick));
      g.setStroke(p.grid());
      g.strokeLine(f.left(), y, f.left() + f.width(), y);
      g.setFill(p.muted());
      g.fillText(yTicks.label(tick), f.left() - 8, y);
    }
    g.setTextAlign(TextAlignment.CENTER);
    for (XTicks.Tick tick : xTicks) {
      double x = crisp(f.x(tick.value()));
      g.setStroke(p.axis());
      g.strokeLine(x, f.top() + f.height(), x, f.top() + f.height() + 4);
      g.setFill(p.muted());
      double inside = Math.min(x, width - width(tick.label()) / 2 - 1);
      g.fillText(tick.label(), inside, f.top() + f.height() + 13);
    }
    g.setStroke(p.axis());
    g.strokeLine(
        f.left(), crisp(f.top() + f.height()), f.left() + f.width(), crisp(f.top() + f.height()));
    g.setFill(p.muted());
    g.setTextAlign(TextAlignment.CENTER);
    g.fillText(xTitle, f.left() + f.width() / 2, height - 9);
    g.setTextAlign(TextAlignment.LEFT);
    g.fillText(yTitle, 8, 10);
    return f;
  }

  /** Paints the legend at the top right. */
  protected final void legend(GraphicsContext g, Frame f, List<Key> keys) {
    double x = f.left() + f.width();
    g.setTextBaseline(VPos.CENTER);
    g.setTextAlign(TextAlignment.LEFT);
    for (int i = keys.size() - 1; i >= 0; i--) {
      Key key = keys.get(i);
      double text = width(key.name());
      x -= text;
      g.setFill(palette().muted());
      g.fillText(key.name(), x, 10);
      x -= 20;
      g.setStroke(key.colour());
      g.setLineWidth(2);
      if (key.dashed()) {
        g.setLineDashes(4, 3);
      } else {
        g.setLineDashes();
      }
      g.strokeLine(x, 10, x + 14, 10);
      x -= 14;
    }
    g.setLineDashes();
    g.setLineWidth(1);
  }

  /** A pixel's centre, so that 1 px lines are sharp. */
  protected static double crisp(double value) {
    return Math.floor(value) + 0.5;
  }

  /** The width of a small text. */
  protected static double width(String text) {
    Text measured = new Text(text);
    measured.setFont(SMALL);
    return measured.getLayoutBounds().getWidth();
  }

  /** A range with some air around it; never empty. */
  protected static double[] padded(double min, double max, double share) {
    if (!(min <= max)) {
      return new double[] {0, 1};
    }
    double air = (max - min) * share;
    if (air == 0) {
      air = Math.max(Math.abs(max) * 0.1, 1e-9);
    }
    return new double[] {min - air, max + air};
  }
}
