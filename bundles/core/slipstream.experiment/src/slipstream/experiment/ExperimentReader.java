package slipstream.experiment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Evaluation;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Orders;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Search;
import slipstream.core.experiment.Search.Dimension;
import slipstream.core.experiment.Search.Objective;
import slipstream.core.experiment.Validation;
import slipstream.core.parameters.ParameterForm;
import slipstream.experiment.YamlNode.Entry;
import slipstream.experiment.YamlNode.Mapping;
import slipstream.experiment.YamlNode.Scalar;
import slipstream.experiment.YamlNode.Sequence;
import slipstream.experiment.YamlNode.Style;

/** From nodes to an {@link Experiment}; collects every problem and goes on. */
final class ExperimentReader {
  private static final Validation DEFAULT_VALIDATION =
      ParameterForm.bind(Validation.class, Map.of(), "validation");

  private final String file;
  private final String text;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<String, Place> values = new LinkedHashMap<>();
  private final List<SlipstreamException> problems = new ArrayList<>();
  private final Map<String, String> seriesKinds = new HashMap<>();

  private ExperimentReader(String text, String file) {
    this.text = text;
    this.file = file;
  }

  /**
   * @param parsed what could be read; complete when there are no problems
   * @param problems located, in the order of the text
   */
  record Result(ParsedExperiment parsed, List<SlipstreamException> problems) {}

  static Result read(String text, String file) {
    ExperimentReader reader = new ExperimentReader(text, file);
    Experiment experiment = null;
    try {
      experiment = reader.experiment();
    } catch (SlipstreamException e) {
      reader.problems.add(e);
    }
    return new Result(
        new ParsedExperiment(experiment, file, reader.places, reader.values), reader.problems);
  }

  private Experiment experiment() {
    YamlNode root =
        YamlReader.read(text, file)
            .orElseThrow(
                () ->
                    SlipstreamException.invalid(
                        "the experiment is empty",
                        Place.file(file),
                        "Start with 'slipstream: 1', or copy an example."));
    if (!(root instanceof Mapping top)) {
      throw SlipstreamException.invalid(
          "this is not an experiment",
          new Place(file, root.line(), root.column(), ""),
          "Start with 'slipstream: 1', then name, data, features, targets and models.");
    }
    register("", top);
    version(top);
    unknownKeys(top, "", ExperimentFormat.SECTIONS);
    for (String section : ExperimentFormat.REQUIRED) {
      if (top.get(section) == null) {
        problems.add(
            SlipstreamException.invalid(
                "'" + section + "' is missing",
                Place.file(file),
                switch (section) {
                  case "slipstream" -> "Start with 'slipstream: 1', the version of the format.";
                  case "name" -> "Add 'name: my-experiment'.";
                  case "data" -> "Add 'data: {importer: csv, path: …}'.";
                  case "features" -> "Add 'features:' with a line 'name: expression' for each.";
                  case "targets" -> "Add 'targets:' with a line 'name: expression'.";
                  default -> "Add 'models:' with a line 'name: {trainer: ridge}'.";
                }));
      }
    }
    String name = text(top, "name", "name", "");
    if (!name.isEmpty() && !ExperimentFormat.NAME.matcher(name).matches()) {
      problem(
          "name",
          "'" + name + "' is not a name",
          "Use up to 64 lower-case letters, digits and hyphens.");
    }
    Experiment experiment =
        new Experiment(
            name,
            text(top, "description", "description", ""),
            seed(top),
            top.get("data") == null ? null : plugin(top.get("data"), "data", "data"),
            prepare(top),
            definitions(top, "features", "feature"),
            definitions(top, "given", "given input"),
            definitions(top, "targets", "target"),
            text(top, "weight", "weight", ""),
            text(top, "cluster", "cluster", ""),
            models(top),
            top.get("baseline") == null
                ? ExperimentFormat.DEFAULT_BASELINE
                : plugin(top.get("baseline"), "baseline", "baseline"),
            section(top, "validation", "folds: 4", DEFAULT_VALIDATION, Validation.class),
            section(
                top,
                "evaluation",
                "buckets: {size: quantity / adv}",
                Evaluation.DEFAULT,
                Evaluation.class),
            section(top, "orders", "parent: order_id", null, Orders.class),
            words(top, "metrics", "metrics", ExperimentFormat.DEFAULT_METRICS),
            words(top, "export", "export", List.of()),
            search(top),
            device(top));
    givenTargets(experiment);
    if (top.get("metrics") instanceof Sequence list && list.items().isEmpty()) {
      problem("metrics", "there are no metrics", "Name one, or remove the line for the default.");
    }
    return experiment;
  }

