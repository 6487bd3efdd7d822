package slipstream.features.internal.series;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Series of doubles of one length, which any threads write in pieces and, once all is written, any threads read.
 *
 * <p>Each row of a series is written once. A store in files is closed after its last use.
 */
public sealed interface SeriesStore extends AutoCloseable permits MemorySeries, FileSeries {
  int series();

  long rows();

  /** Writes {@code count} values from {@code values[offset]} on to the rows from {@code row} on. */
  void write(int series, long row, double[] values, int offset, int count);

  /**
   * Reads consecutive rows of a series from a file of little-endian doubles.
   *
   * @param at position in the file, in bytes
   */
  void write(int series, long row, FileChannel from, long at, long count) throws IOException;

  /** Copies rows [from, to) to {@code target} from {@code offset} on. */
  void read(int series, long from, long to, double[] target, int offset);

  double get(int series, long row);

  /** All rows of a series as little-endian doubles, not copied; until the store is closed. */
  MemorySegment segment(int series);

  /** Says that a series is not needed for a while. */
  void unload(int series);

  @Override
  void close();

  /** A store in memory. */
  static SeriesStore inMemory(int series, long rows) {
    return new MemorySeries(series, rows);
  }

  /**
   * A store in files.
   *
   * @param folder does not exist or is empty; {@link #close} removes it
   */
  static SeriesStore inFiles(Path folder, int series, long rows) throws IOException {
    return FileSeries.create(folder, series, rows);
  }
}
