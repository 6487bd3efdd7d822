package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.name;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import slipstream.core.Text;
import slipstream.core.spi.ImportPreview;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;

/** What an import would make of the first rows. */
final class TablePreview {
  private final DuckDb database;
  private final Source source;
  private final ImportOptions options;
  private final TableColumns columns;

  TablePreview(DuckDb database, Source source, ImportOptions options, TableColumns columns) {
    this.database = database;
    this.source = source;
    this.options = options;
    this.columns = columns;
  }

  /**
   * @param notes for the user
   * @param rows at most this many
   */
  ImportPreview head(List<InputFile> files, List<String> notes, int rows) {
    RowCondition condition = new RowCondition(database, source, options.where());
    condition.check();
    ConvertedRows converted = new ConvertedRows(database, source, options, columns, condition);
    List<TableColumn> outputs = columns.all();
    BitSet all = new BitSet();
    all.set(0, outputs.size());
    long kept = converted.convert(all);
    if (kept > 0) {
      converted.check(kept);
    }
    List<ColumnBuilder> builders =
        outputs.stream().map(output -> ColumnBuilder.inMemory(output.field())).toList();
    List<ColumnCopy> copies = builders.stream().map(each -> new ColumnCopy(each, null)).toList();
    List<String> select = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      select.add(ConvertedRows.column(i));
    }
    database.stream(
        Text.format(
            "SELECT %s FROM %s LIMIT %d", String.join(", ", select), ConvertedRows.TABLE, rows),
        null,
        chunk -> {
          for (int i = 0; i < copies.size(); i++) {
            copies.get(i).copy(chunk.vector(i), chunk.rowCount());
          }
        });
    List<ImportPreview.PreviewColumn> shown = new ArrayList<>();
    Map<String, String> types = new LinkedHashMap<>();
    source.columns().forEach(column -> types.put(column.name(), column.sqlType()));
    for (int i = 0; i < outputs.size(); i++) {
      TableColumn output = outputs.get(i);
      shown.add(
          new ImportPreview.PreviewColumn(
              String.join(" + ", output.sources()),
              String.join(" + ", output.sources().stream().map(types::get).toList()),
              output.field(),
              true,
              copies.get(i).nulls(),
              ImportPreview.values(builders.get(i).build(), rows)));
    }
    for (SourceColumn column : source.columns()) {
      if (ColumnChange.of(options.columns().get(column.name())).dropped()
          && outputs.stream().noneMatch(each -> each.sources().contains(column.name()))) {
        shown.add(leftOut(column, rows));
      }
    }
    long total = options.where().isBlank() ? source.knownRows() : -1;
    return new ImportPreview(
        files.stream().map(InputFile::userName).toList(),
        shown,
        kept,
        total,
        columns.time(),
        columns.instrument(),
        notes);
  }

  private ImportPreview.PreviewColumn leftOut(SourceColumn column, int rows) {
    List<String> values =
        database
            .rows(
                Text.format(
                    "SELECT CAST(%s AS VARCHAR) FROM %s LIMIT %d",
                    name(column.name()), source.relation(), rows))
            .stream()
            .map(row -> (String) row.getFirst())
            .toList();
    ColumnType type = column.type() == null ? ColumnType.STRING : column.type();
    return new ImportPreview.PreviewColumn(
        column.name(),
        column.sqlType(),
        new Field(column.name(), type),
        false,
        values.stream().filter(Objects::isNull).count(),
        values);
  }
}
