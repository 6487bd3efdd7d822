package slipstream.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.ExplanationTables;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.ModelNames;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.ExplainPredictionsRequest;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.ExplanationsServiceGrpc;
import slipstream.proto.v1.ExplanationsServiceGrpc.ExplanationsServiceBlockingStub;
import slipstream.proto.v1.GetPartialDependenceRequest;
import slipstream.proto.v1.ListInteractionsRequest;
import slipstream.proto.v1.ListInteractionsResponse;
import slipstream.proto.v1.PartialDependence;
import slipstream.proto.v1.RowSource;

/** {@code slipstream explain MODEL [--input FILE --row N | INPUT=VALUE …]}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Explains a prediction: the base value and what each input adds to it.",
      "Without rows it is the row that the archive keeps as an example; INPUT=VALUE replaces values of the row."
    })
public final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model archive (*.slipmodel), or the name of a model in the workspace.")
  private String model;

  @Parameters(
      index = "1..*",
      paramLabel = "INPUT=VALUE",
      description = "Replaces a value of the row; nothing behind the = where it is unknown.")
  private List<String> changes = List.of();

  @ArgGroup private Where where;

  private static final class Where {
    @Option(
        names = "--input",
        paramLabel = "FILE",
        description =
            "Takes rows from a file, *.csv, *.csv.gz or *.parquet: the model's inputs, or the raw"
                + " data that its experiment reads.")
    private Path input;

    @Option(
        names = "--dataset",
        paramLabel = "NAME",
        description =
            "Takes rows from a dataset of the workspace. Default: the data that it was trained on.")
    private String dataset;
  }

  @Option(
      names = "--row",
      paramLabel = "N",
      description = "The number of a row, from 0, after preparation; may be given several times.")
  private List<Long> rows = List.of();

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "Explains this output of a model of several, such as q90.")
  private String output = "";

  @Option(
      names = "--dependence",
      paramLabel = "INPUT",
      description = "Prints instead how the mean prediction depends on an input.")
  private String dependence;

  @Option(
      names = "--interactions",
      description = "Prints instead which two inputs act together, the strongest first.")
  private boolean interactions;

  @Option(names = "--json", description = "Prints the answer as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    boolean whole = dependence != null || interactions;
    if (whole && (!rows.isEmpty() || !changes.isEmpty() || !output.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(),
          "--dependence and --interactions are about all rows: leave --row, --output and values out");
    }
    if (dependence != null && interactions) {
      throw new ParameterException(
          spec.commandLine(), "Give one of --dependence and --interactions");
    }
    if (!whole && where != null && rows.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Say which --row of the rows is meant");
    }
    String name = ModelNames.resolve(model);
    boolean needsWorkspace = where == null && (whole || !rows.isEmpty()) || dataset() != null;
    try (Services services =
        needsWorkspace ? Services.of(workspace) : Services.forModels(workspace, List.of(name))) {
      var explanations = ExplanationsServiceGrpc.newBlockingStub(services.channel());
      PrintWriter out = spec.commandLine().getOut();
      if (dependence != null) {
        dependence(explanations, name, out);
      } else if (interactions) {
        interactions(explanations, name, out);
      } else {
        explain(explanations, name, out);
      }
    }
    return 0;
  }

  private String dataset() {
    return where == null ? null : where.dataset;
  }

  private RowSource source() {
    RowSource.Builder source = RowSource.newBuilder();
    if (where != null && where.input != null) {
      source.setFile(where.input.toAbsolutePath().toString());
    } else if (dataset() != null) {
      source.setDataset(dataset());
    }
    return source.build();
  }

  private void explain(ExplanationsServiceBlockingStub explanations, String name, PrintWriter out) {
    ExplainPredictionsRequest.Builder request =
        ExplainPredictionsRequest.newBuilder()
            .setModel(name)
            .setSource(source())
            .setOutput(output)
            .addAllRowNumbers(rows);
    ExplainPredictionsResponse response = explanations.explainPredictions(request.build());
    if (!changes.isEmpty()) {
      request.clearRowNumbers();
      for (Explanation row : response.getExplanationsList()) {
        request.addRows(changed(row.getContributionsList()));
      }
      response = explanations.explainPredictions(request.build());
    }
    if (json) {
      Json.print(response, out);
    } else {
      ExplanationTables.print(response, out);
    }
  }

  /** A row's values with those of the command line in place. */
  private Struct changed(List<Contribution> row) {
    Map<String, Value> values = new LinkedHashMap<>();
    row.forEach(each -> values.put(each.getInput(), value(each.getValue())));
    for (String change : changes) {
      int sign = change.indexOf('=');
      String input = sign < 0 ? change : change.substring(0, sign);
      if (sign < 0) {
        throw SlipstreamException.invalid(
            "'" + change + "' is no INPUT=VALUE", "Write " + change + "=1.5.");
      }
      if (!values.containsKey(input)) {
        throw SlipstreamException.invalid(
            "the model has no input '" + input + "'",
            Nearest.remedy(input, new ArrayList<>(values.keySet())));
      }
      values.put(input, value(number(input, change.substring(sign + 1).strip())));
    }
    return Struct.newBuilder().putAllFields(values).build();
  }

  private static double number(String input, String text) {
    try {
      return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw SlipstreamException.invalid(
          "'" + text + "' is not a number",
          Place.key(input),
          "Give one, or nothing where unknown.");
    }
  }

  private static Value value(double number) {
    return Double.isNaN(number)
        ? Value.newBuilder().setNullValue(com.google.protobuf.NullValue.NULL_VALUE).build()
        : Value.newBuilder().setNumberValue(number).build();
  }

  private void dependence(
      ExplanationsServiceBlockingStub explanations, String name, PrintWriter out) {
    PartialDependence found =
        explanations.getPartialDependence(
            GetPartialDependenceRequest.newBuilder()
                .setModel(name)
                .setInput(dependence)
                .setSource(source())
                .build());
    if (json) {
      Json.print(found, out);
    } else {
      ExplanationTables.print(found, out);
    }
  }

  private void interactions(
      ExplanationsServiceBlockingStub explanations, String name, PrintWriter out) {
    ListInteractionsResponse found =
        explanations.listInteractions(
            ListInteractionsRequest.newBuilder().setModel(name).setSource(source()).build());
    if (json) {
      Json.print(found, out);
    } else {
      ExplanationTables.print(found, out);
    }
  }
}
