package slipstream.ui.internal.experiment;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.Optional;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.Observable;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.eclipse.e4.core.services.events.IEventBroker;
import org.eclipse.e4.ui.di.Focus;
import org.eclipse.e4.ui.di.Persist;
import org.eclipse.e4.ui.di.PersistState;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.workbench.UIEvents;
import slipstream.proto.v1.Problem;
import slipstream.ui.internal.Editors;
import slipstream.ui.internal.WorkspaceEvents;
import slipstream.ui.internal.run.RunMonitor;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.StatePane;
import slipstream.ui.workbench.TaskExecutor;

/** An experiment as form and text side by side. */
public final class ExperimentView {
  private static final String MODE = "mode";
  private static final Duration QUIET = Duration.millis(250);

  @Inject private Services services;
  @Inject private TaskExecutor executor;
  @Inject private NotificationService notifications;
  @Inject private RunMonitor runs;
  @Inject private IEventBroker events;
  @Inject private Editors editors;
  @Inject private MPart part;

  private ExperimentViewModel model;
  private YamlEditor editor;
  private FormPane form;
  private final SplitPane split = new SplitPane();
  private String mode = "both";

  @PostConstruct
  void create(BorderPane parent) {
    model =
        new ExperimentViewModel(
            part.getPersistedState().getOrDefault(Editors.INPUT, part.getLabel()),
            services,
            executor);
    editor = new YamlEditor(model.textProperty());
    form = new FormPane(model, field -> editor.reveal(model.lineOf(field)));

    PauseTransition quiet = new PauseTransition(QUIET);
    quiet.setOnFinished(event -> model.validate());
    model.onTextChanged(quiet::playFromStart);
    model
        .dirtyProperty()
        .subscribe(
            dirty -> {
              part.setDirty(dirty);
              events.post(UIEvents.REQUEST_ENABLEMENT_UPDATE_TOPIC, UIEvents.ALL_ELEMENT_ID);
            });
    model
        .problems()
        .addListener((ListChangeListener<Problem>) change -> editor.mark(model.problems()));

    BorderPane content = new BorderPane();
    content.setTop(header());
    content.setCenter(split);
    split.getStyleClass().add("editor-split");
    content.setBottom(problemBar());
    mode = part.getPersistedState().getOrDefault(MODE, "both");
    arrange();
    StatePane state = new StatePane(content);
    parent.setCenter(state);
    model
        .loadErrorProperty()
        .subscribe(
            error -> {
              if (!error.isEmpty()) {
                state.showError("'" + model.name() + "' cannot be opened", error, model::load);
              }
            });
    model
        .loadedProperty()
        .subscribe(
            loaded -> {
              if (loaded) {
                state.showContent();
              }
            });
    state.showLoading();
    model.load();
  }

  private Node header() {
    Label validity = new Label();
    validity.setId("experiment-validity");
    validity.getStyleClass().add("badge");
    model
        .validityProperty()
        .subscribe(
            now -> {
              validity.getStyleClass().removeAll("valid", "invalid", "checking");
              switch (now) {
                case VALID -> {
                  validity.setText("Valid");
                  validity.setGraphic(Icons.of("fth-check", 12));
                  validity.getStyleClass().add("valid");
                }
                case INVALID -> {
                  int count = model.problems().size();
                  validity.setText(count == 1 ? "1 problem" : count + " problems");
                  validity.setGraphic(Icons.of("fth-alert-circle", 12));
                  validity.getStyleClass().add("invalid");
                }
                case CHECKING -> {
                  validity.setText("Checking");
                  validity.setGraphic(null);
                  validity.getStyleClass().add("checking");
                }
                case UNKNOWN -> {
                  validity.setText("Not checked");
                  validity.setGraphic(null);
                }
              }
            });
    Button run = new Button("Run", Icons.of("fth-play"));
    run.setId("run-experiment");
    run.getStyleClass().add("accent");
    run.setTooltip(new Tooltip("Save and run  (Ctrl+R)"));
    run.setOnAction(event -> run());
    run.disableProperty()
        .bind(
            model
                .startingProperty()
                .or(model.loadedProperty().not())
                .or(model.syntaxErrorProperty().isNotEmpty()));

    Button search = new Button("Search", Icons.of("fth-crosshair"));
    search.setId("search-experiment");
    search.setTooltip(
        new Tooltip("Save and look for better parameters, as the section 'search' says"));
    search.setOnAction(
        event ->
            model.search(
                started -> {
                  events.post(WorkspaceEvents.CHANGED, started.getName());
                  editors.search(started.getName());
                },
                problem -> notifications.show(NotificationService.Kind.ERROR, problem)));
    search.visibleProperty().bind(model.searchableProperty());
    search.managedProperty().bind(search.visibleProperty());
    search.disableProperty().bind(run.disableProperty());

    ToggleGroup group = new ToggleGroup();
    HBox modes =
        new HBox(
            toggle(group, "form", "Form", "left-pill"),
            toggle(group, "both", "Both", "center-pill"),
            toggle(group, "text", "YAML", "right-pill"));
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    Label title = new Label(model.name());
    title.getStyleClass().add("page-title");
    Button lab = new Button("Try a feature", Icons.of("fth-sliders", 14));
    lab.setId("experiment-lab");
    lab.setTooltip(
        new Tooltip("Feature lab on this experiment's data and series, as they are written here"));
    lab.setOnAction(event -> editors.experimentLab(model.name()));
    lab.disableProperty()
        .bind(model.loadedProperty().not().or(model.syntaxErrorProperty().isNotEmpty()));
    HBox header = new HBox(12, title, validity, gap, modes, lab, search, run);
    header.setAlignment(Pos.CENTER_LEFT);
    header.getStyleClass().add("page-header");
    return header;
  }

