/** The health report: what is odd about a table, by defect, column, instrument and time. */
package slipstream.data.health;
