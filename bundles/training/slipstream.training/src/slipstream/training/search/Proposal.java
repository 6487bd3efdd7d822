package slipstream.training.search;

/**
 * A trial to be made: a configuration at a resource.
 *
 * @param number of the trial, from 0, in the order of the schedule
 * @param configuration its number, from 0
 * @param rung how often the configuration was promoted before
 * @param resource share of the training rows, above 0, at most 1
 * @param point of the space; not changed
 */
public record Proposal(int number, int configuration, int rung, double resource, double[] point) {}
