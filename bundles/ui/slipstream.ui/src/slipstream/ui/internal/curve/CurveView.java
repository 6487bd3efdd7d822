package slipstream.ui.internal.curve;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.PredictedCurve;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.CurvesPlot;
import slipstream.ui.internal.charts.Palette;
import slipstream.ui.internal.curve.CurveViewModel.Range;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.ThemeService;

/** Cost against an order's size, with sliders for all else, several models over one another. */
public final class CurveView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private NotificationService notifications;
  @Inject private Editors editors;
  @Inject private ThemeService themes;
  @Inject private MPart part;

  private CurveViewModel model;
  private CurvesPlot plot;
  private final VBox sliders = new VBox(12);
  private final VBox legend = new VBox(4);
  private final Label following = new Label();
  private final ComboBox<String> varied = new ComboBox<>();
  private final CheckBox logarithmic = new CheckBox("Log scale");

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new CurveViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    plot = new CurvesPlot(themes.themeProperty());
    plot.setId("cost-curve");
    VBox.setVgrow(plot, Priority.ALWAYS);
    legend.setId("curve-legend");
    following.setId("curve-following");
    following.setWrapText(true);
    following.setGraphic(Icons.of("fth-alert-triangle", 14));
    following.getStyleClass().add("question");
    following.visibleProperty().bind(following.textProperty().isNotEmpty());
    following.managedProperty().bind(following.visibleProperty());
    VBox right = new VBox(12, legend, following, plot);
    right.getStyleClass().add("page");
    SplitPane split = new SplitPane(left(), right);
    split.getStyleClass().add("editor-split");
    split.setDividerPositions(0.3);
    BorderPane content = new BorderPane(split);
    content.setTop(new VBox(header(), bar(), problems()));
    StatePane state = new StatePane(content);
    parent.setCenter(state);
    model
        .loadErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError(
                    "There is no cost curve of '" + model.name() + "'", error, model::load);
              }
            });
    model
        .ranges()
        .addListener(
            (ListChangeListener<Range>)
                change -> {
                  state.showContent();
                  showSliders();
                });
    model.variedProperty().subscribe(input -> showSliders());
    model.versionProperty().subscribe(version -> draw());
    themes.themeProperty().subscribe(theme -> draw());
    state.showLoading();
    model.load();
  }

  @PreDestroy
  void close() {
    model.close();
  }

  private Node header() {
    Label title = new Label(model.name());
    title.getStyleClass().add("page-title");
    title.setMinWidth(0);
    Button copy = new Button("Copy", Icons.of("fth-copy", 14));
    copy.getStyleClass().add("flat");
    copy.setTooltip(new Tooltip("The curves' points, for a spreadsheet"));
    copy.setOnAction(
        event -> {
          ClipboardContent content = new ClipboardContent();
          content.putString(model.table());
          Clipboard.getSystemClipboard().setContent(content);
          notifications.show(NotificationService.Kind.SUCCESS, "Copied");
        });
    Button open = new Button("Open model", Icons.of("fth-box", 14));
    open.getStyleClass().add("flat");
    open.setOnAction(event -> editors.model(model.name()));
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox header = new HBox(8, title, gap, open, copy);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private Node bar() {
    varied.setId("curve-input");
    varied.setPrefWidth(200);
    varied.setOnAction(event -> model.vary(varied.getValue()));
    model.variedProperty().subscribe(varied::setValue);
    logarithmic.setId("curve-log");
    logarithmic.setOnAction(event -> model.logarithmic(logarithmic.isSelected()));
    model.logarithmicProperty().subscribe(logarithmic::setSelected);
    ComboBox<String> other = new ComboBox<>(model.others());
    other.setId("curve-other");
    other.setPromptText("Lay another model over it");
    other.setPrefWidth(280);
    other.setOnAction(
        event -> {
          String chosen = other.getValue();
          if (chosen != null) {
            other.getSelectionModel().clearSelection();
            model.overlay(chosen);
          }
        });
    Label note = new Label();
    note.getStyleClass().add("muted");
    note.setMinWidth(0);
    note.textProperty().bind(model.noteProperty());
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox bar = new HBox(8, muted("Cost by"), varied, logarithmic, other, gap, note);
    bar.setAlignment(Pos.CENTER_LEFT);
    bar.getStyleClass().add("filter-bar");
    return bar;
  }

  private Node problems() {
    Label problem = new Label("", Icons.of("fth-alert-circle", 14));
    problem.setId("curve-problem");
    problem.setWrapText(true);
    problem.getStyleClass().add("filter-error");
    problem.textProperty().bind(model.problemProperty());
    problem.visibleProperty().bind(model.problemProperty().isNotEmpty());
    problem.managedProperty().bind(problem.visibleProperty());
    return problem;
  }

  private static Label muted(String text) {
    Label label = new Label(text);
    label.getStyleClass().add("muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  private Node left() {
    Label heading = new Label("Other inputs");
    heading.getStyleClass().add("section-title");
    Button reset = new Button("Medians", Icons.of("fth-rotate-ccw", 14));
    reset.getStyleClass().addAll("flat", "small");
    reset.setTooltip(new Tooltip("All sliders back to the medians"));
    reset.setOnAction(
        event -> {
          model.reset();
          showSliders();
        });
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox head = new HBox(8, heading, gap, reset);
    head.setAlignment(Pos.CENTER_LEFT);
    VBox box = new VBox(12, head, sliders);
    box.getStyleClass().add("page");
    ScrollPane scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    return scroll;
  }

  private void showSliders() {
    ObservableList<Range> ranges = model.ranges();
    List<String> names = ranges.stream().filter(Range::usable).map(Range::input).toList();
    if (!varied.getItems().equals(names)) {
      varied.getItems().setAll(names);
      varied.setValue(model.variedProperty().get());
    }
    logarithmic.setDisable(!model.logarithmPossible());
    sliders.getChildren().clear();
    for (Range range : ranges) {
      if (!range.input().equals(model.variedProperty().get())) {
        sliders.getChildren().add(slider(range));
      }
    }
  }

  private Node slider(Range range) {
    Label name = new Label(range.input());
    name.setMinWidth(0);
    Label value = new Label();
    value.getStyleClass().add("mono");
    value.setMinWidth(Region.USE_PREF_SIZE);
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    HBox head = new HBox(8, name, gap, value, muted(range.unit()));
    head.setAlignment(Pos.BASELINE_LEFT);
    value.setText(Formats.quantity(model.value(range.input())));
    if (!range.usable()) {
      return head;
    }
    Slider slider = new Slider(range.low(), range.high(), 0);
    slider.setId("slider-" + range.input());
    double at = model.value(range.input());
    slider.setValue(Double.isNaN(at) ? range.low() : at);
    slider.setBlockIncrement((range.high() - range.low()) / 20);
    slider
        .valueProperty()
        .addListener(
            (property, old, now) -> {
              value.setText(Formats.quantity(now.doubleValue()));
              model.set(range.input(), now.doubleValue());
            });
    return new VBox(2, head, slider);
  }

  private void draw() {
    List<Model> models = model.models();
    List<CurvesPlot.Curve> curves = new ArrayList<>();
    legend.getChildren().clear();
    PredictedCurve first = null;
    for (int i = 0; i < models.size(); i++) {
      PredictedCurve curve = model.curve(models.get(i).getName());
      if (curve == null) {
        continue;
      }
      first = first == null ? curve : first;
      boolean banded = CurveViewModel.banded(curve);
      curves.add(
          new CurvesPlot.Curve(
              CurveViewModel.label(models.get(i)),
              i,
              false,
              array(curve.getGridList()),
              array(curve.getPredictedList()),
              banded ? array(curve.getLowList()) : new double[0],
              banded ? array(curve.getHighList()) : new double[0]));
      legend.getChildren().add(line(models.get(i), i, curve));
    }
    if (first == null) {
      plot.show(List.of(), new CurvesPlot.Axes("", ""), Double.NaN);
      return;
    }
    List<String> stay = model.following();
    following.setText(
        stay.isEmpty()
            ? ""
            : "Computed from "
                + model.variedProperty().get()
                + ", but staying where the slider is: "
                + String.join(", ", stay)
                + ". No real order looks like this.");
    plot.logarithmic(model.logarithmicProperty().get());
    plot.show(
        curves,
        new CurvesPlot.Axes(
            first.getInput() + (first.getInputUnit().isEmpty() ? "" : ", " + first.getInputUnit()),
            "Predicted "
                + first.getTarget()
                + (first.getUnit().isEmpty() ? "" : ", " + first.getUnit())),
        Double.NaN);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private Node line(Model shown, int index, PredictedCurve curve) {
    Rectangle swatch = new Rectangle(10, 10, Palette.of(themes.theme()).model(index));
    swatch.setArcWidth(3);
    swatch.setArcHeight(3);
    Label label = new Label(CurveViewModel.label(shown));
    Label band = muted(CurveViewModel.band(curve));
    HBox line = new HBox(8, swatch, label, muted(shown.getTrainer()), band);
    line.setAlignment(Pos.CENTER_LEFT);
    line.setMinHeight(24);
    if (index > 0) {
      Button remove = new Button("", Icons.of("fth-x", 12));
      remove.getStyleClass().addAll("flat", "small");
      remove.setTooltip(new Tooltip("Take it away"));
      remove.setOnAction(event -> model.remove(shown.getName()));
      line.getChildren().add(remove);
    }
    return line;
  }
}
