package slipstream.ui.internal.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.beans.value.ObservableValue;
import javafx.geometry.HPos;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import slipstream.proto.v1.Breakdown;
import slipstream.proto.v1.BreakdownBucket;
import slipstream.proto.v1.BucketScore;
import slipstream.proto.v1.Comparison;
import slipstream.proto.v1.CostCurve;
import slipstream.proto.v1.CostCurves;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.OrderBreakdown;
import slipstream.proto.v1.OrderCost;
import slipstream.proto.v1.OrderHorizon;
import slipstream.proto.v1.OrdersReport;
import slipstream.proto.v1.TargetReport;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.charts.CategoryPlot;
import slipstream.ui.internal.charts.CategoryPlot.Point;
import slipstream.ui.internal.charts.CategoryPlot.Series;
import slipstream.ui.internal.charts.CostCurvePlot;
import slipstream.ui.workbench.Theme;

/** Where a target's errors are, what its costs depend on, which model is better, and what parent orders cost. */
final class EvaluationPane extends VBox {
  private static final String ERROR = ", ± 1 standard error";

  private final ComboBox<String> dimension = new ComboBox<>();
  private final Label about = muted("");
  private final Label summary = muted("");
  private final ComboBox<String> orderDimension = new ComboBox<>();
  private final CategoryPlot breakdown;
  private final CostCurvePlot curves;
  private final Label curvesAbout = muted("");
  private final GridPane matrix = new GridPane(16, 6);
  private final GridPane costs = new GridPane(16, 6);
  private final Label ordersAbout = muted("");
  private final CategoryPlot shortfall;
  private final CategoryPlot after;
  private final Region errorsCard;
  private final Region curvesCard;
  private final Region matrixCard;
  private final Region ordersCard;
  private List<Breakdown> shown = List.of();
  private OrdersReport orders = OrdersReport.getDefaultInstance();
  private TargetReport target = TargetReport.getDefaultInstance();

  EvaluationPane(ObservableValue<Theme> theme) {
    super(12);
    breakdown = new CategoryPlot(theme);
    curves = new CostCurvePlot(theme);
    shortfall = new CategoryPlot(theme);
    after = new CategoryPlot(theme);
    dimension.setId("breakdown");
    dimension.setAccessibleText("What scored rows are told apart by");
    dimension
        .getSelectionModel()
        .selectedIndexProperty()
        .subscribe(index -> showBreakdown(index.intValue()));
    errorsCard = card("Where the errors are", dimension, about, plot(breakdown), summary);
    curvesCard = card("Cost curves", null, curvesAbout, plot(curves));
    matrixCard =
        card(
            "Model against model",
            null,
            muted("By the headline on the same rows: how much the row's model is better, and p"),
            matrix);
    GridPane plots = new GridPane(12, 12);
    ColumnConstraints half = new ColumnConstraints();
    half.setPercentWidth(50);
    plots.getColumnConstraints().addAll(half, half);
    plots.add(plot(shortfall), 0, 0);
    plots.add(plot(after), 1, 0);
    orderDimension.setId("orders-breakdown");
    orderDimension.setAccessibleText("What orders are told apart by");
    orderDimension
        .getSelectionModel()
        .selectedIndexProperty()
        .subscribe(index -> showShortfall(index.intValue()));
    ordersCard = card("Parent orders", orderDimension, ordersAbout, costs, plots);
    getChildren().addAll(errorsCard, curvesCard, matrixCard, ordersCard);
  }

  private static Region plot(Region plot) {
    plot.setMinHeight(280);
    return plot;
  }

  private static Label muted(String text) {
    Label label = new Label(text);
    label.getStyleClass().add("muted");
    label.setWrapText(true);
    return label;
  }

  private static Region card(String title, Node beside, Node... content) {
    Label heading = new Label(title);
    heading.getStyleClass().add("section-title");
    HBox head = new HBox(12, heading);
    head.setAlignment(Pos.CENTER_LEFT);
    if (beside != null) {
      Region gap = new Region();
      HBox.setHgrow(gap, Priority.ALWAYS);
      head.getChildren().addAll(gap, beside);
    }
    VBox card = new VBox(8, head);
    card.getChildren().addAll(content);
    card.getStyleClass().add("card");
    return card;
  }

  private static void visible(Node node, boolean there) {
    node.setVisible(there);
    node.setManaged(there);
  }

