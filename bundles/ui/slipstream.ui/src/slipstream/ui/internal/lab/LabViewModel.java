package slipstream.ui.internal.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.EvaluateExpressionEvent;
import slipstream.proto.v1.EvaluateExpressionRequest;
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.ExpressionResult;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.ListFunctionsRequest;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.PrepareDatasetEvent;
import slipstream.proto.v1.PrepareDatasetRequest;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.SeriesKind;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/**
 * An expression that is being tried on a dataset, or on the prepared data of an experiment beside its series: each change is evaluated at once on some instruments, then on all rows,
 * and the evaluation before it is cancelled. UI thread only.
 */
public final class LabViewModel {
  /** The parts of an experiment's text that say what its data are, with their comments. */
  private static final Pattern DATA_PARTS =
      Pattern.compile("(?m)^(?:data|prepare)[ \\t]*:.*(?:\\R(?:[ \\t#-].*|$))*");

  private final String experiment;
  private final Supplier<Optional<String>> unsaved;
  private final Services services;
  private final TaskExecutor executor;
  private String dataset;
  private String prepared = "";
  private String shownText = "";
  private final StringProperty expression = new SimpleStringProperty("");
  private final StringProperty target = new SimpleStringProperty("");
  private final StringProperty instrument = new SimpleStringProperty("");
  private final ReadOnlyObjectWrapper<Dataset> about = new ReadOnlyObjectWrapper<>();
  private final ObservableList<ExpressionFunction> functions = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<ExpressionResult> result = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<ExpressionProblem> problem = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper loadError = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Progress> progress = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper running = new ReadOnlyBooleanWrapper();
  private final ObservableList<NamedExpression> series = FXCollections.observableArrayList();
  private final ObjectProperty<SeriesKind> kind =
      new SimpleObjectProperty<>(SeriesKind.SERIES_KIND_FEATURE);
  private final ReadOnlyStringWrapper stale = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper preparing = new ReadOnlyStringWrapper("");
  private BackgroundTask<?> evaluation;
  private BackgroundTask<?> loading;
  private int pixels = 800;

  private LabViewModel(
      String dataset,
      String experiment,
      Supplier<Optional<String>> unsaved,
      Services services,
      TaskExecutor executor) {
    this.dataset = dataset;
    this.experiment = experiment;
    this.unsaved = unsaved;
    this.services = services;
    this.executor = executor;
  }

  /** A lab on a dataset. */
  public static LabViewModel onDataset(String dataset, Services services, TaskExecutor executor) {
    return new LabViewModel(dataset, "", Optional::empty, services, executor);
  }

  /**
   * A lab on an experiment.
   *
   * @param unsaved its text where it is open in an editor; else the file's counts
   */
  public static LabViewModel onExperiment(
      String experiment,
      Supplier<Optional<String>> unsaved,
      Services services,
      TaskExecutor executor) {
    return new LabViewModel("", experiment, unsaved, services, executor);
  }

  /** The dataset that expressions are tried on; empty until an experiment's is prepared. */
  public String dataset() {
    return dataset;
  }

  /** The experiment whose lab this is; empty for a dataset's. */
  public String experiment() {
    return experiment;
  }

  /** What it is called to people. */
  public String title() {
    return experiment.isEmpty() ? dataset : experiment;
  }

  /** The experiment's features, givens and targets; empty on a dataset. */
  public ObservableList<NamedExpression> series() {
    return series;
  }

  /** What the expression is to be: a feature may not look ahead. {@link #evaluate} after a change. */
  public ObjectProperty<SeriesKind> kindProperty() {
    return kind;
  }

  /** Why the experiment as it is now could not be taken over and an earlier state is shown; empty when it was. */
  public ReadOnlyStringProperty staleProperty() {
    return stale.getReadOnlyProperty();
  }

  /** How far the preparation of the data is, in words; empty when it is done. */
  public ReadOnlyStringProperty preparingProperty() {
    return preparing.getReadOnlyProperty();
  }

