package slipstream.ui.internal.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Experiment;
import slipstream.proto.v1.GetExperimentRequest;
import slipstream.proto.v1.GetExperimentSchemaRequest;
import slipstream.proto.v1.ListPluginsRequest;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.ParameterType;
import slipstream.proto.v1.Plugin;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.StartSearchRequest;
import slipstream.proto.v1.ValidateExperimentRequest;
import slipstream.ui.internal.run.RunMonitor;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/**
 * An experiment's text, and the form over it. The text is the model: the form is read from it and writes into it, so
 * that both views always agree.
 */
public final class ExperimentViewModel {
  /** What is known of the text's validity. */
  public enum Validity {
    UNKNOWN,
    CHECKING,
    VALID,
    INVALID
  }

  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final StringProperty text = new SimpleStringProperty("");
  private final ReadOnlyBooleanWrapper dirty = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper loaded = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper loadError = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper syntaxError = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Validity> validity =
      new ReadOnlyObjectWrapper<>(Validity.UNKNOWN);
  private final ObservableList<FormSection> sections = FXCollections.observableArrayList();
  private final ObservableList<Problem> problems = FXCollections.observableArrayList();
  private final ReadOnlyBooleanWrapper searchable = new ReadOnlyBooleanWrapper();
  private final BooleanProperty starting = new SimpleBooleanProperty();
  private final ObjectProperty<PluginDirectory> plugins =
      new SimpleObjectProperty<>(PluginDirectory.EMPTY);
  private YamlText yaml = YamlText.of("");
  private String savedText = "";
  private String etag = "";
  private long checks;
  private Runnable textChanged = () -> {};

