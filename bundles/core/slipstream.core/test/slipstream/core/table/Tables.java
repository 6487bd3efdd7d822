package slipstream.core.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Random tables, and what makes two of them equal. */
final class Tables {
  private static final String[] WORDS = {
    "AAPL", "", "a b", "ü", "😀", "tab\tnl\n", "x".repeat(300), "null", "\u0000"
  };

  private Tables() {}

  /** A table of every type with nulls; rows are sorted by instrument and time when it has these. */
  static Table random(Random random, int rows, boolean time, boolean instrument) {
    List<ColumnBuilder> builders = new ArrayList<>();
    for (ColumnType type : ColumnType.values()) {
      builders.add(
          ColumnBuilder.inMemory(new Field(type.name(), type, "u" + type.code(), "a " + type)));
    }
    builders.add(ColumnBuilder.inMemory(new Field("t", ColumnType.TIMESTAMP)));
    builders.add(ColumnBuilder.inMemory(new Field("i", ColumnType.STRING)));
    double nulls = random.nextInt(3) / 3.0;
    long now = random.nextLong() / 4;
    int name = 0;
    for (int row = 0; row < rows; row++) {
      for (ColumnBuilder builder : builders.subList(0, ColumnType.values().length)) {
        if (random.nextDouble() < nulls) {
          builder.addNull();
        } else {
          value(builder, random);
        }
      }
      if (instrument && random.nextInt(10) == 0) {
        name++;
        now = random.nextLong() / 4;
      }
      now += random.nextInt(3);
      builders.get(7).addLong(now);
      builders.get(8).addString("I" + name);
    }
    return Table.of(
        builders.stream().map(ColumnBuilder::build).toList(),
        time ? "t" : "",
        instrument ? "i" : "");
  }

  private static void value(ColumnBuilder builder, Random random) {
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE, 1e300};
    switch (builder.field().type()) {
      case FLOAT64, FLOAT32 ->
          builder.addDouble(
              random.nextInt(4) == 0 ? odd[random.nextInt(odd.length)] : random.nextGaussian());
      case INT64, TIMESTAMP -> builder.addLong(random.nextLong());
      case INT32 -> builder.addLong(random.nextInt());
      case BOOLEAN -> builder.addLong(random.nextInt(2));
      case STRING -> builder.addString(WORDS[random.nextInt(WORDS.length)]);
    }
  }

  /** Says the first difference, or null. */
  static String difference(Table a, Table b) {
    if (!a.schema().equals(b.schema())) {
      return a.schema() + " / " + b.schema();
    }
    if (a.rows() != b.rows()
        || !a.timeColumn().equals(b.timeColumn())
        || !a.instrumentColumn().equals(b.instrumentColumn())
        || !a.partitions().equals(b.partitions())) {
      return a + " / " + b + ", " + a.partitions() + " / " + b.partitions();
    }
    for (int i = 0; i < a.columns().size(); i++) {
      Column left = a.column(i);
      Column right = b.column(i);
      for (long row = 0; row < a.rows(); row++) {
        if (!Objects.equals(left.get(row), right.get(row))) {
          return left.name() + "[" + row + "]: " + left.get(row) + " / " + right.get(row);
        }
      }
      if (left.type() != ColumnType.STRING) {
        double[] x = left.toDoubles();
        double[] y = right.toDoubles();
        for (int row = 0; row < x.length; row++) {
          if (Double.doubleToLongBits(x[row]) != Double.doubleToLongBits(y[row])) {
            return left.name() + " as doubles at " + row;
          }
        }
      }
    }
    return null;
  }
}
