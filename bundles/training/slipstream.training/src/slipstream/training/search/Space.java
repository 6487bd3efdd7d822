package slipstream.training.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.Search.Dimension;
import slipstream.core.parameters.ParameterDescription;
import slipstream.core.parameters.ParameterDescription.Type;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.PluginCatalog;

/**
 * What is varied: a unit cube with an axis a key. A configuration is a point of it. Immutable.
 *
 * @param keys as in {@code --set}
 * @param axes one a key
 */
public record Space(List<String> keys, List<Axis> axes) {
  public Space {
    keys = List.copyOf(keys);
    axes = List.copyOf(axes);
    if (keys.isEmpty() || keys.size() != axes.size()) {
      throw new IllegalArgumentException(keys.size() + " keys, " + axes.size() + " axes");
    }
  }

  /**
   * The space of an experiment's search.
   *
   * @param experiment whose search was found sound
   */
  public static Space of(Experiment experiment, PluginCatalog plugins) {
    List<String> keys = new ArrayList<>();
    List<Axis> axes = new ArrayList<>();
    experiment
        .search()
        .space()
        .forEach(
            (key, dimension) -> {
              keys.add(key);
              axes.add(axis(dimension, whole(key, experiment, plugins)));
            });
    return new Space(keys, axes);
  }

  private static boolean whole(String key, Experiment experiment, PluginCatalog plugins) {
    String[] words = key.split("\\.", 3);
    if (!words[0].equals("models")) {
      return false;
    }
    Class<? extends Record> type =
        plugins.trainer(experiment.models().get(words[1]).plugin()).parameters();
    for (ParameterDescription parameter : ParameterForm.describe(type)) {
      if (parameter.name().equals(words[2])) {
        return parameter.type() == Type.INTEGER;
      }
    }
    return false;
  }

  private static Axis axis(Dimension dimension, boolean whole) {
    return switch (dimension) {
      case Dimension.Values list -> new Axis.Choice(list.values());
      case Dimension.Range range -> {
        double step = range.step() == 0 && whole && !range.log() ? 1 : range.step();
        // A step that divides the range to within rounding reaches its end.
        double steps = step == 0 ? 0 : Math.floor((range.max() - range.min()) / step + 1e-9);
        if (range.min() == range.max()) {
          yield new Axis.Steps(range.min(), 1, 1, whole);
        }
        yield step == 0 || steps >= Integer.MAX_VALUE
            ? new Axis.Interval(range.min(), range.max(), range.log(), whole)
            : new Axis.Steps(range.min(), step, (int) steps + 1, whole);
      }
    };
  }

  public int dimensions() {
    return axes.size();
  }

  /** The values at a point, by key in the order of the axes. */
  public SequencedMap<String, Object> at(double[] point) {
    SequencedMap<String, Object> values = new LinkedHashMap<>();
    for (int d = 0; d < point.length; d++) {
      values.put(keys.get(d), axes.get(d).at(point[d]));
    }
    return values;
  }

  /** The point that stands for all points of the same values, axis by axis {@link Axis#centre}. */
  public double[] centre(double[] point) {
    double[] centred = new double[point.length];
    for (int d = 0; d < point.length; d++) {
      centred[d] = axes.get(d).centre(point[d]);
    }
    return centred;
  }

  /** The number of configurations; {@link Long#MAX_VALUE} when they are not counted, or more than that. */
  public long size() {
    long size = 1;
    for (Axis axis : axes) {
      if (axis.levels() == 0 || size > Long.MAX_VALUE / axis.levels()) {
        return Long.MAX_VALUE;
      }
      size *= axis.levels();
    }
    return size;
  }
}
