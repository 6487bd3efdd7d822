package slipstream.ui.internal.experiment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.ParameterType;
import slipstream.proto.v1.Plugin;
import slipstream.proto.v1.PluginKind;
import slipstream.ui.internal.experiment.FormSection.Kind;

/** Derives the form of an experiment from its text and from what the plug-ins say about their parameters. */
final class ExperimentForm {
  private ExperimentForm() {}

  static List<FormSection> of(YamlText yaml, PluginDirectory plugins) {
    List<FormSection> sections = new ArrayList<>();
    sections.add(
        new FormSection(
            "Experiment",
            "",
            List.of(),
            Kind.FIELDS,
            List.of(
                FormField.text(List.of("name"), "name", "Lower-case letters, digits and hyphens."),
                FormField.text(List.of("description"), "description", "What it is about."),
                new FormField(
                    List.of("seed"),
                    "seed",
                    Parameter.newBuilder()
                        .setName("seed")
                        .setType(ParameterType.PARAMETER_TYPE_INTEGER)
                        .setMin(Double.NEGATIVE_INFINITY)
                        .setMax(Double.POSITIVE_INFINITY)
                        .setHelp("All randomness of the run comes from it.")
                        .build()))));
    sections.add(
        plugin(
            "Data",
            List.of("data"),
            "importer",
            PluginKind.PLUGIN_KIND_IMPORTER,
            yaml,
            plugins,
            Kind.FIELDS));
    for (int i = 0; i < yaml.size(List.of("prepare")); i++) {
      sections.add(
          plugin(
              "Prepare: step " + (i + 1),
              List.of("prepare", i),
              "extractor",
              PluginKind.PLUGIN_KIND_FEATURE_EXTRACTOR,
              yaml,
              plugins,
              Kind.REMOVABLE));
    }
    sections.add(definitions("Features", "What the models see, point in time.", "features", yaml));
    if (yaml.exists(List.of("given"))) {
      sections.add(
          definitions(
              "Given",
              "What whoever asks for a prediction chooses, such as the flow.",
              "given",
              yaml));
    }
    sections.add(definitions("Targets", "What is predicted.", "targets", yaml));
    for (String model : yaml.keys(List.of("models"))) {
      sections.add(
          plugin(
              "Model: " + model,
              List.of("models", model),
              "trainer",
              PluginKind.PLUGIN_KIND_TRAINER,
              yaml,
              plugins,
              Kind.REMOVABLE));
    }
    if (yaml.exists(List.of("baseline"))) {
      sections.add(
          plugin(
              "Baseline",
              List.of("baseline"),
              "trainer",
              PluginKind.PLUGIN_KIND_TRAINER,
              yaml,
              plugins,
              Kind.FIELDS));
    }
    List<FormField> validation = new ArrayList<>();
    for (Parameter parameter : plugins.validation()) {
      validation.add(
          new FormField(
              List.of("validation", parameter.getName()), parameter.getName(), parameter));
    }
    for (String key : yaml.keys(List.of("validation"))) {
      if (plugins.validation().stream().noneMatch(p -> p.getName().equals(key))) {
        validation.add(FormField.text(List.of("validation", key), key, ""));
      }
    }
    if (!validation.isEmpty()) {
      sections.add(
          new FormSection(
              "Validation",
              "Walk-forward by time.",
              List.of("validation"),
              Kind.FIELDS,
              validation));
    }
    List<FormField> output = new ArrayList<>();
    for (String list : List.of("metrics", "export")) {
      output.add(
          new FormField(
              List.of(list),
              list,
              Parameter.newBuilder()
                  .setName(list)
                  .setType(ParameterType.PARAMETER_TYPE_TEXT_LIST)
                  .setHelp(
                      list.equals("metrics")
                          ? "Names in order, the first is the headline. "
                              + one(plugins.names(PluginKind.PLUGIN_KIND_METRIC))
                          : "Formats that every model is written in. "
                              + one(plugins.names(PluginKind.PLUGIN_KIND_EXPORTER)))
                  .build()));
    }
    sections.add(new FormSection("Output", "", List.of(), Kind.FIELDS, output));
    for (FormSection section : sections) {
      for (FormField field : section.fields()) {
        field.valueProperty().set(value(yaml, field));
      }
    }
    return sections;
  }

  /** A definition's expression stands either directly at its name or below it. */
  private static String value(YamlText yaml, FormField field) {
    return yaml.value(field.path()).orElse("");
  }

  private static String one(List<String> names) {
    return names.isEmpty() ? "" : "Known: " + String.join(", ", names) + ".";
  }

  private static FormSection plugin(
      String title,
      List<Object> path,
      String selector,
      PluginKind kind,
      YamlText yaml,
      PluginDirectory plugins,
      Kind sectionKind) {
    List<FormField> fields = new ArrayList<>();
    Plugin plugin = addPlugin(fields, path, "", selector, kind, yaml, plugins);
    return new FormSection(
        title, plugin == null ? "" : plugin.getSummary(), path, sectionKind, fields);
  }

  /**
   * Adds the field that chooses a plug-in and those of its parameters.
   *
   * @param prefix before every label
   * @return the plug-in, or null when none is chosen
   */
  private static Plugin addPlugin(
      List<FormField> fields,
      List<Object> path,
      String prefix,
      String selector,
      PluginKind kind,
      YamlText yaml,
      PluginDirectory plugins) {
    boolean word = yaml.exists(path) && !yaml.isMapping(path);
    List<Object> selectorPath = word ? path : append(path, selector);
    String chosen = yaml.value(selectorPath).orElse("");
    List<String> names = plugins.names(kind);
    fields.add(
        names.isEmpty()
            ? FormField.text(selectorPath, prefix + selector, "")
            : FormField.choice(selectorPath, prefix + selector, "", names));
    Plugin plugin = plugins.find(kind, chosen).orElse(null);
    Set<String> known = new LinkedHashSet<>();
    known.add(selector);
    if (plugin != null && !word) {
      for (Parameter parameter : plugin.getParametersList()) {
        known.add(parameter.getName());
        List<Object> at = append(path, parameter.getName());
        if (parameter.getType() == ParameterType.PARAMETER_TYPE_DATA) {
          addPlugin(
              fields,
              at,
              prefix + parameter.getName() + " ",
              "importer",
              PluginKind.PLUGIN_KIND_IMPORTER,
              yaml,
              plugins);
        } else {
          fields.add(new FormField(at, prefix + parameter.getName(), parameter));
        }
      }
    }
    for (String key : yaml.keys(path)) {
      if (!known.contains(key)) {
        fields.add(FormField.text(append(path, key), prefix + key, ""));
      }
    }
    return plugin;
  }

  private static FormSection definitions(
      String title, String subtitle, String group, YamlText yaml) {
    List<FormField> fields = new ArrayList<>();
    for (String name : yaml.keys(List.of(group))) {
      List<Object> path = List.of(group, name);
      boolean detailed = yaml.isMapping(path);
      String unit = detailed ? yaml.value(append(path, "unit")).orElse("") : "";
      String help = detailed ? yaml.value(append(path, "description")).orElse("") : "";
      fields.add(
          new FormField(
              detailed ? append(path, "expression") : path,
              name,
              Parameter.newBuilder()
                  .setName(name)
                  .setType(ParameterType.PARAMETER_TYPE_TEXT)
                  .setRequired(true)
                  .setUnit(unit)
                  .setHelp(help)
                  .build()));
    }
    return new FormSection(title, subtitle, List.of(group), Kind.DEFINITIONS, fields);
  }

  static List<Object> append(List<?> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }
}
