package slipstream.training.trees;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import slipstream.core.device.BinSet;
import slipstream.core.spi.Link;
import slipstream.core.spi.Loss;

/**
 * What {@link BoostedTreesLearner} computes, in the plainest way: row indices, one plain sum and
 * count for each bin, one thread, a full sort for each cut point and each median. Slow, and to be
 * read.
 */
final class ReferenceTrainer {
  private final float[][] x;
  private final int[] categories; // by feature; 0 for quantities
  private final float[] y;
  private final BoostedTreesParameters p;
  private boolean bagged;
  private int round;
  private final Loss plugged;
  private final StandardObjective objective;
  private final long seed;
  private final int n;
  private final int countBits;
  private final float[][] cuts;
  private final int[][] bins; // -1 is missing
  private final float[] score;
  private final float[] w;
  private final boolean hessians;
  private final long[] q;
  private final long[] h;
  private float base;
  private double scale;
  private double hessianScale = 1;

  ReferenceTrainer(
      float[][] x, double[] target, double[] weights, BoostedTreesParameters p, long seed) {
    this(new TreeData(x, target), weights, p, null, seed);
  }

  /**
   * @param plugged the loss of a plug-in; null without
   */
  ReferenceTrainer(
      TreeData data, double[] weights, BoostedTreesParameters p, Loss plugged, long seed) {
    float[][] x = data.x();
    double[] target = data.y();
    categories = data.categories();
    this.seed = seed;
    this.plugged = plugged;
    objective = plugged != null ? null : StandardObjective.of(p.objective());
    this.x = x;
    this.p = p;
    n = target.length;
    y = new float[n];
    for (int i = 0; i < n; i++) {
      y[i] = (float) target[i];
    }
    int bits = 0;
    while (1L << bits <= n) {
      bits++;
    }
    countBits = bits;
    cuts = new float[x.length][];
    bins = new int[x.length][n];
    for (int f = 0; f < x.length; f++) {
      cuts[f] = categories[f] > 0 ? new float[categories[f] - 1] : cuts(x[f], weights);
      for (int i = 0; i < n; i++) {
        boolean number = categories[f] > 0 && !Float.isNaN(x[f][i]);
        bins[f][i] = number ? (int) x[f][i] : bin(x[f][i], cuts[f]);
      }
    }
    score = new float[n];
    q = new long[n];
    h = new long[n];
    hessians =
        weights != null
            || plugged != null
            || objective.ordinal() >= StandardObjective.POISSON.ordinal();
    w = new float[n];
    Arrays.fill(w, 1);
    if (weights != null) {
      double largest = Arrays.stream(weights).max().orElseThrow();
      double sum = 0;
      for (double weight : weights) {
        sum += weight / largest;
      }
      for (int i = 0; i < n; i++) {
        w[i] = (float) (weights[i] / largest / (sum / n));
      }
    }
  }

  /** Trees that are each fitted to the first gradients. */
  ReferenceTrainer bagged() {
    bagged = true;
    return this;
  }

  BoostedTrees train() {
    base = baseScore();
    newScale();
    List<RegressionTree> trees = new ArrayList<>();
    for (int round = 1; round <= p.rounds(); round++) {
      if (!bagged && outOfRange()) {
        newScale();
      }
      trees.add(tree(round));
      if (!bagged) {
        quantise();
      }
    }
    Link link =
        plugged != null
            ? plugged.link()
            : switch (objective) {
              case POISSON, GAMMA -> Link.LOG;
              case BINARY -> Link.LOGIT;
              default -> Link.IDENTITY;
            };
    return new BoostedTrees(x.length, base, link, trees);
  }

  // Cut points

