package slipstream.services.internal;

import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Link;
import slipstream.core.spi.Model;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Column;
import slipstream.core.table.Table;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.CurveBand;
import slipstream.proto.v1.DependenceCurve;
import slipstream.proto.v1.ExplainPredictionsRequest;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.ExplanationMethod;
import slipstream.proto.v1.ExplanationsServiceGrpc;
import slipstream.proto.v1.GetCostCurveRequest;
import slipstream.proto.v1.GetInputRangesRequest;
import slipstream.proto.v1.GetPartialDependenceRequest;
import slipstream.proto.v1.InputRange;
import slipstream.proto.v1.InputRanges;
import slipstream.proto.v1.Interaction;
import slipstream.proto.v1.ListInteractionsRequest;
import slipstream.proto.v1.ListInteractionsResponse;
import slipstream.proto.v1.ListModelRowsRequest;
import slipstream.proto.v1.ListModelRowsResponse;
import slipstream.proto.v1.ModelRow;
import slipstream.proto.v1.PartialDependence;
import slipstream.proto.v1.PredictedCurve;
import slipstream.proto.v1.RowSource;
import slipstream.proto.v1.ScoreLink;
import slipstream.services.internal.Pipeline.LoadedModel;
import slipstream.store.ModelRecord;
import slipstream.training.explain.Explainer;
import slipstream.training.explain.InteractionStrength;

