package slipstream.tests.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is published about experiments (schema, document, examples) says what the shipped product does. */
class ExperimentFormatTest {
  private static final Path SCHEMA =
      ShippedProduct.ROOT.resolve("docs/formats/experiment.schema.json");
  private static final Path DOCUMENT = ShippedProduct.ROOT.resolve("docs/formats/experiment.md");

  /** Set this variable of the environment to write the schema anew. */
  private static final boolean RENEW = System.getenv("SLIPSTREAM_RENEW") != null;

  private static String json() throws Exception {
    return (String)
        ShippedProduct.call(
            "slipstream.experiment.ExperimentSchema", "json", ShippedProduct.plugins());
  }

  @Test
  void thePublishedSchemaIsFresh() throws Exception {
    String json = json();
    if (RENEW) {
      Files.writeString(SCHEMA, json);
    }
    assertEquals(
        json,
        Files.readString(SCHEMA),
        "docs/formats/experiment.schema.json is stale: run SLIPSTREAM_RENEW=1 ./slipstream test -pl"
            + " :slipstream.tests.formats -am");
  }

  @Test
  void everyShippedPluginLoads() throws Exception {
    Object plugins = ShippedProduct.plugins();
    assertEquals(List.of(), plugins.getClass().getMethod("problems").invoke(plugins));
    String json = json();
    for (String name :
        List.of(
            "importer.csv",
            "importer.parquet",
            "extractor.bars",
            "trainer.boosted-trees",
            "trainer.ridge",
            "trainer.tribuo-xgboost",
            "trainer.baseline",
            "\"mae\"",
            "\"onnx\"")) {
      assertTrue(json.contains(name), name);
    }
  }

  static Map<String, String> texts() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(ShippedProduct.ROOT.resolve("examples"))) {
      for (Path file :
          files.filter(path -> path.toString().endsWith(".slip.yaml")).sorted().toList()) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    Matcher block =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
    while (block.find()) {
      texts.put("experiment.md@" + block.start(), block.group(1));
    }
    return texts;
  }

  static List<String> names() throws IOException {
    return List.copyOf(texts().keySet());
  }

  @Test
  void thereAreExamplesAndADocumentedOne() throws IOException {
    assertTrue(names().size() >= 4, names().toString());
    assertTrue(names().stream().anyMatch(name -> name.startsWith("experiment.md")));
  }

  @Test
  void theOrderOfTheExamplesNamesEachOnce() throws IOException {
    Path examples = ShippedProduct.ROOT.resolve("examples");
    List<String> listed = Files.readAllLines(examples.resolve("order.txt"));
    assertEquals(
        names().stream()
            .filter(name -> name.endsWith(".slip.yaml"))
            .map(name -> name.replace(".slip.yaml", ""))
            .toList(),
        listed.stream().sorted().toList());
  }

  @ParameterizedTest
  @MethodSource("names")
  void followsThePublishedSchema(String name) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(SCHEMA));
    String text = texts().get(name);
    assertEquals(List.of(), schema.validate(text, InputFormat.YAML));
    String wrong = text.replaceFirst("(?m)^models:", "modles:");
    assertFalse(schema.validate(wrong, InputFormat.YAML).isEmpty(), "the schema refuses nothing");
  }

  @ParameterizedTest
  @MethodSource("names")
  void isValidWithTheShippedPlugins(String name) throws Exception {
    Object plugins = ShippedProduct.plugins();
    Function<Object, Object> expressions =
        experiment -> {
          try {
            return ShippedProduct.call(
                "slipstream.features.FeaturePlan", "check", experiment, plugins);
          } catch (InvocationTargetException e) {
            return List.of(e.getCause());
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    Object problems =
        ShippedProduct.call(
            "slipstream.experiment.ExperimentValidator",
            "validate",
            texts().get(name),
            name,
            plugins,
            expressions);
    List<String> lines = new ArrayList<>();
    ((List<?>) problems).forEach(each -> lines.add(((Throwable) each).getMessage()));
    assertEquals(List.of(), lines);
  }
}
