package slipstream.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Evaluation;
import slipstream.core.experiment.Orders;
import slipstream.core.experiment.Validation;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterForm;
import slipstream.experiment.YamlNode.Entry;
import slipstream.experiment.YamlNode.Mapping;
import slipstream.experiment.YamlNode.Scalar;
import slipstream.experiment.YamlNode.Sequence;

/**
 * The text of an experiment, edited by path: comments, order and layout of everything else stay as they are.
 *
 * <p>A path is keys joined by dots, with list items in brackets: {@code models.trees.depth}, {@code
 * prepare[0].interval}; a key that holds dots stands in double quotes: {@code data.columns."Adj. Close"}. Values are
 * String, Long (or Integer), Double, Boolean, and List or Map of these.
 *
 * <p>The text need not be a valid experiment, only valid YAML; so a form can go on editing what is not finished. Every
 * edit is checked by reading the new text back: it either does exactly what was asked or changes nothing and throws. Not
 * thread-safe.
 */
public final class ExperimentDocument {
  private final String file;
  private String text;
  private YamlNode root;

  private ExperimentDocument(String text, String file) {
    this.file = file;
    this.text = text;
    this.root = YamlReader.read(text, file).orElse(null);
  }

  /**
   * @param file what to call it in errors; may be empty
   * @throws SlipstreamException INVALID_INPUT with line and column when the text is not YAML
   */
  public static ExperimentDocument of(String text, String file) {
    return new ExperimentDocument(text, file);
  }

  public String text() {
    return text;
  }

  // ------------------------------------------------------------------ reading

  /** The value at a path, or empty when there is none. */
  public Optional<Object> get(String path) {
    return Optional.ofNullable(find(segments(path))).map(YamlNode::value);
  }

  /** True when the path is in the text, with or without a value. */
  public boolean has(String path) {
    return find(segments(path)) != null;
  }

  /** The keys of the mapping at a path, in order; the document's own for an empty path. */
  public List<String> keys(String path) {
    return find(segments(path)) instanceof Mapping map ? map.keys() : List.of();
  }

  /** The number of items of the list at a path; 0 when there is none. */
  public int size(String path) {
    return find(segments(path)) instanceof Sequence list ? list.items().size() : 0;
  }

  /** Where the key or item at a path stands. */
  public Optional<Place> locate(String path) {
    List<String> segments = segments(path);
    if (segments.isEmpty()) {
      return Optional.empty();
    }
    YamlNode parent = find(parent(segments));
    if (parent instanceof Mapping map) {
      int index = map.indexOf(segments.getLast());
      if (index >= 0) {
        Scalar key = map.entries().get(index).key();
        return Optional.of(new Place(file, key.line(), key.column(), path));
      }
    }
    return Optional.ofNullable(find(segments))
        .map(node -> new Place(file, node.line(), node.column(), path));
  }

  // ------------------------------------------------------------------ editing

  /**
   * Sets a value; makes the key, and the mappings around it, when they are not there.
   *
   * <p>A map replaces a map key by key, and a list a list item by item, so that what is equal keeps its comments.
   *
   * @throws SlipstreamException INVALID_INPUT when a list has no such item
   */
  public void set(String path, Object value) {
    edit(() -> set(segments(path), normal(value)));
  }

  /**
   * Sets the expression of a feature, given or target, written short ({@code name: expression}) or long.
   */
  public void setExpression(String path, String expression) {
    boolean written = find(segments(path)) instanceof Mapping;
    set(written ? path + ".expression" : path, expression);
  }

  /**
   * Removes a key with its value, or a list's item; does nothing when it is not there. A mapping or list that becomes
   * empty stays, as {@code {}} or {@code []}.
   */
  public void remove(String path) {
    List<String> segments = segments(path);
    if (!segments.isEmpty() && find(segments) != null) {
      edit(() -> remove(segments));
    }
  }

