package slipstream.training.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import slipstream.core.CompensatedSum;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.device.Device;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Model;
import slipstream.core.spi.Reach;
import slipstream.core.spi.RowSelection;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.device.CpuDevice;
import slipstream.training.evaluation.BlockBootstrap;
import slipstream.training.evaluation.Breakdowns;
import slipstream.training.evaluation.Calibration;
import slipstream.training.evaluation.CostCurves;
import slipstream.training.evaluation.Report.Bucket;
import slipstream.training.evaluation.Report.CurvePoint;
import slipstream.training.evaluation.Report.Drift;
import slipstream.training.evaluation.Report.FoldReport;
import slipstream.training.evaluation.Report.Histogram;
import slipstream.training.evaluation.Report.Importance;
import slipstream.training.evaluation.Report.Interval;
import slipstream.training.evaluation.Report.MetricDescription;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.evaluation.Report.QuantileScore;
import slipstream.training.evaluation.Report.TargetReport;
import slipstream.training.evaluation.Report.Warning;
import slipstream.training.evaluation.Residuals;
import slipstream.training.evaluation.ScoredRows;
import slipstream.training.evaluation.Verdict;
import slipstream.training.internal.report.Numbers;
import slipstream.training.metrics.MeanAbsoluteError;
import slipstream.training.metrics.RootMeanSquaredError;
import slipstream.training.validation.CrossValidation;
import slipstream.training.validation.Fold;

/**
 * Trains every model of an experiment on one target: once per fold, to be scored on later rows, and
 * once to be kept.
 *
 * <p>Every model that is scored is fitted on all training rows of its fold, whatever its trainer,
 * and the one that is kept on the rows of {@link CrossValidation#finalRows}. A model that stops early
 * finds its steps beforehand, in a fit without the fold's holdout; the kept one takes their median.
 * Fits without the holdout also give the learning curve. Everything but the seconds is a function
 * of the data, the recipes and the seed.
 */
final class TargetTraining {
  private static final int BUCKETS = 10;
  private static final int FEW_ROWS = 200;

  /** Residuals drift when chance alone would move them so far less often than this. */
  private static final double DRIFTS = 0.01;

  private final TargetData data;
  private final List<ModelRecipe<?>> recipes;
  private final List<Metric> metrics;
  private final long seed;
  private final int threads;
  private final Progress progress;
  private final Device device;
  private final Set<String> combined = new HashSet<>(); // names of models that others combine
  private final Map<FitKey, Model> fitted = new HashMap<>(); // of these, by fold
  private final List<Warning> warnings = new ArrayList<>();
  private final List<CurvePoint> baselineCurve = new ArrayList<>();

  /**
   * @param recipes the baseline first, and what combines others after them
   */
  TargetTraining(
      TargetData data,
      List<ModelRecipe<?>> recipes,
      List<Metric> metrics,
      long seed,
      int threads,
      Progress progress,
      Device device) {
    this.data = data;
    this.recipes = recipes;
    this.metrics = metrics;
    this.seed = seed;
    this.threads = threads;
    this.progress = progress;
    this.device = device;
    recipes.forEach(each -> combined.addAll(each.members()));
  }

  /**
   * A fit of a model.
   *
   * @param trainedOn {@link Fold#trainedOn}
   */
  private record FitKey(String model, String trainedOn) {}

  /**
   * @param models the final models in the order of the report's, the baseline first
   * @param scored all scored rows, in order of time
   * @param leakSeconds what the leak check took; 0 when it was not made
   */
  record Outcome(
      TargetReport report,
      List<FinalModel> models,
      FeatureMatrix scored,
      List<Warning> warnings,
      double leakSeconds) {}

  /**
   * @param parameters of the final fit, as text
   * @param rows that it was fitted on
   * @param seconds that its fits took, those of the folds included
   */
  record FinalModel(
      ModelRecipe<?> recipe,
      Model model,
      SequencedMap<String, String> parameters,
      long rows,
      double seconds) {}

