import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Takes the signatures out of the jars of a folder: {@code java Unsign.java FOLDER}. */
final class Unsign {
  public static void main(String[] arguments) throws IOException {
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path jar : jars) {
      unsign(jar);
    }
  }

  private static void unsign(Path jar) throws IOException {
    try (FileSystem content = FileSystems.newFileSystem(jar)) {
      Path folder = content.getPath("META-INF");
      if (!Files.isDirectory(folder)) {
        return;
      }
      List<Path> signatures;
      try (Stream<Path> files = Files.list(folder)) {
        signatures =
            files.filter(file -> file.toString().matches(".*\\.(SF|RSA|EC|DSA)")).toList();
      }
      if (signatures.isEmpty()) {
        return;
      }
      for (Path signature : signatures) {
        Files.delete(signature);
      }
      // The digest of each file, which the signature covers.
      Path file = folder.resolve("MANIFEST.MF");
      FileTime time = Files.getLastModifiedTime(file);
      Manifest manifest;
      try (InputStream in = Files.newInputStream(file)) {
        manifest = new Manifest(in);
      }
      manifest.getEntries().clear();
      try (OutputStream out = Files.newOutputStream(file)) {
        manifest.write(out);
      }
      Files.setLastModifiedTime(file, time);
    }
  }
}
