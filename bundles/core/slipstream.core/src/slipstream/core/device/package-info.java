/**
 * Devices that numeric work runs on, and the work that they are asked for. A trainer decides; a device counts, moves,
 * searches and adds. A GPU implements {@link slipstream.core.device.Device} as the processor does.
 */
package slipstream.core.device;
