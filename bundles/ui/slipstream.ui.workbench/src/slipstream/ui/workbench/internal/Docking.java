package slipstream.ui.workbench.internal;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import javafx.application.Platform;
import javafx.geometry.Orientation;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.Circle;
import org.eclipse.e4.ui.model.application.ui.MElementContainer;
import org.eclipse.e4.ui.model.application.ui.MUIElement;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspective;
import org.eclipse.e4.ui.model.application.ui.advanced.MPlaceholder;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MPartSashContainer;
import org.eclipse.e4.ui.model.application.ui.basic.MPartSashContainerElement;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.model.application.ui.basic.MStackElement;
import org.eclipse.e4.ui.workbench.IPresentationEngine;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import slipstream.ui.workbench.Icons;
import software.coley.bentofx.Bento;
import software.coley.bentofx.control.HeaderPane;
import software.coley.bentofx.dockable.Dockable;
import software.coley.bentofx.event.DockEvent;
import software.coley.bentofx.layout.DockContainer;
import software.coley.bentofx.layout.container.DockContainerBranch;
import software.coley.bentofx.layout.container.DockContainerLeaf;
import software.coley.bentofx.layout.container.DockContainerRootBranch;

/**
 * The one class that knows the docking library. Sash containers of the model are branches, part stacks are leaves and
 * parts are dockables.
 *
 * <p>The model leads: a structural change of the model rebuilds the docks of its perspective (parts keep their nodes, so
 * nothing is lost and nothing is created anew). When a person drags a tab, the docks lead once: the model is made to
 * match them, stacks and sashes for a split included, and then the docks are rebuilt from the model, so that the two can
 * never drift apart.
 */
final class Docking {
  /** Marks stacks and sashes that dragging created: they go when they become empty. */
  static final String CREATED_BY_DRAG = "slipstream.createdByDrag";

  /** Key in a stack's persisted state: the text shown while the stack is empty. */
  static final String EMPTY_TEXT = "emptyText";

  /** Tag of an element that takes no share when the window grows. */
  static final String KEEPS_SIZE = "KeepsSize";

  private static final int WHOLE = 10_000;

  /** What docking needs from the presentation engine. */
  interface Host {
    /** The (cheap, empty until selected) pane of a part. */
    Node paneOf(MPart part);

    /** A person selected a tab. */
    void selectedByUser(MPart part);

    /** A person asked to close a tab. */
    void closeRequested(MPart part);

    /** Creates the part's content; called for each tab that is in front. */
    void inFront(MUIElement stackElement);
  }

  private final Bento bento = new Bento();
  private final EModelService modelService;
  private final Host host;
  private final Map<MPerspective, StackPane> holders = new IdentityHashMap<>();
  private final Map<MPart, Dockable> dockables = new IdentityHashMap<>();
  private final Map<DockContainer, MUIElement> elements = new IdentityHashMap<>();
  private final Map<MPartStack, DockContainerLeaf> leaves = new IdentityHashMap<>();
  private boolean followingModel;
  private boolean leadingModel;
  private boolean syncPlanned;

  Docking(EModelService modelService, Host host) {
    this.modelService = modelService;
    this.host = host;
    bento.placeholderBuilding().setContainerPlaceholderFactory(this::emptyLeaf);
    bento.events().addEventListener(this::onDockEvent);
  }

  /** Whether the model changes because of a drag; the engine then leaves the docks alone. */
  boolean isLeadingModel() {
    return leadingModel;
  }

  /** The docks of a perspective. */
  Node render(MPerspective perspective) {
    StackPane holder = holders.computeIfAbsent(perspective, p -> new StackPane());
    rebuild(perspective);
    return holder;
  }

  /** Whether a sash, its placeholder included, has docks in a window. */
  boolean shows(MPartSashContainer sash) {
    return elements.entrySet().stream()
        .anyMatch(
            entry ->
                (entry.getValue() == sash
                        || entry.getValue() instanceof MPlaceholder placeholder
                            && placeholder.getRef() == sash)
                    && entry.getKey() instanceof Node node
                    && node.getScene() != null);
  }

