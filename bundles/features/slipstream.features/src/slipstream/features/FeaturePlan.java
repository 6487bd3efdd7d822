package slipstream.features;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Orders;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.store.Hashing;
import slipstream.core.store.Lineage;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.features.expression.ExpressionException;
import slipstream.features.expression.ExpressionParser;
import slipstream.features.internal.function.BuiltIn;
import slipstream.features.internal.plan.Compiler;
import slipstream.features.internal.plan.Evaluation;
import slipstream.features.internal.plan.Graph;
import slipstream.features.internal.plan.Growth;
import slipstream.features.internal.plan.Horizon;
import slipstream.features.internal.plan.Space;
import slipstream.features.internal.series.SeriesStore;

/**
 * The features, givens and targets of an experiment, compiled: each common part is computed once.
 *
 * <p>A later series may use an earlier one. A feature or given that is nothing but a text column has its texts as categories. Features are point in time; givens may look ahead as far as every target
 * whose models have them as inputs. Immutable and thread-safe.
 */
public final class FeaturePlan {
  /** The series of the experiment's {@code weight}, where there is one. */
  public static final String WEIGHT = "(weight)";

  /** The series of the experiment's {@code cluster}, where there is one and it is no text column. */
  public static final String CLUSTER = "(cluster)";

  /** The series of the validation's {@code group}, where there is one and it is no text column. */
  public static final String GROUP = "(group)";

  /** The series of the validation's {@code weight}, where there is one. */
  public static final String SCORE_WEIGHT = "(score weight)";

  /** The series of the evaluation's {@code timing_risk}, where there is one. */
  public static final String TIMING_RISK = "(timing risk)";

  /** Series of one experiment. */
  private static final int MAX_SERIES = 10_000;

  private enum Kind {
    FEATURE("features", "feature"),
    GIVEN("given", "given"),
    TARGET("targets", "target"),
    WEIGHT("weight", "weight"),
    CLUSTER("cluster", "cluster"),
    GROUP("validation.group", "group"),
    SCORE_WEIGHT("validation.weight", "weight"),
    BUCKET("evaluation.buckets", "bucket"),
    TIMING_RISK("evaluation.timing_risk", "timing risk"),
    ORDER("orders", "order");

    final String key;
    final String word;

    Kind(String key, String word) {
      this.key = key;
      this.word = word;
    }

    /** The experiment's key of a series. */
    String key(String name) {
      return this == BUCKET || this == ORDER
          ? key + "." + name.substring(word.length() + 2, name.length() - 1)
          : aboutRows() ? key : key + "." + name;
    }

    /** Whether it says something of rows and has no name that an expression could use. */
    boolean aboutRows() {
      return ordinal() >= WEIGHT.ordinal();
    }

    /** What is evaluated may be known later than what is predicted. */
    boolean mayLookAhead() {
      return this == GIVEN || this == TARGET || ordinal() >= BUCKET.ordinal();
    }
  }

  private record Series(String name, Kind kind, Definition definition, int node) {
    Place place() {
      return Place.key(kind.key(name));
    }
  }

  private final Graph graph;
  private final List<Series> series;
  private final PluginCatalog plugins;

  private FeaturePlan(Graph graph, List<Series> series, PluginCatalog plugins) {
    this.plugins = plugins;
    this.graph = graph;
    this.series = List.copyOf(series);
  }

  /**
   * Compiles an experiment's expressions for tables of a schema.
   *
   * @param input the schema of the prepared table
   * @throws SlipstreamException for the first thing that is wrong, with the key of the expression, such as {@code
   *     features.ret_1}, and the column within it
   */
  public static FeaturePlan compile(Schema input, Experiment experiment, PluginCatalog plugins) {
    List<SlipstreamException> problems = new ArrayList<>();
    FeaturePlan plan = compile(input, experiment, plugins, problems);
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
    return plan;
  }

  /**
   * All that can be found wrong without data: syntax, functions and their arguments, constants, order of definition,
   * look-ahead. Which columns exist is not known, so any other name passes.
   */
  public static List<SlipstreamException> check(Experiment experiment, PluginCatalog plugins) {
    return check(null, experiment, plugins);
  }

