package slipstream.ui.internal.dataset;

import java.util.ArrayList;
import java.util.List;
import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import slipstream.proto.v1.DayCurveKind;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.proto.v1.Series;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.TimeSeriesPlot;
import slipstream.ui.internal.charts.TimeSeriesPlot.Window;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.ThemeService;

/** Plots of a dataset: columns over time, the spread and the volume through the day. */
final class PlotsPane extends BorderPane {
  private static final int MOST_PLOTS = 4;
  private static final Duration QUIET = Duration.millis(40);

  private final PlotsViewModel model;
  private final ThemeService themes;
  private final InstrumentPicker instruments;
  private final VBox plots = new VBox(4);
  private final StatePane state;
  private final List<TimeSeriesPlot> shown = new ArrayList<>();
  private final PauseTransition quiet = new PauseTransition(QUIET);
  private final Label note = new Label();
  private DayCurvePane spread;
  private DayCurvePane volume;
  private boolean started;

  PlotsPane(PlotsViewModel model, InstrumentPicker instruments, ThemeService themes) {
    this.model = model;
    this.themes = themes;
    this.instruments = instruments;
    plots.getStyleClass().add("plots");
    state = new StatePane(plots);
    setCenter(state);
    setTop(bar());
    note.setId("plot-note");
    note.setTooltip(
        new Tooltip(
            "The least and the greatest value of each pixel. Lines break where nothing is known, and at gaps of more than"
                + " an hour and ten times the median spacing."));
    note.getStyleClass().add("muted");
    quiet.setOnFinished(event -> read());
    model.seriesProperty().subscribe(this::show);
    model
        .errorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("The series cannot be read", error, model::read);
              }
            });
    instruments
        .chosenProperty()
        .subscribe(
            (before, now) -> {
              if (started) {
                choose(now);
              }
            });
    widthProperty().subscribe(() -> quiet.playFromStart());
  }

  /** Fetches what is shown, once somebody looks. */
  void start() {
    if (!started) {
      started = true;
      choose(instruments.chosenProperty().get());
    }
  }

  private void choose(String instrument) {
    state.showLoading();
    model.setInstrument(instrument);
    if (spread != null) {
      spread.setInstrument(instrument);
      volume.setInstrument(instrument);
    }
  }

  private void read() {
    if (started) {
      model.setPixels(shown.isEmpty() ? 1000 : shown.getFirst().pixels());
      model.read();
    }
  }

  private Node bar() {
    ToggleGroup kinds = new ToggleGroup();
    ToggleButton series = toggle("Series", "plot-series", kinds);
    ToggleButton spreads = toggle("Spread by time of day", "plot-spread", kinds);
    ToggleButton volumes = toggle("Volume by time of day", "plot-volume", kinds);
    series.getStyleClass().add("left-pill");
    spreads.getStyleClass().add("center-pill");
    volumes.getStyleClass().add("right-pill");
    series.setSelected(true);
    MenuButton columns = new MenuButton("Columns");
    columns.setId("plot-columns");
    for (String name : model.plottable()) {
      CheckMenuItem item = new CheckMenuItem(name);
      item.setMnemonicParsing(false);
      item.setSelected(model.columns().contains(name));
      item.setOnAction(
          event -> {
            if (item.isSelected() && model.columns().size() < MOST_PLOTS) {
              model.columns().add(name);
            } else {
              item.setSelected(false);
              model.columns().remove(name);
            }
            model.read();
          });
      columns.getItems().add(item);
    }
    Button all = new Button("Show all", Icons.of("fth-maximize-2", 14));
    all.setId("plot-all");
    all.getStyleClass().add("flat");
    all.setTooltip(new Tooltip("The whole time of the instrument (Home)"));
    all.setOnAction(event -> reset());
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox pills = new HBox(series, spreads, volumes);
    pills.setAlignment(Pos.CENTER_LEFT);
    HBox bar = new HBox(8, pills, instruments, columns, all, gap, note);
    bar.setAlignment(Pos.CENTER_LEFT);
    bar.getStyleClass().add("filter-bar");
    kinds
        .selectedToggleProperty()
        .subscribe(
            (before, now) -> {
              if (now == null) {
                kinds.selectToggle(before);
                return;
              }
              boolean overTime = now == series;
              for (Region each : List.of(columns, all, note)) {
                each.setVisible(overTime);
                each.setManaged(overTime);
              }
              if (overTime) {
                setCenter(state);
                return;
              }
              String instrument = instruments.chosenProperty().get();
              if (spread == null) {
                spread =
                    new DayCurvePane(model, DayCurveKind.DAY_CURVE_KIND_SPREAD, instrument, themes);
                volume =
                    new DayCurvePane(model, DayCurveKind.DAY_CURVE_KIND_VOLUME, instrument, themes);
              }
              DayCurvePane pane = now == spreads ? spread : volume;
              setCenter(pane);
              pane.start();
            });
    return bar;
  }

  private static ToggleButton toggle(String text, String id, ToggleGroup group) {
    ToggleButton button = new ToggleButton(text);
    button.setId(id);
    button.setToggleGroup(group);
    return button;
  }

  private void reset() {
    model.windowProperty().set(null);
    read();
  }

  private void moved(TimeSeriesPlot source, Window window) {
    model.windowProperty().set(window);
    for (TimeSeriesPlot plot : shown) {
      if (plot != source) {
        plot.setWindow(window);
      }
    }
    quiet.playFromStart();
  }

  private void show(ReadSeriesResponse response) {
    if (response == null) {
      return;
    }
    if (response.getSeriesCount() == 0) {
      state.showEmpty(
          "fth-activity",
          "No column is chosen",
          "Choose up to four columns of numbers to see them over time.",
          null,
          () -> {});
      return;
    }
    while (shown.size() < response.getSeriesCount()) {
      TimeSeriesPlot plot = new TimeSeriesPlot(themes.themeProperty(), CellText::time);
      plot.setId("series-plot-" + shown.size());
      plot.onWindow(this::moved);
      plot.onReset(this::reset);
      VBox.setVgrow(plot, Priority.ALWAYS);
      shown.add(plot);
      plots.getChildren().add(plot);
    }
    while (shown.size() > response.getSeriesCount()) {
      plots.getChildren().remove(shown.removeLast());
    }
    for (int i = 0; i < shown.size(); i++) {
      Series series = response.getSeries(i);
      TimeSeriesPlot plot = shown.get(i);
      plot.setAxisTitle(i == shown.size() - 1);
      plot.show(
          series.getName(),
          series.getUnit(),
          response.getHasTime(),
          series.getTimesList().stream().mapToLong(Long::longValue).toArray(),
          series.getValuesList().stream().mapToDouble(Double::doubleValue).toArray(),
          i);
      // While a person zooms, the window has moved on since these points were asked for.
      Window now = model.windowProperty().get();
      plot.setWindow(
          now == null
              ? new Window(response.getFrom(), Math.max(response.getTo(), response.getFrom() + 1))
              : now);
    }
    Series first = response.getSeries(0);
    note.setText(
        Formats.count(first.getRows())
            + " rows, "
            + Formats.count(first.getValuesList().stream().filter(Double::isFinite).count())
            + " points");
    state.showContent();
  }
}
