package slipstream.data.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.data.EpochUnit;
import slipstream.data.FileKeys.Reading;
import slipstream.data.FileKeys.Said;
import slipstream.data.health.Role;
import slipstream.data.health.Roles;

/** Tells a file's time and instrument from names, types and first rows. */
public final class KeyGuess {
  private static final String NONE = "-";

  /** Share of rows at a time and instrument of another row, beyond which more columns must tell them apart. */
  private static final double REPEATED = 0.2;

  /** The same, up to which columns are taken to tell rows apart. */
  private static final double TOLD_APART = 0.01;

  private static final Set<String> NOT_THE_TIME =
      Set.of(
          "maturity",
          "expiry",
          "expiration",
          "expire",
          "issue",
          "settlement",
          "settle",
          "birth",
          "dated",
          "strike",
          "listing",
          "delisting",
          "ex",
          "record",
          "pay",
          "due",
          "to");
  private static final List<String> TIMES =
      List.of("time", "timestamp", "datetime", "ts", "date", "day", "month", "t");
  private static final List<String> INSTRUMENTS =
      List.of(
          "instrument",
          "symbol",
          "ticker",
          "ric",
          "isin",
          "cusip",
          "figi",
          "sedol",
          "permno",
          "security",
          "contract",
          "pair",
          "asset",
          "product",
          "stock",
          "bond",
          "sym",
          "code",
          "underlying");

  private final FileSample sample;
  private final Said said;
  private final List<String> guesses = new ArrayList<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private String question = "";

  private KeyGuess(FileSample sample, Said said) {
    this.sample = sample;
    this.said = said;
  }

  public static Reading of(
      Path file,
      String importer,
      Said said,
      boolean whole,
      Path scratch,
      int threads,
      Progress progress) {
    try (FileSample sample = FileSample.open(file, importer, whole, scratch, threads, progress)) {
      KeyGuess guess = new KeyGuess(sample, said);
      guess.parameters.put("path", file.toString());
      if (sample != null) {
        guess.keys();
      }
      return new Reading(importer, guess.parameters, guess.guesses, guess.question);
    }
  }

  private void keys() {
    String time = said.time().isEmpty() ? time() : said.time().equals(NONE) ? "" : said.time();
    String ofDay = said.timeOfDay();
    if (!time.isEmpty()) {
      parameters.put("time", time);
      if (ofDay.isEmpty() && said.time().isEmpty() && coarse(time)) {
        ofDay = timeOfDay(time);
      }
      format(time);
      zone(time, ofDay);
    }
    if (!ofDay.isEmpty()) {
      parameters.put("time_of_day", ofDay);
      if (!said.timeUnit().isEmpty()) {
        parameters.put("time_unit", said.timeUnit());
      }
    } else if (!said.timeUnit().isEmpty()) {
      parameters.put("time_unit", said.timeUnit());
    }
    List<String> instrument = said.instrument();
    if (instrument.isEmpty()) {
      instrument = instrument(time, ofDay);
    } else if (instrument.equals(List.of(NONE))) {
      instrument = List.of();
    }
    if (!instrument.isEmpty()) {
      parameters.put("instrument", instrument);
    }
    List<String> keys = new ArrayList<>(instrument);
    if (!time.isEmpty()) {
      keys.add(time);
    }
    if (!ofDay.isEmpty()) {
      keys.add(ofDay);
    }
    keys.retainAll(sample.columns());
    if (!keys.isEmpty() && sample.hasNulls(keys)) {
      parameters.put("where", FileSample.notNull(keys));
    }
  }

  private static List<String> words(String name) {
    return Roles.words(name);
  }

  private boolean whole(String column) {
    return Set.of("INTEGER", "BIGINT", "UINTEGER", "UBIGINT", "HUGEINT", "SMALLINT")
        .contains(sample.type(column));
  }

  private boolean coarse(String time) {
    return sample.type(time).equals("DATE") || whole(time) && !dateFormat(time).isEmpty();
  }

  // --------------------------------------------------------------------- time

