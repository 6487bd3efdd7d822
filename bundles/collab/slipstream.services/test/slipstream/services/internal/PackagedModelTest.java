package slipstream.services.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.store.ContentStore;
import slipstream.experiment.ExperimentFile;
import slipstream.services.SampleWorkspace;
import slipstream.training.model.ModelPackage;
import slipstream.training.run.ExperimentRunner;
import slipstream.training.run.RunOptions;
import slipstream.training.run.RunResult;

final class PackagedModelTest {
  @TempDir private Path folder;

  /** Keeps what it is told about the model. */
  private static final class Listening implements Exporter {
    private SequencedMap<String, String> metadata;

    @Override
    public String name() {
      return "listening";
    }

    @Override
    public String summary() {
      return "For tests.";
    }

    @Override
    public String extension() {
      return ".txt";
    }

    @Override
    public boolean supports(Model model) {
      return true;
    }

    @Override
    public Verification export(Model model, FeatureMatrix rows, Path target, Progress progress) {
      return new Verification("none", rows.rows(), 0, 0, List.of());
    }

    @Override
    public Verification export(
        Model model,
        SequencedMap<String, String> metadata,
        FeatureMatrix rows,
        Path target,
        Progress progress) {
      this.metadata = metadata;
      return export(model, rows, target, progress);
    }
  }

  @Test
  void anExportTellsWhatTheModelIsAndWhereItComesFrom() throws IOException {
    SampleWorkspace.write(folder, 1500);
    PluginCatalog plugins = PluginCatalog.ofClassPath();
    ContentStore content = new ContentStore(folder.resolve("store"));
    RunResult result =
        new ExperimentRunner(plugins, content)
            .run(
                ExperimentFile.parse(SampleWorkspace.EXPERIMENT, "small").experiment(),
                new RunOptions(folder, folder.resolve("out"), 1, "1.2.3-test"),
                Progress.NONE);
    ModelPackage model = ModelPackage.read(result.models().getFirst().archive(), plugins);
    PackagedModel packaged = new PackagedModel(model, content);

    Listening exporter = new Listening();
    packaged.export(exporter, folder.resolve("file.txt"), Progress.NONE);
    assertNotNull(exporter.metadata, "the metadata did not reach the exporter");
    assertEquals(model.exportMetadata(), exporter.metadata);
    assertEquals("bp", exporter.metadata.get("unit"));
    assertEquals(result.datasetHash(), exporter.metadata.get("data_sha256"));

    assertTrue(packaged.provenance().containsKey("plugins.trainer.boosted-trees"));
    assertTrue(packaged.provenance().containsKey("plugins.extractor.bars"));
  }
}
