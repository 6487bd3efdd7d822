package slipstream.store;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A model as the store keeps it; its archive is the blob {@code hash} in the content store.
 *
 * @param id ascending in order of registration; ignored when registering
 * @param name unique in the workspace
 * @param hash SHA-256 of the archive
 * @param run name of the run that made it; empty for an imported one
 * @param file the archive under a name that a person knows
 * @param inputs in the order that the model needs them
 * @param provenance by name, in order
 */
public record ModelRecord(
    long id,
    String name,
    String hash,
    String experiment,
    String run,
    String trainer,
    String target,
    String unit,
    long trainingRows,
    Instant created,
    String file,
    List<Input> inputs,
    SequencedMap<String, String> provenance) {
  public ModelRecord {
    inputs = List.copyOf(inputs);
    provenance = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(provenance));
  }

  /**
   * @param given true when whoever asks for a prediction chooses it
   */
  public record Input(String name, String unit, boolean given, String expression) {}
}
