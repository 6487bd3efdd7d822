package slipstream.benchmarks;

/** What both forests are asked for. */
record ForestSettings(
    int trees,
    int depth,
    int minRowsPerLeaf,
    double rowSampling,
    double featureSampling,
    int threads) {}
