package slipstream.services.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.Partition;
import slipstream.core.table.Schema;
import slipstream.core.table.Table;
import slipstream.data.explore.ColumnProfile;
import slipstream.data.explore.Decimation;
import slipstream.data.explore.PairCorrelation;
import slipstream.data.explore.RowSelection;
import slipstream.features.ExpressionNames;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.features.expression.ExpressionException;
import slipstream.proto.v1.Correlation;
import slipstream.proto.v1.EvaluateExpressionRequest;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.ExpressionResult;
import slipstream.proto.v1.InstrumentCoverage;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.proto.v1.SeriesKind;

/** One expression tried on a table: what it gives, how often, how it goes with a target, and what it costs. */
final class ExpressionTrial {
  /** Rows that are evaluated at once, before all. */
  private static final long SAMPLE_ROWS = 200_000;

  private static final String VALUE = "slipstream_value";
  private static final String TARGET = "slipstream_target";

  /** In the order in which series may use one another. */
  private static final List<SeriesKind> KINDS =
      List.of(
          SeriesKind.SERIES_KIND_FEATURE,
          SeriesKind.SERIES_KIND_GIVEN,
          SeriesKind.SERIES_KIND_TARGET);

  private static final int BINS = 60;
  private static final int MOST_COVERAGE = 200;
  private static final int MAX_PIXELS = 10_000;
  private static final int DEFAULT_PIXELS = 1000;
  private static final int COST_TRIES = 5;
  private static final long COST_NANOS = 200_000_000;

  private final EvaluateExpressionRequest request;
  private final Table table;
  private final Path scratch;
  private final Progress progress;
  private final FeaturePlan plan;
  private final FeaturePlan alone;
  private final boolean hasTarget;
  private double nanosPerRow = Double.NaN;

  /**
   * @param request without problems, as {@link #check} says
   * @param scratch a folder for large results
   */
  ExpressionTrial(
      EvaluateExpressionRequest request,
      Table table,
      PluginCatalog plugins,
      Path scratch,
      Progress progress) {
    this.request = request;
    this.table = table;
    this.scratch = scratch;
    this.progress = progress;
    this.hasTarget = !request.getTarget().isBlank();
    this.plan =
        FeaturePlan.compile(
            table.schema(),
            experiment(
                used(request.getDefinitionsList(), request.getExpression(), request.getTarget()),
                request.getExpression(),
                request.getKind(),
                request.getTarget()),
            plugins);
    this.alone =
        FeaturePlan.compile(
            table.schema(),
            experiment(
                used(request.getDefinitionsList(), request.getExpression()),
                request.getExpression(),
                request.getKind(),
                ""),
            plugins);
  }

  // ---------------------------------------------------------------- compile

  /**
   * What is wrong with an expression and a target.
   *
   * @param definitions those that neither uses may be wrong
   * @param expression empty for none
   * @param kind of the expression
   * @param target may look ahead; empty for none
   */
  static Optional<ExpressionProblem> check(
      Schema schema,
      List<NamedExpression> definitions,
      String expression,
      SeriesKind kind,
      String target,
      PluginCatalog plugins) {
    List<SlipstreamException> problems =
        FeaturePlan.check(
            schema,
            experiment(used(definitions, expression, target), expression, kind, target),
            plugins);
    // The definitions' own errors come first, but whoever types wants to see what is wrong there.
    return problems.stream()
        .max(Comparator.comparingInt(problem -> key(problem).contains(VALUE) ? 1 : 0))
        .map(ExpressionTrial::toProto);
  }

  private static String key(SlipstreamException problem) {
    return problem.place().map(place -> place.key()).orElse("");
  }

  private static ExpressionProblem toProto(SlipstreamException problem) {
    String key = key(problem);
    ExpressionProblem.Builder message =
        ExpressionProblem.newBuilder()
            .setMessage(problem.problem())
            .setRemedy(problem.remedy() == null ? "" : problem.remedy())
            .setWhere(
                key.endsWith(VALUE)
                    ? ""
                    : key.endsWith(TARGET) ? "target" : key.substring(key.lastIndexOf('.') + 1));
    if (problem.getCause() instanceof ExpressionException where) {
      message.setMessage(where.problem()).setFrom(where.from()).setTo(where.to());
    }
    return message.build();
  }

