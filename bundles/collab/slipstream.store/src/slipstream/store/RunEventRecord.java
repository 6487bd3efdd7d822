package slipstream.store;

/**
 * Something that happened in a run.
 *
 * @param sequence counts from 1 within a run
 * @param event the event's bytes, of which the store knows nothing
 */
public record RunEventRecord(long sequence, byte[] event) {}
