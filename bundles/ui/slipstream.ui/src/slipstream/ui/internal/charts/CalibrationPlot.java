package slipstream.ui.internal.charts;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Mean realised against mean predicted by bucket of the prediction, with error bars of two standard errors. */
public final class CalibrationPlot extends Plot {
  /** One bucket, in the target's unit. */
  public record Bucket(double predicted, double realised, double standardError, long rows) {}

  /** One model's buckets. */
  public record Series(String name, int colourIndex, List<Bucket> buckets) {}

  private List<Series> series = List.of();
  private String target = "";

  public CalibrationPlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Predicted against realised by bucket");
  }

  /**
   * Shows other data.
   *
   * @param target quantity and unit
   */
  public void show(List<Series> newSeries, String target) {
    this.series = List.copyOf(newSeries);
    this.target = target;
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    Palette p = palette();
    double minX = Double.POSITIVE_INFINITY;
    double maxX = Double.NEGATIVE_INFINITY;
    double minY = Double.POSITIVE_INFINITY;
    double maxY = Double.NEGATIVE_INFINITY;
    for (Series s : series) {
      for (Bucket b : s.buckets()) {
        minX = Math.min(minX, b.predicted());
        maxX = Math.max(maxX, b.predicted());
        double error = Double.isFinite(b.standardError()) ? 2 * b.standardError() : 0;
        minY = Math.min(minY, b.realised() - error);
        maxY = Math.max(maxY, b.realised() + error);
      }
    }
    double[] x = padded(minX, maxX, 0.06);
    double[] y = padded(Math.min(minY, minX), Math.max(maxY, maxX), 0.04);
    if (series.stream().allMatch(s -> s.buckets().isEmpty())) {
      return null;
    }
    Frame f =
        axes(g, width, height, x[0], x[1], y[0], y[1], "Predicted " + target, "Realised " + target);
    // Where a perfectly calibrated model would lie.
    g.save();
    g.beginPath();
    g.rect(f.left(), f.top(), f.width(), f.height());
    g.clip();
    g.setStroke(p.axis());
    g.setLineWidth(1.2);
    g.setLineDashes(2, 4);
    g.strokeLine(f.x(x[0]), f.y(x[0]), f.x(x[1]), f.y(x[1]));
    g.setLineDashes();
    List<Key> keys = new ArrayList<>();
    keys.add(new Key("calibrated", p.axis(), true));
    for (Series s : series) {
      Color colour = p.model(s.colourIndex());
      keys.add(new Key(s.name(), colour, false));
      g.setStroke(colour.deriveColor(0, 1, 1, 0.5));
      g.setLineWidth(1.2);
      for (int i = 1; i < s.buckets().size(); i++) {
        Bucket a = s.buckets().get(i - 1);
        Bucket b = s.buckets().get(i);
        g.strokeLine(f.x(a.predicted()), f.y(a.realised()), f.x(b.predicted()), f.y(b.realised()));
      }
      for (Bucket b : s.buckets()) {
        double px = f.x(b.predicted());
        if (Double.isFinite(b.standardError())) {
          double top = f.y(b.realised() + 2 * b.standardError());
          double bottom = f.y(b.realised() - 2 * b.standardError());
          g.setStroke(colour.deriveColor(0, 1, 1, 0.75));
          g.setLineWidth(1.4);
          g.strokeLine(px, top, px, bottom);
          g.strokeLine(px - 3, top, px + 3, top);
          g.strokeLine(px - 3, bottom, px + 3, bottom);
        }
        g.setFill(p.surface());
        g.fillOval(px - 4.5, f.y(b.realised()) - 4.5, 9, 9);
        g.setFill(colour);
        g.fillOval(px - 3.5, f.y(b.realised()) - 3.5, 7, 7);
      }
    }
    g.restore();
    legend(g, f, keys);
    return f;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    String best = null;
    double nearest = 14;
    for (Series s : series) {
      for (Bucket b : s.buckets()) {
        double distance = Math.hypot(f.x(b.predicted()) - px, f.y(b.realised()) - py);
        if (distance < nearest) {
          nearest = distance;
          best =
              s.name()
                  + "\npredicted "
                  + Formats.quantity(b.predicted())
                  + "\nrealised "
                  + Formats.quantity(b.realised())
                  + " ± "
                  + Formats.quantity(2 * b.standardError())
                  + "\n"
                  + Formats.count(b.rows())
                  + " rows";
        }
      }
    }
    return best;
  }
}
