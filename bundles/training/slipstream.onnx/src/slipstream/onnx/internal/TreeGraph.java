package slipstream.onnx.internal;

import static slipstream.onnx.internal.OnnxModels.INPUT;
import static slipstream.onnx.internal.OnnxModels.OUTPUT;
import static slipstream.onnx.internal.OnnxModels.integer;
import static slipstream.onnx.internal.OnnxModels.node;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.spi.Link;
import slipstream.onnx.internal.proto.AttributeProto;
import slipstream.onnx.internal.proto.AttributeProto.AttributeType;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.onnx.internal.proto.ModelProto;
import slipstream.onnx.internal.proto.NodeProto;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.RegressionTree;

/**
 * Boosted trees: one TreeEnsembleRegressor with a target for each tree, whose values CumSum adds from left to right.
 *
 * <p>A TreeEnsembleRegressor with one target would add the trees itself, in an order that depends on the number of
 * threads and rows. Where there is a link, it follows the sum.
 *
 * <p>The operator knows no sets of categories in a way that all runtimes do fast. So each set by which some split parts a
 * feature is a column more, {@code 0} for the categories that go left, {@code 1} for the others, NaN for those that are not
 * known: a row of a table, gathered by the category's number; and the split asks for {@code <= 0.5}.
 */
public final class TreeGraph {
  static final String OPERATOR = "TreeEnsembleRegressor";
  static final String LEAVES = "leaf_values";
  private static final String FEATURES = "features_float32";

  /** Above this the file would pass protobuf's 2 GiB. */
  private static final long MAX_NODES = 20_000_000;

  private TreeGraph() {}

  /**
   * @param model whose outputs, where there are several, are sorted into {@link OnnxModels#OUTPUTS}, and the headline of
   *     them is the prediction
   */
  public static GraphProto of(BoostedTreesModel model) {
    BoostedTrees all = together(model);
    int trees = all.trees().size();
    if (trees == 0) {
      return constant(model);
    }
    long nodes = all.trees().stream().mapToLong(RegressionTree::size).sum();
    if (nodes > MAX_NODES) {
      throw SlipstreamException.invalid(
          Text.format(
              "the model has %,d nodes, more than the %,d that an ONNX file can hold",
              nodes, MAX_NODES),
          "Train with fewer rounds or less depth.");
    }
    GraphProto.Builder graph = GraphProto.newBuilder();
    graph
        .setName("slipstream")
        .addInput(OnnxModels.input(all.features()))
        .addOutput(OnnxModels.output(OUTPUT, OnnxModels.FLOAT, 1))
        .addInitializer(OnnxModels.longs("axis", new long[] {1}))
        .addNode(node("Cast", List.of(INPUT), FEATURES, integer("to", OnnxModels.FLOAT)));
    CategorySets sets = CategorySets.of(all, model.categories());
    graph.addNode(ensemble(all, sets, sets.addTo(graph, FEATURES)));
    if (model.series().size() == 1) {
      series(graph, model.series().getFirst(), LEAVES, "", OUTPUT);
      return graph.build();
    }
    List<String> outputs = new ArrayList<>();
    int from = 0;
    for (int k = 0; k < model.series().size(); k++) {
      BoostedTrees series = model.series().get(k);
      int to = from + series.trees().size();
      String suffix = "_" + k;
      graph
          .addInitializer(OnnxModels.longs("from" + suffix, new long[] {from}, 1))
          .addInitializer(OnnxModels.longs("to" + suffix, new long[] {to}, 1))
          .addInitializer(OnnxModels.longs("columns" + suffix, new long[] {1}, 1))
          .addNode(
              node(
                  "Slice",
                  List.of(LEAVES, "from" + suffix, "to" + suffix, "columns" + suffix),
                  LEAVES + suffix));
      outputs.add("unsorted" + suffix);
      series(graph, series, LEAVES + suffix, suffix, outputs.getLast());
      from = to;
    }
    sorted(graph, outputs, model.headline());
    return graph.build();
  }

  /** All series in one, one after another; predicts nothing of use, but has every tree. */
  static BoostedTrees together(BoostedTreesModel model) {
    return BoostedTrees.together(model.series());
  }

  private static GraphProto constant(BoostedTreesModel model) {
    if (model.series().size() > 1) {
      throw SlipstreamException.invalid(
          "the model has no trees: its quantiles are constants", "Train with more rounds.");
    }
    BoostedTrees trees = model.trees();
    return ConstantGraph.of(trees.link().apply(trees.baseScore()));
  }

