package slipstream.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesLearner;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.FeatureColumns;
import slipstream.training.trees.RoundReport;
import slipstream.training.trees.TrainingMonitor;

/**
 * Boosted trees against XGBoost (depth-wise) and LightGBM (leaf-wise, plain and with quantised
 * gradients): the same rows, parameters and threads, one after the other in turns, so that what else
 * the machine does falls on all. The first turn warms up and does not count. Figures are medians.
 * Each engine gets the rows in the order of memory that it takes natively (columns here, rows
 * there); the time is from those arrays to the last tree, binning included.
 */
final class TrainingBenchmark {
  private static final int H2O_ROWS = 200_000; // more take it minutes
  private static final int TRIBUO_ROWS = 5_000; // whose time grows with their square
  private static final String LEVEL_WISE = "ours level-wise";
  private static final String LEAF_WISE = "ours leaf-wise";

  private final Settings settings;
  private final Rows train;
  private final Rows fresh;
  private final boolean generated;
  private final int rows;
  private final int features;
  private final int turns;
  private final double seconds;
  private final Consumer<String> log;
  private final List<BoostedTreesLearner.Phases> phases = new ArrayList<>();

  /**
   * @param fresh held out
   * @param generated whether the rows are {@link GeneratedRows}; then slow peers run on fewer of them
   * @param turns most turns that count
   * @param seconds no further turn begins that would probably end after so many
   */
  TrainingBenchmark(
      Rows train,
      Rows fresh,
      boolean generated,
      Settings settings,
      int turns,
      double seconds,
      Consumer<String> log) {
    this.train = train;
    this.fresh = fresh;
    this.generated = generated;
    rows = train.count();
    features = train.columns().length;
    this.settings = settings;
    this.turns = turns;
    this.seconds = seconds;
    this.log = log;
  }

  private interface Engine {
    PeerRun run() throws Exception;
  }

  List<Figure> run() throws Exception {
    long start = System.nanoTime();
    float[] rowMajor = train.rowMajor();
    float[] held = fresh.rowMajor();
    FeatureColumns columns = FeatureColumns.of(train.columns());
    double[] target = train.targetAsDouble();
    Map<String, Engine> engines = new LinkedHashMap<>();
    engines.put(LEVEL_WISE, () -> ours(columns, target, false));
    engines.put(
        XGBoostPeer.NAME,
        () -> XGBoostPeer.run(rowMajor, train.target(), features, settings, held, fresh));
    engines.put(LEAF_WISE, () -> ours(columns, target, true));
    for (boolean quantised : new boolean[] {false, true}) {
      engines.put(
          quantised ? LightGbmPeer.QUANTISED : LightGbmPeer.NAME,
          () ->
              LightGbmPeer.run(
                  quantised, rowMajor, train.target(), features, settings, held, fresh));
    }
    Map<String, List<PeerRun>> runs = new LinkedHashMap<>();
    engines.keySet().forEach(name -> runs.put(name, new ArrayList<>()));
    double turn = 0;
    for (int k = 0; k <= turns; k++) {
      double elapsed = (System.nanoTime() - start) / 1e9;
      if (k > 0 && elapsed + turn > seconds) {
        if (k == 1) {
          log.accept("no time for another turn: the figures are those of the warm-up");
        }
        break;
      }
      if (k == 1) {
        runs.values().forEach(List::clear);
        phases.clear();
      }
      StringBuilder line = new StringBuilder(k == 0 ? "warm-up" : "turn " + k);
      for (Map.Entry<String, Engine> each : engines.entrySet()) {
        PeerRun run = each.getValue().run();
        runs.get(each.getKey()).add(run);
        line.append(
            String.format(
                Locale.ROOT, "; %s %.3f s (RMSE %.5f)", each.getKey(), run.total(), run.rmse()));
      }
      log.accept(line.toString());
      turn = (System.nanoTime() - start) / 1e9 - elapsed;
    }
    logPhases();
    List<Figure> figures = figures(runs);
    if (!generated) {
      return figures;
    }
    if (rows <= H2O_ROWS) {
      PeerRun h2o = H2oPeer.boosted(rows, features, settings);
      String name = "train " + rows + " x " + features + ", depth " + settings.depth();
      List<PeerRun> ours = runs.get(LEVEL_WISE);
      figures.add(
          new Figure(
              name + ", " + settings.rounds() + " rounds",
              H2oPeer.NAME + " GBM",
              "s",
              median(ours, PeerRun::total),
              h2o.total(),
              Double.NaN,
              median(ours, PeerRun::rmse),
              h2o.rmse(),
              rows,
              settings.threads()));
    }
    figures.add(besideTribuo());
    return figures;
  }

