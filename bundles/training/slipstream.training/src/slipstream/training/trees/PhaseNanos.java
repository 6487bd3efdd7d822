package slipstream.training.trees;

/** Thread time by phase of the training, for benchmarks. */
final class PhaseNanos {
  long histogram;
  long partition;
  long split;
  long leaves;

  void add(PhaseNanos other) {
    histogram += other.histogram;
    partition += other.partition;
    split += other.split;
    leaves += other.leaves;
  }
}
