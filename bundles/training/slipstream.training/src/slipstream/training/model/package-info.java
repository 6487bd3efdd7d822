/** Model archives with all that a prediction needs. */
package slipstream.training.model;
