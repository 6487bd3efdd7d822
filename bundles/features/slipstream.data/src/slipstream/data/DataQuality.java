package slipstream.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Collectors;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.data.QualityReport.ColumnQuality;
import slipstream.data.QualityReport.Finding;
import slipstream.data.internal.ColumnStatistics;
import slipstream.data.internal.Median;

/**
 * Looks for what is odd about a table. Reads only; nothing is repaired.
 *
 * <p>Kinds of findings: {@code excluded_rows}, {@code out_of_order} (both from the import), {@code missing_values},
 * {@code nan}, {@code infinite}, {@code duplicate_time}, {@code duplicate_row}, {@code gap}, {@code zero_price}, {@code
 * negative_price}, {@code crossed_quote}, {@code locked_quote}, {@code one_sided_quote}, {@code inconsistent_bar},
 * {@code stale_run}, {@code outlier}.
 *
 * <p>A column is a price when its unit is a currency, or starts with one (USD/share); without a unit, when its name is
 * one of open, high, low, close, price, bid, ask, mid, nbb, nbo, or begins or ends with one of these and an underscore.
 * Giving a unit ends the guessing. Results do not depend on threads; memory does not depend on rows, except for an
 * instrument's time steps.
 */
public final class DataQuality {
  /** Rows in a row with the same price that make a stale run. */
  static final int STALE_ROWS = 50;

  /** Robust z, |x - median| / (1.4826 MAD), of a one-row log return beyond which a price is an outlier. */
  static final double OUTLIER_Z = 50;

  /** A gap is longer than this many medians of the instrument's time steps, and … */
  static final double GAP_MEDIANS = 20;

  /** … than this many of its 99th percentiles. */
  static final double GAP_P99S = 5;

  private static final Set<String> PRICE_WORDS =
      Set.of("open", "high", "low", "close", "price", "bid", "ask", "mid", "nbb", "nbo");
  private static final Set<String> NOT_PRICE_WORDS =
      Set.of(
          "size", "yield", "qty", "volume", "count", "ex", "spread", "bp", "bps", "time", "ms",
          "return");
  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  /** Rows between two looks at whether anybody waits. */
  private static final int CHECK = 1 << 16;

  private static final String STAGE = "Check quality";

  private final Table table;
  private final Progress progress;
  private final List<ColumnQuality> columns = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  private DataQuality(Table table, Progress progress) {
    this.table = table;
    this.progress = progress;
  }

  /** Inspects a table. */
  public static QualityReport inspect(Table table, Progress progress) {
    return inspect(table, null, progress);
  }

  /**
   * Inspects a table.
   *
   * @param imported what its import met, or null when unknown
   */
  public static QualityReport inspect(Table table, ImportReport imported, Progress progress) {
    DataQuality job = new DataQuality(table, progress);
    if (imported != null) {
      job.imported(imported);
    }
    job.columns();
    job.time();
    job.duplicateRows();
    job.prices();
    job.quotes();
    job.bars();
    progress.stage(STAGE, table.columns().size(), table.columns().size(), "columns");
    return new QualityReport(table.rows(), job.columns, job.findings);
  }

  private void check(long row) {
    if ((row & (CHECK - 1)) == 0) {
      progress.checkCancelled();
    }
  }

  private void found(Severity severity, String kind, String column, long count, String message) {
    if (count > 0) {
      findings.add(
          new Finding(kind, severity, column, count, Text.format("%,d ", count) + message));
    }
  }

  private void imported(ImportReport report) {
    found(
        Severity.WARNING,
        "excluded_rows",
        "",
        report.rowsExcluded(),
        Text.format("of %,d rows were left out by where: %s", report.rowsRead(), report.where()));
    found(
        Severity.WARNING,
        "out_of_order",
        table.timeColumn(),
        report.outOfOrder(),
        "rows of the file were stamped earlier than the row before; the import sorted them");
  }

