package slipstream.training.linear;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import slipstream.core.device.Device;
import slipstream.core.device.GramKernel;
import slipstream.core.device.GramKernel.GramTask;
import slipstream.core.device.RowSource;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Trainer;
import slipstream.training.device.CpuDevice;
import slipstream.training.linear.Design.Standardised;

/**
 * Mean products of a design's columns with each other and with the target, from one pass over the
 * rows, which the device makes (see {@link GramKernel#gram}).
 *
 * <p>With weights, products are weighted and means are over the weights' total.
 *
 * @param matrix the lower triangle by row: entry (i, j), j ≤ i, at {@code i(i+1)/2 + j}
 * @param moment each column's mean product with the target less its training mean
 * @param square the mean square of the target less its training mean
 */
record GramMatrix(double[] matrix, double[] moment, double square) {
  static final int BLOCK = GramKernel.GRAM_BLOCK;

  static GramMatrix of(
      FeatureMatrix features,
      double[] target,
      double targetMean,
      double[] weights,
      double total,
      List<Standardised> design,
      String trainer,
      Trainer.Context context) {
    int columns = design.size();
    Device device = CpuDevice.of(context);
    GramTask task =
        new GramTask(
            target.length, columns, weights != null, context.threads(), "Train " + trainer);
    RowSource rows =
        (column, from, to, into) -> {
          double[] values = new double[to - from];
          if (column < columns) {
            standardise(features, design.get(column), from, values);
          } else {
            boolean weight = column > columns;
            for (int i = 0; i < values.length; i++) {
              values[i] = weight ? weights[from + i] : target[from + i] - targetMean;
            }
          }
          MemorySegment.copy(values, 0, into, ValueLayout.JAVA_DOUBLE, 0, values.length);
        };
    double[] means = device.gram(task, rows, context.progress());
    for (int i = 0; i < means.length; i++) {
      means[i] /= total;
    }
    int triangle = columns * (columns + 1) / 2;
    return new GramMatrix(
        Arrays.copyOf(means, triangle),
        Arrays.copyOfRange(means, triangle, means.length - 1),
        means[means.length - 1]);
  }

  private static void standardise(
      FeatureMatrix features, Standardised column, int from, double[] z) {
    features.copy(column.feature(), from, from + z.length, z, 0);
    for (int i = 0; i < z.length; i++) {
      if (column.indicator()) {
        z[i] = ((Double.isFinite(z[i]) ? 0 : 1) - column.mean()) / column.deviation();
      } else {
        z[i] = Double.isFinite(z[i]) ? (z[i] - column.mean()) / column.deviation() : 0;
      }
    }
  }
}
