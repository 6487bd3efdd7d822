package slipstream.experiment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Trainer;

/** Which models of an experiment combine which others. */
public final class Ensembles {
  private Ensembles() {}

  /**
   * The models that a model combines; empty for one that combines none, or whose trainer or parameters are wrong.
   *
   * @param model a name in the experiment
   */
  public static List<String> members(Experiment experiment, String model, PluginCatalog plugins) {
    PluginUse use = experiment.models().get(model);
    try {
      return use == null ? List.of() : members(plugins.trainer(use.plugin()), use);
    } catch (SlipstreamException e) {
      return List.of(); // told where the model is checked
    }
  }

  private static <P extends Record> List<String> members(Trainer<P> trainer, PluginUse use) {
    return trainer.members(ParameterForm.bind(trainer.parameters(), use.parameters(), ""));
  }

  /** What is wrong with the members of an experiment's models, by key. */
  public static List<SlipstreamException> check(Experiment experiment, PluginCatalog plugins) {
    List<SlipstreamException> problems = new ArrayList<>();
    for (Map.Entry<String, PluginUse> each : experiment.models().entrySet()) {
      List<String> members = members(experiment, each.getKey(), plugins);
      Place place = Place.key("models." + each.getKey() + "." + Trainer.MEMBERS);
      for (SlipstreamException problem : check(experiment, each.getKey(), members, plugins)) {
        problems.add(problem.at(place));
      }
    }
    return problems;
  }

  private static List<SlipstreamException> check(
      Experiment experiment, String model, List<String> members, PluginCatalog plugins) {
    List<SlipstreamException> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String member : members) {
      if (!seen.add(member)) {
        problems.add(
            SlipstreamException.invalid(
                "'" + member + "' is named twice", "Name each model once."));
      } else if (member.equals(model)) {
        problems.add(
            SlipstreamException.invalid(
                "'" + model + "' would be a member of itself", "Name other models."));
      } else if (!experiment.models().containsKey(member)) {
        problems.add(unknown(experiment, model, member));
      } else if (!members(experiment, member, plugins).isEmpty()) {
        problems.add(
            SlipstreamException.invalid(
                "'" + member + "' combines other models itself, and so cannot be a member",
                "Name its members: "
                    + String.join(", ", members(experiment, member, plugins))
                    + "."));
      }
    }
    return problems;
  }

  private static SlipstreamException unknown(Experiment experiment, String model, String member) {
    for (String target : experiment.targets().keySet()) {
      String name =
          member.startsWith(target + "-") || member.startsWith(target + "/")
              ? member.substring(target.length() + 1)
              : "";
      if (experiment.models().containsKey(name)) {
        return SlipstreamException.invalid(
            "'" + member + "' is the model of one target",
            "Write '"
                + name
                + "': the '"
                + model
                + "' of each target combines that target's models.");
      }
    }
    List<String> others = new ArrayList<>(experiment.models().keySet());
    others.remove(model);
    return SlipstreamException.notFound(
        "there is no model '" + member + "'", Nearest.remedy(member, others));
  }
}
