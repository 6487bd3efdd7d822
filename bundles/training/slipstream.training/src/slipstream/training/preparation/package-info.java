/** The first steps of an experiment: from a file to the table that features are computed on. */
package slipstream.training.preparation;
