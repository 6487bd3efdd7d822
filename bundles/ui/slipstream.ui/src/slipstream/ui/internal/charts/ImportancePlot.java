package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.text.TextAlignment;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Shares of the features, the largest first, as horizontal bars. */
public final class ImportancePlot extends Plot {
  /** One feature's share of the whole, 0 to 1. */
  public record Bar(String feature, double share) {}

  private static final int MOST = 14;

  private List<Bar> bars = List.of();
  private int colourIndex;

  public ImportancePlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Feature importance");
  }

  /** Shows other data, largest first. */
  public void show(List<Bar> newBars, int newColourIndex) {
    bars = newBars.stream().limit(MOST).toList();
    colourIndex = newColourIndex;
    setPrefHeight(Math.max(180, 44 + bars.size() * 22));
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    if (bars.isEmpty()) {
      return null;
    }
    Palette p = palette();
    double names = 0;
    for (Bar bar : bars) {
      names = Math.max(names, width(bar.feature()));
    }
    names = Math.min(names, width * 0.45);
    double left = names + 16;
    double room = width - left - 64;
    double most = bars.getFirst().share();
    g.setFill(p.muted());
    g.setTextBaseline(VPos.CENTER);
    g.setTextAlign(TextAlignment.LEFT);
    g.fillText("Share of the total gain, %", 8, 10);
    double step = Math.min(24, (height - 36) / bars.size());
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double y = 28 + i * step;
      double thick = Math.max(4, step - 8);
      g.setTextAlign(TextAlignment.RIGHT);
      g.setFill(p.text());
      g.fillText(bar.feature(), left - 8, y + thick / 2, names);
      g.setFill(p.grid());
      g.fillRoundRect(left, y, room, thick, 3, 3);
      g.setFill(p.model(colourIndex));
      g.fillRoundRect(left, y, Math.max(2, room * bar.share() / most), thick, 3, 3);
      g.setTextAlign(TextAlignment.RIGHT);
      g.setFill(p.muted());
      g.fillText(Formats.fixed(100 * bar.share(), 1), width - 12, y + thick / 2);
    }
    return new Frame(left, 28, room, step * bars.size(), 0, 1, 0, 1);
  }
}
