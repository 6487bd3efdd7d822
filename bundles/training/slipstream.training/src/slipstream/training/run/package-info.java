/** Running an experiment from data to models and report. */
package slipstream.training.run;
