package slipstream.ui.internal.explain;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.ExplainPredictionsRequest;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.GetPartialDependenceRequest;
import slipstream.proto.v1.Interaction;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.ListInteractionsRequest;
import slipstream.proto.v1.ListInteractionsResponse;
import slipstream.proto.v1.ListModelRowsRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.PartialDependence;
import slipstream.proto.v1.RowSource;
import slipstream.proto.v1.ScoreLink;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** One prediction of a model, taken apart: of a row of data, or of values that a person types. */
public final class ExplainViewModel {
  /** Bars that fit a screen; what is smaller stands together. */
  private static final int MOST_STEPS = 15;

  private static final int MOST_DATASETS = 200;
  private static final int CURVES = 30;

  /** Where rows come from. */
  public record Source(String label, RowSource source) {
    @Override
    public String toString() {
      return label;
    }
  }

  /**
   * An input with its value.
   *
   * @param value NaN where unknown
   * @param changed typed in place of the row's own
   */
  public record Input(String name, String unit, boolean given, double value, boolean changed) {}

  /**
   * A bar of the waterfall.
   *
   * @param input empty for base value, prediction and what stands together
   * @param value with its unit; may be empty
   * @param from where the bar begins on the score's scale
   * @param error of the contribution; 0 where exact
   * @param total true for the bars that start at nothing
   */
  public record Step(
      String input,
      String label,
      String value,
      double from,
      double to,
      double error,
      boolean total) {
    /** What it adds. */
    public double size() {
      return to - from;
    }
  }

  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<Model> model = new ReadOnlyObjectWrapper<>();
  private final ObservableList<Source> sources = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<Source> source = new ReadOnlyObjectWrapper<>();
  private final ObservableList<Input> inputs = FXCollections.observableArrayList();
  private final ObservableList<String> outputs = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper output = new ReadOnlyStringWrapper("");
  private final ReadOnlyLongWrapper totalRows = new ReadOnlyLongWrapper(-1);
  private final ReadOnlyLongWrapper rowNumber = new ReadOnlyLongWrapper(-1);
  private final ReadOnlyObjectWrapper<ExplainPredictionsResponse> answer =
      new ReadOnlyObjectWrapper<>();
  private final ObservableList<Step> steps = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper selected = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<PartialDependence> dependence = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<ListInteractionsResponse> interactions =
      new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper loadError = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper dataProblem = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper searching = new ReadOnlyBooleanWrapper();
  private BackgroundTask<?> explaining;
  private BackgroundTask<?> counting;
  private BackgroundTask<?> depending;
  private BackgroundTask<?> pairing;

