package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.data.generate.Block;
import slipstream.data.generate.GenerateOptions;
import slipstream.data.generate.GenerateOptions.Kind;
import slipstream.data.generate.GeneratedColumn;
import slipstream.data.generate.Generation;
import slipstream.experiment.ExperimentFile;
import slipstream.training.evaluation.OrdersReport;
import slipstream.training.evaluation.OrdersReport.Cost;
import slipstream.training.evaluation.OrdersReport.Horizon;
import slipstream.training.evaluation.Report;
import slipstream.training.evaluation.Report.BucketScore;
import slipstream.training.evaluation.Report.ZScore;
import slipstream.training.evaluation.ReportJson;

/** The analysis of generated orders finds what they were made of. */
class OrdersTruthTest {
  private static final int ROWS = 40_000;

  /** What {@code truth.json} says. */
  private static final double DELAY = 2;

  private static final double FEES = 0.3;
  private static final double LASTING = 0.6;
  private static final double DECAY = 30;

  @TempDir Path folder;

  private Report run(double noise, int threads) throws IOException {
    Path file = Path.of("../../../examples/parent-cost-truth.slip.yaml");
    String text =
        ExperimentFile.withOverrides(
            Files.readString(file),
            Map.of(
                "data.rows",
                Integer.toString(ROWS),
                "data.noise",
                Double.toString(noise),
                "validation.folds",
                "2",
                "validation.leak_check",
                "false"));
    RunResult result =
        Runs.run(
            folder,
            "out-" + noise + "-" + threads,
            ExperimentFile.parse(text, "f").experiment(),
            threads,
            slipstream.core.progress.Progress.NONE);
    return result.report();
  }

  /** Sums over the generated orders, from the truth of each row. */
  private static final class Truth {
    double value;
    double delay;
    double execution;
    double opportunity;
    double fees;
    double arrivalValue;
    double reverted;
    int orders;

    Truth(double noise) {
      Map<Long, List<double[]>> parents = new LinkedHashMap<>();
      GenerateOptions options = new GenerateOptions(Kind.PARENTS, ROWS, 1, noise, false, false);
      Generation.rows(options, 1, block -> read(block, parents));
      orders = parents.size();
      parents.values().forEach(this::add);
    }

    private static void read(Block block, Map<Long, List<double[]>> parents) {
      String[] columns = {
        "quantity",
        "order_quantity",
        "arrival_price",
        "expected_cost_bp",
        "close_move_bp",
        "price",
        "impact_cost_bp"
      };
      List<String> names = block.schema().stream().map(GeneratedColumn::name).toList();
      long[] parent = (long[]) block.column(names.indexOf("parent"));
      for (int row = 0; row < block.rows(); row++) {
        double[] values = new double[columns.length];
        for (int c = 0; c < columns.length; c++) {
          values[c] = ((double[]) block.column(names.indexOf(columns[c])))[row];
        }
        parents.computeIfAbsent(parent[row], _ -> new ArrayList<>()).add(values);
      }
    }

    private void add(List<double[]> fills) {
      double[] any = fills.getFirst();
      double arrival = any[2];
      double done = 0;
      for (double[] fill : fills) {
        done += fill[0];
        execution += fill[0] * arrival * fill[3] / 1e4;
        fees += FEES / 1e4 * fill[0] * fill[5];
      }
      // The price at the decision depends on the side by a thousandth of a basis point.
      value += any[1] * arrival;
      delay += DELAY / 1e4 * any[1] * arrival;
      double open = any[1] - done > 1e-6 * any[1] ? any[1] - done : 0;
      opportunity += open * arrival * any[4] / 1e4;
      arrivalValue += done * arrival;
      double lastImpact = fills.getLast()[6];
      reverted -= done * arrival * (1 - LASTING) * (1 - Math.exp(-15 / DECAY)) * lastImpact / 1e4;
    }
  }

  @Test
  void withoutNoiseThePartsAreTheGeneratedOnes() throws IOException {
    OrdersReport found = run(0, 1).orders();
    Truth truth = new Truth(0);
    assertEquals(truth.orders, found.orders());
    assertEquals(ROWS, found.fills());
    assertEquals(List.of(), found.leftOut());
    double tolerance = 1e-3; // of a part: values are by the decision price, here by that of arrival
    assertEquals(DELAY, cost(found.shortfall(), "delay").mean(), 1e-9);
    assertNear(truth.execution / truth.value, cost(found.shortfall(), "execution"), tolerance);
    assertNear(truth.opportunity / truth.value, cost(found.shortfall(), "opportunity"), tolerance);
    assertNear(truth.fees / truth.value, cost(found.shortfall(), "explicit"), tolerance);
    assertNear(truth.execution / truth.arrivalValue, cost(found.slippage(), "arrival"), 1e-9);
    double sum = found.shortfall().stream().limit(4).mapToDouble(Cost::mean).sum();
    assertEquals(sum, cost(found.shortfall(), "total").mean(), 1e-9);
    Horizon quarter = found.reversions().get(2);
    assertEquals("15m", quarter.horizon());
    assertEquals(1e4 * truth.reverted / truth.arrivalValue, quarter.mean(), 1e-6);
    double before = 0;
    for (Horizon each : found.reversions()) {
      assertTrue(each.mean() < before, "impact decays");
      before = each.mean();
    }
  }

  private static void assertNear(double share, Cost found, double tolerance) {
    assertEquals(1e4 * share, found.mean(), tolerance * Math.abs(1e4 * share), found.name());
  }

  private static Cost cost(List<Cost> costs, String name) {
    return costs.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void withNoiseThePartsAreWithinFourErrorsOfTheGeneratedOnes() throws IOException {
    Report report = run(1, 1);
    OrdersReport found = report.orders();
    Truth truth = new Truth(1);
    assertWithin(1e4 * truth.delay / truth.value, cost(found.shortfall(), "delay"));
    assertWithin(1e4 * truth.execution / truth.value, cost(found.shortfall(), "execution"));
    assertWithin(1e4 * truth.opportunity / truth.value, cost(found.shortfall(), "opportunity"));
    assertTrue(found.breakdowns().stream().anyMatch(each -> each.name().equals("algorithm")));
    for (OrdersReport.OrderBreakdown each : found.breakdowns()) {
      long orders = each.buckets().stream().mapToLong(OrdersReport.OrderBucket::orders).sum();
      assertEquals(found.orders(), orders, each.name());
    }
    // The timing risk is the generator's: z-scores of a model that knows the cost have the
    // deviation 1.
    BucketScore all =
        report.targets().getFirst().breakdowns().getFirst().buckets().getFirst().models().get(1);
    assertEquals("square-root", all.model());
    ZScore z = all.z();
    assertEquals(1, z.deviation(), 0.05);
    assertEquals(0, z.mean(), 4 * z.standardError() + 0.02);
    assertEquals(0.0455, z.beyondTwo(), 0.01);
  }

  private static void assertWithin(double expected, Cost found) {
    assertTrue(found.standardError() > 0);
    assertEquals(expected, found.mean(), 4 * found.standardError(), found.name());
  }

  @Test
  void threadsChangeNothing() throws IOException {
    assertEquals(
        new String(ReportJson.write(run(1, 1)), java.nio.charset.StandardCharsets.UTF_8),
        new String(ReportJson.write(run(1, 2)), java.nio.charset.StandardCharsets.UTF_8));
  }
}
