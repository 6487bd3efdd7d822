package slipstream.training.run;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.evaluation.BlockBootstrap;
import slipstream.training.evaluation.Calibration;
import slipstream.training.evaluation.Report.CurvePoint;
import slipstream.training.evaluation.Report.FoldReport;
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
import slipstream.training.validation.Fold;
import slipstream.training.validation.WalkForward;

/**
 * Trains every model of an experiment on one target: once per fold, to be scored on later rows, and
 * once to be kept.
 *
 * <p>Every model that is scored is fitted on all training rows of its fold, whatever its trainer,
 * and the one that is kept on the rows of {@link WalkForward#finalRows}. A model that stops early
 * finds its steps beforehand, in a fit without the fold's holdout; the kept one takes their median.
 * Fits without the holdout also give the learning curve. Everything but the seconds is a function
 * of the data, the recipes and the seed.
 */
final class TargetTraining {
  private static final int BUCKETS = 10;
  private static final int FEW_ROWS = 200;

  private final TargetData data;
  private final List<ModelRecipe<?>> recipes;
  private final List<Metric> metrics;
  private final long seed;
  private final int threads;
  private final Progress progress;
  private final Device device;
  private final List<Warning> warnings = new ArrayList<>();
  private final List<CurvePoint> baselineCurve = new ArrayList<>();