  Outcome run(Validation validation) {
    RowSelection usable = data.usable();
    checkTarget(usable);
    Facts.check(data, usable);
    Scoring scoring = split(usable, validation, validation.leakCheck());
    CrossValidation split = scoring.split;
    if (MemoryNeed.worthChecking(usable.size())) {
      new MemoryNeed(
              recipes,
              MemoryNeed.Fits.of(split),
              data.features().features(),
              data.facts().hasWeights(),
              clusters(usable),
              threads)
          .check(data.name(), new CpuDevice().memory(Long.MAX_VALUE));
    }
    Judge judge = new Judge(scoring, validation);
    List<Fitted> fitted = new ArrayList<>();
    Map<String, Model> kept = new HashMap<>();
    for (ModelRecipe<?> recipe : recipes) {
      fitted.add(fit(recipe, split, kept, judge));
      kept.put(recipe.name(), fitted.getLast().kept.model());
    }
    progress.stage("Score " + data.name() + ": intervals", 0, -1, "");
    BlockBootstrap.Result errors = judge.errors.result(seed);
    Optional<BlockBootstrap.Result> weighted =
        Optional.ofNullable(judge.weightedErrors).map(each -> each.result(seed));
    Optional<LeakCheck.Result> leaks = scoring.leaks().map(each -> findLeaks(each, fitted));
    List<ModelReport> reports = new ArrayList<>();
    for (int m = 0; m < fitted.size(); m++) {
      int model = m;
      reports.add(
          report(
              fitted.get(m),
              errors.intervals().get(m),
              weighted.map(each -> each.scores().get(model)).orElse(List.of()),
              weighted.map(each -> each.intervals().get(model)).orElse(List.of())));
    }
    TargetReport report =
        new TargetReport(
            data.name(),
            data.unit(),
            data.description(),
            data.expression(),
            usable.size(),
            data.rows() - usable.size(),
            split.scored().size(),
            data.lookAhead().rows(),
            split.finalRows().size(),
            metrics.stream().map(this::describe).toList(),
            reports,
            split.folds().stream().map(this::describe).toList(),
            errors.comparisons(),
            errors.resampling(),
            leaks.map(LeakCheck.Result::report).orElse(null),
            judge.breakdowns.result(errors.resampling()),
            judge.breakdowns.drifts(errors.resampling()),
            costCurves(fitted, split).orElse(null));
    leaks.ifPresent(
        each -> each.warnings().forEach(w -> warn(w.severity(), w.message(), w.remedy(), w.key())));
    warnings(report, usable.size());
    return new Outcome(
        report,
        fitted.stream().map(Fitted::kept).toList(),
        data.features().select(split.scored()),
        List.copyOf(warnings),
        leaks.map(LeakCheck.Result::seconds).orElse(0.0));
  }

  /** Of the final models, asked about the scored rows. */
  private Optional<CostCurves> costCurves(List<Fitted> fitted, CrossValidation split) {
    String feature =
        data.costAgainst().isEmpty()
            ? fitted.stream()
                .flatMap(
                    each ->
                        each.kept.model().importance().keySet().stream()
                            .filter(name -> !data.features().categorical().contains(name))
                            .limit(1))
                .findFirst()
                .orElse("")
            : data.costAgainst();
    int at = data.features().names().indexOf(feature);
    if (at < 0) {
      return Optional.empty();
    }
    SequencedMap<String, Model> models = new LinkedHashMap<>();
    fitted.forEach(each -> models.put(each.recipe.name(), each.kept.model()));
    return CostCurves.of(
        models, data.features().select(split.scored()), feature, data.units().get(at));
  }

  private int clusters(RowSelection rows) {
    int count = 0;
    for (int i = 0; i < rows.size() && data.facts().hasClusters(); i++) {
      count = Math.max(count, data.facts().cluster(rows.get(i)) + 1);
    }
    return count;
  }

  /** With the best model by the headline that combines no others, the steps as it is kept. */
  private LeakCheck.Result findLeaks(LeakCheck check, List<Fitted> fitted) {
    MetricDescription headline = describe(metrics.getFirst());
    Fitted best = fitted.get(Math.min(1, fitted.size() - 1));
    for (Fitted each : fitted.subList(Math.min(1, fitted.size()), fitted.size())) {
      double score = each.judgement.scores().getFirst();
      if (each.recipe.members().isEmpty()
          && Verdict.better(headline, score, best.judgement.scores().getFirst())) {
        best = each;
      }
    }
    return check.run(best.recipe, best.kept.model().steps(), progress);
  }

  private void checkTarget(RowSelection usable) {
    Place place = Place.key("targets." + data.name());
    if (usable.size() == 0) {
      throw SlipstreamException.invalid(
          Text.format("the target is unknown in all %,d rows", data.rows()),
          place,
          "Check its expression and the columns it uses; a window longer than the data gives"
              + " unknown values.");
    }
    double first = data.target(usable.get(0));
    for (int i = 1; i < usable.size(); i++) {
      if (data.target(usable.get(i)) != first) {
        return;
      }
    }
    throw SlipstreamException.invalid(
        Text.format("the target is %s in all %,d rows where it is known", first, usable.size()),
        place,
        "A constant cannot be modelled: check its expression and the columns it uses.");
  }

  /**
   * @param clusters where the predictions start that are one observation for standard errors
   * @param leaks empty when none is wanted
   */
  private record Scoring(CrossValidation split, int[] clusters, Optional<LeakCheck> leaks) {
    /** How many predictions a model makes. */
    int predictions() {
      return split.scored().size() * split.paths();
    }
  }

