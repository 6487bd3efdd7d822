package slipstream.ui.internal.curve;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.CurveBand;
import slipstream.proto.v1.GetCostCurveRequest;
import slipstream.proto.v1.GetInputRangesRequest;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.InputRange;
import slipstream.proto.v1.InputRanges;
import slipstream.proto.v1.ListModelsRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.PredictedCurve;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** What models predict along one input while the others stand where sliders are. */
public final class CurveViewModel {
  private static final int MOST_MODELS = 500;
  private static final int MOST_CURVES = 4;
  private static final int POINTS = 120;

  /** Words of inputs that are a measure of an order's size, the surest first. */
  private static final List<String> SIZE =
      List.of("participation", "size", "quantity", "notional", "flow", "volume", "imbalance");

  /**
   * An input with the range of its slider.
   *
   * @param median where the slider begins
   */
  public record Range(String input, String unit, double low, double median, double high) {
    boolean usable() {
      return low < high;
    }
  }

  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final Map<String, Model> models = new LinkedHashMap<>();
  private final Map<String, PredictedCurve> curves = new LinkedHashMap<>();
  private final Map<String, Double> values = new HashMap<>();
  private final ObservableList<Range> ranges = FXCollections.observableArrayList();
  private final ObservableList<String> others = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper varied = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper logarithmic = new ReadOnlyBooleanWrapper();
  private final ReadOnlyLongWrapper version = new ReadOnlyLongWrapper();
  private final ReadOnlyStringWrapper loadError = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper note = new ReadOnlyStringWrapper("");
  private final Map<String, BackgroundTask<?>> drawing = new HashMap<>();
  private BackgroundTask<?> ranging;

  public CurveViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  /** The inputs of all models that are shown, with their ranges. */
  public ObservableList<Range> ranges() {
    return ranges;
  }

  /** Models that can be laid over it: of the same target and unit, with the varied input. */
  public ObservableList<String> others() {
    return others;
  }

