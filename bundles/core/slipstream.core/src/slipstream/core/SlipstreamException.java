package slipstream.core;

import java.util.Objects;
import java.util.Optional;

/**
 * An error that a user sees: what was wrong, where, and what to do, in one line.
 *
 * <p>The stack trace and the cause go to the log, never to the user.
 */
public final class SlipstreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of thing went wrong; decides the exit code and the gRPC/HTTP status. */
  public enum Category {
    /** The input is wrong: the user mends it and tries again. */
    INVALID_INPUT(2),
    /** A named thing (file, model, column …) does not exist. */
    NOT_FOUND(3),
    /** A file is damaged or of a newer format; nothing of it was used. */
    CORRUPT(4),
    /** Something is in the way: a port in use, a workspace locked, a name taken. */
    CONFLICT(5),
    /** Disk, memory or another limit is exhausted. */
    RESOURCE_EXHAUSTED(6),
    /** The machine or the product lacks something (display, library, device). */
    UNAVAILABLE(7),
    /** The user cancelled. */
    CANCELLED(130),
    /** A defect of Slipstream or of a plug-in. */
    INTERNAL(70);

    private final int exitCode;

    Category(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The exit code of a command that ends with this category. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Category category;
  private final String problem;
  private final transient Place place;
  private final String remedy;

  public SlipstreamException(
      Category category, String problem, Place place, String remedy, Throwable cause) {
    super(line(Objects.requireNonNullElse(problem, "unknown"), place, remedy), cause);
    this.category = Objects.requireNonNull(category);
    this.problem = Objects.requireNonNullElse(problem, "unknown");
    this.place = place;
    this.remedy = remedy == null ? "" : remedy;
  }

  public SlipstreamException(Category category, String problem, Place place, String remedy) {
    this(category, problem, place, remedy, null);
  }

  public SlipstreamException(Category category, String problem, String remedy) {
    this(category, problem, null, remedy, null);
  }

  public static SlipstreamException invalid(String problem, Place place, String remedy) {
    return new SlipstreamException(Category.INVALID_INPUT, problem, place, remedy);
  }

  public static SlipstreamException invalid(String problem, String remedy) {
    return new SlipstreamException(Category.INVALID_INPUT, problem, remedy);
  }

  public static SlipstreamException notFound(String problem, String remedy) {
    return new SlipstreamException(Category.NOT_FOUND, problem, remedy);
  }

  public static SlipstreamException corrupt(String problem, String remedy) {
    return new SlipstreamException(Category.CORRUPT, problem, remedy);
  }

  /** What ends work that nobody waits for any more. */
  public static SlipstreamException cancelled() {
    return new SlipstreamException(
        Category.CANCELLED, "cancelled", "what was there before is unchanged");
  }

  /** The same error at a place that only the caller knows. */
  public SlipstreamException at(Place where) {
    return new SlipstreamException(category, problem, where, remedy, this);
  }

  public Category category() {
    return category;
  }

  /** What was wrong, without place and remedy. */
  public String problem() {
    return problem;
  }

  public Optional<Place> place() {
    return Optional.ofNullable(place);
  }

  /** What to do, or an empty string. */
  public String remedy() {
    return remedy;
  }

  private static String line(String problem, Place place, String remedy) {
    StringBuilder text = new StringBuilder();
    if (place != null) {
      text.append(place).append(": ");
    }
    text.append(problem);
    if (remedy != null && !remedy.isBlank()) {
      char last = problem.isEmpty() ? '.' : problem.charAt(problem.length() - 1);
      text.append(last == '.' || last == '?' || last == '!' ? " " : ". ").append(remedy);
    }
    return text.toString().replaceAll("\\s*\\R\\s*", " ");
  }
}
