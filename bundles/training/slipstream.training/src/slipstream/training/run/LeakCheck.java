package slipstream.training.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.RowSelection;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.evaluation.Report.FeatureCheck;
import slipstream.training.evaluation.Report.LeakReport;
import slipstream.training.evaluation.Report.Warning;
import slipstream.training.metrics.Skill;
import slipstream.training.validation.CrossValidation;
import slipstream.training.validation.Fold;

/**
 * Looks for what makes scores too good to be true, on a sample of the last fold's rows, so that it
 * costs little beside the run:
 *
 * <ul>
 *   <li>the best model, trained and scored on a target that is dealt to the rows at random: whatever
 *       skill it has then comes from a fault, not from the features;
 *   <li>the same on the target of another time, half of the sample away within each instrument: skill
 *       that stays tells instruments or levels apart, not moments;
 *   <li>each feature by itself: one that tells nearly all of the target, or that goes with the
 *       target to come much better than with the one known last, may hold what comes later.
 * </ul>
 *
 * <p>Only point-in-time features are judged, not givens, which may look ahead. Deterministic by seed.
 */
final class LeakCheck {
  /** Rows to learn from, and as many to be scored. */
  private static final int ROWS = 10_000;

  /** Neighbouring rows that are looked at together, to find each row's last known target. */
  private static final int STRETCHES = 10;

  private static final int MIN_ROWS = 100;
  private static final int BINS = 20;

  /** A feature alone that takes away more of the squared error than this is implausible. */
  private static final double IMPLAUSIBLE = 0.98;

  /** By so much more does a leaking feature tell of the target to come than of the last known one. */
  private static final double AHEAD = 0.25;

  /** So many standard errors from 0 does chance take no skill. */
  private static final double SIGMAS = 4;

  private final TargetData data;
  private final CrossValidation split;
  private final int features;
  private final long seed;
  private final Contexts contexts;
  private final int[] later = new int[ROWS];
  private final int[] known = new int[ROWS];
  private int pairs;

  /** Makes what a fit is told beside its data. */
  interface Contexts {
    Trainer.Context of(ModelRecipe<?> recipe, String where, Progress progress);
  }

  /**
   * @param targetEnds used here alone
   * @param features how many of the columns, the first ones, are point in time
   */
  LeakCheck(
      TargetData data,
      CrossValidation split,
      IntToLongFunction targetEnds,
      int features,
      long seed,
      Contexts contexts) {
    this.data = data;
    this.split = split;
    this.features = features;
    this.seed = seed;
    this.contexts = contexts;
    if (data.lookAhead().rows() > 0 || data.lookAhead().nanos() > 0) {
      pair(targetEnds);
    }
  }

  /** Rows, and the latest row of the same instrument whose target is known by then. */
  private void pair(IntToLongFunction targetEnds) {
    RowSelection order = split.scored();
    int length = ROWS / STRETCHES;
    int[] instruments = null;
    for (int s = 0; s < STRETCHES; s++) {
      int from = (int) ((long) s * order.size() / STRETCHES);
      int to = (int) Math.min((long) (s + 1) * order.size() / STRETCHES, from + length);
      RowSelection stretch = order.slice(from, to);
      instruments = data.facts().select(stretch).instruments();
      Map<Integer, Integer> latest = new HashMap<>();
      int[] before = new int[to - from];
      for (int i = 0; i < before.length; i++) {
        int instrument = instruments == null ? 0 : instruments[i];
        before[i] = latest.getOrDefault(instrument, -1);
        latest.put(instrument, i);
        long now = data.times().applyAsLong(stretch.get(i));
        int past = before[i];
        while (past >= 0 && targetEnds.applyAsLong(stretch.get(past)) > now) {
          past = before[past];
        }
        if (past >= 0) {
          later[pairs] = stretch.get(i);
          known[pairs++] = stretch.get(past);
        }
      }
    }
  }

  /**
   * What was found, with warnings.
   *
   * @param report null when the sample is too small to tell
   */
  record Result(LeakReport report, List<Warning> warnings, double seconds) {}

