package slipstream.core.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A typed column over memory (heap or a mapped file), little-endian, immutable once built.
 *
 * <p>A null is marked by a 0 bit in the validity bitmap (bit {@code row & 7} of byte {@code row >> 3}); without a
 * bitmap no value is null. Rows are counted from 0. Thread-safe.
 */
public final class Column {
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final ValueLayout.OfDouble NATIVE_DOUBLE = ValueLayout.JAVA_DOUBLE;
  static final ValueLayout.OfFloat NATIVE_FLOAT = ValueLayout.JAVA_FLOAT;
  static final ValueLayout.OfLong NATIVE_LONG = ValueLayout.JAVA_LONG;
  static final ValueLayout.OfInt NATIVE_INT = ValueLayout.JAVA_INT;

  private final Field field;
  private final long rows;
  private final MemorySegment values;
  private final MemorySegment validity;
  private final List<String> dictionary;

  /**
   * @param values {@code rows * type.width()} bytes, little-endian
   * @param validity a bit per row, or null when no value is null
   * @param dictionary the distinct strings of a STRING column, else empty
   */
  public Column(
      Field field,
      long rows,
      MemorySegment values,
      MemorySegment validity,
      List<String> dictionary) {
    if (rows < 0
        || values.byteSize() / field.type().width() < rows
        || validity != null && validity.byteSize() < (rows + 7) / 8) {
      throw new IllegalArgumentException("column '" + field.name() + "' is shorter than its rows");
    }
    this.field = field;
    this.rows = rows;
    this.values = values;
    this.validity = validity;
    this.dictionary = List.copyOf(dictionary);
  }

  /** A FLOAT64 column over a copy of the array; NaN stays a value. */
  public static Column of(String name, double... values) {
    return of(new Field(name, ColumnType.FLOAT64), values);
  }

  /** A FLOAT64 column over a copy of the array; NaN stays a value. */
  public static Column of(Field field, double[] values) {
    if (field.type() != ColumnType.FLOAT64) {
      throw new IllegalArgumentException("column '" + field.name() + "' is " + field.type());
    }
    MemorySegment segment = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
    MemorySegment.copy(values, 0, segment, DOUBLE, 0, values.length);
    return new Column(field, values.length, segment, null, List.of());
  }

  /** An INT64 or TIMESTAMP column over a copy of the array. */
  public static Column of(Field field, long[] values) {
    if (field.type() != ColumnType.INT64 && field.type() != ColumnType.TIMESTAMP) {
      throw new IllegalArgumentException("column '" + field.name() + "' is " + field.type());
    }
    MemorySegment segment = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
    MemorySegment.copy(values, 0, segment, LONG, 0, values.length);
    return new Column(field, values.length, segment, null, List.of());
  }

  /** A STRING column; null strings are null values. The dictionary is in order of first use. */
  public static Column of(String name, String... values) {
    try (ColumnBuilder builder = ColumnBuilder.inMemory(new Field(name, ColumnType.STRING))) {
      for (String value : values) {
        builder.addString(value);
      }
      return builder.build();
    }
  }

  public Field field() {
    return field;
  }

  public String name() {
    return field.name();
  }

  public ColumnType type() {
    return field.type();
  }

  public long rows() {
    return rows;
  }

  /** The distinct strings of a STRING column by code; empty for other types. */
  public List<String> dictionary() {
    return dictionary;
  }

  public boolean hasNulls() {
    return validity != null;
  }

  public boolean isNull(long row) {
    return validity != null
        && (validity.get(ValueLayout.JAVA_BYTE, row >> 3) >> (row & 7) & 1) == 0;
  }

  /**
   * The value as a double: NaN for null; a timestamp in nanoseconds; 0 or 1 for a boolean.
   *
   * @throws UnsupportedOperationException for STRING
   */
  public double getDouble(long row) {
    if (isNull(row)) {
      return Double.NaN;
    }
    return switch (field.type()) {
      case FLOAT64 -> values.getAtIndex(DOUBLE, row);
      case FLOAT32 -> values.getAtIndex(FLOAT, row);
      case INT64, TIMESTAMP -> values.getAtIndex(LONG, row);
      case INT32 -> values.getAtIndex(INT, row);
      case BOOLEAN -> values.get(ValueLayout.JAVA_BYTE, row);
      case STRING ->
          throw new UnsupportedOperationException("column '" + name() + "' is text, not a number");
    };
  }

  /**
   * The value of an INT64, INT32, TIMESTAMP, BOOLEAN column, or the code of a STRING; 0 for null.
   */
  public long getLong(long row) {
    if (isNull(row)) {
      return 0;
    }
    return switch (field.type()) {
      case INT64, TIMESTAMP -> values.getAtIndex(LONG, row);
      case INT32, STRING -> values.getAtIndex(INT, row);
      case BOOLEAN -> values.get(ValueLayout.JAVA_BYTE, row);
      case FLOAT64, FLOAT32 ->
          throw new UnsupportedOperationException("column '" + name() + "' holds fractions");
    };
  }

  /** The string of a STRING column, or null. */
  public String getString(long row) {
    if (field.type() != ColumnType.STRING) {
      throw new UnsupportedOperationException("column '" + name() + "' is not text");
    }
    return isNull(row) ? null : dictionary.get(values.getAtIndex(INT, row));
  }

