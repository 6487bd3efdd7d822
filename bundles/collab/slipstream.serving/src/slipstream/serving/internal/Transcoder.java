package slipstream.serving.internal;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.serving.internal.HttpServer.HttpReply;
import slipstream.serving.internal.HttpServer.HttpRequest;
import slipstream.serving.internal.HttpServer.Reply;

/**
 * HTTP and JSON to gRPC by the {@code google.api.http} annotations of the methods, with protobuf's JSON mapping.
 *
 * <p>Only exposed methods can be reached. A method that streams its replies gives one JSON object a line
 * ({@code application/x-ndjson}): {@code {"result": …}}, and {@code {"error": …}} last when it fails.
 */
final class Transcoder {
  private static final Pattern PLACE = Pattern.compile("line (\\d+) column (\\d+)");
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace().alwaysPrintFieldsWithNoPresence();
  private static final long DEADLINE_SECONDS = 60;
  private static final int MAX_QUERY = 10_000;

  /**
   * What of a method may be used, and how.
   *
   * @param methodName such as {@code PredictionsService.Predict}
   */
  interface Exposure {
    boolean exposes(String methodName);

    /** The request as it is sent on; throws to refuse it. */
    default Message request(String methodName, Message request) {
      return request;
    }

    /** The reply as the client may see it. */
    default Message reply(String methodName, Message asked, Message reply) {
      return reply;
    }
  }

  /** A way to call one method. */
  record Route(
      String httpMethod,
      String template,
      Pattern pattern,
      List<String> variables,
      String body,
      MethodDescriptor<Message, Message> method,
      com.google.protobuf.Descriptors.MethodDescriptor descriptor) {
    String name() {
      return descriptor.getService().getName() + "." + descriptor.getName();
    }

    Message requestPrototype() {
      return (Message)
          ((PrototypeMarshaller<?>) method.getRequestMarshaller()).getMessagePrototype();
    }
  }

  private final Channel channel;
  private final Exposure exposure;
  private final List<Route> routes;

  Transcoder(Channel channel, List<ServiceDescriptor> services, Exposure exposure) {
    this.channel = channel;
    this.exposure = exposure;
    this.routes =
        services.stream()
            .flatMap(service -> service.getMethods().stream())
            .flatMap(method -> route(method).stream())
            .filter(route -> exposure.exposes(route.name()))
            .toList();
  }

  /** The exposed methods that have an HTTP form. */
  List<Route> routes() {
    return routes;
  }

  @SuppressWarnings("unchecked")
  private static Optional<Route> route(MethodDescriptor<?, ?> method) {
    if (!(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema)) {
      return Optional.empty();
    }
    var descriptor = schema.getMethodDescriptor();
    HttpRule rule = descriptor.getOptions().getExtension(AnnotationsProto.http);
    String verb;
    String template;
    switch (rule.getPatternCase()) {
      case GET -> {
        verb = "GET";
        template = rule.getGet();
      }
      case PUT -> {
        verb = "PUT";
        template = rule.getPut();
      }
      case POST -> {
        verb = "POST";
        template = rule.getPost();
      }
      case DELETE -> {
        verb = "DELETE";
        template = rule.getDelete();
      }
      case PATCH -> {
        verb = "PATCH";
        template = rule.getPatch();
      }
      default -> {
        return Optional.empty();
      }
    }
    List<String> variables = new ArrayList<>();
    StringBuilder pattern = new StringBuilder();
    Matcher variable = Pattern.compile("\\{([a-z_]+)}").matcher(template);
    int at = 0;
    while (variable.find()) {
      pattern.append(Pattern.quote(template.substring(at, variable.start()))).append("([^/:]+)");
      variables.add(variable.group(1));
      at = variable.end();
    }
    pattern.append(Pattern.quote(template.substring(at)));
    return Optional.of(
        new Route(
            verb,
            template,
            Pattern.compile(pattern.toString()),
            List.copyOf(variables),
            rule.getBody(),
            (MethodDescriptor<Message, Message>) method,
            descriptor));
  }