/** Why models predict what they predict. */
final class ExplanationsServiceImpl extends ExplanationsServiceGrpc.ExplanationsServiceImplBase
    implements AutoCloseable {
  private static final int MAX_ROWS = 1000;
  private static final int KEPT_ROWS = 4;
  private static final int KEPT_EXPLAINERS = 16;
  private static final int RANGE_ROWS = 100_000;

  private final Context context;
  private final Leases<ModelRows> sources = new Leases<>(KEPT_ROWS);
  private final Map<String, Explainer> explainers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Explainer> eldest) {
          return size() > KEPT_EXPLAINERS;
        }
      };

  ExplanationsServiceImpl(Context context) {
    this.context = context;
  }

  @Override
  public void close() {
    sources.close();
  }

  // ------------------------------------------------------------------ where rows come from

  /**
   * A source, found.
   *
   * @param key equal for equal rows
   */
  private record Located(String key, ModelRows.Source source) {}

  private Located locate(ModelCache.Entry entry, RowSource source) {
    return switch (source.getSourceCase()) {
      case DATASET -> {
        String name = source.getDataset();
        // A name stands for other content after an append; a version never does.
        String key = name.indexOf('@') > 0 ? name : context.store().tables().find(name).hash();
        yield new Located(
            key, new ModelRows.Source.Data(() -> context.store().tables().open(name)));
      }
      case FILE -> {
        Path file = context.workspace().resolve(source.getFile()).normalize();
        yield new Located(file + stamp(file), new ModelRows.Source.File(file));
      }
      case SOURCE_NOT_SET -> {
        String hash = entry.model().provenance().getOrDefault("data_hash", "");
        Path folder = context.store().content().tablePath(hash);
        if (hash.isEmpty() || !Files.isDirectory(folder)) {
          throw SlipstreamException.notFound(
                  "the data that model '"
                      + entry.name()
                      + "' was trained on are not in this workspace",
                  "Name a dataset or a file of rows.")
              .at(Place.key("source"));
        }
        yield new Located(hash, new ModelRows.Source.Data(() -> Table.open(folder)));
      }
    };
  }

  private static String stamp(Path file) {
    try {
      return Files.exists(file) ? ModelCache.stamp(file).toString() : "";
    } catch (IOException e) {
      throw AtomicFiles.explain("read the rows", file, e);
    }
  }

  /** Rows of a source; the inputs of the last ones that were asked for are kept. */
  private Leases<ModelRows>.Lease rows(ModelCache.Entry entry, Located located) {
    return sources.get(
        entry.hash() + " " + located.key(),
        () -> entry.model().rows(located.source(), Calls.untilCancelled()));
  }

  private Leases<ModelRows>.Lease rows(ModelCache.Entry entry, RowSource source) {
    return rows(entry, locate(entry, source));
  }

  /** A model all of whose inputs are numbers. */
  private ModelCache.Entry numeric(String name) {
    ModelCache.Entry entry = context.models().get(name);
    for (int i = 0; i < entry.model().inputs().size(); i++) {
      if (entry.model().categorical(i)) {
        throw SlipstreamException.invalid(
            "input '"
                + entry.model().inputs().get(i).name()
                + "' of model '"
                + entry.name()
                + "' is a text: only models of numbers are explained",
            Place.key("model"),
            "Its report has the importance of each input.");
      }
    }
    return entry;
  }

  private static double[] row(FeatureMatrix rows, int index) {
    double[] row = new double[rows.features()];
    Arrays.setAll(row, f -> rows.get(index, f));
    return row;
  }

  // ------------------------------------------------------------------------- single rows

  @Override
  public void explainPredictions(
      ExplainPredictionsRequest request, StreamObserver<ExplainPredictionsResponse> observer) {
    Calls.answer(observer, () -> explain(request));
  }

  private ExplainPredictionsResponse explain(ExplainPredictionsRequest request) {
    int count = Math.max(request.getRowsCount(), request.getRowNumbersCount());
    if (count > MAX_ROWS) {
      throw new SlipstreamException(
          Category.RESOURCE_EXHAUSTED,
          count + " rows are more than one call explains",
          Place.key(request.getRowsCount() > 0 ? "rows" : "row_numbers"),
          "Give at most " + MAX_ROWS + ".");
    }
    if (request.getRowsCount() > 0 && request.getRowNumbersCount() > 0) {
      throw SlipstreamException.invalid(
          "rows are given both by value and by number",
          Place.key("row_numbers"),
          "Give one of them.");
    }
    ModelCache.Entry entry = numeric(request.getModel());
    LoadedModel model = entry.model();
    int output = output(model.model(), request.getOutput());
    Explainer explainer = explainer(entry, request.getSource(), output);
    ExplainPredictionsResponse.Builder response =
        ExplainPredictionsResponse.newBuilder()
            .setModel(entry.name())
            .setModelHash(entry.hash())
            .setTarget(model.target())
            .setUnit(model.unit())
            .setOutput(model.model().outputs().get(output).name())
            .setLink(link(explainer.link()))
            .setBackgroundRows(explainer.backgroundRows());
    if (model.model().outputs().size() > 1) {
      model.model().outputs().forEach(each -> response.addOutputs(each.name()));
    }
    if (request.getRowNumbersCount() > 0) {
      try (var lease = rows(entry, request.getSource())) {
        ModelRows rows = lease.value();
        for (long number : request.getRowNumbersList()) {
          check(number, rows.table().rows());
          Explanation.Builder one = explanation(model, explainer, row(rows.inputs(), (int) number));
          Key key = Key.of(rows.table(), number);
          one.setRowNumber(number).setInstrument(key.instrument());
          if (key.time() != null) {
            one.setTime(key.time());
          }
          response.addExplanations(one);
        }
      }
    } else if (request.getRowsCount() > 0) {
      FeatureMatrix rows = InputRows.matrix(model, request.getRowsList());
      for (int i = 0; i < rows.rows(); i++) {
        response.addExplanations(explanation(model, explainer, row(rows, i)).setRowNumber(-1));
      }
    } else {
      List<Object> kept = model.example();
      if (kept == null) {
        throw SlipstreamException.invalid(
            "no row is given, and the archive keeps no example", Place.key("rows"), "Give a row.");
      }
      double[] example =
          kept.stream()
              .mapToDouble(each -> each instanceof Double value ? value : Double.NaN)
              .toArray();
      response.addExplanations(explanation(model, explainer, example).setRowNumber(-1));
    }
    return response.build();
  }

  private static int output(Model model, String name) {
    if (name.isEmpty()) {
      return model.headline();
    }
    List<String> names = model.outputs().stream().map(Model.Output::name).toList();
    int at = names.indexOf(name);
    if (at < 0) {
      throw SlipstreamException.invalid(
          "the model has no output '" + name + "'",
          Place.key("output"),
          names.size() == 1
              ? "It has one, which needs no name."
              : "Outputs: " + String.join(", ", names) + ".");
    }
    return at;
  }

  private static void check(long number, long rows) {
    if (number < 0 || number >= rows) {
      throw SlipstreamException.invalid(
          "there is no row " + number,
          Place.key("row_numbers"),
          rows == 0 ? "The source has no rows." : "Rows: 0 to " + (rows - 1) + ".");
    }
  }

  private Explainer explainer(ModelCache.Entry entry, RowSource source, int output) {
    if (!Explainer.needsBackground(entry.model().model())) {
      return explainer(entry, "", output, null);
    }
    Located located;
    try {
      located = locate(entry, source);
    } catch (SlipstreamException e) {
      throw new SlipstreamException(
          e.category(),
          "trainer '"
              + entry.model().trainer()
              + "' makes models that are explained against rows of data: "
              + e.problem(),
          e.place().orElse(null),
          e.remedy());
    }
    try (var lease = rows(entry, located)) {
      return explainer(entry, located.key(), output, lease.value().inputs());
    }
  }

  private Explainer explainer(
      ModelCache.Entry entry, String source, int output, FeatureMatrix background) {
    String key = entry.hash() + " " + output + " " + source;
    synchronized (explainers) {
      return explainers.computeIfAbsent(
          key, _ -> Explainer.of(entry.model().model(), output, () -> background));
    }
  }

  private static Explanation.Builder explanation(
      LoadedModel model, Explainer explainer, double[] row) {
    Explainer.Explanation found = explainer.explain(row);
    Explanation.Builder explanation =
        Explanation.newBuilder()
            .setBaseValue(found.baseValue())
            .setScore(found.score())
            .setPrediction(found.prediction())
            .setMethod(method(found.method()));
    for (int f = 0; f < found.contributions().length; f++) {
      ModelRecord.Input input = model.inputs().get(f);
      explanation.addContributions(
          Contribution.newBuilder()
              .setInput(input.name())
              .setUnit(input.unit())
              .setValue(row[f])
              .setContribution(found.contributions()[f])
              .setStandardError(found.standardErrors()[f]));
    }
    return explanation;
  }

  private static ExplanationMethod method(Explainer.Method method) {
    return switch (method) {
      case CONSTANT -> ExplanationMethod.EXPLANATION_METHOD_CONSTANT;
      case LINEAR -> ExplanationMethod.EXPLANATION_METHOD_LINEAR;
      case TREE_SHAP -> ExplanationMethod.EXPLANATION_METHOD_TREE_SHAP;
      case EXACT_SHAPLEY -> ExplanationMethod.EXPLANATION_METHOD_EXACT_SHAPLEY;
      case SAMPLED_SHAPLEY -> ExplanationMethod.EXPLANATION_METHOD_SAMPLED_SHAPLEY;
    };
  }

  private static ScoreLink link(Link link) {
    return switch (link) {
      case IDENTITY -> ScoreLink.SCORE_LINK_IDENTITY;
      case LOG -> ScoreLink.SCORE_LINK_LOG;
      case LOGIT -> ScoreLink.SCORE_LINK_LOGIT;
    };
  }

  /** What tells which row it is; the time is null where the table has none. */
  private record Key(Timestamp time, String instrument) {
    static Key of(Table table, long row) {
      Column instrument =
          table.instrumentColumn().isEmpty() ? null : table.column(table.instrumentColumn());
      return new Key(
          table.hasTime() ? Protos.timestamp(Protos.instant(table.time().getLong(row))) : null,
          instrument == null || instrument.isNull(row) ? "" : instrument.getString(row));
    }
  }

  @Override
  public void listModelRows(
      ListModelRowsRequest request, StreamObserver<ListModelRowsResponse> observer) {
    Calls.answer(observer, () -> list(request));
  }

  private ListModelRowsResponse list(ListModelRowsRequest request) {
    int count = PageTokens.size(request.getRowCount());
    if (request.getFirstRow() < 0) {
      throw SlipstreamException.invalid(
          "there is no row " + request.getFirstRow(), Place.key("first_row"), "Begin at 0.");
    }
    ModelCache.Entry entry = numeric(request.getModel());
    try (var lease = rows(entry, request.getSource())) {
      ModelRows rows = lease.value();
      long total = rows.table().rows();
      ListModelRowsResponse.Builder response =
          ListModelRowsResponse.newBuilder().setTotalRows(total);
      entry.model().inputs().forEach(each -> response.addInputs(each.name()));
      int from = (int) Math.min(request.getFirstRow(), total);
      int[] chosen = new int[(int) Math.min(count, total - from)];
      Arrays.setAll(chosen, i -> from + i);
      FeatureMatrix page = rows.inputs().select(chosen);
      double[] predictions = entry.model().model().predict(page);
      for (int i = 0; i < chosen.length; i++) {
        Key key = Key.of(rows.table(), chosen[i]);
        ModelRow.Builder row =
            ModelRow.newBuilder()
                .setRowNumber(chosen[i])
                .setInstrument(key.instrument())
                .setPrediction(predictions[i]);
        if (key.time() != null) {
          row.setTime(key.time());
        }
        for (double value : row(page, i)) {
          row.addValues(value);
        }
        response.addRows(row);
      }
      return response.build();
    }
  }

  // ---------------------------------------------------------------------- on the whole

  @Override
  public void getPartialDependence(
      GetPartialDependenceRequest request, StreamObserver<PartialDependence> observer) {
    Calls.answer(observer, () -> dependence(request));
  }

  private PartialDependence dependence(GetPartialDependenceRequest request) {
    int points = within(request.getPoints(), "points", 2, 200, 40);
    int most = within(request.getRows(), "rows", 1, 10_000, 500);
    ModelCache.Entry entry = numeric(request.getModel());
    LoadedModel model = entry.model();
    int feature = input(model, request.getInput());
    try (var lease = rows(entry, request.getSource())) {
      var found =
          slipstream.training.explain.PartialDependence.of(
              model.model(),
              lease.value().inputs(),
              feature,
              new slipstream.training.explain.PartialDependence.Options(points, most, threads()));
      PartialDependence.Builder response =
          PartialDependence.newBuilder()
              .setInput(request.getInput())
              .setUnit(model.inputs().get(feature).unit())
              .addAllGrid(list(found.grid()))
              .addAllMean(list(found.mean()))
              .setMissing(found.missing())
              .setRows(found.rows().length);
      int curves = Math.min(Math.max(0, request.getCurves()), found.rows().length);
      for (int c = 0; c < curves; c++) {
        int at = (int) ((long) c * found.rows().length / curves);
        response.addCurves(
            DependenceCurve.newBuilder()
                .setRowNumber(found.rows()[at])
                .addAllPredictions(list(found.individual()[at])));
      }
      return response.build();
    }
  }

  @Override
  public void listInteractions(
      ListInteractionsRequest request, StreamObserver<ListInteractionsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          int most = within(request.getRows(), "rows", 1, 1000, 100);
          ModelCache.Entry entry = numeric(request.getModel());
          try (var lease = rows(entry, request.getSource())) {
            FeatureMatrix rows = lease.value().inputs();
            ListInteractionsResponse.Builder response =
                ListInteractionsResponse.newBuilder()
                    .setUnit(entry.model().unit())
                    .setRows(Math.min(most, rows.rows()));
            if (rows.rows() == 0) {
              throw SlipstreamException.invalid(
                  "the source has no rows", Place.key("source"), "Name one that has.");
            }
            for (InteractionStrength each :
                InteractionStrength.ofPairs(entry.model().model(), rows, most, threads())) {
              response.addInteractions(
                  Interaction.newBuilder()
                      .setFirst(each.first())
                      .setSecond(each.second())
                      .setSize(each.size())
                      .setH(each.h()));
            }
            return response.build();
          }
        });
  }

  // ----------------------------------------------------------------------- cost curves

  @Override
  public void getCostCurve(GetCostCurveRequest request, StreamObserver<PredictedCurve> observer) {
    Calls.answer(observer, () -> curve(request));
  }

  private PredictedCurve curve(GetCostCurveRequest request) {
    int points = within(request.getPoints(), "points", 2, 10_000, 100);
    ModelCache.Entry entry = numeric(request.getModel());
    LoadedModel model = entry.model();
    int varied = input(model, request.getInput());
    Struct row =
        request.getRow().toBuilder()
            // Whatever it is: it moves.
            .putFields(request.getInput(), Protos.nullValue())
            .build();
    var found =
        slipstream.training.evaluation.CostCurve.of(
            model.model(),
            row(InputRows.matrix(model, List.of(row)), 0),
            request.getInput(),
            slipstream.training.evaluation.CostCurve.grid(
                request.getFrom(), request.getTo(), points, request.getLogarithmic()));
    return PredictedCurve.newBuilder()
        .setModel(entry.name())
        .setInput(request.getInput())
        .setInputUnit(model.inputs().get(varied).unit())
        .setTarget(model.target())
        .setUnit(model.unit())
        .addAllGrid(list(found.grid()))
        .addAllPredicted(list(found.predicted()))
        .addAllLow(list(found.low()))
        .addAllHigh(list(found.high()))
        .setBand(
            switch (found.band()) {
              case NONE -> CurveBand.CURVE_BAND_NONE;
              case QUANTILES -> CurveBand.CURVE_BAND_QUANTILES;
              case COEFFICIENTS -> CurveBand.CURVE_BAND_COEFFICIENTS;
            })
        .setLevel(found.level())
        .build();
  }

  private static int input(LoadedModel model, String name) {
    List<String> names = model.inputs().stream().map(ModelRecord.Input::name).toList();
    int at = names.indexOf(name);
    if (at < 0) {
      throw SlipstreamException.invalid(
          "the model has no input '" + name + "'",
          Place.key("input"),
          names.isEmpty()
              ? "It needs none: nothing can be varied."
              : "Inputs: " + String.join(", ", names) + ".");
    }
    return at;
  }

  @Override
  public void getInputRanges(GetInputRangesRequest request, StreamObserver<InputRanges> observer) {
    Calls.answer(
        observer,
        () -> {
          ModelCache.Entry entry = numeric(request.getModel());
          try (var lease = rows(entry, request.getSource())) {
            return ranges(entry.model(), lease.value().inputs());
          }
        });
  }

  private static InputRanges ranges(LoadedModel model, FeatureMatrix rows) {
    int n = Math.min(rows.rows(), RANGE_ROWS);
    int[] chosen = new int[n];
    Arrays.setAll(chosen, i -> (int) ((long) i * rows.rows() / n));
    FeatureMatrix sample = rows.select(chosen);
    InputRanges.Builder ranges = InputRanges.newBuilder().setRows(n);
    double[] column = new double[n];
    for (int f = 0; f < model.inputs().size(); f++) {
      ModelRecord.Input input = model.inputs().get(f);
      sample.copy(f, 0, n, column, 0);
      double[] known = Arrays.stream(column).filter(Double::isFinite).sorted().toArray();
      ranges.addRanges(
          InputRange.newBuilder()
              .setInput(input.name())
              .setUnit(input.unit())
              .setGiven(input.given())
              .setMin(quantile(known, 0))
              .setLow(quantile(known, 0.01))
              .setMedian(quantile(known, 0.5))
              .setHigh(quantile(known, 0.99))
              .setMax(quantile(known, 1)));
    }
    return ranges.build();
  }

  /** One of the values; NaN where there are none. */
  private static double quantile(double[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.round(share * (sorted.length - 1))];
  }

  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static int within(int value, String key, int least, int most, int otherwise) {
    if (value == 0) {
      return otherwise;
    }
    if (value < least || value > most) {
      throw SlipstreamException.invalid(
          key + " is " + value, Place.key(key), "Give " + least + " to " + most + ".");
    }
    return value;
  }

  private static List<Double> list(double[] values) {
    List<Double> list = new ArrayList<>(values.length);
    for (double each : values) {
      list.add(each);
    }
    return list;
  }
}
