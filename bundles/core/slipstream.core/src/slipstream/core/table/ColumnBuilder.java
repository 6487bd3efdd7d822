package slipstream.core.table;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;

/**
 * Appends the values of a column one by one, in memory or straight into a file.
 *
 * <p>A null leaves zero bytes in its slot, so that equal columns have equal bytes. Not thread-safe.
 */
public final class ColumnBuilder implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  /** Above this a text column is an identifier or a note, and codes no longer pay. */
  static final int MAX_DICTIONARY = 1 << 24;

  private final Field field;
  private final OutputStream file;
  private final Path path;
  private byte[] memory = new byte[0];
  private int memorySize;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
  private byte[] valid = new byte[64];
  private boolean anyNull;
  private long rows;
  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> dictionary = new ArrayList<>();

  private ColumnBuilder(Field field, OutputStream file, Path path) {
    this.field = field;
    this.file = file;
    this.path = path;
  }

  /** A builder whose values stay in memory: at most 2 GiB a column. */
  public static ColumnBuilder inMemory(Field field) {
    return new ColumnBuilder(field, null, null);
  }

  static ColumnBuilder toFile(Field field, Path file) throws IOException {
    return new ColumnBuilder(field, Files.newOutputStream(file), file);
  }

  public Field field() {
    return field;
  }

  public long rows() {
    return rows;
  }

  /** Appends a number; the column is FLOAT64 or FLOAT32. */
  public void addDouble(double value) {
    switch (field.type()) {
      case FLOAT64 -> room(8).putDouble(value);
      case FLOAT32 -> room(4).putFloat((float) value);
      default -> throw wrongType("a fraction");
    }
    mark(true);
  }

  /** Appends a whole number; the column is INT64, INT32, TIMESTAMP or BOOLEAN. */
  public void addLong(long value) {
    switch (field.type()) {
      case INT64, TIMESTAMP -> room(8).putLong(value);
      case INT32 -> {
        if (value != (int) value) {
          throw SlipstreamException.invalid(
              "column '" + field.name() + "' is INT32 and was given " + value,
              "Declare the column as int64 in the import.");
        }
        room(4).putInt((int) value);
      }
      case BOOLEAN -> room(1).put((byte) (value != 0 ? 1 : 0));
      default -> throw wrongType("a whole number");
    }
    mark(true);
  }

  /** Appends a string, or a null. */
  public void addString(String value) {
    if (value == null) {
      addNull();
      return;
    }
    if (field.type() != ColumnType.STRING) {
      throw wrongType("text");
    }
    Integer code = codes.get(value);
    if (code == null) {
      String sound = Utf8.sound(value);
      if (!sound.equals(value)) {
        addString(sound);
        return;
      }
      code = dictionary.size();
      if (code >= MAX_DICTIONARY) {
        throw SlipstreamException.invalid(
            "text column '" + field.name() + "' has over " + MAX_DICTIONARY + " distinct values",
            "Leave it out of the import.");
      }
      codes.put(value, code);
      dictionary.add(value);
    }
    room(4).putInt(code);
    mark(true);
  }

  public void addNull() {
    ByteBuffer target = room(field.type().width());
    for (int i = field.type().width(); i > 0; i--) {
      target.put((byte) 0);
    }
    mark(false);
  }

  /** Ends an in-memory column. */
  public Column build() {
    if (file != null) {
      throw new IllegalStateException("a column in a file is built by its table");
    }
    drain();
    MemorySegment values = MemorySegment.ofArray(Arrays.copyOf(memory, memorySize));
    return new Column(
        field, rows, values, anyNull ? MemorySegment.ofArray(validity()) : null, dictionary);
  }

  /** The validity bitmap, or null when no value is null. */
  byte[] validity() {
    return anyNull ? Arrays.copyOf(valid, Math.toIntExact((rows + 7) / 8)) : null;
  }

  List<String> dictionary() {
    return dictionary;
  }

  private SlipstreamException wrongType(String what) {
    return SlipstreamException.invalid(
        "column '" + field.name() + "' is " + field.type() + " and was given " + what,
        "Declare the column's type in the import.");
  }

  private ByteBuffer room(int bytes) {
    if (chunk.remaining() < bytes) {
      drain();
    }
    return chunk;
  }

  private void mark(boolean present) {
    int at = Math.toIntExact(rows >> 3);
    if (at >= valid.length) {
      valid = Arrays.copyOf(valid, valid.length * 2);
    }
    if (present) {
      valid[at] |= (byte) (1 << (rows & 7));
    } else {
      anyNull = true;
    }
    rows++;
  }

  private void drain() {
    int length = chunk.position();
    if (file != null) {
      try {
        file.write(chunk.array(), 0, length);
      } catch (IOException e) {
        throw AtomicFiles.explain("write the table", path.getParent(), e);
      }
    } else {
      if ((long) memorySize + length > Integer.MAX_VALUE - 16) {
        throw new SlipstreamException(
            SlipstreamException.Category.RESOURCE_EXHAUSTED,
            "column '" + field.name() + "' has over 2 GiB in memory",
            "Write it to files, or work on fewer rows.");
      }
      if (memorySize + length > memory.length) {
        long wanted = Math.max((long) memorySize + length, memory.length * 2L);
        memory = Arrays.copyOf(memory, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
      }
      System.arraycopy(chunk.array(), 0, memory, memorySize, length);
      memorySize += length;
    }
    chunk.clear();
  }

  void finishFile() throws IOException {
    drain();
    file.close();
  }

  @Override
  public void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
