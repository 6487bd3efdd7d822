package slipstream.training.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import slipstream.core.Ranks;
import slipstream.training.search.TrialResult.Scored;
import slipstream.training.validation.BacktestOverfitting;

/** What the trials of a search tell together. */
public final class SearchAnalysis {
  /** Values of a key that are not counted are put into so many groups of equal size. */
  private static final int GROUPS = 5;

  private static final int MAX_LEVELS = 10;

  private SearchAnalysis() {}

  /**
   * The probability that the best trial owes its rank to chance, from the trials of the largest resource: {@link
   * BacktestOverfitting}.
   *
   * @return empty with fewer than 2 such trials, or where scores by block are not defined
   */
  public static Optional<BacktestOverfitting.Result> overfitting(List<TrialJournal.Entry> trials) {
    int top =
        trials.stream()
            .filter(each -> each.result() instanceof Scored)
            .mapToInt(each -> each.spec().rung())
            .max()
            .orElse(0);
    List<double[]> performance = new ArrayList<>();
    for (TrialJournal.Entry each : trials) {
      if (each.spec().rung() == top && each.result() instanceof Scored scored) {
        double[] blocks = scored.blocks().stream().mapToDouble(Double::doubleValue).toArray();
        if (blocks.length < 2 || !Arrays.stream(blocks).allMatch(Double::isFinite)) {
          return Optional.empty();
        }
        performance.add(blocks);
      }
    }
    return performance.size() < 2
        ? Optional.empty()
        : Optional.of(BacktestOverfitting.of(performance.toArray(double[][]::new)));
  }

  /**
   * How much each key matters alone: the share of the variance of the trials' ranks that lies between groups of equal
   * values, a range being cut into {@value #GROUPS} groups of equal size; chance, (groups − 1) of (trials − 1), is taken
   * off (Pearson's correlation ratio, adjusted). Of trials at the smallest resource, which all configurations have seen.
   *
   * @return largest first, from 0 to 1; empty with fewer than 10 scored trials
   */
  public static SequencedMap<String, Double> importance(List<TrialJournal.Entry> trials) {
    List<TrialJournal.Entry> scored =
        trials.stream()
            .filter(each -> each.spec().rung() == 0 && each.result() instanceof Scored)
            .toList();
    SequencedMap<String, Double> sorted = new LinkedHashMap<>();
    if (scored.size() < 2 * GROUPS) {
      return sorted;
    }
    double[] ranks =
        Ranks.of(
            scored.stream().mapToDouble(each -> ((Scored) each.result()).objective()).toArray());
    Map<String, Double> shares = new LinkedHashMap<>();
    for (String key : scored.getFirst().spec().values().keySet()) {
      shares.put(
          key, share(groups(scored.stream().map(t -> t.spec().values().get(key)).toList()), ranks));
    }
    shares.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(each -> sorted.put(each.getKey(), each.getValue()));
    return sorted;
  }

  private static int[] groups(List<Object> values) {
    Map<String, Integer> levels = new TreeMap<>();
    values.forEach(each -> levels.putIfAbsent(String.valueOf(each), levels.size()));
    int[] groups = new int[values.size()];
    if (levels.size() <= MAX_LEVELS || !(values.getFirst() instanceof Number)) {
      Arrays.setAll(groups, i -> levels.get(String.valueOf(values.get(i))));
      return groups;
    }
    double[] ranks =
        Ranks.of(values.stream().mapToDouble(each -> ((Number) each).doubleValue()).toArray());
    Arrays.setAll(
        groups, i -> (int) Math.min(GROUPS - 1, (ranks[i] - 0.5) * GROUPS / groups.length));
    return groups;
  }

  private static double share(int[] groups, double[] ranks) {
    int count = Arrays.stream(groups).max().orElse(0) + 1;
    double[] sums = new double[count];
    int[] sizes = new int[count];
    double mean = (ranks.length + 1) / 2.0;
    double total = 0;
    for (int i = 0; i < groups.length; i++) {
      sums[groups[i]] += ranks[i] - mean;
      sizes[groups[i]]++;
      total += (ranks[i] - mean) * (ranks[i] - mean);
    }
    double between = 0;
    int used = 0;
    for (int g = 0; g < count; g++) {
      if (sizes[g] > 0) {
        between += sums[g] * sums[g] / sizes[g];
        used++;
      }
    }
    if (total == 0 || used < 2 || used >= groups.length) {
      return 0;
    }
    double rest = (1 - between / total) * (groups.length - 1) / (groups.length - used);
    return Math.clamp(1 - rest, 0.0, 1.0);
  }
}
