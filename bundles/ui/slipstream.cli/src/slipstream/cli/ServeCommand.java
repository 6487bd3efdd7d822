package slipstream.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Interrupts;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.ModelNames;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.serving.PredictionServer;

/** {@code slipstream serve MODEL…}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Answers prediction requests over HTTP on this machine (127.0.0.1) until Ctrl-C.",
      "POST /v1/models/NAME:predict, GET /predict?feature=value&…, GET /health, GET /openapi.json."
    })
public final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = "Model archives (*.slipmodel), or names of models in the workspace.")
  private List<String> models;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port; 0 for a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--json",
      description = "Prints where it serves, once it is ready, as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<String> names = models.stream().map(ModelNames::resolve).toList();
    CountDownLatch stopped = new CountDownLatch(1);
    try (Services services = Services.forModels(workspace, names);
        PredictionServer server = PredictionServer.start(services.channel(), names, port)) {
      try (Interrupts.Handler handler = Interrupts.onInterrupt(stopped::countDown)) {
        announce(server, out);
        stopped.await();
      }
    }
    if (!json) {
      out.println("Stopped.");
      out.flush();
    }
    return 0;
  }

  private void announce(PredictionServer server, PrintWriter out) {
    if (json) {
      Struct.Builder told = Struct.newBuilder();
      told.putFields("uri", Values.of(server.uri().toString()));
      told.putFields("models", Values.of(server.models().stream().map(Values::of).toList()));
      Json.print(told, out);
    } else {
      out.println("Serving " + String.join(", ", server.models()) + " at " + server.uri());
      out.println("API: " + server.uri().resolve("/openapi.json") + "   Stop: Ctrl-C");
      out.flush();
    }
  }
}
