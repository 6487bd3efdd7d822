package slipstream.ui.internal.charts;

import java.util.BitSet;
import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Scores of trials in the order of their ends, the best so far as a line, the baseline's as a dashed one. */
public final class ConvergencePlot extends Plot {
  private static final double DOT = 4;

  private double[] scores = new double[0];
  private double[][] best = new double[2][0];
  private double baseline = Double.NaN;
  private String quantity = "";

  public ConvergencePlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Best score so far by trial");
  }

  /**
   * Shows other data.
   *
   * @param newScores one for each trial; NaN for one without
   * @param newBest x and y of the line
   * @param newBaseline NaN when not known
   * @param newQuantity quantity and unit of the scores
   */
  public void show(double[] newScores, double[][] newBest, double newBaseline, String newQuantity) {
    scores = newScores;
    best = newBest;
    baseline = newBaseline;
    quantity = newQuantity;
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    double[] sorted = java.util.Arrays.stream(scores).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return null;
    }
    Palette p = palette();
    // Hopeless trials do not squeeze the others: what is far out lies on the edge.
    double middle = sorted[sorted.length / 2];
    double spread = Math.max(middle - sorted[0], sorted[sorted.length - 1] - middle);
    double near =
        4
            * Math.max(
                middle - sorted[sorted.length / 4],
                sorted[Math.min(sorted.length - 1, 3 * sorted.length / 4)] - middle);
    double reach = near > 0 ? Math.min(spread, near) : spread;
    double low = Math.max(sorted[0], middle - reach);
    double high = Math.min(sorted[sorted.length - 1], middle + reach);
    for (double value : best[1]) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (Double.isFinite(baseline)) {
      low = Math.min(low, baseline);
      high = Math.max(high, baseline);
    }
    double[] y = padded(low, high, 0.08);
    Frame f = axes(g, width, height, 0, Math.max(2, scores.length), y[0], y[1], "Trial", quantity);
    dots(g, f);
    if (Double.isFinite(baseline)) {
      double line = crisp(f.y(baseline));
      g.setStroke(p.baseline());
      g.setLineWidth(1.5);
      g.setLineDashes(4, 3);
      g.strokeLine(f.left(), line, f.left() + f.width(), line);
      g.setLineDashes();
    }
    g.setStroke(p.model(0));
    g.setLineWidth(2);
    g.beginPath();
    for (int i = 0; i < best[0].length; i++) {
      double px = f.x(best[0][i]);
      double py = f.y(best[1][i]);
      if (i == 0) {
        g.moveTo(px, py);
      } else {
        g.lineTo(px, py);
      }
    }
    g.stroke();
    legend(
        g,
        f,
        Double.isFinite(baseline)
            ? List.of(
                new Key("baseline", p.baseline(), true), new Key("best so far", p.model(0), false))
            : List.of(new Key("best so far", p.model(0), false)));
    return f;
  }

  /** One dot for each place of its size, however many trials lie there. */
  private void dots(GraphicsContext g, Frame f) {
    int columns = (int) (f.width() / DOT) + 2;
    int rows = (int) (f.height() / DOT) + 2;
    BitSet taken = new BitSet(columns * rows);
    g.setFill(palette().model(0).deriveColor(0, 1, 1, 0.35));
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        continue;
      }
      double x = f.x(i + 1);
      double y = Math.clamp(f.y(scores[i]), f.top(), f.top() + f.height());
      int cell = (int) ((y - f.top()) / DOT) * columns + (int) ((x - f.left()) / DOT);
      if (!taken.get(cell)) {
        taken.set(cell);
        g.fillOval(x - DOT / 2, y - DOT / 2, DOT, DOT);
      }
    }
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    int at = (int) Math.round(f.valueX(px)) - 1;
    if (at < 0 || at >= scores.length) {
      return null;
    }
    return "After trial "
        + Formats.count(at + 1)
        + "\nits score "
        + Formats.quantity(scores[at])
        + "\nbest so far "
        + Formats.quantity(stepAt(at + 1));
  }

  private double stepAt(double x) {
    double value = Double.NaN;
    for (int i = 0; i < best[0].length && best[0][i] <= x; i++) {
      value = best[1][i];
    }
    return value;
  }
}
