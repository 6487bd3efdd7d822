package slipstream.training.internal.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import slipstream.core.CompensatedSum;
import slipstream.core.Text;
import slipstream.core.experiment.Validation;
import slipstream.core.parameters.Durations;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Coefficient;
import slipstream.training.evaluation.CostCurve;
import slipstream.training.evaluation.CostCurves;
import slipstream.training.evaluation.Report;
import slipstream.training.evaluation.Report.Bucket;
import slipstream.training.evaluation.Report.Comparison;
import slipstream.training.evaluation.Report.Export;
import slipstream.training.evaluation.Report.FeatureCheck;
import slipstream.training.evaluation.Report.FoldReport;
import slipstream.training.evaluation.Report.Interval;
import slipstream.training.evaluation.Report.LeakReport;
import slipstream.training.evaluation.Report.MetricDescription;
import slipstream.training.evaluation.Report.ModelReport;
import slipstream.training.evaluation.Report.QuantileScore;
import slipstream.training.evaluation.Report.Resampling;
import slipstream.training.evaluation.Report.TargetReport;
import slipstream.training.evaluation.Report.Warning;
import slipstream.training.evaluation.ReportJson;
import slipstream.training.evaluation.RunRecord;
import slipstream.training.evaluation.Verdict;

/**
 * The report as one HTML page that needs nothing else: styles, scripts (Apache ECharts) and data
 * are inline, and nothing is fetched. Tables hold every number, so that the page can be read
 * without scripts.
 */
public final class HtmlReport {
  private final Report report;
  private final RunFacts facts;
  private final StringBuilder html = new StringBuilder(1 << 20);

  private HtmlReport(Report report, RunFacts facts) {
    this.report = report;
    this.facts = facts;
  }

  /** The page's text. */
  public static String render(Report report, RunFacts facts) {
    HtmlReport page = new HtmlReport(report, facts);
    page.page();
    return page.html.toString();
  }

