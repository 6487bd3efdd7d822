package slipstream.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentSchemaTest {
  private static final String JSON = ExperimentSchema.json(TestPlugins.catalog());

  private static List<Error> errors(String yaml) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(JSON);
    return schema.validate(yaml, InputFormat.YAML);
  }

  private static final String GOOD =
      """
      slipstream: 1
      name: good
      data: {importer: csv, path: a.csv, skip: [x], columns: {a: b}}
      prepare: [{extractor: bars, interval: 5m}]
      features:
        x: ret(close)
        y: {expression: ret(x), unit: bp}
      targets: {z: "lead(x, 1)"}
      models: {trees: {trainer: boosted-trees, rounds: 10, growth: leaf-wise, all_rows: false}}
      validation: {folds: 3, embargo: 0s}
      metrics: [mae]
      """;

  @Test
  void acceptsAGoodExperiment() {
    assertEquals(List.of(), errors(GOOD));
  }

  @Test
  void isTheSameEveryTime() {
    assertEquals(JSON, ExperimentSchema.json(TestPlugins.catalog()));
    assertTrue(JSON.endsWith("}\n"));
  }

  @Test
  void worksWithoutPlugins() {
    String json = ExperimentSchema.json(slipstream.core.spi.PluginCatalog.load(List.of()));
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(json);
    assertEquals(List.of(), schema.validate(GOOD, InputFormat.YAML));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: good|name: Not Good",
        "slipstream: 1|slipstream: 2",
        "importer: csv, path: a.csv|importer: csv",
        "importer: csv|importer: cvs",
        "skip: [x]|skp: [x]",
        "interval: 5m|interval: 5 years",
        "rounds: 10|rounds: 0",
        "rounds: 10|rounds: 1.5",
        "growth: leaf-wise|growth: up",
        "all_rows: false|all_rows: perhaps",
        "folds: 3|fold: 3",
        "metrics: [mae]|metrics: [mea]",
        "metrics: [mae]|metrics: [mae, mae]",
        "trainer: boosted-trees, |''",
        "x: ret(close)|2x: ret(close)",
        "unit: bp|unti: bp"
      })
  void refusesWhatTheReaderRefuses(String good, String bad) {
    String text = GOOD.replace(good, bad.equals("''") ? "" : bad);
    assertFalse(text.equals(GOOD));
    assertFalse(errors(text).isEmpty(), text);
    assertFalse(ExperimentValidator.validate(text, "", TestPlugins.catalog()).isEmpty(), text);
  }
}
