package slipstream.data.explore;

import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.data.internal.Quantiles;

/** The values of a column at selected rows, block by block. */
final class Values implements Quantiles.Source {
  private static final int BLOCK = 1 << 13;

  private final Column column;
  private final RowSelection rows;
  private final Progress progress;

  Values(Column column, RowSelection rows, Progress progress) {
    this.column = column;
    this.rows = rows;
    this.progress = progress;
  }

  interface Rows {
    /** The first {@code count} of the table's rows. */
    void accept(long[] rows, int count);
  }

  long rows() {
    return rows.rows();
  }

  @Override
  public void forEach(Quantiles.Block block) {
    double[] values = new double[BLOCK];
    if (rows instanceof RowSelection.Range range) {
      for (long at = range.from(); at < range.to(); at += BLOCK) {
        progress.checkCancelled();
        int count = (int) Math.min(BLOCK, range.to() - at);
        column.copyDoubles(at, at + count, values, 0);
        block.accept(values, count);
      }
    } else {
      forEachRow(
          (which, count) -> {
            for (int i = 0; i < count; i++) {
              values[i] = column.getDouble(which[i]);
            }
            block.accept(values, count);
          });
    }
  }

  /** Goes through the rows in order. */
  void forEachRow(Rows block) {
    long[] which = new long[BLOCK];
    for (long at = 0; at < rows.rows(); at += BLOCK) {
      progress.checkCancelled();
      int count = (int) Math.min(BLOCK, rows.rows() - at);
      rows.rows(at, count, which);
      block.accept(which, count);
    }
  }
}
