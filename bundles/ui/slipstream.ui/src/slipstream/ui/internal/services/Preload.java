package slipstream.ui.internal.services;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import javafx.animation.PauseTransition;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.ToggleButton;
import javafx.scene.image.WritableImage;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import slipstream.ui.internal.charts.CalibrationPlot;
import slipstream.ui.internal.charts.ImportancePlot;
import slipstream.ui.internal.charts.LearningCurvePlot;
import slipstream.ui.internal.charts.ResidualsPlot;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.ThemeService;

/**
 * Builds one of each kind of control of the run and result views out of sight, a few at a time while the workbench is
 * idle: what the toolkit loads on first use, 100 to 200 ms, is then not paid in the middle of a run.
 */
final class Preload {
  private static final Duration AFTER_START = Duration.millis(400);
  private static final Duration BETWEEN = Duration.millis(30);

  private final Deque<Supplier<Node>> steps = new ArrayDeque<>();
  private final Scene scene;
  private final StackPane root = new StackPane();
  private final WritableImage picture = new WritableImage(900, 700);

  /**
   * @param shown the window's scene, whose style sheets are used
   */
  Preload(Scene shown, ThemeService themes) {
    root.getStyleClass().add("slipstream");
    scene = new Scene(root, 900, 700);
    scene.getStylesheets().setAll(shown.getStylesheets());
    double[] x = {1, 2};
    steps.add(() -> card(header(), new ProgressBar(0.4), new ProgressBar(-1)));
    steps.add(() -> card(new ListView<>(FXCollections.observableArrayList("a", "b"))));
    steps.add(Preload::table);
    steps.add(
        () -> {
          LearningCurvePlot plot = new LearningCurvePlot(themes.themeProperty());
          plot.show(
              List.of(new LearningCurvePlot.Series("a", 1, false, x, x, x)), "RMSE", Double.NaN);
          return card(plot);
        });
    steps.add(
        () -> {
          CalibrationPlot plot = new CalibrationPlot(themes.themeProperty());
          plot.show(
              List.of(
                  new CalibrationPlot.Series(
                      "a", 1, List.of(new CalibrationPlot.Bucket(1, 1, 1, 1)))),
              "bp");
          return card(plot);
        });
    steps.add(
        () -> {
          ImportancePlot importance = new ImportancePlot(themes.themeProperty());
          importance.show(List.of(new ImportancePlot.Bar("a", 1)), 1);
          ResidualsPlot residuals = new ResidualsPlot(themes.themeProperty());
          residuals.show("a", new double[] {0, 1, 2}, new long[] {1, 2}, "bp", 1);
          return card(importance, residuals);
        });
    steps.add(
        () -> {
          GridPane grid = new GridPane(12, 12);
          grid.add(new Label("a"), 0, 0);
          VBox page = new VBox(12, new FlowPane(24, 8, new Label("a")), new Hyperlink("a"), grid);
          page.getStyleClass().add("page");
          ScrollPane scroll = new ScrollPane(page);
          scroll.getStyleClass().add("edge-to-edge");
          return scroll;
        });
  }

  void start() {
    next(AFTER_START);
  }

  private void next(Duration wait) {
    PauseTransition pause = new PauseTransition(wait);
    pause.setOnFinished(
        event -> {
          Supplier<Node> step = steps.poll();
          if (step != null) {
            root.getChildren().setAll(step.get());
            // A picture of it is styled, laid out and rendered, as the real one will be.
            scene.snapshot(picture);
            next(BETWEEN);
          } else {
            root.getChildren().clear();
          }
        });
    pause.play();
  }

  private static VBox card(Node... content) {
    VBox card = new VBox(8, content);
    card.getStyleClass().add("card");
    return card;
  }

  private static HBox header() {
    Label title = new Label("a");
    title.getStyleClass().add("page-title");
    Label badge = new Label("a", Icons.of("fth-check", 12));
    badge.getStyleClass().addAll("badge", "run-running");
    Label number = new Label("1");
    number.getStyleClass().addAll("muted", "mono");
    Button accent = new Button("a", Icons.of("fth-play"));
    accent.getStyleClass().add("accent");
    Button flat = new Button("a", Icons.of("fth-file"));
    flat.getStyleClass().add("flat");
    ToggleButton pill = new ToggleButton("a");
    pill.getStyleClass().addAll("left-pill", "small");
    HBox header = new HBox(8, title, badge, number, flat, pill, accent);
    header.getStyleClass().add("page-header");
    return header;
  }

  private static Node table() {
    TableView<String> table = new TableView<>(FXCollections.observableArrayList("a", "b"));
    for (int i = 0; i < 3; i++) {
      TableColumn<String, String> column = new TableColumn<>("a");
      column.setCellValueFactory(row -> new ReadOnlyStringWrapper(row.getValue()));
      column.getStyleClass().add("number");
      table.getColumns().add(column);
    }
    return card(table);
  }
}
