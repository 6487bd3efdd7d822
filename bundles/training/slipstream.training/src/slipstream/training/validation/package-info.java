/** Splitting rows by time into training and scored rows. */
package slipstream.training.validation;
