package slipstream.ui.internal.charts;

import java.util.List;
import javafx.scene.paint.Color;
import slipstream.ui.workbench.Theme;

/**
 * The charts' colours; a model has the same colour in every chart and table.
 *
 * @param up what adds cost
 * @param down what takes cost away
 */
public record Palette(
    Color text,
    Color muted,
    Color grid,
    Color axis,
    Color surface,
    Color baseline,
    Color up,
    Color down,
    List<Color> models) {

  private static final Palette LIGHT =
      new Palette(
          Color.web("#24292f"),
          Color.web("#57606a"),
          Color.web("#eaeef2"),
          Color.web("#afb8c1"),
          Color.web("#ffffff"),
          Color.web("#8c959f"),
          Color.web("#cf5a1b"),
          Color.web("#0b7285"),
          List.of(
              Color.web("#0969da"),
              Color.web("#8250df"),
              Color.web("#1a7f37"),
              Color.web("#bf3989")));

  private static final Palette DARK =
      new Palette(
          Color.web("#e6edf3"),
          Color.web("#9198a1"),
          Color.web("#21262d"),
          Color.web("#484f58"),
          Color.web("#0d1117"),
          Color.web("#8b949e"),
          Color.web("#f0883e"),
          Color.web("#39c5cf"),
          List.of(
              Color.web("#58a6ff"),
              Color.web("#bc8cff"),
              Color.web("#56d364"),
              Color.web("#f778ba")));

  /** The colours of a theme. */
  public static Palette of(Theme theme) {
    return theme == Theme.DARK ? DARK : LIGHT;
  }

  /**
   * The colour of a model.
   *
   * @param index the model's place in its experiment, the baseline not counted; below 0 for the baseline
   */
  public Color model(int index) {
    return index < 0 ? baseline : models.get(index % models.size());
  }
}
