package slipstream.core.device;

/** What is to be done with a node next. Nodes are numbers that the caller gives. */
public sealed interface Step {
  int node();

  /**
   * Find the best split, and report it to the policy.
   *
   * @param space null: seek none, report the node without a split
   */
  record Search(int node, SearchSpace space) implements Step {}

  /**
   * Split the node: its rows go to two new nodes, which then are searched.
   *
   * @param leftSpace null together with {@code rightSpace}: the children are not searched and need no histograms
   */
  record Part(
      int node, Split split, int left, int right, SearchSpace leftSpace, SearchSpace rightSpace)
      implements Step {}

  /**
   * Add values to the scores of the node's rows, and write their next gradients. The node ends here.
   *
   * @param split null: all rows get {@code left}
   * @param left value of the rows that the split sends left
   * @param right value of the others
   */
  record Update(int node, Split split, float left, float right) implements Step {}

  /** Forget the node's histogram: it will not be split. Its rows stay. */
  record Close(int node) implements Step {}
}
