package slipstream.training.trees;

import slipstream.core.device.Split;

/** Finds the best split of a node in its histogram. */
interface SplitSearch {
  /** Null when no split is worth it. */
  Split find(NodeRows node);
}
