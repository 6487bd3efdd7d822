package slipstream.features.internal.series;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import slipstream.core.Text;
import slipstream.core.store.AtomicFiles;

/**
 * Series in files of little-endian doubles, one each.
 *
 * <p>They are written through channels, not through mapped memory, so that what is written never counts as memory of
 * this process. They are read mapped; what a long read has mapped is given back at once.
 */
public final class FileSeries implements SeriesStore {
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Values that one call of the system writes. */
  private static final int PIECE = 1 << 15;

  /** Reads of at least this many values give their memory back. */
  private static final long LONG_READ = 1 << 13;

  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(PIECE * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN));

  private final List<Path> files;
  private final long rows;
  private Path owned;
  private final FileChannel[] channels;
  private final MemorySegment[] mapped;
  private final Arena arena = Arena.ofShared();

  private FileSeries(List<Path> files, long rows, Path owned) {
    this.files = List.copyOf(files);
    this.rows = rows;
    this.owned = owned;
    this.channels = new FileChannel[files.size()];
    this.mapped = new MemorySegment[files.size()];
  }

  /**
   * New series, to be written.
   *
   * @param folder does not exist or is empty; {@link #close} removes it
   */
  static FileSeries create(Path folder, int series, long rows) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < series; i++) {
      files.add(folder.resolve(Text.format("%05d.f64", i)));
    }
    FileSeries store = new FileSeries(files, rows, folder);
    try {
      for (int i = 0; i < series; i++) {
        store.channels[i] =
            FileChannel.open(files.get(i), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
    } catch (IOException e) {
      store.close();
      throw e;
    }
    return store;
  }

  /**
   * Series that were written before.
   *
   * @param files start with the values
   * @param owned a folder that {@link #close} removes; null for none
   * @throws IOException also when a file is too short
   */
  public static FileSeries open(List<Path> files, long rows, Path owned) throws IOException {
    FileSeries store = new FileSeries(files, rows, owned);
    try {
      for (int i = 0; i < files.size(); i++) {
        store.map(i);
      }
    } catch (IOException e) {
      store.close();
      throw e;
    }
    return store;
  }

  /** Where a series lies. */
  public Path file(int series) {
    return files.get(series);
  }

  /** Ends the writing and leaves the files, and the folder that they are in, to the caller. */
  public Path release() throws IOException {
    closeChannels();
    Path folder = owned;
    owned = null;
    return folder;
  }

  private void closeChannels() throws IOException {
    for (int i = 0; i < channels.length; i++) {
      if (channels[i] != null) {
        channels[i].close();
        channels[i] = null;
      }
    }
  }

  private MemorySegment map(int series) throws IOException {
    Path file = files.get(series);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < rows * Double.BYTES) {
        throw new IOException(
            Text.format("%s has %d bytes, not %d", file, channel.size(), rows * Double.BYTES));
      }
      MemorySegment segment =
          rows == 0
              ? MemorySegment.NULL
              : channel.map(FileChannel.MapMode.READ_ONLY, 0, rows * Double.BYTES, arena);
      mapped[series] = segment;
      return segment;
    }
  }

  @Override
  public int series() {
    return files.size();
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public void write(int series, long row, double[] values, int offset, int count) {
    ByteBuffer bytes = BUFFER.get();
    DoubleBuffer doubles = bytes.clear().asDoubleBuffer();
    try {
      for (int done = 0; done < count; ) {
        int piece = Math.min(PIECE, count - done);
        doubles.clear().put(values, offset + done, piece);
        bytes.position(0).limit(piece * Double.BYTES);
        long at = (row + done) * Double.BYTES;
        while (bytes.hasRemaining()) {
          at += channels[series].write(bytes, at);
        }
        done += piece;
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("write the features", files.get(series), e);
    }
  }

  @Override
  public MemorySegment segment(int series) {
    MemorySegment known = mapped[series];
    if (known != null) {
      return known;
    }
    synchronized (this) {
      try {
        if (mapped[series] == null) {
          if (channels[series] != null) {
            channels[series].close();
            channels[series] = null;
          }
          map(series);
        }
        return mapped[series];
      } catch (IOException e) {
        throw AtomicFiles.explain("read the features", files.get(series), e);
      }
    }
  }

  @Override
  public void read(int series, long from, long to, double[] target, int offset) {
    if (from == to) {
      return;
    }
    MemorySegment segment = segment(series);
    MemorySegment.copy(segment, DOUBLE, from * Double.BYTES, target, offset, (int) (to - from));
    if (to - from >= LONG_READ) {
      segment.asSlice(from * Double.BYTES, (to - from) * Double.BYTES).unload();
    }
  }

  @Override
  public double get(int series, long row) {
    return segment(series).getAtIndex(DOUBLE, row);
  }

  @Override
  public void unload(int series) {
    if (rows > 0) {
      segment(series).unload();
    }
  }

  @Override
  public void close() {
    try {
      closeChannels();
      if (arena.scope().isAlive()) {
        arena.close();
      }
      if (owned != null) {
        AtomicFiles.deleteRecursively(owned);
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("remove the features", owned, e);
    }
  }
}