  /** In a method of its own, so that the ends of targets are let go before anything is trained. */
  private Scoring split(RowSelection usable, Validation validation, boolean leakCheck) {
    IntToLongFunction ends = data.targetEnds().get();
    CrossValidation split =
        CrossValidation.split(
            data.times(), ends, usable, data.partitions(), data.groups(), validation);
    split
        .skipped()
        .forEach(fold -> warn(Severity.INFO, data.name() + ": " + fold, "", "validation"));
    RowSelection scored = split.scored();
    int[] clusters =
        Calibration.clusters(
            scored.size(),
            i -> data.times().applyAsLong(scored.get(i)),
            i -> ends.applyAsLong(scored.get(i)),
            overlapping(data.lookAhead()));
    for (int i = 0; i < clusters.length; i++) {
      clusters[i] *= split.paths();
    }
    Optional<LeakCheck> leaks =
        leakCheck
            ? Optional.of(new LeakCheck(data, split, ends, data.pointInTime(), seed, this::context))
            : Optional.empty();
    return new Scoring(split, clusters, leaks);
  }

  /** Whether the targets of one instrument's neighbouring rows share what they depend on. */
  private static boolean overlapping(Reach lookAhead) {
    return lookAhead.rows() > 1 || lookAhead.nanos() > 0;
  }

  // ---------------------------------------------------------------- training

  private record Fitted(
      ModelRecipe<?> recipe, Judgement judgement, List<CurvePoint> curve, FinalModel kept) {}

  /**
   * @param models the final ones so far, by name
   */
  private Fitted fit(
      ModelRecipe<?> recipe, CrossValidation split, Map<String, Model> models, Judge judge) {
    long start = System.nanoTime();
    List<CurvePoint> curve = new ArrayList<>();
    int[] steps = new int[split.folds().size()];
    Judgement judgement = judge.judge(recipe.name(), fitFolds(recipe, split, steps, curve));
    Arrays.sort(steps);
    int median = steps[(steps.length - 1) / 2];
    FitProgress fitProgress = new FitProgress(progress, stage(recipe, "all rows"));
    RowSelection finalRows = split.finalRows();
    List<Trainer.Member> members =
        members(
            recipe,
            finalRows,
            each -> models.get(each.name()),
            () -> split.withinFinal(data.targetEnds().get()));
    Model model =
        recipe.fit(rows(finalRows), median, context(recipe, "all rows", fitProgress, members));
    return new Fitted(
        recipe,
        judgement,
        curve,
        new FinalModel(
            recipe,
            model,
            parameters(recipe, median, models),
            finalRows.size(),
            (System.nanoTime() - start) / 1e9));
  }

  /** A model's parameters, and after them those of its members, which are found nowhere else in its archive. */
  private SequencedMap<String, String> parameters(
      ModelRecipe<?> recipe, int steps, Map<String, Model> models) {
    SequencedMap<String, String> texts = recipe.parameterTexts(steps);
    for (ModelRecipe<?> each : recipes) {
      if (recipe.members().contains(each.name())) {
        int taken = models.get(each.name()).steps();
        each.parameterTexts(taken)
            .forEach((name, value) -> texts.put(each.name() + "." + name, value));
      }
    }
    return texts;
  }

  /**
   * Of all scored rows.
   *
   * @param outputs by output, where there are several
   * @param levels what they are
   */
  private record Predictions(double[] headline, double[][] outputs, List<Model.Output> levels) {}

  private static void place(double[] scored, Fold fold, double[] into) {
    for (int i = 0; i < scored.length; i++) {
      into[fold.places().get(i)] = scored[i];
    }
  }

  /**
   * Fits and scores the folds.
   *
   * @param steps set by fold
   */
  private Predictions fitFolds(
      ModelRecipe<?> recipe, CrossValidation split, int[] steps, List<CurvePoint> curve) {
    int places = split.scored().size() * split.paths();
    double[] predicted = new double[places];
    double[][] outputs = {};
    List<Model.Output> levels = List.of();
    boolean drawsCurve = recipe.stopsEarlyBy().isEmpty() && recipe.trainer().drawsLearningCurve();
    Fold last = split.folds().getLast();
    if (drawsCurve && last.holdout().size() > 0) {
      judgedFit(recipe, last, "learning curve", curve, List.of());
    }
    for (Fold fold : split.folds()) {
      progress.checkCancelled();
      String where = "fold " + fold.number() + " of " + steps.length;
      boolean only = drawsCurve && fold == last && fold.holdout().size() == 0;
      Model model = fitFold(recipe, fold, where, only, curve, within(recipe, fold, split));
      steps[fold.number() - 1] = model.steps();
      double[][] scored = model.predictAll(matrix(model, fold.scored()));
      for (double[] output : scored) {
        checkFinite(recipe, output);
      }
      place(scored[model.headline()], fold, predicted);
      if (scored.length > 1) {
        outputs = outputs.length == 0 ? new double[scored.length][places] : outputs;
        levels = model.outputs();
        for (int k = 0; k < scored.length; k++) {
          place(scored[k], fold, outputs[k]);
        }
      }
    }
    return new Predictions(predicted, outputs, levels);
  }

