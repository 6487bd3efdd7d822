package slipstream.training.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.device.DeviceChoice;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Search;
import slipstream.core.model.ModelArchive;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.provenance.Provenance;
import slipstream.core.provenance.RunEnvironment;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Importer;
import slipstream.core.spi.Metric;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Hashing;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.ImportReport;
import slipstream.data.health.HealthCheck;
import slipstream.data.health.HealthOptions;
import slipstream.data.health.HealthReport;
import slipstream.experiment.Ensembles;
import slipstream.experiment.ExperimentFile;
import slipstream.features.FeatureCache;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.features.TimeOrder;
import slipstream.training.device.CpuDevice;
import slipstream.training.evaluation.OrderAnalysis;
import slipstream.training.evaluation.OrdersReport;
import slipstream.training.evaluation.Report;
import slipstream.training.evaluation.Report.Export;
import slipstream.training.evaluation.Report.Importance;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.evaluation.Report.TargetReport;
import slipstream.training.evaluation.Report.Warning;
import slipstream.training.evaluation.ReportJson;
import slipstream.training.evaluation.RunRecord;
import slipstream.training.internal.report.HtmlReport;
import slipstream.training.internal.report.RunFacts;
import slipstream.training.model.ModelPackage;
import slipstream.training.preparation.Preparation;
import slipstream.training.run.TargetTraining.FinalModel;
import slipstream.training.run.TargetTraining.Outcome;
import slipstream.training.validation.CrossValidation;

/**
 * Runs experiments: import, preparation, features, training and validation of every model on every
 * target, report, archives, exports.
 *
 * <p>The output folder appears whole or not at all: everything is written to a folder beside it,
 * whose name starts with {@value AtomicFiles#PREFIX}, and renamed in the end. Archives, exports and
 * {@value #REPORT_JSON} are a function of data, experiment and code version; threads do not change
 * a byte. Thread-safe.
 */
public final class ExperimentRunner {
  /** The report as a page. */
  public static final String REPORT_HTML = "report.html";

  /** The report as data. */
  public static final String REPORT_JSON = "report.json";

  /** Where and when the run was made, as data: {@link RunRecord}. */
  public static final String RUN_JSON = "run.json";

  /** The folder of archives: {@code models/TARGET-MODEL.slipmodel}. */
  public static final String MODELS = "models";

  /** The folder of exports: {@code exports/TARGET-MODEL.onnx}. */
  public static final String EXPORTS = "exports";

  private static final String BASELINE = "baseline";

  /** What the leak check's fits are called in {@link #RUN_JSON}. */
  private static final String LEAK_CHECK = "(leak check)";

  /** More rows than this take minutes to check and find nothing more. */
  private static final int MAX_VERIFICATION_ROWS = 100_000;

  private final PluginCatalog plugins;
  private final ContentStore store;
  private final Importer.Datasets datasets;
  private final FeatureCache cache;
  private final long featuresInMemory;
  private final UnaryOperator<String> models;

  /**
   * Knows no datasets by name and computes all features anew.
   *
   * @param store keeps the imported tables
   */
  public ExperimentRunner(PluginCatalog plugins, ContentStore store) {
    this(plugins, store, Importer.Datasets.NONE, null);
  }

  /**
   * @param store keeps the imported tables
   * @param datasets what experiments may read by name
   * @param cache keeps the features; null for none
   */
  public ExperimentRunner(
      PluginCatalog plugins, ContentStore store, Importer.Datasets datasets, FeatureCache cache) {
    this(plugins, store, datasets, cache, ExperimentRunner::unknownModel);
  }

  /**
   * @param store keeps the imported tables, and models' archives
   * @param datasets what experiments may read by name
   * @param cache keeps the features; null for none
   * @param models the hash of an archive in the store by the model's name; NOT_FOUND for an unknown one
   */
  public ExperimentRunner(
      PluginCatalog plugins,
      ContentStore store,
      Importer.Datasets datasets,
      FeatureCache cache,
      UnaryOperator<String> models) {
    this(plugins, store, datasets, cache, FeaturePlan.Storage.IN_MEMORY, models);
  }

  private static String unknownModel(String name) {
    throw SlipstreamException.notFound(
        "there is no model '" + name + "': no workspace is open here",
        "Name an archive, such as models/" + name + ModelArchive.EXTENSION + ".");
  }

  /**
   * @param featuresInMemory bytes; changes no result
   */
  ExperimentRunner(
      PluginCatalog plugins,
      ContentStore store,
      Importer.Datasets datasets,
      FeatureCache cache,
      long featuresInMemory) {
    this(plugins, store, datasets, cache, featuresInMemory, ExperimentRunner::unknownModel);
  }

  private ExperimentRunner(
      PluginCatalog plugins,
      ContentStore store,
      Importer.Datasets datasets,
      FeatureCache cache,
      long featuresInMemory,
      UnaryOperator<String> models) {
    this.models = models;
    this.plugins = plugins;
    this.store = store;
    this.datasets = datasets;
    this.cache = cache;
    this.featuresInMemory = featuresInMemory;
  }