  public ExperimentViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
    text.subscribe(
        (old, now) -> {
          yaml = YamlText.of(now);
          dirty.set(!now.equals(savedText));
          searchable.set(yaml.error().isEmpty() && yaml.keys(List.of()).contains("search"));
          readForm();
          textChanged.run();
        });
  }

  /** File name without its extension. */
  public String name() {
    return name;
  }

  public StringProperty textProperty() {
    return text;
  }

  public ReadOnlyBooleanProperty dirtyProperty() {
    return dirty.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty loadedProperty() {
    return loaded.getReadOnlyProperty();
  }

  /** Why the experiment could not be read; empty when it could. */
  public ReadOnlyStringProperty loadErrorProperty() {
    return loadError.getReadOnlyProperty();
  }

  /** Where the text is not YAML; empty when it is. */
  public ReadOnlyStringProperty syntaxErrorProperty() {
    return syntaxError.getReadOnlyProperty();
  }

  /** Whether the text says how to search for better parameters. */
  public ReadOnlyBooleanProperty searchableProperty() {
    return searchable.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Validity> validityProperty() {
    return validity.getReadOnlyProperty();
  }

  /** The form; replaced only when its shape changes. */
  public ObservableList<FormSection> sections() {
    return sections;
  }

  /** What the services found wrong, by line. */
  public ObservableList<Problem> problems() {
    return problems;
  }

  /** True from pressing Run until the run exists. */
  public BooleanProperty startingProperty() {
    return starting;
  }

  /** What the plug-ins offer. */
  public ReadOnlyObjectProperty<PluginDirectory> pluginsProperty() {
    return plugins;
  }

  /** Called after each change of the text; the view delays {@link #validate} with it. */
  public void onTextChanged(Runnable listener) {
    textChanged = listener;
  }

  // ---- loading, saving ----

  /** Reads the experiment and what the plug-ins say. */
  public void load() {
    loadError.set("");
    BackgroundTask.of(
            () -> {
              List<Plugin> found =
                  services
                      .system()
                      .listPlugins(ListPluginsRequest.getDefaultInstance())
                      .getPluginsList();
              String schema =
                  services
                      .experiments()
                      .getExperimentSchema(GetExperimentSchemaRequest.getDefaultInstance())
                      .getJson();
              return PluginDirectory.of(found, schema);
            })
        .onSuccess(
            directory -> {
              plugins.set(directory);
              readForm();
            })
        // Without it the form is plainer; the text can still be edited and run.
        .onFailure(failure -> {})
        .executeWith(executor);
    BackgroundTask.of(
            () ->
                services
                    .experiments()
                    .getExperiment(GetExperimentRequest.newBuilder().setName(name).build()))
        .onSuccess(
            experiment -> {
              savedText = experiment.getText();
              etag = experiment.getEtag();
              text.set(savedText);
              dirty.set(false);
              loaded.set(true);
              validate();
            })
        .onFailure(failure -> loadError.set(Failures.line(failure)))
        .executeWith(executor);
  }

  /**
   * Saves the text.
   *
   * @param done told, on the UI thread, of the outcome: empty, or what was wrong
   */
  public void save(Consumer<Optional<String>> done) {
    String saving = text.get();
    BackgroundTask.of(
            () ->
                services
                    .experiments()
                    .saveExperiment(
                        SaveExperimentRequest.newBuilder()
                            .setName(name)
                            .setText(saving)
                            .setEtag(etag)
                            .build()))
        .onSuccess(
            (Experiment saved) -> {
              savedText = saving;
              etag = saved.getEtag();
              dirty.set(!text.get().equals(savedText));
              done.accept(Optional.empty());
            })
        .onFailure(failure -> done.accept(Optional.of(Failures.line(failure))))
        .executeWith(executor);
  }

  // ---- checking ----

  /** Has the services check the text; a later check overtakes this one. */
  public void validate() {
    String checked = text.get();
    long check = ++checks;
    validity.set(Validity.CHECKING);
    BackgroundTask.of(
            () ->
                services
                    .experiments()
                    .validateExperiment(
                        ValidateExperimentRequest.newBuilder()
                            .setText(checked)
                            .setFile(name + ".slip.yaml")
                            .build())
                    .getProblemsList())
        .onSuccess(
            found -> {
              if (check == checks) {
                problems.setAll(found);
                validity.set(found.isEmpty() ? Validity.VALID : Validity.INVALID);
                markFields();
              }
            })
        .onFailure(
            failure -> {
              if (check == checks) {
                problems.clear();
                validity.set(Validity.UNKNOWN);
              }
            })
        .executeWith(executor);
  }

  private void markFields() {
    for (FormSection section : sections) {
      for (FormField field : section.fields()) {
        String message =
            problems.stream()
                .filter(p -> concerns(p.getKey(), field.key()))
                .findFirst()
                .map(
                    p ->
                        p.getRemedy().isEmpty()
                            ? p.getMessage()
                            : p.getMessage() + ". " + p.getRemedy())
                .orElse("");
        field.errorProperty().set(message);
      }
    }
  }

  private static boolean concerns(String problemKey, String fieldKey) {
    if (problemKey.isEmpty()) {
      return false;
    }
    String plain = problemKey.replaceAll("\\[(\\d+)]", ".$1");
    return plain.equals(fieldKey) || fieldKey.equals(plain + ".expression");
  }

  // ---- running ----

  /**
   * Saves and starts a run.
   *
   * @param started told of the run
   * @param failed told why there is none
   */
  public void run(Consumer<Run> started, Consumer<String> failed) {
    start(
        () ->
            services
                .runs()
                .startRun(
                    StartRunRequest.newBuilder()
                        .setExperiment(name)
                        .setThreads(RunMonitor.threads())
                        .build()),
        started,
        failed);
  }

  /**
   * Saves and starts a search for better parameters.
   *
   * @param started told of the search
   * @param failed told why there is none
   */
  public void search(Consumer<Search> started, Consumer<String> failed) {
    start(
        () ->
            services
                .searches()
                .startSearch(
                    StartSearchRequest.newBuilder()
                        .setExperiment(name)
                        .setThreads(RunMonitor.threads())
                        .build()),
        started,
        failed);
  }

  private <T> void start(Callable<T> call, Consumer<? super T> started, Consumer<String> failed) {
    if (starting.get()) {
      return;
    }
    starting.set(true);
    save(
        problem -> {
          if (problem.isPresent()) {
            starting.set(false);
            failed.accept(problem.get());
            return;
          }
          BackgroundTask.of(call)
              .title("Starting " + name)
              .onSuccess(started)
              .onFailure(failure -> failed.accept(Failures.line(failure)))
              .onFinished(() -> starting.set(false))
              .executeWith(executor);
        });
  }

  // ---- the form ----

  private void readForm() {
    Optional<YamlText.SyntaxError> error = yaml.error();
    syntaxError.set(
        error
            .map(e -> "Line " + e.line() + ", column " + e.column() + ": " + e.message())
            .orElse(""));
    if (error.isPresent()) {
      // The last good form stays, disabled by the view, until the text is YAML again.
      return;
    }
    List<FormSection> read = ExperimentForm.of(yaml, plugins.get());
    if (shape(read).equals(shape(sections))) {
      for (int i = 0; i < read.size(); i++) {
        List<FormField> from = read.get(i).fields();
        List<FormField> to = sections.get(i).fields();
        for (int j = 0; j < from.size(); j++) {
          to.get(j).valueProperty().set(from.get(j).valueProperty().get());
        }
      }
    } else {
      sections.setAll(read);
    }
    markFields();
  }

  private static String shape(List<FormSection> form) {
    return String.join("\n", form.stream().map(FormSection::shape).toList());
  }

  /** Writes a value from the form into the text; an empty optional value falls back to its default. */
  public void set(FormField field, String value) {
    String now = yaml.value(field.path()).orElse("");
    if (value.equals(now)
        || yaml.error().isPresent()
        || sameNumber(field.parameter(), value, now)) {
      return;
    }
    if (value.isBlank() && !field.parameter().getRequired()) {
      text.set(yaml.remove(field.path()).text());
      return;
    }
    text.set(yaml.set(field.path(), parse(field.parameter(), value)).text());
  }

  /** While a person types "0.", the text keeps 0. */
  private static boolean sameNumber(Parameter parameter, String value, String now) {
    return isNumber(parameter.getType())
        && !now.isEmpty()
        && !value.isBlank()
        && number(value.strip()) instanceof Number typed
        && number(now) instanceof Number kept
        && typed.doubleValue() == kept.doubleValue();
  }

  private static Object parse(Parameter parameter, String value) {
    String word = value.strip();
    return switch (parameter.getType()) {
      case PARAMETER_TYPE_INTEGER, PARAMETER_TYPE_NUMBER -> number(word);
      case PARAMETER_TYPE_BOOLEAN -> Boolean.valueOf(word);
      case PARAMETER_TYPE_TEXT_LIST -> {
        List<Object> list = new ArrayList<>();
        for (String each : word.split(",")) {
          if (!each.isBlank()) {
            list.add(each.strip());
          }
        }
        yield list;
      }
      case PARAMETER_TYPE_TEXT_MAP -> {
        java.util.LinkedHashMap<String, Object> map = new java.util.LinkedHashMap<>();
        for (String each : word.split(",")) {
          int colon = each.indexOf(':');
          if (colon > 0) {
            map.put(each.substring(0, colon).strip(), each.substring(colon + 1).strip());
          }
        }
        yield map;
      }
      default -> word;
    };
  }

  /** A number where the word is one; else the word, for the services to complain about. */
  private static Object number(String word) {
    try {
      return Long.valueOf(word);
    } catch (NumberFormatException notWhole) {
      try {
        return Double.valueOf(word);
      } catch (NumberFormatException notANumber) {
        return word;
      }
    }
  }

  /** Adds a definition (a feature, a given, a target) under a name that is free. */
  public void addDefinition(FormSection section, String wantedName, String expression) {
    if (yaml.error().isEmpty()) {
      text.set(
          yaml.set(
                  ExperimentForm.append(section.path(), free(section.path(), wantedName)),
                  expression)
              .text());
    }
  }

  /**
   * Adds a series under a name that is free.
   *
   * @param group features, given or targets
   */
  public void addSeries(String group, String wantedName, String expression) {
    List<Object> path = List.of(group);
    if (yaml.error().isEmpty()) {
      text.set(yaml.set(ExperimentForm.append(path, free(path, wantedName)), expression).text());
    }
  }

  /** Adds a model trained by a trainer. */
  public void addModel(String trainer) {
    if (yaml.error().isEmpty()) {
      java.util.LinkedHashMap<String, Object> use = new java.util.LinkedHashMap<>();
      use.put("trainer", trainer);
      String base = trainer.contains("tree") ? "trees" : trainer.replaceAll("[^a-z0-9_]", "_");
      text.set(yaml.set(List.of("models", free(List.of("models"), base)), use).text());
    }
  }

  private String free(List<?> group, String wanted) {
    List<String> taken = yaml.keys(group);
    String free = wanted;
    for (int i = 2; taken.contains(free); i++) {
      free = wanted + "_" + i;
    }
    return free;
  }

  /** Removes a section or a definition. */
  public void remove(List<Object> path) {
    if (yaml.error().isEmpty()) {
      text.set(yaml.remove(path).text());
    }
  }

  /** The line of a field in the text, from 1; 0 when it is not there. */
  public int lineOf(FormField field) {
    return yaml.line(field.path());
  }

  /** Whether values of this type are numbers. */
  static boolean isNumber(ParameterType type) {
    return type == ParameterType.PARAMETER_TYPE_INTEGER
        || type == ParameterType.PARAMETER_TYPE_NUMBER;
  }
}
