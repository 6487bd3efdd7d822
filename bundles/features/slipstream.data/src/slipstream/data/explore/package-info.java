/** Looking into tables of any size: rows by query, statistics of columns, series fit for a screen, curves of a day. */
package slipstream.data.explore;
