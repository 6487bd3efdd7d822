package slipstream.features.internal.series;

import java.io.EOFException;
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
  private final Path folder;
  private final FileChannel[] channels;
  private final MemorySegment[] mapped;
  private final Arena arena = Arena.ofShared();

  private FileSeries(Path folder, int series, long rows) {
    List<Path> names = new ArrayList<>();
    for (int i = 0; i < series; i++) {
      names.add(folder.resolve(Text.format("%05d.f64", i)));
    }
    this.files = names;
    this.rows = rows;
    this.folder = folder;
    this.channels = new FileChannel[series];
    this.mapped = new MemorySegment[series];
  }

  /**
   * New series, to be written.
   *
   * @param folder does not exist or is empty; {@link #close} removes it
   */
  static FileSeries create(Path folder, int series, long rows) throws IOException {
    FileSeries store = prepare(folder, series, rows);
    try {
      for (int i = 0; i < series; i++) {
        store.begin(i);
      }
    } catch (IOException e) {
      store.close();
      throw e;
    }
    return store;
  }

  /** As {@link #create}, but each series must be begun or taken first. */
  public static FileSeries prepare(Path folder, int series, long rows) throws IOException {
    Files.createDirectories(folder);
    return new FileSeries(folder, series, rows);
  }

  /** Says that a series will be written. */
  public void begin(int series) throws IOException {
    channels[series] =
        FileChannel.open(
            files.get(series), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (rows > 0) {
      // Rows that nobody needs are not written; the file is whole all the same.
      channels[series].write(ByteBuffer.allocate(1), rows * Double.BYTES - 1);
    }
  }

  /**
   * Makes a file that was written before a series of this store; it stays readable when the file is removed.
   *
   * @param file starts with the values
   */
  public void take(int series, FileChannel file) throws IOException {
    mapped[series] = map(file, files.get(series));
  }

  private MemorySegment map(FileChannel channel, Path name) throws IOException {
    if (channel.size() < rows * Double.BYTES) {
      throw new IOException(
          Text.format("%s has %d bytes, not %d", name, channel.size(), rows * Double.BYTES));
    }
    return rows == 0
        ? MemorySegment.NULL
        : channel.map(FileChannel.MapMode.READ_ONLY, 0, rows * Double.BYTES, arena);
  }

  /** Where a series that was begun lies. */
  public Path file(int series) {
    return files.get(series);
  }

  private void closeChannels() throws IOException {
    for (int i = 0; i < channels.length; i++) {
      if (channels[i] != null) {
        channels[i].close();
        channels[i] = null;
      }
    }
  }

  private void map(int series) throws IOException {
    try (FileChannel channel = FileChannel.open(files.get(series), StandardOpenOption.READ)) {
      mapped[series] = map(channel, files.get(series));
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
  public void write(int series, long row, FileChannel from, long at, long count)
      throws IOException {
    FileChannel to = channels[series];
    // The system copies without passing the bytes through this process.
    for (long done = 0; done < count * Double.BYTES; ) {
      to.position(row * Double.BYTES + done);
      long copied = from.transferTo(at + done, count * Double.BYTES - done, to);
      if (copied == 0) {
        throw new EOFException("the file ends early");
      }
      done += copied;
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
      AtomicFiles.deleteRecursively(folder);
    } catch (IOException e) {
      throw AtomicFiles.explain("remove the features", folder, e);
    }
  }
}
