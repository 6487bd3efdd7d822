package slipstream.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.training.evaluation.Report.Histogram;

/** Histograms of residuals over edges that several models share. */
public final class Residuals {
  private static final int BINS = 60;

  private Residuals() {}

  /**
   * Edges at round numbers that span the middle 98% of the residuals, in at most about {@value
   * #BINS} bins of equal width.
   */
  public static double[] edges(double[] residuals) {
    double[] sorted = residuals.clone();
    Arrays.sort(sorted);
    double low = sorted.length == 0 ? 0 : sorted[(int) (0.01 * (sorted.length - 1))];
    double high = sorted.length == 0 ? 0 : sorted[(int) Math.ceil(0.99 * (sorted.length - 1))];
    double span = high - low;
    if (!(span > 0) || !Double.isFinite(span)) {
      double half = Math.max(Math.abs(low), 1) / 2;
      return new double[] {low - half, low + half};
    }
    double width = roundUp(span / BINS);
    double first = Math.floor(low / width);
    int bins = (int) Math.max(1, Math.ceil(high / width) - first);
    double[] edges = new double[bins + 1];
    for (int i = 0; i <= bins; i++) {
      edges[i] = (first + i) * width;
    }
    return edges;
  }

  /** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value. */
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : new double[] {1, 2, 2.5, 5}) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  /** Counts by bin; what lies beyond the edges counts in the outermost bins. */
  public static Histogram histogram(double[] residuals, double[] edges) {
    long[] counts = new long[edges.length - 1];
    for (double residual : residuals) {
      int at = Arrays.binarySearch(edges, residual);
      int bin = at >= 0 ? at : -at - 2;
      counts[Math.clamp(bin, 0, counts.length - 1)]++;
    }
    List<Double> edgeList = new ArrayList<>();
    for (double edge : edges) {
      edgeList.add(edge);
    }
    return new Histogram(edgeList, Arrays.stream(counts).boxed().toList());
  }
}
