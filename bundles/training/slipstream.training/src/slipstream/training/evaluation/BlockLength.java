package slipstream.training.evaluation;

import slipstream.core.CompensatedSum;

/**
 * How long the blocks of a bootstrap must be for a series that depends on its own past: the
 * automatic choice of Politis and White (2004, "Automatic block-length selection for the dependent
 * bootstrap", Econometric Reviews 23(1)) with the correction of Patton, Politis and White (2009), for
 * circular blocks.
 */
final class BlockLength {
  private BlockLength() {}

  /**
   * The length that estimates the variance of the series' mean with the least mean squared error, in
   * values; at least 1, which independent values get, and at most a third of them. Looks at
   * autocovariances up to a lag of about the root of the number of values.
   *
   * @param values finite
   */
  static double of(double[] values) {
    int n = values.length;
    if (n < 9) {
      return 1;
    }
    // So many insignificant autocorrelations in a row end the dependence.
    int run = Math.max(5, (int) Math.sqrt(Math.log10(n)));
    int maxLag = Math.min(n - 1, (int) Math.ceil(Math.sqrt(n)) + run);
    double[] covariance = autocovariances(values, maxLag);
    if (!(covariance[0] > 0)) {
      return 1;
    }
    double significant = 2 * Math.sqrt(Math.log10(n) / n) * covariance[0];
    int bandwidth =
        Math.min(maxLag, 2 * Math.max(1, lastSignificant(covariance, run, significant)));
    double variance = covariance[0];
    double slope = 0;
    for (int lag = 1; lag <= bandwidth; lag++) {
      // The flat-top window of Politis and Romano (1995).
      double window = Math.min(1, 2 * (1 - (double) lag / bandwidth));
      variance += 2 * window * covariance[lag];
      slope += 2 * window * lag * covariance[lag];
    }
    double spread = 4.0 / 3 * variance * variance;
    if (!(spread > 0)) {
      return 1;
    }
    double length = Math.cbrt(2 * slope * slope / spread * n);
    double most = Math.min(3 * Math.sqrt(n), n / 3.0);
    return Math.clamp(length, 1, most);
  }

  /** The lag after which {@code run} autocovariances are all insignificant; else the last that is not. */
  private static int lastSignificant(double[] covariance, int run, double significant) {
    int quiet = 0;
    int last = 0;
    for (int lag = 1; lag < covariance.length; lag++) {
      if (Math.abs(covariance[lag]) >= significant) {
        quiet = 0;
        last = lag;
      } else if (++quiet == run) {
        break;
      }
    }
    return last;
  }

  private static double[] autocovariances(double[] values, int maxLag) {
    int n = values.length;
    double mean = CompensatedSum.mean(values);
    double[] covariance = new double[maxLag + 1];
    for (int lag = 0; lag <= maxLag; lag++) {
      double sum = 0;
      for (int t = lag; t < n; t++) {
        sum += (values[t] - mean) * (values[t - lag] - mean);
      }
      covariance[lag] = sum / n;
    }
    return covariance;
  }
}
