package slipstream.cli.internal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;
import slipstream.proto.v1.Breakdown;
import slipstream.proto.v1.BucketScore;
import slipstream.proto.v1.Coefficient;
import slipstream.proto.v1.Comparison;
import slipstream.proto.v1.ExportResult;
import slipstream.proto.v1.MetricDescription;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.OrderCost;
import slipstream.proto.v1.OrdersReport;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.QuantileScore;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.ScoreInterval;
import slipstream.proto.v1.TargetReport;

/** A run's results for a terminal. */
public final class ScoreTables {
  private ScoreTables() {}

  public static void print(RunReport report, PrintWriter out) {
    for (TargetReport target : report.getTargetsList()) {
      out.println();
      out.println(
          Ansi.AUTO.string("@|bold " + target.getTarget() + "|@")
              + (target.getUnit().isEmpty() ? "" : " (" + target.getUnit() + ")")
              + String.format(
                  Locale.ROOT,
                  ": out of sample, %,d rows in %d %s",
                  target.getScoredRows(),
                  target.getFoldsCount(),
                  target.getFoldsCount() == 1 ? "fold" : "folds"));
      table(target).print(out);
      comparisons(target, out);
      zScores(target, out);
    }
    for (TargetReport target : report.getTargetsList()) {
      for (ModelReport model : target.getModelsList()) {
        if (model.getCoefficientsCount() > 0) {
          out.println();
          out.println(
              Ansi.AUTO.string("@|bold " + target.getTarget() + "/" + model.getModel() + "|@")
                  + ": coefficients, fitted to all rows");
          coefficients(model).print(out);
        }
      }
    }
    for (TargetReport target : report.getTargetsList()) {
      for (ModelReport model : target.getModelsList()) {
        if (model.getQuantilesCount() > 0) {
          out.println();
          out.println(
              Ansi.AUTO.string("@|bold " + target.getTarget() + "/" + model.getModel() + "|@")
                  + ": share of the scored rows at or below each quantile");
          quantiles(model, target.getUnit()).print(out);
        }
      }
    }
    for (TargetReport target : report.getTargetsList()) {
      for (ModelReport model : target.getModelsList()) {
        for (ExportResult export : model.getExportsList()) {
          out.println();
          out.printf(
              Locale.ROOT,
              "%s of %s/%s checked by %s: %,d rows and %,d rows at split thresholds, largest difference %d float ulp%n",
              export.getFormat().toUpperCase(Locale.ROOT),
              target.getTarget(),
              model.getModel(),
              export.getRuntime(),
              export.getRows(),
              export.getBoundaryRows(),
              export.getMaxUlps());
        }
      }
    }
    if (report.hasOrders()) {
      orders(report.getOrders(), out);
    }
    if (report.getWarningsCount() > 0) {
      out.println();
      for (Problem warning : report.getWarningsList()) {
        out.println(
            Ansi.AUTO.string("@|yellow note:|@ ")
                + warning.getMessage()
                + (warning.getRemedy().isEmpty() ? "" : ". " + warning.getRemedy()));
      }
    }
    out.flush();
  }

  private static void orders(OrdersReport orders, PrintWriter out) {
    out.println();
    out.println(
        Ansi.AUTO.string("@|bold parent orders|@")
            + String.format(
                Locale.ROOT,
                ": %,d orders, %,d fills, %s of their value done; implementation shortfall, then slippage",
                orders.getOrders(),
                orders.getFills(),
                percent(orders.getFilledShare())));
    TextTable table =
        new TextTable(1, "cost", "orders", "by value (bp)", "± std. error", "each once (bp)");
    orders.getShortfallList().forEach(each -> cost(table, each.getName(), each));
    orders.getSlippageList().forEach(each -> cost(table, "vs " + each.getName(), each));
    table.print(out);
  }

  private static void cost(TextTable table, String name, OrderCost cost) {
    table.row(
        name,
        String.format(Locale.ROOT, "%,d", cost.getOrders()),
        basisPoints(cost.getMean()),
        Double.isNaN(cost.getStandardError()) ? "–" : "± " + basisPoints(cost.getStandardError()),
        basisPoints(cost.getEqualMean()));
  }

  private static String basisPoints(double value) {
    return Double.isNaN(value)
        ? "–"
        : String.format(Locale.ROOT, "%.2f", Math.rint(value * 100) / 100 + 0.0);
  }

