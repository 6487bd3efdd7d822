package slipstream.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Search;
import slipstream.core.experiment.Search.Dimension;
import slipstream.core.experiment.Search.Method;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterDescription.Type;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.PluginCatalog;

/** Finds what is wrong with a search: every value of its space must be one that the experiment could have. */
final class SearchValidator {
  private final Experiment experiment;
  private final Search search;
  private final PluginCatalog plugins;
  private final List<SlipstreamException> problems = new ArrayList<>();

  private SearchValidator(Experiment experiment, PluginCatalog plugins) {
    this.experiment = experiment;
    this.search = experiment.search();
    this.plugins = plugins;
  }

  static List<SlipstreamException> check(Experiment experiment, PluginCatalog plugins) {
    SearchValidator validator = new SearchValidator(experiment, plugins);
    validator.search.space().forEach(validator::dimension);
    // An empty space was told about when it was read.
    if (validator.problems.isEmpty() && !validator.search.space().isEmpty()) {
      validator.objective();
    }
    return validator.problems;
  }

  /** What is wrong with the expressions that features may take. */
  static List<SlipstreamException> expressions(
      Experiment experiment, Function<Experiment, List<SlipstreamException>> check) {
    List<SlipstreamException> problems = new ArrayList<>();
    experiment
        .search()
        .space()
        .forEach(
            (key, dimension) -> {
              if (key.startsWith("features.") && dimension instanceof Dimension.Values list) {
                for (int i = 0; i < list.values().size(); i++) {
                  SequencedMap<String, Object> one = new LinkedHashMap<>();
                  one.put(key, list.values().get(i));
                  for (SlipstreamException each : check.apply(Search.apply(experiment, one))) {
                    int column = each.place().map(Place::column).orElse(0);
                    problems.add(
                        each.at(new Place("", 0, column, place(key, "values") + "[" + i + "]")));
                  }
                }
              }
            });
    return problems;
  }

  private static String place(String key, String word) {
    return "search.space." + key + "." + word;
  }

  private void problem(String key, String problem, String remedy) {
    problems.add(SlipstreamException.invalid(problem, Place.key(key), remedy));
  }

  private void dimension(String key, Dimension dimension) {
    String[] words = key.split("\\.", 3);
    String at = "search.space." + key;
    if (words[0].equals("models") && words.length == 3) {
      PluginUse use = experiment.models().get(words[1]);
      if (use == null) {
        problem(
            at,
            "there is no model '" + words[1] + "'",
            Nearest.remedy(words[1], experiment.models().keySet()));
        return;
      }
      parameter(key, words[2], use, dimension);
    } else if (words[0].equals("features") && words.length == 2) {
      if (!experiment.features().containsKey(words[1])) {
        problem(
            at,
            "there is no feature '" + words[1] + "'",
            Nearest.remedy(words[1], experiment.features().keySet()));
      } else if (dimension instanceof Dimension.Range) {
        problem(at, "a feature has no range", "Write {values: [\"mean(x, 20)\", …]}.");
      }
    } else {
      problem(
          at,
          "'" + key + "' cannot be searched",
          "Name a parameter of a model (models.trees.depth) or a feature (features.vol_60); what"
              + " decides the rows, the targets and the scores is the same for all trials.");
    }
  }

  private void parameter(String key, String name, PluginUse use, Dimension dimension) {
    Class<? extends Record> type;
    try {
      type = plugins.trainer(use.plugin()).parameters();
    } catch (SlipstreamException e) {
      return; // Told where the model is.
    }
    String at = "search.space." + key;
    List<ParameterDescription> known = ParameterForm.describe(type);
    Optional<ParameterDescription> found =
        known.stream().filter(each -> each.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      problem(
          at,
          "trainer '" + use.plugin() + "' has no parameter '" + name + "'",
          Nearest.remedy(name, known.stream().map(ParameterDescription::name).toList()));
      return;
    }
    ParameterDescription parameter = found.get();
    switch (dimension) {
      case Dimension.Values list -> {
        for (int i = 0; i < list.values().size(); i++) {
          value(use, type, name, list.values().get(i), place(key, "values") + "[" + i + "]");
        }
      }
      case Dimension.Range range -> {
        if (parameter.type() != Type.INTEGER && parameter.type() != Type.NUMBER) {
          problem(at, "'" + name + "' is no number: it has no range", "Write {values: […]}.");
          return;
        }
        boolean whole = parameter.type() == Type.INTEGER;
        value(use, type, name, number(range.min()), place(key, "min"));
        value(use, type, name, number(range.max()), place(key, "max"));
        if (whole && range.step() != Math.rint(range.step())) {
          problem(place(key, "step"), "'" + name + "' takes whole numbers", "Write a whole step.");
        }
        if (search.settings().method() == Method.GRID
            && range.step() == 0
            && range.max() > range.min()
            && (!whole || range.log())) {
          problem(
              at,
              "a grid cannot hold all values from " + range.min() + " to " + range.max(),
              "Give a step, or list the values.");
        }
      }
    }
  }

  private static Object number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 0x1p53 ? (Object) (long) value : value;
  }

  private void value(
      PluginUse use, Class<? extends Record> type, String name, Object value, String at) {
    List<SlipstreamException> before = ParameterForm.check(type, use.parameters(), "");
    for (SlipstreamException each :
        ParameterForm.check(type, use.with(name, value).parameters(), "")) {
      boolean own =
          each.place().map(Place::key).orElse("").equals(name)
              || before.stream().noneMatch(old -> old.problem().equals(each.problem()));
      if (own) {
        problem(at, each.problem(), each.remedy());
      }
    }
  }

  private void objective() {
    Search.Objective objective;
    try {
      objective = search.objective(experiment);
      if (!objective.metric().isEmpty()) {
        plugins.metric(objective.metric());
      }
    } catch (SlipstreamException e) {
      problems.add(e.place().isPresent() ? e : e.at(Place.key("search.objective")));
      return;
    }
    List<String> members = Ensembles.members(experiment, objective.model(), plugins);
    for (String key : search.space().keySet()) {
      String[] words = key.split("\\.", 3);
      if (words[0].equals("models")
          && !words[1].equals(objective.model())
          && !members.contains(words[1])) {
        problem(
            "search.space." + key,
            "'" + key + "' changes nothing: the objective is of model '" + objective.model() + "'",
            "Search for each model on its own: leave the key out, or name the other model in"
                + " 'objective'.");
      }
    }
  }
}
