package slipstream.ui.internal.experiment;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.ParameterType;
import slipstream.proto.v1.Plugin;
import slipstream.proto.v1.PluginKind;

/**
 * What the services say about plug-ins and the experiment's own groups: the source of the form.
 *
 * @param plugins of all kinds
 * @param validation parameters of the group {@code validation}
 */
public record PluginDirectory(List<Plugin> plugins, List<Parameter> validation) {
  /** Before the services have answered. */
  public static final PluginDirectory EMPTY = new PluginDirectory(List.of(), List.of());

  /**
   * @param schemaJson the experiment's JSON schema; its group {@code validation} becomes parameters
   */
  static PluginDirectory of(List<Plugin> plugins, String schemaJson) {
    return new PluginDirectory(List.copyOf(plugins), group(schemaJson, "validation"));
  }

  List<String> names(PluginKind kind) {
    return plugins.stream().filter(p -> p.getKind() == kind).map(Plugin::getName).sorted().toList();
  }

  Optional<Plugin> find(PluginKind kind, String name) {
    return plugins.stream()
        .filter(p -> p.getKind() == kind && p.getName().equals(name))
        .findFirst();
  }

  private static List<Parameter> group(String schemaJson, String name) {
    Struct.Builder schema = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(schemaJson, schema);
    } catch (InvalidProtocolBufferException e) {
      return List.of();
    }
    Struct root = schema.build();
    Struct group = resolve(root, struct(struct(root, "properties"), name));
    List<Parameter> parameters = new ArrayList<>();
    struct(group, "properties")
        .getFieldsMap()
        .forEach(
            (key, value) -> parameters.add(parameter(key, resolve(root, value.getStructValue()))));
    return parameters;
  }

  private static Struct resolve(Struct root, Struct schema) {
    String ref = schema.getFieldsOrDefault("$ref", Value.getDefaultInstance()).getStringValue();
    if (!ref.startsWith("#/")) {
      return schema;
    }
    Struct at = root;
    for (String step : ref.substring(2).split("/")) {
      at = struct(at, step);
    }
    return at;
  }

  private static Struct struct(Struct from, String key) {
    return from.getFieldsOrDefault(key, Value.getDefaultInstance()).getStructValue();
  }

  private static Parameter parameter(String name, Struct schema) {
    Value type = schema.getFieldsOrDefault("type", Value.getDefaultInstance());
    List<String> choices =
        schema
            .getFieldsOrDefault("enum", Value.getDefaultInstance())
            .getListValue()
            .getValuesList()
            .stream()
            .map(Value::getStringValue)
            .filter(choice -> !choice.isEmpty())
            .toList();
    ParameterType kind =
        !choices.isEmpty()
            ? ParameterType.PARAMETER_TYPE_CHOICE
            : switch (type.getStringValue()) {
              case "integer" -> ParameterType.PARAMETER_TYPE_INTEGER;
              case "number" -> ParameterType.PARAMETER_TYPE_NUMBER;
              case "boolean" -> ParameterType.PARAMETER_TYPE_BOOLEAN;
              default -> ParameterType.PARAMETER_TYPE_TEXT;
            };
    Value byDefault = schema.getFieldsOrDefault("default", Value.getDefaultInstance());
    return Parameter.newBuilder()
        .setName(name)
        .setType(kind)
        .addAllChoices(choices)
        .setDefaultValue(text(byDefault))
        .setMin(number(schema, "minimum", Double.NEGATIVE_INFINITY))
        .setMax(number(schema, "maximum", Double.POSITIVE_INFINITY))
        .setHelp(
            schema.getFieldsOrDefault("description", Value.getDefaultInstance()).getStringValue())
        .build();
  }

  private static double number(Struct schema, String key, double otherwise) {
    return schema.containsFields(key) ? schema.getFieldsOrThrow(key).getNumberValue() : otherwise;
  }

  private static String text(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        yield number == Math.rint(number) && Math.abs(number) < 1e15
            ? Long.toString((long) number)
            : Double.toString(number);
      }
      default -> "";
    };
  }
}