  /**
   * A model that others combine is fitted once on the same rows.
   *
   * @param drawsCurve whether this is the fit that the learning curve is taken from
   * @param curve what is drawn is added to it; null where nothing is to be drawn
   * @param members of the fold's training rows
   */
  private Model fitFold(
      ModelRecipe<?> recipe,
      Fold fold,
      String where,
      boolean drawsCurve,
      List<CurvePoint> curve,
      List<Trainer.Member> members) {
    FitKey key = new FitKey(recipe.name(), fold.trainedOn());
    Model known = fitted.get(key);
    if (known != null) {
      return known;
    }
    Model model = fitAnew(recipe, fold, where, drawsCurve, curve, members);
    if (combined.contains(recipe.name())) {
      fitted.put(key, model);
    }
    return model;
  }

  private Model fitAnew(
      ModelRecipe<?> recipe,
      Fold fold,
      String where,
      boolean drawsCurve,
      List<CurvePoint> curve,
      List<Trainer.Member> members) {
    if (recipe.stopsEarlyBy().isPresent()) {
      int steps = judgedFit(recipe, fold, where + ", rounds", curve, members).steps();
      FitProgress fitProgress = new FitProgress(progress, stage(recipe, where));
      return recipe.fit(rows(fold.training()), steps, context(recipe, fold, fitProgress, members));
    }
    FitProgress fitProgress =
        drawsCurve
            ? withCurve(recipe, where, fold, fold.training(), fold.holdout())
            : new FitProgress(progress, stage(recipe, where));
    Model model = recipe.fit(rows(fold.training()), context(recipe, fold, fitProgress, members));
    if (curve != null) {
      curve.addAll(fitProgress.curve());
    }
    return model;
  }

  // --------------------------------------------------------------- members of ensembles

  /** The members of a recipe on the training rows of a fold. */
  private List<Trainer.Member> within(ModelRecipe<?> recipe, Fold fold, CrossValidation split) {
    return members(
        recipe,
        fold.training(),
        each -> fitFold(each, fold, "fold " + fold.number(), false, null, List.of()),
        () -> split.within(fold, data.targetEnds().get()));
  }

  /**
   * @param model fitted on all of the rows
   * @param folds that divide the rows
   */
  private List<Trainer.Member> members(
      ModelRecipe<?> recipe,
      RowSelection rows,
      Function<ModelRecipe<?>, Model> model,
      Supplier<List<Fold>> folds) {
    Divided divided = new Divided(rows, folds);
    List<Trainer.Member> members = new ArrayList<>();
    for (String name : recipe.members()) {
      for (ModelRecipe<?> each : recipes) {
        if (each.name().equals(name)) {
          members.add(new FittedMember(each, model, divided));
        }
      }
    }
    return members;
  }

  /** Training rows and the folds that divide them, made when they are first needed. */
  private final class Divided {
    private final RowSelection rows;
    private final Supplier<List<Fold>> maker;
    private List<Fold> folds;

    Divided(RowSelection rows, Supplier<List<Fold>> maker) {
      this.rows = rows;
      this.maker = maker;
    }

    double[] outOfFold(ModelRecipe<?> recipe) {
      if (folds == null) {
        folds = maker.get();
      }
      int[] places = new int[data.rows()];
      Arrays.fill(places, -1);
      for (int i = 0; i < rows.size(); i++) {
        places[rows.get(i)] = i;
      }
      double[] predicted = new double[rows.size()];
      Arrays.fill(predicted, Double.NaN);
      for (Fold fold : folds) {
        progress.checkCancelled();
        String where = "part " + fold.number() + " of " + folds.size() + ", out of fold";
        Model model = fitFold(recipe, fold, where, false, null, List.of());
        double[] scored = model.predict(matrix(model, fold.scored()));
        checkFinite(recipe, scored);
        for (int i = 0; i < scored.length; i++) {
          // What is purged from the rows is scored as well where another fold has it.
          int place = places[fold.scored().get(i)];
          if (place >= 0) {
            predicted[place] = scored[i];
          }
        }
      }
      return predicted;
    }
  }

  private record FittedMember(
      ModelRecipe<?> recipe, Function<ModelRecipe<?>, Model> fit, Divided divided)
      implements Trainer.Member {
    @Override
    public String name() {
      return recipe.name();
    }

    @Override
    public Model model() {
      return fit.apply(recipe);
    }

    @Override
    public double[] outOfFold() {
      return divided.outOfFold(recipe);
    }
  }

