package slipstream.serving.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.ExperimentsServiceGrpc;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.PredictionsServiceGrpc;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.SystemServiceGrpc;
import slipstream.services.LocalServices;

/** Every service over HTTP, as a team server will offer them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TranscoderTest {
  private static final String EXPERIMENT =
      "slipstream: 1\\nname: failing\\ndata: {importer: csv, path: nowhere.csv, time: t}\\n"
          + "features: {a: x}\\ntargets: {b: \\\"lead(x, 1)\\\"}\\nmodels: {r: {trainer: ridge}}\\n";

  @TempDir private static Path workspace;
  private final HttpClient client = HttpClient.newHttpClient();
  private LocalServices services;
  private Transcoder transcoder;
  private HttpServer server;

  @BeforeAll
  void start() {
    services = LocalServices.open(workspace);
    transcoder =
        new Transcoder(
            services.channel(),
            List.of(
                SystemServiceGrpc.getServiceDescriptor(),
                DatasetsServiceGrpc.getServiceDescriptor(),
                ExperimentsServiceGrpc.getServiceDescriptor(),
                RunsServiceGrpc.getServiceDescriptor(),
                ModelsServiceGrpc.getServiceDescriptor(),
                PredictionsServiceGrpc.getServiceDescriptor()),
            method -> true);
    server = HttpServer.start(transcoder::answer, 0);
  }

  @AfterAll
  void stop() {
    server.close();
    services.close();
    client.close();
  }

  private HttpResponse<String> call(String method, String path, String body) throws Exception {
    URI uri = server.uri().resolve(path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  @Test
  void resourcesAreMadeReadListedAndDeleted() throws Exception {
    HttpResponse<String> saved =
        call("PUT", "/v1/experiments/mine", "{\"text\":\"name: mine\\n\"}");
    assertEquals(200, saved.statusCode(), saved.body());
    assertEquals("mine", json(saved).get("name").getAsString());
    JsonObject list = json(call("GET", "/v1/experiments?page_size=5", null));
    assertTrue(list.getAsJsonArray("experiments").size() >= 1);
    assertEquals(
        409, call("PUT", "/v1/experiments/mine", "{\"text\":\"x\",\"etag\":\"old\"}").statusCode());
    assertEquals(200, call("DELETE", "/v1/experiments/mine", null).statusCode());
    assertEquals(404, call("GET", "/v1/experiments/mine", null).statusCode());
    assertEquals(400, call("GET", "/v1/experiments?page_size=many", null).statusCode());
    assertEquals(400, call("GET", "/v1/experiments?nonsense=1", null).statusCode());
    assertEquals(405, call("PATCH", "/v1/experiments/mine", "{}").statusCode());
    assertEquals(200, call("GET", "/v1/experiments:schema", null).statusCode());
    JsonObject plugins = json(call("GET", "/v1/plugins?kind=PLUGIN_KIND_TRAINER", null));
    assertTrue(plugins.getAsJsonArray("plugins").size() >= 3);
    assertEquals(400, call("GET", "/v1/plugins?kind=NONSENSE", null).statusCode());
  }

  @Test
  void aStreamIsALineAnEvent() throws Exception {
    HttpResponse<String> started =
        call("POST", "/v1/runs", "{\"experimentText\":\"" + EXPERIMENT + "\"}");
    assertEquals(200, started.statusCode(), started.body());
    String name = json(started).get("name").getAsString();
    HttpResponse<String> watched = call("GET", "/v1/runs/" + name + ":watch", null);
    assertEquals("application/x-ndjson", watched.headers().firstValue("Content-Type").orElse(""));
    List<JsonObject> lines =
        watched.body().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    JsonObject last = lines.getLast().getAsJsonObject("result").getAsJsonObject("run");
    assertEquals("RUN_STATE_FAILED", last.get("state").getAsString(), watched.body());
    assertTrue(last.getAsJsonObject("problem").toString().contains("nowhere.csv"), last.toString());
    assertEquals("1", lines.getFirst().getAsJsonObject("result").get("sequence").getAsString());
    HttpResponse<String> none = call("GET", "/v1/runs/no-1:watch", null);
    assertEquals(404, none.statusCode(), "an error before the first event is an ordinary one");
    assertFalse(json(none).get("message").getAsString().isBlank());
  }

  @Test
  void theWholeSurfaceIsDescribed() {
    var document = new OpenApi(transcoder.routes(), List.of()).document();
    String text = Json.write(document);
    JsonObject api = JsonParser.parseString(text).getAsJsonObject();
    JsonObject paths = api.getAsJsonObject("paths");
    assertTrue(paths.has("/v1/runs/{name}:watch"), paths.keySet().toString());
    assertTrue(
        paths
            .getAsJsonObject("/v1/experiments/{name}")
            .keySet()
            .containsAll(List.of("get", "put", "delete")));
    JsonObject run =
        api.getAsJsonObject("components").getAsJsonObject("schemas").getAsJsonObject("Run");
    assertEquals(
        "Folder with report, models and exports, on the machine that ran it.",
        run.getAsJsonObject("properties")
            .getAsJsonObject("directory")
            .get("description")
            .getAsString());
  }
}
