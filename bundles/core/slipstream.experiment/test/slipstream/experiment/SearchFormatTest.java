package slipstream.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
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
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Search;
import slipstream.core.experiment.Search.Dimension;
import slipstream.core.experiment.Search.Method;
import slipstream.core.experiment.Search.Objective;
import slipstream.core.experiment.Search.Settings;
import slipstream.core.spi.PluginCatalog;

class SearchFormatTest {
  private static final PluginCatalog PLUGINS = TestPlugins.catalog();

  private static final String EXPERIMENT =
      """
      slipstream: 1
      name: s
      data: {importer: csv, path: a.csv}
      features: {x: ret(close), z: "mean(x, 5)"}
      targets: {y: "lead(x, 1)", v: "lead(x, 2)"}
      models:
        trees: {trainer: boosted-trees, depth: 4}
        base: {trainer: baseline}
      metrics: [mae]
      """;

  private static final String SEARCH =
      """
      search:
        space:
          models.trees.depth: {min: 2, max: 8}
          models.trees.learning_rate: {min: 0.01, max: 0.3, log: true}
          models.trees.growth: {values: [depth-wise, leaf-wise]}
          features.z: {values: ["mean(x, 5)", "mean(x, 20)"]}
        objective: {metric: mae, target: y}
        method: asha
        trials: 100
        time: 10m
        max_concurrent: 4
        reduction: 4
      """;

  private static List<String> messages(String search) {
    return ExperimentValidator.validate(EXPERIMENT + search, "f", PLUGINS).stream()
        .map(Throwable::getMessage)
        .toList();
  }

  private static String problem(String search) {
    List<String> messages = messages(search);
    assertEquals(1, messages.size(), messages.toString());
    return messages.getFirst();
  }

  private static String space(String dimension) {
    return "search: {objective: {target: y}, space: {" + dimension + "}}\n";
  }

  @Test
  void readsTheSection() {
    assertEquals(List.of(), messages(SEARCH));
    Search search = ExperimentFile.parse(EXPERIMENT + SEARCH, "").experiment().search();
    assertEquals(
        List.of(
            "models.trees.depth",
            "models.trees.learning_rate",
            "models.trees.growth",
            "features.z"),
        List.copyOf(search.space().keySet()));
    assertEquals(
        new Dimension.Range(0.01, 0.3, 0, true), search.space().get("models.trees.learning_rate"));
    assertEquals(
        new Dimension.Values(List.of("depth-wise", "leaf-wise")),
        search.space().get("models.trees.growth"));
    assertEquals(new Objective("mae", "y", ""), search.objective());
    assertEquals(
        new Settings(
            Method.ASHA, 100, Duration.ofMinutes(10), 0, 4, 1, Duration.ofHours(1), 4, 0.1, 1),
        search.settings());
    assertNull(ExperimentFile.parse(EXPERIMENT, "").experiment().search());
  }

  @Test
  void whatIsLeftOpenIsFilledInWhereThereIsOneAnswer() {
    Experiment experiment =
        ExperimentFile.parse(EXPERIMENT + space("models.trees.depth: {values: [3]}"), "")
            .experiment();
    assertEquals(new Objective("mae", "y", "trees"), experiment.search().objective(experiment));
  }

  @Test
  void aTrialIsTheExperimentWithValuesInPlace() {
    Experiment experiment = ExperimentFile.parse(EXPERIMENT + SEARCH, "").experiment();
    SequencedMap<String, Object> values = new LinkedHashMap<>();
    values.put("models.trees.depth", 7L);
    values.put("features.z", "mean(x, 20)");
    Experiment trial = Search.apply(experiment, values);
    assertNull(trial.search());
    assertEquals(Map.of("depth", 7L), trial.models().get("trees").parameters());
    assertEquals(new Definition("mean(x, 20)"), trial.features().get("z"));
    assertEquals(
        ExperimentFile.parse(
                EXPERIMENT.replace("depth: 4", "depth: 7").replace("mean(x, 5)", "mean(x, 20)"), "")
            .experiment(),
        trial);
  }

