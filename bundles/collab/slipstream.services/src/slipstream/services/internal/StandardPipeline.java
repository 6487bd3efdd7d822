package slipstream.services.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.core.table.Table;
import slipstream.experiment.ExperimentDocument;
import slipstream.experiment.ExperimentFile;
import slipstream.experiment.ExperimentSchema;
import slipstream.experiment.ExperimentValidator;
import slipstream.experiment.ParsedExperiment;
import slipstream.features.FeatureCache;
import slipstream.features.FeaturePlan;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.training.model.ModelPackage;
import slipstream.training.preparation.Preparation;
import slipstream.training.run.ExperimentRunner;
import slipstream.training.run.RunOptions;
import slipstream.training.run.RunResult;
import slipstream.training.run.SearchTrials;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/** The pipeline of this product: its experiment format, data, features and training. */
final class StandardPipeline implements Pipeline {
  @Override
  public Parsed parse(
      String text, String file, Map<String, String> overrides, PluginCatalog plugins) {
    String changed =
        overrides.isEmpty() ? text : ExperimentFile.withOverrides(text, file, overrides);
    List<SlipstreamException> problems =
        ExperimentValidator.validate(
            changed, file, plugins, experiment -> FeaturePlan.check(experiment, plugins));
    ParsedExperiment parsed;
    try {
      parsed = ExperimentFile.parse(changed, file);
    } catch (SlipstreamException e) {
      return new Parsed(null, changed, problems.isEmpty() ? List.of(e) : problems, error -> error);
    }
    return new Parsed(parsed.experiment(), changed, problems, error -> locate(parsed, error));
  }

  /** An error about a key, with its line; one about something else (a file, a disk) as it is. */
  private static SlipstreamException locate(ParsedExperiment parsed, SlipstreamException error) {
    return error.place().filter(place -> !place.key().isEmpty()).isPresent()
        ? parsed.locate(error)
        : error;
  }

  @Override
  public String schema(PluginCatalog plugins) {
    return ExperimentSchema.json(plugins);
  }

  @Override
  public HealthChecks healthChecks(CheckHealthRequest settings) {
    return new StandardHealthChecks(settings);
  }

  /** The workspace's features that were computed before. */
  static FeatureCache cache(ContentStore content) {
    return new FeatureCache(content.root().resolveSibling("features"));
  }

  @Override
  public Outcome run(
      Parsed parsed,
      String search,
      Path dataDirectory,
      Path output,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Importer.Datasets datasets,
      UnaryOperator<String> models,
      Progress progress) {
    RunResult result;
    try {
      result =
          new ExperimentRunner(plugins, content, datasets, cache(content), models)
              .run(
                  parsed.experiment(),
                  new RunOptions(
                      dataDirectory, output, threads, SystemServiceImpl.codeVersion(), search),
                  progress);
    } catch (SlipstreamException e) {
      throw e.category() == Category.CANCELLED ? e : parsed.locator().apply(e);
    }
    String html;
    try {
      html = Files.readString(result.html());
    } catch (IOException e) {
      throw AtomicFiles.explain("read the report", result.html(), e);
    }
    return new Outcome(
        Reports.toProto(result),
        html,
        result.datasetHash(),
        HealthReports.toProto(parsed.experiment().name(), List.of(), result.health()),
        result.models().stream()
            .map(made -> new Made(made.target(), made.model(), made.archive()))
            .toList());
  }

  @Override
  public Trials trials(
      Parsed parsed,
      Path dataDirectory,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Importer.Datasets datasets,
      Progress progress) {
    SearchTrials trials;
    try {
      trials =
          new ExperimentRunner(plugins, content, datasets, cache(content))
              .trials(
                  parsed.experiment(),
                  dataDirectory,
                  threads,
                  SystemServiceImpl.codeVersion(),
                  progress);
    } catch (SlipstreamException e) {
      throw e.category() == Category.CANCELLED ? e : parsed.locator().apply(e);
    }
    return new Trials() {
      @Override
      public String key(TrialSpec spec) {
        return trials.key(spec);
      }

      @Override
      public TrialResult.Scored run(TrialSpec spec, Progress trial) {
        return trials.run(spec, trial);
      }

      @Override
      public int threadsEach() {
        return trials.threadsEach();
      }

      @Override
      public void close() {
        trials.close();
      }
    };
  }

  @Override
  public String configured(Parsed parsed, SequencedMap<String, Object> values) {
    ExperimentDocument document = ExperimentDocument.of(parsed.text(), "");
    values.forEach(
        (key, value) -> {
          if (key.startsWith("features.")) {
            document.setExpression(key, String.valueOf(value));
          } else {
            document.set(key, value);
          }
        });
    document.remove("search");
    return document.text();
  }

  @Override
  public Table prepare(
      Parsed parsed,
      Path dataDirectory,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Importer.Datasets datasets,
      Progress progress) {
    Path work = content.scratch().resolve("prepare-" + UUID.randomUUID());
    try {
      Files.createDirectories(work);
      Preparation.check(parsed.experiment(), plugins);
      try (Table raw =
              Preparation.read(
                  "data",
                  parsed.experiment().data(),
                  plugins,
                  new Importer.Context(
                      dataDirectory, work.resolve("import"), threads, progress, datasets),
                  content);
          Table prepared =
              Preparation.prepare(
                  parsed.experiment(),
                  plugins,
                  raw,
                  (key, use) ->
                      Preparation.read(
                          key,
                          use,
                          plugins,
                          new Importer.Context(
                              dataDirectory,
                              work.resolve(Preparation.OtherData.folder(key)),
                              threads,
                              progress,
                              datasets),
                          content),
                  work,
                  threads,
                  progress)) {
        return content.put(prepared);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("prepare the data in", work, e);
    } catch (SlipstreamException e) {
      throw e.category() == Category.CANCELLED ? e : parsed.locator().apply(e);
    } finally {
      try {
        AtomicFiles.deleteRecursively(work);
      } catch (IOException e) {
        progress.message(
            Progress.Severity.WARNING, "could not remove " + work + ": " + e.getMessage());
      }
    }
  }

  @Override
  public LoadedModel load(byte[] bytes, String name, PluginCatalog plugins, ContentStore content) {
    return new PackagedModel(ModelPackage.decode(bytes, name, plugins), content);
  }
}
