package slipstream.features.internal.prepare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import slipstream.core.parameters.DataSource;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureExtractor;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/** Runs extractors in tests: other data are tables by name, {@code with: {importer: table, name: quotes}}. */
public final class Extraction {
  private final Table input;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final Map<String, Table> others = new LinkedHashMap<>();
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private int threads = 1;
  private Path target = Path.of("unused");

  private Extraction(Table input) {
    this.input = input;
  }

  public static Extraction of(Table input) {
    return new Extraction(input);
  }

  public Extraction set(String parameter, Object value) {
    parameters.put(parameter, value);
    return this;
  }

  public Extraction other(String parameter, Table table) {
    parameters.put(parameter, Map.of(DataSource.IMPORTER, "table", "name", parameter));
    others.put(parameter, table);
    return this;
  }

  public Extraction threads(int count) {
    threads = count;
    return this;
  }

  public Extraction target(Path folder) {
    target = folder;
    return this;
  }

  public List<String> messages() {
    return messages;
  }

  public <P extends Record> Table by(FeatureExtractor<P> extractor) {
    Progress progress =
        new Progress() {
          @Override
          public void message(Severity severity, String text) {
            messages.add(text);
          }
        };
    FeatureExtractor.Inputs inputs =
        (parameter, source) -> others.get((String) source.parameters().get("name"));
    return extractor.extract(
        input,
        ParameterForm.bind(extractor.parameters(), parameters, "prepare[0]"),
        new FeatureExtractor.Context(target, threads, inputs, progress));
  }

  /** All rows as lists of values; null where unknown. */
  public static List<List<Object>> rows(Table table) {
    List<List<Object>> rows = new ArrayList<>();
    for (long row = 0; row < table.rows(); row++) {
      List<Object> values = new ArrayList<>();
      for (Column column : table.columns()) {
        values.add(column.get(row));
      }
      rows.add(values);
    }
    return rows;
  }

  /** A table of rows in order; values are of the columns' types, or null. */
  public static Table table(
      List<Field> fields, String time, String instrument, List<List<Object>> rows) {
    List<ColumnBuilder> builders = fields.stream().map(ColumnBuilder::inMemory).toList();
    for (List<Object> row : rows) {
      for (int i = 0; i < builders.size(); i++) {
        switch (row.get(i)) {
          case null -> builders.get(i).addNull();
          case String text -> builders.get(i).addString(text);
          case Boolean bool -> builders.get(i).addLong(bool ? 1 : 0);
          case Double number -> builders.get(i).addDouble(number);
          case Float number -> builders.get(i).addDouble(number);
          case Number number -> builders.get(i).addLong(number.longValue());
          default -> throw new IllegalArgumentException(String.valueOf(row.get(i)));
        }
      }
    }
    return Table.of(builders.stream().map(ColumnBuilder::build).toList(), time, instrument);
  }

  /** The rows stamped at or before a time; the same table without what came later. */
  public static Table until(Table table, long time) {
    if (!table.hasTime()) {
      return table;
    }
    int at = table.schema().indexOf(table.timeColumn());
    return table(
        table.schema().fields(),
        table.timeColumn(),
        table.instrumentColumn(),
        rows(table).stream().filter(row -> (Long) row.get(at) <= time).toList());
  }
}
