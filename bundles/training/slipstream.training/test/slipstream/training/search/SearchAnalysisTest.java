package slipstream.training.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import slipstream.core.experiment.Search.Objective;

class SearchAnalysisTest {
  private static TrialJournal.Entry trial(
      int number, int rung, SequencedMap<String, Object> values, double score, List<Double> gains) {
    return new TrialJournal.Entry(
        new TrialSpec(
            number, number, rung, "", new Objective("rmse", "y", "m"), values, 1, Duration.ZERO),
        new TrialResult.Scored(score, 1, List.of(), gains, 0, 1),
        false);
  }

  private static List<TrialJournal.Entry> trials(
      int count, ToDoubleFunction<Map<String, Object>> score) {
    Random random = new Random(5);
    List<TrialJournal.Entry> trials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SequencedMap<String, Object> values = new LinkedHashMap<>();
      values.put("line", random.nextDouble());
      values.put("word", random.nextBoolean() ? "a" : "b");
      values.put("noise", (long) random.nextInt(1000));
      trials.add(trial(i, 0, values, score.applyAsDouble(values), List.of()));
    }
    return trials;
  }

  @Test
  void importanceNamesWhatMatters() {
    SequencedMap<String, Double> importance =
        SearchAnalysis.importance(
            trials(
                200,
                v -> Math.exp(9 * (double) v.get("line")) + ("a".equals(v.get("word")) ? 0 : 5)));
    assertEquals(List.of("line", "word", "noise"), List.copyOf(importance.keySet()));
    assertTrue(importance.get("line") > 0.8, importance.toString());
    assertTrue(importance.get("noise") < 0.05, importance.toString());
  }

  @Test
  void chanceHasNoImportance() {
    Random random = new Random(6);
    SequencedMap<String, Double> importance =
        SearchAnalysis.importance(trials(300, v -> random.nextDouble()));
    importance.forEach((key, share) -> assertTrue(share < 0.05, key + " " + share));
  }

  @Test
  void fewTrialsOrEqualOnesTellNothing() {
    assertTrue(SearchAnalysis.importance(trials(9, v -> 1)).isEmpty());
    SearchAnalysis.importance(trials(50, v -> 1))
        .forEach((key, share) -> assertEquals(0, share, key));
  }

  @Test
  void overfittingCountsTrialsOfTheLargestResource() {
    List<TrialJournal.Entry> trials = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      // Trial 3 is the best everywhere; a trial of the first rung would spoil that.
      trials.add(
          trial(i, 1, new LinkedHashMap<>(), -i, List.of(i + 0.1, i + 0.2, i + 0.3, i + 0.0)));
    }
    trials.add(trial(4, 0, new LinkedHashMap<>(), 9, List.of(9.0, 9.0, -9.0, -9.0)));
    var found = SearchAnalysis.overfitting(trials).orElseThrow();
    assertEquals(4, found.trials());
    assertEquals(0, found.probability());
    trials.add(trial(5, 1, new LinkedHashMap<>(), 1, List.of(1.0, Double.NaN, 1.0, 1.0)));
    assertTrue(SearchAnalysis.overfitting(trials).isEmpty(), "a block without a score");
    assertTrue(SearchAnalysis.overfitting(trials.subList(0, 1)).isEmpty());
  }
}
