/** The expression language and the built-in feature kernels. */
package slipstream.features;
