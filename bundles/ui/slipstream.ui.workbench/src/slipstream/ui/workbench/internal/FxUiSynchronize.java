package slipstream.ui.workbench.internal;

import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;
import org.eclipse.e4.ui.di.UISynchronize;

/** Eclipse's way to the UI thread, here the JavaFX application thread. */
final class FxUiSynchronize extends UISynchronize {
  private volatile Thread uiThread;

  /** Takes the calling thread for the UI thread. */
  void attach() {
    uiThread = Thread.currentThread();
  }

  @Override
  public void syncExec(Runnable runnable) {
    if (Platform.isFxApplicationThread()) {
      runnable.run();
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    Platform.runLater(
        () -> {
          try {
            runnable.run();
          } finally {
            done.countDown();
          }
        });
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void asyncExec(Runnable runnable) {
    Platform.runLater(runnable);
  }

  @Override
  protected boolean isUIThread(Thread thread) {
    return thread == uiThread;
  }

  @Override
  protected void showBusyWhile(Runnable runnable) {
    // Work does not run on the UI thread here, so there is nothing to show a busy cursor for.
    runnable.run();
  }

  @Override
  protected boolean dispatchEvents() {
    // JavaFX has no event loop that a caller may pump.
    return false;
  }
}
