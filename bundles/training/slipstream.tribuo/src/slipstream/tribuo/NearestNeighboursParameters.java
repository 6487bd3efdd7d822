package slipstream.tribuo;

import org.tribuo.math.distance.Distance;
import org.tribuo.math.distance.L1Distance;
import org.tribuo.math.distance.L2Distance;
import slipstream.core.parameters.Parameter;

/**
 * What nearest neighbours are, and how many.
 *
 * @param neighbours whose mean is predicted
 * @param metric of the distance between standardised features
 * @param rows most training rows that are kept
 */
public record NearestNeighboursParameters(
    @Parameter(
            help = "Nearest training rows whose mean is predicted; more are smoother.",
            unit = "rows",
            defaultValue = "50",
            min = 1,
            max = 1_000_000)
        int neighbours,
    @Parameter(
            help = "Distance between standardised features: euclidean or manhattan.",
            defaultValue = "euclidean")
        Metric metric,
    @Parameter(
            help =
                "Most training rows that are kept, evenly spaced; each prediction looks among them, and"
                    + " the model's file holds them.",
            unit = "rows",
            defaultValue = "20000",
            min = 1,
            max = 10_000_000)
        int rows) {
  /** Distances. */
  public enum Metric {
    EUCLIDEAN,
    MANHATTAN;

    Distance distance() {
      return this == EUCLIDEAN ? new L2Distance() : new L1Distance();
    }
  }
}
