package slipstream.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.PluginCatalog;

class ExperimentValidatorTest {
  private static final PluginCatalog PLUGINS = TestPlugins.catalog();

  private static List<String> messages(String text) {
    return ExperimentValidator.validate(text, "f", PLUGINS).stream()
        .map(Throwable::getMessage)
        .toList();
  }

  private static final String GOOD =
      """
      slipstream: 1
      name: good
      data: {importer: csv, path: a.csv, skip: [x]}
      prepare: [{extractor: bars, interval: 5m}]
      features: {x: ret(close)}
      targets: {y: "lead(x, 1)"}
      models: {trees: {trainer: boosted-trees, rounds: 10, growth: leaf-wise}}
      metrics: [mae]
      """;

  @Test
  void findsNothingWrongWithAGoodOne() {
    assertEquals(List.of(), PLUGINS.problems());
    assertEquals(List.of(), messages(GOOD));
  }

  @Test
  void findsEverythingThatIsWrong() {
    assertEquals(
        List.of(
            "f: 'targets' is missing. Add 'targets:' with a line 'name: expression'.",
            "f:2:1: name: 'Bad Name' is not a name. Use up to 64 lower-case letters, digits and"
                + " hyphens.",
            "f:3:1: data: 'path' is missing. Add 'path': The file.",
            "f:3:23: data.pth: unknown parameter 'pth'. Did you mean 'path'? Known: path, time,"
                + " columns, skip.",
            "f:3:35: data.skip: expected a list of single values. Write [a, b].",
            "f:4:12: prepare[0].extractor: there is no feature extractor 'bar'. Did you mean 'bars'?"
                + " Known: bars.",
            "f:6:9: given.x: the given input has the name of a feature. Rename one of the two.",
            "f:8:35: models.trees.rounds: 0 is out of range. Allowed: 1 to 10000.",
            "f:8:46: models.trees.growth: 'sideways' is not allowed. Choose one of depth-wise,"
                + " leaf-wise.",
            "f:8:64: models.trees.learning_rate: 'fast' is not a number. Write it as 12, 0.5 or 1e-3.",
            "f:9:3: models.r: 'trainer' is missing. Add 'trainer: …'.",
            "f:10:11: metrics[0]: there is no metric 'mea'. Did you mean 'mae'? Known: mae.",
            "f:11:10: export[0]: there is no exporter 'onnx'"),
        messages(
            """
            slipstream: 1
            name: Bad Name
            data: {importer: csv, pth: a.csv, skip: {a: b}}
            prepare: [{extractor: bar, interval: 5m}]
            features: {x: ret(close)}
            given: {x: lead(x)}
            models:
              trees: {trainer: boosted-trees, rounds: 0, growth: sideways, learning_rate: fast}
              'r': {}
            metrics: [mea]
            export: [onnx]
            """));
  }

  @Test
  void findsWhatIsWrongWithTheOtherDataOfAStep() {
    String step = "{extractor: bars, interval: 5m}";
    assertEquals(
        List.of(),
        messages(
            GOOD.replace(
                step, "{extractor: bars, with: {importer: csv, path: b.csv, columns: {a: b}}}")));
    assertEquals(
        List.of(
            "f:4:29: prepare[0].with: 'path' is missing. Add 'path': The file.",
            "f:4:51: prepare[0].with.pth: unknown parameter 'pth'. Did you mean 'path'? Known: path,"
                + " time, columns, skip."),
        messages(GOOD.replace(step, "{extractor: bars, with: {importer: csv, pth: b.csv}}")));
    assertEquals(
        List.of(
            "f:4:36: prepare[0].with.importer: there is no importer 'cvs'. Did you mean 'csv'? Known:"
                + " csv."),
        messages(GOOD.replace(step, "{extractor: bars, with: {importer: cvs}}")));
  }

  @Test
  void asksForExpressionsOnce() {
    List<SlipstreamException> problems =
        ExperimentValidator.validate(
            GOOD,
            "f",
            PLUGINS,
            experiment ->
                List.of(
                    SlipstreamException.invalid(
                        "unknown function 'ret'",
                        new Place("", 0, 1, "features.x"),
                        "Did you mean 'ret2'?")));
    assertEquals(
        "f:5:15: features.x: unknown function 'ret'. Did you mean 'ret2'?",
        problems.getFirst().getMessage());
    assertEquals(1, problems.size());
  }

  @Test
  void aSyntaxErrorIsTheOnlyProblem() {
    List<String> problems = messages(GOOD + "a: [\n");
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().startsWith("f:10:1: "), problems.getFirst());
  }
}
