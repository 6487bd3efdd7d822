package slipstream.training.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import slipstream.core.Nearest;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.Loss;

/**
 * What the user demands of the shape of trees.
 *
 * <p>Monotone features: below a split on one, the left child's values end, and the right child's
 * begin, at the middle between the children's own values. Every leaf value is clipped to its bounds,
 * so a tree is monotone whatever its other splits are, and so is a sum of trees, rounding included.
 *
 * <p>Interactions: a node may split on the features of those groups that hold all features split on
 * above it. A feature in no group is a group of its own.
 */
final class Constraints {
  private final int[] directions; // null when no feature has one
  private final BitSet[] groups; // null when all may interact
  private final boolean fromSums;

  private Constraints(int[] directions, BitSet[] groups, boolean fromSums) {
    this.directions = directions;
    this.groups = groups;
    this.fromSums = fromSums;
  }

  /**
   * What is left to a node.
   *
   * @param features that may be split on, ascending
   * @param groups numbers of the interaction groups that hold all features above; null without
   * @param lower least value before the learning rate
   * @param upper largest value before the learning rate
   */
  record Room(int[] features, int[] groups, double lower, double upper) {
    /** The middle between two values, each clipped to the bounds. */
    double between(double a, double b) {
      return (clip(a) + clip(b)) / 2;
    }

    private double clip(double value) {
      return Math.max(lower, Math.min(upper, value));
    }
  }

  /**
   * @throws SlipstreamException when a constraint names what is not a feature
   */
  static Constraints of(BoostedTreesParameters parameters, Loss loss, FeatureColumns columns) {
    List<String> names = columns.names();
    int[] directions = parameters.monotone().isEmpty() ? null : new int[names.size()];
    parameters
        .monotone()
        .forEach(
            (name, word) ->
                directions[index(name, names, "monotone")] =
                    word.equals(BoostedTreesParameters.INCREASING) ? 1 : -1);
    for (int f = 0; directions != null && f < directions.length; f++) {
      if (directions[f] != 0 && columns.categories(f) > 0) {
        throw SlipstreamException.invalid(
            "Boosted trees: '" + names.get(f) + "' has categories, which have no order",
            Place.key("monotone"),
            "Leave it out of monotone, or make it a number.");
      }
    }
    return new Constraints(
        directions,
        parameters.interactions().isEmpty() ? null : groups(parameters.interactions(), names),
        !StandardLoss.needsResiduals(loss));
  }

  private static BitSet[] groups(List<String> written, List<String> names) {
    List<BitSet> groups = new ArrayList<>();
    BitSet alone = new BitSet();
    alone.set(0, names.size());
    for (String text : written) {
      BitSet group = new BitSet();
      for (String name : text.strip().split("\\s*\\*\\s*")) {
        group.set(index(name, names, "interactions"));
      }
      alone.andNot(group);
      groups.add(group);
    }
    for (int f = alone.nextSetBit(0); f >= 0; f = alone.nextSetBit(f + 1)) {
      BitSet group = new BitSet();
      group.set(f);
      groups.add(group);
    }
    return groups.toArray(BitSet[]::new);
  }

  private static int index(String name, List<String> names, String key) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw SlipstreamException.invalid(
          "Boosted trees: '" + name + "' is not a feature",
          Place.key(key),
          Nearest.remedy(name, names));
    }
    return index;
  }

  /** 1 increasing, -1 decreasing, 0 free. */
  int direction(int feature) {
    return directions == null ? 0 : directions[feature];
  }

  /**
   * Whether bounds are in the unit of the gradient means that splits are found on. Values that come
   * from residuals are not: there bounds clip leaves, and splits only have to be in order.
   */
  boolean boundsValues() {
    return directions != null && fromSums;
  }

  /** By feature; null when all are free. */
  int[] directions() {
    return directions;
  }

  Room atRoot(int[] features) {
    return new Room(
        features,
        groups == null ? null : IntStream.range(0, groups.length).toArray(),
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY);
  }

  /**
   * @param middle where the children's values part; unused when the feature has no direction
   */
  Room ofChild(Room parent, int feature, double middle, boolean left) {
    if (directions == null && groups == null) {
      return parent;
    }
    int[] features = parent.features();
    int[] active = parent.groups();
    if (groups != null) {
      active = Arrays.stream(active).filter(g -> groups[g].get(feature)).toArray();
      BitSet union = new BitSet();
      for (int g : active) {
        union.or(groups[g]);
      }
      features = Arrays.stream(features).filter(union::get).toArray();
    }
    int direction = direction(feature);
    boolean fromBelow = direction != 0 && left == direction < 0;
    boolean fromAbove = direction != 0 && left == direction > 0;
    return new Room(
        features, active, fromBelow ? middle : parent.lower(), fromAbove ? middle : parent.upper());
  }
}
