/** Scores of predictions on rows that were not trained on. */
package slipstream.training.metrics;
