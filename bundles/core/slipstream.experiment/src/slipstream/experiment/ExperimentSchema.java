package slipstream.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Evaluation;
import slipstream.core.experiment.Orders;
import slipstream.core.experiment.Search;
import slipstream.core.experiment.Validation;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Plugin;
import slipstream.core.spi.PluginCatalog;

/**
 * The JSON Schema (draft 2020-12) of experiment files, from the parameters of the plug-ins that are there.
 *
 * <p>Editors complete and check with it: {@code # yaml-language-server: $schema=…} in the first line.
 */
public final class ExperimentSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ExperimentSchema() {}

  /** The schema as JSON text, indented, ending in a line break; the same for the same plug-ins. */
  public static String json(PluginCatalog plugins) {
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("$id", "urn:slipstream:experiment:" + ExperimentFormat.VERSION);
    root.put("title", "Slipstream experiment");
    root.put("description", "From data to validated execution-cost models, in one text.");
    root.put("type", "object");
    root.set("required", words(ExperimentFormat.REQUIRED));
    root.put("additionalProperties", false);
    ObjectNode properties = root.putObject("properties");
    properties
        .putObject("slipstream")
        .put("description", "Version of the format.")
        .put("const", ExperimentFormat.VERSION);
    text(properties, "name", "Name: lower-case letters, digits and hyphens.")
        .put("pattern", "^" + ExperimentFormat.NAME.pattern() + "$");
    text(properties, "description", "What it is for, for people.");
    properties
        .putObject("seed")
        .put("description", "All randomness of a run comes from it.")
        .put("type", "integer")
        .put("default", ExperimentFormat.DEFAULT_SEED);
    ObjectNode definitions = JSON.objectNode();
    properties.set(
        "data",
        plugin(
            definitions,
            "importer",
            "The importer and its parameters.",
            plugins.importers(),
            PluginCatalog.Entry::plugin));
    ObjectNode prepare = properties.putObject("prepare");
    prepare.put(
        "description", "Feature extractors in order: each makes a table from the one before.");
    prepare.put("type", "array");
    prepare.set(
        "items",
        plugin(
            definitions,
            "extractor",
            "A feature extractor and its parameters.",
            plugins.extractors(),
            PluginCatalog.Entry::plugin));
    series(
        properties,
        "features",
        "Inputs of the models by name: expressions over columns of the prepared table and earlier"
            + " features. They never see the future.",
        1);
    series(
        properties,
        "given",
        "Inputs that whoever asks for a prediction chooses, such as the flow to be priced; they may"
            + " look ahead as far as the target does.",
        0);
    series(properties, "targets", "What is predicted; may look ahead.", 1);
    expression(
        properties,
        "weight",
        "How much a row counts in training: an expression, at least 0. Scores count rows equally.");
    expression(
        properties,
        "cluster",
        "A column or an expression: rows of equal values count as one observation for the standard"
            + " errors of coefficients.");
    ObjectNode models = properties.putObject("models");
    models.put("description", "Models by name: a trainer and its parameters.");
    models.put("type", "object").put("minProperties", 1);
    models
        .putObject("propertyNames")
        .put("pattern", anchored(ExperimentFormat.MODEL_NAME.pattern()));
    ObjectNode trainer =
        plugin(
            definitions,
            "trainer",
            "A trainer and its parameters.",
            plugins.trainers(),
            PluginCatalog.Entry::plugin);
    models.set("additionalProperties", trainer);
    ObjectNode baseline = trainer.deepCopy();
    baseline.put(
        "description",
        "The trainer that every model is compared with; by default the mean of the training rows.");
    properties.set("baseline", baseline);
    ObjectNode validation = properties.putObject("validation");
    validation.put("description", "Which rows are scored, by models trained on which others.");
    parameters(validation, Validation.class);
    ObjectNode evaluation = properties.putObject("evaluation");
    evaluation.put(
        "description",
        "What the report tells scored rows apart by, and what it measures errors against.");
    parameters(evaluation, Evaluation.class);
    ObjectNode orders = properties.putObject("orders");
    orders.put(
        "description",
        "Where the data tell of parent orders, for the analysis of their costs in the report.");
    parameters(orders, Orders.class);
    list(
        properties,
        "metrics",
        "Scores, the headline first.",
        plugins.metrics().stream().map(PluginCatalog.Entry::name).toList());
    ((ObjectNode) properties.get("metrics"))
        .put("minItems", 1)
        .set("default", words(ExperimentFormat.DEFAULT_METRICS));
    list(
        properties,
        "export",
        "Formats that every model is exported to.",
        plugins.exporters().stream().map(PluginCatalog.Entry::name).toList());
    search(properties.putObject("search"));
    ObjectNode device = properties.putObject("device");
    device.put(
        "description",
        "What models are trained on: cpu, gpu, or auto, a GPU where there is one. The models are the"
            + " same.");
    device.set(
        "enum", words(Arrays.stream(DeviceChoice.values()).map(DeviceChoice::word).toList()));
    device.put("default", DeviceChoice.AUTO.word());
    root.set("$defs", definitions);
    return print(root);
  }

  private static <T> ObjectNode plugin(
      ObjectNode definitions,
      String key,
      String description,
      Collection<PluginCatalog.Entry<T>> entries,
      Function<PluginCatalog.Entry<T>, T> pluginOf) {
    ObjectNode node = JSON.objectNode();
    node.put("description", description);
    node.put("type", "object");
    node.set("required", words(List.of(key)));
    ObjectNode name = node.putObject("properties").putObject(key);
    name.put("type", "string");
    ArrayNode choices = JSON.arrayNode();
    ArrayNode cases = JSON.arrayNode();
    for (PluginCatalog.Entry<T> entry : entries) {
      Plugin<?> plugin = (Plugin<?>) pluginOf.apply(entry);
      choices.add(entry.name());
      String definition = key + "." + entry.name();
      ObjectNode parameters = definitions.putObject(definition);
      parameters.put("title", entry.name());
      parameters.put("description", plugin.summary());
      parameters(parameters, plugin.parameters());
      ((ObjectNode) parameters.get("properties"))
          .putObject(key)
          .put("const", entry.name())
          .put("description", plugin.summary());
      ObjectNode when = cases.addObject();
      ObjectNode condition = when.putObject("if");
      condition.putObject("properties").putObject(key).put("const", entry.name());
      condition.set("required", words(List.of(key)));
      when.putObject("then").put("$ref", "#/$defs/" + definition);
    }
    if (!choices.isEmpty()) {
      name.set("enum", choices);
      node.set("allOf", cases);
    }
    return node;
  }

  private static void parameters(ObjectNode node, Class<? extends Record> type) {
    node.put("type", "object");
    ObjectNode properties = node.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    for (ParameterDescription parameter : ParameterForm.describe(type)) {
      parameter(properties.putObject(parameter.name()), parameter);
      if (parameter.required()) {
        required.add(parameter.name());
      }
    }
    if (!required.isEmpty()) {
      node.set("required", required);
    }
    node.put("additionalProperties", false);
  }

  private static void parameter(ObjectNode node, ParameterDescription parameter) {
    node.put(
        "description",
        parameter.help() + (parameter.unit().isEmpty() ? "" : " Unit: " + parameter.unit() + "."));
    String otherwise = parameter.defaultValue();
    boolean given = !parameter.required();
    switch (parameter.type()) {
      case INTEGER -> {
        range(node.put("type", "integer"), parameter);
        if (given) {
          node.put("default", Long.parseLong(otherwise));
        }
      }
      case NUMBER -> {
        range(node.put("type", "number"), parameter);
        if (given) {
          node.put("default", Double.parseDouble(otherwise));
        }
      }
      case BOOLEAN -> {
        node.put("type", "boolean");
        if (given) {
          node.put("default", Boolean.parseBoolean(otherwise));
        }
      }
      case CHOICE -> {
        node.set("enum", words(parameter.choices()));
        if (given) {
          node.put("default", otherwise);
        }
      }
      case DURATION -> {
        node.put("type", "string")
            .put("pattern", "^\\s*[0-9]{1,18}\\s*(ns|us|ms|s|m|min|h|d)\\s*$");
        if (given) {
          node.put("default", otherwise);
        }
      }
      case TEXT -> {
        node.set("type", words(List.of("string", "number", "boolean")));
        if (!parameter.choices().isEmpty()) {
          node.set("examples", words(parameter.choices()));
        }
        if (given) {
          node.put("default", otherwise);
        }
      }
      case TEXT_LIST -> {
        node.set("type", words(List.of("array", "string")));
        node.putObject("items").set("type", words(List.of("string", "number", "boolean")));
      }
      case TEXT_MAP -> {
        node.put("type", "object");
        node.putObject("additionalProperties")
            .set("type", words(List.of("string", "number", "boolean")));
      }
      case DATA -> node.put("$ref", "#/properties/data");
    }
  }

  private static void search(ObjectNode search) {
    search.put("description", "How better parameters are looked for: 'slipstream search FILE'.");
    parameters(search, Search.Settings.class);
    search.set("required", words(List.of("space")));
    ObjectNode keys = (ObjectNode) search.get("properties");
    ObjectNode space = keys.putObject("space");
    space.put("description", "What is varied, by dotted key: models.trees.depth, features.vol_60.");
    space.put("type", "object").put("minProperties", 1);
    space.putObject("propertyNames").put("pattern", "^(models\\.[^.]+|features)\\..+$");
    ArrayNode forms = space.putObject("additionalProperties").putArray("oneOf");
    ObjectNode values = forms.addObject().put("type", "object").put("additionalProperties", false);
    values.set("required", words(List.of("values")));
    values
        .putObject("properties")
        .putObject("values")
        .put("description", "One of these.")
        .put("type", "array")
        .put("minItems", 1)
        .put("uniqueItems", true);
    ObjectNode range = forms.addObject().put("type", "object").put("additionalProperties", false);
    range.set("required", words(List.of("min", "max")));
    ObjectNode ends = range.putObject("properties");
    ends.putObject("min").put("description", "Smallest value.").put("type", "number");
    ends.putObject("max").put("description", "Largest value.").put("type", "number");
    ends.putObject("step")
        .put("description", "Between neighbouring values.")
        .put("type", "number")
        .put("exclusiveMinimum", 0);
    ends.putObject("log")
        .put("description", "Whether the logarithm is what is uniform.")
        .put("type", "boolean")
        .put("default", false);
    ObjectNode objective = keys.putObject("objective");
    objective.put(
        "description",
        "What trials are compared by: a metric out of sample; the headline when it is left out.");
    ArrayNode objectives = objective.putArray("oneOf");
    objectives.addObject().put("type", "string");
    ObjectNode whole = objectives.addObject().put("type", "object");
    whole.put("additionalProperties", false);
    ObjectNode words = whole.putObject("properties");
    text(words, "metric", "Name of a metric.");
    text(words, "target", "Of which target, where there are several.");
    text(words, "model", "Of which model, where several are varied.");
  }

  private static void range(ObjectNode node, ParameterDescription parameter) {
    if (!Double.isInfinite(parameter.min())) {
      number(node, "minimum", parameter.min());
    }
    if (!Double.isInfinite(parameter.max())) {
      number(node, "maximum", parameter.max());
    }
  }

  private static void number(ObjectNode node, String key, double number) {
    if (number == Math.rint(number) && Math.abs(number) < 0x1p53) {
      node.put(key, (long) number);
    } else {
      node.put(key, number);
    }
  }

  private static ObjectNode text(ObjectNode properties, String key, String description) {
    return properties.putObject(key).put("description", description).put("type", "string");
  }

  private static void expression(ObjectNode properties, String key, String description) {
    properties
        .putObject(key)
        .put("description", description)
        .set("type", words(List.of("string", "number")));
  }

  private static void series(
      ObjectNode properties, String section, String description, int atLeast) {
    ObjectNode node = properties.putObject(section).put("description", description);
    node.put("type", "object").put("minProperties", atLeast);
    node.putObject("propertyNames")
        .put("pattern", anchored(ExperimentFormat.SERIES_NAME.pattern()));
    ArrayNode forms = node.putObject("additionalProperties").putArray("oneOf");
    String help = "An expression, such as std(ret_1, 30).";
    forms.addObject().put("description", help).set("type", words(List.of("string", "number")));
    ObjectNode written = forms.addObject().put("type", "object");
    written.set("required", words(List.of("expression")));
    written.put("additionalProperties", false);
    ObjectNode keys = written.putObject("properties");
    keys.putObject("expression")
        .put("description", help)
        .set("type", words(List.of("string", "number")));
    text(keys, "unit", "Unit of the values, such as bp; shown beside them.");
    text(keys, "description", "What it means, for people.");
    if (section.equals("given")) {
      ObjectNode targets = keys.putObject("targets");
      targets.put(
          "description",
          "The targets whose models have it as an input; all by default. A flow gives its own volume"
              + " away.");
      targets.put("type", "array").put("uniqueItems", true).put("minItems", 1);
      targets.putObject("items").put("type", "string");
    }
  }

  private static void list(
      ObjectNode properties, String section, String description, List<String> known) {
    ObjectNode node = properties.putObject(section).put("description", description);
    node.put("type", "array").put("uniqueItems", true);
    ObjectNode items = node.putObject("items").put("type", "string");
    if (!known.isEmpty()) {
      items.set("enum", words(known));
    }
  }

  private static String anchored(String pattern) {
    return "^" + pattern + "$";
  }

  private static ArrayNode words(List<String> words) {
    ArrayNode node = JSON.arrayNode();
    words.forEach(node::add);
    return node;
  }

  private static String print(ObjectNode root) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return new ObjectMapper().writer(printer).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
