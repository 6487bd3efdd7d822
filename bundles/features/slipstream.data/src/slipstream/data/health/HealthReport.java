package slipstream.data.health;

import java.util.List;
import slipstream.core.progress.Progress.Severity;

/**
 * What is odd about a table.
 *
 * @param rows rows of the table
 * @param instruments instruments of the table
 * @param timeColumn may be empty
 * @param instrumentColumn may be empty
 * @param firstTime UTC nanoseconds of the first row; 0 without time
 * @param lastTime UTC nanoseconds of the last row; 0 without time
 * @param tradingDays days of the calendar that was inferred; 0 without time
 * @param columns one a column, in the table's order
 * @param findings the most serious first
 * @param worst instruments, those with most findings first; at most {@link #MAX_INSTRUMENTS}
 * @param timeline findings over time; no buckets without time
 * @param coverage which days are there; empty without gaps
 * @param moves distribution of the robust z of price moves
 */
public record HealthReport(
    long rows,
    long instruments,
    String timeColumn,
    String instrumentColumn,
    long firstTime,
    long lastTime,
    int tradingDays,
    List<ColumnHealth> columns,
    List<Finding> findings,
    List<InstrumentHealth> worst,
    Timeline timeline,
    Coverage coverage,
    Moves moves) {

  /** Instruments in {@link #worst} at most. */
  public static final int MAX_INSTRUMENTS = 1000;

  public HealthReport {
    columns = List.copyOf(columns);
    findings = List.copyOf(findings);
    worst = List.copyOf(worst);
  }

  /**
   * Statistics of a column. Minimum to median are of its finite values; NaN where there are none, and for text.
   *
   * @param distinct different values of text and whole numbers; -1 when not counted
   * @param std sample standard deviation (n - 1)
   * @param median the mean of the middle two for an even count
   */
  public record ColumnHealth(
      String name,
      String type,
      String unit,
      Role role,
      long nulls,
      long nans,
      long infinities,
      long zeros,
      long negatives,
      long distinct,
      double min,
      double max,
      double mean,
      double std,
      double median) {}

  /**
   * One kind of defect and how often it occurs.
   *
   * @param count in the defect's unit
   * @param of how many there could be, for a share; 0 where a share means nothing
   * @param detail a sentence with what is special about this table; may be empty
   * @param columns the columns concerned with their counts, the most first
   * @param instruments the instruments concerned with their counts, the most first; the first few
   * @param instrumentCount how many instruments are concerned
   * @param examples the worst, or the first
   */
  public record Finding(
      Defect defect,
      Severity severity,
      long count,
      long of,
      String detail,
      List<Count> columns,
      List<Count> instruments,
      long instrumentCount,
      List<Example> examples) {
    public Finding {
      columns = List.copyOf(columns);
      instruments = List.copyOf(instruments);
      examples = List.copyOf(examples);
    }

    /** The count in a column; 0 when it is not concerned. */
    public long column(String name) {
      return columns.stream().filter(c -> c.name().equals(name)).mapToLong(Count::count).sum();
    }
  }

  /** How often by name. */
  public record Count(String name, long count) {}

  /**
   * Where to look.
   *
   * @param row of the table, from 0; -1 when it is about no single row
   * @param instrument may be empty
   * @param hasTime whether {@code time} is known
   * @param time UTC nanoseconds
   * @param values what is there: {@code bid 10.02, ask 10.01}
   */
  public record Example(long row, String instrument, boolean hasTime, long time, String values) {}

  /**
   * An instrument.
   *
   * @param days days with rows; 0 without time
   * @param missingDays days of the calendar between its first and its last without rows
   * @param counts by defect, those that occur
   */
  public record InstrumentHealth(
      String name,
      long rows,
      long firstTime,
      long lastTime,
      int days,
      int missingDays,
      List<Count> counts) {
    public InstrumentHealth {
      counts = List.copyOf(counts);
    }

    /** How often a defect occurs. */
    public long count(Defect defect) {
      return counts.stream()
          .filter(c -> c.name().equals(defect.kind()))
          .mapToLong(Count::count)
          .sum();
    }
  }

  /**
   * Findings over time.
   *
   * @param starts UTC nanoseconds at which each bucket starts
   * @param rows rows of each bucket
   * @param kinds a line of counts a defect
   */
  public record Timeline(List<Long> starts, List<Long> rows, List<Line> kinds) {
    public Timeline {
      starts = List.copyOf(starts);
      rows = List.copyOf(rows);
      kinds = List.copyOf(kinds);
    }
  }

  /** Counts by bucket of a {@link Timeline}. */
  public record Line(String kind, List<Long> counts) {
    public Line {
      counts = List.copyOf(counts);
    }
  }

  /**
   * Which days of the calendar the instruments with most gaps have.
   *
   * @param instruments rows of the map
   * @param starts UTC nanoseconds at which each column of the map starts
   * @param shares row by row: the share of the calendar's days that are there, NaN before its first and after its last
   */
  public record Coverage(List<String> instruments, List<Long> starts, List<Double> shares) {
    public Coverage {
      instruments = List.copyOf(instruments);
      starts = List.copyOf(starts);
      shares = List.copyOf(shares);
    }
  }

  /**
   * Price moves by robust z: the move from row to row over the instrument's typical move.
   *
   * @param edges lower edges of the bins; the last bin has no upper one
   * @param counts moves in each bin, those of no size left out
   */
  public record Moves(List<Double> edges, List<Long> counts) {
    public Moves {
      edges = List.copyOf(edges);
      counts = List.copyOf(counts);
    }
  }

  /** The finding of a defect, or null. */
  public Finding finding(Defect defect) {
    return findings.stream().filter(each -> each.defect == defect).findFirst().orElse(null);
  }

  /** How often a defect occurs. */
  public long count(Defect defect) {
    Finding finding = finding(defect);
    return finding == null ? 0 : finding.count;
  }

  /** How often a defect occurs in a column. */
  public long count(Defect defect, String column) {
    Finding finding = finding(defect);
    return finding == null ? 0 : finding.column(column);
  }

  /** How many findings are of a severity. */
  public long count(Severity severity) {
    return findings.stream().filter(each -> each.severity == severity).count();
  }

  /** The statistics of a column, or null. */
  public ColumnHealth column(String name) {
    return columns.stream().filter(each -> each.name.equals(name)).findFirst().orElse(null);
  }
}
