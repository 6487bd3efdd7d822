package slipstream.ui.internal.search;

import com.google.protobuf.Value;
import io.grpc.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import slipstream.proto.v1.CancelSearchRequest;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.ResumeSearchRequest;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchEvent;
import slipstream.proto.v1.SearchObjective;
import slipstream.proto.v1.SearchSummary;
import slipstream.proto.v1.Trial;
import slipstream.proto.v1.TrialValue;
import slipstream.proto.v1.WatchSearchRequest;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.run.RunViewModel;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** A search as it goes: its trials, the best of them, what is varied. */
public final class SearchViewModel {
  /** What a range that differs by more than this factor is shown on: its logarithm. */
  private static final double LOG_FROM = 20;

  /**
   * What is varied, or the objective: an axis of the parallel coordinates.
   *
   * @param categories words in order of their first trial; empty for numbers
   * @param log whether positions are those of the logarithm
   */
  public record Axis(String key, List<String> categories, double min, double max, boolean log) {
    /** Where a value lies, 0 to 1; NaN where there is none. */
    double position(Object value) {
      if (value instanceof String word) {
        int at = categories.indexOf(word);
        return at < 0 ? Double.NaN : categories.size() == 1 ? 0.5 : at / (categories.size() - 1.0);
      }
      if (!(value instanceof Double number) || !Double.isFinite(number)) {
        return Double.NaN;
      }
      if (max == min) {
        return 0.5;
      }
      return log ? Math.log(number / min) / Math.log(max / min) : (number - min) / (max - min);
    }
  }

  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<Search> search =
      new ReadOnlyObjectWrapper<>(Search.getDefaultInstance());
  private final ObservableList<Trial> trials = FXCollections.observableArrayList();
  private final FilteredList<Trial> chosen = new FilteredList<>(trials);
  private final ReadOnlyLongWrapper version = new ReadOnlyLongWrapper();
  private final ReadOnlyStringWrapper stage = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper elapsed = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper stopping = new ReadOnlyBooleanWrapper();
  private final ConcurrentLinkedQueue<SearchEvent> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drainPlanned = new AtomicBoolean();
  private final Map<String, double[]> brushes = new HashMap<>();
  private List<Axis> axes = List.of();
  private volatile Context.CancellableContext following;
  private Consumer<Search> onEnd = ended -> {};

  public SearchViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  public ReadOnlyObjectProperty<Search> searchProperty() {
    return search.getReadOnlyProperty();
  }

  /** All finished trials, in the order in which they ended. */
  public ObservableList<Trial> trials() {
    return trials;
  }

  /** Those that lie within all brushes. */
  public FilteredList<Trial> chosen() {
    return chosen;
  }

  /** Grows whenever trials or brushes change. */
  public ReadOnlyLongProperty versionProperty() {
    return version.getReadOnlyProperty();
  }

  /** What is being done before and after the trials; empty while they run. */
  public ReadOnlyStringProperty stageProperty() {
    return stage.getReadOnlyProperty();
  }

  /** For how long it has run. */
  public ReadOnlyStringProperty elapsedProperty() {
    return elapsed.getReadOnlyProperty();
  }

  /** Why it cannot be followed; empty while it can. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty stoppingProperty() {
    return stopping.getReadOnlyProperty();
  }

  /** Told once, on the UI thread, when a search that was going on ends. */
  public void onEnd(Consumer<Search> listener) {
    onEnd = listener;
  }

  // ---- following ----