  /** Brings the docks of a perspective in line with the model. */
  void rebuild(MPerspective perspective) {
    StackPane holder = holders.get(perspective);
    if (holder == null) {
      return;
    }
    boolean nested = followingModel;
    followingModel = true;
    try {
      if (!holder.getChildren().isEmpty()) {
        captureSizes(perspective);
      }
      elements.clear();
      leaves.clear();
      DockContainerRootBranch root = bento.dockBuilding().root();
      root.setPruneWhenEmpty(false);
      for (MPartSashContainerElement child : perspective.getChildren()) {
        DockContainer built = build(child);
        if (built != null) {
          root.addContainer(built);
          elements.putIfAbsent(built, child);
        }
      }
      elements.put(root, perspective);
      holder.getChildren().setAll(root);
    } finally {
      followingModel = nested;
    }
    for (MPartStack stack : List.copyOf(leaves.keySet())) {
      MUIElement front = stack.getSelectedElement();
      if (front != null && shown(front)) {
        host.inFront(front);
      }
    }
  }

  private DockContainer build(MUIElement element) {
    if (!shown(element)) {
      return null;
    }
    if (element instanceof MPlaceholder placeholder) {
      MUIElement shared = placeholder.getRef();
      if (shared == null) {
        return null;
      }
      if (shared instanceof MPart part) {
        return single(placeholder, part);
      }
      shared.setCurSharedRef(placeholder);
      DockContainer built = build(shared);
      if (built != null) {
        elements.put(built, placeholder);
      }
      return built;
    } else if (element instanceof MPartSashContainer sash) {
      return branch(sash);
    } else if (element instanceof MPartStack stack) {
      return leaf(stack);
    } else if (element instanceof MPart part) {
      return single(part, part);
    } else {
      return null;
    }
  }

  private DockContainer branch(MPartSashContainer sash) {
    DockContainerBranch branch = bento.dockBuilding().branch();
    branch.setPruneWhenEmpty(false);
    branch.setOrientation(sash.isHorizontal() ? Orientation.HORIZONTAL : Orientation.VERTICAL);
    List<MUIElement> rendered = new ArrayList<>();
    for (MPartSashContainerElement child : sash.getChildren()) {
      DockContainer built = build(child);
      if (built != null) {
        branch.addContainer(built);
        elements.putIfAbsent(built, child);
        rendered.add(child);
        SplitPane.setResizableWithParent(built.asRegion(), !child.getTags().contains(KEEPS_SIZE));
      }
    }
    if (rendered.isEmpty() && !sash.getTags().contains(IPresentationEngine.NO_AUTO_COLLAPSE)) {
      return null;
    }
    double total = rendered.stream().mapToInt(Docking::weight).sum();
    double sum = 0;
    for (int i = 0; i + 1 < rendered.size(); i++) {
      sum += weight(rendered.get(i));
      branch.setDividerPosition(i, sum / total);
    }
    elements.putIfAbsent(branch, sash);
    return branch;
  }

  private DockContainer leaf(MPartStack stack) {
    List<Dockable> tabs = tabs(stack);
    if (tabs.isEmpty() && !stack.getTags().contains(IPresentationEngine.NO_AUTO_COLLAPSE)) {
      return null;
    }
    DockContainerLeaf leaf = newLeaf();
    elements.put(leaf, stack);
    leaves.put(stack, leaf);
    for (Dockable tab : tabs) {
      tab.inContainer(old -> old.removeDockable(tab));
      leaf.addDockable(tab);
    }
    selectFront(stack, leaf);
    if (tabs.isEmpty()) {
      // The library shows its placeholder only when a selection goes, not when there never was one.
      HeaderPane pane = (HeaderPane) leaf.getChildren().getFirst();
      pane.getContentWrapper().setCenter(emptyLeaf(leaf));
    }
    return leaf;
  }

