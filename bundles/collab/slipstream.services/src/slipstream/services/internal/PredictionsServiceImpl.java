package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.spi.Model;
import slipstream.proto.v1.PredictFileEvent;
import slipstream.proto.v1.PredictFileRequest;
import slipstream.proto.v1.PredictRequest;
import slipstream.proto.v1.PredictResponse;
import slipstream.proto.v1.PredictedOutput;
import slipstream.proto.v1.PredictionsServiceGrpc;
import slipstream.services.internal.Pipeline.LoadedModel;

/** Predictions of models in the workspace or from archives. */
final class PredictionsServiceImpl extends PredictionsServiceGrpc.PredictionsServiceImplBase {
  private static final int MAX_ROWS = 100_000;

  private final Context context;

  PredictionsServiceImpl(Context context) {
    this.context = context;
  }

  @Override
  public void predict(PredictRequest request, StreamObserver<PredictResponse> observer) {
    Calls.answer(observer, () -> predict(request));
  }

  private PredictResponse predict(PredictRequest request) {
    if (request.getRowsCount() > MAX_ROWS) {
      throw new SlipstreamException(
          Category.RESOURCE_EXHAUSTED,
          request.getRowsCount() + " rows are more than one call takes",
          Place.key("rows"),
          "Give at most " + MAX_ROWS + " rows, or predict a file.");
    }
    ModelCache.Entry entry = context.models().get(request.getModel());
    LoadedModel model = entry.model();
    double[][] predicted = model.predict(InputRows.matrix(model, request.getRowsList()));
    PredictResponse.Builder response =
        PredictResponse.newBuilder()
            .setModel(entry.name())
            .setModelHash(entry.hash())
            .setTarget(model.target())
            .setUnit(model.unit());
    response.addAllPredictions(list(predicted[model.model().headline()]));
    for (int k = 0; k < predicted.length && predicted.length > 1; k++) {
      Model.Output output = model.model().outputs().get(k);
      response.addOutputs(
          PredictedOutput.newBuilder()
              .setName(output.name())
              .addAllPredictions(list(predicted[k]))
              .setQuantile(Double.isNaN(output.quantile()) ? 0 : output.quantile()));
    }
    return response.build();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Override
  public void predictFile(PredictFileRequest request, StreamObserver<PredictFileEvent> observer) {
    Calls.stream(
        observer,
        "slipstream-predict",
        sink -> {
          if (request.getInput().isBlank()) {
            throw SlipstreamException.invalid(
                "no input is named", Place.key("input"), "Give a CSV or Parquet file.");
          }
          ModelCache.Entry entry = context.models().get(request.getModel());
          Path input = context.workspace().resolve(request.getInput()).normalize();
          Path output =
              request.getOutput().isEmpty()
                  ? null
                  : context.workspace().resolve(request.getOutput()).normalize();
          var result =
              entry
                  .model()
                  .predictFile(
                      input,
                      output,
                      text -> send(sink, PredictFileEvent.newBuilder().setCsv(text).build()),
                      new SinkProgress<>(
                          sink, each -> PredictFileEvent.newBuilder().setProgress(each).build()));
          sink.send(PredictFileEvent.newBuilder().setResult(result).build());
        });
  }

  private static void send(Calls.Sink<PredictFileEvent> sink, PredictFileEvent event) {
    try {
      if (sink.send(event)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SlipstreamException(Category.CANCELLED, "cancelled", "");
  }
}
