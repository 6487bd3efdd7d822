package slipstream.data.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.Text;

/**
 * The words of text columns that have few: DuckDB then gives their places in a list, as numbers, in place of the texts,
 * of which each would be a call and a string of its own.
 */
final class TextWords {
  private static final int MAX = 1 << 16;

  private final Map<Integer, List<String>> words = new HashMap<>();

  /**
   * Finds the words.
   *
   * @param columns SQL of texts, by a number of the caller's
   */
  static TextWords find(DuckDb database, Source source, Map<Integer, String> columns) {
    TextWords found = new TextWords();
    if (columns.isEmpty()) {
      return found;
    }
    List<Integer> keys = new ArrayList<>(columns.keySet());
    List<String> counts = new ArrayList<>();
    keys.forEach(key -> counts.add("approx_count_distinct(" + columns.get(key) + ")"));
    List<Object> distinct =
        database.row("SELECT " + String.join(", ", counts) + " FROM " + source.relation());
    for (int i = 0; i < keys.size(); i++) {
      long number = ((Number) distinct.get(i)).longValue();
      if (number > 0 && number <= MAX) {
        found.make(database, source, keys.get(i), columns.get(keys.get(i)));
      }
    }
    return found;
  }

  private void make(DuckDb database, Source source, int key, String sql) {
    // Of all rows, also those that a condition leaves out: it may not give the same ones twice.
    database.run(
        Text.format(
            "CREATE TYPE %s AS ENUM (SELECT DISTINCT %s AS v FROM %s WHERE v IS NOT NULL)",
            type(key), sql, source.relation()));
    words.put(
        key,
        database.rows(Text.format("SELECT unnest(enum_range(NULL::%s))", type(key))).stream()
            .map(row -> (String) row.getFirst())
            .toList());
  }

  private static String type(int key) {
    return "words" + key;
  }

  /** The words of a column; null when it has many. */
  List<String> words(int key) {
    return words.get(key);
  }

  /** A column as its place in its words, or as it is when it has many. */
  String expression(int key, String sql) {
    return words.containsKey(key)
        ? Text.format("CAST(enum_code(CAST(%s AS %s)) AS INTEGER)", sql, type(key))
        : sql;
  }
}
