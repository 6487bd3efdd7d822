package slipstream.training.internal.report;

import java.util.ArrayList;
import java.util.List;
import slipstream.training.evaluation.Report.Breakdown;
import slipstream.training.evaluation.Report.BreakdownBucket;
import slipstream.training.evaluation.Report.BreakdownKind;
import slipstream.training.evaluation.Report.BucketCoverage;
import slipstream.training.evaluation.Report.BucketScore;
import slipstream.training.evaluation.Report.Drift;
import slipstream.training.evaluation.Report.TargetReport;
import slipstream.training.evaluation.Report.ZScore;

/** The part of the report that tells scored rows apart: charts, and tables that hold every number. */
final class BreakdownHtml {
  private final TargetReport target;
  private final StringBuilder html;

  BreakdownHtml(TargetReport target, StringBuilder html) {
    this.target = target;
    this.html = html;
  }

  /**
   * @param index the target's place in the report
   */
  void write(int index) {
    if (target.breakdowns().isEmpty()) {
      return;
    }
    zScores();
    drifts();
    add("<h3 class=\"part\">Where the errors are</h3>\n<p class=\"quiet\">Mean realised and");
    add(" predicted values of the scored rows, told apart. Bars are ± 1 standard error of the");
    add(" blocks that the intervals are made of; none where a bucket has fewer than two.</p>\n");
    add("<div class=\"charts\">\n");
    for (int b = 0; b < target.breakdowns().size(); b++) {
      Breakdown each = target.breakdowns().get(b);
      if (each.kind() != BreakdownKind.ALL) {
        add("<figure class=\"card\"><figcaption><h3>").text(title(each)).add("</h3><p>");
        text(help(each)).add("</p></figcaption><div class=\"chart\" role=\"img\" aria-label=\"");
        text(title(each)).add("\" data-target=\"" + index + "\" data-kind=\"breakdown\"");
        add(" data-model=\"" + b + "\"></div></figure>\n");
      }
    }
    add("</div>\n");
    for (Breakdown each : target.breakdowns()) {
      if (each.kind() != BreakdownKind.ALL) {
        numbers(each);
      }
    }
  }

  static String title(Breakdown each) {
    return switch (each.kind()) {
      case ALL -> "All scored rows";
      case NUMBERS, NAMES -> "By " + each.name();
      case TIME_OF_DAY -> "By time of day, " + each.zone();
      case PERIODS -> "Residuals over time";
    };
  }

  private static String help(Breakdown each) {
    String what =
        each.expression().isEmpty() || each.expression().equals(each.name())
            ? ""
            : each.expression() + ". ";
    return switch (each.kind()) {
      case ALL -> "";
      case NUMBERS -> what + "Buckets of equal numbers of rows.";
      case NAMES -> what + "The commonest by themselves, the rest together.";
      case TIME_OF_DAY -> "Rows by the time that they are predicted at.";
      case PERIODS -> "Realised minus predicted, by stretches of equal numbers of rows.";
    };
  }

