package slipstream.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Evaluation;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Orders;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;

class ExperimentFileTest {
  static final String FULL =
      """
      # Bitcoin
      slipstream: 1
      name: btc-impact   # kept
      description: |
        Two
        lines.
      seed: 7
      data: {importer: csv, path: trades.csv, columns: {"Adj Close": close}, skip: [a, 'b c']}
      prepare:
        - {extractor: bars, interval: 60s}
        - extractor: bars
          price: 0700
      features:
        ret_1: ret(close, 1)
        vol_30: {expression: "std(ret_1, 30)", unit: fraction}
        big: >-
          ret_1 +
          vol_30
      given:
        flow: lead(signed_volume, 1)
        cap: {expression: "lead(high, 1)", targets: [impact_bp]}
      targets:
        impact_bp:
          expression: "1e4 * lead(logret(close, 1), 1)"
          unit: bp
          description: Move of the next bar.
      models:
        trees: {trainer: boosted-trees, rounds: 200, learning_rate: 1e-1, all_rows: false}
        low_risk:
          trainer: ridge
      baseline: {trainer: baseline, statistic: median}
      validation: {folds: 3, window: rolling, embargo: 5m, holdout: 0.2}
      metrics: [mae, r2]
      export:
        - onnx
      """;

  static final String MINIMAL =
      """
      slipstream: 1
      name: m
      data: {importer: csv, path: a.csv}
      features: {x: ret(close)}
      targets: {y: "lead(x, 1)"}
      models: {ridge: {trainer: ridge}}
      """;

  @Test
  void readsEverySection() {
    Experiment e = ExperimentFile.parse(FULL, "a.slip.yaml").experiment();
    assertEquals("btc-impact", e.name());
    assertEquals("Two\nlines.\n", e.description());
    assertEquals(7, e.seed());
    assertEquals("csv", e.data().plugin());
    assertEquals(
        Map.of(
            "path",
            "trades.csv",
            "columns",
            Map.of("Adj Close", "close"),
            "skip",
            List.of("a", "b c")),
        e.data().parameters());
    assertEquals("60s", e.prepare().getFirst().parameters().get("interval"));
    assertEquals("0700", e.prepare().getLast().parameters().get("price"), "a code stays text");
    assertEquals(List.of("ret_1", "vol_30", "big"), List.copyOf(e.features().keySet()));
    assertEquals(new Definition("std(ret_1, 30)", "fraction", ""), e.features().get("vol_30"));
    assertEquals("ret_1 + vol_30", e.features().get("big").expression());
    assertEquals("lead(signed_volume, 1)", e.given().get("flow").expression());
    assertEquals(List.of("impact_bp"), e.given().get("cap").targets());
    assertEquals(List.of("flow", "cap"), List.copyOf(e.given("impact_bp").keySet()));
    assertEquals(List.of("flow"), List.copyOf(e.given("other").keySet()));
    assertEquals("Move of the next bar.", e.targets().get("impact_bp").description());
    assertEquals(
        Map.of("rounds", 200L, "learning_rate", 0.1, "all_rows", false),
        e.models().get("trees").parameters());
    assertEquals(new PluginUse("baseline", Map.of("statistic", "median")), e.baseline());
    assertEquals(
        new Validation(3, Validation.Window.ROLLING, Duration.ofMinutes(5), 0.2), e.validation());
    assertEquals(List.of("mae", "r2"), e.metrics());
    assertEquals(List.of("onnx"), e.exports());
  }

  @Test
  void fillsDefaults() {
    Experiment e = ExperimentFile.parse(MINIMAL, "").experiment();
    assertEquals(1, e.seed());
    assertEquals(new PluginUse("baseline", Map.of("statistic", "mean")), e.baseline());
    assertEquals(
        new Validation(4, Validation.Window.EXPANDING, Duration.ZERO, 0.15), e.validation());
    assertEquals(List.of("mae", "rmse", "r2", "skill"), e.metrics());
    assertEquals(List.of(), e.exports());
  }

