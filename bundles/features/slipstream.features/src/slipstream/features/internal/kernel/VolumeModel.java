package slipstream.features.internal.kernel;

import java.util.Arrays;

/**
 * The state-space model of intraday volume of Chen, Feng and Palomar (Forecasting intraday trading volume: a Kalman filter
 * approach, 2016): the logarithm of the volume of bin i of a day is
 *
 * <pre>y = eta + mu + phi[i] + v,  v ~ N(0, r)</pre>
 *
 * eta is the day's level, {@code eta' = aEta eta + N(0, sEta)} from a day's last bin to the next day's first and the same
 * within a day; mu the movement within days, {@code mu' = aMu mu + N(0, sMu)} at every bin; phi what is usual for the bin.
 * The state before the first bin is N(0, diag(firstEta, firstMu)), so that phi holds the level.
 *
 * <p>Immutable.
 */
final class VolumeModel {
  /** Less than this share of the variance is taken for rounding. */
  private static final double LEAST = 1e-9;

  private static final int MAX_ITERATIONS = 60;

  /** A gain in log-likelihood that says nothing about the parameters any more. */
  private static final double NO_GAIN = 1e-2;

  final double aEta;
  final double aMu;
  final double sEta;
  final double sMu;
  final double r;
  final double firstEta;
  final double firstMu;
  final double[] phi;

  VolumeModel(
      double aEta,
      double aMu,
      double sEta,
      double sMu,
      double r,
      double firstEta,
      double firstMu,
      double[] phi) {
    this.aEta = aEta;
    this.aMu = aMu;
    this.sEta = sEta;
    this.sMu = sMu;
    this.r = r;
    this.firstEta = firstEta;
    this.firstMu = firstMu;
    this.phi = phi;
  }

  /**
   * The state before or after a bin: mean and covariance of eta and mu. What is observed moves it by {@code cut} standard
   * deviations of the surprise at most: the sparse outlier term of section 4 of the paper, whose penalty is {@code 2 cut /
   * deviation} here.
   */
  final class State {
    double eta;
    double mu;
    double pEta = firstEta;
    double pMu = firstMu;
    double pBoth;

    /** On to the next bin. */
    void advance(boolean newDay) {
      if (newDay) {
        eta *= aEta;
        pEta = aEta * aEta * pEta + sEta;
        pBoth *= aEta;
      }
      mu *= aMu;
      pMu = aMu * aMu * pMu + sMu;
      pBoth *= aMu;
    }

    double mean(int bin) {
      return eta + mu + phi[bin];
    }

    /** Of what is observed at a bin. */
    double variance() {
      return pEta + pMu + 2 * pBoth + r;
    }

    /** Takes an observation in. */
    void observe(double y, int bin, double cut) {
      double variance = variance();
      double reach = cut * Math.sqrt(variance);
      double surprise = Math.clamp(y - mean(bin), -reach, reach);
      double cEta = pEta + pBoth;
      double cMu = pMu + pBoth;
      eta += cEta / variance * surprise;
      mu += cMu / variance * surprise;
      pEta -= cEta * cEta / variance;
      pMu -= cMu * cMu / variance;
      pBoth -= cEta * cMu / variance;
    }

    State copy() {
      State copy = new State();
      copy.eta = eta;
      copy.mu = mu;
      copy.pEta = pEta;
      copy.pMu = pMu;
      copy.pBoth = pBoth;
      return copy;
    }
  }

  /** Before the first bin. */
  State start() {
    return new State();
  }

  // -------------------------------------------------------------------- estimation

