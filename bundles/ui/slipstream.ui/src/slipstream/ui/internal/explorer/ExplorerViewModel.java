package slipstream.ui.internal.explorer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DeleteExperimentRequest;
import slipstream.proto.v1.Experiment;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.ListExperimentsRequest;
import slipstream.proto.v1.ListModelsRequest;
import slipstream.proto.v1.ListRunsRequest;
import slipstream.proto.v1.ListSearchesRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.proto.v1.Search;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.run.RunViewModel;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** What is in the workspace: experiments, datasets, runs and models. */
public final class ExplorerViewModel {
  private static final int MOST = 200;

  /** Something in the workspace. */
  public sealed interface Item {
    String name();

    /** What stands in the tree; {@link #name} unless the name repeats what is said elsewhere. */
    default String label() {
      return name();
    }

    /** One short fact beside the name. */
    String detail(Instant now);

    /** The whole truth, for a tooltip. */
    String tip();
  }

  /** An experiment's file. */
  public record ExperimentItem(Experiment experiment) implements Item {
    @Override
    public String name() {
      return experiment.getName();
    }

    @Override
    public String detail(Instant now) {
      return "";
    }

    @Override
    public String tip() {
      String saved =
          experiment.hasUpdateTime()
              ? "saved " + Formats.absolute(Formats.instant(experiment.getUpdateTime()))
              : "";
      return experiment.getDescription().isEmpty()
          ? saved
          : experiment.getDescription().strip() + "\n" + saved;
    }
  }

  /** An imported table. */
  public record DatasetItem(Dataset dataset) implements Item {
    @Override
    public String name() {
      return dataset.getName();
    }

    @Override
    public String detail(Instant now) {
      return Formats.count(dataset.getRows()) + " rows";
    }

    @Override
    public String tip() {
      String span =
          dataset.hasFirstTime()
              ? "\n"
                  + Formats.absolute(Formats.instant(dataset.getFirstTime()))
                  + " to "
                  + Formats.absolute(Formats.instant(dataset.getLastTime()))
              : "";
      return dataset.getSource()
          + "\n"
          + dataset.getInstruments()
          + (dataset.getInstruments() == 1 ? " instrument, " : " instruments, ")
          + dataset.getColumnsCount()
          + " columns"
          + span;
    }
  }

  /** A run. */
  public record RunItem(Run run) implements Item {
    @Override
    public String name() {
      return run.getName();
    }

    @Override
    public String detail(Instant now) {
      return run.hasCreateTime() ? Formats.relative(Formats.instant(run.getCreateTime()), now) : "";
    }

    @Override
    public String tip() {
      String started =
          run.hasCreateTime() ? Formats.absolute(Formats.instant(run.getCreateTime())) : "";
      return run.hasProblem() ? started + "\n" + Failures.line(run.getProblem()) : started;
    }
  }

  /** A search for better parameters. */
  public record SearchItem(Search search) implements Item {
    @Override
    public String name() {
      return search.getName();
    }

    @Override
    public String detail(Instant now) {
      return search.hasCreateTime()
          ? Formats.relative(Formats.instant(search.getCreateTime()), now)
          : "";
    }

    @Override
    public String tip() {
      String tried =
          Formats.count(search.getConfigurations())
              + " configurations, "
              + search.getObjective().getMetric()
              + " of "
              + search.getObjective().getTarget();
      return search.hasProblem() ? tried + "\n" + Failures.line(search.getProblem()) : tried;
    }
  }

  /** A fitted model. */
  public record ModelItem(Model model) implements Item {
    @Override
    public String name() {
      return model.getName();
    }

    @Override
    public String label() {
      // The model's name in the experiment, which two models of one trainer do not share.
      String prefix = model.getRun() + "-" + model.getTarget() + "-";
      String own =
          !model.getRun().isEmpty() && name().startsWith(prefix)
              ? name().substring(prefix.length())
              : model.getTrainer();
      return model.getTarget().isEmpty() || own.isEmpty()
          ? name()
          : model.getTarget() + " · " + own;
    }

    @Override
    public String detail(Instant now) {
      int hyphen = model.getRun().lastIndexOf('-');
      return hyphen < 0 ? "" : "run " + model.getRun().substring(hyphen + 1);
    }

    @Override
    public String tip() {
      return model.getTrainer()
          + " for "
          + model.getTarget()
          + "\n"
          + model.getInputsCount()
          + " inputs, "
          + Formats.count(model.getTrainingRows())
          + " training rows\n"
          + model.getFile();
    }
  }

  private record Found(
      List<ExperimentItem> experiments,
      List<DatasetItem> datasets,
      List<RunItem> runs,
      List<SearchItem> searches,
      List<ModelItem> models) {}

