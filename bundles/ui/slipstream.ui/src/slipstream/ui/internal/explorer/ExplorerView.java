package slipstream.ui.internal.explorer;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.control.TreeCell;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.util.Duration;
import org.eclipse.e4.core.di.annotations.Optional;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.di.UIEventTopic;
import org.eclipse.e4.ui.workbench.modeling.ESelectionService;
import slipstream.proto.v1.RunState;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.explorer.ExplorerViewModel.DatasetItem;
import slipstream.ui.internal.explorer.ExplorerViewModel.ExperimentItem;
import slipstream.ui.internal.explorer.ExplorerViewModel.Item;
import slipstream.ui.internal.explorer.ExplorerViewModel.ModelItem;
import slipstream.ui.internal.explorer.ExplorerViewModel.RunItem;
import slipstream.ui.internal.explorer.ExplorerViewModel.SearchItem;
import slipstream.ui.internal.run.RunActions;
import slipstream.ui.internal.run.RunMonitor;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** The tree of the workspace. */
public final class ExplorerView {
  /** A heading of the tree. */
  private record Group(String title, String icon, String whenEmpty) {}

  /** Stands below a heading that has nothing. */
  private record Hint(String text) {}

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private Editors editors;
  @Inject private DialogService dialogs;
  @Inject private NotificationService notifications;
  @Inject private RunActions runs;
  @Inject @Optional private ESelectionService selection;

  private ExplorerViewModel model;
  private TreeView<Object> tree;
  private StatePane state;
  private Timeline clock;

