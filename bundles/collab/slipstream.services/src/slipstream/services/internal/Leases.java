package slipstream.services.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Things that are dear to make and hold memory or files: those used last are kept, and one that goes is closed when
 * nobody uses it any more. Thread-safe.
 */
final class Leases<V extends AutoCloseable> implements AutoCloseable {
  private static final class Entry<V> {
    private V value;
    private RuntimeException failure;
    private boolean made;
    private int users;
    private boolean dropped;
  }

  /** The right to use a value until it is closed. */
  final class Lease implements AutoCloseable {
    private final Entry<V> entry;
    private boolean closed;

    private Lease(Entry<V> entry) {
      this.entry = entry;
    }

    V value() {
      return entry.value;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(entry);
      }
    }
  }

  private final int kept;
  private final Map<String, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param kept at most so many that nobody uses
   */
  Leases(int kept) {
    this.kept = kept;
  }

  /** What is kept under a key. */
  Optional<Lease> find(String key) {
    Entry<V> entry;
    synchronized (this) {
      entry = entries.get(key);
      if (entry == null || !entry.made || entry.failure != null) {
        return Optional.empty();
      }
      entry.users++;
    }
    return Optional.of(new Lease(entry));
  }

  /** What is kept under a key, or else is made now; others who ask for it meanwhile wait. */
  Lease get(String key, Supplier<V> make) {
    Entry<V> entry;
    synchronized (this) {
      entry = entries.computeIfAbsent(key, _ -> new Entry<>());
      entry.users++;
    }
    synchronized (entry) {
      if (!entry.made) {
        try {
          entry.value = make.get();
        } catch (RuntimeException e) {
          entry.failure = e;
        }
        entry.made = true;
      }
    }
    if (entry.failure != null) {
      synchronized (this) {
        entries.remove(key, entry);
        entry.dropped = true;
      }
      release(entry);
      throw entry.failure;
    }
    return new Lease(entry);
  }

  private void release(Entry<V> entry) {
    List<V> over = new ArrayList<>();
    synchronized (this) {
      entry.users--;
      if (entry.dropped && entry.users == 0 && entry.value != null) {
        over.add(entry.value);
      }
      int idle = (int) entries.values().stream().filter(each -> each.users == 0).count();
      var all = entries.values().iterator(); // the one that was used longest ago comes first
      while (idle > kept && all.hasNext()) {
        Entry<V> each = all.next();
        if (each.users == 0) {
          all.remove();
          over.add(each.value);
          idle--;
        }
      }
    }
    over.forEach(Leases::close);
  }

  private static void close(AutoCloseable value) {
    try {
      value.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes what nobody uses; the rest when its user is done. */
  @Override
  public void close() {
    List<V> idle = new ArrayList<>();
    synchronized (this) {
      for (Entry<V> entry : entries.values()) {
        entry.dropped = true;
        if (entry.users == 0) {
          idle.add(entry.value);
        }
      }
      entries.clear();
    }
    idle.forEach(Leases::close);
  }
}
