package slipstream.tests.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.event.Event;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonType;
import javafx.scene.control.ComboBox;
import javafx.scene.control.DialogPane;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.ScrollBar;
import javafx.scene.control.Slider;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Pane;
import javafx.stage.Window;
import org.eclipse.core.runtime.Platform;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import org.fxmisc.richtext.CodeArea;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.osgi.framework.Bundle;
import slipstream.proto.v1.DatasetsServiceGrpc.DatasetsServiceBlockingStub;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.MetricScore;
import slipstream.proto.v1.ModelScore;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunsServiceGrpc.RunsServiceBlockingStub;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.ui.workbench.ErrorLog;
import slipstream.ui.workbench.Theme;
import slipstream.ui.workbench.ThemeService;
import slipstream.ui.workbench.UiStallWatchdog;
import software.coley.bentofx.dockable.Dockable;
import software.coley.bentofx.layout.container.DockContainerLeaf;

/**
 * What a person does on the first day, in that order, on the workbench with its real services: open the example, edit
 * it, run it, see the scores, cancel a run, move a tab, quit and come back.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WorkbenchTest {
  private static final Path ROOT = Path.of(System.getProperty("slipstream.root"));

  /** Into the documentation when asked to, else where the build leaves its things. */
  private static final Path IMAGES =
      Boolean.getBoolean("slipstream.screenshots")
          ? ROOT.resolve("docs/images")
          : ROOT.resolve("tests/slipstream.tests.ui/target/screenshots");

  private static final String EXPERIMENT = "slipstream.ui.part.experiment/";
  private static final String RUN = "slipstream.ui.part.run/";
  private static final String RESULTS = "slipstream.ui.part.results/";
  private static final String DATASET = "slipstream.ui.part.dataset/";

  /** Pictures to look at. */
  private static final Path SHOTS = ROOT.resolve("tests/slipstream.tests.ui/target/screenshots");

  private static Workbench workbench;
  private static Path folder;
  private static String failed;

  @BeforeAll
  static void start() throws Exception {
    workbench = Workbench.start("--timing");
    folder = workbench.folder();
  }

  @AfterAll
  static void stop() throws Exception {
    if (workbench != null) {
      workbench.close();
    }
  }

  /** Each test goes on where the one before it ended. */
  @BeforeEach
  void onlyAfterSuccess() {
    assertTrue(failed == null, () -> failed + " failed before");
  }

  @RegisterExtension
  static final AfterTestExecutionCallback WATCH =
      context -> {
        if (context.getExecutionException().isPresent() && failed == null) {
          failed = context.getDisplayName();
          if (workbench != null) {
            workbench.screenshot(ROOT.resolve("tests/slipstream.tests.ui/target/failed.png"));
          }
        }
      };

  private static Path savedModel() {
    return folder.resolve(".metadata/workbench.xmi");
  }

  @Test
  @Order(1)
  void firstStartOffersTheExample() throws Exception {
    workbench.click("open-example");
    MPart part = workbench.awaitPart(EXPERIMENT);
    assertEquals("btc-trade-impact", part.getLabel());
    Label badge =
        workbench.await(
            "experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    assertNotNull(badge);
    workbench.screenshot(IMAGES.resolve("experiment-light.png"));
  }

  @Test
  @Order(2)
  void formAndTextAreOneModel() throws Exception {
    CodeArea text = workbench.await("experiment-text", CodeArea.class, area -> true);
    MPart part = workbench.awaitPart(EXPERIMENT);
    TextField folds = workbench.await("field-validation-folds", TextField.class, f -> true);
    String before = workbench.onUi(folds::getText);
    String other = before.equals("3") ? "2" : "3";

    workbench.type("field-validation-folds", other);
    Workbench.until(
        "the text to follow the form",
        () -> workbench.onUi(text::getText).contains("folds: " + other));
    assertTrue(part.isDirty());

    workbench.onUi(
        () -> {
          int at = text.getText().indexOf("folds: ") + "folds: ".length();
          text.requestFocus();
          text.selectRange(at, at + other.length());
          return null;
        });
    workbench.robot().write("0");
    Workbench.until(
        "the form to follow the text", () -> workbench.onUi(folds::getText).equals("0"));
    workbench.await(
        "experiment-validity", Label.class, label -> label.getText().contains("problem"));
    assertTrue(
        workbench.onUi(
            () ->
                Workbench.all(workbench.scene().getRoot(), ".field-error").stream()
                    .anyMatch(node -> node.isVisible() && !((Label) node).getText().isEmpty())),
        "the field says what is wrong");
    workbench.screenshot(SHOTS.resolve("experiment-problem.png"));

    workbench.type("field-validation-folds", "2");
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    workbench.keys(KeyCode.CONTROL, KeyCode.S);
    Workbench.until("the saved mark", () -> !part.isDirty());
  }

  @Test
  @Order(3)
  void aRunEndsWithScores() throws Exception {
    UiStallWatchdog watchdog = workbench.service(UiStallWatchdog.class);
    watchdog.reset();
    workbench.click("run-experiment");
    MPart run = workbench.awaitPart(RUN);
    workbench.await("run-progress");
    MPart results = workbench.awaitPart(RESULTS);
    assertEquals(
        run.getElementId().substring(RUN.length()),
        results.getElementId().substring(RESULTS.length()));
    TableView<?> scores =
        workbench.await("scores-table", TableView.class, table -> table.getItems().size() > 1);
    int models = workbench.onUi(() -> scores.getItems().size());
    assertTrue(models >= 3, "baseline, trees and ridge: " + models);
    List<String> headings =
        workbench.onUi(
            () ->
                Workbench.all(scores, ".column-header .label").stream()
                    .map(node -> ((Label) node).getText())
                    .toList());
    assertTrue(
        headings.stream().anyMatch(heading -> heading.contains(", bp")), headings.toString());
    workbench.settle();
    notHeldByUs(watchdog);
  }

  /** Wall-clock time belongs to whoever else uses this machine; what our code did to the thread is ours. */
  private static void notHeldByUs(UiStallWatchdog watchdog) {
    List<UiStallWatchdog.Stall> stalls = watchdog.stalls();
    System.out.printf(
        "worst answer of the UI thread during a run: %d ms; stalls above %d ms: %d%n",
        watchdog.worst().toMillis(), UiStallWatchdog.LIMIT.toMillis(), stalls.size());
    for (UiStallWatchdog.Stall stall : stalls) {
      System.out.printf(
          "  %d ms, %d ms of them in ours: %s%n",
          stall.length().toMillis(),
          stall.work(WorkbenchTest::own).toMillis(),
          stall.samples().stream()
              .map(
                  sample ->
                      sample.state()
                          + " "
                          + sample.stack().getFirst()
                          + " < "
                          + sample.stack().stream().filter(WorkbenchTest::own).limit(4).toList())
              .toList());
    }
    for (UiStallWatchdog.Stall stall : stalls) {
      assertTrue(
          stall.work(WorkbenchTest::own).compareTo(UiStallWatchdog.LIMIT) <= 0,
          () -> "our code held the UI thread: " + stall);
      int waiting = 0;
      for (UiStallWatchdog.Sample sample : stall.samples()) {
        boolean ours =
            sample.state() != Thread.State.RUNNABLE
                && sample.stack().stream().anyMatch(WorkbenchTest::own);
        waiting = ours ? waiting + 1 : 0;
        // Samples are 25 ms apart.
        assertTrue(waiting < 5, () -> "our code waited on the UI thread: " + stall);
      }
    }
  }

  private static boolean own(String line) {
    return line.contains("slipstream.ui");
  }

  @Test
  @Order(4)
  void noServiceIsCalledOnTheUiThread() throws Exception {
    Class<?> type =
        org.eclipse.core.runtime.Platform.getBundle("slipstream.ui")
            .loadClass("slipstream.ui.internal.services.Services");
    Object services = workbench.context().get(type);
    assertEquals(0L, type.getMethod("callsOnUiThread").invoke(services));
  }

  @Test
  @Order(5)
  void screenshotsInBothThemes() throws Exception {
    assertEquals(Theme.LIGHT, workbench.onUi(() -> workbench.service(ThemeService.class).theme()));
    workbench.screenshot(IMAGES.resolve("workbench-light.png"));
    workbench.click("slipstream-ui-workbench-toolbar-theme");
    Workbench.until(
        "the dark theme",
        () -> workbench.onUi(() -> workbench.service(ThemeService.class).theme()) == Theme.DARK);
    workbench.screenshot(IMAGES.resolve("workbench-dark.png"));
    assertTrue(Files.size(IMAGES.resolve("workbench-dark.png")) > 20_000);
  }

  /** Pictures of a page in both themes; the theme stays. */
  private static void picture(String page) throws Exception {
    Theme before = workbench.onUi(() -> workbench.service(ThemeService.class).theme());
    for (Theme theme : new Theme[] {Theme.LIGHT, Theme.DARK}) {
      theme(theme);
      workbench.screenshot(
          IMAGES.resolve(page + "-" + theme.name().toLowerCase(java.util.Locale.ROOT) + ".png"));
    }
    theme(before);
  }

  private static void theme(Theme theme) {
    workbench.onUi(
        () -> {
          workbench.service(ThemeService.class).setTheme(theme);
          return null;
        });
  }

  /** Daily bars and quotes of some instruments, with defects. */
  private static String defects() {
    StringBuilder csv = new StringBuilder("date,symbol,open,high,low,close,volume,bid,ask,note\n");
    java.util.Random random = new java.util.Random(3);
    for (int s = 0; s < 24; s++) {
      double price = 20 + 5 * s;
      for (int day = 0; day < 400; day++) {
        java.time.LocalDate date =
            java.time.LocalDate.of(2023, 1, 2).plusDays(day / 5 * 7 + day % 5);
        price *= Math.exp(0.01 * random.nextGaussian());
        double close = day == 200 && s == 5 ? price / 2 : price;
        price = day == 300 && s == 7 ? price / 2 : price;
        boolean missing = s % 6 == 1 && day > 40 * s % 300 && day < 40 * s % 300 + 3 + s;
        if (missing || s == 9 && day < 90 || s == 10 && day > 310) {
          continue;
        }
        double shown = day == 200 && s == 5 ? close : price;
        double half = random.nextInt(150) == 0 ? -0.02 : 0.02;
        double bid = random.nextInt(200) == 0 ? 0 : shown - half;
        csv.append(date).append(",S").append(s).append(',').append(price).append(',');
        csv.append(price * 1.01).append(',').append(price * 0.99).append(',').append(shown);
        csv.append(',').append(1000 + random.nextInt(500)).append(',').append(bid).append(',');
        csv.append(shown + half).append(',').append(day % 9 == 0 ? "" : "x").append('\n');
      }
    }
    return csv.toString();
  }

  /** Filter, order, statistics and plots, as a person uses them. */
  private static void rowsAndPlots(TabPane pages) throws Exception {
    TableView<?> rows = workbench.await("dataset-rows", TableView.class, t -> true);
    Label note = workbench.await("dataset-note", Label.class, label -> true);
    ScrollBar scroll = workbench.await("dataset-scroll", ScrollBar.class, bar -> true);
    String all = workbench.onUi(note::getText);
    workbench.onUi(
        () -> {
          scroll.setValue(scroll.getMax() / 2);
          return null;
        });
    Workbench.until(
        "rows from the middle",
        () ->
            workbench.onUi(
                () ->
                    rows.lookupAll(".table-cell").stream()
                        .map(TableCell.class::cast)
                        .noneMatch(cell -> "…".equals(cell.getText()))));
    TextField filter = workbench.await("dataset-filter", TextField.class, field -> true);
    filter(filter, "clse > 0");
    Label error =
        workbench.await(
            "dataset-filter-error", Label.class, label -> label.getText().contains("clse"));
    assertTrue(workbench.onUi(error::getText).contains("'close'"), error.getText());
    assertEquals(all, workbench.onUi(note::getText), "what was shown stays");
    filter(filter, "symbol = 'S1'");
    workbench.await("dataset-note", Label.class, label -> label.getText().contains(" of "));
    int some = workbench.onUi(() -> rows.getItems().size());
    assertTrue(some > 0 && some < 10_000, "rows " + some);
    sortAndGo(rows, note);
    picture("data");
    workbench.onUi(
        () -> {
          pages.getSelectionModel().select(1);
          return null;
        });
    Node plot = workbench.await("series-plot-0");
    Label points = workbench.await("plot-note", Label.class, each -> !each.getText().isEmpty());
    String everything = workbench.onUi(points::getText);
    press(plot, KeyCode.PLUS);
    press(plot, KeyCode.PLUS);
    Workbench.until(
        "fewer rows after zooming",
        () -> rowsIn(workbench.onUi(points::getText)) * 3 < rowsIn(everything));
    press(plot, KeyCode.HOME);
    Workbench.until("all rows again", () -> workbench.onUi(points::getText).equals(everything));
    workbench.screenshot(SHOTS.resolve("dataset-series-dark.png"));
    workbench.click("plot-spread");
    workbench.await("spread-curve");
    workbench.screenshot(SHOTS.resolve("dataset-spread-dark.png"));
  }

  /** Presses a key on a node, for keys that the headless platform's keyboard lacks. */
  private static void press(Node node, KeyCode code) {
    workbench.onUi(
        () -> {
          Event.fireEvent(
              node, new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, false, false, false, false));
          return null;
        });
  }

  private static long rowsIn(String note) {
    return Long.parseLong(note.replaceFirst(" row.*", "").replace(",", ""));
  }

  /** The text of the first row's cell in a column; empty where there is none. */
  private static String firstCell(TableView<?> rows, String name) {
    return workbench.onUi(
        () ->
            rows.lookupAll(".table-cell").stream()
                .map(TableCell.class::cast)
                .filter(cell -> cell.getTableColumn() != null && !cell.isEmpty())
                .filter(
                    cell ->
                        name.equals(cell.getTableColumn().getText())
                            || ("column-" + name).equals(cell.getTableColumn().getId()))
                .filter(cell -> cell.getIndex() == 0)
                .map(cell -> cell.getText() == null ? "" : cell.getText())
                .findFirst()
                .orElse(""));
  }

  /** A click on a header sorts by it, another one the other way round; Ctrl+G goes to a row. */
  private static void sortAndGo(TableView<?> rows, Label note) throws Exception {
    // Before, the cells tell of the rows that were shown, or that these are on their way.
    Workbench.until(
        "rows of the filter",
        () ->
            firstCell(rows, "symbol").equals("S1")
                && !Double.isNaN(number(firstCell(rows, "Row"))));
    String unsorted = firstCell(rows, "Row");
    Node header =
        workbench.onUi(
            () ->
                rows.lookupAll(".column-header").stream()
                    .filter(each -> "column-open".equals(each.getId()))
                    .findFirst()
                    .orElseThrow());
    workbench.settle();
    clickHeader(header);
    Workbench.until("the least first", () -> number(firstCell(rows, "open")) < 24.5);
    clickHeader(header);
    Workbench.until("the greatest first", () -> number(firstCell(rows, "open")) > 31);
    clickHeader(header);
    Workbench.until("the table's order", () -> firstCell(rows, "Row").equals(unsorted));
    workbench.keys(KeyCode.CONTROL, KeyCode.G);
    workbench.robot().write("100");
    workbench.keys(KeyCode.ENTER);
    ScrollBar scroll = workbench.await("dataset-scroll", ScrollBar.class, bar -> true);
    Workbench.until(
        "row 100 of the result in sight",
        () -> workbench.onUi(scroll::getValue) > 0 && !firstCell(rows, "Row").equals(unsorted));
  }

  /** The headless platform calls every press a popup trigger, which headers leave alone. */
  private static void clickHeader(Node header) {
    workbench.onUi(
        () -> {
          for (var type : List.of(MouseEvent.MOUSE_PRESSED, MouseEvent.MOUSE_RELEASED)) {
            Event.fireEvent(
                header,
                new MouseEvent(
                    type,
                    5,
                    5,
                    5,
                    5,
                    MouseButton.PRIMARY,
                    1,
                    false,
                    false,
                    false,
                    false,
                    true,
                    false,
                    false,
                    true,
                    false,
                    true,
                    null));
          }
          return null;
        });
  }

  private static double number(String cell) {
    try {
      return Double.parseDouble(cell.replace(",", ""));
    } catch (NumberFormatException notYet) {
      return Double.NaN;
    }
  }

  private static void filter(TextField filter, String condition) {
    workbench.onUi(
        () -> {
          filter.setText(condition);
          filter.fireEvent(new javafx.event.ActionEvent());
          return null;
        });
  }

  /** An expression is evaluated while it is typed, and says where it is wrong. */
  private static void featureLab() throws Exception {
    workbench.click("dataset-lab");
    CodeArea expression = workbench.await("lab-expression", CodeArea.class, area -> true);
    workbench.settle();
    focus(expression);
    // Names complete: Enter takes the first one on offer.
    workbench.robot().write("mean(clo");
    workbench.settle();
    workbench.keys(KeyCode.ENTER);
    Workbench.until(
        "the completed name", () -> "mean(close".equals(workbench.onUi(expression::getText)));
    workbench.onUi(
        () -> {
          expression.replaceText("mean(clse, 5)");
          return null;
        });
    Label problem =
        workbench.await("lab-problem", Label.class, label -> label.getText().contains("clse"));
    assertTrue(workbench.onUi(problem::getText).contains("column 6"), problem.getText());
    workbench.onUi(
        () -> {
          expression.replaceText("mean(close, 5) / close - 1");
          expression.moveTo(3);
          return null;
        });
    workbench.await("lab-status", Label.class, label -> label.getText().startsWith("All"));
    assertTrue(workbench.onUi(problem::getText).isEmpty(), "the problem goes");
    workbench.screenshot(SHOTS.resolve("lab-dataset-dark.png"));
    workbench.onUi(
        () -> {
          workbench
              .service(EPartService.class)
              .hidePart(workbench.part("slipstream.ui.part.lab"), true);
          return null;
        });
  }

  @Test
  @Order(6)
  void theHealthOfADataset() throws Exception {
    Files.writeString(folder.resolve("bars.csv"), defects());
    Bundle bundle = Platform.getBundle("slipstream.ui");
    Object services =
        workbench.context().get(bundle.loadClass("slipstream.ui.internal.services.Services"));
    DatasetsServiceBlockingStub datasets =
        (DatasetsServiceBlockingStub) services.getClass().getMethod("datasets").invoke(services);
    datasets
        .importDataset(
            ImportDatasetRequest.newBuilder()
                .setName("bars")
                .setImporter("csv")
                .setParameters(
                    Struct.newBuilder()
                        .putFields("path", Value.newBuilder().setStringValue("bars.csv").build())
                        .putFields("time", Value.newBuilder().setStringValue("date").build())
                        .putFields(
                            "instrument", Value.newBuilder().setStringValue("symbol").build()))
                .build())
        .forEachRemaining(event -> {});
    Class<?> editors = bundle.loadClass("slipstream.ui.internal.Editors");
    workbench.onUi(
        () ->
            editors
                .getMethod("dataset", String.class)
                .invoke(workbench.context().get(editors), "bars"));
    TabPane pages = workbench.await("dataset-tabs", TabPane.class, t -> true);
    rowsAndPlots(pages);
    featureLab();
    workbench.onUi(
        () ->
            editors
                .getMethod("dataset", String.class)
                .invoke(workbench.context().get(editors), "bars"));
    workbench.onUi(
        () -> {
          pages.getSelectionModel().select(2);
          return null;
        });
    workbench.await("health-tally", Label.class, label -> label.getText().contains("errors"));
    TableView<?> findings = workbench.await("health-findings", TableView.class, t -> true);
    HealthFinding first = (HealthFinding) findings.getItems().getFirst();
    assertEquals(Severity.SEVERITY_ERROR, first.getSeverity());
    List<String> kinds =
        findings.getItems().stream().map(each -> ((HealthFinding) each).getKind()).toList();
    assertTrue(
        kinds.containsAll(
            List.of(
                "zero_price", "glitch", "split", "missing_day", "crossed_quote", "late_listing")),
        kinds.toString());
    workbench.onUi(
        () -> {
          findings.getSelectionModel().select(kinds.indexOf("crossed_quote"));
          return null;
        });
    workbench.await("health-detail");
    picture("health");
    TabPane tables = workbench.await("health-tables", TabPane.class, t -> true);
    for (int tab = 1; tab < 4; tab++) {
      int at = tab;
      workbench.onUi(
          () -> {
            tables.getSelectionModel().select(at);
            return null;
          });
      workbench.settle();
      workbench.screenshot(SHOTS.resolve("health-tab-" + tab + ".png"));
    }
    workbench.onUi(
        () -> {
          workbench.service(EPartService.class).hidePart(workbench.part(DATASET), true);
          return null;
        });
  }

  /** The lab of an experiment sees its prepared data and series, unsaved edits included, and adds to it. */
  @Test
  @Order(6)
  void theLabOfAnExperiment() throws Exception {
    workbench.clickTab("btc-trade-impact");
    CodeArea text = workbench.await("experiment-text", CodeArea.class, area -> true);
    String before = workbench.onUi(text::getText);
    workbench.onUi(
        () -> {
          int features = text.getText().indexOf("\nfeatures:") + 1;
          text.insertText(
              text.getText().indexOf('\n', features) + 1, "  not_saved: lag(close, 1)\n");
          return null;
        });
    workbench.click("experiment-lab");
    CodeArea expression = workbench.await("lab-expression", CodeArea.class, area -> true);
    workbench.await("lab-about", Label.class, label -> label.getText().contains("prepared: "));
    workbench.settle();
    workbench.screenshot(SHOTS.resolve("lab-empty-dark.png"));
    CodeArea target = workbench.await("lab-target", CodeArea.class, area -> true);
    assertFalse(workbench.onUi(target::getText).isEmpty(), "the experiment's target is offered");
    focus(expression);
    workbench.robot().write("not_sav");
    workbench.settle();
    workbench.keys(KeyCode.ENTER);
    workbench.robot().write(" / close - 1");
    workbench.await("lab-status", Label.class, label -> label.getText().startsWith("All"));
    assertEquals("not_saved / close - 1", workbench.onUi(expression::getText));
    Workbench.until("no problem", () -> workbench.onUi(() -> labelText("lab-problem")).isEmpty());
    workbench.settle();
    picture("lab");
    int tabs = workbench.openEditors().size();
    workbench.keys(KeyCode.CONTROL, KeyCode.ENTER);
    Workbench.until("the name to be asked", () -> workbench.onUi(WorkbenchTest::dialog) != null);
    workbench.onUi(
        () -> {
          DialogPane dialog = dialog();
          ((TextField) dialog.lookup(".text-field")).setText("one_step");
          ((Button) dialog.lookupButton(ButtonType.OK)).fire();
          return null;
        });
    Workbench.until(
        "the new feature in the experiment",
        () -> workbench.onUi(text::getText).contains("one_step: not_saved / close - 1"));
    assertEquals(tabs, workbench.openEditors().size(), "the lab stays");
    // It is there for the next expression at once.
    expression(expression, "abs(no_such)");
    Workbench.until(
        "a problem", () -> workbench.onUi(() -> labelText("lab-problem")).contains("no_such"));
    expression(expression, "abs(one_step)");
    Workbench.until("no problem", () -> workbench.onUi(() -> labelText("lab-problem")).isEmpty());
    workbench.onUi(
        () -> {
          text.replaceText(before);
          workbench
              .service(EPartService.class)
              .hidePart(workbench.part("slipstream.ui.part.lab"), true);
          return null;
        });
    workbench.clickTab("btc-trade-impact");
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
  }

  /** From the results to why a prediction is what it is: another row, another value, what acts together. */
  @Test
  @Order(6)
  void aPredictionIsExplained() throws Exception {
    workbench.clickTab(workbench.part(RESULTS).getLabel());
    workbench.click("explain-model");
    workbench.await("waterfall");
    Label figure =
        workbench.await("explain-figure", Label.class, label -> label.getText().endsWith(" bp"));
    String example = workbench.onUi(figure::getText);
    TextField row = workbench.await("explain-row", TextField.class, field -> !field.isDisabled());
    workbench.type("explain-row", "777");
    workbench.keys(KeyCode.ENTER);
    Workbench.until("another prediction", () -> !workbench.onUi(figure::getText).equals(example));
    workbench.click("explain-next");
    Workbench.until("the next row", () -> workbench.onUi(row::getText).equals("778"));
    workbench.settle();
    String before = workbench.onUi(figure::getText);
    TableView<?> inputs =
        workbench.await("explain-inputs", TableView.class, t -> t.getItems().size() > 3);
    workbench.click("explain-interactions");
    workbench.onUi(
        () -> {
          inputs.requestFocus();
          inputs.getSelectionModel().select(0);
          inputs.getFocusModel().focus(0);
          return null;
        });
    Workbench.until(
        "pairs of inputs",
        () ->
            workbench.onUi(
                () ->
                    Workbench.all(workbench.scene().getRoot(), ".label").stream()
                        .anyMatch(node -> ((Label) node).getText().contains(" × "))));
    workbench.settle();
    picture("explain");
    press(inputs, KeyCode.ENTER);
    workbench.settle();
    workbench.robot().write("300");
    workbench.keys(KeyCode.ENTER);
    workbench.await("explain-reset");
    Workbench.until(
        "the changed prediction", () -> !workbench.onUi(figure::getText).equals(before));
    workbench.screenshot(SHOTS.resolve("explain-changed.png"));
    workbench.click("explain-reset");
    Workbench.until("the row's own again", () -> workbench.onUi(figure::getText).equals(before));
    hide("slipstream.ui.part.explain");
  }

  private static void hide(String part) {
    workbench.onUi(
        () -> {
          workbench.service(EPartService.class).hidePart(workbench.part(part), true);
          return null;
        });
  }

  /** Cost against the flow that is asked about, another model laid over it, a slider moved by key. */
  @Test
  @Order(6)
  void theCostOfAnOrderByItsSize() throws Exception {
    Class<?> editors =
        Platform.getBundle("slipstream.ui").loadClass("slipstream.ui.internal.Editors");
    workbench.onUi(
        () ->
            editors
                .getMethod("model", String.class)
                .invoke(workbench.context().get(editors), "btc-trade-impact-1-impact_bp-trees"));
    workbench.click("model-curve");
    workbench.await("cost-curve");
    Pane legend =
        workbench.await("curve-legend", Pane.class, each -> each.getChildren().size() == 1);
    @SuppressWarnings("unchecked")
    ComboBox<String> other =
        workbench.await("curve-other", ComboBox.class, box -> !box.getItems().isEmpty());
    workbench.onUi(
        () -> {
          other.setValue("btc-trade-impact-1-impact_bp-ridge");
          return null;
        });
    Workbench.until("a second curve", () -> workbench.onUi(() -> legend.getChildren().size()) == 2);
    List<Slider> sliders =
        workbench.onUi(
            () ->
                Workbench.all(workbench.scene().getRoot(), ".slider").stream()
                    .map(Slider.class::cast)
                    .toList());
    assertTrue(sliders.size() >= 3, "a slider for each other input: " + sliders.size());
    double before = workbench.onUi(() -> sliders.getFirst().getValue());
    workbench.onUi(
        () -> {
          sliders.getFirst().requestFocus();
          return null;
        });
    press(sliders.getFirst(), KeyCode.RIGHT);
    Workbench.until(
        "the slider to move", () -> workbench.onUi(() -> sliders.getFirst().getValue()) > before);
    workbench.settle();
    picture("curve");
    hide("slipstream.ui.part.curve");
    hide("slipstream.ui.part.model");
  }

  /** An experiment that says what to search: stopped, resumed, extended, its trials brushed. */
  @Test
  @Order(6)
  void betterParametersAreSearched() throws Exception {
    workbench.clickTab("btc-trade-impact");
    CodeArea text = workbench.await("experiment-text", CodeArea.class, area -> true);
    String before = workbench.onUi(text::getText);
    workbench.onUi(
        () -> {
          text.appendText(
              """

              search:
                space:
                  models.trees.depth: {min: 2, max: 7}
                  models.trees.learning_rate: {min: 0.02, max: 0.5, log: true}
                  models.trees.rounds: {min: 10, max: 60}
                objective: {metric: rmse, target: impact_bp}
                method: random
                trials: 60
              """);
          return null;
        });
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    workbench.click("search-experiment");
    workbench.await("search-parallel");
    TableView<?> trials =
        workbench.await("search-trials", TableView.class, t -> t.getItems().size() >= 2);
    workbench.click("search-stop");
    workbench.await("search-state", Label.class, label -> label.getText().equals("Cancelled"));
    int kept = workbench.onUi(() -> trials.getItems().size());
    assertTrue(kept >= 2 && kept < 60, "finished trials stay: " + kept);
    searchOn("search-resume", "60");
    workbench.await("search-state", Label.class, label -> label.getText().equals("Finished"));
    assertEquals(60, workbench.onUi(() -> trials.getItems().size()));
    searchOn("search-resume", "72");
    Workbench.until("more trials", () -> workbench.onUi(() -> trials.getItems().size()) == 72);
    workbench.await("search-state", Label.class, label -> label.getText().equals("Finished"));
    assertTrue(workbench.onUi(() -> labelText("search-summary")).startsWith("Probability of"));
    workbench.settle();
    picture("search");
    Node plot = workbench.await("search-parallel");
    drag(plot, 70, 0.25, 0.6);
    Workbench.until("fewer trials", () -> workbench.onUi(() -> trials.getItems().size()) < 72);
    workbench.screenshot(SHOTS.resolve("search-brushed.png"));
    press(plot, KeyCode.ESCAPE);
    Workbench.until("all trials", () -> workbench.onUi(() -> trials.getItems().size()) == 72);
    hide("slipstream.ui.part.search");
    workbench.clickTab("btc-trade-impact");
    workbench.onUi(
        () -> {
          text.replaceText(before);
          return null;
        });
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    workbench.keys(KeyCode.CONTROL, KeyCode.S);
    Workbench.until("the saved mark", () -> !workbench.part(EXPERIMENT).isDirty());
  }

  /** Answers the question for the number of configurations. */
  private static void searchOn(String button, String configurations) throws Exception {
    workbench.click(button);
    Workbench.until("the number to be asked", () -> workbench.onUi(WorkbenchTest::dialog) != null);
    workbench.onUi(
        () -> {
          DialogPane dialog = dialog();
          ((TextField) dialog.lookup(".text-field")).setText(configurations);
          ((Button) dialog.lookupButton(ButtonType.OK)).fire();
          return null;
        });
  }

  /** Drags down along a vertical line; heights as shares of the node's. */
  private static void drag(Node node, double x, double from, double to) {
    workbench.onUi(
        () -> {
          double height = node.getLayoutBounds().getHeight();
          for (var step :
              List.of(
                  java.util.Map.entry(MouseEvent.MOUSE_PRESSED, from),
                  java.util.Map.entry(MouseEvent.MOUSE_DRAGGED, to),
                  java.util.Map.entry(MouseEvent.MOUSE_RELEASED, to))) {
            // Of an event without a source the place is the scene's.
            Point2D at = node.localToScene(x, height * step.getValue());
            Event.fireEvent(
                node,
                new MouseEvent(
                    step.getKey(),
                    at.getX(),
                    at.getY(),
                    at.getX(),
                    at.getY(),
                    MouseButton.PRIMARY,
                    1,
                    false,
                    false,
                    false,
                    false,
                    true,
                    false,
                    false,
                    false,
                    false,
                    true,
                    null));
          }
          return null;
        });
  }

  /** Some more runs, then all their models beside one another; two of them compared. */
  @Test
  @Order(6)
  void modelsOfAllRunsAreCompared() throws Exception {
    RunsServiceBlockingStub runs = (RunsServiceBlockingStub) stub("runs");
    for (String depth : List.of("2", "3", "6")) {
      Run run =
          runs.startRun(
              StartRunRequest.newBuilder()
                  .setExperiment("btc-trade-impact")
                  .putOverrides("models.trees.depth", depth)
                  .putOverrides("models.trees.rounds", "40")
                  .build());
      runs.watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build())
          .forEachRemaining(event -> {});
    }
    workbench.keys(KeyCode.CONTROL, KeyCode.L);
    TableView<?> table =
        workbench.await("leaderboard-table", TableView.class, t -> t.getItems().size() >= 8);
    Label count =
        workbench.await(
            "leaderboard-count", Label.class, label -> label.getText().equals("16 models"));
    String all = workbench.onUi(count::getText);
    Workbench.until(
        "the best skill first",
        () -> {
          List<?> rows = workbench.onUi(() -> List.copyOf(table.getItems()));
          double[] skills = rows.stream().mapToDouble(row -> skill((ModelScore) row)).toArray();
          return java.util.stream.IntStream.range(1, skills.length)
              .allMatch(i -> skills[i - 1] >= skills[i]);
        });
    workbench.onUi(
        () -> {
          table.requestFocus();
          table.getSelectionModel().clearAndSelect(0);
          table.getSelectionModel().selectIndices(1, 2);
          return null;
        });
    workbench.await(
        "leaderboard-differences", Label.class, label -> label.getText().startsWith("3 models"));
    TableView<?> lines =
        workbench.await("leaderboard-comparison", TableView.class, t -> t.getItems().size() > 4);
    assertTrue(lines.getColumns().size() == 4, "a name and three models");
    workbench.settle();
    picture("leaderboard");
    workbench.type("leaderboard-filter", "ridge");
    Workbench.until("fewer models", () -> !workbench.onUi(count::getText).equals(all));
    assertEquals("8 models", workbench.onUi(count::getText), "four runs, two targets");
    workbench.type("leaderboard-filter", "no such");
    Workbench.until("none", () -> workbench.onUi(count::getText).equals("0 models"));
    workbench.screenshot(SHOTS.resolve("leaderboard-none.png"));
    workbench.click("leaderboard-filter");
    workbench.keys(KeyCode.ESCAPE);
    Workbench.until("all models", () -> workbench.onUi(count::getText).equals(all));
    int tabs = workbench.openEditors().size();
    workbench.onUi(
        () -> {
          table.requestFocus();
          table.getSelectionModel().clearAndSelect(0);
          return null;
        });
    workbench.click("leaderboard-open-model");
    workbench.awaitPart("slipstream.ui.part.model");
    assertEquals(tabs + 1, workbench.openEditors().size());
    hide("slipstream.ui.part.model");
    hide("slipstream.ui.part.leaderboard");
  }

  private static double skill(ModelScore score) {
    return score.getMetricsList().stream()
        .filter(each -> each.getMetric().getName().equals("skill"))
        .mapToDouble(MetricScore::getScore)
        .findFirst()
        .orElseThrow();
  }

  /** A stub of the workbench's own services. */
  private static Object stub(String name) throws Exception {
    Class<?> type =
        Platform.getBundle("slipstream.ui").loadClass("slipstream.ui.internal.services.Services");
    return type.getMethod(name).invoke(workbench.context().get(type));
  }

  private static String labelText(String id) {
    return workbench.scene().getRoot().lookup("#" + id) instanceof Label label
        ? label.getText()
        : "";
  }

  /** The dialog that is open, or null. */
  private static DialogPane dialog() {
    return Window.getWindows().stream()
        .filter(each -> each.getScene() != null)
        .map(each -> each.getScene().getRoot())
        .filter(DialogPane.class::isInstance)
        .map(DialogPane.class::cast)
        .findFirst()
        .orElse(null);
  }

  private static void focus(CodeArea area) throws InterruptedException {
    workbench.onUi(
        () -> {
          area.requestFocus();
          return null;
        });
    workbench.settle();
  }

  private static void expression(CodeArea area, String text) {
    workbench.onUi(
        () -> {
          area.replaceText(text);
          return null;
        });
  }

  @Test
  @Order(7)
  void aRunIsCancelled() throws Exception {
    workbench.clickTab("btc-trade-impact");
    // Long enough to be stopped, whatever the machine.
    workbench.type("field-models-trees-rounds", "10000");
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    String first = workbench.part(RUN).getElementId();
    workbench.keys(KeyCode.CONTROL, KeyCode.R);
    Workbench.until(
        "a second run",
        () ->
            workbench.openEditors().stream()
                .anyMatch(id -> id.startsWith(RUN) && !id.equals(first)));
    workbench.await("run-state", Label.class, label -> label.getText().equals("Running"));
    Thread.sleep(2500);
    workbench.screenshot(IMAGES.resolve("run-dark.png"));
    workbench.click("cancel-run");
    workbench.await("run-state", Label.class, label -> label.getText().equals("Cancelled"));
  }

  @Test
  @Order(8)
  void movingATabMovesThePartInTheModel() throws Exception {
    MPart log = workbench.part("slipstream.ui.workbench.part.errorLog");
    MPartStack below = (MPartStack) workbench.onUi(() -> (Object) log.getParent());
    MPartStack editors =
        workbench.onUi(
            () ->
                (MPartStack)
                    workbench
                        .service(EModelService.class)
                        .find("slipstream.ui.workbench.editors.stack", workbench.model()));
    workbench.onUi(
        () -> {
          DockContainerLeaf from = leafWith("Error log");
          DockContainerLeaf to = leafWith("btc-trade-impact");
          Dockable tab =
              from.getDockables().stream()
                  .filter(d -> d.getTitle().equals("Error log"))
                  .findFirst()
                  .orElseThrow();
          // What the docking library does when a tab is dropped on another stack; the headless
          // platform has no drag and drop.
          from.removeDockable(tab);
          to.addDockable(tab);
          to.selectDockable(tab);
          return null;
        });
    Workbench.until("the model", () -> workbench.onUi(() -> (Object) log.getParent()) == editors);
    assertFalse(workbench.onUi(() -> below.getChildren().contains(log)));
    assertEquals(log, workbench.onUi(editors::getSelectedElement));
  }

  private static DockContainerLeaf leafWith(String title) {
    return Workbench.all(workbench.scene().getRoot(), ".container-leaf").stream()
        .map(DockContainerLeaf.class::cast)
        .filter(leaf -> leaf.getDockables().stream().anyMatch(d -> d.getTitle().equals(title)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(9)
  void aRestartFindsLayoutThemeAndEditors() throws Exception {
    List<String> before = workbench.openEditors();
    assertTrue(before.size() >= 4, before.toString());
    double old = explorerWidth();
    // The headless platform sends a drag to the node under the mouse, not to the one that was
    // pressed, so a divider cannot be dragged there.
    workbench.onUi(
        () -> {
          SplitPane split = explorerSplit();
          split.setDividerPosition(0, split.getDividerPositions()[0] + 90 / split.getWidth());
          return null;
        });
    workbench.settle();
    double width = explorerWidth();
    assertTrue(Math.abs(width - old - 90) < 10, "moved by 90: from " + old + " to " + width);
    workbench.close();
    assertTrue(Files.exists(savedModel()));
    assertTrue(
        Files.readString(savedModel())
            .matches("(?s).*modelling\\.left\"[^>]*containerData=\"25\\d\\d\".*"),
        "the moved divider is saved");
    workbench = Workbench.start();
    assertEquals(before, workbench.openEditors());
    workbench.settle();
    assertTrue(
        Math.abs(explorerWidth() - width) < 10,
        "restored: was " + width + " and is " + explorerWidth());
    assertEquals(Theme.DARK, workbench.onUi(() -> workbench.service(ThemeService.class).theme()));
    MPart log = workbench.part("slipstream.ui.workbench.part.errorLog");
    assertEquals(
        "slipstream.ui.workbench.editors.stack",
        workbench.onUi(() -> log.getParent().getElementId()));
    workbench.settle();
    workbench.clickTab("btc-trade-impact");
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
  }

  /** What holds the explorer beside the editors. */
  private static SplitPane explorerSplit() {
    for (Node at = leafWith("Explorer").getParent(); at != null; at = at.getParent()) {
      if (at instanceof SplitPane split) {
        return split;
      }
    }
    throw new AssertionError("the explorer stands alone");
  }

  private static double explorerWidth() {
    return workbench.onUi(() -> leafWith("Explorer").getWidth());
  }

  @Test
  @Order(10)
  void aDamagedLayoutIsSetAside() throws Exception {
    workbench.close();
    workbench = null;
    Path saved = savedModel();
    byte[] bytes = Files.readAllBytes(saved);
    bytes[bytes.length / 2] ^= 1;
    Files.write(saved, bytes);
    workbench = Workbench.start();
    Path aside = saved.resolveSibling("workbench.xmi.damaged");
    assertTrue(Files.exists(aside), "the damaged file is kept");
    assertEquals(bytes.length, Files.size(aside));
    Workbench.until(
        "the notice",
        () ->
            workbench.onUi(
                () ->
                    workbench.service(ErrorLog.class).entries().stream()
                        .anyMatch(entry -> entry.message().contains("checksum"))));
    workbench.await("open-example");
  }

  @Test
  @Order(11)
  void aTruncatedLayoutIsSetAside() throws Exception {
    workbench.close();
    workbench = null;
    Path saved = savedModel();
    String text = Files.readString(saved);
    Files.write(saved, text.substring(0, text.length() / 3).getBytes(StandardCharsets.UTF_8));
    workbench = Workbench.start();
    workbench.await("open-example");
  }

  @Test
  @Order(11)
  void filesBecomeADataset() throws Exception {
    StringBuilder text = new StringBuilder("when,sym,px,size,venue\n");
    for (int i = 0; i < 4_000; i++) {
      text.append("2024-03-0").append(1 + i / 1_000).append('T').append(10 + i / 100 % 10);
      text.append(':').append(i / 60 % 6).append(i % 10).append(":0").append(i % 7);
      text.append(".00000000").append(i % 9).append(i % 2 == 0 ? ",AAPL," : ",MSFT,");
      text.append(i % 50 == 3 ? "" : 100 + i % 97 / 4.0).append(',').append(i % 300);
      text.append(",XNAS\n");
    }
    Files.writeString(folder.resolve("march.csv"), text);
    workbench.settle();
    workbench.keys(KeyCode.CONTROL, KeyCode.I);
    workbench.type("import-path", folder.resolve("march.csv").toString());
    workbench.keys(KeyCode.ENTER);
    ComboBox<?> time = workbench.await("import-time", ComboBox.class, box -> true);
    Workbench.until("the time", () -> "when".equals(workbench.onUi(time::getValue)));
    MenuButton instrument = workbench.await("import-instrument", MenuButton.class, box -> true);
    assertEquals("sym", workbench.onUi(instrument::getText));
    workbench.click("import-keep-venue");
    @SuppressWarnings("unchecked")
    ComboBox<String> type = workbench.await("import-type-size", ComboBox.class, box -> true);
    assertEquals("int64", workbench.onUi(type::getValue));
    workbench.onUi(
        () -> {
          type.setValue("float64");
          return null;
        });
    workbench.type("import-name-px", "price");
    workbench.keys(KeyCode.ENTER);
    workbench.type("import-name", "march");
    workbench.settle();
    workbench.click("import-start");
    workbench.awaitPart("slipstream.ui.part.dataset/march");
    Workbench.until("the page to go", () -> workbench.part("slipstream.ui.part.import") == null);
  }

  @Test
  @Order(12)
  void aTimeOfDayIsProposedAndTheZoneAsked() throws Exception {
    StringBuilder text = new StringBuilder("date,time_ms,ticker,price\n");
    for (int i = 0; i < 2_000; i++) {
      text.append("2013-10-0").append(7 + i / 1_000).append(',');
      text.append(34_200_000 + i % 1_000 * 23_000).append(",IBM,").append(180 + i % 9 / 4.0);
      text.append('\n');
    }
    Files.writeString(folder.resolve("trades.csv"), text);
    workbench.keys(KeyCode.CONTROL, KeyCode.I);
    workbench.type("import-path", "trades.csv");
    workbench.keys(KeyCode.ENTER);
    ComboBox<?> ofDay = workbench.await("import-time-of-day", ComboBox.class, box -> true);
    Workbench.until("the time of day", () -> "time_ms".equals(workbench.onUi(ofDay::getValue)));
    Label question =
        workbench.await("import-question", Label.class, label -> !label.getText().isEmpty());
    assertTrue(
        workbench.onUi(question::getText).contains("from 09:30:00 to 15:52:57"),
        question.getText());
    TableView<?> columns = workbench.await("import-columns", TableView.class, t -> true);
    Workbench.until("the sum", () -> workbench.onUi(() -> columns.getItems().size()) == 5);
    picture("import");
    @SuppressWarnings("unchecked")
    ComboBox<String> zone = workbench.await("import-zone", ComboBox.class, box -> true);
    workbench.onUi(
        () -> {
          zone.setValue("America/New_York");
          return null;
        });
    Workbench.until("the answer", () -> workbench.onUi(question::getText).isEmpty());
    workbench.settle();
    workbench.click("import-start");
    workbench.awaitPart("slipstream.ui.part.dataset/trades");
    Workbench.until(
        "New York's half past nine",
        () ->
            firstCell(workbench.await("dataset-rows", TableView.class, t -> true), "time")
                .contains("13:30:00"));
  }

  @Test
  @Order(13)
  void whatIsWrongWithFilesIsSaidOnThePage() throws Exception {
    Files.writeString(folder.resolve("ragged.csv"), "a,b\n1,2\n3\n");
    workbench.keys(KeyCode.CONTROL, KeyCode.I);
    workbench.type("import-path", "ragged.csv");
    workbench.keys(KeyCode.ENTER);
    Label error =
        workbench.await(
            "import-error", Label.class, label -> label.getText().contains("ragged.csv:3"));
    assertTrue(workbench.onUi(error::getText).contains("1 fields"), error.getText());
    assertTrue(workbench.onUi(() -> workbench.await("import-start").isDisabled()));
  }
}
