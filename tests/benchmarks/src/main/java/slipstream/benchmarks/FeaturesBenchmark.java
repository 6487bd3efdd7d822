package slipstream.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import slipstream.benchmarks.FeatureExpressions.Pair;
import slipstream.core.experiment.PluginUse;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.training.preparation.Preparation;

/**
 * Features against DuckDB's window functions: the same generated rows, one after the other in turns with as many threads,
 * values compared on some instruments.
 *
 * <p>Each has the rows in a table of its own, in order of instrument and time, as an import leaves them. Ours writes the
 * values to files; DuckDB adds them up, which is less.
 */
final class FeaturesBenchmark {
  private static final int ROWS_EACH = 3_500;
  private static final String PEER = "DuckDB window";

  /** Seconds after which a process has compiled what it runs. */
  private static final double WARM_UP = 4;

  /** Of values that both add up in another order. */
  private static final double TOLERANCE = 1e-8;

  private final long rows;
  private final int threads;
  private final int turns;
  private final Path folder;
  private final Consumer<String> log;
  private final PluginCatalog plugins = PluginCatalog.ofClassPath();

  private FeaturesBenchmark(long rows, int threads, int turns, Path folder, Consumer<String> log) {
    this.rows = rows;
    this.threads = threads;
    this.turns = turns;
    this.folder = folder;
    this.log = log;
  }

  /** Makes its data in a temporary folder, which is removed. */
  static List<Figure> run(long rows, int threads, int turns, Consumer<String> log)
      throws IOException, SQLException, InterruptedException {
    Path folder = Files.createTempDirectory("slipstream-features");
    try {
      return new FeaturesBenchmark(rows, threads, turns, folder, log).run();
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  // -------------------------------------------------------------------- data

  private static Connection connect(int threads) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("threads", Integer.toString(threads));
    Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET preserve_insertion_order = true");
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
    }
    return connection;
  }

  /** Rows of which each is a pure function of its number, by instrument, then minute. */
  private static String generated(long rows) {
    return Text.fill(
        """
        SELECT 'I' || lpad(CAST(n // #each AS VARCHAR), 5, '0') AS instrument,
          make_timestamp_ns(1600000000000000000 + (n % #each) * 60000000000) AS time,
          round(50 + 40 * sin(n // #each) + 5 * sin((n % #each) / 97.0)
            + (hash(n) % 10000) / 2000.0, 2) AS close,
          round(50 + 39 * sin(n // #each) + 5 * sin((n % #each) / 91.0)
            + (hash(n + 7) % 10000) / 2000.0, 2) AS adj_close,
          CAST(100 + hash(n + 13) % 100000 AS BIGINT) AS volume
        FROM range(#rows) t(n)""",
        Map.of("#each", ROWS_EACH, "#rows", rows));
  }

  private Path parquet(long count) throws SQLException {
    Path file = folder.resolve("rows-" + count + ".parquet");
    try (Connection connection = connect(threads);
        Statement statement = connection.createStatement()) {
      statement.execute("COPY (" + generated(count) + ") TO '" + file + "' (FORMAT parquet)");
    }
    return file;
  }

  private Table imported(Path parquet, Path target) {
    PluginUse use =
        new PluginUse(
            "parquet",
            Map.of("path", parquet.toString(), "time", "time", "instrument", "instrument"));
    return Preparation.read(use, plugins, folder, target, threads, Progress.NONE);
  }

  // ------------------------------------------------------------------- cases

