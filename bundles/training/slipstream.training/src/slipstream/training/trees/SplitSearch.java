package slipstream.training.trees;

/** Finds the best split of a node in its histogram. */
interface SplitSearch {
  /** Null when no split is worth it. */
  Split find(Node node);
}
