package slipstream.features.internal.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureFunction;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.Reach;
import slipstream.core.store.Hashing;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Table;

/** Nodes, each once, inputs before what uses them, with how far each reaches back and ahead. */
public final class Graph {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> indices = new HashMap<>();
  private final List<Kernel> kernels = new ArrayList<>();
  private final List<Reach> back = new ArrayList<>();
  private final List<Reach> ahead = new ArrayList<>();

  Graph() {}

  int add(Node node) {
    return add(node, null);
  }

  /**
   * @param kernel of a call
   */
  int add(Node node, Kernel kernel) {
    Integer known = indices.get(node);
    if (known != null) {
      return known;
    }
    Reach inputBack = Reach.NONE;
    Reach inputAhead = Reach.NONE;
    for (int input : node.inputs()) {
      inputBack = inputBack.max(back.get(input));
      inputAhead = inputAhead.max(ahead.get(input));
    }
    int index = nodes.size();
    nodes.add(node);
    indices.put(node, index);
    kernels.add(kernel);
    back.add(kernel == null ? inputBack : kernel.lookBack().plus(inputBack));
    ahead.add(kernel == null ? inputAhead : kernel.lookAhead().plus(inputAhead));
    return index;
  }

  /** What evaluates a call; null for other nodes. */
  Kernel kernel(int index) {
    return kernels.get(index);
  }

  Node node(int index) {
    return nodes.get(index);
  }

  public int size() {
    return nodes.size();
  }

  /** The texts of which a node's values are the positions; empty where values are numbers. */
  public List<String> categories(int index, Table table) {
    return node(index) instanceof Node.Codes codes
        ? table.column(codes.column()).dictionary()
        : List.of();
  }

  /** Whether a node's values are positions in a list of texts, which may be another for a table that grew. */
  public boolean isText(int index) {
    return node(index) instanceof Node.Codes;
  }

  /** Rows before its own that a node's value may depend on, of its instrument and of those it asks for. */
  public Reach lookBack(int node) {
    return back.get(node);
  }

  /** Rows after its own that a node's value may depend on, of its instrument and of those it asks for. */
  public Reach lookAhead(int node) {
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
      if (!table.hasTime() && needsTime(i)) {
        throw SlipstreamException.invalid(
            "windows by time, functions across instruments and asof need a time column",
            "Name the time column of the data, or count in rows.");
      }
      if (node(i) instanceof Node.Load load) {
        Column column = table.column(load.column());
        if (!column.type().numeric()) {
          throw wrongType(column, "a number");
        }
      } else if (node(i) instanceof Node.Codes codes) {
        requireText(table.column(codes.column()));
      } else if (node(i) instanceof Node.AsOf asOf) {
        if (table.partitions().stream()
            .noneMatch(each -> each.instrument().equals(asOf.instrument()))) {
          progress.message(
              Progress.Severity.WARNING,
              Text.format(
                  "there are no rows of instrument \"%s\", which asof asks: its values are unknown",
                  asOf.instrument()));
        }
      } else if (node(i) instanceof Node.TextTest test) {
        Column column = table.column(test.column());
        requireText(column);
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

  private boolean needsTime(int index) {
    Kernel kernel = kernel(index);
    return node(index).crossesInstruments()
        || kernel != null && (kernel.lookBack().nanos() > 0 || kernel.lookAhead().nanos() > 0);
  }

  private static void requireText(Column column) {
    if (column.type() != ColumnType.STRING) {
      throw wrongType(column, "text");
    }
  }

  private static SlipstreamException wrongType(Column column, String wanted) {
    return SlipstreamException.invalid(
        Text.format(
            "column '%s' is %s where the expressions need %s",
            column.name(), column.type(), wanted),
        "Give the column's type in the import.");
  }

  /**
   * SHA-256 (hex) of what some nodes compute: equal for equal expressions of any graph, whatever they are called.
   *
   * @param version of a function's code
   */
  public List<String> hashes(List<Integer> outputs, Function<FeatureFunction, String> version) {
    boolean[] needed = needed(outputs);
    String[] hashes = new String[nodes.size()];
    for (int i = 0; i < hashes.length; i++) {
      if (needed[i]) {
        hashes[i] = Hashing.sha256(canonical(node(i), hashes, version));
      }
    }
    return outputs.stream().map(each -> hashes[each]).toList();
  }

  private static String canonical(
      Node node, String[] hashes, Function<FeatureFunction, String> version) {
    return switch (node) {
      case Node.Load load -> "column\n" + load.column();
      case Node.Codes codes -> "codes\n" + codes.column();
      case Node.TextTest test ->
          "text\n"
              + test.equal()
              + "\n"
              + test.column().length()
              + "\n"
              + test.column()
              + test.text();
      case Node.Constant constant ->
          "number\n" + Long.toHexString(Double.doubleToLongBits(constant.value()));
      case Node.Prefix prefix -> prefix.operator() + "\n" + hashes[prefix.operand()];
      case Node.Infix infix ->
          infix.operator() + "\n" + hashes[infix.left()] + "\n" + hashes[infix.right()];
      case Node.AsOf asOf -> "asof\n" + hashes[asOf.input()] + "\n" + asOf.instrument();
      case Node.Call call -> {
        StringBuilder text = new StringBuilder("call\n");
        text.append(call.function().name()).append('\n');
        text.append(version.apply(call.function())).append('\n');
        call.series().forEach(input -> text.append(hashes[input]).append('\n'));
        yield text.append(call.constants()).toString();
      }
    };
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
