package slipstream.ui.internal.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** The import page without a toolkit. */
final class ImportViewModelTest {
  private FakeServices fake;
  private ImportViewModel model;

  @BeforeEach
  void open() throws Exception {
    fake = new FakeServices(0);
    model =
        new ImportViewModel(new Services(fake::channel, () -> false), TaskExecutor.currentThread());
    model.pathProperty().set("a.csv");
    model.open();
  }

  @AfterEach
  void close() throws Exception {
    fake.close();
  }

  private Struct asked() {
    return fake.importParameters().getLast();
  }

  private String change(String column) {
    return asked()
        .getFieldsOrThrow("columns")
        .getStructValue()
        .getFieldsOrThrow(column)
        .getStringValue();
  }

  @Test
  void theSuggestionsAreTakenOver() {
    assertEquals("ts", model.timeProperty().get());
    assertEquals("ms", model.timeOfDayProperty().get());
    assertEquals("ms", model.timeUnitProperty().get());
    assertEquals(List.of("sym"), model.instrument());
    assertTrue(model.readyProperty().get());
    assertEquals(List.of("ts + ms", "ts", "sym", "px"), sources());
    assertEquals("time", model.columns().getFirst().nameProperty().get());
    assertEquals("float64", column("px").typeProperty().get());
    assertEquals("px 1   –", column("px").valuesProperty().get());
    assertEquals("px > 0", asked().getFieldsOrThrow("where").getStringValue());
    assertEquals("ms", asked().getFieldsOrThrow("time_of_day").getStringValue());
    assertEquals("ts", asked().getFieldsOrThrow("time").getStringValue());
    assertFalse(asked().containsFields("columns"), "nothing was chosen: " + asked());
  }

  private List<String> sources() {
    return model.columns().stream().map(ImportColumn::source).toList();
  }

  private ImportColumn column(String source) {
    return model.columns().get(sources().indexOf(source));
  }

  @Test
  void whoNamesAZoneHasAnswered() {
    assertEquals("Which time zone?", model.questionProperty().get());
    model.timeZoneProperty().set("America/New_York");
    assertEquals("", model.questionProperty().get());
  }

  @Test
  void aColumnThatIsMadeOfSeveralGoesWithTheirChoice() {
    model.timeOfDayProperty().set(ImportViewModel.NONE);
    assertEquals(List.of("ts", "sym", "px"), sources());
    assertFalse(asked().containsFields("time_of_day"));
  }

  @Test
  void choicesAreLookedAtAndImported() {
    ImportColumn price = column("px");
    price.nameProperty().set("mid price");
    assertEquals("mid_price", change("px"));
    price.typeProperty().set("float32");
    assertEquals("mid_price float32", change("px"));
    column("sym").keptProperty().set(false);
    assertEquals("-", change("sym"));
    model.timeZoneProperty().set("Asia/Tokyo");
    model.nameProperty().set("mine");
    List<String> done = new ArrayList<>();
    model.start(dataset -> done.add(dataset.getName()));
    assertEquals(List.of("mine"), done);
    assertEquals("Asia/Tokyo", asked().getFieldsOrThrow("time_zone").getStringValue());
    assertEquals("mid_price float32", change("px"));
    assertFalse(model.runningProperty().get());
    assertEquals(0.25, model.progressProperty().get());
    assertTrue(model.progressTextProperty().get().contains("25 %"));
  }

  @Test
  void aWrongChoiceIsSaidAndCanBeTakenBack() {
    model.timeProperty().set("px");
    assertTrue(model.errorProperty().get().contains("is no time"));
    assertFalse(model.readyProperty().get());
    int asked = fake.importParameters().size();
    model.start(dataset -> {});
    assertEquals(asked, fake.importParameters().size(), "nothing is imported");
    model.timeProperty().set(ImportViewModel.NONE);
    assertEquals("", model.errorProperty().get());
    assertTrue(model.readyProperty().get());
    assertEquals(List.of("ts", "sym", "px"), sources(), "the files' own columns stay");
  }

  @Test
  void droppedFilesBecomeOnePattern() {
    assertEquals(
        "/d/{a.csv,b.csv}", Patterns.of(List.of(Path.of("/d/b.csv"), Path.of("/d/a.csv"))));
  }
}
