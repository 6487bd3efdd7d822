package slipstream.features.internal.kernel;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's cyclic rotations (Golub and Van Loan, Matrix
 * Computations, 8.5): accurate for small matrices, and only of operations that IEEE 754 rounds the same everywhere.
 */
final class SymmetricEigen {
  private static final int MOST_SWEEPS = 60;

  private SymmetricEigen() {}

  /**
   * @param a symmetric and finite; afterwards its eigenvalues are on the diagonal, descending
   * @param vectors gets the eigenvectors of length 1, {@code vectors[k]} that of {@code a[k][k]}
   */
  static void decompose(double[][] a, double[][] vectors) {
    int n = a.length;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        vectors[i][j] = i == j ? 1 : 0;
      }
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && rotateAll(a, vectors); sweep++) {
      // Each sweep squares what is left beside the diagonal.
    }
    sort(a, vectors);
  }

  /** One sweep; false when there was nothing to rotate. */
  private static boolean rotateAll(double[][] a, double[][] vectors) {
    boolean rotated = false;
    for (int p = 0; p < a.length; p++) {
      for (int q = p + 1; q < a.length; q++) {
        double apart = Math.abs(a[p][q]);
        // What does not change either diagonal element is nothing.
        if (apart <= 0x1p-56 * Math.sqrt(Math.abs(a[p][p])) * Math.sqrt(Math.abs(a[q][q]))
            || apart < Double.MIN_NORMAL) {
          a[p][q] = 0;
          a[q][p] = 0;
        } else {
          rotate(a, vectors, p, q);
          rotated = true;
        }
      }
    }
    return rotated;
  }

  private static void rotate(double[][] a, double[][] vectors, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cosine = 1 / Math.sqrt(tangent * tangent + 1);
    double sine = tangent * cosine;
    double off = a[p][q];
    a[p][p] -= tangent * off;
    a[q][q] += tangent * off;
    a[p][q] = 0;
    a[q][p] = 0;
    for (int i = 0; i < a.length; i++) {
      if (i != p && i != q) {
        double ip = a[i][p];
        double iq = a[i][q];
        a[i][p] = cosine * ip - sine * iq;
        a[i][q] = sine * ip + cosine * iq;
        a[p][i] = a[i][p];
        a[q][i] = a[i][q];
      }
      double vp = vectors[p][i];
      double vq = vectors[q][i];
      vectors[p][i] = cosine * vp - sine * vq;
      vectors[q][i] = sine * vp + cosine * vq;
    }
  }

  private static void sort(double[][] a, double[][] vectors) {
    for (int k = 0; k < a.length; k++) {
      int largest = k;
      for (int i = k + 1; i < a.length; i++) {
        largest = a[i][i] > a[largest][largest] ? i : largest;
      }
      double value = a[largest][largest];
      a[largest][largest] = a[k][k];
      a[k][k] = value;
      double[] vector = vectors[largest];
      vectors[largest] = vectors[k];
      vectors[k] = vector;
    }
  }
}
