package slipstream.features.internal.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import slipstream.core.spi.Constants;
import slipstream.core.spi.FeatureFunction.Kernel;
import slipstream.core.spi.Reach;
import slipstream.features.internal.kernel.CouponBond;
import slipstream.features.internal.kernel.CurveFit;
import slipstream.features.internal.kernel.DayCount;
import slipstream.features.internal.kernel.LocalClock;
import slipstream.features.internal.kernel.RowGroups;

/** Functions of bonds. Dates are UTC dates of times. */
public final class Bonds {
  private static final double DAYS_A_YEAR = 365;
  private static final String STREET =
      "street convention: Mayle 1993, Standard Securities Calculation Methods, 3rd ed., vol. 1; ICMA"
          + " rule 251";
  private static final String DEAD =
      "unknown where an argument or the row's time is, the coupon is negative, or settlement is not"
          + " before maturity";

  private Bonds() {}

  private static double day(double nanos) {
    return Math.floor(nanos / LocalClock.DAY);
  }

  /** {@code time_to_maturity(maturity)}. */
  public static final class TimeToMaturity extends BuiltIn {
    public TimeToMaturity() {
      super(
          "time_to_maturity",
          List.of(Argument.time("maturity")),
          new Documentation(
              "Years until maturity.",
              "days from the date of t to maturity / 365",
              "years (ACT/365)",
              "unknown where maturity or the row's time is unknown, and after maturity",
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      return years(1);
    }
  }

  /** {@code issue_age(issue)}. */
  public static final class IssueAge extends BuiltIn {
    public IssueAge() {
      super(
          "issue_age",
          List.of(Argument.time("issue")),
          new Documentation(
              "Years since a bond was issued.",
              "days from issue to the date of t / 365",
              "years (ACT/365)",
              "unknown where the date of issue or the row's time is unknown, and before the issue",
              ""));
    }

    @Override
    public Kernel bind(Constants constants) {
      return years(-1);
    }
  }

  /** Years from now to a date, or the other way round; unknown where negative. */
  private static Kernel years(int direction) {
    return BuiltIn.lookingBackInTime(
        Reach.NONE,
        (rows, series, result) -> {
          for (int i = 0; i < rows.count(); i++) {
            double now =
                rows.times() == null ? Double.NaN : Math.floorDiv(rows.times()[i], LocalClock.DAY);
            double days = direction * (day(series[0][i]) - now);
            // Adding 0 makes -0 a 0.
            result[i] = days >= 0 ? days / DAYS_A_YEAR + 0.0 : Double.NaN;
          }
        });
  }

  /** What is asked of a bond once it stands at a row's date. */
  private interface Question {
    double ask(CouponBond bond, double x, double coupon);
  }

  private abstract static class OfBond extends BuiltIn {
    private final String first;
    private final Question question;

    /**
     * @param first a series before coupon and maturity, or null
     */
    OfBond(
        String name,
        String first,
        String summary,
        String formula,
        String unit,
        String nullRule,
        Question question) {
      super(name, arguments(first), new Documentation(summary, formula, unit, nullRule, STREET));
      this.first = first;
      this.question = question;
    }

    private static List<Argument> arguments(String first) {
      List<Argument> arguments = new ArrayList<>();
      if (first != null) {
        arguments.add(series(first));
      }
      arguments.add(series("coupon"));
      arguments.add(Argument.time("maturity"));
      arguments.add(new Argument("frequency", Kind.ROWS, 1, 12, List.of(), true, 2.0));
      arguments.add(
          Argument.text("day_count", DayCount.texts()).orElse(DayCount.ACTUAL_ACTUAL.text()));
      arguments.add(new Argument("settlement_days", Kind.ROWS, 0, 30, List.of(), true, 0.0));
      return arguments;
    }

    @Override
    public Kernel bind(Constants constants) {
      int frequency = (int) constants.whole(0);
      DayCount dayCount = DayCount.of(constants.text(1));
      int settlementDays = (int) constants.whole(2);
      // Says what is wrong before any row is evaluated.
      new CouponBond(frequency, dayCount, settlementDays);
      return lookingBackInTime(
          Reach.NONE,
          (rows, series, result) -> {
            if (rows.times() == null) {
              Arrays.fill(result, 0, rows.count(), Double.NaN);
              return;
            }
            CouponBond bond = new CouponBond(frequency, dayCount, settlementDays);
            double[] x = series[0];
            double[] coupon = series[series.length - 2];
            double[] maturity = series[series.length - 1];
            for (int i = 0; i < rows.count(); i++) {
              result[i] =
                  bond.at(rows.times()[i], maturity[i])
                      ? question.ask(bond, x[i], coupon[i])
                      : Double.NaN;
            }
          });
    }
  }

  /** {@code accrued_interest(coupon, maturity, …)}. */
  public static final class AccruedInterest extends OfBond {
    public AccruedInterest() {
      super(
          "accrued_interest",
          null,
          "Interest since the last coupon that the buyer of a bond pays on top of its price.",
          "coupon / frequency * A / E: A days have passed of the E of the coupon period, by the day"
              + " count; coupon in percent a year, coupons count back from maturity, settlement"
              + " settlement_days after t, Saturdays and Sundays left out",
          "per 100 of face value",
          DEAD,
          (bond, ignored, coupon) -> bond.accrued(coupon));
    }
  }

  /** {@code bond_price(yield, coupon, maturity, …)}. */
  public static final class BondPrice extends OfBond {
    public BondPrice() {
      super(
          "bond_price",
          "yield",
          "Price of a bond, without accrued interest, at a yield.",
          "sum of payments * (1 + y/f)^-(w + k) - accrued interest, k = 0 for the next coupon, w the"
              + " share of a coupon period until it, f the frequency; (100 + coupon/f) / (1 + w y/f)"
              + " before the last one; y and coupon in percent a year",
          "per 100 of face value",
          DEAD + ", or the yield is -100 percent a period or less",
          CouponBond::price);
    }
  }

  /** {@code bond_yield(price, coupon, maturity, …)}. */
  public static final class BondYield extends OfBond {
    public BondYield() {
      super(
          "bond_yield",
          "price",
          "Yield to maturity of a bond from its price without accrued interest.",
          "the y at which bond_price(y, coupon, maturity, …) is the price, which is per 100 of face"
              + " value",
          "percent a year, compounded frequency times a year",
          DEAD + ", or the price is not above 0",
          CouponBond::yieldToMaturity);
    }
  }

  /** {@code modified_duration(yield, coupon, maturity, …)}. */
  public static final class ModifiedDuration extends OfBond {
    public ModifiedDuration() {
      super(
          "modified_duration",
          "yield",
          "Sensitivity of a bond's price to its yield.",
          "-(dP/dy) / P at yield y, P = bond_price + accrued_interest, y as a fraction",
          "years",
          DEAD + ", or the yield is -100 percent a period or less",
          CouponBond::modifiedDuration);
    }
  }

  /** {@code convexity(yield, coupon, maturity, …)}. */
  public static final class Convexity extends OfBond {
    public Convexity() {
      super(
          "convexity",
          "yield",
          "Curvature of a bond's price in its yield.",
          "(d²P/dy²) / P at yield y, P = bond_price + accrued_interest, y as a fraction",
          "years²",
          DEAD + ", or the yield is -100 percent a period or less",
          CouponBond::convexity);
    }
  }

  /** {@code dv01(yield, coupon, maturity, …)}. */
  public static final class Dv01 extends OfBond {
    public Dv01() {
      super(
          "dv01",
          "yield",
          "What a bond loses when its yield rises by a basis point.",
          "modified_duration * (bond_price + accrued_interest) / 10000",
          "per 100 of face value",
          DEAD + ", or the yield is -100 percent a period or less",
          CouponBond::dv01);
    }
  }

  /** {@code on_the_run(issue, by)}. */
  public static final class OnTheRun extends BuiltIn {
    public OnTheRun() {
      super(
          "on_the_run",
          List.of(Argument.time("issue"), Argument.group("by").orNone()),
          new Documentation(
              "Whether a bond is the latest issue of its group, such as its tenor.",
              "1 where issue is the latest of those that are not after t, among the bonds of the same"
                  + " group with a row at t, else 0; of bonds issued on one date all are",
              "0 or 1",
              "unknown where issue, group or the row's time is unknown, or the issue is after t",
              ""));
    }

    @Override
    public Scope scope() {
      return Scope.MOMENT;
    }

    @Override
    public Kernel bind(Constants constants) {
      return lookingBackInTime(
          Reach.NONE,
          (rows, series, result) -> {
            int count = rows.count();
            Arrays.fill(result, 0, count, Double.NaN);
            double[] issued = new double[count];
            for (int i = 0; i < count; i++) {
              boolean known = rows.times() != null && series[0][i] <= rows.times()[i];
              issued[i] = known ? day(series[0][i]) : Double.NaN;
            }
            RowGroups groups = new RowGroups(series[1], count);
            for (int g = 0; g < groups.count(); g++) {
              int[] group = groups.rows(g);
              double latest = Double.NEGATIVE_INFINITY;
              for (int row : group) {
                latest = issued[row] > latest ? issued[row] : latest;
              }
              for (int row : group) {
                result[row] =
                    Double.isNaN(issued[row]) ? Double.NaN : issued[row] == latest ? 1 : 0;
              }
            }
          });
    }
  }

  /** {@code curve_distance(yield, years, by)}. */
  public static final class CurveDistance extends BuiltIn {
    public CurveDistance() {
      super(
          "curve_distance",
          List.of(series("yield"), series("years"), Argument.group("by").orNone()),
          new Documentation(
              "Distance of a bond's yield from the curve through the other bonds at the same time.",
              "y - (b0 + b1 (1 - e^-x)/x + b2 ((1 - e^-x)/x - e^-x)), x = years / tau: a"
                  + " Nelson-Siegel curve fitted by least squares to the other bonds of the group; of"
                  + " tau = 0.5, 0.75, 1.125 … 8.54 years the one that fits them best",
              "unit of yield",
              "unknown where an argument is unknown or years is not above 0, or fewer than "
                  + CurveFit.LEAST_OTHERS
                  + " other bonds are known, or they do not determine a curve; such bonds are passed"
                  + " over",
              "Nelson and Siegel 1987, Parsimonious modeling of yield curves, J. Business 60(4), eq. 2"));
    }

    @Override
    public Scope scope() {
      return Scope.MOMENT;
    }

    @Override
    public Kernel bind(Constants constants) {
      return (rows, series, result) -> {
        int count = rows.count();
        Arrays.fill(result, 0, count, Double.NaN);
        RowGroups groups = new RowGroups(series[2], count);
        for (int g = 0; g < groups.count(); g++) {
          int[] known =
              Arrays.stream(groups.rows(g))
                  .filter(
                      row ->
                          Double.isFinite(series[0][row])
                              && series[1][row] > 0
                              && Double.isFinite(series[1][row]))
                  .toArray();
          double[] yields = Arrays.stream(known).mapToDouble(row -> series[0][row]).toArray();
          double[] years = Arrays.stream(known).mapToDouble(row -> series[1][row]).toArray();
          double[] distances = new double[known.length];
          CurveFit.distances(yields, years, known.length, distances);
          for (int i = 0; i < known.length; i++) {
            result[known[i]] = distances[i];
          }
        }
      };
    }
  }
}