  /** From the leaf values of one series to its prediction. */
  private static void series(
      GraphProto.Builder graph, BoostedTrees series, String leaves, String suffix, String output) {
    boolean linked = series.link() != Link.IDENTITY;
    String score = linked ? "score" + suffix : output;
    graph
        .addInitializer(
            OnnxModels.floats("base_score" + suffix, new float[] {series.baseScore()}, 1))
        .addInitializer(
            OnnxModels.longs("last" + suffix, new long[] {series.trees().size() - 1}, 1))
        .addNode(node("CumSum", List.of(leaves, "axis"), "sums" + suffix))
        .addNode(
            node(
                "Gather",
                List.of("sums" + suffix, "last" + suffix),
                "sum" + suffix,
                integer("axis", 1)))
        .addNode(node("Add", List.of("sum" + suffix, "base_score" + suffix), score));
    if (linked) {
      link(graph, series.link());
    }
  }

  private static void sorted(GraphProto.Builder graph, List<String> outputs, int headline) {
    NodeProto sort =
        node(
                "TopK",
                List.of("unsorted", "outputs"),
                OnnxModels.OUTPUTS,
                integer("axis", 1),
                integer("largest", 0),
                integer("sorted", 1))
            .toBuilder()
            .addOutput("order")
            .build();
    graph
        .addOutput(OnnxModels.output(OnnxModels.OUTPUTS, OnnxModels.FLOAT, outputs.size()))
        .addInitializer(OnnxModels.longs("outputs", new long[] {outputs.size()}, 1))
        .addInitializer(OnnxModels.longs("headline", new long[] {headline}, 1))
        .addNode(node("Concat", outputs, "unsorted", integer("axis", 1)))
        .addNode(sort)
        .addNode(
            node("Gather", List.of(OnnxModels.OUTPUTS, "headline"), OUTPUT, integer("axis", 1)));
  }

  /** From the score to the prediction, in float64 as {@link Link#apply}. */
  private static void link(GraphProto.Builder graph, Link link) {
    boolean odds = link == Link.LOGIT;
    graph
        .addInitializer(OnnxModels.doubles("least_score", new double[] {-Link.LIMIT}))
        .addInitializer(OnnxModels.doubles("largest_score", new double[] {Link.LIMIT}))
        .addNode(node("Cast", List.of("score"), "score_float64", integer("to", OnnxModels.DOUBLE)))
        .addNode(node("Clip", List.of("score_float64", "least_score", "largest_score"), "clipped"));
    if (odds) {
      graph.addNode(node("Neg", List.of("clipped"), "negative"));
    }
    graph.addNode(node("Exp", List.of(odds ? "negative" : "clipped"), "exp"));
    if (odds) {
      graph
          .addInitializer(OnnxModels.doubles("one", new double[] {1}))
          .addNode(node("Add", List.of("exp", "one"), "inverse"))
          .addNode(node("Div", List.of("one", "inverse"), "probability"));
    }
    graph.addNode(
        node(
            "Cast",
            List.of(odds ? "probability" : "exp"),
            OUTPUT,
            integer("to", OnnxModels.FLOAT)));
  }

  private static NodeProto ensemble(BoostedTrees model, CategorySets sets, String input) {
    Attribute treeIds = new Attribute("nodes_treeids", AttributeType.INTS);
    Attribute nodeIds = new Attribute("nodes_nodeids", AttributeType.INTS);
    Attribute features = new Attribute("nodes_featureids", AttributeType.INTS);
    Attribute modes = new Attribute("nodes_modes", AttributeType.STRINGS);
    Attribute thresholds = new Attribute("nodes_values", AttributeType.FLOATS);
    Attribute lefts = new Attribute("nodes_truenodeids", AttributeType.INTS);
    Attribute rights = new Attribute("nodes_falsenodeids", AttributeType.INTS);
    Attribute missing = new Attribute("nodes_missing_value_tracks_true", AttributeType.INTS);
    Attribute leafTrees = new Attribute("target_treeids", AttributeType.INTS);
    Attribute leafNodes = new Attribute("target_nodeids", AttributeType.INTS);
    Attribute targets = new Attribute("target_ids", AttributeType.INTS);
    Attribute weights = new Attribute("target_weights", AttributeType.FLOATS);
    ByteString branch = ByteString.copyFromUtf8("BRANCH_LEQ");
    ByteString leaf = ByteString.copyFromUtf8("LEAF");
    for (int t = 0; t < model.trees().size(); t++) {
      RegressionTree tree = model.trees().get(t);
      for (int n = 0; n < tree.size(); n++) {
        boolean end = tree.isLeaf(n);
        treeIds.add(t);
        nodeIds.add(n);
        boolean set = tree.categories(n) != null;
        features.add(end ? 0 : set ? sets.column(tree, n) : tree.feature(n));
        modes.add(end ? leaf : branch);
        thresholds.add(end ? 0 : set ? CategorySets.THRESHOLD : tree.threshold(n));
        lefts.add(end ? 0 : tree.left(n));
        rights.add(end ? 0 : tree.right(n));
        missing.add(!end && tree.missingLeft(n) ? 1 : 0);
        if (end) {
          leafTrees.add(t);
          leafNodes.add(n);
          targets.add(t);
          weights.add(tree.value(n));
        }
      }
    }
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(integer("n_targets", model.trees().size()));
    for (Attribute each :
        List.of(
            treeIds,
            nodeIds,
            features,
            modes,
            thresholds,
            lefts,
            rights,
            missing,
            leafTrees,
            leafNodes,
            targets,
            weights)) {
      attributes.add(each.builder.build());
    }
    return node(OPERATOR, List.of(input), LEAVES, attributes.toArray(AttributeProto[]::new))
        .toBuilder()
        .setDomain(OnnxModels.ML)
        .build();
  }