  @Test
  void knowsWhereEveryKeyStands() {
    ParsedExperiment parsed = ExperimentFile.parse(FULL, "a.slip.yaml");
    assertEquals(
        "a.slip.yaml:14:3: features.ret_1", parsed.places().get("features.ret_1").toString());
    assertEquals("a.slip.yaml:10:5: prepare[0]", parsed.places().get("prepare[0]").toString());
    assertEquals(
        "a.slip.yaml:12:5: prepare[1].price", parsed.places().get("prepare[1].price").toString());
    assertEquals(
        "a.slip.yaml:28:35: models.trees.rounds", parsed.places().get("models.trees.rounds") + "");
  }

  @Test
  void locatesErrorsOfLaterSteps() {
    ParsedExperiment parsed = ExperimentFile.parse(FULL, "a.slip.yaml");
    assertEquals(
        "a.slip.yaml:28:3: models.trees.depth: bad. Mend.",
        located(parsed, "models.trees.depth", 0));
    assertEquals(
        "a.slip.yaml:14:14: features.ret_1: bad. Mend.", located(parsed, "features.ret_1", 5));
    assertEquals(
        "a.slip.yaml:15:29: features.vol_30: bad. Mend.", located(parsed, "features.vol_30", 5));
    assertEquals(
        "a.slip.yaml:16:3: features.big: bad. Mend.",
        located(parsed, "features.big", 5),
        "a folded expression has no columns");
    assertEquals("a.slip.yaml: nowhere: bad. Mend.", located(parsed, "nowhere", 0));
  }

  private static String located(ParsedExperiment parsed, String key, int column) {
    return parsed
        .locate(SlipstreamException.invalid("bad", new Place("", 0, column, key), "Mend."))
        .getMessage();
  }