  // ---------------------------------------------------------- trials of a search

  /** Blocks of scored rows whose scores tell how much of a search's result is chance. */
  private static final int BLOCKS = 16;

  private static final int MIN_BLOCK_ROWS = 20;

  /**
   * How a model scores by the first metric.
   *
   * @param pooled over all scored rows
   * @param baseline the baseline's, over the same rows
   * @param folds by fold
   * @param blockGains how much better than the baseline's the metric is, by block of the scored rows in order of time; above
   *     0 is better
   */
  record Score(double pooled, double baseline, List<Double> folds, List<Double> blockGains) {}

  /**
   * Scores the last model, of which nothing is kept.
   *
   * @param share of each fold's training rows that the model sees; the baseline sees them all
   */
  Score score(Validation validation, double share) {
    RowSelection usable = data.usable();
    checkTarget(usable);
    Facts.check(data, usable);
    Scoring scoring = split(usable, validation, false);
    ScoredRows scored = scoredRows(scoring);
    double[] baseline = predict(recipes.getFirst(), scoring, 1);
    double[] predicted = predict(recipes.getLast(), scoring, share);
    Metric metric = metrics.getFirst();
    double[] actual = scored.actual();
    return new Score(
        metric.score(actual, predicted, baseline),
        metric.score(actual, baseline, baseline),
        scored.foldScores(metrics, predicted, baseline).stream().map(List::getFirst).toList(),
        blockGains(metric, actual, predicted, baseline));
  }

  /** Predictions of all scored rows. */
  private double[] predict(ModelRecipe<?> recipe, Scoring scoring, double share) {
    double[] predicted = new double[scoring.predictions()];
    List<Fold> folds = scoring.split.folds();
    for (Fold whole : folds) {
      Fold fold = whole.sampled(share, seed);
      progress.checkCancelled();
      String where = "fold " + fold.number() + " of " + folds.size();
      Model model =
          fitFold(recipe, fold, where, false, null, sampled(recipe, whole, scoring, share));
      double[] scored = model.predict(matrix(model, fold.scored()));
      checkFinite(recipe, scored);
      place(scored, fold, predicted);
    }
    return predicted;
  }

  private List<Trainer.Member> sampled(
      ModelRecipe<?> recipe, Fold whole, Scoring scoring, double share) {
    Fold fold = whole.sampled(share, seed);
    return members(
        recipe,
        fold.training(),
        each -> fitFold(each, fold, "fold " + fold.number(), false, null, List.of()),
        () ->
            scoring.split.within(whole, data.targetEnds().get()).stream()
                .map(each -> each.sampled(share, seed))
                .toList());
  }

  private static List<Double> blockGains(
      Metric metric, double[] actual, double[] predicted, double[] baseline) {
    int blocks = Math.min(BLOCKS, actual.length / MIN_BLOCK_ROWS);
    List<Double> gains = new ArrayList<>();
    for (int b = 0; blocks > 1 && b < blocks; b++) {
      int from = (int) ((long) actual.length * b / blocks);
      int to = (int) ((long) actual.length * (b + 1) / blocks);
      double[] a = Arrays.copyOfRange(actual, from, to);
      double[] base = Arrays.copyOfRange(baseline, from, to);
      double gain =
          metric.score(a, Arrays.copyOfRange(predicted, from, to), base)
              - metric.score(a, base, base);
      gains.add(metric.higherIsBetter() ? gain : 0 - gain);
    }
    return gains;
  }

  /** A fit on a fold's training rows without its holdout, which judges it and is not learned. */
  private Model judgedFit(
      ModelRecipe<?> recipe,
      Fold fold,
      String what,
      List<CurvePoint> curve,
      List<Trainer.Member> members) {
    if (fold.holdout().size() == 0) {
      throw SlipstreamException.invalid(
          Text.format(
              "fold %d has %,d training rows: validation.holdout leaves none for %s to judge by",
              fold.number(), fold.training().size(), recipe.stopsEarlyBy().orElse(recipe.key())),
          Place.key("validation"),
          "Use more data, fewer folds, a shorter embargo or another holdout; or do not stop"
              + " early.");
    }
    FitProgress fitProgress =
        curve == null
            ? new FitProgress(progress, stage(recipe, what))
            : withCurve(recipe, what, fold, fold.fit(), fold.holdout());
    Model model =
        recipe.fit(rows(fold.fit(), fold.holdout()), context(recipe, fold, fitProgress, members));
    if (curve != null) {
      curve.addAll(fitProgress.curve());
    }
    return model;
  }

  private FitProgress withCurve(
      ModelRecipe<?> recipe, String what, Fold fold, RowSelection learned, RowSelection judging) {
    // Before the fit, whose memory is not to be shared with the baseline's.
    List<CurvePoint> baseline = baselinePoints(fold, learned, judging);
    return FitProgress.withCurve(
        progress, stage(recipe, what), data.unit(), loss -> baselineBegins(loss, baseline));
  }

