package slipstream.cli.internal;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import slipstream.core.Text;
import slipstream.proto.v1.Contribution;
import slipstream.proto.v1.ExplainPredictionsResponse;
import slipstream.proto.v1.Explanation;
import slipstream.proto.v1.Interaction;
import slipstream.proto.v1.ListInteractionsResponse;
import slipstream.proto.v1.PartialDependence;
import slipstream.proto.v1.ScoreLink;

/** Explanations for a terminal. */
public final class ExplanationTables {
  private static final int MOST_INTERACTIONS = 20;

  private ExplanationTables() {}

  /** Predictions taken apart, the largest contribution first. */
  public static void print(ExplainPredictionsResponse response, PrintWriter out) {
    for (int i = 0; i < response.getExplanationsCount(); i++) {
      if (i > 0) {
        out.println();
      }
      print(response, response.getExplanations(i), out);
    }
  }

  private static void print(ExplainPredictionsResponse response, Explanation row, PrintWriter out) {
    String unit = response.getUnit();
    String target =
        response.getTarget() + (response.getOutput().isEmpty() ? "" : " " + response.getOutput());
    out.println(
        response.getModel() + " predicts " + target + ": " + quantity(row, unit) + place(row));
    String scale =
        switch (response.getLink()) {
          case SCORE_LINK_LOG -> "log of " + (unit.isEmpty() ? target : unit);
          case SCORE_LINK_LOGIT -> "log-odds";
          default -> unit;
        };
    boolean sampled =
        row.getContributionsList().stream().anyMatch(each -> each.getStandardError() > 0);
    String adds = "adds" + (scale.isEmpty() ? "" : ", " + scale);
    TextTable table =
        sampled
            ? new TextTable(1, "input", "value", "unit", adds, "± 2 s.e.")
            : new TextTable(1, "input", "value", "unit", adds);
    List<Contribution> bySize =
        row.getContributionsList().stream()
            .sorted(
                Comparator.comparingDouble((Contribution c) -> Math.abs(c.getContribution()))
                    .reversed())
            .toList();
    cells(table, sampled, "base value", "", "", number(row.getBaseValue()), "");
    for (Contribution each : bySize) {
      cells(
          table,
          sampled,
          each.getInput(),
          number(each.getValue()),
          each.getUnit(),
          (each.getContribution() >= 0 ? "+" : "") + number(each.getContribution()),
          number(2 * each.getStandardError()));
    }
    String sum = response.getLink() == ScoreLink.SCORE_LINK_IDENTITY ? "prediction" : "score";
    cells(table, sampled, sum, "", "", number(row.getScore()), "");
    table.print(out);
    out.println("  " + method(response, row));
    out.flush();
  }

  private static void cells(TextTable table, boolean errors, String... cells) {
    table.row(errors ? cells : java.util.Arrays.copyOf(cells, cells.length - 1));
  }

  private static String quantity(Explanation row, String unit) {
    return number(row.getPrediction()) + (unit.isEmpty() ? "" : " " + unit);
  }

  private static String place(Explanation row) {
    if (row.getRowNumber() < 0) {
      return "";
    }
    String time =
        row.hasTime()
            ? ", " + Instant.ofEpochSecond(row.getTime().getSeconds(), row.getTime().getNanos())
            : "";
    return Text.format(
        "  (row %,d%s%s)",
        row.getRowNumber(), time, row.getInstrument().isEmpty() ? "" : ", " + row.getInstrument());
  }

  private static String method(ExplainPredictionsResponse response, Explanation row) {
    return switch (row.getMethod()) {
      case EXPLANATION_METHOD_CONSTANT -> "The model predicts the same for all rows.";
      case EXPLANATION_METHOD_LINEAR ->
          "Exact: the terms of a linear model, against the training means.";
      case EXPLANATION_METHOD_TREE_SHAP -> "Exact: TreeSHAP, path-dependent.";
      case EXPLANATION_METHOD_EXACT_SHAPLEY ->
          Text.format("Exact Shapley values against %,d rows.", response.getBackgroundRows());
      case EXPLANATION_METHOD_SAMPLED_SHAPLEY ->
          Text.format("Sampled Shapley values against %,d rows.", response.getBackgroundRows());
      case EXPLANATION_METHOD_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  /** The mean prediction by value of an input. */
  public static void print(PartialDependence found, PrintWriter out) {
    out.println(
        Text.format("Mean prediction over %,d rows by %s", found.getRows(), found.getInput()));
    TextTable table =
        new TextTable(
            0,
            found.getInput() + (found.getUnit().isEmpty() ? "" : ", " + found.getUnit()),
            "mean prediction");
    for (int i = 0; i < found.getGridCount(); i++) {
      table.row(number(found.getGrid(i)), number(found.getMean(i)));
    }
    if (!Double.isNaN(found.getMissing())) {
      table.row("unknown", number(found.getMissing()));
    }
    table.print(out);
  }

  /** Pairs of inputs that act together. */
  public static void print(ListInteractionsResponse found, PrintWriter out) {
    out.println(Text.format("Interactions, found on %,d rows", found.getRows()));
    TextTable table =
        new TextTable(
            2,
            "input",
            "with",
            "size" + (found.getUnit().isEmpty() ? "" : ", " + found.getUnit()),
            "H");
    for (Interaction each :
        found.getInteractionsList().stream().limit(MOST_INTERACTIONS).toList()) {
      table.row(
          each.getFirst(),
          each.getSecond(),
          number(each.getSize()),
          String.format(Locale.ROOT, "%.3f", each.getH()));
    }
    table.print(out);
  }

  private static String number(double value) {
    return ScoreTables.number(value, false);
  }
}
