package slipstream.core.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.device.DeviceChoice;

/**
 * What an experiment file says: from data to models, by name.
 *
 * @param name lower-case letters, digits and hyphens
 * @param description for people; may be empty
 * @param seed all randomness of the run comes from it
 * @param data the importer and its parameters
 * @param prepare feature extractors in order: each makes a table from the one before
 * @param features by name, in order; a later one may use an earlier one; point in time
 * @param given inputs that whoever asks for a prediction chooses, such as the flow that is to be priced; they may look
 *     ahead as far as the target does, and are reported as such
 * @param targets what is predicted; may look ahead
 * @param weight an expression: how much a row counts in training, at least 0; empty for equal weights
 * @param cluster a column or an expression: rows of equal values count as one observation for standard errors; empty for
 *     the trainer's own choice
 * @param models trainers by the model's name
 * @param baseline the trainer that every model is compared with
 * @param evaluation what the report tells scored rows apart by
 * @param orders where the data tell of parent orders; null when they do not
 * @param metrics names of metrics, the first being the headline
 * @param exports names of exporters to run on every model
 * @param search how better parameters are looked for; null when it does not say
 * @param device that models are trained on; decides no result
 */
public record Experiment(
    String name,
    String description,
    long seed,
    PluginUse data,
    List<PluginUse> prepare,
    SequencedMap<String, Definition> features,
    SequencedMap<String, Definition> given,
    SequencedMap<String, Definition> targets,
    String weight,
    String cluster,
    SequencedMap<String, PluginUse> models,
    PluginUse baseline,
    Validation validation,
    Evaluation evaluation,
    Orders orders,
    List<String> metrics,
    List<String> exports,
    Search search,
    DeviceChoice device) {

  public Experiment {
    prepare = List.copyOf(prepare);
    features = copy(features);
    given = copy(given);
    targets = copy(targets);
    models = copy(models);
    metrics = List.copyOf(metrics);
    exports = List.copyOf(exports);
  }

  /** An experiment without weights, clusters and search. */
  public Experiment(
      String name,
      String description,
      long seed,
      PluginUse data,
      List<PluginUse> prepare,
      SequencedMap<String, Definition> features,
      SequencedMap<String, Definition> given,
      SequencedMap<String, Definition> targets,
      SequencedMap<String, PluginUse> models,
      PluginUse baseline,
      Validation validation,
      List<String> metrics,
      List<String> exports) {
    this(
        name,
        description,
        seed,
        data,
        prepare,
        features,
        given,
        targets,
        "",
        "",
        models,
        baseline,
        validation,
        Evaluation.DEFAULT,
        null,
        metrics,
        exports,
        null,
        DeviceChoice.AUTO);
  }

  /** The same experiment on another device, which gives the same results. */
  public Experiment on(DeviceChoice other) {
    return with(evaluation, orders, other);
  }

  /** The same experiment with nothing that is for the report alone: models and scores are the same. */
  public Experiment unevaluated() {
    return with(Evaluation.DEFAULT, null, device);
  }

  private Experiment with(
      Evaluation otherEvaluation, Orders otherOrders, DeviceChoice otherDevice) {
    return new Experiment(
        name,
        description,
        seed,
        data,
        prepare,
        features,
        given,
        targets,
        weight,
        cluster,
        models,
        baseline,
        validation,
        otherEvaluation,
        otherOrders,
        metrics,
        exports,
        search,
        otherDevice);
  }

  /** The givens that the models of a target have as inputs, in order. */
  public SequencedMap<String, Definition> given(String target) {
    SequencedMap<String, Definition> applying = new LinkedHashMap<>();
    given.forEach(
        (name, definition) -> {
          if (definition.appliesTo(target)) {
            applying.put(name, definition);
          }
        });
    return applying;
  }

  private static <T> SequencedMap<String, T> copy(SequencedMap<String, T> map) {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
  }
}
