package slipstream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
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
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.model.ModelArchive;
import slipstream.proto.v1.ExportModelRequest;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.ModelsServiceGrpc;

/** {@code slipstream export MODEL --to FORMAT}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a model in another format and verifies what was written before it is there.",
      "See 'slipstream plugins' for the formats."
    })
public final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Parameters(
      paramLabel = "MODEL",
      description = "A model archive (*.slipmodel), or the name of a model in the workspace.")
  private String model;

  @Option(names = "--to", required = true, paramLabel = "FORMAT", description = "Such as onnx.")
  private String format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "File to write. Default: the model's name with the format's extension, here.")
  private Path output;

  @Option(names = "--json", description = "Prints the result as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String name = ModelNames.resolve(model);
    try (Services services = Services.forModels(workspace, List.of(name))) {
      ExportModelRequest.Builder request =
          ExportModelRequest.newBuilder()
              .setModel(name)
              .setFormat(format)
              .setFile(target().toAbsolutePath().normalize().toString());
      ExportResult result =
          ModelsServiceGrpc.newBlockingStub(services.channel()).exportModel(request.build());
      if (json) {
        Json.print(result, out);
      } else {
        out.printf(
            Locale.ROOT,
            "%s%nChecked by %s: %,d rows and %,d rows at split thresholds, largest difference %d float ulp.%n",
            result.getFile(),
            result.getRuntime(),
            result.getRows(),
            result.getBoundaryRows(),
            result.getMaxUlps());
        result.getNotesList().forEach(out::println);
      }
      out.flush();
    }
    return 0;
  }

  private Path target() {
    if (output != null) {
      return output;
    }
    String name = Path.of(model).getFileName().toString();
    return Path.of(
        (name.endsWith(ModelArchive.EXTENSION)
                ? name.substring(0, name.length() - ModelArchive.EXTENSION.length())
                : name)
            + "."
            + format);
  }
}
