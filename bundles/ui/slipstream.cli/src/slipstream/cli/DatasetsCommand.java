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
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextTable;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.Text;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DatasetVersion;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DeleteDatasetRequest;
import slipstream.proto.v1.DeleteDatasetResponse;
import slipstream.proto.v1.GetDatasetRequest;
import slipstream.proto.v1.ListDatasetVersionsRequest;
import slipstream.proto.v1.ListDatasetVersionsResponse;
import slipstream.proto.v1.ListDatasetsRequest;
import slipstream.proto.v1.ListDatasetsResponse;

/** {@code slipstream datasets [list|show|delete]}. */
@Command(
    name = "datasets",
    mixinStandardHelpOptions = true,
    description = "Lists, describes and deletes the datasets of the workspace.",
    subcommands = {
      DatasetsCommand.Show.class,
      DatasetsCommand.Delete.class,
      DatasetsCommand.ListAll.class
    })
public final class DatasetsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Option(names = "--json", description = "Prints one JSON object for each.")
  private boolean json;

  @Override
  public Integer call() {
    return list(workspace, json, spec.commandLine().getOut());
  }

  private static int list(WorkspaceOptions workspace, boolean json, PrintWriter out) {
    List<Dataset> all;
    try (Services services = Services.of(workspace)) {
      var datasets = DatasetsServiceGrpc.newBlockingStub(services.channel());
      all =
          Pages.all(
              page ->
                  datasets.listDatasets(
                      ListDatasetsRequest.newBuilder()
                          .setPageSize(Pages.SIZE)
                          .setPageToken(page)
                          .build()),
              ListDatasetsResponse::getDatasetsList,
              ListDatasetsResponse::getNextPageToken);
    }
    if (json) {
      all.forEach(each -> Json.print(each, out));
    } else if (all.isEmpty()) {
      out.println("No datasets yet. Import one: slipstream import FILE.");
    } else {
      TextTable table =
          new TextTable(1, "name", "version", "rows", "instruments", "from", "to", "columns");
      for (Dataset each : all) {
        table.row(
            each.getName(),
            Integer.toString(each.getVersion()),
            Text.format("%,d", each.getRows()),
            Text.format("%,d", each.getInstruments()),
            each.hasFirstTime() ? day(each.getFirstTime()) : "",
            each.hasLastTime() ? day(each.getLastTime()) : "",
            Integer.toString(each.getColumnsCount()));
      }
      table.print(out);
    }
    out.flush();
    return 0;
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private static String day(Timestamp time) {
    return instant(time).toString().substring(0, 10);
  }

  /** A dataset in a few lines. */
  static void describe(Dataset dataset, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s, version %d: %,d rows, %,d columns%s%s%n",
        dataset.getName(),
        dataset.getVersion(),
        dataset.getRows(),
        dataset.getColumnsCount(),
        dataset.getInstrumentColumn().isEmpty()
            ? ""
            : Text.format(
                ", %,d instruments by '%s'",
                dataset.getInstruments(), dataset.getInstrumentColumn()),
        dataset.hasFirstTime()
            ? Text.format(
                ", %s to %s UTC by '%s'",
                instant(dataset.getFirstTime()),
                instant(dataset.getLastTime()),
                dataset.getTimeColumn())
            : "");
    out.printf(
        Locale.ROOT, "In an experiment: data: {importer: dataset, name: %s}%n", dataset.getName());
    out.flush();
  }

  /** {@code slipstream datasets list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the datasets, newest first.")
  static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private WorkspaceOptions workspace;

    @Option(names = "--json", description = "Prints one JSON object for each.")
    private boolean json;

    @Override
    public Integer call() {
      return list(workspace, json, spec.commandLine().getOut());
    }
  }

  /** {@code slipstream datasets show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Describes a dataset: columns, versions, where it came from.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private WorkspaceOptions workspace;

    @Parameters(paramLabel = "NAME", description = "The dataset's name, or its content hash.")
    private String name;

    @Option(
        names = "--json",
        description = "Prints it as one JSON object, and its versions as another.")
    private boolean json;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      try (Services services = Services.of(workspace)) {
        var datasets = DatasetsServiceGrpc.newBlockingStub(services.channel());
        Dataset dataset = datasets.getDataset(GetDatasetRequest.newBuilder().setName(name).build());
        ListDatasetVersionsResponse versions =
            datasets.listDatasetVersions(
                ListDatasetVersionsRequest.newBuilder().setName(name).build());
        if (json) {
          Json.print(dataset, out);
          Json.print(versions, out);
          return 0;
        }
        describe(dataset, out);
        TextTable columns = new TextTable(4, "column", "type", "unit", "description");
        for (Column each : dataset.getColumnsList()) {
          columns.row(
              each.getName(),
              each.getType().toLowerCase(Locale.ROOT),
              each.getUnit(),
              each.getDescription());
        }
        columns.print(out);
        TextTable table = new TextTable(1, "version", "rows", "to", "made", "of");
        for (DatasetVersion each : versions.getVersionsList()) {
          table.row(
              Integer.toString(each.getVersion()),
              Text.format("%,d", each.getRows()),
              each.hasLastTime() ? instant(each.getLastTime()).toString() : "",
              day(each.getCreateTime()),
              each.getSource());
        }
        table.print(out);
        out.println("Content hash " + dataset.getHash());
        out.flush();
      }
      return 0;
    }
  }

  /** {@code slipstream datasets delete}. */
  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = {
        "Deletes a dataset and its versions.",
        "Refused while experiments of the workspace read it, unless forced. Models and reports stay."
      })
  static final class Delete implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private WorkspaceOptions workspace;

    @Parameters(paramLabel = "NAME", description = "The dataset's name, or its content hash.")
    private String name;

    @Option(names = "--force", description = "Deletes it although experiments read it.")
    private boolean force;

    @Option(names = "--json", description = "Prints what was deleted as one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      try (Services services = Services.of(workspace)) {
        DeleteDatasetResponse gone =
            DatasetsServiceGrpc.newBlockingStub(services.channel())
                .deleteDataset(
                    DeleteDatasetRequest.newBuilder().setName(name).setForce(force).build());
        if (json) {
          Json.print(gone, out);
        } else {
          out.printf(
              Locale.ROOT, "%s is deleted; %,.1f MB are free%n", name, gone.getFreedBytes() / 1e6);
          gone.getExperimentsList()
              .forEach(each -> out.println("note: " + each + " reads it and can no longer run"));
        }
        out.flush();
      }
      return 0;
    }
  }
}
