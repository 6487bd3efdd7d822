package slipstream.benchmarks;

import hex.Model;
import hex.tree.SharedTreeModel.SharedTreeParameters;
import hex.tree.drf.DRF;
import hex.tree.drf.DRFModel.DRFParameters;
import hex.tree.gbm.GBM;
import hex.tree.gbm.GBMModel.GBMParameters;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import water.DKV;
import water.H2O;
import water.Key;
import water.fvec.Frame;
import water.fvec.Vec;

/**
 * H2O's random forest (DRF) and boosted trees (GBM), in a process of its own: H2O is a server. It warms up on a few trees.
 * What is measured begins with rows in its own frames. It draws features a node, as the others do.
 */
final class H2oPeer {
  static final String NAME = "H2O 3.44";

  private H2oPeer() {}

  static PeerRun forest(int rows, int features, int generated, ForestSettings s) throws Exception {
    int drawn = (int) Math.max(1, Math.round(s.featureSampling() * features));
    return run(
        List.of(
            "forest",
            rows,
            features,
            generated,
            s.trees(),
            s.depth(),
            s.minRowsPerLeaf(),
            s.rowSampling(),
            drawn,
            1.0,
            s.threads()));
  }

  static PeerRun boosted(int rows, int features, Settings s) throws Exception {
    return run(
        List.of(
            "boosted",
            rows,
            features,
            features,
            s.rounds(),
            s.depth(),
            1,
            1.0,
            features,
            s.learningRate(),
            s.threads()));
  }

  private static PeerRun run(List<?> settings) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx4g",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dsys.ai.h2o.debug.noJavaVersionCheck=true", // it names Java 17 as its newest
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                H2oPeer.class.getName()));
    settings.forEach(each -> command.add(each.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes());
    int line = output.lastIndexOf("h2o: ");
    if (process.waitFor() != 0 || line < 0) {
      throw new IllegalStateException("H2O failed: " + output);
    }
    String[] words = output.substring(line + 5).strip().split(" ");
    double seconds = Double.parseDouble(words[0]);
    return new PeerRun(seconds, 0, seconds, Double.parseDouble(words[1]));
  }

  /** Prints {@code h2o: SECONDS RMSE}. */
  public static void main(String[] arguments) throws IOException {
    boolean forest = arguments[0].equals("forest");
    int rows = Integer.parseInt(arguments[1]);
    int features = Integer.parseInt(arguments[2]);
    int generated = Integer.parseInt(arguments[3]);
    H2O.main(
        new String[] {
          "-disable_web",
          "-name",
          "bench" + ProcessHandle.current().pid(),
          "-ip",
          "127.0.0.1",
          "-nthreads",
          arguments[10],
          "-log_level",
          "ERRR"
        });
    Frame train = frame("train", GeneratedRows.of(rows, generated, 0), features);
    Rows fresh = GeneratedRows.of(Math.min(rows, 200_000), generated, 1_000_000);
    Frame held = frame("held", fresh, features);
    train(forest, train, arguments, 3);
    long start = System.nanoTime();
    Model<?, ?, ?> model = train(forest, train, arguments, Integer.parseInt(arguments[4]));
    double seconds = (System.nanoTime() - start) / 1e9;
    Vec predicted = model.score(held).vec(0);
    float[] flat = new float[fresh.count()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) predicted.at(i);
    }
    System.out.println("h2o: " + seconds + " " + fresh.rmse(flat));
    System.out.flush();
    System.exit(0); // its threads are no daemons
  }

  private static Model<?, ?, ?> train(boolean forest, Frame rows, String[] a, int trees) {
    SharedTreeParameters p = forest ? new DRFParameters() : new GBMParameters();
    p._train = rows._key;
    p._response_column = "y";
    p._ntrees = trees;
    p._max_depth = Integer.parseInt(a[5]);
    p._min_rows = Double.parseDouble(a[6]);
    p._nbins = 256;
    p._seed = 1;
    p._score_tree_interval = trees; // no scores on the way
    if (p instanceof DRFParameters drf) {
      drf._sample_rate = Double.parseDouble(a[7]);
      drf._mtries = Integer.parseInt(a[8]);
      return new DRF(drf).trainModel().get();
    }
    GBMParameters gbm = (GBMParameters) p;
    gbm._learn_rate = Double.parseDouble(a[9]);
    return new GBM(gbm).trainModel().get();
  }

  private static Frame frame(String name, Rows rows, int features) throws IOException {
    String[] names = new String[features + 1];
    Vec[] columns = new Vec[features + 1];
    for (int f = 0; f <= features; f++) {
      names[f] = f == features ? "y" : "f" + f;
      float[] values = f == features ? rows.target() : rows.columns()[f];
      columns[f] = Vec.makeZero(rows.count());
      try (Vec.Writer out = columns[f].open()) {
        for (int i = 0; i < rows.count(); i++) {
          out.set(i, values[i]);
        }
      }
    }
    Frame frame = new Frame(Key.<Frame>make(name), names, columns);
    DKV.put(frame);
    return frame;
  }
}
