package slipstream.services.internal;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.FeatureRows;
import slipstream.services.internal.Pipeline.LoadedModel;
import slipstream.store.ModelRecord;

/** Rows of a model's inputs as a request gives them: one object each, input name to number, text or null. */
final class InputRows {
  private InputRows() {}

  /** Rows as columns in the order of the model's inputs. */
  static FeatureMatrix matrix(LoadedModel model, List<Struct> rows) {
    List<ModelRecord.Input> inputs = model.inputs();
    FeatureRows matrix =
        new FeatureRows(inputs.stream().map(ModelRecord.Input::name).toList(), rows.size());
    for (int r = 0; r < rows.size(); r++) {
      Map<String, Value> row = rows.get(r).getFieldsMap();
      int found = 0;
      for (int c = 0; c < inputs.size(); c++) {
        String name = inputs.get(c).name();
        Value value = row.get(name);
        if (value == null) {
          throw SlipstreamException.invalid(
              "input '" + name + "' is missing",
              Place.key("rows[" + r + "]." + name),
              "Give a "
                  + (model.categorical(c) ? "text" : "number")
                  + ", or null when it is unknown. Inputs: "
                  + names(inputs)
                  + ".");
        }
        if (model.categorical(c)) {
          String category = category(value, name, r);
          if (category != null) {
            matrix.set(r, c, category);
          }
        } else {
          matrix.set(r, c, number(value, name, r));
        }
        found++;
      }
      if (found < row.size()) {
        throw unknown(inputs, row, r);
      }
    }
    return matrix.matrix();
  }

  /** Null when it is unknown. */
  private static String category(Value value, String name, int row) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case NUMBER_VALUE -> FeatureRows.category(value.getNumberValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NULL_VALUE -> null;
      case STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET ->
          throw SlipstreamException.invalid(
              "it is no text",
              Place.key("rows[" + row + "]." + name),
              "Give a text, or null when it is unknown.");
    };
  }

  private static double number(Value value, String name, int row) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        if (Double.isInfinite(number)) {
          throw wrong("an infinite value is not possible", name, row);
        }
        yield number;
      }
      case NULL_VALUE -> Double.NaN;
      case STRING_VALUE -> {
        // As protobuf's JSON writes it.
        if (value.getStringValue().equals("NaN")) {
          yield Double.NaN;
        }
        throw wrong("\"" + value.getStringValue() + "\" is not a number", name, row);
      }
      case BOOL_VALUE -> throw wrong(value.getBoolValue() + " is not a number", name, row);
      case STRUCT_VALUE -> throw wrong("an object is not a number", name, row);
      case LIST_VALUE -> throw wrong("a list is not a number", name, row);
      case KIND_NOT_SET -> throw wrong("a value is missing", name, row);
    };
  }

  private static SlipstreamException wrong(String what, String name, int row) {
    return SlipstreamException.invalid(
        what,
        Place.key("rows[" + row + "]." + name),
        "Give a finite number, or null when it is unknown.");
  }

  private static SlipstreamException unknown(
      List<ModelRecord.Input> inputs, Map<String, Value> row, int index) {
    List<String> known = inputs.stream().map(ModelRecord.Input::name).toList();
    String name =
        row.keySet().stream().filter(each -> !known.contains(each)).sorted().findFirst().orElse("");
    return SlipstreamException.invalid(
        "the model has no input '" + name + "'",
        Place.key("rows[" + index + "]." + name),
        "Inputs: " + names(inputs) + ".");
  }

  private static String names(List<ModelRecord.Input> inputs) {
    return String.join(", ", inputs.stream().map(ModelRecord.Input::name).toList());
  }
}
