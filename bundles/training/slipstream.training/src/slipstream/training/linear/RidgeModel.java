package slipstream.training.linear;

import slipstream.core.model.ModelBytes;

/** A linear model fitted by ridge; a feature that earlier features determine has coefficient 0. */
public final class RidgeModel extends LinearModel {
  private static final String MAGIC = "SLIPRDGE";
  private static final int VERSION = 1;

  RidgeModel(Terms terms) {
    super(terms);
  }

  @Override
  public String trainer() {
    return RidgeTrainer.NAME;
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION);
    terms().write(out);
    return out.bytes();
  }

  static RidgeModel decode(byte[] bytes) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, "ridge model");
    RidgeModel model = new RidgeModel(Terms.read(in));
    in.end();
    return model;
  }
}
