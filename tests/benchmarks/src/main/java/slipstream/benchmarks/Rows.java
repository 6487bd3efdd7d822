package slipstream.benchmarks;

/**
 * Rows to learn from, or to be predicted.
 *
 * @param columns by feature
 */
record Rows(float[][] columns, float[] target) {
  int count() {
    return target.length;
  }

  /** One row after the other, as XGBoost takes them. */
  float[] rowMajor() {
    int features = columns.length;
    int rows = count();
    float[] all = new float[rows * features];
    for (int f = 0; f < features; f++) {
      for (int i = 0; i < rows; i++) {
        all[i * features + f] = columns[f][i];
      }
    }
    return all;
  }

  double[] targetAsDouble() {
    double[] y = new double[target.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = target[i];
    }
    return y;
  }

  /** Root of the mean squared difference to the target. */
  double rmse(float[] predicted) {
    double sum = 0;
    for (int i = 0; i < target.length; i++) {
      double d = (double) target[i] - predicted[i];
      sum += d * d;
    }
    return Math.sqrt(sum / target.length);
  }
}