  /** Shows a target's evaluation; what the report lacks, as an older one does, is not shown. */
  void show(TargetReport newTarget, Optional<OrdersReport> newOrders) {
    target = newTarget;
    shown =
        target.getBreakdownsList().stream()
            .filter(each -> each.getKind() != Breakdown.Kind.KIND_ALL)
            .toList();
    int before = dimension.getSelectionModel().getSelectedIndex();
    dimension.getItems().setAll(shown.stream().map(EvaluationPane::title).toList());
    visible(errorsCard, !shown.isEmpty());
    if (!shown.isEmpty()) {
      dimension.getSelectionModel().select(Math.clamp(before, 0, shown.size() - 1));
    }
    visible(curvesCard, target.hasCostCurves());
    showCurves(target.getCostCurves());
    visible(matrixCard, target.getComparisonsCount() > 0);
    showMatrix();
    showSummary();
    visible(ordersCard, newOrders.isPresent());
    newOrders.ifPresent(this::showOrders);
  }

  /** Whether costs, timing risks and levels over time are right, model by model. */
  private void showSummary() {
    List<String> scores = new ArrayList<>();
    target.getBreakdownsList().stream()
        .filter(each -> each.getKind() == Breakdown.Kind.KIND_ALL)
        .flatMap(each -> each.getBuckets(0).getModelsList().stream())
        .filter(BucketScore::hasZ)
        .forEach(
            each ->
                scores.add(
                    each.getModel()
                        + " mean "
                        + Formats.fixed(each.getZ().getMean(), 2)
                        + " ± "
                        + Formats.fixed(each.getZ().getStandardError(), 2)
                        + ", std. deviation "
                        + Formats.fixed(each.getZ().getDeviation(), 2)
                        + ", "
                        + Formats.fixed(100 * each.getZ().getBeyondTwo(), 1)
                        + " % beyond ±2"));
    List<String> drifts =
        target.getDriftsList().stream()
            .map(
                each ->
                    each.getModel()
                        + " "
                        + Formats.brief(each.getChange())
                        + " ± "
                        + Formats.brief(each.getStandardError())
                        + " (p "
                        + Formats.fixed(each.getPValue(), 4)
                        + ")")
            .toList();
    List<String> lines = new ArrayList<>();
    if (!scores.isEmpty()) {
      lines.add("z-scores by timing risk: " + String.join("; ", scores));
    }
    if (!drifts.isEmpty()) {
      lines.add("Drift over the scored time" + unit() + ": " + String.join("; ", drifts));
    }
    summary.setText(String.join("\n", lines));
    visible(summary, !lines.isEmpty());
  }

  private String unit() {
    return target.getUnit().isEmpty() ? "" : ", " + target.getUnit();
  }

  private static String title(Breakdown each) {
    return each.getKind() == Breakdown.Kind.KIND_PERIODS
        ? "Residuals over time"
        : title(each.getKind(), each.getName(), each.getZone());
  }

  private static String title(Breakdown.Kind kind, String name, String zone) {
    return switch (kind) {
      case KIND_TIME_OF_DAY -> "By time of day, " + zone;
      case KIND_PERIODS -> "Over time";
      default -> "By " + name;
    };
  }

  private void showBreakdown(int index) {
    if (index < 0 || index >= shown.size()) {
      return;
    }
    Breakdown each = shown.get(index);
    boolean drift = each.getKind() == Breakdown.Kind.KIND_PERIODS;
    boolean numbers = each.getKind() == Breakdown.Kind.KIND_NUMBERS;
    List<String> labels =
        each.getBucketsList().stream()
            .map(
                bucket ->
                    numbers && Double.isFinite(bucket.getLow())
                        ? Formats.brief(bucket.getLow())
                        : bucket.getLabel())
            .toList();
    List<Series> series = new ArrayList<>();
    if (!drift) {
      series.add(
          new Series(
              "realised",
              CategoryPlot.REALISED,
              false,
              each.getBucketsList().stream()
                  .map(b -> new Point(b.getMeanRealised(), b.getStandardError(), rows(b)))
                  .toList()));
    }
    for (int m = 0; m < target.getModelsCount(); m++) {
      int model = m;
      series.add(
          new Series(
              target.getModels(m).getModel(),
              colour(target, target.getModels(m).getModel()),
              each.getKind() != Breakdown.Kind.KIND_NAMES,
              each.getBucketsList().stream().map(b -> point(b, model, drift)).toList()));
    }
    String x =
        numbers
            ? each.getName() + ", from" + (each.getUnit().isEmpty() ? "" : ", " + each.getUnit())
            : drift ? "From" + (each.getUnit().isEmpty() ? " row" : ", UTC") : "";
    about.setText(
        (each.getExpression().isEmpty() || each.getExpression().equals(each.getName())
                ? ""
                : each.getExpression() + ". ")
            + "Scored rows; ± 1 standard error of blocks, none where a bucket has fewer than two.");
    breakdown.show(
        labels, series, x, (drift ? "Realised − predicted" : "Mean") + unit() + ERROR, drift);
  }

