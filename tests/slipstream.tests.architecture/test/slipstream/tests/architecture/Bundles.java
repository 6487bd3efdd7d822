package slipstream.tests.architecture;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** The bundles of this checkout: their order, their classes, their manifests. */
final class Bundles {
  static final Path ROOT = Path.of(System.getProperty("slipstream.root")).toAbsolutePath();

  /** From top to bottom: a bundle may use those below it and no other. */
  static final List<String> ORDER =
      List.of(
          "slipstream.ui",
          "slipstream.ui.workbench",
          "slipstream.cli",
          "slipstream.serving",
          "slipstream.services",
          "slipstream.store",
          "slipstream.onnx",
          "slipstream.tribuo",
          "slipstream.training",
          "slipstream.features",
          "slipstream.data",
          "slipstream.experiment",
          "slipstream.proto",
          "slipstream.core",
          "slipstream.launcher");

  private static final TreeMap<String, Path> FOLDERS = new TreeMap<>();
  private static final JavaClasses CLASSES;

  static {
    try (Stream<Path> found = Files.walk(ROOT.resolve("bundles"), 2)) {
      found
          .filter(folder -> Files.exists(folder.resolve("META-INF/MANIFEST.MF")))
          .forEach(folder -> FOLDERS.put(folder.getFileName().toString(), folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // What others' classes are made of does not matter here, and reading them is most of the time.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    CLASSES =
        new ClassFileImporter()
            .importPaths(
                FOLDERS.values().stream().map(folder -> folder.resolve("target/classes")).toList());
  }

  private Bundles() {}

  static TreeMap<String, Path> folders() {
    return FOLDERS;
  }

  static JavaClasses classes() {
    return CLASSES;
  }

  /** The bundle that holds a class of ours; empty for a class of anybody else. */
  static Optional<String> of(JavaClass type) {
    String name = type.getPackageName();
    if (name.equals("slipstream.v1") || name.startsWith("slipstream.v1.")) {
      return Optional.of("slipstream.proto");
    }
    return ORDER.stream()
        .filter(bundle -> name.equals(bundle) || name.startsWith(bundle + "."))
        .max((a, b) -> Integer.compare(a.length(), b.length()));
  }

  static Manifest manifest(Path folder) {
    try (InputStream in = Files.newInputStream(folder.resolve("META-INF/MANIFEST.MF"))) {
      return new Manifest(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The clauses of a manifest header, each with its attributes and directives. */
  static List<String> clauses(Path folder, String header) {
    String value = manifest(folder).getMainAttributes().getValue(header);
    // A comma in quotes belongs to a version range or a list of packages.
    return value == null
        ? List.of()
        : Stream.of(value.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")).map(String::strip).toList();
  }
}
