/** Models that combine other models of the experiment. */
package slipstream.training.ensemble;
