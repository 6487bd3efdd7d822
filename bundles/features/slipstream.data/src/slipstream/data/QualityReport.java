package slipstream.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import slipstream.core.Text;
import slipstream.core.progress.Progress.Severity;

/**
 * What is odd about a table, by column and over all.
 *
 * @param rows rows of the table
 * @param columns one entry per column, in the table's order
 * @param findings in the order of the checks; empty when nothing is odd
 */
public record QualityReport(long rows, List<ColumnQuality> columns, List<Finding> findings) {
  public QualityReport {
    columns = List.copyOf(columns);
    findings = List.copyOf(findings);
  }

  /**
   * Statistics of a column. Minimum to median are of its finite values; NaN where there are none, and for text.
   *
   * @param distinct different values of text and whole numbers; -1 when not counted
   * @param std sample standard deviation (n - 1)
   * @param median the mean of the middle two for an even count
   */
  public record ColumnQuality(
      String name,
      String type,
      String unit,
      long nulls,
      long nans,
      long infinities,
      long zeros,
      long negatives,
      long distinct,
      double min,
      double max,
      double mean,
      double std,
      double median) {}

  /**
   * One kind of defect and how often it occurs.
   *
   * @param kind short name, such as {@code duplicate_time}; {@link DataQuality} lists them
   * @param column the column concerned, or an empty string
   * @param count rows, unless the message says otherwise
   * @param message for people, with an example
   */
  public record Finding(
      String kind, Severity severity, String column, long count, String message) {}

  /** The findings of a kind. */
  public List<Finding> findings(String kind) {
    return findings.stream().filter(each -> each.kind.equals(kind)).toList();
  }

  /** How many rows the findings of a kind concern. */
  public long count(String kind) {
    return findings(kind).stream().mapToLong(Finding::count).sum();
  }

  /** The statistics of a column, or null. */
  public ColumnQuality column(String name) {
    return columns.stream().filter(each -> each.name.equals(name)).findFirst().orElse(null);
  }

  /** The report as one JSON object; numbers that JSON does not have are null. */
  public String toJson() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("rows", rows);
      json.writeArrayFieldStart("columns");
      for (ColumnQuality column : columns) {
        write(json, column);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("findings");
      for (Finding finding : findings) {
        json.writeStartObject();
        json.writeStringField("kind", finding.kind);
        json.writeStringField("severity", finding.severity.name());
        json.writeStringField("column", finding.column);
        json.writeNumberField("count", finding.count);
        json.writeStringField("message", finding.message);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.append('\n').toString();
  }

  private static void write(JsonGenerator json, ColumnQuality column) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", column.name);
    json.writeStringField("type", column.type);
    json.writeStringField("unit", column.unit);
    json.writeNumberField("nulls", column.nulls);
    json.writeNumberField("nans", column.nans);
    json.writeNumberField("infinities", column.infinities);
    json.writeNumberField("zeros", column.zeros);
    json.writeNumberField("negatives", column.negatives);
    json.writeNumberField("distinct", column.distinct);
    write(json, "min", column.min);
    write(json, "max", column.max);
    write(json, "mean", column.mean);
    write(json, "std", column.std);
    write(json, "median", column.median);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeNullField(name);
    }
  }

  /** The report for a terminal: a line per column, a line per finding. */
  public String toText() {
    StringBuilder text =
        new StringBuilder(Text.format("%,d rows, %d columns%n", rows, columns.size()));
    int width = Math.max(6, columns.stream().mapToInt(each -> each.name.length()).max().orElse(0));
    String form = "%-" + width + "s  %-9s %10s %9s %9s %11s %11s %11s %11s%n";
    text.append(
        Text.format(
            form, "column", "type", "nulls", "zeros", "negative", "min", "median", "max", "std"));
    for (ColumnQuality column : columns) {
      text.append(
          Text.format(
              form,
              column.name,
              column.type.toLowerCase(Locale.ROOT),
              column.nulls + column.nans,
              column.zeros,
              column.negatives,
              number(column, column.min),
              number(column, column.median),
              number(column, column.max),
              number(column, column.std)));
    }
    if (findings.isEmpty()) {
      text.append(Text.format("Nothing odd was found.%n"));
    }
    for (Finding finding : findings) {
      text.append(
          Text.format(
              "%-7s %s%s: %s%n",
              finding.severity,
              finding.kind,
              finding.column.isEmpty() ? "" : " (" + finding.column + ")",
              finding.message));
    }
    return text.toString();
  }

  private static String number(ColumnQuality column, double value) {
    boolean none = Double.isNaN(value) || column.type.equals("TIMESTAMP");
    return none ? "" : Text.format("%.5g", value);
  }
}