  private static Experiment experiment(
      List<NamedExpression> definitions, String expression, SeriesKind kind, String target) {
    Map<SeriesKind, SequencedMap<String, Definition>> series = new EnumMap<>(SeriesKind.class);
    for (SeriesKind each : KINDS) {
      series.put(each, new LinkedHashMap<>());
    }
    definitions.forEach(
        each ->
            series
                .get(known(each.getKind()))
                .put(each.getName(), new Definition(each.getExpression())));
    if (!expression.isBlank() || target.isBlank()) {
      series.get(known(kind)).put(VALUE, new Definition(expression));
    }
    if (!target.isBlank()) {
      series.get(SeriesKind.SERIES_KIND_TARGET).put(TARGET, new Definition(target));
    }
    PluginUse none = new PluginUse("none", Map.of());
    return new Experiment(
        "trial",
        "",
        0,
        none,
        List.of(),
        series.get(SeriesKind.SERIES_KIND_FEATURE),
        series.get(SeriesKind.SERIES_KIND_GIVEN),
        series.get(SeriesKind.SERIES_KIND_TARGET),
        new LinkedHashMap<>(),
        none,
        new Validation(1, Validation.Window.EXPANDING, Duration.ZERO, 0),
        List.of(),
        List.of());
  }

  private static SeriesKind known(SeriesKind kind) {
    return KINDS.contains(kind) ? kind : SeriesKind.SERIES_KIND_FEATURE;
  }

  /** The definitions that expressions need; those of one alone count for its cost. */
  private static List<NamedExpression> used(
      List<NamedExpression> definitions, String... expressions) {
    Map<String, NamedExpression> all = new LinkedHashMap<>();
    definitions.forEach(each -> all.put(each.getName(), each));
    Set<String> wanted = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(List.of(expressions));
    while (!open.isEmpty()) {
      for (String name : ExpressionNames.of(open.removeLast())) {
        if (all.containsKey(name) && wanted.add(name)) {
          open.add(all.get(name).getExpression());
        }
      }
    }
    return all.values().stream().filter(each -> wanted.contains(each.getName())).toList();
  }

  // --------------------------------------------------------------- evaluate

  /** On some instruments; complete when these are all rows. */
  ExpressionResult onSample() {
    if (table.rows() <= SAMPLE_ROWS) {
      measure(table);
      return evaluate(table, true);
    }
    Table sample = sample();
    measure(sample);
    return evaluate(sample, false);
  }

  /** On all rows. */
  ExpressionResult onAll() {
    return evaluate(table, true);
  }

  /** The best of several times on one thread: what else runs on the machine makes it slower, never faster. */
  private void measure(Table rows) {
    if (rows.rows() == 0) {
      return;
    }
    long best = Long.MAX_VALUE;
    long spent = 0;
    for (int i = 0; i < COST_TRIES && spent < COST_NANOS; i++) {
      progress.checkCancelled();
      long start = System.nanoTime();
      alone.evaluate(rows, 1, cancellation()).close();
      long took = System.nanoTime() - start;
      best = Math.min(best, took);
      spent += took;
    }
    nanosPerRow = (double) best / rows.rows();
  }

  /** Hears of nothing but the end. */
  private Progress cancellation() {
    return new Progress() {
      @Override
      public boolean cancelled() {
        return progress.cancelled();
      }
    };
  }

  /** The plotted instrument, those named in the expressions, and others spread over the table; of each the first rows. */
  private Table sample() {
    List<Partition> all = table.partitions();
    Set<Partition> chosen = new LinkedHashSet<>();
    Partition plotted = OpenTables.partition(table, request.getInstrument());
    chosen.add(plotted);
    String texts = request.getExpression() + request.getTarget();
    if (texts.indexOf('"') >= 0 || texts.indexOf('\'') >= 0) {
      all.stream()
          .filter(
              each ->
                  texts.contains('"' + each.instrument() + '"')
                      || texts.contains('\'' + each.instrument() + '\''))
          .limit(8)
          .forEach(chosen::add);
    }
    long rows = chosen.stream().mapToLong(Partition::rows).sum();
    long mean = Math.max(1, table.rows() / Math.max(1, all.size()));
    int wanted = (int) Math.clamp(SAMPLE_ROWS / mean, 1, all.size());
    for (int i = 0; i < wanted && rows < SAMPLE_ROWS; i++) {
      Partition each = all.get((int) ((long) i * all.size() / wanted));
      if (chosen.add(each)) {
        rows += each.rows();
      }
    }
    long most = Math.max(1000, SAMPLE_ROWS / chosen.size());
    List<Partition> parts =
        chosen.stream().sorted(Comparator.comparingLong(Partition::from)).toList();
    List<Column> columns = new ArrayList<>();
    Set<String> names = names();
    for (Column column : table.columns()) {
      if (names.contains(column.name())) {
        ColumnBuilder builder = ColumnBuilder.inMemory(column.field());
        for (Partition part : parts) {
          long to = Math.min(part.to(), part.from() + most);
          builder.addRange(column, part.from(), to);
          progress.checkCancelled();
        }
        columns.add(builder.build());
      }
    }
    return Table.of(columns, table.timeColumn(), table.instrumentColumn());
  }

