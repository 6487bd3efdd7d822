package slipstream.ui.internal.model;

import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import slipstream.proto.v1.ExportModelRequest;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.Model;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** A fitted model. */
public final class ModelViewModel {
  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<Model> model = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper exporting = new ReadOnlyBooleanWrapper();

  public ModelViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  public ReadOnlyObjectProperty<Model> modelProperty() {
    return model.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty exportingProperty() {
    return exporting.getReadOnlyProperty();
  }

  /** Fetches the model's description. */
  public void load() {
    error.set("");
    BackgroundTask.of(
            () -> services.models().getModel(GetModelRequest.newBuilder().setName(name).build()))
        .onSuccess(model::set)
        .onFailure(failure -> error.set(Failures.line(failure)))
        .executeWith(executor);
  }

  /** Exports the model and verifies the export. */
  public void export(String format, Consumer<ExportResult> done, Consumer<String> failed) {
    if (exporting.get()) {
      return;
    }
    exporting.set(true);
    BackgroundTask.of(
            () ->
                services
                    .models()
                    .exportModel(
                        ExportModelRequest.newBuilder().setModel(name).setFormat(format).build()))
        .title("Exporting " + name)
        .onSuccess(done)
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .onFinished(() -> exporting.set(false))
        .executeWith(executor);
  }
}