  static List<Arguments> wrong() {
    return List.of(
        Arguments.of(
            "", "f: the experiment is empty. Start with 'slipstream: 1', or copy an example."),
        Arguments.of(
            "# only a comment\n",
            "f: the experiment is empty. Start with 'slipstream: 1', or copy an example."),
        Arguments.of(
            "- a\n",
            "f:1:1: this is not an experiment. Start with 'slipstream: 1', then name, data, features,"
                + " targets and models."),
        Arguments.of(
            MINIMAL.replace("features:", "feature:"),
            "f:4:1: feature: unknown key 'feature'. Did you mean 'features'? Known: slipstream, name,"
                + " description, seed, data, prepare, features, given, targets, weight, cluster, models, baseline,"
                + " validation, evaluation, orders, metrics, export, search, device."),
        Arguments.of(
            MINIMAL.replace("slipstream: 1", "slipstream: 2"),
            "f:1:1: slipstream: the file has format version 2; this Slipstream reads 1. Open it with a"
                + " newer Slipstream."),
        Arguments.of(
            MINIMAL.replace("slipstream: 1", "slipstream: one"),
            "f:1:1: slipstream: 'one' is not a format version. Write 'slipstream: 1'."),
        Arguments.of(
            MINIMAL.replace("slipstream: 1\n", ""),
            "f: 'slipstream' is missing. Start with 'slipstream: 1', the version of the format."),
        Arguments.of(
            MINIMAL.replace("name: m", "name: My Model"),
            "f:2:1: name: 'My Model' is not a name. Use up to 64 lower-case letters, digits and"
                + " hyphens."),
        Arguments.of(
            MINIMAL + "seed: many\n",
            "f:7:1: seed: the seed is not a whole number. Write a number of up to 18 digits."),
        Arguments.of(
            MINIMAL + "name: again\n",
            "f:7:1: 'name' occurs twice, first in line 2. Remove or rename one of the two."),
        Arguments.of(
            MINIMAL.replace("importer", "imprter"),
            "f:3:1: data: 'importer' is missing. Did you mean 'importer' by 'imprter'?"),
        Arguments.of(
            MINIMAL.replace("a.csv", ""),
            "f:3:23: data.path: 'path' has no value. Write one, or remove the line."),
        Arguments.of(
            MINIMAL + "given: {x: x}\n",
            "f:7:9: given.x: the given input has the name of a feature. Rename one of the two."),
        Arguments.of(
            MINIMAL + "given: {z: {expression: x, targets: [yy]}}\n",
            "f:7:38: given.z.targets[0]: there is no target 'yy'. Did you mean 'y'? Known: y."),
        Arguments.of(
            MINIMAL.replace("x: ret(close)", "x: {expression: ret(close), targets: [y]}"),
            "f:4:40: features.x.targets: unknown key 'targets'. Known: expression, unit, description."),
        Arguments.of(
            MINIMAL + "given:\n",
            "f:7:1: given: expected a line 'name: expression' for each given input. Add one."),
        Arguments.of(
            MINIMAL + "given: {2x: x}\n",
            "f:7:9: given.2x: '2x' is not a name. Use letters, digits and underscores, a letter"
                + " first."),
        Arguments.of(
            MINIMAL + "given: {z: {expresion: x}}\n",
            "f:7:13: given.z.expresion: unknown key 'expresion'. Did you mean 'expression'? Known:"
                + " expression, unit, description, targets."),
        Arguments.of(
            MINIMAL + "given: {a: ret(close, 1)}\n",
            "f:7:12: within braces the comma after 'ret(close' ends the value. Put the expression in"
                + " quotes."),
        Arguments.of(
            MINIMAL + "validation: {fold: 3}\n",
            "f:7:14: validation.fold: unknown parameter 'fold'. Did you mean 'folds'? Known: scheme,"
                + " folds, test_blocks, window, group, group_folds, embargo, holdout, weight, leak_check."),
        Arguments.of(
            MINIMAL + "validation: {folds: 0}\n",
            "f:7:14: validation.folds: 0 is out of range. Allowed: 1 to 1000."),
        Arguments.of(
            MINIMAL + "validation: {embargo: 5 fortnights}\n",
            "f:7:14: validation.embargo: '5 fortnights' is not a length of time. Write it as 500ms,"
                + " 60s, 5m, 1h or 1d."),
        Arguments.of(
            MINIMAL + "prepare: {extractor: bars}\n",
            "f:7:1: prepare: expected a list. Write each step as '- {extractor: bars, …}'."),
        Arguments.of(
            MINIMAL + "metrics: [mae, mae]\n",
            "f:7:16: metrics[1]: 'mae' is listed twice. Remove one of the two."),
        Arguments.of(
            MINIMAL + "metrics: []\n",
            "f:7:1: metrics: there are no metrics. Name one, or remove the line for the default."),
        Arguments.of(
            MINIMAL + "a: b: c\n",
            "f:7:5: there is a ': ' where no key can be. Put the value in quotes, or check the"
                + " indentation."),
        Arguments.of(
            MINIMAL + "export:\n\t- onnx\n",
            "f:8:1: a tab cannot indent YAML. Indent with spaces."),
        Arguments.of(
            MINIMAL + "given: {a: @x}\n",
            "f:7:12: a value cannot start with '@'. Put the value in quotes."),
        Arguments.of(
            MINIMAL + "given: &a {z: x}\n",
            "f:7:8: anchors ('&') are not supported. Remove the anchor."),
        Arguments.of(
            MINIMAL + "given: *a\n",
            "f:7:8: aliases ('*') are not supported. Write the value out."),
        Arguments.of(
            MINIMAL + "seed: !!int 3\n",
            "f:7:7: tags ('!') are not supported. Remove 'tag:yaml.org,2002:int'."),
        Arguments.of(
            MINIMAL + "---\nname: b\n",
            "f:7:1: there is a second document. Remove the '---' and what follows it."),
        Arguments.of(
            MINIMAL + "description: a\u0007b\n",
            "f:7:15: the character U+0007 is not allowed in YAML. Remove it, or write it as \"\\u0007\""
                + " in double quotes."));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void saysWhatIsWrongWhereAndWhatToDo(String text, String expected) {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> ExperimentFile.parse(text, "f"));
    assertEquals(expected, e.getMessage());
    assertEquals(SlipstreamException.Category.INVALID_INPUT, e.category());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void refusesDeepNestingQuickly(String open) {
    String text = "slipstream: " + open.repeat(50_000);
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> ExperimentFile.parse(text, "f"));
    assertEquals(1, e.place().orElseThrow().line(), e.getMessage());
  }