  @PostConstruct
  void create(BorderPane parent) {
    model = new ExplorerViewModel(services, executor);
    TreeItem<Object> root = new TreeItem<>();
    root.getChildren()
        .add(
            group(
                new Group("Experiments", "fth-file-text", "New experiment: Ctrl+N"),
                model.experiments()));
    root.getChildren()
        .add(
            group(
                new Group("Datasets", "fth-database", "A run imports its data here"),
                model.datasets()));
    root.getChildren()
        .add(
            group(
                new Group("Runs", "fth-activity", "Open an experiment and run it"), model.runs()));
    root.getChildren()
        .add(
            group(
                new Group("Searches", "fth-crosshair", "An experiment with a section 'search'"),
                model.searches()));
    root.getChildren()
        .add(
            group(
                new Group("Models", "fth-box", "Each run leaves its models here"), model.models()));
    tree = new TreeView<>(root);
    tree.setId("explorer-tree");
    tree.setShowRoot(false);
    tree.setCellFactory(view -> new Cell());
    tree.getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            item -> {
              if (selection != null && item != null && item.getValue() instanceof Item value) {
                selection.setSelection(value);
              }
            });
    tree.setOnKeyPressed(
        event -> {
          TreeItem<Object> item = tree.getSelectionModel().getSelectedItem();
          if (item == null || !(item.getValue() instanceof Item value)) {
            return;
          }
          if (event.getCode() == KeyCode.ENTER) {
            open(value);
            event.consume();
          } else if (event.getCode() == KeyCode.DELETE && value instanceof ExperimentItem e) {
            delete(e);
            event.consume();
          }
        });
    state = new StatePane(tree);
    parent.setCenter(state);
    model.loadedProperty().subscribe(this::show);
    model.errorProperty().subscribe(this::show);
    // "3 min ago" must not stay "just now".
    clock = new Timeline(new KeyFrame(Duration.seconds(15), event -> tree.refresh()));
    clock.setCycleCount(Timeline.INDEFINITE);
    clock.play();
    state.showLoading();
    model.refresh();
  }

  @PreDestroy
  void close() {
    clock.stop();
  }

  @Focus
  void focus() {
    tree.requestFocus();
  }

  @Inject
  @Optional
  void workspaceChanged(@UIEventTopic(WorkspaceEvents.CHANGED) Object what) {
    if (model != null) {
      model.refresh();
    }
  }

  private void show() {
    if (!model.errorProperty().get().isEmpty() && !model.loadedProperty().get()) {
      state.showError(
          "The workspace cannot be listed", model.errorProperty().get(), model::refresh);
    } else if (model.loadedProperty().get()) {
      state.showContent();
    }
  }

  private TreeItem<Object> group(Group group, ObservableList<? extends Item> items) {
    TreeItem<Object> item = new TreeItem<>(group);
    item.setExpanded(true);
    Runnable fill =
        () -> {
          if (items.isEmpty()) {
            item.getChildren().setAll(List.of(new TreeItem<>(new Hint(group.whenEmpty()))));
          } else {
            TreeItem<Object> selected =
                tree == null ? null : tree.getSelectionModel().getSelectedItem();
            String keep =
                selected != null
                        && selected.getParent() == item
                        && selected.getValue() instanceof Item i
                    ? i.name()
                    : null;
            item.getChildren().setAll(items.stream().map(i -> new TreeItem<Object>(i)).toList());
            item.getChildren().stream()
                .filter(child -> ((Item) child.getValue()).name().equals(keep))
                .findFirst()
                .ifPresent(child -> tree.getSelectionModel().select(child));
          }
          if (tree != null) {
            tree.refresh();
          }
        };
    items.addListener((ListChangeListener<Item>) change -> fill.run());
    fill.run();
    return item;
  }

  private void open(Item item) {
    switch (item) {
      case ExperimentItem e -> editors.experiment(e.name());
      case RunItem r -> {
        if (r.run().getState() == RunState.RUN_STATE_SUCCEEDED) {
          editors.results(r.name());
        } else {
          editors.run(r.name());
        }
      }
      case DatasetItem d -> editors.dataset(d.name());
      case SearchItem s -> editors.search(s.name());
      case ModelItem m -> editors.model(m.name());
    }
  }

  private void delete(ExperimentItem item) {
    DialogService.Answer answer =
        dialogs.confirm(
            "Delete '" + item.name() + "'?",
            "The file is deleted. Its runs and models stay.",
            "Delete",
            null);
    if (answer == DialogService.Answer.YES) {
      model.delete(
          item.name(),
          () -> editors.closeExperiment(item.name()),
          problem -> dialogs.error("'" + item.name() + "' was not deleted", problem));
    }
  }

  private ContextMenu menu(Item item) {
    ContextMenu menu = new ContextMenu();
    MenuItem open = new MenuItem("Open", Icons.of("fth-corner-down-right", 14));
    open.setOnAction(event -> open(item));
    menu.getItems().add(open);
    switch (item) {
      case ExperimentItem e -> {
        MenuItem run = new MenuItem("Run", Icons.of("fth-play", 14));
        run.setOnAction(event -> runs.start(e.name()));
        MenuItem copy = new MenuItem("Duplicate", Icons.of("fth-copy", 14));
        copy.setOnAction(
            event ->
                model.duplicate(
                    e.experiment(),
                    editors::experiment,
                    problem -> notifications.show(NotificationService.Kind.ERROR, problem)));
        MenuItem delete = new MenuItem("Delete…", Icons.of("fth-trash-2", 14));
        delete.setOnAction(event -> delete(e));
        menu.getItems().addAll(run, new SeparatorMenuItem(), copy, delete);
      }
      case RunItem r -> {
        MenuItem progress = new MenuItem("Show progress", Icons.of("fth-activity", 14));
        progress.setOnAction(event -> editors.run(r.name()));
        MenuItem experiment = new MenuItem("Open experiment", Icons.of("fth-file-text", 14));
        experiment.setOnAction(event -> editors.experiment(r.run().getExperiment()));
        menu.getItems().addAll(progress, experiment);
      }
      case ModelItem m -> {
        MenuItem results = new MenuItem("Show results of its run", Icons.of("fth-bar-chart-2", 14));
        results.setDisable(m.model().getRun().isEmpty());
        results.setOnAction(event -> editors.results(m.model().getRun()));
        MenuItem explain = new MenuItem("Explain", Icons.of("fth-align-left", 14));
        explain.setOnAction(event -> editors.explain(m.name()));
        MenuItem curve = new MenuItem("Cost curve", Icons.of("fth-trending-up", 14));
        curve.setOnAction(event -> editors.curve(m.name()));
        menu.getItems().addAll(explain, curve, results);
      }
      case SearchItem s -> {
        MenuItem experiment = new MenuItem("Open experiment", Icons.of("fth-file-text", 14));
        experiment.setOnAction(event -> editors.experiment(s.search().getExperiment()));
        menu.getItems().add(experiment);
      }
      case DatasetItem d -> {}
    }
    MenuItem refresh = new MenuItem("Refresh", Icons.of("fth-refresh-cw", 14));
    refresh.setOnAction(event -> model.refresh());
    menu.getItems().addAll(new SeparatorMenuItem(), refresh);
    return menu;
  }

  private final class Cell extends TreeCell<Object> {
    Cell() {
      setOnMouseClicked(
          event -> {
            if (event.getClickCount() == 2 && getItem() instanceof Item item) {
              open(item);
            }
          });
    }

    @Override
    protected void updateItem(Object value, boolean empty) {
      super.updateItem(value, empty);
      setText(null);
      setGraphic(null);
      setTooltip(null);
      setContextMenu(null);
      getStyleClass().removeAll("group", "hint");
      if (empty || value == null) {
        return;
      }
      switch (value) {
        case Group group -> {
          getStyleClass().add("group");
          int size =
              (int)
                  getTreeItem().getChildren().stream()
                      .filter(child -> child.getValue() instanceof Item)
                      .count();
          setGraphic(row(group.icon(), "", group.title(), size == 0 ? "" : String.valueOf(size)));
        }
        case Hint hint -> {
          getStyleClass().add("hint");
          setText(hint.text());
        }
        case Item item -> {
          String icon =
              switch (item) {
                case RunItem r -> RunMonitor.icon(r.run().getState());
                case ExperimentItem e -> "fth-file-text";
                case DatasetItem d -> "fth-database";
                case SearchItem s -> RunMonitor.icon(s.search().getState());
                case ModelItem m -> "fth-box";
              };
          String style =
              switch (item) {
                case RunItem r -> RunMonitor.style(r.run().getState());
                case SearchItem s -> RunMonitor.style(s.search().getState());
                default -> "";
              };
          setGraphic(row(icon, style, item.label(), item.detail(Instant.now())));
          String tip = item.tip().strip();
          setTooltip(tip.isEmpty() ? null : new Tooltip(item.name() + "\n" + tip));
          setContextMenu(menu(item));
        }
        default -> setText(value.toString().toLowerCase(Locale.ROOT));
      }
    }

    private HBox row(String iconCode, String iconStyle, String name, String detail) {
      Label label = new Label(name);
      label.getStyleClass().add("name");
      Region gap = new Region();
      HBox.setHgrow(gap, Priority.ALWAYS);
      Label right = new Label(detail);
      right.getStyleClass().add("detail");
      right.setMinWidth(Region.USE_PREF_SIZE);
      var icon = Icons.of(iconCode, 14);
      if (!iconStyle.isEmpty()) {
        icon.getStyleClass().add(iconStyle);
      }
      HBox row = new HBox(8, icon, label, gap, right);
      row.setAlignment(Pos.CENTER_LEFT);
      row.setMinWidth(0);
      row.prefWidthProperty().bind(tree.widthProperty().subtract(64));
      return row;
    }
  }
}
