package slipstream.ui.internal.charts;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import javafx.beans.value.ObservableValue;
import javafx.geometry.VPos;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyCode;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import slipstream.ui.internal.Formats;
import slipstream.ui.workbench.Theme;

/**
 * How a prediction comes about: the base value, what each input adds, the prediction. A click or the arrow keys choose an
 * input.
 */
public final class WaterfallPlot extends Plot {
  /**
   * A bar.
   *
   * @param name of the input it stands for; empty for none
   * @param value of the input, with its unit; may be empty
   * @param error standard error of what it adds; 0 where exact
   * @param total true for a bar that starts at nothing
   */
  public record Bar(
      String name,
      String label,
      String value,
      double from,
      double to,
      double error,
      boolean total) {}

  private static final double ROW = 26;
  private static final double TOP = 24;
  private static final double BOTTOM = 40;
  private static final double AMOUNT = 72;

  private final Consumer<String> choose;
  private List<Bar> bars = List.of();
  private DoubleFunction<String> words = Formats::quantity;
  private String scale = "";
  private String chosen = "";
  private int colourIndex;

  /**
   * @param choose told which input was chosen
   */
  public WaterfallPlot(ObservableValue<Theme> theme, Consumer<String> choose) {
    super(theme);
    this.choose = choose;
    setAccessibleText("What each input adds to the prediction");
    setFocusTraversable(true);
    focusedProperty().addListener((property, old, now) -> invalidate());
    setOnMousePressed(
        event -> {
          requestFocus();
          int at = at(event.getY());
          if (at >= 0 && !bars.get(at).name().isEmpty()) {
            choose.accept(bars.get(at).name());
          }
        });
    setOnKeyPressed(
        event -> {
          if (event.getCode() == KeyCode.DOWN || event.getCode() == KeyCode.UP) {
            move(event.getCode() == KeyCode.DOWN ? 1 : -1);
            event.consume();
          }
        });
  }

  private void move(int by) {
    List<String> names = bars.stream().map(Bar::name).filter(each -> !each.isEmpty()).toList();
    int next = names.indexOf(chosen) + by;
    if (next >= 0 && next < names.size()) {
      choose.accept(names.get(next));
    }
  }

  /**
   * Shows other data.
   *
   * @param newScale quantity and unit of the bars
   * @param newWords writes an amount
   */
  public void show(
      List<Bar> newBars, String newScale, DoubleFunction<String> newWords, int newColourIndex) {
    bars = List.copyOf(newBars);
    words = newWords;
    scale = newScale;
    colourIndex = newColourIndex;
    double height = TOP + ROW * bars.size() + BOTTOM;
    setMinHeight(height);
    setPrefHeight(height);
    invalidate();
  }

  /** Marks the chosen input. */
  public void choose(String name) {
    chosen = name;
    invalidate();
  }

  private int at(double y) {
    int index = (int) Math.floor((y - TOP) / ROW);
    return y >= TOP && index < bars.size() ? index : -1;
  }