  PluginCatalog plugins() {
    return plugins;
  }

  /**
   * Runs an experiment.
   *
   * @throws SlipstreamException naming the experiment's key that is wrong; CONFLICT when the output
   *     folder exists; CANCELLED; in every case nothing is left at the output folder
   */
  public RunResult run(Experiment experiment, RunOptions options, Progress progress) {
    return new Run(experiment, options, progress).run();
  }

  /**
   * Reads and prepares the data of an experiment's search, once for all its trials.
   *
   * @param experiment with a search
   * @param threads of all trials together
   * @throws SlipstreamException as {@link #run}
   */
  public SearchTrials trials(
      Experiment experiment,
      Path dataDirectory,
      int threads,
      String codeVersion,
      Progress progress) {
    return SearchTrials.open(
        this, experiment, dataDirectory, store.scratch(), threads, codeVersion, progress);
  }

  /**
   * What training reads.
   *
   * @param rows of the prepared table, which stays open while they are used
   */
  record TrainingRows(FeaturePlan plan, Run.Rows rows) implements AutoCloseable {
    @Override
    public void close() {
      rows.close();
    }
  }

  /** The state of one run. */
  final class Run {
    private final Experiment experiment;
    private final RunOptions options;
    private final Progress progress;
    private final List<ModelRecipe<?>> recipes = new ArrayList<>();
    private final List<Metric> metrics = new ArrayList<>();
    private final List<Exporter> exporters = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private final List<RunFacts.Series> series = new ArrayList<>();
    private final List<RunRecord.Training> training = new ArrayList<>();
    private final Instant started = Instant.now();
    private final SequencedMap<String, String> otherHashes = new TreeMap<>();
    private ImportReport imported;
    private DeviceChoice.Taken device;

    Run(Experiment experiment, RunOptions options, Progress progress) {
      this.experiment = experiment;
      this.options = options;
      this.progress = progress;
    }

    RunResult run() {
      check();
      device = takeDevice();
      progress.message(Severity.INFO, "device: " + device);
      warnOfLookAhead();
      warnOfSearch();
      Path output = options.outputDirectory().toAbsolutePath();
      Path scratch = null;
      Path work = store.scratch().resolve(AtomicFiles.PREFIX + UUID.randomUUID());
      try {
        if (Files.exists(output)) {
          throw new FileAlreadyExistsException(output.toString());
        }
        scratch = AtomicFiles.scratchDirectory(output);
        Files.createDirectory(work);
        RunResult result = run(scratch, work);
        progress.checkCancelled();
        progress.stage("Write", 0, 1, "folder");
        AtomicFiles.moveDirectory(scratch, output);
        progress.stage("Write", 1, 1, "folder");
        return result;
      } catch (IOException e) {
        throw AtomicFiles.explain("write the results", output, e);
      } catch (OutOfMemoryError e) {
        throw new SlipstreamException(
            Category.RESOURCE_EXHAUSTED,
            Text.format(
                "memory is too small for this run (%,d MB)",
                Runtime.getRuntime().maxMemory() >> 20),
            null,
            "Use fewer rows or features, or give Java more memory (-Xmx).",
            e);
      } finally {
        remove(scratch);
        remove(work);
      }
    }

    /**
     * @throws SlipstreamException when there is none as the experiment wants it
     */
    DeviceChoice.Taken takeDevice() {
      return located("device", () -> experiment.device().take(plugins.devices()));
    }

    private void remove(Path folder) {
      try {
        if (folder != null) {
          AtomicFiles.deleteRecursively(folder);
        }
      } catch (IOException e) {
        progress.message(Severity.WARNING, "could not remove " + folder + ": " + e.getMessage());
      }
    }

    // -------------------------------------------------------------- checks

