package slipstream.training.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import slipstream.core.CompensatedSum;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * How much of a model's dependence on two features is not the sum of its dependence on each:
 * Friedman and Popescu's H (Annals of Applied Statistics 2, 2008). With the partial dependences
 * F_j, F_k and F_jk centred over the n rows x_i,
 *
 * <pre>H^2 = sum over i of (F_jk(x_ij, x_ik) - F_j(x_ij) - F_k(x_ik))^2 / sum over i of F_jk(x_ij, x_ik)^2</pre>
 *
 * and for a feature against all others together, with f the centred prediction and F_-j the partial
 * dependence on all features but j,
 *
 * <pre>H^2 = sum over i of (f(x_i) - F_j(x_ij) - F_-j(x_i))^2 / sum over i of f(x_i)^2</pre>
 *
 * <p>H is large where both features matter little, as its denominator is small there; the size,
 * sqrt(numerator / n) in the unit of the target, is not, so pairs are ordered by it.
 *
 * @param first a feature's name
 * @param second another's; empty when against all others
 * @param h 0 for additive features; 1 when all comes from the interaction; it may exceed 1 where
 *     features are correlated
 * @param size root mean square of what the sum does not explain, in the unit of the target
 */
public record InteractionStrength(String first, String second, double h, double size) {

  /**
   * Each pair of features, the largest size first. Predicts (p + 1) p / 2 times n squared rows, for
   * p features.
   *
   * @param rows columns in the order of the model's features
   * @param most rows to use, evenly spaced in the data; n is at most this
   * @param threads upper bound; does not change the result
   * @throws slipstream.core.SlipstreamException CANCELLED when the thread is interrupted
   */
  public static List<InteractionStrength> ofPairs(
      Model model, FeatureMatrix rows, int most, int threads) {
    Surface surface = Surface.of(model, rows, most, threads);
    List<double[]> alone = new ArrayList<>();
    for (int j = 0; j < rows.features(); j++) {
      alone.add(surface.dependence(j, j, false));
    }
    List<InteractionStrength> result = new ArrayList<>();
    for (int j = 0; j < rows.features(); j++) {
      for (int k = j + 1; k < rows.features(); k++) {
        double[] both = surface.dependence(j, k, false);
        String second = rows.names().get(k);
        result.add(surface.compare(rows.names().get(j), second, both, alone.get(j), alone.get(k)));
      }
    }
    return sorted(result);
  }

  /**
   * Each feature against all others, the largest size first. Predicts 2 p times n squared rows;
   * parameters as for {@link #ofPairs}.
   */
  public static List<InteractionStrength> ofFeatures(
      Model model, FeatureMatrix rows, int most, int threads) {
    Surface surface = Surface.of(model, rows, most, threads);
    double[] all = centred(model.predict(surface.sample()));
    List<InteractionStrength> result = new ArrayList<>();
    for (int j = 0; j < rows.features(); j++) {
      double[] alone = surface.dependence(j, j, false);
      double[] others = surface.dependence(j, j, true);
      result.add(surface.compare(rows.names().get(j), "", all, alone, others));
    }
    return sorted(result);
  }

  private static List<InteractionStrength> sorted(List<InteractionStrength> list) {
    list.sort(Comparator.comparingDouble(InteractionStrength::size).reversed()); // stable
    return List.copyOf(list);
  }

  private static double[] centred(double[] values) {
    double mean = CompensatedSum.mean(values);
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }

  /** Partial dependences at the rows of a sample. */
  private record Surface(
      Model model, FeatureMatrix sample, double[][] settings, double noise, int threads) {
    /** Differences below this share of the predictions are rounding. */
    private static final double ROUNDING = 0x1p-40;

    static Surface of(Model model, FeatureMatrix rows, int most, int threads) {
      if (most < 1 || threads < 1) {
        throw new IllegalArgumentException("rows or threads out of range");
      }
      FeatureMatrix sample = Marginal.sample(rows, most);
      double[][] settings = new double[sample.rows()][sample.features()];
      for (int i = 0; i < settings.length; i++) {
        for (int f = 0; f < settings[i].length; f++) {
          settings[i][f] = sample.get(i, f);
        }
      }
      double largest = Arrays.stream(model.predict(sample)).map(Math::abs).max().orElse(0);
      return new Surface(model, sample, settings, ROUNDING * largest, threads);
    }

    /** On features j and k, or on all but these; centred. */
    double[] dependence(int j, int k, boolean others) {
      boolean[] marked = new boolean[sample.features()];
      Arrays.fill(marked, others);
      marked[j] = !others;
      marked[k] = !others;
      double[][] predicted = Marginal.predict(model, sample, marked, settings, threads);
      return centred(Arrays.stream(predicted).mapToDouble(CompensatedSum::mean).toArray());
    }

    InteractionStrength compare(
        String first, String second, double[] both, double[] one, double[] other) {
      CompensatedSum left = new CompensatedSum();
      CompensatedSum all = new CompensatedSum();
      for (int i = 0; i < both.length; i++) {
        double rest = both[i] - one[i] - other[i];
        left.add(rest * rest);
        all.add(both[i] * both[i]);
      }
      double size = Math.sqrt(left.value() / both.length);
      boolean nothing = size <= noise; // NaN is something
      double h = nothing ? 0 : Math.sqrt(left.value() / all.value());
      return new InteractionStrength(first, second, h, nothing ? 0 : size);
    }
  }
}
