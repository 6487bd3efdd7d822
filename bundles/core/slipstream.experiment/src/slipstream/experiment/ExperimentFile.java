package slipstream.experiment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Search;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;

/**
 * Experiment files, {@code *.slip.yaml}: {@code docs/formats/experiment.md}.
 *
 * <p>Errors are one line: file:line:column: key: what is wrong, what to do.
 */
public final class ExperimentFile {
  /** The extension of experiment files. */
  public static final String EXTENSION = ".slip.yaml";

  private ExperimentFile() {}

  /**
   * Reads an experiment.
   *
   * @param file what to call it in errors; may be empty
   * @throws SlipstreamException INVALID_INPUT: the first problem of the text
   */
  public static ParsedExperiment parse(String text, String file) {
    ExperimentReader.Result result = ExperimentReader.read(text, file);
    if (!result.problems().isEmpty()) {
      throw result.problems().getFirst();
    }
    return result.parsed();
  }

  /**
   * The text of an experiment file.
   *
   * @throws SlipstreamException NOT_FOUND, or INVALID_INPUT when it is too large or not UTF-8
   */
  public static String readText(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw SlipstreamException.invalid(
            "this is a folder, not an experiment file",
            Place.file(path.toString()),
            "Name a file.");
      }
      if (Files.size(path) > 4L * YamlReader.MAX_LENGTH) {
        throw SlipstreamException.invalid(
            "the file is too large for an experiment",
            Place.file(path.toString()),
            "An experiment is a short text: keep data in its own file.");
      }
      byte[] bytes = Files.readAllBytes(path);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw SlipstreamException.invalid(
          "the file is not UTF-8 text", Place.file(path.toString()), "Save it as UTF-8.");
    } catch (IOException e) {
      throw AtomicFiles.explain("read the experiment", path, e);
    }
  }

  /** {@link #parse} of {@link #readText}. */
  public static ParsedExperiment read(Path path) {
    return parse(readText(path), path.toString());
  }

  /**
   * The text with values changed, as {@code --set models.trees.depth=6} asks; comments stay.
   *
   * <p>A value reads as a YAML scalar, list {@code [a, b]} or map {@code {a: 1}}; whatever is none of these is text. The
   * last word of a key may be new, the words before it must exist (or be a section of the format). Setting a feature,
   * given or target that has an {@code expression} changes that expression.
   *
   * @param overrides values by dotted key, applied in order
   * @throws SlipstreamException INVALID_INPUT naming the key and the nearest one, or a syntax error of the text
   */
  public static String withOverrides(String text, Map<String, String> overrides) {
    return withOverrides(text, "", overrides);
  }

  /**
   * {@link #withOverrides(String, Map)} of a file.
   *
   * @param file what to call it in errors
   */
  public static String withOverrides(String text, String file, Map<String, String> overrides) {
    ExperimentDocument document = ExperimentDocument.of(text, file);
    overrides.forEach(
        (key, value) -> {
          Object parsed;
          try {
            parsed = ExperimentDocument.parseValue(value);
          } catch (SlipstreamException e) {
            throw SlipstreamException.invalid(e.problem(), Place.key(key), e.remedy());
          }
          document.override(key, parsed);
        });
    return document.text();
  }

  /**
   * The canonical text: equal experiments have equal texts, and {@code parse(write(e))} equals {@code e}.
   *
   * <p>Sections in the order of the format, parameters by name, no defaults, no comments.
   */
  public static String write(Experiment experiment) {
    StringBuilder out = new StringBuilder();
    line(out, 0, "slipstream", ExperimentFormat.VERSION);
    line(out, 0, "name", experiment.name());
    if (!experiment.description().isEmpty()) {
      line(out, 0, "description", experiment.description());
    }
    if (experiment.seed() != ExperimentFormat.DEFAULT_SEED) {
      line(out, 0, "seed", experiment.seed());
    }
    out.append("data:\n");
    plugin(out, "  ", "  ", "data", experiment.data());
    if (!experiment.prepare().isEmpty()) {
      out.append("prepare:\n");
      experiment.prepare().forEach(step -> plugin(out, "  - ", "    ", "prepare", step));
    }
    definitions(out, "features", experiment.features());
    definitions(out, "given", experiment.given());
    definitions(out, "targets", experiment.targets());
    if (!experiment.weight().isEmpty()) {
      line(out, 0, "weight", experiment.weight());
    }
    if (!experiment.cluster().isEmpty()) {
      line(out, 0, "cluster", experiment.cluster());
    }
    out.append("models:\n");
    experiment
        .models()
        .forEach(
            (name, use) -> {
              out.append("  ").append(Scalars.text(name, false)).append(":\n");
              plugin(out, "    ", "    ", "models", use);
            });
    if (!experiment.baseline().equals(ExperimentFormat.DEFAULT_BASELINE)) {
      out.append("baseline:\n");
      plugin(out, "  ", "  ", "baseline", experiment.baseline());
    }
    section(out, "validation", given(experiment.validation()));
    section(out, "evaluation", given(experiment.evaluation()));
    if (experiment.orders() != null) {
      Map<String, Object> orders = new TreeMap<>(ParameterForm.values(experiment.orders()));
      orders.values().removeIf(each -> each.equals("") || each.equals(Map.of()));
      section(out, "orders", orders);
    }
    list(out, "metrics", experiment.metrics(), ExperimentFormat.DEFAULT_METRICS);
    list(out, "export", experiment.exports(), List.of());
    if (experiment.search() != null) {
      search(out, experiment.search());
    }
    if (experiment.device() != DeviceChoice.AUTO) {
      line(out, 0, "device", experiment.device().word());
    }
    return out.toString();
  }

  private static void section(StringBuilder out, String name, Map<String, Object> given) {
    if (!given.isEmpty()) {
      out.append(name).append(":\n");
      given.forEach((key, value) -> line(out, 2, key, value));
    }
  }

  /** The values of parameters that are not their defaults, by name. */
  private static Map<String, Object> given(Record parameters) {
    Map<String, Object> defaults =
        ParameterForm.values(ParameterForm.bind(parameters.getClass(), Map.of(), ""));
    Map<String, Object> given = new TreeMap<>(ParameterForm.values(parameters));
    given.entrySet().removeIf(each -> each.getValue().equals(defaults.get(each.getKey())));
    return given;
  }

  private static void search(StringBuilder out, Search search) {
    out.append("search:\n  space:\n");
    search
        .space()
        .forEach(
            (key, dimension) -> {
              Map<String, Object> values = new LinkedHashMap<>();
              switch (dimension) {
                case Search.Dimension.Values list -> values.put("values", list.values());
                case Search.Dimension.Range range -> {
                  values.put("min", range.min());
                  values.put("max", range.max());
                  if (range.step() > 0) {
                    values.put("step", range.step());
                  }
                  if (range.log()) {
                    values.put("log", true);
                  }
                }
              }
              line(out, 4, key, values);
            });
    Map<String, Object> objective = new LinkedHashMap<>();
    put(objective, "metric", search.objective().metric());
    put(objective, "target", search.objective().target());
    put(objective, "model", search.objective().model());
    if (!objective.isEmpty()) {
      line(out, 2, "objective", objective);
    }
    given(search.settings()).forEach((name, value) -> line(out, 2, name, value));
  }

  private static void put(Map<String, Object> values, String name, String word) {
    if (!word.isEmpty()) {
      values.put(name, word);
    }
  }

  /**
   * SHA-256 of the canonical text without the device, which decides no result: what provenance
   * calls the experiment's hash.
   */
  public static String hash(Experiment experiment) {
    return Hashing.sha256(write(experiment.on(DeviceChoice.AUTO)));
  }

  private static void definitions(
      StringBuilder out, String section, SequencedMap<String, Definition> definitions) {
    if (definitions.isEmpty()) {
      return;
    }
    out.append(section).append(":\n");
    definitions.forEach(
        (name, definition) -> {
          if (definition.equals(new Definition(definition.expression()))) {
            line(out, 2, name, definition.expression());
            return;
          }
          out.append("  ").append(Scalars.text(name, false)).append(":\n");
          line(out, 4, "expression", definition.expression());
          if (!definition.unit().isEmpty()) {
            line(out, 4, "unit", definition.unit());
          }
          if (!definition.description().isEmpty()) {
            line(out, 4, "description", definition.description());
          }
          if (!definition.targets().isEmpty()) {
            line(out, 4, "targets", definition.targets());
          }
        });
  }

  private static void plugin(
      StringBuilder out, String first, String rest, String section, PluginUse use) {
    out.append(first).append(ExperimentFormat.pluginKey(section)).append(": ");
    out.append(Scalars.write(use.plugin(), false)).append('\n');
    new TreeMap<>(use.parameters()).forEach((name, value) -> line(out, rest.length(), name, value));
  }

  private static void list(
      StringBuilder out, String section, List<String> words, List<String> otherwise) {
    if (!words.equals(otherwise)) {
      line(out, 0, section, words);
    }
  }

  private static void line(StringBuilder out, int indent, String key, Object value) {
    out.append(" ".repeat(indent)).append(Scalars.text(key, false)).append(": ");
    out.append(Scalars.write(value, false)).append('\n');
  }
}
