package slipstream.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** What the lists have in common. */
final class Pages {
  private Pages() {}

  /**
   * Rows of a table, newest first: those of a page, and one beyond it where there are more.
   *
   * @param table a name of ours, as is the column: they are put into the statement
   * @param value only rows that have it in the column; all when empty
   * @param before only rows with a smaller id; 0 to begin
   * @param limit rows of a page
   */
  static Query newest(
      Handle handle, String table, String column, String value, long before, int limit) {
    Query query =
        handle
            .createQuery(
                "SELECT * FROM "
                    + table
                    + " WHERE id < :before"
                    + (value.isEmpty() ? "" : " AND " + column + " = :value")
                    + " ORDER BY id DESC LIMIT :limit")
            .bind("before", before == 0 ? Long.MAX_VALUE : before)
            .bind("limit", limit + 1);
    return value.isEmpty() ? query : query.bind("value", value);
  }

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
