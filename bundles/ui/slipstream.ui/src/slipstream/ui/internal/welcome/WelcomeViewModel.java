package slipstream.ui.internal.welcome;

import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Experiment;
import slipstream.proto.v1.ListExamplesRequest;
import slipstream.proto.v1.ListExperimentsRequest;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** The examples that come with the product. */
public final class WelcomeViewModel {
  private final Services services;
  private final TaskExecutor executor;
  private final ObservableList<Experiment> examples = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper opening = new ReadOnlyBooleanWrapper();

  public WelcomeViewModel(Services services, TaskExecutor executor) {
    this.services = services;
    this.executor = executor;
  }

  /** The examples, the first is the one to begin with. */
  public ObservableList<Experiment> examples() {
    return examples;
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty openingProperty() {
    return opening.getReadOnlyProperty();
  }

  /** Lists the examples. */
  public void load() {
    error.set("");
    BackgroundTask.of(
            () ->
                services
                    .experiments()
                    .listExamples(ListExamplesRequest.getDefaultInstance())
                    .getExamplesList())
        .onSuccess(examples::setAll)
        .onFailure(failure -> error.set(Failures.line(failure)))
        .executeWith(executor);
  }

  /** Copies an example into the workspace, unless it is there, and tells its name. */
  public void open(Experiment example, Consumer<String> done) {
    if (opening.get()) {
      return;
    }
    opening.set(true);
    BackgroundTask.of(
            () -> {
              boolean there =
                  services
                      .experiments()
                      .listExperiments(
                          ListExperimentsRequest.newBuilder().setPageSize(1000).build())
                      .getExperimentsList()
                      .stream()
                      .anyMatch(e -> e.getName().equals(example.getName()));
              if (!there) {
                services
                    .experiments()
                    .saveExperiment(
                        SaveExperimentRequest.newBuilder()
                            .setName(example.getName())
                            .setText(example.getText())
                            .build());
              }
              return example.getName();
            })
        .onSuccess(done)
        .onFailure(failure -> error.set(Failures.line(failure)))
        .onFinished(() -> opening.set(false))
        .executeWith(executor);
  }
}
