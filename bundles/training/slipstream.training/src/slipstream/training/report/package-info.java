/** Self-contained HTML pages beside the report of a run. */
package slipstream.training.report;
