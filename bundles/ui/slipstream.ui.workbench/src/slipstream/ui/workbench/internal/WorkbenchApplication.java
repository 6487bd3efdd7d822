package slipstream.ui.workbench.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import org.eclipse.core.runtime.FileLocator;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.IExtensionRegistry;
import org.eclipse.core.runtime.Platform;
import org.eclipse.core.runtime.RegistryFactory;
import org.eclipse.e4.core.contexts.ContextFunction;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.EclipseContextFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.e4.core.contexts.RunAndTrack;
import org.eclipse.e4.core.internal.services.EclipseAdapter;
import org.eclipse.e4.core.services.adapter.Adapter;
import org.eclipse.e4.core.services.contributions.IContributionFactory;
import org.eclipse.e4.core.services.log.ILoggerProvider;
import org.eclipse.e4.core.services.log.Logger;
import org.eclipse.e4.core.services.translation.TranslationProviderFactory;
import org.eclipse.e4.core.services.translation.TranslationService;
import org.eclipse.e4.ui.di.UISynchronize;
import org.eclipse.e4.ui.internal.workbench.ActiveChildLookupFunction;
import org.eclipse.e4.ui.internal.workbench.ActivePartLookupFunction;
import org.eclipse.e4.ui.internal.workbench.DefaultLoggerProvider;
import org.eclipse.e4.ui.internal.workbench.E4Workbench;
import org.eclipse.e4.ui.internal.workbench.ExceptionHandler;
import org.eclipse.e4.ui.internal.workbench.ModelServiceImpl;
import org.eclipse.e4.ui.internal.workbench.PlaceholderResolver;
import org.eclipse.e4.ui.internal.workbench.ReflectionContributionFactory;
import org.eclipse.e4.ui.internal.workbench.SelectionAggregator;
import org.eclipse.e4.ui.internal.workbench.SelectionServiceImpl;
import org.eclipse.e4.ui.internal.workbench.WorkbenchLogger;
import org.eclipse.e4.ui.model.application.MAddon;
import org.eclipse.e4.ui.model.application.MApplication;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.model.application.ui.basic.impl.BasicPackageImpl;
import org.eclipse.e4.ui.services.IServiceConstants;
import org.eclipse.e4.ui.workbench.IExceptionHandler;
import org.eclipse.e4.ui.workbench.IModelResourceHandler;
import org.eclipse.e4.ui.workbench.IPresentationEngine;
import org.eclipse.e4.ui.workbench.IWorkbench;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.e4.ui.workbench.modeling.EPlaceholderResolver;
import org.eclipse.e4.ui.workbench.modeling.ESelectionService;
import org.eclipse.emf.common.notify.Notification;
import org.eclipse.emf.common.notify.impl.AdapterImpl;
import org.eclipse.emf.common.util.URI;
import org.eclipse.emf.ecore.EObject;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.osgi.service.datalocation.Location;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import slipstream.ui.workbench.DialogService;
import slipstream.ui.workbench.ErrorLog;
import slipstream.ui.workbench.NotificationService;
import slipstream.ui.workbench.TaskExecutor;
import slipstream.ui.workbench.Theme;
import slipstream.ui.workbench.ThemeService;
import slipstream.ui.workbench.UiStallWatchdog;
import slipstream.ui.workbench.WorkspaceFolder;

/**
 * The Equinox application {@code slipstream.ui.app}: what Eclipse's own {@code E4Application} does, without SWT.
 *
 * <p>Arguments: {@code --workspace DIR}; {@code --timing} prints the milliseconds from the start of the process (the launching script's) to the
 * frame that first shows the window with its menus, tool bars and tabs, and to the one that also shows what the visible parts hold, each when
 * it has been laid out and goes to the renderer; {@code --reset-layout} starts with the default layout.
 */
public final class WorkbenchApplication implements IApplication {
  /** Exit code when there is no display to draw on: this machine lacks something. */
  public static final Integer NO_DISPLAY = 7;

  /** Exit code when the workspace is used by another process or cannot be written. */
  public static final Integer WORKSPACE_UNAVAILABLE = 5;

  private static final String BUNDLE = "slipstream.ui.workbench";
  private static final String MODEL = "platform:/plugin/" + BUNDLE + "/Application.e4xmi";
  private static final String THEME = "slipstream.theme";
  private static final Pattern SAVED_THEME =
      Pattern.compile("key=\"" + Pattern.quote(THEME) + "\" value=\"(\\w+)\"");
  private static final String TOOLKIT_FAILURE = "slipstream.toolkit.failure";
  private static final javafx.util.Duration AUTOSAVE = javafx.util.Duration.seconds(20);

