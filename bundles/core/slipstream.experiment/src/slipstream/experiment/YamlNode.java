package slipstream.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node of a YAML text with its exact place: offsets are chars of the text, line and column count from 1. */
sealed interface YamlNode {
  int start();

  /** Where its own characters end: no trailing space, comment or line break. */
  int end();

  int line();

  int column();

  /** The value as String, Long, Double, Boolean, List, Map, or null for an empty one. */
  Object value();

  /** How a scalar is written. */
  enum Style {
    PLAIN,
    QUOTED,
    BLOCK
  }

  /**
   * @param text what is meant, quotes and escapes resolved
   * @param keepsBreaks true for a block that keeps trailing line breaks ({@code |+})
   */
  record Scalar(
      String text, Style style, boolean keepsBreaks, int start, int end, int line, int column)
      implements YamlNode {
    @Override
    public Object value() {
      return style == Style.PLAIN ? Scalars.resolve(text) : text;
    }

    boolean empty() {
      return style == Style.PLAIN && Scalars.resolve(text) == null;
    }
  }

  record Entry(Scalar key, YamlNode value) {}

  record Mapping(List<Entry> entries, boolean flow, int start, int end, int line, int column)
      implements YamlNode {
    YamlNode get(String key) {
      for (Entry entry : entries) {
        if (entry.key.text().equals(key)) {
          return entry.value;
        }
      }
      return null;
    }

    int indexOf(String key) {
      for (int i = 0; i < entries.size(); i++) {
        if (entries.get(i).key.text().equals(key)) {
          return i;
        }
      }
      return -1;
    }

    List<String> keys() {
      return entries.stream().map(entry -> entry.key.text()).toList();
    }

    @Override
    public Map<String, Object> value() {
      Map<String, Object> map = new LinkedHashMap<>();
      entries.forEach(entry -> map.put(entry.key.text(), entry.value.value()));
      return map;
    }
  }

  record Sequence(List<YamlNode> items, boolean flow, int start, int end, int line, int column)
      implements YamlNode {
    @Override
    public List<Object> value() {
      List<Object> list = new ArrayList<>();
      items.forEach(item -> list.add(item.value()));
      return list;
    }
  }
}
