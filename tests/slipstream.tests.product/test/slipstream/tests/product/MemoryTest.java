package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that memory is too small for says what it needs and what there is, before it works for nothing. */
final class MemoryTest {
  @TempDir private Path folder;

  @Test
  void saysWhatItNeedsBeforeItTrains() throws Exception {
    Files.writeString(
        folder.resolve("large.slip.yaml"),
        """
        slipstream: 1
        name: large
        data: {importer: generate, kind: bonds, rows: 4000000}
        features:
          duration_now: duration
        targets:
          cost: trade_cost_bp
        models:
          trees: {trainer: random-forest, trees: 5}
          law: {trainer: size-cost, size: duration_now, loss: huber}
          both: {trainer: stacking, of: [trees, law]}
        validation: {folds: 2}
        """);
    Map<String, String> small = Map.of("SLIPSTREAM_JAVA_OPTS", "-Xmx256m");
    try (Product.Running running = Product.start(small, folder, "run", "large.slip.yaml")) {
      Product.Result result = running.await();
      String all = result.out() + result.err();
      assertEquals(6, result.exit(), all);
      String need =
          "training both on cost needs about [0-9,]+ MB of memory, and [0-9,]+ MB are left";
      assertTrue(all.matches("(?s).*" + need + " for it, if cost is known in all rows.*"), all);
      assertEquals(1, result.errorLines().size(), all);
      assertTrue(result.errorLines().getFirst().matches(".*" + need + ".*-Xmx.*"), all);
      assertFalse(all.contains("Train trees"), "nothing was trained");
    }
  }
}
