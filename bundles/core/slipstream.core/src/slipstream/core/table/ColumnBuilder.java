package slipstream.core.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import slipstream.core.SlipstreamException;

/**
 * Appends the values of a column one by one, in memory or straight into a file.
 *
 * <p>A null leaves zero bytes in its slot, so that equal columns have equal bytes. Not thread-safe.
 */
public final class ColumnBuilder implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  /** Rows that are copied at once. */
  private static final int BLOCK = 1 << 12;

  /** Above this a text column is an identifier or a note, and codes no longer pay. */
  static final int MAX_DICTIONARY = 1 << 24;

  private final Field field;
  private final ColumnFile file;
  private final BlockWriter writer;
  private byte[] memory = new byte[0];
  private int memorySize;
  private ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);

  /** A bit a row, 1 where there is a value; null before the first null. */
  private byte[] valid;

  private long rows;
  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> dictionary = new ArrayList<>();

  /** The words of columns whose rows were appended, by their dictionary itself. */
  private final Map<List<String>, Words> wordsOf = new IdentityHashMap<>();

  private ColumnBuilder(Field field, ColumnFile file, BlockWriter writer) {
    this.field = field;
    this.file = file;
    this.writer = writer;
  }

  /** A builder whose values stay in memory: at most 2 GiB a column. */
  public static ColumnBuilder inMemory(Field field) {
    return new ColumnBuilder(field, null, null);
  }

  /**
   * @param writer writes full blocks; null to write them in the calling thread
   */
  static ColumnBuilder toFile(Field field, Path file, BlockWriter writer) throws IOException {
    return new ColumnBuilder(field, new ColumnFile(file), writer);
  }

  /** A builder whose values are hashed and kept nowhere. */
  static ColumnBuilder hashing(Field field) {
    return new ColumnBuilder(field, new ColumnFile(), null);
  }

  public Field field() {
    return field;
  }

  public long rows() {
    return rows;
  }

  // -------------------------------------------------------------- one by one

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
    room(4).putInt(code(value));
    mark(true);
  }

  public void addNull() {
    ByteBuffer target = room(field.type().width());
    for (int i = field.type().width(); i > 0; i--) {
      target.put((byte) 0);
    }
    mark(false);
  }

  // -------------------------------------------------------------- many at once

  /**
   * Appends numbers to a FLOAT64 column.
   *
   * @param values from 0 on; 0 where there is none
   * @param present bit {@code i & 63} of word {@code i >> 6} is 0 where value {@code i} is a null; null when none is
   */
  public void addDoubles(double[] values, int count, long[] present) {
    require(field.type() == ColumnType.FLOAT64, "fractions");
    for (int done = 0; done < count; ) {
      int piece = piece(Double.BYTES, count - done);
      copy(MemorySegment.ofArray(values), Column.NATIVE_DOUBLE, Column.DOUBLE, done, piece);
      done += piece;
    }
    mark(count, present);
  }

  /** As {@link #addDoubles}, to a FLOAT32 column. */
  public void addFloats(float[] values, int count, long[] present) {
    require(field.type() == ColumnType.FLOAT32, "fractions");
    for (int done = 0; done < count; ) {
      int piece = piece(Float.BYTES, count - done);
      copy(MemorySegment.ofArray(values), Column.NATIVE_FLOAT, Column.FLOAT, done, piece);
      done += piece;
    }
    mark(count, present);
  }

  /** As {@link #addDoubles}, to an INT64 or TIMESTAMP column. */
  public void addLongs(long[] values, int count, long[] present) {
    require(
        field.type() == ColumnType.INT64 || field.type() == ColumnType.TIMESTAMP, "whole numbers");
    addRaw(values, count, present);
  }

  /** As {@link #addDoubles}, to an INT32 column. */
  public void addInts(int[] values, int count, long[] present) {
    require(field.type() == ColumnType.INT32, "whole numbers");
    addRaw(values, count, present);
  }

  /** As {@link #addDoubles}, to a BOOLEAN column: 0 or 1 each. */
  public void addBooleans(byte[] values, int count, long[] present) {
    require(field.type() == ColumnType.BOOLEAN, "true and false");
    addRaw(values, count, present);
  }

  /** Appends one string many times, to a STRING column. */
  public void addStrings(String value, int count) {
    int code = code(value);
    for (int i = 0; i < count; i++) {
      room(Integer.BYTES).putInt(code);
    }
    mark(count, null);
  }

  /** Strings that come as places in a list; a builder's own codes are in order of first use. */
  public static final class Words {
    private final List<String> words;
    private final int[] codes;

    public Words(List<String> words) {
      this.words = List.copyOf(words);
      this.codes = new int[words.size()];
      Arrays.fill(codes, -1);
    }
  }

  /**
   * As {@link #addDoubles}, to a STRING column.
   *
   * @param places in the list of words; they are changed here
   * @param words always the same ones, of this builder alone
   */
  public void addWords(int[] places, int count, long[] present, Words words) {
    for (int i = 0; i < count; i++) {
      if (present(present, i)) {
        int place = places[i];
        if (words.codes[place] < 0) {
          words.codes[place] = code(words.words.get(place));
        }
        places[i] = words.codes[place];
      } else {
        places[i] = 0;
      }
    }
    addRaw(places, count, present);
  }

  /** Values of 8 bytes, of whatever type. */
  void addRaw(long[] values, int count, long[] present) {
    for (int done = 0; done < count; ) {
      int piece = piece(Long.BYTES, count - done);
      copy(MemorySegment.ofArray(values), Column.NATIVE_LONG, Column.LONG, done, piece);
      done += piece;
    }
    mark(count, present);
  }

  /** Values of 4 bytes, of whatever type. */
  void addRaw(int[] values, int count, long[] present) {
    for (int done = 0; done < count; ) {
      int piece = piece(Integer.BYTES, count - done);
      copy(MemorySegment.ofArray(values), Column.NATIVE_INT, Column.INT, done, piece);
      done += piece;
    }
    mark(count, present);
  }

  /** Values of a byte. */
  void addRaw(byte[] values, int count, long[] present) {
    put(values, count);
    mark(count, present);
  }

  // ------------------------------------------------- rows of another column

  /** Appends rows [from, to) of a column of the same type. */
  public void addRange(Column column, long from, long to) {
    require(column.type() == field.type(), "values of " + column.type());
    int width = field.type().width();
    byte[] bytes = new byte[(int) Math.min(BLOCK, to - from) * width];
    for (long at = from; at < to; at += BLOCK) {
      int count = (int) Math.min(BLOCK, to - at);
      long start = at;
      long[] present = column.hasNulls() ? present(column, count, i -> start + i) : null;
      if (field.type() == ColumnType.STRING) {
        int[] places = new int[count];
        column.copyCodes(at, at + count, places);
        addWords(places, count, present, words(column));
        continue;
      }
      MemorySegment.copy(column.raw(), ValueLayout.JAVA_BYTE, at * width, bytes, 0, count * width);
      for (int i = 0; present != null && i < count; i++) {
        if (!present(present, i)) {
          Arrays.fill(bytes, i * width, (i + 1) * width, (byte) 0);
        }
      }
      put(bytes, count * width);
      mark(count, present);
    }
  }

  /**
   * Appends rows of a column of the same type.
   *
   * @param rows from 0 on; -1 stands for a null
   */
  public void addRows(Column column, long[] rows, int count) {
    require(column.type() == field.type(), "values of " + column.type());
    for (int from = 0; from < count; from += BLOCK) {
      addBlock(column, rows, from, Math.min(BLOCK, count - from));
    }
  }

  private void addBlock(Column column, long[] rows, int from, int count) {
    MemorySegment values = column.raw();
    long[] present = present(column, count, i -> rows[from + i]);
    switch (field.type().width()) {
      case Long.BYTES -> {
        long[] eights = new long[count];
        for (int i = 0; i < count; i++) {
          if (present(present, i)) {
            eights[i] = values.getAtIndex(Column.LONG, rows[from + i]);
          }
        }
        addRaw(eights, count, present);
      }
      case Integer.BYTES -> {
        int[] fours = new int[count];
        for (int i = 0; i < count; i++) {
          if (present(present, i)) {
            fours[i] = values.getAtIndex(Column.INT, rows[from + i]);
          }
        }
        if (field.type() == ColumnType.STRING) {
          addWords(fours, count, present, words(column));
        } else {
          addRaw(fours, count, present);
        }
      }
      default -> {
        byte[] ones = new byte[count];
        for (int i = 0; i < count; i++) {
          if (present(present, i)) {
            ones[i] = values.get(ValueLayout.JAVA_BYTE, rows[from + i]);
          }
        }
        addRaw(ones, count, present);
      }
    }
  }

  /** Which rows of a column have a value; null when all have. */
  private static long[] present(Column column, int count, IntToLongFunction row) {
    long[] present = null;
    for (int i = 0; i < count; i++) {
      long at = row.applyAsLong(i);
      if (at < 0 || column.isNull(at)) {
        if (present == null) {
          present = new long[Math.ceilDiv(count, Long.SIZE)];
          Arrays.fill(present, -1);
        }
        present[i >> 6] &= ~(1L << i);
      }
    }
    return present;
  }

  private Words words(Column column) {
    return wordsOf.computeIfAbsent(column.dictionary(), Words::new);
  }

  private void put(byte[] bytes, int length) {
    for (int done = 0; done < length; ) {
      int piece = Math.min(length - done, room(1).remaining());
      chunk.put(bytes, done, piece);
      done += piece;
    }
  }

  /** How many of the values find room now, at least one. */
  private int piece(int width, int wanted) {
    return Math.min(wanted, room(width).remaining() / width);
  }

  private void copy(MemorySegment values, ValueLayout from, ValueLayout to, int first, int count) {
    long width = from.byteSize();
    MemorySegment.copy(
        values,
        from,
        first * width,
        MemorySegment.ofArray(chunk.array()),
        to,
        chunk.position(),
        count);
    chunk.position(Math.toIntExact(chunk.position() + count * width));
  }

  // ----------------------------------------------------------------- the end

  /** Ends an in-memory column. */
  public Column build() {
    if (file != null) {
      throw new IllegalStateException("a column in a file is built by its table");
    }
    drain();
    MemorySegment values = MemorySegment.ofArray(Arrays.copyOf(memory, memorySize));
    return new Column(
        field, rows, values, valid == null ? null : MemorySegment.ofArray(validity()), dictionary);
  }

  /** The validity bitmap, or null when no value is null. */
  byte[] validity() {
    return valid == null ? null : Arrays.copyOf(valid, bytes(rows));
  }

  List<String> dictionary() {
    return dictionary;
  }

  /** The file that the values are in. */
  ColumnFile file() {
    return file;
  }

  /** Writes what is left; the writer of full blocks must have finished. */
  void finishFile() {
    drain(null);
  }

  private void require(boolean right, String what) {
    if (!right) {
      throw wrongType(what);
    }
  }

  private SlipstreamException wrongType(String what) {
    return SlipstreamException.invalid(
        "column '" + field.name() + "' is " + field.type() + " and was given " + what,
        "Declare the column's type in the import.");
  }

  private int code(String value) {
    require(field.type() == ColumnType.STRING, "text");
    Integer code = codes.get(value);
    if (code != null) {
      return code;
    }
    String sound = Utf8.sound(value);
    if (!sound.equals(value)) {
      return code(sound);
    }
    int next = dictionary.size();
    if (next >= MAX_DICTIONARY) {
      throw SlipstreamException.invalid(
          "text column '" + field.name() + "' has over " + MAX_DICTIONARY + " distinct values",
          "Leave it out of the import.");
    }
    codes.put(value, next);
    dictionary.add(value);
    return next;
  }

  private ByteBuffer room(int bytes) {
    if (chunk.remaining() < bytes) {
      drain();
    }
    return chunk;
  }

  private static int bytes(long rows) {
    return Math.toIntExact((rows + 7) >> 3);
  }

  private static boolean present(long[] present, int index) {
    return present == null || (present[index >> 6] >> (index & 63) & 1) != 0;
  }

  private void mark(int count, long[] present) {
    if (valid == null && allPresent(present, count)) {
      rows += count;
      return;
    }
    reserve(count);
    for (int from = 0; from < count; from += Long.SIZE) {
      mark(present == null ? -1 : present[from >> 6], Math.min(Long.SIZE, count - from));
    }
  }

  private static boolean allPresent(long[] present, int count) {
    if (present == null) {
      return true;
    }
    for (int from = 0; from < count; from += Long.SIZE) {
      long wanted = count - from < Long.SIZE ? (1L << count - from) - 1 : -1;
      if ((present[from >> 6] & wanted) != wanted) {
        return false;
      }
    }
    return true;
  }

  /** Appends the lowest bits of a word, for which there is room. */
  private void mark(long bits, int count) {
    for (int done = 0; done < count; ) {
      int shift = (int) (rows & 7);
      int taken = Math.min(Byte.SIZE - shift, count - done);
      valid[(int) (rows >> 3)] |= (byte) ((bits >>> done & (1 << taken) - 1) << shift);
      rows += taken;
      done += taken;
    }
  }

  private void mark(boolean present) {
    if (valid == null && present) {
      rows++;
      return;
    }
    reserve(1);
    mark(present ? 1 : 0, 1);
  }

  /** Makes room in the bitmap for that many rows more; there is none before the first null. */
  private void reserve(int count) {
    int needed = bytes(rows + count);
    if (valid == null) {
      valid = new byte[Math.max(64, 2 * needed)];
      Arrays.fill(valid, 0, (int) (rows >> 3), (byte) -1);
      valid[(int) (rows >> 3)] = (byte) ((1 << (rows & 7)) - 1);
    } else if (needed > valid.length) {
      valid = Arrays.copyOf(valid, Math.max(needed, 2 * valid.length));
    }
  }

  private void drain() {
    drain(writer);
  }

  private void drain(BlockWriter by) {
    int length = chunk.position();
    if (file != null) {
      if (by == null) {
        file.write(chunk);
      } else {
        chunk = by.swap(file, chunk);
      }
      return;
    }
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
    chunk.clear();
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
