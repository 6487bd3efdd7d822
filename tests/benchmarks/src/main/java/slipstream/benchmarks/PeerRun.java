package slipstream.benchmarks;

/**
 * One training of an engine, in seconds.
 *
 * @param binning of its matrix, and what its first round takes beyond a later one
 * @param round the median one
 * @param rmse on rows not trained on
 */
record PeerRun(double total, double binning, double round, double rmse) {}
