/** Predictions and the services over HTTP. */
package slipstream.serving;
