package slipstream.serving.internal;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.PredictResponse;
import slipstream.proto.v1.Problem;
import slipstream.serving.internal.Transcoder.Route;

/** The OpenAPI 3.1 description of exposed methods, from their descriptors and the comments in {@code proto/}. */
final class OpenApi {
  private static final String DESCRIPTORS = "/slipstream/v1/slipstream.protobin";
  private static final String JSON = "application/json";

  private final List<Route> routes;
  private final List<Model> models;
  private final Map<String, Object> schemas = new TreeMap<>();

  /**
   * @param models served by {@code /predict}
   */
  OpenApi(List<Route> routes, List<Model> models) {
    this.routes = routes;
    this.models = models;
  }

  /** The document as maps and lists. */
  Map<String, Object> document() {
    Map<String, Object> paths = new LinkedHashMap<>();
    for (Route route : routes) {
      path(paths, template(route))
          .put(route.httpMethod().toLowerCase(java.util.Locale.ROOT), operation(route));
    }
    if (!models.isEmpty()) {
      path(paths, "/predict").put("get", predict());
      path(paths, "/health").put("get", health());
    }
    schemas.put("Error", error());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        map(
            "title",
            "Slipstream predictions",
            "version",
            "v1",
            "description",
            "Unknown values are null. NaN and infinite results are the strings \"NaN\", \"Infinity\" and"
                + " \"-Infinity\"; 64-bit integers are strings."));
    document.put("paths", paths);
    document.put("components", map("schemas", schemas));
    return document;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> path(Map<String, Object> paths, String template) {
    return (Map<String, Object>) paths.computeIfAbsent(template, key -> new LinkedHashMap<>());
  }

  /** Path parameters by their JSON names. */
  private static String template(Route route) {
    String template = route.template();
    for (String variable : route.variables()) {
      template =
          template.replace(
              "{" + variable + "}",
              "{"
                  + route.descriptor().getInputType().findFieldByName(variable).getJsonName()
                  + "}");
    }
    return template;
  }

