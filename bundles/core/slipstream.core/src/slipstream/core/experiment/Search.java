package slipstream.core.experiment;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeSet;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.Parameter;

/**
 * How better parameters of an experiment are looked for: what is varied, what it is judged by, and how long.
 *
 * @param space what is varied, by dotted key: {@code models.trees.depth}, {@code features.vol_60}; in the order of the
 *     file
 * @param objective what trials are compared by; its words may be empty: {@link #objective(Experiment)}
 * @param settings method and budget
 */
public record Search(
    SequencedMap<String, Dimension> space, Objective objective, Settings settings) {

  public Search {
    space = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(space));
  }

  /** The values that one key may take. */
  public sealed interface Dimension {
    /**
     * One of these, without an order.
     *
     * @param values String, Long, Double, Boolean or List of these; at least one, all different
     */
    record Values(List<Object> values) implements Dimension {
      public Values {
        values = List.copyOf(values);
      }
    }

    /**
     * From {@code min} to {@code max}, both included.
     *
     * @param step between neighbouring values, counted from {@code min}; 0 for any value, or any whole number where the
     *     parameter takes no others
     * @param log true when the logarithm is what is uniform; needs {@code min} above 0 and no step
     */
    record Range(double min, double max, double step, boolean log) implements Dimension {}
  }

  /**
   * A score out of sample, pooled over all scored rows.
   *
   * @param metric empty for the headline
   * @param target empty for the only one
   * @param model empty for the only one, or the only one that is varied
   */
  public record Objective(String metric, String target, String model) {
    /** The headline of the only target and model. */
    public static final Objective DEFAULT = new Objective("", "", "");
  }

  /** How configurations are chosen. */
  public enum Method {
    GRID,
    RANDOM,
    LATIN_HYPERCUBE,
    TPE,
    ASHA
  }

  /** Method and budget of a search. */
  public record Settings(
      @Parameter(
              help =
                  "How configurations are chosen: all of them (grid), by chance (random), by chance"
                      + " and evenly along each key (latin-hypercube), where good ones were found"
                      + " (tpe), or by chance with only the best seeing all rows (asha).",
              defaultValue = "tpe")
          Method method,
      @Parameter(
              help =
                  "At most this many configurations; 0 for all of a grid, and for 50 of the other"
                      + " methods where neither time nor cpu_hours is given.",
              defaultValue = "0",
              min = 0,
              max = 1_000_000)
          int trials,
      @Parameter(
              help = "No trial starts later than this after the search began; 0s for no limit.",
              defaultValue = "0s")
          Duration time,
      @Parameter(
              help =
                  "No trial starts once trials have used this much: their duration times their"
                      + " threads; 0 for no limit.",
              unit = "h",
              defaultValue = "0",
              min = 0)
          double cpuHours,
      @Parameter(
              help =
                  "At most this many trials at a time. The choices of tpe and asha depend on it.",
              defaultValue = "1",
              min = 1,
              max = 10_000)
          int maxConcurrent,
      @Parameter(help = "The configurations come from it.", defaultValue = "1") long seed,
      @Parameter(
              help = "A trial that takes longer is ended and counts as failed; 0s for no limit.",
              defaultValue = "1h")
          Duration trialTime,
      @Parameter(
              help = "asha: of this many configurations one is tried on this many times the rows.",
              defaultValue = "3",
              min = 2,
              max = 100)
          int reduction,
      @Parameter(
              help = "asha: share of the training rows that the first trials see, at least.",
              unit = "fraction",
              defaultValue = "0.1",
              min = 1e-6,
              max = 1)
          double minResource,
      @Parameter(
              help = "asha: share of the training rows that the last trials see.",
              unit = "fraction",
              defaultValue = "1",
              min = 1e-6,
              max = 1)
          double maxResource) {

    private static final int DEFAULT_TRIALS = 50;

    public Settings {
      if (minResource > maxResource) {
        throw new IllegalArgumentException(
            "min_resource " + minResource + " is above max_resource " + maxResource);
      }
      if (time.isNegative() || trialTime.isNegative()) {
        throw new IllegalArgumentException("a limit of time is negative");
      }
    }

    /** The number of configurations that ends the search; {@link Integer#MAX_VALUE} for no such limit. */
    public int configurations() {
      if (trials > 0) {
        return trials;
      }
      boolean otherwiseLimited = !time.isZero() || cpuHours > 0;
      // A Latin hypercube is laid out for a number of configurations.
      return method == Method.GRID || otherwiseLimited && method != Method.LATIN_HYPERCUBE
          ? Integer.MAX_VALUE
          : DEFAULT_TRIALS;
    }
  }

  /**
   * The objective with nothing left open.
   *
   * @param experiment that this is the search of
   * @throws SlipstreamException INVALID_INPUT naming the key: unknown words, or ones that must be given
   */
  public Objective objective(Experiment experiment) {
    String metric = objective.metric;
    if (metric.isEmpty()) {
      metric = experiment.metrics().isEmpty() ? "" : experiment.metrics().getFirst();
    }
    String target = objective.target;
    if (target.isEmpty()) {
      if (experiment.targets().size() != 1) {
        throw open("target", experiment.targets().keySet());
      }
      target = experiment.targets().firstEntry().getKey();
    } else if (!experiment.targets().containsKey(target)) {
      throw unknown("target", target, experiment.targets().keySet());
    }
    String model = objective.model;
    TreeSet<String> varied = new TreeSet<>();
    for (String key : space.keySet()) {
      String[] words = key.split("\\.", 3);
      if (words.length == 3 && words[0].equals("models")) {
        varied.add(words[1]);
      }
    }
    if (model.isEmpty()) {
      if (varied.size() == 1) {
        model = varied.first();
      } else if (experiment.models().size() == 1) {
        model = experiment.models().firstEntry().getKey();
      } else {
        throw open("model", experiment.models().keySet());
      }
    } else if (!experiment.models().containsKey(model)) {
      throw unknown("model", model, experiment.models().keySet());
    }
    return new Objective(metric, target, model);
  }

  private static SlipstreamException open(String word, Iterable<String> among) {
    return SlipstreamException.invalid(
        "the search does not say which " + word + " it is for",
        Place.key("search"),
        "Write 'objective: {" + word + ": …}' with one of " + String.join(", ", among) + ".");
  }

  private static SlipstreamException unknown(String word, String name, Iterable<String> among) {
    return SlipstreamException.invalid(
        "there is no " + word + " '" + name + "'",
        Place.key("search.objective." + word),
        "Choose one of " + String.join(", ", among) + ".");
  }

  /**
   * The experiment with values of the space in place, and without the search: what a trial runs.
   *
   * @param values by key of the space
   */
  public static Experiment apply(Experiment experiment, SequencedMap<String, Object> values) {
    SequencedMap<String, Definition> features = new LinkedHashMap<>(experiment.features());
    SequencedMap<String, PluginUse> models = new LinkedHashMap<>(experiment.models());
    values.forEach(
        (key, value) -> {
          String[] words = key.split("\\.", 3);
          switch (words[0]) {
            case "models" ->
                models.computeIfPresent(words[1], (name, use) -> use.with(words[2], value));
            case "features" ->
                features.computeIfPresent(
                    words[1],
                    (name, was) ->
                        new Definition(
                            String.valueOf(value), was.unit(), was.description(), was.targets()));
            default -> throw new IllegalArgumentException("'" + key + "' cannot be searched");
          }
        });
    return new Experiment(
        experiment.name(),
        experiment.description(),
        experiment.seed(),
        experiment.data(),
        experiment.prepare(),
        features,
        experiment.given(),
        experiment.targets(),
        experiment.weight(),
        experiment.cluster(),
        models,
        experiment.baseline(),
        experiment.validation(),
        experiment.evaluation(),
        experiment.orders(),
        experiment.metrics(),
        experiment.exports(),
        null,
        experiment.device());
  }

  @Override
  public boolean equals(Object other) {
    // The order of the keys counts: configurations are drawn along them.
    return other instanceof Search search
        && List.copyOf(space.entrySet()).equals(List.copyOf(search.space.entrySet()))
        && objective.equals(search.objective)
        && settings.equals(search.settings);
  }

  @Override
  public int hashCode() {
    return Objects.hash(space, objective, settings);
  }
}
