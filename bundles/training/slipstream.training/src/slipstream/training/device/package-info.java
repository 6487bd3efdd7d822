/** The processor as a device: the reference for every other. */
package slipstream.training.device;
