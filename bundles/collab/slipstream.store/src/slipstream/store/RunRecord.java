package slipstream.store;

import java.time.Instant;
import slipstream.core.SlipstreamException;

/**
 * A run as the store keeps it.
 *
 * @param id ascending in order of creation
 * @param name unique: the experiment's name, a hyphen and {@code number}
 * @param number counts the runs of an experiment from 1
 * @param started null before it started
 * @param ended null before it ended
 * @param experimentText as it is run, overrides applied
 * @param threads upper bound
 * @param directory folder with report, models and exports
 * @param reportHash of the report's bytes in the content store; null when there is none
 * @param reportHtmlHash of the report as a page in the content store; null when there is none
 * @param problem why it failed; null when it did not
 */
public record RunRecord(
    long id,
    String name,
    String experiment,
    int number,
    RunState state,
    Instant created,
    Instant started,
    Instant ended,
    String experimentText,
    int threads,
    String directory,
    String reportHash,
    String reportHtmlHash,
    SlipstreamException problem) {}
