package slipstream.training.internal.report;

import java.util.ArrayList;
import java.util.List;
import slipstream.core.Text;
import slipstream.training.evaluation.OrdersReport;
import slipstream.training.evaluation.OrdersReport.Cost;
import slipstream.training.evaluation.OrdersReport.Horizon;
import slipstream.training.evaluation.OrdersReport.LeftOut;
import slipstream.training.evaluation.OrdersReport.OrderBreakdown;
import slipstream.training.evaluation.OrdersReport.OrderBucket;
import slipstream.training.evaluation.Report.BreakdownKind;

/** The part of the report on parent orders. */
final class OrdersHtml {
  private final OrdersReport orders;
  private final StringBuilder html;

  OrdersHtml(OrdersReport orders, StringBuilder html) {
    this.orders = orders;
    this.html = html;
  }

  void write() {
    add("<section>\n<h2>Parent orders</h2>\n<p class=\"quiet definition\">");
    text(
        Text.format(
            "%s orders with %s fills · %s %% of their value done",
            Numbers.count(orders.orders()),
            Numbers.count(orders.fills()),
            Numbers.percent(orders.filledShare())));
    add(" · all rows of the prepared data · positive is a cost</p>\n");
    if (orders.orders() == 0) {
      add("<p>No order could be analysed.</p>\n");
    } else {
      costs(
          "Implementation shortfall: against the decision price, by the value that was decided on",
          orders.shortfall());
      costs("Slippage of what was done against benchmarks", orders.slippage());
      charts();
      orders.breakdowns().forEach(this::breakdown);
    }
    leftOut();
    add("</section>\n");
  }

  private void costs(String caption, List<Cost> costs) {
    add("<div class=\"scroll\"><table>\n<caption>").text(caption).add("</caption>\n<thead><tr>");
    add("<th></th><th class=\"n\">Orders</th><th class=\"n\">Mean <span class=\"unit\">bp</span>");
    add("</th><th class=\"n\">± std. error</th><th class=\"n\" title=\"Each order counts once\">");
    add("Each order once <span class=\"unit\">bp</span></th><th class=\"n\">± std. error</th>");
    add("<th class=\"n\">Money</th></tr></thead>\n<tbody>\n");
    for (Cost each : costs) {
      add("<tr><th>").text(each.name()).add("</th><td class=\"n\">");
      add(Numbers.count(each.orders())).add("</td>");
      cells(2, each.mean(), each.standardError(), each.equalMean(), each.equalError());
      cells(0, each.amount());
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
  }

  private void charts() {
    add("<div class=\"charts\">\n");
    chart(
        "shortfall",
        0,
        "Implementation shortfall",
        "The parts after Perold and Wagner, ± 1 standard error.");
    if (!orders.markouts().isEmpty()) {
      chart(
          "after",
          0,
          "Markouts and reversion",
          orders.reversions().isEmpty()
              ? "Markout: the price's move after each fill with the side, ± 1 standard error."
              : "Markout: the price's move after each fill with the side. Reversion: the mid price's"
                  + " after the last fill; below 0 it comes back. ± 1 standard error.");
    }
    for (int b = 0; b < orders.breakdowns().size(); b++) {
      chart(
          "orders",
          b,
          title(orders.breakdowns().get(b)),
          "Parts of the shortfall in each bucket; the mark is their total ± 1 standard error.");
    }
    add("</div>\n");
    horizons("Markouts of fills", "Fills", orders.markouts());
    horizons("Reversion after the last fill", "Orders", orders.reversions());
  }

  private static String title(OrderBreakdown each) {
    return each.kind() == BreakdownKind.PERIODS
        ? "Shortfall over time"
        : each.kind() == BreakdownKind.TIME_OF_DAY
            ? "Shortfall by time of day, " + each.zone()
            : "Shortfall by " + each.name();
  }

  private void chart(String kind, int part, String title, String help) {
    add("<figure class=\"card\"><figcaption><h3>").text(title).add("</h3><p>").text(help);
    add("</p></figcaption><div class=\"chart\" role=\"img\" aria-label=\"").text(title);
    add("\" data-target=\"-1\" data-kind=\"" + kind + "\" data-model=\"" + part);
    add("\"></div></figure>\n");
  }

  private void horizons(String caption, String counted, List<Horizon> curve) {
    if (curve.isEmpty()) {
      return;
    }
    add("<details><summary>").text(caption).add(", in numbers</summary>\n<div class=\"scroll\">");
    add("<table>\n<thead><tr><th>After</th><th class=\"n\">").text(counted).add("</th>");
    add("<th class=\"n\">Mean <span class=\"unit\">bp</span></th>");
    add("<th class=\"n\">± std. error</th></tr></thead>\n<tbody>\n");
    for (Horizon each : curve) {
      add("<tr><th>").text(each.horizon()).add("</th><td class=\"n\">");
      add(Numbers.count(each.count())).add("</td>");
      cells(2, each.mean(), each.standardError());
      add("</tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  private void breakdown(OrderBreakdown each) {
    add("<details><summary>").text(title(each)).add(", in numbers</summary>\n");
    add("<div class=\"scroll\"><table>\n<thead><tr><th></th><th class=\"n\">Orders</th>");
    add("<th class=\"n\">Value</th>");
    List<String> names = new ArrayList<>();
    orders.shortfall().forEach(cost -> names.add(cost.name()));
    orders.slippage().forEach(cost -> names.add("vs " + cost.name()));
    for (String name : names) {
      add("<th class=\"n\">").text(name).add(" <span class=\"unit\">bp</span></th>");
    }
    add("</tr></thead>\n<tbody>\n");
    for (OrderBucket bucket : each.buckets()) {
      add("<tr><th>").text(bucket.label()).add("</th><td class=\"n\">");
      add(Numbers.count(bucket.orders())).add("</td>");
      cells(0, bucket.notional());
      for (Cost cost : bucket.costs()) {
        add("<td class=\"n\">").text(Numbers.fixed(cost.mean(), 2));
        if (cost.standardError() > 0) {
          add("<br><span class=\"quiet\">± ").text(Numbers.fixed(cost.standardError(), 2));
          add("</span>");
        }
        add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  private void leftOut() {
    if (orders.leftOut().isEmpty()) {
      return;
    }
    add("<details open><summary>Orders left out</summary>\n<div class=\"scroll\"><table>\n");
    add("<thead><tr><th>Because of</th><th class=\"n\">Orders</th></tr></thead>\n<tbody>\n");
    for (LeftOut each : orders.leftOut()) {
      add("<tr><th>").text(each.reason()).add("</th><td class=\"n\">");
      add(Numbers.count(each.orders())).add("</td></tr>\n");
    }
    add("</tbody></table></div></details>\n");
  }

  private void cells(int decimals, double... values) {
    for (double value : values) {
      add("<td class=\"n\">").text(Numbers.fixed(value, decimals)).add("</td>");
    }
  }

  private OrdersHtml add(String markup) {
    html.append(markup);
    return this;
  }

  private OrdersHtml text(String text) {
    HtmlReport.escape(text, html);
    return this;
  }
}
