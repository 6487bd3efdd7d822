package slipstream.training.parametric;

/** What a residual costs, with the usual constants: 95% efficiency at the normal distribution. */
public enum Loss {
  /** r²: efficient when the noise is normal. */
  SQUARED(Double.NaN),
  /** Huber (1964): squared up to 1.345 scales, then linear. */
  HUBER(1.345),
  /** Tukey's bisquare: outliers beyond 4.685 scales do not count at all. */
  TUKEY(4.685),
  /** sqrt(1 + r²) - 1: smooth between squared and absolute. */
  SOFT_L1(1);

  private final double constant;

  Loss(double constant) {
    this.constant = constant;
  }

  /**
   * How much a row counts in iteratively re-weighted least squares: ψ(u)/u.
   *
   * @param scaled residual in units of the scale
   */
  double weight(double scaled) {
    double u = Math.abs(scaled) / constant;
    return switch (this) {
      case SQUARED -> 1;
      case HUBER -> u <= 1 ? 1 : 1 / u;
      case TUKEY -> u >= 1 ? 0 : (1 - u * u) * (1 - u * u);
      case SOFT_L1 -> 1 / Math.sqrt(1 + u * u);
    };
  }

  /** ψ'(u), the curvature of the loss. */
  double curvature(double scaled) {
    double u = Math.abs(scaled) / constant;
    return switch (this) {
      case SQUARED -> 1;
      case HUBER -> u <= 1 ? 1 : 0;
      case TUKEY -> u >= 1 ? 0 : (1 - u * u) * (1 - 5 * u * u);
      case SOFT_L1 -> Math.pow(1 + u * u, -1.5);
    };
  }
}
