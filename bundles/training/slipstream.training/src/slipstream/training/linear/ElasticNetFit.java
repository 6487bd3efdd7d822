package slipstream.training.linear;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.Size;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.linear.ElasticNetModel.PathPoint;

/**
 * Fits the elastic net over a path of penalties: lambda falls in equal ratios from the smallest that
 * leaves no feature (Friedman, Hastie and Tibshirani 2010). Each point starts from the one before
 * it.
 *
 * <p>The rows are read for their Gram matrix alone, and the validation rows for theirs, from which
 * every point's error follows. The same rows give the same bits for any number of threads.
 */
final class ElasticNetFit {
  /** Below this share, the path starts as if it were this, for ridge leaves every feature. */
  private static final double LEAST_RATIO = 1e-3;

  private ElasticNetFit() {}

  /**
   * A penalty.
   *
   * @param l1 on absolute coefficients
   * @param l2 on squared ones, halved
   */
  private record Penalty(double lambda, double l1, double l2) {}

  static ElasticNetModel fit(
      TrainingData data, ElasticNetParameters parameters, String trainer, Context context) {
    boolean validated = data.validationTarget().length > 0;
    if (parameters.chooses() && !validated) {
      throw SlipstreamException.invalid(
          trainer + " chooses its penalty on validation rows, and there are none",
          "Give step or lambda, or validation rows.");
    }
    if (parameters.lambda() == 0 && parameters.step() > parameters.lambdas()) {
      throw SlipstreamException.invalid(
          "step " + parameters.step() + " is beyond the " + parameters.lambdas() + " lambdas",
          "Give a step of at most " + parameters.lambdas() + ", or more lambdas.");
    }
    Design design = Design.of(data, parameters.missingIndicators(), trainer, context);
    GramMatrix gram = design.gram(data.features(), data.target(), data.facts().weights(), context);
    GramMatrix judge =
        validated
            ? design.gram(
                data.validationFeatures(),
                data.validationTarget(),
                data.validationFacts().weights(),
                context)
            : null;
    if (!Double.isFinite(gram.square()) || judge != null && !Double.isFinite(judge.square())) {
      throw SlipstreamException.invalid(
          "the squares of the target of " + trainer + " overflow, or its weights are all 0",
          "Scale the target nearer to 1, and give some rows weight.");
    }

    CoordinateDescent descent = new CoordinateDescent(gram);
    List<Penalty> penalties =
        penalties(
            descent.largestMoment(),
            parameters.ratio(data.target().length, design.columns().size()),
            parameters);
    List<PathPoint> path = new ArrayList<>();
    double[] kept = null;
    int best = 0;
    int loose = 0;
    for (int k = 0; k < penalties.size(); k++) {
      context.progress().stage("Train " + trainer, k, penalties.size(), "lambdas");
      Penalty penalty = penalties.get(k);
      if (penalty.l1 == 0) {
        descent.start(Cholesky.solve(gram.matrix(), gram.moment(), penalty.l2));
      } else if (!descent.solve(penalty.l1, penalty.l2, context.progress())) {
        loose++;
      }
      double[] solution = descent.solution();
      double training = error(gram, solution);
      double validation = judge == null ? Double.NaN : error(judge, solution);
      path.add(
          new PathPoint(
              penalty.lambda,
              terms(solution),
              training,
              validation,
              design.terms(solution).coefficients()));
      if (parameters.lambda() == 0) {
        context.progress().learningCurve(context.series(), k + 1, "RMSE", training, validation);
      }
      boolean wanted =
          parameters.chooses()
              ? k == 0 || validation < path.get(best).validationError()
              : parameters.lambda() > 0 || k == parameters.step() - 1;
      if (wanted) {
        best = k;
        kept = solution;
      }
    }
    if (loose > 0) {
      context
          .progress()
          .message(
              Severity.WARNING,
              Text.format(
                  "%s: the coefficients of %d of %d penalties are not exact: the features are"
                      + " nearly dependent. Raise lambda_ratio or lambda, or lower l1_ratio.",
                  trainer, loose, penalties.size()));
    }
    return new ElasticNetModel(
        trainer,
        design.terms(kept),
        parameters.l1Ratio(),
        penalties.get(best).lambda,
        parameters.lambda() > 0 ? 0 : best + 1,
        path);
  }

  /** The Gram matrices of training and validation rows, a square one, and the coefficients of the path. */
  static long memory(ElasticNetParameters parameters, Size size) {
    long columns = Design.columns(parameters.missingIndicators(), size);
    return Design.memory(parameters.missingIndicators(), size)
        + 12 * columns * columns
        + 8L * size.features() * parameters.lambdas();
  }

  private static List<Penalty> penalties(
      double largest, double last, ElasticNetParameters parameters) {
    double ratio = parameters.l1Ratio();
    if (parameters.lambda() > 0) {
      double lambda = parameters.lambda();
      return List.of(new Penalty(lambda, lambda * ratio, lambda * (1 - ratio)));
    }
    List<Penalty> penalties = new ArrayList<>();
    int steps = Math.max(1, parameters.lambdas() - 1);
    for (int k = 0; k < parameters.lambdas(); k++) {
      // From the L1 part, so that the first point drops every feature whatever the rounding.
      double l1 = largest * StrictMath.pow(last, (double) k / steps);
      double lambda = l1 / Math.max(ratio, LEAST_RATIO);
      penalties.add(
          new Penalty(lambda, ratio < LEAST_RATIO ? lambda * ratio : l1, lambda * (1 - ratio)));
    }
    return penalties;
  }

  private static int terms(double[] solution) {
    int terms = 0;
    for (double each : solution) {
      terms += each != 0 ? 1 : 0;
    }
    return terms;
  }

  /** The root of {@code mean((t - zb)²) = mean(t²) - 2 b'mean(zt) + b'mean(zz')b}. */
  private static double error(GramMatrix gram, double[] b) {
    double sum = gram.square();
    for (int i = 0; i < b.length; i++) {
      if (b[i] != 0) {
        int row = i * (i + 1) / 2;
        double products = 0;
        for (int j = 0; j < i; j++) {
          products += gram.matrix()[row + j] * b[j];
        }
        sum += b[i] * (2 * (products - gram.moment()[i]) + gram.matrix()[row + i] * b[i]);
      }
    }
    return Math.sqrt(Math.max(0, sum));
  }
}
