package slipstream.training.trees;

/** Which node of a tree is split next. */
public enum Growth {
  /** Every node that is worth it, down to the depth. */
  LEVEL_WISE,
  /**
   * The one with the largest gain, the elder one of equals, until there are enough leaves; no deeper
   * than the depth.
   */
  LEAF_WISE
}
