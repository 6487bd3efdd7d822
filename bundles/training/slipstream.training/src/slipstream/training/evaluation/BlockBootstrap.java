package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.hipparchus.distribution.continuous.TDistribution;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Metric.Means;
import slipstream.training.evaluation.Report.Comparison;
import slipstream.training.evaluation.Report.Interval;
import slipstream.training.evaluation.Report.Resampling;

/**
 * Confidence intervals of out-of-sample scores and paired comparisons of models, by a circular block
 * bootstrap over time (Politis and Romano 1992).
 *
 * <p>Rows of neighbouring times and of one time depend on each other, so what is drawn anew is whole
 * stretches of time with all their rows. One pass over the rows sums what the metrics are made of by
 * cell, a short stretch of time; replicates are drawn from these sums, for all models alike, so that
 * differences between models are paired. Where models are scored on groups that they have not seen,
 * a cell is a group, and groups are drawn one by one.
 *
 * <p>Blocks are three times the length of Politis and White (2004, 2009), which is best for
 * estimating a variance but leaves intervals too short; with them, and with Student's t of as many
 * degrees of freedom as there are blocks less one, 95% intervals of the skill of autoregressive
 * errors covered 93 to 96% in simulations of 500 cells and more.
 *
 * <p>Deterministic by seed.
 */
public final class BlockBootstrap {
  /** The level of all intervals. */
  public static final double LEVEL = 0.95;

  private static final int REPLICATES = 999;
  private static final int MAX_CELLS = 2000;

  /** Fewer cells tell nothing of how scores vary. */
  private static final int MIN_CELLS = 10;

  private static final double LENGTHENED = 3;

  /** With fewer blocks than this their own spread is unknown. */
  private static final int MIN_BLOCKS = 4;

  private final Cells cells;
  private final DoubleColumn weights;
  private final List<Metric> metrics;
  private final List<Optional<Means>> means;
  private final int[] firstTerm;
  private final int terms;
  private final double[] cellWeights;
  private final List<String> names = new ArrayList<>();
  private final List<double[][]> sums = new ArrayList<>(); // of each model by term and cell

  /** A number by row. */
  @FunctionalInterface
  public interface DoubleColumn {
    double get(int row);
  }

  /**
   * Which rows are drawn together.
   *
   * @param starts the first row of each cell, ascending; null where {@code of} tells
   * @param of a row's cell; null where cells are stretches of rows
   * @param inTime whether neighbouring cells depend on each other; else each is drawn by itself
   */
  public record Cells(int rows, int count, int[] starts, IntUnaryOperator of, boolean inTime) {
    /**
     * Stretches of time of about equal numbers of rows, at most {@value #MAX_CELLS}.
     *
     * @param clusters the first row of each cluster, ascending; none is divided
     */
    public static Cells ofTime(int rows, int[] clusters) {
      int[] starts = new int[Math.min(MAX_CELLS, clusters.length)];
      int count = 0;
      for (int start : clusters) {
        if ((long) start * MAX_CELLS >= (long) count * rows) {
          starts[count++] = start;
        }
      }
      return new Cells(rows, count, Arrays.copyOf(starts, count), null, true);
    }

    /** Rows of one group, which is drawn as a whole and by itself. */
    public static Cells ofGroups(int rows, int groups, IntUnaryOperator of) {
      return new Cells(rows, groups, null, of, false);
    }

    interface Row {
      void accept(int row, int cell);
    }

    void forEach(Row action) {
      int cell = 0;
      for (int row = 0; row < rows; row++) {
        if (of != null) {
          cell = of.applyAsInt(row);
        } else {
          while (cell + 1 < count && starts[cell + 1] <= row) {
            cell++;
          }
        }
        action.accept(row, cell);
      }
    }
  }

  /**
   * Scores with their errors.
   *
   * @param scores by model and metric; NaN where a metric is no function of means
   * @param intervals in the same order
   * @param comparisons of every two models by the first metric, the better one first; by falling
   *     advantage
   */
  public record Result(
      List<List<Double>> scores,
      List<List<Interval>> intervals,
      List<Comparison> comparisons,
      Resampling resampling) {}

