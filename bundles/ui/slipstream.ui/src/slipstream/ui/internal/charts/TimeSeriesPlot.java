package slipstream.ui.internal.charts;

import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import javafx.beans.value.ObservableValue;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/**
 * A series over time, as the services thinned it out for the screen. The wheel zooms about the mouse, dragging moves, a
 * double click shows all.
 */
public final class TimeSeriesPlot extends Plot {
  /** What is shown: a window, UTC nanoseconds or row numbers. */
  public record Window(long from, long to) {
    /** A window zoomed about one of its places. */
    Window zoomed(double place, double factor) {
      double span = Math.max(1, (double) (to - from) * factor);
      // Relative to the start: a double of nanoseconds since 1970 has steps of 256.
      double start = place * (double) (to - from) - place * span;
      return new Window(from + (long) start, from + (long) (start + span));
    }

    /** A window moved by a share of its length. */
    Window moved(double share) {
      long by = (long) (share * (double) (to - from));
      return new Window(from + by, to + by);
    }
  }

  private static final double ZOOM = 1.0018;
  private final LongFunction<String> timeText;
  private BiConsumer<TimeSeriesPlot, Window> onWindow = (plot, window) -> {};
  private Runnable onReset = () -> {};
  private Window window = new Window(0, 1);
  private long[] times = {};
  private double[] values = {};
  private String title = "";
  private String unit = "";
  private boolean hasTime = true;
  private int colourIndex;
  private double dragX = Double.NaN;
  private boolean axisTitle = true;

  /**
   * @param timeText writes a time for the tooltip
   */
  public TimeSeriesPlot(ObservableValue<Theme> theme, LongFunction<String> timeText) {
    super(theme);
    this.timeText = timeText;
    setCursor(Cursor.CROSSHAIR);
    setFocusTraversable(true);
    setOnScroll(
        event -> {
          Frame f = frame();
          if (f != null && event.getDeltaY() != 0) {
            double place = Math.clamp((event.getX() - f.left()) / f.width(), 0, 1);
            change(window.zoomed(place, Math.pow(ZOOM, -event.getDeltaY())));
          }
          event.consume();
        });
    setOnMousePressed(
        event -> {
          requestFocus();
          dragX = event.getX();
          if (event.getClickCount() == 2) {
            onReset.run();
          }
        });
    setOnMouseDragged(
        event -> {
          Frame f = frame();
          if (f != null && !Double.isNaN(dragX)) {
            change(window.moved((dragX - event.getX()) / f.width()));
            dragX = event.getX();
          }
        });
    setOnMouseReleased(event -> dragX = Double.NaN);
    setOnKeyPressed(
        event -> {
          switch (event.getCode()) {
            case PLUS, ADD, EQUALS -> change(window.zoomed(0.5, 0.5));
            case MINUS, SUBTRACT -> change(window.zoomed(0.5, 2));
            case LEFT -> change(window.moved(-0.25));
            case RIGHT -> change(window.moved(0.25));
            case HOME, DIGIT0 -> onReset.run();
            default -> {
              return;
            }
          }
          event.consume();
        });
  }

  /** Called when a person zooms or moves. */
  public void onWindow(BiConsumer<TimeSeriesPlot, Window> action) {
    onWindow = action;
  }

  /** Called when a person wants to see everything. */
  public void onReset(Runnable action) {
    onReset = action;
  }

  private void change(Window wanted) {
    if (wanted.to() > wanted.from() && wanted.to() - wanted.from() > 0) {
      setWindow(wanted);
      onWindow.accept(this, wanted);
    }
  }

  /** Shows another window of the points that are there; better ones may come. */
  public void setWindow(Window wanted) {
    window = wanted;
    invalidate();
  }

  public Window window() {
    return window;
  }

  /** Whether "Time, UTC" stands below the axis. */
  public void setAxisTitle(boolean shown) {
    axisTitle = shown;
    invalidate();
  }

