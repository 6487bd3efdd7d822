package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.hipparchus.distribution.continuous.TDistribution;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.Model;
import slipstream.core.spi.RowSelection;
import slipstream.training.evaluation.BlockSums.Ratio;
import slipstream.training.evaluation.Report.Breakdown;
import slipstream.training.evaluation.Report.BreakdownBucket;
import slipstream.training.evaluation.Report.BucketCoverage;
import slipstream.training.evaluation.Report.BucketScore;
import slipstream.training.evaluation.Report.Drift;
import slipstream.training.evaluation.Report.Resampling;
import slipstream.training.evaluation.Report.ZScore;

/**
 * Predicted against realised values of the scored rows, told apart by several things: what is in a bucket, how each model does
 * there, and how sure that is.
 *
 * <p>One pass for each model, the baseline first, adds its errors up by bucket and cell; of the rows nothing is kept. Cells
 * are those of {@link BlockBootstrap}, neighbours taken together until there are at most {@value #MAX_CELLS}; errors are those
 * of its blocks: {@link BlockSums}. Deterministic: one thread, rows in order.
 */
public final class Breakdowns {
  private static final int MAX_CELLS = 250;

  /** Beyond so many timing risks a normal error lies once in 22 times. */
  private static final double FAR = 2;

  private final List<Bucketing> dimensions;
  private final BlockBootstrap.Cells cells;
  private final int cellCount;
  private final int paths;
  private final IntToDoubleFunction risk; // by scored row; null for none
  private final IntToDoubleFunction
      time; // by scored row, 0 at the first and 1 at the last; null for one time
  private final double meanTime;
  private final Shared[] shared;
  private final double[] timeSums;
  private final double[] timeSquares;
  private final double[] cellRows;
  private final List<ModelSums> models = new ArrayList<>();

  /** What is the same for all models, by bucket and cell. */
  private static final class Shared {
    final double[] rows;
    final double[] actual;
    final double[] risky; // rows with a timing risk

    Shared(int size, boolean risk) {
      rows = new double[size];
      actual = new double[size];
      risky = risk ? new double[size] : null;
    }
  }

  /** A model's sums for one dimension, by bucket and cell. */
  private static final class Sums {
    final double[] predicted;
    final double[] squares;
    final double[] scores;
    final double[] scoreSquares;
    final double[] far;
    final double[][] covered;

    Sums(int size, boolean risk, int quantiles) {
      predicted = new double[size];
      squares = new double[size];
      scores = risk ? new double[size] : null;
      scoreSquares = risk ? new double[size] : null;
      far = risk ? new double[size] : null;
      covered = new double[quantiles][size];
    }
  }

  /**
   * @param residuals realised minus predicted by cell
   * @param trend the same times the centred time
   */
  private record ModelSums(
      String name,
      Sums[] dimensions,
      List<Model.Output> levels,
      double[] residuals,
      double[] trend) {}

  /**
   * @param dimensions what rows are told apart by; those that have all rows in one bucket are left out
   * @param rows the scored ones, in order of time, by row of the data
   * @param paths how often each is predicted
   * @param cells of the predictions
   * @param times by row of the data, ascending over the scored rows: UTC nanoseconds, or row numbers
   * @param hasTime false for row numbers
   * @param risk by row of the data: the standard deviation of its realised value; rows where it is not finite and above 0 have no
   *     z-score; null for none
   */
  public Breakdowns(
      List<Dimension> dimensions,
      RowSelection rows,
      int paths,
      BlockBootstrap.Cells cells,
      IntToLongFunction times,
      boolean hasTime,
      IntToDoubleFunction risk) {
    this.dimensions = new ArrayList<>(List.of(Bucketing.all()));
    for (Dimension each : dimensions) {
      Bucketing.of(each, rows, times, hasTime).ifPresent(this.dimensions::add);
    }
    this.cells = cells;
    this.paths = paths;
    cellCount = Math.min(MAX_CELLS, Math.max(1, cells.count()));
    this.risk = risk == null ? null : i -> risk.applyAsDouble(rows.get(i));
    long first = rows.size() == 0 ? 0 : times.applyAsLong(rows.get(0));
    long last = rows.size() == 0 ? 0 : times.applyAsLong(rows.get(rows.size() - 1));
    time =
        first == last
            ? null
            : i -> (double) (times.applyAsLong(rows.get(i)) - first) / (last - first);
    CompensatedSum sum = new CompensatedSum();
    for (int i = 0; time != null && i < rows.size(); i++) {
      sum.add(time.applyAsDouble(i));
    }
    meanTime = time == null ? 0 : sum.value() / rows.size();
    shared = new Shared[this.dimensions.size()];
    for (int d = 0; d < shared.length; d++) {
      shared[d] = new Shared(size(d), risk != null);
    }
    timeSums = new double[cellCount];
    timeSquares = new double[cellCount];
    cellRows = new double[cellCount];
  }

