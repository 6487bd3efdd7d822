package slipstream.store;

/**
 * A finished trial of a search.
 *
 * @param number counts from 1 within the search
 * @param key SHA-256 of all that decides its result
 * @param scored false when it failed
 * @param trial the trial's bytes, of which the store knows nothing
 */
public record TrialRecord(int number, String key, boolean scored, byte[] trial) {}
