package slipstream.training.search;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The finished trials of one resource: which are among the best 1/η, and which of those were not promoted. */
final class Rung {
  private record Entry(Proposal proposal, double loss) {}

  /** Of equal losses the earlier configuration is the better one. */
  private static final Comparator<Entry> BETTER =
      Comparator.comparingDouble(Entry::loss)
          .thenComparingInt(each -> each.proposal().configuration());

  private final int reduction;
  private final TreeSet<Entry> top = new TreeSet<>(BETTER);
  private final TreeSet<Entry> others = new TreeSet<>(BETTER);
  private final TreeSet<Entry> waiting = new TreeSet<>(BETTER);
  private final Set<Integer> promoted = new HashSet<>();

  Rung(int reduction) {
    this.reduction = reduction;
  }

  /**
   * @param loss lower is better; infinite when the trial failed, which counts as one of the rung and is never promoted
   */
  void add(Proposal proposal, double loss) {
    others.add(new Entry(proposal, loss));
    if (!top.isEmpty() && BETTER.compare(others.first(), top.last()) < 0) {
      lower();
      raise();
    }
    if (top.size() < (top.size() + others.size()) / reduction) {
      raise();
    }
  }

  private void raise() {
    Entry entry = others.pollFirst();
    top.add(entry);
    if (!promoted.contains(entry.proposal().configuration())
        && entry.loss() < Double.POSITIVE_INFINITY) {
      waiting.add(entry);
    }
  }

  private void lower() {
    Entry entry = top.pollLast();
    waiting.remove(entry);
    others.add(entry);
  }

  /** The best one that may be promoted and was not. */
  Optional<Proposal> promote() {
    Entry best = waiting.pollFirst();
    if (best == null) {
      return Optional.empty();
    }
    promoted.add(best.proposal().configuration());
    return Optional.of(best.proposal());
  }
}
