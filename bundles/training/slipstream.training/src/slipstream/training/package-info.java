/** Trainers, validation, metrics and the experiment pipeline. */
package slipstream.training;
