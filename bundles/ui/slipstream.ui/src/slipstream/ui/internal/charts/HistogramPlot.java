package slipstream.ui.internal.charts;

import java.util.function.DoubleFunction;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** How often a quantity takes which values, with its quartiles. */
public final class HistogramPlot extends Plot {
  private double[] edges = {};
  private long[] counts = {};
  private double[] marks = {};
  private String title = "";
  private DoubleFunction<String> text = Formats::quantity;
  private boolean time;
  private String outside = "";

  public HistogramPlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Distribution");
  }

  /**
   * Shows other data.
   *
   * @param newTitle quantity and unit
   * @param newEdges one more than counts, ascending
   * @param newMarks lower quartile, median, upper quartile; empty for none
   * @param isTime whether the edges are UTC nanoseconds
   * @param newOutside what lies beyond the edges, in words; empty for nothing
   * @param newText writes an edge
   */
  public void show(
      String newTitle,
      double[] newEdges,
      long[] newCounts,
      double[] newMarks,
      boolean isTime,
      String newOutside,
      DoubleFunction<String> newText) {
    title = newTitle;
    edges = newEdges.clone();
    counts = newCounts.clone();
    marks = newMarks.clone();
    time = isTime;
    outside = newOutside;
    text = newText;
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    if (counts.length == 0) {
      return null;
    }
    long most = 1;
    for (long count : counts) {
      most = Math.max(most, count);
    }
    double first = edges[0];
    double last = edges[edges.length - 1];
    Palette p = palette();
    XTicks times =
        (from, to, count) ->
            TimeTicks.of((long) from, (long) to, Math.max(1, count / 2)).stream()
                .map(tick -> new XTicks.Tick(tick.nanos(), tick.label()))
                .toList();
    Frame f =
        time
            ? axes(g, width, height, first, last, 0, most * 1.06, title, "Rows", times)
            : axes(g, width, height, first, last, 0, most * 1.06, title, "Rows");
    g.setFill(p.model(0).deriveColor(0, 1, 1, 0.75));
    for (int i = 0; i < counts.length; i++) {
      double x = f.x(edges[i]);
      double w = Math.max(1, f.x(edges[i + 1]) - x - 1);
      double y = f.y(counts[i]);
      if (counts[i] > 0) { // what is there is seen, however little
        y = Math.min(y, f.top() + f.height() - 1);
      }
      g.fillRect(x, y, w, f.top() + f.height() - y);
    }
    for (int i = 0; i < marks.length; i++) {
      if (marks[i] >= first && marks[i] <= last) {
        double x = crisp(f.x(marks[i]));
        g.setStroke(i == 1 ? p.text() : p.muted());
        g.setLineDashes(i == 1 ? 0 : 3, i == 1 ? 0 : 3);
        if (i == 1) {
          g.setLineDashes();
        }
        g.strokeLine(x, f.top(), x, f.top() + f.height());
      }
    }
    g.setLineDashes();
    if (!outside.isEmpty()) {
      g.setFill(p.muted());
      g.setTextAlign(javafx.scene.text.TextAlignment.RIGHT);
      g.fillText(outside, f.left() + f.width(), 10);
    }
    return f;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    double value = f.valueX(px);
    for (int i = 0; i < counts.length; i++) {
      boolean last = i == counts.length - 1;
      if (value >= edges[i] && (value < edges[i + 1] || last && value <= edges[i + 1])) {
        return text.apply(edges[i])
            + " to "
            + text.apply(edges[i + 1])
            + "\n"
            + Formats.count(counts[i])
            + (counts[i] == 1 ? " row" : " rows");
      }
    }
    return null;
  }
}