  /** Begins to follow the search. */
  public void open() {
    close();
    error.set("");
    arrived.clear();
    trials.clear();
    axes = List.of();
    Context.CancellableContext context = Context.ROOT.withCancellation();
    following = context;
    BackgroundTask.of(
            () -> {
              context.call(
                  () -> {
                    Iterator<SearchEvent> events =
                        services
                            .searches()
                            .watchSearch(WatchSearchRequest.newBuilder().setName(name).build());
                    while (events.hasNext()) {
                      SearchEvent event = events.next();
                      if (following != context) {
                        break;
                      }
                      arrived.add(event);
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
                error.set(Failures.line(problem));
              }
            })
        .onFinished(() -> context.cancel(null))
        .executeWith(executor);
  }

  /** Follows no more; the search goes on. */
  public void close() {
    Context.CancellableContext context = following;
    following = null;
    if (context != null) {
      context.cancel(null);
    }
  }

  private void drain() {
    drainPlanned.set(false);
    List<Trial> ended = new ArrayList<>();
    SearchEvent event;
    Search last = null;
    while ((event = arrived.poll()) != null) {
      switch (event.getEventCase()) {
        case TRIAL -> ended.add(event.getTrial());
        case SEARCH -> last = event.getSearch();
        case PROGRESS -> stage.set(words(event.getProgress()));
        case MESSAGE, EVENT_NOT_SET -> {}
      }
    }
    if (!ended.isEmpty()) {
      trials.addAll(ended);
      axes = readAxes();
      stage.set("");
    }
    if (last != null) {
      boolean wentOn = !RunViewModel.ended(search.get().getState()) && hasState();
      search.set(last);
      if (RunViewModel.ended(last.getState())) {
        stage.set("");
        stopping.set(false);
        if (wentOn) {
          onEnd.accept(last);
        }
      }
      tick(Instant.now());
      axes = readAxes();
    }
    if (last != null || !ended.isEmpty()) {
      version.set(version.get() + 1);
    }
  }

  private boolean hasState() {
    return search.get().getState() != RunState.RUN_STATE_UNSPECIFIED;
  }

  private static String words(Progress progress) {
    return progress.getTotal() > 0
        ? progress.getStage()
            + "  "
            + Formats.count(progress.getDone())
            + " of "
            + Formats.count(progress.getTotal())
            + " "
            + progress.getUnit()
        : progress.getStage();
  }

  /** Brings the elapsed time up to date. */
  public void tick(Instant now) {
    Search shown = search.get();
    if (!shown.hasStartTime()) {
      elapsed.set("");
      return;
    }
    boolean ended = RunViewModel.ended(shown.getState());
    // While it runs the time since it was started or resumed; in the end that of all sessions.
    Duration time =
        ended
            ? Duration.ofMillis(Math.round(1000 * shown.getElapsedSeconds()))
            : Duration.between(Formats.instant(shown.getStartTime()), now);
    elapsed.set(Formats.duration(ended ? time : Duration.ofSeconds(Math.max(0, time.toSeconds()))));
  }

  // ---- what the trials tell ----

  /** The objective's quantity and unit. */
  public static String objective(SearchObjective objective) {
    String title = objective.getTitle().isEmpty() ? objective.getMetric() : objective.getTitle();
    return title
        + " of "
        + objective.getTarget()
        + (objective.getUnit().isEmpty() ? "" : ", " + objective.getUnit());
  }

  /** A score as text. */
  public String score(double value) {
    SearchObjective objective = search.get().getObjective();
    return Formats.metric(objective.getMetric(), objective.getUnit(), value);
  }

  /** How far it is: {@code 12 of 50 configurations, 1 failed}. */
  public String amount() {
    Search shown = search.get();
    StringBuilder text = new StringBuilder(Formats.count(shown.getConfigurations()));
    if (shown.getMaxConfigurations() > 0) {
      text.append(" of ").append(Formats.count(shown.getMaxConfigurations()));
    }
    text.append(shown.getMaxConfigurations() == 1 ? " configuration" : " configurations");
    if (shown.getTrials() != shown.getConfigurations()) {
      text.append(", ").append(Formats.count(shown.getTrials())).append(" trials");
    }
    if (shown.getRunningTrials() > 0) {
      text.append(", ").append(Formats.count(shown.getRunningTrials())).append(" under way");
    }
    if (shown.getFailedTrials() > 0) {
      text.append(", ").append(Formats.count(shown.getFailedTrials())).append(" failed");
    }
    if (shown.getReusedTrials() > 0) {
      text.append(", ").append(Formats.count(shown.getReusedTrials())).append(" known before");
    }
    return text.toString();
  }

  /** How much of the configurations is done; -1 when only time limits them. */
  public double fraction() {
    Search shown = search.get();
    return shown.getMaxConfigurations() == 0
        ? -1
        : Math.min(1, shown.getConfigurations() / (double) shown.getMaxConfigurations());
  }

  /**
   * The best score so far after each trial of the largest resource, in the order of the trials' ends: steps as a
   * polyline.
   *
   * @return x and y
   */
  public double[][] bestSoFar() {
    boolean higher = search.get().getObjective().getHigherIsBetter();
    double best = Double.NaN;
    List<double[]> corners = new ArrayList<>();
    double top = top();
    for (int i = 0; i < trials.size(); i++) {
      Trial trial = trials.get(i);
      if (!trial.hasProblem()
          && trial.getResource() == top
          && (Double.isNaN(best) || (higher ? trial.getScore() > best : trial.getScore() < best))) {
        if (!Double.isNaN(best)) {
          corners.add(new double[] {i + 1, best});
        }
        best = trial.getScore();
        corners.add(new double[] {i + 1, best});
      }
    }
    if (!Double.isNaN(best)) {
      corners.add(new double[] {trials.size(), best});
    }
    double[][] line = new double[2][corners.size()];
    for (int i = 0; i < corners.size(); i++) {
      line[0][i] = corners.get(i)[0];
      line[1][i] = corners.get(i)[1];
    }
    return line;
  }

  private double top() {
    return trials.stream().mapToDouble(Trial::getResource).max().orElse(1);
  }

  /** The scores in the order in which the trials ended; NaN for one that failed or saw a part of the rows only. */
  public double[] scores() {
    double top = top();
    return trials.stream()
        .mapToDouble(
            each -> each.hasProblem() || each.getResource() != top ? Double.NaN : each.getScore())
        .toArray();
  }

  /** What is varied, then the objective. */
  public List<Axis> axes() {
    return axes;
  }

  private List<Axis> readAxes() {
    List<Axis> read = new ArrayList<>();
    List<String> keys = search.get().getKeysList();
    for (int k = 0; k < keys.size(); k++) {
      int at = k;
      read.add(axis(keys.get(k), trials.stream().map(each -> value(each, at)).toList()));
    }
    if (!keys.isEmpty()) {
      read.add(
          axis(
              objective(search.get().getObjective()),
              trials.stream().<Object>map(SearchViewModel::scoreOf).toList()));
    }
    return List.copyOf(read);
  }

  private static Object scoreOf(Trial trial) {
    return trial.hasProblem() ? Double.valueOf(Double.NaN) : Double.valueOf(trial.getScore());
  }

  /** A number as Double, all else as a word. */
  static Object value(Trial trial, int index) {
    if (index >= trial.getValuesCount()) {
      return "";
    }
    return plain(trial.getValues(index).getValue());
  }

  private static Object plain(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> value.getNumberValue();
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      case LIST_VALUE ->
          String.valueOf(
              value.getListValue().getValuesList().stream().map(SearchViewModel::plain).toList());
      default -> "";
    };
  }

  /** A varied value as text. */
  public static String text(TrialValue value) {
    return plain(value.getValue()) instanceof Double number
        ? number == Math.rint(number) && Math.abs(number) < 1e15
            ? Formats.count(number.longValue())
            : Formats.quantity(number)
        : String.valueOf(plain(value.getValue()));
  }

  private static Axis axis(String key, List<Object> values) {
    boolean words = values.stream().anyMatch(String.class::isInstance);
    if (words) {
      return new Axis(key, values.stream().map(String::valueOf).distinct().toList(), 0, 0, false);
    }
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Object each : values) {
      double value = (Double) each;
      if (Double.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    if (min > max) {
      return new Axis(key, List.of(), 0, 1, false);
    }
    return new Axis(key, List.of(), min, max, min > 0 && max / min > LOG_FROM);
  }

  /** Where a trial lies on each axis, 0 to 1; NaN where it has no place. */
  public double[] positions(Trial trial) {
    double[] positions = new double[axes.size()];
    for (int k = 0; k < positions.length; k++) {
      Object value = k == positions.length - 1 ? scoreOf(trial) : value(trial, k);
      Axis axis = axes.get(k);
      positions[k] = axis.position(axis.categories().isEmpty() ? value : String.valueOf(value));
    }
    return positions;
  }

  /**
   * The trials to draw: the best ones, and of the others evenly many by rank.
   *
   * @param most at most so many
   * @return the best last, so that it lies on top
   */
  public List<Trial> drawn(int most) {
    boolean higher = search.get().getObjective().getHigherIsBetter();
    Comparator<Trial> worse = Comparator.comparingDouble(Trial::getScore);
    List<Trial> ranked =
        chosen.stream()
            .filter(each -> !each.hasProblem())
            .sorted(higher ? worse : worse.reversed())
            .toList();
    if (ranked.size() <= most) {
      return ranked;
    }
    int best = most / 3;
    int others = most - best;
    int from = ranked.size() - best;
    List<Trial> drawn = new ArrayList<>();
    for (int i = 0; i < others; i++) {
      drawn.add(ranked.get((int) ((long) i * from / others)));
    }
    drawn.addAll(ranked.subList(from, ranked.size()));
    return drawn;
  }

  // ---- brushes ----

  /** Shows only trials between two places of an axis. */
  public void brush(String key, double low, double high) {
    brushes.put(key, new double[] {Math.min(low, high), Math.max(low, high)});
    choose();
  }

  /** Takes the brush of an axis away; of all where the key is empty. */
  public void clear(String key) {
    if (key.isEmpty()) {
      brushes.clear();
    } else {
      brushes.remove(key);
    }
    choose();
  }

  /** The brushed range of an axis; null where there is none. */
  public double[] brushOf(String key) {
    return brushes.get(key);
  }

  private void choose() {
    chosen.setPredicate(brushes.isEmpty() ? null : this::within);
    version.set(version.get() + 1);
  }

  private boolean within(Trial trial) {
    double[] positions = positions(trial);
    for (int k = 0; k < positions.length; k++) {
      double[] range = brushes.get(axes.get(k).key());
      if (range != null && !(positions[k] >= range[0] && positions[k] <= range[1])) {
        return false;
      }
    }
    return true;
  }

  /** What the search tells once it has tried all: how likely its choice is luck. */
  public static String overfitting(SearchSummary summary) {
    double probability = summary.getOverfittingProbability();
    if (Double.isNaN(probability)) {
      return "Probability of backtest overfitting: not known from so few trials or blocks";
    }
    return "Probability of backtest overfitting "
        + Formats.fixed(probability, 2)
        + ": so often is the configuration that is best on half of "
        + summary.getOverfittingBlocks()
        + " blocks of time no better than the median of "
        + Formats.count(summary.getOverfittingTrials())
        + " on the other half";
  }

  // ---- acting ----

  /** Whether it can go on. */
  public boolean resumable() {
    return switch (search.get().getState()) {
      case RUN_STATE_CANCELLED, RUN_STATE_FAILED, RUN_STATE_INTERRUPTED, RUN_STATE_SUCCEEDED ->
          true;
      default -> false;
    };
  }

  /** Asks the search to stop; its finished trials are kept. */
  public void stop(Consumer<String> failed) {
    if (stopping.get() || RunViewModel.ended(search.get().getState())) {
      return;
    }
    stopping.set(true);
    BackgroundTask.of(
            () ->
                services
                    .searches()
                    .cancelSearch(CancelSearchRequest.newBuilder().setName(name).build()))
        .onFailure(
            problem -> {
              stopping.set(false);
              failed.accept(Failures.line(problem));
            })
        .executeWith(executor);
  }

  /**
   * Goes on, with more configurations when the number is raised.
   *
   * @param configurations to try in all; blank for as many as before
   */
  public void resume(String configurations, Consumer<String> failed) {
    String words = configurations.strip().replace(",", "");
    ResumeSearchRequest.Builder request = ResumeSearchRequest.newBuilder().setName(name);
    if (!words.isEmpty() && !words.equals(String.valueOf(search.get().getMaxConfigurations()))) {
      request.putOverrides("search.trials", words);
    }
    BackgroundTask.of(() -> services.searches().resumeSearch(request.build()))
        .onSuccess(
            resumed -> {
              search.set(resumed);
              open();
            })
        .onFailure(problem -> failed.accept(Failures.line(problem)))
        .executeWith(executor);
  }

  /** All chosen trials as a table for a spreadsheet. */
  public String table() {
    StringBuilder text = new StringBuilder("trial\tconfiguration\trung\tresource\tscore\tbaseline");
    search.get().getKeysList().forEach(key -> text.append('\t').append(key));
    text.append("\tseconds\tproblem\n");
    for (Trial trial : chosen) {
      text.append(trial.getNumber()).append('\t').append(trial.getConfiguration());
      text.append('\t').append(trial.getRung()).append('\t').append(trial.getResource());
      text.append('\t').append(trial.hasProblem() ? "" : trial.getScore());
      text.append('\t').append(trial.hasProblem() ? "" : trial.getBaseline());
      for (int k = 0; k < search.get().getKeysCount(); k++) {
        text.append('\t').append(value(trial, k));
      }
      text.append('\t').append(trial.getSeconds()).append('\t');
      text.append(trial.hasProblem() ? trial.getProblem().getMessage() : "").append('\n');
    }
    return text.toString();
  }
}