  @Override
  protected Frame paint(GraphicsContext g, double width, double height) {
    if (bars.isEmpty()) {
      return null;
    }
    Palette p = palette();
    double names = 0;
    double values = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Bar bar : bars) {
      names = Math.max(names, width(bar.label()));
      values = Math.max(values, width(bar.value()));
      // Totals are marks at their value: from zero they would hide what is added.
      min =
          Math.min(min, Math.min(bar.total() ? bar.to() : bar.from(), bar.to()) - 2 * bar.error());
      max =
          Math.max(max, Math.max(bar.total() ? bar.to() : bar.from(), bar.to()) + 2 * bar.error());
    }
    names = Math.min(names, width * 0.25);
    values = Math.min(values, width * 0.2);
    double left = 8 + names + 16 + values + 16;
    double[] x = padded(min, max, 0.06);
    Frame f =
        new Frame(
            left, TOP, width - left - AMOUNT - 8, ROW * bars.size(), x[0], x[1], 0, bars.size());
    grid(g, f, height);
    for (int i = 0; i < bars.size(); i++) {
      paint(g, f, i, names, values, width);
    }
    return f;
  }

  private void grid(GraphicsContext g, Frame f, double height) {
    Palette p = palette();
    Ticks ticks = Ticks.of(f.minX(), f.maxX(), (int) Math.max(2, f.width() / 90));
    g.setTextBaseline(VPos.CENTER);
    g.setTextAlign(TextAlignment.CENTER);
    g.setLineWidth(1);
    for (double tick : ticks.values()) {
      double at = crisp(f.x(tick));
      g.setStroke(p.grid());
      g.strokeLine(at, f.top(), at, f.top() + f.height() + 4);
      g.setFill(p.muted());
      g.fillText(ticks.label(tick), at, f.top() + f.height() + 13);
    }
    g.setFill(p.muted());
    g.fillText(scale, f.left() + f.width() / 2, f.top() + f.height() + 30);
    g.setTextAlign(TextAlignment.LEFT);
    g.fillText("Input", 8, 10);
    g.setTextAlign(TextAlignment.RIGHT);
    g.fillText("Value", f.left() - 16, 10);
    g.fillText("Adds", f.left() + f.width() + AMOUNT, 10);
  }

  private void paint(
      GraphicsContext g, Frame f, int index, double names, double values, double width) {
    Palette p = palette();
    Bar bar = bars.get(index);
    double y = f.top() + index * ROW;
    double middle = y + ROW / 2;
    if (!bar.name().isEmpty() && bar.name().equals(chosen)) {
      g.setFill(p.grid());
      g.fillRoundRect(2, y + 1, width - 4, ROW - 2, 6, 6);
      if (isFocused()) {
        g.setStroke(p.model(0));
        g.strokeRoundRect(2.5, y + 1.5, width - 5, ROW - 3, 6, 6);
      }
    }
    g.setTextAlign(TextAlignment.LEFT);
    g.setFill(p.text());
    g.fillText(bar.label(), 8, middle, names);
    g.setTextAlign(TextAlignment.RIGHT);
    g.setFill(p.muted());
    g.fillText(bar.value(), f.left() - 16, middle, values);
    double from = f.x(bar.from());
    double to = f.x(bar.to());
    if (bar.total()) {
      g.setFill(p.model(colourIndex));
      g.fillRoundRect(to - 2, y + 4, 4, ROW - 8, 2, 2);
    } else {
      Color colour = bar.to() >= bar.from() ? p.up() : p.down();
      g.setFill(colour);
      g.fillRoundRect(Math.min(from, to), y + 6, Math.max(1, Math.abs(to - from)), ROW - 12, 3, 3);
      if (bar.error() > 0) {
        double low = f.x(bar.to() - 2 * bar.error());
        double high = f.x(bar.to() + 2 * bar.error());
        g.setStroke(p.text());
        g.setLineWidth(1.2);
        g.strokeLine(low, middle, high, middle);
        g.strokeLine(low, middle - 3, low, middle + 3);
        g.strokeLine(high, middle - 3, high, middle + 3);
      }
    }
    if (index + 1 < bars.size()) {
      // Where the next bar begins.
      double at = crisp(to);
      g.setStroke(p.axis());
      g.setLineWidth(1);
      g.strokeLine(at, y + ROW - (bar.total() ? 4 : 6), at, y + ROW + 5);
    }
    g.setTextAlign(TextAlignment.RIGHT);
    g.setFill(bar.total() ? p.text() : p.muted());
    g.fillText(amount(bar), f.left() + f.width() + AMOUNT, middle);
  }

  private String amount(Bar bar) {
    double size = bar.total() ? bar.to() : bar.to() - bar.from();
    return (bar.total() || size <= 0 ? "" : "+") + words.apply(size);
  }

  @Override
  protected String textAt(Frame f, double px, double py) {
    int at = at(py);
    if (at < 0) {
      return null;
    }
    Bar bar = bars.get(at);
    if (bar.total()) {
      return bar.label() + "\n" + scale + "  " + words.apply(bar.to());
    }
    return bar.label()
        + (bar.value().isEmpty() ? "" : " = " + bar.value())
        + "\nadds "
        + amount(bar)
        + (bar.error() > 0 ? " ± " + words.apply(2 * bar.error()) : "")
        + "\nfrom "
        + words.apply(bar.from())
        + " to "
        + words.apply(bar.to());
  }
}
