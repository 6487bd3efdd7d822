package slipstream.store;

import java.util.List;

/**
 * Part of a list, newest first.
 *
 * @param last the id of the last row, from which the next page goes on; 0 when this is the last page
 */
public record Page<T>(List<T> rows, long last) {}