  /** A list attribute being filled. */
  private static final class Attribute {
    final AttributeProto.Builder builder = AttributeProto.newBuilder();

    Attribute(String name, AttributeType type) {
      builder.setName(name).setType(type);
    }

    void add(long value) {
      builder.addInts(value);
    }

    void add(float value) {
      builder.addFloats(value);
    }

    void add(ByteString value) {
      builder.addStrings(value);
    }
  }

  /** How many trees a written model holds; 0 when it is a constant. */
  static int trees(ModelProto written) {
    NodeProto ensemble = ensemble(written);
    return ensemble == null
        ? 0
        : Math.toIntExact(ensemble.getAttribute(index(ensemble, "n_targets")).getI());
  }

  /**
   * Trees [from, to) of a written model, with the leaf's number for its value and no sum: what proves that a row reaches
   * the same leaf.
   */
  static ModelProto leaves(ModelProto written, int from, int to) {
    NodeProto ensemble = ensemble(written);
    List<Long> nodeTrees = ensemble.getAttribute(index(ensemble, "nodes_treeids")).getIntsList();
    List<Long> leafTrees = ensemble.getAttribute(index(ensemble, "target_treeids")).getIntsList();
    List<Long> leafNodes = ensemble.getAttribute(index(ensemble, "target_nodeids")).getIntsList();
    NodeProto.Builder numbered = ensemble.toBuilder().clearAttribute();
    for (AttributeProto attribute : ensemble.getAttributeList()) {
      String name = attribute.getName();
      AttributeProto.Builder part = attribute.toBuilder().clearInts().clearFloats().clearStrings();
      if (name.equals("n_targets")) {
        part.setI(to - from);
      } else {
        List<Long> treeOf = name.startsWith("nodes_") ? nodeTrees : leafTrees;
        boolean treeNumbers = name.endsWith("_treeids") || name.equals("target_ids");
        for (int i = 0; i < treeOf.size(); i++) {
          if (treeOf.get(i) < from || treeOf.get(i) >= to) {
            continue;
          }
          if (name.equals("target_weights")) {
            // A float holds these exactly: a tree of depth 16 has fewer than 2^17 nodes.
            part.addFloats(leafNodes.get(i));
          } else if (attribute.getIntsCount() > 0) {
            part.addInts(attribute.getInts(i) - (treeNumbers ? from : 0));
          } else if (attribute.getFloatsCount() > 0) {
            part.addFloats(attribute.getFloats(i));
          } else {
            part.addStrings(attribute.getStrings(i));
          }
        }
      }
      numbered.addAttribute(part);
    }
    GraphProto.Builder graph = written.getGraph().toBuilder();
    graph.clearNode().clearOutput().clearInitializer();
    Set<String> used = new HashSet<>();
    for (NodeProto before : written.getGraph().getNodeList()) {
      if (before.getOpType().equals(OPERATOR)) {
        break;
      }
      graph.addNode(before);
      used.addAll(before.getInputList());
    }
    written.getGraph().getInitializerList().stream()
        .filter(each -> used.contains(each.getName()))
        .forEach(graph::addInitializer);
    graph.addNode(numbered);
    graph.addOutput(OnnxModels.output(LEAVES, OnnxModels.FLOAT, to - from));
    return written.toBuilder().setGraph(graph).build();
  }

  private static NodeProto ensemble(ModelProto written) {
    for (NodeProto node : written.getGraph().getNodeList()) {
      if (node.getOpType().equals(OPERATOR)) {
        return node;
      }
    }
    return null;
  }

  private static int index(NodeProto node, String attribute) {
    for (int i = 0; i < node.getAttributeCount(); i++) {
      if (node.getAttribute(i).getName().equals(attribute)) {
        return i;
      }
    }
    throw new IllegalArgumentException("the written model has no " + attribute);
  }
}
