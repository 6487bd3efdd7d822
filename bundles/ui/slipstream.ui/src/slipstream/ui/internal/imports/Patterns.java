package slipstream.ui.internal.imports;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Several files in one line. */
final class Patterns {
  private Patterns() {}

  /** A pattern that names these files and no others: {@code /data/{a.csv,b.csv}}. Files of one folder. */
  static String of(List<Path> files) {
    Optional<Path> folder =
        files.stream().map(Path::getParent).distinct().reduce((a, b) -> Path.of(""));
    if (folder.isEmpty() || folder.get().toString().isEmpty()) {
      return files.getFirst().toString();
    }
    return folder.get()
        + "/{"
        + files.stream()
            .map(file -> file.getFileName().toString())
            .sorted()
            .collect(Collectors.joining(","))
        + "}";
  }
}
