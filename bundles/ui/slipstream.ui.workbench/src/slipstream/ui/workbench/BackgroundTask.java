package slipstream.ui.workbench;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Describes work to be done off the UI thread and what to do with its outcome. It knows no JavaFX type: a {@link
 * TaskExecutor} decides on which thread the callbacks run, so that a test can run everything in its own thread.
 *
 * @param <V> the work's result
 */
public abstract class BackgroundTask<V> {
  private Runnable onRunning = () -> {};
  private Consumer<? super V> onSuccess = value -> {};
  private Consumer<? super Exception> onFailure;
  private Runnable onFinished = () -> {};
  private String title = "";
  private volatile boolean cancelled;
  private volatile Runnable onCancel = () -> {};

  /** A task from a lambda. */
  public static <V> BackgroundTask<V> of(Callable<? extends V> work) {
    return new BackgroundTask<>() {
      @Override
      public V call() throws Exception {
        return work.call();
      }
    };
  }

  /** The work itself; runs on a background thread. */
  public abstract V call() throws Exception;

  /** What the person reads while it runs; empty for short work that is not listed. */
  public BackgroundTask<V> title(String newTitle) {
    title = newTitle;
    return this;
  }

  /** Called on the UI thread before the work starts. */
  public BackgroundTask<V> onRunning(Runnable callback) {
    onRunning = callback;
    return this;
  }

  /** Called on the UI thread with the result. */
  public BackgroundTask<V> onSuccess(Consumer<? super V> callback) {
    onSuccess = callback;
    return this;
  }

  /** Called on the UI thread with what went wrong; without it, the executor reports the failure. */
  public BackgroundTask<V> onFailure(Consumer<? super Exception> callback) {
    onFailure = callback;
    return this;
  }

  /** Called on the UI thread after success, failure or cancellation. */
  public BackgroundTask<V> onFinished(Runnable callback) {
    onFinished = callback;
    return this;
  }

  /** Called, on the cancelling thread, when the task is cancelled: the place to cancel a remote call. */
  public BackgroundTask<V> onCancel(Runnable callback) {
    onCancel = callback;
    return this;
  }

  /** Asks the work to stop. Its result, if it still comes, is dropped. */
  public final void cancel() {
    cancelled = true;
    onCancel.run();
  }

  /** Whether {@link #cancel()} was called; the work looks at it at its safe points. */
  public final boolean isCancelled() {
    return cancelled;
  }

  /** The title. */
  public final String title() {
    return title;
  }

  /** Hands the task to an executor. */
  public final BackgroundTask<V> executeWith(TaskExecutor executor) {
    executor.execute(this);
    return this;
  }

  final void running() {
    onRunning.run();
  }

  final void succeeded(V value) {
    if (!cancelled) {
      onSuccess.accept(value);
    }
  }

  final boolean failed(Exception failure) {
    if (cancelled) {
      return true;
    }
    if (onFailure == null) {
      return false;
    }
    onFailure.accept(failure);
    return true;
  }

  final void finished() {
    onFinished.run();
  }
}
