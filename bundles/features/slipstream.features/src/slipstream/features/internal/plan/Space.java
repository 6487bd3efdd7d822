package slipstream.features.internal.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.store.AtomicFiles;
import slipstream.features.internal.series.FileSeries;
import slipstream.features.internal.series.SeriesStore;

/**
 * Where the series of an evaluation are kept.
 *
 * @param folder for those that are too large for memory; null for memory whatever their size
 * @param most bytes that the series made together may take in memory
 */
public record Space(Path folder, long most, AtomicInteger made) {
  public Space(Path folder, long most) {
    this(folder, most, new AtomicInteger());
  }

  /** Memory, whatever the size. */
  public static Space memory() {
    return new Space(null, Long.MAX_VALUE);
  }

  /** Whether a store of this size would be in memory. */
  public boolean inMemory(int series, long rows) {
    return folder == null || rows * series * Double.BYTES <= most;
  }

  SeriesStore store(int series, long rows) {
    return store(series, rows, inMemory(series, rows));
  }

  /** A store in memory or in files, whatever its size. */
  public SeriesStore store(int series, long rows, boolean inMemory) {
    if (inMemory) {
      return SeriesStore.inMemory(series, rows);
    }
    Path own = folder.resolve("series-" + made.getAndIncrement());
    try {
      return SeriesStore.inFiles(own, series, rows);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the features", own, e);
    }
  }

  /** A store in files of which each series is yet to be begun or taken. */
  public FileSeries prepareFiles(int series, long rows) {
    Path own = folder.resolve("series-" + made.getAndIncrement());
    try {
      return FileSeries.prepare(own, series, rows);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the features", own, e);
    }
  }
}