  @Test
  void refusesAnEndlessText() {
    String text = "# " + "x".repeat(YamlReader.MAX_LENGTH);
    assertThrows(SlipstreamException.class, () -> ExperimentFile.parse(text, "f"));
  }

  @Test
  void readsWindowsTextWithByteOrderMark() {
    String text = "\ufeff" + FULL.replace("\n", "\r\n");
    ParsedExperiment parsed = ExperimentFile.parse(text, "f");
    assertEquals(ExperimentFile.parse(FULL, "f").experiment(), parsed.experiment());
    assertEquals(14, parsed.places().get("features.ret_1").line());
  }

  @Test
  void namesTheFileThatCannotBeRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.slip.yaml");
    assertEquals(
        SlipstreamException.Category.NOT_FOUND,
        assertThrows(SlipstreamException.class, () -> ExperimentFile.read(file)).category());
    Files.write(file, "name: caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        file + ": the file is not UTF-8 text. Save it as UTF-8.",
        assertThrows(SlipstreamException.class, () -> ExperimentFile.read(file)).getMessage());
    assertTrue(
        assertThrows(SlipstreamException.class, () -> ExperimentFile.read(folder))
            .getMessage()
            .contains("folder"));
    Files.writeString(file, FULL);
    assertEquals("btc-impact", ExperimentFile.read(file).experiment().name());
  }

  // ------------------------------------------------------------ canonical text

  @Test
  void equalExperimentsHaveOneText() {
    Experiment a = ExperimentFile.parse(MINIMAL, "").experiment();
    Experiment b =
        ExperimentFile.parse(
                """
                models:
                  ridge: {trainer: "ridge"}
                # another order, the same defaults written out
                validation: {folds: 4}
                seed: 1
                targets: {y: 'lead(x, 1)'}
                features:
                  x: ret(close)
                data:
                  path: a.csv
                  importer: csv
                name: m
                slipstream: 1
                """,
                "")
            .experiment();
    assertEquals(ExperimentFile.write(a), ExperimentFile.write(b));
    assertEquals(ExperimentFile.hash(a), ExperimentFile.hash(b));
    assertEquals(
        """
        slipstream: 1
        name: m
        data:
          importer: csv
          path: a.csv
        features:
          x: ret(close)
        targets:
          y: lead(x, 1)
        models:
          ridge:
            trainer: ridge
        """,
        ExperimentFile.write(a));
  }

  @Property(tries = 400)
  void writingAndReadingGivesTheSameExperiment(@ForAll("experiments") Experiment experiment) {
    String text = ExperimentFile.write(experiment);
    Experiment read = ExperimentFile.parse(text, "").experiment();
    assertEquals(experiment, read);
    assertEquals(
        List.copyOf(experiment.features().keySet()), List.copyOf(read.features().keySet()));
    assertEquals(text, ExperimentFile.write(read));
  }

  static Arbitrary<String> texts() {
    Arbitrary<String> tricky =
        Arbitraries.of(
            "a: b",
            "- x",
            "# no",
            "a #b",
            "null",
            "~",
            "true",
            "1e4",
            "0x1F",
            "007",
            "1.50",
            "'",
            "\"",
            "a\nb",
            "\n",
            " x",
            "x ",
            "\t",
            "{a}",
            "[1, 2",
            "*x",
            "&x",
            "!x",
            "%",
            "@",
            "`",
            "?",
            ":",
            "---",
            "...",
            "a:",
            ",",
            "\\",
            "a\r\nb",
            "\u0085",
            "\u2028",
            "\ufeff",
            "😀",
            "ü",
            "a'b\"c",
            "1e4 * lead(logret(close, 1), 1)",
            "side = \"x\" and price > 0",
            "\u0000",
            "=",
            "<<",
            "yes");
    return Arbitraries.oneOf(
        tricky,
        Arbitraries.strings().ofMinLength(1).ofMaxLength(20),
        Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(40));
  }

  static Arbitrary<Object> values(int depth) {
    Arbitrary<Object> scalar =
        Arbitraries.oneOf(
            texts().map(each -> (Object) each),
            Arbitraries.longs()
                .between(-999_999_999_999_999_999L, 999_999_999_999_999_999L)
                .map(each -> each),
            Arbitraries.doubles().map(each -> each == 0 ? 0.0 : each),
            Arbitraries.of(true, false));
    if (depth == 0) {
      return scalar;
    }
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(6, scalar),
        net.jqwik.api.Tuple.of(1, values(depth - 1).list().ofMaxSize(3).map(each -> each)),
        net.jqwik.api.Tuple.of(
            1, Arbitraries.maps(texts(), values(depth - 1)).ofMaxSize(3).map(LinkedHashMap::new)));
  }

  @Provide
  Arbitrary<Experiment> experiments() {
    Arbitrary<String> series =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withChars('_', 'X')
            .ofMinLength(1)
            .ofMaxLength(8);
    Arbitrary<PluginUse> uses =
        Combinators.combine(
                texts(),
                Arbitraries.maps(
                        texts()
                            .filter(
                                key -> !List.of("importer", "extractor", "trainer").contains(key)),
                        values(2))
                    .ofMaxSize(4))
            .as(PluginUse::new);
    Arbitrary<Definition> definitions =
        Combinators.combine(texts(), texts().optional(0.3), texts().optional(0.3))
            .as((e, u, d) -> new Definition(e, u.orElse(""), d.orElse("")));
    Arbitrary<Validation> validations =
        Combinators.combine(
                Arbitraries.integers().between(1, 9),
                Arbitraries.of(Validation.Window.class),
                Arbitraries.longs().between(0, 1_000_000_000_000L),
                Arbitraries.doubles().between(0, 0.5))
            .as((f, w, n, h) -> new Validation(f, w, Duration.ofNanos(n), h));
    Arbitrary<List<String>> metrics = texts().list().uniqueElements().ofMinSize(1).ofMaxSize(3);
    return Combinators.combine(
            series.set().ofMinSize(2).ofMaxSize(7).map(List::copyOf),
            definitions.list().ofSize(7),
            uses.list().ofSize(4),
            validations,
            metrics,
            texts().optional(0.5),
            Arbitraries.longs().between(-999_999_999_999_999_999L, 999_999_999_999_999_999L),
            Arbitraries.integers().between(0, 3))
        .as(
            (names, written, plugins, validation, words, description, seed, steps) -> {
              SequencedMap<String, Definition> features = new LinkedHashMap<>();
              SequencedMap<String, Definition> given = new LinkedHashMap<>();
              SequencedMap<String, Definition> targets = new LinkedHashMap<>();
              for (int i = 0; i < names.size(); i++) {
                Definition each = written.get(i);
                if (i == 5) {
                  each =
                      new Definition(
                          each.expression(),
                          each.unit(),
                          each.description(),
                          List.of(names.get(1)));
                }
                (i == 0 ? features : i == 1 ? targets : i % 2 == 0 ? features : given)
                    .put(names.get(i), each);
              }
              SequencedMap<String, PluginUse> models = new LinkedHashMap<>();
              models.put("a", plugins.get(0));
              models.put("b-2_c", plugins.get(1));
              List<PluginUse> prepare = new ArrayList<>(plugins.subList(0, steps));
              return new Experiment(
                  "n" + Math.abs(seed % 1000),
                  description.orElse(""),
                  seed,
                  plugins.get(2),
                  prepare,
                  features,
                  given,
                  targets,
                  seed % 2 == 0 ? "" : "1 / sd # half",
                  seed % 3 == 0 ? "" : "parent: id",
                  models,
                  plugins.get(3),
                  validation,
                  seed % 2 == 0
                      ? Evaluation.DEFAULT
                      : new Evaluation(
                          Map.of("size", names.getFirst() + " / 2"),
                          5,
                          0,
                          Duration.ofMinutes(30),
                          "Europe/London",
                          1,
                          "sd",
                          names.getFirst()),
                  seed % 3 == 0
                      ? null
                      : new Orders(
                          "parent: id",
                          "side",
                          "q",
                          "filled",
                          "p",
                          "p0",
                          "",
                          "",
                          "fee",
                          "",
                          "",
                          "",
                          "mid",
                          Map.of("5m", "lead(mid, 5m)")),
                  words,
                  words.subList(0, words.size() - 1),
                  null,
                  DeviceChoice.values()[(int) Math.floorMod(seed, 3L)]);
            });
  }

  @Test
  void theDeviceIsReadAndDecidesNoHash() {
    Experiment any = ExperimentFile.parse(FULL, "").experiment();
    assertEquals(DeviceChoice.AUTO, any.device());
    Experiment cpu = ExperimentFile.parse(FULL + "\ndevice: cpu\n", "").experiment();
    assertEquals(DeviceChoice.CPU, cpu.device());
    assertEquals(ExperimentFile.hash(any), ExperimentFile.hash(cpu));
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> ExperimentFile.parse(FULL + "\ndevice: tpu\n", "f.yaml").experiment());
    assertTrue(e.getMessage().contains("'tpu' is not a device. Say auto, cpu or gpu."));
  }

  @Test
  void evaluationAndOrdersAreRead() {
    Experiment e =
        ExperimentFile.parse(
                MINIMAL
                    + "evaluation: {buckets: {size: q / adv, venue: venue}, zone: Asia/Tokyo}\n"
                    + "orders: {parent: id, side: side, order_quantity: q, quantity: filled, price: p,"
                    + " arrival_price: p0, after: {5m: mid_5m}}\n",
                "")
            .experiment();
    assertEquals(List.of("size", "venue"), List.copyOf(e.evaluation().buckets().keySet()));
    assertEquals("Asia/Tokyo", e.evaluation().zone());
    assertEquals(
        List.of("side", "order_quantity", "quantity", "price", "arrival_price", "after.5m"),
        List.copyOf(e.orders().expressions().keySet()));
    Experiment plain = ExperimentFile.parse(MINIMAL, "").experiment();
    assertEquals(Evaluation.DEFAULT, plain.evaluation());
    assertEquals(plain, e.unevaluated());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "evaluation: {time_of_day: 7h} | time_of_day must divide a day",
        "evaluation: {time_of_day: 1m} | be 5m or more",
        "evaluation: {zone: Mars/Base} | there is no time zone 'Mars/Base'",
        "evaluation: {bucket_count: 1} | evaluation.bucket_count: 1 is out of range",
        "evaluation: {buckets: {period: x}} | the bucket name 'period' is taken",
        "evaluation: {buckets: {a-b: x}} | 'a-b' is no name of a bucket",
        "evaluation: {buckets: {a: ''}} | the bucket 'a' has no expression",
        "evaluation: {bucket: {a: x}} | Did you mean 'buckets'?",
        "evaluation: 3 | evaluation: expected keys and values",
        "orders: {side: s} | orders: 'parent' is missing",
        "orders: {sid: s} | unknown parameter 'sid'",
        "orders: [] | orders: expected keys and values"
      })
  void whatIsWrongInEvaluationAndOrdersIsSaid(String line, String part) {
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class, () -> ExperimentFile.parse(MINIMAL + line + "\n", "f"));
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(e.getMessage().startsWith("f:7:"), e.getMessage());
  }

  // ----------------------------------------------------------------- overrides

  @Test
  void overridesKeepTheRestOfTheText() {
    Map<String, String> overrides = new LinkedHashMap<>();
    overrides.put("models.trees.rounds", "50");
    overrides.put("models.trees.depth", "6");
    overrides.put("prepare[0].interval", "5m");
    overrides.put("prepare.1.price", "last");
    overrides.put("features.vol_30", "std(ret_1, 60)");
    overrides.put("features.fresh", "abs(ret_1)");
    overrides.put("validation.folds", "6");
    overrides.put("metrics", "rmse, mae");
    overrides.put("data.where", "\"price > 0 # not null\"");
    overrides.put("seed", "11");
    String text = ExperimentFile.withOverrides(FULL, overrides);
    Experiment e = ExperimentFile.parse(text, "").experiment();
    assertEquals(50L, e.models().get("trees").parameters().get("rounds"));
    assertEquals(6L, e.models().get("trees").parameters().get("depth"));
    assertEquals("5m", e.prepare().get(0).parameters().get("interval"));
    assertEquals("last", e.prepare().get(1).parameters().get("price"));
    assertEquals(new Definition("std(ret_1, 60)", "fraction", ""), e.features().get("vol_30"));
    assertEquals("abs(ret_1)", e.features().get("fresh").expression());
    assertEquals(6, e.validation().folds());
    assertEquals(List.of("rmse", "mae"), e.metrics());
    assertEquals("price > 0 # not null", e.data().parameters().get("where"));
    assertEquals(11, e.seed());
    assertTrue(text.contains("name: btc-impact   # kept\n"), text);
    assertEquals(FULL.lines().count() + 1, text.lines().count(), text);
  }

  @Test
  void overridesMakeWhatIsMissing() {
    Map<String, String> overrides = new LinkedHashMap<>();
    overrides.put("validation.folds", "2");
    overrides.put("baseline.statistic", "median");
    overrides.put("export", "onnx");
    overrides.put("given.flow", "lead(x, 1)");
    overrides.put("features.x.unit", "fraction");
    Experiment e =
        ExperimentFile.parse(ExperimentFile.withOverrides(MINIMAL, overrides), "").experiment();
    assertEquals(2, e.validation().folds());
    assertEquals(new PluginUse("baseline", Map.of("statistic", "median")), e.baseline());
    assertEquals(List.of("onnx"), e.exports());
    assertEquals("lead(x, 1)", e.given().get("flow").expression());
    assertEquals(new Definition("ret(close)", "fraction", ""), e.features().get("x"));
  }

  static List<Arguments> wrongOverrides() {
    return List.of(
        Arguments.of(
            "modles.trees.depth",
            "modles.trees.depth: there is no 'modles' in an experiment. Did you mean 'models'? Known:"),
        Arguments.of(
            "models.tres.depth",
            "models.tres.depth: there is no 'tres' in models. Did you mean 'trees'? Known: trees,"
                + " low_risk."),
        Arguments.of(
            "validation.fold",
            "validation.fold: there is no 'fold' in validation. Did you mean 'folds'?"),
        Arguments.of(
            "prepare[7].interval",
            "prepare[7].interval: 'prepare' has no item [7]. It has 2, counted from [0]."),
        Arguments.of("name.first", "name.first: 'name' is a single value. Set it as a whole."),
        Arguments.of("", "a key is missing before '='."),
        Arguments.of("a..b", "'a..b' is not a key."));
  }

  @ParameterizedTest
  @MethodSource("wrongOverrides")
  void overridesNameTheNearestKey(String key, String start) {
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class, () -> ExperimentFile.withOverrides(FULL, Map.of(key, "6")));
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
  }
}