  /**
   * @param steps of the model that is kept
   */
  Result run(ModelRecipe<?> recipe, int steps, Progress progress) {
    long start = System.nanoTime();
    progress.stage("Check " + data.name() + " for leaks", 0, -1, "");
    List<Warning> warnings = new ArrayList<>();
    LeakReport report = null;
    Fold fold = split.folds().getLast();
    RowSelection training = spaced(fold.training());
    RowSelection scored = spaced(fold.scored());
    if (Math.min(training.size(), scored.size()) >= MIN_ROWS) {
      try {
        report = check(recipe, steps, training, scored, warnings, progress);
      } catch (SlipstreamException e) {
        if (e.category() == Category.CANCELLED || e.category() == Category.RESOURCE_EXHAUSTED) {
          throw e;
        }
        // A trainer may need more than a sample; that must not cost the run.
        warnings.add(
            new Warning(
                Severity.INFO,
                data.name() + " was not checked for leaks: " + e.problem(),
                "",
                "validation.leak_check"));
      }
    }
    return new Result(report, warnings, (System.nanoTime() - start) / 1e9);
  }

  private static RowSelection spaced(RowSelection rows) {
    if (rows.size() <= ROWS) {
      return rows;
    }
    return RowSelection.of(
        IntStream.range(0, ROWS)
            .map(i -> rows.get((int) ((long) i * rows.size() / ROWS)))
            .toArray());
  }

  private LeakReport check(
      ModelRecipe<?> recipe,
      int steps,
      RowSelection training,
      RowSelection scored,
      List<Warning> warnings,
      Progress progress) {
    double[] learned = data.targets(training);
    double[] actual = data.targets(scored);
    Fits fits = new Fits(recipe, steps, training, scored, progress);
    double skill = fits.skill(learned, actual, "check")[0];
    SplittableRandom random = new SplittableRandom(seed);
    double[][] dealt = dealt(learned, actual, random);
    double[] shuffled = fits.skill(dealt[0], dealt[1], "check, shuffled target");
    double[][] moved = moved(training, scored, learned, actual);
    double shifted = fits.skill(moved[0], moved[1], "check, shifted target")[0];
    String key = recipe.key();
    if (shuffled[0] > 0 && shuffled[1] > SIGMAS) {
      warnings.add(
          new Warning(
              Severity.WARNING,
              Text.format(
                  "%s has skill %.3f on a randomly shuffled %s, where there is nothing to be learned",
                  recipe.name(), shuffled[0], data.name()),
              "Scores of this run may be wrong: look for a feature or plug-in that sees the target.",
              key));
    }
    if (skill > 0.05 && shifted > 0.5 * skill) {
      warnings.add(
          new Warning(
              Severity.INFO,
              Text.format(
                  "%.0f%% of the skill of %s stays when %s is that of another time: it tells"
                      + " instruments or levels apart rather than moments",
                  100 * Math.min(1, shifted / skill), recipe.name(), data.name()),
              "Normal where costs differ by instrument; otherwise look for a trend or a leak.",
              key));
    }
    return new LeakReport(
        recipe.name(),
        training.size(),
        scored.size(),
        skill,
        shuffled[0],
        shifted,
        features(training, scored, learned, actual, warnings));
  }

  /** Fits of one model on the sample with other targets. */
  private final class Fits {
    private final ModelRecipe<?> recipe;
    private final int steps;
    private final RowSelection training;
    private final RowSelection scored;
    private final Progress progress;

    Fits(
        ModelRecipe<?> recipe,
        int steps,
        RowSelection training,
        RowSelection scored,
        Progress progress) {
      this.recipe = recipe;
      this.steps = steps;
      this.training = training;
      this.scored = scored;
      this.progress = progress;
    }

    /** Skill against the mean, and by how many standard errors the squared errors differ. */
    double[] skill(double[] learned, double[] actual, String what) {
      progress.checkCancelled();
      FeatureMatrix all = data.features();
      TrainingData rows =
          new TrainingData(
              all.select(training),
              learned,
              data.facts().select(training),
              all.select(RowSelection.all(0)),
              new double[0],
              data.facts().select(RowSelection.all(0)));
      Progress quiet = new FitProgress(progress, "Check " + data.name() + " for leaks");
      Model model = recipe.fit(rows, steps, contexts.of(recipe, what, quiet));
      return compare(actual, model.predict(all.select(scored)), CompensatedSum.mean(learned));
    }
  }

