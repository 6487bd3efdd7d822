package slipstream.core.device;

/**
 * A tree over bins, in preorder: node 0 is the root, and the left child of an inner node i is {@code i + 1}.
 *
 * @param splits null at a leaf
 * @param right child of an inner node
 * @param values of leaves
 */
public record BinnedTree(Split[] splits, int[] right, float[] values) {}