  private static TextTable table(TargetReport target) {
    List<String> header = new ArrayList<>(List.of("model", "trainer"));
    for (int i = 0; i < target.getMetricsCount(); i++) {
      MetricDescription metric = target.getMetrics(i);
      header.add(
          metric.getTitle() + (metric.getUnit().isEmpty() ? "" : " (" + metric.getUnit() + ")"));
      if (hasInterval(target, i)) {
        header.add("95% interval");
      }
    }
    header.add("training (s)");
    TextTable table = new TextTable(2, header.toArray(String[]::new));
    for (ModelReport model : target.getModelsList()) {
      List<String> cells = new ArrayList<>(List.of(model.getModel(), model.getTrainer()));
      for (int i = 0; i < model.getScoresCount(); i++) {
        boolean share = target.getMetrics(i).getUnit().isEmpty();
        cells.add(number(model.getScores(i), share));
        if (hasInterval(target, i)) {
          ScoreInterval interval = model.getScoreIntervals(i);
          cells.add(
              interval.getStandardError() > 0
                  ? number(interval.getLow(), share) + " to " + number(interval.getHigh(), share)
                  : "–");
        }
      }
      cells.add(String.format(Locale.ROOT, "%.2f", model.getTrainingSeconds()));
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  /** Intervals of all metrics would not fit a terminal: the headline's and that of skill are shown. */
  private static boolean hasInterval(TargetReport target, int metric) {
    return (metric == 0 || target.getMetrics(metric).getName().equals("skill"))
        && target.getModelsList().stream().allMatch(each -> each.getScoreIntervalsCount() > metric);
  }

  /** The best model against each other one, on the same rows. */
  private static void comparisons(TargetReport target, PrintWriter out) {
    if (target.getComparisonsCount() == 0) {
      return;
    }
    String best = target.getComparisons(0).getModel();
    MetricDescription metric = target.getMetrics(0);
    String unit = metric.getUnit().isEmpty() ? "" : " " + metric.getUnit();
    for (Comparison each : target.getComparisonsList()) {
      if (each.getModel().equals(best) && Double.isFinite(each.getPValue())) {
        out.printf(
            Locale.ROOT,
            "%s %s %s by %s %s ± %s%s (p %s)%n",
            each.getModel(),
            each.getPValue() > 0.05 ? "may beat" : "beats",
            each.getOther(),
            metric.getTitle(),
            String.format(Locale.ROOT, "%.3g", each.getAdvantage()),
            String.format(Locale.ROOT, "%.2g", each.getStandardError()),
            unit,
            each.getPValue() < 0.0001
                ? "< 0.0001"
                : String.format(Locale.ROOT, "= %.4f", each.getPValue()));
      }
    }
  }

  /** Whether costs and timing risks are of the right size, over all scored rows. */
  private static void zScores(TargetReport target, PrintWriter out) {
    for (Breakdown all : target.getBreakdownsList()) {
      for (BucketScore each : all.getBuckets(0).getModelsList()) {
        if (all.getKind() == Breakdown.Kind.KIND_ALL && each.hasZ()) {
          out.printf(
              Locale.ROOT,
              "%s: z-scores by timing risk have mean %.2f ± %.2f and standard deviation %.2f, %s beyond ±2%n",
              each.getModel(),
              each.getZ().getMean(),
              each.getZ().getStandardError(),
              each.getZ().getDeviation(),
              percent(each.getZ().getBeyondTwo()));
        }
      }
    }
  }

  private static TextTable quantiles(ModelReport model, String unit) {
    String loss = "pinball loss" + (unit.isEmpty() ? "" : " (" + unit + ")");
    TextTable table = new TextTable(1, "quantile", "nominal", "covered", "± std. error", loss);
    for (QuantileScore each : model.getQuantilesList()) {
      table.row(
          each.getName(),
          percent(each.getQuantile()),
          percent(each.getCovered()),
          Double.isNaN(each.getStandardError()) ? "–" : "± " + percent(each.getStandardError()),
          significant(each.getPinballLoss()));
    }
    return table;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  /** Truth, where it is known, beside estimates with their errors. */
  private static TextTable coefficients(ModelReport model) {
    boolean truth =
        model.getCoefficientsList().stream().anyMatch(each -> !Double.isNaN(each.getTruth()));
    List<String> header = new ArrayList<>(List.of("coefficient"));
    if (truth) {
      header.add("truth");
    }
    header.addAll(List.of("estimate", "± std. error", "low", "high"));
    if (truth) {
      header.add("off by");
    }
    TextTable table = new TextTable(1, header.toArray(String[]::new));
    for (Coefficient each : model.getCoefficientsList()) {
      List<String> cells = new ArrayList<>();
      cells.add(each.getName() + (each.getUnit().isEmpty() ? "" : " (" + each.getUnit() + ")"));
      if (truth) {
        cells.add(significant(each.getTruth()));
      }
      boolean given = each.getStandardError() == 0;
      cells.add(significant(each.getEstimate()));
      cells.add(given ? "given" : "± " + significant(each.getStandardError()));
      cells.add(given ? "–" : significant(each.getLow()));
      cells.add(given ? "–" : significant(each.getHigh()));
      if (truth) {
        double errors = (each.getEstimate() - each.getTruth()) / each.getStandardError();
        cells.add(
            Double.isFinite(errors) ? String.format(Locale.ROOT, "%+.1f errors", errors) : "–");
      }
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private static String significant(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.5g", value) : "–";
  }

  /** A share to three decimals, a quantity to about five digits, a dash for NaN. */
  public static String number(double value, boolean share) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (share) {
      return String.format(Locale.ROOT, "%.3f", Math.rint(value * 1000) / 1000 + 0.0);
    }
    String format =
        size >= 1e12 || size > 0 && size < 1e-4
            ? "%.3e"
            : size >= 10_000 ? "%,.0f" : size >= 100 ? "%,.1f" : size >= 10 ? "%.2f" : "%.4f";
    return String.format(Locale.ROOT, format, value);
  }
}
