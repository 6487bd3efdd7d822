package slipstream.services.internal;

import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.explore.RowSelection;
import slipstream.store.WorkspaceStore;

/** The tables and views that are looked at, kept open: a page of rows costs no opening. */
final class OpenTables implements AutoCloseable {
  private static final int KEPT_TABLES = 4;
  private static final int KEPT_VIEWS = 16;

  private final WorkspaceStore store;
  private final Leases<Table> tables = new Leases<>(KEPT_TABLES);
  private final Leases<RowSelection> views = new Leases<>(KEPT_VIEWS);

  OpenTables(WorkspaceStore store) {
    this.store = store;
  }

  /** The table of a dataset, by the dataset's name, with a version as in {@code trades@2}, or by its hash. */
  Leases<Table>.Lease table(String dataset) {
    // A name stands for other content after an append; a version never does.
    String key = dataset.indexOf('@') > 0 ? dataset : store.tables().find(dataset).hash();
    return tables.get(key, () -> store.tables().open(dataset));
  }

  /** The views; a key starts with the hash of their table. */
  Leases<RowSelection> views() {
    return views;
  }

  /** All rows, or a view's. */
  Leases<RowSelection>.Lease rows(Table table, String view) {
    if (view.isEmpty()) {
      Leases<RowSelection> all = new Leases<>(0);
      return all.get("", () -> new RowSelection.Range(0, table.rows()));
    }
    if (!view.startsWith(table.hash())) {
      throw SlipstreamException.invalid("the view is one of another dataset", "Open it again.");
    }
    return views
        .find(view)
        .orElseThrow(
            () -> SlipstreamException.notFound("the view is no longer kept", "Open it again."));
  }

  /** An instrument's rows; the first instrument's when none is named. */
  static Partition partition(Table table, String instrument) {
    List<Partition> all = table.partitions();
    if (instrument.isEmpty()) {
      if (all.isEmpty()) {
        return new Partition("", 0, 0);
      }
      return all.getFirst();
    }
    return all.stream()
        .filter(each -> each.instrument().equals(instrument))
        .findFirst()
        .orElseThrow(
            () ->
                SlipstreamException.notFound(
                    "there is no instrument '" + instrument + "'",
                    "List the instruments to see their names."));
  }

  @Override
  public void close() {
    views.close();
    tables.close();
  }
}
