package slipstream.store.internal;

import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * Writes that are on the disk when they return.
 *
 * <p>H2 writes what was committed in the background, even with no write delay: a process that is killed at once loses it. Only a
 * checkpoint waits for the file.
 */
public final class Durable {
  private Durable() {}

  /** Runs a transaction and returns when the disk has it. */
  public static <T, X extends Exception> T write(Jdbi jdbi, HandleCallback<T, X> transaction)
      throws X {
    return jdbi.withHandle(
        handle -> {
          T result = handle.inTransaction(transaction);
          handle.execute("CHECKPOINT SYNC");
          return result;
        });
  }
}
