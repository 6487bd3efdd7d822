/** Linear regression: ridge, the LASSO and the elastic net. */
package slipstream.training.linear;
