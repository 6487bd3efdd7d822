package slipstream.features.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The filter, the smoother and the likelihood against what Gaussian variables are in general. */
class VolumeModelTest {
  static VolumeModel model(Random random, int bins) {
    double[] phi = random.doubles(bins, -1, 1).toArray();
    return new VolumeModel(
        0.3 + 0.69 * random.nextDouble(),
        0.2 + 0.7 * random.nextDouble(),
        0.01 + 0.2 * random.nextDouble(),
        0.01 + 0.2 * random.nextDouble(),
        0.01 + 0.3 * random.nextDouble(),
        0.1 + random.nextDouble(),
        0.1 + random.nextDouble(),
        phi);
  }

  /** Days drawn from the model, a share of the bins unknown. */
  static double[][] draw(VolumeModel model, int days, double unknown, Random random) {
    int bins = model.phi.length;
    double[][] y = new double[days][bins];
    double eta = Math.sqrt(model.firstEta) * random.nextGaussian();
    double mu = Math.sqrt(model.firstMu) * random.nextGaussian();
    for (int d = 0; d < days; d++) {
      for (int b = 0; b < bins; b++) {
        if (d + b > 0) {
          mu = model.aMu * mu + Math.sqrt(model.sMu) * random.nextGaussian();
          if (b == 0) {
            eta = model.aEta * eta + Math.sqrt(model.sEta) * random.nextGaussian();
          }
        }
        double noise = Math.sqrt(model.r) * random.nextGaussian();
        y[d][b] = random.nextDouble() < unknown ? Double.NaN : eta + mu + model.phi[b] + noise;
      }
    }
    return y;
  }

  /** Covariances of one state at all steps. */
  private static double[][] covariances(double first, double a, double s, int every, int steps) {
    double[] variance = new double[steps];
    variance[0] = first;
    for (int t = 1; t < steps; t++) {
      variance[t] = t % every == 0 ? a * a * variance[t - 1] + s : variance[t - 1];
    }
    double[][] all = new double[steps][steps];
    for (int t = 0; t < steps; t++) {
      double c = variance[t];
      for (int u = t; u < steps; u++) {
        c *= u > t && u % every == 0 ? a : 1;
        all[t][u] = c;
        all[u][t] = c;
      }
    }
    return all;
  }

