package slipstream.ui.internal.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * YAML text with surgical edits: changing a value replaces just that value's characters, so that comments, order and
 * layout stay as a person wrote them. Immutable.
 *
 * <p>A path is a list of keys (String) and indexes (Integer).
 */
final class YamlText {
  private static final int MAX_CHARS = 1 << 20;
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./(+−-][^\\n\\r\\t\"\\\\]*");
  private static final Pattern NOT_TEXT =
      Pattern.compile("(?i)true|false|null|~|[-+]?[0-9][0-9_]*(\\.[0-9]*)?([eE][-+]?[0-9]+)?");

  /** Where the text is not YAML. Line and column from 1. */
  record SyntaxError(int line, int column, String message) {}

  private final String text;
  private final Node root;
  private final SyntaxError error;

  private YamlText(String text, Node root, SyntaxError error) {
    this.text = text;
    this.root = root;
    this.error = error;
  }

  static YamlText of(String text) {
    if (text.length() > MAX_CHARS) {
      return new YamlText(
          text, null, new SyntaxError(1, 1, "the text is longer than 1 million characters"));
    }
    try {
      LoadSettings settings =
          LoadSettings.builder().setUseMarks(true).setCodePointLimit(MAX_CHARS).build();
      Optional<Node> node = new Compose(settings).composeString(text);
      return new YamlText(text, node.orElse(null), null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
      int column = e.getProblemMark().map(m -> m.getColumn() + 1).orElse(1);
      return new YamlText(text, null, new SyntaxError(line, column, e.getProblem()));
    } catch (YamlEngineException e) {
      return new YamlText(
          text, null, new SyntaxError(1, 1, e.getMessage().lines().findFirst().orElse("not YAML")));
    }
  }

  String text() {
    return text;
  }

  Optional<SyntaxError> error() {
    return Optional.ofNullable(error);
  }

  boolean exists(List<?> path) {
    return node(path) != null;
  }

  /** Keys of a mapping, in order; empty for anything else. */
  List<String> keys(List<?> path) {
    List<String> keys = new ArrayList<>();
    if (node(path) instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key) {
          keys.add(key.getValue());
        }
      }
    }
    return keys;
  }

  /** Number of entries of a sequence; 0 for anything else. */
  int size(List<?> path) {
    return node(path) instanceof SequenceNode sequence ? sequence.getValue().size() : 0;
  }

  boolean isMapping(List<?> path) {
    return node(path) instanceof MappingNode;
  }

  /** A value as a person writes it in a form: lists as {@code a, b}, maps as {@code a: b, c: d}. */
  Optional<String> value(List<?> path) {
    return Optional.ofNullable(node(path)).map(YamlText::display);
  }

  private static String display(Node node) {
    return switch (node) {
      case ScalarNode scalar -> scalar.getValue();
      case SequenceNode sequence ->
          String.join(", ", sequence.getValue().stream().map(YamlText::display).toList());
      case MappingNode mapping ->
          String.join(
              ", ",
              mapping.getValue().stream()
                  .map(e -> display(e.getKeyNode()) + ": " + display(e.getValueNode()))
                  .toList());
      default -> "";
    };
  }

  /** The line, from 1, on which a value stands; 0 when there is none. */
  int line(List<?> path) {
    Node node = node(path);
    return node == null ? 0 : node.getStartMark().map(m -> m.getLine() + 1).orElse(0);
  }

  private Node node(List<?> path) {
    Node at = root;
    for (Object step : path) {
      at = child(at, step);
    }
    return at;
  }

  private static Node child(Node parent, Object step) {
    if (step instanceof Integer index && parent instanceof SequenceNode sequence) {
      return index < sequence.getValue().size() ? sequence.getValue().get(index) : null;
    }
    if (step instanceof String key && parent instanceof MappingNode mapping) {
      NodeTuple entry = entry(mapping, key);
      return entry == null ? null : entry.getValueNode();
    }
    return null;
  }

  private static NodeTuple entry(MappingNode mapping, String key) {
    for (NodeTuple entry : mapping.getValue()) {
      if (entry.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
        return entry;
      }
    }
    return null;
  }

  // ---- edits ----

  /**
   * Sets a value, adding what is missing on the way to it.
   *
   * @param value String, Number, Boolean, List or Map of these
   */
  YamlText set(List<?> path, Object value) {
    Node existing = node(path);
    if (existing != null && !isBlank(existing)) {
      boolean inFlow = insideFlow(path);
      return replaced(start(existing), end(existing), inline(value, inFlow));
    }
    List<?> parentPath = path.subList(0, path.size() - 1);
    Node parent = node(parentPath);
    Object last = path.getLast();
    if (!(last instanceof String key)) {
      throw new IllegalArgumentException("No entry at " + path);
    }
    if (existing != null) {
      // "key:" without a value.
      NodeTuple entry = entry((MappingNode) parent, key);
      int at = text.indexOf(':', end(entry.getKeyNode())) + 1;
      return replaced(at, at, " " + inline(value, insideFlow(path)));
    }
    if (parent instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
      return mapping.getFlowStyle() == FlowStyle.FLOW
          ? insertFlow(mapping, key, value)
          : insertBlock(mapping, key, value);
    }
    if (parent instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.FLOW) {
      return replaced(
          start(mapping), end(mapping), "{" + key + ": " + inline(value, true) + "}");
    }
    if (parentPath.isEmpty()) {
      String lead = text.isBlank() || text.endsWith("\n") ? "" : "\n";
      return of(text + lead + key + ": " + inline(value, false) + "\n");
    }
    if (parent instanceof ScalarNode scalar && !isBlank(scalar)) {
      throw new IllegalArgumentException(parentPath + " is a value, not a group");
    }
    Map<String, Object> group = new LinkedHashMap<>();
    group.put(key, value);
    return set(parentPath, group);
  }

  private YamlText insertFlow(MappingNode mapping, String key, Object value) {
    NodeTuple last = mapping.getValue().getLast();
    int at = end(last.getValueNode());
    return replaced(at, at, ", " + key + ": " + inline(value, true));
  }

  private YamlText insertBlock(MappingNode mapping, String key, Object value) {
    NodeTuple last = mapping.getValue().getLast();
    int column = mapping.getValue().getFirst().getKeyNode().getStartMark().orElseThrow().getColumn();
    int at = lineEnd(contentEnd(last.getValueNode(), end(last.getKeyNode())));
    String lead = at > 0 && text.charAt(at - 1) != '\n' ? "\n" : "";
    return replaced(
        at, at, lead + " ".repeat(column) + key + ": " + inline(value, false) + "\n");
  }

  /** Removes an entry of a mapping or a sequence; nothing when there is none. */
  YamlText remove(List<?> path) {
    Node parent = node(path.subList(0, path.size() - 1));
    Object last = path.getLast();
    if (parent instanceof MappingNode mapping && last instanceof String key) {
      NodeTuple entry = entry(mapping, key);
      if (entry == null) {
        return this;
      }
      int index = mapping.getValue().indexOf(entry);
      int from = start(entry.getKeyNode());
      int to = contentEnd(entry.getValueNode(), end(entry.getKeyNode()));
      if (mapping.getFlowStyle() == FlowStyle.FLOW) {
        return removeFlow(from, to, index, mapping.getValue().size());
      }
      if (mapping.getValue().size() == 1 && path.size() > 1) {
        return remove(path.subList(0, path.size() - 1));
      }
      return removeLines(from, to);
    }
    if (parent instanceof SequenceNode sequence
        && last instanceof Integer index
        && index < sequence.getValue().size()) {
      Node item = sequence.getValue().get(index);
      if (sequence.getFlowStyle() == FlowStyle.FLOW) {
        return removeFlow(start(item), end(item), index, sequence.getValue().size());
      }
      int dash = text.lastIndexOf('-', start(item) - 1);
      return removeLines(dash < 0 ? start(item) : dash, contentEnd(item, start(item)));
    }
    return this;
  }

  private YamlText removeFlow(int from, int to, int index, int size) {
    if (index + 1 < size) {
      int comma = text.indexOf(',', to) + 1;
      while (comma < text.length() && text.charAt(comma) == ' ') {
        comma++;
      }
      return replaced(from, comma, "");
    }
    int before = index == 0 ? from : text.lastIndexOf(',', from);
    return replaced(before, to, "");
  }

  private YamlText removeLines(int from, int to) {
    int lineStart = text.lastIndexOf('\n', from - 1) + 1;
    // "- key: value" of a sequence entry's first key must keep its dash.
    if (!text.substring(lineStart, from).isBlank()) {
      lineStart = from;
      int next = lineEnd(to);
      while (next < text.length() && text.charAt(next) == ' ') {
        next++;
      }
      return replaced(lineStart, next, "");
    }
    return replaced(lineStart, lineEnd(to), "");
  }

  /** The position after the line feed that ends the line of a position. */
  private int lineEnd(int at) {
    int feed = text.indexOf('\n', at);
    return feed < 0 ? text.length() : feed + 1;
  }

  /** The end of a value's own characters: block collections end, for the parser, at the next token. */
  private int contentEnd(Node node, int atLeast) {
    return Math.max(
        atLeast,
        switch (node) {
          case MappingNode mapping
              when mapping.getFlowStyle() != FlowStyle.FLOW && !mapping.getValue().isEmpty() -> {
            NodeTuple last = mapping.getValue().getLast();
            yield contentEnd(last.getValueNode(), end(last.getKeyNode()));
          }
          case SequenceNode sequence
              when sequence.getFlowStyle() != FlowStyle.FLOW && !sequence.getValue().isEmpty() ->
              contentEnd(sequence.getValue().getLast(), 0);
          default -> trimmedEnd(node);
        });
  }

  private int trimmedEnd(Node node) {
    int end = end(node);
    int start = start(node);
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isBlank(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getValue().isEmpty()
        && scalar.getStartMark().equals(scalar.getEndMark())
        || node instanceof ScalarNode s && s.getValue().isEmpty() && length(s) == 0;
  }

  private static int length(Node node) {
    return node.getEndMark().orElseThrow().getIndex()
        - node.getStartMark().orElseThrow().getIndex();
  }

  private boolean insideFlow(List<?> path) {
    for (int i = 0; i < path.size(); i++) {
      Node node = node(path.subList(0, i));
      if (node instanceof MappingNode m && m.getFlowStyle() == FlowStyle.FLOW
          || node instanceof SequenceNode s && s.getFlowStyle() == FlowStyle.FLOW) {
        return true;
      }
    }
    return false;
  }

  /** A mark counts code points, a string chars. */
  private int start(Node node) {
    return text.offsetByCodePoints(0, node.getStartMark().orElseThrow().getIndex());
  }

  private int end(Node node) {
    return text.offsetByCodePoints(0, node.getEndMark().orElseThrow().getIndex());
  }

  private YamlText replaced(int from, int to, String replacement) {
    String old = text.substring(from, to);
    // A block scalar or collection ends with a line feed that belongs to the line, not to the value.
    String tail = old.endsWith("\n") && !replacement.endsWith("\n") && !replacement.isEmpty() ? "\n" : "";
    return of(text.substring(0, from) + replacement + tail + text.substring(to));
  }

  /** A value in flow style, quoted only where it must be. */
  static String inline(Object value, boolean inFlow) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> entries = new ArrayList<>();
        map.forEach((k, v) -> entries.add(k + ": " + inline(v, true)));
        yield "{" + String.join(", ", entries) + "}";
      }
      case List<?> list ->
          "[" + String.join(", ", list.stream().map(v -> inline(v, true)).toList()) + "]";
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      default -> scalar(value.toString(), inFlow);
    };
  }

  private static String scalar(String word, boolean inFlow) {
    boolean plain =
        PLAIN.matcher(word).matches()
            && !NOT_TEXT.matcher(word).matches()
            && !word.contains(": ")
            && !word.contains(" #")
            && !word.endsWith(":")
            && !word.endsWith(" ")
            && !(word.startsWith("- "))
            && !(inFlow && word.chars().anyMatch(c -> ",[]{}".indexOf(c) >= 0));
    if (plain) {
      return word;
    }
    return "\""
        + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + "\"";
  }
}