    /** Finds what is wrong before any data are read. */
    void check() {
      Preparation.check(experiment, plugins);
      recipes.add(bind(BASELINE, BASELINE, experiment.baseline()));
      experiment
          .models()
          .forEach(
              (name, use) -> {
                String key = "models." + name;
                if (name.equals(BASELINE) || !name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")) {
                  throw SlipstreamException.invalid(
                      "a model cannot be called '" + name + "'",
                      Place.key(key),
                      "Use letters, digits, _ and -; the name baseline is taken.");
                }
                recipes.add(bind(name, key, use));
              });
      Ensembles.check(experiment, plugins).stream()
          .findFirst()
          .ifPresent(
              problem -> {
                throw problem;
              });
      // What combines others comes after them: a stable sort.
      recipes.sort(Comparator.comparing(each -> !each.members().isEmpty()));
      recipes.forEach(this::checkHoldout);
      CrossValidation.check(experiment.validation());
      for (String name : experiment.metrics()) {
        metrics.add(located("metrics", () -> plugins.metric(name)));
      }
      for (String name : experiment.exports()) {
        exporters.add(located("export", () -> plugins.exporter(name)));
      }
      if (metrics.isEmpty()) {
        throw SlipstreamException.invalid(
            "no metric is named", Place.key("metrics"), "Name at least one, such as mae.");
      }
      if (experiment.models().isEmpty()) {
        throw SlipstreamException.invalid(
            "no model is named", Place.key("models"), "Name at least one, such as ridge.");
      }
      if (experiment.targets().isEmpty()) {
        throw SlipstreamException.invalid(
            "no target is defined", Place.key("targets"), "Define what is to be predicted.");
      }
      if (experiment.features().isEmpty() && experiment.given().isEmpty()) {
        throw SlipstreamException.invalid(
            "no feature is defined", Place.key("features"), "Define at least one.");
      }
      String against = experiment.evaluation().costAgainst().strip();
      List<String> inputs = new ArrayList<>(experiment.features().keySet());
      inputs.addAll(experiment.given().keySet());
      if (!against.isEmpty() && !inputs.contains(against)) {
        throw SlipstreamException.invalid(
            "there is no feature or given '" + against + "' to draw costs against",
            Place.key("evaluation.cost_against"),
            Nearest.remedy(against, inputs));
      }
      List<SlipstreamException> problems = FeaturePlan.check(experiment, plugins);
      if (!problems.isEmpty()) {
        throw problems.getFirst();
      }
    }

    private ModelRecipe<?> bind(String name, String key, PluginUse use) {
      return ModelRecipe.bind(name, key, use, plugins, this::startModel);
    }

    /** SHA-256 of the archives that a model and its members start from; empty where they start from nothing. */
    String startHash(String model) {
      return withMembers(model).stream()
          .flatMap(each -> each.start().stream())
          .map(ModelRecipe.StartModel::hash)
          .collect(Collectors.joining(" "));
    }

    /** A model's members, and after them the model. */
    private List<ModelRecipe<?>> withMembers(String model) {
      List<ModelRecipe<?>> used = new ArrayList<>();
      for (String member : Ensembles.members(experiment, model, plugins)) {
        used.add(bind(member, "models." + member, experiment.models().get(member)));
      }
      used.add(bind(model, "models." + model, experiment.models().get(model)));
      return used;
    }

    private ModelRecipe.StartModel startModel(String reference) {
      boolean file = reference.endsWith(ModelArchive.EXTENSION) || reference.indexOf('/') >= 0;
      try {
        byte[] bytes =
            file
                ? Files.readAllBytes(options.dataDirectory().resolve(reference))
                : store.get(models.apply(reference));
        Model model = ModelPackage.decode(bytes, reference, plugins).model();
        return new ModelRecipe.StartModel(model, Hashing.sha256(bytes));
      } catch (IOException e) {
        throw AtomicFiles.explain("read the model", options.dataDirectory().resolve(reference), e);
      }
    }

    private void warnOfLookAhead() {
      for (String key : Preparation.stepsThatLookAhead(experiment, plugins)) {
        warn(
            Severity.WARNING,
            "this step is not point in time: its rows depend on what came later",
            "Scores may rest on it; the models predict from their inputs only, not from raw data.",
            key);
      }
    }

    private void warnOfSearch() {
      if (!options.search().isEmpty()) {
        warn(
            Severity.INFO,
            "the parameters were chosen by "
                + options.search()
                + " for their score on these very rows, which is too good on average",
            "Judge the model by data that the search has not seen.",
            "models");
      }
    }

    private void checkHoldout(ModelRecipe<?> recipe) {
      recipe
          .stopsEarlyBy()
          .filter(_ -> experiment.validation().holdout() == 0)
          .ifPresent(
              key -> {
                throw SlipstreamException.invalid(
                    "it needs rows to judge by, but validation.holdout is 0",
                    Place.key(key),
                    "Set validation.holdout above 0, such as 0.15, or " + key + " to 0.");
              });
    }

    private <T> T located(String key, Supplier<T> lookup) {
      try {
        return lookup.get();
      } catch (SlipstreamException e) {
        throw e.at(Place.key(key));
      }
    }

    // --------------------------------------------------------------- steps

    private RunResult run(Path output, Path work) throws IOException {
      try (Table raw = importTable(work)) {
        progress.checkCancelled();
        HealthReport health =
            HealthCheck.of(
                raw,
                new HealthOptions(Map.of(), HealthOptions.OUTLIER_Z, options.threads()),
                imported,
                progress);
        progress.checkCancelled();
        Table prepared = prepare(raw, work);
        try {
          return run(output, work, raw, health, prepared);
        } finally {
          prepared.close();
        }
      }
    }