  @Test
  void emptyAndInvertedSpacesAreToldWithTheirLine() {
    assertEquals(
        "f:10:10: search.space: the space is empty: nothing is varied. Add a line such as"
            + " 'models.trees.depth: {min: 2, max: 8}' below 'space:'.",
        problem("search: {space: {}}\n"));
    assertTrue(
        problem("search:\n  method: grid\n").startsWith("f:10:1: search: 'space' is missing"));
    assertEquals(
        "f:10:63: search.space.models.trees.depth.min: min 8.0 is above max 2.0: the range is"
            + " inverted. Exchange them.",
        problem(space("models.trees.depth: {min: 8, max: 2}")));
    assertTrue(
        problem(space("models.trees.depth: {values: []}")).contains("the list of values is empty"));
    assertTrue(
        problem(space("models.trees.depth: {values: [3, 3]}")).contains("'3' is listed twice"));
    assertTrue(
        problem(space("models.trees.depth: {min: 1, max: 4, step: 0}"))
            .contains("the step is not above 0"));
    assertTrue(
        problem(space("models.trees.learning_rate: {min: 0, max: 1, log: true}"))
            .contains("a logarithm needs min above 0"));
    assertTrue(problem(space("models.trees.depth: {min: 2}")).contains("'max' is missing"));
    assertTrue(
        problem(space("models.trees.depth: {values: [2], max: 3}"))
            .contains("'values' and 'max' exclude each other"));
    assertTrue(
        problem(space("models.trees.depth: {min: .inf, max: 3}")).contains("is not a number"));
    assertTrue(problem("search: {space: {models.trees.depth: 3}}\n").contains("expected values"));
  }

  @Test
  void valuesAreCheckedAgainstTheParameters() {
    assertEquals(
        "f:10:71: search.space.models.trees.depth.max: 40 is out of range. Allowed: 1 to 16.",
        problem(space("models.trees.depth: {min: 2, max: 40}")));
    assertTrue(
        problem(space("models.trees.depth: {min: 2.5, max: 4}")).contains("not a whole number"));
    assertTrue(
        problem(space("models.trees.depth: {min: 2, max: 4, step: 0.5}")).contains("whole step"));
    assertTrue(
        problem(space("models.trees.growth: {values: [leaf-wise, sideways]}"))
            .contains("models.trees.growth.values[1]: 'sideways' is not allowed"));
    assertTrue(problem(space("models.trees.growth: {min: 1, max: 2}")).contains("it has no range"));
    assertTrue(
        problem(space("models.trees.detph: {min: 1, max: 2}")).contains("Did you mean 'depth'?"));
    assertTrue(
        problem(space("models.tree.depth: {min: 1, max: 2}")).contains("Did you mean 'trees'?"));
    assertTrue(
        problem(space("validation.folds: {min: 1, max: 2}"))
            .contains("'validation.folds' cannot be searched"));
    assertTrue(problem(space("features.q: {values: [x]}")).contains("there is no feature 'q'"));
  }

  @Test
  void aGridNeedsValuesThatCanBeCounted() {
    String grid = "search: {objective: {target: y}, method: grid, space: {%s}}%n";
    assertTrue(
        problem(grid.formatted("models.trees.learning_rate: {min: 0.1, max: 1}"))
            .contains("a grid cannot hold all values"));
    assertEquals(
        List.of(), messages(grid.formatted("models.trees.learning_rate: {min: 0.1, max: 0.1}")));
    assertEquals(List.of(), messages(grid.formatted("models.trees.depth: {min: 1, max: 5}")));
  }

  @Test
  void objectivesMustBeClear() {
    String depth = "models.trees.depth: {min: 1, max: 5}";
    assertTrue(problem("search: {space: {" + depth + "}}\n").contains("does not say which target"));
    assertTrue(
        problem("search: {objective: {target: w}, space: {" + depth + "}}\n")
            .contains("search.objective.target: there is no target 'w'"));
    assertTrue(
        problem("search: {objective: {target: y, metric: mea}, space: {" + depth + "}}\n")
            .contains("Did you mean 'mae'?"));
    assertTrue(
        problem("search: {objective: {target: y, model: base}, space: {" + depth + "}}\n")
            .contains("changes nothing: the objective is of model 'base'"));
    assertTrue(
        problem("search: {objective: {target: y}, space: {features.z: {values: [x]}}}\n")
            .contains("does not say which model"));
  }

  @Test
  void settingsAreChecked() {
    String space = "space: {models.trees.depth: {min: 1, max: 5}}, objective: {target: y}";
    assertTrue(problem("search: {" + space + ", method: luck}\n").contains("Choose one of grid"));
    assertTrue(problem("search: {" + space + ", trails: 4}\n").contains("Did you mean 'trials'?"));
    assertTrue(
        problem("search: {" + space + ", min_resource: 0.5, max_resource: 0.2}\n")
            .contains("min_resource 0.5 is above max_resource 0.2"));
  }

