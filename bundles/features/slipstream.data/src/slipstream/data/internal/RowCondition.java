package slipstream.data.internal;

import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.data.internal.DuckDb.DuckDbException;

/** A user's condition on the rows of an import. */
final class RowCondition {
  private final DuckDb database;
  private final Source source;
  private final String where;

  /**
   * @param where SQL; blank to keep all rows
   */
  RowCondition(DuckDb database, Source source, String where) {
    this.database = database;
    this.source = source;
    this.where = where;
  }

  /** True when it keeps all rows. */
  boolean isBlank() {
    return where.isBlank();
  }

  /** What stands in WHERE. */
  String sql() {
    return where.isBlank() ? "TRUE" : "(" + where + "\n)";
  }

  /**
   * Looks at the condition without reading the rows.
   *
   * @throws SlipstreamException when it does not work, or is neither true nor false
   */
  void check() {
    if (where.isBlank()) {
      return;
    }
    Place place = new Place(source.userName(), 0, 0, "where");
    try {
      List<Object> type =
          database.row(Text.format("SELECT typeof(%s) FROM %s LIMIT 1", sql(), source.relation()));
      if (!type.isEmpty() && !"BOOLEAN".equals(type.getFirst())) {
        throw SlipstreamException.invalid(
            "the condition gives " + type.getFirst() + ", not true or false",
            place,
            "Write a comparison, such as price > 0.");
      }
    } catch (DuckDbException e) {
      throw whereFails(place, e);
    }
  }

  private SlipstreamException whereFails(Place place, DuckDbException e) {
    return new SlipstreamException(
        SlipstreamException.Category.INVALID_INPUT,
        "the condition '" + where + "' does not work: " + e.line(),
        place,
        "Write SQL on the file's columns, such as price > 0.",
        e);
  }

  /** A condition may work on the first row and fail on a later one, which is not its columns' fault. */
  void checkOnAllRows() {
    if (where.isBlank()) {
      return;
    }
    try {
      database.row(Text.format("SELECT count(*) FROM %s WHERE %s", source.relation(), sql()));
    } catch (DuckDbException e) {
      throw whereFails(failingRow(), e);
    }
  }

  /** The first row on which the condition fails, or no line where DuckDB cannot tell. */
  private Place failingRow() {
    Place row = new Place(source.userName(), 0, 0, "");
    try {
      List<Object> first =
          database.row(
              Text.format(
                  "SELECT min(%s) FROM %s WHERE TRY(%s IS NULL) IS NULL",
                  source.rowId(), source.relation(), sql()));
      if (first.getFirst() instanceof Number number) {
        row = source.place(number.longValue());
      }
    } catch (DuckDbException e) {
      row = new Place(source.userName(), 0, 0, ""); // TRY does not take every expression
    }
    return new Place(row.file(), row.line(), row.column(), "where");
  }
}
