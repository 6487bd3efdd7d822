package slipstream.training.validation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Scheme;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.spi.RowSelection;
import slipstream.core.table.Partition;

/**
 * Splits rows into folds: rows that are scored, and others that the models which predict them are
 * trained on.
 *
 * <p>A fold scores some blocks of time and, where there are groups, one part of the groups in them.
 * The rows, in order of time over all instruments, are cut into blocks of about equal numbers of
 * rows; a cut never separates rows of one time. What a scheme chooses is which blocks are scored
 * together and whether rows after them may be trained on:
 *
 * <ul>
 *   <li>walk-forward: block k + 1 by what precedes it, or by block k alone when the window rolls;
 *   <li>purged k-fold: each block by all others (López de Prado 2018, chapter 7);
 *   <li>combinatorial: every k of N blocks by all others (chapter 12). Each row is predicted C(N -
 *       1, k - 1) times; the p-th prediction of each block makes path p, as many full histories;
 *   <li>grouped: one block of all time, whose groups are dealt into parts.
 * </ul>
 *
 * <p>Except across parts of one block of all time, a training row's interval, from its time to the
 * last one that its target depends on, and that of any scored row's block are further apart than the
 * embargo: rows nearer are purged. Groups of scored rows are never trained on.
 *
 * <p>The holdout is kept apart from the rows that are fitted in the same way: the latest training
 * rows, or whole groups where there are groups, which is what the scored ones are.
 *
 * <p>Folds are views of one order of the rows. The split depends on times and groups alone, so it is
 * the same in every run. Immutable once made.
 */
public final class CrossValidation {
  /** Fewer training rows than this fit nothing. */
  private static final int MIN_TRAINING_ROWS = 2;

  private static final int MAX_FOLDS = 1000;

  private final IntToLongFunction times;
  private final Validation validation;
  private final RowSelection order;
  private final int[] cuts;
  private final long[] starts; // of blocks
  private final long[] ends; // of blocks, with their targets; walk-forward needs none
  private final Parts parts;
  private final int firstScored;
  private final List<Partition> partitions;
  private final List<Fold> folds = new ArrayList<>();
  private final List<Cell> cells = new ArrayList<>(); // by fold
  private final List<String> skipped = new ArrayList<>();

  /**
   * Groups dealt into parts.
   *
   * @param of a row's part
   */
  private record Parts(int count, int groups, IntUnaryOperator groupOf, IntUnaryOperator of) {
    static final Parts NONE = new Parts(1, 0, null, row -> 0);
  }

  /** What a fold scores: some blocks, and in them a part of the groups. */
  private record Cell(int[] blocks, int part) {}

  private CrossValidation(
      IntToLongFunction times,
      IntToLongFunction targetEnds,
      Validation validation,
      List<Partition> partitions,
      RowSelection order,
      int[] cuts,
      Parts parts) {
    this.partitions = partitions;
    this.times = times;
    this.validation = validation;
    this.order = order;
    this.cuts = cuts;
    this.parts = parts;
    int blocks = cuts.length - 1;
    starts = new long[blocks];
    ends = new long[blocks];
    for (int b = 0; b < blocks; b++) {
      starts[b] = time(order, cuts[b]);
      ends[b] = Long.MIN_VALUE;
      if (looksBack()) {
        for (int i = cuts[b]; i < cuts[b + 1]; i++) {
          ends[b] = Math.max(ends[b], targetEnds.applyAsLong(order.get(i)));
        }
      }
    }
    firstScored = validation.scheme() == Scheme.WALK_FORWARD ? cuts[1] : 0;
  }

  /**
   * Splits the usable rows.
   *
   * @param times of all rows, ascending within each partition: UTC nanoseconds, or row numbers
   * @param targetEnds of all rows: the last time that the row's target depends on, at least its own;
   *     not used after the split is made
   * @param usable rows with a known target, ascending
   * @param partitions the table's, covering all rows
   * @param groups of all rows, numbers from 0; null where the validation has no groups
   * @throws SlipstreamException INVALID_INPUT when there are too few rows or groups for the folds,
   *     saying how many are needed
   */
  public static CrossValidation split(
      IntToLongFunction times,
      IntToLongFunction targetEnds,
      RowSelection usable,
      List<Partition> partitions,
      IntUnaryOperator groups,
      Validation validation) {
    return split(times, targetEnds, usable, partitions, groups, validation, true);
  }

