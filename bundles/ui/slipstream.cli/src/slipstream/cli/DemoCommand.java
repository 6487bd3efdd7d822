package slipstream.cli;

import com.google.protobuf.util.JsonFormat;
import io.grpc.Channel;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.RunFollower;
import slipstream.cli.internal.ScoreTables;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.SlipstreamException;
import slipstream.proto.v1.Experiment;
import slipstream.proto.v1.ExperimentsServiceGrpc;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.ListExamplesRequest;
import slipstream.proto.v1.ListExperimentsRequest;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.PredictRequest;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.SaveExperimentRequest;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.TargetReport;
import slipstream.serving.PredictionServer;

/** {@code slipstream demo}: the main job, from trade prints to a served model. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Does the main job on trade prints that come with the product: imports them, computes features,",
      "trains and validates cost models, exports them to ONNX, serves one over HTTP and calls it."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String EXAMPLE = "btc-trade-impact";

  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  private PrintWriter out;

  @Override
  public Integer call() throws Exception {
    out = spec.commandLine().getOut();
    try (Services services = Services.of(workspace)) {
      Channel channel = services.channel();
      Experiment example = saveExample(channel);
      step("Experiment " + example.getName() + ": " + example.getDescription().strip());
      Run run =
          new RunFollower(channel, spec.commandLine().getErr())
              .run(StartRunRequest.newBuilder().setExperimentText(example.getText()).build());
      RunReport report =
          RunsServiceGrpc.newBlockingStub(channel)
              .getRunReport(GetRunReportRequest.newBuilder().setName(run.getName()).build());
      step("Results of " + run.getName());
      ScoreTables.print(report, out);
      String served = bestModel(report);
      step("Serving " + served);
      call(channel, served);
      step("Everything is here");
      out.println("Workspace  " + workspace.folder());
      RunCommand.where(run, out);
      out.println();
      out.println("Open it in the workbench:  " + workbenchCommand());
      out.flush();
    }
    return 0;
  }

  private String workbenchCommand() {
    return workspace.isDefault()
        ? "./slipstream"
        : "./slipstream --workspace " + workspace.folder();
  }

  private void step(String title) {
    out.println();
    out.println(Ansi.AUTO.string("@|bold,cyan ▸|@ ") + Ansi.AUTO.string("@|bold " + title + "|@"));
    out.flush();
  }

  /** The example; it is put into the workspace unless the user has one of that name already. */
  private static Experiment saveExample(Channel channel) {
    var experiments = ExperimentsServiceGrpc.newBlockingStub(channel);
    Experiment example =
        experiments
            .listExamples(ListExamplesRequest.getDefaultInstance())
            .getExamplesList()
            .stream()
            .filter(each -> each.getName().equals(EXAMPLE))
            .findFirst()
            .orElseThrow(
                () ->
                    SlipstreamException.notFound(
                        "the example " + EXAMPLE + " is not in this product", "Build it again."));
    boolean saved =
        experiments
            .listExperiments(ListExperimentsRequest.newBuilder().setPageSize(1000).build())
            .getExperimentsList()
            .stream()
            .anyMatch(each -> each.getName().equals(EXAMPLE));
    if (!saved) {
      experiments.saveExperiment(
          SaveExperimentRequest.newBuilder()
              .setName(example.getName())
              .setText(example.getText())
              .build());
    }
    return example;
  }

  /** The model with the best headline score on the first target. */
  private static String bestModel(RunReport report) {
    TargetReport target = report.getTargets(0);
    boolean higher = target.getMetrics(0).getHigherIsBetter();
    ModelReport best = null;
    for (ModelReport model : target.getModelsList()) {
      if (model.getArchive().isEmpty()) {
        continue;
      }
      double score = model.getScores(0);
      if (best == null || (higher ? score > best.getScores(0) : score < best.getScores(0))) {
        best = model;
      }
    }
    if (best == null) {
      throw new IllegalStateException("the run made no model");
    }
    return best.getArchive();
  }

  private void call(Channel channel, String name) throws IOException, InterruptedException {
    Model model =
        ModelsServiceGrpc.newBlockingStub(channel)
            .getModel(GetModelRequest.newBuilder().setName(name).build());
    try (PredictionServer server = PredictionServer.start(channel, List.of(name), 0);
        HttpClient client = HttpClient.newHttpClient()) {
      String body =
          JsonFormat.printer()
              .omittingInsignificantWhitespace()
              .print(PredictRequest.newBuilder().addRows(model.getInputExample()));
      URI predict = server.uri().resolve("/v1/models/" + name + ":predict");
      exchange(
          client,
          "POST " + predict + "\n" + body,
          HttpRequest.newBuilder(predict)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body)));
      URI get = server.uri().resolve("/predict?" + query(model));
      exchange(client, "GET " + get, HttpRequest.newBuilder(get).GET());
    }
    out.println("Stopped the server.");
  }

  private void exchange(HttpClient client, String shown, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    out.println(shown);
    HttpResponse<String> reply =
        client.send(
            request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    out.println("→ " + reply.statusCode() + " " + reply.body().strip());
    out.flush();
    if (reply.statusCode() != 200) {
      throw new IllegalStateException("the prediction server answered " + reply.statusCode());
    }
  }

  private static String query(Model model) {
    Map<String, String> values = new TreeMap<>();
    model
        .getInputExample()
        .getFieldsMap()
        .forEach(
            (name, value) -> {
              if (value.hasNumberValue()) {
                values.put(name, shortest(value.getNumberValue()));
              } else if (value.hasStringValue()) {
                values.put(name, value.getStringValue());
              }
            });
    return values.entrySet().stream()
        .map(e -> URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8) + "=" + e.getValue())
        .collect(Collectors.joining("&"));
  }

  private static String shortest(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