  public ExplainViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
    sources.add(new Source("Training data", RowSource.getDefaultInstance()));
    source.set(sources.getFirst());
  }

  public String name() {
    return name;
  }

  /** What is explained; null until it is there. */
  public ReadOnlyObjectProperty<Model> modelProperty() {
    return model.getReadOnlyProperty();
  }

  /** Where rows may come from: the training data, then the datasets of the workspace. */
  public ObservableList<Source> sources() {
    return sources;
  }

  public ReadOnlyObjectProperty<Source> sourceProperty() {
    return source.getReadOnlyProperty();
  }

  /** The inputs in the model's order, with the values that are explained. */
  public ObservableList<Input> inputs() {
    return inputs;
  }

  /** Of a model of several; empty for one. */
  public ObservableList<String> outputs() {
    return outputs;
  }

  public ReadOnlyStringProperty outputProperty() {
    return output.getReadOnlyProperty();
  }

  /** Rows of the source; -1 while not known. */
  public ReadOnlyLongProperty totalRowsProperty() {
    return totalRows.getReadOnlyProperty();
  }

  /** The row that is shown, from 0; -1 for the archive's example. */
  public ReadOnlyLongProperty rowNumberProperty() {
    return rowNumber.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<ExplainPredictionsResponse> answerProperty() {
    return answer.getReadOnlyProperty();
  }

  /** From the base value to the prediction. */
  public ObservableList<Step> steps() {
    return steps;
  }

  /** The input whose dependence is shown; empty for none. */
  public ReadOnlyStringProperty selectedProperty() {
    return selected.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<PartialDependence> dependenceProperty() {
    return dependence.getReadOnlyProperty();
  }

  /** Null until they are asked for. */
  public ReadOnlyObjectProperty<ListInteractionsResponse> interactionsProperty() {
    return interactions.getReadOnlyProperty();
  }

  /** Why the model cannot be shown at all; empty when it can. */
  public ReadOnlyStringProperty loadErrorProperty() {
    return loadError.getReadOnlyProperty();
  }

  /** Why the last row or value could not be explained; what was shown stays. */
  public ReadOnlyStringProperty problemProperty() {
    return problem.getReadOnlyProperty();
  }

  /** Why there are no rows of data; values can be typed all the same. */
  public ReadOnlyStringProperty dataProblemProperty() {
    return dataProblem.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty busyProperty() {
    return busy.getReadOnlyProperty();
  }

  /** While interactions are looked for. */
  public ReadOnlyBooleanProperty searchingProperty() {
    return searching.getReadOnlyProperty();
  }

  /** Stops what is under way. */
  public void close() {
    Streaming.cancel(explaining);
    Streaming.cancel(counting);
    Streaming.cancel(depending);
    Streaming.cancel(pairing);
  }

  // ---- what is explained ----

  /** Fetches the model and explains the row that it keeps as an example. */
  public void load() {
    loadError.set("");
    BackgroundTask.of(
            () -> services.models().getModel(GetModelRequest.newBuilder().setName(name).build()))
        .onSuccess(this::take)
        .onFailure(failure -> loadError.set(Failures.line(failure)))
        .executeWith(executor);
    BackgroundTask.of(
            () ->
                services
                    .datasets()
                    .listDatasets(
                        ListDatasetsRequest.newBuilder().setPageSize(MOST_DATASETS).build())
                    .getDatasetsList())
        .onSuccess(
            found -> {
              List<Source> all = new ArrayList<>(List.of(sources.getFirst()));
              for (Dataset each : found) {
                all.add(
                    new Source(
                        each.getName(), RowSource.newBuilder().setDataset(each.getName()).build()));
              }
              sources.setAll(all);
            })
        .onFailure(failure -> {}) // The training data are offered all the same.
        .executeWith(executor);
  }

  private void take(Model loaded) {
    model.set(loaded);
    explain(ExplainPredictionsRequest.newBuilder(), -1, false);
    count();
  }

  /** Takes rows from elsewhere, beginning with the first. */
  public void show(Source chosen) {
    if (chosen == null || chosen.equals(source.get())) {
      return;
    }
    source.set(chosen);
    interactions.set(null);
    dependence.set(null);
    count();
    showRow(0);
  }

  private void count() {
    Streaming.cancel(counting);
    totalRows.set(-1);
    dataProblem.set("");
    ListModelRowsRequest request =
        ListModelRowsRequest.newBuilder()
            .setModel(name)
            .setSource(source.get().source())
            .setRowCount(1)
            .build();
    counting =
        Streaming.unary(() -> services.explanations().listModelRows(request).getTotalRows())
            .title("Computing inputs of " + name)
            .onSuccess(
                total -> {
                  totalRows.set(total);
                  depend();
                })
            .onFailure(failure -> dataProblem.set(Failures.line(failure)))
            .executeWith(executor);
  }

  /** Explains another output of a model of several. */
  public void showOutput(String chosen) {
    if (chosen == null || chosen.equals(output.get())) {
      return;
    }
    output.set(chosen);
    if (inputs.stream().anyMatch(Input::changed) || rowNumber.get() < 0) {
      explainValues();
    } else {
      showRow(rowNumber.get());
    }
  }

  /** Explains a row of the source. */
  public void showRow(long number) {
    explain(
        ExplainPredictionsRequest.newBuilder()
            .addRowNumbers(number)
            .setSource(source.get().source()),
        number,
        false);
  }

  /** The row before or after, as far as there is one. */
  public void step(long by) {
    long last = Math.max(0, totalRows.get() - 1);
    showRow(Math.clamp(rowNumber.get() + by, 0, last));
  }

  /**
   * Explains the row with another value of an input.
   *
   * @param text a number; blank or a dash where unknown
   * @return what is wrong with it; empty when nothing is
   */
  public String set(String input, String text) {
    String word = text.strip().replace(",", "").replace('−', '-');
    double value;
    try {
      value =
          word.isEmpty() || word.equals("-") || word.equals(Formats.NOTHING)
              ? Double.NaN
              : Double.parseDouble(word);
    } catch (NumberFormatException e) {
      return "'" + text.strip() + "' is not a number";
    }
    if (Double.isInfinite(value)) {
      return "An infinite value is not possible";
    }
    for (int i = 0; i < inputs.size(); i++) {
      Input each = inputs.get(i);
      if (each.name().equals(input) && Double.compare(each.value(), value) != 0) {
        inputs.set(i, new Input(each.name(), each.unit(), each.given(), value, true));
        explainValues();
        return "";
      }
    }
    return "";
  }

  /** The row as the data have it. */
  public void reset() {
    if (rowNumber.get() < 0) {
      explain(ExplainPredictionsRequest.newBuilder(), -1, false);
    } else {
      showRow(rowNumber.get());
    }
  }

  private void explainValues() {
    Struct.Builder row = Struct.newBuilder();
    for (Input each : inputs) {
      row.putFields(
          each.name(),
          Double.isNaN(each.value())
              ? Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()
              : Value.newBuilder().setNumberValue(each.value()).build());
    }
    explain(
        ExplainPredictionsRequest.newBuilder().addRows(row).setSource(source.get().source()),
        rowNumber.get(),
        true);
  }

  private void explain(ExplainPredictionsRequest.Builder request, long number, boolean typed) {
    Streaming.cancel(explaining);
    busy.set(true);
    ExplainPredictionsRequest built = request.setModel(name).setOutput(output.get()).build();
    BackgroundTask<ExplainPredictionsResponse> task =
        Streaming.unary(() -> services.explanations().explainPredictions(built));
    explaining = task;
    task.onSuccess(response -> explained(response, number, typed))
        .onFailure(failure -> problem.set(Failures.line(failure)))
        .onFinished(
            () -> {
              if (explaining == task) {
                busy.set(false);
              }
            })
        .executeWith(executor);
  }

  private void explained(ExplainPredictionsResponse response, long number, boolean typed) {
    problem.set("");
    rowNumber.set(number);
    Explanation explanation = response.getExplanations(0);
    List<Input> read = new ArrayList<>();
    for (int i = 0; i < explanation.getContributionsCount(); i++) {
      Contribution each = explanation.getContributions(i);
      boolean changed = typed && i < inputs.size() && inputs.get(i).changed();
      read.add(
          new Input(
              each.getInput(), each.getUnit(), given(each.getInput()), each.getValue(), changed));
    }
    inputs.setAll(read);
    if (!outputs.equals(response.getOutputsList())) {
      outputs.setAll(response.getOutputsList());
    }
    if (output.get().isEmpty()) {
      output.set(response.getOutput());
    }
    steps.setAll(steps(response));
    answer.set(response);
    boolean known = read.stream().anyMatch(each -> each.name().equals(selected.get()));
    if (!known) {
      steps.stream()
          .map(Step::input)
          .filter(each -> !each.isEmpty())
          .findFirst()
          .ifPresent(this::select);
    }
  }

  private boolean given(String input) {
    return model.get() != null
        && model.get().getInputsList().stream()
            .filter(each -> each.getName().equals(input))
            .anyMatch(ModelInput::getGiven);
  }

  /** The bars of an explanation: the base value, the contributions by falling size, the prediction. */
  static List<Step> steps(ExplainPredictionsResponse response) {
    Explanation explanation = response.getExplanations(0);
    List<Contribution> bySize =
        explanation.getContributionsList().stream()
            .sorted(
                Comparator.comparingDouble((Contribution c) -> Math.abs(c.getContribution()))
                    .reversed())
            .toList();
    List<Step> steps = new ArrayList<>();
    steps.add(new Step("", "Base value", "", 0, explanation.getBaseValue(), 0, true));
    double at = explanation.getBaseValue();
    int alone = bySize.size() > MOST_STEPS ? MOST_STEPS - 1 : bySize.size();
    for (Contribution each : bySize.subList(0, alone)) {
      String value =
          Formats.quantity(each.getValue())
              + (each.getUnit().isEmpty() || Double.isNaN(each.getValue())
                  ? ""
                  : " " + each.getUnit());
      double to = at + each.getContribution();
      steps.add(
          new Step(
              each.getInput(), each.getInput(), value, at, to, each.getStandardError(), false));
      at = to;
    }
    if (alone < bySize.size()) {
      double to = explanation.getScore();
      steps.add(new Step("", (bySize.size() - alone) + " others", "", at, to, 0, false));
    }
    String last =
        response.getLink() == ScoreLink.SCORE_LINK_IDENTITY
                || response.getLink() == ScoreLink.SCORE_LINK_UNSPECIFIED
            ? "Prediction"
            : "Score";
    steps.add(new Step("", last, "", 0, explanation.getScore(), 0, true));
    return steps;
  }

  /** Quantity and unit of what contributions are measured in. */
  public static String scale(ExplainPredictionsResponse response) {
    String target =
        response.getTarget() + (response.getOutput().isEmpty() ? "" : " " + response.getOutput());
    String unit = response.getUnit().isEmpty() ? "" : ", " + response.getUnit();
    return switch (response.getLink()) {
      case SCORE_LINK_LOG -> "log(" + target + unit + ")";
      case SCORE_LINK_LOGIT -> "log-odds of " + target;
      default -> target + unit;
    };
  }

  /** The unit of contributions: the target's where they add up to the prediction itself. */
  public static String unit(ExplainPredictionsResponse response) {
    return switch (response.getLink()) {
      case SCORE_LINK_LOG, SCORE_LINK_LOGIT -> "";
      default -> response.getUnit();
    };
  }

  /** How contributions were found, in a sentence. */
  public static String method(ExplainPredictionsResponse response) {
    String rows = Formats.count(response.getBackgroundRows()) + " rows of the data";
    return switch (response.getExplanations(0).getMethod()) {
      case EXPLANATION_METHOD_CONSTANT -> "The model predicts the same for every row";
      case EXPLANATION_METHOD_LINEAR -> "Terms of the linear model, against the training means";
      case EXPLANATION_METHOD_TREE_SHAP -> "Exact Shapley values (TreeSHAP, path-dependent)";
      case EXPLANATION_METHOD_EXACT_SHAPLEY -> "Exact Shapley values against " + rows;
      case EXPLANATION_METHOD_SAMPLED_SHAPLEY ->
          "Sampled Shapley values against " + rows + "; bars ± 2 standard errors";
      case EXPLANATION_METHOD_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  /** The explanation as a table for a spreadsheet. */
  public String table(char separator) {
    ExplainPredictionsResponse response = answer.get();
    if (response == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    line(text, separator, "input", "value", "unit", "contribution", "standard_error");
    Explanation row = response.getExplanations(0);
    line(text, separator, "base value", "", "", String.valueOf(row.getBaseValue()), "");
    for (Contribution each : row.getContributionsList()) {
      line(
          text,
          separator,
          each.getInput(),
          Double.isNaN(each.getValue()) ? "" : String.valueOf(each.getValue()),
          each.getUnit(),
          String.valueOf(each.getContribution()),
          String.valueOf(each.getStandardError()));
    }
    line(text, separator, "score", "", "", String.valueOf(row.getScore()), "");
    line(
        text,
        separator,
        "prediction",
        String.valueOf(row.getPrediction()),
        response.getUnit(),
        "",
        "");
    return text.toString();
  }

  private static void line(StringBuilder text, char separator, String... cells) {
    for (int i = 0; i < cells.length; i++) {
      String cell = cells[i];
      boolean quote = cell.indexOf(separator) >= 0 || cell.indexOf('"') >= 0;
      text.append(i == 0 ? "" : separator)
          .append(quote ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    text.append('\n');
  }

  // ---- on the whole ----

  /** Shows how the prediction depends on an input. */
  public void select(String input) {
    if (!input.isEmpty() && !input.equals(selected.get())) {
      selected.set(input);
      dependence.set(null);
      depend();
    }
  }

  private void depend() {
    Streaming.cancel(depending);
    if (selected.get().isEmpty() || totalRows.get() <= 0) {
      return;
    }
    GetPartialDependenceRequest request =
        GetPartialDependenceRequest.newBuilder()
            .setModel(name)
            .setInput(selected.get())
            .setSource(source.get().source())
            .setCurves(CURVES)
            .build();
    depending =
        Streaming.unary(() -> services.explanations().getPartialDependence(request))
            .onSuccess(dependence::set)
            .onFailure(
                failure -> {
                  if (!Failures.cancelled(failure)) {
                    problem.set(Failures.line(failure));
                  }
                })
            .executeWith(executor);
  }

  /** Finds the pairs of inputs that act together. */
  public void findInteractions() {
    if (searching.get() || totalRows.get() <= 0) {
      return;
    }
    searching.set(true);
    ListInteractionsRequest request =
        ListInteractionsRequest.newBuilder()
            .setModel(name)
            .setSource(source.get().source())
            .build();
    pairing =
        Streaming.unary(() -> services.explanations().listInteractions(request))
            .title("Finding interactions of " + name)
            .onSuccess(interactions::set)
            .onFailure(failure -> problem.set(Failures.line(failure)))
            .onFinished(() -> searching.set(false))
            .executeWith(executor);
  }

  /** A pair as text. */
  public static String pair(Interaction pair) {
    return pair.getFirst() + " × " + pair.getSecond();
  }
}
