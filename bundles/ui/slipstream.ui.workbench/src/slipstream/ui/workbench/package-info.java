/** The Eclipse 4 application model, rendered in JavaFX. */
package slipstream.ui.workbench;
