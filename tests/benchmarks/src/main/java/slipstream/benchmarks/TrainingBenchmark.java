package slipstream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import ml.dmlc.xgboost4j.java.XGBoostError;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesLearner;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.FeatureColumns;
import slipstream.training.trees.RoundReport;
import slipstream.training.trees.TrainingMonitor;

/**
 * Boosted trees against XGBoost: the same rows, parameters and threads, one after the other in
 * turns, so that what else the machine does falls on both. The first turn of each warms up and does
 * not count. Figures are medians. Each engine gets the rows in the order of memory that it takes
 * natively (columns here, rows there); the time is from those arrays to the last tree, binning
 * included.
 */
final class TrainingBenchmark {
  private static final int FEATURES = 28;
  private static final int FRESH_CHUNK = 1_000_000;

  private final Settings settings;
  private final int rows;
  private final int turns;
  private final double seconds;
  private final Consumer<String> log;

  /**
   * @param turns most turns that count
   * @param seconds no further turn begins that would probably end after so many
   */
  TrainingBenchmark(int rows, Settings settings, int turns, double seconds, Consumer<String> log) {
    this.rows = rows;
    this.settings = settings;
    this.turns = turns;
    this.seconds = seconds;
    this.log = log;
  }

  private record Ours(
      double total, double binning, double round, double rmse, BoostedTreesLearner.Phases phases) {}

  List<Figure> run() throws XGBoostError {
    long start = System.nanoTime();
    GeneratedRows train = GeneratedRows.of(rows, FEATURES, 0);
    GeneratedRows fresh = GeneratedRows.of(Math.min(rows, 200_000), FEATURES, FRESH_CHUNK);
    float[] rowMajor = train.rowMajor();
    float[] freshRowMajor = fresh.rowMajor();
    FeatureColumns columns = FeatureColumns.of(train.columns());
    double[] target = train.targetAsDouble();
    List<Ours> ours = new ArrayList<>();
    List<XGBoostPeer.Run> theirs = new ArrayList<>();
    Ours mine = null;
    XGBoostPeer.Run peer = null;
    double turn = 0;
    for (int k = 0; k <= turns; k++) {
      double elapsed = (System.nanoTime() - start) / 1e9;
      if (k > 0 && elapsed + turn > seconds) {
        if (k == 1) {
          log.accept("no time for another turn: the figures are those of the warm-up");
          ours.add(mine);
          theirs.add(peer);
        }
        break;
      }
      mine = ours(columns, target, fresh);
      peer = XGBoostPeer.run(rowMajor, train.target(), FEATURES, settings, freshRowMajor, fresh);
      turn = (System.nanoTime() - start) / 1e9 - elapsed;
      log.accept(
          String.format(
              Locale.ROOT,
              "%s: ours %.3f s (RMSE %.5f), XGBoost %.3f s (RMSE %.5f)",
              k == 0 ? "warm-up" : "turn " + k,
              mine.total,
              mine.rmse,
              peer.total(),
              peer.rmse()));
      if (k > 0) {
        ours.add(mine);
        theirs.add(peer);
      }
    }
    logPhases(ours);
    return figures(ours, theirs);
  }

  private Ours ours(FeatureColumns columns, double[] target, GeneratedRows fresh) {
    var parameters =
        BoostedTreesParameters.defaults()
            .withRounds(settings.rounds())
            .withDepth(settings.depth())
            .with("learning_rate", settings.learningRate())
            .with("l2", settings.l2())
            .with("bins", settings.bins());
    double[] ends = new double[settings.rounds()];
    var monitor =
        new TrainingMonitor() {
          @Override
          public void onRound(RoundReport report) {
            ends[report.round() - 1] = System.nanoTime() / 1e9;
          }
        };
    long start = System.nanoTime();
    var result =
        BoostedTreesLearner.train(
            columns, target, null, null, parameters, 0, settings.threads(), monitor);
    double total = (System.nanoTime() - start) / 1e9;
    double[] rounds = new double[ends.length - 1];
    for (int k = 0; k < rounds.length; k++) {
      rounds[k] = ends[k + 1] - ends[k];
    }
    BoostedTrees model = result.model();
    float[] predicted = model.predict(FeatureColumns.of(fresh.columns()));
    return new Ours(
        total,
        result.phases().binning(),
        Median.of(rounds),
        fresh.rmse(predicted),
        result.phases());
  }

  private void logPhases(List<Ours> ours) {
    double perRound = 1e3 / settings.rounds();
    log.accept(
        String.format(
            Locale.ROOT,
            "ours, thread-ms a round: histogram %.1f, partition %.1f, split %.1f, leaves %.1f",
            median(ours, r -> r.phases.histogramThread()) * perRound,
            median(ours, r -> r.phases.partitionThread()) * perRound,
            median(ours, r -> r.phases.splitThread()) * perRound,
            median(ours, r -> r.phases.leavesThread()) * perRound));
  }

  private List<Figure> figures(List<Ours> ours, List<XGBoostPeer.Run> theirs) {
    double rmseOurs = median(ours, Ours::rmse);
    double rmseTheirs = median(theirs, XGBoostPeer.Run::rmse);
    String data = rows + " x " + FEATURES + ", depth " + settings.depth();
    return List.of(
        new Figure(
            "train " + data + ", " + settings.rounds() + " rounds",
            XGBoostPeer.NAME,
            "s",
            median(ours, Ours::total),
            median(theirs, XGBoostPeer.Run::total),
            Double.NaN,
            rmseOurs,
            rmseTheirs,
            rows,
            settings.threads()),
        part(
            "binning of it, " + data,
            "s",
            median(ours, Ours::binning),
            median(theirs, XGBoostPeer.Run::binning)),
        part(
            "median round of it, " + data,
            "ms",
            1e3 * median(ours, Ours::round),
            1e3 * median(theirs, XGBoostPeer.Run::round)));
  }

  private Figure part(String name, String unit, double ours, double theirs) {
    return new Figure(
        name,
        XGBoostPeer.NAME,
        unit,
        ours,
        theirs,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        rows,
        settings.threads());
  }

  private static <T> double median(List<T> runs, ToDoubleFunction<T> figure) {
    return Median.of(runs.stream().mapToDouble(figure).toArray());
  }
}
