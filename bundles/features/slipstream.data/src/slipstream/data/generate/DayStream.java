package slipstream.data.generate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import slipstream.core.parallel.Ahead;
import slipstream.data.generate.DayGenerator.Day;
import slipstream.data.generate.DayGenerator.Defect;

/**
 * The blocks of consecutive days until there are enough rows. Days are made ahead on several threads, a few at a time,
 * and come in order, so that threads change nothing.
 */
final class DayStream implements Iterator<Block>, AutoCloseable {
  private final long rows;
  private final Ahead<Day> days;
  private final List<PlacedDefect> defects = new ArrayList<>();
  private long given;

  /**
   * @param row in all that was generated, from 0
   */
  record PlacedDefect(long row, String kind) {}

  DayStream(DayGenerator generator, long rows, int threads) {
    this.rows = rows;
    // Days made for nothing at the end are few; how many rows a day has is known only afterwards.
    long most = Math.ceilDiv(2 * rows, generator.rowsPerDay()) + 1;
    days = new Ahead<>((int) Math.min(Integer.MAX_VALUE, most), threads, generator::day);
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
    Day day = days.next();
    Block block = day.block();
    int take = (int) Math.min(block.rows(), rows - given);
    for (Defect defect : day.defects()) {
      if (defect.row() < take) {
        defects.add(new PlacedDefect(given + defect.row(), defect.kind()));
      }
    }
    given += take;
    return take == block.rows() ? block : block.head(take);
  }

  @Override
  public void close() {
    days.close();
  }
}
