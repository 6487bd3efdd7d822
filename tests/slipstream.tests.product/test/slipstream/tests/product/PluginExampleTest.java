package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worked examples of plug-ins, built, installed and used as its README says. */
final class PluginExampleTest {
  private static final Path PRODUCT =
      Product.ROOT.resolve("product/target/products/slipstream/linux/gtk/x86_64");

  @TempDir private Path folder;

  private record Result(int exit, String out) {}

  private Result run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .redirectInput(new File("/dev/null"));
    Map<String, String> environment = builder.environment();
    String java = System.getProperty("java.home");
    environment.put("JAVA_HOME", java);
    environment.put("PATH", java + "/bin:" + environment.get("PATH"));
    environment.put("SLIPSTREAM_WORKSPACE", folder.resolve("workspace").toString());
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(240, TimeUnit.SECONDS), () -> String.join(" ", command));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Result(
        process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
  }

  private void succeed(String... command) throws IOException, InterruptedException {
    Result result = run(command);
    assertEquals(0, result.exit(), result.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plugin-functions | example.functions | efficiency_ratio | Kaufman 1995 | features: | "
            + "features:\\n  straight: efficiency_ratio(close, 10)",
        "plugin-objective | example.objectives | linex | exponential on one side | rounds: | "
            + "objective: linex, objective_parameters: {asymmetry: 0.1}, rounds:"
      })
  void builtInstalledAndUsed(
      String example, String bundle, String plugin, String says, String key, String use)
      throws Exception {
    // The product that the other tests share stays as it is.
    succeed("cp", "-r", PRODUCT.toString(), "product");
    succeed("cp", "-r", Product.ROOT.resolve("examples").resolve(example).toString(), "example");
    succeed("example/build.sh", "product");
    succeed("example/install.sh", "product");
    succeed("example/install.sh", "product");
    Path info =
        folder.resolve("product/configuration/org.eclipse.equinox.simpleconfigurator/bundles.info");
    try (var lines = Files.lines(info)) {
      assertEquals(1, lines.filter(each -> each.startsWith(bundle + ",")).count());
    }
    Result about = run("product/slipstream", "plugins", plugin);
    assertEquals(0, about.exit(), about.out());
    assertTrue(about.out().contains(says), about.out());

    Trades.write(folder, 3_000);
    Path experiment = folder.resolve("small.slip.yaml");
    String text = Files.readString(experiment);
    assertTrue(text.contains(key), text);
    Files.writeString(experiment, text.replace(key, use.replace("\\n", "\n")));
    Result run = run("product/slipstream", "run", "small.slip.yaml");
    assertEquals(0, run.exit(), run.out());
  }
}
