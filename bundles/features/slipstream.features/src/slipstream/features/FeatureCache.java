package slipstream.features;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;

/**
 * Series that were computed before, by what they are computed from: the content of the table, the expression down to the
 * versions of its functions, and the version of the code. The format is {@code docs/formats/feature-cache.md}.
 *
 * <p>An entry is whole or not there, and its values are checked each time they are used. Entries that were not used for
 * the longest time make room for new ones. Safe for several threads and processes.
 */
public final class FeatureCache {
  /** Most that the entries take, unless a quarter of the disk is less. */
  public static final long QUOTA = 20L << 30;

  static final String EXTENSION = ".series";
  private static final byte[] MAGIC = "SLIPFEAT".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int LONGEST = 10_000;
  private static final int PIECE = 1 << 20;

  /** Length of the footer, then the magic bytes. */
  private static final int TAIL = Integer.BYTES + 8;

  private static final int MOST_FOOTER = 1 << 20;

  /**
   * A series in the cache.
   *
   * @param key SHA-256 (hex) of what it was computed from
   * @param expression as written
   * @param codeVersion that computed it
   * @param bytes of its file
   * @param used when it was last computed or taken
   */
  public record Entry(
      String key, String expression, String codeVersion, long rows, long bytes, Instant used) {}

  /**
   * @param removed entries
   * @param bytes that they took
   */
  public record Pruned(int removed, long bytes) {}

  private record Footer(
      long rows, byte[] hash, int checksum, String expression, String codeVersion) {}

  private final Path folder;
  private final long quota;

  /**
   * @param folder need not exist
   * @param quota most bytes that entries may take
   */
  public FeatureCache(Path folder, long quota) {
    this.folder = folder;
    this.quota = quota;
  }

  /** With {@link #QUOTA}. */
  public FeatureCache(Path folder) {
    this(folder, -1);
  }

  public Path folder() {
    return folder;
  }

  /** Most bytes that entries may take. */
  public long quota() throws IOException {
    if (quota >= 0) {
      return quota;
    }
    Path there = folder;
    while (!Files.exists(there)) {
      there = there.toAbsolutePath().getParent();
    }
    return Math.min(QUOTA, Files.getFileStore(there).getTotalSpace() / 4);
  }

  private Path path(String key) {
    return folder.resolve(key.substring(0, 2)).resolve(key + EXTENSION);
  }

  // ------------------------------------------------------------------ reading

  /** What is done with an entry's values, which the file starts with. */
  @FunctionalInterface
  interface Use {
    void of(FileChannel values) throws IOException;
  }

  /** Whether there is an entry of a key, whole or not; it may be gone a moment later. */
  boolean has(String key) {
    return Files.exists(path(key));
  }

  /**
   * Gives the values of a key to somebody, when they are there and whole; what is damaged is removed. From the file that
   * was found good, that is: another process may remove an entry at any time.
   *
   * @param damaged told when something was
   * @return the hash of the values, SHA-256 in hex
   */
  Optional<String> find(String key, long rows, Runnable damaged, Use use) throws IOException {
    Path file = path(key);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Footer footer = footer(channel);
      if (footer != null && footer.rows == rows && footer.checksum == checksum(channel, rows)) {
        use.of(channel);
        used(file);
        return Optional.of(HexFormat.of().formatHex(footer.hash));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Files.deleteIfExists(file);
    damaged.run();
    return Optional.empty();
  }

  private static void used(Path file) throws IOException {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      return; // removed meanwhile, which costs the next one the computation and not this one
    }
  }

  /** Null when it is damaged or of another version. */
  private static Footer footer(FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer tail = read(channel, size - TAIL, TAIL);
    if (tail == null) {
      return null;
    }
    int length = tail.getInt();
    byte[] magic = new byte[MAGIC.length];
    tail.get(magic);
    if (!Arrays.equals(magic, MAGIC) || length < Integer.BYTES || length > MOST_FOOTER) {
      return null;
    }
    ByteBuffer body = read(channel, size - TAIL - length, length);
    if (body == null) {
      return null;
    }
    CRC32C sum = new CRC32C();
    sum.update(body.slice(0, length - Integer.BYTES));
    if (body.getInt(length - Integer.BYTES) != (int) sum.getValue()) {
      return null;
    }
    try {
      int version = body.getInt();
      long rows = body.getLong();
      byte[] hash = new byte[32];
      body.get(hash);
      int checksum = body.getInt();
      Footer footer = new Footer(rows, hash, checksum, text(body), text(body));
      return version == VERSION && size == rows * Double.BYTES + length + TAIL ? footer : null;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String text(ByteBuffer from) {
    byte[] bytes = new byte[Math.clamp(from.getInt(), 0, from.remaining())];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    if (at < 0) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        return null;
      }
    }
    return bytes.flip();
  }

