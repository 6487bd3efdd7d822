package slipstream.ui.workbench;

import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** Runs {@link BackgroundTask}s: the work in one place, the callbacks in another. */
public final class TaskExecutor {
  private final Executor background;
  private final Executor ui;
  private final BiConsumer<BackgroundTask<?>, Exception> unhandled;
  private final BiConsumer<BackgroundTask<?>, Boolean> listener;

  /**
   * @param background runs the work
   * @param ui runs the callbacks
   * @param unhandled told of failures for which the task has no callback
   * @param listener told on the UI executor when a task starts (true) and ends (false)
   */
  public TaskExecutor(
      Executor background,
      Executor ui,
      BiConsumer<BackgroundTask<?>, Exception> unhandled,
      BiConsumer<BackgroundTask<?>, Boolean> listener) {
    this.background = background;
    this.ui = ui;
    this.unhandled = unhandled;
    this.listener = listener;
  }

  /** An executor that does everything in the calling thread, for tests; unhandled failures are thrown. */
  public static TaskExecutor currentThread() {
    return new TaskExecutor(
        Runnable::run,
        Runnable::run,
        (task, failure) -> {
          throw new IllegalStateException(
              "Unhandled failure of task '" + task.title() + "'", failure);
        },
        (task, running) -> {});
  }

  /** Starts a task and returns at once (unless the background executor is the calling thread). */
  public <V> void execute(BackgroundTask<V> task) {
    ui.execute(
        () -> {
          listener.accept(task, true);
          task.running();
          background.execute(() -> work(task));
        });
  }

  private <V> void work(BackgroundTask<V> task) {
    try {
      V value = task.call();
      end(task, () -> task.succeeded(value));
    } catch (Exception failure) {
      end(
          task,
          () -> {
            if (!task.failed(failure)) {
              unhandled.accept(task, failure);
            }
          });
    }
  }

  private void end(BackgroundTask<?> task, Runnable outcome) {
    ui.execute(
        () -> {
          try {
            outcome.run();
          } finally {
            task.finished();
            listener.accept(task, false);
          }
        });
  }

  /** Runs something on the UI thread soon; the way from a stream's callback to a view model. */
  public void onUi(Runnable action) {
    ui.execute(action);
  }

  /** Runs something off the UI thread without any callback. */
  public void inBackground(Runnable action) {
    background.execute(action);
  }
}