  /**
   * Renames a key; its value, place and comments stay.
   *
   * @throws SlipstreamException NOT_FOUND when there is no such key, CONFLICT when the new one is taken
   */
  public void rename(String path, String newKey) {
    List<String> segments = segments(path);
    int index;
    if (segments.isEmpty()
        || !(find(parent(segments)) instanceof Mapping map)
        || (index = map.indexOf(segments.getLast())) < 0) {
      throw SlipstreamException.notFound("there is no key '" + path + "'", "");
    }
    if (newKey.equals(segments.getLast())) {
      return;
    }
    if (map.get(newKey) != null) {
      throw new SlipstreamException(
          SlipstreamException.Category.CONFLICT,
          "the name '" + newKey + "' is taken",
          Place.key(path),
          "Choose another name.");
    }
    Scalar key = map.entries().get(index).key();
    edit(
        () -> {
          Map<String, Object> renamed = new LinkedHashMap<>();
          map.value().forEach((k, v) -> renamed.put(k.equals(key.text()) ? newKey : k, v));
          Object expected = with(root.value(), parent(segments), 0, renamed);
          splice(key.start(), key.end(), Scalars.text(newKey, inFlow(parent(segments))), expected);
        });
  }

  /** Adds an item to the end of a list; makes the list when it is not there. */
  public void addItem(String path, Object value) {
    edit(() -> addItem(segments(path), normal(value)));
  }

  /** What a person means by a value typed into a field or on the command line. */
  static Object parseValue(String typed) {
    String value = typed.strip();
    if (value.isEmpty()) {
      return "";
    }
    char first = value.charAt(0);
    if (first == '[' || first == '{') {
      return YamlReader.read(value, "").map(YamlNode::value).orElse("");
    }
    if (first == '"' || first == '\'') {
      try {
        if (YamlReader.read(value, "").orElse(null) instanceof Scalar scalar) {
          return scalar.text();
        }
      } catch (SlipstreamException e) {
        return value; // an expression such as 'a' + 'b', which starts with a quote by chance
      }
    }
    return Optional.ofNullable(Scalars.resolve(value)).orElse(value);
  }

  /** {@link #set} with the checks and conveniences of {@code --set}. */
  void override(String path, Object value) {
    List<String> segments = segments(path);
    if (segments.isEmpty()) {
      throw SlipstreamException.invalid(
          "a key is missing before '='", "Write it as --set models.trees.depth=6.");
    }
    String section = segments.getFirst();
    if (!ExperimentFormat.SECTIONS.contains(section)) {
      throw unknown(path, section, "an experiment", ExperimentFormat.SECTIONS);
    }
    Class<? extends Record> parameters =
        switch (section) {
          case "validation" -> Validation.class;
          case "evaluation" -> Evaluation.class;
          case "orders" -> Orders.class;
          default -> null;
        };
    if (segments.size() == 2 && parameters != null) {
      List<String> known =
          ParameterForm.describe(parameters).stream().map(ParameterDescription::name).toList();
      if (!known.contains(segments.get(1))) {
        throw unknown(path, segments.get(1), section, known);
      }
    }
    boolean plugin = section.equals("baseline") && !has("baseline") && segments.size() == 2;
    if (plugin) {
      set(
          section,
          Map.of(ExperimentFormat.pluginKey(section), ExperimentFormat.DEFAULT_BASELINE.plugin()));
    }
    for (int depth = 1; depth < segments.size(); depth++) {
      YamlNode around = find(segments.subList(0, depth));
      if (around == null && depth == 1 && !section.equals("models") && !section.equals("prepare")) {
        break;
      }
      String word = segments.get(depth);
      boolean last = depth == segments.size() - 1;
      boolean mayGrow = mayGrow(section, depth, word);
      switch (around) {
        case Mapping map when map.get(word) == null && !last ->
            throw unknown(path, word, name(segments.subList(0, depth)), map.keys());
        case Sequence list when index(word, list) < 0 ->
            throw SlipstreamException.invalid(
                "'" + name(segments.subList(0, depth)) + "' has no item [" + word + "]",
                Place.key(path),
                "It has " + list.items().size() + ", counted from [0].");
        case null -> throw unknown(path, word, name(segments.subList(0, depth)), List.of());
        case Scalar scalar when !scalar.empty() && !mayGrow ->
            throw SlipstreamException.invalid(
                "'" + name(segments.subList(0, depth)) + "' is a single value",
                Place.key(path),
                "Set it as a whole.");
        default -> {}
      }
    }
    YamlNode present = find(segments);
    boolean series = List.of("features", "given", "targets").contains(section);
    if (series && segments.size() == 2 && !(value instanceof Map)) {
      setExpression(path, value instanceof String text ? text : Scalars.write(value, false));
    } else if (series && segments.size() == 3 && find(segments.subList(0, 2)) instanceof Scalar s) {
      // 'ret: ret(close, 1)' gets a unit: the short form becomes the long one.
      Map<String, Object> written = new LinkedHashMap<>();
      written.put("expression", s.text());
      written.put(segments.get(2), value);
      set(segments.get(0) + "." + segments.get(1), written);
    } else if (List.of("metrics", "export").contains(section)
        && segments.size() == 1
        && value instanceof String words) {
      set(path, words.isBlank() ? List.of() : List.of(words.strip().split("\\s*,\\s*")));
    } else if (!Objects.equals(present == null ? null : present.value(), value)) {
      set(path, value);
    }
  }

