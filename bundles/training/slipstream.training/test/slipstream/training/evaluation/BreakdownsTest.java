package slipstream.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.Model;
import slipstream.core.spi.RowSelection;
import slipstream.training.evaluation.Report.Breakdown;
import slipstream.training.evaluation.Report.BreakdownBucket;
import slipstream.training.evaluation.Report.BreakdownKind;
import slipstream.training.evaluation.Report.BucketScore;
import slipstream.training.evaluation.Report.Drift;
import slipstream.training.evaluation.Report.Resampling;

class BreakdownsTest {
  private static final double NAN = Double.NaN;

  private static Resampling blocks(int cells, int length) {
    return new Resampling(cells, length, 999, 0.95, true);
  }

  private static int[] each(int rows) {
    return IntStream.range(0, rows).toArray();
  }

  /** Of rows in order of time, each a cluster of its own. */
  private static Breakdowns of(int rows, List<Dimension> dimensions, double[] risk) {
    return new Breakdowns(
        dimensions,
        RowSelection.all(rows),
        1,
        BlockBootstrap.Cells.ofTime(rows, each(rows)),
        row -> row * 1_000_000_000L,
        true,
        risk == null ? null : row -> risk[row]);
  }

  @Test
  void byHand() {
    double[] size = {3, 1, NAN, 2, 4, NAN};
    double[] actual = {30, 10, 7, 20, 41, 9};
    double[] model = {31, 10, 8, 18, 40, 8};
    double[] baseline = {20, 20, 20, 20, 20, 20};
    double[] risk = {2, 1, 0, 4, NAN, 1};
    double[][] quantiles = {{25, 10, 5, 30, 30, 9}};
    Breakdowns breakdowns =
        of(6, List.of(new Dimension.Numbers("size", "q / adv", "x", 2, i -> size[i])), risk);
    breakdowns.add("baseline", actual, baseline, new double[0][], List.of());
    breakdowns.add("m", actual, model, quantiles, List.of(Model.Output.ofQuantile(0.9)));
    List<Breakdown> found = breakdowns.result(blocks(6, 1));
    assertEquals(2, found.size());
    assertEquals(BreakdownKind.ALL, found.getFirst().kind());
    assertEquals(6, found.getFirst().buckets().getFirst().rows());
    Breakdown bySize = found.get(1);
    assertEquals(
        List.of("1 to 2", "3 to 4", "unknown"),
        bySize.buckets().stream().map(BreakdownBucket::label).toList());
    BreakdownBucket large = bySize.buckets().get(1);
    assertEquals(3, large.low());
    assertEquals(4, large.high());
    assertEquals(2, large.rows());
    assertEquals(35.5, large.meanRealised(), 1e-12);
    // Two observations 11 apart: 5.5.
    assertEquals(5.5, large.standardError(), 1e-12);
    BucketScore score = large.models().get(1);
    assertEquals(35.5, score.meanPredicted(), 1e-12);
    assertEquals(0, score.meanResidual(), 1e-12);
    assertEquals(1, score.residualError(), 1e-12);
    assertEquals(1, score.rmse(), 1e-12);
    assertEquals(1 - 2.0 / (100 + 441), score.skill(), 1e-12);
    assertEquals(1, score.z().rows());
    assertEquals(-0.5, score.z().mean(), 1e-12);
    assertEquals(NAN, score.z().deviation());
    assertEquals(0, score.quantiles().getFirst().covered(), 1e-12);
    BucketScore all = found.getFirst().buckets().getFirst().models().get(1);
    assertEquals(4, all.z().rows());
    // -1/2, 0, 2/4, 1/1
    assertEquals(0.25, all.z().mean(), 1e-12);
    assertEquals(0, all.z().beyondTwo(), 1e-12);
    assertEquals(3.0 / 6, all.quantiles().getFirst().covered(), 1e-12);
    assertEquals(0, found.getFirst().buckets().getFirst().models().getFirst().skill(), 1e-12);
  }

