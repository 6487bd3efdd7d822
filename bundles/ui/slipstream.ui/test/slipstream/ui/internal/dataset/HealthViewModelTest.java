package slipstream.ui.internal.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.HealthExample;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.HealthReport;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** A dataset's health without a toolkit. */
final class HealthViewModelTest {
  private FakeServices fake;
  private Services services;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    services = new Services(fake::channel, () -> false);
  }

  @AfterEach
  void close() {
    fake.close();
  }

  private HealthViewModel checked(String name) {
    HealthViewModel model = new HealthViewModel(name, services, TaskExecutor.currentThread());
    model.check();
    return model;
  }

  @Test
  void theMostSeriousFindingIsLookedAtFirst() {
    HealthViewModel model = checked("btc-trades");
    HealthReport report = model.reportProperty().get();
    assertEquals("1 error, 1 warning, 2 notes", HealthViewModel.tally(report));
    assertEquals("zero_price", model.selectedProperty().get().getKind());
    assertEquals("0.84", HealthViewModel.share(report.getFindings(0)));
    assertEquals(3, HealthViewModel.line(report, report.getFindings(0)).size());
    assertEquals(0, HealthViewModel.line(report, report.getFindings(3)).size());
    assertEquals(25, HealthViewModel.count(report.getWorstInstruments(0), "zero_price"));
    assertEquals(0, HealthViewModel.count(report.getWorstInstruments(0), "glitch"));
    assertFalse(model.checkingProperty().get());
    assertEquals(0.5, model.fractionProperty().get(), "as last told");
    assertEquals("", model.errorProperty().get());
  }

  @Test
  void anUnknownDatasetIsToldInOneLine() {
    HealthViewModel model = checked("nobody");
    assertNull(model.reportProperty().get());
    assertEquals(
        "There is no dataset 'nobody'. List the datasets to see their names.",
        model.errorProperty().get());
    assertFalse(model.checkingProperty().get());
  }

  @Test
  void sharesAndExamplesReadAsInTables() {
    HealthFinding.Builder finding = HealthFinding.newBuilder().setCount(1);
    assertEquals("–", HealthViewModel.share(finding.build()));
    assertEquals("< 0.01", HealthViewModel.share(finding.setOf(1_000_000).build()));
    assertEquals("100.00", HealthViewModel.share(finding.setOf(1).build()));
    assertEquals(
        "LNT  2016-05-19  close 17.87  (row 350,735)",
        HealthViewModel.example(
            HealthExample.newBuilder()
                .setInstrument("LNT")
                .setTime(
                    com.google.protobuf.Timestamp.newBuilder()
                        .setSeconds(Instant.parse("2016-05-19T00:00:00Z").getEpochSecond()))
                .setValues("close 17.87")
                .setRow(350_735)
                .build()));
    assertEquals(
        "median 6 before",
        HealthViewModel.example(
            HealthExample.newBuilder().setRow(-1).setValues("median 6 before").build()));
    assertEquals("Nothing odd was found", HealthViewModel.tally(HealthReport.getDefaultInstance()));
  }
}