  private void columns() {
    for (int i = 0; i < table.columns().size(); i++) {
      Column column = table.column(i);
      progress.stage(STAGE, i, table.columns().size(), "columns");
      ColumnQuality quality = ColumnStatistics.of(column, progress);
      columns.add(quality);
      String share = Text.format(" of %,d rows have no value", table.rows());
      found(
          quality.nulls() == table.rows() ? Severity.WARNING : Severity.INFO,
          "missing_values",
          column.name(),
          quality.nulls(),
          share.strip() + (quality.nulls() > 0 ? first(column::isNull) : ""));
      found(
          Severity.WARNING,
          "nan",
          column.name(),
          quality.nans(),
          "values are NaN"
              + (quality.nans() > 0
                  ? first(row -> !column.isNull(row) && Double.isNaN(column.getDouble(row)))
                  : ""));
      found(
          Severity.WARNING,
          "infinite",
          column.name(),
          quality.infinities(),
          "values are infinite"
              + (quality.infinities() > 0
                  ? first(row -> Double.isInfinite(column.getDouble(row)))
                  : ""));
    }
  }

  // --------------------------------------------------------------------- time

  private void time() {
    if (!table.hasTime()) {
      return;
    }
    Column time = table.time();
    long duplicates = 0;
    long firstDuplicate = -1;
    long gaps = 0;
    long longest = 0;
    long longestRow = -1;
    for (Partition partition : table.partitions()) {
      progress.checkCancelled();
      int steps = (int) Math.min(partition.rows() - 1, Integer.MAX_VALUE - 16);
      if (steps <= 0) {
        continue;
      }
      long[] step = new long[steps];
      int positive = 0;
      for (int i = 0; i < steps; i++) {
        long row = partition.from() + 1 + i;
        check(row);
        long length = time.getLong(row) - time.getLong(row - 1);
        if (length == 0) {
          duplicates++;
          firstDuplicate = firstDuplicate < 0 ? row : firstDuplicate;
        } else {
          step[positive++] = length;
        }
      }
      if (positive < 20) {
        continue;
      }
      long[] sorted = Arrays.copyOf(step, positive);
      Arrays.sort(sorted);
      double limit =
          Math.max(GAP_MEDIANS * sorted[positive / 2], GAP_P99S * sorted[(int) (positive * 0.99)]);
      for (int i = 0; i < steps; i++) {
        long row = partition.from() + 1 + i;
        check(row);
        long length = time.getLong(row) - time.getLong(row - 1);
        if (length > limit) {
          gaps++;
          if (length > longest) {
            longest = length;
            longestRow = row;
          }
        }
      }
    }
    found(
        Severity.WARNING,
        "duplicate_time",
        table.timeColumn(),
        duplicates,
        "rows have the time of the row before of the same instrument"
            + (duplicates > 0 ? at(firstDuplicate) : ""));
    found(
        Severity.INFO,
        "gap",
        table.timeColumn(),
        gaps,
        "pauses are unusually long for their instrument"
            + (gaps > 0
                ? Text.format(
                    "; the longest, %s, ends%s",
                    length(longest), at(longestRow).substring(1).replace("first at", "at"))
                : ""));
  }

  private static String length(long nanos) {
    double seconds = nanos / 1e9;
    if (seconds < 120) {
      return Text.format("%.3g s", seconds);
    } else if (seconds < 7200) {
      return Text.format("%.0f min", seconds / 60);
    } else if (seconds < 172_800) {
      return Text.format("%.1f h", seconds / 3600);
    }
    return Text.format("%.0f days", seconds / 86_400);
  }

  /** Rows equal in every column to the row before, time and instrument included. */
  private void duplicateRows() {
    long count = 0;
    long first = -1;
    for (Partition partition : table.partitions()) {
      for (long row = partition.from() + 1; row < partition.to(); row++) {
        check(row);
        if (sameAsBefore(row)) {
          count++;
          first = first < 0 ? row : first;
        }
      }
    }
    found(
        Severity.INFO,
        "duplicate_row",
        "",
        count,
        "rows equal the row before in every column" + (count > 0 ? at(first) : ""));
  }

