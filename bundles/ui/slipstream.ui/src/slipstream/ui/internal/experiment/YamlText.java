package slipstream.ui.internal.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.experiment.ExperimentDocument;

/**
 * The text of an experiment as the form sees it: values by path, and edits that keep comments and layout. Immutable. A
 * path is a list of keys (String) and indexes (Integer).
 */
final class YamlText {
  private static final int MAX_CHARS = 1 << 20;

  /** Where the text is not YAML. Line and column from 1, 0 when unknown. */
  record SyntaxError(int line, int column, String message) {}

  private final String text;
  private final ExperimentDocument document;
  private final SyntaxError error;

  private YamlText(String text, ExperimentDocument document, SyntaxError error) {
    this.text = text;
    this.document = document;
    this.error = error;
  }

  static YamlText of(String text) {
    if (text.length() > MAX_CHARS) {
      return new YamlText(
          text, null, new SyntaxError(1, 1, "the text is longer than 1 million characters"));
    }
    try {
      return new YamlText(text, ExperimentDocument.of(text, ""), null);
    } catch (SlipstreamException e) {
      int line = e.place().map(Place::line).orElse(0);
      int column = e.place().map(Place::column).orElse(0);
      return new YamlText(text, null, new SyntaxError(line, column, e.problem()));
    }
  }

  String text() {
    return text;
  }

  Optional<SyntaxError> error() {
    return Optional.ofNullable(error);
  }

  boolean exists(List<?> path) {
    return document != null && document.has(path(path));
  }

  /** Keys of a mapping, in order; empty for anything else. */
  List<String> keys(List<?> path) {
    return document == null ? List.of() : document.keys(path(path));
  }

  /** Number of entries of a list; 0 for anything else. */
  int size(List<?> path) {
    return document == null ? 0 : document.size(path(path));
  }

  boolean isMapping(List<?> path) {
    return document != null && document.get(path(path)).orElse(null) instanceof Map<?, ?>;
  }

  /** A value as a person writes it in a form: lists as {@code a, b}, maps as {@code a: b, c: d}. */
  Optional<String> value(List<?> path) {
    return document == null ? Optional.empty() : document.get(path(path)).map(YamlText::display);
  }

  private static String display(Object value) {
    return switch (value) {
      case List<?> list -> String.join(", ", list.stream().map(YamlText::display).toList());
      case Map<?, ?> map -> {
        List<String> entries = new ArrayList<>();
        map.forEach((key, each) -> entries.add(key + ": " + display(each)));
        yield String.join(", ", entries);
      }
      default -> value.toString();
    };
  }

  /** The line, from 1, on which a value stands; 0 when there is none. */
  int line(List<?> path) {
    return document == null ? 0 : document.locate(path(path)).map(Place::line).orElse(0);
  }

  /**
   * Sets a value, adding what is missing on the way to it; unchanged when the text cannot hold it.
   *
   * @param value String, Long, Double, Boolean, List or Map of these
   */
  YamlText set(List<?> path, Object value) {
    return edited(copy -> copy.set(path(path), value));
  }

  /** Removes an entry of a mapping or a list; nothing when there is none. */
  YamlText remove(List<?> path) {
    return edited(copy -> copy.remove(path(path)));
  }

  private YamlText edited(Consumer<ExperimentDocument> edit) {
    if (document == null) {
      return this;
    }
    ExperimentDocument copy = ExperimentDocument.of(text, "");
    try {
      edit.accept(copy);
    } catch (SlipstreamException e) {
      return this;
    }
    return new YamlText(copy.text(), copy, null);
  }

  private static String path(List<?> steps) {
    StringBuilder path = new StringBuilder();
    for (Object step : steps) {
      if (step instanceof Integer index) {
        path.append('[').append(index).append(']');
      } else {
        String key = step.toString();
        path.append(path.isEmpty() ? "" : ".");
        path.append(key.contains(".") || key.contains("[") ? '"' + key + '"' : key);
      }
    }
    return path.toString();
  }
}
