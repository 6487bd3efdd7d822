package slipstream.tests.ui;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javafx.application.Platform;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.ScrollPane;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.ui.basic.MPart;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.IWorkbench;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPartService;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.testfx.api.FxRobot;
import slipstream.ui.workbench.WorkspaceFolder;
import software.coley.bentofx.control.Header;

/** The running workbench, as a test sees it: its model, its scene, and ways to wait. */
final class Workbench implements AutoCloseable {
  private static final long LIMIT_SECONDS = Long.getLong("slipstream.tests.limit", 180);

  private final CompletableFuture<Object> ended;
  private final MApplication model;
  private final FxRobot robot = new FxRobot();

  private Workbench(CompletableFuture<Object> ended, MApplication model) {
    this.ended = ended;
    this.model = model;
  }

  /** Starts the application in this framework and waits for its window. */
  static Workbench start(String... arguments) throws Exception {
    // This bundle itself need not be started to have its tests run.
    BundleContext context =
        org.eclipse.core.runtime.Platform.getBundle("org.eclipse.core.runtime").getBundleContext();
    IApplication application =
        (IApplication)
            org.eclipse.core.runtime.Platform.getBundle("slipstream.ui.workbench")
                .loadClass("slipstream.ui.workbench.internal.WorkbenchApplication")
                .getConstructor()
                .newInstance();
    CompletableFuture<Object> ended = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("workbench-main")
        .start(
            () -> {
              try {
                ended.complete(application.start(new Arguments(arguments)));
              } catch (Throwable e) {
                ended.completeExceptionally(e);
              }
            });
    IWorkbench[] workbench = {null};
    until(
        "the workbench",
        () -> {
          if (ended.isDone()) {
            throw new AssertionError("the workbench ended: " + ended);
          }
          ServiceReference<IWorkbench> reference = context.getServiceReference(IWorkbench.class);
          workbench[0] = reference == null ? null : context.getService(reference);
          return workbench[0] != null;
        });
    Workbench started = new Workbench(ended, workbench[0].getApplication());
    until(
        "the window",
        () -> started.onUi(() -> started.stage() != null && started.stage().isShowing()));
    return started;
  }

  /** Mouse and keyboard on this window. */
  FxRobot robot() {
    robot.targetWindow(stage());
    return robot;
  }

  /** The folder it works in. */
  Path folder() {
    return service(WorkspaceFolder.class).path();
  }

  MApplication model() {
    return model;
  }

  IEclipseContext context() {
    return model.getContext();
  }

  MWindow window() {
    return model.getChildren().getFirst();
  }

  Stage stage() {
    return window().getWidget() instanceof Stage stage ? stage : null;
  }

  Scene scene() {
    return stage().getScene();
  }

  <T> T service(Class<T> type) {
    return context().get(type);
  }

