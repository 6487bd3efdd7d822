package slipstream.data.internal.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import slipstream.core.Text;
import slipstream.core.parallel.Parallel;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.ImportReport;
import slipstream.data.health.Defect;
import slipstream.data.health.HealthOptions;
import slipstream.data.health.HealthReport;
import slipstream.data.health.HealthReport.ColumnHealth;
import slipstream.data.health.HealthReport.Count;
import slipstream.data.health.HealthReport.Coverage;
import slipstream.data.health.HealthReport.Example;
import slipstream.data.health.HealthReport.Finding;
import slipstream.data.health.HealthReport.InstrumentHealth;
import slipstream.data.health.HealthReport.Line;
import slipstream.data.health.HealthReport.Moves;
import slipstream.data.health.HealthReport.Timeline;
import slipstream.data.health.Role;
import slipstream.data.health.Roles;

/** One health check: of the columns, then of each instrument's rows, then of what the instruments say of one another. */
public final class Inspection {
  private static final String STAGE = "Check health";

  /** Calendar days by which a listing is late, or a delisting early. */
  private static final int LISTING_DAYS = 5;

  /** Instruments named in a finding. */
  private static final int NAMED = 10;

  /** Columns named in a finding. */
  private static final int NAMED_COLUMNS = 50;

  private static final int COVERED = 40;
  private static final int COVERAGE_BUCKETS = 100;
  private static final int FLAG_VALUES = 12;
  private static final Set<String> FINE =
      Set.of("ok", "good", "normal", "regular", "valid", "clean", "true", "none", "");

  private final Table table;
  private final HealthOptions options;
  private final ImportReport imported;
  private final Progress progress;
  private final Roles roles;
  private final List<Finding> findings = new ArrayList<>();
  private final AtomicLong done = new AtomicLong();
  private final long work;

  private Frame frame;
  private Tally tally;
  private ColumnHealth[] columns;
  private ColumnPass[] columnPasses;
  private long[][] counts;
  private int[] days;
  private int[] missing;
  private int[] firstDay;
  private int[] lastDay;
  private final Map<Integer, PartitionPass.Nulls> nulls = new TreeMap<>();
  private final long[] zCounts = new long[PartitionPass.Z_EDGES.length];
  private final List<Jump> jumps = new ArrayList<>();
  private LogHistogram[][] levels;
  private Levels periods;
  private PartitionPass.Market market;

  public Inspection(Table table, HealthOptions options, ImportReport imported, Progress progress) {
    this.table = table;
    this.options = options;
    this.imported = imported;
    this.progress = progress;
    this.roles =
        Roles.of(table.schema(), table.timeColumn(), table.instrumentColumn(), options.roles());
    this.work = 2 * Math.max(1, table.rows());
  }

  /** The report. */
  public HealthReport run() {
    progress.stage(STAGE, 0, work, "rows");
    frame = new Frame(table, progress);
    columns();
    partitions();
    imported();
    calendar();
    jumps();
    levelChanges();
    nullPatterns();
    columnFindings();
    tallied();
    findings.sort(
        Comparator.comparing(Finding::severity)
            .reversed()
            .thenComparing(each -> each.defect().ordinal()));
    progress.stage(STAGE, work, work, "rows");
    return new HealthReport(
        table.rows(),
        table.partitions().size(),
        table.timeColumn(),
        table.instrumentColumn(),
        frame.first,
        frame.last,
        frame.calendarBefore[frame.days],
        List.of(columns),
        findings,
        worst(),
        timeline(),
        coverage(),
        new Moves(
            Arrays.stream(PartitionPass.Z_EDGES).boxed().toList(),
            Arrays.stream(zCounts).boxed().toList()));
  }

  private void advance(long rows) {
    progress.stage(STAGE, Math.min(work - 1, done.addAndGet(rows)), work, "rows");
  }

  // -------------------------------------------------------------------- passes

