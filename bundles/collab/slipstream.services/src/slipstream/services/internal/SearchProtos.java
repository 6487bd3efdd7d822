package slipstream.services.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Search.Objective;
import slipstream.core.experiment.Search.Settings;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Metric;
import slipstream.core.spi.PluginCatalog;
import slipstream.proto.v1.ParameterImportance;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchObjective;
import slipstream.proto.v1.SearchSummary;
import slipstream.proto.v1.Trial;
import slipstream.proto.v1.TrialValue;
import slipstream.services.StatusMapping;
import slipstream.store.SearchRecord;
import slipstream.store.TrialRecord;
import slipstream.training.search.Schedule;
import slipstream.training.search.SearchAnalysis;
import slipstream.training.search.Space;
import slipstream.training.search.TrialJournal;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/** Searches and trials as messages, and back. */
final class SearchProtos {
  private SearchProtos() {}

  /** What is known of a search before its first trial. */
  static Search begin(Experiment experiment, PluginCatalog plugins) {
    Settings settings = experiment.search().settings();
    Objective objective = experiment.search().objective(experiment);
    Metric metric = plugins.metric(objective.metric());
    int configurations = Schedule.of(settings, Space.of(experiment, plugins)).configurations();
    return Search.newBuilder()
        .setMethod(String.valueOf(ParameterForm.values(settings).get("method")))
        .setObjective(
            SearchObjective.newBuilder()
                .setMetric(metric.name())
                .setTitle(metric.title())
                .setTarget(objective.target())
                .setModel(objective.model())
                .setHigherIsBetter(metric.higherIsBetter())
                .setUnit(
                    metric.inTargetUnit()
                        ? experiment.targets().get(objective.target()).unit()
                        : ""))
        .addAllKeys(experiment.search().space().keySet())
        .setMaxConfigurations(configurations == Integer.MAX_VALUE ? 0 : configurations)
        .build();
  }

  /**
   * A search as a message.
   *
   * @param snapshot what is known of it; null for what the record holds
   */
  static Search toProto(SearchRecord record, Search snapshot) {
    Search.Builder search = (snapshot == null ? snapshot(record) : snapshot).toBuilder();
    search
        .setName(record.name())
        .setExperiment(record.experiment())
        .setState(Runs.proto(record.state()))
        .setCreateTime(Protos.timestamp(record.created()))
        .setExperimentText(record.experimentText())
        .setThreads(record.threads())
        .setRun(record.run());
    if (record.started() != null) {
      search.setStartTime(Protos.timestamp(record.started()));
    }
    if (record.ended() != null) {
      search.setEndTime(Protos.timestamp(record.ended())).setRunningTrials(0);
    }
    if (record.problem() != null) {
      search.setProblem(StatusMapping.toProblem(record.problem()));
    }
    return search.build();
  }

  static Search snapshot(SearchRecord record) {
    try {
      return Search.parseFrom(record.snapshot());
    } catch (InvalidProtocolBufferException e) {
      throw corrupt("search " + record.name(), e);
    }
  }

  /** What was known before the first trial: a resumed search counts its trials anew. */
  static Search withoutTrials(Search snapshot) {
    return snapshot.toBuilder()
        .clearConfigurations()
        .clearTrials()
        .clearFailedTrials()
        .clearReusedTrials()
        .clearRunningTrials()
        .clearBest()
        .clearSummary()
        .build();
  }

  private static SlipstreamException corrupt(String what, Exception cause) {
    return new SlipstreamException(
        SlipstreamException.Category.CORRUPT,
        what + " cannot be read",
        null,
        "Start a new search.",
        cause);
  }

