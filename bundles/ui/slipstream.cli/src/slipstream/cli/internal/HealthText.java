package slipstream.cli.internal;

import com.google.protobuf.Timestamp;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import slipstream.core.Text;
import slipstream.proto.v1.HealthCount;
import slipstream.proto.v1.HealthExample;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.Severity;

/** A health report for a terminal: the most serious first, each with count, share, example, meaning and remedy. */
public final class HealthText {
  private static final int NAMED = 5;
  private static final int EXAMPLES = 3;
  private static final int WIDTH = 110;
  private static final String INDENT = "            ";

  private final PrintWriter out;
  private final int examples;

  /**
   * @param examples at most this many of a finding; those of jumps are all shown
   */
  public HealthText(PrintWriter out, boolean all) {
    this.out = out;
    this.examples = all ? Integer.MAX_VALUE : EXAMPLES;
  }

  public void print(HealthReport report) {
    out.println(Ansi.AUTO.string("@|bold " + escape(report.getSource()) + "|@"));
    List<String> facts = new ArrayList<>();
    facts.add(Text.format("%,d row%s", report.getRows(), report.getRows() == 1 ? "" : "s"));
    facts.add(
        Text.format(
            "%,d instrument%s", report.getInstruments(), report.getInstruments() == 1 ? "" : "s"));
    if (report.hasFirstTime()) {
      facts.add(time(report.getFirstTime()) + " to " + time(report.getLastTime()) + " UTC");
      facts.add(
          Text.format(
              "%,d day%s", report.getTradingDays(), report.getTradingDays() == 1 ? "" : "s"));
    }
    facts.add(tally(report));
    out.println("  " + String.join(" · ", facts));
    if (report.getGuessesCount() > 0) {
      wrap("  guessed: ", "           ", String.join("; ", report.getGuessesList()) + ".");
    }
    for (HealthFinding finding : report.getFindingsList()) {
      print(finding);
    }
    out.println();
    out.flush();
  }

  /** How many findings of which severity: {@code 2 errors, 1 warning, 4 notes}. */
  public static String tally(HealthReport report) {
    List<String> parts = new ArrayList<>();
    for (Severity severity :
        List.of(Severity.SEVERITY_ERROR, Severity.SEVERITY_WARNING, Severity.SEVERITY_INFO)) {
      long count =
          report.getFindingsList().stream().filter(f -> f.getSeverity() == severity).count();
      if (count > 0) {
        parts.add(count + " " + word(severity) + (count == 1 ? "" : "s"));
      }
    }
    return parts.isEmpty() ? "nothing odd" : String.join(", ", parts);
  }

  private static String word(Severity severity) {
    return switch (severity) {
      case SEVERITY_ERROR -> "error";
      case SEVERITY_WARNING -> "warning";
      default -> "note";
    };
  }

  private void print(HealthFinding finding) {
    String word = word(finding.getSeverity());
    String style =
        switch (finding.getSeverity()) {
          case SEVERITY_ERROR -> "bold,red";
          case SEVERITY_WARNING -> "yellow";
          default -> "faint";
        };
    String label = "  " + Ansi.AUTO.string("@|" + style + " " + word + "|@");
    String head =
        Text.format(
            "%s: %,d %s%s",
            finding.getTitle(),
            finding.getCount(),
            finding.getCount() == 1 ? singular(finding.getUnit()) : finding.getUnit(),
            share(finding));
    out.println(label + " ".repeat(10 - word.length()) + head);
    List<String> where = new ArrayList<>();
    if (finding.getColumnsCount() > 0) {
      where.add("in " + names(finding.getColumnsList(), finding.getColumnsCount()));
    }
    if (finding.getInstrumentsCount() > 0) {
      where.add("of " + names(finding.getInstrumentsList(), finding.getInstrumentCount()));
    }
    if (!finding.getDetail().isEmpty()) {
      where.add(finding.getDetail());
    }
    if (!where.isEmpty()) {
      wrap(INDENT, INDENT, String.join("; ", where));
    }
    finding.getExamplesList().stream()
        .limit(finding.getUnit().equals("jumps") ? Integer.MAX_VALUE : examples)
        .forEach(example -> out.println(INDENT + "· " + example(example)));
    wrap(INDENT, INDENT, finding.getMeaning() + " → " + finding.getRemedy());
  }

  private static String singular(String unit) {
    return unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
  }

  private static String share(HealthFinding finding) {
    if (finding.getOf() <= 0) {
      return "";
    }
    double percent = 100.0 * finding.getCount() / finding.getOf();
    return percent >= 99.995
        ? " (all)"
        : Text.format(percent >= 0.1 ? " (%.2f %%)" : " (%.2g %%)", percent);
  }

  private static String names(List<HealthCount> counts, long all) {
    boolean one = counts.stream().allMatch(each -> each.getCount() == 1);
    String named =
        counts.stream()
            .limit(NAMED)
            .map(each -> each.getName() + (one ? "" : Text.format(" %,d", each.getCount())))
            .collect(Collectors.joining(", "));
    return all > NAMED ? named + Text.format(" and %,d more", all - NAMED) : named;
  }

  private static String example(HealthExample example) {
    List<String> parts = new ArrayList<>();
    if (!example.getInstrument().isEmpty()) {
      parts.add(example.getInstrument());
    }
    if (example.hasTime()) {
      parts.add(time(example.getTime()));
    }
    if (!example.getValues().isEmpty()) {
      parts.add(example.getValues());
    }
    if (example.getRow() >= 0) {
      parts.add(Text.format("(row %,d)", example.getRow()));
    }
    return String.join("  ", parts);
  }

  /** UTC, without a time of day that is midnight. */
  private static String time(Timestamp time) {
    String text =
        Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
            .toString()
            .replace('T', ' ')
            .replace("Z", "");
    return text.endsWith(" 00:00:00") ? text.substring(0, 10) : text;
  }

  private void wrap(String first, String indent, String text) {
    StringBuilder line = new StringBuilder(first);
    boolean empty = true;
    for (String word : text.split(" ")) {
      if (!empty && line.length() + 1 + word.length() > WIDTH) {
        out.println(line);
        line = new StringBuilder(indent);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    out.println(line);
  }

  private static String escape(String text) {
    return text.replace("@|", "@ |").replace("|@", "| @");
  }
}