  /**
   * @param all false to leave out folds that have nothing to train on
   */
  private static CrossValidation split(
      IntToLongFunction times,
      IntToLongFunction targetEnds,
      RowSelection usable,
      List<Partition> partitions,
      IntUnaryOperator groups,
      Validation validation,
      boolean all) {
    check(validation);
    RowSelection order = byTime(times, usable, partitions);
    Parts parts = validation.hasGroups() ? deal(order, groups, validation) : Parts.NONE;
    CrossValidation split =
        new CrossValidation(
            times,
            targetEnds,
            validation,
            partitions,
            order,
            cuts(times, order, validation),
            parts);
    for (int[] blocks : split.scoredBlocks()) {
      for (int part = 0; part < parts.count(); part++) {
        split.make(blocks, part, targetEnds, all);
      }
    }
    return split;
  }

  /** What can be found wrong without data. */
  public static void check(Validation validation) {
    Scheme scheme = validation.scheme();
    if (scheme == Scheme.GROUPED && !validation.embargo().isZero()) {
      throw SlipstreamException.invalid(
          "an embargo needs blocks of time, and the scheme is grouped",
          Place.key("validation.embargo"),
          "Leave it out, or use 'scheme: purged-k-fold' with a group.");
    }
    if (scheme != Scheme.WALK_FORWARD && validation.folds() < 2) {
      throw SlipstreamException.invalid(
          "1 fold leaves nothing to train on", Place.key("validation.folds"), "Use 2 or more.");
    }
    if (scheme == Scheme.COMBINATORIAL) {
      if (validation.testBlocks() >= validation.folds()) {
        throw SlipstreamException.invalid(
            Text.format(
                "%d of %d blocks are scored at a time, which leaves none to train on",
                validation.testBlocks(), validation.folds()),
            Place.key("validation.test_blocks"),
            "Use fewer, such as 2.");
      }
      if (choices(validation) > MAX_FOLDS) {
        throw SlipstreamException.invalid(
            Text.format(
                "%d of %d blocks can be chosen in more than %,d ways, each of them a fit of every"
                    + " model",
                validation.testBlocks(), validation.folds(), MAX_FOLDS),
            Place.key("validation.folds"),
            "Use fewer folds or test blocks, such as 6 and 2: 15 ways.");
      }
    }
  }

  /** Ways of choosing test blocks; more than the most folds where they are more. */
  private static long choices(Validation validation) {
    long count = 1;
    for (int i = 1; i <= validation.testBlocks() && count <= MAX_FOLDS * 1000L; i++) {
      count = count * (validation.folds() - validation.testBlocks() + i) / i;
    }
    return count;
  }

  // ----------------------------------------------------------------- results

  /** In order of what they score. */
  public List<Fold> folds() {
    return List.copyOf(folds);
  }

  /**
   * @param number from 1
   */
  public Fold fold(int number) {
    return folds.get(number - 1);
  }

  /**
   * The rows that folds score, each once, in order of time. The prediction of row i of these on path
   * p has place {@code i * paths() + p} in {@link Fold#places}.
   */
  public RowSelection scored() {
    return order.slice(firstScored, order.size());
  }

  /** How often each row is scored. */
  public int paths() {
    return validation.scheme() == Scheme.COMBINATORIAL
        ? (int) Combinations.count(validation.folds() - 1, validation.testBlocks() - 1)
        : 1;
  }

  /** Folds that were left out, because they had no rows to score: a line for each. */
  public List<String> skipped() {
    return List.copyOf(skipped);
  }

  /** How many groups there are; 0 where the validation has none. */
  public int groups() {
    return parts.groups();
  }

  /**
   * The rows that a model to be kept is fitted on, in order of time, then row: all usable rows, or
   * the last block when a walk-forward's window rolls, so that it is fitted as long as the folds'
   * models were.
   */
  public RowSelection finalRows() {
    return validation.scheme() == Scheme.WALK_FORWARD && validation.window() == Window.ROLLING
        ? order.slice(cuts[validation.folds()], order.size())
        : order;
  }

