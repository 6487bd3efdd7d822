package slipstream.training.validation;

import java.util.Arrays;
import java.util.List;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Validation;
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

  private final long[] times;
  private final long[] targetEnds;
  private final int[] order;
  private final int[] cuts;
  private final Validation validation;

  private WalkForward(
      long[] times, long[] targetEnds, int[] order, int[] cuts, Validation validation) {
    this.times = times;
    this.targetEnds = targetEnds;
    this.order = order;
    this.cuts = cuts;
    this.validation = validation;
  }

  /**
   * Splits the usable rows.
   *
   * @param times of all rows, ascending within each partition: UTC nanoseconds, or row numbers
   * @param targetEnds of all rows: the last time that the row's target depends on, at least its own
   * @param usable rows with a known target, ascending
   * @param partitions the table's, covering all rows
   * @throws SlipstreamException INVALID_INPUT when there are too few rows for the folds, saying how
   *     many are needed
   */
  public static WalkForward split(
      long[] times,
      long[] targetEnds,
      int[] usable,
      List<Partition> partitions,
      Validation validation) {
    int[] order = byTime(times, usable, partitions);
    int blocks = validation.folds() + 1;
    if (order.length < MIN_TRAINING_ROWS * blocks) {
      throw tooFew(order.length, distinct(times, order), validation);
    }
    int[] cuts = new int[blocks + 1];
    cuts[blocks] = order.length;
    for (int k = 1; k < blocks; k++) {
      cuts[k] = boundary(times, order, (int) ((long) order.length * k / blocks));
      if (cuts[k] <= cuts[k - 1]) {
        throw tooFew(order.length, distinct(times, order), validation);
      }
    }
    WalkForward split = new WalkForward(times, targetEnds, order, cuts, validation);
    for (int fold = 1; fold <= validation.folds(); fold++) {
      int rows = split.countTraining(fold);
      if (rows < MIN_TRAINING_ROWS) {
        int before = cuts[fold] - split.firstCandidate(fold);
        throw SlipstreamException.invalid(
            Text.format(
                    "fold %d has %,d rows before its scored block but only %,d whose target is"
                        + " known by then",
                    fold, before, rows)
                + " (embargo included); at least "
                + MIN_TRAINING_ROWS
                + " are needed",
            Place.key("validation"),
            "Use more data, fewer folds, a shorter embargo or a target that looks less far ahead.");
      }
    }
    return split;
  }

  /** How many folds there are. */
  public int folds() {
    return validation.folds();
  }

  /**
   * The rows that a model to be kept is fitted on, in order of time, then row: all usable rows, or
   * the last block when the window rolls, so that it is fitted as long as the folds' models were.
   */
  public int[] finalRows() {
    return switch (validation.window()) {
      case EXPANDING -> order.clone();
      case ROLLING -> Arrays.copyOfRange(order, cuts[validation.folds()], order.length);
    };
  }

  /**
   * @param number from 1
   */
  public Fold fold(int number) {
    long start = times[order[cuts[number]]];
    int from = firstCandidate(number);
    int[] training = new int[cuts[number] - from];
    int count = 0;
    for (int i = from; i < cuts[number]; i++) {
      if (known(order[i], start)) {
        training[count++] = order[i];
      }
    }
    int purged = training.length - count;
    training = Arrays.copyOf(training, count);
    int[] scored = Arrays.copyOfRange(order, cuts[number], cuts[number + 1]);
    int heldFrom = holdoutFrom(training);
    int[] fit = heldFrom == count ? training : purge(training, heldFrom);
    if (fit.length < MIN_TRAINING_ROWS) {
      heldFrom = count;
      fit = training;
    }
    return new Fold(
        number,
        training,
        fit,
        Arrays.copyOfRange(training, heldFrom, count),
        scored,
        purged,
        times[training[0]],
        times[training[count - 1]],
        start,
        times[scored[scored.length - 1]]);
  }

  private int firstCandidate(int fold) {
    return switch (validation.window()) {
      case EXPANDING -> 0;
      case ROLLING -> cuts[fold - 1];
    };
  }

  private int countTraining(int fold) {
    long start = times[order[cuts[fold]]];
    int count = 0;
    for (int i = firstCandidate(fold); i < cuts[fold]; i++) {
      if (known(order[i], start)) {
        count++;
      }
    }
    return count;
  }

  /** Whether a row's target is known before a time, the embargo included. */
  private boolean known(int row, long start) {
    long limit = start - validation.embargo().toNanos();
    // Overflow: the embargo reaches before the beginning of time.
    return (limit <= start) && targetEnds[row] < limit;
  }

  /**
   * Where the holdout starts among the training rows, on a time's first row; their number when
   * there is none.
   */
  private int holdoutFrom(int[] training) {
    int held = (int) (validation.holdout() * training.length);
    if (held == 0) {
      return training.length;
    }
    int from = boundary(times, training, training.length - held);
    return from == 0 ? training.length : from;
  }

  private int[] purge(int[] training, int heldFrom) {
    long start = times[training[heldFrom]];
    int[] fit = new int[heldFrom];
    int count = 0;
    for (int i = 0; i < heldFrom; i++) {
      if (known(training[i], start)) {
        fit[count++] = training[i];
      }
    }
    return Arrays.copyOf(fit, count);
  }

  /** The first position that has the time of this one. */
  private static int boundary(long[] times, int[] order, int position) {
    int at = position;
    while (at > 0 && times[order[at - 1]] == times[order[position]]) {
      at--;
    }
    return at;
  }

  private static int distinct(long[] times, int[] order) {
    int count = order.length == 0 ? 0 : 1;
    for (int i = 1; i < order.length; i++) {
      if (times[order[i]] != times[order[i - 1]]) {
        count++;
      }
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
  private static int[] byTime(long[] times, int[] usable, List<Partition> partitions) {
    int[] runs = new int[partitions.size() + 1];
    int count = 0;
    int at = 0;
    for (Partition partition : partitions) {
      int start = at;
      while (at < usable.length && usable[at] < partition.to()) {
        at++;
      }
      if (at > start) {
        runs[++count] = at;
      }
    }
    if (at < usable.length) {
      throw new IllegalArgumentException("partitions do not cover all rows");
    }
    int[] from = usable.clone();
    int[] to = new int[usable.length];
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
    return from;
  }

  private static void merge(long[] times, int[] from, int left, int middle, int end, int[] to) {
    int l = left;
    int r = middle;
    for (int i = left; i < end; i++) {
      boolean takeLeft =
          r >= end
              || l < middle
                  && (times[from[l]] < times[from[r]]
                      || times[from[l]] == times[from[r]] && from[l] < from[r]);
      to[i] = takeLeft ? from[l++] : from[r++];
    }
  }
}