    Table prepare(Table raw, Path work) throws IOException {
      Table prepared =
          Preparation.prepare(
              experiment,
              plugins,
              raw,
              (key, use) -> importOther(key, use, work),
              work,
              options.threads(),
              new PreparationProgress());
      try {
        checkPrepared(prepared);
        if (cache != null && prepared != raw) {
          PreparedLineage.record(
              store, experiment.prepare(), raw, prepared, options.threads(), progress);
        }
        return prepared;
      } catch (RuntimeException e) {
        prepared.close();
        throw e;
      }
    }

    /** Content hashes of the data that steps of the preparation read, by the parameter that names them. */
    SequencedMap<String, String> otherHashes() {
      return otherHashes;
    }

    /**
     * Who brought what decides the scores of a model, in which version; known after {@link #check}.
     *
     * @param decisive what of the experiment decides them
     */
    SequencedMap<String, String> pluginVersions(Experiment decisive) {
      List<ModelRecipe<?>> used =
          recipes.stream()
              .filter(
                  each ->
                      each.name().equals(BASELINE) || decisive.models().containsKey(each.name()))
              .toList();
      return PluginVersions.ofRun(decisive, used, plugins);
    }

    /** What a step reads is kept as the main data are: a model can be made and checked again. */
    private Table importOther(String key, PluginUse use, Path work) {
      Path target = work.resolve(Preparation.OtherData.folder(key));
      Table table = Preparation.read(key, use, plugins, importInto(target, progress), store);
      otherHashes.put(key, table.hash());
      return table;
    }

    private Importer.Context importInto(Path target, Progress listener) {
      return new Importer.Context(
          options.dataDirectory(), target, options.threads(), listener, datasets);
    }

    Table importTable(Path work) {
      Path target = work.resolve("import");
      ImportReport.Listener listener =
          ImportReport.Listener.of(progress, report -> imported = report);
      Table table =
          Preparation.read("data", experiment.data(), plugins, importInto(target, listener), store);
      if (table.rows() == 0) {
        table.close();
        throw SlipstreamException.invalid(
            "the data have no rows",
            Place.key("data"),
            "Check the file and the condition that excludes rows.");
      }
      return table;
    }

    private RunResult run(Path output, Path work, Table raw, HealthReport health, Table prepared)
        throws IOException {
      FeaturePlan plan = FeaturePlan.compile(prepared.schema(), experiment, plugins);
      warnOfMemory(plan, prepared.rows());
      try (FeatureTable values = evaluate(plan, prepared, work.resolve("features"))) {
        return run(output, work, raw, health, prepared, plan, values);
      }
    }

    /** Before features are computed, which may take long. */
    private void warnOfMemory(FeaturePlan plan, long rows) {
      if (MemoryNeed.worthChecking(rows)) {
        long free = new CpuDevice().memory(Long.MAX_VALUE);
        for (String target : plan.targetNames()) {
          new MemoryNeed(
                  recipes,
                  MemoryNeed.Fits.of(rows, experiment.validation()),
                  plan.featureNames().size() + plan.givenNames().size(),
                  !experiment.weight().isBlank(),
                  0,
                  options.threads())
              .warning(target, free)
              .ifPresent(
                  warning -> {
                    warnings.add(warning);
                    progress.message(
                        warning.severity(), warning.message() + ". " + warning.remedy());
                  });
        }
      }
    }

    private FeatureTable evaluate(FeaturePlan plan, Table prepared, Path scratch) {
      FeaturePlan.Storage storage =
          new FeaturePlan.Storage(
              scratch, featuresInMemory, cache, options.codeVersion(), store::lineage);
      return plan.evaluate(prepared, storage, options.threads(), progress);
    }

    /**
     * What training reads, row by row.
     *
     * @param order the prepared table's row of each row; null when they are the same
     */
    record Rows(FeatureTable values, RowFacts facts, List<Partition> partitions, int[] order)
        implements AutoCloseable {
      /** What is known of the prepared table's rows in the order of these. */
      IntToLongFunction inOrder(IntToLongFunction prepared) {
        return order == null ? prepared : row -> prepared.applyAsLong(order[row]);
      }

      @Override
      public void close() {
        values.close();
      }
    }

    /**
     * Values in files are put in order of time, in which folds read them, so that they are read from first to last and not
     * here and there. In memory the order is nothing to training.
     */
    private Rows rows(FeaturePlan plan, FeatureTable values, Table prepared, Path work) {
      if (!values.inFiles() || !prepared.hasTime()) {
        RowFacts facts = Facts.of(experiment, plan, values, prepared, null);
        return new Rows(values, facts, prepared.partitions(), null);
      }
      int[] order = TimeOrder.of(prepared);
      FeatureTable ordered =
          values.reordered(
              values.names(), order, work.resolve("ordered"), options.threads(), progress);
      values.close();
      return new Rows(
          ordered,
          Facts.of(experiment, plan, ordered, prepared, order),
          List.of(new Partition("", 0, order.length)),
          order);
    }

