package slipstream.services.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.Trial;
import slipstream.store.Searches;
import slipstream.store.TrialRecord;
import slipstream.training.search.TrialJournal;
import slipstream.training.search.TrialResult;
import slipstream.training.search.TrialSpec;

/**
 * The trials of a search in the workspace's store, from which equal trials of any search are answered.
 * Thread-safe.
 */
final class StoredTrials implements TrialJournal {
  private static final int PAGE = 1000;

  private final Searches store;
  private final ActiveSearch search;
  private final Function<TrialSpec, String> keys;
  private final Map<Integer, TrialRecord> own = new HashMap<>();

  /**
   * @param keys of trials: equal keys mean equal results
   */
  StoredTrials(Searches store, ActiveSearch search, Function<TrialSpec, String> keys) {
    this.store = store;
    this.search = search;
    this.keys = keys;
    all(store, search.record().id()).forEach(each -> own.put(each.number(), each));
  }

  /** All trials of a search, in order of their numbers. */
  static List<TrialRecord> all(Searches store, long search) {
    List<TrialRecord> all = new ArrayList<>();
    List<TrialRecord> page;
    do {
      page = store.trials(search, all.isEmpty() ? 0 : all.getLast().number(), PAGE);
      all.addAll(page);
    } while (page.size() == PAGE);
    return all;
  }

  @Override
  public Optional<Entry> find(TrialSpec spec) {
    String key = keys.apply(spec);
    TrialRecord known = own.get(spec.number() + 1);
    if (known != null) {
      if (!known.key().equals(key)) {
        throw new SlipstreamException(
            Category.CONFLICT,
            Text.format(
                "trial %d of %s was made with other data or another version of Slipstream",
                known.number(), search.record().name()),
            null,
            "Start a new search: scores of this one and of what would follow cannot be compared.");
      }
      Trial trial = SearchProtos.trial(known);
      search.ended(List.of(trial), 0);
      return Optional.of(new Entry(spec, SearchProtos.result(trial), trial.getReused()));
    }
    Optional<TrialRecord> equal = store.scored(key);
    if (equal.isEmpty()) {
      return Optional.empty();
    }
    TrialResult result = SearchProtos.result(SearchProtos.trial(equal.get()));
    Entry entry = new Entry(spec, result, true);
    add(List.of(entry), 0);
    return Optional.of(entry);
  }

  @Override
  public void record(List<Entry> ended) {
    add(ended, ended.size());
  }

  private synchronized void add(List<Entry> ended, int wereRunning) {
    Instant now = Instant.now();
    List<Trial> trials = ended.stream().map(each -> SearchProtos.toProto(each, now)).toList();
    List<TrialRecord> records = new ArrayList<>();
    for (int i = 0; i < trials.size(); i++) {
      records.add(
          new TrialRecord(
              trials.get(i).getNumber(),
              keys.apply(ended.get(i).spec()),
              !trials.get(i).hasProblem(),
              trials.get(i).toByteArray()));
    }
    Search next = SearchProtos.with(search.snapshot(), trials, search.elapsed());
    store.addTrials(search.record().id(), records, search.elapsed(), next.toByteArray());
    // Nobody hears of a trial that a killed process would have to repeat.
    search.ended(trials, wereRunning);
  }
}
