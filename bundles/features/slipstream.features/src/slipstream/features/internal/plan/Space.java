package slipstream.features.internal.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import slipstream.core.store.AtomicFiles;
import slipstream.features.internal.series.SeriesStore;

/**
 * Where the series of an evaluation are kept.
 *
 * @param folder for those that are too large for memory; null for memory whatever their size
 * @param most bytes that the series made together may take in memory
 */
public record Space(Path folder, long most, AtomicInteger made) {
  /** More than this goes to files. */
  private static final long MOST_IN_MEMORY = 64L << 20;

  public Space(Path folder, long most) {
    this(folder, most, new AtomicInteger());
  }

  /** Memory for small tables, files below the folder for large ones. */
  public static Space of(Path folder) {
    return new Space(folder, MOST_IN_MEMORY);
  }

  /** Memory, whatever the size. */
  public static Space memory() {
    return new Space(null, Long.MAX_VALUE);
  }

  SeriesStore store(int series, long rows) {
    Path own = folder == null ? null : folder.resolve("series-" + made.getAndIncrement());
    try {
      return SeriesStore.create(series, rows, own, most);
    } catch (IOException e) {
      throw AtomicFiles.explain("write the features", own, e);
    }
  }
}
