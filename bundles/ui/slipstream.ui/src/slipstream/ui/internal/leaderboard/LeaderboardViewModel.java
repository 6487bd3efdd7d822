package slipstream.ui.internal.leaderboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
import slipstream.proto.v1.CompareScoresRequest;
import slipstream.proto.v1.CompareScoresResponse;
import slipstream.proto.v1.ListScoresRequest;
import slipstream.proto.v1.ListScoresResponse;
import slipstream.proto.v1.MetricScore;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.ParameterDifference;
import slipstream.proto.v1.ScoreOrder;
import slipstream.proto.v1.ScoredModel;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** The models of all runs beside one another; the services filter and sort, page by page. */
public final class LeaderboardViewModel {
  /** Stands first among the words to filter by. */
  public static final String ALL = "All";

  private static final int PAGE = 200;
  private static final int MOST_COMPARED = 20;
  private static final String SKILL = "skill";

  /** What is listed. */
  public record Query(
      String experiment,
      String target,
      String trainer,
      String text,
      boolean baselines,
      ScoreOrder order,
      String metric,
      boolean reverse) {
    /** The best skill first. */
    static final Query BEGIN =
        new Query("", "", "", "", false, ScoreOrder.SCORE_ORDER_METRIC, SKILL, false);
  }

  /**
   * A line of the comparison.
   *
   * @param values one for each model
   * @param best the model that is best by a metric; -1 for a parameter, and where none is
   */
  public record Line(String name, List<String> values, boolean score, int best) {}

  private final Services services;
  private final TaskExecutor executor;
  private final ObservableList<ModelScore> scores = FXCollections.observableArrayList();
  private final ObservableList<String> experiments = FXCollections.observableArrayList(ALL);
  private final ObservableList<String> targets = FXCollections.observableArrayList(ALL);
  private final ObservableList<String> trainers = FXCollections.observableArrayList(ALL);
  private final ObservableList<String> metrics = FXCollections.observableArrayList();
  private final ObservableList<Line> lines = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<Query> query = new ReadOnlyObjectWrapper<>(Query.BEGIN);
  private final ReadOnlyLongWrapper total = new ReadOnlyLongWrapper(-1);
  private final ReadOnlyBooleanWrapper loading = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<CompareScoresResponse> comparison =
      new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper comparisonError = new ReadOnlyStringWrapper("");
  private String nextPage = "";
  private BackgroundTask<?> listing;
  private BackgroundTask<?> comparing;

  public LeaderboardViewModel(Services services, TaskExecutor executor) {
    this.services = services;
    this.executor = executor;
  }

  /** Those that are there so far, in order. */
  public ObservableList<ModelScore> scores() {
    return scores;
  }

  /** Experiments to choose from, {@link #ALL} first. */
  public ObservableList<String> experiments() {
    return experiments;
  }

  public ObservableList<String> targets() {
    return targets;
  }

  public ObservableList<String> trainers() {
    return trainers;
  }

  /** Names of the metrics that the listed scores have, skill not among them. */
  public ObservableList<String> metrics() {
    return metrics;
  }

  public ReadOnlyObjectProperty<Query> queryProperty() {
    return query.getReadOnlyProperty();
  }

