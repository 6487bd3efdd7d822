package slipstream.features.internal.clean;

import java.util.Arrays;

/** The last few values, in order of size: their median, and their median distance from it. */
final class PastWindow {
  private final double[] ring;
  private final double[] sorted;
  private int count;
  private int next;

  PastWindow(int size) {
    ring = new double[size];
    sorted = new double[size];
  }

  void clear() {
    count = 0;
    next = 0;
  }

  int count() {
    return count;
  }

  /** Adds a finite value; the oldest goes when there is no room. */
  void add(double value) {
    if (count == ring.length) {
      int old = Arrays.binarySearch(sorted, 0, count, ring[next]);
      System.arraycopy(sorted, old + 1, sorted, old, count - old - 1);
      count--;
    }
    int at = Arrays.binarySearch(sorted, 0, count, value);
    at = at < 0 ? -at - 1 : at;
    System.arraycopy(sorted, at, sorted, at + 1, count - at);
    sorted[at] = value;
    count++;
    ring[next] = value;
    next = (next + 1) % ring.length;
  }

  /** The upper of the middle two for an even count. */
  double median() {
    return sorted[count / 2];
  }

  /** The median of the distances from {@link #median}, found from the middle outwards. */
  double deviation() {
    double median = median();
    int low = count / 2;
    int high = count / 2 + 1;
    double distance = 0;
    for (int i = 0; i <= count / 2; i++) {
      double below = low >= 0 ? median - sorted[low] : Double.POSITIVE_INFINITY;
      double above = high < count ? sorted[high] - median : Double.POSITIVE_INFINITY;
      if (below <= above) {
        distance = below;
        low--;
      } else {
        distance = above;
        high++;
      }
    }
    return distance;
  }
}
