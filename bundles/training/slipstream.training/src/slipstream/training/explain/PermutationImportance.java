package slipstream.training.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.CompensatedSum;
import slipstream.core.CounterRandom;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Model;

/**
 * How much worse a score gets when a feature's values are shuffled among the rows, which breaks its
 * tie to the target and to the other features (Breiman 2001; Fisher, Rudin and Dominici 2019).
 *
 * <p>The increase is the mean over several shuffles of score(shuffled) - score(as is), with the
 * sign turned where a higher score is better: positive means that the model needs the feature. On
 * rows that were not trained on it measures what the feature adds to real skill. Features that
 * stand for one another share it: each may look dispensable alone.
 *
 * <p>The standard error is that of a delete-a-group jackknife (Kott 2001) over the rows' clusters:
 * with d_g the increase on the rows that are not of group g and were not given a value of it, of G
 * groups,
 *
 * <pre>se = sqrt((G - 1) / G * sum over g of (d_g - mean d)^2)</pre>
 *
 * Clusters, in the order of their first rows, make consecutive groups of about equally many rows;
 * so rows in order of time that are no clusters make blocks of time. A group is left out as giver
 * too because the increase is a mean over pairs of rows, a U-statistic (Arvesen 1969): leaving it
 * out as taker alone finds as little as half the error. The luck of the shuffles counts twice in
 * the squared error, once by each row of a pair, so that it errs on the safe side with few repeats,
 * and so does it for scores such as R², which divide by what the same rows vary.
 *
 * @param feature its name
 * @param increase of the loss, in the unit of the score
 * @param standardError of the increase; NaN with fewer than two groups
 * @param shuffleError standard error from the shuffles alone, which more repeats make smaller; NaN
 *     with one repeat
 * @param byRepeat the increase of each shuffle
 */
