package slipstream.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.RandomForestParameters;
import slipstream.training.trees.RandomForestTrainer;

/**
 * A random forest on rows of two features, in a process of its own whose peak memory is read, its
 * rows included. With few rows XGBoost's forest is the peer; all 28 million are ours alone.
 */
final class ForestBenchmark {
  private static final int FEATURES = 2;
  private static final int GENERATED = 16; // the signal's
  private static final int TREES = 100;
  private static final int PEER_ROWS = 2_000_000;
  private static final int TRIBUO_ROWS = 5_000; // whose time grows with their square
  private static final int FRESH_CHUNK = 1_000_000;
  private static final double BOUND_MEGABYTES = 4000;

  private ForestBenchmark() {}

  static List<Figure> run(int rows, int threads, Consumer<String> log) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx3600m",
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                ForestBenchmark.class.getName(),
                Integer.toString(rows),
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] words = new String(process.getInputStream().readAllBytes()).strip().split(" ");
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the process that grows the forest failed");
    }
    double seconds = Double.parseDouble(words[0]);
    double rmse = Double.parseDouble(words[1]);
    log.accept(String.format(Locale.ROOT, "ours: %.2f s, RMSE %.5f", seconds, rmse));
    PeerRun peer = null;
    if (rows <= PEER_ROWS) {
      peer = peer(rows, threads);
      log.accept(
          String.format(Locale.ROOT, "XGBoost: %.2f s, RMSE %.5f", peer.total(), peer.rmse()));
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure(
            "forest " + rows + " x " + FEATURES + ", " + TREES + " trees",
            peer == null ? null : XGBoostPeer.NAME,
            "s",
            seconds,
            peer == null ? Double.NaN : peer.total(),
            Double.NaN,
            rmse,
            peer == null ? Double.NaN : peer.rmse(),
            rows,
            threads));
    if (rows <= PEER_ROWS) {
      PeerRun h2o = H2oPeer.forest(rows, FEATURES, GENERATED, settings(threads));
      log.accept(String.format(Locale.ROOT, "H2O: %.2f s, RMSE %.5f", h2o.total(), h2o.rmse()));
      figures.add(
          new Figure(
              "forest " + rows + " x " + FEATURES + ", " + TREES + " trees",
              H2oPeer.NAME + " DRF",
              "s",
              seconds,
              h2o.total(),
              Double.NaN,
              rmse,
              h2o.rmse(),
              rows,
              threads));
      figures.add(besideTribuo(log));
    }
    figures.add(
        new Figure(
            "peak RSS of it, its rows included",
            null,
            "MB",
            Double.parseDouble(words[2]),
            Double.NaN,
            BOUND_MEGABYTES,
            Double.NaN,
            Double.NaN,
            rows,
            threads));
    return figures;
  }

  private static RandomForestParameters parameters() {
    return ParameterForm.bind(
        RandomForestParameters.class, Map.of("trees", TREES, "feature_sampling", 0.5), "");
  }

  private static ForestSettings settings(int threads) {
    RandomForestParameters p = parameters();
    return new ForestSettings(
        TREES, p.depth(), p.minRowsPerLeaf(), p.rowSampling(), p.featureSampling(), threads);
  }

  /** On few rows and one thread each; ours warms up on the same. */
  private static Figure besideTribuo(Consumer<String> log) {
    Rows train = GeneratedRows.of(TRIBUO_ROWS, GENERATED, 0);
    Rows fresh = fresh(TRIBUO_ROWS);
    PeerRun tribuo = TribuoPeer.forest(train, FEATURES, settings(1), fresh);
    PeerRun ours = null;
    for (int run = 0; run < 3; run++) {
      long start = System.nanoTime();
      Model model = ours(columns(train), train.targetAsDouble(), 1);
      double seconds = (System.nanoTime() - start) / 1e9;
      ours = new PeerRun(seconds, 0, seconds, rmse(model, fresh));
    }
    log.accept(
        String.format(
            Locale.ROOT,
            "%d rows: ours %.2f s, RMSE %.5f; Tribuo %.2f s, RMSE %.5f",
            TRIBUO_ROWS,
            ours.total(),
            ours.rmse(),
            tribuo.total(),
            tribuo.rmse()));
    return new Figure(
        "forest " + TRIBUO_ROWS + " x " + FEATURES + ", " + TREES + " trees",
        TribuoPeer.NAME,
        "s",
        ours.total(),
        tribuo.total(),
        Double.NaN,
        ours.rmse(),
        tribuo.rmse(),
        TRIBUO_ROWS,
        1);
  }

  private static Model ours(double[][] columns, double[] target, int threads) {
    FeatureMatrix matrix = FeatureMatrix.ofColumns(List.of("f0", "f1"), columns);
    var data = new Trainer.TrainingData(matrix, target, matrix.select(new int[0]), new double[0]);
    var context = new Trainer.Context("forest", 1, threads, Progress.NONE);
    return new RandomForestTrainer().train(data, parameters(), context);
  }

  private static double[][] columns(Rows rows) {
    double[][] columns = new double[FEATURES][rows.count()];
    for (int f = 0; f < FEATURES; f++) {
      for (int i = 0; i < rows.count(); i++) {
        columns[f][i] = rows.columns()[f][i];
      }
    }
    return columns;
  }

  private static double rmse(Model model, Rows fresh) {
    double[] predicted =
        model.predict(FeatureMatrix.ofColumns(List.of("f0", "f1"), columns(fresh)));
    float[] flat = new float[predicted.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) predicted[i];
    }
    return fresh.rmse(flat);
  }

  private static PeerRun peer(int rows, int threads) throws Exception {
    Rows train = GeneratedRows.of(rows, GENERATED, 0);
    Rows fresh = fresh(rows);
    ForestSettings settings = settings(threads);
    return XGBoostPeer.forest(
        rowMajor(train), train.target(), FEATURES, settings, rowMajor(fresh), fresh);
  }

  private static Rows fresh(int rows) {
    return GeneratedRows.of(Math.min(rows, 200_000), GENERATED, FRESH_CHUNK);
  }

  private static float[] rowMajor(Rows rows) {
    float[] all = new float[rows.count() * FEATURES];
    for (int i = 0; i < rows.count(); i++) {
      for (int f = 0; f < FEATURES; f++) {
        all[i * FEATURES + f] = rows.columns()[f][i];
      }
    }
    return all;
  }

  /** {@code ROWS THREADS}: prints seconds, RMSE and the process's largest resident size in MB. */
  public static void main(String[] arguments) throws IOException {
    int rows = Integer.parseInt(arguments[0]);
    double[][] columns = new double[FEATURES][rows];
    double[] target = new double[rows];
    int block = 1_000_000; // so that what is generated and not used does not count
    for (int from = 0; from < rows; from += block) {
      int n = Math.min(block, rows - from);
      Rows part = GeneratedRows.of(n, GENERATED, from / 10_000);
      for (int i = 0; i < n; i++) {
        columns[0][from + i] = part.columns()[0][i];
        columns[1][from + i] = part.columns()[1][i];
        target[from + i] = part.target()[i];
      }
    }
    long start = System.nanoTime();
    Model model = ours(columns, target, Integer.parseInt(arguments[1]));
    double seconds = (System.nanoTime() - start) / 1e9;
    double rmse = rmse(model, fresh(rows));
    System.out.println(seconds + " " + rmse + " " + residentMegabytes());
  }

  private static double residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    return Double.NaN;
  }
}
