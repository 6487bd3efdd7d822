package slipstream.experiment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.experiment.YamlNode.Entry;
import slipstream.experiment.YamlNode.Mapping;
import slipstream.experiment.YamlNode.Scalar;
import slipstream.experiment.YamlNode.Sequence;
import slipstream.experiment.YamlNode.Style;

/**
 * YAML 1.2 text to nodes, one document, within limits.
 *
 * <p>Anchors, aliases, tags and duplicate keys are refused: an experiment says each thing once, in the open.
 */
final class YamlReader {
  /** Characters. An experiment of a thousand features has about 100,000. */
  static final int MAX_LENGTH = 1 << 20;

  /** Mappings and lists within one another. */
  static final int MAX_DEPTH = 16;

  private static final int MAX_NODES = 200_000;

  private final String text;
  private final String file;
  private final int[] offsets;
  private Iterator<Event> events;
  private int nodes;

  private YamlReader(String text, String file) {
    this.text = text;
    this.file = file;
    this.offsets = charOffsets(text);
  }

  /**
   * @return the root, or empty when the text holds nothing but comments
   * @throws SlipstreamException INVALID_INPUT at line and column
   */
  static Optional<YamlNode> read(String text, String file) {
    return new YamlReader(text, file).read();
  }

  private Optional<YamlNode> read() {
    if (text.length() > MAX_LENGTH) {
      throw SlipstreamException.invalid(
          Text.format("the text has %d characters; at most %d are read", text.length(), MAX_LENGTH),
          Place.file(file),
          "An experiment is a short text: keep data in its own file.");
    }
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(MAX_LENGTH).setParseComments(false).build();
    try {
      events = new Parse(settings).parseString(text).iterator();
      events.next(); // stream start
      Event first = events.next();
      if (!(first instanceof DocumentStartEvent document)) {
        return Optional.empty();
      }
      if (document.getSpecVersion().isPresent() || !document.getTags().isEmpty()) {
        throw error(first, "directives ('%') are not supported", "Remove the line.");
      }
      YamlNode root = node(events.next(), 1);
      events.next(); // document end
      Event last = events.next();
      if (last instanceof DocumentStartEvent) {
        throw error(last, "there is a second document", "Remove the '---' and what follows it.");
      }
      return root instanceof Scalar scalar && scalar.empty() ? Optional.empty() : Optional.of(root);
    } catch (MarkedYamlEngineException e) {
      throw syntax(e);
    } catch (ReaderException e) {
      throw SlipstreamException.invalid(
          Text.format("the character U+%04X is not allowed in YAML", e.getCodePoint()),
          place(offset(e.getPosition())),
          Text.format("Remove it, or write it as \"\\u%04X\" in double quotes.", e.getCodePoint()));
    } catch (YamlEngineException e) {
      throw SlipstreamException.invalid(
          "this is not YAML: " + e.getMessage(), Place.file(file), "Check the text.");
    }
  }

  private YamlNode node(Event event, int depth) {
    if (event instanceof AliasEvent) {
      throw error(event, "aliases ('*') are not supported", "Write the value out.");
    }
    NodeEvent start = (NodeEvent) event;
    if (start.getAnchor().isPresent()) {
      throw error(event, "anchors ('&') are not supported", "Remove the anchor.");
    }
    if (++nodes > MAX_NODES) {
      throw error(event, "there are over " + MAX_NODES + " values", "Split the experiment.");
    }
    if (depth > MAX_DEPTH) {
      throw error(event, "nested deeper than " + MAX_DEPTH + " levels", "Flatten it.");
    }
    switch (event) {
      case ScalarEvent scalar -> {
        // Only '!' and '!!' tags arrive here: quotes alone leave the tag empty.
        refuseTag(scalar.getTag(), event);
        return scalar(scalar);
      }
      case CollectionStartEvent collection -> {
        refuseTag(collection.getTag(), event);
        return collection(collection, depth);
      }
      default -> throw new IllegalStateException("unexpected " + event);
    }
  }

  private void refuseTag(Optional<String> tag, Event event) {
    if (tag.isPresent()) {
      throw error(event, "tags ('!') are not supported", "Remove '" + tag.get() + "'.");
    }
  }

