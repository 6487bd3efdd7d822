package slipstream.serving.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.services.StatusMapping;
import slipstream.serving.internal.HttpServer.HttpReply;

/** An error with the HTTP status that says it best. */
final class HttpFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final int status;
  private final transient Map<String, String> headers;

  HttpFailure(int status, SlipstreamException problem) {
    this(status, problem, Map.of());
  }

  HttpFailure(int status, SlipstreamException problem, Map<String, String> headers) {
    super(problem);
    this.status = status;
    this.headers = headers;
  }

  /** The status of an error that has no better one. */
  static int status(SlipstreamException problem) {
    return switch (problem.category()) {
      case INVALID_INPUT -> 400;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case UNAVAILABLE -> 503;
      case CORRUPT, INTERNAL -> 500;
    };
  }

  /** Any failure as {@code {"code": …, "message": …, "problem": {…}}}. */
  static HttpReply reply(Throwable failure) {
    if (failure instanceof HttpFailure known) {
      SlipstreamException problem = (SlipstreamException) known.getCause();
      HttpReply reply = HttpReply.json(known.status, json(known.status, problem));
      return new HttpReply(reply.status(), reply.contentType(), reply.body(), known.headers);
    }
    SlipstreamException problem = StatusMapping.toUserError(failure);
    return HttpReply.json(status(problem), json(status(problem), problem));
  }

  static String json(int status, SlipstreamException problem) {
    try {
      return "{\"code\":"
          + status
          + ",\"message\":"
          + Json.quote(problem.getMessage())
          + ",\"problem\":"
          + PRINTER.print(StatusMapping.toProblem(problem))
          + "}";
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
