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
   * The result of this trial in this search, or of one in any search that is equal to it and was scored.
   *
   * @return {@code reused} tells which; one of this search was recorded before
   */
  Optional<Entry> find(TrialSpec spec);

  /** Records trials; when this returns, they survive the end of the process. */
  void record(List<Entry> ended);
}
