package slipstream.onnx.internal;

import static slipstream.onnx.internal.OnnxModels.INPUT;
import static slipstream.onnx.internal.OnnxModels.OUTPUT;
import static slipstream.onnx.internal.OnnxModels.integer;
import static slipstream.onnx.internal.OnnxModels.node;

import java.util.List;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.training.linear.LinearModel;

/**
 * A linear model in float64: the terms of a row, the intercept before them, added from left to right by CumSum.
 *
 * <p>A matrix product would be free to add in any order; CumSum is not, so that the sum has the model's own bits.
 */
public final class LinearGraph {
  private LinearGraph() {}

  public static GraphProto of(LinearModel model) {
    int features = model.features().size();
    if (features == 0) {
      return ConstantGraph.of((float) model.intercept());
    }
    return GraphProto.newBuilder()
        .setName("slipstream")
        .addInput(OnnxModels.input(features))
        .addOutput(OnnxModels.output(OUTPUT, OnnxModels.FLOAT, 1))
        .addInitializer(OnnxModels.doubles("means", model.means(), 1, features))
        .addInitializer(OnnxModels.doubles("coefficients", model.slopes(), 1, features))
        .addInitializer(OnnxModels.doubles("missing", model.missing(), 1, features))
        .addInitializer(OnnxModels.doubles("intercept", new double[] {model.intercept()}, 1, 1))
        .addInitializer(OnnxModels.longs("first", new long[] {0}, 1))
        .addInitializer(OnnxModels.longs("last", new long[] {features}, 1))
        .addInitializer(OnnxModels.longs("axis", new long[] {1}))
        .addNode(node("IsNaN", List.of(INPUT), "is_nan"))
        .addNode(node("IsInf", List.of(INPUT), "is_infinite"))
        .addNode(node("Or", List.of("is_nan", "is_infinite"), "is_missing"))
        .addNode(node("Sub", List.of(INPUT, "means"), "centred"))
        .addNode(node("Mul", List.of("coefficients", "centred"), "known_terms"))
        .addNode(node("Where", List.of("is_missing", "missing", "known_terms"), "terms"))
        // The intercept once for each row.
        .addNode(node("Gather", List.of("is_missing", "first"), "any_flag", integer("axis", 1)))
        .addNode(node("Where", List.of("any_flag", "intercept", "intercept"), "intercepts"))
        .addNode(node("Concat", List.of("intercepts", "terms"), "summands", integer("axis", 1)))
        .addNode(node("CumSum", List.of("summands", "axis"), "sums"))
        .addNode(node("Gather", List.of("sums", "last"), "sum", integer("axis", 1)))
        .addNode(node("Cast", List.of("sum"), OUTPUT, integer("to", OnnxModels.FLOAT)))
        .build();
  }
}
