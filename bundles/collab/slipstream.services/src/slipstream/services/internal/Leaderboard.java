package slipstream.services.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.Experiment;
import slipstream.experiment.ExperimentDocument;
import slipstream.experiment.ExperimentFile;
import slipstream.proto.v1.CompareScoresRequest;
import slipstream.proto.v1.CompareScoresResponse;
import slipstream.proto.v1.ListScoresRequest;
import slipstream.proto.v1.ListScoresResponse;
import slipstream.proto.v1.MetricDescription;
import slipstream.proto.v1.MetricScore;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.ParameterDifference;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.ScoredModel;
import slipstream.proto.v1.TargetReport;
import slipstream.store.ModelRecord;
import slipstream.store.ModelScoreRecord;
import slipstream.store.ModelScores;
import slipstream.store.ModelScores.Order;
import slipstream.store.RunRecord;

/** The scores of the models of all runs. */
final class Leaderboard {
  private static final Logger LOG = LoggerFactory.getLogger(Leaderboard.class);
  private static final int MOST_COMPARED = 20;
  private static final String SKILL = "skill";

  private final Context context;

  Leaderboard(Context context) {
    this.context = context;
  }

  // ------------------------------------------------------------------------ list

  ListScoresResponse list(ListScoresRequest request) {
    takeMissing();
    ModelScores.Filter filter =
        new ModelScores.Filter(
            request.getExperiment(),
            request.getTarget(),
            request.getTrainer(),
            request.getRun(),
            request.getText().strip(),
            request.getBaselines());
    ModelScores scores = context.store().scores();
    int size = PageTokens.size(request.getPageSize());
    String question =
        "scores "
            + request.toBuilder()
                .clearPageToken()
                .clearPageSize()
                .build()
                .toByteString()
                .hashCode();
    long skip = PageTokens.decode(question, request.getPageToken());
    List<byte[]> rows =
        scores.list(
            filter,
            order(request),
            request.getMetric().isEmpty() ? SKILL : request.getMetric(),
            request.getReverse(),
            skip,
            size + 1);
    boolean more = rows.size() > size;
    ListScoresResponse.Builder response = ListScoresResponse.newBuilder();
    rows.subList(0, Math.min(size, rows.size())).forEach(each -> response.addScores(score(each)));
    ModelScores.Words all = scores.words(new ModelScores.Filter("", "", "", "", "", false));
    return response
        .setNextPageToken(PageTokens.encode(question, more ? skip + size : 0))
        .setTotal(scores.count(filter))
        .addAllExperiments(all.experiments())
        .addAllTargets(all.targets())
        .addAllTrainers(all.trainers())
        .addAllMetrics(scores.words(filter).metrics())
        .build();
  }

  private static Order order(ListScoresRequest request) {
    return switch (request.getOrder()) {
      case SCORE_ORDER_UNSPECIFIED -> Order.TIME;
      case SCORE_ORDER_METRIC -> Order.METRIC;
      case SCORE_ORDER_TRAINING_TIME -> Order.TRAINING_TIME;
      case SCORE_ORDER_EXPERIMENT -> Order.EXPERIMENT;
      case SCORE_ORDER_RUN -> Order.RUN;
      case SCORE_ORDER_TARGET -> Order.TARGET;
      case SCORE_ORDER_MODEL -> Order.MODEL;
      case SCORE_ORDER_TRAINER -> Order.TRAINER;
      case UNRECOGNIZED ->
          throw SlipstreamException.invalid(
              "scores cannot be sorted by " + request.getOrderValue(),
              Place.key("order"),
              "Choose one of the orders that the protocol names.");
    };
  }

  private static ModelScore score(byte[] bytes) {
    try {
      return ModelScore.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new SlipstreamException(
          Category.CORRUPT, "a recorded score cannot be read", null, "", e);
    }
  }

  /** Takes the scores of runs that ended since they were last asked for. */
  private synchronized void takeMissing() {
    context
        .store()
        .scores()
        .missing()
        .forEach(
            (run, hash) -> {
              List<ModelScoreRecord> scores = List.of();
              try {
                RunReport report = RunReport.parseFrom(context.store().content().get(hash));
                scores = scores(context.store().runs().find(run).orElseThrow(), report);
              } catch (InvalidProtocolBufferException | SlipstreamException e) {
                // One damaged report must not hide all others.
                LOG.warn("The report of run {} cannot be read; its scores are not listed", run, e);
              }
              context.store().scores().add(run, scores);
            });
  }

  private static List<ModelScoreRecord> scores(RunRecord run, RunReport report) {
    List<ModelScoreRecord> scores = new ArrayList<>();
    for (TargetReport target : report.getTargetsList()) {
      ModelReport baseline =
          target.getModelsList().stream().filter(ModelReport::getBaseline).findFirst().orElse(null);
      for (ModelReport model : target.getModelsList()) {
        scores.add(score(run, target, baseline, model));
      }
    }
    return scores;
  }

