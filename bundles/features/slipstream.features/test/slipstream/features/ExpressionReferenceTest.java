package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.PluginCatalog;

class ExpressionReferenceTest {
  /** Set to true, the page is written instead of compared. */
  private static final boolean WRITE = Boolean.getBoolean("slipstream.docs.write");

  private static Path page() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder.resolve("docs/reference/expressions.md");
  }

  @Test
  void thePageSaysWhatTheCodeDoes() throws IOException {
    String text = ExpressionReference.markdown(PluginCatalog.ofClassPath());
    if (WRITE) {
      Files.createDirectories(page().getParent());
      Files.writeString(page(), text);
    }
    assertTrue(Files.exists(page()), page() + " is missing: run with -Dslipstream.docs.write=true");
    assertEquals(
        text,
        Files.readString(page()),
        "stale: run this test with -Dslipstream.docs.write=true and commit " + page());
  }

  @Test
  void reachIsInWords() {
    String text = ExpressionReference.markdown(PluginCatalog.ofClassPath());
    assertTrue(text.contains("| look-back | window - 1 rows, or the time window |"));
    assertTrue(text.contains("| look-ahead | n rows |"));
    assertTrue(text.contains("| look-back | all rows of the instrument |"));
  }
}