  private List<Figure> run() throws IOException, SQLException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    Path parquet = parquet(rows);
    log.accept(line("%,d rows, %,d MB of Parquet", rows, Files.size(parquet) >> 20));
    Path tableFolder = folder.resolve("table");
    double triad = Triad.gigabytesPerSecond(threads);
    figures.addAll(fromParquet(parquet));
    try (Table table = imported(parquet, tableFolder);
        Connection connection = connect(threads);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t AS SELECT * FROM '" + parquet + "'");
      Figure mean = versus("rolling mean(30)", table, statement, List.of(FeatureExpressions.MEAN));
      figures.add(mean);
      figures.add(
          versus("rolling median(30)", table, statement, List.of(FeatureExpressions.MEDIAN)));
      figures.add(versus("40 mixed expressions", table, statement, FeatureExpressions.MIXED));
      // A value read and one written a row.
      double share = 100 * 16 / mean.ours() / triad;
      log.accept(line("triad %.1f GB/s with %d threads", triad, threads));
      figures.add(
          alone("rolling mean(30), share of the memory's bandwidth", "%", share, Double.NaN));
    }
    figures.addAll(growth(tableFolder));
    for (boolean across : new boolean[] {false, true}) {
      figures.add(
          alone(
              "peak RSS, 20 features" + (across ? ", 2 of them across instruments" : ""),
              "MB",
              child(tableFolder, 20, across).megabytes(),
              2048));
    }
    return figures;
  }

  private Figure alone(String name, String unit, double ours, double bound) {
    return new Figure(
        name, null, unit, ours, Double.NaN, bound, Double.NaN, Double.NaN, rows, threads);
  }

  private FeaturePlan plan(Table table, List<Pair> pairs) {
    return FeaturePlan.compile(table.schema(), FeatureExpressions.experiment(pairs), plugins);
  }

  private Figure versus(String name, Table table, Statement statement, List<Pair> pairs)
      throws SQLException {
    FeaturePlan plan = plan(table, pairs);
    String sums =
        String.join(
            ", ", IntStream.range(0, pairs.size()).mapToObj(i -> "sum(f" + i + ")").toList());
    String query =
        "SELECT " + sums + " FROM (" + FeatureExpressions.query("", pairs, "t", "") + ")";
    double[] ours = new double[turns];
    double[] theirs = new double[turns];
    for (int turn = -1; turn < turns; turn++) {
      long start = System.nanoTime();
      try (FeatureTable values = evaluate(plan, table)) {
        double mine = (System.nanoTime() - start) / 1e9;
        if (turn < 0) {
          compare(name, table, values, statement, pairs);
        }
        start = System.nanoTime();
        try (ResultSet result = statement.executeQuery(query)) {
          result.next();
        }
        double peer = (System.nanoTime() - start) / 1e9;
        log.accept(line("%s, %s: ours %.2f s, DuckDB %.2f s", name, turn(turn), mine, peer));
        if (turn >= 0) {
          ours[turn] = 1e9 * mine / rows;
          theirs[turn] = 1e9 * peer / rows;
        }
      }
    }
    return new Figure(
        name + ", table to values",
        PEER,
        "ns/row",
        Median.of(ours),
        Median.of(theirs),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        rows,
        threads);
  }

  private static String turn(int turn) {
    return turn < 0 ? "warm-up" : "turn " + (turn + 1);
  }

  private FeatureTable evaluate(FeaturePlan plan, Table table) {
    return plan.evaluate(table, folder.resolve("values"), threads, Progress.NONE);
  }

  /** Every value of a few instruments, but those of windows that are not full yet. */
  private void compare(
      String name, Table table, FeatureTable values, Statement statement, List<Pair> pairs)
      throws SQLException {
    List<Partition> partitions = table.partitions();
    double worst = 0;
    long compared = 0;
    for (int k = 0; k < 5; k++) {
      Partition partition = partitions.get((int) ((partitions.size() - 1L) * k / 4));
      String condition = " WHERE instrument = '" + partition.instrument() + "'";
      String query = FeatureExpressions.query("time", pairs, "t", condition) + " ORDER BY time";
      double[][] mine = new double[pairs.size()][(int) partition.rows()];
      for (int i = 0; i < mine.length; i++) {
        values.copy("f" + i, (int) partition.from(), (int) partition.to(), mine[i], 0);
      }
      try (ResultSet theirs = statement.executeQuery(query)) {
        for (int row = 0; theirs.next(); row++) {
          for (int i = 0; i < mine.length && row >= FeatureExpressions.DIFFERENT; i++) {
            double peer = theirs.getDouble(i + 2);
            double distance = Math.abs(peer - mine[i][row]) / Math.max(1, Math.abs(peer));
            if (!(distance <= TOLERANCE)) {
              throw new IllegalStateException(
                  line(
                      "%s of %s, row %d: ours %s, DuckDB's %s",
                      pairs.get(i).expression(), partition.instrument(), row, mine[i][row], peer));
            }
            worst = Math.max(worst, distance);
            compared++;
          }
        }
      }
    }
    log.accept(line("%s: %,d values compared, furthest apart %.1e", name, compared, worst));
  }

  /** From Parquet to feature files, its import alone, and what DuckDB needs to read the file at all. */
  private List<Figure> fromParquet(Path parquet)
      throws IOException, SQLException, InterruptedException {
    List<Pair> pairs = FeatureExpressions.TEAM;
    boolean polars = PolarsPeer.present();
    if (!polars) {
      log.accept(PolarsPeer.ABSENT);
    }
    double[] wholePolars = new double[turns];
    double[] whole = new double[turns];
    double[] wholePeer = new double[turns];
    double[] imports = new double[turns];
    double[] importsPeer = new double[turns];
    double[] decoded = new double[turns];
    Path out = folder.resolve("features.parquet");
    String file = "'" + parquet + "'";
    for (int turn = -1; turn < turns; turn++) {
      Path target = folder.resolve("end-to-end");
      long start = System.nanoTime();
      double importing;
      try (Table table = imported(parquet, target)) {
        importing = seconds(start);
        evaluate(plan(table, pairs), table).close();
      }
      double mine = seconds(start);
      delete(target);
      double peer =
          seconds(
              "COPY ("
                  + FeatureExpressions.query("instrument, time", pairs, file, "")
                  + ") TO '"
                  + out
                  + "' (FORMAT parquet)");
      double other = Double.NaN;
      if (polars) {
        Path polarsOut = folder.resolve("polars.parquet");
        other = PolarsPeer.seconds(parquet, polarsOut, threads);
        if (turn < 0) {
          comparePolars(polarsOut, out);
        }
        Files.delete(polarsOut);
      }
      Files.delete(out);
      double table = seconds("CREATE TABLE t AS SELECT * FROM " + file);
      double decode =
          seconds(
              "SELECT max(instrument), max(time), sum(close), sum(adj_close), sum(volume) FROM "
                  + file);
      log.accept(
          line(
              "end to end, %s: ours %.2f s (import %.2f s), DuckDB %.2f s (to a table %.2f s, decoding %.2f s)%s",
              turn(turn),
              mine,
              importing,
              peer,
              table,
              decode,
              polars ? line(", nodejs-polars %.2f s", other) : ""));
      if (turn >= 0) {
        whole[turn] = mine;
        wholePeer[turn] = peer;
        wholePolars[turn] = other;
        imports[turn] = importing;
        importsPeer[turn] = table;
        decoded[turn] = decode;
      }
    }
    String name = "vol_moving_avg, adj_close_rolling_med, Parquet to files";
    List<Figure> figures = new ArrayList<>();
    figures.add(beside(name, PEER, whole, wholePeer));
    if (polars) {
      figures.add(beside(name, PolarsPeer.NAME, whole, wholePolars));
    }
    figures.add(
        beside("import, Parquet to a table with checksums", "DuckDB table", imports, importsPeer));
    figures.add(
        alone("Parquet decoded by DuckDB, nothing else", "ns/row", perRow(decoded), Double.NaN));
    return figures;
  }

  /** Of one instrument, all values of windows that are full. */
  private void comparePolars(Path polars, Path duckDb) throws SQLException {
    String sql =
        "SELECT count(*), max(greatest(abs(a.f0 - b.f0) / greatest(1, abs(b.f0)), abs(a.f1 - b.f1)))"
            + " FROM '%s' a JOIN '%s' b USING (instrument, time) WHERE a.instrument = 'I00000'"
            + " AND a.f0 IS NOT NULL AND a.f1 IS NOT NULL";
    try (Connection connection = connect(threads);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(line(sql, polars, duckDb))) {
      result.next();
      log.accept(
          line(
              "nodejs-polars and DuckDB: %,d rows compared, furthest apart %.1e",
              result.getLong(1), result.getDouble(2)));
      if (result.getLong(1) < ROWS_EACH / 2 || !(result.getDouble(2) <= 1e-6)) {
        throw new IllegalStateException("nodejs-polars computes something else");
      }
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** How long a statement takes in a database of its own. */
  private double seconds(String sql) throws SQLException {
    long start = System.nanoTime();
    try (Connection connection = connect(threads);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return seconds(start);
  }

  private double perRow(double[] seconds) {
    return 1e9 * Median.of(seconds) / rows;
  }

  private Figure beside(String name, String peer, double[] ours, double[] theirs) {
    return new Figure(
        name,
        peer,
        "ns/row",
        perRow(ours),
        perRow(theirs),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        rows,
        threads);
  }

  // ---------------------------------------------------- processes of their own

  /** Cost a row of ten times the rows over that of a tenth, each in a process of its own. */
  private List<Figure> growth(Path large) throws IOException, SQLException, InterruptedException {
    Path parquet = parquet(rows / 10);
    Path small = folder.resolve("small");
    imported(parquet, small).close();
    double[] ratio = new double[turns];
    for (int turn = 0; turn < turns; turn++) {
      Child few = child(small, 20, false);
      Child many = child(large, 20, false);
      log.accept(
          line(
              "20 features: %.1f ns a row (%.1f of the processor) for %,d rows, %.1f (%.1f) for %,d",
              few.nanosPerRow(),
              few.cpuPerRow(),
              rows / 10,
              many.nanosPerRow(),
              many.cpuPerRow(),
              rows));
      ratio[turn] = many.nanosPerRow() / few.nanosPerRow();
    }
    return List.of(
        alone(
            "20 features, cost a row over that of a tenth of the rows",
            "",
            Median.of(ratio),
            1.15));
  }

  /**
   * @param cpuPerRow nanoseconds of all its threads, in the system too; what the system writes at the side is not among it
   */
  private record Child(double nanosPerRow, double cpuPerRow, double megabytes) {}

  private Child child(Path table, int features, boolean across)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseParallelGC",
                "-Xmx1g",
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                FeaturesBenchmark.class.getName(),
                table.toString(),
                folder.resolve("child").toString(),
                Integer.toString(features),
                Integer.toString(threads),
                Boolean.toString(across))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the process that computes features failed");
    }
    String[] words = answer.split(" ");
    return new Child(
        Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2]));
  }

  /**
   * {@code TABLE SCRATCH FEATURES THREADS ACROSS}: prints nanoseconds a row, those of the processor, and the process's largest
   * resident size in MB.
   */
  public static void main(String[] arguments) throws IOException {
    int threads = Integer.parseInt(arguments[3]);
    List<Pair> pairs =
        new ArrayList<>(FeatureExpressions.MIXED.subList(0, Integer.parseInt(arguments[2])));
    boolean across = Boolean.parseBoolean(arguments[4]);
    for (int i = 0; across && i < FeatureExpressions.ACROSS.size(); i++) {
      pairs.set(pairs.size() - 1 - i, FeatureExpressions.ACROSS.get(i));
    }
    try (Table table = Table.open(Path.of(arguments[0]))) {
      FeaturePlan plan =
          FeaturePlan.compile(
              table.schema(), FeatureExpressions.experiment(pairs), PluginCatalog.ofClassPath());
      List<Double> nanos = new ArrayList<>();
      double cpu = 0;
      var process =
          (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      // The first runs compile the kernels.
      for (double spent = 0; nanos.size() < 3 || spent < WARM_UP; spent += seconds(nanos, table)) {
        long start = System.nanoTime();
        long before = process.getProcessCpuTime();
        plan.evaluate(table, Path.of(arguments[1]), threads, Progress.NONE).close();
        cpu = (double) (process.getProcessCpuTime() - before) / table.rows();
        nanos.add((double) (System.nanoTime() - start) / table.rows());
      }
      System.out.println(nanos.getLast() + " " + cpu + " " + residentMegabytes());
    }
  }

  private static double seconds(List<Double> nanos, Table table) {
    return nanos.getLast() * table.rows() / 1e9;
  }

  private static double residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    return Double.NaN;
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  private static final class Text {
    static String fill(String template, Map<String, ?> values) {
      String text = template;
      for (Map.Entry<String, ?> each : values.entrySet()) {
        text = text.replace(each.getKey(), each.getValue().toString());
      }
      return text;
    }
  }
}
