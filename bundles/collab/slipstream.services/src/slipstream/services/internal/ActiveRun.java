package slipstream.services.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import slipstream.core.progress.Progress;
import slipstream.proto.v1.LearningCurvePoint;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunMessage;
import slipstream.store.RunEventRecord;
import slipstream.store.RunRecord;

/**
 * What happens in a run that has not ended, for any number of watchers.
 *
 * <p>There is one history, and every watcher reads it at its own pace: state changes, messages and points of learning
 * curves stay, a stage's progress is replaced by its newer progress. So a slow watcher misses progress and nothing else,
 * and costs no memory.
 */
final class ActiveRun implements Progress {
  /** At most ten events a second and stage. */
  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int MAX_KEPT = 200_000;
  private static final int MAX_STAGES = 500;

  private final RunRecord record;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<Long, RunEvent> history = new TreeMap<>();
  private final LinkedHashMap<String, Long> progressOfStage = new LinkedHashMap<>();
  private final Map<String, Stage> stages = new ConcurrentHashMap<>();
  private List<RunEventRecord> unsaved = new ArrayList<>();
  private long sequence;
  private int kept;
  private boolean full;
  private boolean ended;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private volatile boolean cancelled;
  private volatile Stage current;
  private volatile slipstream.proto.v1.Progress latest =
      slipstream.proto.v1.Progress.getDefaultInstance();

  ActiveRun(RunRecord record) {
    this.record = record;
  }

  RunRecord record() {
    return record;
  }

  /** How far the run is. */
  slipstream.proto.v1.Progress latest() {
    return latest;
  }

  void cancel() {
    cancelled = true;
  }

  /** True for the first who asks: it executes the run, or ends it before it began. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  // ---------------------------------------------------------------- what the work says

  @Override
  public boolean cancelled() {
    return cancelled;
  }

  @Override
  public void stage(String name, long done, long total, String unit) {
    Stage stage = stages.get(name);
    long now = System.nanoTime();
    if (stage == null) {
      if (stages.size() >= MAX_STAGES) {
        stages.clear();
      }
      stage = stages.computeIfAbsent(name, key -> new Stage(key, now));
    }
    Stage before = current;
    if (before != stage) {
      // What was held back of the stage before must not come after the next one has begun.
      current = stage;
      if (before != null && before.held()) {
        emit(before, now);
      }
    }
    stage.update(done, total, unit, now);
    if (stage.due(now)) {
      emit(stage, now);
    }
  }

  @Override
  public void learningCurve(
      String series, int step, String metric, double training, double validation) {
    keep(
        event()
            .setLearningCurvePoint(
                LearningCurvePoint.newBuilder()
                    .setSeries(series)
                    .setStep(step)
                    .setMetric(metric)
                    .setTraining(training)
                    .setValidation(validation)));
  }

  @Override
  public void message(Severity severity, String text) {
    keep(
        event()
            .setMessage(
                RunMessage.newBuilder().setSeverity(Protos.severity(severity)).setText(text)));
  }

  /** The run's state changed. */
  void state(Run run) {
    keep(event().setRun(run));
  }

  /** The last event: watchers end after it. */
  void end(Run run) {
    flush(true);
    lock.lock();
    try {
      append(event().setRun(run));
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Emits progress that was held back; all of it, or only what is due. */
  void flush(boolean all) {
    long now = System.nanoTime();
    for (Stage stage : stages.values()) {
      if (stage.held() && (all || stage.due(now))) {
        emit(stage, now);
      }
    }
  }

  private static RunEvent.Builder event() {
    return RunEvent.newBuilder().setTime(Protos.timestamp(Instant.now()));
  }

  private void emit(Stage stage, long now) {
    lock.lock();
    try {
      slipstream.proto.v1.Progress progress = stage.take(now);
      if (progress == null || ended) {
        return;
      }
      latest = progress;
      Long before = progressOfStage.remove(stage.name);
      if (before == null && progressOfStage.size() >= MAX_STAGES) {
        before = progressOfStage.pollFirstEntry().getValue();
      }
      if (before != null) {
        history.remove(before);
      }
      progressOfStage.put(stage.name, append(event().setProgress(progress)).getSequence());
    } finally {
      lock.unlock();
    }
  }

  private void keep(RunEvent.Builder event) {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      if (kept >= MAX_KEPT && event.hasLearningCurvePoint()) {
        if (!full) {
          full = true;
          message(
              Severity.WARNING,
              "the run has more than "
                  + MAX_KEPT
                  + " events; further learning-curve points are not recorded");
        }
        return;
      }
      kept++;
      RunEvent numbered = append(event);
      unsaved.add(new RunEventRecord(numbered.getSequence(), numbered.toByteArray()));
    } finally {
      lock.unlock();
    }
  }

  private RunEvent append(RunEvent.Builder event) {
    RunEvent numbered = event.setSequence(++sequence).build();
    history.put(sequence, numbered);
    changed.signalAll();
    return numbered;
  }

  // ---------------------------------------------------------------- who listens

  /** Events to record, each given once. */
  List<RunEventRecord> takeUnsaved() {
    lock.lock();
    try {
      List<RunEventRecord> taken = unsaved;
      unsaved = new ArrayList<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes watchers, so that one whose receiver went away ends. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Sends the history, then what happens, until the run ended or the receiver went away. */
  void watch(Calls.Sink<RunEvent> sink) throws InterruptedException {
    sink.onCancel(this::wake);
    long seen = 0;
    while (!sink.cancelled()) {
      RunEvent next;
      lock.lock();
      try {
        NavigableMap<Long, RunEvent> rest = history.tailMap(seen, false);
        while (rest.isEmpty() && !ended && !sink.cancelled()) {
          changed.await();
        }
        if (rest.isEmpty()) {
          return;
        }
        next = rest.firstEntry().getValue();
      } finally {
        lock.unlock();
      }
      // While this waits for a slow receiver, the history goes on and drops outdated progress.
      if (!sink.send(next)) {
        return;
      }
      seen = next.getSequence();
    }
  }

  /** The newest state of a stage, and its speed. */
  private static final class Stage {
    private record Snapshot(long done, long total, String unit) {}

    private final String name;
    private final StageSpeed speed = new StageSpeed();
    private volatile Snapshot pending;
    private volatile long emitted;
    private boolean complete;

    Stage(String name, long now) {
      this.name = name;
      this.emitted = now - INTERVAL;
    }

    void update(long done, long total, String unit, long now) {
      pending = new Snapshot(done, total, unit);
    }

    boolean held() {
      return pending != null;
    }

    boolean due(long now) {
      Snapshot snapshot = pending;
      return snapshot != null
          && (now - emitted >= INTERVAL || snapshot.done == snapshot.total && !complete);
    }

    /** What to tell, or null when another thread told it. Under the run's lock. */
    slipstream.proto.v1.Progress take(long now) {
      Snapshot snapshot = pending;
      if (snapshot == null) {
        return null;
      }
      pending = null;
      emitted = now;
      complete = snapshot.done == snapshot.total;
      double rate = speed.update(snapshot.done, snapshot.unit, now);
      return slipstream.proto.v1.Progress.newBuilder()
          .setStage(name)
          .setDone(snapshot.done)
          .setTotal(snapshot.total)
          .setUnit(snapshot.unit)
          .setRate(rate)
          .setSecondsLeft(StageSpeed.secondsLeft(snapshot.done, snapshot.total, rate))
          .build();
    }
  }
}