  // ----------------------------------------------------------------- sections

  private void version(Mapping top) {
    YamlNode node = top.get("slipstream");
    if (node == null) {
      return;
    }
    Object version = node.value();
    if (version instanceof Long number && number > ExperimentFormat.VERSION) {
      // A newer format may mean other things by the same words: nothing else is worth saying.
      throw error(
          "slipstream",
          "the file has format version " + number + "; this Slipstream reads 1",
          "Open it with a newer Slipstream.");
    }
    if (!Long.valueOf(ExperimentFormat.VERSION).equals(version)) {
      problem("slipstream", "'" + version + "' is not a format version", "Write 'slipstream: 1'.");
    }
  }

  private long seed(Mapping top) {
    YamlNode node = top.get("seed");
    if (node == null) {
      return ExperimentFormat.DEFAULT_SEED;
    }
    if (node.value() instanceof Long seed) {
      return seed;
    }
    problem("seed", "the seed is not a whole number", "Write a number of up to 18 digits.");
    return ExperimentFormat.DEFAULT_SEED;
  }

  private DeviceChoice device(Mapping top) {
    String word = text(top, "device", "device", DeviceChoice.AUTO.word());
    for (DeviceChoice choice : DeviceChoice.values()) {
      if (choice.word().equals(word)) {
        return choice;
      }
    }
    problem("device", "'" + word + "' is not a device", "Say auto, cpu or gpu.");
    return DeviceChoice.AUTO;
  }

  private List<PluginUse> prepare(Mapping top) {
    YamlNode node = top.get("prepare");
    List<PluginUse> steps = new ArrayList<>();
    if (node == null) {
      return steps;
    }
    if (!(node instanceof Sequence list)) {
      problem("prepare", "expected a list", "Write each step as '- {extractor: bars, …}'.");
      return steps;
    }
    for (int i = 0; i < list.items().size(); i++) {
      PluginUse use = plugin(list.items().get(i), "prepare", "prepare[" + i + "]");
      if (use != null) {
        steps.add(use);
      }
    }
    return steps;
  }

