/** Results of a run: scores, calibration, residuals, by target and model. */
package slipstream.training.evaluation;
