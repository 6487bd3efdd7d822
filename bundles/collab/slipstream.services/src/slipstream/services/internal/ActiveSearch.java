package slipstream.services.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import slipstream.core.progress.Progress;
import slipstream.proto.v1.RunMessage;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchEvent;
import slipstream.proto.v1.Trial;
import slipstream.store.SearchRecord;

/**
 * What happens in a search that has not ended, for any number of watchers.
 *
 * <p>Finished trials and messages are kept in order; of the search's state and its progress there is only the newest. A
 * watcher reads at its own pace: a slow one misses states, never trials.
 */
final class ActiveSearch implements Progress {
  private static final long WATCH_MILLIS = 100;
  private static final int MAX_MESSAGES = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<SearchEvent> kept = new ArrayList<>();
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final Duration elapsedBefore;
  private final long begun = System.nanoTime();
  private volatile SearchRecord record;
  private volatile boolean cancelled;
  private Search snapshot;
  private slipstream.proto.v1.Progress progress;
  private long version;
  private long progressVersion;
  private int messages;
  private boolean ended;

  ActiveSearch(SearchRecord record) {
    this.record = record;
    this.elapsedBefore = record.elapsed();
    this.snapshot = SearchProtos.withoutTrials(SearchProtos.snapshot(record));
  }

  SearchRecord record() {
    return record;
  }

  /** For how long the search has run, in all its sessions. */
  Duration elapsed() {
    return elapsedBefore.plusNanos(System.nanoTime() - begun);
  }

  void cancel() {
    cancelled = true;
  }

  /** True for the first who asks: it executes the search, or ends it before it began. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  // ---------------------------------------------------------------- what the work says

  @Override
  public boolean cancelled() {
    return cancelled;
  }

  @Override
  public void stage(String stage, long done, long total, String unit) {
    lock.lock();
    try {
      progress =
          slipstream.proto.v1.Progress.newBuilder()
              .setStage(stage)
              .setDone(done)
              .setTotal(total)
              .setUnit(unit)
              .setSecondsLeft(-1)
              .build();
      progressVersion++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void message(Severity severity, String text) {
    lock.lock();
    try {
      if (messages++ < MAX_MESSAGES) {
        keep(
            SearchEvent.newBuilder()
                .setMessage(
                    RunMessage.newBuilder().setSeverity(Protos.severity(severity)).setText(text)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** The record changed. */
  void record(SearchRecord changedRecord) {
    lock.lock();
    try {
      record = changedRecord;
      change(snapshot);
    } finally {
      lock.unlock();
    }
  }

  /** A trial was handed to the executor. */
  void started() {
    lock.lock();
    try {
      change(snapshot.toBuilder().setRunningTrials(snapshot.getRunningTrials() + 1).build());
    } finally {
      lock.unlock();
    }
  }

  /** Trials have ended and are recorded. */
  void ended(List<Trial> trials, int wereRunning) {
    lock.lock();
    try {
      Search next = SearchProtos.with(snapshot, trials, elapsed());
      trials.forEach(each -> keep(SearchEvent.newBuilder().setTrial(each)));
      change(next.toBuilder().setRunningTrials(next.getRunningTrials() - wereRunning).build());
    } finally {
      lock.unlock();
    }
  }

  /** What is known of the search. */
  Search snapshot() {
    lock.lock();
    try {
      return snapshot;
    } finally {
      lock.unlock();
    }
  }

  void snapshot(Search next) {
    lock.lock();
    try {
      change(next);
    } finally {
      lock.unlock();
    }
  }

  /** The search as it is now. */
  Search search() {
    lock.lock();
    try {
      return SearchProtos.toProto(record, snapshot);
    } finally {
      lock.unlock();
    }
  }

  /** The last event: watchers end after it. */
  void end(SearchRecord last) {
    lock.lock();
    try {
      record = last;
      ended = true;
      change(snapshot.toBuilder().setRunningTrials(0).build());
    } finally {
      lock.unlock();
    }
  }

  private void change(Search next) {
    snapshot = next;
    version++;
    changed.signalAll();
  }

  private void keep(SearchEvent.Builder event) {
    kept.add(event.build());
    changed.signalAll();
  }

  // ---------------------------------------------------------------- who listens

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Sends what happened, then what happens, until the search ended or the receiver went away. */
  void watch(Calls.Sink<SearchEvent> sink) throws InterruptedException {
    sink.onCancel(this::wake);
    int sent = 0;
    long seen = -1;
    long seenProgress = 0;
    while (!sink.cancelled()) {
      List<SearchEvent> next = new ArrayList<>();
      boolean last;
      lock.lock();
      try {
        while (sent == kept.size()
            && seen == version
            && seenProgress == progressVersion
            && !sink.cancelled()) {
          changed.await();
        }
        next.addAll(kept.subList(sent, kept.size()));
        sent = kept.size();
        if (seenProgress != progressVersion) {
          next.add(SearchEvent.newBuilder().setProgress(progress).build());
          seenProgress = progressVersion;
        }
        if (seen != version) {
          next.add(
              SearchEvent.newBuilder().setSearch(SearchProtos.toProto(record, snapshot)).build());
          seen = version;
        }
        last = ended;
      } finally {
        lock.unlock();
      }
      for (SearchEvent event : next) {
        if (!sink.send(event)) {
          return;
        }
      }
      if (last) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
    }
  }
}