  private int size(int dimension) {
    return dimensions.get(dimension).ranges().size() * cellCount;
  }

  /** Neighbouring cells, taken together. */
  private int coarse(int cell) {
    return (int) ((long) cell * cellCount / Math.max(1, cells.count()));
  }

  /**
   * Adds a model up, the baseline first. Keeps nothing of the arrays.
   *
   * @param actual realised values of the predictions
   * @param predicted by the model
   * @param outputs what it predicts by output, where there are several
   * @param levels what these are
   */
  public void add(
      String name,
      double[] actual,
      double[] predicted,
      double[][] outputs,
      List<Model.Output> levels) {
    boolean firstModel = models.isEmpty();
    List<Model.Output> quantiles =
        levels.stream().filter(each -> !Double.isNaN(each.quantile())).toList();
    double[][] bounds =
        quantiles.stream().map(each -> outputs[levels.indexOf(each)]).toArray(double[][]::new);
    Sums[] sums = new Sums[dimensions.size()];
    Arrays.setAll(sums, d -> new Sums(size(d), risk != null, bounds.length));
    double[] residuals = new double[cellCount];
    double[] trend = new double[cellCount];
    cells.forEach(
        (place, cell) -> {
          int row = place / paths;
          int c = coarse(cell);
          double residual = actual[place] - predicted[place];
          double sd = risk == null ? Double.NaN : risk.applyAsDouble(row);
          boolean risky = sd > 0 && sd <= Double.MAX_VALUE;
          double z = residual / sd;
          double centred = time == null ? 0 : time.applyAsDouble(row) - meanTime;
          residuals[c] += residual;
          trend[c] += residual * centred;
          if (firstModel) {
            timeSums[c] += centred;
            timeSquares[c] += centred * centred;
            cellRows[c]++;
          }
          for (int d = 0; d < sums.length; d++) {
            int at = dimensions.get(d).of().applyAsInt(row) * cellCount + c;
            if (firstModel) {
              shared[d].rows[at]++;
              shared[d].actual[at] += actual[place];
              if (risky) {
                shared[d].risky[at]++;
              }
            }
            sums[d].predicted[at] += predicted[place];
            sums[d].squares[at] += residual * residual;
            if (risky) {
              sums[d].scores[at] += z;
              sums[d].scoreSquares[at] += z * z;
              sums[d].far[at] += Math.abs(z) > FAR ? 1 : 0;
            }
            for (int k = 0; k < bounds.length; k++) {
              sums[d].covered[k][at] += actual[place] <= bounds[k][place] ? 1 : 0;
            }
          }
        });
    models.add(new ModelSums(name, sums, quantiles, residuals, trend));
  }

  /** Cells drawn together, as the bootstrap does, in these cells. */
  private int block(Resampling resampling) {
    double length = (double) resampling.blockCells() * cellCount / Math.max(1, cells.count());
    return Math.max(1, (int) Math.ceil(length - 1e-9));
  }

  /**
   * By what rows are told apart by, all rows first.
   *
   * @param resampling how long the blocks are
   */
  public List<Breakdown> result(Resampling resampling) {
    int block = block(resampling);
    List<Breakdown> result = new ArrayList<>();
    for (int d = 0; d < dimensions.size(); d++) {
      Bucketing each = dimensions.get(d);
      List<BreakdownBucket> buckets = new ArrayList<>();
      for (int b = 0; b < each.ranges().size(); b++) {
        buckets.add(bucket(d, b, block));
      }
      result.add(
          new Breakdown(
              each.name(), each.expression(), each.unit(), each.kind(), each.zone(), buckets));
    }
    return result;
  }

