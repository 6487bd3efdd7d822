package slipstream.training.internal.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import slipstream.core.Text;
import slipstream.core.progress.Progress.Severity;
import slipstream.data.health.Defect;
import slipstream.data.health.HealthReport;
import slipstream.data.health.HealthReport.ColumnHealth;
import slipstream.data.health.HealthReport.Count;
import slipstream.data.health.HealthReport.Coverage;
import slipstream.data.health.HealthReport.Example;
import slipstream.data.health.HealthReport.Finding;
import slipstream.data.health.HealthReport.InstrumentHealth;
import slipstream.data.health.HealthReport.Line;
import slipstream.training.report.HealthPage.Entry;

/** The page of health reports. Tables hold every number, so that it can be read without scripts. */
public final class HealthHtml {
  private static final int KINDS = 8;
  private static final int BARS = 20;
  private static final int INSTRUMENTS = 100;
  private static final int NAMED = 6;
  private static final int MAX_COLUMNS = 500;

  private final StringBuilder html = new StringBuilder(1 << 20);
  private final List<Entry> entries;

  private HealthHtml(List<Entry> entries) {
    this.entries = entries;
  }

  /** The page's text. */
  public static String render(List<Entry> entries, String codeVersion) {
    HealthHtml page = new HealthHtml(entries);
    page.page(codeVersion);
    return page.html.toString();
  }

