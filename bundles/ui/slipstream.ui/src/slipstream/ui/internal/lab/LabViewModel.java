package slipstream.ui.internal.lab;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
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
import slipstream.proto.v1.Progress;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/**
 * An expression that is being tried on a dataset: each change is evaluated at once on some instruments, then on all rows,
 * and the evaluation before it is cancelled. UI thread only.
 */
public final class LabViewModel {
  private final String dataset;
  private final Services services;
  private final TaskExecutor executor;
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
  private BackgroundTask<?> evaluation;
  private int pixels = 800;

  public LabViewModel(String dataset, Services services, TaskExecutor executor) {
    this.dataset = dataset;
    this.services = services;
    this.executor = executor;
  }

  public String dataset() {
    return dataset;
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

  /** Fetches what is known of dataset and functions. */
  public void load() {
    loadError.set("");
    BackgroundTask.of(
            () -> {
              Dataset found =
                  services
                      .datasets()
                      .getDataset(GetDatasetRequest.newBuilder().setName(dataset).build());
              List<ExpressionFunction> all =
                  services
                      .features()
                      .listFunctions(ListFunctionsRequest.getDefaultInstance())
                      .getFunctionsList();
              executor.onUi(() -> functions.setAll(all));
              return found;
            })
        .onSuccess(about::set)
        .onFailure(failure -> loadError.set(Failures.line(failure)))
        .executeWith(executor);
  }

  /** Evaluates what is written now; whatever was under way is cancelled. */
  public void evaluate() {
    Streaming.cancel(evaluation);
    error.set("");
    progress.set(null);
    if (expression.get().isBlank()) {
      running.set(false);
      problem.set(null);
      result.set(null);
      return;
    }
    EvaluateExpressionRequest request =
        EvaluateExpressionRequest.newBuilder()
            .setDataset(dataset)
            .setExpression(expression.get())
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
  }
}
