package slipstream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.ProgressLine;
import slipstream.cli.internal.Services;
import slipstream.proto.v1.GenerateEvent;
import slipstream.proto.v1.GenerateRequest;
import slipstream.proto.v1.GenerateResult;
import slipstream.proto.v1.GeneratedKind;
import slipstream.proto.v1.GeneratorServiceGrpc;

/** {@code slipstream generate parents|bonds}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Generates data whose true parameters are known, as Parquet.",
      "The same seed gives the same rows on every machine, and fewer rows are the first of more."
    })
public final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** What the user may ask for. */
  private enum Kind {
    PARENTS(GeneratedKind.GENERATED_KIND_PARENTS),
    BONDS(GeneratedKind.GENERATED_KIND_BONDS);

    private final GeneratedKind proto;

    Kind(GeneratedKind proto) {
      this.proto = proto;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      paramLabel = "KIND",
      description =
          "parents: parent orders and their children; bonds: 200 bonds in five-minute bars.")
  private Kind kind;

  @Option(names = "--rows", paramLabel = "N", description = "How many. Default: ${DEFAULT-VALUE}.")
  private long rows = 100_000;

  @Option(names = "--seed", paramLabel = "S", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--noise",
      paramLabel = "X",
      description =
          "Multiplies all noise: 0 for none, 0.1, 1 for all of it. Default: ${DEFAULT-VALUE}.")
  private double noise = 1;

  @Option(
      names = "--dirty",
      description =
          "Bonds: stale, crossed, tenfold, missing and duplicate rows, each listed in defects.parquet.")
  private boolean dirty;

  @Option(
      names = "--endogenous",
      description = "Parents: sizes follow momentum, which also moves the price.")
  private boolean endogenous;

  @Option(
      names = "--truth-rows",
      description = "Writes each row's expected components to truth.parquet as well.")
  private boolean truthRows;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "The folder that is made; it must not exist.")
  private Path output;

  @Option(names = "--json", description = "Prints the result as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setKind(kind.proto)
            .setRows(rows)
            .setSeed(seed)
            .setNoise(noise)
            .setDirty(dirty)
            .setEndogenous(endogenous)
            .setTruthRows(truthRows)
            .setFolder(output.toAbsolutePath().normalize().toString())
            .build();
    ProgressLine line = new ProgressLine(spec.commandLine().getErr());
    try (Services services = Services.temporary()) {
      Iterator<GenerateEvent> events =
          GeneratorServiceGrpc.newBlockingStub(services.channel()).generate(request);
      while (events.hasNext()) {
        GenerateEvent event = events.next();
        switch (event.getEventCase()) {
          case PROGRESS -> line.show(event.getProgress());
          case RESULT -> {
            line.clear();
            print(event.getResult(), out);
          }
          case EVENT_NOT_SET -> {}
        }
      }
    }
    out.flush();
    return 0;
  }

  private void print(GenerateResult result, PrintWriter out) {
    if (json) {
      Json.print(result, out);
      return;
    }
    out.printf(
        Locale.ROOT,
        "%,d rows in %.1f s (%,.0f rows/s), %,.1f MB: %s in %s%n",
        result.getRows(),
        result.getSeconds(),
        result.getRows() / Math.max(result.getSeconds(), 1e-3),
        result.getBytes() / 1e6,
        String.join(", ", result.getFilesList()),
        result.getFolder());
  }
}
