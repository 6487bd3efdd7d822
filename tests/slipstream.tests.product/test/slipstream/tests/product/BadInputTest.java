package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input: one clear line with what to do, a non-zero exit, and nothing of what was there is lost. */
final class BadInputTest {
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Trades.write(folder, 3_000);
  }

  /** Runs a command that must fail with one line that holds all the words. */
  private void fails(int exit, List<String> words, String... arguments) throws Exception {
    Product.Result result = Product.run(folder, arguments);
    String all = result.out() + result.err();
    assertEquals(exit, result.exit(), all);
    assertEquals(1, result.errorLines().size(), all);
    for (String word : words) {
      assertTrue(result.errorLines().getFirst().contains(word), () -> word + " is not in\n" + all);
    }
    assertFalse(all.contains("\tat "), "no stack trace is shown:\n" + all);
    assertNothingUnfinished();
  }

  private void assertNothingUnfinished() throws IOException {
    Path workspace = folder.resolve("workspace");
    if (Files.exists(workspace)) {
      try (Stream<Path> left = Files.walk(workspace)) {
        assertEquals(
            List.of(),
            left.filter(path -> path.getFileName().toString().startsWith(".unfinished-")).toList());
      }
    }
  }

  private void data(String csv) throws IOException {
    Files.writeString(folder.resolve("trades.csv"), csv);
  }

  @Test
  void missingExperiment() throws Exception {
    fails(3, List.of("nowhere.slip.yaml", "Check the path"), "run", "nowhere.slip.yaml");
  }

  @Test
  void unknownKeyNamesFileLineAndKey() throws Exception {
    Trades.experiment(folder, "bad.slip.yaml", "modles: {}\n");
    fails(2, List.of("bad.slip.yaml:21", "modles", "models"), "run", "bad.slip.yaml");
  }

  @Test
  void parameterOutOfRangeNamesFileLineAndKey() throws Exception {
    String text = Files.readString(folder.resolve("small.slip.yaml"));
    Files.writeString(folder.resolve("bad.slip.yaml"), text.replace("depth: 3", "depth: -3"));
    fails(2, List.of("bad.slip.yaml:17", "models.trees.depth", "-3"), "run", "bad.slip.yaml");
  }

  @Test
  void unknownOverride() throws Exception {
    fails(
        2,
        List.of("models.trees.dept", "depth"),
        "run",
        "small.slip.yaml",
        "--set",
        "models.trees.dept=3");
  }

  @Test
  void unknownColumnInAnExpression() throws Exception {
    String text = Files.readString(folder.resolve("small.slip.yaml"));
    Files.writeString(
        folder.resolve("bad.slip.yaml"), text.replace("mean(volume, 10)", "mean(volum, 10)"));
    fails(
        2,
        List.of("bad.slip.yaml:11", "features.mean_volume", "'volum'", "Did you mean 'volume'"),
        "run",
        "bad.slip.yaml");
  }

  @Test
  void featureThatLooksAhead() throws Exception {
    String text = Files.readString(folder.resolve("small.slip.yaml"));
    Files.writeString(
        folder.resolve("bad.slip.yaml"), text.replace("mean(volume, 10)", "lead(volume, 1)"));
    fails(2, List.of("bad.slip.yaml:11", "features.mean_volume"), "run", "bad.slip.yaml");
  }

  @Test
  void missingData() throws Exception {
    Files.delete(folder.resolve("trades.csv"));
    fails(3, List.of("trades.csv"), "run", "small.slip.yaml");
  }

  @Test
  void emptyData() throws Exception {
    data("");
    fails(2, List.of("trades.csv", "empty"), "run", "small.slip.yaml");
  }

  @Test
  void raggedData() throws Exception {
    data("time,price,size\n1,2,3\n4,5\n6,7,8\n");
    fails(2, List.of("trades.csv:3"), "run", "small.slip.yaml");
  }

  @Test
  void wordsWhereNumbersBelong() throws Exception {
    String good = Files.readString(folder.resolve("trades.csv"));
    int line = good.indexOf('\n', good.length() / 2) + 1;
    data(good.substring(0, line) + "1800000000,cheap,1\n");
    fails(2, List.of("trades.csv", "price"), "run", "small.slip.yaml");
  }

  @Test
  void unknownColumnOfTheFile() throws Exception {
    data(Files.readString(folder.resolve("trades.csv")).replace("time,price", "when,price"));
    fails(3, List.of("'time'", "when"), "run", "small.slip.yaml");
  }

  @Test
  void fewerRowsThanTheWindow() throws Exception {
    Trades.write(folder, 40);
    fails(2, List.of("rows"), "run", "small.slip.yaml");
  }

  @Test
  void targetWithoutAnyValue() throws Exception {
    String text = Files.readString(folder.resolve("small.slip.yaml"));
    Files.writeString(
        folder.resolve("bad.slip.yaml"),
        text.replace("1e4 * lead(logret(close, 1), 1)", "lead(close, 100000)"));
    fails(2, List.of("next_return"), "run", "bad.slip.yaml");
  }

  @Test
  void nanAndInfinitySurvive() throws Exception {
    String good = Files.readString(folder.resolve("trades.csv"));
    String[] lines = good.split("\n");
    for (int i = 50; i < lines.length; i += 97) {
      String[] cells = lines[i].split(",");
      lines[i] = cells[0] + "," + cells[1] + "," + (i % 2 == 0 ? "NaN" : "Infinity");
    }
    data(String.join("\n", lines) + "\n");
    Product.Result result = Product.run(folder, "run", "small.slip.yaml");
    assertEquals(0, result.exit(), result.err());
  }

  @Test
  void damagedModelsAreRefused() throws Exception {
    Product.Result run = Product.run(folder, "run", "small.slip.yaml");
    assertEquals(0, run.exit(), run.err());
    Matcher place = Pattern.compile("Models\\s+(\\S+)").matcher(run.out());
    assertTrue(place.find());
    byte[] good = Files.readAllBytes(Path.of(place.group(1), "next_return-trees.slipmodel"));
    Path model = folder.resolve("copy.slipmodel");
    Path output = Files.writeString(folder.resolve("old.csv"), "old");
    Files.write(model, java.util.Arrays.copyOf(good, good.length - 7));
    String[] predict = {
      "predict", "copy.slipmodel", "--input", "trades.csv", "--output", "old.csv"
    };
    fails(4, List.of("copy.slipmodel"), predict);
    byte[] flipped = good.clone();
    flipped[good.length / 3] ^= 4;
    Files.write(model, flipped);
    fails(4, List.of("copy.slipmodel", "checksum"), predict);
    fails(4, List.of("copy.slipmodel"), "serve", "copy.slipmodel", "--port", "0");
    fails(4, List.of("copy.slipmodel"), "export", "copy.slipmodel", "--to", "onnx");
    assertEquals("old", Files.readString(output), "the old output is untouched");

    Files.write(model, good);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      fails(5, List.of(port), "serve", "copy.slipmodel", "--port", port);
    }
    fails(3, List.of("tensorflow", "onnx"), "export", "copy.slipmodel", "--to", "tensorflow");
  }

  @Test
  void interruptAtAnyMomentCancels() throws Exception {
    for (String moment : List.of("Import", "Features", "Train")) {
      try (Product.Running running =
          Product.start(folder, "run", "small.slip.yaml", "--set", "models.trees.rounds=20000")) {
        running.awaitText(moment);
        running.interrupt();
        Product.Result result = running.await();
        assertEquals(130, result.exit(), moment + result.out() + result.err());
      }
      assertNothingUnfinished();
    }
    Product.Result after = Product.run(folder, "run", "small.slip.yaml");
    assertEquals(0, after.exit(), "the workspace works on: " + after.err());
  }

  @Test
  void killedRunLeavesAWorkspaceThatOpens() throws Exception {
    try (Product.Running running =
        Product.start(folder, "run", "small.slip.yaml", "--set", "models.trees.rounds=20000")) {
      running.awaitText("Train");
      running.process.descendants().forEach(ProcessHandle::destroyForcibly);
      running.process.destroyForcibly();
      assertNotEquals(0, running.await().exit());
    }
    Product.Result after = Product.run(folder, "run", "small.slip.yaml");
    assertEquals(0, after.exit(), after.err());
  }

  @Test
  void diskWithoutSpace() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
    assumeTrue(mounted, "a small file system can only be mounted by root");
    try {
      Trades.write(folder, 200_000);
      fails(
          6,
          List.of("no space left", "Free some space"),
          "run",
          "small.slip.yaml",
          "--workspace",
          disk.toString());
    } finally {
      new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
    }
  }

  /** A file that takes a second or more to import. */
  private void large() throws IOException {
    StringBuilder text = new StringBuilder("time,sym,price,size\n");
    for (int i = 1_500_000; i > 0; i--) {
      text.append(1_700_000_000L + i).append(",S").append(i % 50).append(',').append(i % 977);
      text.append(".5,1\n");
    }
    Files.writeString(folder.resolve("large.csv"), text);
  }

  private static final String[] IMPORT = {"import", "large.csv", "--name", "large"};

  @Test
  void interruptedImportLeavesNothingAndGoesThroughNextTime() throws Exception {
    large();
    try (Product.Running running = Product.start(folder, IMPORT)) {
      running.awaitText("Import large.csv");
      running.interrupt();
      Product.Result result = running.await();
      assertEquals(130, result.exit(), result.out() + result.err());
      assertTrue(result.err().contains("nothing was imported"), result.err());
    }
    assertNothingUnfinished();
    Product.Result datasets = Product.run(folder, "datasets");
    assertTrue(datasets.out().contains("No datasets yet"), datasets.out());
    Product.Result after = Product.run(folder, IMPORT);
    assertEquals(0, after.exit(), after.err());
    assertTrue(after.out().contains("1,500,000 rows"), after.out());
  }

  @Test
  void killedImportLeavesAWorkspaceThatOpensClean() throws Exception {
    large();
    Product.Result first = Product.run(folder, "import", "trades.csv", "--name", "kept");
    assertEquals(0, first.exit(), first.err());
    try (Product.Running running = Product.start(folder, IMPORT)) {
      running.awaitText("Import large.csv");
      running.process.descendants().forEach(ProcessHandle::destroyForcibly);
      running.process.destroyForcibly();
      assertNotEquals(0, running.await().exit());
    }
    Product.Result datasets = Product.run(folder, "datasets");
    assertEquals(0, datasets.exit(), datasets.err());
    assertTrue(datasets.out().contains("kept"), datasets.out());
    assertFalse(datasets.out().contains("large"), datasets.out());
    assertNothingUnfinished();
    Path scratch = folder.resolve("workspace/.slipstream/content/scratch");
    assertTrue(Files.notExists(scratch) || Files.list(scratch).findAny().isEmpty());
    Product.Result after = Product.run(folder, IMPORT);
    assertEquals(0, after.exit(), after.err());
  }

  @Test
  void importErrorsNameThePlace() throws Exception {
    data("time,price,size\n1,2,3\n4,5\n6,7,8\n");
    fails(2, List.of("trades.csv:3", "2 fields"), "import", "trades.csv");
    fails(3, List.of("none*.csv", "no file matches"), "import", "none*.csv");
    Files.write(folder.resolve("x.parquet"), "PAR1 and no more".getBytes());
    fails(4, List.of("x.parquet", "whole Parquet file"), "import", "x.parquet");
    data("time,price,size\n1,2,3\n");
    fails(
        2,
        List.of("sql", "line 1, column 8", "Columns of input: time, price, size"),
        "import",
        "trades.csv",
        "--sql",
        "SELECT prize FROM input");
    fails(3, List.of("no dataset 'nope'"), "import", "trades.csv", "--append", "nope");
    fails(3, List.of("no dataset 'nope'"), "datasets", "delete", "nope");
    fails(2, List.of("no file is named"), "import");
  }

  @Test
  void doctorExaminesAWorkspaceThatDoesNotOpen() throws Exception {
    Path store = Files.createDirectories(folder.resolve("workspace/.slipstream"));
    Files.writeString(store.resolve("store.mv.db"), "not a database");
    Product.Result result = Product.run(folder, "doctor");
    assertEquals(1, result.exit(), result.out() + result.err());
    assertTrue(result.out().contains("workspace"), result.out());
    assertTrue(result.out().contains("jdk"), result.out());
    assertEquals("not a database", Files.readString(store.resolve("store.mv.db")));
  }

  @Test
  void unknownCommandAndOption() throws Exception {
    fails(2, List.of("rnu"), "rnu");
    fails(2, List.of("--dta"), "run", "small.slip.yaml", "--dta", "x");
  }
}
