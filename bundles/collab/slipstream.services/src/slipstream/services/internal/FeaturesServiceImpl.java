package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.util.Map;
import slipstream.core.SlipstreamException;
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
import slipstream.proto.v1.ExpressionFunction;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.FeaturesServiceGrpc;
import slipstream.proto.v1.FunctionArgument;
import slipstream.proto.v1.ListFunctionsRequest;
import slipstream.proto.v1.ListFunctionsResponse;
import slipstream.proto.v1.PrepareDatasetEvent;
import slipstream.proto.v1.PrepareDatasetRequest;
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
          Dataset dataset =
              prepare(
                  request.getExperiment(),
                  new SinkProgress<>(
                      sink, each -> PrepareDatasetEvent.newBuilder().setProgress(each).build()));
          sink.send(PrepareDatasetEvent.newBuilder().setDataset(dataset).build());
        });
  }

  private Dataset prepare(String experiment, Progress progress) {
    PluginCatalog plugins = context.plugins();
    Pipeline.Parsed parsed =
        context
            .pipeline()
            .parse(
                ExperimentsServiceImpl.read(context, experiment),
                experiment + ExperimentsServiceImpl.EXTENSION,
                Map.of(),
                plugins);
    if (parsed.experiment() == null) {
      throw parsed.problems().isEmpty()
          ? SlipstreamException.invalid("it is no experiment", "Open it and see its problems.")
          : parsed.problems().getFirst();
    }
    int threads = Runtime.getRuntime().availableProcessors();
    try (Table table =
        context
            .pipeline()
            .prepare(
                parsed,
                context.workspace(),
                threads,
                plugins,
                context.store().content(),
                context.store().tables(),
                progress)) {
      return DatasetsServiceImpl.toProto(
          DatasetsServiceImpl.register(
              context.store(),
              experiment + "-prepared",
              "prepared data of " + experiment,
              DatasetRecord.Origin.UNKNOWN,
              table));
    }
  }
}
