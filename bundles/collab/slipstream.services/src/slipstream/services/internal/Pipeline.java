package slipstream.services.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Importer;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.ContentStore;
import slipstream.core.table.Table;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.proto.v1.PredictFileResult;
import slipstream.proto.v1.RunReport;
import slipstream.store.ModelRecord;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/** What the services need of the bundles that do the work. The one implementation beside tests is the real pipeline. */
public interface Pipeline {
  /**
   * An experiment's text, read and checked as far as that goes without data.
   *
   * @param text with the overrides applied
   * @param experiment null when the text is not an experiment at all
   * @param problems what keeps it from being run; empty when nothing does
   * @param locator gives an error with a key the file and line of the key
   */
  record Parsed(
      Experiment experiment,
      String text,
      List<SlipstreamException> problems,
      UnaryOperator<SlipstreamException> locator) {}

  /**
   * Reads and checks an experiment.
   *
   * @param file what to call it in problems
   * @throws SlipstreamException when an override does not fit the text
   */
  Parsed parse(String text, String file, Map<String, String> overrides, PluginCatalog plugins);

  /** The JSON schema of experiment files. */
  String schema(PluginCatalog plugins);

  /**
   * Health checks of tables and files.
   *
   * @param settings how they are checked; its sources do not matter
   */
  HealthChecks healthChecks(CheckHealthRequest settings);

  /** Health checks, one after another. */
  interface HealthChecks {
    /** Checks a table. */
    HealthReport table(String source, Table table, Progress progress);

    /**
     * Checks a file where it lies.
     *
     * @param scratch a folder for what the check needs, which is left empty
     */
    HealthReport file(HealthSource source, Path scratch, PluginCatalog plugins, Progress progress);

    /** All checks so far as one page. */
    String html();
  }

  /**
   * @param report without the names that the workspace gives: run and archives
   * @param html the report as a page
   * @param dataHash of the imported table, which lies in the content store
   * @param health of the imported table
   */
  record Outcome(
      RunReport report, String html, String dataHash, HealthReport health, List<Made> models) {}

  /**
   * A model that a run made.
   *
   * @param model name in the experiment
   */
  record Made(String target, String model, Path archive) {}

  /**
   * Runs an experiment.
   *
   * @param parsed without problems
   * @param search whose best configuration it is; empty for none
   * @param dataDirectory relative data paths start here
   * @param output folder for report, models and exports; does not exist
   * @param datasets what the experiment may read by name
   * @param models the hash of an archive in the content store by the model's name
   */
  Outcome run(
      Parsed parsed,
      String search,
      Path dataDirectory,
      Path output,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Importer.Datasets datasets,
      UnaryOperator<String> models,
      Progress progress);

  /**
   * Reads what all trials of an experiment's search share.
   *
   * @param parsed without problems, with a search
   * @param dataDirectory relative data paths start here
   * @param threads of all trials together
   */
  Trials trials(
      Parsed parsed,
      Path dataDirectory,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Importer.Datasets datasets,
      Progress progress);

  /** The trials of a search. Thread-safe. */
  interface Trials extends AutoCloseable {
    /** SHA-256 of all that decides a trial's result. */
    String key(TrialSpec spec);

    TrialResult.Scored run(TrialSpec spec, Progress progress);

    /** Threads that a trial may use. */
    int threadsEach();

    @Override
    void close();
  }

  /**
   * The text of an experiment with a configuration in place, and without its search.
   *
   * @param values by key of the search's space
   */
  String configured(Parsed parsed, SequencedMap<String, Object> values);

  /**
   * Reads and prepares the data of an experiment.
   *
   * @param parsed without problems
   * @param dataDirectory relative data paths start here
   * @return the prepared table, in the content store, which the caller closes
   */
  Table prepare(
      Parsed parsed,
      Path dataDirectory,
      int threads,
      PluginCatalog plugins,
      ContentStore content,
      Importer.Datasets datasets,
      Progress progress);

  /**
   * Reads a model archive.
   *
   * @param bytes of the archive
   * @param name what to call it in errors
   */
  LoadedModel load(byte[] bytes, String name, PluginCatalog plugins, ContentStore content);

  /** A model, ready to predict. Immutable, thread-safe. */
  interface LoadedModel {
    String experiment();

    String trainer();

    String target();

    String unit();

    long trainingRows();

    /** In the order of the matrix that {@link #predict} takes. */
    List<ModelRecord.Input> inputs();

    SequencedMap<String, String> provenance();

    /** Whether the values of an input are texts. */
    boolean categorical(int input);

    /** The texts that it knows of an input; empty for numbers. */
    List<String> categories(int input);

    /**
     * A row it was scored on, in the order of the inputs: a Double, a text, or null where unknown; null when there is none.
     */
    List<Object> example();

    /** The model itself, which takes its features in the order of the inputs. */
    Model model();

    /**
     * Rows of data as the model sees them; the caller closes them.
     *
     * @throws slipstream.core.SlipstreamException naming what does not fit
     */
    ModelRows rows(ModelRows.Source source, Progress progress);

    /** Predicts rows: {@code [output][row]}. */
    double[][] predict(FeatureMatrix rows);

    /** Predicts a file of inputs or of raw data; with no output, hands CSV text to {@code csv}. */
    PredictFileResult predictFile(Path input, Path output, CsvSink csv, Progress progress);

    /**
     * Writes the model in another format and verifies it, on rows of the data that it was trained on when they are in the
     * content store.
     */
    ExportResult export(Exporter exporter, Path target, Progress progress);
  }

  /** Takes CSV text piece by piece, each ending with a whole line. */
  interface CsvSink {
    void accept(String text);
  }
}
