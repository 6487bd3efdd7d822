package slipstream.services.internal;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.FeatureRows;
import slipstream.core.spi.Model;
import slipstream.proto.v1.PredictFileEvent;
import slipstream.proto.v1.PredictFileRequest;
import slipstream.proto.v1.PredictRequest;
import slipstream.proto.v1.PredictResponse;
import slipstream.proto.v1.PredictedOutput;
import slipstream.proto.v1.PredictionsServiceGrpc;
import slipstream.services.internal.Pipeline.LoadedModel;
import slipstream.store.ModelRecord;

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
    double[][] predicted = model.predict(matrix(model, request.getRowsList()));
    PredictResponse.Builder response =
        PredictResponse.newBuilder()
            .setModel(entry.name())
            .setModelHash(entry.hash())
            .setTarget(model.target())
            .setUnit(model.unit());
    response.addAllPredictions(list(predicted[model.headline()]));
    for (int k = 0; k < predicted.length && predicted.length > 1; k++) {
      Model.Output output = model.outputs().get(k);
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

  /** Rows as columns in the order of the model's inputs. */
  private static FeatureMatrix matrix(LoadedModel model, List<Struct> rows) {
    List<ModelRecord.Input> inputs = model.inputs();
    FeatureRows matrix =
        new FeatureRows(inputs.stream().map(ModelRecord.Input::name).toList(), rows.size());
    for (int r = 0; r < rows.size(); r++) {
      Map<String, Value> row = rows.get(r).getFieldsMap();
      int found = 0;
      for (int c = 0; c < inputs.size(); c++) {
        String name = inputs.get(c).name();
        Value value = row.get(name);
        if (value == null) {
          throw SlipstreamException.invalid(
              "input '" + name + "' is missing",
              Place.key("rows[" + r + "]." + name),
              "Give a "
                  + (model.categorical(c) ? "text" : "number")
                  + ", or null when it is unknown. Inputs: "
                  + names(inputs)
                  + ".");
        }
        if (model.categorical(c)) {
          String category = category(value, name, r);
          if (category != null) {
            matrix.set(r, c, category);
          }
        } else {
          matrix.set(r, c, number(value, name, r));
        }
        found++;
      }
      if (found < row.size()) {
        throw unknown(inputs, row, r);
      }
    }
    return matrix.matrix();
  }

  /** Null when it is unknown. */
  private static String category(Value value, String name, int row) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case NUMBER_VALUE -> FeatureRows.category(value.getNumberValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NULL_VALUE -> null;
      case STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET ->
          throw SlipstreamException.invalid(
              "it is no text",
              Place.key("rows[" + row + "]." + name),
              "Give a text, or null when it is unknown.");
    };
  }

  private static double number(Value value, String name, int row) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        if (Double.isInfinite(number)) {
          throw wrong("an infinite value is not possible", name, row);
        }
        yield number;
      }
      case NULL_VALUE -> Double.NaN;
      case STRING_VALUE -> {
        // As protobuf's JSON writes it.
        if (value.getStringValue().equals("NaN")) {
          yield Double.NaN;
        }
        throw wrong("\"" + value.getStringValue() + "\" is not a number", name, row);
      }
      case BOOL_VALUE -> throw wrong(value.getBoolValue() + " is not a number", name, row);
      case STRUCT_VALUE -> throw wrong("an object is not a number", name, row);
      case LIST_VALUE -> throw wrong("a list is not a number", name, row);
      case KIND_NOT_SET -> throw wrong("a value is missing", name, row);
    };
  }

  private static SlipstreamException wrong(String what, String name, int row) {
    return SlipstreamException.invalid(
        what,
        Place.key("rows[" + row + "]." + name),
        "Give a finite number, or null when it is unknown.");
  }

  private static SlipstreamException unknown(
      List<ModelRecord.Input> inputs, Map<String, Value> row, int index) {
    List<String> known = inputs.stream().map(ModelRecord.Input::name).toList();
    String name =
        row.keySet().stream().filter(each -> !known.contains(each)).sorted().findFirst().orElse("");
    return SlipstreamException.invalid(
        "the model has no input '" + name + "'",
        Place.key("rows[" + index + "]." + name),
        "Inputs: " + names(inputs) + ".");
  }

  private static String names(List<ModelRecord.Input> inputs) {
    return String.join(", ", inputs.stream().map(ModelRecord.Input::name).toList());
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
