package slipstream.training.validation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Validation;
import slipstream.core.spi.RowSelection;
import slipstream.core.table.Partition;

/**
 * A walk-forward split by time over all instruments.
 *
 * <p>The rows, in order of time, are cut into {@code folds + 1} blocks of about equal numbers of
 * rows; a cut never separates rows of one time. Fold k is scored on block k + 1. It trains on rows
 * before that block (on block k alone when the window rolls) whose target is known before the block
 * starts: the last time that a row's target depends on, plus the embargo, must lie before the first
 * scored time (purging and embargo, López de Prado 2018, chapter 7). The holdout, which is to tell
 * what the scored block will, is kept apart from the rows before it in the same way.
 *
 * <p>The split depends on times alone, so it is the same in every run. Immutable.
 */
public final class WalkForward {
  /** Fewer training rows than this fit nothing. */
  private static final int MIN_TRAINING_ROWS = 2;

  private final IntToLongFunction times;
  private final RowSelection order;
  private final int[] cuts;
  private final Validation validation;
  private final List<Fold> folds = new ArrayList<>();

  private WalkForward(
      IntToLongFunction times, RowSelection order, int[] cuts, Validation validation) {
    this.times = times;
    this.order = order;
    this.cuts = cuts;
    this.validation = validation;
  }

  /**
   * Splits the usable rows.
   *
   * @param times of all rows, ascending within each partition: UTC nanoseconds, or row numbers
   * @param targetEnds of all rows: the last time that the row's target depends on, at least its own;
   *     not used after the split is made
   * @param usable rows with a known target, ascending
   * @param partitions the table's, covering all rows
   * @throws SlipstreamException INVALID_INPUT when there are too few rows for the folds, saying how
   *     many are needed
   */
  public static WalkForward split(
      IntToLongFunction times,
      IntToLongFunction targetEnds,
      RowSelection usable,
      List<Partition> partitions,
      Validation validation) {
    RowSelection order = byTime(times, usable, partitions);
    int blocks = validation.folds() + 1;
    if (order.size() < MIN_TRAINING_ROWS * blocks) {
      throw tooFew(order.size(), distinct(times, order), validation);
    }
    int[] cuts = new int[blocks + 1];
    cuts[blocks] = order.size();
    for (int k = 1; k < blocks; k++) {
      cuts[k] = boundary(times, order, (int) ((long) order.size() * k / blocks));
      if (cuts[k] <= cuts[k - 1]) {
        throw tooFew(order.size(), distinct(times, order), validation);
      }
    }
    WalkForward split = new WalkForward(times, order, cuts, validation);
    for (int fold = 1; fold <= validation.folds(); fold++) {
      split.folds.add(split.make(fold, targetEnds));
    }
    return split;
  }

  /** In order of time. */
  public List<Fold> folds() {
    return Collections.unmodifiableList(folds);
  }

  /**
   * @param number from 1
   */
  public Fold fold(int number) {
    return folds.get(number - 1);
  }

  /** The scored rows of all folds, fold after fold. */
  public RowSelection scored() {
    return order.slice(cuts[1], order.size());
  }

  /**
   * The rows that a model to be kept is fitted on, in order of time, then row: all usable rows, or
   * the last block when the window rolls, so that it is fitted as long as the folds' models were.
   */
  public RowSelection finalRows() {
    return switch (validation.window()) {
      case EXPANDING -> order;
      case ROLLING -> order.slice(cuts[validation.folds()], order.size());
    };
  }

  private Fold make(int number, IntToLongFunction targetEnds) {
    long start = time(order, cuts[number]);
    RowSelection candidates = order.slice(firstCandidate(number), cuts[number]);
    RowSelection training = candidates.where(known(targetEnds, start));
    int count = training.size();
    if (count < MIN_TRAINING_ROWS) {
      throw SlipstreamException.invalid(
          Text.format(
                  "fold %d has %,d rows before its scored block but only %,d whose target is"
                      + " known by then",
                  number, candidates.size(), count)
              + " (embargo included); at least "
              + MIN_TRAINING_ROWS
              + " are needed",
          Place.key("validation"),
          "Use more data, fewer folds, a shorter embargo or a target that looks less far ahead.");
    }
    RowSelection scored = order.slice(cuts[number], cuts[number + 1]);
    int heldFrom = holdoutFrom(training);
    RowSelection fit = training;
    if (heldFrom < count) {
      fit = training.slice(0, heldFrom).where(known(targetEnds, time(training, heldFrom)));
      if (fit.size() < MIN_TRAINING_ROWS) {
        heldFrom = count;
        fit = training;
      }
    }
    return new Fold(
        number,
        training,
        fit,
        training.slice(heldFrom, count),
        scored,
        candidates.size() - count,
        time(training, 0),
        time(training, count - 1),
        start,
        time(scored, scored.size() - 1));
  }