    private RunResult run(
        Path output,
        Path work,
        Table raw,
        HealthReport health,
        Table prepared,
        FeaturePlan plan,
        FeatureTable values)
        throws IOException {
      String featuresHash = values.hash();
      describeSeries(plan, values);

      try (Rows rows = rows(plan, values, prepared, work)) {
        return run(output, raw, health, prepared, plan, rows, featuresHash);
      }
    }

    private RunResult run(
        Path output,
        Table raw,
        HealthReport health,
        Table prepared,
        FeaturePlan plan,
        Rows rows,
        String featuresHash)
        throws IOException {
      List<TargetReport> targets = new ArrayList<>();
      List<RunResult.TrainedModel> models = new ArrayList<>();
      String experimentHash = ExperimentFile.hash(experiment);
      for (String name : plan.targetNames()) {
        TargetData data = targetData(plan, rows, prepared, name);
        Outcome outcome =
            new TargetTraining(
                    data,
                    recipes,
                    metrics,
                    experiment.seed(),
                    options.threads(),
                    progress,
                    device.device())
                .run(experiment.validation());
        warnings.addAll(outcome.warnings());
        if (outcome.leakSeconds() > 0) {
          training.add(new RunRecord.Training(name, LEAK_CHECK, outcome.leakSeconds()));
        }
        Verification verification = Verification.of(outcome.scored());
        List<ModelReport> reports = new ArrayList<>();
        for (int m = 0; m < outcome.models().size(); m++) {
          ModelReport report = outcome.report().models().get(m);
          FinalModel made = outcome.models().get(m);
          if (!report.baseline()) {
            ModelPackage packaged =
                pack(
                    made,
                    data,
                    data.lookAhead().rows(),
                    outcome,
                    raw.hash(),
                    featuresHash,
                    experimentHash);
            report = write(report, packaged, verification, output);
            models.add(
                new RunResult.TrainedModel(
                    packaged.name(),
                    name,
                    made.recipe().name(),
                    options
                        .outputDirectory()
                        .toAbsolutePath()
                        .resolve(MODELS)
                        .resolve(report.archive()),
                    report.archiveHash()));
          }
          training.add(new RunRecord.Training(name, made.recipe().name(), made.seconds()));
          reports.add(report);
          warnOfGivens(plan, name, report);
        }
        targets.add(outcome.report().withModels(reports));
      }
      OrdersReport orders = analyseOrders(plan, rows, prepared);
      warnings.sort(Comparator.comparing(Warning::severity).reversed());
      Report report =
          new Report(
              experiment.name(),
              prepared.rows(),
              prepared.partitions().size(),
              raw.hash(),
              featuresHash,
              targets,
              List.copyOf(warnings),
              orders);
      RunRecord record =
          new RunRecord(
              experiment.name(),
              experimentHash,
              options.codeVersion(),
              PluginVersions.ofRun(experiment, recipes, plugins),
              RunEnvironment.current(options.threads(), device.toString()),
              started,
              Instant.now(),
              List.copyOf(training));
      writeReport(report, record, output, raw, health, prepared);
      return new RunResult(
          raw.hash(),
          health,
          report,
          record,
          List.copyOf(models),
          options.outputDirectory().toAbsolutePath());
    }

    /** Null where the experiment names no orders. */
    private OrdersReport analyseOrders(FeaturePlan plan, Rows rows, Table prepared) {
      if (experiment.orders() == null) {
        return null;
      }
      progress.stage("Analyse orders", 0, -1, "");
      OrdersReport report =
          OrderAnalysis.of(
              Facts.orders(experiment, plan, rows.values(), prepared, rows.order()),
              Facts.orderDimensions(experiment, plan, rows.values(), prepared, rows.order()),
              rows.inOrder(times(prepared)),
              prepared.hasTime());
      long left = report.leftOut().stream().mapToLong(OrdersReport.LeftOut::orders).sum();
      if (left > 0) {
        OrdersReport.LeftOut most =
            Collections.max(
                report.leftOut(), Comparator.comparingLong(OrdersReport.LeftOut::orders));
        warn(
            left > report.orders() ? Severity.WARNING : Severity.INFO,
            Text.format(
                "%,d of %,d orders were left out of the analysis of orders, most (%,d) for: %s",
                left, left + report.orders(), most.orders(), most.reason()),
            "Check the expressions below orders.",
            "orders");
      }
      return report;
    }

