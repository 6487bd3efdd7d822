package slipstream.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.HealthText;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.ProgressLine;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.store.AtomicFiles;
import slipstream.proto.v1.CheckHealthEvent;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.proto.v1.Severity;
import slipstream.services.StatusMapping;

/** {@code slipstream health FILE…|DATASET…}. */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    description = {
      "Looks for what is odd about data: nulls, duplicates, zero and crossed prices, stale quotes, outliers,",
      "missing days, splits, listings and more; the most serious first, each with what to do about it.",
      "Reads only. Time and instrument of a file are guessed, and the guess is told."
    })
public final class HealthCommand implements Callable<Integer> {
  /** From which severity on the command fails. */
  enum FailOn {
    WARNING,
    ERROR
  }

  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Parameters(
      arity = "1..*",
      paramLabel = "SOURCE",
      description = "Files (*.parquet, *.csv, *.csv.gz) and names of datasets in the workspace.")
  private List<String> sources;

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      defaultValue = "",
      description = "The column of time; - for none. Default: guessed.")
  private String time;

  @Option(
      names = "--time-of-day",
      paramLabel = "COLUMN",
      defaultValue = "",
      description = "A column with the time since midnight, added to the date in --time.")
  private String timeOfDay;

  @Option(
      names = "--time-unit",
      paramLabel = "UNIT",
      defaultValue = "",
      description = "What one is, where time is a number: s, ms, us or ns.")
  private String timeUnit;

  @Option(
      names = "--time-format",
      paramLabel = "FORMAT",
      defaultValue = "",
      description = "How times are written, where not as in ISO 8601: %%d/%%m/%%Y %%H:%%M:%%S.")
  private String timeFormat;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      defaultValue = "",
      description = "Of times that name none, such as America/New_York. Default: UTC.")
  private String timeZone;

  @Option(
      names = "--instrument",
      paramLabel = "COLUMN",
      split = ",",
      description = "The columns that name the instrument; - for none. Default: guessed.")
  private List<String> instrument = new ArrayList<>();

  @Option(
      names = "--role",
      paramLabel = "COLUMN=ROLE",
      description =
          "What a column means: open, high, low, close, price, bid, ask, mid, size, volume, open_interest, yield,"
              + " spread, flag, other. Repeatable. Default: by its name and unit.")
  private Map<String, String> roles = new LinkedHashMap<>();

  @Option(
      names = "--outlier-z",
      paramLabel = "Z",
      defaultValue = "25",
      description = "Robust z beyond which a move or value is an outlier. Default: 25.")
  private double outlierZ;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes all reports as one page, with plots.")
  private Path html;

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      description =
          "Exit code 1 when a finding is a warning or worse (warning), or an error (error).")
  private FailOn failOn;

  @Option(names = "--examples", description = "Prints all examples of each finding.")
  private boolean examples;

  @Option(names = "--json", description = "Prints each report as one JSON object a line.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    CheckHealthRequest.Builder request =
        CheckHealthRequest.newBuilder()
            .putAllRoles(roles)
            .setOutlierZ(outlierZ == 25 ? 0 : outlierZ)
            .setHtml(html != null);
    boolean files = true;
    for (String source : sources) {
      HealthSource each = source(source);
      files &= each.getDataset().isEmpty();
      request.addSources(each);
    }
    List<HealthReport> reports = new ArrayList<>();
    int failed = 0;
    try (Services services = files ? Services.temporary() : Services.of(workspace)) {
      ProgressLine line = new ProgressLine(err);
      Iterator<CheckHealthEvent> events =
          DatasetsServiceGrpc.newBlockingStub(services.channel()).checkHealth(request.build());
      int at = 0;
      while (events.hasNext()) {
        CheckHealthEvent event = events.next();
        switch (event.getEventCase()) {
          case PROGRESS -> line.show(event.getProgress());
          case REPORT -> {
            line.clear();
            reports.add(event.getReport());
            at++;
            if (json) {
              Json.print(event.getReport(), out);
            } else {
              new HealthText(out, examples).print(event.getReport());
            }
          }
          case PROBLEM -> {
            line.clear();
            SlipstreamException problem = StatusMapping.toException(event.getProblem());
            String what = sources.get(at++);
            String message = problem.getMessage();
            err.println(
                Ansi.AUTO.string("@|bold,red slipstream:|@ ")
                    + (message.contains(what) ? "" : what + ": ")
                    + message);
            err.flush();
            failed = failed == 0 ? problem.category().exitCode() : failed;
          }
          case HTML -> write(event.getHtml(), err);
          case EVENT_NOT_SET -> {}
        }
      }
    }
    if (!json && reports.size() > 1) {
      summary(reports, out);
    }
    out.flush();
    return failed != 0 ? failed : fails(reports) ? 1 : 0;
  }

  /** A file when there is one of that name or it looks like one, else a dataset. */
  private HealthSource source(String name) {
    boolean file;
    try {
      file =
          Files.exists(Path.of(name))
              || name.contains("/")
              || name.matches(".*\\.(parquet|pq|csv|tsv|txt|jsonl?|ndjson)(\\.gz|\\.zst)?");
    } catch (InvalidPathException e) {
      file = false;
    }
    if (!file) {
      return HealthSource.newBuilder().setDataset(name).build();
    }
    return HealthSource.newBuilder()
        .setFile(Path.of(name).toAbsolutePath().normalize().toString())
        .setTime(time)
        .setTimeOfDay(timeOfDay)
        .setTimeUnit(timeUnit)
        .setTimeFormat(timeFormat)
        .setTimeZone(timeZone)
        .addAllInstrument(instrument)
        .build();
  }

  private void write(String page, PrintWriter err) {
    try {
      AtomicFiles.write(
          AtomicFiles.destination(html.toAbsolutePath()), page.getBytes(StandardCharsets.UTF_8));
    } catch (java.io.IOException e) {
      throw AtomicFiles.explain("write the page", html, e);
    }
    err.println("page written to " + html);
    err.flush();
  }

  private static void summary(List<HealthReport> reports, PrintWriter out) {
    for (HealthReport report : reports) {
      String name = report.getSource().substring(report.getSource().lastIndexOf('/') + 1);
      String worst =
          report.getFindingsList().stream()
              .filter(each -> each.getSeverity() != Severity.SEVERITY_INFO)
              .limit(3)
              .map(each -> Text.format("%s %,d", each.getKind(), each.getCount()))
              .collect(java.util.stream.Collectors.joining(", "));
      out.println(
          Text.format(
              "%s: %,d row%s, %s%s",
              name,
              report.getRows(),
              report.getRows() == 1 ? "" : "s",
              HealthText.tally(report),
              worst.isEmpty() ? "" : ": " + worst));
    }
  }

  private boolean fails(List<HealthReport> reports) {
    return failOn != null
        && reports.stream()
            .flatMap(report -> report.getFindingsList().stream())
            .anyMatch(
                each ->
                    each.getSeverity() == Severity.SEVERITY_ERROR
                        || failOn == FailOn.WARNING
                            && each.getSeverity() == Severity.SEVERITY_WARNING);
  }
}
