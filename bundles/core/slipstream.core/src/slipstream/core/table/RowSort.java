package slipstream.core.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;

/** Writes columns anew with their rows in another order, a column a thread. */
final class RowSort {
  private static final int BLOCK = 1 << 13;

  private final RowOrder.Rows order;
  private final long rows;
  private final Path folder;
  private final Progress progress;
  private final DoubleConsumer share;
  private final AtomicLong done = new AtomicLong();

  /**
   * @param order the row that each row of the result is
   * @param folder of the files
   */
  RowSort(RowOrder.Rows order, long rows, Path folder, Progress progress, DoubleConsumer share) {
    this.order = order;
    this.rows = rows;
    this.folder = folder;
    this.progress = progress;
    this.share = share;
  }

  /**
   * @param columns are read
   * @param builders of the columns, replaced by ones of the columns in their new order
   */
  void run(List<Column> columns, List<ColumnBuilder> builders, int threads) throws IOException {
    List<Future<ColumnBuilder>> sorted = new ArrayList<>();
    ExecutorService workers =
        Executors.newFixedThreadPool(Math.clamp(threads, 1, columns.size()), this::thread);
    try {
      for (int i = 0; i < columns.size(); i++) {
        int index = i;
        sorted.add(
            workers.submit(() -> column(columns.get(index), index, columns.size(), builders)));
      }
      for (int i = 0; i < columns.size(); i++) {
        builders.set(i, sorted.get(i).get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SlipstreamException(
          SlipstreamException.Category.CANCELLED,
          "cancelled",
          "what was there before is unchanged");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      workers.shutdownNow();
      workers.close();
      for (Future<ColumnBuilder> each : sorted) {
        if (each.state() == Future.State.SUCCESS && !builders.contains(each.resultNow())) {
          each.resultNow().close();
        }
      }
    }
  }

  private Thread thread(Runnable task) {
    return Thread.ofPlatform().daemon().name("slipstream-table-sort").unstarted(task);
  }

  private ColumnBuilder column(Column column, int index, int columns, List<ColumnBuilder> builders)
      throws IOException {
    Path file = folder.resolve(TableFiles.valuesName(index));
    Path sorted = folder.resolve(TableFiles.valuesName(index) + ".sorted");
    ColumnBuilder builder = ColumnBuilder.toFile(column.field(), sorted, null);
    try {
      copy(column, builder, columns);
      builder.finishFile();
      builder.file().sync();
      builders.get(index).close();
      Files.move(sorted, file, StandardCopyOption.REPLACE_EXISTING);
      return builder;
    } catch (IOException | RuntimeException | Error e) {
      builder.close();
      throw e;
    }
  }

  private void copy(Column column, ColumnBuilder builder, int columns) {
    long[] block = new long[BLOCK];
    for (long from = 0; from < rows; from += BLOCK) {
      progress.checkCancelled();
      int length = (int) Math.min(BLOCK, rows - from);
      for (int i = 0; i < length; i++) {
        block[i] = order.get(from + i);
      }
      builder.addRows(column, block, length);
      share.accept(done.addAndGet(length) / ((double) rows * columns));
    }
    column.unload(0, rows);
  }
}