  private void page() {
    add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Nothing may be fetched, whatever the data say.
    add(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
            + " 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
    add("<title>").text(report.experiment()).add(" – Slipstream report</title>\n<style>\n");
    add(resource("report.css")).add("</style>\n</head>\n<body>\n<main>\n");
    header();
    verdicts();
    warnings();
    for (int t = 0; t < report.targets().size(); t++) {
      target(t, report.targets().get(t));
    }
    if (report.orders() != null) {
      new OrdersHtml(report.orders(), html).write();
    }
    series();
    findings();
    provenance();
    add("<footer>Made by Slipstream ").text(facts.record().codeVersion());
    add(". Charts by Apache ECharts (Apache-2.0).</footer>\n</main>\n");
    add("<script type=\"application/json\" id=\"report-data\">");
    add(ReportJson.inline(report)).add("</script>\n<script>");
    add(resource("echarts.common.min.js").replace("</script", "<\\/script"));
    add("</script>\n<script>\n").add(resource("report.js")).add("</script>\n</body>\n</html>\n");
  }

  private void header() {
    add("<p class=\"eyebrow\">Run report · all scores out of sample</p>\n<h1>");
    text(report.experiment()).add("</h1>\n");
    if (!facts.experiment().description().isBlank()) {
      add("<p>").text(facts.experiment().description().strip()).add("</p>\n");
    }
    Validation validation = facts.experiment().validation();
    add("<dl class=\"facts\">\n");
    fact("Rows", Numbers.count(report.rows()));
    fact("Instruments", Numbers.count(report.instruments()));
    if (facts.hasTime() && report.rows() > 0) {
      fact(
          "Period (UTC)", Numbers.time(facts.firstTime()) + " – " + Numbers.time(facts.lastTime()));
    }
    fact("Validation", scheme(validation));
    fact(
        "Embargo", validation.embargo().isZero() ? "none" : Durations.format(validation.embargo()));
    fact("Data", report.dataHash().substring(0, Math.min(12, report.dataHash().length())));
    add("</dl>\n");
  }

  private static String scheme(Validation validation) {
    int folds = validation.folds();
    String scheme =
        switch (validation.scheme()) {
          case WALK_FORWARD ->
              Text.format(
                  "walk-forward, %d folds, %s",
                  folds, validation.window().name().toLowerCase(Locale.ROOT));
          case PURGED_K_FOLD -> Text.format("purged k-fold, %d folds", folds);
          case COMBINATORIAL ->
              Text.format(
                  "combinatorial purged, %d of %d blocks at a time",
                  validation.testBlocks(), folds);
          case GROUPED -> Text.format("grouped, %d parts", folds);
        };
    if (!validation.hasGroups()) {
      return scheme;
    }
    return scheme
        + ", on unseen groups: "
        + (validation.group().isBlank() ? "instruments" : validation.group());
  }

  private void fact(String name, String value) {
    add("<div><dt>").text(name).add("</dt><dd>").text(value).add("</dd></div>\n");
  }

  /** One card a target: the best model by the headline, and whether it beats the baseline. */
  private void verdicts() {
    add("<section class=\"verdicts\">\n");
    for (TargetReport target : report.targets()) {
      MetricDescription metric = target.metrics().getFirst();
      ModelReport best = null;
      for (ModelReport model : target.models()) {
        if (!model.baseline()
            && (best == null
                || Verdict.better(metric, model.scores().getFirst(), best.scores().getFirst()))) {
          best = model;
        }
      }
      if (best == null) {
        continue;
      }
      Verdict verdict = Verdict.of(target, best);
      boolean good = verdict.beats();
      add("<div class=\"card verdict ").add(good ? "good" : "bad").add("\"><div class=\"name\">");
      text(target.target()).add("</div><div class=\"score\">");
      text(Numbers.fixed(verdict.score(), decimals(target, 0))).add(" <small>");
      text(metric.title());
      if (!metric.unit().isEmpty()) {
        add(", ").text(metric.unit());
      }
      add("</small></div><div>");
      text(best.model()).add(good ? " beats the baseline by " : " does not beat the baseline by ");
      text(verdict.measure());
      if (verdict.folds() > 1) {
        add(Text.format(", ahead in %d of %d folds", verdict.foldsAhead(), verdict.folds()));
      }
      add("</div></div>\n");
    }
    add("</section>\n");
  }

  private static int metric(TargetReport target, String name) {
    for (int i = 0; i < target.metrics().size(); i++) {
      if (target.metrics().get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private void warnings() {
    if (report.warnings().isEmpty()) {
      return;
    }
    add("<ul class=\"notes\" aria-label=\"Notes\">\n");
    for (Warning warning : report.warnings()) {
      String kind = warning.severity().name().toLowerCase(Locale.ROOT);
      add("<li class=\"").add(kind).add("\">");
      if (warning.severity() != Severity.INFO) {
        add("<b>").add(warning.severity() == Severity.ERROR ? "Error" : "Warning").add(":</b> ");
      }
      text(sentence(warning.message()));
      if (!warning.remedy().isEmpty()) {
        add(" <span class=\"quiet\">").text(warning.remedy()).add("</span>");
      }
      add("</li>\n");
    }
    add("</ul>\n");
  }

  /** With a capital, unless it starts with a name of the experiment, and a full stop. */
  private String sentence(String text) {
    String end = text.endsWith(".") || text.endsWith("?") ? "" : ".";
    String word = text.split(" ", 2)[0];
    boolean name =
        facts.experiment().models().containsKey(word)
            || facts.experiment().targets().containsKey(word)
            || facts.experiment().features().containsKey(word)
            || facts.experiment().given().containsKey(word);
    return (name || text.isEmpty()
            ? text
            : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1))
        + end;
  }

  // ------------------------------------------------------------------ targets

  private void target(int index, TargetReport target) {
    add("<section>\n<h2>").text(target.target());
    unit(target.unit()).add("</h2>\n");
    if (!target.description().isBlank()) {
      add("<p>").text(target.description().strip()).add("</p>\n");
    }
    add("<p class=\"quiet definition\"><code>").text(target.expression()).add("</code>");
    add(
        Text.format(
            " · %s rows with a known target · %s scored",
            Numbers.count(target.usableRows()), Numbers.count(target.scoredRows())));
    if (target.lookAheadRows() > 0) {
      add(
          Text.format(
              " · looks %s row%s ahead",
              Numbers.count(target.lookAheadRows()), target.lookAheadRows() == 1 ? "" : "s"));
    }
    add("</p>\n");
    scores(target);
    weighted(target);
    paths(target);
    comparisons(target);
    legend(target);
    add("<div class=\"charts\">\n");
    chart(
        index,
        "calibration",
        "",
        "Predicted against realised",
        "Tenths of the scored rows by prediction. On the dashed line a prediction is right on"
            + " average. "
            + observations(target));
    String foldMetric =
        metric(target, "skill") >= 0 ? "Skill" : target.metrics().getFirst().title();
    chart(
        index,
        "folds",
        "",
        foldMetric + " by fold",
        "Each fold is scored by a model that was not trained on it.");
    if (target.models().stream().anyMatch(model -> !model.importance().isEmpty())) {
      chart(
          index,
          "importance",
          "",
          "Feature importance",
          "Final models. Trees: gain of the splits. Ridge: size of the standardised coefficient.");
    }
    chart(
        index,
        "residuals",
        "",
        "Residuals",
        "Realised minus predicted, scored rows. The outermost bins hold all beyond them.");
    for (ModelReport model : target.models()) {
      if (!model.baseline() && !model.learningCurve().isEmpty()) {
        chart(
            index,
            "learning",
            model.model(),
            "Learning curve: " + model.model(),
            model.learningCurve().stream().allMatch(point -> Double.isNaN(point.validation()))
                ? "Training rows, last fold. There is no holdout to judge by."
                : "Dashed: rows learned from. Solid: the latest training rows, held out for this"
                    + " curve. The models that are scored learn from them too.");
      }
    }
    add("</div>\n");
    costCurves(index, target);
    new BreakdownHtml(target, html).write(index);
    target.models().forEach(this::coefficients);
    target.models().forEach(model -> quantiles(target, model));
    folds(target);
    files(target);
    buckets(target);
    leaks(target);
    add("</section>\n");
  }

  private static String observations(TargetReport target) {
    return target.lookAheadRows() > 1
        ? "Error bars count rows within twice the target's reach as one observation, because their"
            + " targets overlap."
        : "Error bars count rows of one time as one observation.";
  }

  private void scores(TargetReport target) {
    add(
        "<div class=\"scroll\"><table>\n"
            + "<caption>Scores over all scored rows</caption>\n"
            + "<thead><tr><th>Model</th>");
    metricHeads(target);
    add("<th class=\"n\">Rounds</th><th class=\"n\">Training time</th></tr></thead>\n<tbody>\n");
    int[] decimals =
        IntStream.range(0, target.metrics().size()).map(m -> decimals(target, m)).toArray();
    for (ModelReport model : target.models()) {
      add(model.baseline() ? "<tr class=\"baseline\">" : "<tr>");
      add("<th>").text(model.model()).add("<span class=\"tag\">").text(model.trainer());
      add("</span></th>");
      for (int m = 0; m < target.metrics().size(); m++) {
        boolean best = best(target, model, m);
        add(best ? "<td class=\"n best\">" : "<td class=\"n\">");
        text(Numbers.fixed(model.scores().get(m), decimals[m]));
        interval(model.interval(m), decimals[m]);
        add("</td>");
      }
      add("<td class=\"n\">").add(model.steps() > 0 ? Numbers.count(model.steps()) : Numbers.NONE);
      add("</td><td class=\"n\">")
          .add(Numbers.seconds(facts.record().seconds(target.target(), model.model())))
          .add("</td></tr>\n");
    }
    add("</tbody></table></div>\n");
    Resampling resampling = target.resampling();
    if (resampling != null) {
      add("<p class=\"quiet\">");
      String drawn =
          resampling.inTime()
              ? Text.format(
                  "%s stretches of time, drawn %s at a time",
                  Numbers.count(resampling.cells()), Numbers.count(resampling.blockCells()))
              : Numbers.count(resampling.cells()) + " groups, drawn one by one";
      text(
          Text.format(
              "Below each score its %.0f%% interval by a block bootstrap: %s, %s draws.",
              100 * resampling.level(), drawn, Numbers.count(resampling.replicates())));
      add("</p>\n");
    }
  }

  private void interval(Interval interval, int decimals) {
    if (interval.standardError() > 0) {
      add("<br><span class=\"quiet\">").text(Numbers.fixed(interval.low(), decimals)).add(" to ");
      text(Numbers.fixed(interval.high(), decimals)).add("</span>");
    }
  }

  /** The scores where rows count by the validation's weight. */
  private void weighted(TargetReport target) {
    if (target.baseline().weightedScores().isEmpty()) {
      return;
    }
    add("<div class=\"scroll\"><table>\n<caption>Scores where rows count by <code>");
    text(facts.experiment().validation().weight()).add("</code></caption>\n");
    add("<thead><tr><th>Model</th>");
    metricHeads(target);
    add("</tr></thead>\n<tbody>\n");
    for (ModelReport model : target.models()) {
      add(model.baseline() ? "<tr class=\"baseline\"><th>" : "<tr><th>").text(model.model());
      add("</th>");
      for (int m = 0; m < target.metrics().size(); m++) {
        int decimals = decimals(target, m);
        add("<td class=\"n\">").text(Numbers.fixed(model.weightedScores().get(m), decimals));
        interval(model.weightedIntervals().get(m), decimals);
        add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private void metricHeads(TargetReport target) {
    for (MetricDescription metric : target.metrics()) {
      add("<th class=\"n\" title=\"").text(metric.summary()).add("\">").text(metric.title());
      unit(metric.unit()).add(metric.higherIsBetter() ? " ↑" : " ↓").add("</th>");
    }
  }

  /** How the headline spreads over the paths of a combinatorial split. */
  private void paths(TargetReport target) {
    int paths = target.baseline().pathScores().size();
    if (paths == 0) {
      return;
    }
    MetricDescription metric = target.metrics().getFirst();
    add("<div class=\"scroll\"><table>\n<caption>").text(metric.title());
    add(" by path: each predicts every row once</caption>\n<thead><tr><th>Model</th>");
    for (String head : List.of("Mean", "Std. deviation", "Least", "Greatest")) {
      add("<th class=\"n\">").text(head);
      unit(metric.unit()).add("</th>");
    }
    for (int path = 1; path <= paths; path++) {
      add("<th class=\"n\">Path " + path + "</th>");
    }
    add("</tr></thead>\n<tbody>\n");
    int decimals = decimals(target, 0);
    for (ModelReport model : target.models()) {
      double[] scores = model.pathScores().stream().mapToDouble(List::getFirst).toArray();
      double mean = CompensatedSum.mean(scores);
      double squares = 0;
      for (double score : scores) {
        squares += (score - mean) * (score - mean);
      }
      add(model.baseline() ? "<tr class=\"baseline\"><th>" : "<tr><th>").text(model.model());
      add("</th>");
      List<Double> cells = new ArrayList<>();
      cells.add(mean);
      cells.add(Math.sqrt(squares / (paths - 1)));
      cells.add(Arrays.stream(scores).min().orElseThrow());
      cells.add(Arrays.stream(scores).max().orElseThrow());
      Arrays.stream(scores).forEach(cells::add);
      for (double each : cells) {
        add("<td class=\"n\">").text(Numbers.fixed(each, decimals)).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  /** Every two models by the headline on the same rows. */
  private void comparisons(TargetReport target) {
    if (target.comparisons().isEmpty()) {
      return;
    }
    MetricDescription metric = target.metrics().getFirst();
    add("<div class=\"scroll\"><table>\n<caption>Which model is better, by ").text(metric.title());
    add(" on the same rows</caption>\n<thead><tr><th>Model</th><th>Beats</th><th class=\"n\">By");
    unit(metric.unit()).add("</th><th class=\"n\">± std. error</th>");
    add("<th class=\"n\" title=\"How often chance alone would make so large a difference between");
    add(" models that are equally good. Not corrected for the number of comparisons.\">p</th>");
    add("<th></th></tr></thead>\n<tbody>\n");
    int decimals = decimals(target, 0) + 1;
    for (Comparison each : target.comparisons()) {
      add("<tr><th>").text(each.model()).add("</th><td>").text(each.other());
      add("</td><td class=\"n\">").text(Numbers.fixed(each.advantage(), decimals));
      add("</td><td class=\"n\">").text(Numbers.fixed(each.standardError(), decimals));
      add("</td><td class=\"n\">").text(Numbers.probability(each.pValue())).add("</td><td>");
      add(each.pValue() > 0.05 ? "<span class=\"quiet\">may be chance</span>" : "");
      add("</td></tr>\n");
    }
    add("</tbody></table></div>\n");
    matrix(target, decimals);
  }

  /** The same as a matrix, where there are more than two models. */
  private void matrix(TargetReport target, int decimals) {
    if (target.models().size() < 3) {
      return;
    }
    add("<details><summary>Every model against every other</summary>\n<div class=\"scroll\">");
    add(
        "<table>\n<caption>By how much the row's model is better than the column's, and below it p;");
    add(" bold where p is below 0.05</caption>\n<thead><tr><th></th>");
    target.models().forEach(m -> add("<th class=\"n\">").text(m.model()).add("</th>"));
    add("</tr></thead>\n<tbody>\n");
    for (ModelReport row : target.models()) {
      add(row.baseline() ? "<tr class=\"baseline\"><th>" : "<tr><th>").text(row.model());
      add("</th>");
      for (ModelReport column : target.models()) {
        cell(target, row.model(), column.model(), decimals);
      }
      add("</tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  private void cell(TargetReport target, String row, String column, int decimals) {
    for (Comparison each : target.comparisons()) {
      boolean forward = each.model().equals(row) && each.other().equals(column);
      if (forward || each.model().equals(column) && each.other().equals(row)) {
        add(each.pValue() < 0.05 && forward ? "<td class=\"n best\">" : "<td class=\"n\">");
        text(Numbers.fixed(forward ? each.advantage() : 0 - each.advantage(), decimals));
        add("<br><span class=\"quiet\">").text(Numbers.probability(each.pValue()));
        add("</span></td>");
        return;
      }
    }
    add("<td class=\"n\">").add(Numbers.NONE).add("</td>");
  }

  private void costCurves(int index, TargetReport target) {
    CostCurves curves = target.costCurves();
    if (curves == null) {
      return;
    }
    String held =
        curves.held().stream()
            .map(each -> each.feature() + " " + Numbers.brief(each.value()))
            .collect(Collectors.joining(", "));
    StringBuilder help = new StringBuilder("What the final models predict along it. ");
    if (!held.isEmpty()) {
      help.append("Others at their medians: ").append(held).append(". ");
    }
    for (CostCurves.Curve each : curves.curves()) {
      if (each.band() != CostCurve.Band.NONE) {
        help.append("Band of ").append(each.model()).append(": ");
        help.append(Text.format("%.0f %% ", 100 * each.level()));
        help.append(
            each.band() == CostCurve.Band.QUANTILES
                ? "of realised values by its quantiles. "
                : "confidence of the curve by its coefficients' errors. ");
      }
    }
    add("<div class=\"charts\">\n");
    chart(
        index, "curves", "", target.target() + " by " + curves.feature(), help.toString().strip());
    add("</div>\n");
  }

  private void coefficients(ModelReport model) {
    if (model.coefficients().isEmpty()) {
      return;
    }
    boolean truth = model.coefficients().stream().anyMatch(each -> !Double.isNaN(each.truth()));
    add("<div class=\"scroll\"><table>\n<caption>Coefficients of ").text(model.model());
    add("</caption>\n<thead><tr><th>Coefficient</th>");
    add(truth ? "<th class=\"n\">Truth</th>" : "");
    add("<th class=\"n\">Estimate</th><th class=\"n\">Standard error</th>");
    add("<th class=\"n\" colspan=\"2\">Confidence interval</th></tr></thead>\n<tbody>\n");
    for (Coefficient each : model.coefficients()) {
      add("<tr><th>").text(each.name()).add("</th>");
      double[] cells = {
        each.truth(), each.estimate(), each.standardError(), each.low(), each.high()
      };
      for (int i = truth ? 0 : 1; i < cells.length; i++) {
        add("<td class=\"n\">").text(Numbers.significant(cells[i])).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private void quantiles(TargetReport target, ModelReport model) {
    if (model.quantiles().isEmpty()) {
      return;
    }
    add("<div class=\"scroll\"><table>\n<caption>Quantiles of ").text(model.model());
    add(": share of the scored rows at or below each</caption>\n<thead><tr><th>Quantile</th>");
    add("<th class=\"n\">Nominal</th><th class=\"n\">Covered</th>");
    add("<th class=\"n\">Standard error</th><th class=\"n\">Mean pinball loss");
    unit(target.unit()).add("</th></tr></thead>\n<tbody>\n");
    for (QuantileScore each : model.quantiles()) {
      add("<tr><th>").text(each.name()).add("</th><td class=\"n\">");
      text(Numbers.percent(each.quantile())).add("</td><td class=\"n\">");
      text(Numbers.percent(each.covered())).add("</td><td class=\"n\">");
      text(Numbers.percent(each.standardError())).add("</td><td class=\"n\">");
      text(Numbers.significant(each.pinballLoss())).add("</td></tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private static boolean best(TargetReport target, ModelReport model, int m) {
    double score = model.scores().get(m);
    MetricDescription metric = target.metrics().get(m);
    return !Double.isNaN(score)
        && target.models().stream()
            .noneMatch(other -> Verdict.better(metric, other.scores().get(m), score));
  }

  private static int decimals(TargetReport target, int m) {
    MetricDescription metric = target.metrics().get(m);
    if (metric.unit().isEmpty() && Verdict.isFunctionOfSquaredError(metric)) {
      return 3;
    }
    return Numbers.decimals(
        target.models().stream().map(model -> model.scores().get(m)).toList(), metric.unit());
  }

  private void legend(TargetReport target) {
    add("<ul class=\"legend\" aria-label=\"Colours of the models\">\n");
    for (int m = 0; m < target.models().size(); m++) {
      int tone = m == 0 ? 0 : (m - 1) % 6 + 1;
      add("<li><span class=\"swatch\" style=\"background:var(--m" + tone + ")\"></span>");
      text(target.models().get(m).model()).add("</li>\n");
    }
    add("</ul>\n");
  }

  private void chart(int target, String kind, String model, String title, String help) {
    add("<figure class=\"card\"><figcaption><h3>").text(title).add("</h3><p>").text(help);
    add("</p></figcaption><div class=\"chart\" role=\"img\" aria-label=\"").text(title);
    add("\" data-target=\"" + target + "\" data-kind=\"").text(kind).add("\" data-model=\"");
    text(model).add("\"></div></figure>\n");
  }

  private void folds(TargetReport target) {
    boolean time = target.folds().stream().allMatch(FoldReport::hasTime);
    add("<details open><summary>Folds</summary>\n<div class=\"scroll\"><table>\n<thead><tr>");
    add("<th class=\"n\">Fold</th><th>Trained on").add(time ? " (UTC)" : " rows");
    add("</th><th class=\"n\">Training rows</th><th class=\"n\">Purged</th><th>Scored on");
    add(time ? " (UTC)" : " rows").add("</th><th class=\"n\">Scored rows</th>");
    MetricDescription headline = target.metrics().getFirst();
    for (ModelReport model : target.models()) {
      add("<th class=\"n\">").text(headline.title()).add(" ").text(model.model());
      unit(headline.unit()).add("</th>");
    }
    add("</tr></thead>\n<tbody>\n");
    int decimals = decimals(target, 0);
    for (int f = 0; f < target.folds().size(); f++) {
      FoldReport fold = target.folds().get(f);
      add("<tr><td class=\"n\">" + fold.number());
      add(fold.name().isEmpty() ? "" : " <span class=\"quiet\">").text(fold.name());
      add(fold.name().isEmpty() ? "" : "</span>").add("</td><td class=\"span\">");
      text(span(fold.hasTime(), fold.trainingStart(), fold.trainingEnd()));
      add("</td><td class=\"n\">").add(Numbers.count(fold.trainingRows()));
      add("</td><td class=\"n\">")
          .add(Numbers.count(fold.purgedRows()))
          .add("</td><td class=\"span\">");
      text(span(fold.hasTime(), fold.scoredStart(), fold.scoredEnd()));
      add("</td><td class=\"n\">").add(Numbers.count(fold.scoredRows())).add("</td>");
      for (ModelReport model : target.models()) {
        double score = model.foldScores().get(f).getFirst();
        add("<td class=\"n\">").text(Numbers.fixed(score, decimals)).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  private static String span(boolean time, long from, long to) {
    return time
        ? Numbers.time(from) + " – " + Numbers.time(to)
        : Numbers.count(from) + " – " + Numbers.count(to);
  }

  private void files(TargetReport target) {
    if (target.models().stream().allMatch(model -> model.archive().isEmpty())) {
      return;
    }
    add("<div class=\"scroll\"><table>\n" + "<caption>Files, trained on ");
    add(
        target.finalRows() == target.usableRows()
            ? "all rows with a known target"
            : Text.format(
                "the latest %s rows with a known target", Numbers.count(target.finalRows())));
    add("</caption>\n");
    add("<thead><tr><th>Model</th><th>File</th><th>Verified</th></tr></thead>\n<tbody>\n");
    for (ModelReport model : target.models()) {
      if (model.archive().isEmpty()) {
        continue;
      }
      add("<tr><th>").text(model.model()).add("</th><td><code>models/").text(model.archive());
      add("</code></td><td>SHA-256 <code>").text(model.archiveHash()).add("</code></td></tr>\n");
      for (Export export : model.exports()) {
        add("<tr><th></th><td><code>exports/").text(export.file()).add("</code></td><td>");
        text(
            Text.format(
                "%s: %s rows and %s boundary rows, at most %d ulp apart",
                export.runtime(),
                Numbers.count(export.rows()),
                Numbers.count(export.boundaryRows()),
                export.maxUlps()));
        for (String note : export.notes()) {
          add("<br><span class=\"quiet\">").text(note).add("</span>");
        }
        add("</td></tr>\n");
      }
    }
    add("</tbody></table></div>\n");
  }

  private void buckets(TargetReport target) {
    add(
        "<details><summary>Predicted against realised, in numbers</summary>\n"
            + "<div class=\"scroll\">");
    add("<table>\n<thead><tr><th>Model</th><th class=\"n\">Bucket</th><th class=\"n\">Rows</th>");
    for (String name : List.of("Mean predicted", "Mean realised", "Standard error")) {
      add("<th class=\"n\">").text(name);
      unit(target.unit()).add("</th>");
    }
    add("</tr></thead>\n<tbody>\n");
    List<Double> all = new ArrayList<>();
    target.models().forEach(model -> model.calibration().forEach(b -> all.add(b.meanRealised())));
    int decimals = Numbers.decimals(all, target.unit());
    for (ModelReport model : target.models()) {
      int number = 1;
      for (Bucket bucket : model.calibration()) {
        add(model.baseline() ? "<tr class=\"baseline\"><th>" : "<tr><th>").text(model.model());
        add("</th><td class=\"n\">" + number++ + "</td><td class=\"n\">");
        add(Numbers.count(bucket.rows()));
        for (double value :
            new double[] {bucket.meanPredicted(), bucket.meanRealised(), bucket.standardError()}) {
          add("</td><td class=\"n\">").text(Numbers.fixed(value, decimals));
        }
        add("</td></tr>\n");
      }
    }
    add("</tbody></table></div></details>\n");
  }

  private void leaks(TargetReport target) {
    LeakReport leak = target.leak();
    if (leak == null) {
      return;
    }
    add("<details><summary>Leak check</summary>\n<p>");
    text(
        Text.format(
            "%s, trained on %s rows and scored on %s of the last fold, against their mean: skill %s;"
                + " with a shuffled target %s, where 0 is right; with the target of another time %s,"
                + " which is what it tells of instruments and levels. %s.",
            leak.model(),
            Numbers.count(leak.trainedRows()),
            Numbers.count(leak.scoredRows()),
            Numbers.fixed(leak.skill(), 3),
            Numbers.fixed(leak.shuffledSkill(), 3),
            Numbers.fixed(leak.shiftedSkill(), 3),
            "Took " + Numbers.seconds(facts.record().seconds(target.target(), "(leak check)"))));
    add("</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>Feature</th>");
    for (String head :
        List.of("Skill alone", "R² with the target to come", "R² with the last one known")) {
      add("<th class=\"n\">").text(head).add("</th>");
    }
    add("</tr></thead>\n<tbody>\n");
    for (FeatureCheck each : leak.features()) {
      add("<tr><th>").text(each.feature()).add("</th>");
      for (double value : new double[] {each.skill(), each.toCome(), each.lastKnown()}) {
        add("<td class=\"n\">").text(Numbers.fixed(value, 3)).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  // -------------------------------------------------------------- what it used

  private void series() {
    add("<section>\n<h2>Features</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Name</th>");
    add("<th>Unit</th><th>Expression</th><th class=\"n\">Known (%)</th></tr></thead>\n<tbody>\n");
    for (RunFacts.Series each : facts.series()) {
      add("<tr><th>").text(each.name());
      if (each.given()) {
        add(
            "<span class=\"tag\" title=\"Chosen by whoever asks for a prediction; may look"
                + " ahead\">given</span>");
      }
      if (each.constant()) {
        add("<span class=\"tag\">constant</span>");
      }
      add("</th><td>")
          .text(each.unit().isEmpty() ? Numbers.NONE : each.unit())
          .add("</td><td><code>");
      text(each.expression()).add("</code></td><td class=\"n\">");
      add(Numbers.percent(report.rows() == 0 ? Double.NaN : (double) each.known() / report.rows()));
      add("</td></tr>\n");
    }
    add("</tbody></table></div>\n</section>\n");
  }

  private void findings() {
    add("<section>\n<h2>Data</h2>\n<p>");
    add(Numbers.count(facts.importedRows())).add(" rows imported, ");
    add(Numbers.count(report.rows())).add(" after preparation.</p>\n");
    if (facts.findings().isEmpty()) {
      add("<p class=\"quiet\">Nothing odd was found.</p>\n</section>\n");
      return;
    }
    add("<div class=\"scroll\"><table>\n<caption>What is odd about the imported rows</caption>\n");
    add("<thead><tr><th>Columns</th><th>Finding</th></tr></thead>\n<tbody>\n");
    for (RunFacts.Finding finding : facts.findings()) {
      String kind = finding.severity().name().toLowerCase(Locale.ROOT);
      add("<tr class=\"").add(kind).add("\"><th>");
      text(finding.columns().isEmpty() ? Numbers.NONE : finding.columns()).add("</th><td>");
      if (finding.severity() != Severity.INFO) {
        add("<span class=\"tag\">").add(kind).add("</span> ");
      }
      text(sentence(finding.message())).add("</td></tr>\n");
    }
    add("</tbody></table></div>\n</section>\n");
  }

  private void provenance() {
    add("<section>\n<h2>Provenance</h2>\n<div class=\"scroll\"><table>\n<tbody>\n");
    RunRecord run = facts.record();
    row("Experiment (SHA-256)", run.experimentHash());
    row("Imported data (SHA-256)", report.dataHash());
    row("Features and targets (SHA-256)", report.featuresHash());
    row("Seed", Long.toString(facts.experiment().seed()));
    row("Slipstream", run.codeVersion());
    row("Plug-ins", plugins(run));
    row("Started (UTC)", time(run.started()));
    row("Finished (UTC)", time(run.finished()) + ", after " + took(run));
    row(
        "Machine",
        run.environment().os()
            + ", "
            + run.environment().architecture()
            + ", Java "
            + run.environment().java()
            + ", at most "
            + run.environment().threads()
            + (run.environment().threads() == 1 ? " thread" : " threads"));
    row("Device", run.environment().device());
    row("Run by", run.environment().user());
    add("</tbody></table></div>\n<details><summary>Experiment as it was run</summary>\n<pre>");
    text(facts.experimentText()).add("</pre></details>\n</section>\n");
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", "");
  }

  private static String took(RunRecord run) {
    return Numbers.seconds(run.took().toMillis() / 1e3);
  }

  /** By who brought them: {@code slipstream.features 0.1.0: function.mean, function.std}. */
  private static String plugins(RunRecord run) {
    return run.plugins().entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                TreeMap::new,
                Collectors.mapping(Map.Entry::getKey, Collectors.joining(", "))))
        .entrySet()
        .stream()
        .map(each -> each.getKey() + ": " + each.getValue())
        .collect(Collectors.joining("; "));
  }

  private void row(String name, String value) {
    add("<tr><th>").text(name).add("</th><td><code>").text(value).add("</code></td></tr>\n");
  }

  // ------------------------------------------------------------------- writing

  private HtmlReport unit(String unit) {
    if (!unit.isEmpty()) {
      add(" <span class=\"unit\">").text(unit).add("</span>");
    }
    return this;
  }

  /** Markup of our own. */
  private HtmlReport add(String markup) {
    html.append(markup);
    return this;
  }

  /** Anything else: escaped for text and for quoted attributes. */
  private HtmlReport text(String text) {
    escape(text, html);
    return this;
  }

  /** Escapes for text and for quoted attributes. */
  static void escape(String text, StringBuilder html) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(c);
      }
    }
  }

  static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the bundle");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
