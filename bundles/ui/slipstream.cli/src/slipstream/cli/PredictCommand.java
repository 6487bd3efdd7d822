package slipstream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
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
import slipstream.cli.internal.ModelNames;
import slipstream.cli.internal.ProgressLine;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.SlipstreamException;
import slipstream.proto.v1.PredictFileEvent;
import slipstream.proto.v1.PredictFileRequest;
import slipstream.proto.v1.PredictFileResult;
import slipstream.proto.v1.PredictionsServiceGrpc;

/** {@code slipstream predict MODEL --input FILE}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Predicts every row of a CSV or Parquet file.",
      "The file holds the model's inputs as columns, or the raw data that its experiment reads."
    })
public final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model archive (*.slipmodel), or the name of a model in the workspace.")
  private String model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "Rows to predict: *.csv, *.csv.gz or *.parquet.")
  private Path input;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where predictions go: *.csv or *.parquet. Default: CSV to standard output.")
  private Path output;

  @Option(
      names = "--json",
      description =
          "With --output: prints where the predictions are, and how many, as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (json && output == null) {
      throw SlipstreamException.invalid(
          "--json needs --output",
          "Without an output file the predictions themselves are printed, as CSV.");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    String name = ModelNames.resolve(model);
    try (Services services = Services.forModels(workspace, List.of(name))) {
      PredictFileRequest.Builder request =
          PredictFileRequest.newBuilder()
              .setModel(name)
              .setInput(input.toAbsolutePath().toString());
      if (output != null) {
        request.setOutput(output.toAbsolutePath().toString());
      }
      ProgressLine line = new ProgressLine(err);
      Iterator<PredictFileEvent> events =
          PredictionsServiceGrpc.newBlockingStub(services.channel()).predictFile(request.build());
      while (events.hasNext()) {
        PredictFileEvent event = events.next();
        switch (event.getEventCase()) {
          case PROGRESS -> line.show(event.getProgress());
          case CSV -> out.print(event.getCsv());
          case RESULT -> {
            line.clear();
            PredictFileResult result = event.getResult();
            if (json) {
              Json.print(result, out);
            } else if (output != null) {
              err.printf(
                  Locale.ROOT,
                  "%,d predictions of %s%s in %s%n",
                  result.getRows(),
                  result.getTarget(),
                  result.getUnit().isEmpty() ? "" : " (" + result.getUnit() + ")",
                  result.getOutput());
            }
          }
          case EVENT_NOT_SET -> {}
        }
      }
      out.flush();
      err.flush();
    }
    return 0;
  }
}
