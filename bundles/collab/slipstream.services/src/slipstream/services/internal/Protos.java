package slipstream.services.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.progress.Progress;
import slipstream.core.table.Field;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Severity;
import slipstream.store.DatasetRecord;

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

  /** The other way round. */
  static Struct struct(Map<String, ?> values) {
    Struct.Builder struct = Struct.newBuilder();
    values.forEach((name, value) -> struct.putFields(name, proto(value)));
    return struct.build();
  }

  static Value proto(Object value) {
    return switch (value) {
      case null -> nullValue();
      case Number number -> Value.newBuilder().setNumberValue(number.doubleValue()).build();
      case Boolean truth -> Value.newBuilder().setBoolValue(truth).build();
      case Map<?, ?> map -> {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((name, each) -> struct.putFields(String.valueOf(name), proto(each)));
        yield Value.newBuilder().setStructValue(struct).build();
      }
      case Collection<?> list ->
          Value.newBuilder()
              .setListValue(
                  ListValue.newBuilder().addAllValues(list.stream().map(Protos::proto).toList()))
              .build();
      default -> Value.newBuilder().setStringValue(value.toString()).build();
    };
  }

  static Severity severity(Progress.Severity severity) {
    return switch (severity) {
      case INFO -> Severity.SEVERITY_INFO;
      case WARNING -> Severity.SEVERITY_WARNING;
      case ERROR -> Severity.SEVERITY_ERROR;
    };
  }

  /** How a dataset was imported, as the store keeps it. */
  static DatasetRecord.Origin origin(String importer, Map<String, ?> parameters, Path base) {
    try {
      return new DatasetRecord.Origin(
          importer,
          JsonFormat.printer().omittingInsignificantWhitespace().print(struct(parameters)),
          base.toString());
    } catch (InvalidProtocolBufferException e) {
      return DatasetRecord.Origin.UNKNOWN;
    }
  }

  /** The parameters of an import as the store keeps them. */
  static Struct parameters(DatasetRecord.Origin origin) {
    Struct.Builder struct = Struct.newBuilder();
    if (!origin.parameters().isEmpty()) {
      try {
        JsonFormat.parser().merge(origin.parameters(), struct);
      } catch (InvalidProtocolBufferException e) {
        return Struct.getDefaultInstance();
      }
    }
    return struct.build();
  }

  static Value nullValue() {
    return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
  }
}