  private static int checksum(FileChannel channel, long rows) throws IOException {
    CRC32C sum = new CRC32C();
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    long size = rows * Double.BYTES;
    for (long at = 0; at < size; ) {
      piece.clear().limit((int) Math.min(PIECE, size - at));
      int read = channel.read(piece, at);
      if (read < 0) {
        return 0;
      }
      at += read;
      sum.update(piece.flip());
    }
    return (int) sum.getValue();
  }

  // ------------------------------------------------------------------ writing

  /**
   * Adds a series from an array.
   *
   * @return SHA-256 (hex) of the values
   */
  String put(String key, String expression, String codeVersion, double[] values)
      throws IOException {
    Files.createDirectories(path(key).getParent());
    Path file = path(key).resolveSibling(AtomicFiles.PREFIX + UUID.randomUUID());
    try {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        MemorySegment segment = MemorySegment.ofBuffer(bytes);
        for (int from = 0; from < values.length; from += PIECE / Double.BYTES) {
          int count = Math.min(PIECE / Double.BYTES, values.length - from);
          MemorySegment.copy(
              values,
              from,
              segment,
              ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
              0,
              count);
          write(channel, bytes.clear().limit(count * Double.BYTES));
        }
      }
      return put(key, expression, codeVersion, file, values.length);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Adds a series by moving its file here.
   *
   * @param file of little-endian doubles
   * @return SHA-256 (hex) of the values
   */
  String put(String key, String expression, String codeVersion, Path file, long rows)
      throws IOException {
    Path target = path(key);
    MessageDigest digest = Hashing.digest();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      CRC32C sum = new CRC32C();
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      channel.position(0);
      while (channel.read(piece.clear()) >= 0) {
        sum.update(piece.flip());
        digest.update(piece.rewind());
      }
      byte[] hash = digest.digest();
      Footer footer =
          new Footer(rows, hash, (int) sum.getValue(), shortened(expression), codeVersion);
      channel.position(rows * Double.BYTES);
      write(channel, encode(footer));
      Files.createDirectories(target.getParent());
      move(file, target);
      return HexFormat.of().formatHex(hash);
    }
  }

  private static void move(Path file, Path target) throws IOException {
    if (Files.getFileStore(file).equals(Files.getFileStore(target.getParent()))) {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Path near = target.resolveSibling(AtomicFiles.PREFIX + UUID.randomUUID());
    try {
      Files.copy(file, near);
      Files.move(near, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(near);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  private static ByteBuffer encode(Footer footer) {
    byte[] expression = footer.expression.getBytes(StandardCharsets.UTF_8);
    byte[] code = footer.codeVersion.getBytes(StandardCharsets.UTF_8);
    int length = 4 + 8 + 32 + 4 + 4 + expression.length + 4 + code.length + 4;
    ByteBuffer bytes = ByteBuffer.allocate(length + TAIL).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(VERSION).putLong(footer.rows).put(footer.hash).putInt(footer.checksum);
    bytes.putInt(expression.length).put(expression).putInt(code.length).put(code);
    CRC32C sum = new CRC32C();
    sum.update(bytes.array(), 0, bytes.position());
    return bytes.putInt((int) sum.getValue()).putInt(length).put(MAGIC).flip();
  }

  // --------------------------------------------------------- list and prune

  private record Found(Path file, long bytes, Instant used) {}

  private List<Found> files() throws IOException {
    List<Found> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
      for (Path each : folders) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(each)) {
          for (Path file : files) {
            found.add(
                new Found(file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
          }
        } catch (NoSuchFileException | NotDirectoryException e) {
          continue; // removed meanwhile, or none of ours
        }
      }
    } catch (NoSuchFileException e) {
      return found;
    }
    found.sort(Comparator.comparing(Found::used).thenComparing(Found::file));
    return found;
  }

  /** What is in the cache, the latest used first. Damaged entries are left out. */
  public List<Entry> list() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Found each : files().reversed()) {
      String name = each.file.getFileName().toString();
      if (!name.endsWith(EXTENSION)) {
        continue;
      }
      try (FileChannel channel = FileChannel.open(each.file, StandardOpenOption.READ)) {
        Footer footer = footer(channel);
        if (footer != null) {
          entries.add(
              new Entry(
                  name.substring(0, name.length() - EXTENSION.length()),
                  footer.expression,
                  footer.codeVersion,
                  footer.rows,
                  each.bytes,
                  each.used));
        }
      } catch (NoSuchFileException e) {
        continue; // removed meanwhile
      }
    }
    return entries;
  }

  /** Removes what was not used for the longest time until at most so many bytes are left; 0 removes everything. */
  public Pruned prune(long most) throws IOException {
    List<Found> files = files();
    long left = files.stream().mapToLong(Found::bytes).sum();
    int removed = 0;
    long bytes = 0;
    for (Found each : files) {
      if (left <= most) {
        break;
      }
      if (Files.deleteIfExists(each.file)) {
        removed++;
        bytes += each.bytes;
      }
      left -= each.bytes;
    }
    return new Pruned(removed, bytes);
  }
}
