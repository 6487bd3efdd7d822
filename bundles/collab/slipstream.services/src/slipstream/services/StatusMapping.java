package slipstream.services;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.Severity;

/**
 * Between a user's errors and failed calls: a {@link SlipstreamException} travels as a {@code google.rpc.Status} with a
 * {@link Problem} as its detail, and comes out equal at the other end.
 */
public final class StatusMapping {
  private static final Logger LOG = LoggerFactory.getLogger(StatusMapping.class);

  private StatusMapping() {}

  /**
   * The failed call for whatever a service threw. What is not meant for a user is logged under an id, with its stack;
   * the user sees the id.
   */
  public static StatusRuntimeException toStatus(Throwable error) {
    if (error instanceof StatusRuntimeException status) {
      return status;
    }
    SlipstreamException problem = toUserError(error);
    com.google.rpc.Status status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(problem.category()).value())
            .setMessage(problem.getMessage())
            .addDetails(Any.pack(toProblem(problem)))
            .build();
    return StatusProto.toStatusRuntimeException(status);
  }

  /** The error that a user sees for whatever was thrown; what is no user's error is logged under an id. */
  public static SlipstreamException toUserError(Throwable error) {
    return switch (error) {
      case SlipstreamException problem -> {
        if (problem.category() == Category.INTERNAL) {
          LOG.error("{}", problem.getMessage(), problem);
        }
        yield problem;
      }
      case StatusRuntimeException status -> toException(status);
      case StatusException status -> toException(status);
      case OutOfMemoryError memory -> {
        LOG.error("Out of memory", memory);
        yield new SlipstreamException(
            Category.RESOURCE_EXHAUSTED,
            "there is not enough memory: " + memory.getMessage(),
            null,
            "Give Slipstream more memory, or use fewer rows.",
            memory);
      }
      default -> {
        if (noSpace(error)) {
          LOG.error("No space left on a disk", error);
          yield new SlipstreamException(
              Category.RESOURCE_EXHAUSTED,
              "no space left on the disk of the workspace",
              null,
              "Free some space and try again; what was there before is unchanged.",
              error);
        }
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        LOG.error("Unexpected failure {}", id, error);
        yield new SlipstreamException(
            Category.INTERNAL,
            "something went wrong inside Slipstream (" + id + ")",
            null,
            "The log has the details under this id; please report it.",
            error);
      }
    };
  }

  private static boolean noSpace(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (String.valueOf(each.getMessage()).contains("No space left on device")) {
        return true;
      }
    }
    return false;
  }

  /** The error behind a failed call, as it was thrown at the other end. */
  public static SlipstreamException toException(Throwable failedCall) {
    if (failedCall instanceof SlipstreamException already) {
      return already;
    }
    com.google.rpc.Status status = StatusProto.fromThrowable(failedCall);
    if (status == null) {
      return toUserError(failedCall);
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(Problem.class)) {
        try {
          return toException(detail.unpack(Problem.class));
        } catch (InvalidProtocolBufferException e) {
          LOG.warn("A failed call carried an unreadable problem", e);
        }
      }
    }
    Category category = category(Status.fromCodeValue(status.getCode()).getCode());
    String message =
        status.getMessage().isEmpty()
            ? "the call failed: " + Status.fromCodeValue(status.getCode()).getCode()
            : status.getMessage();
    return new SlipstreamException(category, message, null, "", failedCall);
  }

  /** An error as a message, of severity ERROR. */
  public static Problem toProblem(SlipstreamException error) {
    Problem.Builder problem =
        Problem.newBuilder()
            .setCategory(error.category().name())
            .setSeverity(Severity.SEVERITY_ERROR)
            .setMessage(error.problem())
            .setRemedy(error.remedy());
    error
        .place()
        .ifPresent(
            place ->
                problem
                    .setFile(place.file())
                    .setLine(place.line())
                    .setColumn(place.column())
                    .setKey(place.key()));
    return problem.build();
  }

  /** The error that a message describes. */
  public static SlipstreamException toException(Problem problem) {
    Category category;
    try {
      category = Category.valueOf(problem.getCategory());
    } catch (IllegalArgumentException e) {
      // From a newer Slipstream.
      category = Category.INTERNAL;
    }
    Place place =
        problem.getFile().isEmpty() && problem.getKey().isEmpty() && problem.getLine() == 0
            ? null
            : new Place(
                problem.getFile(), problem.getLine(), problem.getColumn(), problem.getKey());
    return new SlipstreamException(category, problem.getMessage(), place, problem.getRemedy());
  }

  private static Status.Code code(Category category) {
    return switch (category) {
      case INVALID_INPUT -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case CORRUPT -> Status.Code.DATA_LOSS;
      case CONFLICT -> Status.Code.ABORTED;
      case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case CANCELLED -> Status.Code.CANCELLED;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }

  private static Category category(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> Category.INVALID_INPUT;
      case NOT_FOUND -> Category.NOT_FOUND;
      case DATA_LOSS -> Category.CORRUPT;
      case ABORTED, ALREADY_EXISTS -> Category.CONFLICT;
      case RESOURCE_EXHAUSTED -> Category.RESOURCE_EXHAUSTED;
      case UNAVAILABLE, UNIMPLEMENTED, DEADLINE_EXCEEDED, PERMISSION_DENIED, UNAUTHENTICATED ->
          Category.UNAVAILABLE;
      case CANCELLED -> Category.CANCELLED;
      case OK, UNKNOWN, INTERNAL -> Category.INTERNAL;
    };
  }
}
