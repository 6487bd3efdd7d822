package slipstream.training.trees;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import slipstream.core.parameters.Parameter;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Loss;

/**
 * How boosted trees are grown. What is here decides the model; seed and threads come with the run.
 *
 * @param rounds largest number of trees, those of {@code startFrom} counted
 * @param depth largest depth of a tree; 1 is a single split
 * @param growth which node is split next
 * @param maxLeaves most leaves of a tree that is grown leaf-wise
 * @param learningRate factor on each tree's leaf values
 * @param l1 by which the sum of a node's gradients moves towards 0, not past it, before its score and
 *     value are taken (Chen and Guestrin's alpha)
 * @param l2 added to the row count in the denominator of a split's score and of a leaf value
 *     (squared)
 * @param minRowsPerLeaf fewest training rows in a leaf
 * @param minGain smallest decrease of the training objective that justifies a split
 * @param bins most bins of a feature, the one of missing values included
 * @param categorySmoothing rows of no gradient that each category is given before categories are put in order
 * @param minRowsPerCategory fewest rows in a node of a category that is told apart there
 * @param objective the loss to minimise: a {@link StandardObjective} or an {@link
 *     slipstream.core.spi.Objective}
 * @param objectiveParameters of a plug-in's objective
 * @param huberDelta where Huber's loss turns linear, in units of the target
 * @param quantile that the quantile objective fits, between 0 and 1
 * @param quantiles that it fits at once, in place of {@code quantile}; ascending; empty for one
 * @param earlyStoppingRounds stop after so many rounds without a better validation loss, and keep
 *     the best; 0 never stops
 * @param rowSampling share of the rows that each tree is grown on
 * @param columnSampling share of the features that each tree may split on
 * @param nodeSampling share of those that each node may split on
 * @param monotone by feature name {@code increasing} or {@code decreasing}: all else being equal, a
 *     larger value of the feature never lowers (raises) the prediction; missing values are free
 * @param startFrom name or path of a model of boosted trees to go on from; empty for none
 * @param interactions groups of feature names, each written {@code a * b * c}: on a path from a
 *     root to a leaf only features of one group meet; a feature in no group meets none; empty: all
 *     may meet
 */