  // -------------------------------------------------------------------- folds

  /** Whether rows after a scored block may be trained on. */
  private boolean looksBack() {
    return validation.scheme() == Scheme.PURGED_K_FOLD
        || validation.scheme() == Scheme.COMBINATORIAL;
  }

  /** The blocks that each fold scores, from 0. */
  private List<int[]> scoredBlocks() {
    int folds = validation.folds();
    return switch (validation.scheme()) {
      case WALK_FORWARD -> IntStream.rangeClosed(1, folds).mapToObj(b -> new int[] {b}).toList();
      case PURGED_K_FOLD -> IntStream.range(0, folds).mapToObj(b -> new int[] {b}).toList();
      case GROUPED -> List.of(new int[] {0});
      case COMBINATORIAL -> {
        List<int[]> all = new ArrayList<>();
        int[] members = Combinations.first(validation.testBlocks());
        do {
          all.add(members.clone());
        } while (Combinations.next(members, folds));
        yield all;
      }
    };
  }

  private void make(int[] blocks, int part, IntToLongFunction targetEnds, boolean all) {
    int number = folds.size() + 1;
    String name = name(blocks, part);
    RowSelection places = places(blocks, part);
    if (places.size() == 0) {
      skipped.add(name + " has no rows to score and was left out");
      return;
    }
    int paths = paths();
    RowSelection scored =
        paths == 1
            ? scored().select(places)
            : RowSelection.of(
                IntStream.of(places.toArray()).map(i -> scored().get(i / paths)).toArray());
    int[] without = {part};
    RowSelection candidates = candidates(blocks, without);
    RowSelection training = candidates.where(apart(blocks, targetEnds)).compact();
    int count = training.size();
    if (count < MIN_TRAINING_ROWS && !all) {
      return;
    }
    if (count < MIN_TRAINING_ROWS) {
      throw SlipstreamException.invalid(
          (validation.scheme() == Scheme.WALK_FORWARD
                  ? Text.format(
                      "fold %d has %,d rows before its scored block but only %,d whose target is"
                          + " known by then",
                      number, candidates.size(), count)
                  : Text.format(
                      "fold %d (%s) has %,d other rows but only %,d whose target is apart from what"
                          + " it scores",
                      number, name, candidates.size(), count))
              + " (embargo included); at least "
              + MIN_TRAINING_ROWS
              + " are needed",
          Place.key("validation"),
          "Use more data, fewer folds, a shorter embargo or a target that looks less far ahead.");
    }
    cells.add(new Cell(blocks, part));
    folds.add(
        fold(
            number,
            name,
            training,
            scored,
            places,
            candidates.size() - count,
            trainedOn(blocks, without),
            targetEnds));
  }

  private Fold fold(
      int number,
      String name,
      RowSelection training,
      RowSelection scored,
      RowSelection places,
      int purged,
      String trainedOn,
      IntToLongFunction targetEnds) {
    int count = training.size();
    RowSelection fit = training;
    RowSelection holdout = RowSelection.all(0);
    if (parts.count() > 1) {
      IntPredicate held = heldGroups(training);
      if (held != null) {
        fit = training.where(row -> !held.test(row)).compact();
        holdout = training.where(held).compact();
      }
    } else {
      int from = holdoutFrom(training);
      if (from < count) {
        fit = training.slice(0, from).where(known(time(training, from), targetEnds));
        holdout = training.slice(from, count);
      }
    }
    if (fit.size() < MIN_TRAINING_ROWS) {
      fit = training;
      holdout = RowSelection.all(0);
    }
    return new Fold(
        number,
        name,
        training,
        fit,
        holdout,
        scored,
        places,
        purged,
        time(training, 0),
        time(training, count - 1),
        time(scored, 0),
        time(scored, scored.size() - 1),
        trainedOn);
  }

  // ---------------------------------------------------------- folds within a fold

