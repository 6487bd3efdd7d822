package slipstream.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.microsoft.ml.lightgbm.PredictionType;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.onnx.OnnxExporter;
import slipstream.onnx.internal.proto.AttributeProto;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.onnx.internal.proto.ModelProto;
import slipstream.onnx.internal.proto.NodeProto;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesLearner;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.BoostedTreesParameters;
import slipstream.training.trees.FeatureColumns;
import slipstream.training.trees.TrainingMonitor;

/**
 * Prediction by 100 trees of depth 8 on one thread, by JMH: row by row, and 4,096 rows in a batch. ONNX Runtime predicts by the
 * same trees, as our export writes them and as the plain operator that adds trees by itself; that both predict our bits is
 * checked before anything is measured. XGBoost and LightGBM predict by as many trees of their own, grown on the same rows.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PredictionBenchmark {
  private static final int TREES = 100;
  private static final int DEPTH = 8;
  private static final int ROWS = 4096;
  private static final int FEATURES = 28;

  /** A row costs a peer so much that fewer do. */
  private static final int SINGLE = 256;

  private static final double BOUND_NANOS = 1000;

  private BoostedTrees model;
  private FeatureColumns batch;
  private float[][] rows;
  private float[] rowMajor;
  private OrtEnvironment environment;
  private OrtSession export;
  private OrtSession plain;
  private String plainInput;
  private DoubleBuffer doubles;
  private FloatBuffer floats;
  private Booster xgboost;
  private LGBMDataset lightGbmRows;
  private LGBMBooster lightGbm;

  /** Trains the models on rows of their own. */
  @Setup
  public void train() throws Exception {
    Rows train = GeneratedRows.of(100_000, FEATURES, 0);
    Rows fresh = GeneratedRows.of(ROWS, FEATURES, 1_000_000);
    var parameters = BoostedTreesParameters.defaults().withRounds(TREES).withDepth(DEPTH);
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
    rowMajor = fresh.rowMajor();
    rows = new float[ROWS][FEATURES];
    for (int i = 0; i < ROWS; i++) {
      System.arraycopy(rowMajor, i * FEATURES, rows[i], 0, FEATURES);
    }
    openOnnx(fresh);
    trainXGBoost(train);
    trainLightGbm(train);
    checkEqual();
  }

  private void openOnnx(Rows fresh) throws Exception {
    double[][] columns = new double[FEATURES][ROWS];
    List<String> names = new ArrayList<>();
    for (int f = 0; f < FEATURES; f++) {
      names.add("f" + f);
      for (int i = 0; i < ROWS; i++) {
        columns[f][i] = fresh.columns()[f][i];
      }
    }
    var exported = BoostedTreesModel.of("boosted-trees", names, model.baseScore(), model.trees());
    Path folder = Files.createTempDirectory("prediction-benchmark");
    Path file = folder.resolve("model.onnx");
    FeatureMatrix few = FeatureMatrix.ofColumns(names, columns).select(new int[] {0, 1, 2, 3});
    new OnnxExporter().export(exported, few, file, Progress.NONE);
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    Files.delete(folder);
    environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      export = environment.createSession(bytes, options);
      ModelProto adding = adding(ModelProto.parseFrom(bytes));
      plain = environment.createSession(adding.toByteArray(), options);
    }
    doubles =
        ByteBuffer.allocateDirect(8 * rowMajor.length)
            .order(ByteOrder.nativeOrder())
            .asDoubleBuffer();
    floats =
        ByteBuffer.allocateDirect(4 * rowMajor.length)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (float value : rowMajor) {
      doubles.put(value);
      floats.put(value);
    }
  }

  /** One TreeEnsembleRegressor of float32 rows that adds its trees itself, as other tools write it. */
  private ModelProto adding(ModelProto exported) {
    GraphProto graph = exported.getGraph();
    NodeProto ensemble =
        graph.getNodeList().stream()
            .filter(node -> node.getOpType().equals("TreeEnsembleRegressor"))
            .findFirst()
            .orElseThrow();
    NodeProto.Builder node = ensemble.toBuilder().clearAttribute();
    for (AttributeProto each : ensemble.getAttributeList()) {
      AttributeProto.Builder attribute = each.toBuilder();
      if (each.getName().equals("n_targets")) {
        attribute.setI(1);
      } else if (each.getName().equals("target_ids")) {
        for (int i = 0; i < each.getIntsCount(); i++) {
          attribute.setInts(i, 0);
        }
      }
      node.addAttribute(attribute);
    }
    plainInput = ensemble.getInput(0);
    var input = graph.getInput(0).toBuilder().setName(plainInput);
    input.getTypeBuilder().getTensorTypeBuilder().setElemType(1); // float32
    var output = graph.getOutput(0).toBuilder().setName(ensemble.getOutput(0));
    return exported.toBuilder()
        .setGraph(
            GraphProto.newBuilder()
                .setName(graph.getName())
                .addInput(input)
                .addOutput(output)
                .addNode(node))
        .build();
  }

  private void trainXGBoost(Rows train) throws XGBoostError {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("tree_method", "hist");
    parameters.put("objective", "reg:squarederror");
    parameters.put("eta", 0.1);
    parameters.put("max_depth", DEPTH);
    parameters.put("nthread", 1);
    parameters.put("verbosity", 0);
    DMatrix matrix = new DMatrix(train.rowMajor(), train.count(), FEATURES, Float.NaN);
    matrix.setLabel(train.target());
    xgboost = XGBoost.train(matrix, parameters, TREES, Map.of(), null, null);
    matrix.dispose();
  }

  private void trainLightGbm(Rows train) throws LGBMException {
    String common = "num_threads=1 verbosity=-1";
    lightGbmRows =
        LGBMDataset.createFromMat(train.rowMajor(), train.count(), FEATURES, true, common, null);
    lightGbmRows.setField("label", train.target());
    lightGbm =
        LGBMBooster.create(
            lightGbmRows,
            common
                + " objective=regression learning_rate=0.1 max_depth=-1 num_leaves="
                + (1 << DEPTH));
    for (int k = 0; k < TREES; k++) {
      lightGbm.updateOneIter();
    }
  }

  private void checkEqual() throws OrtException {
    float[] ours = model.predict(batch);
    float[] ofExport = run(export, ROWS, true);
    float[] ofPlain = run(plain, ROWS, false);
    for (int i = 0; i < ROWS; i++) {
      float plainly = model.baseScore() + ofPlain[i];
      if (ours[i] != model.predict(rows[i]) || ours[i] != ofExport[i] || ours[i] != plainly) {
        throw new IllegalStateException(
            "row " + i + ": " + ours[i] + ", ONNX Runtime " + ofExport[i] + " and " + plainly);
      }
    }
  }

  @TearDown
  public void close() throws Exception {
    export.close();
    plain.close();
    xgboost.dispose();
    lightGbm.close();
    lightGbmRows.close();
  }

  private float[] run(OrtSession session, int count, boolean wide) throws OrtException {
    long[] shape = {count, FEATURES};
    int length = count * FEATURES;
    try (OnnxTensor input =
            wide
                ? OnnxTensor.createTensor(environment, doubles.slice(0, length), shape)
                : OnnxTensor.createTensor(environment, floats.slice(0, length), shape);
        OrtSession.Result result = session.run(Map.of(wide ? "features" : plainInput, input))) {
      float[] output = new float[count];
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(output);
      return output;
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

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] batchOnnxExport() throws OrtException {
    return run(export, ROWS, true);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] batchOnnxPlain() throws OrtException {
    return run(plain, ROWS, false);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[][] batchXGBoost() throws XGBoostError {
    return xgboost.inplace_predict(rowMajor, ROWS, FEATURES, Float.NaN);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] batchLightGbm() throws LGBMException {
    return lightGbm.predictForMat(
        rowMajor, ROWS, FEATURES, true, PredictionType.C_API_PREDICT_NORMAL, "num_threads=1");
  }

  @Benchmark
  @OperationsPerInvocation(SINGLE)
  public float rowByRowOnnxExport() throws OrtException {
    float sum = 0;
    for (int i = 0; i < SINGLE; i++) {
      sum += run(export, 1, true)[0];
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(SINGLE)
  public float rowByRowOnnxPlain() throws OrtException {
    float sum = 0;
    for (int i = 0; i < SINGLE; i++) {
      sum += run(plain, 1, false)[0];
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(SINGLE)
  public float rowByRowXGBoost() throws XGBoostError {
    float sum = 0;
    for (int i = 0; i < SINGLE; i++) {
      sum += xgboost.inplace_predict(rows[i], 1, FEATURES, Float.NaN)[0][0];
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(SINGLE)
  public double rowByRowLightGbm() throws LGBMException {
    double sum = 0;
    for (int i = 0; i < SINGLE; i++) {
      sum += lightGbm.predictForMatSingleRow(rows[i], PredictionType.C_API_PREDICT_NORMAL);
    }
    return sum;
  }

  private static final Map<String, String> PEERS =
      Map.of(
          "OnnxExport", "ONNX Runtime, export",
          "OnnxPlain", "ONNX Runtime, plain",
          "XGBoost", "xgboost4j 3.4.0",
          "LightGbm", LightGbmPeer.NAME);

  static List<Figure> run(boolean quick) throws RunnerException {
    // ONNX Runtime overflows its stack in a process whose command line has some thousand
    // characters.
    System.setProperty("jmh.separateClasspathJAR", "true");
    var options =
        new OptionsBuilder()
            .include(PredictionBenchmark.class.getName())
            .forks(1)
            .warmupIterations(2)
            .measurementIterations(quick ? 3 : 10)
            .warmupTime(TimeValue.milliseconds(500))
            .measurementTime(TimeValue.milliseconds(500))
            .jvmArgsAppend("-Xmx2g", "--enable-native-access=ALL-UNNAMED")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Map<String, Double> nanos = new HashMap<>();
    for (RunResult result : new Runner(options).run()) {
      nanos.put(result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore());
    }
    List<Figure> figures = new ArrayList<>();
    for (String way : List.of("rowByRow", "batch")) {
      String name =
          "predict " + (way.equals("batch") ? "in a batch" : "row by row") + ", 100 trees";
      double ours = nanos.get(way);
      figures.add(figure(name, null, ours, Double.NaN, BOUND_NANOS));
      for (String peer : List.of("OnnxExport", "OnnxPlain", "XGBoost", "LightGbm")) {
        figures.add(figure(name, PEERS.get(peer), ours, nanos.get(way + peer), Double.NaN));
      }
    }
    return figures;
  }

  private static Figure figure(String name, String peer, double ours, double theirs, double bound) {
    return new Figure(name, peer, "ns/row", ours, theirs, bound, Double.NaN, Double.NaN, ROWS, 1);
  }
}
