package slipstream.tribuo;

import slipstream.core.model.ModelBytes;

/**
 * A factorisation machine: {@code b + sum(w_i z_i) + sum over i < j of (v_i . v_j) z_i z_j} of standardised features z, the
 * last sum as {@code 1/2 sum over k of ((sum v_ik z_i)² - sum (v_ik z_i)²)} (Rendle 2010, lemma 3.1).
 */
final class FactorisationMachineModel extends StandardisedModel {
  private static final String MAGIC = "SLIPFACM";

  private final double bias;
  private final double[] weights;
  private final double[][] factors; // [k][feature]

  FactorisationMachineModel(
      Standardisation standardisation, double bias, double[] weights, double[][] factors) {
    super(standardisation, MAGIC);
    this.bias = bias;
    this.weights = weights;
    this.factors = factors;
  }

  @Override
  public String trainer() {
    return FactorisationMachineTrainer.NAME;
  }

  @Override
  double value(double[] row) {
    double value = bias;
    for (int i = 0; i < row.length; i++) {
      value += weights[i] * row[i];
    }
    for (double[] factor : factors) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < row.length; i++) {
        double term = factor[i] * row[i];
        sum += term;
        squares += term * term;
      }
      value += (sum * sum - squares) / 2;
    }
    return value;
  }

  @Override
  void write(ModelBytes.Writer out) {
    out.putDouble(bias).putDoubles(weights).putInt(factors.length);
    for (double[] factor : factors) {
      out.putDoubles(factor);
    }
  }

  static FactorisationMachineModel decode(byte[] bytes) {
    ModelBytes.Reader in = reader(bytes, MAGIC, FactorisationMachineTrainer.NAME);
    Standardisation standardisation = Standardisation.read(in);
    double bias = in.getFinite();
    double[] weights = in.getFinite(standardisation.size());
    double[][] factors = new double[in.getCount(8 * standardisation.size())][];
    for (int k = 0; k < factors.length; k++) {
      factors[k] = in.getFinite(standardisation.size());
    }
    in.end();
    return new FactorisationMachineModel(standardisation, bias, weights, factors);
  }
}
