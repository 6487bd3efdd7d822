package slipstream.training.explain;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.CounterRandom;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/** Predictions of rows some of whose features are set to given values. */
final class Marginal {
  private Marginal() {}

  /** Evenly spaced rows, at most so many, read into memory. */
  static FeatureMatrix sample(FeatureMatrix rows, int most) {
    int n = Math.min(rows.rows(), most);
    int[] chosen = IntStream.range(0, n).map(k -> row(rows.rows(), n, k)).toArray();
    FeatureMatrix selected = rows.select(chosen);
    double[][] columns = new double[rows.features()][n];
    for (int f = 0; f < columns.length; f++) {
      selected.copy(f, 0, n, columns[f], 0);
    }
    return FeatureMatrix.ofColumns(
        rows.names(),
        columns,
        IntStream.range(0, columns.length).mapToObj(rows::categories).toList());
  }

  /** The k-th of n evenly spaced rows. */
  static int row(int rows, int n, int k) {
    return (int) ((long) k * rows / n);
  }

  /**
   * The model's predictions of all rows with the marked features set to each of the settings in
   * turn: {@code [setting][row]}.
   */
  static double[][] predict(
      Model model, FeatureMatrix rows, boolean[] marked, double[][] settings, int threads) {
    return Parallel.map(
            settings.length,
            threads,
            Progress.NONE,
            i -> model.predict(new Set(rows, marked, settings[i])))
        .toArray(double[][]::new);
  }

  /** The numbers below n in Fisher and Yates's shuffle; each draw is a pure function of the stream and its number. */
  static int[] order(int n, long stream) {
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    for (int i = n - 1; i > 0; i--) {
      int k = (int) Math.unsignedMultiplyHigh(CounterRandom.bits(stream, 0, i), i + 1L);
      int row = order[i];
      order[i] = order[k];
      order[k] = row;
    }
    return order;
  }

  /** An output's predictions of all rows with the marked features set to these values. */
  static double[] predict(
      Model model, int output, FeatureMatrix rows, boolean[] marked, double[] values) {
    return model.predictAll(new Set(rows, marked, values))[output];
  }

  /** Rows whose marked features have the same values everywhere. */
  private record Set(FeatureMatrix rest, boolean[] marked, double[] values)
      implements FeatureMatrix {
    @Override
    public int rows() {
      return rest.rows();
    }

    @Override
    public List<String> names() {
      return rest.names();
    }

    @Override
    public List<String> categories(int feature) {
      return rest.categories(feature);
    }

    @Override
    public double get(int row, int feature) {
      return marked[feature] ? values[feature] : rest.get(row, feature);
    }

    @Override
    public void copy(int feature, int from, int to, double[] target, int offset) {
      if (marked[feature]) {
        Arrays.fill(target, offset, offset + to - from, values[feature]);
      } else {
        rest.copy(feature, from, to, target, offset);
      }
    }
  }
}
