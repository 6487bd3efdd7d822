package slipstream.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the lists have in common. */
final class Pages {
  private Pages() {}

  /** A page of rows that were read one beyond the limit. */
  static <T> Page<T> page(List<T> rows, int limit, ToLongFunction<T> id) {
    if (rows.size() <= limit) {
      return new Page<>(List.copyOf(rows), 0);
    }
    List<T> kept = List.copyOf(rows.subList(0, limit));
    return new Page<>(kept, id.applyAsLong(kept.getLast()));
  }

  static Long longOrNull(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }
}
