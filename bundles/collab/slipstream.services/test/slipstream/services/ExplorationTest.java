package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.proto.v1.CheckExpressionRequest;
import slipstream.proto.v1.ColumnProfile;
import slipstream.proto.v1.ColumnProfileEvent;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DayCurve;
import slipstream.proto.v1.DayCurveEvent;
import slipstream.proto.v1.DayCurveKind;
import slipstream.proto.v1.EvaluateExpressionEvent;
import slipstream.proto.v1.EvaluateExpressionRequest;
import slipstream.proto.v1.ExpressionProblem;
import slipstream.proto.v1.ExpressionResult;
import slipstream.proto.v1.FeaturesServiceGrpc;
import slipstream.proto.v1.FindRowRequest;
import slipstream.proto.v1.GetColumnProfileRequest;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.GetDayCurveRequest;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.ListFunctionsRequest;
import slipstream.proto.v1.ListInstrumentsRequest;
import slipstream.proto.v1.ListInstrumentsResponse;
import slipstream.proto.v1.NamedExpression;
import slipstream.proto.v1.OpenViewEvent;
import slipstream.proto.v1.OpenViewRequest;
import slipstream.proto.v1.PrepareDatasetEvent;
import slipstream.proto.v1.PrepareDatasetRequest;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
import slipstream.proto.v1.ReadSeriesRequest;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.proto.v1.RowView;
import slipstream.proto.v1.SeriesKind;
import slipstream.proto.v1.SortColumn;

