package slipstream.data.internal;

import java.util.List;
import slipstream.core.Place;

/** A file that DuckDB can query. */
public interface Source {
  /** What stands in FROM. */
  String relation();

  /** The SQL name of the row's position in the file, from 0. */
  String rowId();

  /** The file's columns in order. */
  List<SourceColumn> columns();

  /** Where a row stands in the file, as a user would look it up. */
  Place place(long row);

  /** Frees what was needed to read the file; only {@link #userName} works afterwards. */
  void release();

  /** The file as the user named it. */
  String userName();
}