    private TargetData targetData(FeaturePlan plan, Rows rows, Table prepared, String name) {
      Definition definition = experiment.targets().get(name);
      List<String> givens = List.copyOf(experiment.given(name).keySet());
      List<String> inputs = new ArrayList<>(plan.featureNames());
      inputs.addAll(givens);
      List<String> ahead = new ArrayList<>(givens);
      ahead.add(name);
      Reach lookAhead = ahead.stream().map(plan::lookAhead).reduce(Reach.NONE, Reach::max);
      if (inputs.isEmpty()) {
        throw SlipstreamException.invalid(
            "no feature or given applies to target '" + name + "'",
            Place.key("targets." + name),
            "Define a feature, or a given that names this target.");
      }
      FeatureMatrix matrix = rows.values().matrix(inputs);
      IntToLongFunction times = times(prepared);
      return new TargetData(
          name,
          definition.unit(),
          definition.description(),
          definition.expression(),
          matrix,
          rows.values().matrix(List.of(name)),
          rows.facts(),
          rows.inOrder(times),
          () -> rows.inOrder(plan.lastTimes(ahead, prepared, times)),
          prepared.hasTime(),
          rows.partitions(),
          lookAhead,
          plan.featureNames().size(),
          Facts.groups(experiment, plan, rows.values(), prepared, rows.order()),
          Facts.scoreWeights(plan, rows.values()),
          Facts.dimensions(experiment, plan, rows.values(), inputs, prepared, rows.order()),
          Facts.timingRisk(plan, rows.values()),
          experiment.evaluation().costAgainst().strip(),
          inputs.stream().map(each -> Facts.unit(experiment, prepared, each)).toList());
    }

    // --------------------------------------------------------------- trials of a search

    /**
     * What the experiment's models read.
     *
     * @param folder for values that do not fit in memory
     */
    TrainingRows trainingRows(Table prepared, Path folder) {
      FeaturePlan plan = FeaturePlan.compile(prepared.schema(), experiment, plugins);
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw AtomicFiles.explain("write features to", folder, e);
      }
      FeatureTable values = evaluate(plan, prepared, folder.resolve("features"));
      return new TrainingRows(plan, rows(plan, values, prepared, folder));
    }

    /**
     * Scores one model on one target.
     *
     * @param share of the training rows that the model sees
     */
    TargetTraining.Score score(
        TrainingRows training,
        Table prepared,
        Search.Objective objective,
        double share,
        int threads) {
      TargetData data = targetData(training.plan(), training.rows(), prepared, objective.target());
      List<ModelRecipe<?>> scored = new ArrayList<>();
      scored.add(bind(BASELINE, BASELINE, experiment.baseline()));
      scored.addAll(withMembers(objective.model()));
      scored.forEach(this::checkHoldout);
      return new TargetTraining(
              data,
              scored,
              List.of(plugins.metric(objective.metric())),
              experiment.seed(),
              threads,
              progress,
              takeDevice().device())
          .score(experiment.validation(), share);
    }

    private void checkPrepared(Table prepared) {
      if (prepared.rows() == 0) {
        throw SlipstreamException.invalid(
            "the preparation left no rows",
            Place.key("prepare"),
            "Check the parameters of its steps.");
      }
      if (prepared.rows() > Integer.MAX_VALUE - 8) {
        throw SlipstreamException.invalid(
            Text.format("%,d prepared rows are too many", prepared.rows()),
            Place.key("prepare"),
            "Use at most 2 billion rows.");
      }
      if (!prepared.hasTime()) {
        if (prepared.partitions().size() > 1) {
          throw SlipstreamException.invalid(
              "rows of several instruments cannot be put in order without a time",
              Place.key("data"),
              "Name the time column.");
        }
        if (!experiment.validation().embargo().isZero()) {
          throw SlipstreamException.invalid(
              "an embargo needs a time column",
              Place.key("validation.embargo"),
              "Name the time column of the data, or leave the embargo out.");
        }
      }
    }

    /** By row: UTC nanoseconds, or row numbers. */
    private static IntToLongFunction times(Table prepared) {
      return prepared.hasTime() ? prepared.time()::getLong : row -> row;
    }

    private void describeSeries(FeaturePlan plan, FeatureTable values) {
      for (boolean given : new boolean[] {false, true}) {
        Map<String, Definition> definitions = given ? experiment.given() : experiment.features();
        definitions.forEach(
            (name, definition) -> {
              String key = (given ? "given." : "features.") + name;
              Extent extent = Extent.of(values, name);
              long known = extent.known();
              boolean constant = extent.constant();
              series.add(
                  new RunFacts.Series(
                      name, definition.unit(), definition.expression(), given, known, constant));
              if (known == 0) {
                warn(
                    Severity.WARNING,
                    Text.format("%s is unknown in all %,d rows", name, values.rows()),
                    "Check its expression; a window longer than the data is never filled.",
                    key);
              } else if (constant) {
                warn(
                    Severity.WARNING,
                    Text.format(
                        "%s is %s wherever it is known: it tells nothing",
                        name, shown(values, name, extent.first())),
                    "Check its expression or leave it out.",
                    key);
              }
              Reach ahead = plan.lookAhead(name);
              if (given && !ahead.none()) {
                warn(
                    Severity.INFO,
                    Text.format(
                        "%s is given and looks %s ahead: scores hold for whoever knows it",
                        name, FeaturePlan.words(ahead)),
                    "",
                    key);
              }
            });
      }
    }