  private void zScores() {
    List<BucketScore> all = target.breakdowns().getFirst().buckets().getFirst().models();
    if (all.stream().allMatch(each -> each.z() == null)) {
      return;
    }
    add("<div class=\"scroll\"><table>\n<caption>Z-scores: (realised − predicted) / timing risk.");
    add(" Mean 0 where the cost is right; standard deviation 1, and 4.6 % of normal errors beyond");
    add(" ±2, where the risk is</caption>\n<thead><tr><th>Model</th>");
    heads("Rows", "Mean", "± std. error", "Std. deviation", "Beyond ±2 (%)", "± std. error");
    add("</tr></thead>\n<tbody>\n");
    for (BucketScore each : all) {
      model(each.model());
      add("<td class=\"n\">" + Numbers.count(each.z().rows()) + "</td>");
      cells(3, each.z().mean(), each.z().standardError(), each.z().deviation());
      percents(each.z().beyondTwo(), each.z().beyondTwoError());
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private void drifts() {
    if (target.drifts().isEmpty()) {
      return;
    }
    add("<div class=\"scroll\"><table>\n<caption>Drift: how the mean of realised minus predicted");
    add(" moves from the first scored time to the last (regression on time)</caption>\n");
    add("<thead><tr><th>Model</th><th class=\"n\">Change");
    unit();
    add("</th>");
    heads("± std. error", "p");
    add("</tr></thead>\n<tbody>\n");
    List<Double> changes = target.drifts().stream().map(Drift::change).toList();
    int decimals = Numbers.decimals(changes, target.unit()) + 1;
    for (Drift each : target.drifts()) {
      model(each.model());
      cells(decimals, each.change(), each.standardError());
      add("<td class=\"n\">").text(Numbers.probability(each.pValue())).add("</td></tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private void numbers(Breakdown each) {
    List<Double> values = new ArrayList<>();
    each.buckets().forEach(bucket -> values.add(bucket.meanRealised()));
    each.buckets().forEach(bucket -> values.add(bucket.models().getFirst().rmse()));
    int decimals = Numbers.decimals(values, target.unit());
    BucketScore widest = each.buckets().getFirst().models().getFirst();
    for (BucketScore model : each.buckets().getFirst().models()) {
      widest = model.quantiles().size() > widest.quantiles().size() ? model : widest;
    }
    boolean risk = widest.z() != null;
    add("<details><summary>").text(title(each)).add(", in numbers</summary>\n");
    add("<div class=\"scroll\"><table>\n<thead><tr><th>");
    text(head(each)).add("</th><th>Model</th>");
    heads("Rows");
    for (String name :
        List.of("Realised", "± std. error", "Predicted", "Residual", "± std. error", "RMSE")) {
      add("<th class=\"n\">").text(name);
      unit();
      add("</th>");
    }
    heads("Skill", "± std. error");
    if (risk) {
      heads("z mean", "± std. error", "z std. deviation", "|z| > 2 (%)");
    }
    for (BucketCoverage level : widest.quantiles()) {
      heads("≤ " + level.name() + " (%)");
    }
    add("</tr></thead>\n<tbody>\n");
    for (BreakdownBucket bucket : each.buckets()) {
      for (int m = 0; m < bucket.models().size(); m++) {
        BucketScore score = bucket.models().get(m);
        boolean baseline = target.models().get(m).baseline();
        add(baseline ? "<tr class=\"baseline\"><th>" : "<tr><th>").text(bucket.label());
        add("</th><td>").text(score.model()).add("</td><td class=\"n\">");
        add(Numbers.count(bucket.rows())).add("</td>");
        cells(decimals, bucket.meanRealised(), bucket.standardError(), score.meanPredicted());
        cells(decimals, score.meanResidual(), score.residualError(), score.rmse());
        cells(3, baseline ? Double.NaN : score.skill());
        cells(3, baseline ? Double.NaN : score.skillError());
        if (risk) {
          ZScore z = score.z();
          cells(2, z.mean(), z.standardError(), z.deviation());
          percents(z.beyondTwo());
        }
        for (int k = 0; k < widest.quantiles().size(); k++) {
          percents(k < score.quantiles().size() ? score.quantiles().get(k).covered() : Double.NaN);
        }
        add("</tr>\n");
      }
    }
    add("</tbody></table></div></details>\n");
  }

  private static String head(Breakdown each) {
    return switch (each.kind()) {
      case TIME_OF_DAY -> "From (" + each.zone() + ")";
      case PERIODS -> each.unit().isEmpty() ? "From row" : "From (UTC)";
      default -> each.name() + (each.unit().isEmpty() ? "" : " (" + each.unit() + ")");
    };
  }

  // ------------------------------------------------------------------- writing

  private void model(String name) {
    boolean baseline = name.equals(target.baseline().model());
    add(baseline ? "<tr class=\"baseline\"><th>" : "<tr><th>").text(name).add("</th>");
  }

  private void heads(String... names) {
    for (String name : names) {
      add("<th class=\"n\">").text(name).add("</th>");
    }
  }

  private void cells(int decimals, double... values) {
    for (double value : values) {
      add("<td class=\"n\">").text(Numbers.fixed(value, decimals)).add("</td>");
    }
  }

  private void percents(double... shares) {
    for (double share : shares) {
      add("<td class=\"n\">").text(Numbers.percent(share)).add("</td>");
    }
  }

  private void unit() {
    if (!target.unit().isEmpty()) {
      add(" <span class=\"unit\">").text(target.unit()).add("</span>");
    }
  }

  private BreakdownHtml add(String markup) {
    html.append(markup);
    return this;
  }

  private BreakdownHtml text(String text) {
    HtmlReport.escape(text, html);
    return this;
  }
}
