package slipstream.services.internal;

import java.util.function.Function;
import slipstream.core.progress.Progress;

/** Progress of a streaming call: sent to the caller when it can take it; cancelled when the caller goes away. */
final class SinkProgress<T> implements Progress {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final Calls.Sink<T> sink;
  private final Function<slipstream.proto.v1.Progress, T> message;
  private volatile String stage = "";
  private volatile long last;

  SinkProgress(Calls.Sink<T> sink, Function<slipstream.proto.v1.Progress, T> message) {
    this.sink = sink;
    this.message = message;
  }

  @Override
  public void stage(String name, long done, long total, String unit) {
    long now = System.nanoTime();
    if (name.equals(stage) && done != total && now - last < INTERVAL_NANOS) {
      return;
    }
    stage = name;
    last = now;
    sink.offer(
        message.apply(
            slipstream.proto.v1.Progress.newBuilder()
                .setStage(name)
                .setDone(done)
                .setTotal(total)
                .setUnit(unit)
                .setSecondsLeft(-1)
                .build()));
  }

  @Override
  public boolean cancelled() {
    return sink.cancelled();
  }
}