  /**
   * @param recipes the baseline first
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
  }

  /**
   * @param models the final models in the order of the report's, the baseline first
   * @param scored all scored rows, in order of time
   */
  record Outcome(
      TargetReport report, List<FinalModel> models, FeatureMatrix scored, List<Warning> warnings) {}

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
    int[] usable = data.usable();
    checkTarget(usable);
    Facts.check(data.facts(), usable);
    WalkForward split =
        WalkForward.split(data.times(), data.targetEnds(), usable, data.partitions(), validation);
    List<Fold> folds = folds(split);
    int[] finalRows = split.finalRows();
    ScoredRows scored = scoredRows(folds);
    List<Fitted> fitted = new ArrayList<>();
    for (ModelRecipe<?> recipe : recipes) {
      fitted.add(fit(recipe, folds, finalRows, scored.actual().length));
    }
    double[] baseline = fitted.getFirst().predicted;
    double[] edges = Residuals.edges(scored.residuals(baseline));
    progress.stage("Score " + data.name() + ": intervals", 0, -1, "");
    BlockBootstrap.Result errors =
        BlockBootstrap.of(
            BlockBootstrap.Cells.ofTime(scored.clusters()),
            null,
            scored.actual(),
            recipes.stream().map(ModelRecipe::name).toList(),
            fitted.stream().map(Fitted::predicted).toList(),
            metrics,
            seed);
    List<ModelReport> reports = new ArrayList<>();
    for (int m = 0; m < fitted.size(); m++) {
      reports.add(report(fitted.get(m), scored, baseline, edges, errors.intervals().get(m)));
    }
    TargetReport report =
        new TargetReport(
            data.name(),
            data.unit(),
            data.description(),
            data.expression(),
            usable.length,
            data.target().length - usable.length,
            scored.actual().length,
            data.lookAhead().rows(),
            finalRows.length,
            metrics.stream().map(this::describe).toList(),
            reports,
            folds.stream().map(this::describe).toList(),
            errors.comparisons(),
            errors.resampling());
    warnings(report, usable.length);
    return new Outcome(
        report,
        fitted.stream().map(Fitted::kept).toList(),
        data.features().select(allScored(folds)),
        List.copyOf(warnings));
  }

  private void checkTarget(int[] usable) {
    Place place = Place.key("targets." + data.name());
    if (usable.length == 0) {
      throw SlipstreamException.invalid(
          Text.format("the target is unknown in all %,d rows", data.target().length),
          place,
          "Check its expression and the columns it uses; a window longer than the data gives"
              + " unknown values.");
    }
    double first = data.target()[usable[0]];
    for (int row : usable) {
      if (data.target()[row] != first) {
        return;
      }
    }
    throw SlipstreamException.invalid(
        Text.format("the target is %s in all %,d rows where it is known", first, usable.length),
        place,
        "A constant cannot be modelled: check its expression and the columns it uses.");
  }

  /** A fold is made anew each time it is asked for: all of them together are several times the rows. */
  private static List<Fold> folds(WalkForward split) {
    return new AbstractList<>() {
      @Override
      public Fold get(int index) {
        return split.fold(index + 1);
      }

      @Override
      public int size() {
        return split.folds();
      }
    };
  }

  private static int[] allScored(List<Fold> folds) {
    return folds.stream().flatMapToInt(fold -> Arrays.stream(fold.scored())).toArray();
  }

  private ScoredRows scoredRows(List<Fold> folds) {
    int[] starts = new int[folds.size() + 1];
    for (int f = 0; f < folds.size(); f++) {
      starts[f + 1] = starts[f] + folds.get(f).scored().length;
    }
    long[] times = new long[starts[folds.size()]];
    long[] ends = new long[times.length];
    double[] actual = new double[times.length];
    long[] targetEnds = data.targetEnds();
    int at = 0;
    for (Fold fold : folds) {
      for (int row : fold.scored()) {
        times[at] = data.times()[row];
        ends[at] = targetEnds[row];
        actual[at++] = data.target()[row];
      }
    }
    return new ScoredRows(
        starts, Calibration.clusters(times, ends, overlapping(data.lookAhead())), actual);
  }

  /** Whether the targets of one instrument's neighbouring rows share what they depend on. */
  private static boolean overlapping(Reach lookAhead) {
    return lookAhead.rows() > 1 || lookAhead.nanos() > 0;
  }

  // ---------------------------------------------------------------- training

  /**
   * @param outputs predictions by output, where there are several
   */
  private record Fitted(
      ModelRecipe<?> recipe,
      double[] predicted,
      double[][] outputs,
      List<CurvePoint> curve,
      FinalModel kept) {}

  private Fitted fit(ModelRecipe<?> recipe, List<Fold> folds, int[] finalRows, int scoredRows) {
    long start = System.nanoTime();
    double[] predicted = new double[scoredRows];
    double[][] outputs = {};
    List<CurvePoint> curve = new ArrayList<>();
    boolean drawsCurve = recipe.stopsEarlyBy().isEmpty() && recipe.trainer().drawsLearningCurve();
    Fold last = folds.getLast();
    if (drawsCurve && last.holdout().length > 0) {
      judgedFit(recipe, last, "learning curve", curve);
    }
    int[] steps = new int[folds.size()];
    int at = 0;
    for (Fold fold : folds) {
      progress.checkCancelled();
      String where = "fold " + fold.number() + " of " + folds.size();
      boolean only = drawsCurve && fold.number() == last.number() && fold.holdout().length == 0;
      Model model = fitFold(recipe, fold, where, only, curve);
      steps[fold.number() - 1] = model.steps();
      double[][] scored = model.predictAll(matrix(model, fold.scored()));
      for (double[] output : scored) {
        checkFinite(recipe, output);
      }
      int count = fold.scored().length;
      System.arraycopy(scored[model.headline()], 0, predicted, at, count);
      if (scored.length > 1) {
        outputs = outputs.length == 0 ? new double[scored.length][scoredRows] : outputs;
        for (int k = 0; k < scored.length; k++) {
          System.arraycopy(scored[k], 0, outputs[k], at, count);
        }
      }
      at += count;
    }
    Arrays.sort(steps);
    int median = steps[(steps.length - 1) / 2];
    FitProgress fitProgress = new FitProgress(progress, stage(recipe, "all rows"));
    Model model =
        recipe.fit(rows(finalRows, new int[0]), median, context(recipe, "all rows", fitProgress));
    return new Fitted(
        recipe,
        predicted,
        outputs,
        curve,
        new FinalModel(
            recipe,
            model,
            recipe.parameterTexts(median),
            finalRows.length,
            (System.nanoTime() - start) / 1e9));
  }

  /**
   * @param drawsCurve whether this is the fit that the learning curve is taken from
   */
  private Model fitFold(
      ModelRecipe<?> recipe, Fold fold, String where, boolean drawsCurve, List<CurvePoint> curve) {
    TrainingData training = rows(fold.training(), new int[0]);
    if (recipe.stopsEarlyBy().isPresent()) {
      int steps = judgedFit(recipe, fold, where + ", rounds", curve).steps();
      FitProgress fitProgress = new FitProgress(progress, stage(recipe, where));
      return recipe.fit(training, steps, context(recipe, fold, fitProgress));
    }
    FitProgress fitProgress =
        drawsCurve
            ? FitProgress.withCurve(
                progress,
                stage(recipe, where),
                data.unit(),
                loss -> baselineLoss(loss, fold, fold.training(), new int[0]))
            : new FitProgress(progress, stage(recipe, where));
    Model model = recipe.fit(training, context(recipe, fold, fitProgress));
    curve.addAll(fitProgress.curve());
    return model;
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
   * Scores the only model, of which nothing is kept.
   *
   * @param share of each fold's training rows that the model sees; the baseline sees them all
   */
  Score score(Validation validation, double share) {
    int[] usable = data.usable();
    checkTarget(usable);
    Facts.check(data.facts(), usable);
    List<Fold> folds =
        folds(
            WalkForward.split(
                data.times(), data.targetEnds(), usable, data.partitions(), validation));
    ScoredRows scored = scoredRows(folds);
    double[] baseline = predict(recipes.getFirst(), folds, 1);
    double[] predicted = predict(recipes.getLast(), folds, share);
    Metric metric = metrics.getFirst();
    double[] actual = scored.actual();
    return new Score(
        metric.score(actual, predicted, baseline),
        metric.score(actual, baseline, baseline),
        scored.foldScores(metrics, predicted, baseline).stream().map(List::getFirst).toList(),
        blockGains(metric, actual, predicted, baseline));
  }

  /** Predictions of all scored rows. */
  private double[] predict(ModelRecipe<?> recipe, List<Fold> folds, double share) {
    double[] predicted = new double[folds.stream().mapToInt(fold -> fold.scored().length).sum()];
    int at = 0;
    for (Fold whole : folds) {
      Fold fold = whole.sampled(share, seed);
      progress.checkCancelled();
      String where = "fold " + fold.number() + " of " + folds.size();
      Model model = fitFold(recipe, fold, where, false, new ArrayList<>());
      double[] scored = model.predict(matrix(model, fold.scored()));
      checkFinite(recipe, scored);
      System.arraycopy(scored, 0, predicted, at, scored.length);
      at += scored.length;
    }
    return predicted;
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
  private Model judgedFit(ModelRecipe<?> recipe, Fold fold, String what, List<CurvePoint> curve) {
    if (fold.holdout().length == 0) {
      throw SlipstreamException.invalid(
          Text.format(
              "fold %d has %,d training rows: validation.holdout leaves none for %s to judge by",
              fold.number(), fold.training().length, recipe.stopsEarlyBy().orElse(recipe.key())),
          Place.key("validation"),
          "Use more data, fewer folds, a shorter embargo or another holdout; or do not stop"
              + " early.");
    }
    FitProgress fitProgress =
        FitProgress.withCurve(
            progress,
            stage(recipe, what),
            data.unit(),
            loss -> baselineLoss(loss, fold, fold.fit(), fold.holdout()));
    Model model = recipe.fit(rows(fold.fit(), fold.holdout()), context(recipe, fold, fitProgress));
    curve.addAll(fitProgress.curve());
    return model;
  }

  /** The baseline's point beside a model's learning curve: the same loss on the same rows. */
  private void baselineLoss(String loss, Fold fold, int[] learned, int[] judging) {
    Metric metric =
        switch (loss) {
          case "RMSE" -> new RootMeanSquaredError();
          case "MAE" -> new MeanAbsoluteError();
          default -> null;
        };
    if (metric == null) {
      return;
    }
    ModelRecipe<?> recipe = recipes.getFirst();
    Trainer.Context context = context(recipe, fold, Progress.NONE);
    Model model = recipe.fit(rows(learned, new int[0]), context);
    CurvePoint point =
        new CurvePoint(
            context.series(),
            1,
            loss,
            loss(metric, model, learned),
            judging.length == 0 ? Double.NaN : loss(metric, model, judging));
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

  private double loss(Metric metric, Model model, int[] rows) {
    double[] predicted = model.predict(matrix(model, rows));
    return metric.score(targets(rows), predicted, predicted);
  }

  private String stage(ModelRecipe<?> recipe, String where) {
    return "Train " + recipe.name() + " on " + data.name() + ", " + where;
  }

  private Trainer.Context context(ModelRecipe<?> recipe, Fold fold, Progress fitProgress) {
    return context(recipe, "fold " + fold.number(), fitProgress);
  }

  private Trainer.Context context(ModelRecipe<?> recipe, String where, Progress fitProgress) {
    String series = data.name() + "/" + recipe.name() + "/" + where;
    return new Trainer.Context(
        series, seed, threads, fitProgress, recipe.loss(), Optional.of(device));
  }

  private TrainingData rows(int[] training, int[] validation) {
    return new TrainingData(
        data.features().select(training),
        targets(training),
        data.facts().select(training),
        data.features().select(validation),
        targets(validation),
        data.facts().select(validation));
  }

  private double[] targets(int[] rows) {
    double[] values = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = data.target()[rows[i]];
    }
    return values;
  }

  /** The rows with the columns that the model wants, in its order. */
  private FeatureMatrix matrix(Model model, int[] rows) {
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

  private ModelReport report(
      Fitted fitted,
      ScoredRows scored,
      double[] baseline,
      double[] edges,
      List<Interval> intervals) {
    List<Importance> importance = new ArrayList<>();
    for (Map.Entry<String, Double> each : fitted.kept.model().importance().entrySet()) {
      importance.add(new Importance(each.getKey(), each.getValue()));
    }
    return new ModelReport(
        fitted.recipe.name(),
        fitted.recipe.trainer().name(),
        fitted.recipe == recipes.getFirst(),
        scored.scores(metrics, fitted.predicted, baseline),
        scored.foldScores(metrics, fitted.predicted, baseline),
        Calibration.buckets(scored.actual(), fitted.predicted, scored.clusters(), BUCKETS),
        importance,
        Residuals.histogram(scored.residuals(fitted.predicted), edges),
        fitted.recipe == recipes.getFirst() ? List.copyOf(baselineCurve) : fitted.curve,
        fitted.kept.model().steps(),
        "",
        "",
        List.of(),
        fitted.kept.model().coefficients(),
        intervals,
        quantiles(fitted, scored));
  }

  private static List<QuantileScore> quantiles(Fitted fitted, ScoredRows scored) {
    List<Model.Output> outputs = fitted.kept.model().outputs();
    List<QuantileScore> scores = new ArrayList<>();
    for (int k = 0; k < outputs.size() && scored.actual().length > 0; k++) {
      if (!Double.isNaN(outputs.get(k).quantile())) {
        scores.add(scored.quantile(outputs.get(k), fitted.outputs[k]));
      }
    }
    return scores;
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
        fold.training().length,
        fold.purged(),
        fold.scored().length,
        data.hasTime(),
        fold.trainingStart(),
        fold.trainingEnd(),
        fold.scoredStart(),
        fold.scoredEnd());
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
    if (report.scoredRows() < FEW_ROWS) {
      warn(
          Severity.WARNING,
          Text.format(
              "only %,d rows of %s were scored: chance decides much of these results",
              report.scoredRows(), data.name()),
          "Use more data.",
          "targets." + data.name());
    }
    int dropped = data.target().length - usable;
    if (dropped > 0) {
      warn(
          dropped > usable ? Severity.WARNING : Severity.INFO,
          Text.format(
              "%,d of %,d rows (%.1f%%) were left out because %s is unknown there",
              dropped, data.target().length, 100.0 * dropped / data.target().length, data.name()),
          "",
          "targets." + data.name());
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