  private E4Workbench workbench;
  private FileChannel lockChannel;
  private Path folder;

  @Override
  public Object start(IApplicationContext application) throws Exception {
    String[] arguments =
        (String[]) application.getArguments().get(IApplicationContext.APPLICATION_ARGS);
    List<String> args = arguments == null ? List.of() : Arrays.asList(arguments);
    application.applicationRunning();

    Location workspace = Platform.getInstanceLocation();
    String refusal = choose(workspace, args);
    if (refusal != null) {
      System.err.println("slipstream: " + refusal);
      return WORKSPACE_UNAVAILABLE;
    }
    try {
      return run(application, args, folder);
    } finally {
      unlock();
    }
  }

  private Object run(IApplicationContext application, List<String> args, Path workspace)
      throws Exception {
    Path modelFile = workspace.resolve(".metadata").resolve("workbench.xmi");
    if (args.contains("--reset-layout")) {
      Files.deleteIfExists(modelFile);
    }
    // The toolkit opens the display, and fonts and style sheets are read on the UI thread, while
    // this one loads the model.
    Theme hint = savedTheme(modelFile);
    AtomicReference<MApplication> loaded = new AtomicReference<>();
    CountDownLatch dressed = new CountDownLatch(1);
    AtomicReference<FxThemeService> themes = new AtomicReference<>();
    AtomicReference<FxNotificationService> notifications = new AtomicReference<>();
    FxUiSynchronize ui = new FxUiSynchronize();
    Runnable dress =
        () -> {
          try {
            ui.attach();
            themes.set(
                new FxThemeService(
                    hint, chosen -> loaded.get().getPersistedState().put(THEME, chosen.key())));
            notifications.set(new FxNotificationService());
          } finally {
            dressed.countDown();
          }
        };
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    FutureTask<String> toolkit = new FutureTask<>(() -> startToolkit(loader, dress));
    Thread.ofPlatform().daemon().name("toolkit-wait").start(toolkit);
    IEclipseContext context = createContext(application, ui);
    ContextInjectionFactory.setDefault(context);
    FxErrorLog errorLog = new FxErrorLog();
    Platform.addLogListener(errorLog);
    context.set(ErrorLog.class, errorLog);
    ModelStore store = new ModelStore(modelFile, URI.createURI(MODEL), modelVersion(), context);
    context.set(IModelResourceHandler.class, store);
    context.set(E4Workbench.INITIAL_WORKBENCH_MODEL_URI, URI.createURI(MODEL));
    context.set(IWorkbench.PERSIST_STATE, Boolean.TRUE);
    context.set(E4Workbench.INSTANCE_LOCATION, Platform.getInstanceLocation());
    MApplication model = (MApplication) store.loadMostRecentModel().getContents().getFirst();
    model.setContext(context);
    context.set(MApplication.class, model);
    initialiseSelection(model);

    Theme theme = Theme.ofKey(model.getPersistedState().get(THEME));
    String noDisplay = toolkit.get();
    if (noDisplay != null) {
      System.err.println("slipstream: " + noDisplay);
      return NO_DISPLAY;
    }
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) ->
            errorLog.add(ErrorLog.Severity.ERROR, BUNDLE, "Unexpected failure: " + thrown, thrown));
    dressed.await();
    loaded.set(model);
    if (theme != hint) {
      javafx.application.Platform.runLater(() -> themes.get().setTheme(theme));
    }
    context.set(FxThemeService.class, themes.get());
    context.set(ThemeService.class, themes.get());
    context.set(FxNotificationService.class, notifications.get());
    context.set(NotificationService.class, notifications.get());
    RunningTasks tasks = new RunningTasks();
    context.set(RunningTasks.class, tasks);
    ExecutorService background =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ui-task-", 0).factory());
    // Services that open compete with the first window for the processors; it is there sooner when
    // they wait.
    CountDownLatch filled = new CountDownLatch(1);
    TaskExecutor executor =
        new TaskExecutor(
            task -> background.execute(() -> runAfter(filled, task)),
            WorkbenchApplication::onUi,
            (task, failure) -> {
              errorLog.add(
                  ErrorLog.Severity.ERROR,
                  BUNDLE,
                  (task.title().isEmpty() ? "A background task" : "'" + task.title() + "'")
                      + " failed: "
                      + failure.getMessage(),
                  failure);
              notifications
                  .get()
                  .show(NotificationService.Kind.ERROR, String.valueOf(failure.getMessage()));
            },
            tasks::changed);
    context.set(TaskExecutor.class, executor);
    context.set(WorkspaceFolder.class, new WorkspaceFolder(workspace));
    UiStallWatchdog watchdog = new UiStallWatchdog(javafx.application.Platform::runLater);
    context.set(UiStallWatchdog.class, watchdog);

    IContributionFactory contributions = context.get(IContributionFactory.class);
    IEclipseContext addonContext = EclipseContextFactory.create();
    for (MAddon addon : model.getAddons()) {
      addonContext.set(MAddon.class, addon);
      addon.setObject(contributions.create(addon.getContributionURI(), context, addonContext));
    }

    workbench = new E4Workbench(model, context);
    FxPresentationEngine engine = ContextInjectionFactory.make(FxPresentationEngine.class, context);
    context.set(IPresentationEngine.class, engine);
    context.set(DialogService.class, new FxDialogService(engine::activeStage, themes.get()));
    boolean timing = args.contains("--timing");
    engine.onFrame(() -> report(timing, "first window"));
    engine.onFilled(
        () -> {
          report(timing, "parts filled");
          filled.countDown();
          watchdog.start();
        });
    if (store.notice() != null) {
      errorLog.add(ErrorLog.Severity.WARNING, BUNDLE, store.notice(), null);
      notifications.get().show(NotificationService.Kind.WARNING, store.notice());
    }
    Timeline autosave =
        new Timeline(new KeyFrame(AUTOSAVE, event -> save(store, engine, errorLog)));
    autosave.setCycleCount(Timeline.INDEFINITE);
    onUi(autosave::play);

    workbench.createAndRunUI(model);

    onUi(autosave::stop);
    try {
      store.save();
    } catch (IOException e) {
      System.err.println("slipstream: the layout could not be saved: " + e.getMessage());
    }
    watchdog.stop();
    background.shutdownNow();
    background.awaitTermination(5, TimeUnit.SECONDS);
    Platform.removeLogListener(errorLog);
    Thread.setDefaultUncaughtExceptionHandler(null);
    boolean restart = workbench.isRestart();
    workbench.close();
    context.dispose();
    return restart ? EXIT_RESTART : EXIT_OK;
  }

  /** Runs a task once the first window has been filled, or a while later when there is none to draw. */
  private static void runAfter(CountDownLatch filled, Runnable task) {
    try {
      filled.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // The workbench is closing: the task finds itself interrupted, as it would without the wait.
      Thread.currentThread().interrupt();
    }
    task.run();
  }

  private static void onUi(Runnable action) {
    if (javafx.application.Platform.isFxApplicationThread()) {
      action.run();
    } else {
      javafx.application.Platform.runLater(action);
    }
  }

  private static void save(ModelStore store, FxPresentationEngine engine, FxErrorLog errorLog) {
    try {
      engine.persistState();
      store.save();
    } catch (IOException e) {
      errorLog.add(
          ErrorLog.Severity.WARNING, BUNDLE, "The layout could not be saved: " + e.getMessage(), e);
    }
  }

  @Override
  public void stop() {
    E4Workbench running = workbench;
    if (running != null) {
      running.close();
    }
  }

  /** The theme that the saved layout names, without loading it; the loaded model decides. */
  private static Theme savedTheme(Path modelFile) {
    try {
      Matcher saved =
          Files.size(modelFile) > ModelStore.MAX_BYTES
              ? SAVED_THEME.matcher("")
              : SAVED_THEME.matcher(Files.readString(modelFile));
      return Theme.ofKey(saved.find() ? saved.group(1) : null);
    } catch (IOException e) {
      return Theme.ofKey(null);
    }
  }

  // ---- workspace ----

  /** Locks the workspace; what to tell the user when that fails, else {@code null}. */
  private String choose(Location workspace, List<String> args) {
    if (workspace == null) {
      return "the workbench needs a workspace; start it without '-data @none'.";
    }
    try {
      if (workspace.isSet()) {
        folder = folder(workspace.getURL());
      } else {
        folder = chosenFolder(args);
        workspace.set(unencoded(folder), false);
      }
      Path metadata = Files.createDirectories(folder.resolve(".metadata"));
      // Equinox's own lock is off where its configuration is shared and read-only.
      lockChannel =
          FileChannel.open(
              metadata.resolve("workbench.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (lockChannel.tryLock() != null) {
        return null;
      }
      unlock();
      return "the workspace "
          + folder
          + " is in use by another Slipstream; close that one or choose another with"
          + " --workspace DIR.";
    } catch (OverlappingFileLockException e) {
      unlock();
      return "the workspace " + folder + " is in use by this very process.";
    } catch (IOException e) {
      return "the workspace "
          + (folder == null ? workspace.getURL() : folder)
          + " cannot be used ("
          + e.getMessage()
          + "); choose another with --workspace DIR.";
    }
  }

  /** Closing the channel gives the lock back. */
  private void unlock() {
    try {
      if (lockChannel != null) {
        lockChannel.close();
      }
    } catch (IOException e) {
      // The lock ends with the process at the latest.
      System.err.println("slipstream: the workspace's lock was not released: " + e.getMessage());
    }
  }

  /** {@code --workspace DIR}, else {@code SLIPSTREAM_WORKSPACE}, else a folder in the user's home. */
  private static Path chosenFolder(List<String> args) {
    int option = args.indexOf("--workspace");
    if (option >= 0 && option + 1 < args.size()) {
      return Path.of(args.get(option + 1)).toAbsolutePath().normalize();
    }
    String variable = System.getenv("SLIPSTREAM_WORKSPACE");
    return blank(variable)
        ? Path.of(System.getProperty("user.home"), "slipstream-workspace")
        : Path.of(variable).toAbsolutePath().normalize();
  }

  /** The platform's way to write a folder as a URL. */
  @SuppressWarnings("deprecation")
  private static URL unencoded(Path folder) throws IOException {
    return folder.toFile().toURL();
  }

  private static Path folder(URL unencoded) {
    String path = unencoded.getFile();
    return Path.of(unencoded.getRef() == null ? path : path + "#" + unencoded.getRef());
  }

  // ---- toolkit ----

  /**
   * Starts JavaFX; what to tell the user when there is no display, else {@code null}.
   *
   * @param loader of classes that the UI thread looks up by name
   * @param first what the UI thread does first
   */
  private static String startToolkit(ClassLoader loader, Runnable first)
      throws InterruptedException {
    String advice =
        "there is no display (DISPLAY is not set or cannot be opened); start the workbench in a"
            + " graphical session, or use the commands that need none: see 'slipstream --help'.";
    boolean headless = "Headless".equalsIgnoreCase(System.getProperty("glass.platform"));
    boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    if (linux
        && !headless
        && blank(System.getenv("DISPLAY"))
        && blank(System.getenv("WAYLAND_DISPLAY"))) {
      return advice;
    }
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch started = new CountDownLatch(1);
    // The toolkit reports a display that it cannot open from a thread of its own.
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          failure.compareAndSet(null, thrown);
          started.countDown();
        });
    try {
      javafx.application.Platform.startup(started::countDown);
    } catch (IllegalStateException alreadyStarted) {
      // By the launcher, which may not be through; runLater waits for it, for ever when it failed.
      Thread.ofPlatform()
          .daemon()
          .start(() -> javafx.application.Platform.runLater(started::countDown));
    } catch (RuntimeException | Error e) {
      failure.set(e);
      started.countDown();
    }
    boolean inTime = false;
    String early = null;
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        !inTime && early == null && System.nanoTime() < end; ) {
      inTime = started.await(50, TimeUnit.MILLISECONDS);
      early = System.getProperty(TOOLKIT_FAILURE);
    }
    Thread.setDefaultUncaughtExceptionHandler(before);
    if (failure.get() != null || early != null || !inTime) {
      String reason =
          failure.get() != null
              ? failure.get().getMessage()
              : Objects.requireNonNullElse(early, "no answer");
      return advice + " (" + reason + ")";
    }
    javafx.application.Platform.setImplicitExit(false);
    javafx.application.Platform.runLater(
        () -> {
          // The launcher's thread knew nothing of bundles.
          Thread.currentThread().setContextClassLoader(loader);
          first.run();
        });
    return null;
  }

  private static boolean blank(String text) {
    return text == null || text.isBlank();
  }

  private static void report(boolean timing, String what) {
    if (timing) {
      System.out.println(what + " after " + millisSinceStart() + " ms");
    }
  }

  private static long millisSinceStart() {
    Instant start =
        ProcessHandle.current()
            .info()
            .startInstant()
            .orElseGet(
                () ->
                    Instant.ofEpochMilli(
                        Long.parseLong(
                            System.getProperty(
                                "eclipse.startTime", Long.toString(System.currentTimeMillis())))));
    return Duration.between(start, Instant.now()).toMillis();
  }

  // ---- contexts, as E4Application makes them ----

  private static IEclipseContext createContext(
      IApplicationContext application, FxUiSynchronize ui) {
    IEclipseContext services = E4Workbench.getServiceContext();
    IExtensionRegistry registry = RegistryFactory.getRegistry();
    services.set(IContributionFactory.class, new ReflectionContributionFactory());
    services.set(IExceptionHandler.class, new ExceptionHandler());
    services.set(IExtensionRegistry.class, registry);
    services.set(Adapter.class, ContextInjectionFactory.make(EclipseAdapter.class, services));
    if (services.get(ILoggerProvider.class) == null) {
      services.set(
          ILoggerProvider.class,
          ContextInjectionFactory.make(DefaultLoggerProvider.class, services));
    }
    IEclipseContext context = services.createChild("WorkbenchContext");
    context.set(IWorkbench.APPLICATION_CONTEXT_KEY, context);
    context.set(IApplicationContext.class, application);
    context.set(UISynchronize.class, ui);
    context.set(Logger.class, ContextInjectionFactory.make(WorkbenchLogger.class, context));
    context.set(EModelService.class, ContextInjectionFactory.make(ModelServiceImpl.class, context));
    context.set(EPlaceholderResolver.class, new PlaceholderResolver());
    context.set(IServiceConstants.ACTIVE_PART, new ActivePartLookupFunction());
    context.set(
        IServiceConstants.ACTIVE_SHELL,
        new ActiveChildLookupFunction(
            IServiceConstants.ACTIVE_SHELL, E4Workbench.LOCAL_ACTIVE_SHELL));
    context.set(TranslationService.LOCALE, Locale.getDefault());
    context.set(
        TranslationService.class, TranslationProviderFactory.bundleTranslationService(context));
    return context;
  }

  private static void initialiseSelection(MApplication model) {
    IEclipseContext context = model.getContext();
    context.runAndTrack(
        new RunAndTrack() {
          @Override
          public boolean changed(IEclipseContext changed) {
            IEclipseContext active = changed.getActiveChild();
            if (active != null) {
              context.set(
                  IServiceConstants.ACTIVE_SELECTION,
                  active.get(IServiceConstants.ACTIVE_SELECTION));
            }
            return true;
          }
        });
    context.set(
        ESelectionService.class.getName(),
        new ContextFunction() {
          @Override
          public Object compute(IEclipseContext asking, String key) {
            return ContextInjectionFactory.make(SelectionServiceImpl.class, asking);
          }
        });
    for (MWindow window : model.getChildren()) {
      aggregateSelections(window.getContext());
      // A window's context comes when it is rendered.
      ((EObject) window)
          .eAdapters()
          .add(
              new AdapterImpl() {
                @Override
                public void notifyChanged(Notification notification) {
                  if (notification.getFeatureID(MWindow.class)
                      == BasicPackageImpl.WINDOW__CONTEXT) {
                    aggregateSelections((IEclipseContext) notification.getNewValue());
                  }
                }
              });
    }
  }

  private static void aggregateSelections(IEclipseContext window) {
    if (window != null) {
      window.set(
          SelectionAggregator.class,
          ContextInjectionFactory.make(SelectionAggregator.class, window));
    }
  }

  /** Changes when the shipped model or any bundle's fragment changes. */
  private static String modelVersion() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Bundle own = FrameworkUtil.getBundle(WorkbenchApplication.class);
      update(digest, own.getEntry("Application.e4xmi"));
      IConfigurationElement[] elements =
          RegistryFactory.getRegistry()
              .getConfigurationElementsFor("org.eclipse.e4.workbench.model");
      Arrays.stream(elements)
          .filter(element -> element.getAttribute("uri") != null)
          .sorted(
              java.util.Comparator.comparing(
                  element -> element.getContributor().getName() + element.getAttribute("uri")))
          .forEach(
              element -> {
                Bundle bundle = Platform.getBundle(element.getContributor().getName());
                update(
                    digest,
                    FileLocator.find(
                        bundle,
                        new org.eclipse.core.runtime.Path(element.getAttribute("uri")),
                        null));
              });
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void update(MessageDigest digest, URL url) {
    if (url == null) {
      return;
    }
    try (InputStream in = url.openStream()) {
      digest.update(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