public record BoostedTreesParameters(
    @Parameter(
            help =
                "Most trees; more fit closer and take longer. Those of the model that it starts from"
                    + " count.",
            unit = "trees",
            defaultValue = "100",
            min = 1,
            max = MAX_ROUNDS)
        int rounds,
    @Parameter(
            help = "Largest depth of a tree; deeper trees model higher interactions.",
            defaultValue = "6",
            min = 1,
            max = MAX_DEPTH)
        int depth,
    @Parameter(
            help =
                "Which node is split next: level-wise splits all down to the depth; leaf-wise"
                    + " always the one that gains most, up to max_leaves, and no deeper than depth.",
            defaultValue = "level-wise")
        Growth growth,
    @Parameter(
            help = "Most leaves of a tree that is grown leaf-wise.",
            unit = "leaves",
            defaultValue = "31",
            min = 2,
            max = MAX_LEAVES)
        int maxLeaves,
    @Parameter(
            help = "Factor on each tree; smaller is more careful and needs more rounds.",
            defaultValue = "0.1",
            min = 1e-6,
            max = 10)
        double learningRate,
    @Parameter(
            help =
                "L1 penalty: gradient sums shrink by so much towards 0, so that weak leaves say"
                    + " nothing; in rows times the target's unit where the objective is squared.",
            defaultValue = "0",
            min = 0,
            max = 1e300)
        double l1,
    @Parameter(
            help = "L2 penalty, in rows; larger shrinks the values of small leaves.",
            unit = "rows",
            defaultValue = "1",
            min = 0,
            max = 1e12)
        double l2,
    @Parameter(
            help = "Fewest training rows in a leaf.",
            unit = "rows",
            defaultValue = "1",
            min = 1,
            max = Integer.MAX_VALUE)
        int minRowsPerLeaf,
    @Parameter(
            help = "Smallest decrease of the training objective that justifies a split.",
            defaultValue = "0",
            min = 0,
            max = 1e300)
        double minGain,
    @Parameter(
            help = "Most bins of a feature, the one of missing values included.",
            unit = "bins",
            defaultValue = "256",
            min = 2,
            max = 256)
        int bins,
    @Parameter(
            help =
                "Smoothing of categories: rows without an effect that are added to each in a node before"
                    + " categories are put in order, so that the luck of few rows does not lead.",
            unit = "rows",
            defaultValue = "10",
            min = 0,
            max = 1e12)
        double categorySmoothing,
    @Parameter(
            help = "Fewest rows of a category in a node; categories with fewer are one there.",
            unit = "rows",
            defaultValue = "10",
            min = 1,
            max = Integer.MAX_VALUE)
        int minRowsPerCategory,
    @Parameter(
            help =
                "Loss to minimise: squared (mean), absolute (median), huber (between), quantile (the"
                    + " one that 'quantile' says), poisson (mean of counts or costs from 0 on),"
                    + " gamma (mean of values above 0), binary (probability of 1), or a plug-in's.",
            defaultValue = "squared",
            examples = {"squared", "absolute", "huber", "quantile", "poisson", "gamma", "binary"})
        String objective,
    @Parameter(
            help = "Parameters of the objective where it is a plug-in's: {asymmetry: 0.5}.",
            defaultValue = "")
        Map<String, String> objectiveParameters,
    @Parameter(
            help = "Where Huber's loss turns linear, in units of the target.",
            defaultValue = "1",
            min = 1e-30,
            max = 1e30)
        double huberDelta,
    @Parameter(
            help = "Quantile that the objective quantile fits; 0.9 is exceeded by one row in ten.",
            defaultValue = "0.5",
            min = 1e-6,
            max = 1 - 1e-6)
        double quantile,
    @Parameter(
            help =
                "Several quantiles at once, such as [0.1, 0.5, 0.9], with the objective quantile: they"
                    + " share the binned rows and never cross; the one nearest to 0.5 is the"
                    + " headline.",
            defaultValue = "")
        List<String> quantiles,
    @Parameter(
            help =
                "Stop after so many rounds without a better validation loss and keep the best;"
                    + " 0 never stops.",
            unit = "rounds",
            defaultValue = "0",
            min = 0,
            max = MAX_ROUNDS)
        int earlyStoppingRounds,
    @Parameter(
            help = "Share of the rows that each tree is grown on.",
            defaultValue = "1",
            min = 1e-6,
            max = 1)
        double rowSampling,
    @Parameter(
            help = "Share of the features that each tree may split on.",
            defaultValue = "1",
            min = 1e-6,
            max = 1)
        double columnSampling,
    @Parameter(
            help = "Share of a tree's features that each node may split on.",
            defaultValue = "1",
            min = 1e-6,
            max = 1)
        double nodeSampling,
    @Parameter(
            help =
                "Direction by feature, increasing or decreasing: {participation: increasing} makes"
                    + " predictions that never fall as participation rises, all else being equal."
                    + " Missing values are free.",
            defaultValue = "")
        Map<String, String> monotone,
    @Parameter(
            help =
                "Groups of features that may interact, such as ['participation * volatility',"
                    + " 'spread * volatility']; a feature in no group acts alone. Empty: all may"
                    + " interact.",
            defaultValue = "")
        List<String> interactions,
    @Parameter(
            help =
                "A model of boosted trees to go on from, such as one that was trained on other data: its"
                    + " name in the workspace or its archive's path. Its trees are kept, and new ones"
                    + " correct them.",
            defaultValue = "")
        String startFrom) {

  public static final int MAX_DEPTH = 16;
  public static final int MAX_ROUNDS = 100_000;
  public static final int MAX_LEAVES = 4096;
  public static final int MAX_QUANTILES = 64;
  static final String INCREASING = "increasing";
  static final String DECREASING = "decreasing";

  /** Checks what the annotations say. */
  public BoostedTreesParameters {
    range("rounds", rounds, 1, MAX_ROUNDS);
    range("depth", depth, 1, MAX_DEPTH);
    range("maxLeaves", maxLeaves, 2, MAX_LEAVES);
    range("learningRate", learningRate, 1e-6, 10);
    range("l1", l1, 0, 1e300);
    range("l2", l2, 0, 1e12);
    range("minRowsPerLeaf", minRowsPerLeaf, 1, Integer.MAX_VALUE);
    range("minGain", minGain, 0, 1e300);
    range("bins", bins, 2, 256);
    range("categorySmoothing", categorySmoothing, 0, 1e12);
    range("minRowsPerCategory", minRowsPerCategory, 1, Integer.MAX_VALUE);
    range("huberDelta", huberDelta, 1e-30, 1e30);
    range("quantile", quantile, 1e-6, 1 - 1e-6);
    range("earlyStoppingRounds", earlyStoppingRounds, 0, MAX_ROUNDS);
    range("rowSampling", rowSampling, 1e-6, 1);
    range("columnSampling", columnSampling, 1e-6, 1);
    range("nodeSampling", nodeSampling, 1e-6, 1);
    Objects.requireNonNull(growth);
    Objects.requireNonNull(objective);
    monotone = Map.copyOf(monotone);
    interactions = List.copyOf(interactions);
    quantiles = List.copyOf(quantiles);
    checkQuantiles(objective, quantiles);
    objectiveParameters = Collections.unmodifiableMap(new LinkedHashMap<>(objectiveParameters));
    if (!objectiveParameters.isEmpty() && StandardObjective.of(objective) != null) {
      throw new IllegalArgumentException(
          "objective_parameters are for plug-ins; '" + objective + "' takes none of them");
    }
    monotone.forEach(
        (feature, direction) -> {
          if (!direction.equals(INCREASING) && !direction.equals(DECREASING)) {
            throw new IllegalArgumentException(
                "monotone: '"
                    + feature
                    + "' is '"
                    + direction
                    + "', neither increasing nor decreasing");
          }
        });
  }

  private static void checkQuantiles(String objective, List<String> quantiles) {
    if (!quantiles.isEmpty() && StandardObjective.of(objective) != StandardObjective.QUANTILE) {
      throw new IllegalArgumentException("quantiles need 'objective: quantile'");
    }
    if (quantiles.size() > MAX_QUANTILES) {
      throw new IllegalArgumentException(
          quantiles.size() + " quantiles are more than " + MAX_QUANTILES);
    }
    double before = 0;
    for (String text : quantiles) {
      double level;
      try {
        level = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("quantiles: '" + text + "' is not a number");
      }
      range("a quantile", level, 1e-6, 1 - 1e-6);
      if ((float) level <= (float) before) {
        throw new IllegalArgumentException("quantiles: " + text + " does not follow " + before);
      }
      before = level;
    }
  }

  private static void range(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(name + " is " + value + ", not " + low + " to " + high);
    }
  }

  /** 100 rounds of depth 6, learning rate 0.1, squared error, no sampling, no constraints. */
  public static BoostedTreesParameters defaults() {
    return ParameterForm.bind(BoostedTreesParameters.class, Map.of(), "");
  }

  /**
   * A copy with one parameter changed, by its name in an experiment file.
   *
   * @throws slipstream.core.SlipstreamException when there is no such parameter or the value is not
   *     allowed
   */
  public BoostedTreesParameters with(String name, Object value) {
    Map<String, Object> values = ParameterForm.values(this);
    values.put(name, value);
    return ParameterForm.bind(BoostedTreesParameters.class, values, "");
  }

  public BoostedTreesParameters withRounds(int value) {
    return with("rounds", value);
  }

  public BoostedTreesParameters withDepth(int value) {
    return with("depth", value);
  }

  public BoostedTreesParameters withObjective(StandardObjective value) {
    return with("objective", value.word());
  }

  /** All rounds, whatever the validation loss. */
  public BoostedTreesParameters withoutEarlyStopping() {
    return with("early_stopping_rounds", 0);
  }

  /** The levels of {@link #quantiles}, ascending. */
  double[] levels() {
    return quantiles.stream().mapToDouble(Double::parseDouble).toArray();
  }

  /** The objective's loss, one for each quantile where there are several; empty when it is a plug-in's. */
  List<Loss> standardLosses() {
    StandardObjective standard = StandardObjective.of(objective);
    if (standard == null) {
      return List.of();
    }
    if (!quantiles.isEmpty()) {
      return Arrays.stream(levels())
          .<Loss>mapToObj(level -> new StandardLoss(standard, (float) level))
          .toList();
    }
    double shape = standard == StandardObjective.QUANTILE ? quantile : huberDelta;
    return List.of(new StandardLoss(standard, (float) shape));
  }
}