  /**
   * Divides the training rows of a fold: the folds of the result score these rows, by models that are trained on others
   * (where the window of a walk-forward rolls, on the block before them), and on nothing that the fold scores or that is
   * purged from either. What blocks and parts are left is scored one
   * by one, so that a fold here often trains on what another one trains on ({@link Fold#trainedOn}); where less than two are
   * left, the rows are cut anew by the same validation.
   *
   * @param targetEnds as for {@link #split}; not used afterwards
   * @throws SlipstreamException INVALID_INPUT when there are too few rows or groups to cut anew
   */
  public List<Fold> within(Fold fold, IntToLongFunction targetEnds) {
    Cell cell = cells.get(fold.number() - 1);
    return within(cell.blocks, cell.part, fold.training(), fold.trainedOn(), targetEnds);
  }

  /** The same for {@link #finalRows}. */
  public List<Fold> withinFinal(IntToLongFunction targetEnds) {
    int[] beyond = {cuts.length - 1};
    return within(
        validation.scheme() == Scheme.WALK_FORWARD ? beyond : new int[0],
        -1,
        finalRows(),
        "all",
        targetEnds);
  }

  private List<Fold> within(
      int[] blocks, int part, RowSelection rows, String trainedOn, IntToLongFunction ends) {
    int[] blocksLeft = blocksWithin(blocks);
    int[] partsLeft = IntStream.range(0, parts.count()).filter(p -> p != part).toArray();
    boolean walks = validation.scheme() == Scheme.WALK_FORWARD;
    boolean enoughBlocks =
        blocksLeft.length >= (walks || validation.scheme() == Scheme.GROUPED ? 1 : 2);
    if (!enoughBlocks || parts.count() > 1 && partsLeft.length < 2) {
      return anew(rows, trainedOn, ends);
    }
    List<Fold> within = new ArrayList<>();
    for (int block : blocksLeft) {
      int[] apartFrom = walks ? new int[] {block} : with(blocks, block);
      for (int scoredPart : parts.count() > 1 ? partsLeft : new int[] {0}) {
        int[] without = part < 0 ? new int[] {scoredPart} : with(new int[] {part}, scoredPart);
        RowSelection scored = rowsOf(block, scoredPart);
        RowSelection training =
            candidates(apartFrom, without).where(apart(apartFrom, ends)).compact();
        if (scored.size() > 0 && training.size() >= MIN_TRAINING_ROWS) {
          within.add(
              fold(
                  within.size() + 1,
                  "",
                  training,
                  scored,
                  RowSelection.all(0),
                  0,
                  trainedOn(apartFrom, without),
                  ends));
        }
      }
    }
    return within;
  }

  /** Blocks that may be scored for a fold which scores these. */
  private int[] blocksWithin(int[] blocks) {
    int all = cuts.length - 1;
    return switch (validation.scheme()) {
      case WALK_FORWARD ->
          IntStream.range(
                  validation.window() == Window.ROLLING ? Math.max(1, blocks[0] - 1) : 1, blocks[0])
              .toArray();
      case GROUPED -> new int[] {0};
      case PURGED_K_FOLD, COMBINATORIAL ->
          IntStream.range(0, all).filter(b -> Arrays.binarySearch(blocks, b) < 0).toArray();
    };
  }

  private List<Fold> anew(RowSelection rows, String trainedOn, IntToLongFunction ends) {
    int[] ascending = rows.toArray();
    Arrays.sort(ascending);
    CrossValidation again =
        split(
            times,
            ends,
            RowSelection.of(ascending),
            partitions,
            validation.hasGroups() ? parts.groupOf() : null,
            validation.scheme() == Scheme.COMBINATORIAL
                ? validation.withScheme(Scheme.PURGED_K_FOLD)
                : validation,
            false);
    return again.folds.stream()
        .map(each -> each.trainedOn(trainedOn + "/" + each.trainedOn()))
        .toList();
  }

  private static int[] with(int[] sorted, int one) {
    return IntStream.concat(IntStream.of(sorted), IntStream.of(one)).sorted().distinct().toArray();
  }

  /** Rows of a part in a block, in order of time. */
  private RowSelection rowsOf(int block, int part) {
    RowSelection rows = order.slice(cuts[block], cuts[block + 1]);
    return parts.count() == 1
        ? rows
        : rows.where(row -> parts.of().applyAsInt(row) == part).compact();
  }