  /** A single tree on few rows and one thread each; ours, on bins, warms up on the same. */
  private Figure besideTribuo() {
    Rows train = GeneratedRows.of(TRIBUO_ROWS, features, 0);
    Rows fresh = GeneratedRows.of(TRIBUO_ROWS, features, Bench.FRESH_CHUNK);
    PeerRun tribuo = TribuoPeer.cart(train, features, settings.depth(), fresh);
    var parameters =
        BoostedTreesParameters.defaults()
            .withRounds(1)
            .withDepth(settings.depth())
            .with("learning_rate", 1)
            .with("l2", 0)
            .with("bins", settings.bins());
    double seconds = 0;
    double rmse = 0;
    for (int run = 0; run < 5; run++) {
      long start = System.nanoTime();
      BoostedTrees model =
          BoostedTreesLearner.train(
                  FeatureColumns.of(train.columns()),
                  train.targetAsDouble(),
                  null,
                  null,
                  parameters,
                  0,
                  1,
                  TrainingMonitor.none())
              .model();
      seconds = (System.nanoTime() - start) / 1e9;
      rmse = fresh.rmse(model.predict(FeatureColumns.of(fresh.columns())));
    }
    return new Figure(
        "one tree, " + TRIBUO_ROWS + " x " + features + ", depth " + settings.depth(),
        TribuoPeer.NAME + " CART",
        "s",
        seconds,
        tribuo.total(),
        Double.NaN,
        rmse,
        tribuo.rmse(),
        TRIBUO_ROWS,
        1);
  }

  private PeerRun ours(FeatureColumns columns, double[] target, boolean leafWise) {
    var parameters =
        BoostedTreesParameters.defaults()
            .withRounds(settings.rounds())
            .withDepth(leafWise ? BoostedTreesParameters.MAX_DEPTH : settings.depth())
            .with("growth", leafWise ? "leaf-wise" : "level-wise")
            .with("max_leaves", settings.leaves())
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
    if (!leafWise) {
      phases.add(result.phases());
    }
    return new PeerRun(total, result.phases().binning(), Median.of(rounds), fresh.rmse(predicted));
  }

  /**
   * Where a level-wise round goes. A histogram's floor is one addition to memory that the L1 cache
   * holds for each row and feature, of the rows that are counted: all at the root, at most half of
   * them at each level below.
   */
  private void logPhases() {
    double perRound = 1e3 / settings.rounds();
    log.accept(
        String.format(
            Locale.ROOT,
            "ours level-wise, thread-ms a round: histogram %.1f, partition %.1f, split %.1f, leaves"
                + " %.1f",
            median(phases, each -> each.histogramThread()) * perRound,
            median(phases, each -> each.partitionThread()) * perRound,
            median(phases, each -> each.splitThread()) * perRound,
            median(phases, each -> each.leavesThread()) * perRound));
    double updates = (double) rows * features * (1 + 0.5 * (settings.depth() - 1));
    log.accept(
        String.format(
            Locale.ROOT,
            "histogram: %.2f ns an update at most (of at most %.0f million a round)",
            median(phases, each -> each.histogramThread()) * 1e9 / settings.rounds() / updates,
            updates / 1e6));
    logBandwidth();
  }

