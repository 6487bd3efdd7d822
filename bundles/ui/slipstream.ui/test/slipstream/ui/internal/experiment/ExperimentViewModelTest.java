package slipstream.ui.internal.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.ParameterType;
import slipstream.proto.v1.Run;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.experiment.ExperimentViewModel.Validity;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

/** The experiment editor without a toolkit: one model under form and text. */
final class ExperimentViewModelTest {
  private FakeServices services;
  private ExperimentViewModel model;

  @BeforeEach
  void load() throws Exception {
    services = new FakeServices(0);
    services.experiments().put("btc-trade-impact", FakeServices.EXAMPLE);
    model = model("btc-trade-impact");
    model.load();
  }

  @AfterEach
  void close() {
    services.close();
  }

  private ExperimentViewModel model(String name) {
    return new ExperimentViewModel(
        name, new Services(services::channel, () -> false), TaskExecutor.currentThread());
  }

  private FormField field(String key) {
    return model.sections().stream()
        .flatMap(section -> section.fields().stream())
        .filter(field -> field.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no field " + key));
  }

  @Test
  void theFormIsMadeFromTheParameterRecords() {
    FormField depth = field("models.trees.depth");
    assertEquals(ParameterType.PARAMETER_TYPE_INTEGER, depth.parameter().getType());
    assertEquals(1, depth.parameter().getMin());
    assertEquals("6", depth.parameter().getDefaultValue());
    assertEquals("4", depth.valueProperty().get());
    assertEquals("", field("models.trees.learning_rate").valueProperty().get(), "the default");
    assertEquals("expanding", field("validation.window").parameter().getDefaultValue());
    assertTrue(model.loadedProperty().get());
    assertFalse(model.dirtyProperty().get());
    assertEquals(Validity.VALID, model.validityProperty().get());
  }

  @Test
  void theFormWritesIntoTheTextAndKeepsComments() {
    model.set(field("models.trees.depth"), "7");
    assertTrue(model.textProperty().get().contains("rounds: 200, depth: 7}"));
    model.set(field("models.trees.learning_rate"), "0.05");
    assertTrue(model.textProperty().get().contains("learning_rate: 0.05"));
    model.set(field("models.trees.learning_rate"), "");
    assertFalse(model.textProperty().get().contains("learning_rate"), "back to the default");
    assertTrue(model.textProperty().get().contains("# of 30 s returns"));
    assertTrue(model.dirtyProperty().get());
  }

  @Test
  void theTextWritesIntoTheForm() {
    FormField depth = field("models.trees.depth");
    List<FormSection> before = List.copyOf(model.sections());
    model.textProperty().set(model.textProperty().get().replace("depth: 4", "depth: 5"));
    assertEquals("5", depth.valueProperty().get());
    assertEquals(before, model.sections(), "the same controls show the new value");
  }

  @Test
  void aProblemMarksItsField() {
    model.set(field("models.trees.depth"), "99");
    model.validate();
    assertEquals(Validity.INVALID, model.validityProperty().get());
    assertEquals(
        "depth is 99. It must be from 1 to 16.", field("models.trees.depth").errorProperty().get());
    assertEquals(1, model.problems().size());
    model.set(field("models.trees.depth"), "3");
    model.validate();
    assertEquals("", field("models.trees.depth").errorProperty().get());
  }

  @Test
  void textThatIsNotYamlKeepsTheLastForm() {
    int sections = model.sections().size();
    model.textProperty().set("models: {trees: [\n");
    assertFalse(model.syntaxErrorProperty().get().isEmpty());
    assertEquals(sections, model.sections().size());
    model.set(field("models.trees.depth"), "9");
    assertEquals("models: {trees: [\n", model.textProperty().get(), "the form does not write then");
  }

  @Test
  void definitionsAndModelsComeAndGo() {
    FormSection features =
        model.sections().stream()
            .filter(s -> s.title().equals("Features"))
            .findFirst()
            .orElseThrow();
    model.addDefinition(features, "return_1", "0");
    assertEquals("0", field("features.return_1_2").valueProperty().get());
    model.addModel("ridge");
    assertEquals("ridge", field("models.ridge_2.trainer").valueProperty().get());
    model.remove(List.of("models", "ridge_2"));
    assertFalse(model.textProperty().get().contains("ridge_2"));
  }

  @Test
  void savingClearsTheMark() {
    model.set(field("models.trees.depth"), "8");
    List<Optional<String>> outcome = new ArrayList<>();
    model.save(outcome::add);
    assertEquals(List.of(Optional.empty()), outcome);
    assertFalse(model.dirtyProperty().get());
    assertTrue(services.experiments().get("btc-trade-impact").contains("depth: 8"));
  }

  @Test
  void runningSavesFirst() {
    model.set(field("models.trees.depth"), "8");
    List<Run> runs = new ArrayList<>();
    model.run(
        runs::add,
        problem -> {
          throw new AssertionError(problem);
        });
    assertEquals("btc-trade-impact-1", runs.getFirst().getName());
    assertTrue(services.experiments().get("btc-trade-impact").contains("depth: 8"));
    assertFalse(model.startingProperty().get());
  }

  @Test
  void anExperimentThatIsGoneSaysWhatToDo() {
    ExperimentViewModel gone = model("gone");
    gone.load();
    assertEquals(
        "There is no experiment 'gone'. Open one from the Explorer.",
        gone.loadErrorProperty().get());
    assertFalse(gone.loadedProperty().get());
  }
}