  private static String rows(BreakdownBucket bucket) {
    return Formats.count(bucket.getRows()) + " rows";
  }

  private static Point point(BreakdownBucket bucket, int model, boolean drift) {
    if (model >= bucket.getModelsCount()) {
      return new Point(Double.NaN, Double.NaN, "");
    }
    BucketScore score = bucket.getModels(model);
    StringBuilder note = new StringBuilder();
    note.append(bucket.getLabel()).append(", ").append(rows(bucket));
    note.append("\nresidual ").append(Formats.quantity(score.getMeanResidual()));
    note.append(" ± ").append(Formats.quantity(score.getResidualError()));
    note.append("\nRMSE ").append(Formats.quantity(score.getRmse()));
    note.append(", skill ").append(Formats.fixed(score.getSkill(), 3));
    if (score.hasZ()) {
      note.append("\nz ").append(Formats.fixed(score.getZ().getMean(), 2));
      note.append(", std. deviation ").append(Formats.fixed(score.getZ().getDeviation(), 2));
    }
    score
        .getQuantilesList()
        .forEach(
            q ->
                note.append("\n≤ ")
                    .append(q.getName())
                    .append(": ")
                    .append(Formats.fixed(100 * q.getCovered(), 1))
                    .append(" %"));
    return drift
        ? new Point(score.getMeanResidual(), score.getResidualError(), note.toString())
        : new Point(score.getMeanPredicted(), Double.NaN, note.toString());
  }

  /** As in all charts and tables: the models' place, the baseline below 0. */
  private static int colour(TargetReport target, String name) {
    int colour = 0;
    for (ModelReport each : target.getModelsList()) {
      if (each.getModel().equals(name)) {
        return each.getBaseline() ? -1 : colour;
      }
      colour += each.getBaseline() ? 0 : 1;
    }
    return -1;
  }

  private void showCurves(CostCurves report) {
    List<CostCurvePlot.Curve> lines = new ArrayList<>();
    for (CostCurve each : report.getCurvesList()) {
      lines.add(
          new CostCurvePlot.Curve(
              each.getModel(),
              colour(target, each.getModel()),
              each.getPredictedList(),
              each.getLowList(),
              each.getHighList()));
    }
    String names =
        String.join(
            ", ",
            report.getHeldList().stream()
                .map(h -> h.getFeature() + " " + Formats.brief(h.getValue()))
                .toList());
    curvesAbout.setText(
        (names.isEmpty() ? "" : "Others at their medians: " + names + ". ")
            + "Bands: predicted quantiles, or 95 % confidence of a parametric curve.");
    curves.show(
        report.getGridList(),
        lines,
        report.getLogarithmic(),
        report.getFeature() + (report.getUnit().isEmpty() ? "" : ", " + report.getUnit()),
        "Predicted " + target.getTarget() + unit());
  }

  private void showMatrix() {
    matrix.getChildren().clear();
    List<String> names = target.getModelsList().stream().map(ModelReport::getModel).toList();
    for (int i = 0; i < names.size(); i++) {
      matrix.add(new Label(names.get(i)), 0, i + 1);
      matrix.add(right(muted("against " + names.get(i))), i + 1, 0);
    }
    for (Comparison each : target.getComparisonsList()) {
      int better = names.indexOf(each.getModel());
      int other = names.indexOf(each.getOther());
      compare(each, each.getAdvantage(), better, other);
      compare(each, 0 - each.getAdvantage(), other, better);
    }
  }

  private void compare(Comparison each, double advantage, int row, int column) {
    Label cell =
        new Label(
            Formats.brief(advantage)
                + "  p "
                + (each.getPValue() < 0.0001 ? "< 0.0001" : Formats.fixed(each.getPValue(), 4)));
    if (!(each.getPValue() <= 0.05)) {
      cell.getStyleClass().add("muted");
      cell.setTooltip(new Tooltip("May be chance"));
    }
    matrix.add(right(cell), column + 1, row + 1);
  }

  private static Label right(Label label) {
    GridPane.setHalignment(label, HPos.RIGHT);
    return label;
  }