  private void columns() {
    int count = table.columns().size();
    columns = new ColumnHealth[count];
    columnPasses = new ColumnPass[count];
    Parallel.forEach(
        count,
        options.threads(),
        progress,
        c -> {
          Column column = table.column(c);
          Role role = roles.roles().get(c);
          columns[c] = ColumnStatistics.of(column, role, progress);
          columnPasses[c] = ColumnPass.of(column, columns[c], options.outlierZ(), progress);
          advance(table.rows() / count);
        });
  }

  private void partitions() {
    int count = table.partitions().size();
    counts = new long[count][];
    days = new int[count];
    market = new PartitionPass.Market(frame.days);
    periods = new Levels(table, roles, frame);
    levels = new LogHistogram[periods.count()][periods.series().size()];
    tally = new Tally(frame.buckets);
    // The longest first, so that no worker is left with one at the end.
    List<Integer> order =
        IntStream.range(0, count)
            .boxed()
            .sorted(
                Comparator.comparingLong((Integer p) -> table.partitions().get(p).rows())
                    .reversed())
            .toList();
    List<PartitionPass> workers = new ArrayList<>();
    Parallel.forEach(
        count,
        options.threads(),
        progress,
        () -> {
          PartitionPass pass =
              new PartitionPass(table, roles, frame, periods, market, options.outlierZ(), progress);
          synchronized (workers) {
            workers.add(pass);
          }
          return pass;
        },
        (pass, i) -> {
          int p = order.get(i);
          counts[p] = pass.run(p, table.partitions().get(p));
          days[p] = pass.days();
          advance(table.partitions().get(p).rows());
        });
    for (PartitionPass pass : workers) {
      tally.add(pass.tally);
      jumps.addAll(pass.jumps);
      pass.nulls.forEach(
          (column, each) ->
              nulls.computeIfAbsent(column, c -> new PartitionPass.Nulls()).add(each));
      for (int i = 0; i < zCounts.length; i++) {
        zCounts[i] += pass.zCounts[i];
      }
      for (int p = 0; p < levels.length; p++) {
        for (int s = 0; s < levels[p].length; s++) {
          if (pass.levels[p][s] != null) {
            if (levels[p][s] == null) {
              levels[p][s] = new LogHistogram();
            }
            levels[p][s].add(pass.levels[p][s]);
          }
        }
      }
    }
    jumps.sort(Comparator.comparingLong(Jump::row));
  }

  // ------------------------------------------------------------------ findings

  private void found(
      Defect defect,
      Severity severity,
      long count,
      long of,
      String detail,
      List<Count> columns,
      List<Count> instruments,
      long instrumentCount,
      List<Example> examples) {
    if (count > 0) {
      List<Count> most =
          columns.stream()
              .sorted(Comparator.comparingLong(Count::count).reversed())
              .limit(NAMED_COLUMNS)
              .toList();
      findings.add(
          new Finding(
              defect, severity, count, of, detail, most, instruments, instrumentCount, examples));
    }
  }

  private void simple(Defect defect, long count, long of, String detail, List<Count> columns) {
    found(defect, defect.severity(), count, of, detail, columns, List.of(), 0, List.of());
  }

  private void imported() {
    if (imported == null) {
      return;
    }
    boolean keys =
        Arrays.stream(imported.where().split(" AND "))
            .allMatch(each -> each.endsWith(" IS NOT NULL"));
    simple(
        keys ? Defect.NO_KEY : Defect.EXCLUDED,
        imported.rowsExcluded(),
        imported.rowsRead(),
        imported.where().isEmpty() ? "" : "kept: " + imported.where(),
        List.of());
    simple(Defect.OUT_OF_ORDER, imported.outOfOrder(), imported.rowsRead(), "", List.of());
  }

