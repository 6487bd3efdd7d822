package slipstream.ui.internal.charts;

import java.util.List;
import javafx.beans.value.ObservableValue;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/** Which days instruments have: a row an instrument, dark where days are missing, blank where it is not listed. */
public final class CoveragePlot extends Plot {
  private static final double ROW = 15;
  private static final double TOP = 8;
  private static final double BOTTOM = 24;

  private List<String> instruments = List.of();
  private List<String> starts = List.of();
  private List<Double> shares = List.of();
  private double left;

  public CoveragePlot(ObservableValue<Theme> theme) {
    super(theme);
    setAccessibleText("Days missing by instrument");
  }

  /**
   * Shows other data.
   *
   * @param shares instrument by instrument, one a start; NaN where it is not listed
   */
  public void show(List<String> instruments, List<String> starts, List<Double> shares) {
    this.instruments = List.copyOf(instruments);
    this.starts = List.copyOf(starts);
    this.shares = List.copyOf(shares);
    setMinHeight(TOP + BOTTOM + ROW * instruments.size());
    setPrefHeight(TOP + BOTTOM + ROW * instruments.size());
    invalidate();
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    if (instruments.isEmpty()) {
      return null;
    }
    Palette p = palette();
    left = 16 + Math.min(220, instruments.stream().mapToDouble(Plot::width).max().orElse(0));
    Frame f =
        new Frame(
            left,
            TOP,
            width - left - 12,
            ROW * instruments.size(),
            0,
            starts.size(),
            0,
            instruments.size());
    g.setTextBaseline(VPos.CENTER);
    for (int i = 0; i < instruments.size(); i++) {
      double y = TOP + i * ROW;
      g.setTextAlign(TextAlignment.RIGHT);
      g.setFill(p.muted());
      g.fillText(instruments.get(i), left - 8, y + ROW / 2, left - 16);
      for (int s = 0; s < starts.size(); s++) {
        double share = shares.get(i * starts.size() + s);
        if (!Double.isNaN(share)) {
          Color there = p.grid();
          g.setFill(
              share >= 1 ? there : there.interpolate(p.models().get(3), 0.3 + 0.7 * (1 - share)));
          double x = f.x(s);
          g.fillRect(x, y + 1, Math.max(1, f.x(s + 1) - x - 0.5), ROW - 2);
        }
      }
    }
    g.setFill(p.muted());
    g.setTextAlign(TextAlignment.CENTER);
    int step = Math.max(1, (int) Math.ceil(starts.size() * 90 / f.width()));
    for (int s = 0; s < starts.size(); s += step) {
      double half = width(starts.get(s)) / 2;
      g.fillText(
          starts.get(s), Math.clamp(f.x(s), left + half, width - half - 1), TOP + f.height() + 13);
    }
    return f;
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    int s = (int) Math.floor(f.valueX(px));
    int i = (int) Math.floor((py - TOP) / ROW);
    if (s < 0 || s >= starts.size() || i < 0 || i >= instruments.size()) {
      return null;
    }
    double share = shares.get(i * starts.size() + s);
    return instruments.get(i)
        + ", from "
        + starts.get(s)
        + "\n"
        + (Double.isNaN(share) ? "not listed" : Formats.fixed(100 * share, 0) + " % of the days");
  }
}