  /** What is tried; {@link #evaluate} after a change. */
  public StringProperty expressionProperty() {
    return expression;
  }

  /** What it is correlated with; may look ahead; empty for nothing. {@link #evaluate} after a change. */
  public StringProperty targetProperty() {
    return target;
  }

  /** Whose values are plotted; the first instrument when empty. {@link #evaluate} after a change. */
  public StringProperty instrumentProperty() {
    return instrument;
  }

  /** The dataset, once it is known. */
  public ReadOnlyObjectProperty<Dataset> aboutProperty() {
    return about.getReadOnlyProperty();
  }

  public ObservableList<ExpressionFunction> functions() {
    return functions;
  }

  /** The newest result; stays while a new one is on its way. */
  public ReadOnlyObjectProperty<ExpressionResult> resultProperty() {
    return result.getReadOnlyProperty();
  }

  /** What is wrong with expression or target, or null. */
  public ReadOnlyObjectProperty<ExpressionProblem> problemProperty() {
    return problem.getReadOnlyProperty();
  }

  /** Why it could not be evaluated, though nothing is wrong with it; empty for nothing. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty loadErrorProperty() {
    return loadError.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Progress> progressProperty() {
    return progress.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty runningProperty() {
    return running.getReadOnlyProperty();
  }

  public void setPixels(int count) {
    pixels = count;
  }

  /** Fetches what is known of dataset and functions; prepares an experiment's data. */
  public void load() {
    loadError.set("");
    Streaming.cancel(loading);
    BackgroundTask.of(
            () ->
                services
                    .features()
                    .listFunctions(ListFunctionsRequest.getDefaultInstance())
                    .getFunctionsList())
        .onSuccess(functions::setAll)
        // Without it nothing completes; expressions can still be tried.
        .onFailure(failure -> {})
        .executeWith(executor);
    if (!experiment.isEmpty()) {
      prepare(false);
      return;
    }
    BackgroundTask<Dataset> task =
        BackgroundTask.of(
                () ->
                    services
                        .datasets()
                        .getDataset(GetDatasetRequest.newBuilder().setName(dataset).build()))
            .onSuccess(about::set)
            .onFailure(failure -> loadError.set(Failures.line(failure)));
    loading = task;
    task.executeWith(executor);
  }

  /** Takes over what changed in the experiment; its data are prepared again only when they are others. */
  public void refresh() {
    String now = unsaved.get().orElse(shownText);
    if (!experiment.isEmpty() && about.get() != null && !now.equals(shownText)) {
      prepare(dataParts(now).equals(prepared));
    }
  }

  /** What an experiment's text says of its data: two texts with equal parts have the same data. */
  static String dataParts(String text) {
    return DATA_PARTS
        .matcher(text)
        .results()
        .map(part -> part.group().strip())
        .collect(Collectors.joining("\n"));
  }

  private void prepare(boolean seriesOnly) {
    String text = unsaved.get().orElse("");
    Streaming.cancel(loading);
    preparing.set(seriesOnly ? "" : "Preparing the data of " + experiment);
    List<BackgroundTask<?>> own = new ArrayList<>();
    BackgroundTask<Boolean> task =
        Streaming.task(
            () ->
                services
                    .features()
                    .prepareDataset(
                        PrepareDatasetRequest.newBuilder()
                            .setExperiment(experiment)
                            .setText(text)
                            .setSeriesOnly(seriesOnly)
                            .build()),
            event -> {
              executor.onUi(
                  () -> {
                    if (loading == own.getFirst()) {
                      take(event, text);
                    }
                  });
              return true;
            });
    own.add(task);
    loading = task;
    task.onSuccess(
            done -> {
              stale.set("");
              evaluate();
            })
        .onFailure(failure -> (about.get() == null ? loadError : stale).set(Failures.line(failure)))
        .onFinished(
            () -> {
              if (loading == task) {
                preparing.set("");
              }
            })
        .executeWith(executor);
  }

