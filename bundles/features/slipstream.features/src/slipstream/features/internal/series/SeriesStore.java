package slipstream.features.internal.series;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
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

  /** Copies rows [from, to) to {@code target} from {@code offset} on. */
  void read(int series, long from, long to, double[] target, int offset);

  double get(int series, long row);

  /** All rows of a series as little-endian doubles, not copied; until the store is closed. */
  MemorySegment segment(int series);

  /** Says that a series is not needed for a while. */
  void unload(int series);

  @Override
  void close();

  /**
   * @param folder for the files of a store that is too large for memory; null for memory whatever its size
   * @param most bytes that a store may take in memory
   */
  static SeriesStore create(int series, long rows, Path folder, long most) throws IOException {
    return folder == null || rows * series * Double.BYTES <= most
        ? new MemorySeries(series, rows)
        : FileSeries.create(folder, series, rows);
  }
}
