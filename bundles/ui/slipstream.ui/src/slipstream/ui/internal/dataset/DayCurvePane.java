package slipstream.ui.internal.dataset;

import java.time.ZoneId;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.util.StringConverter;
import slipstream.proto.v1.DayCurve;
import slipstream.proto.v1.DayCurveKind;
import slipstream.proto.v1.GetDayCurveRequest;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.DayCurvePlot;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.ThemeService;

/** The spread or the volume through the day, with the columns, bins and time zone that it is made of. */
final class DayCurvePane extends BorderPane {
  private static final List<Integer> BINS = List.of(60, 300, 900, 1800, 3600);
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "America/New_York",
          "America/Chicago",
          "Europe/London",
          "Europe/Berlin",
          "Europe/Istanbul",
          "America/Sao_Paulo",
          "Asia/Shanghai",
          "Asia/Hong_Kong",
          "Asia/Tokyo");
  private static final int FEW = 2;

  private final PlotsViewModel model;
  private final DayCurveKind kind;
  private final DayCurvePlot plot;
  private final StatePane state;
  private final ComboBox<String> first = new ComboBox<>();
  private final ComboBox<String> second = new ComboBox<>();
  private final ComboBox<Integer> bins = new ComboBox<>();
  private final ComboBox<String> zone = new ComboBox<>();
  private final Label note = new Label();
  private String instrument;
  private boolean started;
  private boolean filling;

  DayCurvePane(PlotsViewModel model, DayCurveKind kind, String instrument, ThemeService themes) {
    this.model = model;
    this.kind = kind;
    this.instrument = instrument;
    plot = new DayCurvePlot(themes.themeProperty());
    plot.setId(spread() ? "spread-curve" : "volume-curve");
    state = new StatePane(plot);
    BorderPane framed = new BorderPane(state);
    framed.getStyleClass().add("plots");
    setCenter(framed);
    for (ComboBox<String> each : List.of(first, second)) {
      each.getItems().setAll(model.plottable());
      each.setOnAction(event -> read());
    }
    bins.getItems().setAll(BINS);
    bins.setValue(900);
    bins.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(Integer seconds) {
            return seconds == null ? "" : seconds / 60 + " min";
          }

          @Override
          public Integer fromString(String text) {
            return null;
          }
        });
    bins.setOnAction(event -> read());
    zone.setEditable(true);
    zone.getItems().setAll(ZONES);
    String own = ZoneId.systemDefault().getId();
    if (!zone.getItems().contains(own)) {
      zone.getItems().add(own);
    }
    zone.setValue("UTC");
    zone.setTooltip(new Tooltip("The time zone of the day"));
    zone.setOnAction(event -> read());
    note.getStyleClass().add("muted");
    HBox bar = new HBox(8);
    if (spread()) {
      bar.getChildren().addAll(new Label("Bid"), first, new Label("Ask"), second);
    } else {
      bar.getChildren().addAll(new Label("Volume"), first);
    }
    bar.getChildren().addAll(new Label("Bins"), bins, new Label("Zone"), zone, note);
    bar.setAlignment(Pos.CENTER_LEFT);
    bar.getStyleClass().add("filter-bar");
    setTop(bar);
  }

  private boolean spread() {
    return kind == DayCurveKind.DAY_CURVE_KIND_SPREAD;
  }

  void setInstrument(String name) {
    instrument = name;
    if (started && getScene() != null) {
      read();
    } else {
      started = false;
    }
  }

  void start() {
    if (!started) {
      started = true;
      read();
    }
  }

  private void read() {
    if (filling) {
      return;
    }
    GetDayCurveRequest.Builder request =
        GetDayCurveRequest.newBuilder()
            .setName(model.dataset().getName())
            .setKind(kind)
            .setInstrument(instrument)
            .setBinSeconds(bins.getValue())
            .setTimeZone(zone.getValue() == null ? "UTC" : zone.getValue().strip());
    String one = first.getValue() == null ? "" : first.getValue();
    String two = second.getValue() == null ? "" : second.getValue();
    if (!spread()) {
      request.setVolumeColumn(one);
    } else if (!one.isEmpty() && (two.isEmpty() || two.equals(one))) {
      request.setSpreadColumn(one); // a column that is a spread already
    } else {
      request.setBidColumn(one).setAskColumn(two);
    }
    model.curve(
        request.build(),
        this::show,
        error ->
            state.showError(
                spread() ? "No spread can be drawn" : "No volume can be drawn", error, null),
        busy -> {
          if (busy) {
            state.showLoading();
          }
        });
  }

  private void show(DayCurve curve) {
    filling = true;
    try {
      GetDayCurveRequest taken = curve.getRequest();
      if (spread()) {
        boolean quotes = !taken.getBidColumn().isEmpty();
        first.setValue(quotes ? taken.getBidColumn() : taken.getSpreadColumn());
        second.setValue(quotes ? taken.getAskColumn() : null);
      } else {
        first.setValue(taken.getVolumeColumn());
      }
    } finally {
      filling = false;
    }
    long used = curve.getBinsList().stream().filter(each -> each.getCount() > 0).count();
    if (curve.getRows() == 0) {
      state.showEmpty(
          "fth-clock", "Nothing is known", "These columns have no known value here.", null, null);
      return;
    }
    note.setText(
        Formats.count(curve.getRows())
            + " rows on "
            + Formats.count(curve.getDays())
            + (curve.getDays() == 1 ? " day" : " days")
            + (curve.getSampledEvery() > 1
                ? "; quartiles of every " + curve.getSampledEvery() + "th row"
                : "")
            + (used < FEW ? "; all at one time of day" : ""));
    plot.show(curve);
    state.showContent();
  }
}
