package slipstream.experiment;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import slipstream.core.experiment.PluginUse;

/** The words of the format, version 1, in the order in which they are written. */
final class ExperimentFormat {
  static final int VERSION = 1;

  static final List<String> SECTIONS =
      List.of(
          "slipstream",
          "name",
          "description",
          "seed",
          "data",
          "prepare",
          "features",
          "given",
          "targets",
          "weight",
          "cluster",
          "models",
          "baseline",
          "validation",
          "evaluation",
          "orders",
          "metrics",
          "export",
          "search",
          "device");

  static final List<String> REQUIRED =
      List.of("slipstream", "name", "data", "features", "targets", "models");

  static final List<String> DEFINITION_KEYS = List.of("expression", "unit", "description");

  static final List<String> GIVEN_KEYS = List.of("expression", "unit", "description", "targets");

  static final List<String> DIMENSION_KEYS = List.of("values", "min", "max", "step", "log");

  static final List<String> OBJECTIVE_KEYS = List.of("metric", "target", "model");

  static final long DEFAULT_SEED = 1;
  static final PluginUse DEFAULT_BASELINE = new PluginUse("baseline", Map.of("statistic", "mean"));
  static final List<String> DEFAULT_METRICS = List.of("mae", "rmse", "r2", "skill");

  /** Names of experiments, models: part of file names and addresses. */
  static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

  static final Pattern MODEL_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  /** Names of features, givens and targets: words of the expression language. */
  static final Pattern SERIES_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  private ExperimentFormat() {}

  /** The key that names the plug-in of a section. */
  static String pluginKey(String section) {
    return switch (section) {
      case "data" -> "importer";
      case "prepare" -> "extractor";
      default -> "trainer";
    };
  }
}
