package slipstream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.ExperimentOptions;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.RunFollower;
import slipstream.cli.internal.ScoreTables;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextFiles;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.StartRunRequest;

/** {@code slipstream run FILE.slip.yaml}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs an experiment: imports, computes features, trains, validates, writes report and models.",
      "The scores are out of sample. Two runs of one file give the same model bytes."
    })
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;
  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "FILE", description = "The experiment, *.slip.yaml.")
  private Path file;

  @Option(names = "--json", description = "Prints the results as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String text = TextFiles.readExperiment(file);
    try (Services services = Services.of(workspace)) {
      Run run =
          new RunFollower(services.channel(), spec.commandLine().getErr())
              .run(
                  StartRunRequest.newBuilder()
                      .setExperimentText(text)
                      .setFile(file.toString())
                      .putAllOverrides(options.overrides())
                      .setDataDirectory(options.dataDirectory(file))
                      .setThreads(options.threads())
                      .build());
      RunReport report =
          RunsServiceGrpc.newBlockingStub(services.channel())
              .getRunReport(GetRunReportRequest.newBuilder().setName(run.getName()).build());
      if (json) {
        Json.print(report, out);
      } else {
        out.printf(Locale.ROOT, "%s on %,d rows%n", run.getName(), report.getRows());
        ScoreTables.print(report, out);
        out.println();
        where(run, out);
      }
    }
    return 0;
  }

  /** Where a run's artefacts are. */
  static void where(Run run, PrintWriter out) {
    Path folder = Path.of(run.getDirectory());
    out.println("Report   " + folder.resolve("report.html"));
    out.println("Models   " + folder.resolve("models"));
    if (folder.resolve("exports").toFile().isDirectory()) {
      out.println("Exports  " + folder.resolve("exports"));
    }
    out.flush();
  }
}
