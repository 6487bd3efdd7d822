package slipstream.ui.internal.dataset;

import java.util.function.DoubleFunction;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import slipstream.proto.v1.ColumnProfile;
import slipstream.proto.v1.Quantile;
import slipstream.proto.v1.TextCount;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.HistogramPlot;
import slipstream.ui.workbench.ThemeService;

/** What the values of a column or an expression are like: histogram, quantiles, moments, what is unknown. */
public final class ProfilePane extends VBox {
  private final HistogramPlot histogram;
  private final ColumnPanel.Facts facts = new ColumnPanel.Facts();
  private final VBox top = new VBox(3);
  private final Label note = new Label();

  public ProfilePane(ThemeService themes) {
    super(8);
    histogram = new HistogramPlot(themes.themeProperty());
    histogram.setPrefHeight(200);
    histogram.setMinHeight(160);
    note.getStyleClass().add("muted");
    note.setWrapText(true);
  }

  /**
   * Shows another profile.
   *
   * @param about which rows it is of; may be empty
   */
  public void show(ColumnProfile profile, String about) {
    getChildren().clear();
    boolean time = CellText.isTime(profile.getColumn());
    boolean text = profile.getColumn().getType().equals("STRING");
    facts.clear();
    top.getChildren().clear();
    note.setText(Formats.count(profile.getRows()) + " rows" + (about.isEmpty() ? "" : " " + about));
    getChildren().add(note);
    facts.count("Known", profile.getKnown(), profile.getRows());
    facts.count("Null", profile.getNulls(), profile.getRows());
    facts.count("NaN", profile.getNans(), profile.getRows());
    facts.count("Infinite", profile.getInfinities(), profile.getRows());
    if (text) {
      facts.add("Distinct", Formats.count(profile.getDistinct()));
      texts(profile);
      getChildren().addAll(top, facts);
      return;
    }
    if (!time) {
      facts.count("Zero", profile.getZeros(), profile.getRows());
      facts.count("Negative", profile.getNegatives(), profile.getRows());
    }
    DoubleFunction<String> write = time ? t -> CellText.time((long) t) : Formats::quantity;
    if (!time) {
      facts.add("Mean", write.apply(profile.getMean()));
      facts.add("Standard deviation", Formats.quantity(profile.getStd()));
    }
    facts.add("Minimum", finite(profile.getMin(), write));
    for (Quantile quantile : profile.getQuantilesList()) {
      facts.add(name(quantile.getProbability()), finite(quantile.getValue(), write));
    }
    facts.add("Maximum", finite(profile.getMax(), write));
    double[] edges = profile.getEdgesList().stream().mapToDouble(Double::doubleValue).toArray();
    if (edges.length > 0) {
      histogram.show(
          CellText.heading(profile.getColumn()),
          edges,
          profile.getCountsList().stream().mapToLong(Long::longValue).toArray(),
          new double[] {at(profile, 0.25), at(profile, 0.5), at(profile, 0.75)},
          time,
          outside(profile),
          write);
      getChildren().add(histogram);
    }
    getChildren().add(facts);
  }

  private static String finite(double value, DoubleFunction<String> write) {
    return Double.isNaN(value) ? Formats.NOTHING : write.apply(value);
  }

  private static String outside(ColumnProfile profile) {
    long beyond = profile.getBelow() + profile.getAbove() - profile.getInfinities();
    return beyond <= 0 ? "" : Formats.count(beyond) + " rows beyond";
  }

  private static double at(ColumnProfile profile, double probability) {
    return profile.getQuantilesList().stream()
        .filter(each -> each.getProbability() == probability)
        .mapToDouble(Quantile::getValue)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static String name(double probability) {
    if (probability == 0.5) {
      return "Median";
    }
    String percent = Formats.fixed(100 * probability, 1);
    return (percent.endsWith(".0") ? percent.substring(0, percent.length() - 2) : percent) + "%";
  }

  private void texts(ColumnProfile profile) {
    long most = profile.getTopList().stream().mapToLong(TextCount::getCount).max().orElse(1);
    for (TextCount each : profile.getTopList()) {
      Label name = new Label(each.getText().isEmpty() ? "(empty)" : each.getText());
      name.setMinWidth(90);
      name.setPrefWidth(110);
      Region bar = new Region();
      bar.getStyleClass().add("count-bar");
      bar.setMinHeight(8);
      bar.setMaxHeight(8);
      double width = 100.0 * each.getCount() / most;
      bar.setMinWidth(Math.max(1, width));
      bar.setMaxWidth(Math.max(1, width));
      Region gap = new Region();
      HBox.setHgrow(gap, Priority.ALWAYS);
      Label count = new Label(Formats.count(each.getCount()));
      count.getStyleClass().add("mono");
      HBox row = new HBox(8, name, bar, gap, count);
      row.setAlignment(Pos.CENTER_LEFT);
      top.getChildren().add(row);
    }
  }
}
