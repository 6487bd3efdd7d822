package slipstream.services.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import slipstream.core.SlipstreamException;

/** What the product ships beside its code; the launcher says where it is. */
final class ProductFolders {
  /** System property: the folder of sample data. */
  static final String SAMPLES = "slipstream.samples";

  /** System property: the folder of example experiments. */
  static final String EXAMPLES = "slipstream.examples";

  /** How a data path begins that means a file of the sample data. */
  static final String SAMPLE = "sample:";

  private ProductFolders() {}

  static Optional<Path> examples() {
    return folder(EXAMPLES);
  }

  private static Optional<Path> folder(String property) {
    return Optional.ofNullable(System.getProperty(property))
        .filter(text -> !text.isBlank())
        .map(Path::of);
  }

  /** The parameters of an importer with {@code sample:NAME} replaced by the file's path. */
  static Map<String, Object> resolve(Map<String, Object> parameters) {
    Map<String, Object> resolved = new LinkedHashMap<>(parameters);
    resolved.replaceAll(
        (name, value) ->
            value instanceof String text && text.startsWith(SAMPLE)
                ? sample(text).toString()
                : value);
    return resolved;
  }

  /**
   * The file that {@code sample:NAME} means.
   *
   * @throws SlipstreamException NOT_FOUND, naming the samples there are
   */
  static Path sample(String reference) {
    String name = reference.substring(SAMPLE.length());
    Path folder =
        folder(SAMPLES)
            .orElseThrow(
                () ->
                    SlipstreamException.notFound(
                        "'" + reference + "' cannot be found: this installation has no sample data",
                        "Give the path of a file, or start Slipstream by its launcher."));
    Path file = folder.resolve(name).normalize();
    if (name.isBlank() || !file.startsWith(folder) || !Files.exists(file)) {
      throw SlipstreamException.notFound(
          "there is no sample '" + name + "'", "Samples lie in " + folder + ".");
    }
    return file.toAbsolutePath();
  }
}
