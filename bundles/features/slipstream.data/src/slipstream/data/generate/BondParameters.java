package slipstream.data.generate;

/**
 * What generated bonds are made of; see {@code docs/reference/generator.md} for the formulas.
 *
 * @param impactOwn a of the price impact Λ = S(aI + bK)S, per bp
 * @param impactShared b of the same
 * @param kernelLength ℓ of K_ij = exp(-|ln(c_i / c_j)| / ℓ) within a sector
 * @param impactDecay φ: the share of the impact that is left after one bar
 * @param factorLoadings of the return on the three flow factors, in units of the day's volatility
 * @param spreadIntercept γ0 of ln half-spread (bp)
 * @param spreadDuration γ1, on ln duration
 * @param spreadVolume γ2, on ln (ADV / 1 million USD)
 * @param spreadVolatility γ3, on ln volatility (bp)
 * @param spreadDayNoise standard deviation of the noise that a bond's rows of one day share
 * @param spreadRowNoise scale of each row's Student-t5 noise
 * @param cost0 c0 of the trade cost c0 + c1/S + c2 ln S + c3 S + c4 S², S in thousand USD, in bp
 * @param costDayNoise standard deviation of the noise that a bond's trades of one day share, bp
 * @param costRowNoise scale of each trade's Student-t5 noise, bp
 */
record BondParameters(
    double impactOwn,
    double impactShared,
    double kernelLength,
    double impactDecay,
    double[] factorLoadings,
    double spreadIntercept,
    double spreadDuration,
    double spreadVolume,
    double spreadVolatility,
    double spreadDayNoise,
    double spreadRowNoise,
    double cost0,
    double cost1,
    double cost2,
    double cost3,
    double cost4,
    double costDayNoise,
    double costRowNoise) {
  static BondParameters standard() {
    return new BondParameters(
        0.05,
        0.02,
        0.5,
        0.6,
        new double[] {0.04, -0.02, 0.01},
        0.1,
        0.4,
        -0.25,
        0.5,
        0.15,
        0.10,
        80,
        50,
        -10,
        0.004,
        -1e-7,
        4,
        6);
  }
}