  private String trainedOn(int[] blocks, int[] without) {
    return Arrays.toString(blocks) + (parts.count() > 1 ? Arrays.toString(without) : "");
  }

  private String name(int[] blocks, int part) {
    List<String> words = new ArrayList<>();
    if (looksBack()) {
      words.add(
          (blocks.length == 1 ? "block " : "blocks ")
              + IntStream.of(blocks)
                  .mapToObj(b -> Integer.toString(b + 1))
                  .collect(Collectors.joining(", "))
              + " of "
              + validation.folds());
    } else if (validation.scheme() == Scheme.WALK_FORWARD && parts.count() > 1) {
      words.add("block " + blocks[0]);
    }
    if (parts.count() > 1) {
      words.add("part " + (part + 1) + " of " + parts.count() + " of the groups");
    }
    return String.join(", ", words);
  }

  /** Where the predictions of the part's rows in these blocks stand, in order of time. */
  private RowSelection places(int[] blocks, int part) {
    int paths = paths();
    RowSelection all = RowSelection.all((order.size() - firstScored) * paths);
    RowSelection places = null;
    for (int b : blocks) {
      int from = (cuts[b] - firstScored) * paths;
      int to = (cuts[b + 1] - firstScored) * paths;
      RowSelection some = all.slice(from, to);
      if (paths > 1) {
        int path = path(blocks, b);
        some = some.where(place -> place % paths == path);
      }
      if (parts.count() > 1) {
        some = some.where(place -> part(firstScored + place / paths) == part);
      }
      places = places == null ? some.compact() : joined(places, some);
    }
    return places;
  }

  private int part(int position) {
    return parts.of().applyAsInt(order.get(position));
  }

  private static RowSelection joined(RowSelection a, RowSelection b) {
    int[] rows = Arrays.copyOf(a.toArray(), a.size() + b.size());
    System.arraycopy(b.toArray(), 0, rows, a.size(), b.size());
    return RowSelection.of(rows);
  }

  /** Which of the folds that score a block this is. */
  private int path(int[] blocks, int block) {
    int path = 0;
    for (int[] each : scoredBlocks()) {
      if (Arrays.equals(each, blocks)) {
        return path;
      }
      path += Arrays.binarySearch(each, block) >= 0 ? 1 : 0;
    }
    throw new IllegalStateException("no such fold");
  }

  /** The rows of other blocks, if there are any, and of other parts. */
  private RowSelection candidates(int[] blocks, int[] without) {
    RowSelection rows =
        switch (validation.scheme()) {
          case WALK_FORWARD ->
              order.slice(
                  validation.window() == Window.ROLLING ? cuts[blocks[0] - 1] : 0, cuts[blocks[0]]);
          case GROUPED -> order;
          case PURGED_K_FOLD, COMBINATORIAL ->
              order.where(row -> Arrays.binarySearch(blocks, block(row)) < 0);
        };
    return parts.count() == 1
        ? rows
        : rows.where(row -> Arrays.binarySearch(without, parts.of().applyAsInt(row)) < 0);
  }

  private int block(int row) {
    int at = Arrays.binarySearch(starts, times.applyAsLong(row));
    return at >= 0 ? at : -at - 2;
  }

  /** Whether a row outside of these blocks is further from them than the embargo. */
  private IntPredicate apart(int[] blocks, IntToLongFunction targetEnds) {
    if (validation.scheme() == Scheme.GROUPED) {
      return row -> true;
    }
    IntPredicate[] before = new IntPredicate[blocks.length];
    for (int i = 0; i < blocks.length; i++) {
      before[i] = known(starts[blocks[i]], targetEnds);
    }
    if (!looksBack()) {
      return before[0];
    }
    long embargo = validation.embargo().toNanos();
    return row -> {
      long time = times.applyAsLong(row);
      for (int i = 0; i < blocks.length; i++) {
        // A difference of times after the end cannot overflow below 0.
        boolean apart =
            time < starts[blocks[i]]
                ? before[i].test(row)
                : time > ends[blocks[i]] && Math.subtractExact(time, ends[blocks[i]]) > embargo;
        if (!apart) {
          return false;
        }
      }
      return true;
    };
  }