  /** The input on the x axis. */
  public ReadOnlyStringProperty variedProperty() {
    return varied.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty logarithmicProperty() {
    return logarithmic.getReadOnlyProperty();
  }

  /** Grows whenever curves change. */
  public ReadOnlyLongProperty versionProperty() {
    return version.getReadOnlyProperty();
  }

  /** Why the model cannot be shown at all; empty when it can. */
  public ReadOnlyStringProperty loadErrorProperty() {
    return loadError.getReadOnlyProperty();
  }

  /** Why the last curve could not be drawn; what was shown stays. */
  public ReadOnlyStringProperty problemProperty() {
    return problem.getReadOnlyProperty();
  }

  /** Where ranges are from. */
  public ReadOnlyStringProperty noteProperty() {
    return note.getReadOnlyProperty();
  }

  /** The shown models, the first one first. */
  public List<Model> models() {
    return List.copyOf(models.values());
  }

  /** The curve of a model; null while there is none. */
  public PredictedCurve curve(String model) {
    return curves.get(model);
  }

  /** Where an input's slider stands. */
  public double value(String input) {
    return values.getOrDefault(input, Double.NaN);
  }

  /** Stops what is under way. */
  public void close() {
    Streaming.cancel(ranging);
    drawing.values().forEach(Streaming::cancel);
  }

  // ---- models ----

  /** Fetches the model, where its inputs lie, and which others there are. */
  public void load() {
    loadError.set("");
    BackgroundTask.of(
            () -> services.models().getModel(GetModelRequest.newBuilder().setName(name).build()))
        .onSuccess(this::add)
        .onFailure(failure -> loadError.set(Failures.line(failure)))
        .executeWith(executor);
  }

  private void add(Model model) {
    if (model.getInputsCount() == 0) {
      loadError.set("The model needs no inputs: it predicts the same for every order.");
      return;
    }
    models.put(model.getName(), model);
    Streaming.cancel(ranging);
    GetInputRangesRequest request =
        GetInputRangesRequest.newBuilder().setModel(model.getName()).build();
    ranging =
        Streaming.unary(() -> services.explanations().getInputRanges(request))
            .title("Computing inputs of " + model.getName())
            .onSuccess(found -> take(model, found))
            .onFailure(
                failure -> {
                  if (!Failures.cancelled(failure)) {
                    take(model, ofExample(model));
                    note.set("Ranges are around the archive's example. " + Failures.line(failure));
                  }
                })
            .executeWith(executor);
  }

  /** Without data: from nothing to twice the example. */
  private static InputRanges ofExample(Model model) {
    InputRanges.Builder ranges = InputRanges.newBuilder();
    for (ModelInput input : model.getInputsList()) {
      Value value = model.getInputExample().getFieldsMap().get(input.getName());
      double at = value == null || !value.hasNumberValue() ? Double.NaN : value.getNumberValue();
      double reach = at == 0 ? 1 : Math.abs(at);
      ranges.addRanges(
          InputRange.newBuilder()
              .setInput(input.getName())
              .setUnit(input.getUnit())
              .setLow(at - reach)
              .setMedian(at)
              .setHigh(at + reach));
    }
    return ranges.build();
  }

  private void take(Model model, InputRanges found) {
    List<Range> all = new ArrayList<>(ranges);
    for (InputRange each : found.getRangesList()) {
      if (all.stream().noneMatch(range -> range.input().equals(each.getInput()))) {
        all.add(
            new Range(
                each.getInput(), each.getUnit(), each.getLow(), each.getMedian(), each.getHigh()));
        values.putIfAbsent(each.getInput(), each.getMedian());
      }
    }
    ranges.setAll(all);
    if (found.getRows() > 0) {
      note.set(
          "Sliders go from the 1% to the 99% quantile of "
              + Formats.count(found.getRows())
              + " training rows");
    }
    if (varied.get().isEmpty()) {
      varied.set(size(model, all));
      offer();
    }
    draw();
  }

  /** The input that is most likely an order's size: one that callers choose, or is named so. */
  static String size(Model model, List<Range> ranges) {
    List<String> usable = ranges.stream().filter(Range::usable).map(Range::input).toList();
    for (String word : SIZE) {
      for (ModelInput input : model.getInputsList()) {
        if (input.getGiven()
            && input.getName().contains(word)
            && usable.contains(input.getName())) {
          return input.getName();
        }
      }
    }
    for (ModelInput input : model.getInputsList()) {
      if (input.getGiven() && usable.contains(input.getName())) {
        return input.getName();
      }
    }
    for (String word : SIZE) {
      for (String each : usable) {
        if (each.contains(word)) {
          return each;
        }
      }
    }
    return usable.isEmpty() ? model.getInputs(0).getName() : usable.getFirst();
  }

  /** Which other models have a curve along the same input, of the same quantity. */
  private void offer() {
    Model first = models.get(name);
    if (first == null) {
      return;
    }
    BackgroundTask.of(
            () ->
                services
                    .models()
                    .listModels(ListModelsRequest.newBuilder().setPageSize(MOST_MODELS).build())
                    .getModelsList())
        .onSuccess(
            found ->
                others.setAll(
                    found.stream()
                        .filter(each -> !models.containsKey(each.getName()))
                        .filter(each -> each.getTarget().equals(first.getTarget()))
                        .filter(each -> each.getUnit().equals(first.getUnit()))
                        .filter(
                            each ->
                                each.getInputsList().stream()
                                    .anyMatch(input -> input.getName().equals(varied.get())))
                        .map(Model::getName)
                        .toList()))
        .onFailure(failure -> problem.set(Failures.line(failure)))
        .executeWith(executor);
  }

  /** Lays another model over it. */
  public void overlay(String other) {
    if (other == null || models.containsKey(other) || models.size() >= MOST_CURVES) {
      return;
    }
    others.remove(other);
    BackgroundTask.of(
            () -> services.models().getModel(GetModelRequest.newBuilder().setName(other).build()))
        .onSuccess(this::add)
        .onFailure(failure -> problem.set(Failures.line(failure)))
        .executeWith(executor);
  }

  /** Takes a model away; the first one stays. */
  public void remove(String other) {
    if (!other.equals(name) && models.remove(other) != null) {
      Streaming.cancel(drawing.remove(other));
      curves.remove(other);
      offer();
      version.set(version.get() + 1);
    }
  }

  /** Whether another one finds room. */
  public boolean roomForMore() {
    return models.size() < MOST_CURVES;
  }

  // ---- curves ----

  /** Varies another input. */
  public void vary(String input) {
    if (input != null && !input.equals(varied.get())) {
      varied.set(input);
      models.entrySet().removeIf(each -> !each.getKey().equals(name) && !has(each.getValue()));
      curves.keySet().retainAll(models.keySet());
      if (!logarithmPossible()) {
        logarithmic.set(false);
      }
      offer();
      draw();
    }
  }

  private boolean has(Model model) {
    return model.getInputsList().stream().anyMatch(each -> each.getName().equals(varied.get()));
  }

  /** Puts the points at even ratios or even distances. */
  public void logarithmic(boolean now) {
    if (now != logarithmic.get() && (!now || logarithmPossible())) {
      logarithmic.set(now);
      draw();
    }
  }

  /** Whether the varied input is above 0 everywhere. */
  public boolean logarithmPossible() {
    return range(varied.get()) != null && range(varied.get()).low() > 0;
  }

  private Range range(String input) {
    return ranges.stream().filter(each -> each.input().equals(input)).findFirst().orElse(null);
  }

  /** Moves a slider. */
  public void set(String input, double value) {
    if (Double.compare(values.getOrDefault(input, Double.NaN), value) != 0) {
      values.put(input, value);
      if (!input.equals(varied.get())) {
        draw();
      } else {
        version.set(version.get() + 1);
      }
    }
  }

  /** All sliders back to the medians. */
  public void reset() {
    ranges.forEach(each -> values.put(each.input(), each.median()));
    draw();
  }

  private void draw() {
    Range range = range(varied.get());
    if (range == null || !range.usable()) {
      problem.set(
          varied.get().isEmpty()
              ? ""
              : "'" + varied.get() + "' has one value in the data: there is nothing to vary.");
      return;
    }
    for (Model model : models.values()) {
      draw(model, range);
    }
  }

  private void draw(Model model, Range range) {
    Struct.Builder row = Struct.newBuilder();
    for (ModelInput input : model.getInputsList()) {
      double value = value(input.getName());
      row.putFields(
          input.getName(),
          Double.isNaN(value)
              ? Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()
              : Value.newBuilder().setNumberValue(value).build());
    }
    GetCostCurveRequest request =
        GetCostCurveRequest.newBuilder()
            .setModel(model.getName())
            .setInput(varied.get())
            .setRow(row)
            .setFrom(range.low())
            .setTo(range.high())
            .setPoints(POINTS)
            .setLogarithmic(logarithmic.get())
            .build();
    Streaming.cancel(drawing.get(model.getName()));
    drawing.put(
        model.getName(),
        Streaming.unary(() -> services.explanations().getCostCurve(request))
            .onSuccess(
                curve -> {
                  problem.set("");
                  curves.put(model.getName(), curve);
                  version.set(version.get() + 1);
                })
            .onFailure(
                failure -> {
                  if (!Failures.cancelled(failure)) {
                    problem.set(Failures.line(failure));
                  }
                })
            .executeWith(executor));
  }

  /** What the band of a curve says; empty without one. */
  public static String band(PredictedCurve curve) {
    String level = Formats.fixed(100 * curve.getLevel(), 0) + " %";
    return switch (curve.getBand()) {
      case CURVE_BAND_QUANTILES -> "band: " + level + " of single orders";
      case CURVE_BAND_COEFFICIENTS -> "band: " + level + " confidence of the curve";
      default -> "no band";
    };
  }

  /** Inputs of the shown models that are computed from the varied one, and do not move with it. */
  public List<String> following() {
    Pattern word = Pattern.compile("\\b" + Pattern.quote(varied.get()) + "\\b");
    return models.values().stream()
        .flatMap(each -> each.getInputsList().stream())
        .filter(each -> !each.getName().equals(varied.get()))
        .filter(each -> word.matcher(each.getExpression()).find())
        .map(ModelInput::getName)
        .distinct()
        .toList();
  }

  /** Whether a curve has a band. */
  public static boolean banded(PredictedCurve curve) {
    return curve.getBand() == CurveBand.CURVE_BAND_QUANTILES
        || curve.getBand() == CurveBand.CURVE_BAND_COEFFICIENTS;
  }

  /** What tells a model from others: its name in the experiment, and its run. */
  public static String label(Model model) {
    String prefix = model.getRun() + "-" + model.getTarget() + "-";
    return !model.getRun().isEmpty() && model.getName().startsWith(prefix)
        ? model.getName().substring(prefix.length()) + " · " + model.getRun()
        : model.getName();
  }

  /** The curves as a table for a spreadsheet. */
  public String table() {
    PredictedCurve first = curves.get(name);
    if (first == null) {
      return "";
    }
    StringBuilder text = new StringBuilder(first.getInput());
    List<PredictedCurve> drawn =
        models.keySet().stream()
            .map(curves::get)
            .filter(each -> each != null && each.getGridList().equals(first.getGridList()))
            .toList();
    for (PredictedCurve each : drawn) {
      text.append('\t').append(each.getModel());
      if (banded(each)) {
        text.append('\t').append(each.getModel()).append("_low");
        text.append('\t').append(each.getModel()).append("_high");
      }
    }
    for (int i = 0; i < first.getGridCount(); i++) {
      text.append('\n').append(first.getGrid(i));
      for (PredictedCurve each : drawn) {
        text.append('\t').append(each.getPredicted(i));
        if (banded(each)) {
          text.append('\t').append(each.getLow(i)).append('\t').append(each.getHigh(i));
        }
      }
    }
    return text.append('\n').toString();
  }
}
