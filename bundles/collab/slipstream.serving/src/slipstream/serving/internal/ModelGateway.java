package slipstream.serving.internal;

import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.model.ModelArchive;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.ListModelsRequest;
import slipstream.proto.v1.ListModelsResponse;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.PredictRequest;
import slipstream.proto.v1.PredictResponse;
import slipstream.proto.v1.PredictionsServiceGrpc;
import slipstream.services.StatusMapping;
import slipstream.serving.internal.HttpServer.HttpReply;
import slipstream.serving.internal.HttpServer.HttpRequest;
import slipstream.serving.internal.HttpServer.Reply;

/** The models that are served, and nothing else of the workspace. */
public final class ModelGateway implements HttpServer.Gateway {
  private static final String PREDICT = "PredictionsService.Predict";
  private static final String GET_MODEL = "ModelsService.GetModel";
  private static final String LIST_MODELS = "ModelsService.ListModels";

  private final Channel channel;
  // By the name that it is served under: how the services know it.
  private final SequencedMap<String, String> references = new LinkedHashMap<>();
  // By that name: inputs that are texts.
  private final Map<String, List<String>> categorical = new LinkedHashMap<>();
  private final Transcoder transcoder;
  private final PredictionsServiceGrpc.PredictionsServiceBlockingStub predictions;

  /**
   * @param models names in the workspace, or absolute paths of archives
   */
  public ModelGateway(Channel channel, List<String> models) {
    this.channel = channel;
    if (models.isEmpty()) {
      throw SlipstreamException.invalid("no model is named", "Name at least one.");
    }
    for (String reference : models) {
      String name = name(reference);
      if (references.putIfAbsent(name, reference) != null) {
        throw SlipstreamException.invalid(
            "two models would be served as '" + name + "'", "Rename one of the files.");
      }
    }
    for (String name : references.keySet()) {
      categorical.put(
          name,
          model(name).getInputsList().stream()
              .filter(ModelInput::getCategory)
              .map(ModelInput::getName)
              .toList());
    }
    this.transcoder =
        new Transcoder(
            channel,
            List.of(
                PredictionsServiceGrpc.getServiceDescriptor(),
                ModelsServiceGrpc.getServiceDescriptor()),
            new ServedOnly());
    this.predictions = PredictionsServiceGrpc.newBlockingStub(channel);
  }

  private static String name(String reference) {
    if (!reference.endsWith(ModelArchive.EXTENSION) && reference.indexOf('/') < 0) {
      return reference;
    }
    String file = Path.of(reference).getFileName().toString();
    return file.endsWith(ModelArchive.EXTENSION)
        ? file.substring(0, file.length() - ModelArchive.EXTENSION.length())
        : file;
  }

  public List<String> names() {
    return List.copyOf(references.keySet());
  }

  /** What a client may know of a model. */
  Model model(String name) {
    try {
      return visible(
          name,
          ModelsServiceGrpc.newBlockingStub(channel)
              .getModel(GetModelRequest.newBuilder().setName(reference(name)).build()));
    } catch (StatusRuntimeException e) {
      throw StatusMapping.toException(e);
    }
  }

  private static Model visible(String name, Model model) {
    Model.Builder visible =
        Model.newBuilder()
            .setName(name)
            .setHash(model.getHash())
            .setTrainer(model.getTrainer())
            .setTarget(model.getTarget())
            .setUnit(model.getUnit())
            .setCreateTime(model.getCreateTime());
    for (ModelInput input : model.getInputsList()) {
      visible.addInputs(input.toBuilder().clearExpression());
    }
    if (model.hasInputExample()) {
      visible.setInputExample(model.getInputExample());
    }
    return visible.build();
  }

  private String reference(String name) {
    String reference = references.get(name);
    if (reference == null) {
      throw SlipstreamException.notFound(
          "there is no model '" + name + "' here", "Served: " + String.join(", ", names()) + ".");
    }
    return reference;
  }

