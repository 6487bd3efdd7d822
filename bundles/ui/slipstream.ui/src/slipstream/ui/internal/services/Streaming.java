package slipstream.ui.internal.services;

import io.grpc.Context;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import slipstream.ui.workbench.BackgroundTask;

/** Calls whose answer comes in pieces, as tasks: cancelling the task cancels the call. */
public final class Streaming {
  private Streaming() {}

  /**
   * A task that takes all messages and gives the last result.
   *
   * @param call starts the call; runs on a background thread
   * @param each looks at each message on that thread, and gives the result in it or null
   */
  public static <M, V> BackgroundTask<V> task(
      Supplier<Iterator<M>> call, Function<? super M, ? extends V> each) {
    return unary(
        () -> {
          V result = null;
          Iterator<M> messages = call.get();
          while (messages.hasNext()) {
            V found = each.apply(messages.next());
            result = found == null ? result : found;
          }
          if (result == null) {
            throw new CancellationException();
          }
          return result;
        });
  }

  /** A task with one answer that can be cancelled. */
  public static <V> BackgroundTask<V> unary(Supplier<V> call) {
    Context.CancellableContext context = Context.current().withCancellation();
    BackgroundTask<V> task =
        BackgroundTask.of(
            () -> {
              Context before = context.attach();
              try {
                return call.get();
              } finally {
                context.detach(before);
                context.cancel(null);
              }
            });
    return task.onCancel(() -> context.cancel(new CancellationException()));
  }

  /** Cancels a task that may be null. */
  public static void cancel(BackgroundTask<?> task) {
    if (task != null) {
      task.cancel();
    }
  }
}
