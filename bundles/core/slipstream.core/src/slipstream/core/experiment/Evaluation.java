package slipstream.core.experiment;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.parameters.Parameter;

/**
 * What scored rows are told apart by in the report, and what errors are measured against. Decides no model and no score.
 *
 * @param buckets expressions by the name that the report gives them; empty for the first inputs of the models
 */
public record Evaluation(
    @Parameter(
            help =
                "What scored rows are told apart by, such as {size: quantity / adv, spread:"
                    + " spread_bp}: a name, and a column, series or expression, which may look ahead."
                    + " Numbers are cut into buckets of equal numbers of rows, texts into their"
                    + " commonest values. Without it: the first inputs of the models.",
            defaultValue = "")
        Map<String, String> buckets,
    @Parameter(help = "Buckets that numbers are cut into.", defaultValue = "10", min = 2, max = 100)
        int bucketCount,
    @Parameter(
            help =
                "Instruments, and values of texts, that are shown by themselves, the commonest; the"
                    + " rest together. 0 for none.",
            defaultValue = "20",
            min = 0,
            max = 1000)
        int instruments,
    @Parameter(
            help = "Length of the buckets of the time of day, a divisor of a day; 0s for none.",
            defaultValue = "1h")
        Duration timeOfDay,
    @Parameter(
            help = "Time zone of the time of day, such as America/New_York.",
            defaultValue = "UTC",
            examples = {"UTC", "America/New_York", "Europe/London", "Asia/Tokyo"})
        String zone,
    @Parameter(
            help =
                "Stretches of equal numbers of rows that the scored time is cut into, to show how"
                    + " errors drift; 1 for none.",
            defaultValue = "12",
            min = 1,
            max = 200)
        int periods,
    @Parameter(
            help =
                "An expression: the standard deviation of what a row's realised value may be, in the"
                    + " target's unit. The report then shows z-scores, (realised - predicted) /"
                    + " timing risk.",
            defaultValue = "")
        String timingRisk,
    @Parameter(
            help =
                "The input that cost curves are drawn against, such as participation; the others are"
                    + " at their medians. Without it: the most important one.",
            defaultValue = "")
        String costAgainst) {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SHORTEST = Duration.ofMinutes(5);

  /** What the report names by itself. */
  private static final List<String> TAKEN = List.of("all", "instrument", "time_of_day", "period");

  /** What an experiment without the section gets. */
  public static final Evaluation DEFAULT =
      new Evaluation(Map.of(), 10, 20, Duration.ofHours(1), "UTC", 12, "", "");

  public Evaluation {
    buckets = Collections.unmodifiableMap(new LinkedHashMap<>(buckets));
    buckets.forEach(
        (name, expression) -> {
          if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,63}")) {
            throw new IllegalArgumentException(
                "'" + name + "' is no name of a bucket: use letters, digits and underscores");
          }
          if (TAKEN.contains(name)) {
            throw new IllegalArgumentException(
                "the bucket name '" + name + "' is taken: the report has it without being asked");
          }
          if (expression.isBlank()) {
            throw new IllegalArgumentException("the bucket '" + name + "' has no expression");
          }
        });
    if (!timeOfDay.isZero()
        && (timeOfDay.compareTo(SHORTEST) < 0 || DAY.toNanos() % timeOfDay.toNanos() != 0)) {
      throw new IllegalArgumentException(
          "time_of_day must divide a day and be 5m or more, such as 30m or 1h");
    }
    try {
      ZoneId.of(zone.strip());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "zone: there is no time zone '" + zone + "'; write it as Europe/London or UTC", e);
    }
  }
}