  private Map<String, Object> operation(Route route) {
    var method = route.descriptor();
    String comment = Comments.of(method.getFullName());
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("operationId", method.getName());
    operation.put("tags", List.of(method.getService().getName()));
    if (!comment.isEmpty()) {
      operation.put("description", comment);
    }
    List<Object> parameters = new ArrayList<>();
    for (FieldDescriptor field : method.getInputType().getFields()) {
      boolean inPath = route.variables().contains(field.getName());
      boolean inQuery =
          route.body().isEmpty() && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
      if (inPath || inQuery) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", field.getJsonName());
        parameter.put("in", inPath ? "path" : "query");
        parameter.put("required", inPath);
        String about = Comments.of(field.getFullName());
        if (!about.isEmpty()) {
          parameter.put("description", about);
        }
        Map<String, Object> schema = new LinkedHashMap<>(type(field));
        if (inPath && !models.isEmpty()) {
          schema.put("enum", models.stream().map(Model::getName).toList());
        }
        parameter.put("schema", schema);
        parameters.add(parameter);
      }
    }
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    if (route.body().equals("*")) {
      Map<String, Object> body = map("schema", message(method.getInputType(), route.variables()));
      Map<String, Object> example = example(method.getInputType());
      if (example != null) {
        body.put("example", example);
      }
      operation.put("requestBody", map("required", true, "content", map(JSON, body)));
    }
    boolean streams = route.method().getType() == MethodDescriptor.MethodType.SERVER_STREAMING;
    Map<String, Object> reply = reference(method.getOutputType());
    operation.put(
        "responses",
        responses(
            streams ? "application/x-ndjson" : JSON,
            streams
                ? map("type", "object", "properties", map("result", reply, "error", error()))
                : reply));
    return operation;
  }

  private Map<String, Object> example(Descriptor type) {
    if (!type.getName().equals("PredictRequest")) {
      return null;
    }
    for (Model model : models) {
      if (model.hasInputExample()) {
        return map("rows", List.of(struct(model, model.getInputExample())));
      }
    }
    return null;
  }

  private static Map<String, Object> struct(Model model, Struct struct) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (ModelInput input : model.getInputsList()) {
      Value value = struct.getFieldsMap().get(input.getName());
      row.put(input.getName(), value == null ? null : plain(value));
    }
    return row;
  }

  /** A number, a text, or null. */
  private static Object plain(Value value) {
    return value.hasNumberValue()
        ? (Object) value.getNumberValue()
        : value.hasStringValue() ? value.getStringValue() : null;
  }

  private static Map<String, Object> responses(String contentType, Map<String, Object> schema) {
    return map(
        "200",
        map("description", "OK", "content", map(contentType, map("schema", schema))),
        "default",
        map(
            "description",
            "What was wrong, where, and what to do.",
            "content",
            map(JSON, map("schema", map("$ref", "#/components/schemas/Error")))));
  }

  private Map<String, Object> predict() {
    List<Object> parameters = new ArrayList<>();
    parameters.add(
        map(
            "name",
            "model",
            "in",
            "query",
            "required",
            false,
            "description",
            "Which model; the first when left out.",
            "schema",
            map("type", "string", "enum", models.stream().map(Model::getName).toList())));
    Map<String, ModelInput> inputs = new LinkedHashMap<>();
    Map<String, List<String>> users = new LinkedHashMap<>();
    Map<String, Object> examples = new HashMap<>();
    for (Model model : models) {
      for (ModelInput input : model.getInputsList()) {
        inputs.putIfAbsent(input.getName(), input);
        users.computeIfAbsent(input.getName(), key -> new ArrayList<>()).add(model.getName());
        Value example = model.getInputExample().getFieldsMap().get(input.getName());
        if (example != null && plain(example) != null) {
          examples.putIfAbsent(input.getName(), plain(example));
        }
      }
    }
    inputs.forEach(
        (name, input) -> {
          List<String> about = new ArrayList<>();
          about.add(input.getGiven() ? "Chosen by whoever asks." : "A feature of the data.");
          if (!input.getUnit().isEmpty()) {
            about.add("Unit: " + input.getUnit() + ".");
          }
          about.add("Empty when unknown.");
          if (models.size() > 1) {
            about.add("Of " + String.join(", ", users.get(name)) + ".");
          }
          Map<String, Object> parameter =
              map(
                  "name",
                  name,
                  "in",
                  "query",
                  "required",
                  models.size() == users.get(name).size(),
                  "allowEmptyValue",
                  true,
                  "description",
                  String.join(" ", about),
                  "schema",
                  map("type", input.getCategory() ? "string" : "number"));
          if (examples.containsKey(name)) {
            parameter.put("example", examples.get(name));
          }
          parameters.add(parameter);
        });
    return map(
        "operationId",
        "PredictOne",
        "tags",
        List.of("PredictionsService"),
        "description",
        "Predicts one row.",
        "parameters",
        parameters,
        "responses",
        responses(JSON, reference(PredictResponse.getDescriptor())));
  }

  private static Map<String, Object> health() {
    return map(
        "operationId",
        "Health",
        "description",
        "Whether this server answers, and for which models.",
        "responses",
        responses(
            JSON,
            map(
                "type",
                "object",
                "properties",
                map(
                    "status",
                    map("type", "string", "const", "ok"),
                    "models",
                    map("type", "array", "items", map("type", "string"))),
                "required",
                List.of("status", "models"))));
  }

  private Map<String, Object> error() {
    return map(
        "type",
        "object",
        "properties",
        map(
            "code",
            map("type", "integer", "description", "The HTTP status."),
            "message",
            map("type", "string", "description", "One line for people."),
            "problem",
            reference(Problem.getDescriptor())),
        "required",
        List.of("code", "message", "problem"));
  }

  // ----------------------------------------------------------------- schemas

  private Map<String, Object> reference(Descriptor type) {
    String name = type.getName();
    if (!schemas.containsKey(name)) {
      schemas.put(name, Map.of());
      schemas.put(name, message(type, List.of()));
    }
    return map("$ref", "#/components/schemas/" + name);
  }

  private Map<String, Object> message(Descriptor type, List<String> without) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    String comment = Comments.of(type.getFullName());
    if (!comment.isEmpty()) {
      schema.put("description", comment);
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    for (FieldDescriptor field : type.getFields()) {
      if (without.contains(field.getName())) {
        continue;
      }
      Map<String, Object> property = new LinkedHashMap<>();
      String about = Comments.of(field.getFullName());
      if (field.isMapField()) {
        property.put("type", "object");
        property.put("additionalProperties", type(field.getMessageType().findFieldByName("value")));
      } else if (field.isRepeated()) {
        property.put("type", "array");
        property.put("items", type(field));
      } else {
        property.putAll(type(field));
      }
      if (!about.isEmpty()) {
        property.put("description", about);
      }
      properties.put(field.getJsonName(), property);
    }
    schema.put("properties", properties);
    return schema;
  }

  private Map<String, Object> type(FieldDescriptor field) {
    return switch (field.getType()) {
      case DOUBLE, FLOAT ->
          map(
              "oneOf",
              List.of(
                  map("type", "number"),
                  map("type", "string", "enum", List.of("NaN", "Infinity", "-Infinity"))));
      case INT32, UINT32, SINT32, FIXED32, SFIXED32 -> map("type", "integer", "format", "int32");
      case INT64, UINT64, SINT64, FIXED64, SFIXED64 -> map("type", "string", "format", "int64");
      case BOOL -> map("type", "boolean");
      case STRING -> map("type", "string");
      case BYTES -> map("type", "string", "contentEncoding", "base64");
      case ENUM -> enumeration(field.getEnumType());
      case MESSAGE, GROUP -> wellKnown(field.getMessageType());
    };
  }

  private static Map<String, Object> enumeration(EnumDescriptor type) {
    Map<String, Object> schema =
        map(
            "type",
            "string",
            "enum",
            type.getValues().stream().map(EnumValueDescriptor::getName).toList());
    String comment = Comments.of(type.getFullName());
    if (!comment.isEmpty()) {
      schema.put("description", comment);
    }
    return schema;
  }

  private Map<String, Object> wellKnown(Descriptor type) {
    return switch (type.getFullName()) {
      case "google.protobuf.Timestamp" -> map("type", "string", "format", "date-time");
      case "google.protobuf.Duration" -> map("type", "string");
      case "google.protobuf.Struct" -> map("type", "object", "additionalProperties", true);
      case "google.protobuf.ListValue" -> map("type", "array", "items", map());
      case "google.protobuf.Value" -> map();
      default -> reference(type);
    };
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  /** The comments before messages, fields, enums, services and methods, by full name. */
  private static final class Comments {
    private static final Map<String, String> BY_NAME = read();

    static String of(String fullName) {
      return BY_NAME.getOrDefault(fullName, "");
    }

    private static Map<String, String> read() {
      Map<String, String> comments = new HashMap<>();
      // Through a class of the bundle that holds it.
      try (InputStream in = Problem.class.getResourceAsStream(DESCRIPTORS)) {
        if (in == null) {
          throw new IllegalStateException(DESCRIPTORS + " is not in slipstream.proto");
        }
        for (FileDescriptorProto file : FileDescriptorSet.parseFrom(in).getFileList()) {
          for (Location location : file.getSourceCodeInfo().getLocationList()) {
            String text = location.getLeadingComments().strip().replaceAll("\\s*\\R\\s*", " ");
            String name = text.isEmpty() ? null : name(file, location.getPathList());
            if (name != null) {
              comments.put(file.getPackage() + "." + name, text);
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return comments;
    }

    /** What a path in a file's descriptor leads to; null for what is not described. */
    private static String name(FileDescriptorProto file, List<Integer> path) {
      if (path.size() != 2 && path.size() != 4) {
        return null;
      }
      int index = path.get(1);
      boolean deep = path.size() == 4;
      return switch (path.get(0)) {
        case FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER -> {
          var message = file.getMessageType(index);
          if (!deep) {
            yield message.getName();
          }
          yield path.get(2) == 2
              ? message.getName() + "." + message.getField(path.get(3)).getName()
              : null;
        }
        case FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER ->
            deep ? null : file.getEnumType(index).getName();
        case FileDescriptorProto.SERVICE_FIELD_NUMBER -> {
          var service = file.getService(index);
          yield deep && path.get(2) == 2
              ? service.getName() + "." + service.getMethod(path.get(3)).getName()
              : service.getName();
        }
        default -> null;
      };
    }
  }
}
