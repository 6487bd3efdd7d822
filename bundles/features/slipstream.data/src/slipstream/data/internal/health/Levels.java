package slipstream.data.internal.health;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.Text;
import slipstream.core.table.Table;
import slipstream.data.health.Role;
import slipstream.data.health.Roles;

/** Spreads by period, and whether their level changes for good. */
final class Levels {
  /** Rows of a period below which it tells nothing. */
  private static final int ROWS = 30;

  /** Levels before and after differ at least by this factor. */
  private static final double FACTOR = 2;

  /**
   * What is watched: a column, or a quote's relative half spread.
   *
   * @param column -1 for a quote
   */
  record Series(String name, int column, int bid, int ask) {}

  private final List<Series> series = new ArrayList<>();
  private final int[] periodOfDay;
  private final List<LocalDate> starts = new ArrayList<>();
  private final int months;

  Levels(Table table, Roles roles, Frame frame) {
    months = frame.days > 6 * 365 ? 12 : frame.days > 730 ? 3 : frame.days > 240 ? 1 : 0;
    periodOfDay = new int[months == 0 ? 0 : frame.days];
    if (months == 0) {
      return;
    }
    int before = -1;
    for (int day = 0; day < frame.days; day++) {
      LocalDate date = LocalDate.ofEpochDay(frame.firstDay + day);
      int period = (date.getYear() * 12 + date.getMonthValue() - 1) / months;
      if (period != before) {
        starts.add(date);
        before = period;
      }
      periodOfDay[day] = starts.size() - 1;
    }
    for (int column : roles.all(Role.SPREAD)) {
      series.add(new Series(table.column(column).name(), column, -1, -1));
    }
    if (series.isEmpty()) {
      for (Roles.Quote quote : roles.quotes()) {
        series.add(
            new Series("half spread of " + quote.name() + " (bp)", -1, quote.bid(), quote.ask()));
      }
    }
  }

  List<Series> series() {
    return series;
  }

  int count() {
    return starts.size();
  }

  int of(int day) {
    return periodOfDay[day];
  }

  /**
   * A change of level, in words, or null: the medians of the first and of the last quarter of the periods differ by a factor
   * of at least {@value #FACTOR}, and the periods near the one come before all that are near the other.
   */
  String change(LogHistogram[] periods) {
    List<Integer> known = new ArrayList<>();
    List<Double> medians = new ArrayList<>();
    for (int i = 0; i < periods.length; i++) {
      if (periods[i] != null && periods[i].total() >= ROWS) {
        known.add(i);
        medians.add(periods[i].quantile(0.5));
      }
    }
    int count = known.size();
    if (count < 8) {
      return null;
    }
    int quarter = Math.max(2, count / 4);
    double before = median(medians.subList(0, quarter));
    double after = median(medians.subList(count - quarter, count));
    double distance = Math.log(after / before);
    if (Math.abs(distance) < Math.log(FACTOR)) {
      return null;
    }
    int lastBefore = -1;
    int firstAfter = count;
    for (int i = 0; i < count; i++) {
      double way = Math.log(medians.get(i) / before) / distance;
      if (way < 0.25) {
        lastBefore = i;
      }
    }
    for (int i = count - 1; i >= 0 && Math.log(medians.get(i) / before) / distance > 0.75; i--) {
      firstAfter = i;
    }
    if (lastBefore < 0 || firstAfter >= count || lastBefore >= firstAfter) {
      return null;
    }
    double from = median(medians.subList(0, lastBefore + 1));
    double to = median(medians.subList(firstAfter, count));
    String start = period(known.get(Math.min(lastBefore + 1, firstAfter)));
    String end = period(known.get(firstAfter));
    return Text.format(
        "median %s before, %s after; changes %s",
        Words.number(round(from)),
        Words.number(round(to)),
        start.equals(end) ? "in " + start : "from " + start + " to " + end);
  }

  /** UTC day since 1970 at which the change ends, for a plot. */
  private String period(int index) {
    LocalDate start = starts.get(index);
    return months == 12
        ? Integer.toString(start.getYear())
        : Text.format("%d-%02d", start.getYear(), start.getMonthValue());
  }

  private static double round(double value) {
    double unit = Math.pow(10, Math.floor(Math.log10(value)) - 1);
    return Math.rint(value / unit) * unit;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
