package slipstream.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How a model of a run did, as the store keeps it.
 *
 * @param model name in the experiment
 * @param losses by metric, the lower the better; NaN where not defined
 * @param score all of it: bytes, of which the store knows nothing
 */
public record ModelScoreRecord(
    String target,
    String model,
    String trainer,
    boolean baseline,
    double trainingSeconds,
    SequencedMap<String, Double> losses,
    byte[] score) {
  public ModelScoreRecord {
    losses = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(losses));
  }
}
