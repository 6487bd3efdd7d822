package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workbench of the built product, started as a user starts it. */
final class WorkbenchStartTest {
  private static final Map<String, String> HEADLESS = Map.of("SLIPSTREAM_HEADLESS", "1");

  @TempDir Path folder;

  @Test
  void theWindowOpensTheWorkspaceIsLockedAndCommandsJoin() throws Exception {
    Trades.write(folder, 3_000);
    try (Product.Running workbench = Product.start(HEADLESS, folder, "--timing")) {
      workbench.awaitText("parts filled after");
      System.out.println("workbench of the product: " + workbench.out().strip());
      try (Product.Running second = Product.start(HEADLESS, folder, "--timing")) {
        Product.Result refused = second.await();
        assertEquals(5, refused.exit(), refused.out() + refused.err());
        assertTrue((refused.out() + refused.err()).contains("is in use"), refused.err());
      }
      Product.Result run = Product.run(folder, "run", "small.slip.yaml");
      assertEquals(0, run.exit(), run.out() + run.err());
      assertTrue(workbench.process.isAlive(), "the first is not disturbed");
    }
  }

  @Test
  void withoutADisplayItSaysSo() throws Exception {
    Product.Result result = Product.run(folder);
    assertEquals(7, result.exit());
    assertTrue(result.err().contains("there is no display"), result.err());
    assertEquals(1, (result.out() + result.err()).lines().count(), "one line");
    assertFalse(Files.exists(folder.resolve("workspace/.metadata/workbench.xmi")));
  }
}
