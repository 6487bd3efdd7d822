package slipstream.store.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;

/**
 * Keeps a workspace to one process.
 *
 * <p>The operating system's lock on {@code .slipstream/lock} decides, so it goes when the process dies; the file's text
 * only says who holds it.
 */
public final class WorkspaceLock implements AutoCloseable {
  // POSIX drops all of a process's locks on a file when any of its descriptors is closed: never
  // open it twice.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private WorkspaceLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws SlipstreamException CONFLICT, saying who holds it
   */
  public static WorkspaceLock take(Path workspace, Path file) {
    FileChannel channel = null;
    Path real = null;
    boolean taken = false;
    try {
      Files.createDirectories(file.getParent());
      real = file.getParent().toRealPath().resolve(file.getFileName());
      if (!HELD_HERE.add(real)) {
        real = null;
        throw inUse(workspace, "this process");
      }
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw inUse(workspace, read(channel));
      }
      write(channel, holder());
      taken = true;
      return new WorkspaceLock(real, channel);
    } catch (IOException e) {
      throw AtomicFiles.explain("open the workspace", workspace, e);
    } finally {
      if (!taken) {
        closeQuietly(channel);
        if (real != null) {
          HELD_HERE.remove(real);
        }
      }
    }
  }

  private static SlipstreamException inUse(Path workspace, String holder) {
    return new SlipstreamException(
        SlipstreamException.Category.CONFLICT,
        "workspace " + workspace + " is in use" + (holder.isEmpty() ? "" : " by " + holder),
        "Close it there, or choose another workspace.");
  }

  private static String holder() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      host = "this machine";
    }
    return "process "
        + ProcessHandle.current().pid()
        + " of "
        + System.getProperty("user.name")
        + " on "
        + host
        + " since "
        + Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(500);
    channel.read(buffer, 0);
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse("").strip();
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The first failure is the one to report.
        return;
      }
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
    HELD_HERE.remove(file);
  }
}
