package slipstream.data.internal;

import java.util.List;
import slipstream.core.Place;
import slipstream.core.progress.Progress;

/** Rows that DuckDB can query: those of files, or a query's. */
public interface Source {
  /** The column that holds the instrument when it comes from the files' names. */
  String INSTRUMENT = "instrument";

  /**
   * What is to be opened.
   *
   * @param files at least one
   * @param limit at most this many rows are looked at; 0 for all
   */
  record Request(
      DuckDb database,
      List<InputFile> files,
      Stage stage,
      ImportOptions options,
      long limit,
      Progress progress) {
    /** True when the files' names tell the instrument. */
    boolean instrumentFromFile() {
      return files.getFirst().instrument() != null;
    }
  }

  /** What stands in FROM. */
  String relation();

  /** The SQL name of the row's position among all rows, from 0, ascending in the order of the files. */
  String rowId();

  /** The columns in order. */
  List<SourceColumn> columns();

  /** Where a row stands, as a user would look it up. */
  Place place(long row);

  /** How many rows there are, if that is known without reading them; else -1. */
  default long knownRows() {
    return -1;
  }

  /** What a user should know about how the files are read. */
  default List<String> notes() {
    return List.of();
  }

  /** Frees what was needed to read; only {@link #userName} works afterwards. */
  void release();

  /** The files as the user named them. */
  String userName();
}
