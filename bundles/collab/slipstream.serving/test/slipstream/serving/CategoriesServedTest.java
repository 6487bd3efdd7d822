package slipstream.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelInput;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.PredictFileRequest;
import slipstream.proto.v1.PredictionsServiceGrpc;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.services.LocalServices;

/** A model of a text column, asked by name: over HTTP, by file of inputs, by file of raw data. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CategoriesServedTest {
  private static final String EXPERIMENT =
      """
      slipstream: 1
      name: dealers
      seed: 7
      data: {importer: csv, path: rows.csv, time: time, time_unit: s, instrument_value: TEST, columns: {desk: string}}
      features:
        dealer: dealer
        desk: desk
        size: size
      targets:
        cost: {expression: cost, unit: bp}
      models:
        trees: {trainer: boosted-trees, rounds: 100, depth: 3}
        per-size: {trainer: half-spread, by: [size]}
      validation: {folds: 2}
      """;

  @TempDir private static Path workspace;
  private final HttpClient client = HttpClient.newHttpClient();
  private LocalServices services;
  private PredictionServer server;
  private String file;
  private Model model;

  @BeforeAll
  void start() throws IOException {
    StringBuilder csv = new StringBuilder("time,dealer,desk,size,cost\n");
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 2000; i++) {
      int dealer = random.nextInt(6);
      int desk = 100 + random.nextInt(3);
      double size = 1 + random.nextDouble();
      double cost = 5 + 10 * (dealer * 7 % 5) + (desk == 101 ? 3 : 0) + size + random.nextDouble();
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%d,%.4f,%.4f%n",
              1_700_000_000L + 60L * i,
              dealer == 5 ? "" : "bank " + dealer,
              desk,
              size,
              cost));
    }
    Files.writeString(workspace.resolve("rows.csv"), csv);
    services = LocalServices.open(workspace);
    var runs = RunsServiceGrpc.newBlockingStub(services.channel());
    Run run = runs.startRun(StartRunRequest.newBuilder().setExperimentText(EXPERIMENT).build());
    for (var events = runs.watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build());
        events.hasNext(); ) {
      RunEvent event = events.next();
      run = event.hasRun() ? event.getRun() : run;
    }
    assertEquals(RunState.RUN_STATE_SUCCEEDED, run.getState(), run.toString());
    model =
        ModelsServiceGrpc.newBlockingStub(services.channel())
            .getModel(GetModelRequest.newBuilder().setName(run.getModels(0)).build());
    file = model.getFile();
    server = PredictionServer.start(services.channel(), List.of(file, run.getModels(1)), 0);
  }

  @AfterAll
  void stop() {
    server.close();
    services.close();
    client.close();
  }

  private JsonObject get(String path, int status) throws Exception {
    var response =
        client.send(
            HttpRequest.newBuilder(server.uri().resolve(path)).GET().build(),
            BodyHandlers.ofString());
    assertEquals(status, response.statusCode(), response.body());
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private JsonObject post(String name, String body, int status) throws Exception {
    var response =
        client.send(
            HttpRequest.newBuilder(server.uri().resolve("/v1/models/" + name + ":predict"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertEquals(status, response.statusCode(), response.body());
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static List<Double> predictions(JsonObject answer) {
    List<Double> all = new ArrayList<>();
    for (JsonElement each : answer.getAsJsonArray("predictions")) {
      all.add(each.getAsDouble());
    }
    return all;
  }

  @Test
  void theModelSaysWhichInputsAreTexts() {
    ModelInput dealer = model.getInputs(0);
    assertTrue(dealer.getCategory());
    assertEquals(5, dealer.getCategoriesCount());
    assertTrue(dealer.getCategoriesList().contains("bank 3"));
    assertEquals(0, model.getInputs(2).getCategoriesCount());
    assertTrue(model.getInputExample().getFieldsOrThrow("dealer").hasStringValue());
    assertTrue(model.getInputExample().getFieldsOrThrow("size").hasNumberValue());
  }

  @Test
  void rowsHaveNames() throws Exception {
    List<Double> all =
        predictions(
            post(
                "cost-trees",
                """
                {"rows": [
                  {"dealer": "bank 1", "desk": "100", "size": 1.5},
                  {"dealer": "bank 4", "desk": 101, "size": 1.5},
                  {"dealer": null, "desk": "100", "size": 1.5},
                  {"dealer": "a stranger", "desk": "100", "size": 1.5}]}
                """,
                200));
    assertEquals(5 + 20 + 2, all.get(0), 1);
    assertEquals(5 + 30 + 3 + 2, all.get(1), 1);
    assertEquals(5 + 0 + 2, all.get(2), 1);
    assertEquals(all.get(2), all.get(3));
    assertEquals(
        all.get(1), predictions(get("/predict?dealer=bank%204&desk=101&size=1.5", 200)).getFirst());
    assertEquals(
        all.get(2), predictions(get("/predict?dealer=&desk=100&size=1.5", 200)).getFirst());
    assertTrue(
        post("cost-trees", "{\"rows\": [{\"dealer\": [1], \"desk\": 1, \"size\": 1}]}", 400)
            .toString()
            .contains("it is no text"));
    assertTrue(
        post("cost-trees", "{\"rows\": [{\"desk\": 1, \"size\": 1}]}", 400)
            .toString()
            .contains("Give a text"));
    // One whose formula leaves texts alone takes them.
    post(
        "dealers-1-cost-per-size",
        "{\"rows\": [{\"dealer\": \"x\", \"desk\": \"y\", \"size\": 1}]}",
        200);
    JsonObject openApi = get("/openapi.json", 200);
    assertTrue(openApi.toString().contains("\"dealer\":\"bank "), openApi.toString());
  }

  @Test
  void filesOfInputsAndOfRawDataGiveTheSame() throws Exception {
    List<String> lines = Files.readAllLines(workspace.resolve("rows.csv")).subList(0, 200);
    Files.write(workspace.resolve("raw.csv"), lines);
    List<String> inputs = new ArrayList<>();
    for (String line : lines) {
      String[] cells = line.split(",");
      inputs.add(cells[1] + "," + cells[2] + "," + cells[3]);
    }
    Files.write(workspace.resolve("inputs.csv"), inputs);
    List<String> fromInputs = predictFile("inputs.csv");
    assertEquals(199, fromInputs.size());
    assertTrue(fromInputs.stream().distinct().count() > 10);
    // The raw data's importer reads the desk as text; a file of inputs has it as numbers.
    assertEquals(fromInputs, predictFile("raw.csv"));
  }

  private List<String> predictFile(String input) {
    var events =
        PredictionsServiceGrpc.newBlockingStub(services.channel())
            .predictFile(PredictFileRequest.newBuilder().setModel(file).setInput(input).build());
    StringBuilder csv = new StringBuilder();
    events.forEachRemaining(event -> csv.append(event.getCsv()));
    return csv.toString()
        .lines()
        .skip(1)
        .map(line -> line.substring(line.lastIndexOf(',') + 1))
        .toList();
  }
}
