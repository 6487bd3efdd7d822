package slipstream.cli.internal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table for a terminal: the first column to the left, numbers to the right. */
public final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final int leftAligned;

  /**
   * @param leftAligned how many columns from the left hold words
   */
  public TextTable(int leftAligned, String... header) {
    this.leftAligned = leftAligned;
    rows.add(header);
  }

  public void row(String... cells) {
    rows.add(cells);
  }

  public void print(PrintWriter out) {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int i = 0; i < row.length; i++) {
        String pad = " ".repeat(widths[i] - row[i].length());
        line.append(' ').append(i < leftAligned ? row[i] + pad : pad + row[i]).append(' ');
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}