  /** A part that stands alone in a sash: a leaf without tabs. */
  private DockContainer single(MUIElement element, MPart part) {
    DockContainerLeaf leaf = newLeaf();
    leaf.setSide(null);
    leaf.setCanSplit(false);
    elements.put(leaf, element);
    Dockable dockable = dockable(part);
    dockable.inContainer(old -> old.removeDockable(dockable));
    leaf.addDockable(dockable);
    leaf.selectDockable(dockable);
    Platform.runLater(() -> host.inFront(element));
    return leaf;
  }

  private DockContainerLeaf newLeaf() {
    DockContainerLeaf leaf = bento.dockBuilding().leaf();
    leaf.setPruneWhenEmpty(false);
    leaf.setSide(Side.TOP);
    leaf.selectedDockableProperty()
        .addListener(
            (property, old, selected) -> {
              if (!followingModel && selected != null) {
                userSelected(leaf, selected);
              }
            });
    return leaf;
  }

  private void selectFront(MPartStack stack, DockContainerLeaf leaf) {
    MUIElement front = stack.getSelectedElement();
    if (front == null || !shown(front)) {
      front = stack.getChildren().stream().filter(Docking::shown).findFirst().orElse(null);
      if (front != null) {
        stack.setSelectedElement((MStackElement) front);
      }
    }
    MPart part = partOf(front);
    if (part != null) {
      leaf.selectDockable(dockable(part));
    }
  }

  private List<Dockable> tabs(MPartStack stack) {
    List<Dockable> tabs = new ArrayList<>();
    for (MStackElement child : stack.getChildren()) {
      MPart part = partOf(child);
      if (part != null && shown(child)) {
        if (child instanceof MPlaceholder placeholder) {
          part.setCurSharedRef(placeholder);
        }
        tabs.add(dockable(part));
      }
    }
    return tabs;
  }

  /** Adds, removes and reorders the tabs of one stack; rebuilds its perspective when it (dis)appears. */
  void refresh(MPartStack stack) {
    DockContainerLeaf leaf = leaves.get(stack);
    List<Dockable> wanted = tabs(stack);
    boolean shouldShow =
        shown(stack)
            && (!wanted.isEmpty()
                || stack.getTags().contains(IPresentationEngine.NO_AUTO_COLLAPSE));
    if ((leaf != null) != shouldShow) {
      MPerspective perspective = modelService.getPerspectiveFor(stack);
      if (perspective != null) {
        rebuild(perspective);
      }
      return;
    }
    if (leaf == null) {
      return;
    }
    boolean nested = followingModel;
    followingModel = true;
    try {
      for (Dockable old : List.copyOf(leaf.getDockables())) {
        if (!wanted.contains(old)) {
          leaf.removeDockable(old);
        }
      }
      for (int i = 0; i < wanted.size(); i++) {
        Dockable tab = wanted.get(i);
        if (i >= leaf.getDockables().size() || leaf.getDockables().get(i) != tab) {
          tab.inContainer(container -> container.removeDockable(tab));
          leaf.addDockable(i, tab);
        }
      }
      selectFront(stack, leaf);
    } finally {
      followingModel = nested;
    }
    if (stack.getSelectedElement() != null) {
      host.inFront(stack.getSelectedElement());
    }
  }

  /** Brings the stack's selected element to the front. */
  void select(MPartStack stack) {
    DockContainerLeaf leaf = leaves.get(stack);
    MPart part = partOf(stack.getSelectedElement());
    if (leaf == null || part == null || !shown(stack.getSelectedElement())) {
      return;
    }
    boolean nested = followingModel;
    followingModel = true;
    try {
      Dockable dockable = dockable(part);
      if (leaf.getSelectedDockable() != dockable && !leaf.selectDockable(dockable)) {
        refresh(stack);
      }
    } finally {
      followingModel = nested;
    }
    host.inFront(stack.getSelectedElement());
  }

