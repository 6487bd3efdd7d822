package slipstream.services.internal;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.ImportPreview.PreviewColumn;
import slipstream.core.table.ColumnType;
import slipstream.data.FileKeys;
import slipstream.proto.v1.PreviewImportResponse;

/** Previews of imports in the protocol's words. */
final class ImportPreviews {
  /** Names of time columns, the likeliest first. */
  private static final List<String> TIMES =
      List.of("time", "timestamp", "ts", "datetime", "date_time", "t", "date", "bar_time", "dt");

  /** Names of instrument columns, the likeliest first. */
  private static final List<String> INSTRUMENTS =
      List.of(
          "instrument",
          "symbol",
          "sym",
          "ticker",
          "ric",
          "isin",
          "cusip",
          "figi",
          "sedol",
          "pair",
          "security",
          "secid",
          "bond",
          "contract",
          "sym_root",
          "name");

  private ImportPreviews() {}

  static PreviewImportResponse.Builder toProto(String importer, ImportPreview preview) {
    PreviewImportResponse.Builder response =
        PreviewImportResponse.newBuilder()
            .setImporter(importer)
            .addAllFiles(preview.files())
            .setRows(preview.rows())
            .setTotalRows(preview.totalRows())
            .setTimeColumn(preview.timeColumn())
            .setInstrumentColumn(preview.instrumentColumn())
            .addAllNotes(preview.notes());
    for (PreviewColumn column : preview.columns()) {
      ListValue.Builder values = ListValue.newBuilder();
      for (String value : column.values()) {
        values.addValues(
            value == null ? Protos.nullValue() : Value.newBuilder().setStringValue(value).build());
      }
      response.addColumns(
          slipstream.proto.v1.PreviewColumn.newBuilder()
              .setSource(column.source())
              .setSourceType(column.sourceType())
              .setColumn(Protos.column(column.field()))
              .setKept(column.kept())
              .setNulls(column.nulls())
              .setValues(values));
    }
    return response;
  }

  /**
   * Time and instrument by the names and types of the columns alone: where no file can be looked into, as behind a query.
   */
  static FileKeys.Reading byNames(String importer, ImportPreview preview) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    List<String> guesses = new ArrayList<>();
    likeliest(
            preview,
            TIMES,
            each ->
                each.field().type() == ColumnType.TIMESTAMP
                    || TIMES.contains(name(each)) && mayBeTime(each.field().type()))
        .ifPresent(
            time -> {
              parameters.put("time", time);
              guesses.add("time is '" + time + "'");
            });
    likeliest(preview, INSTRUMENTS, each -> INSTRUMENTS.contains(name(each)))
        .ifPresent(
            instrument -> {
              parameters.put("instrument", List.of(instrument));
              guesses.add("instrument is '" + instrument + "'");
            });
    return new FileKeys.Reading(importer, parameters, guesses, "");
  }

  /** A query gives times of text files as text. */
  private static boolean mayBeTime(ColumnType type) {
    return type == ColumnType.INT64 || type == ColumnType.FLOAT64 || type == ColumnType.STRING;
  }

  private static String name(PreviewColumn column) {
    return column.source().toLowerCase(Locale.ROOT);
  }

  /** By how likely the name is, then in the order of the file. */
  private static Optional<String> likeliest(
      ImportPreview preview, List<String> names, Predicate<PreviewColumn> fits) {
    return preview.columns().stream()
        .filter(each -> !each.source().isEmpty() && !each.source().contains(" + "))
        .filter(fits)
        .min(
            Comparator.comparingInt(
                each -> names.contains(name(each)) ? names.indexOf(name(each)) : names.size()))
        .map(PreviewColumn::source);
  }
}