  /**
   * @param cells of the scored rows
   * @param weights how much each row counts, at least 0 and not all 0; null for equal weights
   * @param metrics the headline first
   * @param centre near the middle of the realised values: {@link Metric#means}
   */
  public BlockBootstrap(Cells cells, DoubleColumn weights, List<Metric> metrics, double centre) {
    this.cells = cells;
    this.weights = weights;
    this.metrics = metrics;
    means = metrics.stream().map(metric -> metric.means(centre)).toList();
    firstTerm = new int[metrics.size()];
    int count = 0;
    for (int m = 0; m < firstTerm.length; m++) {
      firstTerm[m] = count;
      count += means.get(m).map(Means::count).orElse(0);
    }
    terms = count;
    cellWeights = new double[cells.count()];
    cells.forEach((row, cell) -> cellWeights[cell] += weight(row));
  }

  private double weight(int row) {
    return weights == null ? 1 : weights.get(row);
  }

  /**
   * Sums a model's errors by cell. Keeps nothing else of the arrays.
   *
   * @param actual realised values of the scored rows
   * @param predicted by the model
   * @param baseline predicted by the baseline
   */
  public void add(String name, double[] actual, double[] predicted, double[] baseline) {
    double[][] into = new double[terms][cells.count()];
    int most = means.stream().mapToInt(each -> each.map(Means::count).orElse(0)).max().orElse(0);
    double[] row = new double[most];
    cells.forEach(
        (i, cell) -> {
          double weight = weight(i);
          for (int m = 0; m < firstTerm.length; m++) {
            Means metric = means.get(m).orElse(null);
            if (metric != null) {
              metric.terms(actual[i], predicted[i], baseline[i], row);
              for (int k = 0, count = metric.count(); k < count; k++) {
                into[firstTerm[m] + k][cell] += weight * row[k];
              }
            }
          }
        });
    names.add(name);
    sums.add(into);
  }

  /**
   * Scores and errors of the models, in the order in which they were added.
   *
   * @param seed all randomness comes from it
   */
  public Result result(long seed) {
    int models = sums.size();
    double[][] scores = new double[models][];
    for (int model = 0; model < models; model++) {
      scores[model] = scores(totals(model), CompensatedSum.of(cellWeights));
    }
    int count = cells.count();
    int length = cells.inTime() ? blockLength() : 1;
    boolean enough = count >= MIN_CELLS;
    double[][][] drawn = enough ? draw(length, seed) : null;
    double factor = enough ? 1 / Math.sqrt(1 - (double) length / count) : Double.NaN;
    TDistribution student = enough ? new TDistribution((double) count / length - 1) : null;
    double quantile = enough ? student.inverseCumulativeProbability((1 + LEVEL) / 2) : Double.NaN;
    List<List<Double>> scoreLists = new ArrayList<>();
    List<List<Interval>> intervals = new ArrayList<>();
    for (int model = 0; model < models; model++) {
      List<Interval> row = new ArrayList<>();
      for (int m = 0; m < metrics.size(); m++) {
        double error = enough ? factor * deviation(drawn[model][m]) : Double.NaN;
        double score = scores[model][m];
        row.add(new Interval(error, score - quantile * error, score + quantile * error));
      }
      intervals.add(row);
      scoreLists.add(Arrays.stream(scores[model]).boxed().toList());
    }
    List<Comparison> comparisons = new ArrayList<>();
    if (means.getFirst().isPresent()) {
      for (int a = 0; a < models; a++) {
        for (int b = a + 1; b < models; b++) {
          comparisons.add(compare(scores, drawn, a, b, factor, student));
        }
      }
    }
    comparisons.sort(Collections.reverseOrder(Comparison.BY_ADVANTAGE));
    return new Result(
        scoreLists,
        intervals,
        comparisons,
        new Resampling(count, length, REPLICATES, LEVEL, cells.inTime()));
  }

  private double[] totals(int model) {
    double[] totals = new double[terms];
    for (int k = 0; k < terms; k++) {
      totals[k] = CompensatedSum.of(sums.get(model)[k]);
    }
    return totals;
  }

  private Comparison compare(
      double[][] scores, double[][][] drawn, int a, int b, double factor, TDistribution student) {
    double advantage = advantage(scores[a][0], scores[b][0]);
    int better = advantage >= 0 ? a : b;
    int other = advantage >= 0 ? b : a;
    double error = Double.NaN;
    double p = Double.NaN;
    if (drawn != null) {
      double[] differences = new double[REPLICATES];
      for (int r = 0; r < REPLICATES; r++) {
        differences[r] = advantage(drawn[better][0][r], drawn[other][0][r]);
      }
      error = factor * deviation(differences);
      p = error > 0 ? 2 * student.cumulativeProbability(-Math.abs(advantage) / error) : Double.NaN;
    }
    return new Comparison(names.get(better), names.get(other), Math.abs(advantage), error, p);
  }

