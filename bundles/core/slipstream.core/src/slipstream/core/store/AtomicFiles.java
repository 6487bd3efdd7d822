package slipstream.core.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
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

  /** Less room than this on a disk counts as none: what failed needed more. */
  private static final long NO_ROOM = 512 << 10;

  private static final String FULL = "No space left on device";
  private static final int MAX_LINKS = 40;

  private AtomicFiles() {}

  /**
   * Replaces or creates a file; where the name is a link, the file that it points to.
   *
   * @param attributes of the file from its first byte on, such as who may read it
   * @throws SlipstreamException CONFLICT when the name is that of a folder or a device
   */
  public static void write(Path target, byte[] bytes, FileAttribute<?>... attributes)
      throws IOException {
    Path file = destination(target);
    Path folder = file.getParent();
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
      move(scratch, file);
    } catch (IOException e) {
      // Now, while the unfinished file still takes the room: the system's words depend on its
      // language.
      throw unspecific(e) && diskFull(folder, e) ? full(file, e) : e;
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /** Errors of the system that have no type of their own. */
  private static boolean unspecific(IOException e) {
    return e.getClass() == IOException.class || e.getClass() == FileSystemException.class;
  }

  private static IOException full(Path file, IOException e) {
    FileSystemException full = new FileSystemException(file.toString(), null, FULL);
    full.initCause(e);
    return full;
  }

  /**
   * The file that is written under a name: the name itself, or what it points to when it is a link, there or not.
   *
   * @return an absolute path
   * @throws SlipstreamException CONFLICT when that is a folder or a device, which no file may replace
   */
  public static Path destination(Path target) throws IOException {
    Path file = target.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemException(target.toString(), null, "it is a link to itself");
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new SlipstreamException(
          Category.CONFLICT,
          target + (Files.isDirectory(file) ? " is a folder" : " is a device") + ", not a file",
          "Give the name of a file.");
    }
    return file;
  }

  /**
   * Renames a complete, synced file or folder into place, replacing the file that was there; where the name is a link,
   * the file that it points to.
   *
   * @throws SlipstreamException CONFLICT when the name is that of a folder or a device
   */
  public static void move(Path scratch, Path target) throws IOException {
    Path file = destination(target);
    try {
      replace(scratch, file);
    } catch (AtomicMoveNotSupportedException e) {
      // A link may lead to another disk.
      Path beside = file.resolveSibling(PREFIX + UUID.randomUUID());
      try {
        Files.copy(scratch, beside, StandardCopyOption.COPY_ATTRIBUTES);
        sync(beside);
        replace(beside, file);
      } finally {
        Files.deleteIfExists(beside);
      }
      Files.delete(scratch);
    }
  }

  private static void replace(Path scratch, Path file) throws IOException {
    Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(file.getParent());
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
   * Whether an operation failed for want of room.
   *
   * @param path on the disk, there or not
   */
  public static boolean diskFull(Path path, Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || message.contains("Disk quota")) {
      return true;
    }
    Path there = path.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there != null && Files.getFileStore(there).getUsableSpace() < NO_ROOM;
    } catch (IOException unknown) {
      return false;
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
          diskFull(path, e)
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
