package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.Link;

/** The fast walk against {@link RegressionTree#leaf}, to the bit. */
class FlatTreesTest {
  private static final float[] ODD = {
    Float.NaN,
    Float.NEGATIVE_INFINITY,
    Float.POSITIVE_INFINITY,
    -0f,
    0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.intBitsToFloat(0xffc12345), // another NaN
    1,
    -1,
    2,
    -2
  };

  private static float reference(BoostedTrees model, float[] row) {
    float sum = 0;
    for (RegressionTree tree : model.trees()) {
      sum += tree.value(tree.leaf(row));
    }
    return model.baseScore() + sum;
  }

  private static void compare(BoostedTrees model, float[][] rows) {
    float[] expected = new float[rows.length];
    float[] single = new float[rows.length];
    float[][] columns = new float[model.features()][rows.length];
    for (int i = 0; i < rows.length; i++) {
      expected[i] = reference(model, rows[i]);
      single[i] = model.predict(rows[i]);
      for (int f = 0; f < model.features(); f++) {
        columns[f][i] = rows[i][f];
      }
    }
    assertArrayEquals(bits(expected), bits(single), "row by row");
    FeatureColumns all = FeatureColumns.of(columns);
    assertArrayEquals(bits(expected), bits(model.predict(all)), "in a batch");
    int from = rows.length / 3;
    int to = rows.length - rows.length / 4;
    assertArrayEquals(
        Arrays.copyOfRange(bits(expected), from, to), bits(model.predict(all, from, to)), "a part");
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  @Property(tries = 300)
  void walksAsTheTreesDo(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 21) int trees,
      @ForAll @IntRange(min = 1, max = 9) int features,
      @ForAll @IntRange(min = 0, max = 9) int depth,
      @ForAll @IntRange(min = 0, max = 70) int rows) {
    BoostedTrees model = RandomTrees.of(seed, trees, features, depth);
    SplittableRandom random = new SplittableRandom(seed);
    float[][] x = new float[rows][];
    for (int i = 0; i < rows; i++) {
      x[i] = RandomTrees.row(random, features);
      for (int f = 0; f < features; f++) {
        x[i][f] = random.nextInt(3) == 0 ? ODD[random.nextInt(ODD.length)] : x[i][f];
      }
    }
    compare(model, x);
  }

  @Test
  void manyBlocksOfRows() {
    SplittableRandom random = new SplittableRandom(3);
    float[][] rows = new float[20_001][];
    Arrays.setAll(rows, i -> RandomTrees.row(random, 5));
    compare(RandomTrees.of(8, 30, 5, 7), rows);
  }

  /** A level so wide, of so many features, that a node has no room for both. */
  @Test
  void treesThatAreTooWideAreWalkedOneByOne() {
    int depth = 15;
    int nodes = (2 << depth) - 1;
    int inner = nodes / 2;
    int[] feature = new int[nodes];
    int[] right = new int[nodes];
    boolean[] missingLeft = new boolean[nodes];
    float[] threshold = new float[nodes];
    float[] value = new float[nodes];
    int[] next = {0, 0};
    SplittableRandom random = new SplittableRandom(5);
    grow(0, depth, feature, right, value, next);
    for (int i = 0; i < nodes; i++) {
      missingLeft[i] = feature[i] >= 0 && random.nextBoolean();
      threshold[i] = random.nextInt(-2, 3);
    }
    var wide =
        new RegressionTree(
            feature, threshold, right, missingLeft, value, new double[nodes], new int[nodes]);
    List<RegressionTree> trees = new java.util.ArrayList<>();
    for (int t = 0; t < 11; t++) {
      trees.add(t == 4 ? wide : RandomTrees.of(t, 1, 7, 4).trees().getFirst());
    }
    float[][] rows = new float[37][];
    Arrays.setAll(rows, i -> RandomTrees.row(random, inner));
    compare(new BoostedTrees(inner, 0.5f, Link.IDENTITY, trees), rows);
  }

  private static void grow(
      int at, int depth, int[] feature, int[] right, float[] value, int[] next) {
    next[0]++;
    if (depth == 0) {
      feature[at] = -1;
      right[at] = -1;
      value[at] = at;
      return;
    }
    feature[at] = next[1]++;
    grow(next[0], depth - 1, feature, right, value, next);
    right[at] = next[0];
    grow(next[0], depth - 1, feature, right, value, next);
  }

  @Test
  void foreignNodesMustBeATree() {
    boolean[] flags = new boolean[3];
    float[] floats = new float[3];
    double[] gains = new double[3];
    int[] rows = new int[3];
    RegressionTree tree =
        RegressionTree.of(
            new int[] {0, -1, -1}, new float[] {-0f, 0, 0}, flags, floats, gains, rows);
    assertEquals(2, tree.right(0));
    assertEquals(0, Float.floatToRawIntBits(tree.threshold(0)));
    for (int[] feature : new int[][] {{-1, -1, -1}, {0, -1, 0}, {0, 0, -1}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> RegressionTree.of(feature, floats, flags, floats, gains, rows));
    }
    int[] fine = {0, -1, -1};
    assertThrows(
        IllegalArgumentException.class,
        () -> RegressionTree.of(fine, new float[] {Float.NaN, 0, 0}, flags, floats, gains, rows));
    assertThrows(
        IllegalArgumentException.class,
        () -> RegressionTree.of(fine, floats, flags, new float[] {0, Float.NaN, 0}, gains, rows));
    assertThrows(
        IllegalArgumentException.class,
        () -> RegressionTree.of(fine, floats, flags, floats, new double[] {-1, 0, 0}, rows));
    assertThrows(
        IllegalArgumentException.class,
        () -> RegressionTree.of(fine, floats, flags, floats, gains, new int[] {-1, 0, 0}));
  }
}
