package slipstream.features.internal.function;

import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.features.internal.kernel.CrossRegression;
import slipstream.features.internal.kernel.CrossSection;
import slipstream.features.internal.kernel.CrossSection.Statistic;

/**
 * Functions of the rows of all instruments at one moment. In their formulas m is the moment's rows in which x is known,
 * of the row's group where there is one.
 */
public final class Moments {
  private static final String OWN =
      "unknown where x or the group is unknown; rows whose x is unknown do not count";
  private static final String GROUP =
      "unknown where the group is, or none of its x is known; rows whose x is unknown do not count,"
          + " but get their group's value";

  private Moments() {}

  private abstract static class Moment extends BuiltIn {
    Moment(String name, Documentation documentation, Argument... arguments) {
      super(name, List.of(arguments), documentation);
    }

    @Override
    public final Scope scope() {
      return Scope.MOMENT;
    }
  }

  private abstract static class OfGroup extends Moment {
    private final Statistic statistic;

    OfGroup(String name, Statistic statistic, Argument by, Documentation documentation) {
      super(name, documentation, series("x"), by);
      this.statistic = statistic;
    }

    @Override
    public final Kernel bind(Constants constants) {
      return (rows, series, result) ->
          CrossSection.evaluate(statistic, series[0], series[1], rows.count(), result);
    }
  }

  /** {@code cs_rank(x[, by])}. */
  public static final class Rank extends OfGroup {
    public Rank() {
      super(
          "cs_rank",
          Statistic.RANK,
          Argument.group("by").orNone(),
          new Documentation(
              "Where x stands among all instruments at the moment, or in its group: 0 the smallest, 1 the largest; equal values share their ranks.",
              "(rows of m with a smaller x + half of the others with an equal x) / (rows of m - 1)",
              "fraction",
              OWN + "; unknown where x is the only one",
              ""));
    }
  }

  /** {@code cs_demean(x[, by])}. */
  public static final class Demean extends OfGroup {
    public Demean() {
      super(
          "cs_demean",
          Statistic.DISTANCE,
          Argument.group("by").orNone(),
          new Documentation(
              "Distance of x from the mean of all instruments at the moment, or of its group.",
              "x - mean of x over m",
              "unit of x",
              OWN,
              ""));
    }
  }

  /** {@code cs_zscore(x[, by])}. */
  public static final class Score extends OfGroup {
    public Score() {
      super(
          "cs_zscore",
          Statistic.SCORE,
          Argument.group("by").orNone(),
          new Documentation(
              "How many standard deviations x is above the mean of all instruments at the moment, or of its group.",
              "(x - mean of x over m) / sample standard deviation of x over m",
              "standard deviations",
              OWN + "; unknown where x does not vary over m or one of them is infinite",
              ""));
    }
  }

  /** {@code cs_neutralize(x, by)}. */
  public static final class Neutralize extends OfGroup {
    public Neutralize() {
      super(
          "cs_neutralize",
          Statistic.DISTANCE,
          Argument.group("by"),
          new Documentation(
              "What is left of x when what its group has in common at the moment is taken out: the residual"
                  + " of a regression on groups. Of a regression on numbers it is cs_residual.",
              "x - group_mean(x, by)",
              "unit of x",
              OWN,
              ""));
    }
  }

  /** {@code cs_residual(x, y…)}. */
  public static final class Residual extends Moment {
    public Residual() {
      super(
          "cs_residual",
          new Documentation(
              "What is left of x after a least-squares regression on other series, with intercept,"
                  + " over all instruments at the moment.",
              "x - a - sum over j of b[j] y_j, with the a and b that make the sum of its squares over"
                  + " m least; a y that the others explain is left out",
              "unit of x",
              "unknown where x or a y is unknown or infinite; these rows do not count. Unknown where"
                  + " no more rows are left than there are y and one",
              "Björck 1967, Solving linear least squares problems by Gram-Schmidt orthogonalization"),
          series("x"),
          Argument.seriesList("y"));
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> CrossRegression.residuals(series, rows.count(), result);
    }
  }

  /** {@code group_mean(x, by)}. */
  public static final class GroupMean extends OfGroup {
    public GroupMean() {
      super(
          "group_mean",
          Statistic.MEAN,
          Argument.group("by"),
          new Documentation(
              "Mean of x over the group at the moment.",
              "mean of x over m",
              "unit of x",
              GROUP,
              ""));
    }
  }

  /** {@code group_mean_others(x, by)}. */
  public static final class GroupMeanOfOthers extends OfGroup {
    public GroupMeanOfOthers() {
      super(
          "group_mean_others",
          Statistic.MEAN_OF_OTHERS,
          Argument.group("by"),
          new Documentation(
              "Mean of x over the other rows of the group at the moment.",
              "mean of x over m without the row",
              "unit of x",
              "unknown where the group is, or x is known in no other of its rows",
              ""));
    }
  }

  /** {@code group_sum(x, by)}. */
  public static final class GroupSum extends OfGroup {
    public GroupSum() {
      super(
          "group_sum",
          Statistic.SUM,
          Argument.group("by"),
          new Documentation(
              "Sum of x over the group at the moment.", "sum of x over m", "unit of x", GROUP, ""));
    }
  }

  /** {@code group_std(x, by)}. */
  public static final class GroupDeviation extends OfGroup {
    public GroupDeviation() {
      super(
          "group_std",
          Statistic.DEVIATION,
          Argument.group("by"),
          new Documentation(
              "Sample standard deviation of x over the group at the moment.",
              "(sum of (x - mean of x over m)² over m / (rows of m - 1))^0.5",
              "unit of x",
              GROUP + "; unknown where m is one row or an x is infinite",
              ""));
    }
  }

  /** {@code group_median(x, by)}. */
  public static final class GroupMedian extends OfGroup {
    public GroupMedian() {
      super(
          "group_median",
          Statistic.MEDIAN,
          Argument.group("by"),
          new Documentation(
              "Median of x over the group at the moment.",
              "median of x over m; of an even number the mean of the middle two",
              "unit of x",
              GROUP,
              ""));
    }
  }

  /** {@code group_min(x, by)}. */
  public static final class GroupMin extends OfGroup {
    public GroupMin() {
      super(
          "group_min",
          Statistic.MIN,
          Argument.group("by"),
          new Documentation(
              "Smallest x of the group at the moment.", "min of x over m", "unit of x", GROUP, ""));
    }
  }

  /** {@code group_max(x, by)}. */
  public static final class GroupMax extends OfGroup {
    public GroupMax() {
      super(
          "group_max",
          Statistic.MAX,
          Argument.group("by"),
          new Documentation(
              "Largest x of the group at the moment.", "max of x over m", "unit of x", GROUP, ""));
    }
  }

  /** {@code group_count(x, by)}. */
  public static final class GroupCount extends OfGroup {
    public GroupCount() {
      super(
          "group_count",
          Statistic.COUNT,
          Argument.group("by"),
          new Documentation(
              "Rows of the group at the moment in which x is known.",
              "number of rows of m",
              "rows",
              "unknown where the group is; 0 where none of its x is known",
              ""));
    }
  }
}