  /** What the baseline's point may be beside a model's learning curve: each loss on the same rows. */
  private List<CurvePoint> baselinePoints(Fold fold, RowSelection learned, RowSelection judging) {
    ModelRecipe<?> recipe = recipes.getFirst();
    Trainer.Context context = context(recipe, fold, Progress.NONE, List.of());
    Model model = recipe.fit(rows(learned), context);
    List<Metric> losses = List.of(new RootMeanSquaredError(), new MeanAbsoluteError());
    double[] training = losses(losses, model, learned);
    double[] validation = losses(losses, model, judging);
    List<CurvePoint> points = new ArrayList<>();
    for (int i = 0; i < training.length; i++) {
      String loss = i == 0 ? "RMSE" : "MAE";
      points.add(new CurvePoint(context.series(), 1, loss, training[i], validation[i]));
    }
    return points;
  }

  private void baselineBegins(String loss, List<CurvePoint> baseline) {
    for (CurvePoint point : baseline) {
      if (point.metric().equals(loss)) {
        if (!baselineCurve.contains(point)) {
          baselineCurve.add(point);
        }
        progress.learningCurve(
            point.series(),
            point.step(),
            FitProgress.withUnit(loss, data.unit()),
            point.training(),
            point.validation());
      }
    }
  }

  private double[] losses(List<Metric> metrics, Model model, RowSelection rows) {
    if (rows.size() == 0) {
      return new double[] {Double.NaN, Double.NaN};
    }
    double[] predicted = model.predict(matrix(model, rows));
    double[] actual = data.targets(rows);
    return metrics.stream().mapToDouble(each -> each.score(actual, predicted, predicted)).toArray();
  }

  private String stage(ModelRecipe<?> recipe, String where) {
    return "Train " + recipe.name() + " on " + data.name() + ", " + where;
  }

  private Trainer.Context context(
      ModelRecipe<?> recipe, Fold fold, Progress fitProgress, List<Trainer.Member> members) {
    return context(recipe, "fold " + fold.number(), fitProgress, members);
  }

  /** For a model that combines no others. */
  private Trainer.Context context(ModelRecipe<?> recipe, String where, Progress fitProgress) {
    return context(recipe, where, fitProgress, List.of());
  }

  private Trainer.Context context(
      ModelRecipe<?> recipe, String where, Progress fitProgress, List<Trainer.Member> members) {
    String series = data.name() + "/" + recipe.name() + "/" + where;
    return new Trainer.Context(
        series,
        seed,
        threads,
        fitProgress,
        recipe.loss(),
        Optional.of(device),
        recipe.start().map(ModelRecipe.StartModel::model),
        members);
  }

  private TrainingData rows(RowSelection training) {
    return rows(training, RowSelection.all(0));
  }

  private TrainingData rows(RowSelection training, RowSelection validation) {
    return new TrainingData(
        data.features().select(training),
        data.targets(training),
        data.facts().select(training),
        data.features().select(validation),
        data.targets(validation),
        data.facts().select(validation));
  }

  /** The rows with the columns that the model wants, in its order. */
  private FeatureMatrix matrix(Model model, RowSelection rows) {
    FeatureMatrix all = data.features();
    if (!model.features().isEmpty() && !model.features().equals(all.names())) {
      throw new IllegalStateException(model.trainer() + " changed the order of its features");
    }
    return all.select(rows);
  }

  private void checkFinite(ModelRecipe<?> recipe, double[] predicted) {
    for (double value : predicted) {
      if (!Double.isFinite(value)) {
        throw new SlipstreamException(
            Category.INTERNAL,
            "a model of trainer '" + recipe.trainer().name() + "' predicted " + value,
            Place.key(recipe.key()),
            "Check the features for extreme values, or use another trainer.");
      }
    }
  }

  // --------------------------------------------------------------- reporting

  /** What is kept of a model's predictions. */
  private record Judgement(
      List<Double> scores,
      List<List<Double>> foldScores,
      List<List<Double>> pathScores,
      List<Bucket> calibration,
      Histogram residuals,
      List<QuantileScore> quantiles) {}

  /**
   * Judges one model after another, the baseline first. Of all predictions it keeps the baseline's alone, 8 bytes a scored
   * row; the targets are read again for each model.
   */
  private final class Judge {
    private final Scoring scoring;
    private final BlockBootstrap errors;
    private final BlockBootstrap weightedErrors; // null without a weight
    private final Breakdowns breakdowns;
    private double[] baseline;
    private double[] edges;

