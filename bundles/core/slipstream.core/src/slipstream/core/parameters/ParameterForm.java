package slipstream.core.parameters;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/**
 * Between a parameter record and the values of a file or form.
 *
 * <p>Supported components: int, long, double, boolean, String, an enum, {@link Duration}, {@code List<String>} and
 * {@code Map<String, String>}. A record's own constructor may check what ranges cannot say; its
 * IllegalArgumentException becomes the user's error.
 */
public final class ParameterForm {
  private ParameterForm() {}

  /** The parameters of a record class, in the order of its components. */
  public static List<ParameterDescription> describe(Class<? extends Record> type) {
    List<ParameterDescription> descriptions = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Parameter about = component.getAnnotation(Parameter.class);
      if (about == null) {
        throw new IllegalArgumentException(
            type.getName() + "." + component.getName() + " lacks @Parameter");
      }
      boolean required = about.defaultValue().equals(Parameter.REQUIRED);
      descriptions.add(
          new ParameterDescription(
              snakeCase(component.getName()),
              kind(component),
              about.unit(),
              required,
              required ? "" : about.defaultValue(),
              about.min(),
              about.max(),
              choices(component.getType()),
              about.help()));
    }
    return descriptions;
  }

  /**
   * A parameter record from named values.
   *
   * @param values as a YAML or JSON reader gives them: String, Number, Boolean, List, Map
   * @param path the dotted key of the map, such as {@code models.trees}, for errors
   * @throws SlipstreamException INVALID_INPUT naming the key: unknown, missing, of the wrong type or out of range
   */
  public static <P extends Record> P bind(Class<P> type, Map<String, ?> values, String path) {
    List<ParameterDescription> descriptions = describe(type);
    for (String name : values.keySet()) {
      if (descriptions.stream().noneMatch(each -> each.name().equals(name))) {
        throw SlipstreamException.invalid(
            "unknown parameter '" + name + "'",
            Place.key(join(path, name)),
            "Known: "
                + String.join(", ", descriptions.stream().map(ParameterDescription::name).toList())
                + ".");
      }
    }
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      ParameterDescription description = descriptions.get(i);
      Place place = Place.key(join(path, description.name()));
      Object value = values.get(description.name());
      if (value == null) {
        if (description.required()) {
          throw SlipstreamException.invalid(
              "'" + description.name() + "' is missing", place, description.help());
        }
        value = description.defaultValue();
      }
      arguments[i] = convert(components[i], description, value, place);
      types[i] = components[i].getType();
    }
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException cause) {
        throw SlipstreamException.invalid(cause.getMessage(), Place.key(path), "");
      }
      throw new IllegalStateException(type.getName() + " cannot be made", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " cannot be made", e);
    }
  }

  /** A parameter record's values by name, as {@link #bind} takes them. */
  public static Map<String, Object> values(Record parameters) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : parameters.getClass().getRecordComponents()) {
      try {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        Object value = accessor.invoke(parameters);
        values.put(
            snakeCase(component.getName()),
            switch (value) {
              case Enum<?> word -> choice(word);
              case Duration duration -> Durations.format(duration);
              default -> value;
            });
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return values;
  }

  /** {@code learningRate} as {@code learning_rate}. */
  public static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  private static String choice(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> choices(Class<?> type) {
    List<String> words = new ArrayList<>();
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        words.add(choice((Enum<?>) constant));
      }
    }
    return List.copyOf(words);
  }

  private static ParameterDescription.Type kind(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == int.class || type == long.class) {
      return ParameterDescription.Type.INTEGER;
    } else if (type == double.class) {
      return ParameterDescription.Type.NUMBER;
    } else if (type == boolean.class) {
      return ParameterDescription.Type.BOOLEAN;
    } else if (type == String.class) {
      return ParameterDescription.Type.TEXT;
    } else if (type == Duration.class) {
      return ParameterDescription.Type.DURATION;
    } else if (type.isEnum()) {
      return ParameterDescription.Type.CHOICE;
    } else if (type == List.class && argument(component, 0) == String.class) {
      return ParameterDescription.Type.TEXT_LIST;
    } else if (type == Map.class && argument(component, 1) == String.class) {
      return ParameterDescription.Type.TEXT_MAP;
    }
    throw new IllegalArgumentException("unsupported parameter type " + component);
  }

  private static Object argument(RecordComponent component, int index) {
    return component.getGenericType() instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[index]
        : null;
  }

  private static Object convert(
      RecordComponent component, ParameterDescription description, Object value, Place place) {
    return switch (description.type()) {
      case INTEGER -> integer(component.getType(), description, value, place);
      case NUMBER -> inRange(number(value, place), description, place);
      case BOOLEAN -> bool(value, place);
      case TEXT -> text(value, place);
      case DURATION -> duration(value, place);
      case CHOICE -> enumeration(component.getType(), description, value, place);
      case TEXT_LIST -> textList(value, place);
      case TEXT_MAP -> textMap(value, place);
    };
  }

  private static Object integer(
      Class<?> type, ParameterDescription description, Object value, Place place) {
    double number = number(value, place);
    if (number != Math.rint(number) || Math.abs(number) > 0x1p53) {
      throw SlipstreamException.invalid(
          "'" + value + "' is not a whole number", place, "Write it without a fraction.");
    }
    inRange(number, description, place);
    if (type == int.class && number != (int) number) {
      throw SlipstreamException.invalid("'" + value + "' is too large", place, "");
    }
    if (type == int.class) {
      return (int) number;
    }
    return (long) number;
  }

  private static double inRange(double number, ParameterDescription description, Place place) {
    if (!(number >= description.min() && number <= description.max())) {
      throw SlipstreamException.invalid(
          plain(number) + " is out of range",
          place,
          "Allowed: "
              + plain(description.min())
              + " to "
              + plain(description.max())
              + (description.unit().isEmpty() ? "" : " " + description.unit())
              + ".");
    }
    return number;
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private static double number(Object value, Place place) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof String text) {
      try {
        return Double.parseDouble(text.strip());
      } catch (NumberFormatException e) {
        throw SlipstreamException.invalid("'" + text + "' is not a number", place, "");
      }
    }
    throw SlipstreamException.invalid("expected a number", place, "");
  }

  private static boolean bool(Object value, Place place) {
    return switch (String.valueOf(value).strip()) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw SlipstreamException.invalid(
              "'" + value + "' is neither true nor false", place, "Write true or false.");
    };
  }

  private static String text(Object value, Place place) {
    if (value instanceof Collection || value instanceof Map) {
      throw SlipstreamException.invalid("expected a single value", place, "");
    }
    return String.valueOf(value);
  }

  private static Duration duration(Object value, Place place) {
    try {
      return Durations.parse(text(value, place));
    } catch (SlipstreamException e) {
      throw e.at(place);
    }
  }

  private static Object enumeration(
      Class<?> type, ParameterDescription description, Object value, Place place) {
    for (Object constant : type.getEnumConstants()) {
      if (choice((Enum<?>) constant).equals(text(value, place))) {
        return constant;
      }
    }
    throw SlipstreamException.invalid(
        "'" + value + "' is not allowed",
        place,
        "Choose one of " + String.join(", ", description.choices()) + ".");
  }

  private static List<String> textList(Object value, Place place) {
    if (value instanceof Collection<?> values) {
      return values.stream().map(each -> text(each, place)).toList();
    }
    String text = text(value, place);
    return text.isBlank() ? List.of() : List.of(text.split("\\s*,\\s*"));
  }

  private static Map<String, String> textMap(Object value, Place place) {
    Map<String, String> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> values) {
      values.forEach((name, each) -> map.put(String.valueOf(name), text(each, place)));
    } else if (!text(value, place).isBlank()) {
      throw SlipstreamException.invalid("expected a map of names to values", place, "");
    }
    return map;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