  private static boolean mayGrow(String section, int depth, String word) {
    return depth == 2
        && List.of("features", "given", "targets").contains(section)
        && ExperimentFormat.GIVEN_KEYS.contains(word);
  }

  private static SlipstreamException unknown(
      String path, String word, String where, List<String> known) {
    return SlipstreamException.invalid(
        "there is no '" + word + "' in " + where, Place.key(path), Nearest.remedy(word, known));
  }

  // -------------------------------------------------------------------- edits

  private interface Edit {
    void run();
  }

  /** All or nothing. */
  private void edit(Edit edit) {
    String before = text;
    YamlNode rootBefore = root;
    try {
      edit.run();
    } catch (RuntimeException e) {
      text = before;
      root = rootBefore;
      throw e;
    }
  }

  private void set(List<String> path, Object value) {
    if (path.isEmpty()) {
      throw SlipstreamException.invalid("a key is missing", "Name the key to set.");
    }
    YamlNode node = find(path);
    switch (node) {
      case null -> create(path, value);
      case Mapping map when value instanceof Map<?, ?> wanted && !wanted.isEmpty() -> {
        // New keys first, so that the mapping is never empty on the way.
        wanted.forEach((key, each) -> set(child(path, String.valueOf(key)), each));
        map.keys().stream()
            .filter(key -> !wanted.containsKey(key))
            .forEach(key -> remove(child(path, key)));
      }
      case Sequence list when value instanceof List<?> wanted && !wanted.isEmpty() -> {
        for (int i = 0; i < wanted.size(); i++) {
          if (i < list.items().size()) {
            set(child(path, Integer.toString(i)), wanted.get(i));
          } else {
            addItem(path, wanted.get(i));
          }
        }
        for (int i = list.items().size() - 1; i >= wanted.size(); i--) {
          remove(child(path, Integer.toString(i)));
        }
      }
      default -> {
        if (!Objects.deepEquals(node.value(), value)) {
          replace(path, node, value);
        }
      }
    }
  }