  /** Takes over a part's label, icon, tooltip and dirty marker. */
  void refresh(MPart part) {
    Dockable dockable = dockables.get(part);
    if (dockable != null) {
      dress(dockable, part);
    }
  }

  /** Forgets a part that was closed for good. */
  void forget(MPart part) {
    Dockable dockable = dockables.remove(part);
    if (dockable != null) {
      boolean nested = followingModel;
      followingModel = true;
      try {
        dockable.inContainer(container -> container.removeDockable(dockable));
        dockable.setNode(null);
      } finally {
        followingModel = nested;
      }
    }
  }

  private Dockable dockable(MPart part) {
    return dockables.computeIfAbsent(
        part,
        p -> {
          Dockable dockable = bento.dockBuilding().dockable();
          dockable.setNode(host.paneOf(p));
          dockable.setCanBeDroppedToNewWindow(false);
          dockable.setCanBeDragged(!p.getTags().contains(IPresentationEngine.NO_MOVE));
          dockable.setContextMenuFactory(d -> tabMenu(p));
          dress(dockable, p);
          return dockable;
        });
  }

  private static void dress(Dockable dockable, MPart part) {
    String label = part.getLocalizedLabel();
    dockable.setTitle(label == null ? "" : label);
    dockable.setClosable(part.isCloseable());
    String tip = part.getLocalizedTooltip();
    dockable.setTooltip(tip == null || tip.isBlank() ? null : new Tooltip(tip));
    if (part.isDirty()) {
      dockable.setIconFactory(
          d -> {
            Circle dot = new Circle(4);
            dot.getStyleClass().add("dirty-marker");
            return new StackPane(dot);
          });
    } else {
      String uri = part.getIconURI();
      dockable.setIconFactory(d -> Icons.ofUri(uri) == null ? new StackPane() : icon14(uri));
    }
  }

  private static Node icon14(String uri) {
    return Icons.of(uri.substring(Icons.SCHEME.length()), 14);
  }

  private ContextMenu tabMenu(MPart part) {
    ContextMenu menu = new ContextMenu();
    if (part.isCloseable()) {
      MenuItem close = new MenuItem("Close");
      close.setOnAction(event -> host.closeRequested(part));
      MenuItem others = new MenuItem("Close others");
      others.setOnAction(event -> siblings(part).forEach(host::closeRequested));
      MenuItem all = new MenuItem("Close all");
      all.setOnAction(
          event -> {
            siblings(part).forEach(host::closeRequested);
            host.closeRequested(part);
          });
      menu.getItems().addAll(close, others, all);
    }
    return menu;
  }

  private List<MPart> siblings(MPart part) {
    MUIElement place = part.getCurSharedRef() == null ? part : part.getCurSharedRef();
    List<MPart> siblings = new ArrayList<>();
    MElementContainer<MUIElement> stack = place.getParent();
    if (stack != null) {
      for (MUIElement child : stack.getChildren()) {
        MPart sibling = partOf(child);
        if (sibling != null && sibling != part && sibling.isCloseable() && shown(child)) {
          siblings.add(sibling);
        }
      }
    }
    return siblings;
  }

  private Node emptyLeaf(DockContainerLeaf leaf) {
    String text =
        elements.get(leaf) instanceof MPartStack stack
            ? stack.getPersistedState().getOrDefault(EMPTY_TEXT, "")
            : "";
    Label label = new Label(text);
    label.setWrapText(true);
    label.getStyleClass().add("empty-stack");
    StackPane pane = new StackPane(label);
    pane.getStyleClass().add("empty-stack-pane");
    return pane;
  }

  // ---- from the docks to the model ----

