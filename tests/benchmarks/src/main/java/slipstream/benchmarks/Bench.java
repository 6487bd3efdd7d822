package slipstream.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code bench NAME [--quick] [--json]}: measures and prints a table, or one JSON object a line.
 * Progress goes to the error stream. Exit code 2 for a wrong call.
 */
public final class Bench {
  private static final String USAGE =
      """
      usage: ./slipstream bench NAME [--quick] [--json]

        training   boosted trees against XGBoost (depth-wise) and LightGBM (leaf-wise, plain and
                   with quantised gradients): time, and RMSE on held-out rows; where a round's time
                   goes beside the memory's bandwidth; a single tree beside Tribuo's CART;
                   on 200,000 rows or fewer also H2O's boosted trees
                   [--rows N] [--depth N] [--rounds N] [--threads N]
                   On generated rows of 28 features, or with --data FOLDER on the next day's volume
                   of S&P 500 stocks from sp500_daily_2013_2018.parquet there
        forest     a random forest of 100 trees on 28 million rows of two features: time, peak
                   memory; on 2 million rows or fewer beside XGBoost's and H2O's, and on 5,000 beside
                   Tribuo's [--rows N] [--threads N]
        features   features against DuckDB's window functions, and nodejs-polars' where NODE_PATH
                   leads to it: time a row, peak memory, growth
                   [--rows N] [--threads N]; 28 million rows unless --rows or --quick says otherwise
        search     what a search costs a trial of a trivial objective: 10,000 configurations by ASHA
                   [--rows N] configurations, [--threads N] trials at a time
        prediction predictions by 100 trees of depth 8, row by row and in a batch, beside ONNX
                   Runtime on the same trees, XGBoost and LightGBM on their own (JMH)

        --quick    fewer rows; ends within 50 s once built
        --json     one object a line: case, peer, unit, ours, theirs, ratio (above 1: ours is
                   better), quality_ours, quality_theirs, rows, threads; bound where peer is null\
      """;

  private static final List<String> NAMES =
      List.of("training", "forest", "features", "search", "prediction");

  private static final int FEATURES = 28;

  /** Rows of other chunks are fresh ones. */
  static final int FRESH_CHUNK = 1_000_000;

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = new ArrayList<>(Arrays.asList(arguments));
    if (words.contains("--help")) {
      System.out.println(USAGE);
      return;
    }
    boolean quick = words.remove("--quick");
    boolean json = words.remove("--json");
    int rows;
    String data;
    Settings settings;
    try {
      data = text(words, "--data");
      rows = number(words, "--rows", rows(words, quick));
      settings =
          new Settings(
              number(words, "--rounds", 50),
              number(words, "--depth", 8),
              0.1,
              1,
              256,
              number(words, "--threads", 2));
    } catch (IllegalArgumentException e) {
      fail(e.getMessage());
      return;
    }
    if (words.size() != 1 || !NAMES.contains(words.getFirst())) {
      fail(words.isEmpty() ? "name a benchmark" : "unknown: " + String.join(" ", words));
      return;
    }
    Consumer<String> log = line -> System.err.println(line);
    int turns = quick ? 3 : 5;
    double seconds = quick ? 35 : Double.POSITIVE_INFINITY;
    if (data != null && !Files.isReadable(Path.of(data, DailyVolumes.FILE))) {
      fail("there is no " + DailyVolumes.FILE + " in " + data);
      return;
    }
    List<Figure> figures =
        switch (words.getFirst()) {
          case "features" -> FeaturesBenchmark.run(rows, settings.threads(), quick ? 2 : 3, log);
          case "forest" -> ForestBenchmark.run(rows, settings.threads(), log);
          case "search" -> SearchBenchmark.run(rows, settings.threads(), turns, log);
          case "prediction" -> PredictionBenchmark.run(quick);
          default -> training(data, rows, settings, turns, seconds, log);
        };
    if (json) {
      figures.forEach(each -> System.out.println(each.json()));
    } else {
      System.out.print(Figure.table(figures));
    }
  }

  private static List<Figure> training(
      String data, int rows, Settings settings, int turns, double seconds, Consumer<String> log)
      throws Exception {
    boolean generated = data == null;
    Rows train;
    Rows fresh;
    if (generated) {
      train = GeneratedRows.of(rows, FEATURES, 0);
      fresh = GeneratedRows.of(Math.min(rows, 200_000), FEATURES, FRESH_CHUNK);
    } else {
      train = DailyVolumes.of(Path.of(data), false);
      fresh = DailyVolumes.of(Path.of(data), true);
    }
    return new TrainingBenchmark(train, fresh, generated, settings, turns, seconds, log).run();
  }

  private static int rows(List<String> words, boolean quick) {
    if (words.contains("features")) {
      return quick ? 1_400_000 : 28_000_000;
    }
    if (words.contains("forest")) {
      return quick ? 200_000 : 28_000_000;
    }
    if (words.contains("search")) {
      return quick ? 2_000 : 10_000;
    }
    return quick ? 200_000 : 1_000_000;
  }

  private static int number(List<String> words, String option, int otherwise) {
    int at = words.indexOf(option);
    if (at < 0) {
      return otherwise;
    }
    words.remove(at);
    if (at == words.size() || !words.get(at).matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(option + " needs a positive number");
    }
    return Integer.parseInt(words.remove(at));
  }

  private static String text(List<String> words, String option) {
    int at = words.indexOf(option);
    if (at < 0) {
      return null;
    }
    words.remove(at);
    if (at == words.size()) {
      throw new IllegalArgumentException(option + " needs a folder");
    }
    return words.remove(at);
  }

  private static void fail(String problem) {
    System.err.println("bench: " + problem + "; see ./slipstream bench --help");
    System.exit(2);
  }
}