/** Looking into datasets and trying expressions on them, through the services. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExplorationTest {
  private static final int EACH = 150_000;
  private static final int INSTRUMENTS = 2;

  @TempDir private static Path workspace;
  private LocalServices services;
  private DatasetsServiceGrpc.DatasetsServiceBlockingStub datasets;
  private FeaturesServiceGrpc.FeaturesServiceBlockingStub features;

  @BeforeAll
  void open() throws IOException {
    SampleWorkspace.write(workspace, 3000);
    StringBuilder csv = new StringBuilder("time,ticker,bid,ask,volume\n");
    for (int i = 0; i < INSTRUMENTS; i++) {
      for (int k = 0; k < EACH; k++) {
        double mid = 100 + k % 100;
        csv.append(
            String.format(
                Locale.ROOT,
                "%d,T%d,%.3f,%.3f,%s%n",
                1_700_000_000L + k,
                i,
                mid - 0.05,
                mid + 0.05,
                k % 10 == 0 ? "" : String.valueOf(k % 7)));
      }
    }
    Files.writeString(workspace.resolve("quotes.csv"), csv);
    services = LocalServices.open(workspace);
    datasets = DatasetsServiceGrpc.newBlockingStub(services.channel());
    features = FeaturesServiceGrpc.newBlockingStub(services.channel());
    Iterator<ImportDatasetEvent> events =
        datasets.importDataset(
            ImportDatasetRequest.newBuilder()
                .setName("quotes")
                .setImporter("csv")
                .setParameters(
                    Struct.newBuilder()
                        .putFields("path", text("quotes.csv"))
                        .putFields("time", text("time"))
                        .putFields("time_unit", text("s"))
                        .putFields("instrument", text("ticker")))
                .build());
    while (events.hasNext()) {
      events.next();
    }
  }

  @AfterAll
  void close() {
    services.close();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private RowView view(String where, SortColumn... order) {
    Iterator<OpenViewEvent> events =
        datasets.openView(
            OpenViewRequest.newBuilder()
                .setName("quotes")
                .setWhere(where)
                .addAllOrder(List.of(order))
                .build());
    OpenViewEvent last = null;
    while (events.hasNext()) {
      last = events.next();
    }
    return last.getView();
  }

  private ReadRowsResponse rows(String view, long first, int count) {
    return datasets.readRows(
        ReadRowsRequest.newBuilder()
            .setName("quotes")
            .setView(view)
            .setFirstRow(first)
            .setRowCount(count)
            .build());
  }

  private static Value cell(ReadRowsResponse page, String column) {
    for (int i = 0; i < page.getColumnsCount(); i++) {
      if (page.getColumns(i).getName().equals(column)) {
        return page.getRows(0).getValues(i);
      }
    }
    throw new AssertionError(column);
  }

  @Test
  void rowsOfAFilteredAndSortedView() {
    RowView view =
        view(
            "volume = 6 and ticker = 'T1'",
            SortColumn.newBuilder().setColumn("bid").setDescending(true).build());
    long expected =
        java.util.stream.IntStream.range(0, EACH).filter(k -> k % 10 != 0 && k % 7 == 6).count();
    assertEquals(expected, view.getRows());
    ReadRowsResponse page = rows(view.getId(), view.getRows() - 3, 100);
    assertEquals(3, page.getRowsCount());
    assertEquals("T1", cell(page, "ticker").getStringValue());
    assertEquals(6, cell(page, "volume").getNumberValue());
    assertTrue(
        cell(page, "bid").getNumberValue()
            <= cell(rows(view.getId(), 0, 1), "bid").getNumberValue());
    assertTrue(page.getRowNumbers(0) >= EACH);
    assertEquals(
        0,
        view(
                "volume = 6 and ticker = 'T1'",
                SortColumn.newBuilder().setColumn("bid").setDescending(true).build())
            .getSeconds(),
        "the same view again is known");
    assertEquals(2, rows("", INSTRUMENTS * (long) EACH - 2, 10).getRowsCount());
    assertEquals(0, rows("", INSTRUMENTS * (long) EACH + 5, 10).getRowsCount());
  }

  @Test
  void aMistakeInAConditionHasItsPlace() {
    StatusRuntimeException e =
        assertThrows(StatusRuntimeException.class, () -> view("bid > 1 and bif > 2"));
    SlipstreamException why = StatusMapping.toException(e);
    assertEquals(Category.INVALID_INPUT, why.category());
    assertEquals(13, why.place().orElseThrow().column());
    e = assertThrows(StatusRuntimeException.class, () -> rows("nonsense", 0, 1));
    assertEquals(Category.INVALID_INPUT, StatusMapping.toException(e).category());
  }

  @Test
  void goingToATime() {
    Instant time = Instant.ofEpochSecond(1_700_000_000L + 1000, 1);
    FindRowRequest request =
        FindRowRequest.newBuilder()
            .setName("quotes")
            .setInstrument("T1")
            .setTime(
                Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
            .build();
    assertEquals(EACH + 1001, datasets.findRow(request).getPosition());
    RowView odd = view("row % 2 = 1");
    assertEquals(
        (EACH + 1001) / 2,
        datasets.findRow(request.toBuilder().setView(odd.getId()).build()).getPosition());
    RowView sorted = view("", SortColumn.newBuilder().setColumn("bid").build());
    assertThrows(
        StatusRuntimeException.class,
        () -> datasets.findRow(request.toBuilder().setView(sorted.getId()).build()));
  }

  @Test
  void instrumentsAreListed() {
    ListInstrumentsResponse all =
        datasets.listInstruments(
            ListInstrumentsRequest.newBuilder().setName("quotes").setContains("t1").build());
    assertEquals(INSTRUMENTS, all.getTotal());
    assertEquals(1, all.getInstrumentsCount());
    assertEquals(EACH, all.getInstruments(0).getFirstRow());
    assertEquals(1_700_000_000L, all.getInstruments(0).getFirstTime().getSeconds());
  }

  @Test
  void profileOfAColumnOfAView() {
    RowView view = view("ticker = 'T0'");
    Iterator<ColumnProfileEvent> events =
        datasets.getColumnProfile(
            GetColumnProfileRequest.newBuilder()
                .setName("quotes")
                .setColumn("volume")
                .setView(view.getId())
                .build());
    ColumnProfile profile = null;
    while (events.hasNext()) {
      profile = events.next().getProfile();
    }
    assertEquals(EACH, profile.getRows());
    assertEquals(EACH / 10, profile.getNulls());
    assertEquals(0, profile.getMin());
    assertEquals(6, profile.getMax());
    assertEquals(7, profile.getCountsCount());
    assertEquals(
        profile.getKnown(), profile.getCountsList().stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void seriesFitTheScreen() {
    ReadSeriesResponse all =
        datasets.readSeries(
            ReadSeriesRequest.newBuilder()
                .setName("quotes")
                .setInstrument("T1")
                .addColumns("bid")
                .addColumns("volume")
                .setPixels(500)
                .build());
    assertTrue(all.getHasTime());
    assertEquals(EACH, all.getSeries(0).getRows());
    assertTrue(all.getSeries(0).getTimesCount() <= 1002);
    assertEquals(
        99.95, all.getSeries(0).getValuesList().stream().min(Double::compare).orElseThrow());
    assertThrows(
        StatusRuntimeException.class,
        () ->
            datasets.readSeries(
                ReadSeriesRequest.newBuilder()
                    .setName("quotes")
                    .addColumns("ticker")
                    .setPixels(500)
                    .build()));
  }

  private DayCurve curve(GetDayCurveRequest.Builder request) {
    Iterator<DayCurveEvent> events = datasets.getDayCurve(request.setName("quotes").build());
    DayCurve curve = null;
    while (events.hasNext()) {
      curve = events.next().getCurve();
    }
    return curve;
  }

  @Test
  void spreadAndVolumeByTimeOfDay() {
    DayCurve spread =
        curve(GetDayCurveRequest.newBuilder().setKind(DayCurveKind.DAY_CURVE_KIND_SPREAD));
    assertEquals("bid", spread.getRequest().getBidColumn());
    assertEquals("ask", spread.getRequest().getAskColumn());
    assertEquals("bp", spread.getUnit());
    assertEquals((long) INSTRUMENTS * EACH, spread.getRows());
    assertTrue(
        spread.getBinsList().stream()
            .filter(each -> each.getCount() > 0)
            .allMatch(each -> each.getMedian() > 5 && each.getMedian() < 10));
    DayCurve volume =
        curve(
            GetDayCurveRequest.newBuilder()
                .setKind(DayCurveKind.DAY_CURVE_KIND_VOLUME)
                .setBinSeconds(3600));
    assertEquals("volume", volume.getRequest().getVolumeColumn());
    assertEquals(24, volume.getBinsCount());
    double sum =
        volume.getBinsList().stream()
            .filter(each -> each.getCount() > 0)
            .mapToDouble(each -> each.getMean())
            .sum();
    assertEquals(100, sum, 1e-9);
  }

  private List<EvaluateExpressionEvent> evaluate(EvaluateExpressionRequest.Builder request) {
    List<EvaluateExpressionEvent> events = new ArrayList<>();
    features
        .evaluateExpression(request.setDataset("quotes").build())
        .forEachRemaining(
            event -> {
              if (!event.hasProgress()) {
                events.add(event);
              }
            });
    return events;
  }

  @Test
  void anExpressionOnSomeThenOnAll() {
    List<EvaluateExpressionEvent> events =
        evaluate(
            EvaluateExpressionRequest.newBuilder()
                .addDefinitions(
                    NamedExpression.newBuilder().setName("mid").setExpression("(bid + ask) / 2"))
                .setExpression("mid - lag(mid, 1)")
                .setTarget("lead(mid, 1) - mid")
                .setInstrument("T1")
                .setPixels(300));
    assertEquals(2, events.size(), events.toString());
    ExpressionResult first = events.get(0).getResult();
    assertFalse(first.getComplete());
    assertTrue(first.getRows() <= 200_000);
    ExpressionResult all = events.get(1).getResult();
    assertTrue(all.getComplete());
    assertEquals((long) INSTRUMENTS * EACH, all.getRows());
    assertEquals(all.getRows() - INSTRUMENTS, all.getProfile().getKnown());
    assertEquals(INSTRUMENTS, all.getCoverageCount());
    assertEquals(EACH - 1, all.getCoverage(0).getKnown());
    assertEquals(all.getRows() - 2 * INSTRUMENTS, all.getCorrelation().getRows());
    assertEquals("1 row", all.getCorrelation().getLooksAhead());
    assertTrue(Math.abs(all.getCorrelation().getPearson()) < 0.02);
    assertTrue(all.getNanosPerRow() > 0);
    assertEquals("T1", all.getSeries().getInstrument());
    assertTrue(all.getSeries().getSeries(0).getTimesCount() <= 602);
  }

  @Test
  void mistakesInExpressionsAreShownAtTheirPlace() {
    ExpressionProblem problem =
        evaluate(EvaluateExpressionRequest.newBuilder().setExpression("bid + mea(ask, 3)"))
            .getFirst()
            .getProblem();
    assertEquals(6, problem.getFrom());
    assertEquals(9, problem.getTo());
    assertTrue(problem.getRemedy().contains("mean"), problem.toString());
    problem =
        features
            .checkExpression(
                CheckExpressionRequest.newBuilder()
                    .setDataset("quotes")
                    .setExpression("lead(bid, 1)")
                    .build())
            .getProblem();
    assertTrue(problem.getMessage().contains("ahead"), problem.toString());
    CheckExpressionRequest.Builder target =
        CheckExpressionRequest.newBuilder().setDataset("quotes").setTarget(true);
    assertFalse(
        features.checkExpression(target.setExpression("lead(bid, 1)").build()).hasProblem());
    assertEquals(
        "target",
        features
            .checkExpression(target.setExpression("lead(bod, 1)").build())
            .getProblem()
            .getWhere());
  }

  @Test
  void functionsSayHowTheyAreWritten() {
    var functions =
        features.listFunctions(ListFunctionsRequest.getDefaultInstance()).getFunctionsList();
    var mean = functions.stream().filter(f -> f.getName().equals("mean")).findFirst().orElseThrow();
    assertEquals("mean(x, window)", mean.getUsage());
    assertEquals(2, mean.getArgumentsCount());
    assertFalse(mean.getLooksAhead());
    assertTrue(
        functions.stream()
            .filter(f -> f.getName().equals("lead"))
            .allMatch(f -> f.getLooksAhead()));
  }

  @Test
  void preparedDataOfAnExperimentBecomeADataset() {
    Dataset prepared = null;
    Iterator<PrepareDatasetEvent> events =
        features.prepareDataset(PrepareDatasetRequest.newBuilder().setExperiment("small").build());
    List<NamedExpression> series = events.next().getSeries().getSeriesList();
    assertEquals(SeriesKind.SERIES_KIND_TARGET, series.getLast().getKind());
    while (events.hasNext()) {
      prepared = events.next().getDataset();
    }
    assertEquals("small-prepared", prepared.getName());
    assertTrue(prepared.getColumnsList().stream().anyMatch(each -> each.getName().equals("close")));
    assertThrows(
        StatusRuntimeException.class,
        () ->
            features
                .prepareDataset(PrepareDatasetRequest.newBuilder().setExperiment("none").build())
                .hasNext());
  }

  private List<PrepareDatasetEvent> prepare(String text, boolean seriesOnly) {
    List<PrepareDatasetEvent> events = new ArrayList<>();
    features
        .prepareDataset(
            PrepareDatasetRequest.newBuilder()
                .setExperiment("small")
                .setText(text)
                .setSeriesOnly(seriesOnly)
                .build())
        .forEachRemaining(events::add);
    return events;
  }

  @Test
  void anExperimentIsPreparedAsItIsWrittenNotAsItIsSaved() {
    String text = SampleWorkspace.EXPERIMENT.replace("logret(close, 1)", "nonsense(close");
    List<PrepareDatasetEvent> events = prepare(text, true);
    assertEquals(1, events.size());
    assertTrue(
        events.getFirst().getSeries().getSeriesList().stream()
            .anyMatch(each -> each.getExpression().contains("nonsense(close")),
        "what is wrong is told where it is used: " + events);
    Dataset first = prepare("", false).getLast().getDataset();
    String other = SampleWorkspace.EXPERIMENT.replaceFirst("interval: \\w+", "interval: 10m");
    assertNotEquals(SampleWorkspace.EXPERIMENT, other);
    Dataset second = prepare(other, false).getLast().getDataset();
    assertEquals(first.getName(), second.getName());
    assertNotEquals(first.getHash(), second.getHash());
    assertEquals(
        second.getHash(),
        datasets
            .getDataset(GetDatasetRequest.newBuilder().setName(first.getName()).build())
            .getHash());
  }

  private static NamedExpression series(String name, SeriesKind kind, String expression) {
    return NamedExpression.newBuilder()
        .setName(name)
        .setKind(kind)
        .setExpression(expression)
        .build();
  }

  private EvaluateExpressionEvent last(SeriesKind kind, String expression) {
    EvaluateExpressionEvent[] last = {null};
    features
        .evaluateExpression(
            EvaluateExpressionRequest.newBuilder()
                .setDataset("quotes")
                .addDefinitions(series("mid", SeriesKind.SERIES_KIND_FEATURE, "(bid + ask) / 2"))
                .addDefinitions(series("wrong", SeriesKind.SERIES_KIND_FEATURE, "nonsense(bid)"))
                .addDefinitions(
                    series("next", SeriesKind.SERIES_KIND_TARGET, "lead(logret(mid, 1), 1)"))
                .setExpression(expression)
                .setKind(kind)
                .setSampleOnly(true)
                .build())
        .forEachRemaining(event -> last[0] = event);
    return last[0];
  }

  @Test
  void anExpressionMayDoWhatItsKindMay() {
    assertTrue(last(SeriesKind.SERIES_KIND_FEATURE, "diff(mid, 1)").hasResult());
    assertTrue(
        last(SeriesKind.SERIES_KIND_FEATURE, "next")
            .getProblem()
            .getRemedy()
            .contains("a feature may not use it"));
    assertTrue(last(SeriesKind.SERIES_KIND_FEATURE, "lead(mid, 1)").hasProblem());
    assertTrue(last(SeriesKind.SERIES_KIND_GIVEN, "lead(mid, 1)").hasResult());
    assertTrue(last(SeriesKind.SERIES_KIND_TARGET, "abs(next)").hasResult());
    ExpressionProblem wrong = last(SeriesKind.SERIES_KIND_FEATURE, "wrong + 1").getProblem();
    assertEquals("wrong", wrong.getWhere(), "another series is at fault: " + wrong);
  }
}