  private void page(String codeVersion) {
    add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Nothing may be fetched, whatever the data say.
    add(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
            + " 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
    add("<title>Data health – Slipstream</title>\n<style>\n");
    add(HtmlReport.resource("report.css")).add(HtmlReport.resource("health.css"));
    add("</style>\n</head>\n<body>\n<main>\n<p class=\"eyebrow\">Data health</p>\n<h1>");
    text(entries.size() == 1 ? name(entries.getFirst()) : entries.size() + " sources")
        .add("</h1>\n");
    if (entries.size() > 1) {
      summary();
    }
    for (int i = 0; i < entries.size(); i++) {
      report(i, entries.get(i));
    }
    add("<footer>Made by Slipstream ").text(codeVersion);
    add(". Charts by Apache ECharts (Apache-2.0).</footer>\n</main>\n");
    add("<script type=\"application/json\" id=\"health-data\">")
        .add(json())
        .add("</script>\n<script>");
    add(HtmlReport.resource("echarts.common.min.js").replace("</script", "<\\/script"));
    add("</script>\n<script>\n").add(HtmlReport.resource("health.js"));
    add("</script>\n</body>\n</html>\n");
  }

  /** A file's name without its folder. */
  private static String name(Entry entry) {
    return entry.source().substring(entry.source().lastIndexOf('/') + 1);
  }

  private void summary() {
    add("<div class=\"scroll\"><table>\n<thead><tr><th>Source</th><th class=\"n\">Rows</th>");
    add("<th class=\"n\">Instruments</th><th class=\"n\">Errors</th><th class=\"n\">Warnings</th>");
    add("<th class=\"n\">Notes</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < entries.size(); i++) {
      HealthReport report = entries.get(i).report();
      add("<tr><th><a href=\"#source-" + i + "\">").text(name(entries.get(i))).add("</a></th>");
      for (long each :
          new long[] {
            report.rows(),
            report.instruments(),
            report.count(Severity.ERROR),
            report.count(Severity.WARNING),
            report.count(Severity.INFO)
          }) {
        add("<td class=\"n\">").add(Numbers.count(each)).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private void report(int index, Entry entry) {
    HealthReport report = entry.report();
    add("<section id=\"source-" + index + "\">\n");
    if (entries.size() > 1) {
      add("<h2>").text(name(entry)).add("</h2>\n");
    }
    add("<dl class=\"facts\">\n");
    fact("Rows", Numbers.count(report.rows()));
    fact("Instruments", Numbers.count(report.instruments()));
    if (!report.timeColumn().isEmpty() && report.rows() > 0) {
      fact(
          "Period (UTC)",
          Numbers.time(report.firstTime()) + " – " + Numbers.time(report.lastTime()));
      fact("Trading days", Numbers.count(report.tradingDays()));
    }
    add("</dl>\n");
    if (!entry.guesses().isEmpty()) {
      add("<p class=\"quiet\">Guessed: ").text(String.join("; ", entry.guesses())).add(".</p>\n");
    }
    findings(report);
    charts(index, report);
    coverage(report);
    instruments(report);
    columns(report);
    add("</section>\n");
  }

  private void fact(String name, String value) {
    add("<div><dt>").text(name).add("</dt><dd>").text(value).add("</dd></div>\n");
  }

  // ------------------------------------------------------------------ findings

  private void findings(HealthReport report) {
    if (report.findings().isEmpty()) {
      add("<p>Nothing odd was found.</p>\n");
      return;
    }
    add("<div class=\"scroll\"><table class=\"findings\">\n<thead><tr><th>Finding</th>");
    add("<th class=\"n\">Count</th><th class=\"n\">Share (%)</th><th>Where</th>");
    add("<th>Examples</th></tr></thead>\n<tbody>\n");
    for (Finding finding : report.findings()) {
      String kind = finding.severity().name().toLowerCase(Locale.ROOT);
      add("<tr class=\"").add(kind).add("\"><th>");
      add("<span class=\"tag ").add(kind).add("\">");
      add(finding.severity() == Severity.INFO ? "note" : kind).add("</span> ");
      text(finding.defect().title());
      add("<p class=\"quiet\">").text(finding.defect().meaning()).add("</p><p class=\"quiet\">");
      text(finding.defect().remedy()).add("</p></th><td class=\"n\">");
      add(Numbers.count(finding.count())).add("<br><span class=\"quiet\">");
      text(finding.defect().unit()).add("</span></td><td class=\"n\">");
      add(finding.of() > 0
              ? Numbers.percent((double) finding.count() / finding.of())
              : Numbers.NONE)
          .add("</td><td>");
      where(finding.columns(), "");
      where(finding.instruments(), finding.instrumentCount() > NAMED ? more(finding) : "");
      if (!finding.detail().isEmpty()) {
        add("<p class=\"quiet\">").text(finding.detail()).add("</p>");
      }
      add("</td><td>");
      for (Example example : finding.examples()) {
        add("<div class=\"example\">").text(example(example)).add("</div>");
      }
      add("</td></tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  /** With the digits that a small share needs. */
  private static String share(double percent) {
    return Text.format(percent >= 0.1 ? "%.2f" : "%.2g", percent);
  }

  private static String more(Finding finding) {
    return Text.format(" and %,d more", finding.instrumentCount() - NAMED);
  }

  private void where(List<Count> counts, String more) {
    if (counts.isEmpty()) {
      return;
    }
    String rest =
        !more.isEmpty() || counts.size() <= NAMED
            ? more
            : Text.format(" and %,d more", counts.size() - NAMED);
    add("<div>");
    text(
        counts.stream()
            .limit(NAMED)
            .map(each -> each.name() + Text.format(" %,d", each.count()))
            .collect(Collectors.joining(", ")));
    text(rest).add("</div>");
  }

  private static String example(Example example) {
    StringBuilder line = new StringBuilder();
    if (!example.instrument().isEmpty()) {
      line.append(example.instrument()).append(' ');
    }
    if (example.hasTime()) {
      line.append(Numbers.time(example.time())).append(' ');
    }
    if (example.row() >= 0) {
      line.append(Text.format("(row %,d) ", example.row()));
    }
    return line.append(example.values()).toString().strip();
  }

  // -------------------------------------------------------------------- charts

  /** The kinds to draw over time: errors and warnings first, of equal ones those that occur more. */
  private static List<Line> lines(HealthReport report) {
    return report.timeline().kinds().stream().limit(KINDS).toList();
  }

  private void charts(int index, HealthReport report) {
    boolean moves = report.moves().counts().stream().mapToLong(each -> each).sum() > 0;
    boolean instruments = report.instruments() > 1 && !stacked(report).isEmpty();
    if (lines(report).isEmpty() && !moves && !instruments) {
      return;
    }
    add("<div class=\"charts\">\n");
    for (int k = 0; k < lines(report).size(); k++) {
      Defect defect = defect(lines(report).get(k).kind());
      chart(index, "time", k, defect.title(), "Count over time (UTC); unit: " + defect.unit());
    }
    if (instruments) {
      chart(
          index,
          "instruments",
          0,
          "Errors and warnings by instrument",
          "The instruments with most of them, share of each kind.");
    }
    if (moves) {
      chart(
          index,
          "moves",
          0,
          "Robust z of price moves",
          "Moves from row to row over the instrument's typical move, log scale.");
    }
    add("</div>\n");
  }

  private void chart(int report, String kind, int line, String title, String help) {
    add("<figure class=\"card\"><figcaption><h3>").text(title).add("</h3><p>").text(help);
    add("</p></figcaption><div class=\"chart small\" role=\"img\" aria-label=\"").text(title);
    add("\" data-report=\"" + report + "\" data-kind=\"" + kind + "\" data-line=\"" + line);
    add("\"></div></figure>\n");
  }

  private static Defect defect(String kind) {
    return Defect.valueOf(kind.toUpperCase(Locale.ROOT));
  }

  /** Errors and warnings that the worst instruments have. */
  private static List<Defect> stacked(HealthReport report) {
    return report.findings().stream()
        .filter(each -> each.severity() != Severity.INFO)
        .map(Finding::defect)
        .filter(
            defect -> report.worst().stream().limit(BARS).anyMatch(each -> each.count(defect) > 0))
        .toList();
  }

  /** The charts' data. */
  private String json() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartArray();
      for (Entry entry : entries) {
        HealthReport report = entry.report();
        json.writeStartObject();
        json.writeArrayFieldStart("starts");
        for (long start : report.timeline().starts()) {
          json.writeString(Numbers.time(start));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("lines");
        for (Line line : lines(report)) {
          json.writeStartObject();
          json.writeStringField("name", defect(line.kind()).title());
          json.writeStringField(
              "severity", defect(line.kind()).severity().name().toLowerCase(Locale.ROOT));
          json.writeArrayFieldStart("counts");
          for (long count : line.counts()) {
            json.writeNumber(count);
          }
          json.writeEndArray();
          json.writeEndObject();
        }
        json.writeEndArray();
        List<Defect> kinds = stacked(report);
        List<InstrumentHealth> bars =
            report.worst().stream()
                .filter(each -> kinds.stream().anyMatch(kind -> each.count(kind) > 0))
                .limit(BARS)
                .toList();
        json.writeArrayFieldStart("instruments");
        for (InstrumentHealth each : bars) {
          json.writeString(each.name());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("byInstrument");
        for (Defect kind : kinds) {
          json.writeStartObject();
          json.writeStringField("name", kind.title());
          json.writeArrayFieldStart("counts");
          for (InstrumentHealth each : bars) {
            json.writeNumber(each.count(kind));
          }
          json.writeEndArray();
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("edges");
        for (double edge : report.moves().edges()) {
          json.writeNumber(edge);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("moves");
        for (long count : report.moves().counts()) {
          json.writeNumber(count);
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Within a script element "</" would end it.
    return out.toString().replace("<", "\\u003c");
  }

  /** Days that are missing, as a map that needs no script. */
  private void coverage(HealthReport report) {
    Coverage coverage = report.coverage();
    if (coverage.instruments().isEmpty()) {
      return;
    }
    int buckets = coverage.starts().size();
    int label = 150;
    double cell = Math.min(14, 960.0 / buckets);
    int height = 14;
    double width = label + buckets * cell;
    add("<figure class=\"card\"><figcaption><h3>Days missing</h3><p>Instruments with most gaps; ");
    add("dark where days of the calendar are missing, blank before the first and after the last. ");
    text(Numbers.time(coverage.starts().getFirst()) + " – " + Numbers.time(report.lastTime()));
    add("</p></figcaption><div class=\"scroll\">");
    add(
        Text.format(
            "<svg class=\"coverage\" viewBox=\"0 0 %.0f %d\" width=\"%.0f\" height=\"%d\" role=\"img\""
                + " aria-label=\"Days missing by instrument\">\n",
            width,
            coverage.instruments().size() * height,
            width,
            coverage.instruments().size() * height));
    for (int i = 0; i < coverage.instruments().size(); i++) {
      add(Text.format("<text x=\"%d\" y=\"%d\">", label - 6, i * height + 11));
      text(shortened(coverage.instruments().get(i))).add("</text>");
      for (int b = 0; b < buckets; b++) {
        double share = coverage.shares().get(i * buckets + b);
        if (!Double.isNaN(share)) {
          add(
              Text.format(
                  "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"12\" class=\"%s\"><title>",
                  label + b * cell,
                  i * height + 1,
                  Math.max(1, cell - 0.5),
                  share >= 1 ? "c4" : "c" + (int) Math.floor(share * 4)));
          text(
              Text.format(
                  "%s from %s: %.0f %% of the days",
                  coverage.instruments().get(i),
                  Numbers.time(coverage.starts().get(b)),
                  100 * share));
          add("</title></rect>");
        }
      }
      add("\n");
    }
    add("</svg></div></figure>\n");
  }

  private static String shortened(String name) {
    return name.length() > 22 ? name.substring(0, 21) + "…" : name;
  }

  // -------------------------------------------------------------------- tables

  private void instruments(HealthReport report) {
    if (report.worst().isEmpty()) {
      return;
    }
    List<Defect> kinds = new ArrayList<>();
    for (Finding finding : report.findings()) {
      if (report.worst().stream().anyMatch(each -> each.count(finding.defect()) > 0)) {
        kinds.add(finding.defect());
      }
    }
    int shown = Math.min(INSTRUMENTS, report.worst().size());
    add("<details><summary>")
        .text(
            Text.format(
                "Instruments: %,d of %,d, most findings first", shown, report.instruments()));
    add("</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th>Instrument</th>");
    add(
        "<th class=\"n\">Rows</th><th>First (UTC)</th><th>Last (UTC)</th><th class=\"n\">Days</th>");
    for (Defect kind : kinds) {
      add("<th class=\"n\">").text(kind.kind().replace('_', ' ')).add("</th>");
    }
    add("</tr></thead>\n<tbody>\n");
    for (InstrumentHealth each : report.worst().subList(0, shown)) {
      add("<tr><th>").text(each.name()).add("</th><td class=\"n\">");
      add(Numbers.count(each.rows())).add("</td>");
      boolean timed = !report.timeColumn().isEmpty();
      add("<td class=\"span\">").text(timed ? Numbers.time(each.firstTime()) : Numbers.NONE);
      add("</td><td class=\"span\">").text(timed ? Numbers.time(each.lastTime()) : Numbers.NONE);
      add("</td><td class=\"n\">").add(Numbers.count(each.days())).add("</td>");
      for (Defect kind : kinds) {
        long count = each.count(kind);
        add("<td class=\"n\">").add(count == 0 ? Numbers.NONE : Numbers.count(count)).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  private void columns(HealthReport report) {
    List<ColumnHealth> shown =
        report.columns().stream()
            .sorted(Comparator.comparing((ColumnHealth each) -> each.nulls() == report.rows()))
            .limit(MAX_COLUMNS)
            .toList();
    add("<details open><summary>Columns</summary>\n<div class=\"scroll\"><table>\n<thead><tr>");
    add("<th>Column</th><th>Taken for</th><th>Type</th><th class=\"n\">Null (%)</th>");
    for (String name :
        List.of("NaN", "Zero", "Negative", "Distinct", "Min", "Median", "Mean", "Max", "Std")) {
      add("<th class=\"n\">").add(name).add("</th>");
    }
    add("</tr></thead>\n<tbody>\n");
    for (ColumnHealth each : shown) {
      add("<tr><th>").text(each.name());
      if (!each.unit().isEmpty()) {
        add(" <span class=\"unit\">").text(each.unit()).add("</span>");
      }
      add("</th><td>").text(each.role().meaning()).add("</td><td>");
      text(each.type().toLowerCase(Locale.ROOT)).add("</td><td class=\"n\">");
      add(
          report.rows() == 0
              ? Numbers.NONE
              : Numbers.percent((double) each.nulls() / report.rows()));
      add("</td>");
      for (long count : new long[] {each.nans(), each.zeros(), each.negatives(), each.distinct()}) {
        add("<td class=\"n\">").add(count < 0 ? Numbers.NONE : Numbers.count(count)).add("</td>");
      }
      boolean time = each.type().equals("TIMESTAMP");
      for (double value :
          new double[] {each.min(), each.median(), each.mean(), each.max(), each.std()}) {
        String text =
            Double.isNaN(value) || time && value == each.std()
                ? Numbers.NONE
                : time ? Numbers.time((long) value).substring(0, 10) : number(value);
        add("<td class=\"n\">").add(text).add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div>");
    if (report.columns().size() > shown.size()) {
      add("<p class=\"quiet\">")
          .text(Text.format("%,d more columns.", report.columns().size() - shown.size()))
          .add("</p>");
    }
    add("</details>\n");
  }

  private static String number(double value) {
    double size = Math.abs(value);
    return value == Math.rint(value) && size < 1e15
        ? Text.format("%,d", (long) value)
        : size >= 1e6 || size < 1e-3 ? Text.format("%.4g", value) : Text.format("%,.4f", value);
  }

  // ------------------------------------------------------------------- writing

  /** Markup of our own. */
  private HealthHtml add(String markup) {
    html.append(markup);
    return this;
  }

  /** Anything else: escaped for text and for quoted attributes. */
  private HealthHtml text(String text) {
    HtmlReport.escape(text, html);
    return this;
  }
}