  /** The same as sums over the rows of each bucket, one bucket after another. */
  @Property(tries = 50)
  void agreesWithSumsOverTheRowsOfEachBucket(
      @ForAll @IntRange(min = 1, max = 3000) int rows,
      @ForAll @IntRange(min = 1, max = 4) int paths,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] name = random.ints(rows, -1, 7).toArray();
    double[] actual = new double[rows * paths];
    double[] predicted = random.doubles(rows * paths).toArray();
    double[] baseline = random.doubles(rows * paths).toArray();
    for (int i = 0; i < actual.length; i++) {
      actual[i] = i % paths == 0 ? random.nextDouble() : actual[i - 1];
    }
    List<Dimension> dimensions =
        List.of(
            new Dimension.Names("venue", "venue", 3, 7, row -> name[row], code -> "v" + code),
            new Dimension.Periods(5));
    Breakdowns breakdowns =
        new Breakdowns(
            dimensions,
            RowSelection.all(rows),
            paths,
            BlockBootstrap.Cells.ofTime(
                rows * paths, IntStream.range(0, rows).map(i -> i * paths).toArray()),
            row -> row,
            false,
            null);
    breakdowns.add("baseline", actual, baseline, new double[0][], List.of());
    breakdowns.add("m", actual, predicted, new double[0][], List.of());
    for (Breakdown each : breakdowns.result(blocks(2000, 1))) {
      assertEquals(rows, each.buckets().stream().mapToLong(BreakdownBucket::rows).sum());
      for (int b = 0; b < each.buckets().size(); b++) {
        BreakdownBucket bucket = each.buckets().get(b);
        IntPredicate inside = inside(each, b, name);
        double sum = 0;
        double squares = 0;
        double baselineSquares = 0;
        int count = 0;
        for (int i = 0; i < actual.length; i++) {
          if (inside.test(i / paths)) {
            sum += actual[i] - predicted[i];
            squares += (actual[i] - predicted[i]) * (actual[i] - predicted[i]);
            baselineSquares += (actual[i] - baseline[i]) * (actual[i] - baseline[i]);
            count++;
          }
        }
        assertEquals(count / paths, bucket.rows());
        BucketScore score = bucket.models().get(1);
        assertEquals(sum / count, score.meanResidual(), 1e-9);
        assertEquals(Math.sqrt(squares / count), score.rmse(), 1e-9);
        assertEquals(1 - squares / baselineSquares, score.skill(), 1e-9);
        assertNull(score.z());
      }
    }
  }

  private static IntPredicate inside(Breakdown each, int b, int[] name) {
    BreakdownBucket bucket = each.buckets().get(b);
    return switch (each.kind()) {
      case PERIODS -> row -> row >= bucket.low() && row <= bucket.high();
      case NAMES -> {
        List<String> labels = each.buckets().stream().map(BreakdownBucket::label).toList();
        yield row -> {
          String own = name[row] < 0 ? "unknown" : "v" + name[row];
          return bucket.label().endsWith(" others")
              ? !labels.contains(own)
              : own.equals(bucket.label());
        };
      }
      default -> row -> true;
    };
  }

  @Test
  void ratiosHaveTheErrorsOfTheirBlocks() {
    SplittableRandom random = new SplittableRandom(7);
    int cells = 60;
    double[] a = new double[cells];
    double[] b = new double[cells];
    double state = 0;
    for (int c = 0; c < cells; c++) {
      state = 0.6 * state + random.nextGaussian();
      b[c] = 10 + random.nextInt(10);
      a[c] = b[c] * (1 + 0.1 * state);
    }
    int block = 5;
    BlockSums.Ratio ratio = BlockSums.ratio(a, b, 0, cells, block);
    // Drawn instead of computed.
    int draws = 20_000;
    double sum = 0;
    double squares = 0;
    for (int r = 0; r < draws; r++) {
      double above = 0;
      double below = 0;
      for (int j = 0; j < cells / block; j++) {
        int start = random.nextInt(cells);
        for (int k = 0; k < block; k++) {
          above += a[(start + k) % cells];
          below += b[(start + k) % cells];
        }
      }
      sum += above / below;
      squares += above / below * above / below;
    }
    double drawn = Math.sqrt(squares / draws - sum / draws * (sum / draws));
    double expected = drawn / Math.sqrt(1 - (double) block / cells);
    assertEquals(expected, ratio.standardError(), 0.05 * expected);
    assertEquals(NAN, BlockSums.ratio(a, b, 0, 9, block).standardError());
    assertEquals(NAN, BlockSums.ratio(a, new double[cells], 0, cells, block).value());
  }

  /** 95% of the bars of autoregressive residuals hold their mean, 0, within what few blocks allow. */
  @Test
  void errorBarsOfDependentResidualsHoldTheTruth() {
    int held = 0;
    int seeds = 300;
    for (int seed = 0; seed < seeds; seed++) {
      int rows = 1000;
      double[] actual = autoregression(rows, 0.5, seed);
      Breakdowns breakdowns = of(rows, List.of(), null);
      breakdowns.add("baseline", actual, new double[rows], new double[0][], List.of());
      BucketScore score =
          breakdowns.result(blocks(1000, 20)).getFirst().buckets().getFirst().models().getFirst();
      held += Math.abs(score.meanResidual()) < 2.01 * score.residualError() ? 1 : 0;
    }
    assertEquals(0.95 * seeds, held, 4 * Math.sqrt(0.95 * 0.05 * seeds) + 0.01 * seeds);
  }

  private static double[] autoregression(int rows, double phi, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[rows];
    double state = random.nextGaussian() / Math.sqrt(1 - phi * phi);
    for (int i = 0; i < rows; i++) {
      values[i] = state;
      state = phi * state + random.nextGaussian();
    }
    return values;
  }

  @Test
  void aLevelThatMovesIsADriftAndOneThatStaysSeldomIs() {
    int rows = 2000;
    int seeds = 200;
    int found = 0;
    for (int seed = 0; seed < seeds; seed++) {
      found += drift(autoregression(rows, 0.3, seed)).pValue() < 0.05 ? 1 : 0;
    }
    assertEquals(0.05 * seeds, found, 4 * Math.sqrt(0.05 * 0.95 * seeds) + 0.01 * seeds);
    double[] moving = autoregression(rows, 0.3, 1);
    for (int i = 0; i < rows; i++) {
      moving[i] += 2.0 * i / (rows - 1);
    }
    Drift drift = drift(moving);
    assertTrue(drift.pValue() < 1e-6);
    assertEquals(2, drift.change(), 4 * drift.standardError());
  }

  private static Drift drift(double[] residuals) {
    Breakdowns breakdowns = of(residuals.length, List.of(), null);
    breakdowns.add("m", residuals, new double[residuals.length], new double[0][], List.of());
    return breakdowns.drifts(blocks(2000, 20)).getFirst();
  }

  @Test
  void aRegressionOnTimeByHand() {
    double[] residuals = {1, 2, 4};
    Breakdowns breakdowns = of(3, List.of(), null);
    breakdowns.add("m", residuals, new double[3], new double[0][], List.of());
    // Times 0, 1/2, 1: slope (4 - 1) / 1.
    assertEquals(3, breakdowns.drifts(blocks(3, 1)).getFirst().change(), 1e-12);
  }

  @Test
  void rowsOfOneTimeHaveNoDriftAndNoPeriods() {
    Breakdowns breakdowns =
        new Breakdowns(
            List.of(new Dimension.Periods(4)),
            RowSelection.all(3),
            1,
            BlockBootstrap.Cells.ofTime(3, new int[] {0}),
            row -> 5,
            true,
            null);
    breakdowns.add("m", new double[3], new double[3], new double[0][], List.of());
    assertEquals(1, breakdowns.result(blocks(1, 1)).size());
    assertTrue(breakdowns.drifts(blocks(1, 1)).isEmpty());
  }

  @Test
  void timeOfDayFollowsTheClocksOfTheZone() {
    // New York puts its clocks forward on 10 March 2024: 14:30 UTC is 9:30 before and 10:30 after.
    Instant[] times = {
      Instant.parse("2024-03-08T14:30:00Z"),
      Instant.parse("2024-03-11T14:30:00Z"),
      Instant.parse("1969-12-31T23:59:59Z")
    };
    Arrays.sort(times);
    Bucketing found =
        Bucketing.of(
                new Dimension.TimeOfDay(Duration.ofHours(1), ZoneId.of("America/New_York")),
                RowSelection.all(3),
                row -> times[row].getEpochSecond() * 1_000_000_000L,
                true)
            .orElseThrow();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      labels.add(found.ranges().get(found.of().applyAsInt(i)).label());
    }
    assertEquals(List.of("18:00", "09:00", "10:00"), labels);
  }

  @Test
  void manyGroupsAreTakenTogetherAndNoRowIsLost() {
    int rows = 5000;
    Breakdowns breakdowns =
        new Breakdowns(
            List.of(),
            RowSelection.all(rows),
            1,
            BlockBootstrap.Cells.ofGroups(rows, 1000, i -> i % 1000),
            row -> row,
            false,
            null);
    double[] actual = IntStream.range(0, rows).mapToDouble(i -> i % 1000).toArray();
    breakdowns.add("m", actual, new double[rows], new double[0][], List.of());
    BreakdownBucket all =
        breakdowns
            .result(new Resampling(1000, 1, 999, 0.95, false))
            .getFirst()
            .buckets()
            .getFirst();
    assertEquals(rows, all.rows());
    assertEquals(499.5, all.meanRealised(), 1e-9);
    assertTrue(all.standardError() > 0);
  }
}
