package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.spi.PluginCatalog;

/** The tables of parameters in {@code docs/reference/preparation.md} are those of the extractors. */
class PreparationReferenceTest {
  /** Set to true, the tables are written instead of compared. */
  private static final boolean WRITE = Boolean.getBoolean("slipstream.docs.write");

  private static final String END = "<!-- end of parameters -->";

  private static Path page() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder.resolve("docs/reference/preparation.md");
  }

  @Test
  void thePageHasTheParametersOfEveryExtractor() throws IOException {
    String old = Files.readString(page());
    String text = old;
    for (PluginCatalog.Entry<FeatureExtractor<?>> entry :
        PluginCatalog.ofClassPath().extractors()) {
      String begin = "<!-- parameters of " + entry.name() + " -->\n";
      int from = text.indexOf(begin);
      assertTrue(
          from >= 0, page() + " has no section for '" + entry.name() + "': add '" + begin + "'");
      int to = text.indexOf(END, from);
      assertTrue(to >= 0, page() + " lacks '" + END + "' after '" + begin + "'");
      text = text.substring(0, from + begin.length()) + table(entry.plugin()) + text.substring(to);
    }
    if (WRITE) {
      Files.writeString(page(), text);
    } else {
      assertEquals(
          text, old, "stale: run this test with -Dslipstream.docs.write=true and commit " + page());
    }
  }

  private static String table(FeatureExtractor<?> extractor) {
    StringBuilder table =
        new StringBuilder("| parameter | type | default | meaning |\n|---|---|---|---|\n");
    for (ParameterDescription each : ParameterForm.describe(extractor.parameters())) {
      String type =
          each.choices().isEmpty()
              ? each.type().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
              : String.join(", ", each.choices().stream().map(word -> "`" + word + "`").toList());
      String otherwise =
          each.required()
              ? "required"
              : each.defaultValue().isEmpty() ? "none" : "`" + each.defaultValue() + "`";
      table.append("| `").append(each.name()).append("` | ").append(type);
      table.append(each.unit().isEmpty() ? "" : ", " + each.unit());
      table.append(" | ").append(otherwise).append(" | ");
      table.append(each.help().replace("|", "\\|")).append(" |\n");
    }
    return table.toString();
  }
}
