/** The yardstick that every model is compared with. */
package slipstream.training.baseline;