  /**
   * All that is wrong for tables of a schema.
   *
   * @param input as for {@link #compile}, or null when it is not known
   */
  public static List<SlipstreamException> check(
      Schema input, Experiment experiment, PluginCatalog plugins) {
    List<SlipstreamException> problems = new ArrayList<>();
    compile(input, experiment, plugins, problems);
    return problems;
  }

  private record Source(String name, Kind kind, Definition definition) {
    Place place() {
      return Place.key(kind.key(name));
    }
  }

  private static FeaturePlan compile(
      Schema input,
      Experiment experiment,
      PluginCatalog plugins,
      List<SlipstreamException> problems) {
    List<Source> sources = new ArrayList<>();
    add(sources, Kind.FEATURE, experiment.features());
    add(sources, Kind.GIVEN, experiment.given());
    add(sources, Kind.TARGET, experiment.targets());
    if (!experiment.weight().isEmpty()) {
      sources.add(new Source(WEIGHT, Kind.WEIGHT, new Definition(experiment.weight())));
    }
    Validation validation = experiment.validation();
    if (!experiment.cluster().isEmpty() && !isText(input, experiment.cluster())) {
      sources.add(new Source(CLUSTER, Kind.CLUSTER, new Definition(experiment.cluster())));
    }
    if (validation != null) { // conditions of steps are compiled without one
      if (!validation.group().isBlank() && !isText(input, validation.group())) {
        sources.add(new Source(GROUP, Kind.GROUP, new Definition(validation.group())));
      }
      if (!validation.weight().isBlank()) {
        sources.add(
            new Source(SCORE_WEIGHT, Kind.SCORE_WEIGHT, new Definition(validation.weight())));
      }
    }
    if (experiment.evaluation() != null) {
      addEvaluation(sources, input, experiment);
    }
    if (experiment.orders() != null) {
      Orders orders = experiment.orders();
      if (!isText(input, orders.parent())) {
        sources.add(new Source(order("parent"), Kind.ORDER, new Definition(orders.parent())));
      }
      orders
          .expressions()
          .forEach(
              (name, expression) ->
                  sources.add(new Source(order(name), Kind.ORDER, new Definition(expression))));
    }
    if (sources.size() > MAX_SERIES) {
      throw SlipstreamException.invalid(
          "the experiment defines " + sources.size() + " series, over " + MAX_SERIES,
          Place.key(Kind.FEATURE.key),
          "Split it in two.");
    }
    Map<String, Source> byName = new LinkedHashMap<>();
    for (Source source : sources) {
      Source other = byName.putIfAbsent(source.name(), source);
      checkName(source, other, problems);
    }
    Compiler compiler = new Compiler(input, plugins);
    List<Series> compiled = new ArrayList<>();
    Map<String, Source> undefined = new LinkedHashMap<>(byName);
    for (Source source : sources) {
      compiler.definedLater(
          name ->
              input == null && isColumn(undefined.get(name))
                  ? null
                  : tooEarly(source, undefined.get(name), byName));
      String text = source.definition().expression();
      try {
        // Those of conditions, which have no validation, are numbers.
        boolean mayBeText =
            validation != null && (source.kind() == Kind.FEATURE || source.kind() == Kind.GIVEN);
        int node = compiler.compile(text, source.kind().mayLookAhead(), mayBeText);
        Series series = new Series(source.name(), source.kind(), source.definition(), node);
        compiler.define(source.name(), node);
        compiled.add(series);
      } catch (ExpressionException e) {
        problems.add(e.at(source.kind().key(source.name()), text));
        // Whatever it would have been: what uses it is not to be blamed.
        compiler.defineUnknown(source.name());
      }
      undefined.remove(source.name());
    }
    checkGivens(compiler.graph(), compiled, problems);
    return new FeaturePlan(compiler.graph(), compiled, plugins);
  }

