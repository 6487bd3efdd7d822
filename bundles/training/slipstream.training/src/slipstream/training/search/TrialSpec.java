package slipstream.training.search;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import slipstream.core.experiment.Search;

/**
 * A trial as data: all that an executor needs, wherever it runs the trial.
 *
 * @param number of the trial, from 0
 * @param configuration its number, from 0; a configuration that is promoted is tried again
 * @param rung how often it was promoted before
 * @param experiment canonical text of the experiment, search included
 * @param objective what to score, with nothing left open
 * @param values what replaces the experiment's own, by key of the space: String, Long, Double, Boolean or List
 * @param resource share of the training rows that the model sees
 * @param limit after which the trial is ended; zero for none
 */
public record TrialSpec(
    int number,
    int configuration,
    int rung,
    String experiment,
    Search.Objective objective,
    SequencedMap<String, Object> values,
    double resource,
    Duration limit) {
  public TrialSpec {
    values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
  }
}
