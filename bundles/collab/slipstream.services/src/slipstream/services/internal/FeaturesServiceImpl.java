package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Definition;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Table;
import slipstream.features.ExpressionReference;
import slipstream.proto.v1.CheckExpressionRequest;
import slipstream.proto.v1.CheckExpressionResponse;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.EvaluateExpressionEvent;
import slipstream.proto.v1.EvaluateExpressionRequest;
import slipstream.proto.v1.ExperimentSeries;
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.FeaturesServiceGrpc;
import slipstream.proto.v1.FunctionArgument;
import slipstream.proto.v1.ListFunctionsRequest;
import slipstream.proto.v1.ListFunctionsResponse;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.PrepareDatasetEvent;
import slipstream.proto.v1.PrepareDatasetRequest;
import slipstream.proto.v1.SeriesKind;
import slipstream.store.DatasetRecord;

/** Expressions, before they are part of an experiment. */
final class FeaturesServiceImpl extends FeaturesServiceGrpc.FeaturesServiceImplBase {
  private final Context context;
  private final OpenTables tables;

  FeaturesServiceImpl(Context context, OpenTables tables) {
    this.context = context;
    this.tables = tables;
  }

  @Override
  public void listFunctions(
      ListFunctionsRequest request, StreamObserver<ListFunctionsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ListFunctionsResponse.Builder response = ListFunctionsResponse.newBuilder();
          for (PluginCatalog.Entry<FeatureFunction> entry : context.plugins().functions()) {
            response.addFunctions(toProto(entry.plugin()));
          }
          return response.build();
        });
  }

  private static ExpressionFunction toProto(FeatureFunction function) {
    FeatureFunction.Documentation about = function.documentation();
    ExpressionFunction.Builder message =
        ExpressionFunction.newBuilder()
            .setName(function.name())
            .setUsage(ExpressionReference.usage(function))
            .setSummary(about.summary())
            .setFormula(about.formula())
            .setUnit(about.unit())
            .setNullRule(about.nullRule())
            .setSource(about.source())
            .setLooksAhead(ExpressionReference.looksAhead(function));
    for (FeatureFunction.Argument argument : function.arguments()) {
      message.addArguments(
          FunctionArgument.newBuilder()
              .setName(argument.name())
              .setAllowed(ExpressionReference.allowed(argument))
              .setOptional(argument.optional()));
    }
    return message.build();
  }

  @Override
  public void checkExpression(
      CheckExpressionRequest request, StreamObserver<CheckExpressionResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          try (var table = tables.table(request.getDataset())) {
            CheckExpressionResponse.Builder response = CheckExpressionResponse.newBuilder();
            ExpressionTrial.check(
                    table.value().schema(),
                    request.getDefinitionsList(),
                    request.getTarget() ? "" : request.getExpression(),
                    SeriesKind.SERIES_KIND_FEATURE,
                    request.getTarget() ? request.getExpression() : "",
                    context.plugins())
                .ifPresent(response::setProblem);
            return response.build();
          }
        });
  }

  @Override
  public void evaluateExpression(
      EvaluateExpressionRequest request, StreamObserver<EvaluateExpressionEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-expression",
        sink -> {
          Progress progress =
              new SinkProgress<>(
                  sink, each -> EvaluateExpressionEvent.newBuilder().setProgress(each).build());
          try (var table = tables.table(request.getDataset())) {
            var problem =
                ExpressionTrial.check(
                    table.value().schema(),
                    request.getDefinitionsList(),
                    request.getExpression(),
                    request.getKind(),
                    request.getTarget(),
                    context.plugins());
            if (problem.isPresent()) {
              send(sink, problem.get());
              return;
            }
            ExpressionTrial trial =
                new ExpressionTrial(
                    request,
                    table.value(),
                    context.plugins(),
                    context.store().content().scratch(),
                    progress);
            var sample = trial.onSample();
            sink.send(EvaluateExpressionEvent.newBuilder().setResult(sample).build());
            if (!sample.getComplete() && !request.getSampleOnly()) {
              sink.send(EvaluateExpressionEvent.newBuilder().setResult(trial.onAll()).build());
            }
          }
        });
  }

  private static void send(Calls.Sink<EvaluateExpressionEvent> sink, ExpressionProblem problem)
      throws InterruptedException {
    sink.send(EvaluateExpressionEvent.newBuilder().setProblem(problem).build());
  }

  @Override
  public void prepareDataset(
      PrepareDatasetRequest request, StreamObserver<PrepareDatasetEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-prepare",
        sink -> {
          Pipeline.Parsed parsed = parse(request);
          sink.send(PrepareDatasetEvent.newBuilder().setSeries(series(parsed)).build());
          if (!request.getSeriesOnly()) {
            Progress progress =
                new SinkProgress<>(
                    sink, each -> PrepareDatasetEvent.newBuilder().setProgress(each).build());
            sink.send(
                PrepareDatasetEvent.newBuilder()
                    .setDataset(prepare(parsed, request.getExperiment(), progress))
                    .build());
          }
        });
  }

  /** The experiment, whose expressions may be wrong. */
  private Pipeline.Parsed parse(PrepareDatasetRequest request) {
    String name = request.getExperiment();
    Pipeline.Parsed parsed =
        context
            .pipeline()
            .parse(
                request.getText().isEmpty()
                    ? ExperimentsServiceImpl.read(context, name)
                    : request.getText(),
                name + ExperimentsServiceImpl.EXTENSION,
                Map.of(),
                context.plugins());
    if (parsed.experiment() == null) {
      throw parsed.problems().isEmpty()
          ? SlipstreamException.invalid("it is no experiment", "Open it and see its problems.")
          : parsed.problems().getFirst();
    }
    return parsed;
  }

  private static ExperimentSeries series(Pipeline.Parsed parsed) {
    ExperimentSeries.Builder all = ExperimentSeries.newBuilder();
    add(all, SeriesKind.SERIES_KIND_FEATURE, parsed.experiment().features());
    add(all, SeriesKind.SERIES_KIND_GIVEN, parsed.experiment().given());
    add(all, SeriesKind.SERIES_KIND_TARGET, parsed.experiment().targets());
    return all.build();
  }

  private static void add(
      ExperimentSeries.Builder all, SeriesKind kind, Map<String, Definition> definitions) {
    definitions.forEach(
        (name, definition) ->
            all.addSeries(
                NamedExpression.newBuilder()
                    .setName(name)
                    .setExpression(definition.expression())
                    .setKind(kind)));
  }

  private Dataset prepare(Pipeline.Parsed parsed, String experiment, Progress progress) {
    Names.check("experiment", experiment);
    int threads = Runtime.getRuntime().availableProcessors();
    try (Table table =
        context
            .pipeline()
            .prepare(
                parsed,
                context.workspace(),
                threads,
                context.plugins(),
                context.store().content(),
                context.store().tables(),
                progress)) {
      String name = experiment + "-prepared";
      String source = "prepared data of " + experiment;
      boolean read = !DatasetReaders.of(name, context).isEmpty();
      synchronized (context.store().datasets()) {
        // What an earlier state of the experiment made would only pile up.
        context
            .store()
            .datasets()
            .find(name)
            .filter(before -> !read && before.source().equals(source))
            .filter(before -> !before.hash().equals(table.hash()))
            .ifPresent(context.store().datasets()::delete);
        DatasetRecord made =
            DatasetsServiceImpl.register(
                context.store(), name, source, DatasetRecord.Origin.UNKNOWN, table);
        context.store().tables().removeUnused();
        return DatasetsServiceImpl.toProto(made);
      }
    }
  }
}
