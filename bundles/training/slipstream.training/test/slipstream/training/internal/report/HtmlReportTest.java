package slipstream.training.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.training.evaluation.Report;
import slipstream.training.evaluation.ReportJson;
import slipstream.training.run.RunResult;
import slipstream.training.run.Runs;

class HtmlReportTest {
  @TempDir Path folder;

  @Test
  void isOnePageThatFetchesNothing() throws IOException {
    RunResult result =
        Runs.run(
            folder,
            "out",
            Runs.experiment(
                Map.of(
                    "description",
                    "'</script><img src=x onerror=alert(1)>'",
                    "export",
                    "[plain]")));
    String html = Files.readString(result.html());

    assertTrue(html.contains("default-src 'none'"));
    String markup =
        html.replaceAll("(?s)<script.*?</script>", "").replaceAll("(?s)<style.*?</style>", "");
    assertFalse(Pattern.compile("<[^>]*\\s(src|href|srcset|data)=").matcher(markup).find());
    assertFalse(markup.contains("<img"));
    assertTrue(markup.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assertTrue(markup.contains("a &lt;note&gt;"));
    assertTrue(html.contains("prefers-color-scheme: dark"));
    // Three scripts: the data, the charts' library, the charts.
    Matcher scripts =
        Pattern.compile("<script[ >]")
            .matcher(html.replaceAll("(?s)<script>.*?</script>", "<script>"));
    assertEquals(3, scripts.results().count());
    for (String kind :
        new String[] {
          "calibration", "folds", "importance", "residuals", "learning", "curves", "breakdown"
        }) {
      assertTrue(markup.contains("data-kind=\"" + kind + "\""), kind);
    }
    for (RunResult.TrainedModel model : result.models()) {
      assertTrue(markup.contains(model.hash()));
    }
    assertTrue(markup.contains(result.report().dataHash()));
    // The data that the charts are drawn from are the report's.
    Matcher data = Pattern.compile("(?s)id=\"report-data\">(.*?)</script>").matcher(html);
    assertTrue(data.find());
    assertEquals(
        result.report(), ReportJson.read(data.group(1).getBytes(StandardCharsets.UTF_8), "page"));
  }

  /** A report from before there were breakdowns, drifts, cost curves and orders. */
  @Test
  void olderReportsAreReadWithoutWhatTheyLack() {
    byte[] json =
        ("{\"experiment\": \"e\", \"rows\": 1, \"warnings\": [], \"targets\": [{\"target\": \"t\","
                + " \"unit\": \"bp\", \"metrics\": [], \"models\": [], \"folds\": []}]}")
            .getBytes(StandardCharsets.UTF_8);
    Report report = ReportJson.read(json, "old");
    assertNull(report.orders());
    assertEquals(List.of(), report.targets().getFirst().breakdowns());
    assertEquals(List.of(), report.targets().getFirst().drifts());
    assertNull(report.targets().getFirst().costCurves());
  }

  @Test
  void writesWhatIsNotDefinedAsNull() {
    Report report = new Report("e", 0, 0, "", "", List.of(), List.of(), null);
    assertEquals(report, ReportJson.read(ReportJson.write(report), "report"));
  }

  @Test
  void numbersHaveOneFormAColumn() {
    assertEquals("−1,234.50", Numbers.fixed(-1234.5, 2));
    assertEquals("0.00", Numbers.fixed(-0.001, 2));
    assertEquals("–", Numbers.fixed(Double.NaN, 2));
    assertEquals(2, Numbers.decimals(List.of(1e6), "bp"));
    assertEquals(0, Numbers.decimals(List.of(3.1e6, 2.0), "shares"));
    assertEquals(3, Numbers.decimals(List.of(1.5), "USD"));
    assertEquals(6, Numbers.decimals(List.of(0.0015), ""));
    assertEquals("2013-11-25", Numbers.time(1385337600L * 1_000_000_000L));
    assertEquals("2013-11-25 00:00:01", Numbers.time(1385337601L * 1_000_000_000L));
  }
}
