package slipstream.training.linear;

import java.util.List;
import slipstream.core.model.ModelBytes;

/** A linear model of which nothing is known but its terms, fitted by any trainer. */
public final class FittedLinearModel extends LinearModel {
  private static final String MAGIC = "SLIPLINR";
  private static final int VERSION = 1;

  private final String trainer;

  /**
   * Arrays are by feature; all numbers must be finite.
   *
   * @param trainer that can decode it
   * @param intercept the prediction where every feature is at its mean, in the target's unit
   * @param deviations 0 for a feature that did not vary
   * @param slopes in units of the target for each unit of the feature
   * @param missing what stands for the term of a feature that is NaN or infinite
   */
  public FittedLinearModel(
      String trainer,
      List<String> features,
      double intercept,
      double[] means,
      double[] deviations,
      double[] slopes,
      double[] missing) {
    this(
        trainer,
        new Terms(
            features,
            intercept,
            means.clone(),
            deviations.clone(),
            slopes.clone(),
            missing.clone()));
  }

  private FittedLinearModel(String trainer, Terms terms) {
    super(terms);
    this.trainer = trainer;
  }

  @Override
  public String trainer() {
    return trainer;
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION).putString(trainer);
    terms().write(out);
    return out.bytes();
  }

  /**
   * From what {@link #encode} made.
   *
   * @throws slipstream.core.SlipstreamException CORRUPT when the bytes are damaged, of a newer version or of another trainer
   */
  public static FittedLinearModel decode(byte[] bytes, String trainer) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, trainer + " model");
    String made = in.getString();
    if (!made.equals(trainer)) {
      throw in.damaged("it was made by '" + made + "'");
    }
    FittedLinearModel model = new FittedLinearModel(trainer, Terms.read(in));
    in.end();
    return model;
  }
}
