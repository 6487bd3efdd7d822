package slipstream.features.internal.bars;

import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.TableWriter;

/** Numbers by row that bars are made of: a column, or what two columns give. */
sealed interface Series {
  /** The values of the used rows of a stretch; NaN where unknown. */
  void load(Script script, double[] values, double[] spare);

  /** Appends the value of a row. */
  void append(ColumnBuilder builder, long row);

  /** Whether a row's value is above another's that is equal to it as a double. */
  default boolean above(long row, long other) {
    return false;
  }

  /** A column; its values keep their type, or become doubles. */
  record Of(Column column, boolean asDouble) implements Series {
    @Override
    public void load(Script script, double[] values, double[] spare) {
      script.load(column, values);
    }

    @Override
    public void append(ColumnBuilder builder, long row) {
      double value = asDouble ? column.getDouble(row) : 0;
      if (value != value) {
        builder.addNull();
      } else if (asDouble) {
        builder.addDouble(value);
      } else {
        TableWriter.append(builder, column, row);
      }
    }

    @Override
    public boolean above(long row, long other) {
      // Whole numbers beyond 2^53 may be equal as doubles only.
      return (column.type() == ColumnType.INT64 || column.type() == ColumnType.TIMESTAMP)
          && column.getLong(row) > column.getLong(other);
    }
  }

  /** {@code weight * (left + sign * right)}: a midpoint or a spread. */
  record Pair(Column left, Column right, double sign, double weight) implements Series {
    static Pair mid(Column bid, Column ask) {
      return new Pair(ask, bid, 1, 0.5);
    }

    static Pair spread(Column bid, Column ask) {
      return new Pair(ask, bid, -1, 1);
    }

    private double value(double one, double two) {
      double value = weight * (one + sign * two);
      return Double.isFinite(value) ? value : Double.NaN;
    }

    @Override
    public void load(Script script, double[] values, double[] spare) {
      script.load(left, values);
      script.load(right, spare);
      for (int i = 0; i < script.used(); i++) {
        values[i] = value(values[i], spare[i]);
      }
    }

    @Override
    public void append(ColumnBuilder builder, long row) {
      double value = value(left.getDouble(row), right.getDouble(row));
      if (value == value) {
        builder.addDouble(value);
      } else {
        builder.addNull();
      }
    }
  }
}