  /** The pixels that a series may use. */
  public int pixels() {
    return (int) Math.clamp(getWidth() - 70, 100, 4000);
  }

  /**
   * Shows other points.
   *
   * @param times ascending; row numbers where there is no time
   * @param values NaN where the line breaks
   */
  public void show(
      String newTitle,
      String newUnit,
      boolean newHasTime,
      long[] newTimes,
      double[] newValues,
      int newColourIndex) {
    title = newTitle;
    unit = newUnit;
    hasTime = newHasTime;
    times = newTimes;
    values = newValues;
    colourIndex = newColourIndex;
    setAccessibleText(newTitle + " over time");
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int shown = 0;
    for (int i = 0; i < times.length; i++) {
      if (times[i] >= window.from() && times[i] <= window.to() && Double.isFinite(values[i])) {
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
        shown++;
      }
    }
    double[] range = padded(min, max, 0.06);
    double span = (double) (window.to() - window.from());
    Palette p = palette();
    Frame f =
        axes(
            g,
            width,
            height,
            0,
            Math.max(1, span),
            range[0],
            range[1],
            axisTitle ? (hasTime ? "Time, UTC" : "Row of the instrument") : "",
            title + (unit.isEmpty() ? "" : ", " + unit),
            (from, to, count) ->
                hasTime
                    ? TimeTicks.of(window.from(), window.to(), Math.max(2, count * 2 / 3)).stream()
                        .map(
                            tick ->
                                new XTicks.Tick(
                                    (double) (tick.nanos() - window.from()), tick.label()))
                        .toList()
                    : Ticks.of(window.from(), window.to(), count).values().stream()
                        .map(
                            tick ->
                                new XTicks.Tick(
                                    tick - window.from(), Formats.count(Math.round(tick))))
                        .toList());
    g.save();
    g.beginPath();
    g.rect(f.left(), f.top() - 1, f.width(), f.height() + 2);
    g.clip();
    g.setStroke(p.model(colourIndex));
    g.setFill(p.model(colourIndex));
    g.setLineWidth(1.25);
    g.beginPath();
    boolean line = false;
    for (int i = 0; i < times.length; i++) {
      if (!Double.isFinite(values[i])) {
        line = false;
        continue;
      }
      double x = f.x((double) (times[i] - window.from()));
      double y = f.y(values[i]);
      if (line) {
        g.lineTo(x, y);
      } else {
        g.moveTo(x, y);
      }
      line = true;
    }
    g.stroke();
    boolean few = shown * 12 < f.width(); // enough room to tell points apart
    for (int i = 0; i < times.length; i++) {
      if (Double.isFinite(values[i])) {
        boolean alone =
            (i == 0 || !Double.isFinite(values[i - 1]))
                && (i == times.length - 1 || !Double.isFinite(values[i + 1]));
        if (few || alone) {
          double x = f.x((double) (times[i] - window.from()));
          g.fillOval(x - 2, f.y(values[i]) - 2, 4, 4);
        }
      }
    }
    g.restore();
    g.setLineWidth(1);
    if (shown == 0) {
      g.setFill(p.muted());
      g.setTextAlign(javafx.scene.text.TextAlignment.CENTER);
      g.fillText(
          "No known value in this window", f.left() + f.width() / 2, f.top() + f.height() / 2);
    }
    return f;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    if (px < f.left() || px > f.left() + f.width()) {
      return null;
    }
    int nearest = -1;
    double best = 12;
    for (int i = 0; i < times.length; i++) {
      double distance = Math.abs(f.x((double) (times[i] - window.from())) - px);
      if (distance < best && Double.isFinite(values[i])) {
        best = distance;
        nearest = i;
      }
    }
    return nearest < 0
        ? null
        : (hasTime
                ? timeText.apply(times[nearest]) + " UTC"
                : "Row " + Formats.count(times[nearest]))
            + "\n"
            + Formats.quantity(values[nearest])
            + (unit.isEmpty() ? "" : " " + unit);
  }
}
