package slipstream.services.internal;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.table.Field;
import slipstream.proto.v1.Column;

/** Between the store's and the pipeline's words and the protocol's. */
final class Protos {
  private static final double WHOLE = 0x1p53;

  private Protos() {}

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }

  static Column column(Field field) {
    return Column.newBuilder()
        .setName(field.name())
        .setType(field.type().name())
        .setUnit(field.unit())
        .setDescription(field.description())
        .build();
  }

  /** What a YAML reader would give for the same values: whole numbers are Long. */
  static Map<String, Object> values(Struct struct) {
    Map<String, Object> values = new LinkedHashMap<>();
    struct.getFieldsMap().forEach((name, value) -> values.put(name, value(value)));
    return values;
  }

  private static Object value(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case STRUCT_VALUE -> values(value.getStructValue());
      case LIST_VALUE -> list(value.getListValue());
      case NULL_VALUE, KIND_NOT_SET -> null;
    };
  }

  private static Object number(double number) {
    if (number == Math.rint(number) && Math.abs(number) < WHOLE) {
      return (long) number;
    }
    return number;
  }

  private static List<Object> list(ListValue list) {
    List<Object> values = new ArrayList<>();
    list.getValuesList().forEach(each -> values.add(value(each)));
    return values;
  }

  static Value nullValue() {
    return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
  }
}
