package slipstream.onnx.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter.Verification;
import slipstream.core.spi.FeatureMatrix;
import slipstream.onnx.internal.proto.ModelProto;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesModel;

/**
 * Compares a written file with the trees it was made of: on each row the leaf of every tree, by a second model whose
 * leaves hold their numbers, and the prediction.
 *
 * <p>The second model is made from the written bytes, so that it stands for what a reader of the file will see.
 */
public final class TreeCheck {
  /**
   * Boundary rows x trees that are compared on all trees and by prediction. Beyond, every k-th split is; but every split
   * is compared on its own tree.
   */
  private static final long MAX_BOUNDARY_WORK = 30_000_000;

  /** Trees that are checked together when each split is compared near its own tree only. */
  private static final int TREES_TOGETHER = 16;

  private static final int BLOCK_CELLS = 1 << 22;
  private static final int MAX_BLOCK_ROWS = 4096;
  private static final int MAX_THREADED_ROWS = 2048;

  private final BoostedTreesModel model;
  private final BoostedTrees trees;
  private final byte[] file;
  private final Progress progress;
  private long total;
  private long done;

  public TreeCheck(BoostedTreesModel model, byte[] file, Progress progress) {
    this.model = model;
    this.trees = TreeGraph.together(model);
    this.file = file;
    this.progress = progress;
  }

