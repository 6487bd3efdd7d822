package slipstream.training.trees;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.device.CpuDevice;

/**
 * Random forest (Breiman 2001): the mean of trees that are grown each on its own, on a share of the
 * rows, every node on a share of the features. The engine is that of {@link BoostedTreesLearner},
 * with its exact sums, so the model's bytes do not depend on threads. Rows are drawn without
 * replacement, which for a share of about 0.632 does as well as the bootstrap (Friedman and Hall
 * 2007) and needs no weights.
 */
public final class RandomForestTrainer implements Trainer<RandomForestParameters> {
  public static final String NAME = "random-forest";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Random forest of regression trees, with its out-of-bag error; the same model to the bit"
        + " for any number of threads.";
  }

  @Override
  public Class<RandomForestParameters> parameters() {
    return RandomForestParameters.class;
  }

  @Override
  public boolean takesCategories() {
    return true;
  }

  @Override
  public Model train(TrainingData data, RandomForestParameters parameters, Context context) {
    Progress progress = context.progress();
    var monitor =
        new TrainingMonitor() {
          @Override
          public void onRound(RoundReport report) {
            progress.stage("Random forest", report.round(), parameters.trees(), "trees");
          }

          @Override
          public boolean cancelled() {
            return progress.cancelled();
          }
        };
    List<Categories> categories =
        BoostedTreesTrainer.categories(data.features(), parameters.bins(), context);
    try {
      var result =
          BoostedTreesLearner.bag(
              BoostedTreesTrainer.columns(data.features(), categories),
              data.target(),
              data.facts().weights(),
              parameters.asTrees(),
              context.seed(),
              context.threads(),
              monitor,
              CpuDevice.of(context));
      result
          .outOfBag()
          .ifPresent(
              judged ->
                  progress.message(
                      Severity.INFO,
                      Text.format(
                          "%s: out-of-bag RMSE %.6g over %,d rows",
                          context.series(), judged.rmse(), judged.rows())));
      var named =
          new BoostedTreesCodec.Named(
              data.features().names(), categories, new double[0], List.of(result.model()));
      return new BoostedTreesModel(named, NAME);
    } catch (CancellationException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CANCELLED,
          "cancelled while growing a random forest",
          null,
          "what was there before is unchanged",
          e);
    }
  }

  /** What boosted trees take, and of each row how many trees were grown without it. */
  @Override
  public OptionalLong memory(RandomForestParameters parameters, Size size) {
    OptionalLong trees = new BoostedTreesTrainer().memory(parameters.asTrees(), size);
    return OptionalLong.of(trees.getAsLong() + 4L * size.rows());
  }

  @Override
  public Model decode(byte[] bytes) {
    return new BoostedTreesModel(BoostedTreesCodec.decode(bytes), NAME);
  }
}
