package slipstream.services.internal;

import java.util.function.BiFunction;
import java.util.function.Function;
import slipstream.core.progress.Progress;

/** Progress of a streaming call: sent to the caller when it can take it; cancelled when the caller goes away. */
final class SinkProgress<T> implements Progress {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final Calls.Sink<T> sink;
  private final Function<slipstream.proto.v1.Progress, T> message;
  private final BiFunction<Severity, String, T> words;
  private final StageSpeed speed = new StageSpeed();
  private volatile String stage = "";
  private volatile long last;

  SinkProgress(Calls.Sink<T> sink, Function<slipstream.proto.v1.Progress, T> message) {
    this(sink, message, null);
  }

  /**
   * @param words what a message to people becomes; null where there is no place for it
   */
  SinkProgress(
      Calls.Sink<T> sink,
      Function<slipstream.proto.v1.Progress, T> message,
      BiFunction<Severity, String, T> words) {
    this.sink = sink;
    this.message = message;
    this.words = words;
  }

  @Override
  public synchronized void stage(String name, long done, long total, String unit) {
    long now = System.nanoTime();
    if (name.equals(stage) && done != total && now - last < INTERVAL_NANOS) {
      return;
    }
    if (!name.equals(stage)) {
      speed.reset();
    }
    stage = name;
    last = now;
    double rate = speed.update(done, unit, now);
    sink.offer(
        message.apply(
            slipstream.proto.v1.Progress.newBuilder()
                .setStage(name)
                .setDone(done)
                .setTotal(total)
                .setUnit(unit)
                .setRate(rate)
                .setSecondsLeft(StageSpeed.secondsLeft(done, total, rate))
                .build()));
  }

  @Override
  public void message(Severity severity, String text) {
    if (words != null) {
      try {
        sink.send(words.apply(severity, text));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean cancelled() {
    return sink.cancelled();
  }
}