  private final Services services;
  private final TaskExecutor executor;
  private final ObservableList<ExperimentItem> experiments = FXCollections.observableArrayList();
  private final ObservableList<DatasetItem> datasets = FXCollections.observableArrayList();
  private final ObservableList<RunItem> runs = FXCollections.observableArrayList();
  private final ObservableList<SearchItem> searches = FXCollections.observableArrayList();
  private final ObservableList<ModelItem> models = FXCollections.observableArrayList();
  private final ReadOnlyBooleanWrapper loaded = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private boolean refreshing;
  private boolean again;

  public ExplorerViewModel(Services services, TaskExecutor executor) {
    this.services = services;
    this.executor = executor;
  }

  public ObservableList<ExperimentItem> experiments() {
    return experiments;
  }

  public ObservableList<DatasetItem> datasets() {
    return datasets;
  }

  public ObservableList<RunItem> runs() {
    return runs;
  }

  public ObservableList<SearchItem> searches() {
    return searches;
  }

  public ObservableList<ModelItem> models() {
    return models;
  }

  /** True once the first answer is there. */
  public ReadOnlyBooleanProperty loadedProperty() {
    return loaded.getReadOnlyProperty();
  }

  /** Why the workspace cannot be listed; empty when it can. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Whether there is nothing at all yet. */
  public boolean isEmpty() {
    return experiments.isEmpty() && datasets.isEmpty() && runs.isEmpty() && models.isEmpty();
  }

  /** Lists everything anew; calls during a listing make one more listing after it. */
  public void refresh() {
    if (refreshing) {
      again = true;
      return;
    }
    refreshing = true;
    BackgroundTask.of(this::list)
        .onSuccess(
            found -> {
              error.set("");
              update(experiments, found.experiments());
              update(datasets, found.datasets());
              update(runs, found.runs());
              update(searches, found.searches());
              update(models, found.models());
              loaded.set(true);
            })
        .onFailure(failure -> error.set(Failures.line(failure)))
        .onFinished(
            () -> {
              refreshing = false;
              if (again) {
                again = false;
                refresh();
              }
            })
        .executeWith(executor);
  }

  private static <T> void update(ObservableList<T> list, List<T> found) {
    if (!list.equals(found)) {
      list.setAll(found);
    }
  }

  private Found list() {
    return new Found(
        services
            .experiments()
            .listExperiments(ListExperimentsRequest.newBuilder().setPageSize(MOST).build())
            .getExperimentsList()
            .stream()
            .map(ExperimentItem::new)
            .toList(),
        services
            .datasets()
            .listDatasets(ListDatasetsRequest.newBuilder().setPageSize(MOST).build())
            .getDatasetsList()
            .stream()
            .map(DatasetItem::new)
            .toList(),
        services
            .runs()
            .listRuns(ListRunsRequest.newBuilder().setPageSize(MOST).build())
            .getRunsList()
            .stream()
            // Progress changes all the time and is not shown here.
            .map(run -> new RunItem(run.toBuilder().clearProgress().build()))
            .toList(),
        services
            .searches()
            .listSearches(ListSearchesRequest.newBuilder().setPageSize(MOST).build())
            .getSearchesList()
            .stream()
            // What changes with each trial is not shown here.
            .map(
                search ->
                    new SearchItem(
                        RunViewModel.ended(search.getState())
                            ? search
                            : search.toBuilder()
                                .clearElapsedSeconds()
                                .clearBest()
                                .clearRunningTrials()
                                .build()))
            .toList(),
        services
            .models()
            .listModels(ListModelsRequest.newBuilder().setPageSize(MOST).build())
            .getModelsList()
            .stream()
            .map(ModelItem::new)
            .toList());
  }

  /** Whether a run in the list has not ended. */
  public boolean somethingRuns() {
    return runs.stream().anyMatch(item -> !RunViewModel.ended(item.run().getState()));
  }

  /** Copies an experiment under a free name. */
  public void duplicate(Experiment experiment, Consumer<String> done, Consumer<String> failed) {
    List<String> taken = new ArrayList<>(experiments.stream().map(ExperimentItem::name).toList());
    String free = experiment.getName() + "-copy";
    for (int i = 2; taken.contains(free); i++) {
      free = experiment.getName() + "-copy-" + i;
    }
    String name = free;
    BackgroundTask.of(
            () ->
                services
                    .experiments()
                    .saveExperiment(
                        SaveExperimentRequest.newBuilder()
                            .setName(name)
                            .setText(rename(experiment.getText(), name))
                            .build()))
        .onSuccess(
            saved -> {
              refresh();
              done.accept(saved.getName());
            })
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .executeWith(executor);
  }

  private static String rename(String text, String name) {
    return text.replaceFirst("(?m)^name:.*$", "name: " + name);
  }

  /** Deletes an experiment's file; its runs and models stay. */
  public void delete(String name, Runnable done, Consumer<String> failed) {
    BackgroundTask.of(
            () ->
                services
                    .experiments()
                    .deleteExperiment(DeleteExperimentRequest.newBuilder().setName(name).build()))
        .onSuccess(
            deleted -> {
              refresh();
              done.run();
            })
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .executeWith(executor);
  }
}
