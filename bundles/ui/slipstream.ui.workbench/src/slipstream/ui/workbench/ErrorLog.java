package slipstream.ui.workbench;

import java.time.Instant;
import javafx.collections.ObservableList;

/** What went wrong in this session, for the error log part. May be written from any thread. */
public interface ErrorLog {
  /** How bad it is. */
  enum Severity {
    INFO,
    WARNING,
    ERROR
  }

  /**
   * One entry.
   *
   * @param time when, UTC
   * @param source the bundle that reported it
   * @param message one line for a person
   * @param details stack trace or empty
   */
  record Entry(Instant time, Severity severity, String source, String message, String details) {}

  /** The entries, oldest first; changed on the UI thread only; the last 1,000. */
  ObservableList<Entry> entries();

  /** Adds an entry. */
  void add(Severity severity, String source, String message, Throwable cause);

  /** Empties the list (the workspace's log file stays). */
  void clear();
}
