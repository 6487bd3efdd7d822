package slipstream.training.explain;

/** Points and weights of the quadrature on [0, 1] that is exact for polynomials of degree 2n - 1. */
record GaussLegendre(double[] points, double[] weights) {
  /** By Newton's method on the Legendre polynomial, from Tricomi's estimate of its roots. */
  static GaussLegendre of(int n) {
    double[] points = new double[n];
    double[] weights = new double[n];
    for (int k = 0; k < n; k++) {
      double x = StrictMath.cos(StrictMath.PI * (k + 0.75) / (n + 0.5));
      double slope = 0;
      for (int step = 0; step < 10; step++) {
        double before = 0;
        double value = 1;
        for (int j = 1; j <= n; j++) {
          double next = ((2 * j - 1) * x * value - (j - 1) * before) / j;
          before = value;
          value = next;
        }
        slope = n * (before - x * value) / (1 - x * x);
        x -= value / slope;
      }
      points[k] = (1 - x) / 2;
      weights[k] = 1 / ((1 - x * x) * slope * slope);
    }
    return new GaussLegendre(points, weights);
  }
}