  private static ModelScoreRecord score(
      RunRecord run, TargetReport target, ModelReport baseline, ModelReport model) {
    ModelScore.Builder score =
        ModelScore.newBuilder()
            .setRun(run.name())
            .setExperiment(run.experiment())
            .setTarget(target.getTarget())
            .setUnit(target.getUnit())
            .setModel(model.getModel())
            .setTrainer(model.getTrainer())
            .setBaseline(model.getBaseline())
            .setArchive(model.getArchive())
            .setCreateTime(Protos.timestamp(run.created()))
            .setTrainingSeconds(model.getTrainingSeconds())
            .setScoredRows(target.getScoredRows());
    SequencedMap<String, Double> losses = new LinkedHashMap<>();
    for (int m = 0; m < target.getMetricsCount(); m++) {
      MetricDescription metric = target.getMetrics(m);
      double value = m < model.getScoresCount() ? model.getScores(m) : Double.NaN;
      MetricScore.Builder each =
          MetricScore.newBuilder()
              .setMetric(metric)
              .setScore(value)
              .setBaseline(
                  baseline != null && m < baseline.getScoresCount()
                      ? baseline.getScores(m)
                      : Double.NaN);
      if (m < model.getScoreIntervalsCount()) {
        each.setInterval(model.getScoreIntervals(m));
      }
      score.addMetrics(each);
      losses.put(metric.getName(), metric.getHigherIsBetter() ? 0 - value : value);
    }
    return new ModelScoreRecord(
        target.getTarget(),
        model.getModel(),
        model.getTrainer(),
        model.getBaseline(),
        model.getTrainingSeconds(),
        losses,
        score.build().toByteArray());
  }

  // --------------------------------------------------------------------- compare

  CompareScoresResponse compare(CompareScoresRequest request) {
    int count = request.getModelsCount();
    if (count < 2 || count > MOST_COMPARED) {
      throw SlipstreamException.invalid(
          count + " models cannot be compared",
          Place.key("models"),
          "Name 2 to " + MOST_COMPARED + ".");
    }
    takeMissing();
    CompareScoresResponse.Builder response = CompareScoresResponse.newBuilder();
    List<Map<String, String>> parameters = new ArrayList<>();
    SequencedMap<String, Boolean> keys = new LinkedHashMap<>();
    for (ScoredModel each : request.getModelsList()) {
      ModelScore score =
          context.store().scores().find(each.getRun(), each.getTarget(), each.getModel()).stream()
              .findFirst()
              .map(Leaderboard::score)
              .orElseThrow(
                  () ->
                      SlipstreamException.notFound(
                          "run '"
                              + each.getRun()
                              + "' has no scores of model '"
                              + each.getModel()
                              + "' on target '"
                              + each.getTarget()
                              + "'",
                          "List the scores to see which there are."));
      response.addScores(score);
      Map<String, String> own = parameters(score);
      own.keySet().forEach(key -> keys.put(key, true));
      parameters.add(own);
    }
    for (String key : keys.keySet()) {
      List<String> values = parameters.stream().map(each -> each.getOrDefault(key, "")).toList();
      if (values.stream().distinct().count() > 1) {
        response.addDifferences(ParameterDifference.newBuilder().setKey(key).addAllValues(values));
      }
    }
    return response.build();
  }

  /** What decides a model and its scores: its own first, then what its experiment says, then what it was made from. */
  private Map<String, String> parameters(ModelScore score) {
    RunRecord run = context.store().runs().find(score.getRun()).orElseThrow();
    Experiment experiment = ExperimentFile.parse(run.experimentText(), run.name()).experiment();
    Map<String, String> flat = new LinkedHashMap<>();
    flatten(
        "",
        ExperimentDocument.of(ExperimentFile.write(experiment), run.name()).get("").orElseThrow(),
        flat);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("model.trainer", score.getTrainer());
    ModelRecord archive =
        score.getArchive().isEmpty()
            ? null
            : context.store().models().find(score.getArchive()).orElse(null);
    String own = score.getBaseline() ? "baseline" : "models." + score.getModel();
    if (archive != null) {
      // With the defaults of what the experiment leaves open.
      new TreeMap<>(archive.provenance())
          .forEach(
              (key, value) -> {
                if (key.startsWith("parameters.")) {
                  parameters.put("model" + key.substring("parameters".length()), value);
                }
              });
    } else {
      take(flat, own, "model", parameters);
    }
    take(flat, "targets." + score.getTarget(), "target", parameters);
    for (String section :
        List.of(
            "data", "prepare", "features", "given", "weight", "cluster", "validation", "seed")) {
      take(flat, section, section, parameters);
    }
    if (archive != null) {
      for (String key : List.of("data_hash", "features_hash", "code_version", "training_rows")) {
        parameters.put(key, archive.provenance().getOrDefault(key, ""));
      }
    }
    return parameters;
  }

  private static void take(
      Map<String, String> from, String prefix, String name, Map<String, String> to) {
    from.forEach(
        (key, value) -> {
          if (key.equals(prefix) || key.startsWith(prefix + ".")) {
            to.put(name + key.substring(prefix.length()), value);
          }
        });
  }

  private static void flatten(String key, Object value, Map<String, String> flat) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (name, each) -> flatten(key.isEmpty() ? "" + name : key + "." + name, each, flat));
      case List<?> list when list.stream().anyMatch(each -> each instanceof Map) -> {
        for (int i = 0; i < list.size(); i++) {
          flatten(key + "." + i, list.get(i), flat);
        }
      }
      case null -> flat.put(key, "");
      default -> flat.put(key, String.valueOf(value));
    }
  }
}