  /**
   * @throws SlipstreamException when a leaf or, by more than one ulp, a prediction differs
   */
  public Verification verify(FeatureMatrix rows) {
    FeatureMatrix given = model.numbered(rows);
    ModelProto written;
    int features = trees.features();
    int treeCount = trees.trees().size();
    try {
      written = ModelProto.parseFrom(file);
      if (TreeGraph.trees(written) != treeCount) {
        throw OnnxMismatch.of(Text.format("it holds %d trees", TreeGraph.trees(written)));
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException | ArithmeticException e) {
      throw OnnxMismatch.of("it cannot be read back: " + e.getMessage());
    }
    if (treeCount == 0) {
      return new LinearCheck(model, file, progress).verify(given);
    }
    BoundaryRows boundary = new BoundaryRows(trees, model.categories(), given);
    long work = boundary.splits() * BoundaryRows.VARIANTS * treeCount;
    long stride = Math.max(1, -Math.floorDiv(-work, MAX_BOUNDARY_WORK));
    long together = -Math.floorDiv(-boundary.splits(), stride) * BoundaryRows.VARIANTS;
    total = given.rows() + together;
    try (OnnxSession predictions = new OnnxSession(file, features, 1)) {
      Comparison all = new Comparison(written, predictions, 0, treeCount);
      long givenRows;
      long reached;
      try (all) {
        double[] row = new double[features];
        for (int r = 0; r < given.rows(); r++) {
          for (int f = 0; f < features; f++) {
            row[f] = given.get(r, f);
          }
          all.add(row, null);
        }
        all.flush();
        givenRows = all.compared;
        reached = boundary.forEach(0, treeCount, stride, all::add);
        all.flush();
      }
      if (stride > 1) {
        total += boundary.splits() * BoundaryRows.VARIANTS;
        reached = 0;
        for (int from = 0; from < treeCount; from += TREES_TOGETHER) {
          int to = Math.min(treeCount, from + TREES_TOGETHER);
          try (Comparison some = new Comparison(written, null, from, to)) {
            reached += boundary.forEach(from, to, 1, some::add);
            some.flush();
          }
        }
      }
      all.anyThreadsAndBatches(given);
      return new Verification(
          predictions.runtime(),
          givenRows,
          boundary.splits() * BoundaryRows.VARIANTS,
          all.maxUlps,
          notes(boundary, together, reached));
    }
  }

  private List<String> notes(BoundaryRows boundary, long together, long reached) {
    List<String> notes = new ArrayList<>();
    notes.add(
        Text.format("%,d trees: the same leaf of every tree on every row", trees.trees().size()));
    notes.add(
        Text.format(
            "%,d splits, each at, just below and just above its threshold, between floats, and for NaN",
            boundary.splits()));
    if (model.categories().stream().anyMatch(each -> each.count() > 0)) {
      notes.add(
          "splits by categories: for one of either side, for one that is not known, a fraction and NaN;"
              + " the input holds a category's number, which the metadata tell");
    }
    if (together < boundary.splits() * BoundaryRows.VARIANTS) {
      notes.add(
          Text.format(
              "boundary rows were compared on the split's own and neighbouring trees, %,d of them also on all trees and by prediction",
              together));
    }
    if (reached < boundary.splits()) {
      notes.add(
          Text.format("%,d of these splits can be reached by no row", boundary.splits() - reached));
    }
    notes.add(
        "the same bits for 1 and 4 threads of ONNX Runtime and for batches from 1 to 2,048 rows");
    return notes;
  }

  /** Compares rows on trees [fromTree, toTree), and by prediction where a session for it is given. */
  private final class Comparison implements AutoCloseable {
    private final OnnxSession predictions;
    private final OnnxSession leafNumbers;
    private final int fromTree;
    private final int treeCount;
    private final int features = trees.features();
    private final double[] rows;
    private final BoundaryRows.Origin[] origins;
    private final float[] single = new float[trees.features()];
    private int filled;
    long compared;
    long maxUlps;

    Comparison(ModelProto written, OnnxSession predictions, int fromTree, int toTree) {
      this.predictions = predictions;
      this.fromTree = fromTree;
      this.treeCount = toTree - fromTree;
      int blockRows = Math.clamp(BLOCK_CELLS / Math.max(features, treeCount), 16, MAX_BLOCK_ROWS);
      this.rows = new double[blockRows * features];
      this.origins = new BoundaryRows.Origin[blockRows];
      this.leafNumbers =
          new OnnxSession(TreeGraph.leaves(written, fromTree, toTree).toByteArray(), features, 1);
    }

    @Override
    public void close() {
      leafNumbers.close();
    }

    void add(double[] row, BoundaryRows.Origin origin) {
      System.arraycopy(row, 0, rows, filled * features, features);
      origins[filled++] = origin;
      if (filled == origins.length) {
        flush();
      }
    }

    void flush() {
      if (filled == 0) {
        return;
      }
      progress.checkCancelled();
      compareLeaves();
      if (predictions != null) {
        comparePredictions();
      }
      compared += filled;
      done += filled;
      filled = 0;
      progress.stage("Check ONNX", done, total, "rows");
    }

    private void compareLeaves() {
      float[] leaves = leafNumbers.run(rows, filled);
      if (leaves.length != filled * treeCount) {
        throw OnnxMismatch.of("it gives results of another shape");
      }
      FeatureMatrix numbered = model.numbered(matrix());
      for (int r = 0; r < filled; r++) {
        for (int f = 0; f < features; f++) {
          single[f] = (float) numbered.get(r, f);
        }
        for (int t = 0; t < treeCount; t++) {
          int leaf = trees.trees().get(fromTree + t).leaf(single);
          if (leaves[r * treeCount + t] != leaf) {
            throw OnnxMismatch.of(
                Text.format(
                    "tree %d gives leaf %.0f instead of %d on %s",
                    fromTree + t, leaves[r * treeCount + t], leaf, where(r)));
          }
        }
      }
    }

    private void comparePredictions() {
      double[][] expected = model.predictAll(matrix());
      compare(predictions.run(rows, filled), new double[][] {expected[model.headline()]});
      if (expected.length > 1) {
        compare(predictions.run(rows, filled, 1), expected);
      }
    }

    /**
     * @param expected {@code [output][row]}
     */
    private void compare(float[] predicted, double[][] expected) {
      int outputs = expected.length;
      if (predicted.length != filled * outputs) {
        throw OnnxMismatch.of("it gives results of another shape");
      }
      for (int i = 0; i < predicted.length; i++) {
        int r = i / outputs;
        float wanted = (float) expected[i % outputs][r];
        long ulps = Ulps.between(predicted[i], wanted);
        if (ulps > 1) {
          throw OnnxMismatch.of(
              Text.format("it predicts %s instead of %s on %s", predicted[i], wanted, where(r)));
        }
        maxUlps = Math.max(maxUlps, ulps);
      }
    }

    private FeatureMatrix matrix() {
      double[][] columns = new double[features][filled];
      for (int r = 0; r < filled; r++) {
        for (int f = 0; f < features; f++) {
          columns[f][r] = rows[r * features + f];
        }
      }
      return FeatureMatrix.ofColumns(model.features(), columns);
    }

    private String where(int row) {
      BoundaryRows.Origin origin = origins[row];
      return origin == null
          ? "row " + (compared + row)
          : Text.format(
              "a row for tree %d, node %d: %s = %s",
              origin.tree(), origin.node(), model.features().get(origin.feature()), origin.value());
    }

    /** What users do and a check with one thread and large batches would not see. */
    void anyThreadsAndBatches(FeatureMatrix given) {
      int count = Math.min(given.rows(), MAX_THREADED_ROWS);
      if (count == 0) {
        return;
      }
      double[] sample = new double[count * features];
      for (int r = 0; r < count; r++) {
        for (int f = 0; f < features; f++) {
          sample[r * features + f] = given.get(r, f);
        }
      }
      float[] expected = predictions.run(sample, count);
      try (OnnxSession threaded = new OnnxSession(file, features, 4)) {
        for (int batch : new int[] {1, 7, 61, count}) {
          int rowsOfBatch = Math.min(count, 40 * batch);
          for (int from = 0; from + batch <= rowsOfBatch; from += batch) {
            double[] part = Arrays.copyOfRange(sample, from * features, (from + batch) * features);
            float[] result = threaded.run(part, batch);
            for (int i = 0; i < batch; i++) {
              if (Ulps.between(result[i], expected[from + i]) != 0) {
                throw OnnxMismatch.of(
                    Text.format(
                        "with 4 threads and a batch of %d it predicts %s instead of %s on row %d",
                        batch, result[i], expected[from + i], from + i));
              }
            }
          }
        }
      }
    }
  }
}
