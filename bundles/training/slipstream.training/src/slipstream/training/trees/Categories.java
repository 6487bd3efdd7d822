package slipstream.training.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import slipstream.core.spi.FeatureMatrix;

/**
 * The categories of a feature, as trees know them: by number. The most frequent have numbers of their own, in the order of
 * how many training rows they had, equals by name; the others share the number after them. A category that was not trained
 * on has none and counts as missing.
 *
 * @param names of all that were trained on; empty for a quantity
 * @param own how many of them, the first ones, have a number of their own
 */
public record Categories(List<String> names, int own) {
  /** Most numbers: the last bin is that of missing values. */
  static final int MOST = CutPoints.MISSING_BIN;

  /** Of a quantity. */
  static final Categories NONE = new Categories(List.of(), 0);

  private static final int BLOCK = 1 << 13;

  public Categories {
    names = List.copyOf(names);
    if (own < 0 || own > names.size() || count(names, own) > MOST) {
      throw new IllegalArgumentException(own + " of " + names.size() + " categories");
    }
  }

  private static int count(List<String> names, int own) {
    return own + (own < names.size() ? 1 : 0);
  }

  /** How many numbers there are; 0 for a quantity. */
  public int count() {
    return count(names, own);
  }

  /** The number of a category by its position among {@link #names}. */
  public int number(int position) {
    return Math.min(position, own);
  }

  /** Numbers by name. */
  private Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      numbers.put(names.get(i), number(i));
    }
    return numbers;
  }

  /**
   * Numbers by the position of a category in another list; NaN where it is not known.
   */
  double[] numbers(List<String> others) {
    Map<String, Integer> numbers = numbers();
    return others.stream()
        .mapToDouble(each -> numbers.containsKey(each) ? numbers.get(each) : Double.NaN)
        .toArray();
  }

  /**
   * What was found in training rows.
   *
   * @param shared rows of the categories that share a number
   */
  record Found(Categories categories, long shared, long rows) {}

  /**
   * The categories of training rows.
   *
   * @param bins most bins, that of missing values included
   */
  static Found of(FeatureMatrix rows, int feature, int bins) {
    List<String> names = rows.categories(feature);
    if (names.isEmpty()) {
      return new Found(NONE, 0, 0);
    }
    long[] counts = new long[names.size()];
    double[] block = new double[Math.min(BLOCK, rows.rows())];
    for (int from = 0; from < rows.rows(); from += block.length) {
      int n = Math.min(block.length, rows.rows() - from);
      rows.copy(feature, from, from + n, block, 0);
      for (int i = 0; i < n; i++) {
        if (!Double.isNaN(block[i])) {
          counts[(int) block[i]]++;
        }
      }
    }
    int[] order =
        IntStream.range(0, counts.length)
            .filter(k -> counts[k] > 0)
            .boxed()
            .sorted(Comparator.<Integer>comparingLong(k -> -counts[k]).thenComparing(names::get))
            .mapToInt(Integer::intValue)
            .toArray();
    int most = bins - 1;
    int own = order.length <= most ? order.length : most - 1;
    List<String> sorted = new ArrayList<>();
    long shared = 0;
    for (int k : order) {
      shared += sorted.size() >= own ? counts[k] : 0;
      sorted.add(names.get(k));
    }
    // A feature that is missing in all rows still is none of quantities.
    return new Found(
        sorted.isEmpty()
            ? new Categories(List.of(names.getFirst()), 1)
            : new Categories(sorted, own),
        shared,
        Arrays.stream(counts).sum());
  }
}
