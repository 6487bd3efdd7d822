package slipstream.data.internal;

import java.util.Arrays;
import java.util.List;
import org.duckdb.DuckDBReadableVector;
import slipstream.core.table.ColumnBuilder;

/** Copies a column's vectors, as DuckDB gives them, to a builder: a vector at a time, nothing is made for a value. */
final class ColumnCopy {
  private final ColumnBuilder builder;
  private final ColumnBuilder.Words words;
  private final Buffer buffer;
  private long[] present = new long[0];
  private boolean allPresent;
  private long nulls;

  /** A place for the values of a vector, of the type that the builder takes. */
  private sealed interface Buffer {
    record Doubles(double[] values) implements Buffer {}

    record Floats(float[] values) implements Buffer {}

    record Longs(long[] values) implements Buffer {}

    record Ints(int[] values) implements Buffer {}

    record Bytes(byte[] values) implements Buffer {}

    /** Strings are taken one by one. */
    record None() implements Buffer {}
  }

  /** Rows of a chunk are at most as many. */
  private static final int ROWS = 2_048;

  /**
   * @param builder of a type that the vectors have
   * @param words of which a STRING column's vectors hold the places, as INTEGER; null where they hold the strings
   */
  ColumnCopy(ColumnBuilder builder, List<String> words) {
    this.builder = builder;
    this.words = words == null ? null : new ColumnBuilder.Words(words);
    this.buffer =
        switch (builder.field().type()) {
          case FLOAT64 -> new Buffer.Doubles(new double[ROWS]);
          case FLOAT32 -> new Buffer.Floats(new float[ROWS]);
          case INT64, TIMESTAMP -> new Buffer.Longs(new long[ROWS]);
          case INT32 -> new Buffer.Ints(new int[ROWS]);
          case BOOLEAN -> new Buffer.Bytes(new byte[ROWS]);
          case STRING -> words == null ? new Buffer.None() : new Buffer.Ints(new int[ROWS]);
        };
  }

  /** Nulls copied so far. */
  long nulls() {
    return nulls;
  }

  void copy(DuckDBReadableVector vector, long rows) {
    for (int from = 0; from < rows; from += ROWS) {
      copy(vector, from, (int) Math.min(ROWS, rows - from));
    }
  }

  private void copy(DuckDBReadableVector vector, int from, int count) {
    allPresent = true;
    switch (buffer) {
      case Buffer.Doubles(double[] values) -> {
        for (int i = 0; i < count; i++) {
          values[i] = isNull(vector, from, i) ? 0 : vector.getDouble(from + i);
        }
        builder.addDoubles(values, count, present());
      }
      case Buffer.Floats(float[] values) -> {
        for (int i = 0; i < count; i++) {
          values[i] = isNull(vector, from, i) ? 0 : vector.getFloat(from + i);
        }
        builder.addFloats(values, count, present());
      }
      case Buffer.Longs(long[] values) -> {
        for (int i = 0; i < count; i++) {
          values[i] = isNull(vector, from, i) ? 0 : vector.getLong(from + i);
        }
        builder.addLongs(values, count, present());
      }
      case Buffer.Ints(int[] values) -> {
        for (int i = 0; i < count; i++) {
          values[i] = isNull(vector, from, i) ? 0 : vector.getInt(from + i);
        }
        if (words == null) {
          builder.addInts(values, count, present());
        } else {
          builder.addWords(values, count, present(), words);
        }
      }
      case Buffer.Bytes(byte[] values) -> {
        for (int i = 0; i < count; i++) {
          values[i] = (byte) (!isNull(vector, from, i) && vector.getBoolean(from + i) ? 1 : 0);
        }
        builder.addBooleans(values, count, present());
      }
      case Buffer.None() -> {
        for (int i = 0; i < count; i++) {
          builder.addString(isNull(vector, from, i) ? null : vector.getString(from + i));
        }
      }
    }
  }

  private boolean isNull(DuckDBReadableVector vector, int from, int index) {
    if (!vector.isNull(from + index)) {
      return false;
    }
    if (allPresent) {
      if (present.length == 0) {
        present = new long[ROWS / Long.SIZE];
      }
      Arrays.fill(present, -1);
      allPresent = false;
    }
    present[index >> 6] &= ~(1L << (index & 63));
    nulls++;
    return true;
  }

  private long[] present() {
    return allPresent ? null : present;
  }
}