  private BreakdownBucket bucket(int d, int b, int block) {
    int from = b * cellCount;
    Shared all = shared[d];
    Bucketing.Range range = dimensions.get(d).ranges().get(b);
    Ratio realised = BlockSums.ratio(all.actual, all.rows, from, cellCount, block);
    List<BucketScore> scores = new ArrayList<>();
    for (ModelSums model : models) {
      scores.add(score(model, d, from, block));
    }
    return new BreakdownBucket(
        range.label(),
        range.low(),
        range.high(),
        Math.round(total(all.rows, from)) / paths,
        realised.value(),
        realised.standardError(),
        scores);
  }

  private BucketScore score(ModelSums model, int d, int from, int block) {
    Shared all = shared[d];
    Sums sums = model.dimensions()[d];
    double rows = total(all.rows, from);
    double[] residuals = new double[cellCount];
    for (int c = 0; c < cellCount; c++) {
      residuals[c] = all.actual[from + c] - sums.predicted[from + c];
    }
    double[] counts = Arrays.copyOfRange(all.rows, from, from + cellCount);
    Ratio residual = BlockSums.ratio(residuals, counts, 0, cellCount, block);
    double[] baseline = models.getFirst().dimensions()[d].squares;
    // Of the baseline against itself there is nothing to be sure of.
    Ratio loss = BlockSums.ratio(sums.squares, baseline, from, cellCount, block);
    List<BucketCoverage> coverage = new ArrayList<>();
    for (int k = 0; k < sums.covered.length; k++) {
      Ratio covered = BlockSums.ratio(sums.covered[k], all.rows, from, cellCount, block);
      Model.Output level = model.levels().get(k);
      coverage.add(
          new BucketCoverage(
              level.name(), level.quantile(), covered.value(), covered.standardError()));
    }
    return new BucketScore(
        model.name(),
        total(sums.predicted, from) / rows,
        residual.value(),
        residual.standardError(),
        Math.sqrt(total(sums.squares, from) / rows),
        1 - loss.value(),
        loss.standardError(),
        risk == null ? null : zScore(all, sums, from, block),
        coverage);
  }

  private ZScore zScore(Shared all, Sums sums, int from, int block) {
    double rows = total(all.risky, from);
    Ratio mean = BlockSums.ratio(sums.scores, all.risky, from, cellCount, block);
    Ratio far = BlockSums.ratio(sums.far, all.risky, from, cellCount, block);
    double square = total(sums.scoreSquares, from) / rows;
    double variance = (square - mean.value() * mean.value()) * rows / (rows - 1);
    return new ZScore(
        Math.round(rows) / paths,
        mean.value(),
        mean.standardError(),
        rows < 2 ? Double.NaN : Math.sqrt(Math.max(0, variance)),
        far.value(),
        far.standardError());
  }

  private double total(double[] sums, int from) {
    CompensatedSum total = new CompensatedSum();
    for (int c = from; c < from + cellCount; c++) {
      total.add(sums[c]);
    }
    return total.value();
  }

  /**
   * How the models' residuals drift: their regression on time. Empty where all rows have one time.
   *
   * @param resampling how long the blocks are
   */
  public List<Drift> drifts(Resampling resampling) {
    if (time == null) {
      return List.of();
    }
    int block = block(resampling);
    double rows = CompensatedSum.of(cellRows);
    double spread = CompensatedSum.of(timeSquares);
    List<Drift> drifts = new ArrayList<>();
    for (ModelSums model : models) {
      double mean = CompensatedSum.of(model.residuals()) / rows;
      double change = CompensatedSum.of(model.trend()) / spread;
      double[] influence = new double[cellCount];
      int present = 0;
      for (int c = 0; c < cellCount; c++) {
        influence[c] = (model.trend()[c] - mean * timeSums[c] - change * timeSquares[c]) / spread;
        present += cellRows[c] > 0 ? 1 : 0;
      }
      double error = BlockSums.standardError(influence, present, block);
      double freedom = Math.max(1, (double) present / block - 2);
      double p =
          error > 0
              ? 2 * new TDistribution(freedom).cumulativeProbability(-Math.abs(change) / error)
              : Double.NaN;
      drifts.add(new Drift(model.name(), change, error, p));
    }
    return drifts;
  }
}