    private static Object shown(FeatureTable values, String name, double value) {
      List<String> categories = values.categories(name);
      return categories.isEmpty() ? value : "\"" + categories.get((int) value) + "\"";
    }

    /**
     * What a series holds.
     *
     * @param known rows
     * @param constant true when all known ones, at least one, are {@code first}
     */
    private record Extent(long known, boolean constant, double first) {
      private static final int PIECE = 1 << 16;

      static Extent of(FeatureTable values, String name) {
        long known = 0;
        boolean constant = true;
        double first = Double.NaN;
        double[] piece = new double[Math.min(PIECE, values.rows())];
        for (int from = 0; from < values.rows(); from += piece.length) {
          int count = Math.min(piece.length, values.rows() - from);
          values.copy(name, from, from + count, piece, 0);
          for (int i = 0; i < count; i++) {
            if (!Double.isNaN(piece[i])) {
              known++;
              if (Double.isNaN(first)) {
                first = piece[i];
              }
              constant &= piece[i] == first;
            }
          }
        }
        return new Extent(known, known > 0 && constant, first);
      }
    }

    /** Says when a model's score rests on inputs that nobody has at the time of the row. */
    private void warnOfGivens(FeaturePlan plan, String target, ModelReport report) {
      List<String> ahead =
          plan.givenNames().stream().filter(name -> !plan.lookAhead(name).none()).toList();
      double share = 0;
      for (Importance each : report.importance()) {
        share += ahead.contains(each.feature()) ? each.share() : 0;
      }
      if (share > 0.5) {
        warn(
            Severity.WARNING,
            Text.format(
                "%s on %s draws %.0f%% of its importance from givens that look ahead (%s)",
                report.model(), target, 100 * share, String.join(", ", ahead)),
            "Its score is no forecast: it holds only for whoever knows them beforehand.",
            "models." + report.model());
      }
    }

    private ModelPackage pack(
        FinalModel made,
        TargetData data,
        long lookAhead,
        Outcome outcome,
        String dataHash,
        String featuresHash,
        String experimentHash) {
      List<ModelPackage.Input> inputs = new ArrayList<>();
      List<String> categorical = data.features().categorical();
      experiment
          .features()
          .forEach((name, each) -> inputs.add(input(name, each, false, categorical)));
      experiment
          .given(data.name())
          .forEach((name, each) -> inputs.add(input(name, each, true, categorical)));
      return new ModelPackage(
          data.name() + "-" + made.recipe().name(),
          new ModelPackage.Target(
              data.name(), data.unit(), data.description(), data.expression(), lookAhead),
          inputs,
          example(outcome.scored()),
          new Provenance(
              experiment.name(),
              experimentHash,
              dataHash,
              inputHashes(made.recipe()),
              featuresHash,
              options.codeVersion(),
              PluginVersions.ofModel(experiment, used(made.recipe()), plugins),
              made.recipe().trainer().name(),
              made.parameters(),
              experiment.seed(),
              made.rows(),
              options.search()),
          experiment.on(DeviceChoice.AUTO),
          made.model(),
          plugins);
    }

    /** What the model was made of beside the data: what steps read, and the model it starts from. */
    private SequencedMap<String, String> inputHashes(ModelRecipe<?> recipe) {
      SequencedMap<String, String> hashes = new TreeMap<>(otherHashes);
      for (ModelRecipe<?> each : used(recipe)) {
        each.start()
            .ifPresent(start -> hashes.put(each.key() + "." + Trainer.START_FROM, start.hash()));
      }
      return hashes;
    }

    /** A model and its members. */
    private List<ModelRecipe<?>> used(ModelRecipe<?> recipe) {
      List<ModelRecipe<?>> used = new ArrayList<>(recipes);
      used.removeIf(each -> each != recipe && !recipe.members().contains(each.name()));
      return used;
    }

    private static ModelPackage.Input input(
        String name, Definition each, boolean given, List<String> categorical) {
      return new ModelPackage.Input(
          name,
          each.unit(),
          each.description(),
          each.expression(),
          given,
          categorical.contains(name) ? ModelPackage.Input.CATEGORY : "");
    }

    /** The latest scored row with all inputs known, else the latest. */
    private static List<Object> example(FeatureMatrix rows) {
      int chosen = rows.rows() - 1;
      search:
      for (int row = chosen; row >= 0; row--) {
        for (int f = 0; f < rows.features(); f++) {
          if (!Double.isFinite(rows.get(row, f))) {
            continue search;
          }
        }
        chosen = row;
        break;
      }
      List<Object> example = new ArrayList<>();
      for (int f = 0; f < rows.features(); f++) {
        double value = rows.get(chosen, f);
        List<String> categories = rows.categories(f);
        example.add(
            !Double.isFinite(value)
                ? null
                : categories.isEmpty() ? (Object) value : categories.get((int) value));
      }
      return example;
    }

