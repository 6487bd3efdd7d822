package slipstream.training.trees;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.device.BinnedTree;
import slipstream.core.spi.Loss;

/**
 * Rows that the trees are judged on and never see. They keep their order, so their loss is summed
 * in double by blocks of fixed size, and does not depend on threads either.
 */
final class ValidationRows {
  private static final int BLOCK = 4096;

  private final int rows;
  private final RecordLayout layout;
  private final long[][] records;
  private Loss loss;
  private float baseScore;
  private final double[] target;
  private final double[] weights;
  private final double sumOfWeights;
  private final float[] scores;

  /**
   * @param weights from 0 on; null when all are equal
   */
  ValidationRows(
      FeatureColumns columns, double[] target, double[] weights, CutPoints cuts, ThreadTeam team) {
    this.rows = columns.rows();
    this.target = target;
    this.weights = weights;
    sumOfWeights =
        weights == null ? rows : Arrays.stream(weights).sequential().reduce(0, Double::sum);
    layout = RecordLayout.of(columns.features());
    records = new long[(rows + BLOCK - 1) / BLOCK][];
    scores = new float[rows];
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          Binner binner = new Binner(cuts);
          for (int b = next.getAndIncrement(); b < records.length; b = next.getAndIncrement()) {
            int from = b * BLOCK;
            int to = Math.min(rows, from + BLOCK);
            records[b] = new long[(to - from) * layout.stride()];
            binner.bin(columns, from, to, records[b], layout, 0);
          }
        });
  }

  /**
   * Forgets all trees, and judges those that come by another loss.
   *
   * @param start sums of the rows' scores without the base; null for 0
   */
  void begin(Loss loss, float baseScore, float[] start) {
    this.loss = loss;
    this.baseScore = baseScore;
    if (start == null) {
      Arrays.fill(scores, 0);
    } else {
      System.arraycopy(start, 0, scores, 0, rows);
    }
  }

  /** Adds a tree to the scores and returns the mean loss. */
  double add(BinnedTree tree, ThreadTeam team) {
    double[] losses = new double[records.length];
    AtomicInteger next = new AtomicInteger();
    team.run(
        w -> {
          for (int b = next.getAndIncrement(); b < records.length; b = next.getAndIncrement()) {
            losses[b] = add(tree, b);
          }
        });
    return Arrays.stream(losses).sequential().reduce(0, Double::sum) / sumOfWeights;
  }

  private double add(BinnedTree tree, int block) {
    double sum = 0;
    int from = block * BLOCK;
    int to = Math.min(rows, from + BLOCK);
    for (int i = from; i < to; i++) {
      scores[i] += BinnedRows.value(tree, records[block], (i - from) * layout.stride());
      float score = baseScore + scores[i];
      double share = loss.loss((float) target[i], score);
      sum += weights == null ? share : weights[i] * share;
    }
    return sum;
  }
}
