package slipstream.ui.internal.run;

import io.grpc.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.CancelRunRequest;
import slipstream.proto.v1.LearningCurvePoint;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/**
 * A run as it happens. It follows the run's events from the first one on, so that a view opened late, or again, shows
 * everything; closing it only stops the following, never the run.
 */
public final class RunViewModel {
  /** A line of the run's log. */
  public record Message(Instant time, Severity severity, String text) {}

  /** The points of one fit, growing. */
  public static final class Curve {
    private final String name;
    private final String model;
    private final List<double[]> points = new ArrayList<>();

    Curve(String name) {
      this.name = name;
      this.model = modelOf(name);
    }

    /** As the run calls it: target/model/fold. */
    public String name() {
      return name;
    }

    /** The model's name in the experiment. */
    public String model() {
      return model;
    }

    /** Rows of step, training loss, validation loss. */
    public List<double[]> points() {
      return points;
    }

    private static String modelOf(String name) {
      String[] parts = name.split("/");
      return parts.length > 1 ? parts[1] : name;
    }
  }

  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<RunState> state =
      new ReadOnlyObjectWrapper<>(RunState.RUN_STATE_UNSPECIFIED);
  private final ReadOnlyStringWrapper experiment = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper stage = new ReadOnlyStringWrapper("");
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper amount = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper rate = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper timeLeft = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper failure = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper elapsed = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper cancelling = new ReadOnlyBooleanWrapper();
  private final ReadOnlyLongWrapper curveVersion = new ReadOnlyLongWrapper();
  private final ReadOnlyStringWrapper lossName = new ReadOnlyStringWrapper("Loss");
  private final ReadOnlyStringWrapper connectionError = new ReadOnlyStringWrapper("");
  private final ObservableList<Message> messages = FXCollections.observableArrayList();
  private final Map<String, Curve> curves = new LinkedHashMap<>();
  private final ConcurrentLinkedQueue<RunEvent> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drainPlanned = new AtomicBoolean();
  private Run run = Run.getDefaultInstance();
  private String currentCurve = "";
  private volatile Context.CancellableContext following;
  private Consumer<Run> onEnd = ended -> {};

  public RunViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  /** The run as last reported. */
  public Run run() {
    return run;
  }