    Judge(Scoring scoring, Validation validation) {
      this.scoring = scoring;
      CrossValidation split = scoring.split;
      RowSelection rows = split.scored();
      int paths = split.paths();
      int predictions = scoring.predictions();
      BlockBootstrap.Cells cells =
          validation.scheme() == Validation.Scheme.GROUPED
              ? BlockBootstrap.Cells.ofGroups(
                  predictions, groups(rows), i -> data.groups().applyAsInt(rows.get(i / paths)))
              : BlockBootstrap.Cells.ofTime(predictions, scoring.clusters);
      double centre = CompensatedSum.mean(data.targets(rows));
      errors = new BlockBootstrap(cells, null, metrics, centre);
      weightedErrors =
          data.scoreWeights() == null
              ? null
              : new BlockBootstrap(
                  cells,
                  i -> data.scoreWeights().applyAsDouble(rows.get(i / paths)),
                  metrics,
                  centre);
      breakdowns =
          new Breakdowns(
              data.dimensions(),
              rows,
              paths,
              cells,
              data.times(),
              data.hasTime(),
              data.timingRisk());
    }

    private int groups(RowSelection rows) {
      int count = 0;
      for (int i = 0; i < rows.size(); i++) {
        count = Math.max(count, data.groups().applyAsInt(rows.get(i)) + 1);
      }
      return count;
    }

    Judgement judge(String name, Predictions predictions) {
      double[] predicted = predictions.headline();
      ScoredRows scored = scoredRows(scoring);
      if (baseline == null) {
        baseline = predicted;
        edges = Residuals.edges(scored.residuals(predicted));
      }
      errors.add(name, scored.actual(), predicted, baseline);
      if (weightedErrors != null) {
        weightedErrors.add(name, scored.actual(), predicted, baseline);
      }
      breakdowns.add(name, scored.actual(), predicted, predictions.outputs(), predictions.levels());
      return new Judgement(
          scored.scores(metrics, predicted, baseline),
          scored.foldScores(metrics, predicted, baseline),
          scored.pathScores(metrics, predicted, baseline),
          Calibration.buckets(scored.actual(), predicted, scored.clusters(), BUCKETS),
          Residuals.histogram(scored.residuals(predicted), edges),
          quantiles(predictions, scored));
    }

    private List<QuantileScore> quantiles(Predictions predictions, ScoredRows scored) {
      List<QuantileScore> scores = new ArrayList<>();
      for (int k = 0; k < predictions.outputs().length && scored.actual().length > 0; k++) {
        Model.Output level = predictions.levels().get(k);
        if (!Double.isNaN(level.quantile())) {
          scores.add(scored.quantile(level, predictions.outputs()[k]));
        }
      }
      return scores;
    }
  }

  private ScoredRows scoredRows(Scoring scoring) {
    CrossValidation split = scoring.split;
    int paths = split.paths();
    double[] targets = data.targets(split.scored());
    double[] actual = targets;
    if (paths > 1) {
      actual = new double[scoring.predictions()];
      for (int i = 0; i < actual.length; i++) {
        actual[i] = targets[i / paths];
      }
    }
    return new ScoredRows(
        split.folds().stream().map(Fold::places).toList(), paths, scoring.clusters, actual);
  }

  private ModelReport report(
      Fitted fitted,
      List<Interval> intervals,
      List<Double> weightedScores,
      List<Interval> weightedIntervals) {
    List<Importance> importance = new ArrayList<>();
    for (Map.Entry<String, Double> each : fitted.kept.model().importance().entrySet()) {
      importance.add(new Importance(each.getKey(), each.getValue()));
    }
    boolean baseline = fitted.recipe == recipes.getFirst();
    return new ModelReport(
        fitted.recipe.name(),
        fitted.recipe.trainer().name(),
        baseline,
        fitted.judgement.scores(),
        fitted.judgement.foldScores(),
        fitted.judgement.calibration(),
        importance,
        fitted.judgement.residuals(),
        baseline ? List.copyOf(baselineCurve) : fitted.curve,
        fitted.kept.model().steps(),
        "",
        "",
        List.of(),
        fitted.kept.model().coefficients(),
        intervals,
        fitted.judgement.quantiles(),
        fitted.judgement.pathScores(),
        weightedScores,
        weightedIntervals);
  }

  private MetricDescription describe(Metric metric) {
    return new MetricDescription(
        metric.name(),
        metric.title(),
        metric.inTargetUnit() ? data.unit() : "",
        metric.higherIsBetter(),
        metric.summary());
  }

  private FoldReport describe(Fold fold) {
    return new FoldReport(
        fold.number(),
        fold.training().size(),
        fold.purged(),
        fold.scored().size(),
        data.hasTime(),
        fold.trainingStart(),
        fold.trainingEnd(),
        fold.scoredStart(),
        fold.scoredEnd(),
        fold.name());
  }

