package slipstream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesLearner;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.FeatureColumns;
import slipstream.training.trees.TrainingMonitor;

/** Prediction by 100 trees of depth 8, by JMH: row by row and in a batch, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PredictionBenchmark {
  private static final int TREES = 100;
  private static final int ROWS = 4096;
  private static final double BOUND_NANOS = 1000;

  private BoostedTrees model;
  private FeatureColumns batch;
  private float[][] rows;

  /** Trains the model on rows of its own. */
  @Setup
  public void train() {
    GeneratedRows train = GeneratedRows.of(100_000, 28, 0);
    GeneratedRows fresh = GeneratedRows.of(ROWS, 28, 1_000_000);
    var parameters = BoostedTreesParameters.defaults().withRounds(TREES).withDepth(8);
    model =
        BoostedTreesLearner.train(
                FeatureColumns.of(train.columns()),
                train.targetAsDouble(),
                null,
                null,
                parameters,
                0,
                2,
                TrainingMonitor.none())
            .model();
    batch = FeatureColumns.of(fresh.columns());
    rows = new float[ROWS][28];
    for (int i = 0; i < ROWS; i++) {
      for (int f = 0; f < 28; f++) {
        rows[i][f] = fresh.columns()[f][i];
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float rowByRow() {
    float sum = 0;
    for (float[] row : rows) {
      sum += model.predict(row);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] batch() {
    return model.predict(batch);
  }

  static List<Figure> run(boolean quick) throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(PredictionBenchmark.class.getName())
            .forks(1)
            .warmupIterations(3)
            .measurementIterations(quick ? 5 : 10)
            .warmupTime(TimeValue.seconds(1))
            .measurementTime(TimeValue.seconds(1))
            .jvmArgsAppend("-Xmx2g")
            .verbosity(VerboseMode.SILENT)
            .build();
    List<Figure> figures = new ArrayList<>();
    for (RunResult result : new Runner(options).run()) {
      String name = result.getPrimaryResult().getLabel();
      figures.add(
          new Figure(
              "predict " + (name.equals("batch") ? "in a batch" : "row by row") + ", 100 trees",
              null,
              "ns/row",
              result.getPrimaryResult().getScore(),
              Double.NaN,
              BOUND_NANOS,
              Double.NaN,
              Double.NaN,
              ROWS,
              1));
    }
    return figures;
  }
}