  private Scalar scalar(ScalarEvent event) {
    Style style =
        event.isPlain()
            ? Style.PLAIN
            : event.isLiteral() || event.isFolded() ? Style.BLOCK : Style.QUOTED;
    int start = start(event);
    int end = end(event);
    boolean keeps = false;
    if (style == Style.BLOCK) {
      int headerEnd = text.indexOf('\n', start);
      String header = text.substring(start, headerEnd < 0 ? text.length() : headerEnd);
      keeps = header.split("#", 2)[0].contains("+");
    }
    if (!keeps) {
      while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
    }
    Mark mark = event.getStartMark().orElseThrow();
    return new Scalar(
        event.getValue(), style, keeps, start, end, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private YamlNode collection(CollectionStartEvent event, int depth) {
    Mark mark = event.getStartMark().orElseThrow();
    int line = mark.getLine() + 1;
    int column = mark.getColumn() + 1;
    int start = start(event);
    if (event instanceof SequenceStartEvent) {
      List<YamlNode> items = new ArrayList<>();
      Event next = events.next();
      while (!(next instanceof SequenceEndEvent)) {
        items.add(node(next, depth + 1));
        next = events.next();
      }
      if (event.isFlow()) {
        refuseCutExpressions(items);
      }
      int end = event.isFlow() || items.isEmpty() ? end(next) : items.getLast().end();
      return new Sequence(List.copyOf(items), event.isFlow(), start, end, line, column);
    }
    if (!(event instanceof MappingStartEvent)) {
      throw new IllegalStateException("unexpected " + event);
    }
    List<Entry> entries = new ArrayList<>();
    Map<String, Scalar> seen = new HashMap<>();
    Event next = events.next();
    while (!(next instanceof MappingEndEvent)) {
      if (!(node(next, depth + 1) instanceof Scalar key)) {
        throw error(next, "a key must be a word", "Write 'name: value'.");
      }
      if (key.text().isEmpty()) {
        throw error(next, "a key is empty", "Name it.");
      }
      Scalar before = seen.putIfAbsent(key.text(), key);
      if (before != null) {
        throw error(
            next,
            "'" + key.text() + "' occurs twice, first in line " + before.line(),
            "Remove or rename one of the two.");
      }
      entries.add(new Entry(key, node(events.next(), depth + 1)));
      next = events.next();
    }
    if (event.isFlow()) {
      refuseCutExpressions(entries.stream().map(Entry::value).toList());
    }
    int end =
        event.isFlow() || entries.isEmpty()
            ? end(next)
            : Math.max(entries.getLast().key().end(), entries.getLast().value().end());
    return new Mapping(List.copyOf(entries), event.isFlow(), start, end, line, column);
  }

  /** {@code {x: mean(a, 3)}} is YAML, and says something else: the comma ends the value. */
  private void refuseCutExpressions(List<YamlNode> values) {
    for (YamlNode value : values) {
      if (value instanceof Scalar scalar && scalar.style() == Style.PLAIN) {
        long open = scalar.text().chars().filter(c -> c == '(').count();
        if (open > scalar.text().chars().filter(c -> c == ')').count()) {
          throw SlipstreamException.invalid(
              "within braces the comma after '" + scalar.text() + "' ends the value",
              new Place(file, scalar.line(), scalar.column(), ""),
              "Put the expression in quotes.");
        }
      }
    }
  }

  // ------------------------------------------------------------------- errors

  private SlipstreamException error(Event event, String problem, String remedy) {
    return SlipstreamException.invalid(problem, place(start(event)), remedy);
  }

  private SlipstreamException syntax(MarkedYamlEngineException e) {
    int at =
        e.getProblemMark().or(e::getContextMark).map(mark -> offset(mark.getIndex())).orElse(0);
    String problem = String.valueOf(e.getProblem());
    String remedy;
    if (at < text.length() && text.charAt(at) == '\t' || problem.contains("\\t(TAB)")) {
      problem = "a tab cannot indent YAML";
      remedy = "Indent with spaces.";
    } else if (problem.contains("mapping values are not allowed")) {
      problem = "there is a ': ' where no key can be";
      remedy = "Put the value in quotes, or check the indentation.";
    } else if (problem.contains("expected <block end>") || problem.contains("but found '<block")) {
      problem = "this line does not fit the lines above it";
      remedy = "Check the indentation, and that quotes and brackets are closed.";
    } else if (problem.contains("could not find expected ':'")) {
      problem = "a key without ': ' after it";
      remedy = "Write 'key: value'.";
    } else if (problem.contains("cannot start any token")) {
      problem = "a value cannot start with '" + (at < text.length() ? text.charAt(at) : ' ') + "'";
      remedy = "Put the value in quotes.";
    } else {
      remedy = "Check quotes, brackets and indentation near it.";
    }
    return SlipstreamException.invalid(problem, place(at), remedy);
  }

  private Place place(int offset) {
    return placeOf(text, file, offset);
  }

  /** Line and column of an offset; a tab or any other character counts as one column. */
  static Place placeOf(String text, String file, int offset) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < Math.min(offset, text.length()); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' && !(i + 1 < text.length() && text.charAt(i + 1) == '\n')) {
        line++;
        lineStart = i + 1;
      }
    }
    return new Place(file, line, text.codePointCount(lineStart, offset) + 1, "");
  }

  // ------------------------------------------------------------------ offsets

  private int start(Event event) {
    return offset(event.getStartMark().orElseThrow().getIndex());
  }

  private int end(Event event) {
    return offset(event.getEndMark().orElseThrow().getIndex());
  }

  /** The parser counts code points; a Java string counts chars. */
  private int offset(int codePoint) {
    return offsets == null
        ? Math.min(codePoint, text.length())
        : offsets[Math.min(codePoint, offsets.length - 1)];
  }

  private static int[] charOffsets(String text) {
    int count = text.codePointCount(0, text.length());
    if (count == text.length()) {
      return null;
    }
    int[] offsets = new int[count + 1];
    int at = 0;
    for (int i = 0; i < count; i++) {
      offsets[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    offsets[count] = at;
    return offsets;
  }
}
