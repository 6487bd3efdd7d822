/** Importers of market data and the data-quality report. */
package slipstream.data;
