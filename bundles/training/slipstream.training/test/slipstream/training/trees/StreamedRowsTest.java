package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.device.Device;
import slipstream.core.device.TreeTask;
import slipstream.core.experiment.Experiment;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.RowSelection;
import slipstream.core.spi.Trainer;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;
import slipstream.core.table.TableWriter;
import slipstream.experiment.ExperimentFile;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.training.run.Runs;

/** Where rows lie, how they are cut up and who works on them changes no byte of a model. */
class StreamedRowsTest {
  private static final int ROWS = 6_000;

  private static final String EXPERIMENT =
      """
      slipstream: 1
      name: streamed
      data: {importer: csv, path: none}
      features:
        dealer: dealer
        size: size
        mean_size: mean(size, 5)
        gap: if(size > 0.9, nan, size * size)
      targets: {cost: cost}
      models: {trees: {trainer: boosted-trees}}
      """;

  @TempDir Path folder;

  private static Table inMemory() {
    SplittableRandom random = new SplittableRandom(5);
    long[] times = new long[ROWS];
    String[] dealers = new String[ROWS];
    double[] sizes = new double[ROWS];
    double[] costs = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      int dealer = random.nextInt(30);
      times[i] = i * 1_000_000_000L;
      dealers[i] = dealer == 0 ? null : "dealer " + dealer;
      sizes[i] = random.nextDouble();
      costs[i] = dealer * 31 % 7 + 3 * sizes[i] + random.nextGaussian();
    }
    return Table.of(
        List.of(
            Column.of(new Field("time", ColumnType.TIMESTAMP), times),
            Column.of("dealer", dealers),
            Column.of("size", sizes),
            Column.of("cost", costs)),
        "time",
        "");
  }

  private static byte[] train(
      FeatureTable values, Map<String, Object> parameters, int threads, Device device) {
    FeatureMatrix all = values.matrix(List.of("dealer", "size", "mean_size", "gap"));
    int training = ROWS * 4 / 5;
    double[] targets = new double[ROWS];
    values.copy("cost", 0, ROWS, targets, 0);
    double[] learned = Arrays.copyOf(targets, training);
    double[] judged = Arrays.copyOfRange(targets, training, ROWS);
    BoostedTreesParameters p =
        BoostedTreesParameters.defaults().withRounds(12).withDepth(5).with("l1", 1);
    for (Map.Entry<String, Object> each : parameters.entrySet()) {
      p = p.with(each.getKey(), each.getValue());
    }
    return new BoostedTreesTrainer()
        .train(
            new Trainer.TrainingData(
                all.select(RowSelection.all(ROWS).slice(0, training)),
                learned,
                all.select(RowSelection.all(ROWS).slice(training, ROWS)),
                judged),
            p,
            new Trainer.Context(
                "",
                3,
                threads,
                Progress.NONE,
                Optional.empty(),
                Optional.of(device),
                Optional.empty()))
        .encode();
  }

  @Test
  void changesNoByte() throws Exception {
    Experiment experiment = ExperimentFile.parse(EXPERIMENT, "x.slip.yaml").experiment();
    try (Table memory = inMemory();
        Table files = TableWriter.write(memory, folder.resolve("table"))) {
      FeaturePlan plan = FeaturePlan.compile(memory.schema(), experiment, Runs.PLUGINS);
      FeaturePlan.Storage storage =
          new FeaturePlan.Storage(folder.resolve("features"), 0, null, "", _ -> Optional.empty());
      try (FeatureTable inMemory = plan.evaluate(memory, 1, Progress.NONE);
          FeatureTable streamed = plan.evaluate(files, storage, 2, Progress.NONE)) {
        assertTrue(streamed.inFiles());
        assertTrue(Files.isDirectory(folder.resolve("table")));
        assertEquals(inMemory.hash(), streamed.hash());
        for (Map<String, Object> parameters :
            List.<Map<String, Object>>of(
                Map.of("early_stopping_rounds", 3),
                Map.of("objective", "absolute", "row_sampling", 0.5),
                Map.of("growth", "leaf-wise", "monotone", Map.of("size", "increasing")))) {
          byte[] expected =
              train(inMemory, parameters, 1, new CutDevice(new CpuTrees.Layout(1, 8192, 1 << 15)));
          for (int threads : new int[] {1, 2, 5}) {
            for (int blockRows : new int[] {1, 100, 1000, 8192}) {
              for (int shards : new int[] {1, 3, 7}) {
                var layout = new CpuTrees.Layout(shards, blockRows, 1 + blockRows / 2);
                assertArrayEquals(
                    expected, train(streamed, parameters, threads, new CutDevice(layout)));
              }
            }
            assertArrayEquals(
                expected,
                train(inMemory, parameters, threads, new CutDevice(CpuTrees.Layout.of(ROWS, 2))));
          }
        }
      }
    }
  }

  /** A device says before a row is sent to it that it cannot, or has not the memory. */
  @Test
  void aDeviceIsAskedBeforehand() {
    Experiment experiment = ExperimentFile.parse(EXPERIMENT, "x.slip.yaml").experiment();
    try (Table memory = inMemory();
        FeatureTable values =
            FeaturePlan.compile(memory.schema(), experiment, Runs.PLUGINS)
                .evaluate(memory, 1, Progress.NONE)) {
      CpuTrees.Layout layout = CpuTrees.Layout.of(ROWS, 1);
      Device small =
          new CutDevice(layout) {
            @Override
            public Kind kind() {
              return Kind.GPU;
            }

            @Override
            public long memory(long enough) {
              return 100_000;
            }
          };
      var e = assertThrows(SlipstreamException.class, () -> train(values, Map.of(), 1, small));
      assertEquals(SlipstreamException.Category.RESOURCE_EXHAUSTED, e.category());
      assertEquals(
          "training needs 1 MB of memory on GPU (cut processor), which has 0 MB left", e.problem());
      Device refusing =
          new CutDevice(layout) {
            @Override
            public Optional<String> refusal(TreeTask task) {
              return Optional.of("it has no kernel for squared");
            }
          };
      e = assertThrows(SlipstreamException.class, () -> train(values, Map.of(), 1, refusing));
      assertTrue(e.getMessage().contains("no kernel for squared"), e.getMessage());
      assertTrue(e.remedy().contains("device: cpu"), e.remedy());
    }
  }
}
