package slipstream.ui.internal.run;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.ListChangeListener;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.BorderPane;
import javafx.util.Duration;
import org.eclipse.e4.core.di.annotations.Optional;
import org.eclipse.e4.ui.di.UIEventTopic;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunState;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** All runs of the workspace in a table. */
public final class RunsView {
  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private Editors editors;

  private RunsViewModel model;
  private Timeline clock;
  private final ObjectProperty<Instant> now = new SimpleObjectProperty<>(Instant.now());

  @PostConstruct
  void create(BorderPane parent) {
    model = new RunsViewModel(services, executor);
    TableView<Run> table = new TableView<>(model.runs());
    table.setId("runs-table");
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_LAST_COLUMN);
    table.getColumns().add(column("Run", 220, false, Run::getName));
    table.getColumns().add(state());
    table.getColumns().add(progress());
    table
        .getColumns()
        .add(column("Duration", 110, true, run -> RunsViewModel.duration(run, now.get())));
    table.getColumns().add(started());
    table.getColumns().add(column("Experiment", 200, false, Run::getExperiment));
    table.getColumns().add(column("Note", 260, false, RunsViewModel::note));
    table.setRowFactory(
        view -> {
          TableRow<Run> row = new TableRow<>();
          row.setOnMouseClicked(
              event -> {
                if (event.getClickCount() == 2 && !row.isEmpty()) {
                  open(row.getItem());
                }
              });
          return row;
        });
    table.setOnKeyPressed(
        event -> {
          Run run = table.getSelectionModel().getSelectedItem();
          if (event.getCode() == KeyCode.ENTER && run != null) {
            open(run);
          }
        });
    StatePane state = new StatePane(table);
    parent.setCenter(state);
    Runnable show =
        () -> {
          if (!model.errorProperty().get().isEmpty() && model.runs().isEmpty()) {
            state.showError(
                "The runs cannot be listed", model.errorProperty().get(), model::refresh);
          } else if (model.runs().isEmpty() && model.loadedProperty().get()) {
            state.showEmpty(
                "fth-activity",
                "No runs yet",
                "Open an experiment and run it. Each run is listed here with its state and time.",
                null,
                null);
          } else {
            state.showContent();
          }
        };
    model.runs().addListener((ListChangeListener<Run>) change -> show.run());
    model.errorProperty().subscribe(show);
    model.loadedProperty().subscribe(show);
    table.setPlaceholder(new Label());
    clock =
        new Timeline(
            new KeyFrame(
                Duration.seconds(1),
                event -> {
                  if (model.somethingRuns()) {
                    model.refresh();
                  }
                  // "3 min ago" must not stay "just now". Only the texts change: a refreshed table
                  // would build every cell anew.
                  now.set(Instant.now());
                }));
    clock.setCycleCount(Timeline.INDEFINITE);
    clock.play();
    model.refresh();
  }

  @PreDestroy
  void close() {
    clock.stop();
  }

  @Inject
  @Optional
  void workspaceChanged(@UIEventTopic(WorkspaceEvents.CHANGED) Object what) {
    if (model != null) {
      model.refresh();
    }
  }

  private void open(Run run) {
    if (run.getState() == RunState.RUN_STATE_SUCCEEDED) {
      editors.results(run.getName());
    } else {
      editors.run(run.getName());
    }
  }

  private TableColumn<Run, Run> column(
      String title, double width, boolean number, Function<Run, String> text) {
    TableColumn<Run, Run> column = new TableColumn<>(title);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(row.getValue()));
    column.setPrefWidth(width);
    column.setComparator(java.util.Comparator.comparing(text));
    if (number) {
      column.getStyleClass().add("number");
    }
    column.setCellFactory(
        c ->
            new TableCell<>() {
              {
                if (number) {
                  getStyleClass().add("number");
                }
                textProperty()
                    .bind(
                        Bindings.createStringBinding(
                            () -> getItem() == null ? null : text.apply(getItem()),
                            itemProperty(),
                            now));
              }
            });
    return column;
  }

  private TableColumn<Run, Run> started() {
    TableColumn<Run, Run> column =
        column(
            "Started",
            120,
            false,
            run ->
                run.hasCreateTime()
                    ? Formats.relative(Formats.instant(run.getCreateTime()), now.get())
                    : Formats.NOTHING);
    column.setCellFactory(
        c ->
            new TableCell<>() {
              private final Tooltip tip = new Tooltip();

              {
                textProperty()
                    .bind(
                        Bindings.createStringBinding(
                            () ->
                                getItem() == null || !getItem().hasCreateTime()
                                    ? null
                                    : Formats.relative(
                                        Formats.instant(getItem().getCreateTime()), now.get()),
                            itemProperty(),
                            now));
              }

              @Override
              protected void updateItem(Run run, boolean empty) {
                super.updateItem(run, empty);
                boolean known = !empty && run != null && run.hasCreateTime();
                if (known) {
                  tip.setText(Formats.absolute(Formats.instant(run.getCreateTime())));
                }
                setTooltip(known ? tip : null);
              }
            });
    return column;
  }

  private TableColumn<Run, Run> state() {
    TableColumn<Run, Run> column =
        column("State", 110, false, run -> RunMonitor.words(run.getState()));
    column.setCellFactory(
        c ->
            new TableCell<>() {
              private RunState shown;

              @Override
              protected void updateItem(Run run, boolean empty) {
                super.updateItem(run, empty);
                if (empty || run == null) {
                  shown = null;
                  setGraphic(null);
                  return;
                }
                if (run.getState() == shown) {
                  return;
                }
                shown = run.getState();
                String words = RunMonitor.words(run.getState());
                var icon = Icons.of(RunMonitor.icon(run.getState()), 12);
                icon.getStyleClass().add(RunMonitor.style(run.getState()));
                Label label =
                    new Label(
                        words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1), icon);
                setGraphic(label);
              }
            });
    return column;
  }

  private TableColumn<Run, Run> progress() {
    TableColumn<Run, Run> column = column("Progress", 140, false, run -> "");
    column.setSortable(false);
    column.setCellFactory(
        c ->
            new TableCell<>() {
              private final ProgressBar bar = new ProgressBar();

              {
                bar.setMaxWidth(Double.MAX_VALUE);
                bar.setPrefHeight(6);
              }

              @Override
              protected void updateItem(Run run, boolean empty) {
                super.updateItem(run, empty);
                if (empty || run == null || run.getState() != RunState.RUN_STATE_RUNNING) {
                  setGraphic(null);
                  return;
                }
                long total = run.getProgress().getTotal();
                bar.setProgress(total > 0 ? run.getProgress().getDone() / (double) total : -1);
                setGraphic(bar);
              }
            });
    return column;
  }
}
