package slipstream.training.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Function;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.experiment.PluginUse;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Loss;
import slipstream.core.spi.Model;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.TrainingData;
import slipstream.training.model.IndicatorModel;

/**
 * A trainer with its parameters bound, under the model's name in the experiment.
 *
 * @param name in the experiment; {@code baseline} for the baseline
 * @param key the experiment's dotted key, for errors
 * @param loss of a plug-in, where the parameters name one
 * @param start the model to go on from, where the parameters name one
 */
record ModelRecipe<P extends Record>(
    String name,
    String key,
    Trainer<P> trainer,
    P parameters,
    Optional<Loss> loss,
    Optional<StartModel> start) {
  /** A model to go on from, and the SHA-256 of its archive. */
  record StartModel(Model model, String hash) {}

  /**
   * @param models gives the model of a name or path
   */
  static ModelRecipe<?> bind(
      String name,
      String key,
      PluginUse use,
      PluginCatalog plugins,
      Function<String, StartModel> models) {
    try {
      return bind(name, key, use, plugins.trainer(use.plugin()), plugins, models);
    } catch (SlipstreamException e) {
      throw e.place().isPresent() ? e : e.at(Place.key(key));
    }
  }

  private static <P extends Record> ModelRecipe<P> bind(
      String name,
      String key,
      PluginUse use,
      Trainer<P> trainer,
      PluginCatalog plugins,
      Function<String, StartModel> models) {
    P parameters = ParameterForm.bind(trainer.parameters(), use.parameters(), key);
    Optional<Loss> loss =
        trainer.objective(parameters).map(objective -> plugins.loss(objective, key));
    return new ModelRecipe<>(
        name,
        key,
        trainer,
        parameters,
        loss,
        trainer.startsFrom(parameters).map(start(key, models)));
  }

  private static Function<String, StartModel> start(
      String key, Function<String, StartModel> models) {
    return reference -> {
      try {
        return models.apply(reference);
      } catch (SlipstreamException e) {
        throw e.at(Place.key(key + "." + Trainer.START_FROM));
      }
    };
  }

  /** The names of the models that it combines: {@link Trainer#members}. */
  List<String> members() {
    return trainer.members(parameters);
  }

  /** The dotted key of the parameter that makes fits choose their steps on validation rows. */
  Optional<String> stopsEarlyBy() {
    return trainer.stopsEarlyBy(parameters).map(parameter -> key + "." + parameter);
  }

  /** {@link Trainer#memory} with these parameters. */
  OptionalLong memory(Trainer.Size size) {
    return trainer.memory(parameters, size);
  }

  /** Fits with the parameters as they are. */
  Model fit(TrainingData data, Trainer.Context context) {
    return fit(data, parameters, context);
  }

  /** Fits without validation rows in this many steps; 0 when the trainer knows no steps. */
  Model fit(TrainingData data, int steps, Trainer.Context context) {
    return fit(data, withSteps(steps), context);
  }

  private P withSteps(int steps) {
    return steps > 0 ? trainer.withSteps(parameters, steps) : parameters;
  }

  private Model fit(TrainingData data, P chosen, Trainer.Context context) {
    try {
      return trainer.takesCategories()
          ? trainer.train(data, chosen, context)
          : IndicatorModel.fit(data, rows -> trainer.train(rows, chosen, context));
    } catch (SlipstreamException e) {
      throw e.place().isPresent() || e.category() == Category.CANCELLED ? e : e.at(Place.key(key));
    } catch (RuntimeException e) {
      throw new SlipstreamException(
          Category.INTERNAL,
          "trainer '" + trainer.name() + "' failed: " + e,
          Place.key(key),
          "Report it to the plug-in's maker; the log has the details.",
          e);
    }
  }

  /** All parameters of the final fit as text, by name. */
  SequencedMap<String, String> parameterTexts(int steps) {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, Object> each : ParameterForm.values(withSteps(steps)).entrySet()) {
      texts.put(each.getKey(), String.valueOf(each.getValue()));
    }
    return texts;
  }
}
