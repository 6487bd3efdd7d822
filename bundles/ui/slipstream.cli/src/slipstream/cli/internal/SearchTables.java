package slipstream.cli.internal;

import com.google.protobuf.Value;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import slipstream.core.Text;
import slipstream.proto.v1.ParameterImportance;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchSummary;
import slipstream.proto.v1.Trial;
import slipstream.proto.v1.TrialValue;

/** Searches and their trials for a terminal. */
public final class SearchTables {
  private static final int SHOWN = 10;

  private SearchTables() {}

  /** A score with its unit. */
  static String score(Search search, double score) {
    String unit = search.getObjective().getUnit();
    return ScoreTables.number(score, unit.isEmpty()) + (unit.isEmpty() ? "" : " " + unit);
  }

  /** What was found, and how sure it is. */
  public static void print(Search search, List<Trial> trials, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: %,d %s in %.1f s by %s, %s of %s on %s%n",
        search.getName(),
        search.getTrials(),
        search.getTrials() == 1 ? "trial" : "trials",
        search.getElapsedSeconds(),
        search.getMethod(),
        search.getObjective().getTitle(),
        search.getObjective().getModel(),
        search.getObjective().getTarget());
    List<String> notes = new ArrayList<>();
    if (search.getConfigurations() != search.getTrials()) {
      notes.add(Text.format("%,d configurations", search.getConfigurations()));
    }
    if (search.getReusedTrials() > 0) {
      notes.add(Text.format("%,d answered from the store", search.getReusedTrials()));
    }
    if (search.getFailedTrials() > 0) {
      notes.add(Text.format("%,d failed", search.getFailedTrials()));
    }
    if (!notes.isEmpty()) {
      out.println("  " + String.join(", ", notes));
    }
    out.println();
    best(search, trials).print(out);
    if (search.hasBest()) {
      out.println("  the baseline's: " + score(search, search.getBest().getBaseline()));
    }
    trials.stream()
        .filter(Trial::hasProblem)
        .collect(
            Collectors.groupingBy(each -> each.getProblem().getMessage(), Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, Long> each) -> -each.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(3)
        .forEach(
            each -> out.printf(Locale.ROOT, "  %,d failed: %s%n", each.getValue(), each.getKey()));
    if (search.hasSummary()) {
      summary(search.getSummary(), out);
    }
    out.flush();
  }

  private static TextTable best(Search search, List<Trial> trials) {
    boolean rungs = search.getMethod().equals("asha");
    List<String> header = new ArrayList<>(List.of("trial"));
    header.add(
        search.getObjective().getTitle()
            + (search.getObjective().getUnit().isEmpty()
                ? ""
                : " (" + search.getObjective().getUnit() + ")"));
    if (rungs) {
      header.add("rows");
    }
    header.addAll(shortened(search.getKeysList()));
    header.add("seconds");
    TextTable table = new TextTable(0, header.toArray(String[]::new));
    Comparator<Trial> byScore = Comparator.comparingDouble(Trial::getScore);
    Comparator<Trial> better =
        Comparator.comparingInt((Trial each) -> -each.getRung())
            .thenComparing(search.getObjective().getHigherIsBetter() ? byScore.reversed() : byScore)
            .thenComparingInt(Trial::getNumber);
    trials.stream()
        .filter(each -> !each.hasProblem())
        .sorted(better)
        .limit(SHOWN)
        .forEach(
            trial -> {
              List<String> cells = new ArrayList<>(List.of(Text.format("%,d", trial.getNumber())));
              cells.add(
                  ScoreTables.number(trial.getScore(), search.getObjective().getUnit().isEmpty()));
              if (rungs) {
                cells.add(Text.format("%.0f%%", 100 * trial.getResource()));
              }
              for (TrialValue each : trial.getValuesList()) {
                cells.add(text(each.getValue()));
              }
              cells.add(Text.format("%.2f", trial.getSeconds()));
              table.row(cells.toArray(String[]::new));
            });
    return table;
  }

  /** Keys by their last words, where these tell them apart. */
  private static List<String> shortened(List<String> keys) {
    List<String> last = keys.stream().map(key -> key.substring(key.lastIndexOf('.') + 1)).toList();
    return last.stream().distinct().count() == last.size() ? last : keys;
  }

  private static String text(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        yield number == Math.rint(number) && Math.abs(number) < 1e15
            ? Long.toString((long) number)
            : Double.toString(number);
      }
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case LIST_VALUE ->
          value.getListValue().getValuesList().stream()
              .map(SearchTables::text)
              .collect(Collectors.joining(", ", "[", "]"));
      case STRUCT_VALUE, NULL_VALUE, KIND_NOT_SET -> "";
    };
  }

  private static void summary(SearchSummary summary, PrintWriter out) {
    if (summary.getImportanceCount() > 0) {
      out.println();
      out.println("What mattered (share of the variance of the trials' ranks, each key alone)");
      TextTable table = new TextTable(1, "key", "share");
      for (ParameterImportance each : summary.getImportanceList()) {
        table.row(each.getKey(), Text.format("%.0f%%", 100 * each.getShare()));
      }
      table.print(out);
    }
    if (!Double.isNaN(summary.getOverfittingProbability())) {
      out.println();
      out.printf(
          Locale.ROOT,
          "Probability of backtest overfitting: %.0f%% (%,d trials, %d blocks of time). How often the trial%n"
              + "that is best on half of the time is no better than the median on the other half.%n",
          100 * summary.getOverfittingProbability(),
          summary.getOverfittingTrials(),
          summary.getOverfittingBlocks());
    }
  }
}