  private static void addEvaluation(List<Source> sources, Schema input, Experiment experiment) {
    experiment
        .evaluation()
        .buckets()
        .forEach(
            (name, expression) -> {
              if (!isText(input, expression)) {
                sources.add(new Source(bucket(name), Kind.BUCKET, new Definition(expression)));
              }
            });
    String risk = experiment.evaluation().timingRisk();
    if (!risk.isBlank()) {
      sources.add(new Source(TIMING_RISK, Kind.TIMING_RISK, new Definition(risk)));
    }
  }

  /** The series of one of the evaluation's buckets, which is there unless the bucket is a text column. */
  public static String bucket(String name) {
    return "(" + Kind.BUCKET.word + " " + name + ")";
  }

  /** The series of one of {@link Orders}' expressions, which is there where it is given; a text column is no series. */
  public static String order(String name) {
    return "(" + Kind.ORDER.word + " " + name + ")";
  }

  private static void add(
      List<Source> sources, Kind kind, SequencedMap<String, Definition> definitions) {
    definitions.forEach((name, definition) -> sources.add(new Source(name, kind, definition)));
  }

  /** Whether this is the name of a text column, whose values are told apart but not computed with. */
  private static boolean isText(Schema input, String text) {
    String name = text.strip();
    return input != null
        && input.names().contains(name)
        && input.field(name).type() == ColumnType.STRING;
  }

  private static void checkName(Source source, Source other, List<SlipstreamException> problems) {
    if (source.kind().aboutRows()) {
      return; // no name that an expression could use
    } else if (!source.name().matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
      problems.add(
          SlipstreamException.invalid(
              "'" + source.name() + "' is not a name",
              source.place(),
              "Use letters, digits and _, starting with a letter, at most 128 in all."));
    } else if (ExpressionParser.WORDS.contains(source.name())) {
      problems.add(
          SlipstreamException.invalid(
              "'" + source.name() + "' is a word of the expression language",
              source.place(),
              "Choose another name."));
    } else if (other != null) {
      problems.add(
          SlipstreamException.invalid(
              "'" + source.name() + "' is already a " + other.kind().word,
              source.place(),
              "Choose another name."));
    }
  }

  /** Whether a series is what it is called, and so a column, of which nothing is known yet: {@code dealer: dealer}. */
  private static boolean isColumn(Source source) {
    return source != null && source.definition().expression().strip().equals(source.name());
  }

  /** What to tell {@code user}, which names {@code source} before it is defined; null when there is no such series. */
  private static String tooEarly(Source user, Source source, Map<String, Source> all) {
    if (source == null) {
      return null;
    } else if (source.name().equals(user.name())) {
      return "A series cannot use itself; lag(x, n) goes back in columns and earlier series.";
    } else if (source.kind() != user.kind()) {
      return Text.format("It is a %s; a %s may not use it.", source.kind().word, user.kind().word);
    } else if (mentions(source, user.name(), all, new LinkedHashSet<>())) {
      return "The two use each other, a cycle that no order of definition resolves.";
    }
    return "Move it above '" + user.name() + "'.";
  }

  private static boolean mentions(
      Source source, String name, Map<String, Source> all, Set<String> seen) {
    Set<String> used = ExpressionNames.of(source.definition().expression());
    if (used.contains(name)) {
      return true;
    }
    for (String each : used) {
      Source next = all.get(each);
      if (next != null && seen.add(each) && mentions(next, name, all, seen)) {
        return true;
      }
    }
    return false;
  }

  private static void checkGivens(
      Graph graph, List<Series> compiled, List<SlipstreamException> problems) {
    for (Series given : compiled) {
      if (given.kind() == Kind.GIVEN) {
        checkGiven(graph, given, compiled, problems);
      }
    }
  }

  private static void checkGiven(
      Graph graph, Series given, List<Series> compiled, List<SlipstreamException> problems) {
    Reach ahead = graph.lookAhead(given.node());
    for (Series each : compiled) {
      if (each.kind() == Kind.TARGET && given.definition().appliesTo(each.name())) {
        Reach horizon = graph.lookAhead(each.node());
        if (ahead.rows() > horizon.rows() || ahead.nanos() > horizon.nanos()) {
          problems.add(
              SlipstreamException.invalid(
                  Text.format(
                      "it looks %s ahead, further than target '%s' (%s)",
                      Compiler.words(ahead), each.name(), Compiler.words(horizon)),
                  given.place(),
                  "What is chosen with the order is known by the end of the target's horizon."));
          return;
        }
      }
    }
  }