  /** Whether a row's target is known before a time, the embargo included. */
  private IntPredicate known(long start, IntToLongFunction targetEnds) {
    long limit = start - validation.embargo().toNanos();
    // Overflow: the embargo reaches before the beginning of time.
    return limit <= start ? row -> targetEnds.applyAsLong(row) < limit : row -> false;
  }

  private long time(RowSelection rows, int position) {
    return times.applyAsLong(rows.get(position));
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

  /** Groups, in an order that follows nothing about them, until they hold the holdout's share; null for none. */
  private IntPredicate heldGroups(RowSelection training) {
    long[] rows = rowsByGroup(training, parts.groupOf());
    int[] present = IntStream.range(0, rows.length).filter(g -> rows[g] > 0).toArray();
    SplittableRandom random = new SplittableRandom(present.length);
    for (int i = present.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = present[i];
      present[i] = present[j];
      present[j] = swap;
    }
    double wanted = validation.holdout() * training.size();
    boolean[] held = new boolean[rows.length];
    long count = 0;
    int groups = 0;
    while (groups < present.length - 1 && count < wanted) {
      held[present[groups]] = true;
      count += rows[present[groups++]];
    }
    return groups == 0 ? null : row -> held[parts.groupOf().applyAsInt(row)];
  }

  // ------------------------------------------------------------ blocks and parts

  private static int[] cuts(IntToLongFunction times, RowSelection order, Validation validation) {
    int blocks =
        switch (validation.scheme()) {
          case WALK_FORWARD -> validation.folds() + 1;
          case PURGED_K_FOLD, COMBINATORIAL -> validation.folds();
          case GROUPED -> 1;
        };
    if (order.size() < MIN_TRAINING_ROWS * blocks) {
      throw tooFew(times, order, blocks, validation);
    }
    int[] cuts = new int[blocks + 1];
    cuts[blocks] = order.size();
    for (int k = 1; k < blocks; k++) {
      cuts[k] = boundary(times, order, (int) ((long) order.size() * k / blocks));
      if (cuts[k] <= cuts[k - 1]) {
        throw tooFew(times, order, blocks, validation);
      }
    }
    return cuts;
  }

  /** Each group to the part with the fewest rows so far, the largest group first. */
  private static Parts deal(RowSelection order, IntUnaryOperator groupOf, Validation validation) {
    long[] rows = rowsByGroup(order, groupOf);
    List<Integer> groups =
        IntStream.range(0, rows.length)
            .filter(g -> rows[g] > 0)
            .boxed()
            .sorted(Comparator.comparingLong(g -> -rows[g]))
            .toList();
    boolean grouped = validation.scheme() == Scheme.GROUPED;
    int count = grouped ? validation.folds() : validation.groupFolds();
    if (groups.size() < count) {
      throw SlipstreamException.invalid(
          Text.format(
              "%s has %d different values, too few for %d parts",
              validation.group().isBlank() ? "the instrument" : "'" + validation.group() + "'",
              groups.size(),
              count),
          Place.key(grouped ? "validation.folds" : "validation.group_folds"),
          "Use fewer parts, or a group that divides the rows further.");
    }
    long[] load = new long[count];
    int[] partOf = new int[rows.length];
    for (int group : groups) {
      int least = 0;
      for (int p = 1; p < count; p++) {
        least = load[p] < load[least] ? p : least;
      }
      partOf[group] = least;
      load[least] += rows[group];
    }
    return new Parts(count, groups.size(), groupOf, row -> partOf[groupOf.applyAsInt(row)]);
  }

  private static long[] rowsByGroup(RowSelection rows, IntUnaryOperator groupOf) {
    long[] counts = new long[16];
    for (int i = 0; i < rows.size(); i++) {
      int group = groupOf.applyAsInt(rows.get(i));
      if (group >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(2 * counts.length, group + 1));
      }
      counts[group]++;
    }
    return counts;
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

  private static SlipstreamException tooFew(
      IntToLongFunction times, RowSelection order, int blocks, Validation validation) {
    return SlipstreamException.invalid(
        Text.format(
                "%,d rows with a known target at %,d different times are too few for %d folds; %d"
                    + " blocks of at least %d",
                order.size(), distinct(times, order), validation.folds(), blocks, MIN_TRAINING_ROWS)
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