public record PermutationImportance(
    String feature,
    double increase,
    double standardError,
    double shuffleError,
    List<Double> byRepeat) {

  public PermutationImportance {
    byRepeat = List.copyOf(byRepeat);
  }

  /**
   * Rows that one model predicts, such as those of one fold. Shuffles stay within a part.
   *
   * @param actual one per row, finite
   * @param baseline the baseline's prediction, one per row
   * @param clusters rows of equal numbers, in whatever part, go into one group; null when each row
   *     is its own. For groups by fold: the fold's number in each row
   */
  public record Part(
      Model model, FeatureMatrix rows, double[] actual, double[] baseline, int[] clusters) {
    public Part {
      int n = rows.rows();
      if (actual.length != n || baseline.length != n || clusters != null && clusters.length != n) {
        throw new IllegalArgumentException("rows and values of unequal length");
      }
      if (!model.features().equals(rows.names())) {
        throw new IllegalArgumentException(
            "the model takes " + model.features() + ", not " + rows.names());
      }
    }
  }

  /**
   * @param repeats shuffles of each feature, at least 1
   * @param groups most groups of the jackknife, at least 2; time grows with it
   * @param seed all randomness comes from it
   * @param threads upper bound; does not change the result
   */
  public record Options(int repeats, int groups, long seed, int threads) {
    public Options {
      if (repeats < 1 || groups < 2 || threads < 1) {
        throw new IllegalArgumentException("repeats, groups or threads out of range");
      }
    }

    /** Five shuffles, 20 groups. */
    public static Options of(long seed, int threads) {
      return new Options(5, 20, seed, threads);
    }
  }

  /**
   * The importance of each feature, in the order of the features. Memory: about 100 bytes a row and
   * thread.
   *
   * @param parts at least one; all models take the same features
   * @throws slipstream.core.SlipstreamException CANCELLED when the thread is interrupted
   */
  public static List<PermutationImportance> of(List<Part> parts, Metric metric, Options options) {
    List<String> names = parts.getFirst().model().features();
    if (parts.stream().anyMatch(part -> !part.model().features().equals(names))) {
      throw new IllegalArgumentException("models of different features");
    }
    Scorer scorer = Scorer.of(parts, metric, options.groups());
    List<double[]> plain = new ArrayList<>();
    parts.forEach(part -> plain.add(part.model().predict(part.rows())));
    double[] before = joined(plain);
    List<double[]> increases =
        Parallel.map(
            names.size() * options.repeats(),
            options.threads(),
            Progress.NONE,
            task -> {
              int feature = task / options.repeats();
              int repeat = task % options.repeats();
              int[] givers = new int[before.length];
              double[] after = shuffled(parts, feature, repeat, options.seed(), givers);
              return scorer.increases(before, after, givers);
            });
    List<PermutationImportance> result = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      int first = f * options.repeats();
      List<double[]> own = increases.subList(first, first + options.repeats());
      result.add(summarise(names.get(f), own));
    }
    return List.copyOf(result);
  }

  private static PermutationImportance summarise(String feature, List<double[]> increases) {
    int repeats = increases.size();
    int groups = increases.getFirst().length - 1;
    double[] byRepeat = increases.stream().mapToDouble(each -> each[0]).toArray();
    double[] without = new double[groups];
    for (int g = 0; g < groups; g++) {
      int at = g + 1;
      without[g] = CompensatedSum.mean(increases.stream().mapToDouble(each -> each[at]).toArray());
    }
    double error = groups < 2 ? Double.NaN : Math.sqrt(squares(without) * (groups - 1) / groups);
    double shuffleError =
        repeats < 2 ? Double.NaN : Math.sqrt(squares(byRepeat) / (repeats - 1) / repeats);
    return new PermutationImportance(
        feature,
        CompensatedSum.mean(byRepeat),
        error,
        shuffleError,
        Arrays.stream(byRepeat).boxed().toList());
  }

  /** Sum of the squared deviations from the mean. */
  private static double squares(double[] values) {
    double mean = CompensatedSum.mean(values);
    CompensatedSum sum = new CompensatedSum();
    for (double value : values) {
      sum.add((value - mean) * (value - mean));
    }
    return sum.value();
  }

  /**
   * Predictions of all parts, one after another, with a feature shuffled.
   *
   * @param givers gets, for each row, the row whose value it was given
   */
  private static double[] shuffled(
      List<Part> parts, int feature, int repeat, long seed, int[] givers) {
    List<double[]> predicted = new ArrayList<>();
    int from = 0;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      int n = part.rows().rows();
      double[] column = new double[n];
      double[] given = new double[n];
      part.rows().copy(feature, 0, n, column, 0);
      int[] order = Marginal.order(n, CounterRandom.bits(seed, feature, (long) p << 32 | repeat));
      for (int i = 0; i < n; i++) {
        given[i] = column[order[i]];
        givers[from + i] = from + order[i];
      }
      predicted.add(part.model().predict(new ReplacedColumn(part.rows(), feature, given)));
      from += n;
    }
    return joined(predicted);
  }

  private static double[] joined(List<double[]> parts) {
    return parts.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /** Another matrix with one column in place of its own. */
  private record ReplacedColumn(FeatureMatrix rest, int column, double[] values)
      implements FeatureMatrix {
    @Override
    public int rows() {
      return rest.rows();
    }

    @Override
    public List<String> names() {
      return rest.names();
    }

    @Override
    public List<String> categories(int feature) {
      return rest.categories(feature);
    }

    @Override
    public double get(int row, int feature) {
      return feature == column ? values[row] : rest.get(row, feature);
    }

    @Override
    public void copy(int feature, int from, int to, double[] target, int offset) {
      if (feature == column) {
        System.arraycopy(values, from, target, offset, to - from);
      } else {
        rest.copy(feature, from, to, target, offset);
      }
    }
  }

  /** How much worse predictions score than others, on all rows and without each group. */
  private record Scorer(
      Metric metric, double[] actual, double[] baseline, int[] group, int groups) {
    static Scorer of(List<Part> parts, Metric metric, int groups) {
      int n = parts.stream().mapToInt(part -> part.rows().rows()).reduce(0, Math::addExact);
      double[] actual = new double[n];
      double[] baseline = new double[n];
      int[] cluster = new int[n];
      Map<Integer, Integer> numbers = new HashMap<>();
      int next = 0;
      int at = 0;
      for (Part part : parts) {
        for (int i = 0; i < part.actual().length; i++, at++) {
          actual[at] = part.actual()[i];
          baseline[at] = part.baseline()[i];
          if (part.clusters() == null) {
            cluster[at] = next++;
          } else {
            Integer number = numbers.get(part.clusters()[i]);
            if (number == null) {
              number = next++;
              numbers.put(part.clusters()[i], number);
            }
            cluster[at] = number;
          }
        }
      }
      return new Scorer(metric, actual, baseline, cluster, grouped(cluster, next, groups));
    }

    /** Replaces the clusters' numbers by those of their groups, and counts the groups. */
    private static int grouped(int[] cluster, int clusters, int groups) {
      int[] size = new int[clusters];
      for (int number : cluster) {
        size[number]++;
      }
      int[] groupOf = new int[clusters];
      long before = 0;
      long last = -1;
      int count = 0;
      for (int c = 0; c < clusters; c++) {
        long slot = (2 * before + size[c]) * groups / (2L * cluster.length);
        if (slot != last) {
          count++;
        }
        last = slot;
        groupOf[c] = count - 1;
        before += size[c];
      }
      for (int i = 0; i < cluster.length; i++) {
        cluster[i] = groupOf[cluster[i]];
      }
      return count;
    }

    double[] increases(double[] before, double[] after, int[] givers) {
      double[] result = new double[groups + 1];
      result[0] = increase(before, after, givers, -1);
      for (int g = 0; g < groups && groups > 1; g++) {
        result[g + 1] = increase(before, after, givers, g);
      }
      return result;
    }

    private double increase(double[] before, double[] after, int[] givers, int without) {
      double[] a = new double[actual.length];
      double[] b = new double[actual.length];
      double[] x = new double[actual.length];
      double[] y = new double[actual.length];
      int n = 0;
      for (int i = 0; i < actual.length; i++) {
        if (group[i] != without && group[givers[i]] != without) {
          a[n] = actual[i];
          b[n] = baseline[i];
          x[n] = before[i];
          y[n++] = after[i];
        }
      }
      double[] kept = Arrays.copyOf(a, n);
      double[] base = Arrays.copyOf(b, n);
      double rise =
          metric.score(kept, Arrays.copyOf(y, n), base)
              - metric.score(kept, Arrays.copyOf(x, n), base);
      return metric.higherIsBetter() ? 0 - rise : rise;
    }
  }
}
