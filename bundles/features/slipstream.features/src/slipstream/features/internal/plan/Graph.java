package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Table;

/** Nodes, each once, inputs before what uses them, with how far each reaches back and ahead. */
public final class Graph {
  /** Of a reach: all rows. */
  public static final long ALL = Long.MAX_VALUE;

  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> indices = new HashMap<>();
  private final List<Long> back = new ArrayList<>();
  private final List<Long> ahead = new ArrayList<>();

  Graph() {}

  int add(Node node) {
    Integer known = indices.get(node);
    if (known != null) {
      return known;
    }
    long ownBack = 0;
    long ownAhead = 0;
    if (node instanceof Node.Call call) {
      ownBack = call.function().lookBack(call.constantArray());
      ownAhead = call.function().lookAhead(call.constantArray());
    }
    long inputBack = 0;
    long inputAhead = 0;
    for (int input : node.inputs()) {
      inputBack = Math.max(inputBack, back.get(input));
      inputAhead = Math.max(inputAhead, ahead.get(input));
    }
    int index = nodes.size();
    nodes.add(node);
    indices.put(node, index);
    back.add(plus(ownBack, inputBack));
    ahead.add(plus(ownAhead, inputAhead));
    return index;
  }

  static long plus(long a, long b) {
    return a > ALL - b ? ALL : a + b;
  }

  Node node(int index) {
    return nodes.get(index);
  }

  public int size() {
    return nodes.size();
  }

  /** Rows before its own that a node's value may depend on. */
  public long lookBack(int node) {
    return back.get(node);
  }

  /** Rows after its own that a node's value may depend on. */
  public long lookAhead(int node) {
    return ahead.get(node);
  }

  /**
   * Checks that a table has the columns that some nodes need, and says where a text is compared that no row has.
   *
   * @throws SlipstreamException when a column is missing or of another type
   */
  public void checkInput(Table table, List<Integer> outputs, Progress progress) {
    boolean[] needed = needed(outputs);
    for (int i = 0; i < needed.length; i++) {
      if (!needed[i]) {
        continue;
      }
      if (node(i) instanceof Node.Load load) {
        Column column = table.column(load.column());
        if (!column.type().numeric()) {
          throw wrongType(column, "a number");
        }
      } else if (node(i) instanceof Node.TextTest test) {
        Column column = table.column(test.column());
        if (column.type() != ColumnType.STRING) {
          throw wrongType(column, "text");
        }
        if (!column.dictionary().contains(test.text())) {
          progress.message(
              Progress.Severity.WARNING,
              Text.format(
                  "no row has \"%s\" in column '%s', with which an expression compares it",
                  test.text(), test.column()));
        }
      }
    }
  }

  private static SlipstreamException wrongType(Column column, String wanted) {
    return SlipstreamException.invalid(
        Text.format(
            "column '%s' is %s where the expressions need %s",
            column.name(), column.type(), wanted),
        "Give the column's type in the import.");
  }

  boolean[] needed(List<Integer> outputs) {
    boolean[] needed = new boolean[nodes.size()];
    outputs.forEach(output -> needed[output] = true);
    for (int i = needed.length - 1; i >= 0; i--) {
      if (needed[i]) {
        node(i).inputs().forEach(input -> needed[input] = true);
      }
    }
    return needed;
  }
}