  public ReadOnlyObjectProperty<RunState> stateProperty() {
    return state.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty experimentProperty() {
    return experiment.getReadOnlyProperty();
  }

  /** What is being done. */
  public ReadOnlyStringProperty stageProperty() {
    return stage.getReadOnlyProperty();
  }

  /** How much of the stage is done, 0 to 1; -1 when not known. */
  public ReadOnlyDoubleProperty fractionProperty() {
    return fraction.getReadOnlyProperty();
  }

  /** As {@code 1,200 of 5,000 rows}. */
  public ReadOnlyStringProperty amountProperty() {
    return amount.getReadOnlyProperty();
  }

  /** As {@code 350 rows/s}; empty when not known. */
  public ReadOnlyStringProperty rateProperty() {
    return rate.getReadOnlyProperty();
  }

  /** As {@code 12 s left}; empty when not known. */
  public ReadOnlyStringProperty timeLeftProperty() {
    return timeLeft.getReadOnlyProperty();
  }

  /** Why the run failed; empty while it has not. */
  public ReadOnlyStringProperty failureProperty() {
    return failure.getReadOnlyProperty();
  }

  /** Time since the start, or the whole time of an ended run. */
  public ReadOnlyStringProperty elapsedProperty() {
    return elapsed.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty cancellingProperty() {
    return cancelling.getReadOnlyProperty();
  }

  /** Why the run cannot be followed; empty while it can. */
  public ReadOnlyStringProperty connectionErrorProperty() {
    return connectionError.getReadOnlyProperty();
  }

  /** Grows whenever the curves do. */
  public ReadOnlyLongProperty curveVersionProperty() {
    return curveVersion.getReadOnlyProperty();
  }

  /** Name of the loss with its unit. */
  public ReadOnlyStringProperty lossNameProperty() {
    return lossName.getReadOnlyProperty();
  }

  public ObservableList<Message> messages() {
    return messages;
  }

  /** The curves in the order in which the fits began. */
  public List<Curve> curves() {
    return List.copyOf(curves.values());
  }

  /** The curve that grew last; empty before there is one. */
  public String currentCurve() {
    return currentCurve;
  }

  /** The baseline's loss in the fold of a curve; NaN when the run does not tell. */
  public double baselineOf(String curveName) {
    int first = curveName.indexOf('/');
    int second = first < 0 ? -1 : curveName.indexOf('/', first + 1);
    if (second < 0) {
      return Double.NaN;
    }
    Curve baseline =
        curves.get(curveName.substring(0, first) + "/baseline" + curveName.substring(second));
    if (baseline == null || baseline.points().isEmpty()) {
      return Double.NaN;
    }
    double[] last = baseline.points().getLast();
    return Double.isNaN(last[2]) ? last[1] : last[2];
  }

  /** Whether the run has ended, in whatever way. */
  public static boolean ended(RunState state) {
    return switch (state) {
      case RUN_STATE_SUCCEEDED, RUN_STATE_FAILED, RUN_STATE_CANCELLED, RUN_STATE_INTERRUPTED ->
          true;
      default -> false;
    };
  }

  /** Told once, on the UI thread, when a run that was followed ends. */
  public void onEnd(Consumer<Run> listener) {
    onEnd = listener;
  }

  // ---- following ----

  /** Begins to follow the run. */
  public void open() {
    connectionError.set("");
    Context.CancellableContext context = Context.ROOT.withCancellation();
    following = context;
    BackgroundTask.of(
            () -> {
              context.call(
                  () -> {
                    Iterator<RunEvent> events =
                        services
                            .runs()
                            .watchRun(WatchRunRequest.newBuilder().setName(name).build());
                    while (events.hasNext()) {
                      arrived.add(events.next());
                      if (drainPlanned.compareAndSet(false, true)) {
                        executor.onUi(this::drain);
                      }
                    }
                    return null;
                  });
              return null;
            })
        .onFailure(
            problem -> {
              if (!context.isCancelled()) {
                connectionError.set(Failures.line(problem));
              }
            })
        .onFinished(() -> context.cancel(null))
        .executeWith(executor);
  }

  /** Stops following; the run goes on. */
  public void close() {
    Context.CancellableContext context = following;
    if (context != null) {
      following = null;
      executor.inBackground(() -> context.cancel(null));
    }
  }

  /** Takes over all events that have arrived, in one go: a fast run must not flood the UI thread. */
  private void drain() {
    drainPlanned.set(false);
    boolean curvesGrew = false;
    RunEvent event;
    while ((event = arrived.poll()) != null) {
      switch (event.getEventCase()) {
        case RUN -> apply(event.getRun());
        case PROGRESS -> apply(event.getProgress());
        case LEARNING_CURVE_POINT -> {
          apply(event.getLearningCurvePoint());
          curvesGrew = true;
        }
        case MESSAGE ->
            messages.add(
                new Message(
                    Formats.instant(event.getTime()),
                    event.getMessage().getSeverity(),
                    event.getMessage().getText()));
        case EVENT_NOT_SET -> {}
      }
    }
    if (curvesGrew) {
      curveVersion.set(curveVersion.get() + 1);
    }
    tick(Instant.now());
  }

  private void apply(Run reported) {
    boolean before = ended(state.get());
    run = reported;
    experiment.set(reported.getExperiment());
    state.set(reported.getState());
    if (reported.hasProgress() && !ended(reported.getState())) {
      apply(reported.getProgress());
    }
    if (ended(reported.getState())) {
      cancelling.set(false);
      rate.set("");
      timeLeft.set("");
      if (reported.hasProblem() && reported.getState() == RunState.RUN_STATE_FAILED) {
        failure.set(Failures.line(reported.getProblem()));
      }
      if (!before) {
        onEnd.accept(reported);
      }
    }
  }

  private void apply(Progress progress) {
    stage.set(progress.getStage());
    long total = progress.getTotal();
    fraction.set(total > 0 ? Math.min(1, progress.getDone() / (double) total) : -1);
    String unit = progress.getUnit();
    amount.set(
        total > 0
            ? Formats.count(progress.getDone()) + " of " + Formats.count(total) + " " + unit
            : progress.getDone() > 0 ? Formats.count(progress.getDone()) + " " + unit : "");
    rate.set(Formats.rate(progress.getRate(), unit));
    timeLeft.set(
        progress.getSecondsLeft() >= 0
            ? Formats.duration(Duration.ofSeconds(Math.round(progress.getSecondsLeft()))) + " left"
            : "");
  }

  private void apply(LearningCurvePoint point) {
    Curve curve = curves.computeIfAbsent(point.getSeries(), Curve::new);
    curve.points().add(new double[] {point.getStep(), point.getTraining(), point.getValidation()});
    if (!curve.model().equals("baseline")) {
      currentCurve = point.getSeries();
    }
    lossName.set(point.getMetric().isEmpty() ? "Loss" : point.getMetric());
  }

  /** Brings the elapsed time up to date. */
  public void tick(Instant now) {
    if (!run.hasStartTime()) {
      elapsed.set("");
      return;
    }
    Instant end = run.hasEndTime() ? Formats.instant(run.getEndTime()) : now;
    Duration time = Duration.between(Formats.instant(run.getStartTime()), end);
    elapsed.set(
        Formats.duration(
            run.hasEndTime() ? time : Duration.ofSeconds(Math.max(0, time.toSeconds()))));
  }

  // ---- acting ----

  /** Asks the run to stop. */
  public void cancel(Consumer<String> failed) {
    if (cancelling.get() || ended(state.get())) {
      return;
    }
    cancelling.set(true);
    BackgroundTask.of(
            () -> services.runs().cancelRun(CancelRunRequest.newBuilder().setName(name).build()))
        .onFailure(
            problem -> {
              cancelling.set(false);
              failed.accept(Failures.line(problem));
            })
        .executeWith(executor);
  }
}
