package slipstream.data.generate;

/**
 * What generated parent orders are made of; see {@code docs/reference/generator.md} for the formulas.
 *
 * @param spread β: share of the half-spread that a taking child pays
 * @param capture κ: share of the half-spread that a making child earns, over β
 * @param impact Y of Y·σ·(X/ADV)^δ
 * @param exponent δ
 * @param crossOwn a of Λ_ij = σ_i σ_j / 200 bp · (a·1{i = j} + b·1{same group})
 * @param crossGroup b of the same
 * @param algorithms θ by algorithm, bp
 * @param pathNoise standard deviation of a parent's price path over a day, in units of σ
 * @param childNoise scale of each child's Student-t5 noise, in units of σ
 * @param endogenousSize how much of a parent's normal size score is its momentum's, when sizes are endogenous
 * @param endogenousDrift drift of the path in σ a day for each unit of momentum, when sizes are endogenous
 */
record ParentParameters(
    double spread,
    double capture,
    double impact,
    double exponent,
    double crossOwn,
    double crossGroup,
    double[] algorithms,
    double pathNoise,
    double childNoise,
    double endogenousSize,
    double endogenousDrift) {
  static ParentParameters standard() {
    return new ParentParameters(
        1, 0.3, 0.9, 0.5, 0.10, 0.02, new double[] {1.0, -0.5, 2.5}, 1, 0.05, 0.5, 0.5);
  }
}
