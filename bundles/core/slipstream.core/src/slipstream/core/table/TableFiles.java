package slipstream.core.table;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;

/**
 * The files of a table, version 1: {@code docs/formats/table.md}.
 *
 * <p>Opening checks the manifest's own checksum and every file's length; {@link #verify} reads all bytes.
 */
public final class TableFiles {
  static final String MANIFEST = "manifest.bin";
  private static final byte[] MAGIC = "SLIPTABL".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  static final int MAX_FIELDS = 1 << 16;

  private TableFiles() {}

  static String valuesName(int column) {
    return Text.format("%05d.values", column);
  }

  static String validityName(int column) {
    return Text.format("%05d.valid", column);
  }

  static String dictionaryName(int column) {
    return Text.format("%05d.strings", column);
  }

  private record Part(long length, String hash) {
    static final Part NONE = new Part(-1, "");
  }

  /** Writes validity, dictionaries and, last, the manifest; the values are in their files, and these are whole. */
  static void seal(
      Path directory,
      List<ColumnBuilder> builders,
      String time,
      String instrument,
      List<Partition> partitions)
      throws IOException {
    long rows = builders.isEmpty() ? 0 : builders.getFirst().rows();
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < builders.size(); i++) {
      ColumnBuilder builder = builders.get(i);
      parts.add(new Part(builder.file().length(), builder.file().hash()));
      byte[] validity = builder.validity();
      parts.add(optional(directory.resolve(validityName(i)), validity));
      byte[] strings = builder.dictionary().isEmpty() ? null : encode(builder.dictionary());
      parts.add(optional(directory.resolve(dictionaryName(i)), strings));
    }
    List<Field> fields = builders.stream().map(ColumnBuilder::field).toList();
    byte[] manifest = encode(fields, time, instrument, rows, parts, partitions);
    AtomicFiles.write(directory.resolve(MANIFEST), manifest);
  }

  /** The hashes that {@link #seal} would give the column's files. */
  static List<String> hashes(ColumnBuilder builder) {
    builder.finishFile();
    byte[] validity = builder.validity();
    return List.of(
        builder.file().hash(),
        validity == null ? "" : Hashing.sha256(validity),
        Table.dictionaryHash(builder.dictionary()));
  }

  private static Part optional(Path file, byte[] bytes) throws IOException {
    if (bytes == null) {
      return Part.NONE;
    }
    AtomicFiles.write(file, bytes);
    return new Part(bytes.length, Hashing.sha256(bytes));
  }

  static Table open(Path directory) {
    Manifest manifest = readManifest(directory);
    Arena arena = Arena.ofShared();
    try {
      for (int i = 0; i < manifest.parts.size(); i++) {
        checkLength(directory, i, manifest.parts.get(i));
      }
      List<Column> columns = map(directory, manifest.fields, manifest.rows, manifest.parts, arena);
      List<String> hashes = manifest.parts.stream().map(Part::hash).toList();
      Schema schema = new Schema(manifest.fields);
      String hash = Table.hash(schema, manifest.time, manifest.instrument, manifest.rows, hashes);
      return new Table(
          columns,
          manifest.time,
          manifest.instrument,
          manifest.partitions,
          manifest.rows,
          arena,
          hash);
    } catch (IOException e) {
      arena.close();
      throw AtomicFiles.explain("open the table", directory, e);
    } catch (IllegalArgumentException e) {
      arena.close();
      throw damaged(directory.resolve(MANIFEST), "its content does not fit together");
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads every byte of a table and compares it with the manifest's checksums.
   *
   * @throws SlipstreamException CORRUPT, naming the damaged file
   */
  public static void verify(Path directory) {
    Manifest manifest = readManifest(directory);
    try {
      for (int i = 0; i < manifest.parts.size(); i++) {
        Part part = manifest.parts.get(i);
        if (part.length >= 0) {
          checkLength(directory, i, part);
          Path file = directory.resolve(partName(i));
          if (!Hashing.sha256(file).equals(part.hash)) {
            throw damaged(file, "its checksum differs");
          }
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("verify the table", directory, e);
    }
  }

  private static void checkLength(Path directory, int part, Part expected) throws IOException {
    if (expected.length >= 0) {
      Path file = directory.resolve(partName(part));
      if (!Files.exists(file)) {
        throw damaged(file, "it is missing");
      }
      if (Files.size(file) != expected.length) {
        throw damaged(
            file, Text.format("it has %d bytes, not %d", Files.size(file), expected.length));
      }
    }
  }

  private static String partName(int part) {
    int column = part / 3;
    return switch (part % 3) {
      case 0 -> valuesName(column);
      case 1 -> validityName(column);
      default -> dictionaryName(column);
    };
  }

  private static SlipstreamException damaged(Path file, String how) {
    return SlipstreamException.corrupt(
        "table file " + file + " is damaged: " + how, "Import the data again.");
  }

  private static List<Column> map(
      Path directory, List<Field> fields, long rows, List<Part> parts, Arena arena)
      throws IOException {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      MemorySegment values = mapFile(directory.resolve(valuesName(i)), arena);
      MemorySegment validity =
          parts.get(3 * i + 1).length < 0
              ? null
              : mapFile(directory.resolve(validityName(i)), arena);
      List<String> dictionary =
          parts.get(3 * i + 2).length < 0
              ? List.of()
              : decode(directory.resolve(dictionaryName(i)));
      columns.add(new Column(fields.get(i), rows, values, validity, dictionary));
    }
    return columns;
  }

  static MemorySegment mapFile(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  // ------------------------------------------------------------------ strings

  /** count, then (length, UTF-8 bytes) each, little-endian. */
  static byte[] encode(List<String> strings) {
    List<byte[]> encoded =
        strings.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    long size = 4;
    for (byte[] bytes : encoded) {
      size += 4L + bytes.length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(encoded.size());
    for (byte[] bytes : encoded) {
      buffer.putInt(bytes.length).put(bytes);
    }
    return buffer.array();
  }

  private static List<String> decode(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int count = buffer.getInt();
      if (count < 0 || count > buffer.remaining() / 4) {
        throw damaged(file, "it claims " + count + " strings");
      }
      List<String> strings = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        strings.add(getString(buffer));
      }
      return strings;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw damaged(file, "it ends early");
    }
  }

  private static String getString(ByteBuffer buffer) {
    int length = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  // ----------------------------------------------------------------- manifest

  private record Manifest(
      List<Field> fields,
      String time,
      String instrument,
      long rows,
      List<Part> parts,
      List<Partition> partitions) {}

  private static byte[] encode(
      List<Field> fields,
      String time,
      String instrument,
      long rows,
      List<Part> parts,
      List<Partition> partitions) {
    List<String> words = new ArrayList<>(List.of(time, instrument));
    for (Field field : fields) {
      words.addAll(List.of(field.name(), field.unit(), field.description()));
    }
    parts.forEach(part -> words.add(part.hash));
    partitions.forEach(partition -> words.add(partition.instrument()));
    byte[] strings = encode(words);
    long size =
        MAGIC.length
            + 4L // version
            + 8 // rows
            + 4
            + 4L * fields.size()
            + 8L * parts.size()
            + 4
            + 16L * partitions.size()
            + strings.length
            + 32;
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC).putInt(VERSION).putLong(rows).putInt(fields.size());
    fields.forEach(field -> buffer.putInt(field.type().code()));
    parts.forEach(part -> buffer.putLong(part.length));
    buffer.putInt(partitions.size());
    partitions.forEach(partition -> buffer.putLong(partition.from()).putLong(partition.to()));
    buffer.put(strings);
    byte[] body = Arrays.copyOf(buffer.array(), buffer.position());
    return buffer.put(Hashing.sha256Bytes(body)).array();
  }

  private static Manifest readManifest(Path directory) {
    Path file = directory.resolve(MANIFEST);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      if (Files.isDirectory(directory)) {
        throw damaged(file, "it is missing");
      }
      throw SlipstreamException.notFound(
          "there is no table at " + directory, "Import the data again.");
    } catch (IOException e) {
      throw AtomicFiles.explain("open the table", directory, e);
    }
    if (bytes.length < MAGIC.length + 4 + 32
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw damaged(file, "it is not a table's manifest");
    }
    byte[] body = Arrays.copyOf(bytes, bytes.length - 32);
    byte[] sum = Arrays.copyOfRange(bytes, bytes.length - 32, bytes.length);
    ByteBuffer buffer = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    int version = buffer.position(MAGIC.length).getInt();
    if (version > VERSION) {
      throw SlipstreamException.corrupt(
          "table " + directory + " has format version " + version + ", newer than " + VERSION,
          "Open it with a newer Slipstream.");
    }
    if (!Arrays.equals(Hashing.sha256Bytes(body), sum)) {
      throw damaged(file, "its checksum differs");
    }
    try {
      return decodeManifest(buffer, file);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(file, "its content does not fit together");
    }
  }

  private static Manifest decodeManifest(ByteBuffer buffer, Path file) {
    long rows = buffer.getLong();
    int columns = buffer.getInt();
    if (columns < 0 || columns > MAX_FIELDS || rows < 0) {
      throw damaged(file, "it claims " + columns + " columns and " + rows + " rows");
    }
    ColumnType[] types = new ColumnType[columns];
    for (int i = 0; i < columns; i++) {
      types[i] = ColumnType.ofCode(buffer.getInt());
    }
    long[] lengths = new long[3 * columns];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = buffer.getLong();
    }
    int partitionCount = buffer.getInt();
    if (partitionCount < 0 || partitionCount > buffer.remaining() / 16) {
      throw damaged(file, "it claims " + partitionCount + " partitions");
    }
    long[] bounds = new long[2 * partitionCount];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = buffer.getLong();
    }
    int count = buffer.getInt();
    if (count != 2 + 6 * columns + partitionCount) {
      throw damaged(file, "it names " + count + " words");
    }
    String time = getString(buffer);
    String instrument = getString(buffer);
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      fields.add(new Field(getString(buffer), types[i], getString(buffer), getString(buffer)));
    }
    List<Part> parts = new ArrayList<>();
    for (long length : lengths) {
      parts.add(new Part(length, getString(buffer)));
    }
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < partitionCount; i++) {
      partitions.add(new Partition(getString(buffer), bounds[2 * i], bounds[2 * i + 1]));
    }
    checkKey(fields, time, ColumnType.TIMESTAMP);
    checkKey(fields, instrument, ColumnType.STRING);
    long covered = 0;
    for (Partition partition : partitions) {
      if (partition.from() != covered) {
        throw new IllegalArgumentException("partitions do not cover the rows");
      }
      covered = partition.to();
    }
    if (covered != rows
        || fields.stream().map(Field::name).distinct().count() != fields.size()
        || parts.stream().anyMatch(part -> part.length < -1)) {
      throw new IllegalArgumentException("the parts do not fit together");
    }
    return new Manifest(fields, time, instrument, rows, parts, partitions);
  }

  private static void checkKey(List<Field> fields, String name, ColumnType type) {
    if (!name.isEmpty()
        && fields.stream().noneMatch(field -> field.name().equals(name) && field.type() == type)) {
      throw new IllegalArgumentException("no key column " + name);
    }
  }
}