  /** Runs something on the UI thread and waits for it. */
  <T> T onUi(Callable<T> action) {
    if (Platform.isFxApplicationThread()) {
      try {
        return action.call();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    Platform.runLater(
        () -> {
          try {
            result.complete(action.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    try {
      return result.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** The shown node with this id, once there is one. */
  Node await(String id) {
    return await(id, Node.class, node -> true);
  }

  /** The shown node with this id for which the condition holds, once there is one. */
  <T extends Node> T await(String id, Class<T> type, Predicate<T> condition) {
    Object[] found = {null};
    until(
        "#" + id,
        () -> {
          found[0] =
              onUi(
                  () ->
                      scene().getRoot().lookupAll("#" + id).stream()
                          .filter(type::isInstance)
                          .map(type::cast)
                          .filter(Workbench::shown)
                          .filter(condition)
                          .findFirst()
                          .orElse(null));
          return found[0] != null;
        });
    return type.cast(found[0]);
  }

  private static boolean shown(Node node) {
    for (Node at = node; at != null; at = at.getParent()) {
      if (!at.isVisible()) {
        return false;
      }
    }
    return true;
  }

  /** Clicks an enabled node with the mouse once it is there and lies still. */
  void click(String id) throws InterruptedException {
    Node node = await(id, Node.class, n -> !n.isDisabled());
    settle();
    reveal(node);
    robot().clickOn(node);
  }

  /** Replaces a field's text by typing. */
  void type(String id, String text) throws InterruptedException {
    click(id);
    robot().press(KeyCode.CONTROL).type(KeyCode.A).release(KeyCode.CONTROL);
    robot().write(text);
  }

  /** Presses keys together. */
  void keys(KeyCode... codes) {
    robot().push(codes);
  }

  /** Clicks the tab with this title. */
  void clickTab(String title) throws InterruptedException {
    settle();
    robot().clickOn(tab(title));
  }

  Node tab(String title) {
    return onUi(
        () ->
            scene().getRoot().lookupAll(".header").stream()
                .filter(Header.class::isInstance)
                .map(Header.class::cast)
                .filter(header -> header.getDockable().getTitle().equals(title))
                .findFirst()
                .orElseThrow());
  }

  /** Scrolls a node into sight. */
  private void reveal(Node node) throws InterruptedException {
    onUi(
        () -> {
          for (Node at = node.getParent(); at != null; at = at.getParent()) {
            if (at instanceof ScrollPane pane) {
              Bounds content =
                  pane.getContent().sceneToLocal(node.localToScene(node.getBoundsInLocal()));
              double hidden =
                  pane.getContent().getBoundsInLocal().getHeight()
                      - pane.getViewportBounds().getHeight();
              double wanted = content.getCenterY() - pane.getViewportBounds().getHeight() / 2;
              pane.setVvalue(hidden <= 0 ? 0 : Math.clamp(wanted / hidden, 0, 1));
            }
          }
          return null;
        });
    settle();
  }

  /** The open part whose id begins like this, once there is one. */
  MPart awaitPart(String idPrefix) {
    MPart[] found = {null};
    until(
        "part " + idPrefix,
        () -> {
          found[0] = onUi(() -> part(idPrefix));
          return found[0] != null;
        });
    return found[0];
  }

  MPart part(String idPrefix) {
    return service(EModelService.class)
        .findElements(window(), null, MPart.class, null, EModelService.ANYWHERE)
        .stream()
        .filter(part -> part.getElementId() != null && part.getElementId().startsWith(idPrefix))
        .filter(MPart::isToBeRendered)
        .findFirst()
        .orElse(null);
  }

  EPartService parts() {
    return window().getContext().get(EPartService.class);
  }

  List<String> openEditors() {
    return onUi(
        () ->
            service(EModelService.class)
                .findElements(window(), null, MPart.class, null, EModelService.IN_SHARED_AREA)
                .stream()
                .filter(MPart::isToBeRendered)
                .map(MPart::getElementId)
                .toList());
  }

  /** Waits until something is so. */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Waits until the UI thread has done all it had to do and some frames have been drawn. */
  void settle() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      onUi(() -> null);
      TimeUnit.MILLISECONDS.sleep(60);
    }
  }

  /** Draws the window at its size to a PNG file. */
  void screenshot(Path file) throws IOException, InterruptedException {
    settle();
    int[][] pixels = new int[1][];
    int[] size = new int[2];
    onUi(
        () -> {
          Parent root = scene().getRoot();
          root.applyCss();
          root.layout();
          WritableImage image = scene().snapshot(null);
          size[0] = (int) image.getWidth();
          size[1] = (int) image.getHeight();
          pixels[0] = new int[size[0] * size[1]];
          image
              .getPixelReader()
              .getPixels(
                  0, 0, size[0], size[1], PixelFormat.getIntArgbInstance(), pixels[0], 0, size[0]);
          return null;
        });
    Files.createDirectories(file.getParent());
    Files.write(file, png(pixels[0], size[0], size[1]));
  }

  /** A PNG of 24-bit colour; the desktop module of Java, which could write one, is not on our path. */
  private static byte[] png(int[] argb, int width, int height) {
    byte[] raw = new byte[(width * 3 + 1) * height];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raw[at++] = 0;
      for (int x = 0; x < width; x++) {
        int pixel = argb[y * width + x];
        raw[at++] = (byte) (pixel >> 16);
        raw[at++] = (byte) (pixel >> 8);
        raw[at++] = (byte) pixel;
      }
    }
    Deflater deflater = new Deflater(9);
    deflater.setInput(raw);
    deflater.finish();
    byte[] packed = new byte[raw.length + 1024];
    int length = deflater.deflate(packed);
    deflater.end();
    ByteBuffer out = ByteBuffer.allocate(length + 128);
    out.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    ByteBuffer head = ByteBuffer.allocate(13);
    head.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
    chunk(out, "IHDR", head.array(), 13);
    chunk(out, "IDAT", packed, length);
    chunk(out, "IEND", new byte[0], 0);
    byte[] png = new byte[out.position()];
    out.flip().get(png);
    return png;
  }

  private static void chunk(ByteBuffer out, String type, byte[] data, int length) {
    byte[] name = type.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data, 0, length);
    out.putInt(length).put(name).put(data, 0, length).putInt((int) crc.getValue());
  }

  /** Quits as a person does and waits for the end. */
  @Override
  public void close() throws Exception {
    Platform.runLater(() -> stage().getOnCloseRequest().handle(closeRequest()));
    Object exit = ended.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!IApplication.EXIT_OK.equals(exit)) {
      throw new AssertionError("exit code " + exit);
    }
  }

  private javafx.stage.WindowEvent closeRequest() {
    return new javafx.stage.WindowEvent(stage(), javafx.stage.WindowEvent.WINDOW_CLOSE_REQUEST);
  }

  /** What Equinox would pass. */
  private record Arguments(String[] arguments) implements IApplicationContext {
    @Override
    public Map<?, ?> getArguments() {
      return Map.of(APPLICATION_ARGS, arguments);
    }

    @Override
    public void applicationRunning() {}

    @Override
    public String getBrandingApplication() {
      return null;
    }

    @Override
    public String getBrandingName() {
      return "Slipstream";
    }

    @Override
    public String getBrandingDescription() {
      return null;
    }

    @Override
    public String getBrandingId() {
      return null;
    }

    @Override
    public String getBrandingProperty(String key) {
      return null;
    }

    @Override
    public Bundle getBrandingBundle() {
      return null;
    }

    @Override
    public void setResult(Object result, IApplication application) {}
  }

  static Collection<Node> all(Node root, String selector) {
    return root.lookupAll(selector).stream().toList();
  }
}
