/** Published cost models, fitted by bounded non-linear least squares with clustered standard errors. */
package slipstream.training.parametric;