  private PluginUse plugin(YamlNode node, String section, String path) {
    String key = ExperimentFormat.pluginKey(section);
    if (!(node instanceof Mapping map)) {
      problem(path, "expected '" + key + "' and its parameters", "Write {" + key + ": …}.");
      return null;
    }
    if (map.get(key) == null) {
      problem(
          path,
          "'" + key + "' is missing",
          Nearest.find(key, map.keys())
              .map(near -> "Did you mean '" + key + "' by '" + near + "'?")
              .orElse("Add '" + key + ": …'."));
      return null;
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (Entry entry : map.entries()) {
      String name = entry.key().text();
      if (!name.equals(key) && present(entry.value(), join(path, name))) {
        parameters.put(name, entry.value().value());
      }
    }
    String plugin = text(map, key, join(path, key), "");
    return plugin.isEmpty() ? null : new PluginUse(plugin, parameters);
  }

  private SequencedMap<String, Definition> definitions(Mapping top, String section, String kind) {
    SequencedMap<String, Definition> definitions = new LinkedHashMap<>();
    YamlNode node = top.get(section);
    if (node == null) {
      return definitions;
    }
    if (!(node instanceof Mapping map)) {
      problem(section, "expected a line 'name: expression' for each " + kind, "Add one.");
      return definitions;
    }
    boolean required = ExperimentFormat.REQUIRED.contains(section);
    if (required && map.entries().isEmpty()) {
      problem(section, "there are no " + section, "Add a line 'name: expression'.");
    }
    for (Entry entry : map.entries()) {
      String name = entry.key().text();
      String path = join(section, name);
      name(name, path, ExperimentFormat.SERIES_NAME, "letters, digits and underscores");
      String other = seriesKinds.putIfAbsent(name, kind);
      if (other != null) {
        problem(path, "the " + kind + " has the name of a " + other, "Rename one of the two.");
      }
      Definition definition = definition(entry.value(), path, section.equals("given"));
      if (definition != null) {
        definitions.put(name, definition);
      }
    }
    return definitions;
  }

  private void givenTargets(Experiment experiment) {
    List<String> known = List.copyOf(experiment.targets().keySet());
    experiment
        .given()
        .forEach(
            (name, definition) -> {
              for (int i = 0; i < definition.targets().size(); i++) {
                String target = definition.targets().get(i);
                if (!known.contains(target)) {
                  problem(
                      "given." + name + ".targets[" + i + "]",
                      "there is no target '" + target + "'",
                      Nearest.remedy(target, known));
                }
              }
            });
  }

  private Definition definition(YamlNode node, String path, boolean given) {
    return switch (node) {
      case Scalar scalar -> present(scalar, path) ? new Definition(scalar.text()) : null;
      case Mapping map -> {
        unknownKeys(
            map, path, given ? ExperimentFormat.GIVEN_KEYS : ExperimentFormat.DEFINITION_KEYS);
        if (map.get("expression") == null) {
          problem(path, "'expression' is missing", "Add 'expression: …'.");
          yield null;
        }
        String expression = text(map, "expression", join(path, "expression"), "");
        yield expression.isEmpty()
            ? null
            : new Definition(
                expression,
                text(map, "unit", join(path, "unit"), ""),
                text(map, "description", join(path, "description"), ""),
                given ? words(map, "targets", join(path, "targets"), List.of()) : List.of());
      }
      case Sequence list -> {
        problem(path, "expected an expression, not a list", "Write 'name: expression'.");
        yield null;
      }
    };
  }

  private SequencedMap<String, PluginUse> models(Mapping top) {
    SequencedMap<String, PluginUse> models = new LinkedHashMap<>();
    YamlNode node = top.get("models");
    if (node == null) {
      return models;
    }
    if (!(node instanceof Mapping map)) {
      problem("models", "expected a line 'name: {trainer: …}' for each model", "Add one.");
      return models;
    }
    if (map.entries().isEmpty()) {
      problem("models", "there are no models", "Add a line 'ridge: {trainer: ridge}'.");
    }
    for (Entry entry : map.entries()) {
      String path = join("models", entry.key().text());
      name(
          entry.key().text(),
          path,
          ExperimentFormat.MODEL_NAME,
          "lower-case letters, digits, hyphens and underscores");
      PluginUse use = plugin(entry.value(), "models", path);
      if (use != null) {
        models.put(entry.key().text(), use);
      }
    }
    return models;
  }

  /**
   * A section that is a record of parameters.
   *
   * @param otherwise what it is when it is not there or something is wrong with it; null where it may be absent
   */
  private <P extends Record> P section(
      Mapping top, String name, String example, P otherwise, Class<P> type) {
    YamlNode node = top.get(name);
    if (node == null) {
      return otherwise;
    }
    Map<String, Object> given = new LinkedHashMap<>();
    if (node instanceof Mapping map) {
      for (Entry entry : map.entries()) {
        if (present(entry.value(), join(name, entry.key().text()))) {
          given.put(entry.key().text(), entry.value().value());
        }
      }
    } else {
      problem(name, "expected keys and values", "Write '" + example + "' and so on below it.");
      return otherwise;
    }
    List<SlipstreamException> wrong = ParameterForm.check(type, given, name);
    wrong.forEach(each -> problems.add(locate(each)));
    return wrong.isEmpty() ? ParameterForm.bind(type, given, name) : otherwise;
  }

  // ------------------------------------------------------------------- search

  /** Null when there is none. */
  private Search search(Mapping top) {
    YamlNode node = top.get("search");
    if (node == null) {
      return null;
    }
    if (!(node instanceof Mapping map)) {
      problem(
          "search", "expected keys and values", "Write 'space:', 'method:' and so on below it.");
      return null;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    for (Entry entry : map.entries()) {
      String key = entry.key().text();
      if (!List.of("space", "objective").contains(key)
          && present(entry.value(), join("search", key))) {
        settings.put(key, entry.value().value());
      }
    }
    List<SlipstreamException> wrong =
        ParameterForm.check(Search.Settings.class, settings, "search");
    wrong.forEach(each -> problems.add(locate(each)));
    return new Search(
        space(map),
        objective(map),
        ParameterForm.bind(Search.Settings.class, wrong.isEmpty() ? settings : Map.of(), "search"));
  }

  private SequencedMap<String, Dimension> space(Mapping search) {
    SequencedMap<String, Dimension> space = new LinkedHashMap<>();
    String remedy = "Add a line such as 'models.trees.depth: {min: 2, max: 8}' below 'space:'.";
    switch (search.get("space")) {
      case null -> problem("search", "'space' is missing: nothing is varied", remedy);
      case Mapping map when !map.entries().isEmpty() -> {
        for (Entry entry : map.entries()) {
          Dimension dimension = dimension(entry.value(), join("search.space", entry.key().text()));
          if (dimension != null) {
            space.put(entry.key().text(), dimension);
          }
        }
      }
      default -> problem("search.space", "the space is empty: nothing is varied", remedy);
    }
    return space;
  }

  /** Null when something is wrong with it. */
  private Dimension dimension(YamlNode node, String path) {
    int before = problems.size();
    if (!(node instanceof Mapping map)) {
      problem(path, "expected values or a range", "Write {values: [a, b]} or {min: 1, max: 9}.");
      return null;
    }
    unknownKeys(map, path, ExperimentFormat.DIMENSION_KEYS);
    if (!present(map, path)) {
      return null;
    }
    Dimension dimension = map.get("values") != null ? values(map, path) : range(map, path);
    return problems.size() == before ? dimension : null;
  }

  private Dimension values(Mapping map, String path) {
    for (String other : ExperimentFormat.DIMENSION_KEYS) {
      if (!other.equals("values") && map.get(other) != null) {
        problem(
            join(path, other),
            "'values' and '" + other + "' exclude each other",
            "List the values, or give min and max.");
      }
    }
    String key = join(path, "values");
    if (!(map.get("values") instanceof Sequence list)) {
      problem(key, "expected a list", "Write [a, b].");
      return null;
    }
    List<Object> values = list.value();
    if (values.isEmpty()) {
      problem(key, "the list of values is empty", "Write at least one value.");
    }
    for (int i = 0; i < values.size(); i++) {
      if (values.indexOf(values.get(i)) < i) {
        problem(key + "[" + i + "]", "'" + values.get(i) + "' is listed twice", "Remove one.");
      }
    }
    return new Dimension.Values(values);
  }

  private Dimension range(Mapping map, String path) {
    Double min = finite(map, "min", path);
    Double max = finite(map, "max", path);
    Double step = map.get("step") == null ? Double.valueOf(0) : finite(map, "step", path);
    boolean log = false;
    switch (map.get("log") == null ? null : map.get("log").value()) {
      case null -> {}
      case Boolean word -> log = word;
      case Object other ->
          problem(join(path, "log"), "'" + other + "' is neither true nor false", "Write true.");
    }
    if (min == null || max == null || step == null) {
      return null;
    }
    if (min > max) {
      problem(
          join(path, "min"),
          "min " + min + " is above max " + max + ": the range is inverted",
          "Exchange them.");
    }
    if (map.get("step") != null && step <= 0) {
      problem(join(path, "step"), "the step is not above 0", "Write a step such as 1.");
    }
    if (log && min <= 0) {
      problem(join(path, "log"), "a logarithm needs min above 0", "Raise min, or leave log out.");
    }
    if (log && map.get("step") != null) {
      problem(
          join(path, "step"), "'log' and 'step' exclude each other", "List the values instead.");
    }
    return new Dimension.Range(min, max, step, log);
  }

  private Double finite(Mapping map, String name, String path) {
    YamlNode node = map.get(name);
    if (node == null) {
      problem(path, "'" + name + "' is missing", "Write {values: [a, b]} or {min: 1, max: 9}.");
      return null;
    }
    if (node.value() instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    problem(join(path, name), "'" + node.value() + "' is not a number", "Write it as 12 or 0.5.");
    return null;
  }

  private Objective objective(Mapping search) {
    return switch (search.get("objective")) {
      case null -> Objective.DEFAULT;
      case Mapping map -> {
        unknownKeys(map, "search.objective", ExperimentFormat.OBJECTIVE_KEYS);
        yield new Objective(
            text(map, "metric", "search.objective.metric", ""),
            text(map, "target", "search.objective.target", ""),
            text(map, "model", "search.objective.model", ""));
      }
      case Scalar _ -> new Objective(text(search, "objective", "search.objective", ""), "", "");
      case Sequence _ -> {
        problem("search.objective", "expected one metric", "Write {metric: rmse, target: …}.");
        yield Objective.DEFAULT;
      }
    };
  }

  private List<String> words(Mapping map, String name, String section, List<String> otherwise) {
    YamlNode node = map.get(name);
    if (node == null) {
      return otherwise;
    }
    if (!(node instanceof Sequence list)) {
      problem(section, "expected a list", "Write [a, b] or a line '- a' for each.");
      return otherwise;
    }
    Set<String> words = new LinkedHashSet<>();
    for (int i = 0; i < list.items().size(); i++) {
      String path = section + "[" + i + "]";
      if (!(list.items().get(i) instanceof Scalar scalar)) {
        problem(path, "expected a word", "Write [a, b] or a line '- a' for each.");
      } else if (present(scalar, path) && !words.add(scalar.text())) {
        problem(path, "'" + scalar.text() + "' is listed twice", "Remove one of the two.");
      }
    }
    return List.copyOf(words);
  }

  // ------------------------------------------------------------------ helpers

  private String text(Mapping map, String key, String path, String otherwise) {
    YamlNode node = map.get(key);
    if (node == null) {
      return otherwise;
    }
    if (!(node instanceof Scalar scalar)) {
      problem(path, "expected text", "Write '" + key + ": text'.");
      return otherwise;
    }
    if (scalar.style() == Style.QUOTED && scalar.text().isEmpty() && otherwise.isEmpty()) {
      if (key.equals("unit") || key.equals("description")) {
        return "";
      }
      problem(path, "'" + key + "' is empty", "Write a value.");
      return "";
    }
    return present(node, path) ? scalar.text() : otherwise;
  }

  private boolean present(YamlNode node, String path) {
    if (node instanceof Scalar scalar && scalar.empty()) {
      problem(
          path,
          "'" + path.substring(path.lastIndexOf('.') + 1) + "' has no value",
          "Write one, or remove the line.");
      return false;
    }
    if (node instanceof Mapping map) {
      boolean all = true;
      for (Entry entry : map.entries()) {
        all &= present(entry.value(), join(path, entry.key().text()));
      }
      return all;
    }
    if (node instanceof Sequence list) {
      boolean all = true;
      for (int i = 0; i < list.items().size(); i++) {
        all &= present(list.items().get(i), path + "[" + i + "]");
      }
      return all;
    }
    return true;
  }

  private void name(String name, String path, Pattern allowed, String words) {
    if (!allowed.matcher(name).matches()) {
      problem(path, "'" + name + "' is not a name", "Use " + words + ", a letter first.");
    }
  }

  private void unknownKeys(Mapping map, String path, List<String> known) {
    for (String key : map.keys()) {
      if (!known.contains(key)) {
        problem(join(path, key), "unknown key '" + key + "'", Nearest.remedy(key, known));
      }
    }
  }

  private void register(String path, YamlNode node) {
    switch (node) {
      case Mapping map -> {
        for (Entry entry : map.entries()) {
          String key = join(path, entry.key().text());
          places.put(key, new Place(file, entry.key().line(), entry.key().column(), key));
          register(key, entry.value());
        }
      }
      case Sequence list -> {
        for (int i = 0; i < list.items().size(); i++) {
          YamlNode item = list.items().get(i);
          String key = path + "[" + i + "]";
          places.put(key, new Place(file, item.line(), item.column(), key));
          register(key, item);
        }
      }
      case Scalar scalar -> {
        int quote = scalar.style() == Style.QUOTED ? 1 : 0;
        // Where escapes or folding moved characters, a column within the value has no column in the
        // file.
        if (text.startsWith(scalar.text(), scalar.start() + quote)) {
          values.put(path, new Place(file, scalar.line(), scalar.column() + quote, path));
        }
      }
    }
    // An expression may stand below its name: errors name either.
    if (node instanceof Mapping map
        && map.get("expression") instanceof Scalar
        && values.containsKey(join(path, "expression"))) {
      values.put(path, values.get(join(path, "expression")));
    }
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private SlipstreamException locate(SlipstreamException error) {
    return ParsedExperiment.locate(error, file, places, values);
  }

  private SlipstreamException error(String key, String problem, String remedy) {
    return locate(SlipstreamException.invalid(problem, Place.key(key), remedy));
  }

  private void problem(String key, String problem, String remedy) {
    problems.add(error(key, problem, remedy));
  }
}