  private void replace(List<String> path, YamlNode node, Object value) {
    Object expected = with(root.value(), path, 0, value);
    boolean flow = inFlow(parent(path));
    String written = Scalars.write(value, flow);
    YamlNode around = find(parent(path));
    boolean block =
        node instanceof Mapping map && !map.flow() || node instanceof Sequence list && !list.flow();
    boolean empty =
        node instanceof Scalar scalar && scalar.empty() && scalar.start() == scalar.end();
    boolean blockText = node instanceof Scalar scalar && scalar.style() == YamlNode.Style.BLOCK;
    if (around instanceof Mapping map && (block || empty || blockText)) {
      int colon = colonAfter(map.entries().get(map.indexOf(path.getLast())).key());
      if (empty && !flow && path.size() == 1 && value instanceof Map<?, ?> entries) {
        int at = lineEnd(colon);
        splice(at, at, blockEntries(entries), expected);
        return;
      }
      if (blockText) {
        Scalar key = map.entries().get(map.indexOf(path.getLast())).key();
        replaceBlock((Scalar) node, columnOf(key.start()), value, written, expected);
        return;
      }
      String tail = text.substring(colon, node.start());
      if (block && !tail.isBlank()) {
        // A comment between the key and what goes stays where it is.
        int from = lineStart(node.start());
        String shorter = text.substring(0, from) + text.substring(lineAfter(node.end()));
        splice(shorter, colon, colon, " " + written, expected);
        return;
      }
      splice(colon, Math.max(colon, node.end()), " " + written, expected);
      return;
    }
    splice(node.start(), node.end(), (empty ? " " : "") + written, expected);
  }

  /** A text of several lines ({@code |} or {@code >}) stays one when the new text has several lines too. */
  private void replaceBlock(
      Scalar node, int keyColumn, Object value, String written, Object expected) {
    int headerEnd = lineEnd(node.start());
    String header = text.substring(node.start(), headerEnd);
    int hash = header.indexOf(" #");
    String comment = hash < 0 ? "" : "   " + header.substring(hash + 1);
    String closing = node.keepsBreaks() && text.charAt(node.end() - 1) == '\n' ? lineBreak() : "";
    if (value instanceof String several && several.strip().contains("\n")) {
      String body = several.endsWith("\n") ? several.substring(0, several.length() - 1) : several;
      String indent = lineBreak() + " ".repeat(keyColumn + 2);
      StringBuilder block = new StringBuilder(several.endsWith("\n") ? "|" : "|-").append(comment);
      body.lines().forEach(line -> block.append(line.isEmpty() ? lineBreak() : indent + line));
      try {
        splice(node.start(), node.end(), block + closing, expected);
        return;
      } catch (SlipstreamException e) {
        // Leading spaces, control characters: in quotes, then.
        assert !block.isEmpty();
      }
    }
    splice(node.start(), node.end(), written + comment + closing, expected);
  }

  private void create(List<String> path, Object value) {
    List<String> above = parent(path);
    YamlNode around = find(above);
    String key = path.getLast();
    if (root == null) {
      Map<String, Object> expected = new LinkedHashMap<>();
      expected.put(path.getFirst(), nested(path.subList(1, path.size()), value));
      String glue = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
      splice(text.length(), text.length(), glue + topEntry(expected) + "\n", expected);
      return;
    }
    switch (around) {
      case Mapping map -> {
        Object expected = with(root.value(), path, 0, value);
        boolean flow = map.flow() || inFlow(above);
        String entry = Scalars.text(key, flow) + ": " + Scalars.write(value, flow);
        if (flow) {
          insertInFlow(
              map.start(), map.entries().isEmpty() ? -1 : map.end(), lastEnd(map), entry, expected);
        } else {
          int indent = columnOf(map.start());
          String written = above.isEmpty() ? topEntry(Map.of(key, value)) : entry;
          insertLine(map.end(), " ".repeat(indent) + written, expected);
        }
      }
      case Sequence list ->
          throw SlipstreamException.invalid(
              "'" + name(above) + "' has no item [" + key + "]",
              Place.key(name(path)),
              "It has " + list.items().size() + ", counted from [0].");
      case Scalar scalar when !scalar.empty() ->
          throw SlipstreamException.invalid(
              "'" + name(above) + "' is a single value", Place.key(name(path)), "Remove it first.");
      case null, default -> {
        Map<String, Object> made = new LinkedHashMap<>();
        made.put(key, value);
        set(above, made);
      }
    }
  }

