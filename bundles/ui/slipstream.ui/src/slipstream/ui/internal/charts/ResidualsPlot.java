package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** The distribution of realised minus predicted. */
public final class ResidualsPlot extends Plot {
  private double[] edges = {};
  private long[] counts = {};
  private String unit = "";
  private String name = "";
  private int colourIndex;

  public ResidualsPlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Residuals");
  }

  /**
   * Shows other data.
   *
   * @param edges one more than counts, ascending
   */
  public void show(String name, double[] edges, long[] counts, String unit, int colourIndex) {
    this.name = name;
    this.edges = edges.clone();
    this.counts = counts.clone();
    this.unit = unit;
    this.colourIndex = colourIndex;
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
    Palette p = palette();
    Frame f =
        axes(
            g,
            width,
            height,
            edges[0],
            edges[edges.length - 1],
            0,
            most * 1.06,
            "Realised − predicted" + (unit.isEmpty() ? "" : ", " + unit),
            "Rows");
    g.setFill(p.model(colourIndex).deriveColor(0, 1, 1, 0.75));
    for (int i = 0; i < counts.length; i++) {
      double x = f.x(edges[i]);
      double w = Math.max(1, f.x(edges[i + 1]) - x - 1);
      double y = f.y(counts[i]);
      g.fillRect(x, y, w, f.top() + f.height() - y);
    }
    if (edges[0] < 0 && edges[edges.length - 1] > 0) {
      g.setStroke(p.text());
      g.setLineWidth(1);
      g.setLineDashes(3, 3);
      g.strokeLine(crisp(f.x(0)), f.top(), crisp(f.x(0)), f.top() + f.height());
      g.setLineDashes();
    }
    legend(g, f, List.of(new Key(name, p.model(colourIndex), false)));
    return f;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    double value = f.valueX(px);
    for (int i = 0; i < counts.length; i++) {
      if (value >= edges[i] && value < edges[i + 1]) {
        return Formats.quantity(edges[i])
            + " to "
            + Formats.quantity(edges[i + 1])
            + (unit.isEmpty() ? "" : " " + unit)
            + "\n"
            + Formats.count(counts[i])
            + " rows";
      }
    }
    return null;
  }
}