    // --------------------------------------------------------------- files

    /**
     * Rows that exports are compared on.
     *
     * @param note which, for people
     */
    private record Verification(FeatureMatrix rows, String note) {
      /** All rows that were scored, or so many of them evenly spaced. */
      static Verification of(FeatureMatrix scored) {
        int all = scored.rows();
        if (all <= MAX_VERIFICATION_ROWS) {
          return new Verification(
              scored, Text.format("rows: all %,d that were scored in the folds", all));
        }
        int[] chosen = new int[MAX_VERIFICATION_ROWS];
        Arrays.setAll(chosen, i -> (int) ((long) i * (all - 1) / (MAX_VERIFICATION_ROWS - 1)));
        return new Verification(
            scored.select(chosen),
            Text.format(
                "rows: %,d of the %,d that were scored in the folds, evenly spaced",
                chosen.length, all));
      }
    }

    private ModelReport write(
        ModelReport report, ModelPackage packaged, Verification verification, Path output)
        throws IOException {
      progress.checkCancelled();
      String file = packaged.name() + ModelArchive.EXTENSION;
      byte[] bytes = packaged.archive().encode();
      AtomicFiles.write(output.resolve(MODELS).resolve(file), bytes);
      List<Export> exports = new ArrayList<>();
      for (Exporter exporter : exporters) {
        progress.checkCancelled();
        export(exporter, packaged, verification, output, exports);
      }
      return report.withFiles(file, Hashing.sha256(bytes), exports);
    }

    /**
     * An export that fails costs neither the models nor the report: it is missing, and an error
     * says why.
     */
    private void export(
        Exporter exporter,
        ModelPackage packaged,
        Verification verification,
        Path output,
        List<Export> exports)
        throws IOException {
      String what = "export of " + packaged.name() + " as " + exporter.name();
      String file = packaged.name() + exporter.extension();
      progress.stage("Export " + file, 0, -1, "");
      try {
        if (!exporter.supports(packaged.model())) {
          warn(
              Severity.WARNING,
              "the "
                  + what
                  + " was left out: the format does not know models of trainer '"
                  + packaged.model().trainer()
                  + "'",
              "",
              "export");
          return;
        }
        Path folder = Files.createDirectories(output.resolve(EXPORTS));
        Exporter.Verification verified =
            exporter.export(
                packaged.model(),
                packaged.exportMetadata(),
                verification.rows(),
                folder.resolve(file),
                progress);
        List<String> notes = new ArrayList<>(verified.notes());
        notes.add(verification.note());
        exports.add(
            new Export(
                exporter.name(),
                file,
                verified.runtime(),
                verified.rows(),
                verified.boundaryRows(),
                verified.maxUlps(),
                List.copyOf(notes)));
      } catch (SlipstreamException e) {
        if (e.category() == Category.CANCELLED || e.category() == Category.RESOURCE_EXHAUSTED) {
          throw e;
        }
        warn(Severity.ERROR, "the " + what + " failed: " + e.problem(), e.remedy(), "export");
      } catch (RuntimeException | LinkageError e) {
        warn(
            Severity.ERROR,
            "the " + what + " failed: " + e,
            "Report it to the plug-in's maker.",
            "export");
      }
    }

    private void writeReport(
        Report report,
        RunRecord record,
        Path output,
        Table raw,
        HealthReport health,
        Table prepared)
        throws IOException {
      IntToLongFunction times = times(prepared);
      long first = Long.MAX_VALUE;
      long last = Long.MIN_VALUE;
      for (Partition each : prepared.partitions()) {
        if (each.to() > each.from()) {
          first = Math.min(first, times.applyAsLong((int) each.from()));
          last = Math.max(last, times.applyAsLong((int) each.to() - 1));
        }
      }
      RunFacts facts =
          new RunFacts(
              experiment,
              ExperimentFile.write(experiment),
              record,
              raw.rows(),
              prepared.hasTime(),
              first,
              last,
              series,
              health.findings().stream().map(RunFacts.Finding::of).toList());
      AtomicFiles.write(output.resolve(REPORT_JSON), ReportJson.write(report));
      AtomicFiles.write(output.resolve(RUN_JSON), record.json());
      AtomicFiles.write(
          output.resolve(REPORT_HTML),
          HtmlReport.render(report, facts).getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void warn(Severity severity, String message, String remedy, String key) {
      warnings.add(new Warning(severity, message, remedy, key));
      progress.message(severity, message);
    }

    /** What preparation says stands in the report too: which rows were left out, and why. */
    private final class PreparationProgress implements Progress {
      @Override
      public void stage(String stage, long done, long total, String unit) {
        progress.stage(stage, done, total, unit);
      }

      @Override
      public void message(Severity severity, String text) {
        warn(severity, text, "", "prepare");
      }

      @Override
      public boolean cancelled() {
        return progress.cancelled();
      }
    }
  }
}
