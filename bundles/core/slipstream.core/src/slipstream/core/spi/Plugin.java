package slipstream.core.spi;

/**
 * What every plug-in says of itself.
 *
 * <p>A plug-in is a public class with a public no-argument constructor, declared under {@code META-INF/services}.
 * Slipstream makes one instance and calls it from several threads: it keeps no state between calls.
 *
 * @param <P> its parameters: a public record whose components carry {@link slipstream.core.parameters.Parameter}
 */
public interface Plugin<P extends Record> {
  /** Its name in experiment files: lower-case words joined by hyphens, unique among its kind. */
  String name();

  /** One sentence for people. */
  String summary();

  /** The class of its parameter record. */
  Class<P> parameters();
}
