package slipstream.training.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.FeatureMatrix;
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
  public boolean takesCategories() {
    return true;
  }

  @Override
  public Model train(TrainingData data, BoostedTreesParameters parameters, Context context) {
    List<Loss> losses = losses(parameters, context);
    Optional<BoostedTreesModel> from = start(data, parameters, losses, context);
    List<Categories> categories =
        from.isPresent()
            ? categories(from.get(), data.features(), parameters.bins(), context)
            : categories(data.features(), parameters.bins(), context);
    BoostedTreesLearner.Validation validation =
        data.validationFeatures().rows() == 0
            ? null
            : new BoostedTreesLearner.Validation(
                columns(data.validationFeatures(), categories),
                data.validationTarget(),
                data.validationFacts().weights());
    try {
      var result =
          BoostedTreesLearner.train(
              columns(data.features(), categories),
              data.target(),
              data.facts().weights(),
              validation,
              parameters,
              losses,
              from.map(model -> over(model, data.features().names())).orElse(List.of()),
              context.seed(),
              context.threads(),
              new Reporter(losses, context),
              CpuDevice.of(context));
      return new BoostedTreesModel(
          new BoostedTreesCodec.Named(
              data.features().names(), categories, parameters.levels(), result.models()));
    } catch (CancellationException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CANCELLED,
          "cancelled while training boosted trees",
          null,
          "what was there before is unchanged",
          e);
    }
  }

  /**
   * Rows as bins, 8 bytes for each 8 features (4 beside the gradient), with 8 bytes of state, and what weights, sampling
   * and residuals add; see docs/architecture.md.
   */
  @Override
  public OptionalLong memory(BoostedTreesParameters parameters, Size size) {
    List<Loss> losses = parameters.standardLosses();
    boolean hessians =
        size.weighted() || losses.isEmpty() || losses.stream().anyMatch(StandardLoss::hasHessian);
    boolean sampled = parameters.rowSampling() < 1;
    int histograms = TreeGrower.histograms(parameters, size.rows());
    long learned =
        CpuTrees.bytes(
            RecordLayout.of(size.features(), hessians),
            size.rows(),
            size.weighted(),
            sampled,
            histograms);
    if (losses.stream().anyMatch(StandardLoss::needsResiduals)) {
      learned += (size.weighted() ? 8L : 4L) * size.rows();
    }
    long judging = (8L * RecordLayout.of(size.features()).stride() + 4) * size.validationRows();
    long finders =
        Math.min(size.threads(), size.features())
            * RankedValues.bytes(size.rows(), size.weighted());
    return OptionalLong.of(Math.max(learned, finders) + judging);
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

  @Override
  public Optional<String> startsFrom(BoostedTreesParameters parameters) {
    return parameters.startFrom().isBlank()
        ? Optional.empty()
        : Optional.of(parameters.startFrom().strip());
  }

  static FeatureColumns columns(FeatureMatrix rows, List<Categories> categories) {
    return BoostedTreesModel.columns(NumberedMatrix.of(rows, categories), categories);
  }

  /** The categories of the training rows; says where some must share a bin. */
  static List<Categories> categories(FeatureMatrix rows, int bins, Context context) {
    List<Categories> all = new ArrayList<>();
    for (int f = 0; f < rows.features(); f++) {
      Categories.Found found = Categories.of(rows, f, bins);
      Categories categories = found.categories();
      all.add(categories);
      if (found.shared() > 0) {
        context
            .progress()
            .message(
                Severity.WARNING,
                Text.format(
                    "%s: '%s' has %,d categories, more than the %d that fit its bins: the %,d rarest,"
                        + " %.1f%% of the rows, are one",
                    context.series(),
                    rows.names().get(f),
                    categories.names().size(),
                    categories.own(),
                    categories.names().size() - categories.own(),
                    100.0 * found.shared() / found.rows()));
      }
    }
    return all;
  }

  /** Those that an earlier model knows; the others are missing values to its trees, and so to those that are added. */
  private static List<Categories> categories(
      BoostedTreesModel from, FeatureMatrix rows, int bins, Context context) {
    List<Categories> all = new ArrayList<>(categories(rows, bins, context));
    for (int f = 0; f < rows.features(); f++) {
      int known = from.features().indexOf(rows.names().get(f));
      boolean named = !rows.categories(f).isEmpty();
      if (known >= 0 && named != !from.categories(known).isEmpty()) {
        throw cannotStart(
            Text.format(
                "its '%s' is %s", rows.names().get(f), named ? "a number" : "of categories"),
            "Define its features, with the same expressions.");
      }
      if (known >= 0) {
        all.set(f, from.categories().get(known));
      }
    }
    return all;
  }

  private static List<BoostedTrees> over(BoostedTreesModel model, List<String> names) {
    int[] features = model.features().stream().mapToInt(names::indexOf).toArray();
    return model.series().stream().map(each -> each.over(features, names.size())).toList();
  }

  /** The model to start from; empty without one. */
  private static Optional<BoostedTreesModel> start(
      TrainingData data, BoostedTreesParameters parameters, List<Loss> losses, Context context) {
    if (context.start().isEmpty()) {
      return Optional.empty();
    }
    if (!(context.start().get() instanceof BoostedTreesModel model)) {
      throw cannotStart(
          "it is a model of trainer '" + context.start().get().trainer() + "'",
          "Name a model of boosted-trees.");
    }
    List<String> names = data.features().names();
    List<String> lacking = model.features().stream().filter(each -> !names.contains(each)).toList();
    if (!lacking.isEmpty()) {
      throw cannotStart(
          "it needs " + String.join(", ", lacking) + ", which the experiment lacks",
          "Define its features, with the same expressions.");
    }
    if (!model.outputs().equals(BoostedTreesModel.outputs(parameters.levels()))) {
      throw cannotStart("it predicts other quantiles", "Set the same quantiles.");
    }
    if (model.trees().link() != losses.getFirst().link()) {
      throw cannotStart(
          "its predictions have another link than the objective's", "Choose its objective.");
    }
    int trees = model.steps();
    if (parameters.rounds() < trees) {
      throw cannotStart(
          "it has " + trees + " trees, more than rounds allows",
          "Set rounds above " + trees + ": its trees count.");
    }
    return Optional.of(model);
  }

  private static SlipstreamException cannotStart(String why, String remedy) {
    return SlipstreamException.invalid(
        "Boosted trees cannot start from this model: " + why, remedy);
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