  private float[] cuts(float[] column, double[] weights) {
    TreeMap<Float, Long> masses = new TreeMap<>();
    boolean missing = false;
    for (int i = 0; i < n; i++) {
      if (Float.isNaN(column[i])) {
        missing = true;
      } else {
        masses.merge(column[i] == 0 ? 0f : column[i], mass(weights, i), Long::sum);
      }
    }
    float[] values = new float[masses.size()];
    long[] before = new long[values.length + 1];
    int v = 0;
    for (Map.Entry<Float, Long> each : masses.entrySet()) {
      values[v] = each.getKey();
      before[v + 1] = before[v] + each.getValue();
      v++;
    }
    long m = before[v];
    int most = p.bins() - (missing ? 1 : 0);
    List<Float> all = new ArrayList<>();
    for (int i = 1; i < v; i++) {
      all.add(between(values[i - 1], values[i]));
    }
    if (all.size() + 1 > most) {
      all.clear();
      long start = 0;
      while (all.size() < most - 1) {
        long parts = most - all.size();
        long share = (m - start + parts - 1) / parts;
        long wanted = start + share;
        int run = at(before, wanted - 1);
        long low = before[run];
        long high = before[run + 1];
        long end = low > start && wanted - low < high - wanted ? low : high;
        if (end == m) {
          break;
        }
        float from = values[at(before, Math.max(start, end - 1 - share / 8))];
        float to = values[at(before, Math.min(m - 1, end + share / 8))];
        float cut = round(from, to);
        all.add(
            Float.isNaN(cut) ? between(values[at(before, end - 1)], values[at(before, end)]) : cut);
        int next = 0;
        while (next < v && values[next] <= all.getLast()) {
          next++;
        }
        start = before[next];
      }
    }
    float[] result = new float[all.size()];
    for (int k = 0; k < result.length; k++) {
      result[k] = all.get(k);
    }
    return result;
  }

  private long mass(double[] weights, int row) {
    if (weights == null) {
      return 1;
    }
    double largest = Arrays.stream(weights).max().orElseThrow();
    boolean whole = Arrays.stream(weights).allMatch(w -> w == Math.rint(w));
    return whole && largest <= 1 << 24
        ? (long) weights[row]
        : Math.max(1, (long) Math.rint(weights[row] * ((1 << 24) / largest)));
  }

  /** The value that holds a position. */
  private static int at(long[] before, long position) {
    int i = 0;
    while (before[i + 1] <= position) {
      i++;
    }
    return i;
  }

  private static float between(float a, float b) {
    float middle = (float) (((double) a + b) / 2);
    if (Float.isInfinite(a) || Float.isInfinite(b) || !(middle >= a && middle < b)) {
      return a;
    }
    return middle == 0 ? 0f : middle;
  }

  /** The greatest float in [from, to) with the fewest decimals. */
  private static float round(float from, float to) {
    if (Float.isInfinite(from) || Float.isInfinite(to)) {
      return Float.NaN;
    }
    if (from <= 0 && to > 0) {
      return 0;
    }
    for (int decimals = -38; decimals <= 45; decimals++) {
      BigDecimal step = BigDecimal.ONE.movePointLeft(decimals);
      BigDecimal multiple =
          new BigDecimal(to).setScale(decimals, RoundingMode.CEILING).subtract(step);
      if (multiple.floatValue() >= to) {
        multiple = multiple.subtract(step);
      }
      float c = multiple.floatValue() + 0f;
      if (c >= from && c < to) {
        return c;
      }
    }
    return Float.NaN;
  }

  private static int bin(float v, float[] cuts) {
    if (Float.isNaN(v)) {
      return -1;
    }
    int b = 0;
    while (b < cuts.length && cuts[b] < v) {
      b++;
    }
    return b;
  }

  // Gradients

  private float residual(int i) {
    return y[i] - (base + score[i]);
  }

  /** exp of the score, or the probability. */
  private double mean(int i) {
    double f = Math.max(-80, Math.min(80, base + score[i]));
    return objective == StandardObjective.BINARY ? 1 / (1 + StrictMath.exp(-f)) : StrictMath.exp(f);
  }