  /** The value as a Java object (Double, Float, Long, Integer, Boolean, String), or null. */
  public Object get(long row) {
    if (isNull(row)) {
      return null;
    }
    return switch (field.type()) {
      case FLOAT64 -> getDouble(row);
      case FLOAT32 -> (float) getDouble(row);
      case INT64, TIMESTAMP -> getLong(row);
      case INT32 -> (int) getLong(row);
      case BOOLEAN -> getLong(row) != 0;
      case STRING -> getString(row);
    };
  }

  /** Copies rows [from, to) as doubles (null is NaN) to {@code target} from {@code offset} on. */
  public void copyDoubles(long from, long to, double[] target, int offset) {
    int count = Math.toIntExact(to - from);
    if (field.type() == ColumnType.FLOAT64) {
      MemorySegment.copy(values, DOUBLE, from * 8, target, offset, count);
      if (validity != null) {
        for (int i = 0; i < count; i++) {
          if (isNull(from + i)) {
            target[offset + i] = Double.NaN;
          }
        }
      }
      return;
    }
    if (validity == null && field.type() == ColumnType.INT64) {
      for (int i = 0; i < count; i++) {
        target[offset + i] = values.getAtIndex(LONG, from + i);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      target[offset + i] = getDouble(from + i);
    }
  }

  /** Rows [from, to) as doubles (null is NaN). */
  public double[] toDoubles(long from, long to) {
    double[] target = new double[Math.toIntExact(to - from)];
    copyDoubles(from, to, target, 0);
    return target;
  }

  /** All rows as doubles (null is NaN). */
  public double[] toDoubles() {
    return toDoubles(0, rows);
  }

  /** Rows [from, to) of an INT64 or TIMESTAMP column. */
  public long[] toLongs(long from, long to) {
    long[] target = new long[Math.toIntExact(to - from)];
    if (validity == null
        && field.type().width() == Long.BYTES
        && field.type() != ColumnType.FLOAT64) {
      MemorySegment.copy(values, LONG, from * Long.BYTES, target, 0, target.length);
      return target;
    }
    for (int i = 0; i < target.length; i++) {
      target[i] = getLong(from + i);
    }
    return target;
  }

  /** Copies the codes of rows [from, to) of a STRING column to {@code target} from 0 on. */
  void copyCodes(long from, long to, int[] target) {
    MemorySegment.copy(values, INT, from * Integer.BYTES, target, 0, Math.toIntExact(to - from));
  }

  /** Copies rows [from, to) of a column of longs without nulls to {@code target} from 0 on. */
  void copyLongs(long from, long to, long[] target) {
    MemorySegment.copy(values, LONG, from * Long.BYTES, target, 0, Math.toIntExact(to - from));
  }

  /**
   * This column as {@link ColumnBuilder} would have made it: values of nulls are 0, there is a bitmap only where there is
   * a null, and the dictionary holds the strings that occur in order of first use. Equal columns have equal bytes in
   * this form, which is the form in files.
   */
  Column canonical() {
    if (isCanonical()) {
      return this;
    }
    ColumnBuilder builder = ColumnBuilder.inMemory(field);
    builder.addRange(this, 0, rows);
    return builder.build();
  }

  private boolean isCanonical() {
    if (values.byteSize() != rows * field.type().width()) {
      return false;
    }
    if (validity != null && !isCanonicalValidity()) {
      return false;
    }
    if (field.type() == ColumnType.STRING) {
      int seen = 0;
      for (long row = 0; row < rows; row++) {
        if (!isNull(row)) {
          int code = values.getAtIndex(INT, row);
          if (code > seen) {
            return false;
          }
          seen = Math.max(seen, code + 1);
        }
      }
      return seen == dictionary.size();
    }
    return true;
  }

  private boolean isCanonicalValidity() {
    if (validity.byteSize() != (rows + 7) / 8) {
      return false;
    }
    int width = field.type().width();
    boolean anyNull = false;
    for (long row = 0; row < rows; row++) {
      if (isNull(row)) {
        anyNull = true;
        for (int i = 0; i < width; i++) {
          if (values.get(ValueLayout.JAVA_BYTE, row * width + i) != 0) {
            return false;
          }
        }
      }
    }
    int used = (int) (rows & 7);
    return anyNull
        && (used == 0
            || (validity.get(ValueLayout.JAVA_BYTE, validity.byteSize() - 1) & 0xff) >> used == 0);
  }

  /**
   * Says that rows [from, to) are not needed for a while: where they are mapped from a file, their memory goes back to
   * the system. They stay readable.
   */
  public void unload(long from, long to) {
    if (values.isMapped() && to > from) {
      int width = field.type().width();
      values.asSlice(from * width, (to - from) * width).unload();
    }
  }

  /** As {@link #values}, without a view in between, which would cost in loops. */
  MemorySegment raw() {
    return values;
  }

  /** The raw little-endian values, read-only. */
  public MemorySegment values() {
    return values.asReadOnly();
  }

  /** The validity bitmap, read-only, or null when no value is null. */
  public MemorySegment validity() {
    return validity == null ? null : validity.asReadOnly();
  }
}
