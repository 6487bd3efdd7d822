package slipstream.cli.internal;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.services.StatusMapping;

/** What a user sees when a command fails: one line, and an exit code. */
public final class Failures {
  private Failures() {}

  /** Prints the failure to the command's error stream and returns the exit code. */
  public static int report(CommandLine command, Throwable failure) {
    SlipstreamException error = explain(failure);
    PrintWriter err = command.getErr();
    err.println(Ansi.AUTO.string("@|bold,red slipstream:|@ ") + error.getMessage());
    err.flush();
    return error.category().exitCode();
  }

  /** The user's view of any failure; the rest of it goes to the log. */
  public static SlipstreamException explain(Throwable failure) {
    return switch (failure) {
      case SlipstreamException error -> error;
      case StatusRuntimeException status -> StatusMapping.toException(status);
      case StatusException status ->
          StatusMapping.toException(status.getStatus().asRuntimeException(status.getTrailers()));
      case OutOfMemoryError e ->
          new SlipstreamException(
              Category.RESOURCE_EXHAUSTED,
              "memory is exhausted",
              null,
              "Use fewer rows or features, or give more memory: SLIPSTREAM_JAVA_OPTS=-Xmx8g.",
              e);
      default -> {
        LoggerFactory.getLogger(Failures.class).error("unexpected failure", failure);
        yield new SlipstreamException(
            Category.INTERNAL,
            "unexpected failure: " + failure,
            null,
            "This is a defect; the log has the details.",
            failure);
      }
    };
  }
}
