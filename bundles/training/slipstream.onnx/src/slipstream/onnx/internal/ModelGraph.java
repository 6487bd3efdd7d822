package slipstream.onnx.internal;

import static slipstream.onnx.internal.OnnxModels.INPUT;
import static slipstream.onnx.internal.OnnxModels.OUTPUT;
import static slipstream.onnx.internal.OnnxModels.integer;
import static slipstream.onnx.internal.OnnxModels.node;

import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Model;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.onnx.internal.proto.NodeProto;
import slipstream.onnx.internal.proto.TensorProto;
import slipstream.training.baseline.BaselineModel;
import slipstream.training.baseline.FeatureModel;
import slipstream.training.ensemble.EnsembleModel;
import slipstream.training.linear.LinearModel;
import slipstream.training.trees.BoostedTreesModel;

/** The graph of a model of any kind that has one. */
public final class ModelGraph {
  private ModelGraph() {}

  /** Whether there is a graph for models of this kind. */
  public static boolean knows(Model model) {
    return model instanceof BoostedTreesModel
        || model instanceof LinearModel
        || model instanceof BaselineModel
        || model instanceof FeatureModel
        || model instanceof EnsembleModel
            && model.members().values().stream().allMatch(ModelGraph::knowsMember);
  }

  /** Members number categories each in its own way, and the one input has one numbering. */
  private static boolean knowsMember(Model member) {
    return knows(member)
        && IntStream.range(0, member.features().size())
            .allMatch(feature -> member.categories(feature).isEmpty());
  }

  /**
   * @throws SlipstreamException when there is none
   */
  public static GraphProto of(Model model) {
    return switch (model) {
      case BoostedTreesModel trees -> TreeGraph.of(trees);
      case LinearModel linear -> LinearGraph.of(linear);
      case BaselineModel baseline -> ConstantGraph.of((float) baseline.value());
      case FeatureModel feature -> feature(feature);
      case EnsembleModel ensemble -> ensemble(ensemble);
      default ->
          throw SlipstreamException.invalid(
              "a model of trainer '" + model.trainer() + "' has no ONNX form here",
              "Export boosted-trees, ridge, lasso, elastic-net or baseline models, or what combines"
                  + " them.");
    };
  }

  /** A column, and a constant where it is not finite. */
  private static GraphProto feature(FeatureModel model) {
    return GraphProto.newBuilder()
        .setName("slipstream")
        .addInput(OnnxModels.input(model.features().size()))
        .addOutput(OnnxModels.output(OUTPUT, OnnxModels.FLOAT, 1))
        .addInitializer(OnnxModels.longs("column", new long[] {model.column()}, 1))
        .addInitializer(OnnxModels.doubles("otherwise", new double[] {model.otherwise()}, 1, 1))
        .addNode(node("Gather", List.of(INPUT, "column"), "value", integer("axis", 1)))
        .addNode(node("IsNaN", List.of("value"), "is_nan"))
        .addNode(node("IsInf", List.of("value"), "is_infinite"))
        .addNode(node("Or", List.of("is_nan", "is_infinite"), "is_missing"))
        .addNode(node("Where", List.of("is_missing", "otherwise", "value"), "known"))
        .addNode(node("Cast", List.of("known"), OUTPUT, integer("to", OnnxModels.FLOAT)))
        .build();
  }

  /**
   * The members' graphs side by side on one input, each under a prefix of its own; their float32 predictions times their
   * weights are added one by one in float64, as the model does.
   */
  private static GraphProto ensemble(EnsembleModel model) {
    GraphProto.Builder graph = GraphProto.newBuilder();
    int features = model.features().size();
    graph
        .setName("slipstream")
        .addInput(OnnxModels.input(features == 0 ? -1 : features))
        .addOutput(OnnxModels.output(OUTPUT, OnnxModels.FLOAT, 1))
        .addInitializer(OnnxModels.doubles("intercept", new double[] {model.intercept()}, 1, 1));
    String sum = "intercept";
    double[] weights = model.weights();
    int m = 0;
    for (Model member : model.members().values()) {
      String prefix = "member" + m + "/";
      add(graph, of(member), prefix);
      // Their names have no slash, so that none is a member's.
      String predicted = "predicted_" + m;
      String weight = "weight_" + m;
      String term = "term_" + m;
      String next = "sum_" + m;
      graph
          .addInitializer(OnnxModels.doubles(weight, new double[] {weights[m]}, 1, 1))
          .addNode(
              node("Cast", List.of(prefix + OUTPUT), predicted, integer("to", OnnxModels.DOUBLE)))
          .addNode(node("Mul", List.of(weight, predicted), term))
          .addNode(node("Add", List.of(sum, term), next));
      sum = next;
      m++;
    }
    return graph
        .addNode(node("Cast", List.of(sum), OUTPUT, integer("to", OnnxModels.FLOAT)))
        .build();
  }

  private static void add(GraphProto.Builder graph, GraphProto member, String prefix) {
    for (TensorProto each : member.getInitializerList()) {
      graph.addInitializer(each.toBuilder().setName(prefix + each.getName()));
    }
    for (NodeProto each : member.getNodeList()) {
      NodeProto.Builder renamed =
          each.toBuilder().clearInput().clearOutput().setName(prefix + each.getName());
      each.getInputList()
          .forEach(name -> renamed.addInput(name.equals(INPUT) ? name : prefix + name));
      each.getOutputList().forEach(name -> renamed.addOutput(prefix + name));
      graph.addNode(renamed);
    }
  }
}
