package slipstream.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.services.LocalServices;

/** A real model over real HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PredictionServerTest {
  private static final String EXPERIMENT =
      """
      slipstream: 1
      name: served
      seed: 7
      data: {importer: csv, path: rows.csv, time: time, time_unit: s, instrument_value: TEST}
      features:
        level: x
        change: diff(x, 1)
      targets:
        y_next: {expression: "lead(y, 1)", unit: bp}
      models:
        trees: {trainer: boosted-trees, rounds: 10, depth: 3}
        ridge: {trainer: ridge}
      validation: {folds: 2}
      """;

  @TempDir private static Path workspace;
  private final HttpClient client = HttpClient.newHttpClient();
  private LocalServices services;
  private PredictionServer server;
  private Run run;
  private String file;

  @BeforeAll
  void start() throws IOException {
    StringBuilder csv = new StringBuilder("time,x,y\n");
    SplittableRandom random = new SplittableRandom(3);
    double x = 0;
    for (int i = 0; i < 1500; i++) {
      double y = 2 * x + random.nextDouble();
      x = 0.9 * x + random.nextDouble() - 0.5;
      csv.append(String.format(Locale.ROOT, "%d,%.6f,%.6f%n", 1_700_000_000L + 60L * i, x, y));
    }
    Files.writeString(workspace.resolve("rows.csv"), csv);
    services = LocalServices.open(workspace);
    var runs = RunsServiceGrpc.newBlockingStub(services.channel());
    run = runs.startRun(StartRunRequest.newBuilder().setExperimentText(EXPERIMENT).build());
    for (var events = runs.watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build());
        events.hasNext(); ) {
      RunEvent event = events.next();
      run = event.hasRun() ? event.getRun() : run;
    }
    assertEquals(RunState.RUN_STATE_SUCCEEDED, run.getState(), run.toString());
    Model trees =
        ModelsServiceGrpc.newBlockingStub(services.channel())
            .getModel(GetModelRequest.newBuilder().setName(run.getModels(0)).build());
    file = trees.getFile();
    server = PredictionServer.start(services.channel(), List.of(file, run.getModels(1)), 0);
  }

  @AfterAll
  void stop() {
    server.close();
    services.close();
    client.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(server.uri().resolve(path)).GET().build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(server.uri().resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> predict(String body) throws Exception {
    return post("/v1/models/y_next-trees:predict", body);
  }

  private static JsonObject json(HttpResponse<String> response) {
    assertEquals(
        "application/json",
        response.headers().firstValue("Content-Type").orElse(""),
        response.body());
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  /** A failed reply has code, message and problem, and no trace of our insides. */
  private static JsonObject problem(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    JsonObject error = json(response);
    assertEquals(status, error.get("code").getAsInt());
    assertFalse(error.get("message").getAsString().isBlank());
    assertFalse(response.body().contains("Exception"), response.body());
    assertFalse(response.body().contains("\\tat "), response.body());
    return error.getAsJsonObject("problem");
  }

  private static double prediction(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return json(response).getAsJsonArray("predictions").get(0).getAsDouble();
  }

  // -------------------------------------------------------------- good input

  @Test
  void servesWhatItWasGiven() throws Exception {
    assertEquals(List.of("y_next-trees", run.getModels(1)), server.models());
    JsonObject health = json(get("/health"));
    assertEquals("ok", health.get("status").getAsString());
    assertEquals(2, health.getAsJsonArray("models").size());
    JsonObject list = json(get("/v1/models"));
    assertEquals(2, list.getAsJsonArray("models").size());
  }

  @Test
  void byQueryAndByRowsTheSame() throws Exception {
    HttpResponse<String> rows =
        predict("{\"rows\":[{\"level\":0.5,\"change\":-0.1},{\"change\":null,\"level\":1}]}");
    assertEquals(2, json(rows).getAsJsonArray("predictions").size());
    assertEquals("y_next-trees", json(rows).get("model").getAsString());
    assertEquals("bp", json(rows).get("unit").getAsString());
    assertEquals(prediction(rows), prediction(get("/predict?level=0.5&change=-0.1")));
    assertEquals(
        json(rows).getAsJsonArray("predictions").get(1).getAsDouble(),
        prediction(get("/predict?change=&level=1")),
        "left empty it is unknown");
    double ridge = prediction(get("/predict?model=" + run.getModels(1) + "&level=0.5&change=-0.1"));
    assertEquals(
        ridge,
        prediction(
            post(
                "/v1/models/" + run.getModels(1) + ":predict",
                "{\"rows\":[{\"level\":0.5,\"change\":-0.1}]}")));
    assertEquals(0, json(predict("{\"rows\":[]}")).getAsJsonArray("predictions").size());
  }

  @Test
  void aModelTellsItsInputsButNotItsFormulasDataOrFile() throws Exception {
    JsonObject model = json(get("/v1/models/y_next-trees"));
    assertEquals("y_next", model.get("target").getAsString());
    assertEquals(2, model.getAsJsonArray("inputs").size());
    assertTrue(model.getAsJsonObject("inputExample").has("level"));
    String all = model.toString();
    assertFalse(all.contains("diff("), all);
    assertFalse(all.contains(workspace.toString()), all);
    assertEquals(0, model.getAsJsonObject("provenance").size());
    assertEquals("", model.get("run").getAsString());
  }

  @Test
  void manyAtOnceAllRight() throws Exception {
    double expected = prediction(get("/predict?level=0.5&change=-0.1"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> replies = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        replies.add(threads.submit(() -> predict("{\"rows\":[{\"level\":0.5,\"change\":-0.1}]}")));
      }
      for (Future<HttpResponse<String>> reply : replies) {
        assertEquals(expected, prediction(reply.get()));
      }
    }
  }

  // --------------------------------------------------------------- bad input

  @Test
  void badRowsSayWhereAndWhat() throws Exception {
    Map<String, String> cases =
        Map.of(
            "{\"rows\":[{\"level\":1,\"change\":1},{\"level\":1}]}", "rows[1].change",
            "{\"rows\":[{\"level\":1,\"change\":1,\"more\":1}]}", "rows[0].more",
            "{\"rows\":[{\"level\":\"a lot\",\"change\":1}]}", "rows[0].level",
            "{\"rows\":[{\"level\":[1],\"change\":1}]}", "rows[0].level",
            "{\"rows\":[{\"level\":1,\"change\":true}]}", "rows[0].change",
            "{\"rows\":[{\"level\":1e999,\"change\":1}]}", "");
    for (Map.Entry<String, String> each : cases.entrySet()) {
      JsonObject problem = problem(400, predict(each.getKey()));
      assertEquals("INVALID_INPUT", problem.get("category").getAsString());
      if (!each.getValue().isEmpty()) {
        assertEquals(each.getValue(), problem.get("key").getAsString(), each.getKey());
      }
    }
    // As protobuf and as Python write a number that is not one.
    for (String nan : List.of("\"NaN\"", "NaN")) {
      assertEquals(
          prediction(predict("{\"rows\":[{\"level\":null,\"change\":1}]}")),
          prediction(predict("{\"rows\":[{\"level\":" + nan + ",\"change\":1}]}")));
    }
  }

  @Test
  void malformedJsonSaysWhere() throws Exception {
    JsonObject problem = problem(400, predict("{\"rows\":[{\"level\":1,\n\"change\" 1}]}"));
    assertEquals(2, problem.get("line").getAsInt(), problem.toString());
    for (String body :
        List.of(
            "",
            " ",
            "nonsense",
            "[]",
            "3",
            "null",
            "{\"rows\":7}",
            "{\"rows\":{\"level\":1}}",
            "{\"rows\":[7]}",
            "{\"rows\":[null]}",
            "{\"rws\":[]}",
            "{\"rows\":[{\"level\":-Infinity,\"change\":1}]}",
            "{\"rows\":[{\"level\":1,\"change\":1}]",
            "{\"rows\":[{\"level\":1,\"change\":1}]} x",
            "{\"rows\":" + "[".repeat(100_000),
            "{\"rows\":[{\"level\":" + "[".repeat(5000) + "]".repeat(5000) + ",\"change\":1}]}")) {
      HttpResponse<String> reply = predict(body);
      String shown = body.substring(0, Math.min(60, body.length()));
      assertEquals(400, reply.statusCode(), shown + " gave " + reply.body());
      problem(400, reply);
    }
    HttpResponse<String> binary =
        client.send(
            HttpRequest.newBuilder(server.uri().resolve("/v1/models/y_next-trees:predict"))
                .POST(BodyPublishers.ofByteArray(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1}))
                .build(),
            BodyHandlers.ofString());
    problem(400, binary);
  }

  @Test
  void badQueries() throws Exception {
    assertEquals(
        "level", problem(400, get("/predict?level=much&change=1")).get("key").getAsString());
    problem(400, get("/predict?level=1"));
    problem(400, get("/predict?level=1&change=1&other=2"));
    problem(400, get("/predict?level=1&level=2&change=1"));
    problem(400, get("/predict?level=Infinity&change=1"));
    problem(404, get("/predict?model=nobody&level=1&change=1"));
    assertEquals(400, raw("GET /predict?level=%zz&change=1 HTTP/1.1").status());
  }

  @Test
  void nothingElseOfTheWorkspaceIsThere() throws Exception {
    // A method of these services that is not exposed, a service that is not, a model that is not
    // served.
    for (String path :
        List.of(
            "/v1/runs",
            "/v1/runs/" + run.getName(),
            "/v1/experiments",
            "/v1/datasets",
            "/v1/system",
            "/v1/models/" + run.getModels(0),
            "/v1/models/..%2F..%2Fsecret",
            "/v1/models/" + file.replace("/", "%2F"),
            "/",
            "/nothing")) {
      HttpResponse<String> reply = get(path);
      assertTrue(reply.statusCode() == 404 || reply.statusCode() == 400, path + reply.body());
      json(reply);
    }
    problem(404, post("/v1/models/" + run.getModels(0) + ":predict", "{\"rows\":[]}"));
    // The model in the body must not override the one in the path.
    HttpResponse<String> sneaky =
        predict(
            "{\"model\":\"" + run.getModels(0) + "\",\"rows\":[{\"level\":0.5,\"change\":-0.1}]}");
    assertEquals("y_next-trees", json(sneaky).get("model").getAsString());
    HttpResponse<String> wrongMethod = get("/v1/models/y_next-trees:predict");
    problem(405, wrongMethod);
    assertEquals("POST", wrongMethod.headers().firstValue("Allow").orElse(""));
    problem(405, post("/health", "{}"));
  }

  private record Raw(int status, String text) {}

  /** A request as these bytes, which HttpClient would not send. */
  private Raw raw(String request, String... headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
      OutputStream out = socket.getOutputStream();
      StringBuilder text = new StringBuilder(request).append("\r\n");
      if (headers.length == 0) {
        text.append("Host: localhost\r\n");
      }
      for (String header : headers) {
        text.append(header).append("\r\n");
      }
      text.append("Connection: close\r\n\r\n");
      out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Raw(Integer.parseInt(reply.substring(9, 12)), reply);
    }
  }

  @Test
  void aForeignHostNameIsRefused() throws Exception {
    assertEquals(421, raw("GET /health HTTP/1.1", "Host: evil.example").status());
    assertEquals(200, raw("GET /health HTTP/1.1", "Host: localhost:1234").status());
  }

  @Test
  void aHugeBodyIsRefusedWhetherItSaysSoOrNot() throws Exception {
    int size = (32 << 20) + 1;
    assertEquals(
        413,
        raw(
                "POST /v1/models/y_next-trees:predict HTTP/1.1",
                "Host: localhost",
                "Content-Length: " + size)
            .status());
    byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    InputStream endless =
        new InputStream() {
          private long sent;
          private InputStream now = new ByteArrayInputStream(spaces);

          @Override
          public int read() throws IOException {
            throw new IOException("read by arrays only");
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            int read = now.read(target, offset, length);
            if (read < 0 && sent < size) {
              now = new ByteArrayInputStream(spaces);
              read = now.read(target, offset, length);
            }
            sent += Math.max(0, read);
            return read;
          }
        };
    try {
      HttpResponse<String> reply =
          client.send(
              HttpRequest.newBuilder(server.uri().resolve("/v1/models/y_next-trees:predict"))
                  .POST(BodyPublishers.ofInputStream(() -> endless))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(413, reply.statusCode());
    } catch (IOException e) {
      // The server may hang up on the rest of the body before the client reads the reply.
      assertEquals(200, get("/health").statusCode());
    }
    assertEquals(200, get("/health").statusCode());
  }

  @Test
  void aPortInUseIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SlipstreamException error =
          assertThrows(
              SlipstreamException.class,
              () ->
                  PredictionServer.start(services.channel(), List.of(file), taken.getLocalPort()));
      assertEquals(Category.CONFLICT, error.category());
      assertTrue(error.getMessage().contains("" + taken.getLocalPort()));
      assertEquals(1, error.getMessage().lines().count());
    }
    assertEquals(
        Category.INVALID_INPUT,
        assertThrows(
                SlipstreamException.class,
                () -> PredictionServer.start(services.channel(), List.of(file), 70_000))
            .category());
  }

  @Test
  void modelsThatCannotBeServedAreRefusedAtTheStart() throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of(file));
    bytes[bytes.length / 2] ^= 1;
    Path damaged = Files.write(workspace.resolve("damaged.slipmodel"), bytes);
    assertEquals(Category.CORRUPT, refused(damaged.toString()));
    assertEquals(Category.NOT_FOUND, refused(workspace.resolve("no.slipmodel").toString()));
    assertEquals(Category.NOT_FOUND, refused("nobody"));
    assertEquals(Category.INVALID_INPUT, refused(file, file));
  }

  private Category refused(String... models) {
    return assertThrows(
            SlipstreamException.class,
            () -> PredictionServer.start(services.channel(), List.of(models), 0))
        .category();
  }

  @Test
  void afterStopNobodyAnswers() throws Exception {
    URI uri;
    try (PredictionServer other = PredictionServer.start(services.channel(), List.of(file), 0)) {
      uri = other.uri();
      assertEquals(
          200,
          client
              .send(HttpRequest.newBuilder(uri.resolve("/health")).build(), BodyHandlers.ofString())
              .statusCode());
    }
    URI gone = uri;
    assertThrows(
        IOException.class,
        () ->
            client.send(
                HttpRequest.newBuilder(gone.resolve("/health")).build(), BodyHandlers.ofString()));
    // The services are the caller's and go on.
    assertEquals(200, get("/health").statusCode());
  }

  // ----------------------------------------------------------------- OpenAPI

  @Test
  void openApiDescribesExactlyWhatIsThere() throws Exception {
    JsonObject api = json(get("/openapi.json"));
    assertEquals("3.1.0", api.get("openapi").getAsString());
    assertEquals(
        Set.of(
            "/v1/models/{model}:predict", "/v1/models/{name}", "/v1/models", "/predict", "/health"),
        api.getAsJsonObject("paths").keySet());
    JsonObject predict =
        api.getAsJsonObject("paths")
            .getAsJsonObject("/v1/models/{model}:predict")
            .getAsJsonObject("post");
    assertTrue(
        predict.get("description").getAsString().contains("Predicts rows of feature values"),
        "the proto's comment");
    JsonObject example =
        predict
            .getAsJsonObject("requestBody")
            .getAsJsonObject("content")
            .getAsJsonObject("application/json")
            .getAsJsonObject("example");
    assertEquals(200, predict(example.toString()).statusCode(), "its example works");
    Set<String> inputs = new java.util.HashSet<>();
    api.getAsJsonObject("paths")
        .getAsJsonObject("/predict")
        .getAsJsonObject("get")
        .getAsJsonArray("parameters")
        .forEach(each -> inputs.add(each.getAsJsonObject().get("name").getAsString()));
    assertEquals(Set.of("model", "level", "change"), inputs);
    references(api, api.getAsJsonObject("components").getAsJsonObject("schemas"));
    operations(api);
  }

  /** Every reference leads to a schema that is there. */
  private static void references(JsonElement element, JsonObject schemas) {
    if (element.isJsonArray()) {
      element.getAsJsonArray().forEach(each -> references(each, schemas));
    } else if (element.isJsonObject()) {
      JsonObject object = element.getAsJsonObject();
      if (object.has("$ref")) {
        String name = object.get("$ref").getAsString().replace("#/components/schemas/", "");
        assertTrue(schemas.has(name), name);
      }
      object.entrySet().forEach(each -> references(each.getValue(), schemas));
    }
  }

  /** Operation ids are unique, path parameters are declared, each operation has responses. */
  private static void operations(JsonObject api) {
    Set<String> ids = new java.util.HashSet<>();
    api.getAsJsonObject("paths")
        .entrySet()
        .forEach(
            path ->
                path.getValue()
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(
                        method -> {
                          JsonObject operation = method.getValue().getAsJsonObject();
                          assertTrue(ids.add(operation.get("operationId").getAsString()));
                          assertTrue(operation.getAsJsonObject("responses").has("200"));
                          var variable =
                              java.util.regex.Pattern.compile("\\{(\\w+)}").matcher(path.getKey());
                          while (variable.find()) {
                            boolean declared = false;
                            for (JsonElement each : operation.getAsJsonArray("parameters")) {
                              JsonObject parameter = each.getAsJsonObject();
                              declared |=
                                  parameter.get("in").getAsString().equals("path")
                                      && parameter
                                          .get("name")
                                          .getAsString()
                                          .equals(variable.group(1))
                                      && parameter.get("required").getAsBoolean();
                            }
                            assertTrue(declared, path.getKey());
                          }
                        }));
  }
}