  private List<String> names(Kind kind) {
    return series.stream().filter(each -> each.kind() == kind).map(Series::name).toList();
  }

  public List<String> featureNames() {
    return names(Kind.FEATURE);
  }

  public List<String> givenNames() {
    return names(Kind.GIVEN);
  }

  public List<String> targetNames() {
    return names(Kind.TARGET);
  }

  /** Whether {@link #WEIGHT} or one of its like is one of the series. */
  public boolean has(String name) {
    return series.stream().anyMatch(each -> each.name().equals(name));
  }

  private Series find(String name) {
    return series.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                SlipstreamException.notFound(
                    "there is no series '" + name + "'",
                    "Series: " + String.join(", ", series.stream().map(Series::name).toList())));
  }

  /** Rows after its own, of the same instrument, that a value of the series may depend on. */
  public long lookAheadRows(String name) {
    return lookAhead(name).rows();
  }

  /** How far after its own row a value of the series may reach. */
  public Reach lookAhead(String name) {
    return graph.lookAhead(find(name).node());
  }

  /** A reach for people: {@code 3 rows}, {@code 5m}. */
  public static String words(Reach reach) {
    return Compiler.words(reach);
  }

  /**
   * For each row the last time that one of these series depends on, at least the row's own: until then nothing may be
   * learned from it. These are the times themselves where no series looks ahead.
   *
   * @param input the table that the series are evaluated on
   * @param times of its rows, ascending within each instrument: UTC nanoseconds, or row numbers where it has no time
   */
  public IntToLongFunction lastTimes(List<String> names, Table input, IntToLongFunction times) {
    return new Horizon(graph, input, times)
        .of(names.stream().map(each -> find(each).node()).toList());
  }

  /** The same plan without targets, for prediction: features and givens. */
  public FeaturePlan inputsOnly() {
    return new FeaturePlan(
        graph,
        series.stream()
            .filter(each -> each.kind() == Kind.FEATURE || each.kind() == Kind.GIVEN)
            .toList(),
        plugins);
  }

  /**
   * Evaluates all series on a table. The same table gives the same bits for any number of threads; a value depends on
   * the rows of its look-back and look-ahead alone.
   *
   * @param input of the schema that the plan was compiled for; further columns do no harm
   * @param threads at most this many work; with 1 all is done in the calling thread
   * @throws SlipstreamException when a column is missing or of another type, a function fails, the result does not fit
   *     in memory, or the work is cancelled
   */
  public FeatureTable evaluate(Table input, int threads, Progress progress) {
    return evaluate(input, Space.memory(), threads, progress);
  }

  /**
   * Where the series of an evaluation are kept.
   *
   * @param scratch a folder for files, which {@link FeatureTable#close} removes
   * @param inMemory bytes up to which series are in memory; larger ones go to files
   * @param cache gives series that were computed before and gets the others; null for none
   * @param codeVersion series of other code are not taken from the cache
   * @param lineages how a table grew, by its content hash: of a series that is in the cache for the earlier table, only
   *     what may have changed is computed
   */
  public record Storage(
      Path scratch,
      long inMemory,
      FeatureCache cache,
      String codeVersion,
      Function<String, Optional<Lineage>> lineages) {
    /** Series of less than this are in memory unless somebody says otherwise. */
    public static final long IN_MEMORY = 64L << 20;

    /** Without a cache. */
    public static Storage in(Path scratch) {
      return new Storage(scratch, IN_MEMORY, null, "", _ -> Optional.empty());
    }
  }

  /** As {@link #evaluate(Table, Storage, int, Progress)} with {@link Storage#in}. */
  public FeatureTable evaluate(Table input, Path scratch, int threads, Progress progress) {
    return evaluate(input, Storage.in(scratch), threads, progress);
  }

  /**
   * As {@link #evaluate(Table, int, Progress)}, in memory that does not grow with the table: what is large goes to files.
   */
  public FeatureTable evaluate(Table input, Storage storage, int threads, Progress progress) {
    Space space = new Space(storage.scratch(), storage.inMemory());
    return storage.cache() == null
        ? evaluate(input, space, threads, progress)
        : evaluate(input, space, storage, threads, progress);
  }

  FeatureTable evaluate(Table input, Space space, int threads, Progress progress) {
    return evaluate(input, space, Evaluation.BAND, threads, progress);
  }

  /**
   * @param bandRows of the bands in which functions of a moment are evaluated; changes no result
   */
  FeatureTable evaluate(Table input, Space space, int bandRows, int threads, Progress progress) {
    List<Integer> outputs = outputs();
    check(input, outputs, progress);
    try {
      boolean inMemory = space.inMemory(outputs.size(), input.rows());
      SeriesStore values = space.store(outputs.size(), input.rows(), inMemory);
      try {
        Evaluation.run(
            graph,
            outputs,
            input,
            Evaluation.all(input),
            values,
            IntStream.range(0, outputs.size()).toArray(),
            space,
            bandRows,
            threads,
            progress);
        return new FeatureTable(fields(), categories(input), values);
      } catch (RuntimeException | Error e) {
        values.close();
        throw e;
      }
    } catch (OutOfMemoryError e) {
      throw tooLarge(input, e);
    }
  }

  FeatureTable evaluate(Table input, Space space, Storage storage, int threads, Progress progress) {
    List<Integer> outputs = outputs();
    check(input, outputs, progress);
    try {
      CachedEvaluation.Result result =
          new CachedEvaluation(
                  storage.cache(),
                  storage.codeVersion(),
                  table -> keys(table, outputs, storage.codeVersion()),
                  Growth.of(input, storage.lineages()),
                  series.stream().map(each -> each.definition().expression()).toList(),
                  graph,
                  outputs,
                  input,
                  space,
                  threads,
                  progress)
              .run();
      return new FeatureTable(fields(), categories(input), result.values(), result.hashes());
    } catch (OutOfMemoryError e) {
      throw tooLarge(input, e);
    }
  }

  private List<Integer> outputs() {
    return series.stream().map(Series::node).toList();
  }

  private void check(Table input, List<Integer> outputs, Progress progress) {
    graph.checkInput(input, outputs, progress);
    if (input.rows() > Integer.MAX_VALUE - 8) {
      throw tooLarge(input, null);
    }
  }

  /** What each output is computed from: the table, the expression with its functions' versions, the code. */
  private List<String> keys(String table, List<Integer> outputs, String codeVersion) {
    Map<FeatureFunction, String> versions = new HashMap<>();
    String own = "";
    for (PluginCatalog.Entry<FeatureFunction> entry : plugins.functions()) {
      String version = entry.source().name() + " " + entry.source().version();
      versions.put(entry.plugin(), version);
      if (entry.plugin() instanceof BuiltIn) {
        own = version; // the operators and the evaluation come in the same bundle
      }
    }
    String start = "slipstream feature 1\n" + own + "\n" + codeVersion + "\n" + table + "\n";
    return graph.hashes(outputs, versions::get).stream()
        .map(each -> Hashing.sha256(start + each))
        .toList();
  }

  private SlipstreamException tooLarge(Table input, Throwable cause) {
    return new SlipstreamException(
        SlipstreamException.Category.RESOURCE_EXHAUSTED,
        Text.format(
            "%d series of %d rows do not fit in memory (%d MB)",
            series.size(), input.rows(), series.size() * input.rows() * 8 >> 20),
        null,
        "Use fewer rows or series, or give Java more memory (-Xmx).",
        cause);
  }

  private List<List<String>> categories(Table input) {
    return series.stream().map(each -> graph.categories(each.node(), input)).toList();
  }

  private List<Field> fields() {
    return series.stream()
        .map(
            each ->
                new Field(
                    each.name(),
                    ColumnType.FLOAT64,
                    each.definition().unit(),
                    each.definition().description()))
        .toList();
  }
}
