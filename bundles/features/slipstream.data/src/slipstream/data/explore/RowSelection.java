package slipstream.data.explore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import slipstream.core.store.AtomicFiles;

/**
 * Which rows of a table something gave, in its order. Any position is found at once, so a page anywhere costs what a
 * page at the start costs. Immutable and thread-safe until {@link #close}.
 */
public sealed interface RowSelection extends AutoCloseable {
  /** How many rows. */
  long rows();

  /**
   * The table's row at a position.
   *
   * @param position from 0
   */
  long row(long position);

  /** The table's rows at {@code count} positions from one on. */
  default void rows(long position, int count, long[] target) {
    for (int i = 0; i < count; i++) {
      target[i] = row(position + i);
    }
  }

  /** Whether the rows are in the table's order. */
  boolean natural();

  /**
   * The first position whose row is not before a row of the table; {@link #rows()} when all are.
   *
   * @throws UnsupportedOperationException when the rows are not in the table's order
   */
  default long positionOf(long tableRow) {
    if (!natural()) {
      throw new UnsupportedOperationException("the rows are in another order");
    }
    long low = 0;
    long high = rows();
    while (low < high) {
      long middle = low + high >>> 1;
      if (row(middle) < tableRow) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Releases its memory or file. */
  @Override
  void close();

  /** Rows [from, to). */
  record Range(long from, long to) implements RowSelection {
    @Override
    public long rows() {
      return to - from;
    }

    @Override
    public long row(long position) {
      return from + position;
    }

    @Override
    public boolean natural() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** A bit a row, with counts by block: 3.6 MB for 28 million rows. */
  final class Bits implements RowSelection {
    private static final int BLOCK_WORDS = 8;
    private final long[] words;
    private final long[] before;
    private final long rows;

    /**
     * @param words bit {@code row & 63} of word {@code row >> 6}; owned from here on
     */
    public Bits(long[] words) {
      this.words = words;
      before = new long[words.length / BLOCK_WORDS + 2];
      long count = 0;
      for (int i = 0; i < words.length; i++) {
        if (i % BLOCK_WORDS == 0) {
          before[i / BLOCK_WORDS] = count;
        }
        count += Long.bitCount(words[i]);
      }
      for (int i = (words.length + BLOCK_WORDS - 1) / BLOCK_WORDS; i < before.length; i++) {
        before[i] = count;
      }
      rows = count;
    }

    @Override
    public long rows() {
      return rows;
    }

    @Override
    public long row(long position) {
      if (position < 0 || position >= rows) {
        throw new IndexOutOfBoundsException("position " + position + " of " + rows);
      }
      int low = 0;
      int high = before.length - 1;
      while (low < high) { // the last block that starts at or before the position
        int middle = low + high + 1 >>> 1;
        if (before[middle] <= position) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      long left = position - before[low];
      for (int i = low * BLOCK_WORDS; ; i++) {
        int here = Long.bitCount(words[i]);
        if (left < here) {
          long word = words[i];
          for (long skip = 0; skip < left; skip++) {
            word &= word - 1;
          }
          return ((long) i << 6) + Long.numberOfTrailingZeros(word);
        }
        left -= here;
      }
    }

    @Override
    public void rows(long position, int count, long[] target) {
      if (count == 0) {
        return;
      }
      target[0] = row(position);
      int i = (int) (target[0] >> 6);
      // What is left of the word after its first row (of bit 63: nothing).
      long word = words[i] & (-2L << (target[0] & 63));
      for (int n = 1; n < count; n++) {
        while (word == 0) {
          word = words[++i];
        }
        target[n] = ((long) i << 6) + Long.numberOfTrailingZeros(word);
        word &= word - 1;
      }
    }

    @Override
    public boolean natural() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Rows in an order of their own, in a file that {@link #close} removes: 4 bytes a row, 8 for tables of over 2^31. */
  final class Listed implements RowSelection {
    private static final ValueLayout.OfInt INT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment rows;
    private final int width;

    /**
     * @param width bytes of a row's number, 4 or 8, little-endian
     */
    public Listed(Path file, int width) {
      this.file = file;
      this.width = width;
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        rows = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      } catch (IOException e) {
        arena.close();
        throw AtomicFiles.explain("read the sorted rows in", file, e);
      }
    }

    @Override
    public long rows() {
      return rows.byteSize() / width;
    }

    @Override
    public long row(long position) {
      return width == 4 ? rows.getAtIndex(INT, position) : rows.getAtIndex(LONG, position);
    }

    @Override
    public boolean natural() {
      return false;
    }

    @Override
    public void close() {
      if (arena.scope().isAlive()) {
        arena.close();
      }
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw AtomicFiles.explain("remove", file, e);
      }
    }
  }
}
