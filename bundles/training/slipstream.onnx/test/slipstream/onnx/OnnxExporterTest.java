package slipstream.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Exporter;
import slipstream.core.spi.Exporter.Verification;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;
import slipstream.onnx.internal.proto.AttributeProto;
import slipstream.onnx.internal.proto.ModelProto;
import slipstream.onnx.internal.proto.NodeProto;
import slipstream.training.baseline.BaselineTrainer;
import slipstream.training.baseline.FeatureTrainer;
import slipstream.training.ensemble.StackingParameters;
import slipstream.training.ensemble.StackingTrainer;
import slipstream.training.linear.ElasticNetParameters;
import slipstream.training.linear.ElasticNetTrainer;
import slipstream.training.linear.LassoParameters;
import slipstream.training.linear.LassoTrainer;
import slipstream.training.linear.RidgeTrainer;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.BoostedTreesTrainer;
import slipstream.training.trees.RandomForestTrainer;

class OnnxExporterTest {
  private static final List<String> NAMES = List.of("flow", "vol \"30\"", "spread", "rank");
  private static final int ROWS = 3_000;

  @TempDir Path folder;
  private FeatureMatrix rows;
  private double[] target;
  private Path file;

  @BeforeEach
  void makeData() {
    SplittableRandom random = new SplittableRandom(42);
    double[][] columns = new double[NAMES.size()][ROWS];
    target = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      columns[0][r] = random.nextGaussian() * 1e3;
      columns[1][r] = random.nextInt(9) == 0 ? Double.NaN : Math.exp(random.nextGaussian());
      columns[2][r] = random.nextInt(40) / 10.0;
      columns[3][r] = random.nextInt(200) == 0 ? Double.POSITIVE_INFINITY : random.nextDouble();
      double vol = Double.isNaN(columns[1][r]) ? 3 : columns[1][r];
      target[r] =
          1e-3 * columns[0][r] * vol
              + Math.signum(columns[2][r] - 2)
              + random.nextGaussian() * 0.1
              + 17;
    }
    rows = FeatureMatrix.ofColumns(NAMES, columns);
    file = folder.resolve("model.onnx");
  }

  private <P extends Record> Model train(Trainer<P> trainer, double[] y, Object... parameters) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      values.put((String) parameters[i], parameters[i + 1]);
    }
    FeatureMatrix none = rows.select(new int[0]);
    return trainer.train(
        new Trainer.TrainingData(rows, y, none, new double[0]),
        ParameterForm.bind(trainer.parameters(), values, ""),
        new Trainer.Context("test", 1, 2, Progress.NONE));
  }

  private Model trees(int rounds, int depth) {
    return train(new BoostedTreesTrainer(), target, "rounds", rounds, "depth", depth);
  }

  private List<String> filesInFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 250})
  void treesAgreeToTheBit(int rounds) throws IOException {
    Model model = trees(rounds, 5);
    Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    assertEquals(ROWS, verified.rows());
    assertTrue(verified.runtime().startsWith("ONNX Runtime 1."), verified.runtime());
    long splits =
        ((BoostedTreesModel) model)
            .trees().trees().stream().mapToLong(tree -> tree.size() / 2).sum();
    assertEquals(5 * splits, verified.boundaryRows());
    assertTrue(verified.notes().stream().noneMatch(each -> each.contains("by no row")));
    assertEquals(List.of("model.onnx"), filesInFolder());
  }

  @Test
  void aForestAgreesToTheBit() {
    Model model = train(new RandomForestTrainer(), target, "trees", 40, "depth", 7);
    assertEquals(0, new OnnxExporter().export(model, rows, file, Progress.NONE).maxUlps());
  }

  @ParameterizedTest
  @ValueSource(strings = {"poisson", "gamma", "binary"})
  void linksAreExported(String objective) {
    double[] y =
        Arrays.stream(target)
            .map(
                v ->
                    switch (objective) {
                      case "poisson" -> Math.floor(Math.abs(v));
                      case "gamma" -> Math.abs(v) + 0.01;
                      default -> v > 17 ? 1 : 0;
                    })
            .toArray();
    for (int rounds : new int[] {1, 40}) {
      Model model = train(new BoostedTreesTrainer(), y, "rounds", rounds, "objective", objective);
      Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
      assertEquals(0, verified.maxUlps());
      assertEquals(ROWS, verified.rows());
    }
    double[] ones = new double[y.length];
    Arrays.fill(ones, 1);
    Model constant = train(new BoostedTreesTrainer(), ones, "rounds", 3, "objective", objective);
    new OnnxExporter().export(constant, rows, file, Progress.NONE);
  }

  @Test
  void severalQuantilesAreExportedSorted() throws Exception {
    Model model =
        train(
            new BoostedTreesTrainer(),
            target,
            "rounds",
            25,
            "objective",
            "quantile",
            "quantiles",
            List.of(0.1, 0.5, 0.9));
    Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    assertEquals(ROWS, verified.rows());
    long splits =
        ((BoostedTreesModel) model)
            .series().stream()
                .flatMap(each -> each.trees().stream())
                .mapToLong(tree -> tree.size() / 2)
                .sum();
    assertEquals(5 * splits, verified.boundaryRows());
    for (long seed = 1; seed <= 3; seed++) {
      long chosen = seed;
      assertThrows(
          SlipstreamException.class,
          () ->
              new OnnxExporter(bytes -> damage(bytes, Fault.THRESHOLD_UP, chosen))
                  .export(model, rows, file, Progress.NONE));
    }
    // What its users do: the sorted quantiles beside the headline.
    double[][] expected = model.predictAll(rows);
    try (var session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      double[][] input = new double[50][rows.features()];
      for (int r = 0; r < 50; r++) {
        for (int f = 0; f < rows.features(); f++) {
          input[r][f] = rows.get(r, f);
        }
      }
      try (var tensor = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), input);
          var result = session.run(Map.of("features", tensor))) {
        float[][] all = (float[][]) result.get("all_outputs").orElseThrow().getValue();
        float[][] headline = (float[][]) result.get("prediction").orElseThrow().getValue();
        for (int r = 0; r < 50; r++) {
          for (int k = 0; k < 3; k++) {
            assertEquals((float) expected[k][r], all[r][k]);
          }
          assertEquals(all[r][1], headline[r][0]);
        }
      }
      assertEquals(
          "[\"q10\",\"q50\",\"q90\"]",
          session.getMetadata().getCustomMetadata().get("all_outputs"));
    }
  }

  /** Whatever the other order of the names; many share a number; NaN, fractions and strangers are unknown. */
  @ParameterizedTest
  @ValueSource(ints = {2, 70, 400})
  void categoriesAreExportedWithTheirNumbers(int categories) throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    double[][] columns = new double[NAMES.size()][ROWS];
    for (int r = 0; r < ROWS; r++) {
      for (int f = 0; f < columns.length; f++) {
        columns[f][r] = rows.get(r, f);
      }
      int k = (int) (categories * Math.pow(random.nextDouble(), 2));
      columns[0][r] = random.nextInt(20) == 0 ? Double.NaN : k;
      columns[2][r] = random.nextInt(3);
      target[r] += k * 7919 % 11;
    }
    List<String> names = IntStream.range(0, categories).mapToObj(k -> "\"c\" " + k).toList();
    FeatureMatrix quantities = rows;
    rows =
        FeatureMatrix.ofColumns(
            NAMES, columns, List.of(names, List.of(), List.of("x", "y", "z"), List.of()));
    BoostedTreesModel model =
        (BoostedTreesModel)
            train(
                new BoostedTreesTrainer(),
                target,
                "rounds",
                60,
                "objective",
                "quantile",
                "quantiles",
                List.of("0.2", "0.5"));
    Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    assertTrue(verified.notes().stream().anyMatch(each -> each.contains("by categories")));
    ModelProto written = ModelProto.parseFrom(Files.readAllBytes(file));
    String numbers =
        written.getMetadataPropsList().stream()
            .filter(each -> each.getKey().equals("categories.flow"))
            .findFirst()
            .orElseThrow()
            .getValue();
    assertTrue(numbers.startsWith("{\"\\\"c\\\" 0\":0,"), numbers);

    // A stranger reads the numbers of the metadata.
    FeatureMatrix numbered = model.numbered(rows);
    double[] expected = model.predict(rows);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    double[][] input = new double[ROWS][NAMES.size()];
    for (int r = 0; r < ROWS; r++) {
      for (int f = 0; f < NAMES.size(); f++) {
        input[r][f] = numbered.get(r, f);
      }
    }
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor = OnnxTensor.createTensor(environment, input);
        OrtSession.Result result = session.run(Map.of("features", tensor))) {
      float[][] predicted = (float[][]) result.get("prediction").orElseThrow().getValue();
      for (int r = 0; r < ROWS; r++) {
        assertEquals((float) expected[r], predicted[r][0]);
      }
    }
    rows = quantities;
  }

  @Test
  void everySplitOfALargeModelIsCheckedOnItsOwnTree() {
    Model model = trees(500, 6);
    Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    long splits =
        ((BoostedTreesModel) model)
            .trees().trees().stream().mapToLong(tree -> tree.size() / 2).sum();
    assertEquals(5 * splits, verified.boundaryRows());
    assertTrue(verified.notes().toString().contains("neighbouring trees"));
    // A damaged split that the sample of full comparisons passes over is found all the same.
    for (long seed = 1; seed <= 3; seed++) {
      long chosen = seed;
      assertThrows(
          SlipstreamException.class,
          () ->
              new OnnxExporter(bytes -> damage(bytes, Fault.THRESHOLD_UP, chosen))
                  .export(model, rows, file, Progress.NONE));
    }
  }

  @Test
  void treesThatNeverSplit() {
    double[] constant = new double[ROWS];
    java.util.Arrays.fill(constant, 2.5);
    Model model = train(new BoostedTreesTrainer(), constant, "rounds", 3);
    assertEquals(0, new OnnxExporter().export(model, rows, file, Progress.NONE).maxUlps());
  }

  @Test
  void ridgeAgreesToTheBit() {
    Verification verified =
        new OnnxExporter().export(train(new RidgeTrainer(), target), rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    assertEquals(ROWS, verified.rows());
  }

  @Test
  void lassoAndElasticNetAgreeToTheBit() {
    Trainer.TrainingData data =
        new Trainer.TrainingData(
            rows, target, rows.select(new int[] {0, 1, 2}), new double[] {1, 2, 3});
    Trainer.Context context = new Trainer.Context("test", 1, 1, Progress.NONE);
    List<Model> models =
        List.of(
            new LassoTrainer().train(data, new LassoParameters(0, 20, 1e-3, 12, true), context),
            new ElasticNetTrainer()
                .train(data, new ElasticNetParameters(0.5, 0.1, 20, 1e-3, 0, true), context));
    for (Model model : models) {
      Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
      assertEquals(0, verified.maxUlps(), model.trainer());
      assertEquals(ROWS, verified.rows());
    }
  }

  @Test
  void aFeatureIsExportedAsItIs() {
    Model model = train(new FeatureTrainer(), target, "feature", NAMES.get(1));
    Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    assertEquals(ROWS, verified.rows());
  }

  /** What an ensemble combines, as if it had been predicted out of fold. */
  private record Combined(String name, Model model, double[] outOfFold) implements Trainer.Member {}

  private Model combine(Trainer<StackingParameters> trainer, Model... members) {
    List<Trainer.Member> combined = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Model each : members) {
      names.add("m/" + names.size());
      combined.add(new Combined(names.getLast(), each, each.predict(rows)));
    }
    return trainer.train(
        new Trainer.TrainingData(rows, target, rows.select(new int[0]), new double[0]),
        new StackingParameters(names, StackingParameters.Method.RIDGE, true, false, 1e-3),
        new Trainer.Context(
            "test",
            1,
            1,
            Progress.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            combined));
  }

  /** One graph of a forest, quantile trees, a line and a constant. */
  @Test
  void anEnsembleIsOneGraph() throws Exception {
    Model model =
        combine(
            new StackingTrainer(),
            train(new RandomForestTrainer(), target, "trees", 10, "depth", 5),
            train(
                new BoostedTreesTrainer(),
                target,
                "rounds",
                12,
                "objective",
                "quantile",
                "quantiles",
                List.of(0.1, 0.5, 0.9)),
            train(new RidgeTrainer(), target),
            train(new BaselineTrainer(), target));
    assertTrue(new OnnxExporter().supports(model));
    Verification verified = new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertEquals(0, verified.maxUlps());
    assertEquals(ROWS, verified.rows());
    assertTrue(
        verified.notes().stream().anyMatch(each -> each.startsWith("m/0 by itself: 10 trees")),
        verified.notes().toString());
    byte[] first = Files.readAllBytes(file);
    ModelProto written = ModelProto.parseFrom(first);
    assertEquals(1, written.getGraph().getInputCount());
    assertEquals(1, written.getGraph().getOutputCount());
    new OnnxExporter().export(model, rows, file, Progress.NONE);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void anEnsembleIsCheckedAsAWhole() {
    Model model = combine(new StackingTrainer(), trees(5, 3), train(new RidgeTrainer(), target));
    OnnxExporter faulty =
        new OnnxExporter(
            bytes -> {
              try {
                ModelProto.Builder changed = ModelProto.parseFrom(bytes).toBuilder();
                var graph = changed.getGraphBuilder();
                for (int i = 0; i < graph.getInitializerCount(); i++) {
                  if (graph.getInitializer(i).getName().equals("weight_1")) {
                    byte[] weight = graph.getInitializer(i).getRawData().toByteArray();
                    weight[6] ^= 1;
                    graph.getInitializerBuilder(i).setRawData(ByteString.copyFrom(weight));
                  }
                }
                return changed.build().toByteArray();
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
              }
            });
    var e =
        assertThrows(
            SlipstreamException.class, () -> faulty.export(model, rows, file, Progress.NONE));
    assertTrue(e.problem().contains("does not agree with the model"), e.problem());
    assertFalse(Files.exists(file));
  }

  @Test
  void baselineFillsItsConstant() throws IOException, OrtException {
    Model model = train(new BaselineTrainer(), target);
    assertEquals(0, new OnnxExporter().export(model, rows, file, Progress.NONE).maxUlps());
    float[][] predicted = predict(new double[][] {{1, 2}, {3, 4}, {5, 6}});
    assertEquals(3, predicted.length);
    assertEquals((float) model.predict(rows)[0], predicted[2][0]);
  }

  private float[][] predict(double[][] input) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor = OnnxTensor.createTensor(environment, input);
        OrtSession.Result result = session.run(Map.of("features", tensor))) {
      return (float[][]) result.get("prediction").get().getValue();
    }
  }

  @Test
  void aStrangerReadsThePredictions() throws OrtException {
    Model model = trees(120, 6);
    new OnnxExporter().export(model, rows, file, Progress.NONE);
    double[][] input = new double[ROWS][NAMES.size()];
    for (int r = 0; r < ROWS; r++) {
      for (int f = 0; f < NAMES.size(); f++) {
        input[r][f] = rows.get(r, f);
      }
    }
    float[][] predicted = predict(input);
    double[] expected = model.predict(rows);
    for (int r = 0; r < ROWS; r++) {
      assertEquals((float) expected[r], predicted[r][0]);
    }
  }

  @Test
  void metadataIsInTheFile() throws IOException {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put("target", "impact_bp");
    metadata.put("unit", "bp");
    Model model = trees(2, 2);
    new OnnxExporter().export(model, metadata, rows, file, Progress.NONE);
    Map<String, String> found = new LinkedHashMap<>();
    ModelProto.parseFrom(Files.readAllBytes(file))
        .getMetadataPropsList()
        .forEach(each -> found.put(each.getKey(), each.getValue()));
    assertEquals("bp", found.get("unit"));
    assertEquals("impact_bp", found.get("target"));
    assertEquals("boosted-trees", found.get("trainer"));
    assertEquals("[\"flow\",\"vol \\\"30\\\"\",\"spread\",\"rank\"]", found.get("features"));
  }

  @Test
  void equalModelsGiveEqualBytes() throws IOException {
    new OnnxExporter().export(trees(10, 4), rows, file, Progress.NONE);
    byte[] first = Files.readAllBytes(file);
    new OnnxExporter().export(trees(10, 4), rows, file, Progress.NONE);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  // ------------------------------------------------------------- faulty files

  /** What may go wrong between the model and the file. */
  enum Fault {
    THRESHOLD_UP,
    THRESHOLD_DOWN,
    MISSING_DIRECTION,
    SWAPPED_CHILDREN,
    OTHER_FEATURE,
    LEAF_VALUE,
    BASE_SCORE,
    CUT
  }

  /** Changes one inner node or value, deep in the middle of the ensemble. */
  private static byte[] damage(byte[] bytes, Fault fault, long seed) {
    if (fault == Fault.CUT) {
      return java.util.Arrays.copyOf(bytes, bytes.length / 2);
    }
    try {
      ModelProto.Builder model = ModelProto.parseFrom(bytes).toBuilder();
      var graph = model.getGraphBuilder();
      if (fault == Fault.BASE_SCORE) {
        var tensor = graph.getInitializerBuilder(0);
        byte[] raw = tensor.getRawData().toByteArray();
        raw[0] += 4;
        tensor.setRawData(com.google.protobuf.ByteString.copyFrom(raw));
        return model.build().toByteArray();
      }
      NodeProto.Builder trees =
          graph.getNodeBuilderList().stream()
              .filter(each -> each.getOpType().equals("TreeEnsembleRegressor"))
              .findFirst()
              .orElseThrow();
      Map<String, AttributeProto.Builder> attributes = new LinkedHashMap<>();
      trees.getAttributeBuilderList().forEach(each -> attributes.put(each.getName(), each));
      int nodes = attributes.get("nodes_modes").getStringsCount();
      int node = new SplittableRandom(seed).nextInt(nodes);
      while (attributes.get("nodes_modes").getStrings(node).toStringUtf8().equals("LEAF")) {
        node = (node + 1) % nodes;
      }
      var values = attributes.get("nodes_values");
      switch (fault) {
        case THRESHOLD_UP -> values.setFloats(node, Math.nextUp(values.getFloats(node)));
        case THRESHOLD_DOWN -> values.setFloats(node, Math.nextDown(values.getFloats(node)));
        case MISSING_DIRECTION -> {
          var missing = attributes.get("nodes_missing_value_tracks_true");
          missing.setInts(node, 1 - missing.getInts(node));
        }
        case SWAPPED_CHILDREN -> {
          var left = attributes.get("nodes_truenodeids");
          var right = attributes.get("nodes_falsenodeids");
          long first = left.getInts(node);
          left.setInts(node, right.getInts(node));
          right.setInts(node, first);
        }
        case OTHER_FEATURE -> {
          var features = attributes.get("nodes_featureids");
          features.setInts(node, (features.getInts(node) + 1) % NAMES.size());
        }
        case LEAF_VALUE -> {
          var weights = attributes.get("target_weights");
          int leaf = (int) (seed % weights.getFloatsCount());
          weights.setFloats(leaf, weights.getFloats(leaf) + 0.01f);
        }
        default -> throw new AssertionError(fault);
      }
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultyFileIsRefusedAndTheOldOneStays(Fault fault) throws IOException {
    Model model = trees(40, 5);
    Files.writeString(file, "what was there before");
    for (long seed = 1; seed <= 8; seed++) {
      long chosen = seed;
      UnaryOperator<byte[]> damage = bytes -> damage(bytes, fault, chosen);
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class,
              () -> new OnnxExporter(damage).export(model, rows, file, Progress.NONE),
              () -> fault + " with seed " + chosen + " went unnoticed");
      assertFalse(e.getMessage().contains("\n"));
      assertEquals("what was there before", Files.readString(file));
      assertEquals(List.of("model.onnx"), filesInFolder());
    }
  }

  @Test
  void theErrorNamesTreeNodeAndFeature() {
    Model model = trees(40, 5);
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () ->
                new OnnxExporter(bytes -> damage(bytes, Fault.THRESHOLD_UP, 3))
                    .export(model, rows, file, Progress.NONE));
    assertTrue(
        e.getMessage()
            .matches(
                "the exported ONNX file does not agree with the model: tree \\d+ gives leaf \\d+ instead of \\d+ on .*"),
        e.getMessage());
  }

  @Test
  void itIsFoundAsAPlugin() {
    Exporter exporter =
        PluginCatalog.load(
                List.of(new PluginCatalog.Source("test", "", OnnxExporter.class.getClassLoader())))
            .exporter("onnx");
    assertTrue(exporter.supports(trees(1, 1)));
    assertEquals(".onnx", exporter.extension());
  }
}
