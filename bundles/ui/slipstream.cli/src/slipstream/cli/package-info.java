/** The command line. */
package slipstream.cli;
