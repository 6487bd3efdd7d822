/** The record of runs, models and datasets. */
package slipstream.store;