  private final class ServedOnly implements Transcoder.Exposure {
    @Override
    public boolean exposes(String methodName) {
      return switch (methodName) {
        case PREDICT, GET_MODEL, LIST_MODELS -> true;
        default -> false;
      };
    }

    @Override
    public Message request(String methodName, Message request) {
      return switch (request) {
        case PredictRequest predict ->
            predict.toBuilder().setModel(reference(predict.getModel())).build();
        case GetModelRequest get -> get.toBuilder().setName(reference(get.getName())).build();
        // Answered from what is served; the workspace's list is asked for nothing.
        case ListModelsRequest list -> ListModelsRequest.newBuilder().setPageSize(1).build();
        default -> throw new IllegalStateException(methodName);
      };
    }

    @Override
    public Message reply(String methodName, Message asked, Message reply) {
      return switch (reply) {
        case PredictResponse response ->
            response.toBuilder().setModel(((PredictRequest) asked).getModel()).build();
        case Model model -> visible(((GetModelRequest) asked).getName(), model);
        case ListModelsResponse all -> {
          ListModelsResponse.Builder served = ListModelsResponse.newBuilder();
          names().forEach(name -> served.addModels(model(name)));
          yield served.build();
        }
        default -> throw new IllegalStateException(methodName);
      };
    }
  }

  // -------------------------------------------------------------------- HTTP

  @Override
  public void answer(HttpRequest request, Reply reply) throws IOException {
    switch (request.path()) {
      case "/health" -> {
        only(request, "GET");
        reply.send(HttpReply.json(200, Json.write(health())));
      }
      case "/openapi.json" -> {
        only(request, "GET");
        reply.send(HttpReply.json(200, openApi()));
      }
      case "/predict" -> {
        only(request, "GET");
        reply.send(HttpReply.json(200, Transcoder.print(predict(request))));
      }
      default -> transcoder.answer(request, reply);
    }
  }

  private static void only(HttpRequest request, String method) {
    if (!request.method().equals(method)) {
      throw Transcoder.wrongMethod(request, method);
    }
  }

  private Map<String, Object> health() {
    Map<String, Object> health = new LinkedHashMap<>();
    health.put("status", "ok");
    health.put("models", names());
    return health;
  }

  private String openApi() {
    return Json.write(
        new OpenApi(transcoder.routes(), names().stream().map(this::model).toList()).document());
  }

  private PredictResponse predict(HttpRequest request) {
    Map<String, List<String>> query = new LinkedHashMap<>(Transcoder.query(request.query()));
    String name = references.firstEntry().getKey();
    List<String> named = query.remove("model");
    if (named != null) {
      name = once("model", named);
    }
    Struct.Builder row = Struct.newBuilder();
    List<String> texts = categorical.getOrDefault(name, List.of());
    query.forEach(
        (input, values) ->
            row.putFields(input, value(input, once(input, values), texts.contains(input))));
    PredictResponse response =
        predictions.predict(
            PredictRequest.newBuilder().setModel(reference(name)).addRows(row).build());
    return response.toBuilder().setModel(name).build();
  }

  private static String once(String name, List<String> values) {
    if (values.size() != 1) {
      throw SlipstreamException.invalid(
          "'" + name + "' is given " + values.size() + " times", Place.key(name), "Give it once.");
    }
    return values.getFirst();
  }

  private static Value value(String input, String text, boolean category) {
    if (text.isEmpty() || text.equals("null") || text.equalsIgnoreCase("nan")) {
      return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }
    if (category) {
      return Value.newBuilder().setStringValue(text).build();
    }
    try {
      return Value.newBuilder().setNumberValue(Double.parseDouble(text)).build();
    } catch (NumberFormatException e) {
      throw new SlipstreamException(
          Category.INVALID_INPUT,
          "'" + text + "' is not a number",
          Place.key(input),
          "Give a number, or nothing when it is unknown.");
    }
  }
}