  private void warnings(TargetReport report, int usable) {
    for (int m = 1; m < report.models().size(); m++) {
      ModelReport model = report.models().get(m);
      Verdict verdict = Verdict.of(report, model);
      if (!verdict.beats()) {
        warn(
            Severity.WARNING,
            Text.format(
                "%s does not beat the baseline on %s out of sample by %s: %s, ahead in %d of %d"
                    + " folds",
                model.model(),
                data.name(),
                verdict.measure(),
                scores(verdict),
                verdict.foldsAhead(),
                verdict.folds()),
            "Do not use it as it is: look for better features or more data, or make it simpler.",
            recipes.get(m).key());
      } else if (verdict.foldsAhead() * 2 <= verdict.folds() && verdict.folds() > 1) {
        warn(
            Severity.WARNING,
            Text.format(
                "%s beats the baseline on %s over all rows by %s (%s), but only in %d of %d folds",
                model.model(),
                data.name(),
                verdict.measure(),
                scores(verdict),
                verdict.foldsAhead(),
                verdict.folds()),
            "Look at the scores by fold before relying on it.",
            recipes.get(m).key());
      }
    }
    for (int m = 1; m < report.drifts().size(); m++) {
      Drift drift = report.drifts().get(m);
      if (drift.pValue() < DRIFTS) {
        int decimals =
            Numbers.decimals(List.of(drift.change(), drift.standardError()), report.unit());
        warn(
            Severity.WARNING,
            Text.format(
                "the residuals of %s on %s drift: realised less predicted moves by %s ± %s%s over the"
                    + " scored time (p %s)",
                drift.model(),
                data.name(),
                Numbers.fixed(drift.change(), decimals),
                Numbers.fixed(drift.standardError(), decimals),
                report.unit().isEmpty() ? "" : " " + report.unit(),
                drift.pValue() < 0.0001 ? "< 0.0001" : Text.format("= %.4f", drift.pValue())),
            "Look at the errors by period; a rolling window or a feature of the regime may help.",
            recipes.get(m).key());
      }
    }
    for (int m = 1; m < report.models().size(); m++) {
      bestMember(report, report.models().get(m), recipes.get(m));
    }
    if (report.scoredRows() < FEW_ROWS) {
      warn(
          Severity.WARNING,
          Text.format(
              "only %,d rows of %s were scored: chance decides much of these results",
              report.scoredRows(), data.name()),
          "Use more data.",
          "targets." + data.name());
    }
    int dropped = data.rows() - usable;
    if (dropped > 0) {
      warn(
          dropped > usable ? Severity.WARNING : Severity.INFO,
          Text.format(
              "%,d of %,d rows (%.1f%%) were left out because %s is unknown there",
              dropped, data.rows(), 100.0 * dropped / data.rows(), data.name()),
          "",
          "targets." + data.name());
    }
  }

  /** Says when a model that combines others is no better than one of them. */
  private void bestMember(TargetReport report, ModelReport model, ModelRecipe<?> recipe) {
    MetricDescription headline = report.metrics().getFirst();
    ModelReport best = null;
    for (ModelReport each : report.models()) {
      if (recipe.members().contains(each.model())
          && (best == null
              || Verdict.better(headline, each.scores().getFirst(), best.scores().getFirst()))) {
        best = each;
      }
    }
    double score = model.scores().getFirst();
    if (best != null && !Verdict.better(headline, score, best.scores().getFirst())) {
      List<Double> both = List.of(score, best.scores().getFirst());
      int decimals =
          Verdict.isFunctionOfSquaredError(headline) ? 4 : Numbers.decimals(both, headline.unit());
      warn(
          Severity.INFO,
          Text.format(
              "%s is no better than its member %s on %s: %s %s and %s%s",
              model.model(),
              best.model(),
              data.name(),
              headline.title(),
              Numbers.fixed(both.getFirst(), decimals),
              Numbers.fixed(both.getLast(), decimals),
              headline.unit().isEmpty() ? "" : " " + headline.unit()),
          "Use that member.",
          recipe.key());
    }
  }

  /** The model's score and the baseline's, such as {@code RMSE 1.95 bp, the baseline's 2.03}. */
  private static String scores(Verdict verdict) {
    String unit = verdict.metric().unit();
    int decimals =
        Verdict.isFunctionOfSquaredError(verdict.metric())
            ? 3
            : Numbers.decimals(List.of(verdict.score(), verdict.baseline()), unit);
    return verdict.metric().title()
        + " "
        + Numbers.fixed(verdict.score(), decimals)
        + (unit.isEmpty() ? "" : " " + unit)
        + ", the baseline's "
        + Numbers.fixed(verdict.baseline(), decimals);
  }

  private void warn(Severity severity, String message, String remedy, String key) {
    warnings.add(new Warning(severity, message, remedy, key));
    progress.message(severity, message);
  }
}
