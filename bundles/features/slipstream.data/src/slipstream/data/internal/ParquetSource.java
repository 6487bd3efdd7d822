package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;
import static slipstream.data.internal.DuckDb.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.data.internal.DuckDb.DuckDbException;

/** Parquet files, read where they lie. */
public final class ParquetSource implements Source {
  private static final String ROW = "slipstream_row";

  /** Row ids hold the file's number above these bits and the row in the file below. */
  private static final int ROW_BITS = 40;

  private final List<InputFile> files;
  private final ImportOptions options;
  private final List<SourceColumn> columns;
  private final String relation;
  private final long rows;
  private final List<String> notes = new ArrayList<>();

  /**
   * @throws SlipstreamException CORRUPT when one is no whole Parquet file
   */
  public ParquetSource(Request request) {
    this.files = request.files();
    this.options = request.options();
    DuckDb database = request.database();
    boolean union = false;
    Map<String, SourceColumn> first = null;
    long count = 0;
    for (InputFile file : files) {
      Map<String, SourceColumn> own = describe(database, file);
      if (first == null) {
        first = own;
      } else {
        union |= differ(first, own, file);
      }
      count += rows(database, file);
    }
    this.rows = count;
    if (request.limit() == 0) {
      checkPages(database, request.progress());
    }
    String reader =
        "read_parquet(["
            + String.join(", ", files.stream().map(file -> text(file.path().toString())).toList())
            + "]"
            + (union ? ", union_by_name=true" : "")
            + ")";
    List<SourceColumn> all = new ArrayList<>(union ? describe(database, reader) : first.values());
    List<String> select = new ArrayList<>();
    all.forEach(column -> select.add(name(column.name())));
    select.add(
        (files.size() == 1
                ? "file_row_number"
                : "CAST(file_index AS BIGINT) * " + (1L << ROW_BITS) + " + file_row_number")
            + " AS "
            + ROW);
    if (request.instrumentFromFile()) {
      if (all.stream().anyMatch(column -> column.name().equalsIgnoreCase(INSTRUMENT))) {
        throw SlipstreamException.invalid(
            "the file has a column 'instrument' of its own",
            new Place(files.getFirst().userName(), 0, 0, "instrument_from_file"),
            "Name that column in instrument.");
      }
      List<String> names = files.stream().map(file -> text(file.instrument())).toList();
      select.add(
          "(["
              + String.join(", ", names)
              + "])[CAST(file_index AS BIGINT) + 1] AS "
              + name(INSTRUMENT));
      all.add(new SourceColumn(INSTRUMENT, "VARCHAR"));
    }
    this.columns = List.copyOf(all);
    this.relation =
        "(SELECT "
            + String.join(", ", select)
            + " FROM "
            + reader
            + (request.limit() > 0 ? " LIMIT " + request.limit() : "")
            + ")";
  }

  private void checkPages(DuckDb database, Progress progress) {
    List<InputFile> unchecked = new ArrayList<>();
    for (InputFile file : files) {
      if (!PageChecksums.check(database, file, progress) && Sha256File.of(file).isEmpty()) {
        unchecked.add(file);
      }
    }
    if (!unchecked.isEmpty()) {
      String first = unchecked.getFirst().userName();
      notes.add(
          Text.format(
              "%s%s no checksums, so a flipped bit may go unseen; %s%s beside it, as sha256sum writes"
                  + " it, would be checked",
              first,
              unchecked.size() == 1
                  ? " has"
                  : Text.format(" and %,d other files have", unchecked.size() - 1),
              first,
              Sha256File.EXTENSION));
    }
  }

  private static Map<String, SourceColumn> describe(DuckDb database, InputFile file) {
    try {
      Map<String, SourceColumn> columns = new LinkedHashMap<>();
      describe(database, "read_parquet(" + text(file.path().toString()) + ")")
          .forEach(column -> columns.put(column.name(), column));
      return columns;
    } catch (DuckDbException e) {
      throw damaged(file.userName(), e.line(), e);
    }
  }

  private static List<SourceColumn> describe(DuckDb database, String relation) {
    return database
        .rows("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + relation + ")")
        .stream()
        .map(row -> new SourceColumn((String) row.get(0), (String) row.get(1)))
        .toList();
  }

  private static long rows(DuckDb database, InputFile file) {
    try {
      return ((Number)
              database
                  .row(
                      "SELECT num_rows FROM parquet_file_metadata("
                          + text(file.path().toString())
                          + ")")
                  .getFirst())
          .longValue();
    } catch (DuckDbException e) {
      throw damaged(file.userName(), e.line(), e);
    }
  }

  /** True when the files' columns are the same but for kinds of numbers; anything else is an error. */
  private boolean differ(
      Map<String, SourceColumn> expected, Map<String, SourceColumn> columns, InputFile file) {
    String remedy = "Import files of other columns as datasets of their own.";
    String other = files.getFirst().userName();
    boolean differ = false;
    for (SourceColumn column : expected.values()) {
      SourceColumn own = columns.get(column.name());
      if (own == null) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' is missing, which %s has", column.name(), other),
            Place.file(file.userName()),
            remedy);
      }
      if (!own.sqlType().equals(column.sqlType())) {
        if (!(own.number() && column.number())) {
          throw SlipstreamException.invalid(
              Text.format(
                  "column '%s' holds %s, but %s in %s",
                  column.name(), own.sqlType(), column.sqlType(), other),
              Place.file(file.userName()),
              "Write the files with equal types.");
        }
        differ = true;
      }
    }
    for (String column : columns.keySet()) {
      if (!expected.containsKey(column)) {
        throw SlipstreamException.invalid(
            Text.format("column '%s' is not in %s", column, other),
            Place.file(file.userName()),
            remedy);
      }
    }
    return differ;
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
    return relation;
  }

  @Override
  public String rowId() {
    return ROW;
  }

  @Override
  public List<SourceColumn> columns() {
    return columns;
  }

  @Override
  public long knownRows() {
    return rows;
  }

  @Override
  public Place place(long row) {
    long inFile = row & (1L << ROW_BITS) - 1;
    String file = files.get((int) (row >> ROW_BITS)).userName();
    return new Place(file, inFile >= Integer.MAX_VALUE ? 0 : (int) inFile + 1, 0, "");
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public void release() {
    // Nothing was copied.
  }

  @Override
  public String userName() {
    return InputFile.userName(files, options);
  }
}
