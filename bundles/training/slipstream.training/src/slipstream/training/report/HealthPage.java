package slipstream.training.report;

import java.util.List;
import slipstream.data.health.HealthReport;
import slipstream.training.internal.report.HealthHtml;

/** Health reports as one HTML page that needs nothing else: styles, scripts and data are inline, and nothing is fetched. */
public final class HealthPage {
  private HealthPage() {}

  /**
   * A report and what it is about.
   *
   * @param source the dataset's name, or the file as the user named it
   * @param guesses what was guessed about a file, in sentences
   */
  public record Entry(String source, List<String> guesses, HealthReport report) {
    public Entry {
      guesses = List.copyOf(guesses);
    }
  }

  /** The page's text. */
  public static String render(List<Entry> entries, String codeVersion) {
    return HealthHtml.render(entries, codeVersion);
  }
}
