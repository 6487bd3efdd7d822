package slipstream.training.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Records trials on a thread of its own, all that have ended since the last write in one: the search does not wait for the
 * disk, and a disk that is slow makes larger groups. A trial survives the end of the process once its group is written,
 * which begins at once when none is being written.
 */
public final class GroupCommit implements TrialJournal, AutoCloseable {
  /** More trials than this do not wait in memory. */
  private static final int MAX_PENDING = 10_000;

  private final TrialJournal journal;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Entry> pending = new ArrayList<>();
  private boolean writing;
  private boolean closed;
  private RuntimeException failure;

  /**
   * @param journal its {@code find} and {@code record} may be called at the same time
   */
  public GroupCommit(TrialJournal journal) {
    this.journal = journal;
    Thread.ofPlatform().name("slipstream-trial-journal").daemon(true).start(this::write);
  }

  @Override
  public Optional<Entry> find(TrialSpec spec) {
    return journal.find(spec);
  }

  @Override
  public void record(List<Entry> ended) {
    lock.lock();
    try {
      while (pending.size() >= MAX_PENDING && failure == null) {
        changed.awaitUninterruptibly();
      }
      check();
      pending.addAll(ended);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() {
    lock.lock();
    try {
      while ((writing || !pending.isEmpty()) && failure == null) {
        changed.awaitUninterruptibly();
      }
      check();
    } finally {
      lock.unlock();
    }
  }

  private void check() {
    if (failure != null) {
      throw failure;
    }
  }

  private void write() {
    while (true) {
      List<Entry> group;
      lock.lock();
      try {
        while (pending.isEmpty() && !closed) {
          changed.awaitUninterruptibly();
        }
        if (pending.isEmpty()) {
          return;
        }
        group = pending;
        pending = new ArrayList<>();
        writing = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      RuntimeException problem = null;
      try {
        journal.record(group);
      } catch (RuntimeException e) {
        problem = e;
      } catch (Error e) {
        problem = new IllegalStateException(e);
      }
      lock.lock();
      try {
        writing = false;
        failure = problem;
        changed.signalAll();
        if (problem != null) {
          return;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** What was recorded is written before the thread ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
