package slipstream.tribuo;

import slipstream.core.model.ModelBytes;
import slipstream.tribuo.SupportVectorParameters.Kernel;

/** A support vector machine: {@code sum(c_i K(s_i, z)) - rho} of standardised features z. */
final class SupportVectorModel extends StandardisedModel {
  private static final String MAGIC = "SLIPSUPV";

  private final Kernel kernel;
  private final double gamma;
  private final int degree;
  private final double rho;
  private final double[] coefficients;
  private final double[][] vectors;

  SupportVectorModel(
      Standardisation standardisation,
      Kernel kernel,
      double gamma,
      int degree,
      double rho,
      double[] coefficients,
      double[][] vectors) {
    super(standardisation, MAGIC);
    this.kernel = kernel;
    this.gamma = gamma;
    this.degree = degree;
    this.rho = rho;
    this.coefficients = coefficients;
    this.vectors = vectors;
  }

  @Override
  public String trainer() {
    return SupportVectorTrainer.NAME;
  }

  @Override
  double value(double[] row) {
    double value = 0;
    for (int i = 0; i < vectors.length; i++) {
      value += coefficients[i] * kernel.of(vectors[i], row, gamma, degree);
    }
    return value - rho;
  }

  @Override
  void write(ModelBytes.Writer out) {
    out.putInt(kernel.ordinal()).putDouble(gamma).putInt(degree).putDouble(rho);
    out.putInt(vectors.length);
    out.putDoubles(coefficients);
    for (double[] vector : vectors) {
      out.putDoubles(vector);
    }
  }

  static SupportVectorModel decode(byte[] bytes) {
    ModelBytes.Reader in = reader(bytes, MAGIC, SupportVectorTrainer.NAME);
    Standardisation standardisation = Standardisation.read(in);
    int kernel = in.getInt();
    double gamma = in.getFinite();
    int degree = in.getInt();
    if (kernel < 0 || kernel >= Kernel.values().length || degree < 1) {
      throw in.damaged("it has kernel " + kernel + " of degree " + degree);
    }
    double rho = in.getFinite();
    double[][] vectors = new double[in.getCount(8 * standardisation.size() + 8)][];
    double[] coefficients = in.getFinite(vectors.length);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = in.getFinite(standardisation.size());
    }
    in.end();
    return new SupportVectorModel(
        standardisation, Kernel.values()[kernel], gamma, degree, rho, coefficients, vectors);
  }
}