  @Test
  void expressionsOfFeaturesAreChecked() {
    List<SlipstreamException> problems =
        ExperimentValidator.validate(
            EXPERIMENT + SEARCH,
            "f",
            PLUGINS,
            experiment ->
                experiment.features().get("z").expression().equals("mean(x, 20)")
                    ? List.of(
                        SlipstreamException.invalid(
                            "no such window", new Place("", 0, 9, "features.z"), "Shorten it."))
                    : List.of());
    assertEquals(
        List.of("f:15:50: search.space.features.z.values[1]: no such window. Shorten it."),
        problems.stream().map(Throwable::getMessage).toList());
  }

  @Test
  void valuesOfTheSpaceCanBeSetFromOutside() {
    String text =
        ExperimentFile.withOverrides(
            EXPERIMENT + SEARCH,
            Map.of("search.trials", "7", "search.space.\"models.trees.depth\".max", "5"));
    Search search = ExperimentFile.parse(text, "").experiment().search();
    assertEquals(7, search.settings().trials());
    assertEquals(new Dimension.Range(2, 5, 0, false), search.space().get("models.trees.depth"));
  }

  @Provide
  Arbitrary<Search> searches() {
    Arbitrary<Dimension> ranges =
        Combinators.combine(
                Arbitraries.doubles().between(0.01, 1),
                Arbitraries.doubles().between(1, 1e9),
                Arbitraries.doubles().between(0.01, 9),
                Arbitraries.integers().between(0, 2))
            .as(
                (min, max, step, kind) ->
                    new Dimension.Range(min, max, kind == 1 ? step : 0, kind == 2));
    Arbitrary<Dimension> values =
        Arbitraries.oneOf(
                ExperimentFileTest.texts().map(each -> (Object) each),
                Arbitraries.longs().between(-999, 999).map(each -> (Object) each),
                Arbitraries.of(true, false).map(each -> (Object) each))
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(4)
            .map(Dimension.Values::new);
    Arbitrary<SequencedMap<String, Dimension>> spaces =
        Arbitraries.maps(
                Arbitraries.of("models.a.b", "models.a.c", "models.x.y", "features.f"),
                Arbitraries.oneOf(ranges, values))
            .ofMinSize(1)
            .ofMaxSize(4)
            .map(LinkedHashMap::new);
    Arbitrary<String> words = Arbitraries.of("", "rmse", "trees");
    Arbitrary<Settings> settings =
        Combinators.combine(
                Arbitraries.of(Method.class),
                Arbitraries.integers().between(0, 999),
                Arbitraries.integers().between(0, 100_000),
                Arbitraries.integers().between(1, 99),
                Arbitraries.longs().between(-99, 99),
                Arbitraries.integers().between(2, 9),
                Arbitraries.doubles().between(0.01, 0.5))
            .as(
                (method, trials, seconds, concurrent, seed, reduction, resource) ->
                    new Settings(
                        method,
                        trials,
                        Duration.ofSeconds(seconds),
                        seconds / 2.0,
                        concurrent,
                        seed,
                        Duration.ofMillis(seconds),
                        reduction,
                        resource,
                        2 * resource));
    return Combinators.combine(spaces, words, words, words, settings)
        .as(
            (space, metric, target, model, each) ->
                new Search(space, new Objective(metric, target, model), each));
  }

  @Property(tries = 300)
  void whatIsWrittenReadsBack(@ForAll("searches") Search search) {
    Experiment plain = ExperimentFile.parse(EXPERIMENT, "").experiment();
    Experiment experiment =
        new Experiment(
            plain.name(),
            plain.description(),
            plain.seed(),
            plain.data(),
            plain.prepare(),
            plain.features(),
            plain.given(),
            plain.targets(),
            plain.weight(),
            plain.cluster(),
            plain.models(),
            plain.baseline(),
            plain.validation(),
            plain.evaluation(),
            plain.orders(),
            plain.metrics(),
            plain.exports(),
            search,
            DeviceChoice.AUTO);
    String text = ExperimentFile.write(experiment);
    Experiment read = ExperimentFile.parse(text, "").experiment();
    assertEquals(experiment, read, text);
    assertEquals(text, ExperimentFile.write(read));
    assertNotEquals(ExperimentFile.hash(plain), ExperimentFile.hash(experiment));
  }
}