  private void addItem(List<String> path, Object value) {
    YamlNode node = find(path);
    if (!(node instanceof Sequence list)) {
      set(path, List.of(value));
      return;
    }
    List<Object> items = new ArrayList<>(list.value());
    items.add(value);
    Object expected = with(root.value(), path, 0, items);
    if (list.flow() || inFlow(path)) {
      insertInFlow(
          list.start(),
          list.items().isEmpty() ? -1 : list.end(),
          list.items().isEmpty() ? -1 : list.items().getLast().end(),
          Scalars.write(value, true),
          expected);
      return;
    }
    int dash = dashBefore(list.items().getFirst());
    insertLine(
        list.end(), " ".repeat(columnOf(dash)) + "- " + Scalars.write(value, false), expected);
  }

  private void remove(List<String> path) {
    List<String> above = parent(path);
    YamlNode around = find(above);
    Object expected = without(root.value(), path, 0);
    switch (around) {
      case Mapping map -> {
        int index = map.indexOf(path.getLast());
        Entry entry = map.entries().get(index);
        int start = entry.key().start();
        int end = Math.max(colonAfter(entry.key()), entry.value().end());
        if (map.entries().size() == 1) {
          empty(above, map, "{}", Map.of(), expected);
        } else if (map.flow()) {
          removeFromFlow(
              start, end, index + 1 < map.entries().size(), previousEnd(map, index), expected);
        } else {
          removeLines(start, end, expected);
        }
      }
      case Sequence list -> {
        int index = index(path.getLast(), list);
        YamlNode item = list.items().get(index);
        if (list.items().size() == 1) {
          empty(above, list, "[]", List.of(), expected);
        } else if (list.flow()) {
          removeFromFlow(
              item.start(),
              item.end(),
              index + 1 < list.items().size(),
              index == 0 ? -1 : list.items().get(index - 1).end(),
              expected);
        } else {
          removeLines(dashBefore(item), Math.max(item.end(), dashBefore(item) + 1), expected);
        }
      }
      default -> throw new IllegalStateException("no parent of " + path);
    }
  }

  /** A collection loses its last element. */
  private void empty(
      List<String> path, YamlNode node, String written, Object value, Object expected) {
    if (path.isEmpty()) {
      int start = node.start();
      splice(start, node.end(), "{}", expected);
      return;
    }
    boolean flow =
        node instanceof Mapping map ? map.flow() : node instanceof Sequence list && list.flow();
    if (flow) {
      splice(node.start(), node.end(), written, expected);
    } else {
      replace(path, node, value);
    }
  }

  private void removeLines(int start, int end, Object expected) {
    int from = lineStart(start);
    if (text.substring(from, start).isBlank()) {
      splice(from, lineAfter(end), "", expected);
    } else {
      // The first key beside a list's dash: what follows stays where it is.
      splice(start, end, "", expected);
    }
  }

  private void removeFromFlow(int start, int end, boolean more, int previousEnd, Object expected) {
    int comma = more ? commaAfter(end) : commaAfter(previousEnd);
    StringBuilder changed = new StringBuilder(text);
    if (more) {
      int after = comma + 1;
      if (after < text.length() && text.charAt(after) == ' ') {
        after++;
      }
      changed.delete(comma, after).delete(start, end);
    } else {
      int before = start;
      while (before > comma + 1 && text.charAt(before - 1) == ' ') {
        before--;
      }
      changed.delete(before, end).deleteCharAt(comma);
    }
    apply(changed.toString(), expected);
  }

  private void insertInFlow(int start, int end, int lastEnd, String entry, Object expected) {
    if (end < 0) {
      splice(start + 1, start + 1, entry, expected);
    } else {
      splice(lastEnd, lastEnd, ", " + entry, expected);
    }
  }

  private void insertLine(int after, String line, Object expected) {
    if (after > 0 && text.charAt(after - 1) == '\n') {
      splice(after, after, line + lineBreak(), expected);
      return;
    }
    int at = lineEnd(after);
    splice(at, at, lineBreak() + line, expected);
  }

  private void splice(int from, int to, String replacement, Object expected) {
    splice(text, from, to, replacement, expected);
  }

  private void splice(String base, int from, int to, String replacement, Object expected) {
    apply(base.substring(0, from) + replacement + base.substring(to), expected);
  }