  private void onDockEvent(DockEvent event) {
    if (followingModel) {
      return;
    }
    switch (event) {
      case DockEvent.DockableClosing closing -> {
        closing.cancel();
        MPart part = partFor(closing.dockable());
        if (part != null) {
          Platform.runLater(() -> host.closeRequested(part));
        }
      }
      case DockEvent.DockableAdded added -> planSync();
      case DockEvent.DockableRemoved removed -> planSync();
      case DockEvent.ContainerChildAdded added -> planSync();
      case DockEvent.ContainerChildRemoved removed -> planSync();
      default -> {}
    }
  }

  private void userSelected(DockContainerLeaf leaf, Dockable selected) {
    MPart part = partFor(selected);
    if (part == null || syncPlanned || !(elements.get(leaf) instanceof MPartStack)) {
      return;
    }
    host.selectedByUser(part);
  }

  private void planSync() {
    if (!syncPlanned) {
      syncPlanned = true;
      // A drop is several changes of the docks; the model follows when all are made.
      Platform.runLater(
          () -> {
            syncPlanned = false;
            for (MPerspective perspective : List.copyOf(holders.keySet())) {
              if (rootOf(perspective) != null && rootOf(perspective).getScene() != null) {
                modelFromDocks(perspective);
                rebuild(perspective);
              }
            }
          });
    }
  }

  private DockContainerRootBranch rootOf(MPerspective perspective) {
    StackPane holder = holders.get(perspective);
    return holder == null || holder.getChildren().isEmpty()
        ? null
        : (DockContainerRootBranch) holder.getChildren().getFirst();
  }

  /** Makes the model match the docks after a drag. */
  private void modelFromDocks(MPerspective perspective) {
    leadingModel = true;
    try {
      List<MUIElement> wanted = new ArrayList<>();
      for (DockContainer child : children(rootOf(perspective))) {
        wanted.add(modelOf(child));
      }
      arrange(perspective, wanted);
      prune(perspective);
    } finally {
      leadingModel = false;
    }
  }

  private MUIElement modelOf(DockContainer container) {
    return switch (container) {
      case DockContainerLeaf leaf -> {
        MUIElement known = elements.get(leaf);
        if (known != null && !(known instanceof MPartStack)) {
          yield known;
        }
        MPartStack stack =
            known instanceof MPartStack existing
                ? existing
                : modelService.createModelElement(MPartStack.class);
        if (known == null) {
          stack.getTags().add(CREATED_BY_DRAG);
          elements.put(leaf, stack);
        }
        List<MUIElement> wanted = new ArrayList<>();
        for (Dockable dockable : leaf.getDockables()) {
          MPart part = partFor(dockable);
          if (part != null) {
            wanted.add(part.getParent() == null ? part.getCurSharedRef() : part);
          }
        }
        arrange(stack, wanted);
        MPart front = partFor(leaf.getSelectedDockable());
        if (front != null) {
          MUIElement place = front.getParent() == null ? front.getCurSharedRef() : front;
          stack.setSelectedElement((MStackElement) place);
        }
        yield stack;
      }
      case DockContainerBranch branch -> {
        MUIElement known = elements.get(branch);
        MPartSashContainer sash =
            switch (known) {
              case MPlaceholder placeholder -> (MPartSashContainer) placeholder.getRef();
              case MPartSashContainer existing -> existing;
              case null, default -> modelService.createModelElement(MPartSashContainer.class);
            };
        if (known == null) {
          sash.getTags().add(CREATED_BY_DRAG);
          elements.put(branch, sash);
        }
        sash.setHorizontal(branch.getOrientation() == Orientation.HORIZONTAL);
        List<MUIElement> wanted = new ArrayList<>();
        for (DockContainer child : children(branch)) {
          wanted.add(modelOf(child));
        }
        if (known == null) {
          // The new sash stands where the stack that was split stood, and takes its share.
          wanted.stream()
              .filter(child -> !child.getTags().contains(CREATED_BY_DRAG))
              .findFirst()
              .ifPresent(old -> sash.setContainerData(old.getContainerData()));
          wanted.forEach(child -> child.setContainerData(Integer.toString(WHOLE / 2)));
        }
        arrange(sash, wanted);
        yield known instanceof MPlaceholder ? known : sash;
      }
    };
  }

