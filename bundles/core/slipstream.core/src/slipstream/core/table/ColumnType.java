package slipstream.core.table;

/** What a column holds; the codes are part of the table's file format and never change. */
public enum ColumnType {
  /** IEEE 754 double. NaN is a value; null is marked apart. */
  FLOAT64(1, 8),
  /** IEEE 754 float. */
  FLOAT32(2, 4),
  /** Signed 64-bit integer. */
  INT64(3, 8),
  /** Signed 32-bit integer. */
  INT32(4, 4),
  /** 0 or 1 in a byte. */
  BOOLEAN(5, 1),
  /** Nanoseconds since 1970-01-01T00:00:00Z, UTC. */
  TIMESTAMP(6, 8),
  /** A 32-bit code into the column's dictionary of distinct strings. */
  STRING(7, 4);

  private final int code;
  private final int width;

  ColumnType(int code, int width) {
    this.code = code;
    this.width = width;
  }

  /** The type's code in files. */
  public int code() {
    return code;
  }

  /** Bytes a value. */
  public int width() {
    return width;
  }

  /** True where {@link Column#getDouble} gives a number. */
  public boolean numeric() {
    return this != STRING;
  }

  /**
   * The type of a code in a file.
   *
   * @throws IllegalArgumentException when there is none
   */
  static ColumnType ofCode(int code) {
    for (ColumnType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("no column type has code " + code);
  }
}
