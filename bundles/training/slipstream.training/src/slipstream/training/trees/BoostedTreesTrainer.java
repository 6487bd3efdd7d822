package slipstream.training.trees;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Loss;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.device.CpuDevice;

/** Gradient-boosted regression trees on integer histograms; see {@link BoostedTreesLearner}. */
public final class BoostedTreesTrainer implements Trainer<BoostedTreesParameters> {
  public static final String NAME = "boosted-trees";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Gradient-boosted regression trees; the same model to the bit for any number of"
        + " threads.";
  }

  @Override
  public Class<BoostedTreesParameters> parameters() {
    return BoostedTreesParameters.class;
  }

  @Override
  public Optional<String> stopsEarlyBy(BoostedTreesParameters parameters) {
    return parameters.earlyStoppingRounds() > 0
        ? Optional.of("early_stopping_rounds")
        : Optional.empty();
  }

  @Override
  public boolean drawsLearningCurve() {
    return true;
  }

  /** This many rounds, and no early stopping. */
  @Override
  public BoostedTreesParameters withSteps(BoostedTreesParameters parameters, int steps) {
    return parameters.withRounds(steps).withoutEarlyStopping();
  }

  @Override
  public Model train(TrainingData data, BoostedTreesParameters parameters, Context context) {
    BoostedTreesLearner.Validation validation =
        data.validationFeatures().rows() == 0
            ? null
            : new BoostedTreesLearner.Validation(
                BoostedTreesModel.columns(data.validationFeatures()),
                data.validationTarget(),
                data.validationFacts().weights());
    List<Loss> losses = losses(parameters, context);
    try {
      var result =
          BoostedTreesLearner.train(
              BoostedTreesModel.columns(data.features()),
              data.target(),
              data.facts().weights(),
              validation,
              parameters,
              losses,
              context.seed(),
              context.threads(),
              new Reporter(losses, context),
              CpuDevice.of(context));
      return new BoostedTreesModel(data.features().names(), parameters.levels(), result.models());
    } catch (CancellationException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CANCELLED,
          "cancelled while training boosted trees",
          null,
          "what was there before is unchanged",
          e);
    }
  }

  @Override
  public Model decode(byte[] bytes) {
    var named = BoostedTreesCodec.decode(bytes);
    return new BoostedTreesModel(named);
  }

  @Override
  public Optional<ObjectiveUse> objective(BoostedTreesParameters parameters) {
    if (!parameters.standardLosses().isEmpty()) {
      return Optional.empty();
    }
    List<String> own =
        Arrays.stream(StandardObjective.values()).map(StandardObjective::word).toList();
    return Optional.of(
        new ObjectiveUse(
            parameters.objective(),
            "objective",
            parameters.objectiveParameters(),
            "objective_parameters",
            own));
  }

  private static List<Loss> losses(BoostedTreesParameters parameters, Context context) {
    List<Loss> standard = parameters.standardLosses();
    if (!standard.isEmpty()) {
      return standard;
    }
    Loss plugged =
        context
            .loss()
            .orElseThrow(
                () ->
                    SlipstreamException.notFound(
                        "there is no objective '" + parameters.objective() + "'",
                        "Name one of boosted-trees, or install its plug-in."));
    return List.of(new PluggedLoss(parameters.objective(), plugged));
  }

  private record Reporter(List<Loss> losses, Context context) implements TrainingMonitor {
    @Override
    public void onTree(int trees, int most) {
      context
          .progress()
          .stage("Boosted trees", trees, most, losses.size() == 1 ? "rounds" : "trees");
    }

    @Override
    public void onRound(RoundReport report) {
      context
          .progress()
          .learningCurve(
              context.series(),
              report.round(),
              losses.getFirst().title(),
              report.trainLoss(),
              report.validationLoss());
    }

    @Override
    public boolean cancelled() {
      return context.progress().cancelled();
    }
  }
}
