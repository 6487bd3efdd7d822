package slipstream.ui.internal.dataset;

import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** A dataset as it is described; rows, plots and health have models of their own. */
public final class DatasetViewModel {
  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<Dataset> dataset = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");

  public DatasetViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  public ReadOnlyObjectProperty<Dataset> datasetProperty() {
    return dataset.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Fetches the description. */
  public void load() {
    error.set("");
    BackgroundTask.of(
            () ->
                services
                    .datasets()
                    .getDataset(GetDatasetRequest.newBuilder().setName(name).build()))
        .onSuccess(dataset::set)
        .onFailure(failure -> error.set(Failures.line(failure)))
        .executeWith(executor);
  }
}
