package slipstream.store;

import java.time.Duration;
import java.time.Instant;
import slipstream.core.SlipstreamException;

/**
 * A search as the store keeps it.
 *
 * @param id ascending in order of creation
 * @param name unique: the experiment's name, {@code -search-} and {@code number}
 * @param number counts the searches of an experiment from 1
 * @param started when it was last started or resumed; null before
 * @param ended null while it has not
 * @param experimentText as it is searched, overrides applied
 * @param file what to call the experiment in problems; may be empty
 * @param dataDirectory relative data paths start here
 * @param threads upper bound
 * @param elapsed for how long it has run, up to its last trial that finished
 * @param snapshot what is known of it, up to its last trial that finished: bytes, of which the store knows nothing
 * @param run of the best configuration; empty when there is none yet
 * @param problem why it failed; null when it did not
 */
public record SearchRecord(
    long id,
    String name,
    String experiment,
    int number,
    RunState state,
    Instant created,
    Instant started,
    Instant ended,
    String experimentText,
    String file,
    String dataDirectory,
    int threads,
    Duration elapsed,
    byte[] snapshot,
    String run,
    SlipstreamException problem) {}
