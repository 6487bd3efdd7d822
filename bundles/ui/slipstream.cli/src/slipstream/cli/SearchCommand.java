package slipstream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.ExperimentOptions;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.Pages;
import slipstream.cli.internal.ScoreTables;
import slipstream.cli.internal.SearchFollower;
import slipstream.cli.internal.SearchTables;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextFiles;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.ListTrialsRequest;
import slipstream.proto.v1.ListTrialsResponse;
import slipstream.proto.v1.ResumeSearchRequest;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchesServiceGrpc;
import slipstream.proto.v1.SearchesServiceGrpc.SearchesServiceBlockingStub;
import slipstream.proto.v1.StartSearchRequest;
import slipstream.proto.v1.Trial;

/** {@code slipstream search FILE.slip.yaml}. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Looks for better parameters, as the section 'search' of an experiment says, and runs the best.",
      "Each finished trial is kept: a search that is stopped or killed goes on with --resume."
    })
public final class SearchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;
  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "The experiment, *.slip.yaml.")
  private Path file;

  @Option(
      names = "--resume",
      paramLabel = "NAME",
      description =
          "Goes on with this search in place of a FILE; with --trials, or --set search.time=… or"
              + " search.cpu_hours=…, on a larger budget.")
  private String resumed;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "How many configurations are tried: --set search.trials=N.")
  private Integer trials;

  @Option(
      names = "--json",
      description = "Prints the search as one JSON object, and each of its trials as another.")
  private boolean json;

  @Override
  public Integer call() {
    if ((file == null) == (resumed == null)) {
      throw new ParameterException(
          spec.commandLine(), "Name the experiment's FILE, or the search to --resume");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Services services = Services.of(workspace)) {
      var searches = SearchesServiceGrpc.newBlockingStub(services.channel());
      Search search =
          new SearchFollower(services.channel(), spec.commandLine().getErr())
              .follow(begin(searches));
      print(searches, search, json, out);
      if (!json) {
        best(services, search, out);
      }
    }
    return 0;
  }

  private Search begin(SearchesServiceBlockingStub searches) {
    Map<String, String> changes = new LinkedHashMap<>(options.overrides());
    if (trials != null) {
      changes.put("search.trials", trials.toString());
    }
    if (resumed != null) {
      return searches.resumeSearch(
          ResumeSearchRequest.newBuilder().setName(resumed).putAllOverrides(changes).build());
    }
    return searches.startSearch(
        StartSearchRequest.newBuilder()
            .setExperimentText(TextFiles.readExperiment(file))
            .setFile(file.toString())
            .putAllOverrides(changes)
            .setDataDirectory(options.dataDirectory(file))
            .setThreads(options.threads())
            .build());
  }

  /** A search with its trials. */
  static void print(
      SearchesServiceBlockingStub searches, Search search, boolean json, PrintWriter out) {
    List<Trial> all =
        Pages.all(
            page ->
                searches.listTrials(
                    ListTrialsRequest.newBuilder()
                        .setSearch(search.getName())
                        .setPageSize(Pages.SIZE)
                        .setPageToken(page)
                        .build()),
            ListTrialsResponse::getTrialsList,
            ListTrialsResponse::getNextPageToken);
    if (json) {
      Json.print(search, out);
      all.forEach(each -> Json.print(each, out));
    } else {
      SearchTables.print(search, all, out);
    }
  }

  private static void best(Services services, Search search, PrintWriter out) {
    var runs = RunsServiceGrpc.newBlockingStub(services.channel());
    Run run = runs.getRun(GetRunRequest.newBuilder().setName(search.getRun()).build());
    RunReport report =
        runs.getRunReport(GetRunReportRequest.newBuilder().setName(run.getName()).build());
    out.println();
    out.println("The best configuration was run in full as " + run.getName());
    ScoreTables.print(report, out);
    out.println();
    RunCommand.where(run, out);
  }
}
