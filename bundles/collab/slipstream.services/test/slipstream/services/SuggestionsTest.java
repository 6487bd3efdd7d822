package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DatasetsServiceGrpc.DatasetsServiceBlockingStub;
import slipstream.proto.v1.PreviewImportRequest;
import slipstream.proto.v1.PreviewImportResponse;

/** What an import of the real files beside the repository suggests. */
class SuggestionsTest {
  @TempDir private Path workspace;
  private LocalServices services;

  private static Path data() {
    String given = java.lang.System.getProperty("slipstream.test.data");
    if (given != null) {
      return Path.of(given);
    }
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    Path data = at == null ? Path.of("shared/data") : at.resolveSibling("shared/data");
    assumeTrue(Files.isDirectory(data), "skipped: there is no folder " + data);
    return data;
  }

  @BeforeEach
  void open() throws IOException {
    services = LocalServices.open(workspace);
  }

  @AfterEach
  void close() {
    services.close();
  }

  private PreviewImportResponse preview(Struct parameters, boolean suggest) {
    DatasetsServiceBlockingStub datasets = DatasetsServiceGrpc.newBlockingStub(services.channel());
    return datasets.previewImport(
        PreviewImportRequest.newBuilder().setParameters(parameters).setSuggest(suggest).build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          br_treasury_bid_ask_daily_2002_2022 | instrument=bond_type+maturity time=date | -
          cgb_futures_5min_2022_2026          | instrument=symbol time=bar_end | 09:35:00 to 15:15:00
          sec_rule605_virtu_201612_201708     | instrument=symbol+order_type+size_bucket time=month time_format=%Y%m | -
          sp500_daily_2013_2018               | instrument=symbol time=date | -
          tr_eurobond_dealer_quotes_2010_2026 | instrument=instrument time=date | -
          us_equity_second_trade_quote_bars   | instrument=symbol time=date time_of_day=time_ms time_unit=ms | 04:00:00 to 20:00:00
          us_nbbo_ticks_rth_201310            | instrument=symbol time=date time_of_day=time_ms time_unit=ms | 09:30:00 to 10:19:42
          us_trades_with_nbbo_201310          | instrument=symbol time=date time_of_day=time_ms time_unit=ms | 09:30:00 to 15:59:59
          """)
  void oneClickImportsARealFile(String name, String suggested, String asked) {
    String path = data().resolve(name + ".parquet").toString();
    Struct file =
        Struct.newBuilder()
            .putFields("path", Value.newBuilder().setStringValue(path).build())
            .build();
    PreviewImportResponse look = preview(file, true);
    assertEquals(suggested, text(look.getSuggestedParameters()));
    String question =
        asked == null
            ? ""
            : "Which time zone? Times name none and are read as UTC; in the first rows they go from "
                + asked
                + " of the day.";
    assertEquals(question, look.getQuestion());
    PreviewImportResponse made =
        preview(
            file.toBuilder().putAllFields(look.getSuggestedParameters().getFieldsMap()).build(),
            false);
    assertEquals(
        suggested.contains("time_of_day") ? "time" : suggested.replaceAll(".* time=| .*", ""),
        made.getTimeColumn());
  }

  private static String text(Struct parameters) {
    Map<String, Value> sorted = new TreeMap<>(parameters.getFieldsMap());
    return sorted.entrySet().stream()
        .map(
            each ->
                each.getKey()
                    + "="
                    + (each.getValue().hasListValue()
                        ? each.getValue().getListValue().getValuesList().stream()
                            .map(Value::getStringValue)
                            .collect(Collectors.joining("+"))
                        : each.getValue().getStringValue()))
        .collect(Collectors.joining(" "));
  }
}