  private ToggleButton toggle(ToggleGroup group, String value, String label, String style) {
    ToggleButton button = new ToggleButton(label);
    button.getStyleClass().addAll(style, "small");
    button.setFocusTraversable(false);
    button.setToggleGroup(group);
    button.setSelected(value.equals(part.getPersistedState().getOrDefault(MODE, "both")));
    button.setOnAction(
        event -> {
          button.setSelected(true);
          mode = value;
          part.getPersistedState().put(MODE, value);
          arrange();
        });
    return button;
  }

  private void arrange() {
    switch (mode) {
      case "form" -> split.getItems().setAll(form);
      case "text" -> split.getItems().setAll(editor);
      default -> {
        split.getItems().setAll(form, editor);
        split.setDividerPositions(
            Double.parseDouble(part.getPersistedState().getOrDefault("divider", "0.5")));
      }
    }
  }

  private Node problemBar() {
    VBox bar = new VBox(2);
    bar.getStyleClass().add("problem-bar");
    Runnable show =
        () -> {
          bar.getChildren().clear();
          if (!model.syntaxErrorProperty().get().isEmpty()) {
            bar.getChildren().add(line(model.syntaxErrorProperty().get(), 0));
          } else {
            model.problems().stream()
                .limit(4)
                .forEach(p -> bar.getChildren().add(line(Failures.line(p), p.getLine())));
            if (model.problems().size() > 4) {
              bar.getChildren().add(new Label("and " + (model.problems().size() - 4) + " more"));
            }
          }
          bar.setVisible(!bar.getChildren().isEmpty());
          bar.setManaged(bar.isVisible());
        };
    model.problems().addListener((ListChangeListener<Problem>) change -> show.run());
    model.syntaxErrorProperty().subscribe(show);
    show.run();
    return bar;
  }

  private Node line(String text, int line) {
    var icon = Icons.of("fth-alert-circle", 14);
    icon.getStyleClass().add("severity-error");
    Hyperlink link = new Hyperlink(text, icon);
    link.setMnemonicParsing(false);
    link.setOnAction(event -> editor.reveal(line));
    return new StackPane(link) {
      {
        setAlignment(Pos.CENTER_LEFT);
      }
    };
  }

  /** Saves and starts a run; the run's tab opens by itself. */
  public void run() {
    model.run(
        runs::started, problem -> notifications.show(NotificationService.Kind.ERROR, problem));
  }

  /** The text as it is written, once it is loaded. */
  public Optional<String> text() {
    return model.loadedProperty().get()
        ? Optional.of(model.textProperty().get())
        : Optional.empty();
  }

  /**
   * Adds a series to the experiment, which is then unsaved; as soon as it is loaded.
   *
   * @param group features, given or targets
   */
  public void addSeries(String group, String name, String expression) {
    if (model.loadedProperty().get()) {
      model.addSeries(group, name, expression);
      return;
    }
    model
        .loadedProperty()
        .addListener(
            new InvalidationListener() {
              @Override
              public void invalidated(Observable loaded) {
                if (model.loadedProperty().get()) {
                  loaded.removeListener(this);
                  model.addSeries(group, name, expression);
                }
              }
            });
  }

  /** Called by the save command and when the tab closes; waits for the answer without freezing the window. */
  @Persist
  void save() {
    Object key = new Object();
    Optional<?>[] outcome = {null};
    model.save(
        problem -> {
          outcome[0] = problem;
          if (Platform.isNestedLoopRunning()) {
            Platform.exitNestedEventLoop(key, null);
          }
        });
    if (outcome[0] == null) {
      Platform.enterNestedEventLoop(key);
    }
    if (outcome[0] != null && outcome[0].isPresent()) {
      notifications.show(
          NotificationService.Kind.ERROR,
          "'" + model.name() + "' was not saved. " + outcome[0].get());
      throw new IllegalStateException("not saved: " + outcome[0].get());
    }
    events.post(WorkspaceEvents.CHANGED, model.name());
  }

  @PersistState
  void keep() {
    if (split.getDividerPositions().length == 1) {
      part.getPersistedState().put("divider", Double.toString(split.getDividerPositions()[0]));
    }
  }

  @Focus
  void focus() {
    editor.area().requestFocus();
  }
}