  /** How much better a score of the headline is than another. */
  private double advantage(double a, double b) {
    return metrics.getFirst().higherIsBetter() ? a - b : Math.abs(b) - Math.abs(a);
  }

  /** Cells a block, for the headline of the model whose errors depend on their past the longest. */
  private int blockLength() {
    int count = cells.count();
    if (count < MIN_CELLS || means.getFirst().isEmpty()) {
      return 1;
    }
    double longest = 1;
    for (int model = 0; model < sums.size(); model++) {
      longest = Math.max(longest, BlockLength.of(influence(model)));
    }
    double length = longest > 1 ? LENGTHENED * longest : 1;
    return (int) Math.clamp(Math.round(length), 1, Math.max(1, count / MIN_BLOCKS));
  }

  /** What the headline changes by when a cell is left out; 0 where that is not defined. */
  private double[] influence(int model) {
    double[] totals = totals(model);
    double weight = CompensatedSum.of(cellWeights);
    double whole = score(0, totals, weight);
    double[] influence = new double[cells.count()];
    double[] without = new double[terms];
    for (int cell = 0; cell < influence.length; cell++) {
      for (int k = 0; k < terms; k++) {
        without[k] = totals[k] - sums.get(model)[k][cell];
      }
      double change = whole - score(0, without, weight - cellWeights[cell]);
      influence[cell] = Double.isFinite(change) ? change : 0;
    }
    return influence;
  }

  private double[] scores(double[] totals, double weight) {
    double[] scores = new double[metrics.size()];
    for (int m = 0; m < scores.length; m++) {
      scores[m] = score(m, totals, weight);
    }
    return scores;
  }

  private double score(int metric, double[] totals, double weight) {
    Means means = this.means.get(metric).orElse(null);
    if (means == null || !(weight > 0)) {
      return Double.NaN;
    }
    double[] values = new double[means.count()];
    for (int k = 0; k < values.length; k++) {
      values[k] = totals[firstTerm[metric] + k] / weight;
    }
    return means.score(values);
  }

  /** Scores of the replicates, by model and metric. */
  private double[][][] draw(int length, long seed) {
    int models = sums.size();
    int count = cells.count();
    double[][][] drawn = new double[models][metrics.size()][REPLICATES];
    double[][][] before = new double[models][terms][];
    for (int model = 0; model < models; model++) {
      for (int k = 0; k < terms; k++) {
        before[model][k] = cumulated(sums.get(model)[k], length);
      }
    }
    double[] weightBefore = cumulated(cellWeights, length);
    SplittableRandom random = new SplittableRandom(seed);
    int blocks = (count + length - 1) / length;
    int lastLength = count - (blocks - 1) * length;
    int[] starts = new int[blocks];
    double[] totals = new double[terms];
    for (int r = 0; r < REPLICATES; r++) {
      for (int j = 0; j < blocks; j++) {
        starts[j] = random.nextInt(count);
      }
      double weight = sum(weightBefore, starts, length, lastLength);
      for (int model = 0; model < models; model++) {
        for (int k = 0; k < terms; k++) {
          totals[k] = sum(before[model][k], starts, length, lastLength);
        }
        for (int m = 0; m < metrics.size(); m++) {
          drawn[model][m][r] = score(m, totals, weight);
        }
      }
    }
    return drawn;
  }

  /** Sums of all cells before each one, the first ones following the last. */
  private static double[] cumulated(double[] values, int length) {
    double[] before = new double[values.length + length + 1];
    for (int i = 0; i < before.length - 1; i++) {
      before[i + 1] = before[i] + values[i % values.length];
    }
    return before;
  }

  private static double sum(double[] before, int[] starts, int length, int lastLength) {
    double sum = 0;
    for (int j = 0; j < starts.length; j++) {
      int count = j == starts.length - 1 ? lastLength : length;
      sum += before[starts[j] + count] - before[starts[j]];
    }
    return sum;
  }

  /** The standard deviation; NaN when a value is not defined. */
  private static double deviation(double[] values) {
    double mean = CompensatedSum.mean(values);
    CompensatedSum squares = new CompensatedSum();
    for (double value : values) {
      squares.add((value - mean) * (value - mean));
    }
    return Math.sqrt(squares.value() / (values.length - 1));
  }
}
