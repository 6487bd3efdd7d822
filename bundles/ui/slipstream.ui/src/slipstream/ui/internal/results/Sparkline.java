package slipstream.ui.internal.results;

import java.util.List;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;

/** A metric by fold in the height of a table row. */
final class Sparkline extends Canvas {
  Sparkline(List<Double> values, Color colour, double width, double height) {
    super(width, height);
    double min = values.stream().filter(Double::isFinite).min(Double::compare).orElse(0.0);
    double max = values.stream().filter(Double::isFinite).max(Double::compare).orElse(1.0);
    double span = max > min ? max - min : 1;
    GraphicsContext g = getGraphicsContext2D();
    g.setStroke(colour);
    g.setFill(colour);
    g.setLineWidth(1.5);
    double step = values.size() > 1 ? (width - 8) / (values.size() - 1) : 0;
    double lastX = Double.NaN;
    double lastY = Double.NaN;
    for (int i = 0; i < values.size(); i++) {
      if (!Double.isFinite(values.get(i))) {
        continue;
      }
      double x = 4 + i * step;
      double y = height - 5 - (values.get(i) - min) / span * (height - 10);
      if (!Double.isNaN(lastX)) {
        g.strokeLine(lastX, lastY, x, y);
      }
      g.fillOval(x - 2, y - 2, 4, 4);
      lastX = x;
      lastY = y;
    }
  }
}