  private static double[] compare(double[] actual, double[] predicted, double mean) {
    double[] baseline = new double[actual.length];
    Arrays.fill(baseline, mean);
    double skill = new Skill().score(actual, predicted, baseline);
    double[] gains = new double[actual.length];
    for (int i = 0; i < gains.length; i++) {
      double model = actual[i] - predicted[i];
      double plain = actual[i] - mean;
      gains[i] = plain * plain - model * model;
    }
    double gain = CompensatedSum.mean(gains);
    double squares = 0;
    for (double each : gains) {
      squares += (each - gain) * (each - gain);
    }
    return new double[] {skill, gain / Math.sqrt(squares / gains.length / (gains.length - 1))};
  }

  /**
   * The targets of training and scored rows together, dealt to these rows at random. Dealt within
   * each, a level that moved from the former to the latter would stay, and a model whose chance
   * slopes follow features that moved too would gain by it.
   */
  static double[][] dealt(double[] learned, double[] actual, SplittableRandom random) {
    double[] all = Arrays.copyOf(learned, learned.length + actual.length);
    System.arraycopy(actual, 0, all, learned.length, actual.length);
    for (int i = all.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swap = all[i];
      all[i] = all[j];
      all[j] = swap;
    }
    return new double[][] {
      Arrays.copyOf(all, learned.length), Arrays.copyOfRange(all, learned.length, all.length)
    };
  }

  /** Each row's target becomes that of its instrument's row half of the sample away. */
  private double[][] moved(
      RowSelection training, RowSelection scored, double[] learned, double[] actual) {
    int n = learned.length + actual.length;
    int[] of = new int[n];
    int[] first = data.facts().select(training).instruments();
    int[] second = data.facts().select(scored).instruments();
    Map<Integer, List<Integer>> rows = new HashMap<>();
    for (int i = 0; i < n; i++) {
      int instrument =
          first == null ? 0 : i < learned.length ? first[i] : second[i - learned.length];
      rows.computeIfAbsent(instrument, each -> new ArrayList<>()).add(i);
    }
    for (List<Integer> each : rows.values()) {
      for (int i = 0; i < each.size(); i++) {
        of[each.get(i)] = each.get((i + each.size() / 2) % each.size());
      }
    }
    double[][] moved = {new double[learned.length], new double[actual.length]};
    for (int i = 0; i < n; i++) {
      double value = of[i] < learned.length ? learned[of[i]] : actual[of[i] - learned.length];
      if (i < learned.length) {
        moved[0][i] = value;
      } else {
        moved[1][i - learned.length] = value;
      }
    }
    return moved;
  }

  private List<FeatureCheck> features(
      RowSelection training,
      RowSelection scored,
      double[] learned,
      double[] actual,
      List<Warning> warnings) {
    RowSelection laterRows = RowSelection.of(Arrays.copyOf(later, pairs));
    double[] ahead = data.targets(laterRows);
    double[] past = data.targets(RowSelection.of(Arrays.copyOf(known, pairs)));
    List<FeatureCheck> checks = new ArrayList<>();
    for (int f = 0; f < features; f++) {
      String name = data.features().names().get(f);
      int categories = data.features().categories(f).size();
      double[] trained = column(training, f);
      double[] means = meansByCategory(trained, learned, categories);
      double alone =
          alone(inPlace(trained, means), learned, inPlace(column(scored, f), means), actual);
      double[] values = column(laterRows, f);
      boolean few = pairs < MIN_ROWS || categories > 0; // positions of categories are no quantity
      double toCome = few ? Double.NaN : squaredCorrelation(values, ahead);
      double last = few ? Double.NaN : squaredCorrelation(values, past);
      checks.add(new FeatureCheck(name, alone, toCome, last));
      if (alone > IMPLAUSIBLE) {
        warnings.add(
            new Warning(
                Severity.WARNING,
                Text.format(
                    "%s alone tells %.1f%% of the variation of %s, which is too good to be true",
                    name, 100 * alone, data.name()),
                "Check that it is known before the target, and is not the target by another name.",
                "features." + name));
      } else if (toCome - last > AHEAD) {
        warnings.add(
            new Warning(
                Severity.WARNING,
                Text.format(
                    "%s goes with the %s to come (R² %.2f) much better than with the last one known"
                        + " (%.2f), as if it were known only later",
                    name, data.name(), toCome, last),
                "Check when each of its columns is known; data that are revised or stamped with"
                    + " their start are the usual cause.",
                "features." + name));
      }
    }
    return checks;
  }