  /** The children in the order they are drawn: the library's own list forgets insertion indexes. */
  private static List<DockContainer> children(DockContainerBranch branch) {
    List<DockContainer> children = new ArrayList<>();
    for (Node item : branch.getItems()) {
      children.add((DockContainer) item);
    }
    return children;
  }

  /** Puts the wanted children into a container in that order; those not drawn now stay behind them. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void arrange(MElementContainer container, List<MUIElement> wanted) {
    List<MUIElement> children = container.getChildren();
    List<MUIElement> hidden =
        children.stream().filter(child -> !wanted.contains(child) && !rendered(child)).toList();
    List<MUIElement> target = new ArrayList<>(wanted);
    for (MUIElement child : hidden) {
      // Keep a hidden child where it was, as far as the new order allows.
      target.add(Math.min(children.indexOf(child), target.size()), child);
    }
    for (int i = 0; i < target.size(); i++) {
      MUIElement child = target.get(i);
      if (i >= children.size() || children.get(i) != child) {
        children.remove(child);
        children.add(Math.min(i, children.size()), child);
      }
    }
    while (children.size() > target.size()) {
      children.removeLast();
    }
  }

  private static boolean rendered(MUIElement element) {
    return shown(element) && !(element instanceof MElementContainer<?> c && isEmpty(c));
  }

  private static boolean isEmpty(MElementContainer<?> container) {
    return container.getChildren().stream().noneMatch(child -> rendered((MUIElement) child));
  }

  /** Removes what dragging created and has emptied. */
  private void prune(MElementContainer<?> container) {
    for (Object child : List.copyOf(container.getChildren())) {
      MElementContainer<?> inner =
          switch (child) {
            case MPlaceholder p when p.getRef() instanceof MElementContainer<?> shared -> shared;
            case MElementContainer<?> c -> c;
            default -> null;
          };
      if (inner != null) {
        prune(inner);
        if (inner.getChildren().isEmpty() && inner.getTags().contains(CREATED_BY_DRAG)) {
          container.getChildren().remove(child);
        }
      }
    }
  }

  /** Writes the sizes of the docks into the model. */
  void captureSizes(MPerspective perspective) {
    DockContainerRootBranch root = rootOf(perspective);
    if (root != null && root.getWidth() > 0) {
      for (DockContainer child : children(root)) {
        captureSizes(child);
      }
    }
  }

  private void captureSizes(DockContainer container) {
    if (!(container instanceof DockContainerBranch branch)) {
      return;
    }
    double[] positions = branch.getDividerPositions();
    List<DockContainer> children = children(branch);
    double before = 0;
    for (int i = 0; i < children.size(); i++) {
      double end = i < positions.length ? positions[i] : 1;
      MUIElement element = elements.get(children.get(i));
      if (element != null && children.size() > 1) {
        element.setContainerData(Long.toString(Math.max(1, Math.round((end - before) * WHOLE))));
      }
      before = end;
      captureSizes(children.get(i));
    }
  }

  private static int weight(MUIElement element) {
    try {
      return Math.max(1, Integer.parseInt(element.getContainerData()));
    } catch (NumberFormatException notSet) {
      return WHOLE / 2;
    }
  }

  private static boolean shown(MUIElement element) {
    return element.isToBeRendered() && element.isVisible();
  }

  private MPart partFor(Dockable dockable) {
    for (Map.Entry<MPart, Dockable> entry : dockables.entrySet()) {
      if (entry.getValue() == dockable) {
        return entry.getKey();
      }
    }
    return null;
  }

  private static MPart partOf(MUIElement element) {
    if (element instanceof MPart part) {
      return part;
    }
    return element instanceof MPlaceholder placeholder && placeholder.getRef() instanceof MPart part
        ? part
        : null;
  }
}