  private float gradient(int i) {
    if (plugged != null) {
      return weighted((float) -plugged.gradient(y[i], base + score[i]), i);
    }
    float r = residual(i);
    float delta = (float) p.huberDelta();
    float g =
        switch (objective) {
          case SQUARED -> r;
          case ABSOLUTE -> r > 0 ? 1 : r < 0 ? -1 : 0;
          case HUBER -> r > delta ? delta : r < -delta ? -delta : r;
          case QUANTILE -> r > 0 ? (float) p.quantile() : r < 0 ? (float) p.quantile() - 1 : 0;
          case POISSON, BINARY -> (float) (y[i] - mean(i));
          case GAMMA -> (float) (y[i] / mean(i) - 1);
        };
    return weighted(g, i);
  }

  private float hessian(int i) {
    if (plugged != null) {
      return weighted((float) plugged.hessian(y[i], base + score[i]), i);
    }
    float second =
        switch (objective) {
          case SQUARED, ABSOLUTE, HUBER, QUANTILE -> 1;
          case POISSON -> (float) mean(i);
          case GAMMA -> (float) (y[i] / mean(i));
          case BINARY -> (float) (mean(i) * (1 - mean(i)));
        };
    return weighted(second, i);
  }

  private float weighted(float value, int i) {
    float product = value * w[i];
    return Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, product));
  }

  private void quantise() {
    for (int i = 0; i < n; i++) {
      double v = Math.rint(gradient(i) * scale);
      q[i] = (long) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, v));
      double second = Math.rint(hessian(i) * hessianScale);
      h[i] = (long) Math.max(1, Math.min(Integer.MAX_VALUE, second));
    }
  }

  private boolean outOfRange() {
    return outOfRange(q) || hessians && outOfRange(h);
  }

  private boolean outOfRange(long[] values) {
    long limit = 1L << 62 - countBits;
    long sum = sumAbsolute(values);
    boolean saturated = Arrays.stream(values).anyMatch(v -> v >= 1 << 30 || v < -(1 << 30));
    boolean coarse = Arrays.stream(values).allMatch(v -> v < 1 << 24 && v >= -(1 << 24));
    return saturated || sum >= limit || sum < limit >> 5 && coarse;
  }

  private static long sumAbsolute(long[] values) {
    return Arrays.stream(values).map(Math::abs).sum();
  }

  private void newScale() {
    float largest = 0;
    float largestHessian = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(gradient(i)));
      largestHessian = Math.max(largestHessian, hessian(i));
    }
    scale = firstScale(largest);
    hessianScale = hessians ? firstScale(largestHessian) : 1;
    quantise();
    scale = lowered(scale, q);
    hessianScale = hessians ? lowered(hessianScale, h) : 1;
    quantise();
  }

  private static double firstScale(float largest) {
    return largest == 0 ? 1 : Math.pow(2, 28 - Math.getExponent(largest));
  }

  private double lowered(double before, long[] values) {
    double result = before;
    for (long sum = sumAbsolute(values); sum >= 1L << 61 - countBits; sum >>= 1) {
      result /= 2;
    }
    return result;
  }

  private float baseScore() {
    if (hasOrderStatistics()) {
      double q = objective == StandardObjective.QUANTILE ? (float) p.quantile() : 0.5;
      if (!hessians) {
        float[] sorted = y.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.floor(q * n)] + 0f;
      }
      float largest = 0;
      for (float weight : w) {
        largest = Math.max(largest, weight);
      }
      List<Weighted> all = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        double weight = Math.max(1, Math.rint((double) w[i] / largest * (1 << 24)));
        all.add(new Weighted(y[i], (long) weight));
      }
      return (float) quantile(all, q) + 0f;
    }
    if (plugged != null) {
      double[] targets = new double[n];
      double[] rowWeights = new double[n];
      for (int i = 0; i < n; i++) {
        targets[i] = y[i];
        rowWeights[i] = w[i];
      }
      return (float) plugged.start(targets, rowWeights) + 0f;
    }
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) w[i] * y[i];
      weights += w[i];
    }
    double mean = sum / weights;
    double score =
        switch (objective) {
          case POISSON, GAMMA -> StrictMath.log(Math.max(mean, 1e-30));
          case BINARY -> {
            double m = Math.max(1e-10, Math.min(1 - 1e-10, mean));
            yield StrictMath.log(m / (1 - m));
          }
          default -> mean;
        };
    return (float) score + 0f;
  }

  private boolean hasOrderStatistics() {
    return objective == StandardObjective.ABSOLUTE
        || objective == StandardObjective.HUBER
        || objective == StandardObjective.QUANTILE;
  }

  private record Weighted(float value, long weight) {}

  private static double quantile(List<Weighted> values, double q) {
    List<Weighted> sorted = new ArrayList<>(values);
    sorted.sort((a, b) -> Float.compare(a.value, b.value));
    double wanted = q * sorted.stream().mapToLong(Weighted::weight).sum();
    long reached = 0;
    for (int i = 0; i < sorted.size() - 1; i++) {
      reached += sorted.get(i).weight;
      if (reached == wanted) {
        return ((double) sorted.get(i).value + sorted.get(i + 1).value) / 2;
      }
      if (reached > wanted) {
        return sorted.get(i).value;
      }
    }
    return sorted.getLast().value;
  }

  // Trees

  /** What constraints leave: features that were split on above, and bounds of the values below. */
  private record Room(List<Integer> path, double low, double high) {
    double clip(double value) {
      return value < low ? low : value > high ? high : value;
    }
  }

  private int direction(int feature) {
    String word = p.monotone().get("f" + feature);
    return word == null ? 0 : word.equals("increasing") ? 1 : -1;
  }

  private boolean allowed(int feature, List<Integer> path) {
    if (p.interactions().isEmpty()) {
      return true;
    }
    List<String> met = new ArrayList<>(path.stream().map(f -> "f" + f).distinct().toList());
    if (!met.contains("f" + feature)) {
      met.add("f" + feature);
    }
    return met.size() == 1
            && p.interactions().stream().noneMatch(g -> members(g).contains(met.getFirst()))
        || p.interactions().stream().anyMatch(g -> members(g).containsAll(met));
  }

  private static List<String> members(String group) {
    return List.of(group.replace(" ", "").split("\\*"));
  }

  /**
   * @param left which bins go left
   */
  private record Found(int feature, int bin, boolean[] left, boolean missingLeft, double gain) {}

  private final class Lists {
    final List<int[]> ints = new ArrayList<>(); // feature, right, rows
    final List<float[]> floats = new ArrayList<>(); // threshold, value
    final List<Double> gains = new ArrayList<>();
    final List<Boolean> missingLeft = new ArrayList<>();
    final List<BinSet> sets = new ArrayList<>(); // null where a threshold tells
  }

  private RegressionTree tree(int round) {
    int[] features = new Sampling(p, x.length, seed).features(round);
    Sampling sampling = new Sampling(p, x.length, seed);
    int[] rows =
        IntStream.range(0, n)
            .filter(i -> !sampling.samplesRows() || sampling.rows(round).takes(i))
            .toArray();
    if (rows.length == 0) {
      rows = new int[] {0};
    }
    Lists out = new Lists();
    var free = new Room(List.of(), Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    this.round = round;
    grow(out, rows, features, free);
    int m = out.ints.size();
    int[] feature = new int[m];
    int[] right = new int[m];
    int[] count = new int[m];
    float[] threshold = new float[m];
    float[] value = new float[m];
    double[] gain = new double[m];
    boolean[] missingLeft = new boolean[m];
    for (int i = 0; i < m; i++) {
      feature[i] = out.ints.get(i)[0];
      right[i] = out.ints.get(i)[1];
      count[i] = out.ints.get(i)[2];
      threshold[i] = out.floats.get(i)[0];
      value[i] = out.floats.get(i)[1];
      gain[i] = out.gains.get(i);
      missingLeft[i] = out.missingLeft.get(i);
    }
    boolean none = out.sets.stream().allMatch(Objects::isNull);
    BinSet[] sets = none ? null : out.sets.toArray(BinSet[]::new);
    var tree = new RegressionTree(feature, threshold, right, missingLeft, value, gain, count, sets);
    float[] row = new float[x.length];
    for (int i = 0; i < n; i++) {
      for (int f = 0; f < x.length; f++) {
        row[f] = x[f][i];
      }
      score[i] += tree.value(tree.leaf(row));
    }
    return tree;
  }

  /** A node, its best split, and its children once it is split. */
  private final class Spot {
    final int[] rows;
    final int depth;
    final Room room;
    final Found found;
    Spot left;
    Spot right;

    final long number; // the root's is 1

    Spot(int[] rows, int depth, long number, Room room, int[] features) {
      this.rows = rows;
      this.depth = depth;
      this.number = number;
      this.room = room;
      int[] allowed = Arrays.stream(features).filter(f -> allowed(f, room.path)).toArray();
      int[] drawn = new Sampling(p, x.length, seed).features(round, number, allowed);
      found = depth < p.depth() ? best(rows, drawn, room) : null;
    }

    void split(int[] features) {
      int[] b = bins[found.feature];
      int[] leftRows = Arrays.stream(rows).filter(i -> goesLeft(b[i], found)).toArray();
      int[] rightRows = Arrays.stream(rows).filter(i -> !goesLeft(b[i], found)).toArray();
      List<Integer> path = new ArrayList<>(room.path);
      path.add(found.feature);
      Room leftRoom = new Room(path, room.low, room.high);
      Room rightRoom = leftRoom;
      int direction = direction(found.feature);
      if (direction != 0) {
        double middle = (room.clip(value(leftRows)) + room.clip(value(rightRows))) / 2;
        Room lower = new Room(path, room.low, middle);
        Room upper = new Room(path, middle, room.high);
        leftRoom = direction > 0 ? lower : upper;
        rightRoom = direction > 0 ? upper : lower;
      }
      left = new Spot(leftRows, depth + 1, 2 * number, leftRoom, features);
      right = new Spot(rightRows, depth + 1, 2 * number + 1, rightRoom, features);
    }
  }

  private void grow(Lists out, int[] rows, int[] features, Room room) {
    Spot root = new Spot(rows, 0, 1, room, features);
    List<Spot> open = new ArrayList<>(List.of(root));
    int most = p.growth() == Growth.LEAF_WISE ? p.maxLeaves() : Integer.MAX_VALUE;
    for (int leaves = 1; leaves < most; leaves++) {
      Spot best = null;
      for (Spot spot : open) {
        if (spot.found != null && (best == null || spot.found.gain > best.found.gain)) {
          best = spot;
        }
      }
      if (best == null) {
        break;
      }
      best.split(features);
      open.remove(best);
      open.add(best.left);
      open.add(best.right);
    }
    write(out, root);
  }

  private void write(Lists out, Spot spot) {
    int me = out.ints.size();
    if (spot.left == null) {
      out.ints.add(new int[] {-1, -1, spot.rows.length});
      out.floats.add(
          new float[] {
            0, (float) (p.learningRate() * step(spot.room.clip(value(spot.rows)))) + 0f
          });
      out.gains.add(0.0);
      out.missingLeft.add(false);
      out.sets.add(null);
      return;
    }
    Found found = spot.found;
    float[] c = cuts[found.feature];
    out.ints.add(new int[] {found.feature, 0, spot.rows.length});
    boolean categorical = categories[found.feature] > 0;
    float end = found.bin < c.length ? c[found.bin] : Float.POSITIVE_INFINITY;
    out.floats.add(new float[] {categorical ? 0 : end, 0});
    out.sets.add(categorical ? set(found.left) : null);
    out.gains.add(found.gain);
    out.missingLeft.add(found.missingLeft);
    write(out, spot.left);
    out.ints.get(me)[1] = out.ints.size();
    write(out, spot.right);
  }

  private static boolean goesLeft(int bin, Found found) {
    return bin < 0 ? found.missingLeft : found.left[bin];
  }

  private static BinSet set(boolean[] left) {
    long[] words = new long[4];
    for (int b = 0; b < left.length; b++) {
      words[b / 64] += left[b] ? 1L << b % 64 : 0;
    }
    return BinSet.of(words);
  }

  /** Bins in the order in which they are parted: one by one, or categories by their means. */
  private List<List<Integer>> groups(int f, long[] sums, int[] counts, long[] weights) {
    int values = cuts[f].length + 1;
    if (categories[f] == 0) {
      return IntStream.range(0, values).mapToObj(List::of).toList();
    }
    List<List<Integer>> groups = new ArrayList<>();
    List<Integer> rare = new ArrayList<>();
    for (int b = 0; b < values; b++) {
      if (counts[b] >= p.minRowsPerCategory()) {
        groups.add(List.of(b));
      } else if (counts[b] > 0) {
        rare.add(b);
      }
    }
    if (!rare.isEmpty()) {
      groups.add(rare);
    }
    groups.sort(
        Comparator.comparingDouble(
            group ->
                group.stream().mapToLong(b -> sums[b]).sum()
                    / (group.stream().mapToLong(b -> weights[b]).sum() / hessianScale
                        + p.categorySmoothing())));
    return groups;
  }

  /** The change of the score that G / (H + l2) stands for. */
  private double step(double ratio) {
    if (plugged != null) {
      return plugged.step(ratio);
    }
    double one = 1 - 0.00033546262790251185;
    return switch (objective) {
      case POISSON -> StrictMath.log1p(Math.max(ratio, -one));
      case GAMMA -> -StrictMath.log1p(-Math.min(ratio, one));
      case BINARY -> Math.max(-8, Math.min(8, ratio));
      default -> ratio;
    };
  }

  private double weight(int[] rows) {
    return hessians ? Arrays.stream(rows).mapToLong(i -> h[i]).sum() / hessianScale : rows.length;
  }

  private double weightedValue(int[] rows) {
    List<Weighted> all = new ArrayList<>();
    for (int i : rows) {
      all.add(new Weighted(residual(i), h[i]));
    }
    double median =
        quantile(all, objective == StandardObjective.QUANTILE ? (float) p.quantile() : 0.5);
    if (objective != StandardObjective.HUBER) {
      return median;
    }
    double delta = (float) p.huberDelta();
    long weights = all.stream().mapToLong(Weighted::weight).sum();
    int bits = 64 - Long.numberOfLeadingZeros(weights);
    double unit = Math.pow(2, Math.min(30, 62 - bits));
    long sum = 0;
    for (Weighted each : all) {
      sum += Math.round(Math.clamp((each.value - median) / delta, -1, 1) * unit) * each.weight;
    }
    return median + sum / unit * delta / weights;
  }

  /** A node's value before bounds and learning rate. */
  private double value(int[] rows) {
    if (!hasOrderStatistics()) {
      double sum = Arrays.stream(rows).mapToLong(i -> q[i]).sum() / scale;
      return shrink(sum, p.l1()) / (weight(rows) + p.l2());
    }
    if (hessians) {
      return weightedValue(rows);
    }
    float[] r = new float[rows.length];
    for (int i = 0; i < r.length; i++) {
      r[i] = residual(rows[i]);
    }
    Arrays.sort(r);
    double rank = (objective == StandardObjective.QUANTILE ? (float) p.quantile() : 0.5) * r.length;
    int k = (int) Math.floor(rank);
    double median = rank == k && k > 0 ? ((double) r[k - 1] + r[k]) / 2 : r[k];
    double value = median;
    if (objective == StandardObjective.HUBER) {
      double delta = (float) p.huberDelta();
      long sum = 0;
      for (float v : r) {
        sum += Math.round(Math.clamp((v - median) / delta, -1, 1) * (1 << 30));
      }
      value += sum / (double) (1 << 30) * delta / r.length;
    }
    return value;
  }

  private Found best(int[] rows, int[] features, Room room) {
    double l1 = p.l1() * scale;
    double l2 = p.l2();
    long sum = Arrays.stream(rows).mapToLong(i -> q[i]).sum();
    boolean bounded =
        !hasOrderStatistics()
            && (room.low > Double.NEGATIVE_INFINITY || room.high < Double.POSITIVE_INFINITY);
    double low = room.low * scale;
    double high = room.high * scale;
    double parent =
        bounded
            ? score(sum, weight(rows) + l2, l1, low, high)
            : shrink(sum, l1) * shrink(sum, l1) / (weight(rows) + l2);
    double unit = 0.5 / scale / scale;
    double best = parent + Math.max(Math.abs(parent) * 1e-12, p.minGain() / unit);
    Found found = null;
    for (int f : features) {
      int values = cuts[f].length + 1;
      long[] sums = new long[values + 1]; // the last is for missing values
      int[] counts = new int[values + 1];
      long[] weights = new long[values + 1];
      for (int i : rows) {
        int b = bins[f][i] < 0 ? values : bins[f][i];
        sums[b] += q[i];
        counts[b]++;
        weights[b] += hessians ? h[i] : 1;
      }
      for (boolean missingLeft : new boolean[] {false, true}) {
        if (missingLeft && counts[values] == 0) {
          continue;
        }
        long left = missingLeft ? sums[values] : 0;
        int leftRows = missingLeft ? counts[values] : 0;
        long leftWeight = missingLeft ? weights[values] : 0;
        boolean[] goLeft = new boolean[values];
        List<List<Integer>> groups = groups(f, sums, counts, weights);
        for (int k = 0; k < groups.size(); k++) {
          for (int b : groups.get(k)) {
            left += sums[b];
            leftRows += counts[b];
            leftWeight += weights[b];
            goLeft[b] = true;
          }
          int rightRows = rows.length - leftRows;
          if (leftRows < p.minRowsPerLeaf() || rightRows < p.minRowsPerLeaf()) {
            continue;
          }
          double gl = left;
          double gr = (double) sum - left;
          double a = leftWeight / hessianScale + l2;
          double b = (Arrays.stream(weights).sum() - leftWeight) / hessianScale + l2;
          double tl = shrink(gl, l1);
          double tr = shrink(gr, l1);
          double s =
              bounded
                  ? score(gl, a, l1, low, high) + score(gr, b, l1, low, high)
                  : (tl * tl * b + tr * tr * a) / (a * b);
          double rise =
              bounded ? clip(tr / b, low, high) - clip(tl / a, low, high) : tr * a - tl * b;
          if (s > best && direction(f) * rise >= 0) {
            best = s;
            boolean follow = counts[values] > 0 ? missingLeft : 2L * leftRows >= rows.length;
            boolean[] toLeft = goLeft.clone();
            for (int v = 0; v < values && categories[f] > 0; v++) {
              toLeft[v] |= counts[v] == 0 && follow;
            }
            found = new Found(f, k, toLeft, follow, 0);
          }
        }
      }
    }
    return found == null
        ? null
        : new Found(
            found.feature, found.bin, found.left, found.missingLeft, (best - parent) * unit);
  }

  /** 2Gw - (n + l2)w² - 2 l1 |w| of the best value within the bounds. */
  private static double score(double sum, double weight, double l1, double low, double high) {
    double w = clip(shrink(sum, l1) / weight, low, high);
    return (2 * sum - weight * w) * w - 2 * l1 * Math.abs(w);
  }

  private static double shrink(double sum, double l1) {
    return Math.abs(sum) <= l1 ? 0 : sum - Math.copySign(l1, sum);
  }

  private static double clip(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
  }
}
