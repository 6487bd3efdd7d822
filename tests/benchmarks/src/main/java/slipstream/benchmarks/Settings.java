package slipstream.benchmarks;

/** What both engines are asked for. */
record Settings(int rounds, int depth, double learningRate, double l2, int bins, int threads) {}
