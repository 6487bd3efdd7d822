package example.objectives;

import slipstream.core.parameters.Parameter;
import slipstream.core.spi.Loss;
import slipstream.core.spi.Objective;

/**
 * The LINEX loss (Varian 1975, Zellner 1986): a cost that is predicted too low hurts exponentially,
 * one predicted too high about linearly, or the other way round.
 *
 * <p>With r = target - score and a the asymmetry it is 2 (exp(a r) - a r - 1) / a², which tends to r²
 * as a tends to 0. Beyond a r = 30 it goes on linearly, so that one wild row cannot overflow.
 */
public final class LinexObjective implements Objective<LinexObjective.Parameters> {
  /** What an experiment may say. */
  public record Parameters(
      @Parameter(
              help =
                  "Above 0 targets above their prediction weigh more, below 0 targets below it; the"
                      + " larger, the more uneven.",
              unit = "1 / unit of the target",
              defaultValue = "0.5",
              min = -1e6,
              max = 1e6)
          double asymmetry) {
    /** Zero would be the squared loss. */
    public Parameters {
      if (Math.abs(asymmetry) < 1e-6) {
        throw new IllegalArgumentException("asymmetry is 0: that is 'objective: squared'");
      }
    }
  }

  @Override
  public String name() {
    return "linex";
  }

  @Override
  public String summary() {
    return "Asymmetric: exponential on one side of the prediction, about linear on the other.";
  }

  @Override
  public Class<Parameters> parameters() {
    return Parameters.class;
  }

  @Override
  public Loss loss(Parameters parameters) {
    return new Linex(parameters.asymmetry());
  }

  private record Linex(double a) implements Loss {
    private static final double LIMIT = 30;
    private static final double NEARLY_ONE = 1 - 1e-3;

    @Override
    public String title() {
      return "LINEX loss";
    }

    /** Minimised by log(mean(exp(a y))) / a, taken around the largest a y. */
    @Override
    public double start(double[] target, double[] weights) {
      double largest = Double.NEGATIVE_INFINITY;
      for (double y : target) {
        largest = Math.max(largest, a * y);
      }
      double sum = 0;
      double sumOfWeights = 0;
      for (int i = 0; i < target.length; i++) {
        double weight = weights == null ? 1 : weights[i];
        sum += weight * StrictMath.exp(a * target[i] - largest);
        sumOfWeights += weight;
      }
      return (largest + StrictMath.log(sum / sumOfWeights)) / a;
    }

    private double exponential(double target, double score) {
      return StrictMath.exp(Math.min(a * (target - score), LIMIT));
    }

    @Override
    public double loss(double target, double score) {
      double x = a * (target - score);
      double e = exponential(target, score);
      double beyond = Math.max(0, x - LIMIT);
      return Math.max(0, 2 * (e * (1 + beyond) - x - 1) / (a * a));
    }

    @Override
    public double gradient(double target, double score) {
      return 2 * (1 - exponential(target, score)) / a;
    }

    @Override
    public double hessian(double target, double score) {
      return 2 * exponential(target, score);
    }

    /** The exact minimum over the rows, on whose exponentials G and H depend alone. */
    @Override
    public double step(double ratio) {
      return -StrictMath.log1p(-Math.min(a * ratio, NEARLY_ONE)) / a;
    }
  }
}
