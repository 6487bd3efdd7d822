package slipstream.services.internal;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.services.StatusMapping;

/** How the services answer calls: errors become statuses in one place. */
final class Calls {
  private Calls() {}

  /** Answers a unary call with what the work returns. */
  static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
    T response;
    try {
      response = work.get();
    } catch (Throwable e) {
      observer.onError(StatusMapping.toStatus(e));
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }

  /** For the work of a unary call: it ends when the caller goes away. */
  static Progress untilCancelled() {
    Context call = Context.current();
    return new Progress() {
      @Override
      public boolean cancelled() {
        return call.isCancelled();
      }
    };
  }

  /** Work that sends any number of messages. */
  interface Streaming<T> {
    void run(Sink<T> sink) throws InterruptedException;
  }

  /**
   * Answers a server-streaming call on a virtual thread of its own, so that the call's own callbacks (ready, cancelled)
   * come through while the work blocks.
   */
  static <T> void stream(StreamObserver<T> observer, String name, Streaming<T> work) {
    Sink<T> sink = new Sink<>((ServerCallStreamObserver<T>) observer);
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                work.run(sink);
              } catch (InterruptedException e) {
                sink.fail(
                    new SlipstreamException(
                        SlipstreamException.Category.CANCELLED, "cancelled", ""));
                return;
              } catch (Throwable e) {
                sink.fail(e);
                return;
              }
              sink.complete();
            });
  }

  /** Where a streaming call's messages go; waits for a slow receiver instead of piling up. */
  static final class Sink<T> {
    private final ServerCallStreamObserver<T> observer;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final Semaphore changes = new Semaphore(0);

    private Sink(ServerCallStreamObserver<T> observer) {
      this.observer = observer;
      observer.setOnReadyHandler(changes::release);
      observer.setOnCancelHandler(
          () -> {
            cancelled.set(true);
            changes.release();
            onCancel.run();
          });
    }

    private volatile Runnable onCancel = () -> {};

    /** Called, perhaps at once, when the receiver goes away. */
    void onCancel(Runnable action) {
      onCancel = action;
      if (cancelled.get()) {
        action.run();
      }
    }

    boolean cancelled() {
      return cancelled.get();
    }

    boolean ready() {
      return observer.isReady();
    }

    /** Waits until the receiver can take more. Returns false when it has gone. */
    boolean awaitReady() throws InterruptedException {
      while (!cancelled.get() && !observer.isReady()) {
        changes.acquire();
      }
      return !cancelled.get();
    }

    /** Sends when the receiver can take it; returns false when it has gone. */
    boolean send(T message) throws InterruptedException {
      if (!awaitReady()) {
        return false;
      }
      synchronized (observer) {
        observer.onNext(message);
      }
      return true;
    }

    /** Sends when the receiver can take it at once, else drops the message. */
    void offer(T message) {
      synchronized (observer) {
        if (!cancelled.get() && observer.isReady()) {
          observer.onNext(message);
        }
      }
    }

    private void complete() {
      if (!cancelled.get()) {
        observer.onCompleted();
      }
    }

    private void fail(Throwable error) {
      if (!cancelled.get()) {
        observer.onError(StatusMapping.toStatus(error));
      }
    }
  }
}