  /**
   * Answers a request.
   *
   * @throws HttpFailure 404 or 405 when no exposed method is meant
   */
  void answer(HttpRequest request, Reply reply) throws IOException {
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Matcher path = route.pattern.matcher(request.path());
      if (path.matches()) {
        if (route.httpMethod.equals(request.method())) {
          call(route, path, request, reply);
          return;
        }
        allowed.add(route.httpMethod);
      }
    }
    if (!allowed.isEmpty()) {
      throw wrongMethod(request, String.join(", ", allowed));
    }
    throw SlipstreamException.notFound(
        "there is nothing at " + request.path(), "See /openapi.json for what there is.");
  }

  static HttpFailure wrongMethod(HttpRequest request, String allowed) {
    return new HttpFailure(
        405,
        SlipstreamException.invalid(
            request.method() + " is not possible at " + request.path(), "Use " + allowed + "."),
        Map.of("Allow", allowed));
  }

  private void call(Route route, Matcher path, HttpRequest request, Reply reply)
      throws IOException {
    Message.Builder builder = route.requestPrototype().newBuilderForType();
    if (route.body.equals("*")) {
      merge(request, builder);
      if (!request.query().isEmpty()) {
        throw SlipstreamException.invalid(
            "this call takes no query", "Put everything into the JSON body.");
      }
    } else {
      query(request.query()).forEach((name, value) -> set(builder, name, value, true));
    }
    for (int i = 0; i < route.variables.size(); i++) {
      set(builder, route.variables.get(i), List.of(decode(path.group(i + 1))), false);
    }
    Message asked = builder.build();
    Message message = exposure.request(route.name(), asked);
    CallOptions options = CallOptions.DEFAULT;
    if (route.method.getType() == MethodDescriptor.MethodType.UNARY) {
      Message answer =
          ClientCalls.blockingUnaryCall(
              channel,
              route.method,
              options.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
              message);
      reply.send(HttpReply.json(200, print(exposure.reply(route.name(), asked, answer))));
    } else {
      stream(route, asked, message, options, reply);
    }
  }

  private void stream(Route route, Message asked, Message message, CallOptions options, Reply reply)
      throws IOException {
    io.grpc.Context.CancellableContext context = io.grpc.Context.current().withCancellation();
    io.grpc.Context previous = context.attach();
    try {
      Iterator<Message> messages =
          ClientCalls.blockingServerStreamingCall(channel, route.method, options, message);
      // An error before the first message is an ordinary error reply.
      boolean more = messages.hasNext();
      HttpServer.Pieces pieces = reply.begin(200, "application/x-ndjson");
      while (more) {
        Message next = exposure.reply(route.name(), asked, messages.next());
        pieces.write(line("result", print(next)));
        try {
          more = messages.hasNext();
        } catch (RuntimeException e) {
          SlipstreamException problem = slipstream.services.StatusMapping.toUserError(e);
          pieces.write(line("error", HttpFailure.json(HttpFailure.status(problem), problem)));
          return;
        }
      }
    } finally {
      context.detach(previous);
      context.cancel(null);
    }
  }

  private static byte[] line(String key, String json) {
    return ("{\"" + key + "\":" + json + "}\n").getBytes(StandardCharsets.UTF_8);
  }

  static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void merge(HttpRequest request, Message.Builder builder) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(java.nio.ByteBuffer.wrap(request.body()))
              .toString();
    } catch (CharacterCodingException e) {
      throw SlipstreamException.invalid(
          "the body is not UTF-8", Place.file("body"), "Send JSON in UTF-8.");
    }
    if (text.isBlank()) {
      throw SlipstreamException.invalid(
          "the body is empty", Place.file("body"), "Send a JSON object.");
    }
    try {
      JsonFormat.parser().merge(text, builder);
      endsAfterOneValue(text);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(e.getMessage());
    } catch (StackOverflowError | IllegalStateException | UnsupportedOperationException e) {
      // What gson's tree throws on a value of another kind than the field's.
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  /** The parser stops after the first value, whatever follows. */
  private static void endsAfterOneValue(String text) {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.LENIENT);
      reader.skipValue();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw malformed("there is more after the JSON object");
      }
    } catch (IOException e) {
      throw malformed(e.getMessage());
    }
  }

  private static SlipstreamException malformed(String message) {
    String what = String.valueOf(message).lines().findFirst().orElse("");
    what = what.replaceFirst("^(com\\.google\\.gson\\.\\S+|java\\.\\S+):\\s*", "");
    what =
        what.replaceFirst(
            "Use JsonReader\\.setStrictness\\(Strictness\\.LENIENT\\) to accept malformed JSON",
            "malformed JSON");
    Matcher place = PLACE.matcher(what);
    Place where =
        place.find()
            ? new Place(
                "body", Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)), "")
            : Place.file("body");
    what = what.replaceFirst(" at line \\d+ column \\d+ path .*$", "");
    return SlipstreamException.invalid(
        what.isBlank() ? "the body is not JSON" : what,
        where,
        "Send JSON as /openapi.json describes it.");
  }

  /** Parameters in order; each may occur several times. */
  static Map<String, List<String>> query(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    if (query.isEmpty()) {
      return parameters;
    }
    String[] parts = query.split("&");
    if (parts.length > MAX_QUERY) {
      throw SlipstreamException.invalid(
          "the query has too many parameters", "At most " + MAX_QUERY + ".");
    }
    for (String part : parts) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        String name = decode(equals < 0 ? part : part.substring(0, equals));
        String value = equals < 0 ? "" : decode(part.substring(equals + 1));
        parameters.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
      }
    }
    return parameters;
  }

  static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw SlipstreamException.invalid(
          "'" + text + "' is not encoded as a URL must be", "Write % as %25.");
    }
  }

  private static void set(
      Message.Builder builder, String name, List<String> values, boolean fromQuery) {
    FieldDescriptor field = null;
    for (FieldDescriptor each : builder.getDescriptorForType().getFields()) {
      if (each.getName().equals(name) || each.getJsonName().equals(name)) {
        field = each;
      }
    }
    if (field == null || field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      throw SlipstreamException.invalid(
          "unknown parameter '" + name + "'",
          Place.key(name),
          "Known: "
              + String.join(
                  ", ",
                  builder.getDescriptorForType().getFields().stream()
                      .filter(each -> each.getJavaType() != FieldDescriptor.JavaType.MESSAGE)
                      .map(FieldDescriptor::getName)
                      .toList())
              + ".");
    }
    if (fromQuery && !field.isRepeated() && values.size() > 1) {
      throw SlipstreamException.invalid(
          "'" + name + "' is given " + values.size() + " times", Place.key(name), "Give it once.");
    }
    for (String value : values) {
      Object converted = convert(field, value);
      if (field.isRepeated()) {
        builder.addRepeatedField(field, converted);
      } else {
        builder.setField(field, converted);
      }
    }
  }

  private static Object convert(FieldDescriptor field, String value) {
    try {
      return switch (field.getJavaType()) {
        case STRING -> value;
        case INT -> Integer.valueOf(value);
        case LONG -> Long.valueOf(value);
        case FLOAT -> Float.valueOf(value);
        case DOUBLE -> Double.valueOf(value);
        case BOOLEAN ->
            switch (value) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new NumberFormatException();
            };
        case ENUM -> {
          EnumValueDescriptor found = field.getEnumType().findValueByName(value);
          if (found == null) {
            throw new NumberFormatException();
          }
          yield found;
        }
        case BYTE_STRING, MESSAGE -> throw new NumberFormatException();
      };
    } catch (NumberFormatException e) {
      throw SlipstreamException.invalid(
          "'" + value + "' is not possible here",
          Place.key(field.getName()),
          "Give a value of type "
              + field.getType().name().toLowerCase(java.util.Locale.ROOT)
              + ".");
    }
  }
}
