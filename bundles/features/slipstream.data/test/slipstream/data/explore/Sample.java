package slipstream.data.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/** A table with something of everything: nulls, NaN, infinities, odd names, several instruments. */
final class Sample {
  static final long START = 1_700_000_000_000_000_000L;
  static final long STEP = 1_000_000_007L;

  private Sample() {}

  static Table table(int rows, int instruments, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ColumnBuilder> columns = new ArrayList<>();
    for (Field field :
        List.of(
            new Field("time", ColumnType.TIMESTAMP),
            new Field("ticker", ColumnType.STRING),
            new Field("price", ColumnType.FLOAT64, "USD"),
            new Field("size", ColumnType.INT64, "shares"),
            new Field("small", ColumnType.INT32),
            new Field("single", ColumnType.FLOAT32),
            new Field("flag", ColumnType.BOOLEAN),
            new Field("the \"odd\" name", ColumnType.STRING))) {
      columns.add(ColumnBuilder.inMemory(field));
    }
    int each = Math.max(1, (rows + instruments - 1) / instruments);
    for (int i = 0; i < rows; i++) {
      columns.get(0).addLong(START + i % each * STEP);
      columns.get(1).addString("T" + i / each);
      int odd = random.nextInt(50);
      if (odd == 0) {
        columns.get(2).addNull();
      } else {
        columns
            .get(2)
            .addDouble(odd == 1 ? Double.NaN : odd == 2 ? Double.POSITIVE_INFINITY : price(random));
      }
      if (random.nextInt(20) == 0) {
        columns.get(3).addNull();
      } else {
        columns.get(3).addLong(random.nextInt(1000));
      }
      columns.get(4).addLong(random.nextInt(5));
      columns.get(5).addDouble((float) random.nextDouble());
      columns.get(6).addLong(random.nextInt(2));
      columns.get(7).addString(random.nextInt(9) == 0 ? null : "it's " + random.nextInt(4));
    }
    return Table.of(columns.stream().map(ColumnBuilder::build).toList(), "time", "ticker");
  }

  private static double price(SplittableRandom random) {
    return Math.round(100 * (random.nextDouble() * 20 - 1)) / 100.0;
  }

  static Column column(String name, double... values) {
    return Column.of(name, values);
  }
}
