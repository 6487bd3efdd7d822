/**
 * The search for better parameters: spaces, samplers, schedules, and the engine that runs trials by an executor.
 *
 * <p>What is tried is a function of the space, the settings and the results: never of the order in which trials happen to
 * end. {@link slipstream.training.search.SearchEngine} says how.
 */
package slipstream.training.search;