  private void apply(String changed, Object expected) {
    YamlNode read;
    try {
      read = YamlReader.read(changed, file).orElse(null);
    } catch (SlipstreamException e) {
      throw cannot(e);
    }
    if (!Objects.deepEquals(read == null ? null : read.value(), expected)) {
      throw cannot(null);
    }
    text = changed;
    root = read;
  }

  private SlipstreamException cannot(Throwable cause) {
    return new SlipstreamException(
        SlipstreamException.Category.INVALID_INPUT,
        "this change does not fit the layout of the text",
        Place.file(file),
        "Make it in the text itself.",
        cause);
  }

  // ------------------------------------------------------------ text positions

  private String lineBreak() {
    int first = text.indexOf('\n');
    return first > 0 && text.charAt(first - 1) == '\r' ? "\r\n" : "\n";
  }

  private int lineStart(int at) {
    return text.lastIndexOf('\n', at - 1) + 1;
  }

  /** The end of the line, its break left out. */
  private int lineEnd(int at) {
    int end = text.indexOf('\n', at);
    if (end < 0) {
      return text.length();
    }
    return end > at && text.charAt(end - 1) == '\r' ? end - 1 : end;
  }

  /** The start of the line after the one that holds what ends here. */
  private int lineAfter(int end) {
    if (end > 0 && text.charAt(end - 1) == '\n') {
      return end;
    }
    int next = text.indexOf('\n', end);
    return next < 0 ? text.length() : next + 1;
  }

  private int columnOf(int at) {
    return text.codePointCount(lineStart(at), at);
  }

  /** The offset after a key's colon. */
  private int colonAfter(Scalar key) {
    int at = key.end();
    while (at < text.length() && text.charAt(at) != ':') {
      at++;
    }
    return Math.min(at + 1, text.length());
  }

