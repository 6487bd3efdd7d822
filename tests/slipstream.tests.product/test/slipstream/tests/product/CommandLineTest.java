package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every command on good input. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandLineTest {
  private Path folder;
  private Product.Result run;
  private Path models;

  @BeforeAll
  void runOnce(@TempDir Path fresh) throws Exception {
    folder = fresh;
    Trades.write(folder, 9_000);
    run = Product.run(folder, "run", "small.slip.yaml");
    assertEquals(0, run.exit(), run.err());
    Matcher place = Pattern.compile("Models\\s+(\\S+)").matcher(run.out());
    assertTrue(place.find(), run.out());
    models = Path.of(place.group(1));
  }

  @Test
  void runPrintsScoresBesideTheBaseline() {
    assertTrue(run.out().contains("next_return (bp): out of sample"), run.out());
    for (String word : List.of("baseline", "trees", "ridge", "MAE (bp)", "RMSE (bp)", "Skill")) {
      assertTrue(run.out().contains(word), () -> word + " is not in\n" + run.out());
    }
    assertTrue(run.out().contains("ONNX of next_return/trees checked by ONNX Runtime"), run.out());
  }

  @Test
  void runLeavesReportModelsAndExports() throws IOException {
    Path directory = models.getParent();
    String html = Files.readString(directory.resolve("report.html"));
    assertTrue(html.contains("next_return"), "the report names the target");
    assertFalse(html.contains("src=\"http"), "the report loads nothing");
    assertTrue(Files.exists(models.resolve("next_return-trees.slipmodel")));
    assertTrue(Files.exists(directory.resolve("exports/next_return-trees.onnx")));
    try (Stream<Path> left = Files.walk(folder)) {
      assertEquals(
          List.of(),
          left.filter(path -> path.getFileName().toString().startsWith(".unfinished-")).toList());
    }
  }

  @Test
  void oneAndTwoThreadsGiveTheSameModelBytes() throws Exception {
    Product.Result other = Product.run(folder, "run", "small.slip.yaml", "--threads", "1");
    assertEquals(0, other.exit(), other.err());
    Matcher place = Pattern.compile("Models\\s+(\\S+)").matcher(other.out());
    assertTrue(place.find());
    Path again = Path.of(place.group(1));
    assertFalse(again.equals(models), "two runs have two folders");
    for (String name : List.of("next_return-trees.slipmodel", "next_return-ridge.slipmodel")) {
      assertArrayEquals(
          Files.readAllBytes(models.resolve(name)), Files.readAllBytes(again.resolve(name)), name);
    }
  }

  @Test
  void setChangesTheRunAndJsonIsOneObject() throws Exception {
    Product.Result result =
        Product.run(folder, "run", "small.slip.yaml", "--json", "--set", "models.trees.rounds=5");
    assertEquals(0, result.exit(), result.err());
    assertEquals(1, result.out().strip().lines().count(), result.out());
    assertTrue(result.out().startsWith("{\"run\":"), result.out());
  }

  @Test
  void predictsRawRowsToStandardOutput() throws Exception {
    Product.Result result =
        Product.run(
            folder,
            "predict",
            models.resolve("next_return-trees.slipmodel").toString(),
            "--input",
            "trades.csv");
    assertEquals(0, result.exit(), result.err());
    List<String> lines = result.out().lines().toList();
    assertTrue(lines.size() > 100, "a header and a row per bar, not " + lines.size());
    assertTrue(lines.getFirst().contains("next_return"), lines.getFirst());
  }

  @Test
  void explainsARowAndWhatIfItWereAnother() throws Exception {
    String archive = models.resolve("next_return-trees.slipmodel").toString();
    Product.Result row =
        Product.run(folder, "explain", archive, "--input", "trades.csv", "--row", "30");
    assertEquals(0, row.exit(), row.err());
    assertTrue(row.out().contains("base value"), row.out());
    assertTrue(row.out().contains("(row 30, "), row.out());
    assertTrue(row.out().contains("Exact: TreeSHAP"), row.out());
    Product.Result json = Product.run(folder, "explain", archive, "ret_1=0.001", "--json");
    assertEquals(0, json.exit(), json.err());
    assertEquals(1, json.out().strip().lines().count(), json.out());
    assertTrue(json.out().contains("\"value\":0.001"), json.out());
    Product.Result unknown = Product.run(folder, "explain", archive, "ret_2=1");
    assertEquals(2, unknown.exit());
    assertTrue(unknown.err().contains("no input 'ret_2'"), unknown.err());
    Product.Result without = Product.run(folder, "explain", archive, "--input", "trades.csv");
    assertEquals(2, without.exit());
    assertTrue(without.err().contains("--row"), without.err());
  }

  @Test
  void predictsToAParquetFile() throws Exception {
    Product.Result result =
        Product.run(
            folder,
            "predict",
            models.resolve("next_return-ridge.slipmodel").toString(),
            "--input",
            "trades.csv",
            "--output",
            "predictions.parquet");
    assertEquals(0, result.exit(), result.err());
    byte[] bytes = Files.readAllBytes(folder.resolve("predictions.parquet"));
    assertEquals("PAR1", new String(bytes, 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
  }

  @Test
  void exportsToOnnx() throws Exception {
    Product.Result result =
        Product.run(
            folder,
            "export",
            models.resolve("next_return-trees.slipmodel").toString(),
            "--to",
            "onnx",
            "--output",
            "model.onnx");
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.out().contains("Checked by ONNX Runtime"), result.out());
    assertTrue(Files.size(folder.resolve("model.onnx")) > 100);
  }

  @Test
  void servesOverHttpUntilInterrupted() throws Exception {
    try (Product.Running server =
        Product.start(
            folder,
            "serve",
            models.resolve("next_return-trees.slipmodel").toString(),
            "--port",
            "0")) {
      server.awaitText("Stop: Ctrl-C");
      Matcher at = Pattern.compile("http://127\\.0\\.0\\.1:\\d+").matcher(server.out());
      assertTrue(at.find(), server.out());
      URI uri = URI.create(at.group());
      try (HttpClient client = HttpClient.newHttpClient()) {
        assertEquals(200, get(client, uri.resolve("/health")).statusCode());
        assertTrue(get(client, uri.resolve("/openapi.json")).body().contains("\"openapi\""));
        HttpResponse<String> byQuery =
            get(client, uri.resolve("/predict?ret_1=0.0001&flow_1=3&vol_10=0.0002&mean_volume=7"));
        assertEquals(200, byQuery.statusCode(), byQuery.body());
        HttpResponse<String> byRows =
            client.send(
                HttpRequest.newBuilder(uri.resolve("/v1/models/next_return-trees:predict"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            """
                            {"rows": [{"ret_1": 0.0001, "flow_1": 3, "vol_10": 0.0002, "mean_volume": 7}]}
                            """))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, byRows.statusCode(), byRows.body());
        Pattern number = Pattern.compile("\"predictions\":\\s*\\[\\s*(-?[0-9.eE+-]+)");
        Matcher first = number.matcher(byQuery.body());
        Matcher second = number.matcher(byRows.body());
        assertTrue(first.find() && second.find(), byQuery.body() + byRows.body());
        assertEquals(first.group(1), second.group(1));
      }
      server.interrupt();
      assertEquals(0, server.await().exit(), server.err());
    }
  }

  private static HttpResponse<String> get(HttpClient client, URI uri)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void checksHealthAndFailsWhenAsked(@TempDir Path data) throws Exception {
    StringBuilder csv = new StringBuilder("date,symbol,bid,ask\n");
    for (int day = 1; day < 29; day++) {
      csv.append(String.format(Locale.ROOT, "2024-02-%02d,A,%d,10%n", day, day == 3 ? 11 : 9));
      csv.append(String.format(Locale.ROOT, "2024-02-%02d,B,%d,10%n", day, day == 4 ? 0 : 9));
    }
    Files.writeString(data.resolve("quotes.csv"), csv);
    Product.Result text = Product.run(data, "health", "quotes.csv", "--html", "page.html");
    assertEquals(0, text.exit(), text.err());
    assertTrue(text.out().contains("error     Zero prices: 1 row (1.79 %)"), text.out());
    assertTrue(text.out().contains("A  2024-02-03  bid 11, ask 10  (row 2)"), text.out());
    assertTrue(text.out().contains("guessed: time is 'date'; instrument is 'symbol'."), text.out());
    String page = Files.readString(data.resolve("page.html"));
    assertTrue(page.contains("Crossed quotes") && page.endsWith("</html>\n"));
    assertEquals(1, Product.run(data, "health", "quotes.csv", "--fail-on", "error").exit());
    Product.Result json =
        Product.run(
            data,
            "health",
            "quotes.csv",
            "--json",
            "--role",
            "bid=other",
            "--role",
            "ask=other",
            "--fail-on",
            "warning");
    assertEquals(0, json.exit(), "what is no quote is not crossed");
    assertTrue(json.out().startsWith("{\"rows\":\"56\""), json.out());
    Product.Result missing = Product.run(data, "health", "nothing.csv", "quotes.csv");
    assertEquals(3, missing.exit());
    assertEquals(1, missing.errorLines().size());
    assertTrue(missing.out().contains("Zero prices"), "the other file is checked all the same");
    Product.Result role = Product.run(data, "health", "quotes.csv", "--role", "bid=bids");
    assertEquals(2, role.exit());
    assertTrue(role.err().contains("Did you mean 'bid'?"), role.err());
  }

  @Test
  void listsPlugins() throws Exception {
    Product.Result result = Product.run(folder, "plugins");
    assertEquals(0, result.exit(), result.err());
    for (String name :
        List.of("csv", "parquet", "bars", "logret", "boosted-trees", "ridge", "skill", "onnx")) {
      assertTrue(result.out().contains(" " + name + " "), () -> name + "\n" + result.out());
    }
    Product.Result one = Product.run(folder, "plugins", "boosted-trees");
    assertTrue(one.out().contains("learning_rate"), one.out());
  }

  @Test
  void featuresOfTheRunAreInTheCacheUntilPruned() throws Exception {
    Product.Result json = Product.run(folder, "cache", "list", "--json");
    assertEquals(0, json.exit(), json::toString);
    int series = json.out().split("\"codeVersion\"").length - 1;
    assertTrue(series > 0, json::toString);
    Product.Result text = Product.run(folder, "cache", "list");
    assertTrue(text.out().contains(series + " series, "), text::toString);
    Product.Result pruned = Product.run(folder, "cache", "prune", "--keep", "0");
    assertTrue(pruned.out().startsWith(series + " series removed, "), pruned::toString);
    assertEquals(2, Product.run(folder, "cache").exit());
    assertEquals(2, Product.run(folder, "cache", "prune", "--keep", "-1").exit());
  }

  @Test
  void doctorLooksAtTheMachine() throws Exception {
    Product.Result result = Product.run(folder, "doctor");
    assertEquals(0, result.exit(), result.out() + result.err());
    for (String name : List.of("jdk", "cores", "memory", "gpu", "display")) {
      assertTrue(result.out().contains(name), () -> name + "\n" + result.out());
    }
    Product.Result json = Product.run(folder, "doctor", "--json");
    assertTrue(json.out().startsWith("{"), json.out());
  }

  @Test
  void saysItsVersionAndHelps() throws Exception {
    assertTrue(Product.run(folder, "--version").out().startsWith("slipstream "));
    Product.Result help = Product.run(folder, "--help");
    assertEquals(0, help.exit());
    assertTrue(help.out().contains("Exit codes:"), help.out());
    for (String command :
        List.of(
            "demo", "run", "predict", "explain", "serve", "export", "cache", "plugins", "doctor")) {
      assertEquals(0, Product.run(folder, command, "--help").exit(), command);
    }
  }

  private Product.Result succeeds(String... arguments) throws Exception {
    Product.Result result = Product.run(folder, arguments);
    assertEquals(0, result.exit(), result.out() + result.err());
    return result;
  }

  @Test
  void importsAppendsListsRunsAndDeletes() throws Exception {
    String all = Files.readString(folder.resolve("trades.csv"));
    int cut = all.indexOf('\n', all.length() / 2) + 1;
    Files.writeString(folder.resolve("old.csv"), all.substring(0, cut));
    Files.writeString(
        folder.resolve("new.csv"), all.substring(0, all.indexOf('\n') + 1) + all.substring(cut));
    Product.Result look = succeeds("import", "old.csv", "--preview");
    assertTrue(look.out().contains("import takes --time time"), look.out());
    assertTrue(look.out().contains("price"), look.out());

    Product.Result first =
        succeeds(
            "import", "old.csv", "--name", "ticks", "--time-unit", "s", "--instrument-value", "X");
    assertTrue(first.err().contains("time is 'time'"), first.err());
    assertTrue(first.out().contains("ticks, version 1"), first.out());
    Product.Result second = succeeds("import", "new.csv", "--append", "ticks");
    assertTrue(second.out().contains("ticks, version 2: 9,000 rows"), second.out());
    assertTrue(succeeds("datasets").out().contains("ticks"));
    assertTrue(succeeds("datasets", "show", "ticks").out().contains("new.csv"));
    assertTrue(succeeds("datasets", "show", "ticks", "--json").out().contains("\"version\":2"));

    String text = Files.readString(folder.resolve("small.slip.yaml"));
    Files.writeString(
        folder.resolve("stored.slip.yaml"),
        text.replaceFirst("data: .*", "data: {importer: dataset, name: ticks}"));
    Product.Result stored = succeeds("run", "stored.slip.yaml");
    assertTrue(stored.out().contains("next_return (bp): out of sample"), stored.out());
    Product.Result gone = succeeds("datasets", "delete", "ticks", "--force");
    assertTrue(gone.out().contains("ticks is deleted"), gone.out());
    assertFalse(succeeds("datasets").out().contains("ticks "));
  }
}
