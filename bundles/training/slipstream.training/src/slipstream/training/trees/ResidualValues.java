package slipstream.training.trees;

import java.util.Arrays;
import slipstream.core.device.Split;

/**
 * Values of nodes that come from the residuals of their rows. Order-free: from order statistics and
 * fixed-point sums.
 */
final class ResidualValues {
  private static final int DEVIATION_BITS = 30;

  private final Gradients gradients;
  private final StandardLoss standard; // null when the loss is a plug-in's
  private float[] residuals = new float[0];
  private long[] weighted = new long[0];
  private int count;

  ResidualValues(Gradients gradients) {
    this.gradients = gradients;
    standard = gradients.loss instanceof StandardLoss loss ? loss : null;
  }

  /** The value from the residuals of the node's rows that the split sends to one side. */
  double ofResiduals(NodeRows node, Shard[] shards, Split split, boolean left) {
    if (gradients.hessians) {
      return ofWeighted(node, shards, split, left);
    }
    if (residuals.length < node.rows) {
      residuals = new float[node.rows];
    }
    count = 0;
    for (int s = 0; s < shards.length; s++) {
      gather(shards[s], node.from[s], node.to[s], split, left);
    }
    return switch (standard.objective()) {
      case QUANTILE -> quantile(standard.shape());
      case HUBER -> {
        double median = quantile(0.5);
        yield median + clippedMean(median);
      }
      default -> quantile(0.5);
    };
  }

  private void gather(Shard shard, int from, int to, Split split, boolean left) {
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    for (int i = from; i < to; i++) {
      int bin = (int) (shard.records[i * shard.stride + word] >>> shift) & 255;
      if (split.goesLeft(bin) == left) {
        residuals[count++] = gradients.residual(shard.state[i]);
      }
    }
  }

  /**
   * What minimises the pinball loss: the value at rank ceil(q n), or where q n is whole the mean of
   * that value and the next.
   */
  private double quantile(double q) {
    double position = q * count;
    int middle = (int) position;
    float upper = select(residuals, count, middle);
    if (middle != position || middle == 0) {
      return upper;
    }
    float lower = residuals[0]; // after the selection the smaller half lies before the middle
    for (int i = 1; i < middle; i++) {
      lower = Math.max(lower, residuals[i]);
    }
    return ((double) lower + upper) / 2;
  }

  /** Mean of the deviations from the median, clipped to ±delta, summed in units of delta / 2^30. */
  private double clippedMean(double median) {
    double delta = standard.shape();
    double unit = 1 << DEVIATION_BITS;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.round(Math.clamp((residuals[i] - median) / delta, -1, 1) * unit);
    }
    return sum / unit * delta / count;
  }

  /** The same with weights: residuals and fixed-point weights packed, sorted. */
  private double ofWeighted(NodeRows node, Shard[] shards, Split split, boolean left) {
    if (weighted.length < node.rows) {
      weighted = new long[node.rows];
    }
    count = 0;
    int word = RecordLayout.word(split.feature());
    int shift = RecordLayout.shift(split.feature());
    for (int s = 0; s < shards.length; s++) {
      Shard shard = shards[s];
      for (int i = node.from[s]; i < node.to[s]; i++) {
        int o = i * shard.stride;
        int bin = (int) (shard.records[o + word] >>> shift) & 255;
        if (split.goesLeft(bin) == left) {
          int weight = (int) shard.records[o + shard.stride - 1];
          weighted[count++] = pack(gradients.residual(shard.state[i]), weight);
        }
      }
    }
    Arrays.sort(weighted, 0, count);
    return switch (standard.objective()) {
      case QUANTILE -> weightedQuantile(weighted, count, standard.shape());
      case HUBER -> {
        double median = weightedQuantile(weighted, count, 0.5);
        yield median + weightedClippedMean(median);
      }
      default -> weightedQuantile(weighted, count, 0.5);
    };
  }

  /** Sorts by the value; the weight is below 2^31. */
  static long pack(float value, int weight) {
    int bits = Float.floatToRawIntBits(value);
    return (long) (bits ^ bits >> 31 & 0x7fffffff) << 32 | weight;
  }

  private static float unpack(long packed) {
    int bits = (int) (packed >> 32);
    return Float.intBitsToFloat(bits ^ bits >> 31 & 0x7fffffff);
  }

  /**
   * The first of the sorted values whose weights and those before add up to more than q of all;
   * where they are exactly q of all, the mean of that value and the next.
   */
  static double weightedQuantile(long[] sorted, int n, double q) {
    double wanted = q * sumOfWeights(sorted, n);
    long reached = 0;
    for (int i = 0; i < n - 1; i++) {
      reached += sorted[i] & 0xffffffffL;
      if (reached > wanted) {
        return unpack(sorted[i]);
      }
      if (reached == wanted) {
        return ((double) unpack(sorted[i]) + unpack(sorted[i + 1])) / 2;
      }
    }
    return unpack(sorted[n - 1]);
  }

  private static long sumOfWeights(long[] sorted, int n) {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      sum += sorted[i] & 0xffffffffL;
    }
    return sum;
  }

  private double weightedClippedMean(double median) {
    double delta = standard.shape();
    long weights = sumOfWeights(weighted, count);
    double unit = 1L << Math.min(DEVIATION_BITS, Long.numberOfLeadingZeros(weights) - 2);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      double deviation = Math.clamp((unpack(weighted[i]) - median) / delta, -1, 1);
      sum += Math.round(deviation * unit) * (weighted[i] & 0xffffffffL);
    }
    return sum / unit * delta / weights;
  }

  /**
   * Moves the k-th smallest of {@code a[0..n)} to position k, smaller ones before it, and returns
   * it.
   */
  static float select(float[] a, int n, int k) {
    int low = 0;
    int high = n - 1;
    while (high - low > 16) {
      float pivot = medianOfThree(a[low], a[low + high >>> 1], a[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (a[i] < pivot) {
          i++;
        }
        while (a[j] > pivot) {
          j--;
        }
        if (i <= j) {
          float t = a[i];
          a[i++] = a[j];
          a[j--] = t;
        }
      }
      if (k <= j) {
        high = j;
      } else if (k >= i) {
        low = i;
      } else {
        return a[k];
      }
    }
    Arrays.sort(a, low, high + 1);
    return a[k];
  }

  private static float medianOfThree(float a, float b, float c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