  /** The instruments with most of something. */
  private List<Count> most(long[] byPartition) {
    if (table.instrumentColumn().isEmpty()) {
      return List.of();
    }
    return IntStream.range(0, byPartition.length)
        .filter(p -> byPartition[p] > 0)
        .boxed()
        .sorted(
            Comparator.comparingLong((Integer p) -> byPartition[p])
                .reversed()
                .thenComparingInt(p -> p))
        .limit(NAMED)
        .map(p -> new Count(table.partitions().get(p).instrument(), byPartition[p]))
        .toList();
  }

  private static long positive(long[] values) {
    return Arrays.stream(values).filter(each -> each > 0).count();
  }

  private long[] byPartition(Defect defect) {
    long[] all = new long[counts.length];
    for (int p = 0; p < counts.length; p++) {
      all[p] = counts[p] == null ? 0 : counts[p][defect.ordinal()];
    }
    return all;
  }

  private void add(Defect defect, int partition, long count) {
    if (counts[partition] == null) {
      counts[partition] = new long[Tally.DEFECTS];
    }
    counts[partition][defect.ordinal()] += count;
  }

  /** What was counted row by row. */
  private void tallied() {
    Map<Defect, List<Count>> byColumn = new EnumMap<>(Defect.class);
    tally.byColumn.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              Defect defect = Defect.values()[(int) (entry.getKey() >> 32)];
              byColumn
                  .computeIfAbsent(defect, each -> new ArrayList<>())
                  .add(
                      new Count(
                          table.column((int) (long) entry.getKey()).name(), entry.getValue()[0]));
            });
    boolean bars = !roles.bars().isEmpty();
    for (Defect defect : Defect.values()) {
      long count = tally.counts[defect.ordinal()];
      if (count == 0) {
        continue;
      }
      List<Count> inColumns = byColumn.getOrDefault(defect, List.of());
      Severity severity = defect.severity();
      long of = table.rows();
      String detail = "";
      switch (defect) {
        case NULLS -> of = table.rows() * inColumns.size();
        case OUTLIER -> of = Arrays.stream(zCounts).sum();
        case TRADE_OUTSIDE_QUOTE -> {
          of = table.rows() - tally.counts[Defect.BAD_QUOTE.ordinal()];
          detail = Text.format("of the %,d trades whose quote is sound", of);
        }
        case DUPLICATE_TIME -> {
          if (frame.intraday && !bars) {
            severity = Severity.INFO;
            detail = "events within one tick of the clock: usual for ticks";
          }
        }
        case DUPLICATE_ROW -> {
          if (frame.intraday && !bars) {
            severity = Severity.INFO;
            detail = "among ticks, equal events are possible";
          }
        }
        case CROSSED_QUOTE, LOCKED_QUOTE, NO_QUOTE, ONE_SIDED_QUOTE -> of *= inColumns.size();
        case UNCHANGED_PRICE -> {
          of = table.rows() - table.partitions().size();
          if (!roles.quotes().isEmpty()) {
            detail = "both sides; the columns' counts are of each side alone";
          }
        }
        case ROLL, STALE_RUN, PAUSE -> of = 0;
        default -> {}
      }
      List<Example> examples = new ArrayList<>();
      for (Tally.Hit hit : tally.examples[defect.ordinal()]) {
        if (hit != null
            && (defect != Defect.NULLS
                || tally.byColumn.containsKey(Tally.key(defect, hit.column())))) {
          examples.add(example(defect, hit));
        }
      }
      // Where nulls of some columns were told apart, the instruments' counts hold them still.
      boolean apart = Arrays.stream(byPartition(defect)).sum() != count;
      long[] by = apart ? new long[0] : byPartition(defect);
      found(defect, severity, count, of, detail, inColumns, most(by), positive(by), examples);
    }
  }

  private Example example(Defect defect, Tally.Hit hit) {
    String values = values(defect, hit.row(), hit.column());
    return new Example(
        hit.row(),
        table.partitions().get(hit.partition()).instrument(),
        frame.hasTime,
        frame.hasTime ? table.time().getLong(hit.row()) : 0,
        hit.note() == null
            ? values
            : values.isEmpty() || hit.note().startsWith(values.split(" ", 2)[0])
                ? hit.note()
                : values + ": " + hit.note());
  }

  /** The columns that show a defect, with their values in a row. */
  private String values(Defect defect, long row, int column) {
    List<Integer> shown = new ArrayList<>();
    switch (defect) {
      case CROSSED_QUOTE, LOCKED_QUOTE, ONE_SIDED_QUOTE, NO_QUOTE, UNCHANGED_PRICE ->
          roles.quotes().stream()
              .filter(quote -> quote.bid() == column)
              .findFirst()
              .ifPresentOrElse(
                  quote -> {
                    shown.add(quote.bid());
                    shown.add(quote.ask());
                  },
                  () -> shown.add(column));
      case INCONSISTENT_BAR, PARTIAL_BAR, EMPTY_BAR ->
          roles.bars().stream()
              .filter(bar -> bar.columns().contains(column))
              .findFirst()
              .ifPresent(bar -> shown.addAll(bar.columns()));
      case BAD_QUOTE, TRADE_OUTSIDE_QUOTE -> {
        shown.add(column);
        shown.add(roles.quotes().getFirst().bid());
        shown.add(roles.quotes().getFirst().ask());
      }
      case ZERO_PRICE, NEGATIVE_PRICE -> {
        for (int c = 0; c < columns.length && shown.size() < 4; c++) {
          if (roles.roles().get(c).price()) {
            shown.add(c);
          }
        }
      }
      case OUTLIER -> {
        String before = row == 0 ? "" : " after " + value(column, row - 1);
        return columns[column].name() + " " + value(column, row) + before;
      }
      default -> {
        if (column >= 0) {
          shown.add(column);
        }
      }
    }
    return String.join(
        ", ", shown.stream().map(c -> columns[c].name() + " " + value(c, row)).toList());
  }

  private String value(int c, long row) {
    Column column = table.column(c);
    if (column.isNull(row)) {
      return "null";
    }
    return switch (column.type()) {
      case STRING -> column.getString(row);
      case TIMESTAMP -> java.time.Instant.EPOCH.plusNanos(column.getLong(row)).toString();
      case INT64, INT32, BOOLEAN -> Text.format("%,d", column.getLong(row));
      default -> Words.number(column.getDouble(row));
    };
  }

  // ------------------------------------------------------------------ calendar

  private void calendar() {
    int count = table.partitions().size();
    missing = new int[count];
    firstDay = new int[count];
    lastDay = new int[count];
    if (!frame.hasCalendar || frame.calendarBefore[frame.days] < 2) {
      return;
    }
    long[] gaps = new long[count];
    long expected = 0;
    int longest = 0;
    Example worst = null;
    for (int p = 0; p < count; p++) {
      progress.checkCancelled();
      Partition rows = table.partitions().get(p);
      if (rows.rows() == 0) {
        continue;
      }
      int before = -1;
      for (long row = rows.from(); row < rows.to(); row = frame.nextDay(row, rows.to())) {
        int day = (int) (frame.dayOf(table.time().getLong(row)) - frame.firstDay);
        if (before < 0) {
          firstDay[p] = day;
        } else {
          int gap = frame.calendarBefore[day] - frame.calendarBefore[before + 1];
          missing[p] += gap;
          if (gap > longest) {
            longest = gap;
            worst =
                new Example(
                    row,
                    rows.instrument(),
                    true,
                    table.time().getLong(row),
                    Text.format("%,d day%s missing before this row", gap, gap == 1 ? "" : "s"));
          }
        }
        before = day;
      }
      lastDay[p] = before;
      gaps[p] = missing[p];
      expected += frame.calendarBefore[before + 1] - frame.calendarBefore[firstDay[p]];
      if (missing[p] > 0) {
        add(Defect.MISSING_DAY, p, missing[p]);
      }
    }
    found(
        Defect.MISSING_DAY,
        Severity.WARNING,
        Arrays.stream(gaps).sum(),
        expected,
        Text.format("calendar of %,d days, from what most instruments have", days()),
        List.of(),
        most(gaps),
        positive(gaps),
        worst == null ? List.of() : List.of(worst));
    if (count > 1) {
      listings(count);
    }
  }

  private int days() {
    return frame.calendarBefore[frame.days];
  }

  private void listings(int count) {
    long[] late = new long[count];
    long[] early = new long[count];
    int lateAt = -1;
    int earlyAt = -1;
    for (int p = 0; p < count; p++) {
      late[p] = frame.calendarBefore[firstDay[p]] >= LISTING_DAYS ? 1 : 0;
      early[p] = days() - frame.calendarBefore[lastDay[p] + 1] >= LISTING_DAYS ? 1 : 0;
      if (late[p] > 0) {
        add(Defect.LATE_LISTING, p, 1);
        lateAt = lateAt < 0 || firstDay[p] > firstDay[lateAt] ? p : lateAt;
      }
      if (early[p] > 0) {
        add(Defect.EARLY_DELISTING, p, 1);
        earlyAt = earlyAt < 0 || lastDay[p] < lastDay[earlyAt] ? p : earlyAt;
      }
    }
    listing(Defect.LATE_LISTING, late, lateAt, true);
    listing(Defect.EARLY_DELISTING, early, earlyAt, false);
    if (positive(early) == 0 && count >= 50 && frame.days > 730) {
      found(
          Defect.SURVIVORSHIP,
          Severity.WARNING,
          count,
          count,
          Text.format("all %,d are there to the end of %,.1f years", count, frame.days / 365.25),
          List.of(),
          List.of(),
          0,
          List.of());
    }
  }

  private void listing(Defect defect, long[] which, int extreme, boolean first) {
    if (extreme < 0) {
      return;
    }
    Partition rows = table.partitions().get(extreme);
    long row = first ? rows.from() : rows.to() - 1;
    found(
        defect,
        defect.severity(),
        positive(which),
        which.length,
        Text.format("%d days or more %s the data do", LISTING_DAYS, first ? "after" : "before"),
        List.of(),
        most(which),
        positive(which),
        List.of(
            new Example(
                row,
                rows.instrument(),
                true,
                table.time().getLong(row),
                first ? "the latest first row" : "the earliest last row")));
  }

  // --------------------------------------------------------------------- jumps

  private void jumps() {
    Map<Defect, List<Jump>> kinds = new EnumMap<>(Defect.class);
    for (Jump jump : jumps) {
      int moved = market.moved.get(jump.day());
      int same = (jump.move() > 0 ? market.up : market.down).get(jump.day());
      boolean withMarket = moved >= 10 && same > 0.3 * moved;
      Defect defect =
          jump.glitch()
              ? Defect.GLITCH
              : withMarket
                  ? Defect.PRICE_JUMP
                  : !Double.isNaN(jump.split())
                      ? Defect.SPLIT
                      : jump.spinOff() ? Defect.SPIN_OFF : Defect.PRICE_JUMP;
      kinds.computeIfAbsent(defect, each -> new ArrayList<>()).add(jump);
      add(defect, jump.partition(), 1);
      long[] line = tally.timeline[defect.ordinal()];
      if (line == null) {
        line = new long[frame.buckets];
        tally.timeline[defect.ordinal()] = line;
      }
      line[frame.bucket(frame.start(jump.day()) + Frame.DAY / 2)]++;
    }
    kinds.forEach(
        (defect, list) -> {
          long[] by = byPartition(defect);
          found(
              defect,
              defect.severity(),
              list.size(),
              0,
              "",
              List.of(),
              most(by),
              positive(by),
              list.stream()
                  .sorted(Comparator.comparingDouble(Jump::z).reversed())
                  .limit(defect == Defect.PRICE_JUMP ? Tally.EXAMPLES : 20)
                  .map(this::example)
                  .toList());
        });
  }

  private Example example(Jump jump) {
    double split = jump.split();
    String values =
        Text.format(
            "%s, open %s, close %s (%+.1f %%, robust z %.0f%s)%s",
            Words.number(jump.before()),
            Words.number(jump.open()),
            Words.number(jump.close()),
            100 * Math.expm1(jump.move()),
            jump.z(),
            Double.isNaN(jump.volume()) ? "" : Text.format(", volume %.1f×", jump.volume()),
            jump.glitch()
                ? Text.format("; next day %s", Words.number(jump.close() * Math.exp(jump.next())))
                : Double.isNaN(split)
                    ? ""
                    : split > 1
                        ? Text.format("; near %s:1", Words.number(split))
                        : Text.format("; near 1:%s", Words.number(Math.rint(10 / split) / 10)));
    return new Example(
        jump.row(),
        table.partitions().get(jump.partition()).instrument(),
        true,
        table.time().getLong(jump.row()),
        values);
  }

  private void levelChanges() {
    List<Count> changed = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    for (int s = 0; s < periods.series().size(); s++) {
      int at = s;
      String change =
          periods.change(Arrays.stream(levels).map(each -> each[at]).toArray(LogHistogram[]::new));
      if (change != null) {
        String name = periods.series().get(s).name();
        changed.add(new Count(name, 1));
        examples.add(new Example(-1, "", false, 0, name + ": " + change));
      }
    }
    found(
        Defect.LEVEL_CHANGE,
        Severity.WARNING,
        changed.size(),
        0,
        "",
        changed,
        List.of(),
        0,
        examples);
  }

  // ------------------------------------------------------------------- columns

  /** Nulls that stand together at the end of days, or at the start of instruments, are told apart. */
  private void nullPatterns() {
    List<Count> atEnd = new ArrayList<>();
    List<Count> atStart = new ArrayList<>();
    long longest = 0;
    for (Map.Entry<Integer, PartitionPass.Nulls> entry : nulls.entrySet()) {
      PartitionPass.Nulls where = entry.getValue();
      String name = table.column(entry.getKey()).name();
      boolean some = where.count < table.rows();
      if (some
          && where.atDayEnd >= 0.99 * where.count
          && frame.intraday
          && where.daysWithout == 0) {
        atEnd.add(new Count(name, where.count));
        longest = Math.max(longest, where.longest);
      } else if (some && where.atStart == where.count && where.whole <= where.count / 2) {
        atStart.add(new Count(name, where.count));
      } else {
        continue;
      }
      // They are no plain nulls.
      tally.byColumn.remove(Tally.key(Defect.NULLS, entry.getKey()));
      tally.counts[Defect.NULLS.ordinal()] -= where.count;
    }
    long ends = atEnd.stream().mapToLong(Count::count).sum();
    simple(
        Defect.NULLS_AT_DAY_END,
        ends,
        table.rows() * atEnd.size(),
        Text.format("at most the last %s", Words.length(longest)),
        atEnd);
    simple(
        Defect.NULLS_AT_START,
        atStart.stream().mapToLong(Count::count).sum(),
        table.rows() * atStart.size(),
        "",
        atStart);
  }

  private void columnFindings() {
    List<Count> empty = new ArrayList<>();
    List<Count> constant = new ArrayList<>();
    List<Count> infinite = new ArrayList<>();
    List<Count> nan = new ArrayList<>();
    List<Count> outliers = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    for (int c = 0; c < columns.length; c++) {
      ColumnHealth each = columns[c];
      String name = each.name();
      if (each.nulls() == table.rows() && table.rows() > 0) {
        empty.add(new Count(name, 1));
        if (tally.byColumn.remove(Tally.key(Defect.NULLS, c)) != null) {
          tally.counts[Defect.NULLS.ordinal()] -= each.nulls();
        }
      } else if (constant(each)) {
        constant.add(new Count(name, 1));
      }
      if (each.infinities() > 0) {
        infinite.add(new Count(name, each.infinities()));
      }
      if (each.nans() > 0) {
        nan.add(new Count(name, each.nans()));
      }
      ColumnPass pass = columnPasses[c];
      if (pass.outliers() > 0) {
        outliers.add(new Count(name, pass.outliers()));
        examples.add(
            at(
                pass.worst(),
                Text.format("%s %s (robust z %.0f)", name, value(c, pass.worst()), pass.worstZ())));
      }
      if (each.role() == Role.FLAG) {
        flagged(c, pass);
      }
    }
    List<Count> text = new ArrayList<>();
    for (ColumnHealth each : columns) {
      boolean number = Roles.ofNumber(each.name()) != Role.OTHER;
      if (each.role() == Role.CATEGORY && number && each.nulls() < table.rows()) {
        text.add(new Count(each.name(), 1));
      }
    }
    simple(Defect.TEXT_NUMBER, text.size(), columns.length, "", text);
    simple(Defect.ALL_NULL, empty.size(), columns.length, "", empty);
    if (table.rows() > 1) {
      simple(Defect.CONSTANT, constant.size(), columns.length, "", constant);
    }
    withExample(Defect.INFINITE, infinite, (c, row) -> Double.isInfinite(c.getDouble(row)));
    withExample(Defect.NAN, nan, (c, row) -> !c.isNull(row) && Double.isNaN(c.getDouble(row)));
    found(
        Defect.VALUE_OUTLIER,
        Severity.INFO,
        outliers.stream().mapToLong(Count::count).sum(),
        table.rows() * outliers.size(),
        Text.format("robust z beyond %.0f, over the whole column", options.outlierZ()),
        outliers,
        List.of(),
        0,
        examples.stream().limit(NAMED).toList());
  }

  private static boolean constant(ColumnHealth each) {
    return each.nulls() == 0
        && each.nans() == 0
        && each.role() != Role.INSTRUMENT
        && each.role() != Role.TIME
        && (each.distinct() == 1 || each.distinct() < 0 && each.min() == each.max())
        && each.infinities() == 0;
  }

  private interface Odd {
    boolean is(Column column, long row);
  }

  private void withExample(Defect defect, List<Count> counted, Odd odd) {
    if (counted.isEmpty()) {
      return;
    }
    Column column = table.column(counted.getFirst().name());
    long row = 0;
    while (!odd.is(column, row)) {
      row++;
    }
    found(
        defect,
        defect.severity(),
        counted.stream().mapToLong(Count::count).sum(),
        table.rows() * counted.size(),
        "",
        counted,
        List.of(),
        0,
        List.of(at(row, column.name() + " " + value(table.schema().indexOf(column.name()), row))));
  }

  private Example at(long row, String values) {
    Partition at = partition(row);
    return new Example(
        row, at.instrument(), frame.hasTime, frame.hasTime ? table.time().getLong(row) : 0, values);
  }

  private Partition partition(long row) {
    List<Partition> all = table.partitions();
    int low = 0;
    int high = all.size() - 1;
    while (low < high) {
      int middle = low + high >>> 1;
      if (all.get(middle).to() <= row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return all.get(low);
  }

  /** The values of a flag other than those that say that all is well. */
  private void flagged(int c, ColumnPass pass) {
    if (pass.values().size() > FLAG_VALUES || pass.values().size() < 2) {
      return;
    }
    List<Count> odd = new ArrayList<>();
    boolean words = table.column(c).type() == ColumnType.STRING;
    pass.values()
        .forEach(
            (value, count) -> {
              boolean fine =
                  words ? FINE.contains(value.toLowerCase(Locale.ROOT)) : value.equals("0");
              if (!fine) {
                odd.add(new Count(columns[c].name() + " = " + value, count));
              }
            });
    long flagged = odd.stream().mapToLong(Count::count).sum();
    // A flag that most rows carry is a category.
    if (flagged > 0 && flagged < table.rows() / 2) {
      simple(Defect.FLAGGED, flagged, table.rows(), "", odd);
    }
  }

  // ----------------------------------------------------------------- by others

  private List<InstrumentHealth> worst() {
    if (table.instrumentColumn().isEmpty()) {
      return List.of();
    }
    long[] weight = new long[counts.length];
    for (int p = 0; p < counts.length; p++) {
      for (Defect defect : Defect.values()) {
        long count = counts[p] == null ? 0 : counts[p][defect.ordinal()];
        if (count > 0) {
          // Warnings before any number of notes, errors before any number of warnings.
          weight[p] +=
              switch (defect.severity()) {
                case ERROR -> 1L << 50;
                case WARNING -> 1L << 40;
                case INFO -> 0;
              };
          weight[p] += Math.min(count, 1L << 30);
        }
      }
    }
    return IntStream.range(0, counts.length)
        .boxed()
        .sorted(
            Comparator.comparingLong((Integer p) -> weight[p]).reversed().thenComparingInt(p -> p))
        .limit(HealthReport.MAX_INSTRUMENTS)
        .map(this::instrument)
        .toList();
  }

  private InstrumentHealth instrument(int p) {
    Partition rows = table.partitions().get(p);
    List<Count> found = new ArrayList<>();
    for (Defect defect : Defect.values()) {
      long count = counts[p] == null ? 0 : counts[p][defect.ordinal()];
      if (count > 0) {
        found.add(new Count(defect.kind(), count));
      }
    }
    boolean timed = frame.hasTime && rows.rows() > 0;
    return new InstrumentHealth(
        rows.instrument(),
        rows.rows(),
        timed ? table.time().getLong(rows.from()) : 0,
        timed ? table.time().getLong(rows.to() - 1) : 0,
        days[p],
        missing[p],
        found);
  }

  private Timeline timeline() {
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < frame.buckets; i++) {
      starts.add(frame.bucketStart + i * frame.bucketWidth);
    }
    List<Line> lines = new ArrayList<>();
    for (Finding finding : findings) {
      long[] line = tally.timeline[finding.defect().ordinal()];
      if (line != null) {
        lines.add(new Line(finding.defect().kind(), Arrays.stream(line).boxed().toList()));
      }
    }
    return new Timeline(starts, Arrays.stream(tally.rowsByBucket).boxed().toList(), lines);
  }

  /** The instruments with most days missing, and those that begin late or end early. */
  private Coverage coverage() {
    Coverage none = new Coverage(List.of(), List.of(), List.of());
    if (frame.days < 2 || table.instrumentColumn().isEmpty()) {
      return none;
    }
    List<Integer> shown =
        IntStream.range(0, missing.length)
            .filter(p -> missing[p] > 0)
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer p) -> missing[p])
                    .reversed()
                    .thenComparingInt(p -> p))
            .limit(COVERED)
            .toList();
    if (shown.isEmpty()) {
      return none;
    }
    int width = (frame.days + COVERAGE_BUCKETS - 1) / COVERAGE_BUCKETS;
    int buckets = (frame.days + width - 1) / width;
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < buckets; i++) {
      starts.add(frame.start(i * width));
    }
    List<String> names = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    for (int p : shown) {
      Partition rows = table.partitions().get(p);
      names.add(rows.instrument());
      int[] there = new int[buckets];
      for (long row = rows.from(); row < rows.to(); row = frame.nextDay(row, rows.to())) {
        int day = (int) (frame.dayOf(table.time().getLong(row)) - frame.firstDay);
        there[day / width] += frame.calendar[day] ? 1 : 0;
      }
      for (int i = 0; i < buckets; i++) {
        int from = Math.max(firstDay[p], i * width);
        int to = Math.min(lastDay[p] + 1, Math.min(frame.days, (i + 1) * width));
        int expected = to > from ? frame.calendarBefore[to] - frame.calendarBefore[from] : 0;
        shares.add(expected == 0 ? Double.NaN : (double) there[i] / expected);
      }
    }
    return new Coverage(names, starts, shares);
  }
}
