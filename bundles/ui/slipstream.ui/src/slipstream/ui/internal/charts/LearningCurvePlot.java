package slipstream.ui.internal.charts;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Loss over boosting rounds: training thin, validation strong, the baseline's loss as a dashed line. */
public final class LearningCurvePlot extends Plot {
  /**
   * One fit's curve.
   *
   * @param colourIndex as in {@link Palette#model}
   * @param faint drawn in the background: another fold than the one in progress
   * @param steps ascending
   * @param training loss on the training rows
   * @param validation loss on rows held back; NaN where there are none
   */
  public record Series(
      String name,
      int colourIndex,
      boolean faint,
      double[] steps,
      double[] training,
      double[] validation) {}

  private List<Series> series = List.of();
  private String metric = "Loss";
  private double baseline = Double.NaN;

  public LearningCurvePlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Learning curve");
  }

  /**
   * Shows other data.
   *
   * @param metric quantity and unit of the loss
   * @param baseline the baseline's loss; NaN when not known
   */
  public void show(List<Series> newSeries, String metric, double baseline) {
    this.series = List.copyOf(newSeries);
    this.metric = metric;
    this.baseline = baseline;
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    Palette p = palette();
    double maxX = 1;
    double minY = Double.POSITIVE_INFINITY;
    double maxY = Double.NEGATIVE_INFINITY;
    for (Series s : series) {
      for (int i = 0; i < s.steps().length; i++) {
        maxX = Math.max(maxX, s.steps()[i]);
        for (double v : new double[] {s.training()[i], s.validation()[i]}) {
          if (Double.isFinite(v)) {
            minY = Math.min(minY, v);
            maxY = Math.max(maxY, v);
          }
        }
      }
    }
    if (!Double.isNaN(baseline)) {
      minY = Math.min(minY, baseline);
      maxY = Math.max(maxY, baseline);
    }
    double[] y = padded(minY, maxY, 0.06);
    Frame f = axes(g, width, height, 0, maxX, y[0], y[1], "Round", metric);
    for (boolean faint : new boolean[] {true, false}) {
      for (Series s : series) {
        if (s.faint() == faint) {
          Color colour = p.model(s.colourIndex());
          double opacity = faint ? 0.28 : 1;
          line(g, f, s.steps(), s.training(), colour.deriveColor(0, 1, 1, 0.45 * opacity), 1.2);
          line(g, f, s.steps(), s.validation(), colour.deriveColor(0, 1, 1, opacity), 2);
        }
      }
    }
    List<Key> keys = new ArrayList<>();
    if (!Double.isNaN(baseline)) {
      double line = crisp(f.y(baseline));
      g.setStroke(p.baseline());
      g.setLineWidth(1.5);
      g.setLineDashes(4, 3);
      g.strokeLine(f.left(), line, f.left() + f.width(), line);
      g.setLineDashes();
      keys.add(new Key("baseline", p.baseline(), true));
    }
    series.stream()
        .filter(s -> !s.faint())
        .limit(3)
        .forEach(
            s -> {
              Color colour = p.model(s.colourIndex());
              keys.add(new Key(s.name() + " training", colour.deriveColor(0, 1, 1, 0.45), false));
              if (hasValidation(s)) {
                keys.add(new Key("validation", colour, false));
              }
            });
    legend(g, f, keys);
    return series.isEmpty() ? null : f;
  }

  private static boolean hasValidation(Series s) {
    for (double v : s.validation()) {
      if (Double.isFinite(v)) {
        return true;
      }
    }
    return false;
  }

  private static void line(
      GraphicsContext g, Frame f, double[] x, double[] y, Color colour, double lineWidth) {
    g.setStroke(colour);
    g.setLineWidth(lineWidth);
    g.beginPath();
    boolean pen = false;
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(y[i])) {
        if (pen) {
          g.lineTo(f.x(x[i]), f.y(y[i]));
        } else {
          g.moveTo(f.x(x[i]), f.y(y[i]));
          pen = true;
        }
      } else {
        pen = false;
      }
    }
    g.stroke();
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    double round = Math.round(f.valueX(px));
    StringBuilder text = new StringBuilder("Round " + (long) round);
    boolean any = false;
    for (Series s : series) {
      if (s.faint()) {
        continue;
      }
      for (int i = 0; i < s.steps().length; i++) {
        if (s.steps()[i] == round) {
          any = true;
          text.append("\n").append(s.name()).append("  training ");
          text.append(Formats.quantity(s.training()[i]));
          if (Double.isFinite(s.validation()[i])) {
            text.append("  validation ").append(Formats.quantity(s.validation()[i]));
          }
        }
      }
    }
    return any ? text.toString() : null;
  }
}
