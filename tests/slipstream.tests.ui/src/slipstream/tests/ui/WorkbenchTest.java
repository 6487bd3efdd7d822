package slipstream.tests.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
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

  private static Workbench workbench;
  private static String failed;

  @BeforeAll
  static void start() throws Exception {
    workbench = Workbench.start("--timing");
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

  private static Path savedModel() throws Exception {
    return Path.of(org.eclipse.core.runtime.Platform.getInstanceLocation().getURL().toURI())
        .resolve(".metadata/workbench.xmi");
  }

  @Test
  @Order(1)
  void firstStartOffersTheExample() {
    workbench.press("open-example");
    MPart part = workbench.awaitPart(EXPERIMENT);
    assertEquals("btc-trade-impact", part.getLabel());
    Label badge =
        workbench.await(
            "experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    assertNotNull(badge);
  }

  @Test
  @Order(2)
  void formAndTextAreOneModel() {
    CodeArea text = workbench.await("experiment-text", CodeArea.class, area -> true);
    MPart part = workbench.awaitPart(EXPERIMENT);
    TextField folds = workbench.await("field-validation-folds", TextField.class, f -> true);
    String before = workbench.onUi(folds::getText);
    String other = before.equals("3") ? "2" : "3";

    type(folds, other);
    assertTrue(
        workbench.onUi(text::getText).contains("folds: " + other), "the text follows the form");
    assertTrue(part.isDirty());

    workbench.onUi(
        () -> {
          int at = text.getText().indexOf("folds: ") + "folds: ".length();
          text.replaceText(at, at + other.length(), "0");
          return null;
        });
    assertEquals("0", workbench.onUi(folds::getText), "the form follows the text");
    workbench.await(
        "experiment-validity", Label.class, label -> label.getText().contains("problem"));
    assertTrue(
        workbench.onUi(
            () ->
                Workbench.all(workbench.scene().getRoot(), ".field-error").stream()
                    .anyMatch(node -> node.isVisible() && !((Label) node).getText().isEmpty())),
        "the field says what is wrong");

    type(folds, "2");
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
    workbench.onUi(() -> workbench.parts().savePart(part, false));
    Workbench.until("the saved mark", () -> !part.isDirty());
  }

  private static void type(TextField field, String value) {
    workbench.onUi(
        () -> {
          field.setText(value);
          return null;
        });
  }

  @Test
  @Order(3)
  void aRunEndsWithScores() throws Exception {
    UiStallWatchdog watchdog = workbench.service(UiStallWatchdog.class);
    watchdog.reset();
    workbench.press("run-experiment");
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
    System.out.println(
        "worst answer of the UI thread during a run: "
            + watchdog.worst().toMillis()
            + " ms; stalls above "
            + UiStallWatchdog.LIMIT.toMillis()
            + " ms: "
            + watchdog.stalls().size());
    watchdog
        .stalls()
        .forEach(
            stall ->
                System.out.println(
                    "  "
                        + stall.length().toMillis()
                        + " ms in "
                        + String.join(" < ", stall.stack().stream().limit(12).toList())));
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
    workbench.press("slipstream-ui-workbench-toolbar-theme");
    Workbench.until(
        "the dark theme",
        () -> workbench.onUi(() -> workbench.service(ThemeService.class).theme()) == Theme.DARK);
    workbench.screenshot(IMAGES.resolve("workbench-dark.png"));
    assertTrue(Files.size(IMAGES.resolve("workbench-dark.png")) > 20_000);
  }

  @Test
  @Order(6)
  void aRunIsCancelled() {
    workbench.onUi(
        () -> {
          workbench.parts().activate(workbench.part(EXPERIMENT));
          return null;
        });
    String first = workbench.part(RUN).getElementId();
    workbench.press("run-experiment");
    Workbench.until(
        "a second run",
        () ->
            workbench.openEditors().stream()
                .anyMatch(id -> id.startsWith(RUN) && !id.equals(first)));
    workbench.press("cancel-run");
    workbench.await("run-state", Label.class, label -> label.getText().equals("Cancelled"));
  }

  @Test
  @Order(7)
  void movingATabMovesThePartInTheModel() {
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
          // What the docking library does when a tab is dropped on another stack.
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
  @Order(8)
  void aRestartFindsLayoutThemeAndEditors() throws Exception {
    List<String> before = workbench.openEditors();
    assertTrue(before.size() >= 4, before.toString());
    workbench.close();
    assertTrue(Files.exists(savedModel()));
    workbench = Workbench.start();
    assertEquals(before, workbench.openEditors());
    assertEquals(Theme.DARK, workbench.onUi(() -> workbench.service(ThemeService.class).theme()));
    MPart log = workbench.part("slipstream.ui.workbench.part.errorLog");
    assertEquals(
        "slipstream.ui.workbench.editors.stack",
        workbench.onUi(() -> log.getParent().getElementId()));
    workbench.onUi(
        () -> {
          workbench.parts().activate(workbench.part(EXPERIMENT));
          return null;
        });
    workbench.await("experiment-validity", Label.class, label -> label.getText().equals("Valid"));
  }

  @Test
  @Order(9)
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
  @Order(10)
  void aTruncatedLayoutIsSetAside() throws Exception {
    workbench.close();
    workbench = null;
    Path saved = savedModel();
    String text = Files.readString(saved);
    Files.write(saved, text.substring(0, text.length() / 3).getBytes(StandardCharsets.UTF_8));
    workbench = Workbench.start();
    workbench.await("open-example");
  }
}
