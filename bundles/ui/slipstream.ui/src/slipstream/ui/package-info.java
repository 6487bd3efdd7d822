/** The parts, perspectives and charts of the workbench. */
package slipstream.ui;
