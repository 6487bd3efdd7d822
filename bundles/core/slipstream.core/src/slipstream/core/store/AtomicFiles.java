package slipstream.core.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

/**
 * Writes that are whole or not there: to a temporary name in the same folder, synced, renamed into place.
 *
 * <p>A crash leaves at most a file or folder whose name starts with {@value #PREFIX}, which nothing reads.
 */
public final class AtomicFiles {
  /** How the names of unfinished files start. */
  public static final String PREFIX = ".unfinished-";

  private AtomicFiles() {}

  /**
   * Replaces or creates a file.
   *
   * @param attributes of the file from its first byte on, such as who may read it
   */
  public static void write(Path target, byte[] bytes, FileAttribute<?>... attributes)
      throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path scratch = folder.resolve(PREFIX + UUID.randomUUID());
    try {
      try (FileChannel channel =
          FileChannel.open(
              scratch,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      move(scratch, target);
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /** Renames a complete, synced file into place, replacing what was there. */
  public static void move(Path scratch, Path target) throws IOException {
    Files.move(
        scratch, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(target.toAbsolutePath().getParent());
  }

  /** A new, empty folder beside the target, to be filled and given to {@link #moveDirectory}. */
  public static Path scratchDirectory(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    return Files.createDirectory(folder.resolve(PREFIX + UUID.randomUUID()));
  }

  /**
   * Renames a complete folder into place.
   *
   * @throws FileAlreadyExistsException when the target exists
   */
  public static void moveDirectory(Path scratch, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    syncFolder(scratch);
    try {
      Files.move(scratch, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (DirectoryNotEmptyException e) {
      throw new FileAlreadyExistsException(target.toString());
    }
    syncFolder(target.toAbsolutePath().getParent());
  }

  /** Forces a file's bytes to the disk. */
  public static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void syncFolder(Path folder) {
    // Not every file system can sync a folder; the rename is atomic all the same.
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      return;
    }
  }

  public static void deleteRecursively(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(path)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  /**
   * The user's view of a failed file operation.
   *
   * @param action what was tried: {@code "write the report"}
   */
  public static SlipstreamException explain(String action, Path path, IOException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e) {
      case NoSuchFileException missing ->
          new SlipstreamException(
              Category.NOT_FOUND,
              "cannot " + action + ": there is no " + missing.getFile(),
              null,
              "Check the path.",
              e);
      case FileNotFoundException missing ->
          new SlipstreamException(
              Category.NOT_FOUND, "cannot " + action + ": " + message, null, "Check the path.", e);
      case FileAlreadyExistsException exists ->
          new SlipstreamException(
              Category.CONFLICT,
              "cannot " + action + ": " + exists.getFile() + " exists",
              null,
              "Choose another name or remove it.",
              e);
      case AccessDeniedException denied ->
          new SlipstreamException(
              Category.INVALID_INPUT,
              "cannot " + action + ": no permission for " + denied.getFile(),
              null,
              "Choose a folder that you may write to.",
              e);
      default ->
          message.contains("No space left") || message.contains("Disk quota")
              ? new SlipstreamException(
                  Category.RESOURCE_EXHAUSTED,
                  "cannot " + action + ": no space left on the disk of " + path,
                  null,
                  "Free some space and try again; what was there before is unchanged.",
                  e)
              : new SlipstreamException(
                  Category.UNAVAILABLE,
                  "cannot " + action + " at " + path + ": " + message,
                  null,
                  "Check the disk and the path.",
                  e);
    };
  }
}