  private String time() {
    String best = "";
    int most = 0;
    for (String column : sample.columns()) {
      int score = timeScore(column);
      if (score > most) {
        most = score;
        best = column;
      }
    }
    guesses.add(
        best.isEmpty() ? "no column looks like the time of a row" : "time is '" + best + "'");
    return best;
  }

  private int timeScore(String column) {
    List<String> words = words(column);
    if (words.stream().anyMatch(NOT_THE_TIME::contains)) {
      return 0;
    }
    int named = words.size() == 1 ? TIMES.indexOf(words.getFirst()) : -1;
    boolean hinted = words.stream().anyMatch(TIMES::contains);
    String type = sample.type(column);
    if (type.startsWith("TIMESTAMP")) {
      return 200 + (named >= 0 ? 50 - named : hinted ? 20 : 0);
    } else if (type.equals("DATE")) {
      return 100 + (named >= 0 ? 50 - named : hinted ? 20 : 0);
    } else if (whole(column) && hinted) {
      if (!dateFormat(column).isEmpty()) {
        return 80 + (named >= 0 ? 10 : 0);
      }
      return since1970(sample.range(column)) ? 150 : 0;
    }
    return 0;
  }

  /** Counts since 1970, in any unit, from 1990 to 2100; times of day in no unit look like that. */
  private static boolean since1970(List<String> range) {
    if (range.get(0) == null) {
      return false;
    }
    double least = Double.parseDouble(range.get(0));
    double most = Double.parseDouble(range.get(1));
    double seconds = EpochUnit.ofMagnitude(least).nanos() / 1e9;
    return EpochUnit.ofMagnitude(most).nanos() / 1e9 == seconds
        && least * seconds > 20 * 365.25 * 86_400
        && most * seconds < 130 * 365.25 * 86_400;
  }

  /** How whole numbers such as 20131007 and 201310 are dates; empty when they are none. */
  private String dateFormat(String column) {
    List<String> range = sample.range(column);
    if (range.get(0) == null || range.get(0).length() != range.get(1).length()) {
      return "";
    }
    String least = range.get(0);
    return least.matches("(19|20)\\d\\d(0[1-9]|1[0-2])")
        ? "%Y%m"
        : least.matches("(19|20)\\d\\d(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])") ? "%Y%m%d" : "";
  }

  private void format(String time) {
    if (!said.timeFormat().isEmpty()) {
      parameters.put("time_format", said.timeFormat());
    } else if (whole(time) && !dateFormat(time).isEmpty()) {
      parameters.put("time_format", dateFormat(time));
      guesses.add(
          "'"
              + time
              + "' is written as "
              + (dateFormat(time).equals("%Y%m") ? "yyyymm" : "yyyymmdd"));
    }
  }

  private void zone(String time, String ofDay) {
    if (!said.timeZone().isEmpty()) {
      parameters.put("time_zone", said.timeZone());
    } else if (!ofDay.isEmpty()
        || sample.type(time).startsWith("TIMESTAMP")
            && !sample.type(time).contains("ZONE")
            && !sample.type(time).startsWith("TIMESTAMPTZ")) {
      guesses.add("times are read as UTC, as none is named");
      List<String> range =
          ofDay.isEmpty()
              ? sample.timesOfDay(time, "ns")
              : sample.timesOfDay(
                  ofDay, parameters.getOrDefault("time_unit", said.timeUnit()).toString());
      if (!range.isEmpty() && !range.get(0).equals(range.get(1))) {
        question =
            Text.format(
                "Which time zone? Times name none and are read as UTC; in the first rows they go from %s to %s of the day.",
                range.get(0), range.get(1));
      }
    }
  }

  private String timeOfDay(String date) {
    for (String column : sample.columns()) {
      List<String> words = words(column);
      boolean named =
          words.contains("time")
              || words.contains("tod")
              || words.contains("seconds")
              || words.contains("sec")
              || words.contains("ms");
      if (column.equals(date) || !named) {
        continue;
      }
      if (sample.type(column).startsWith("TIME") && !sample.type(column).startsWith("TIMESTAMP")) {
        guesses.add("time of day is '" + column + "'");
        return column;
      }
      if (whole(column)) {
        String unit = unit(column, words);
        if (!unit.isEmpty()) {
          if (said.timeUnit().isEmpty()) {
            parameters.put("time_unit", unit);
          }
          guesses.add("time of day is '" + column + "', in " + unit + " since midnight");
          return column;
        }
      }
    }
    return "";
  }