  private long time(RowSelection rows, int position) {
    return times.applyAsLong(rows.get(position));
  }

  private int firstCandidate(int fold) {
    return switch (validation.window()) {
      case EXPANDING -> 0;
      case ROLLING -> cuts[fold - 1];
    };
  }

  /** Whether a row's target is known before a time, the embargo included. */
  private IntPredicate known(IntToLongFunction targetEnds, long start) {
    long limit = start - validation.embargo().toNanos();
    // Overflow: the embargo reaches before the beginning of time.
    return limit <= start ? row -> targetEnds.applyAsLong(row) < limit : row -> false;
  }

  /**
   * Where the holdout starts among the training rows, on a time's first row; their number when
   * there is none.
   */
  private int holdoutFrom(RowSelection training) {
    int held = (int) (validation.holdout() * training.size());
    if (held == 0) {
      return training.size();
    }
    int from = boundary(times, training, training.size() - held);
    return from == 0 ? training.size() : from;
  }

  /** The first position that has the time of this one. */
  private static int boundary(IntToLongFunction times, RowSelection order, int position) {
    long time = times.applyAsLong(order.get(position));
    int at = position;
    while (at > 0 && times.applyAsLong(order.get(at - 1)) == time) {
      at--;
    }
    return at;
  }

  private static int distinct(IntToLongFunction times, RowSelection order) {
    int count = 0;
    long last = 0;
    for (int i = 0; i < order.size(); i++) {
      long time = times.applyAsLong(order.get(i));
      count += i == 0 || time != last ? 1 : 0;
      last = time;
    }
    return count;
  }

  private static SlipstreamException tooFew(int rows, int distinct, Validation validation) {
    int blocks = validation.folds() + 1;
    return SlipstreamException.invalid(
        Text.format(
                "%,d rows with a known target at %,d different times are too few for %d folds; %d"
                    + " blocks of at least %d",
                rows, distinct, validation.folds(), blocks, MIN_TRAINING_ROWS)
            + " rows each at times of their own are needed, "
            + MIN_TRAINING_ROWS * blocks
            + " rows in all",
        Place.key("validation.folds"),
        "Use more data or fewer folds.");
  }

  /** The rows by time, then row: partitions are sorted already and are merged two by two. */
  private static RowSelection byTime(
      IntToLongFunction times, RowSelection usable, List<Partition> partitions) {
    if (partitions.size() == 1 && partitions.getFirst().from() == 0) {
      return usable;
    }
    int[] from = usable.toArray();
    int[] runs = new int[partitions.size() + 1];
    int count = 0;
    int at = 0;
    for (Partition partition : partitions) {
      int start = at;
      while (at < from.length && from[at] < partition.to()) {
        at++;
      }
      if (at > start) {
        runs[++count] = at;
      }
    }
    if (at < from.length) {
      throw new IllegalArgumentException("partitions do not cover all rows");
    }
    int[] to = new int[from.length];
    while (count > 1) {
      int merged = 0;
      for (int r = 0; r < count; r += 2) {
        int middle = runs[r + 1];
        int end = r + 2 <= count ? runs[r + 2] : middle;
        merge(times, from, runs[r], middle, end, to);
        runs[merged++] = runs[r];
        runs[merged] = end;
      }
      count = merged;
      int[] swap = from;
      from = to;
      to = swap;
    }
    return RowSelection.of(from);
  }

  private static void merge(
      IntToLongFunction times, int[] from, int left, int middle, int end, int[] to) {
    int l = left;
    int r = middle;
    for (int i = left; i < end; i++) {
      boolean takeLeft = r >= end || l < middle && before(times, from[l], from[r]);
      to[i] = takeLeft ? from[l++] : from[r++];
    }
  }

  private static boolean before(IntToLongFunction times, int a, int b) {
    long timeA = times.applyAsLong(a);
    long timeB = times.applyAsLong(b);
    return timeA < timeB || timeA == timeB && a < b;
  }
}