  /** Solves and returns the logarithm of the determinant as the last element. */
  private static double[] solve(double[][] matrix, double[] right) {
    int n = right.length;
    double[][] m = new double[n][];
    double[] x = right.clone();
    for (int i = 0; i < n; i++) {
      m[i] = matrix[i].clone();
    }
    double logDeterminant = 0;
    for (int i = 0; i < n; i++) {
      logDeterminant += Math.log(m[i][i]);
      for (int r = i + 1; r < n; r++) {
        double factor = m[r][i] / m[i][i];
        for (int c = i; c < n; c++) {
          m[r][c] -= factor * m[i][c];
        }
        x[r] -= factor * x[i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int c = i + 1; c < n; c++) {
        x[i] -= m[i][c] * x[c];
      }
      x[i] /= m[i][i];
    }
    double[] result = java.util.Arrays.copyOf(x, n + 1);
    result[n] = logDeterminant;
    return result;
  }

  /** Conditional means and covariances by the formula for Gaussian variables, all at once. */
  private static final class Brute {
    final double[][] eta;
    final double[][] mu;
    final List<Integer> at = new ArrayList<>();
    final double[] rest;
    final double[][] k;

    Brute(VolumeModel model, double[][] y, int until) {
      int bins = y[0].length;
      int steps = y.length * bins;
      eta = covariances(model.firstEta, model.aEta, model.sEta, bins, steps);
      mu = covariances(model.firstMu, model.aMu, model.sMu, 1, steps);
      for (int t = 0; t < until; t++) {
        if (!Double.isNaN(y[t / bins][t % bins])) {
          at.add(t);
        }
      }
      int n = at.size();
      rest = new double[n];
      k = new double[n][n];
      for (int i = 0; i < n; i++) {
        int t = at.get(i);
        rest[i] = y[t / bins][t % bins] - model.phi[t % bins];
        for (int j = 0; j < n; j++) {
          k[i][j] = eta[t][at.get(j)] + mu[t][at.get(j)] + (i == j ? model.r : 0);
        }
      }
    }

    double likelihood() {
      double[] solved = solve(k, rest);
      double sum = solved[rest.length] + rest.length * Math.log(2 * Math.PI);
      for (int i = 0; i < rest.length; i++) {
        sum += solved[i] * rest[i];
      }
      return -sum / 2;
    }

    double[] with(double[][] state, int t) {
      return at.stream().mapToDouble(each -> state[t][each]).toArray();
    }

    double mean(double[][] state, int t) {
      double[] solved = solve(k, rest);
      double[] c = with(state, t);
      double sum = 0;
      for (int i = 0; i < c.length; i++) {
        sum += c[i] * solved[i];
      }
      return sum;
    }

    double covariance(double[][] a, int t, double[][] b, int u) {
      double[] solved = solve(k, with(b, u));
      double[] c = with(a, t);
      double sum = a == b ? a[t][u] : 0;
      for (int i = 0; i < c.length; i++) {
        sum -= c[i] * solved[i];
      }
      return sum;
    }
  }

  @Test
  void filterIsTheConditionalMean() {
    Random random = new Random(1);
    for (int trial = 0; trial < 12; trial++) {
      int bins = new int[] {1, 2, 7, 10}[trial % 4];
      VolumeModel model = model(random, bins);
      double[][] y = draw(model, 3, trial % 3 * 0.2, random);
      VolumeModel.State state = model.start();
      for (int t = 0; t < 3 * bins; t++) {
        if (t > 0) {
          state.advance(t % bins == 0);
        }
        Brute before = new Brute(model, y, t);
        double usual = model.phi[t % bins];
        assertEquals(
            before.mean(before.eta, t) + before.mean(before.mu, t) + usual,
            state.mean(t % bins),
            1e-10);
        double variance =
            before.covariance(before.eta, t, before.eta, t)
                + before.covariance(before.mu, t, before.mu, t)
                + 2 * before.covariance(before.eta, t, before.mu, t)
                + model.r;
        assertEquals(variance, state.variance(), 1e-10);
        if (!Double.isNaN(y[t / bins][t % bins])) {
          state.observe(y[t / bins][t % bins], t % bins, Double.POSITIVE_INFINITY);
        }
        Brute after = new Brute(model, y, t + 1);
        assertEquals(after.mean(after.eta, t), state.eta, 1e-10);
        assertEquals(after.mean(after.mu, t), state.mu, 1e-10);
        assertEquals(after.covariance(after.eta, t, after.mu, t), state.pBoth, 1e-10);
      }
    }
  }

  @Test
  void smootherAndLikelihoodAreThoseOfAllObservations() {
    Random random = new Random(2);
    for (int trial = 0; trial < 8; trial++) {
      int bins = new int[] {1, 3, 6, 9}[trial % 4];
      VolumeModel model = model(random, bins);
      double[][] y = draw(model, 4, trial < 4 ? 0 : 0.3, random);
      VolumeModel.Smoothed smoothed = new VolumeModel.Smoothed(y);
      Brute brute = new Brute(model, y, 4 * bins);
      assertEquals(brute.likelihood(), smoothed.run(model), 1e-9);
      for (int t = 0; t < 4 * bins; t++) {
        double[] s = smoothed.at(t);
        assertEquals(brute.mean(brute.eta, t), s[0], 1e-9);
        assertEquals(brute.mean(brute.mu, t), s[1], 1e-9);
        assertEquals(brute.covariance(brute.eta, t, brute.eta, t), s[2], 1e-9);
        assertEquals(brute.covariance(brute.mu, t, brute.mu, t), s[3], 1e-9);
        assertEquals(brute.covariance(brute.eta, t, brute.mu, t), s[4], 1e-9);
        if (t > 0) {
          double[] lag = smoothed.lag(t);
          assertEquals(brute.covariance(brute.eta, t, brute.eta, t - 1), lag[0], 1e-9);
          assertEquals(brute.covariance(brute.mu, t, brute.mu, t - 1), lag[1], 1e-9);
        }
      }
    }
  }

  @Test
  void theLikelihoodNeverFalls() {
    Random random = new Random(3);
    for (int trial = 0; trial < 30; trial++) {
      int bins = 1 + random.nextInt(12);
      int days = 3 + random.nextInt(20);
      double[][] y = draw(model(random, bins), days, trial % 3 * 0.25, random);
      if (trial % 4 == 3) { // what no such model makes
        y[1][0] = 40;
        y[2][bins - 1] = -40;
      }
      VolumeModel model = VolumeModel.guess(y);
      VolumeModel.Smoothed smoothed = new VolumeModel.Smoothed(y);
      double before = smoothed.run(model);
      double first = before;
      for (int i = 0; i < 60; i++) {
        model = smoothed.maximise(model);
        double after = smoothed.run(model);
        assertTrue(
            after >= before - 1e-9 * Math.max(1, Math.abs(before)),
            trial + ": " + before + " to " + after + " in round " + i);
        before = after;
      }
      assertTrue(before > first, "it did not move");
    }
  }

  @Test
  void theTruthIsFound() {
    double[] phi = new double[30];
    for (int b = 0; b < phi.length; b++) {
      phi[b] = 8 + Math.cos(2 * Math.PI * b / phi.length); // busy at both ends
    }
    VolumeModel truth = new VolumeModel(0.9, 0.7, 0.04, 0.05, 0.06, 0.04 / 0.19, 0.1, phi);
    Random random = new Random(4);
    double[] sums = new double[5];
    int trials = 12;
    for (int trial = 0; trial < trials; trial++) {
      VolumeModel found = VolumeModel.fit(draw(truth, 150, trial % 2 * 0.1, random));
      double[] estimates = {found.aEta, found.aMu, found.sEta, found.sMu, found.r};
      for (int i = 0; i < 5; i++) {
        sums[i] += estimates[i] / trials;
      }
      double level = 0;
      for (int b = 0; b < phi.length; b++) {
        level += (found.phi[b] - phi[b]) / phi.length;
      }
      for (int b = 0; b < phi.length; b++) {
        assertEquals(phi[b] + level, found.phi[b], 0.15, "bin " + b);
      }
    }
    assertEquals(0.9, sums[0], 0.06);
    assertEquals(0.7, sums[1], 0.04);
    assertEquals(0.04, sums[2], 0.008);
    assertEquals(0.05, sums[3], 0.008);
    assertEquals(0.06, sums[4], 0.008);
  }

  @Test
  void daysWithoutVariationAreNoError() {
    VolumeModel model = VolumeModel.fit(new double[][] {{2, 3}, {2, 3}, {2, 3}});
    VolumeModel.State state = model.start();
    assertEquals(2, state.mean(0), 1e-6);
    assertTrue(state.variance() > 0 && state.variance() < 1e-6);
  }
}
