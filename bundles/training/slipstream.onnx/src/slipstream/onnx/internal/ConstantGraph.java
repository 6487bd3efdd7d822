package slipstream.onnx.internal;

import static slipstream.onnx.internal.OnnxModels.INPUT;
import static slipstream.onnx.internal.OnnxModels.OUTPUT;
import static slipstream.onnx.internal.OnnxModels.node;

import java.util.List;
import slipstream.onnx.internal.proto.AttributeProto;
import slipstream.onnx.internal.proto.AttributeProto.AttributeType;
import slipstream.onnx.internal.proto.GraphProto;

/** One number for every row, whatever its features. */
public final class ConstantGraph {
  private ConstantGraph() {}

  public static GraphProto of(float value) {
    AttributeProto fill =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeType.TENSOR)
            .setT(OnnxModels.floats("value", new float[] {value}, 1))
            .build();
    return GraphProto.newBuilder()
        .setName("slipstream")
        .addInput(OnnxModels.input(-1))
        .addOutput(OnnxModels.output(OUTPUT, OnnxModels.FLOAT, 1))
        .addInitializer(OnnxModels.longs("first", new long[] {0}, 1))
        .addInitializer(OnnxModels.longs("one", new long[] {1}, 1))
        .addNode(node("Shape", List.of(INPUT), "shape"))
        .addNode(node("Gather", List.of("shape", "first"), "rows"))
        .addNode(
            node("Concat", List.of("rows", "one"), "result_shape", OnnxModels.integer("axis", 0)))
        .addNode(node("ConstantOfShape", List.of("result_shape"), OUTPUT, fill))
        .build();
  }
}
