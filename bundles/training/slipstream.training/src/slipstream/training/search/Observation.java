package slipstream.training.search;

/**
 * What a finished trial showed.
 *
 * @param point of the space; not changed
 * @param loss lower is better; infinite when the trial failed
 */
public record Observation(double[] point, double loss) {}
