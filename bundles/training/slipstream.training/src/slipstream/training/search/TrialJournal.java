package slipstream.training.search;

import java.util.List;
import java.util.Optional;

/** What is known of trials that have ended: a search that is resumed goes on from it. */
public interface TrialJournal {
  /** Remembers nothing. */
  TrialJournal NONE =
      new TrialJournal() {
        @Override
        public Optional<Entry> find(TrialSpec spec) {
          return Optional.empty();
        }

        @Override
        public void record(List<Entry> ended) {}
      };

  /**
   * A trial that has ended.
   *
   * @param reused true when the result is another trial's, equal in data, code, parameters and resource
   */
  record Entry(TrialSpec spec, TrialResult result, boolean reused) {}

  /**
   * The trial, where it is known: of this search, or of any other with an equal one that was scored, which is then recorded
   * for this search too.
   */
  Optional<Entry> find(TrialSpec spec);

  /** Records trials: once they are written, of which {@link #flush} is sure, they survive the end of the process. */
  void record(List<Entry> ended);

  /**
   * Returns when all that was recorded is written.
   *
   * @throws RuntimeException what kept a trial from being written
   */
  default void flush() {}
}
