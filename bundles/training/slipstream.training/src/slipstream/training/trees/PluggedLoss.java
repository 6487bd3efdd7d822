package slipstream.training.trees;

import java.util.Optional;
import java.util.function.DoubleSupplier;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.spi.Link;
import slipstream.core.spi.Loss;

/** A plug-in's loss, held to its word: what it gives is finite, and not negative where it must not be. */
record PluggedLoss(String name, Loss loss) implements Loss {
  @Override
  public String title() {
    return loss.title();
  }

  @Override
  public Link link() {
    return loss.link();
  }

  @Override
  public Optional<String> refusal(double target) {
    return loss.refusal(target);
  }

  @Override
  public double start(double[] target, double[] weights) {
    double start = checked("start", Double.NaN, Double.NaN, () -> loss.start(target, weights));
    if (!(Math.abs(start) <= BoostedTreesLearner.MAX_TARGET)) {
      throw wrong("gives " + start + " as its start", null);
    }
    return start;
  }

  @Override
  public double loss(double target, double score) {
    return notNegative("loss", target, score, () -> loss.loss(target, score));
  }

  @Override
  public double gradient(double target, double score) {
    double gradient = checked("gradient", target, score, () -> loss.gradient(target, score));
    if (!Double.isFinite(gradient)) {
      throw wrong("gradient", target, score, gradient);
    }
    return gradient;
  }

  @Override
  public double hessian(double target, double score) {
    return notNegative("hessian", target, score, () -> loss.hessian(target, score));
  }

  @Override
  public double step(double ratio) {
    double step = checked("step", Double.NaN, Double.NaN, () -> loss.step(ratio));
    if (!Double.isFinite(step)) {
      throw wrong("makes a step of " + step + " of " + ratio, null);
    }
    return step;
  }

  @Override
  public double reported(double meanLoss) {
    return loss.reported(meanLoss);
  }

  private double notNegative(String what, double target, double score, DoubleSupplier function) {
    double value = checked(what, target, score, function);
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw wrong(what, target, score, value);
    }
    return value;
  }

  private double checked(String what, double target, double score, DoubleSupplier function) {
    try {
      return function.getAsDouble();
    } catch (RuntimeException e) {
      String where = Double.isNaN(target) ? "" : at(target, score);
      throw wrong("failed in its " + what + where + ": " + e, e);
    }
  }

  private SlipstreamException wrong(String what, double target, double score, double value) {
    return wrong("gives the " + what + " " + value + at(target, score), null);
  }

  private static String at(double target, double score) {
    return Text.format(" for the target %s and the score %s", (float) target, (float) score);
  }

  private SlipstreamException wrong(String what, Throwable cause) {
    return new SlipstreamException(
        Category.INVALID_INPUT,
        "Boosted trees: objective '" + name + "' " + what,
        null,
        "Limit the score in it, or report it to the plug-in's maker.",
        cause);
  }
}