  private void take(PrepareDatasetEvent event, String text) {
    switch (event.getEventCase()) {
      case SERIES -> {
        shownText = text;
        series.setAll(event.getSeries().getSeriesList());
        if (about.get() == null && target.get().isEmpty()) {
          series.stream()
              .filter(each -> each.getKind() == SeriesKind.SERIES_KIND_TARGET)
              .findFirst()
              .ifPresent(each -> target.set(each.getName()));
        }
      }
      case PROGRESS ->
          preparing.set(
              event.getProgress().getStage()
                  + (event.getProgress().getTotal() > 0
                      ? ", "
                          + Math.round(
                              100.0
                                  * event.getProgress().getDone()
                                  / event.getProgress().getTotal())
                          + "%"
                      : ""));
      case DATASET -> {
        prepared = dataParts(text);
        dataset = event.getDataset().getName();
        about.set(event.getDataset());
      }
      default -> {}
    }
  }

  /** Evaluates what is written now; whatever was under way is cancelled. */
  public void evaluate() {
    Streaming.cancel(evaluation);
    error.set("");
    progress.set(null);
    if (expression.get().isBlank() || dataset.isEmpty()) {
      running.set(false);
      problem.set(null);
      result.set(null);
      return;
    }
    EvaluateExpressionRequest request =
        EvaluateExpressionRequest.newBuilder()
            .setDataset(dataset)
            .addAllDefinitions(series)
            .setExpression(expression.get())
            .setKind(kind.get())
            .setTarget(target.get())
            .setInstrument(instrument.get())
            .setPixels(pixels)
            .build();
    List<BackgroundTask<?>> own = new ArrayList<>();
    BackgroundTask<Boolean> task =
        Streaming.task(
            () -> services.features().evaluateExpression(request),
            event -> {
              executor.onUi(
                  () -> {
                    if (evaluation == own.getFirst()) {
                      take(event);
                    }
                  });
              return true;
            });
    own.add(task);
    evaluation = task;
    running.set(true);
    task.onFailure(failure -> error.set(Failures.line(failure)))
        .onFinished(
            () -> {
              if (evaluation == task) {
                running.set(false);
                progress.set(null);
              }
            })
        .executeWith(executor);
  }

  private void take(EvaluateExpressionEvent event) {
    switch (event.getEventCase()) {
      case PROGRESS -> progress.set(event.getProgress());
      case PROBLEM -> problem.set(event.getProblem());
      case RESULT -> {
        problem.set(null);
        result.set(event.getResult());
      }
      default -> {}
    }
  }

  /** The function that an expression calls at a place, innermost first; null when there is none. */
  public static String functionAt(String text, int caret) {
    int depth = 0;
    for (int i = Math.min(caret, text.length()) - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c == ')') {
        depth++;
      } else if (c == '(' && depth-- == 0) {
        int end = i;
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
          end--;
        }
        int start = end;
        while (start > 0 && Character.isJavaIdentifierPart(text.charAt(start - 1))) {
          start--;
        }
        if (start < end) {
          return text.substring(start, end);
        }
        depth = 0;
      }
    }
    int start = Math.min(caret, text.length());
    int end = start;
    while (start > 0 && Character.isJavaIdentifierPart(text.charAt(start - 1))) {
      start--;
    }
    while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
      end++;
    }
    return start < end ? text.substring(start, end) : null;
  }

  /** Which argument of the innermost call the caret is in, from 0. */
  public static int argumentAt(String text, int caret) {
    int depth = 0;
    int commas = 0;
    for (int i = Math.min(caret, text.length()) - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c == ')') {
        depth++;
      } else if (c == '(') {
        if (depth-- == 0) {
          return commas;
        }
      } else if (c == ',' && depth == 0) {
        commas++;
      }
    }
    return -1;
  }

  /** Ends what is under way. */
  public void close() {
    Streaming.cancel(evaluation);
    Streaming.cancel(loading);
  }
}