  private boolean sameAsBefore(long row) {
    for (Column column : table.columns()) {
      boolean none = column.isNull(row);
      if (none != column.isNull(row - 1)) {
        return false;
      }
      boolean fraction = column.type() == ColumnType.FLOAT64 || column.type() == ColumnType.FLOAT32;
      if (!none
          && (fraction
              ? Double.compare(column.getDouble(row), column.getDouble(row - 1)) != 0
              : column.getLong(row) != column.getLong(row - 1))) {
        return false;
      }
    }
    return true;
  }

  // ------------------------------------------------------------------- prices

  static boolean isPrice(Column column) {
    if (column.type() != ColumnType.FLOAT64 && column.type() != ColumnType.FLOAT32) {
      return false;
    }
    String unit = column.field().unit();
    if (!unit.isEmpty()) {
      return CURRENCIES.contains(unit.split("[/ ]", 2)[0].toUpperCase(Locale.ROOT));
    }
    List<String> words = words(column.name());
    return words.stream().noneMatch(NOT_PRICE_WORDS::contains)
        && (PRICE_WORDS.contains(words.getFirst()) || PRICE_WORDS.contains(words.getLast()));
  }

  private static List<String> words(String name) {
    return List.of(
        name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT).split("[_\\s.-]+"));
  }

  private static String guessed(Column column) {
    return column.field().unit().isEmpty()
        ? " (taken for a price by its name; a unit settles it)"
        : "";
  }

  private void prices() {
    for (Column column : table.columns()) {
      if (!isPrice(column)) {
        continue;
      }
      progress.checkCancelled();
      ColumnQuality quality =
          columns.stream().filter(each -> each.name().equals(column.name())).findFirst().get();
      if (quality.zeros() > 0) {
        found(
            Severity.WARNING,
            "zero_price",
            column.name(),
            quality.zeros(),
            "prices are zero" + first(row -> column.getDouble(row) == 0) + guessed(column));
      }
      if (quality.negatives() > 0) {
        found(
            Severity.WARNING,
            "negative_price",
            column.name(),
            quality.negatives(),
            "prices are negative" + first(row -> column.getDouble(row) < 0) + guessed(column));
      }
      stale(column);
      outliers(column);
    }
  }

  private void stale(Column column) {
    long runs = 0;
    long longest = 0;
    long longestRow = -1;
    for (Partition partition : table.partitions()) {
      long from = partition.from();
      for (long row = from + 1; row <= partition.to(); row++) {
        check(row);
        boolean same =
            row < partition.to()
                && !column.isNull(row)
                && column.getDouble(row) == column.getDouble(from);
        if (same) {
          continue;
        }
        if (row - from >= STALE_ROWS && !column.isNull(from)) {
          runs++;
          if (row - from > longest) {
            longest = row - from;
            longestRow = from;
          }
        }
        from = row;
      }
    }
    found(
        Severity.INFO,
        "stale_run",
        column.name(),
        runs,
        Text.format(
            "runs of %d or more rows without a change; the longest, %,d rows,%s",
            STALE_ROWS,
            longest,
            runs > 0 ? at(longestRow).replace("; first at", " starts at") : ""));
  }

  private void outliers(Column column) {
    long rows = table.rows();
    BitSet starts = new BitSet();
    for (Partition partition : table.partitions()) {
      if (partition.from() < Integer.MAX_VALUE) {
        starts.set((int) partition.from());
      }
    }
    LongToDoubleFunction move =
        row -> {
          if (row == 0 || row < Integer.MAX_VALUE && starts.get((int) row)) {
            return Double.NaN;
          }
          double now = column.getDouble(row);
          double before = column.getDouble(row - 1);
          return now > 0 && before > 0 ? Math.log(now / before) : Double.NaN;
        };
    // Ticks that do not move would make the typical move zero.
    LongToDoubleFunction size =
        row -> {
          double value = Math.abs(move.applyAsDouble(row));
          return value == 0 ? Double.NaN : value;
        };
    double typical = 1.4826 * Median.of(rows, size, progress);
    if (!(typical > 0)) {
      return;
    }
    long count = 0;
    double worst = 0;
    long worstRow = -1;
    for (long row = 0; row < rows; row++) {
      check(row);
      double z = Math.abs(move.applyAsDouble(row)) / typical;
      if (z > OUTLIER_Z) {
        count++;
        if (z > worst) {
          worst = z;
          worstRow = row;
        }
      }
    }
    found(
        Severity.WARNING,
        "outlier",
        column.name(),
        count,
        Text.format(
            "moves from one row to the next are over %.0f times the typical one; the largest, %.0f times,%s",
            OUTLIER_Z, worst, count > 0 ? at(worstRow).replace("; first at", " is at") : ""));
  }

  // ------------------------------------------------------------------- quotes

  private void quotes() {
    for (Column bid : table.columns()) {
      Column ask = ask(bid);
      if (ask == null) {
        continue;
      }
      progress.checkCancelled();
      String pair = bid.name() + "/" + ask.name();
      LongPredicate crossed = row -> two(bid, ask, row) && bid.getDouble(row) > ask.getDouble(row);
      LongPredicate locked = row -> two(bid, ask, row) && bid.getDouble(row) == ask.getDouble(row);
      LongPredicate oneSided = row -> there(bid, row) != there(ask, row);
      quote("crossed_quote", Severity.WARNING, pair, crossed, "rows have the bid above the ask");
      quote("locked_quote", Severity.INFO, pair, locked, "rows have the bid equal to the ask");
      quote("one_sided_quote", Severity.INFO, pair, oneSided, "rows have only one of bid and ask");
    }
  }

  private void quote(
      String kind, Severity severity, String pair, LongPredicate holds, String message) {
    long count = 0;
    for (long row = 0; row < table.rows(); row++) {
      check(row);
      count += holds.test(row) ? 1 : 0;
    }
    if (count > 0) {
      found(severity, kind, pair, count, message + first(holds));
    }
  }

  private static boolean there(Column column, long row) {
    return column.getDouble(row) > 0;
  }

  private static boolean two(Column bid, Column ask, long row) {
    return there(bid, row) && there(ask, row);
  }

  /** The ask that belongs to a bid: the same name but for that word. Yields run the other way and are no pair here. */
  private Column ask(Column bid) {
    if (!isPrice(bid)) {
      return null;
    }
    List<String> words = words(bid.name());
    String name = null;
    if (words.contains("bid")) {
      name = bid.name().replace("bid", "ask").replace("Bid", "Ask").replace("BID", "ASK");
    } else if (words.contains("nbb")) {
      name = bid.name().replace("nbb", "nbo").replace("NBB", "NBO");
    }
    int index = name == null || name.equals(bid.name()) ? -1 : table.schema().indexOf(name);
    return index >= 0 && isPrice(table.column(index)) ? table.column(index) : null;
  }

  private void bars() {
    Column high = named("high");
    Column low = named("low");
    if (high == null || low == null) {
      return;
    }
    for (String name : List.of("open", "close")) {
      Column price = named(name);
      if (price == null) {
        continue;
      }
      LongPredicate outside =
          row ->
              price.getDouble(row) > high.getDouble(row)
                  || price.getDouble(row) < low.getDouble(row);
      quote(
          "inconsistent_bar",
          Severity.WARNING,
          price.name(),
          outside,
          "bars have the " + name + " outside [low, high]");
    }
    quote(
        "inconsistent_bar",
        Severity.WARNING,
        high.name(),
        row -> high.getDouble(row) < low.getDouble(row),
        "bars have the high below the low");
  }

  private Column named(String name) {
    int index = table.schema().indexOf(name);
    return index >= 0 && table.column(index).type() == ColumnType.FLOAT64
        ? table.column(index)
        : null;
  }

  // ----------------------------------------------------------------- examples

  private String first(LongPredicate holds) {
    for (long row = 0; row < table.rows(); row++) {
      check(row);
      if (holds.test(row)) {
        return at(row);
      }
    }
    return "";
  }

  private String at(long row) {
    StringBuilder text = new StringBuilder("; first at row ").append(row);
    if (!table.instrumentColumn().isEmpty()) {
      text.append(", ").append(table.column(table.instrumentColumn()).getString(row));
    }
    if (table.hasTime()) {
      text.append(", ").append(RowFiles.instant(table.time().getLong(row)));
    }
    return text.toString();
  }
}
