package slipstream.cli;

import com.google.protobuf.Timestamp;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.Pages;
import slipstream.cli.internal.ScoreTables;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextTable;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.Text;
import slipstream.proto.v1.GetSearchRequest;
import slipstream.proto.v1.ListSearchesRequest;
import slipstream.proto.v1.ListSearchesResponse;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchesServiceGrpc;

/** {@code slipstream searches [show NAME]}. */
@Command(
    name = "searches",
    mixinStandardHelpOptions = true,
    description = "Lists the searches of the workspace, newest first, or shows one.",
    subcommands = SearchesCommand.Show.class)
public final class SearchesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Option(names = "--json", description = "Prints one JSON object for each.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Search> all;
    try (Services services = Services.of(workspace)) {
      var searches = SearchesServiceGrpc.newBlockingStub(services.channel());
      all =
          Pages.all(
              page ->
                  searches.listSearches(
                      ListSearchesRequest.newBuilder()
                          .setPageSize(Pages.SIZE)
                          .setPageToken(page)
                          .build()),
              ListSearchesResponse::getSearchesList,
              ListSearchesResponse::getNextPageToken);
    }
    if (json) {
      all.forEach(each -> Json.print(each, out));
    } else if (all.isEmpty()) {
      out.println("No searches yet. Start one: slipstream search FILE.");
    } else {
      TextTable table =
          new TextTable(4, "name", "state", "method", "objective", "trials", "best", "run", "made");
      for (Search each : all) {
        table.row(
            each.getName(),
            each.getState().name().replace("RUN_STATE_", "").toLowerCase(Locale.ROOT),
            each.getMethod(),
            each.getObjective().getMetric() + " of " + each.getObjective().getTarget(),
            Text.format("%,d", each.getTrials()),
            each.hasBest()
                ? ScoreTables.number(
                    each.getBest().getScore(), each.getObjective().getUnit().isEmpty())
                : "–",
            each.getRun().isEmpty() ? "–" : each.getRun(),
            day(each.getCreateTime()));
      }
      table.print(out);
    }
    out.flush();
    return 0;
  }

  private static String day(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds()).toString().substring(0, 10);
  }

  /** {@code slipstream searches show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows a search: its best trials and what they tell.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private WorkspaceOptions workspace;

    @Parameters(paramLabel = "NAME", description = "The search's name.")
    private String name;

    @Option(
        names = "--json",
        description = "Prints the search as one JSON object, and each of its trials as another.")
    private boolean json;

    @Override
    public Integer call() {
      try (Services services = Services.of(workspace)) {
        var searches = SearchesServiceGrpc.newBlockingStub(services.channel());
        Search search = searches.getSearch(GetSearchRequest.newBuilder().setName(name).build());
        SearchCommand.print(searches, search, json, spec.commandLine().getOut());
      }
      return 0;
    }
  }
}
