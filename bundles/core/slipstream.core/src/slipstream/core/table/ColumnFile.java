package slipstream.core.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;

/** The values of a column on their way into a file, hashed as they are written; or hashed only. */
final class ColumnFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final MessageDigest digest = Hashing.digest();
  private long length;

  ColumnFile(Path path) throws IOException {
    this.path = path;
    channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Values that are hashed and kept nowhere. */
  ColumnFile() {
    path = null;
    channel = null;
  }

  Path path() {
    return path;
  }

  /**
   * @param bytes backed by an array, from 0 to their position
   */
  void write(ByteBuffer bytes) {
    bytes.flip();
    length += bytes.limit();
    digest.update(bytes.array(), 0, bytes.limit());
    try {
      while (channel != null && bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("write the table", path.getParent(), e);
    }
    bytes.clear();
  }

  /** Bytes written. */
  long length() {
    return length;
  }

  /** SHA-256 (hex) of all that was written; nothing is written afterwards. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Forces what was written to the disk. */
  void sync() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