  /** The unit in which a column counts within a day, and not beyond; empty when it does not. */
  private String unit(String column, List<String> words) {
    List<String> range = sample.range(column);
    if (range.get(0) == null || range.get(0).startsWith("-")) {
      return "";
    }
    double most = Double.parseDouble(range.get(1));
    String[] units = {"s", "ms", "us", "ns"};
    double[] aDay = {86_400, 86_400e3, 86_400e6, 86_400e9};
    for (int i = 0; i < units.length; i++) {
      if (words.getLast().equals(units[i])) {
        return most <= aDay[i] ? units[i] : "";
      }
    }
    for (int i = 0; i < units.length; i++) {
      if (most <= aDay[i]) {
        return units[i];
      }
    }
    return "";
  }

  // --------------------------------------------------------------- instrument

  private List<String> instrument(String time, String ofDay) {
    List<String> key = new ArrayList<>();
    for (String name : INSTRUMENTS) {
      sample.columns().stream()
          .filter(each -> mayName(each, time, ofDay) && words(each).equals(List.of(name)))
          .findFirst()
          .ifPresent(key::add);
      if (!key.isEmpty()) {
        break;
      }
    }
    if (key.isEmpty()) {
      sample.columns().stream()
          .filter(each -> mayName(each, time, ofDay))
          .filter(
              each ->
                  words(each).stream().anyMatch(INSTRUMENTS::contains)
                      && !words(each).contains("type")
                      && !words(each).contains("name"))
          .min(Comparator.comparingInt(each -> words(each).size()))
          .ifPresent(key::add);
    }
    boolean daily = !time.isEmpty() && ofDay.isEmpty() && coarse(time);
    if (daily) {
      key = toldApart(key, time);
    }
    guesses.add(
        key.isEmpty()
            ? "no column looks like an instrument: all rows are taken for one"
            : Text.format(
                "instrument is %s%s",
                String.join(" + ", key.stream().map(each -> "'" + each + "'").toList()),
                key.size() > 1 ? ", which tell rows of one time apart" : ""));
    return key;
  }

  private boolean mayName(String column, String time, String ofDay) {
    if (column.equals(time) || column.equals(ofDay)) {
      return false;
    }
    String type = sample.type(column);
    return type.equals("VARCHAR") || type.startsWith("ENUM") || whole(column);
  }

  /** More columns until (time, instrument) is a key; the ones there were when that does not succeed. */
  private List<String> toldApart(List<String> named, String time) {
    List<String> key = new ArrayList<>(named);
    double repeated = repeated(key, time);
    if (repeated <= (named.isEmpty() ? TOLD_APART : REPEATED)) {
      return named;
    }
    List<String> candidates = new ArrayList<>();
    for (String column : sample.columns()) {
      String type = sample.type(column);
      boolean words = type.equals("VARCHAR") || type.startsWith("ENUM");
      boolean flag = Roles.isFlag(column) || Roles.ofNumber(column) != Role.OTHER;
      if (!column.equals(time)
          && !key.contains(column)
          && (words || type.equals("DATE"))
          && !flag) {
        candidates.add(column);
      }
    }
    while (repeated > TOLD_APART && !candidates.isEmpty() && key.size() < 6) {
      String best = null;
      double least = repeated;
      for (String candidate : candidates) {
        List<String> longer = new ArrayList<>(key);
        longer.add(candidate);
        double share = repeated(longer, time);
        if (share < least) {
          least = share;
          best = candidate;
        }
      }
      if (best == null) {
        break;
      }
      key.add(best);
      candidates.remove(best);
      repeated = least;
    }
    if (repeated > TOLD_APART) {
      return named;
    }
    return sample.columns().stream().filter(key::contains).toList();
  }

  private double repeated(List<String> key, String time) {
    List<String> all = new ArrayList<>(key);
    all.add(time);
    return sample.repeated(all);
  }
}
