package slipstream.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.SqlStatement;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;

/** Why something failed, in the columns {@code problem_…} of its row. */
final class Problems {
  /** What an UPDATE sets; {@link #bind} gives the values. */
  static final String SET =
      """
      problem_category = :category, problem_message = :message, problem_remedy = :remedy,
      problem_file = :file, problem_line = :line, problem_column = :column, problem_key = :key
      """;

  private static final int MAX_TEXT = 4000;
  private static final int MAX_KEY = 1000;

  private Problems() {}

  /**
   * @param problem null for none
   */
  static <S extends SqlStatement<S>> S bind(S statement, SlipstreamException problem) {
    Place place = problem == null ? null : problem.place().orElse(null);
    return statement
        .bind("category", problem == null ? null : problem.category().name())
        .bind("message", problem == null ? null : cut(problem.problem(), MAX_TEXT))
        .bind("remedy", problem == null ? null : cut(problem.remedy(), MAX_TEXT))
        .bind("file", place == null ? null : cut(place.file(), MAX_TEXT))
        .bind("line", place == null ? null : place.line())
        .bind("column", place == null ? null : place.column())
        .bind("key", place == null ? null : cut(place.key(), MAX_KEY));
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }

  /** Null for none. */
  static SlipstreamException read(ResultSet row) throws SQLException {
    String category = row.getString("problem_category");
    if (category == null) {
      return null;
    }
    Place place =
        row.getString("problem_file") == null
            ? null
            : new Place(
                row.getString("problem_file"),
                row.getInt("problem_line"),
                row.getInt("problem_column"),
                row.getString("problem_key"));
    if (place != null && place.file().isEmpty() && place.line() == 0 && place.key().isEmpty()) {
      place = null;
    }
    return new SlipstreamException(
        SlipstreamException.Category.valueOf(category),
        row.getString("problem_message"),
        place,
        row.getString("problem_remedy"));
  }
}
