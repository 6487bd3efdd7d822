package slipstream.data.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;

/** The file of a data set's true parameters. */
final class TruthJson {
  /** Raised when the same seed gives other rows, or the file other fields. */
  static final int VERSION = 2;

  private TruthJson() {}

  static byte[] bytes(GenerateOptions options, DayGenerator generator) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeStringField("kind", options.kind().name().toLowerCase(Locale.ROOT));
      json.writeNumberField("rows", options.rows());
      json.writeNumberField("seed", options.seed());
      json.writeNumberField("noise", options.noise());
      json.writeBooleanField("dirty", options.dirty());
      json.writeBooleanField("endogenous", options.endogenous());
      generator.truth(json);
      json.writeArrayFieldStart("columns");
      for (GeneratedColumn column : generator.columns()) {
        json.writeStartObject();
        json.writeStringField("name", column.name());
        json.writeStringField("unit", column.unit());
        json.writeStringField("description", column.description());
        json.writeBooleanField("truth", column.truth());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A record of numbers and arrays of numbers as an object, its components in snake_case. */
  static void record(JsonGenerator json, String field, Record record) throws IOException {
    json.writeObjectFieldStart(field);
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String name = component.getName().replaceAll("([a-z])([A-Z])", "$1_$2");
      name = name.toLowerCase(Locale.ROOT);
      Object value;
      try {
        value = component.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      switch (value) {
        case Double number -> json.writeNumberField(name, number);
        case double[] numbers -> numbers(json, name, numbers);
        default -> throw new IllegalStateException(name);
      }
    }
    json.writeEndObject();
  }

  /**
   * @param field null inside an array
   */
  static void numbers(JsonGenerator json, String field, double[] values) throws IOException {
    if (field != null) {
      json.writeFieldName(field);
    }
    json.writeArray(values, 0, values.length);
  }
}
