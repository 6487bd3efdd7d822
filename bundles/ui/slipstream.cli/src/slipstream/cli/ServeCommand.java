package slipstream.cli;

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
import slipstream.cli.internal.ModelNames;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.services.LocalServices;
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

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<String> names = models.stream().map(ModelNames::resolve).toList();
    CountDownLatch stopped = new CountDownLatch(1);
    try (LocalServices services = LocalServices.open(workspace.folder());
        PredictionServer server = PredictionServer.start(services.channel(), names, port)) {
      Interrupts.onInterrupt(stopped::countDown);
      out.println("Serving " + String.join(", ", server.models()) + " at " + server.uri());
      out.println("API: " + server.uri().resolve("/openapi.json") + "   Stop: Ctrl-C");
      out.flush();
      stopped.await();
    }
    out.println("Stopped.");
    out.flush();
    return 0;
  }
}
