package slipstream.ui.internal;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.ui.MElementContainer;
import org.eclipse.e4.ui.model.application.ui.MUIElement;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.model.application.ui.basic.MStackElement;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPartService;

/** Opens what the explorer lists, each thing in one tab. UI thread only. */
public final class Editors {
  /** Key in a part's persisted state: the name of what it shows. */
  public static final String INPUT = "input";

  /** Before the name, in the input of a lab that is open on an experiment; no dataset's name holds a colon. */
  private static final String EXPERIMENT = "experiment:";

  private static final String STACK_TAG = "org.eclipse.e4.primaryDataStack";

  @Inject private MApplication application;
  @Inject private EModelService modelService;

  /** Opens an experiment. */
  public MPart experiment(String name) {
    return open("slipstream.ui.part.experiment", name, name);
  }

  /** Opens a run's progress. */
  public MPart run(String name) {
    return open("slipstream.ui.part.run", name, name);
  }

  /** Opens a run's results. */
  public MPart results(String name) {
    return open("slipstream.ui.part.results", name, name + " results");
  }

  /** Opens a dataset. */
  public MPart dataset(String name) {
    return open("slipstream.ui.part.dataset", name, name);
  }

  /** Opens the page on which files become a dataset. */
  public MPart importData() {
    return open("slipstream.ui.part.import", "", "Import data");
  }

  /** Opens the feature lab on a dataset. */
  public MPart lab(String dataset) {
    return open("slipstream.ui.part.lab", dataset, "Lab " + dataset);
  }

  /** Opens the feature lab on an experiment: its prepared data and its series, unsaved edits included. */
  public MPart experimentLab(String experiment) {
    return open("slipstream.ui.part.lab", EXPERIMENT + experiment, "Lab " + experiment);
  }

  /** The experiment whose lab a part's input names; empty when the input is a dataset. */
  public static Optional<String> experimentOf(String labInput) {
    return labInput.startsWith(EXPERIMENT)
        ? Optional.of(labInput.substring(EXPERIMENT.length()))
        : Optional.empty();
  }

  /** The open tab of an experiment. */
  public Optional<MPart> openExperiment(String name) {
    return Optional.ofNullable(find("slipstream.ui.part.experiment", name));
  }

  /** Opens a model. */
  public MPart model(String name) {
    return open("slipstream.ui.part.model", name, name);
  }

  /** Opens the page that explains a model's predictions. */
  public MPart explain(String model) {
    return open("slipstream.ui.part.explain", model, "Explain " + model);
  }

  /** Opens the cost curve of a model. */
  public MPart curve(String model) {
    return open("slipstream.ui.part.curve", model, "Cost curve " + model);
  }

  /** Opens a search. */
  public MPart search(String name) {
    return open("slipstream.ui.part.search", name, name);
  }

  /** Opens the table of the models of all runs. */
  public MPart leaderboard() {
    return open("slipstream.ui.part.leaderboard", "", "Leaderboard");
  }

  /** The experiments that are open in tabs. */
  public List<MPart> openExperiments() {
    return modelService
        .findElements(window(), null, MPart.class, null, EModelService.IN_SHARED_AREA)
        .stream()
        .filter(MUIElement::isToBeRendered)
        .filter(part -> part.getElementId() != null)
        .filter(part -> part.getElementId().startsWith("slipstream.ui.part.experiment"))
        .toList();
  }

  /** Opens the welcome page. */
  public MPart welcome() {
    return open("slipstream.ui.part.welcome", "", "Welcome");
  }

  /** Closes the tab of an experiment without asking; for experiments that were deleted. */
  public void closeExperiment(String name) {
    MPart part = find("slipstream.ui.part.experiment", name);
    if (part != null) {
      part.setDirty(false);
      window().getContext().get(EPartService.class).hidePart(part, true);
    }
  }

  private MPart open(String descriptor, String input, String label) {
    EPartService parts = window().getContext().get(EPartService.class);
    MPart part = find(descriptor, input);
    if (part == null) {
      part = parts.createPart(descriptor);
      part.setElementId(id(descriptor, input));
      part.setLabel(label);
      part.getPersistedState().put(INPUT, input);
      stack(parts).getChildren().add((MStackElement) part);
    }
    parts.activate(part, true);
    return part;
  }

  private static String id(String descriptor, String input) {
    return input.isEmpty() ? descriptor : descriptor + "/" + input;
  }

  private MPart find(String descriptor, String input) {
    List<MPart> found =
        modelService.findElements(
            window(), id(descriptor, input), MPart.class, null, EModelService.ANYWHERE);
    return found.stream().filter(MUIElement::isToBeRendered).findFirst().orElse(null);
  }

  /** The stack of the active editor, or the first one of the editor area. */
  private MPartStack stack(EPartService parts) {
    List<MPartStack> area =
        modelService.findElements(
            window(), null, MPartStack.class, null, EModelService.IN_SHARED_AREA);
    MPart active = parts.getActivePart();
    if (active != null) {
      MElementContainer<?> parent =
          active.getParent() == null && active.getCurSharedRef() != null
              ? active.getCurSharedRef().getParent()
              : active.getParent();
      if (parent instanceof MPartStack stack && area.contains(stack)) {
        return stack;
      }
    }
    return area.stream()
        .filter(stack -> stack.getTags().contains(STACK_TAG))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The model has no editor area"));
  }

  private MWindow window() {
    return application.getSelectedElement() == null
        ? application.getChildren().getFirst()
        : application.getSelectedElement();
  }
}
