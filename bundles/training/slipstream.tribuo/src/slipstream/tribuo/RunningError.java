package slipstream.tribuo;

import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import java.util.List;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;
import org.tribuo.regression.rtree.impurity.RegressorImpurity;
import slipstream.core.progress.Progress;

/**
 * The mean squared error, from running sums. Tribuo asks for the error of both sides anew at each candidate of a split, in
 * the order of the feature's values: the left side has one value more than before, the right one less. Counting each side
 * from its first row, as {@link MeanSquaredError} does, takes time that grows with rows times candidates.
 *
 * <p>Growing can be stopped here. For one thread.
 */
final class RunningError implements RegressorImpurity {
  private static final int CALLS = 256;

  private final MeanSquaredError error = new MeanSquaredError();
  private final Progress progress;
  private final Side left = new Side();
  private final Side right = new Side();
  private int calls;

  RunningError(Progress progress) {
    this.progress = progress;
  }

  /** The rows of the values on one side, and their sums. */
  private static final class Side {
    private float[] targets;
    private float[] weights;
    private int[] first;
    private int[] second;
    private int[] last;
    private int size;
    private double weight;
    private double sum;
    private double squares;

    /** Whether these are the same rows and those of one value more at the end. */
    boolean grewTo(List<int[]> rows, float[] ofTargets, float[] ofWeights) {
      return rows.size() == size + 1
          && targets == ofTargets
          && weights == ofWeights
          && rows.getFirst() == first
          && rows.get(size - 1) == last;
    }

    /** Whether these are the same rows without those of the first value. */
    boolean shrankTo(List<int[]> rows, float[] ofTargets, float[] ofWeights) {
      return rows.size() == size - 1
          && targets == ofTargets
          && weights == ofWeights
          && rows.getFirst() == second
          && rows.getLast() == last;
    }

    void begin(List<int[]> rows, float[] ofTargets, float[] ofWeights) {
      targets = ofTargets;
      weights = ofWeights;
      weight = 0;
      sum = 0;
      squares = 0;
      for (int[] each : rows) {
        add(each, 1);
      }
      note(rows);
    }

    void note(List<int[]> rows) {
      size = rows.size();
      first = rows.getFirst();
      second = size > 1 ? rows.get(1) : null;
      last = rows.getLast();
    }

    void add(int[] rows, int sign) {
      for (int row : rows) {
        double of = (double) weights[row] * sign;
        double target = targets[row];
        weight += of;
        sum += of * target;
        squares += of * target * target;
      }
    }

    ImpurityTuple tuple() {
      double mean = sum / weight;
      return new ImpurityTuple((float) Math.max(0, squares / weight - mean * mean), (float) weight);
    }
  }

  private void watch() {
    if (calls++ % CALLS == 0) {
      progress.checkCancelled();
    }
  }

  @Override
  public double impurity(float[] targets, float[] weights) {
    watch();
    return error.impurity(targets, weights);
  }

  @Override
  public ImpurityTuple impurityTuple(
      int[] indices, int indicesLength, float[] targets, float[] weights) {
    watch();
    return error.impurityTuple(indices, indicesLength, targets, weights);
  }

  @Override
  public ImpurityTuple impurityTuple(List<int[]> indices, float[] targets, float[] weights) {
    watch();
    if (indices.isEmpty()) {
      return error.impurityTuple(indices, targets, weights);
    }
    if (left.grewTo(indices, targets, weights)) {
      left.add(indices.getLast(), 1);
      left.note(indices);
      return left.tuple();
    }
    if (right.shrankTo(indices, targets, weights)) {
      right.add(right.first, -1);
      right.note(indices);
      return right.tuple();
    }
    Side side = indices.size() == 1 ? left : right; // a left side begins with one value
    side.begin(indices, targets, weights);
    return side.tuple();
  }

  @Override
  public ConfiguredObjectProvenance getProvenance() {
    return error.getProvenance();
  }
}
