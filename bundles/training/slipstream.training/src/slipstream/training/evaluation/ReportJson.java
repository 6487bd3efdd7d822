package slipstream.training.evaluation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import slipstream.core.SlipstreamException;

/**
 * Reports as JSON, UTF-8: the records' components in order; a number that is not defined (NaN) is
 * null.
 */
public final class ReportJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(numbers())
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxDocumentLength(1L << 28)
                .maxNestingDepth(50)
                .build());
  }

  private ReportJson() {}

  public static byte[] write(Report report) {
    try {
      return (MAPPER.writeValueAsString(report) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In one line, for a script element: {@code <}, {@code >} and {@code &} are escaped. */
  public static String inline(Report report) {
    try {
      return MAPPER
          .writer()
          .without(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(report)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param name what to call it in errors
   * @throws SlipstreamException CORRUPT when it is no report
   */
  public static Report read(byte[] bytes, String name) {
    try {
      Report report = MAPPER.readValue(bytes, Report.class);
      if (report == null || report.targets() == null || report.warnings() == null) {
        throw SlipstreamException.corrupt(name + " is not a report", "Run the experiment again.");
      }
      return report;
    } catch (IOException e) {
      throw SlipstreamException.corrupt(name + " is not a report", "Run the experiment again.");
    }
  }

  private static SimpleModule numbers() {
    SimpleModule module = new SimpleModule();
    JsonSerializer<Double> serializer =
        new JsonSerializer<>() {
          @Override
          public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            if (Double.isFinite(value)) {
              out.writeNumber(value);
            } else {
              out.writeNull();
            }
          }
        };
    JsonDeserializer<Double> deserializer =
        new JsonDeserializer<>() {
          @Override
          public Double deserialize(JsonParser in, DeserializationContext context)
              throws IOException {
            return in.getDoubleValue();
          }

          @Override
          public Double getNullValue(DeserializationContext context) {
            return Double.NaN;
          }
        };
    module.addSerializer(Double.class, serializer);
    module.addSerializer(double.class, serializer);
    module.addDeserializer(Double.class, deserializer);
    module.addDeserializer(double.class, deserializer);
    return module;
  }
}
