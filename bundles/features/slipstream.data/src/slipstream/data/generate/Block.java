package slipstream.data.generate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** One day's rows, column by column. Not changed any more once it is handed on. */
public final class Block {
  private final List<GeneratedColumn> schema;
  private final int rows;
  private final Object[] columns;
  private final BitSet[] nulls;

  Block(List<GeneratedColumn> schema, int rows) {
    this.schema = schema;
    this.rows = rows;
    columns = new Object[schema.size()];
    nulls = new BitSet[schema.size()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] =
          switch (schema.get(c).type()) {
            case NUMBER -> new double[rows];
            case WHOLE, TIME -> new long[rows];
            case DATE -> new int[rows];
            case FLAG -> new boolean[rows];
            case TEXT -> new String[rows];
          };
    }
  }

  public List<GeneratedColumn> schema() {
    return schema;
  }

  public int rows() {
    return rows;
  }

  /** The values as an array of the type that the column's {@link GeneratedColumn.Type} says. */
  public Object column(int index) {
    return columns[index];
  }

  public boolean isNull(int column, int row) {
    return nulls[column] != null && nulls[column].get(row);
  }

  /** Whether any value of the column is null. */
  public boolean anyNull(int column) {
    return nulls[column] != null;
  }

  double[] numbers(int column) {
    return (double[]) columns[column];
  }

  long[] wholes(int column) {
    return (long[]) columns[column];
  }

  int[] dates(int column) {
    return (int[]) columns[column];
  }

  boolean[] flags(int column) {
    return (boolean[]) columns[column];
  }

  String[] texts(int column) {
    return (String[]) columns[column];
  }

  void setNull(int column, int row) {
    if (nulls[column] == null) {
      nulls[column] = new BitSet(rows);
    }
    nulls[column].set(row);
  }

  /** The rows at these indices, in this order; an index may come twice. */
  Block select(int[] chosen) {
    Block result = new Block(schema, chosen.length);
    for (int c = 0; c < columns.length; c++) {
      for (int i = 0; i < chosen.length; i++) {
        int from = chosen[i];
        switch (schema.get(c).type()) {
          case NUMBER -> result.numbers(c)[i] = numbers(c)[from];
          case WHOLE, TIME -> result.wholes(c)[i] = wholes(c)[from];
          case DATE -> result.dates(c)[i] = dates(c)[from];
          case FLAG -> result.flags(c)[i] = flags(c)[from];
          case TEXT -> result.texts(c)[i] = texts(c)[from];
        }
        if (isNull(c, from)) {
          result.setNull(c, i);
        }
      }
    }
    return result;
  }

  /** The first rows. */
  Block head(int count) {
    int[] chosen = new int[count];
    Arrays.setAll(chosen, i -> i);
    return select(chosen);
  }
}
