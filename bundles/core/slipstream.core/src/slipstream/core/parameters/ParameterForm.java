package slipstream.core.parameters;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/**
 * Between a parameter record and the values of a file or form.
 *
 * <p>Supported components: int, long, double, boolean, String, an enum, {@link Duration}, {@code List<String>}, {@code
 * Map<String, String>} and {@link DataSource}, which is null where it is not given and has an empty default. A record's own constructor may check what ranges cannot say; its
 * IllegalArgumentException becomes the user's error.
 */
public final class ParameterForm {
  private static final int MAX_NUMERAL = 100;

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
              component.getType().isEnum()
                  ? choices(component.getType())
                  : List.of(about.examples()),
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
    List<SlipstreamException> problems = new ArrayList<>();
    P parameters = bind(type, values, path, problems);
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
    return parameters;
  }

  /** Everything that is wrong with the values: each problem that {@link #bind} could report. */
  public static List<SlipstreamException> check(
      Class<? extends Record> type, Map<String, ?> values, String path) {
    List<SlipstreamException> problems = new ArrayList<>();
    bind(type, values, path, problems);
    return problems;
  }

  /** The record, or null when there are problems. */
  private static <P extends Record> P bind(
      Class<P> type, Map<String, ?> values, String path, List<SlipstreamException> problems) {
    List<ParameterDescription> descriptions = describe(type);
    List<String> names = descriptions.stream().map(ParameterDescription::name).toList();
    for (String name : values.keySet()) {
      if (!names.contains(name)) {
        problems.add(
            SlipstreamException.invalid(
                "unknown parameter '" + name + "'",
                Place.key(join(path, name)),
                names.isEmpty() ? "It takes none." : Nearest.remedy(name, names)));
      }
    }
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      ParameterDescription description = descriptions.get(i);
      types[i] = components[i].getType();
      Object value = values.get(description.name());
      if (value == null && description.required()) {
        problems.add(
            SlipstreamException.invalid(
                "'" + description.name() + "' is missing",
                Place.key(path),
                "Add '" + description.name() + "': " + description.help()));
        continue;
      }
      try {
        arguments[i] =
            convert(
                components[i],
                description,
                value == null ? description.defaultValue() : value,
                Place.key(join(path, description.name())));
      } catch (SlipstreamException e) {
        problems.add(e);
      }
    }
    if (!problems.isEmpty()) {
      return null;
    }
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case SlipstreamException cause ->
            problems.add(cause.place().isPresent() ? cause : cause.at(Place.key(path)));
        case IllegalArgumentException cause ->
            problems.add(
                SlipstreamException.invalid(
                    cause.getMessage() == null
                        ? "these parameters do not fit together"
                        : cause.getMessage(),
                    Place.key(path),
                    ""));
        default ->
            throw new IllegalStateException(type.getName() + " cannot be made", e.getCause());
      }
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " cannot be made", e);
    }
  }

  /**
   * The value of a parameter when none is given.
   *
   * @throws SlipstreamException when its default is not of its own type or range
   */
  public static Object convertDefault(Class<? extends Record> type, String name) {
    List<ParameterDescription> descriptions = describe(type);
    for (int i = 0; i < descriptions.size(); i++) {
      ParameterDescription description = descriptions.get(i);
      if (description.name().equals(name)) {
        return convert(
            type.getRecordComponents()[i],
            description,
            description.defaultValue(),
            Place.key(name));
      }
    }
    throw new IllegalArgumentException(type.getName() + " has no parameter " + name);
  }

  /** A parameter record's values by name, as {@link #bind} takes them. */
  public static Map<String, Object> values(Record parameters) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : parameters.getClass().getRecordComponents()) {
      values.put(
          snakeCase(component.getName()),
          switch (value(parameters, component)) {
            case Enum<?> word -> choice(word);
            case Duration duration -> Durations.format(duration);
            case DataSource source -> source.values();
            case null -> "";
            case Object value -> value;
          });
    }
    return values;
  }

  /** The value of a component of a parameter record, as it is. */
  public static Object value(Record parameters, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(parameters);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
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
    } else if (type == DataSource.class) {
      return ParameterDescription.Type.DATA;
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
      case DATA -> dataSource(value, place);
    };
  }

  private static Object integer(
      Class<?> type, ParameterDescription description, Object value, Place place) {
    BigDecimal number;
    try {
      number = new BigDecimal(numeral(value, place));
    } catch (NumberFormatException e) {
      throw SlipstreamException.invalid(
          "'" + value + "' is not a whole number", place, "Write it in digits, such as 200.");
    }
    // The exponent is bounded before anything expands it: 1e999999999 must not cost memory.
    if ((long) number.precision() - number.scale() > 30
        || number.stripTrailingZeros().scale() > 0) {
      throw SlipstreamException.invalid(
          "'" + value + "' is not a whole number" + (number.scale() > 0 ? "" : " of 64 bits"),
          place,
          "Write it in digits, such as 200.");
    }
    inRange(number.doubleValue(), description, place);
    try {
      if (type == int.class) {
        return number.intValueExact();
      }
      return number.longValueExact();
    } catch (ArithmeticException e) {
      throw SlipstreamException.invalid(
          "'" + value + "' is too large", place, allowed(description));
    }
  }

  private static double inRange(double number, ParameterDescription description, Place place) {
    if (!(number >= description.min() && number <= description.max())) {
      throw SlipstreamException.invalid(
          plain(number) + " is out of range", place, allowed(description));
    }
    return number;
  }

  private static String allowed(ParameterDescription description) {
    boolean low = description.min() != Double.NEGATIVE_INFINITY;
    boolean high = description.max() != Double.POSITIVE_INFINITY;
    String range =
        low && high
            ? plain(description.min()) + " to " + plain(description.max())
            : low
                ? plain(description.min()) + " or more"
                : high ? plain(description.max()) + " or less" : "any number";
    return "Allowed: "
        + range
        + (description.unit().isEmpty() ? "" : " (" + description.unit() + ")")
        + ".";
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private static double number(Object value, Place place) {
    String text = numeral(value, place);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw SlipstreamException.invalid(
          "'" + value + "' is not a number", place, "Write it as 12, 0.5 or 1e-3.");
    }
  }

  /** A number's decimal text, without what only Java takes for a number ("1d", "0x1p3", "NaN"). */
  private static String numeral(Object value, Place place) {
    String text = text(value, place).strip();
    boolean decimal = !text.isEmpty() && text.length() <= MAX_NUMERAL;
    for (int i = 0; i < text.length(); i++) {
      decimal &= "0123456789+-.eE".indexOf(text.charAt(i)) >= 0;
    }
    if (!decimal) {
      throw SlipstreamException.invalid(
          "'" + value + "' is not a number", place, "Write it as 12, 0.5 or 1e-3.");
    }
    return text;
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
      throw SlipstreamException.invalid(
          "expected a single value, not a list or map", place, "Write one value.");
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
    if (value instanceof Map) {
      throw SlipstreamException.invalid("expected a list of single values", place, "Write [a, b].");
    }
    String text = text(value, place);
    return text.isBlank() ? List.of() : List.of(text.split("\\s*,\\s*"));
  }

  private static Map<String, String> textMap(Object value, Place place) {
    Map<String, String> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> values) {
      values.forEach((name, each) -> map.put(String.valueOf(name), text(each, place)));
    } else if (!text(value, place).isBlank()) {
      throw SlipstreamException.invalid(
          "expected a map of names to values", place, "Write {a: b}.");
    }
    return map;
  }

  /** The importer's own parameters are checked by whoever has the importers. */
  private static DataSource dataSource(Object value, Place place) {
    if (value instanceof String text && text.isEmpty()) {
      return null;
    }
    if (!(value instanceof Map<?, ?> values)) {
      throw SlipstreamException.invalid(
          "expected an importer and its parameters",
          place,
          "Write {importer: parquet, path: …, time: …}.");
    }
    if (values.get(DataSource.IMPORTER) == null) {
      throw SlipstreamException.invalid(
          "'" + DataSource.IMPORTER + "' is missing",
          place,
          "Add 'importer: csv', 'importer: parquet' or another.");
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    values.forEach((name, each) -> parameters.put(String.valueOf(name), each));
    String importer =
        text(
            parameters.remove(DataSource.IMPORTER),
            Place.key(join(place.key(), DataSource.IMPORTER)));
    return new DataSource(importer, parameters);
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
