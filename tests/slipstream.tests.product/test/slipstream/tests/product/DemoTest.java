package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, on the real trades that ship. */
final class DemoTest {
  @TempDir private Path folder;

  @Test
  void demoDoesTheMainJob() throws Exception {
    Product.Result demo = Product.run(folder, "demo");
    assertEquals(0, demo.exit(), demo.out() + demo.err());
    for (String words :
        List.of(
            "impact_bp (bp): out of sample",
            "next_volume",
            "baseline",
            "trees",
            "ridge",
            "checked by ONNX Runtime",
            "POST http://127.0.0.1:",
            "GET http://127.0.0.1:",
            "→ 200 {",
            "Stopped the server.",
            "Open it in the workbench:")) {
      assertTrue(demo.out().contains(words), () -> "'" + words + "' is not in\n" + demo.out());
    }
    Matcher report = Pattern.compile("Report\\s+(\\S+)").matcher(demo.out());
    assertTrue(report.find(), demo.out());
    Path directory = Path.of(report.group(1)).getParent();
    try (Stream<Path> models = Files.list(directory.resolve("models"));
        Stream<Path> exports = Files.list(directory.resolve("exports"))) {
      assertEquals(4, models.count(), "two targets, two models each");
      assertEquals(4, exports.count());
    }
    if (!demo.out().contains("does not beat the baseline")) {
      assertTrue(skillOfTrees(demo.out()) > 0, demo.out());
    }
  }

  /** The last number of the first 'trees' row before the training time: the skill. */
  private static double skillOfTrees(String out) {
    String row =
        out.lines().filter(line -> line.strip().startsWith("trees ")).findFirst().orElseThrow();
    String[] cells = row.strip().split("\\s+");
    return Double.parseDouble(cells[cells.length - 2]);
  }
}
