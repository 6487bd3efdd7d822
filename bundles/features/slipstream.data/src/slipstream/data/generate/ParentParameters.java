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
 * @param delay expected move between decision and arrival, with the side, bp
 * @param delayNoise its standard deviation, in units of σ
 * @param openProbability share of orders that are not done in full
 * @param openLargest largest share of such an order that is not done, from 0 on
 * @param lasting share of the parent's own impact that stays
 * @param decayMinutes the rest falls to 1/e in so long
 * @param afterDrift expected move from arrival to the close beside the impact that stays, with the side, bp
 * @param fees commission, bp of what is traded
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
    double endogenousDrift,
    double delay,
    double delayNoise,
    double openProbability,
    double openLargest,
    double lasting,
    double decayMinutes,
    double afterDrift,
    double fees) {
  static ParentParameters standard() {
    return new ParentParameters(
        1,
        0.3,
        0.9,
        0.5,
        0.10,
        0.02,
        new double[] {1.0, -0.5, 2.5},
        1,
        0.05,
        0.5,
        0.5,
        2,
        0.1,
        0.2,
        0.4,
        0.6,
        30,
        5,
        0.3);
  }
}