  /**
   * Fits the model by expectation maximisation (Shumway and Stoffer 1982), from moments of the days alone, so that the same
   * days give the same bits.
   *
   * @param y by day, then bin; NaN where nothing is known; each bin is known on some day
   */
  static VolumeModel fit(double[][] y) {
    VolumeModel model = guess(y);
    Smoothed smoothed = new Smoothed(y);
    double before = smoothed.run(model);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      VolumeModel next = smoothed.maximise(model);
      double after = smoothed.run(next);
      model = next;
      if (!(after - before > NO_GAIN)) {
        break;
      }
      before = after;
    }
    return model;
  }

  /** What the expectations start from: means by bin, and the variances of days and within them. */
  static VolumeModel guess(double[][] y) {
    int bins = y[0].length;
    double[] phi = new double[bins];
    for (int b = 0; b < bins; b++) {
      double sum = 0;
      int count = 0;
      for (double[] day : y) {
        if (!Double.isNaN(day[b])) {
          sum += day[b];
          count++;
        }
      }
      phi[b] = count == 0 ? 0 : sum / count;
    }
    double ofDays = 0;
    double within = 0;
    int days = 0;
    int observed = 0;
    for (double[] day : y) {
      double sum = 0;
      double squares = 0;
      int count = 0;
      for (int b = 0; b < bins; b++) {
        if (!Double.isNaN(day[b])) {
          double rest = day[b] - phi[b];
          sum += rest;
          squares += rest * rest;
          count++;
        }
      }
      if (count > 0) {
        ofDays += sum / count * (sum / count);
        within += squares - sum * sum / count;
        days++;
        observed += count;
      }
    }
    ofDays /= Math.max(1, days);
    within /= Math.max(1, observed);
    double least = least(ofDays + within);
    ofDays = Math.max(ofDays, least);
    within = Math.max(within, least);
    return new VolumeModel(
        0.8, 0.6, 0.4 * ofDays, 0.3 * within, 0.5 * within, ofDays, 0.5 * within, phi);
  }

  private static double least(double variance) {
    return Math.max(LEAST * variance, 1e-12);
  }

  /**
   * Expectations of the states given all observations (Rauch, Tung and Striebel 1965), with those of neighbours, and what
   * maximises the likelihood given them. Arrays are used again.
   */
  static final class Smoothed {
    private final double[][] y;
    private final int bins;
    private final int steps;
    private final double[][] predicted; // by step: eta, mu, pEta, pMu, pBoth before the observation
    private final double[][] filtered; // after it
    private final double[][] smooth; // given all of them
    private final double[] lagEta; // covariance with the step before
    private final double[] lagMu;

    Smoothed(double[][] y) {
      this.y = y;
      bins = y[0].length;
      steps = y.length * bins;
      predicted = new double[steps][5];
      filtered = new double[steps][5];
      smooth = new double[steps][5];
      lagEta = new double[steps];
      lagMu = new double[steps];
    }

    /** Mean and covariance of a step's state given all observations: eta, mu, pEta, pMu, pBoth. */
    double[] at(int step) {
      return smooth[step];
    }

    /** Covariances of a step's eta and mu with those of the step before, given all observations. */
    double[] lag(int step) {
      return new double[] {lagEta[step], lagMu[step]};
    }

    /** Finds the expectations; returns the log-likelihood. */
    double run(VolumeModel model) {
      double likelihood = 0;
      State state = model.start();
      for (int t = 0; t < steps; t++) {
        int bin = t % bins;
        if (t > 0) {
          state.advance(bin == 0);
        }
        store(state, predicted[t]);
        double value = y[t / bins][bin];
        if (!Double.isNaN(value)) {
          double variance = state.variance();
          double surprise = value - state.mean(bin);
          likelihood -=
              0.5 * (StrictMath.log(2 * Math.PI * variance) + surprise * surprise / variance);
          state.observe(value, bin, Double.POSITIVE_INFINITY);
        }
        store(state, filtered[t]);
      }
      System.arraycopy(filtered[steps - 1], 0, smooth[steps - 1], 0, 5);
      for (int t = steps - 2; t >= 0; t--) {
        back(model, t);
      }
      return likelihood;
    }

    private static void store(State state, double[] into) {
      into[0] = state.eta;
      into[1] = state.mu;
      into[2] = state.pEta;
      into[3] = state.pMu;
      into[4] = state.pBoth;
    }

    /** From step t + 1 to step t, by the gain J = F A' P⁻¹. */
    private void back(VolumeModel model, int t) {
      double a = (t + 1) % bins == 0 ? model.aEta : 1;
      double b = model.aMu;
      double[] f = filtered[t];
      double[] p = predicted[t + 1];
      double[] s = smooth[t + 1];
      double determinant = p[2] * p[3] - p[4] * p[4];
      double j11;
      double j12;
      double j21;
      double j22;
      if (determinant > 1e-14 * p[2] * p[3]) {
        j11 = (f[2] * a * p[3] - f[4] * b * p[4]) / determinant;
        j12 = (f[4] * b * p[2] - f[2] * a * p[4]) / determinant;
        j21 = (f[4] * a * p[3] - f[3] * b * p[4]) / determinant;
        j22 = (f[3] * b * p[2] - f[4] * a * p[4]) / determinant;
      } else { // one of them says all of the other
        j11 = p[2] > 0 ? f[2] * a / p[2] : 0;
        j12 = 0;
        j21 = 0;
        j22 = p[3] > 0 ? f[3] * b / p[3] : 0;
      }
      double dEta = s[0] - p[0];
      double dMu = s[1] - p[1];
      double d11 = s[2] - p[2];
      double d22 = s[3] - p[3];
      double d12 = s[4] - p[4];
      double[] into = smooth[t];
      into[0] = f[0] + j11 * dEta + j12 * dMu;
      into[1] = f[1] + j21 * dEta + j22 * dMu;
      into[2] = f[2] + j11 * j11 * d11 + 2 * j11 * j12 * d12 + j12 * j12 * d22;
      into[3] = f[3] + j21 * j21 * d11 + 2 * j21 * j22 * d12 + j22 * j22 * d22;
      into[4] = f[4] + j11 * j21 * d11 + (j11 * j22 + j12 * j21) * d12 + j12 * j22 * d22;
      lagEta[t + 1] = s[2] * j11 + s[4] * j12;
      lagMu[t + 1] = s[4] * j21 + s[3] * j22;
    }

    /** The parameters that maximise the expected log-likelihood; the first state's stay. */
    VolumeModel maximise(VolumeModel model) {
      double[] phi = new double[bins];
      int[] count = new int[bins];
      for (int t = 0; t < steps; t++) {
        double value = y[t / bins][t % bins];
        if (!Double.isNaN(value)) {
          phi[t % bins] += value - smooth[t][0] - smooth[t][1];
          count[t % bins]++;
        }
      }
      int observed = Arrays.stream(count).sum();
      for (int b = 0; b < bins; b++) {
        phi[b] = count[b] == 0 ? model.phi[b] : phi[b] / count[b];
      }
      double r = 0;
      for (int t = 0; t < steps; t++) {
        double value = y[t / bins][t % bins];
        if (!Double.isNaN(value)) {
          double[] s = smooth[t];
          double rest = value - phi[t % bins] - s[0] - s[1];
          r += rest * rest + s[2] + s[3] + 2 * s[4];
        }
      }
      r /= observed;
      double least = least(model.firstEta + model.firstMu);
      double[] eta = {model.aEta, model.sEta};
      double[] mu = {model.aMu, model.sMu};
      autoregression(0, lagEta, bins, least, eta);
      autoregression(1, lagMu, 1, least, mu);
      return new VolumeModel(
          eta[0], mu[0], eta[1], mu[1], Math.max(r, least), model.firstEta, model.firstMu, phi);
    }

    /**
     * Slope and variance of a state by its predecessor.
     *
     * @param every at every so many steps
     * @param into kept where there is no such step
     */
    private void autoregression(int which, double[] lag, int every, double least, double[] into) {
      double before = 0;
      double now = 0;
      double both = 0;
      int count = 0;
      for (int t = every; t < steps; t += every) {
        double[] last = smooth[t - 1];
        double[] s = smooth[t];
        before += last[which] * last[which] + last[2 + which];
        now += s[which] * s[which] + s[2 + which];
        both += s[which] * last[which] + lag[t];
        count++;
      }
      if (count > 0 && before > 0) {
        into[0] = Math.clamp(both / before, 0, 1);
        double variance = (now + into[0] * into[0] * before - 2 * into[0] * both) / count;
        into[1] = Math.max(variance, least);
      }
    }
  }
}
