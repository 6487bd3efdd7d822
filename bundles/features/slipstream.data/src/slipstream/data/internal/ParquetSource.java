package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.text;

import java.nio.file.Path;
import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.data.internal.DuckDb.DuckDbException;

/** A Parquet file, read where it lies. */
public final class ParquetSource implements Source {
  private final Path file;
  private final String userName;
  private final List<SourceColumn> columns;

  /**
   * @throws SlipstreamException CORRUPT when it is no whole Parquet file
   */
  public ParquetSource(DuckDb database, Path file, String userName) {
    this.file = file;
    this.userName = userName;
    try {
      columns =
          database
              .rows(
                  "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet("
                      + text(file.toString())
                      + "))")
              .stream()
              .map(row -> new SourceColumn((String) row.get(0), (String) row.get(1)))
              .toList();
    } catch (DuckDbException e) {
      throw damaged(userName, e.line(), e);
    }
  }

  static SlipstreamException damaged(String userName, String how, Throwable cause) {
    return new SlipstreamException(
        SlipstreamException.Category.CORRUPT,
        "it is not a whole Parquet file: "
            + how.replaceAll(" (at end )?of file '[^']*'", "").replaceAll("'[^']*' ", ""),
        Place.file(userName),
        "Get the file again.",
        cause);
  }

  @Override
  public String relation() {
    return "read_parquet(" + text(file.toString()) + ")";
  }

  @Override
  public String rowId() {
    return "file_row_number";
  }

  @Override
  public List<SourceColumn> columns() {
    return columns;
  }

  @Override
  public Place place(long row) {
    return new Place(userName, row >= Integer.MAX_VALUE ? 0 : (int) row + 1, 0, "");
  }

  @Override
  public void release() {
    // Nothing was copied.
  }

  @Override
  public String userName() {
    return userName;
  }
}