  /**
   * How fast each phase moves its bytes, beside what memory gives a thread (Triad). Bytes are the most that a round can touch,
   * counted from the records: of 8 bytes for 8 features (4 beside the gradient), and a row's state of 8.
   */
  private void logBandwidth() {
    double triad;
    try {
      triad = Triad.gigabytesPerSecond(settings.threads()) / settings.threads();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    double record = 8.0 * ((features + 4 + 7) / 8);
    double below = settings.depth() - 1;
    double nodes = (1 << settings.depth()) - 1;
    double histogram = 8.0 * 256 * features;
    log.accept(String.format(Locale.ROOT, "memory gives a thread %.1f GB/s (triad)", triad));
    // All rows at the root, at most half of them at each level below.
    bandwidth(
        "histogram", rows * record * (1 + 0.5 * below), each -> each.histogramThread(), triad);
    // Every row of a node is looked at (8 bytes) and at most moved, read and written.
    bandwidth(
        "partition", below * rows * (8 + 2 * (record + 8)), each -> each.partitionThread(), triad);
    // Every histogram is read; what is read lies in the second cache.
    bandwidth("split", nodes * histogram, each -> each.splitThread(), triad);
    // Of a row the bins that its split asks for and its state are read, state and gradient written.
    bandwidth("update", rows * (8.0 + 16 + 16), each -> each.leavesThread(), triad);
  }

  private void bandwidth(
      String phase,
      double bytes,
      ToDoubleFunction<BoostedTreesLearner.Phases> seconds,
      double triad) {
    double taken = median(phases, seconds) / settings.rounds();
    double rate = bytes / taken / 1e9;
    log.accept(
        String.format(
            Locale.ROOT,
            "%s: at most %.1f MB a round in %.2f thread-ms: %.1f GB/s, %.0f%% of the triad",
            phase,
            bytes / 1e6,
            1e3 * taken,
            rate,
            100 * rate / triad));
  }

  private List<Figure> figures(Map<String, List<PeerRun>> runs) {
    List<Figure> figures = new ArrayList<>();
    String data = rows + " x " + features + ", depth " + settings.depth();
    String leaves = rows + " x " + features + ", " + settings.leaves() + " leaves";
    String rounds = ", " + settings.rounds() + " rounds";
    List<PeerRun> level = runs.get(LEVEL_WISE);
    List<PeerRun> leaf = runs.get(LEAF_WISE);
    add(figures, "train " + data + rounds, data, XGBoostPeer.NAME, level, runs);
    add(figures, "train " + leaves + rounds, leaves, LightGbmPeer.NAME, leaf, runs);
    add(figures, "train " + leaves + rounds, leaves, LightGbmPeer.QUANTISED, leaf, runs);
    return figures;
  }

  private void add(
      List<Figure> figures,
      String name,
      String data,
      String peer,
      List<PeerRun> ours,
      Map<String, List<PeerRun>> runs) {
    List<PeerRun> theirs = runs.get(peer);
    figures.add(
        new Figure(
            name,
            peer,
            "s",
            median(ours, PeerRun::total),
            median(theirs, PeerRun::total),
            Double.NaN,
            median(ours, PeerRun::rmse),
            median(theirs, PeerRun::rmse),
            rows,
            settings.threads()));
    figures.add(part("binning of it, " + data, peer, "s", 1, ours, theirs, PeerRun::binning));
    figures.add(part("median round of it, " + data, peer, "ms", 1e3, ours, theirs, PeerRun::round));
  }

  private Figure part(
      String name,
      String peer,
      String unit,
      double factor,
      List<PeerRun> ours,
      List<PeerRun> theirs,
      ToDoubleFunction<PeerRun> figure) {
    return new Figure(
        name,
        peer,
        unit,
        factor * median(ours, figure),
        factor * median(theirs, figure),
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