  private int commaAfter(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != ',') {
      at = text.charAt(at) == '#' ? lineEnd(at) : at + 1;
    }
    if (at >= text.length()) {
      throw cannot(null);
    }
    return at;
  }

  private int dashBefore(YamlNode item) {
    int at = item.start() - 1;
    while (at >= 0 && Character.isWhitespace(text.charAt(at))) {
      at--;
    }
    if (at < 0 || text.charAt(at) != '-') {
      throw cannot(null);
    }
    return at;
  }

  private static int lastEnd(Mapping map) {
    return map.entries().isEmpty() ? -1 : previousEnd(map, map.entries().size());
  }

  private static int previousEnd(Mapping map, int index) {
    if (index == 0) {
      return -1;
    }
    Entry entry = map.entries().get(index - 1);
    return Math.max(entry.key().end(), entry.value().end());
  }

  /** A key of the top level; a map below it gets a line for each entry. */
  private String topEntry(Map<?, ?> one) {
    Map.Entry<?, ?> entry = one.entrySet().iterator().next();
    String key = Scalars.text(String.valueOf(entry.getKey()), false) + ":";
    return switch (entry.getValue()) {
      case Map<?, ?> map when !map.isEmpty() -> key + blockEntries(map);
      case List<?> list when list.stream().anyMatch(Map.class::isInstance) -> {
        StringBuilder out = new StringBuilder(key);
        list.forEach(
            item -> out.append(lineBreak()).append("  - ").append(Scalars.write(item, false)));
        yield out.toString();
      }
      case Object value -> key + " " + Scalars.write(value, false);
    };
  }

  private String blockEntries(Map<?, ?> map) {
    StringBuilder out = new StringBuilder();
    map.forEach(
        (key, value) ->
            out.append(lineBreak())
                .append("  ")
                .append(Scalars.text(String.valueOf(key), false))
                .append(": ")
                .append(Scalars.write(value, false)));
    return out.toString();
  }

  // --------------------------------------------------------------------- paths

  private YamlNode find(List<String> path) {
    YamlNode node = root;
    for (String segment : path) {
      node =
          switch (node) {
            case Mapping map -> map.get(segment);
            case Sequence list ->
                index(segment, list) < 0 ? null : list.items().get(index(segment, list));
            case null, default -> null;
          };
    }
    return node;
  }

  private boolean inFlow(List<String> path) {
    for (int depth = 0; depth <= path.size(); depth++) {
      YamlNode node = find(path.subList(0, depth));
      if (node instanceof Mapping map && map.flow()
          || node instanceof Sequence list && list.flow()) {
        return true;
      }
    }
    return false;
  }

  private static int index(String segment, Sequence list) {
    if (!segment.matches("[0-9]{1,6}")) {
      return -1;
    }
    int index = Integer.parseInt(segment);
    return index < list.items().size() ? index : -1;
  }

  private static List<String> parent(List<String> path) {
    return path.subList(0, path.size() - 1);
  }

  private static List<String> child(List<String> path, String segment) {
    List<String> child = new ArrayList<>(path);
    child.add(segment);
    return child;
  }

  private static String name(List<String> path) {
    return String.join(".", path);
  }

  static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    int at = 0;
    while (at < path.length()) {
      char c = path.charAt(at);
      int end;
      if (c == '"') {
        end = path.indexOf('"', at + 1);
        if (end < 0) {
          throw SlipstreamException.invalid("a '\"' is not closed in '" + path + "'", "Close it.");
        }
        segments.add(path.substring(at + 1, end));
        end++;
      } else if (c == '[') {
        end = path.indexOf(']', at);
        if (end < 0) {
          throw SlipstreamException.invalid("a '[' is not closed in '" + path + "'", "Close it.");
        }
        segments.add(path.substring(at + 1, end));
        end++;
      } else {
        end = at;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        segments.add(path.substring(at, end).strip());
      }
      if (end < path.length() && path.charAt(end) == '.') {
        end++;
        if (end == path.length()) {
          segments.add("");
        }
      }
      at = end;
    }
    if (segments.contains("")) {
      throw SlipstreamException.invalid(
          "'" + path + "' is not a key", "Join words with single dots.");
    }
    return segments;
  }

  // -------------------------------------------------------------------- values

  /** Numbers as the reader makes them. */
  private static Object normal(Object value) {
    return switch (value) {
      case null -> throw new IllegalArgumentException("no value");
      case Integer number -> (long) number;
      case Float number -> (double) number;
      case Double number when number == 0 -> number + 0.0;
      case Long number when Math.abs(number) >= 1_000_000_000_000_000_000L ->
          throw SlipstreamException.invalid(number + " is too large", "Use up to 18 digits.");
      case List<?> list -> list.stream().map(ExperimentDocument::normal).toList();
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, each) -> copy.put(String.valueOf(key), normal(each)));
        yield copy;
      }
      default -> value;
    };
  }

  private static Object nested(List<String> path, Object value) {
    Object nested = value;
    for (String segment : path.reversed()) {
      Map<String, Object> around = new LinkedHashMap<>();
      around.put(segment, nested);
      nested = around;
    }
    return nested;
  }

  /** A copy of a value with one place changed. */
  private static Object with(Object in, List<String> path, int depth, Object value) {
    if (depth == path.size()) {
      return value;
    }
    if (in instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list);
      int index = Integer.parseInt(path.get(depth));
      copy.set(index, with(copy.get(index), path, depth + 1, value));
      return copy;
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    if (in instanceof Map<?, ?> map) {
      map.forEach((key, each) -> copy.put(String.valueOf(key), each));
    }
    copy.put(path.get(depth), with(copy.get(path.get(depth)), path, depth + 1, value));
    return copy;
  }

  private static Object without(Object in, List<String> path, int depth) {
    boolean last = depth == path.size() - 1;
    if (in instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list);
      int index = Integer.parseInt(path.get(depth));
      if (last) {
        copy.remove(index);
      } else {
        copy.set(index, without(copy.get(index), path, depth + 1));
      }
      return copy;
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    ((Map<?, ?>) in).forEach((key, each) -> copy.put(String.valueOf(key), each));
    if (last) {
      copy.remove(path.get(depth));
    } else {
      copy.put(path.get(depth), without(copy.get(path.get(depth)), path, depth + 1));
    }
    return copy;
  }
}
