/** Ridge regression. */
package slipstream.training.linear;
