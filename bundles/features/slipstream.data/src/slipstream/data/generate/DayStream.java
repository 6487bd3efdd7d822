package slipstream.data.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.data.generate.DayGenerator.Day;
import slipstream.data.generate.DayGenerator.Defect;

/**
 * The blocks of consecutive days until there are enough rows. Days are made ahead on several threads, a few at a time,
 * and come in order, so that threads change nothing.
 */
final class DayStream implements Iterator<Block>, AutoCloseable {
  private final DayGenerator generator;
  private final long rows;
  private final ExecutorService pool;
  private final ArrayDeque<Future<Day>> ahead = new ArrayDeque<>();
  private final List<PlacedDefect> defects = new ArrayList<>();
  private int nextDay;
  private long given;

  /**
   * @param row in all that was generated, from 0
   */
  record PlacedDefect(long row, String kind) {}

  DayStream(DayGenerator generator, long rows, int threads) {
    this.generator = generator;
    this.rows = rows;
    pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("generate-", 0).factory());
    for (int i = 0; i <= threads; i++) {
      submit();
    }
  }

  private void submit() {
    // Days made for nothing at the end are few; how many rows a day has is known only afterwards.
    int day = nextDay++;
    if (given < rows && (long) day * generator.rowsPerDay() < 2 * rows + generator.rowsPerDay()) {
      ahead.add(pool.submit(() -> generator.day(day)));
    }
  }

  /** The defects of the blocks given so far. */
  List<PlacedDefect> defects() {
    return defects;
  }

  @Override
  public boolean hasNext() {
    return given < rows;
  }

  @Override
  public Block next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Day day;
    try {
      day = ahead.remove().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SlipstreamException(Category.CANCELLED, "cancelled", "nothing was written");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    Block block = day.block();
    int take = (int) Math.min(block.rows(), rows - given);
    for (Defect defect : day.defects()) {
      if (defect.row() < take) {
        defects.add(new PlacedDefect(given + defect.row(), defect.kind()));
      }
    }
    given += take;
    submit();
    return take == block.rows() ? block : block.head(take);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
