package slipstream.onnx.internal;

import java.util.List;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter.Verification;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * Compares a written file with a model that has no splits, by its predictions: on all given rows, and with each feature in
 * turn NaN, infinite, zero and very large.
 */
public final class LinearCheck {
  private static final int BLOCK_CELLS = 1 << 20;
  private static final double[] ODD = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 1e9, -1e9, 0x1p-1074
  };

  private final Model model;
  private final byte[] file;
  private final Progress progress;
  private long maxUlps;

  public LinearCheck(Model model, byte[] file, Progress progress) {
    this.model = model;
    this.file = file;
    this.progress = progress;
  }

  /**
   * @throws slipstream.core.SlipstreamException when a prediction differs by more than one ulp
   */
  public Verification verify(FeatureMatrix given) {
    boolean constant = model.features().isEmpty();
    List<String> names = constant ? List.of("any") : model.features();
    FeatureMatrix rows =
        constant ? FeatureMatrix.ofColumns(names, new double[1][given.rows()]) : given;
    FeatureMatrix odd = odd(rows, names);
    try (OnnxSession session = new OnnxSession(file, names.size(), 1)) {
      compare(session, rows, "row");
      compare(session, odd, "boundary row");
      return new Verification(
          session.runtime(),
          rows.rows(),
          odd.rows(),
          maxUlps,
          List.of("each feature also as NaN, infinite, zero, very large and very small"));
    }
  }

  /** The first row, or zeros, with each feature in turn replaced. */
  private static FeatureMatrix odd(FeatureMatrix rows, List<String> names) {
    int features = names.size();
    double[][] columns = new double[features][features * ODD.length];
    for (int f = 0; f < features; f++) {
      for (int r = 0; r < columns[f].length; r++) {
        columns[f][r] = rows.rows() == 0 ? 0 : rows.get(0, f);
        if (r / ODD.length == f) {
          columns[f][r] = ODD[r % ODD.length];
        }
      }
    }
    return FeatureMatrix.ofColumns(names, columns);
  }

  private void compare(OnnxSession session, FeatureMatrix rows, String word) {
    int features = rows.features();
    // A model without features looks at none of the matrix's columns.
    double[] expected = model.predict(rows);
    int block = Math.max(16, BLOCK_CELLS / Math.max(1, features));
    for (int from = 0; from < rows.rows(); from += block) {
      progress.checkCancelled();
      int count = Math.min(block, rows.rows() - from);
      double[] rowMajor = new double[count * features];
      for (int r = 0; r < count; r++) {
        for (int f = 0; f < features; f++) {
          rowMajor[r * features + f] = rows.get(from + r, f);
        }
      }
      float[] result = session.run(rowMajor, count);
      if (result.length != count) {
        throw OnnxMismatch.of("it gives results of another shape");
      }
      for (int r = 0; r < count; r++) {
        long ulps = Ulps.between(result[r], (float) expected[from + r]);
        if (ulps > 1) {
          throw OnnxMismatch.of(
              Text.format(
                  "it predicts %s instead of %s on %s %d",
                  result[r], (float) expected[from + r], word, from + r));
        }
        maxUlps = Math.max(maxUlps, ulps);
      }
      progress.stage("Check ONNX", from + count, rows.rows(), "rows");
    }
  }
}
