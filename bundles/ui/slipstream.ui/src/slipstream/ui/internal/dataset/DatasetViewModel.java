package slipstream.ui.internal.dataset;

import com.google.protobuf.ListValue;
import java.util.List;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** A dataset and its first rows. */
public final class DatasetViewModel {
  private static final int PREVIEW = 200;

  /** Everything the view shows. */
  public record Content(Dataset dataset, List<Column> columns, List<ListValue> rows) {}

  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<Content> content = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");

  public DatasetViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  public ReadOnlyObjectProperty<Content> contentProperty() {
    return content.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Fetches description and first rows. */
  public void load() {
    error.set("");
    BackgroundTask.of(
            () -> {
              Dataset dataset =
                  services
                      .datasets()
                      .getDataset(GetDatasetRequest.newBuilder().setName(name).build());
              ReadRowsResponse rows =
                  services
                      .datasets()
                      .readRows(
                          ReadRowsRequest.newBuilder().setName(name).setRowCount(PREVIEW).build());
              return new Content(dataset, rows.getColumnsList(), rows.getRowsList());
            })
        .onSuccess(content::set)
        .onFailure(failure -> error.set(Failures.line(failure)))
        .executeWith(executor);
  }
}
