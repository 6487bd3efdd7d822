package slipstream.benchmarks;

/** What all engines are asked for; grown leaf-wise, trees have as many leaves as the depth allows. */
record Settings(int rounds, int depth, double learningRate, double l2, int bins, int threads) {
  int leaves() {
    return 1 << Math.min(depth, 12);
  }
}
