package slipstream.onnx.internal;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import slipstream.core.Text;
import slipstream.core.spi.Model;
import slipstream.onnx.internal.proto.AttributeProto;
import slipstream.onnx.internal.proto.AttributeProto.AttributeType;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.onnx.internal.proto.ModelProto;
import slipstream.onnx.internal.proto.NodeProto;
import slipstream.onnx.internal.proto.OperatorSetIdProto;
import slipstream.onnx.internal.proto.StringStringEntryProto;
import slipstream.onnx.internal.proto.TensorProto;
import slipstream.onnx.internal.proto.TensorShapeProto;
import slipstream.onnx.internal.proto.TensorShapeProto.Dimension;
import slipstream.onnx.internal.proto.TypeProto;
import slipstream.onnx.internal.proto.ValueInfoProto;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.Categories;

/** Shorthand for ONNX messages. */
public final class OnnxModels {
  public static final String INPUT = "features";
  public static final String OUTPUT = "prediction";

  /** All outputs of a model of several. */
  public static final String OUTPUTS = "all_outputs";

  static final String ML = "ai.onnx.ml";

  static final int FLOAT = 1;
  static final int INT64 = 7;
  static final int DOUBLE = 11;

  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final int ML_OPSET = 3;

  private OnnxModels() {}

  /** A model around a graph; the metadata comes first in its own order, then what every export has. */
  public static ModelProto model(
      GraphProto graph, Model model, SequencedMap<String, String> metadata) {
    ModelProto.Builder result =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("slipstream")
            .setGraph(graph)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(ML).setVersion(ML_OPSET));
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (!entry.getKey().equals(INPUT) && !entry.getKey().equals("trainer")) {
        result.addMetadataProps(entry(entry.getKey(), entry.getValue()));
      }
    }
    result.addMetadataProps(entry("trainer", model.trainer()));
    result.addMetadataProps(entry(INPUT, json(model.features())));
    if (model instanceof BoostedTreesModel trees) {
      for (int f = 0; f < trees.categories().size(); f++) {
        if (trees.categories().get(f).count() > 0) {
          result.addMetadataProps(
              entry("categories." + model.features().get(f), json(trees.categories().get(f))));
        }
      }
    }
    if (model.outputs().size() > 1) {
      List<String> names = model.outputs().stream().map(Model.Output::name).toList();
      result.addMetadataProps(entry(OUTPUTS, json(names)));
    }
    return result.build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** A JSON array of strings. */
  private static String json(List<String> words) {
    return words.stream().map(OnnxModels::quoted).collect(Collectors.joining(",", "[", "]"));
  }

  /** A JSON object: numbers by name. */
  private static String json(Categories categories) {
    List<String> names = categories.names();
    return IntStream.range(0, names.size())
        .mapToObj(k -> quoted(names.get(k)) + ":" + categories.number(k))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quoted(String word) {
    StringBuilder text = new StringBuilder("\"");
    for (char c : word.toCharArray()) {
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < 0x20) {
        text.append(Text.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }

  /** A graph's input: rows x features; the number of features is free when negative. */
  static ValueInfoProto input(int features) {
    Dimension columns =
        features < 0
            ? Dimension.newBuilder().setDimParam("features").build()
            : Dimension.newBuilder().setDimValue(features).build();
    return value(INPUT, DOUBLE, columns);
  }

  static ValueInfoProto output(String name, int type, int columns) {
    return value(name, type, Dimension.newBuilder().setDimValue(columns).build());
  }

  private static ValueInfoProto value(String name, int type, Dimension columns) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(Dimension.newBuilder().setDimParam("rows"))
            .addDim(columns)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }

  static NodeProto node(
      String operator, List<String> inputs, String output, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .addAllInput(inputs)
        .addOutput(output)
        .setName(output)
        .setOpType(operator)
        .addAllAttribute(List.of(attributes))
        .build();
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static TensorProto doubles(String name, double[] values, long... dims) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    raw.asDoubleBuffer().put(values);
    return tensor(name, DOUBLE, raw, dims);
  }

  static TensorProto floats(String name, float[] values, long... dims) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor(name, FLOAT, raw, dims);
  }

  static TensorProto longs(String name, long[] values, long... dims) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return tensor(name, INT64, raw, dims);
  }

  private static TensorProto tensor(String name, int type, ByteBuffer raw, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDataType(type)
            .setName(name)
            .setRawData(ByteString.copyFrom(raw.array()));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }
}
