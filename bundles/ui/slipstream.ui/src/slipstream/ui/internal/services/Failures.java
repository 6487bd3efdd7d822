package slipstream.ui.internal.services;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.Severity;

/** What a failed call means for a person. */
public final class Failures {
  private Failures() {}

  /** The problem that a failed call carries, or one made of what it says. */
  public static Problem problem(Throwable failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(Problem.class)) {
          try {
            return detail.unpack(Problem.class);
          } catch (InvalidProtocolBufferException e) {
            break;
          }
        }
      }
    }
    String message = failure.getMessage();
    if (status != null) {
      message =
          status.getMessage().isBlank()
              ? "The call failed: " + Status.fromCodeValue(status.getCode()).getCode()
              : status.getMessage();
    }
    return Problem.newBuilder()
        .setSeverity(Severity.SEVERITY_ERROR)
        .setCategory("INTERNAL")
        .setMessage(message == null ? failure.getClass().getSimpleName() : message)
        .build();
  }

  /** Whether a call ended because it was cancelled. */
  public static boolean cancelled(Throwable failure) {
    return Status.fromThrowable(failure).getCode() == Status.Code.CANCELLED;
  }

  /** What was wrong and where, in one line. */
  public static String title(Problem problem) {
    StringBuilder place = new StringBuilder();
    if (!problem.getFile().isEmpty()) {
      place.append(problem.getFile());
    }
    if (problem.getLine() > 0) {
      place.append(place.isEmpty() ? "line " : ":").append(problem.getLine());
    }
    if (!problem.getKey().isEmpty()) {
      place.append(place.isEmpty() ? "" : " ").append(problem.getKey());
    }
    return place.isEmpty() ? sentence(problem.getMessage()) : place + ": " + problem.getMessage();
  }

  /** Title and remedy in one line. */
  public static String line(Problem problem) {
    String title = title(problem);
    return problem.getRemedy().isEmpty()
        ? title
        : title + (title.endsWith(".") ? " " : ". ") + problem.getRemedy();
  }

  /** The line for a failed call. */
  public static String line(Throwable failure) {
    return line(problem(failure));
  }

  private static String sentence(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