  /** Columns that the sample needs. */
  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(ExpressionNames.of(request.getExpression()));
    names.addAll(ExpressionNames.of(request.getTarget()));
    used(request.getDefinitionsList(), request.getExpression(), request.getTarget())
        .forEach(each -> names.addAll(ExpressionNames.of(each.getExpression())));
    names.add(table.timeColumn());
    names.add(table.instrumentColumn());
    if (names.stream().noneMatch(name -> table.schema().indexOf(name) >= 0)) {
      names.add(table.schema().names().getFirst());
    }
    return names;
  }

  private ExpressionResult evaluate(Table rows, boolean complete) {
    long start = System.nanoTime();
    int threads = Runtime.getRuntime().availableProcessors();
    Path folder = scratch.resolve("trial-" + UUID.randomUUID());
    try (FeatureTable values = plan.evaluate(rows, folder, threads, progress)) {
      Column value = values.column(VALUE);
      ExpressionResult.Builder result =
          ExpressionResult.newBuilder()
              .setComplete(complete)
              .setRows(rows.rows())
              .setInstruments(rows.partitions().size())
              .setTotalRows(table.rows())
              .setNanosPerRow(nanosPerRow)
              .setSeconds((System.nanoTime() - start) / 1e9)
              .setThreads(threads);
      RowSelection all = new RowSelection.Range(0, rows.rows());
      ColumnProfile profile = ColumnProfile.of(value, all, BINS, progress);
      result.setProfile(
          ExploreProtos.profile(value, profile).toBuilder()
              .setColumn(
                  slipstream.proto.v1.Column.newBuilder().setName("Value").setType("FLOAT64")));
      result.setSeries(series(rows, value));
      coverage(rows, value, result);
      if (hasTarget) {
        result.setCorrelation(correlation(value, values.column(TARGET)));
      }
      return result.build();
    }
  }

  private ReadSeriesResponse series(Table rows, Column value) {
    Partition partition = OpenTables.partition(rows, request.getInstrument());
    int pixels =
        request.getPixels() <= 0 ? DEFAULT_PIXELS : Math.min(request.getPixels(), MAX_PIXELS);
    ExploreProtos.Window window =
        ExploreProtos.window(rows, partition, request.getFrom(), request.getTo(), pixels);
    return ExploreProtos.head(rows, partition, window)
        .addSeries(
            ExploreProtos.series(
                    value,
                    Decimation.of(
                        rows, value, partition, window.from(), window.to(), pixels, progress))
                .toBuilder()
                .setName(request.getExpression()))
        .build();
  }

  private void coverage(Table rows, Column value, ExpressionResult.Builder result) {
    List<InstrumentCoverage> all = new ArrayList<>();
    double[] block = new double[1 << 13];
    int none = 0;
    int full = 0;
    for (Partition partition : rows.partitions()) {
      progress.checkCancelled();
      long known = 0;
      for (long at = partition.from(); at < partition.to(); at += block.length) {
        int count = (int) Math.min(block.length, partition.to() - at);
        value.copyDoubles(at, at + count, block, 0);
        for (int i = 0; i < count; i++) {
          known += block[i] == block[i] ? 1 : 0;
        }
      }
      none += known == 0 ? 1 : 0;
      full += known == partition.rows() ? 1 : 0;
      all.add(
          InstrumentCoverage.newBuilder()
              .setInstrument(partition.instrument())
              .setRows(partition.rows())
              .setKnown(known)
              .build());
    }
    all.sort(
        Comparator.comparingDouble(
            each -> each.getRows() == 0 ? 1 : (double) each.getKnown() / each.getRows()));
    result
        .addAllCoverage(all.subList(0, Math.min(MOST_COVERAGE, all.size())))
        .setInstrumentsUnknown(none)
        .setInstrumentsFull(full);
  }

  private Correlation correlation(Column value, Column target) {
    PairCorrelation pair = PairCorrelation.of(value, target, progress);
    Reach ahead = plan.lookAhead(TARGET);
    return Correlation.newBuilder()
        .setPearson(pair.pearson())
        .setSpearman(pair.spearman())
        .setRows(pair.rows())
        .setSpearmanSampledEvery(pair.spearmanSampledEvery())
        .setLooksAhead(ahead.none() ? "" : FeaturePlan.words(ahead))
        .build();
  }
}