  /** How many fit the query; -1 while not known. */
  public ReadOnlyLongProperty totalProperty() {
    return total.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty loadingProperty() {
    return loading.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Scores of the compared models, then what differs; empty when none are compared. */
  public ObservableList<Line> lines() {
    return lines;
  }

  public ReadOnlyObjectProperty<CompareScoresResponse> comparisonProperty() {
    return comparison.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty comparisonErrorProperty() {
    return comparisonError.getReadOnlyProperty();
  }

  /** Whether nothing but the order narrows the list. */
  public boolean everything() {
    Query now = query.get();
    return now.experiment().isEmpty()
        && now.target().isEmpty()
        && now.trainer().isEmpty()
        && now.text().isEmpty();
  }

  // ---- list ----

  /** Lists only what fits; {@link #ALL} or null for any. */
  public void filter(
      String experiment, String target, String trainer, String text, boolean baselines) {
    Query now = query.get();
    ask(
        new Query(
            word(experiment),
            word(target),
            word(trainer),
            text.strip(),
            baselines,
            now.order(),
            now.metric(),
            now.reverse()));
  }

  private static String word(String chosen) {
    return chosen == null || chosen.equals(ALL) ? "" : chosen;
  }

  /** Sorts by something else. */
  public void sort(ScoreOrder order, String metric, boolean reverse) {
    Query now = query.get();
    ask(
        new Query(
            now.experiment(),
            now.target(),
            now.trainer(),
            now.text(),
            now.baselines(),
            order,
            metric,
            reverse));
  }

  private void ask(Query next) {
    if (!next.equals(query.get())) {
      query.set(next);
      refresh();
    }
  }

  /** Lists anew from the first page. */
  public void refresh() {
    fetch("");
  }

  /** Lists the next page, where there is one and none is under way. */
  public void more() {
    if (!nextPage.isEmpty() && !loading.get()) {
      fetch(nextPage);
    }
  }

  private void fetch(String page) {
    Streaming.cancel(listing);
    Query asked = query.get();
    ListScoresRequest request =
        ListScoresRequest.newBuilder()
            .setPageSize(PAGE)
            .setPageToken(page)
            .setExperiment(asked.experiment())
            .setTarget(asked.target())
            .setTrainer(asked.trainer())
            .setText(asked.text())
            .setBaselines(asked.baselines())
            .setOrder(asked.order())
            .setMetric(asked.metric())
            .setReverse(asked.reverse())
            .build();
    loading.set(true);
    BackgroundTask<ListScoresResponse> task =
        Streaming.unary(() -> services.runs().listScores(request));
    listing = task;
    task.onSuccess(found -> take(found, !page.isEmpty()))
        .onFailure(failure -> error.set(Failures.line(failure)))
        .onFinished(
            () -> {
              if (listing == task) {
                loading.set(false);
              }
            })
        .executeWith(executor);
  }

  private void take(ListScoresResponse found, boolean appended) {
    error.set("");
    nextPage = found.getNextPageToken();
    words(experiments, found.getExperimentsList());
    words(targets, found.getTargetsList());
    words(trainers, found.getTrainersList());
    List<String> others =
        found.getMetricsList().stream().filter(each -> !each.equals(SKILL)).toList();
    if (!metrics.equals(others)) {
      metrics.setAll(others);
    }
    if (appended) {
      scores.addAll(found.getScoresList());
    } else if (!scores.equals(found.getScoresList())) {
      scores.setAll(found.getScoresList());
    }
    total.set(found.getTotal());
  }

  private static void words(ObservableList<String> list, List<String> found) {
    List<String> all = new ArrayList<>(List.of(ALL));
    all.addAll(found);
    if (!list.equals(all)) {
      list.setAll(all);
    }
  }

  // ---- one score ----

  /** A metric of a score, where it has it. */
  public static Optional<MetricScore> metric(ModelScore score, String name) {
    return score.getMetricsList().stream()
        .filter(each -> each.getMetric().getName().equals(name))
        .findFirst();
  }

  /** Skill; NaN where the experiment does not ask for it. */
  public static double skill(ModelScore score) {
    return metric(score, SKILL).map(MetricScore::getScore).orElse(Double.NaN);
  }

  /** The 95% interval of the skill, as text. */
  public static String interval(ModelScore score) {
    return metric(score, SKILL)
        .filter(each -> each.hasInterval() && !Double.isNaN(each.getInterval().getLow()))
        .map(
            each ->
                Formats.fixed(each.getInterval().getLow(), 3)
                    + " to "
                    + Formats.fixed(each.getInterval().getHigh(), 3))
        .orElse(Formats.NOTHING);
  }

  /** The one unit that a metric has in the list; empty when it has none, or several. */
  public String unit(String metric) {
    List<String> units =
        scores.stream()
            .map(each -> metric(each, metric).orElse(null))
            .filter(Objects::nonNull)
            .map(each -> each.getMetric().getUnit())
            .distinct()
            .limit(2)
            .toList();
    return units.size() == 1 ? units.getFirst() : "";
  }

  /** The metric's name for people. */
  public String title(String metric) {
    return scores.stream()
        .flatMap(each -> metric(each, metric).stream())
        .map(each -> each.getMetric().getTitle())
        .filter(each -> !each.isEmpty())
        .findFirst()
        .orElse(metric);
  }

  /** Scores as a table for a spreadsheet. */
  public String table(List<ModelScore> rows) {
    StringBuilder text =
        new StringBuilder(
            "model\ttarget\tunit\ttrainer\trun\texperiment\tskill\tskill_low\tskill_high");
    metrics.forEach(each -> text.append('\t').append(each));
    text.append("\ttraining_seconds\tscored_rows\tstarted\n");
    for (ModelScore row : rows) {
      text.append(row.getModel()).append('\t').append(row.getTarget());
      text.append('\t').append(row.getUnit()).append('\t').append(row.getTrainer());
      text.append('\t').append(row.getRun()).append('\t').append(row.getExperiment());
      text.append('\t').append(number(skill(row)));
      Optional<MetricScore> skill = metric(row, SKILL).filter(MetricScore::hasInterval);
      text.append('\t')
          .append(skill.map(each -> number(each.getInterval().getLow())).orElse(""))
          .append('\t')
          .append(skill.map(each -> number(each.getInterval().getHigh())).orElse(""));
      for (String each : metrics) {
        text.append('\t')
            .append(number(metric(row, each).map(MetricScore::getScore).orElse(Double.NaN)));
      }
      text.append('\t').append(row.getTrainingSeconds()).append('\t').append(row.getScoredRows());
      text.append('\t').append(Formats.instant(row.getCreateTime())).append('\n');
    }
    return text.toString();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.valueOf(value);
  }

  // ---- comparison ----

  /** Compares models; fewer than two end the comparison. */
  public void compare(List<ModelScore> chosen) {
    Streaming.cancel(comparing);
    comparisonError.set("");
    if (chosen.size() < 2) {
      comparison.set(null);
      lines.clear();
      return;
    }
    if (chosen.size() > MOST_COMPARED) {
      comparison.set(null);
      lines.clear();
      comparisonError.set("At most " + MOST_COMPARED + " models are compared at a time");
      return;
    }
    CompareScoresRequest.Builder request = CompareScoresRequest.newBuilder();
    for (ModelScore each : chosen) {
      request.addModels(
          ScoredModel.newBuilder()
              .setRun(each.getRun())
              .setTarget(each.getTarget())
              .setModel(each.getModel()));
    }
    comparing =
        Streaming.unary(() -> services.runs().compareScores(request.build()))
            .onSuccess(
                found -> {
                  comparison.set(found);
                  lines.setAll(lines(found));
                })
            .onFailure(
                failure -> {
                  if (!Failures.cancelled(failure)) {
                    comparisonError.set(Failures.line(failure));
                  }
                })
            .executeWith(executor);
  }

  static List<Line> lines(CompareScoresResponse found) {
    List<Line> lines = new ArrayList<>();
    List<String> names =
        found.getScoresList().stream()
            .flatMap(each -> each.getMetricsList().stream())
            .map(each -> each.getMetric().getName())
            .distinct()
            .toList();
    for (String name : names) {
      lines.add(score(found, name));
    }
    for (ParameterDifference each : found.getDifferencesList()) {
      lines.add(new Line(each.getKey(), each.getValuesList(), false, -1));
    }
    return lines;
  }

  private static Line score(CompareScoresResponse found, String name) {
    List<String> values = new ArrayList<>();
    List<String> units = new ArrayList<>();
    String title = name;
    int best = -1;
    double bestLoss = Double.POSITIVE_INFINITY;
    for (int i = 0; i < found.getScoresCount(); i++) {
      MetricScore score = metric(found.getScores(i), name).orElse(null);
      if (score == null || Double.isNaN(score.getScore())) {
        values.add(Formats.NOTHING);
        continue;
      }
      title = score.getMetric().getTitle().isEmpty() ? name : score.getMetric().getTitle();
      units.add(score.getMetric().getUnit() + " " + found.getScores(i).getTarget());
      values.add(Formats.metric(name, score.getMetric().getUnit(), score.getScore()));
      double loss = score.getMetric().getHigherIsBetter() ? -score.getScore() : score.getScore();
      if (loss < bestLoss) {
        bestLoss = loss;
        best = i;
      }
    }
    // Errors on different targets have no order; shares of the baseline's do.
    boolean comparable = name.equals(SKILL) || units.stream().distinct().count() <= 1;
    String unit =
        units.isEmpty() || units.stream().distinct().count() > 1
            ? ""
            : units.getFirst().substring(0, units.getFirst().indexOf(' '));
    return new Line(
        unit.isEmpty() ? title : title + ", " + unit, values, true, comparable ? best : -1);
  }

  /** The comparison as a table for a spreadsheet. */
  public String comparisonTable() {
    CompareScoresResponse found = comparison.get();
    if (found == null) {
      return "";
    }
    StringBuilder text = new StringBuilder("key");
    labels().forEach(each -> text.append('\t').append(each));
    for (Line line : lines) {
      text.append('\n').append(line.name());
      line.values().forEach(each -> text.append('\t').append(each.replaceAll("[\t\n]", " ")));
    }
    return text.append('\n').toString();
  }

  /** What tells the compared models apart: name and run, and the target where there are several. */
  public List<String> labels() {
    CompareScoresResponse found = comparison.get();
    if (found == null) {
      return List.of();
    }
    boolean several =
        found.getScoresList().stream().map(ModelScore::getTarget).distinct().count() > 1;
    return found.getScoresList().stream()
        .map(
            each ->
                each.getModel() + (several ? " · " + each.getTarget() : "") + " · " + each.getRun())
        .toList();
  }
}