  /** The mean target of each category; null for a quantity. */
  private static double[] meansByCategory(double[] x, double[] y, int categories) {
    if (categories == 0) {
      return null;
    }
    double[] sums = new double[categories];
    int[] counts = new int[categories];
    for (int i = 0; i < x.length; i++) {
      if (!Double.isNaN(x[i])) {
        sums[(int) x[i]] += y[i];
        counts[(int) x[i]]++;
      }
    }
    for (int k = 0; k < categories; k++) {
      sums[k] /= counts[k]; // NaN where there is none
    }
    return sums;
  }

  /** Values, or what stands for each category. */
  private static double[] inPlace(double[] x, double[] means) {
    return means == null
        ? x
        : Arrays.stream(x).map(v -> Double.isNaN(v) ? v : means[(int) v]).toArray();
  }

  private double[] column(RowSelection rows, int feature) {
    double[] values = new double[rows.size()];
    data.features().select(rows).copy(feature, 0, values.length, values, 0);
    return values;
  }

  /**
   * Skill of the mean target by bin of a feature, against the mean of all: at least what is monotone
   * or not in it.
   */
  static double alone(double[] x, double[] y, double[] scoredX, double[] scoredY) {
    double[] sorted = Arrays.stream(x).filter(Double::isFinite).sorted().toArray();
    if (sorted.length < MIN_ROWS) {
      return Double.NaN;
    }
    double[] edges =
        IntStream.range(1, BINS)
            .mapToDouble(b -> sorted[(int) ((long) b * sorted.length / BINS)])
            .distinct()
            .toArray();
    // A line within each bin: steps alone would miss most of what a smooth feature tells.
    int bins = edges.length + 2; // the last one for values that are not known
    double mean = CompensatedSum.mean(y);
    double[][] sums = new double[bins][5];
    for (int i = 0; i < x.length; i++) {
      double[] bin = sums[bin(edges, x[i])];
      double value = Double.isFinite(x[i]) ? x[i] : 0;
      bin[0]++;
      bin[1] += value;
      bin[2] += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      double[] bin = sums[bin(edges, x[i])];
      double dx = (Double.isFinite(x[i]) ? x[i] : 0) - bin[1] / bin[0];
      bin[3] += dx * dx;
      bin[4] += dx * (y[i] - bin[2] / bin[0]);
    }
    double[] predicted = new double[scoredX.length];
    double[] baseline = new double[scoredX.length];
    Arrays.fill(baseline, mean);
    double low = sorted[0];
    double high = sorted[sorted.length - 1];
    for (int i = 0; i < predicted.length; i++) {
      double[] bin = sums[bin(edges, scoredX[i])];
      double value = Double.isFinite(scoredX[i]) ? Math.clamp(scoredX[i], low, high) : 0;
      double slope = bin[3] > 0 ? bin[4] / bin[3] : 0;
      predicted[i] = bin[0] == 0 ? mean : bin[2] / bin[0] + slope * (value - bin[1] / bin[0]);
    }
    return new Skill().score(scoredY, predicted, baseline);
  }

  private static int bin(double[] edges, double value) {
    if (!Double.isFinite(value)) {
      return edges.length + 1;
    }
    int at = Arrays.binarySearch(edges, value);
    return at >= 0 ? at + 1 : -at - 1;
  }

  /** Of the pairs that are known; NaN with few of them or without variation. */
  static double squaredCorrelation(double[] x, double[] y) {
    int n = 0;
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(x[i])) {
        n++;
        meanX += x[i];
        meanY += y[i];
      }
    }
    if (n < MIN_ROWS) {
      return Double.NaN;
    }
    meanX /= n;
    meanY /= n;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(x[i])) {
        xx += (x[i] - meanX) * (x[i] - meanX);
        xy += (x[i] - meanX) * (y[i] - meanY);
        yy += (y[i] - meanY) * (y[i] - meanY);
      }
    }
    return xx > 0 && yy > 0 ? xy * xy / (xx * yy) : Double.NaN;
  }
}
