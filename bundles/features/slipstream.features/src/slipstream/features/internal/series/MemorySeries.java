package slipstream.features.internal.series;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Series in arrays. */
public final class MemorySeries implements SeriesStore {
  private static final int PIECE = 1 << 20;

  private final double[][] values;
  private final int rows;

  MemorySeries(int series, long rows) {
    this(new double[series][Math.toIntExact(rows)], Math.toIntExact(rows));
  }

  private MemorySeries(double[][] values, int rows) {
    this.values = values;
    this.rows = rows;
  }

  /** Series that are there, not copied. */
  public static MemorySeries of(double[][] values, int rows) {
    return new MemorySeries(values, rows);
  }

  /** A series' own array. */
  public double[] array(int series) {
    return values[series];
  }

  @Override
  public int series() {
    return values.length;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public void write(int series, long row, double[] from, int offset, int count) {
    System.arraycopy(from, offset, values[series], (int) row, count);
  }

  @Override
  public void write(int series, long row, FileChannel from, long at, long count)
      throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) Math.min(PIECE, count * Double.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < count; ) {
      bytes.clear().limit((int) Math.min(bytes.capacity(), (count - done) * Double.BYTES));
      while (bytes.hasRemaining()) {
        if (from.read(bytes, at + done * Double.BYTES + bytes.position()) < 0) {
          throw new EOFException("the file ends early");
        }
      }
      int piece = bytes.flip().remaining() / Double.BYTES;
      bytes.asDoubleBuffer().get(values[series], (int) (row + done), piece);
      done += piece;
    }
  }

  @Override
  public void read(int series, long from, long to, double[] target, int offset) {
    System.arraycopy(values[series], (int) from, target, offset, (int) (to - from));
  }

  @Override
  public double get(int series, long row) {
    return values[series][(int) row];
  }

  @Override
  public MemorySegment segment(int series) {
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      return MemorySegment.ofArray(values[series]);
    }
    MemorySegment copy = MemorySegment.ofArray(new byte[rows * Double.BYTES]);
    ValueLayout.OfDouble little =
        ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    MemorySegment.copy(values[series], 0, copy, little, 0, rows);
    return copy;
  }

  @Override
  public void unload(int series) {}

  @Override
  public void close() {}
}