  private void showOrders(OrdersReport newOrders) {
    orders = newOrders;
    long left = orders.getLeftOutList().stream().mapToLong(each -> each.getOrders()).sum();
    ordersAbout.setText(
        Formats.count(orders.getOrders())
            + " orders, "
            + Formats.count(orders.getFills())
            + " fills, "
            + Formats.fixed(100 * orders.getFilledShare(), 1)
            + " % of their value done"
            + (left > 0 ? ", " + Formats.count(left) + " left out" : "")
            + ". Positive is a cost.");
    costs.getChildren().clear();
    String[] heads = {
      "", "Orders", "By value, bp", "± std. error", "Each once, bp", "± std. error"
    };
    for (int c = 0; c < heads.length; c++) {
      costs.add(right(muted(heads[c])), c, 0);
    }
    int row = 1;
    for (OrderCost each : orders.getShortfallList()) {
      cost(each, each.getName(), row++);
    }
    for (OrderCost each : orders.getSlippageList()) {
      cost(each, "against " + each.getName(), row++);
    }
    List<String> titles = new ArrayList<>(List.of("All orders"));
    orders
        .getBreakdownsList()
        .forEach(each -> titles.add(title(each.getKind(), each.getName(), each.getZone())));
    orderDimension.getItems().setAll(titles);
    orderDimension.getSelectionModel().select(0);
    List<Series> curve = new ArrayList<>();
    curve.add(horizons("markout of fills", 0, orders.getMarkoutsList()));
    if (orders.getReversionsCount() > 0) {
      curve.add(horizons("reversion", 1, orders.getReversionsList()));
    }
    visible(after, orders.getMarkoutsCount() > 0);
    after.show(
        orders.getMarkoutsList().stream().map(OrderHorizon::getHorizon).toList(),
        curve,
        "After the fill",
        "Price move, bp",
        true);
  }

  /**
   * @param index of what orders are told apart by; 0 for all orders
   */
  private void showShortfall(int index) {
    if (index < 0) {
      return;
    }
    String y = "Implementation shortfall, bp" + ERROR;
    if (index == 0) {
      shortfall.show(
          orders.getShortfallList().stream().map(OrderCost::getName).toList(),
          List.of(new Series("shortfall", 0, false, points(orders.getShortfallList()))),
          "",
          y,
          true);
      return;
    }
    OrderBreakdown each = orders.getBreakdowns(index - 1);
    boolean numbers = each.getKind() == Breakdown.Kind.KIND_NUMBERS;
    List<Series> parts = new ArrayList<>();
    for (int c = 0; c < orders.getShortfallCount(); c++) {
      int cost = c;
      String name = orders.getShortfall(c).getName();
      parts.add(
          new Series(
              name,
              name.equals("total") ? CategoryPlot.REALISED : c,
              false,
              points(each.getBucketsList().stream().map(b -> b.getCosts(cost)).toList())));
    }
    shortfall.show(
        each.getBucketsList().stream()
            .map(
                b ->
                    numbers && Double.isFinite(b.getLow())
                        ? Formats.brief(b.getLow())
                        : b.getLabel())
            .toList(),
        parts,
        numbers
            ? each.getName() + ", from" + (each.getUnit().isEmpty() ? "" : ", " + each.getUnit())
            : "",
        y,
        true);
  }

  private static List<Point> points(List<OrderCost> costs) {
    return costs.stream()
        .map(
            c ->
                new Point(
                    c.getMean(),
                    c.getStandardError(),
                    Formats.count(c.getOrders())
                        + " orders\neach once "
                        + Formats.fixed(c.getEqualMean(), 2)
                        + " bp"))
        .toList();
  }

  private static Series horizons(String name, int colour, List<OrderHorizon> horizons) {
    return new Series(
        name,
        colour,
        true,
        horizons.stream()
            .map(
                h ->
                    new Point(
                        h.getMean(), h.getStandardError(), Formats.count(h.getCount()) + " times"))
            .toList());
  }

  private void cost(OrderCost each, String name, int row) {
    costs.add(new Label(name), 0, row);
    costs.add(right(new Label(Formats.count(each.getOrders()))), 1, row);
    double[] values = {
      each.getMean(), each.getStandardError(), each.getEqualMean(), each.getEqualError()
    };
    for (int c = 0; c < values.length; c++) {
      costs.add(right(new Label(Formats.fixed(values[c], 2))), c + 2, row);
    }
  }
}
