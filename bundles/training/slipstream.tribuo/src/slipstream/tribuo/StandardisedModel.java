package slipstream.tribuo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/** A model of standardised features and target. */
abstract class StandardisedModel implements Model {
  private static final int BLOCK = 1024;
  private static final int VERSION = 1;

  final Standardisation standardisation;
  private final String magic;

  /**
   * @param magic of its bytes
   */
  StandardisedModel(Standardisation standardisation, String magic) {
    this.standardisation = standardisation;
    this.magic = magic;
  }

  /** The standardised target of a row of the features that vary, standardised. */
  abstract double value(double[] row);

  /** Writes what {@link #value} needs. */
  abstract void write(ModelBytes.Writer out);

  @Override
  public final List<String> features() {
    return standardisation.names();
  }

  @Override
  public final void predict(FeatureMatrix rows, double[] result) {
    for (int from = 0; from < rows.rows(); from += BLOCK) {
      double[][] block = standardisation.rows(rows, from, Math.min(rows.rows(), from + BLOCK));
      for (int i = 0; i < block.length; i++) {
        result[from + i] = standardisation.target().value(value(block[i]));
      }
    }
  }

  @Override
  public final byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(magic, VERSION);
    standardisation.write(out);
    write(out);
    return out.bytes();
  }

  /** A reader after the standardisation has been read by {@link Standardisation#read}. */
  static ModelBytes.Reader reader(byte[] bytes, String magic, String trainer) {
    return new ModelBytes.Reader(bytes, magic, VERSION, trainer + " model");
  }

  /** None: its effects are in permutation importance. */
  @Override
  public final SequencedMap<String, Double> importance() {
    return new LinkedHashMap<>();
  }
}
