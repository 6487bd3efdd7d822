package slipstream.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.WorkspaceOptions;
import slipstream.core.SlipstreamException;
import slipstream.proto.v1.GetSystemInfoRequest;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.SystemCheck;
import slipstream.proto.v1.SystemInfo;
import slipstream.proto.v1.SystemServiceGrpc;

/** {@code slipstream doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Checks JDK, cores, memory, disk, GPU, display and libraries. Exits 1 on an error.")
public final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WorkspaceOptions workspace;

  @Option(names = "--json", description = "Prints everything as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    SystemInfo info = examine();
    if (json) {
      Json.print(info, out);
    } else {
      print(info, out);
    }
    boolean broken =
        info.getChecksList().stream()
            .anyMatch(check -> check.getSeverity() == Severity.SEVERITY_ERROR);
    return broken ? 1 : 0;
  }

  /** A workspace that does not open is one more thing that was found, not the end of the examination. */
  private SystemInfo examine() {
    try (Services services = Services.of(workspace)) {
      return ask(services);
    } catch (SlipstreamException e) {
      try (Services services = Services.temporary()) {
        return ask(services).toBuilder()
            .addChecks(
                SystemCheck.newBuilder()
                    .setName("workspace")
                    .setValue(e.problem())
                    .setSeverity(Severity.SEVERITY_ERROR)
                    .setRemedy(e.remedy()))
            .build();
      }
    }
  }

  private static SystemInfo ask(Services services) {
    return SystemServiceGrpc.newBlockingStub(services.channel())
        .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
  }

  private static void print(SystemInfo info, PrintWriter out) {
    out.println(
        "slipstream "
            + info.getVersion()
            + (info.getCommit().isEmpty() ? "" : " (" + info.getCommit() + ")"));
    int width =
        info.getChecksList().stream().mapToInt(check -> check.getName().length()).max().orElse(0);
    for (SystemCheck check : info.getChecksList()) {
      String mark =
          switch (check.getSeverity()) {
            case SEVERITY_ERROR -> "@|bold,red ✗|@";
            case SEVERITY_WARNING -> "@|yellow !|@";
            default -> "@|green ✓|@";
          };
      out.println(
          Ansi.AUTO.string("  " + mark)
              + " "
              + check.getName()
              + " ".repeat(width - check.getName().length() + 2)
              + check.getValue()
              + (check.getRemedy().isEmpty() ? "" : ". " + check.getRemedy()));
    }
    out.flush();
  }
}
