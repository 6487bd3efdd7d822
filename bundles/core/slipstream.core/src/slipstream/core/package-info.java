/** The words everything else is said in. */
package slipstream.core;
