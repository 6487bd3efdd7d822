package slipstream.ui.internal;

import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import slipstream.proto.v1.CompareScoresRequest;
import slipstream.proto.v1.CompareScoresResponse;
import slipstream.proto.v1.ListScoresRequest;
import slipstream.proto.v1.ListScoresResponse;
import slipstream.proto.v1.MetricDescription;
import slipstream.proto.v1.MetricScore;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.ParameterDifference;
import slipstream.proto.v1.ScoreInterval;

/** 450 models of two experiments and targets; model i has skill i / 1000. */
public final class FakeScores {
  private static final int COUNT = 450;

  /** What was asked for. */
  public final List<ListScoresRequest> asked = new CopyOnWriteArrayList<>();

  private static ModelScore score(int i) {
    double skill = i / 1000.0;
    return ModelScore.newBuilder()
        .setRun("e" + i % 2 + "-" + i)
        .setExperiment("e" + i % 2)
        .setTarget("t" + i % 2)
        .setUnit(i % 2 == 0 ? "%" : "bp")
        .setModel("m" + i)
        .setTrainer("ridge")
        .setArchive("a" + i)
        .setCreateTime(Timestamp.newBuilder().setSeconds(1_700_000_000L + i))
        .addMetrics(
            MetricScore.newBuilder()
                .setMetric(
                    MetricDescription.newBuilder()
                        .setName("skill")
                        .setTitle("Skill")
                        .setHigherIsBetter(true))
                .setScore(skill)
                .setInterval(
                    ScoreInterval.newBuilder()
                        .setLow((i - 10) / 1000.0)
                        .setHigh((i + 10) / 1000.0)))
        .addMetrics(
            MetricScore.newBuilder()
                .setMetric(
                    MetricDescription.newBuilder()
                        .setName("mae")
                        .setTitle("MAE")
                        .setUnit(i % 2 == 0 ? "%" : "bp"))
                .setScore(1 - skill))
        .build();
  }

  ListScoresResponse list(ListScoresRequest request) {
    asked.add(request);
    List<ModelScore> all = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      ModelScore score = score(i);
      if ((request.getExperiment().isEmpty()
              || request.getExperiment().equals(score.getExperiment()))
          && score.getModel().contains(request.getText())) {
        all.add(score);
      }
    }
    Comparator<ModelScore> best =
        Comparator.comparingDouble(each -> -each.getMetrics(0).getScore());
    all.sort(request.getReverse() ? best.reversed() : best);
    int from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
    int to = Math.min(all.size(), from + request.getPageSize());
    return ListScoresResponse.newBuilder()
        .addAllScores(all.subList(from, to))
        .setNextPageToken(to < all.size() ? String.valueOf(to) : "")
        .setTotal(all.size())
        .addAllExperiments(List.of("e0", "e1"))
        .addAllTargets(List.of("t0", "t1"))
        .addTrainers("ridge")
        .addAllMetrics(List.of("mae", "skill"))
        .build();
  }

  CompareScoresResponse compare(CompareScoresRequest request) {
    CompareScoresResponse.Builder response = CompareScoresResponse.newBuilder();
    ParameterDifference.Builder depth = ParameterDifference.newBuilder().setKey("model.depth");
    request
        .getModelsList()
        .forEach(
            each -> {
              String number = each.getModel().substring(1);
              response.addScores(score(Integer.parseInt(number)));
              depth.addValues(number);
            });
    return response.addDifferences(depth).build();
  }
}
