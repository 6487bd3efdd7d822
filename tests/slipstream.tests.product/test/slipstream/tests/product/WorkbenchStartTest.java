package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workbench of the built product, started as a user starts it. */
final class WorkbenchStartTest {
  private static final long LIMIT_SECONDS = 180;

  @TempDir Path folder;

  private Process start(Map<String, String> environment, Path output, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(Product.ROOT.resolve("slipstream").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile());
    builder.environment().put("SLIPSTREAM_WORKSPACE", folder.resolve("workspace").toString());
    builder.environment().put("SLIPSTREAM_SKIP_BUILD", "1");
    builder.environment().remove("DISPLAY");
    builder.environment().remove("WAYLAND_DISPLAY");
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static void await(Process process, Path output, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!Files.readString(output).contains(text)) {
      assertTrue(
          process.isAlive() && System.nanoTime() < end,
          "'" + text + "' never came: " + Files.readString(output));
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  @Test
  void theWindowOpensAndTheWorkspaceIsLocked() throws Exception {
    Map<String, String> headless = Map.of("SLIPSTREAM_HEADLESS", "1");
    Path first = folder.resolve("first.txt");
    Process workbench = start(headless, first, "--timing");
    try {
      await(workbench, first, "first window after");
      System.out.println("workbench of the product: " + Files.readString(first).strip());
      Path second = folder.resolve("second.txt");
      Process other = start(headless, second, "--timing");
      assertTrue(other.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS));
      assertEquals(5, other.exitValue(), Files.readString(second));
      assertTrue(Files.readString(second).contains("is in use"), Files.readString(second));
      assertTrue(workbench.isAlive(), "the first is not disturbed");
    } finally {
      workbench.descendants().forEach(ProcessHandle::destroy);
      workbench.destroy();
      assertTrue(workbench.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void withoutADisplayItSaysSo() throws Exception {
    Path output = folder.resolve("output.txt");
    Process workbench = start(Map.of(), output);
    assertTrue(workbench.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS));
    assertEquals(7, workbench.exitValue());
    assertTrue(Files.readString(output).contains("there is no display"));
    assertEquals(1, Files.readString(output).lines().count(), "one line");
    assertFalse(Files.exists(folder.resolve("workspace/.metadata/workbench.xmi")));
  }
}
