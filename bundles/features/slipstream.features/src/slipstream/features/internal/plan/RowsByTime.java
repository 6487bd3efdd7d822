package slipstream.features.internal.plan;

import slipstream.core.table.Table;
import slipstream.features.internal.plan.Bands.Band;
import slipstream.features.internal.plan.Bands.Piece;

/** All rows of a table by time, then in the table's order. */
public final class RowsByTime {
  private RowsByTime() {}

  /**
   * @param table with time, of fewer than 2^31 rows
   */
  public static int[] of(Table table) {
    return of(table, Evaluation.BAND);
  }

  static int[] of(Table table, int bandRows) {
    int[] rows = new int[Math.toIntExact(table.rows())];
    Bands bands = new Bands(table, bandRows);
    int at = 0;
    for (int b = 0; b < bands.count(); b++) {
      Band band = bands.band(b);
      int[] row = new int[band.rows()];
      for (Piece piece : band.pieces()) {
        for (int i = 0; i < piece.rows(); i++) {
          row[piece.at() + i] = (int) piece.from() + i;
        }
      }
      for (int place : band.order()) {
        rows[at++] = row[place];
      }
    }
    return rows;
  }
}