  static Trial toProto(TrialJournal.Entry entry, Instant ended) {
    TrialSpec spec = entry.spec();
    Trial.Builder trial =
        Trial.newBuilder()
            .setNumber(spec.number() + 1)
            .setConfiguration(spec.configuration() + 1)
            .setRung(spec.rung())
            .setResource(spec.resource())
            .setSeconds(entry.result().seconds())
            .setThreads(entry.result().threads())
            .setReused(entry.reused())
            .setEndTime(Protos.timestamp(ended));
    spec.values()
        .forEach(
            (key, value) ->
                trial.addValues(TrialValue.newBuilder().setKey(key).setValue(Protos.proto(value))));
    switch (entry.result()) {
      case TrialResult.Scored scored ->
          trial
              .setScore(scored.objective())
              .setBaseline(scored.baseline())
              .addAllFoldScores(scored.folds())
              .addAllBlockGains(scored.blocks());
      case TrialResult.Failed failed ->
          trial
              .setScore(Double.NaN)
              .setBaseline(Double.NaN)
              .setProblem(
                  StatusMapping.toProblem(
                      new SlipstreamException(
                          failed.category(),
                          failed.problem(),
                          failed.key().isEmpty() ? null : Place.key(failed.key()),
                          failed.remedy())));
    }
    return trial.build();
  }

  static Trial trial(TrialRecord record) {
    try {
      return Trial.parseFrom(record.trial());
    } catch (InvalidProtocolBufferException e) {
      throw corrupt("trial " + record.number(), e);
    }
  }

  static TrialResult result(Trial trial) {
    if (trial.hasProblem()) {
      Problem problem = trial.getProblem();
      return new TrialResult.Failed(
          StatusMapping.toException(problem).category(),
          problem.getMessage(),
          problem.getKey(),
          problem.getRemedy(),
          trial.getSeconds(),
          trial.getThreads());
    }
    return new TrialResult.Scored(
        trial.getScore(),
        trial.getBaseline(),
        trial.getFoldScoresList(),
        trial.getBlockGainsList(),
        trial.getSeconds(),
        trial.getThreads());
  }

  /** Whether a trial is better than another: of a higher rung, then of a better score, then earlier. */
  static boolean better(Trial one, Trial other, boolean higherIsBetter) {
    if (one.hasProblem()) {
      return false;
    }
    if (one.getRung() != other.getRung()) {
      return one.getRung() > other.getRung();
    }
    int order = Double.compare(one.getScore(), other.getScore());
    return order == 0
        ? one.getNumber() < other.getNumber()
        : (higherIsBetter ? order > 0 : order < 0);
  }

  /** The snapshot with more finished trials. */
  static Search with(Search snapshot, List<Trial> ended, Duration elapsed) {
    Search.Builder next = snapshot.toBuilder().setElapsedSeconds(elapsed.toNanos() / 1e9);
    for (Trial trial : ended) {
      next.setTrials(next.getTrials() + 1);
      next.setConfigurations(next.getConfigurations() + (trial.getRung() == 0 ? 1 : 0));
      next.setFailedTrials(next.getFailedTrials() + (trial.hasProblem() ? 1 : 0));
      next.setReusedTrials(next.getReusedTrials() + (trial.getReused() ? 1 : 0));
      if (!trial.hasProblem()
          && (!next.hasBest()
              || better(trial, next.getBest(), next.getObjective().getHigherIsBetter()))) {
        next.setBest(trial);
      }
    }
    return next.build();
  }

  static SearchSummary summary(List<TrialJournal.Entry> trials) {
    SearchSummary.Builder summary =
        SearchSummary.newBuilder().setOverfittingProbability(Double.NaN);
    SearchAnalysis.overfitting(trials)
        .ifPresent(
            found ->
                summary
                    .setOverfittingProbability(found.probability())
                    .setOverfittingTrials(found.trials())
                    .setOverfittingBlocks(found.blocks()));
    SearchAnalysis.importance(trials)
        .forEach(
            (key, share) ->
                summary.addImportance(
                    ParameterImportance.newBuilder().setKey(key).setShare(share)));
    return summary.build();
  }
}
