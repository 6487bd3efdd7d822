package slipstream.training.trees;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import slipstream.core.spi.Link;

/** Trees that no training would grow: any shape, any values, the same feature often on one path. */
public final class RandomTrees {
  private final SplittableRandom random;
  private final int features;
  private final List<Integer> feature = new ArrayList<>();
  private final List<Float> threshold = new ArrayList<>();
  private final List<Integer> right = new ArrayList<>();
  private final List<Boolean> missingLeft = new ArrayList<>();
  private final List<Float> value = new ArrayList<>();
  private final List<Integer> rows = new ArrayList<>();

  private RandomTrees(SplittableRandom random, int features) {
    this.random = random;
    this.features = features;
  }

  /** A forest; thresholds are whole numbers from -2 to 2, or infinite. */
  public static BoostedTrees of(long seed, int trees, int features, int depth) {
    SplittableRandom random = new SplittableRandom(seed);
    List<RegressionTree> list = new ArrayList<>();
    for (int t = 0; t < trees; t++) {
      list.add(new RandomTrees(random, features).tree(depth));
    }
    return model(features, (float) random.nextGaussian(), list);
  }

  /** 80 where both features are above 0, else 0; a quarter of the rows in each case. */
  public static BoostedTrees and() {
    RegressionTree tree =
        new RegressionTree(
            new int[] {0, -1, 1, -1, -1},
            new float[5],
            new int[] {2, -1, 4, -1, -1},
            new boolean[5],
            new float[] {0, 0, 0, 0, 80},
            new double[5],
            new int[] {4, 2, 2, 1, 1});
    return model(2, 0, List.of(tree));
  }

  private static BoostedTrees model(int features, float base, List<RegressionTree> trees) {
    return new BoostedTrees(features, base, Link.IDENTITY, trees);
  }

  /** A row with whole numbers, so that ties with thresholds are common; a fifth is missing. */
  public static float[] row(SplittableRandom random, int features) {
    float[] row = new float[features];
    for (int f = 0; f < features; f++) {
      row[f] = random.nextInt(5) == 0 ? Float.NaN : random.nextInt(-3, 4);
    }
    return row;
  }

  private RegressionTree tree(int depth) {
    add(depth, random.nextInt(20, 100_000));
    int n = feature.size();
    boolean[] left = new boolean[n];
    int[] features = new int[n];
    float[] thresholds = new float[n];
    int[] rights = new int[n];
    float[] values = new float[n];
    int[] counts = new int[n];
    for (int i = 0; i < n; i++) {
      left[i] = missingLeft.get(i);
      features[i] = feature.get(i);
      thresholds[i] = threshold.get(i);
      rights[i] = right.get(i);
      values[i] = value.get(i);
      counts[i] = rows.get(i);
    }
    return new RegressionTree(features, thresholds, rights, left, values, new double[n], counts);
  }

  private void add(int depth, int count) {
    int at = feature.size();
    boolean leaf = depth == 0 || count < 2 || random.nextInt(12) == 0;
    feature.add(leaf ? -1 : random.nextInt(features));
    threshold.add(
        leaf ? 0 : random.nextInt(9) == 0 ? Float.POSITIVE_INFINITY : random.nextInt(-2, 3));
    missingLeft.add(!leaf && random.nextBoolean());
    value.add(leaf ? (float) random.nextGaussian() : 0);
    rows.add(count);
    right.add(-1);
    if (!leaf) {
      int toLeft = random.nextInt(1, count);
      add(depth - 1, toLeft);
      right.set(at, feature.size());
      add(depth - 1, count - toLeft);
    }
  }
}
