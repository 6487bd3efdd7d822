package slipstream.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import slipstream.core.spi.Model;
import slipstream.core.spi.RowSelection;
import slipstream.training.evaluation.Report.Bucket;
import slipstream.training.evaluation.Report.Histogram;

class EvaluationTest {
  @Test
  void bucketsByHand() {
    double[] predicted = {4, 1, 3, 2};
    double[] actual = {40, 10, 32, 20};
    List<Bucket> buckets = Calibration.buckets(actual, predicted, new int[] {0, 1, 2, 3}, 2);
    assertEquals(2, buckets.size());
    assertEquals(new Bucket(2, 1.5, 15, 5), buckets.get(0));
    assertEquals(new Bucket(2, 3.5, 36, 4), buckets.get(1));
  }

  @Test
  void rowsOfOneTimeCountAsOneObservation() {
    double[] predicted = new double[6];
    double[] actual = {1, 1, 1, 3, 3, 3};
    int[] apart = {0, 1, 2, 3, 4, 5};
    int[] together = {0, 3};
    assertEquals(
        Math.sqrt(6.0 / 5 / 6),
        Calibration.buckets(actual, predicted, apart, 10).getFirst().standardError(),
        1e-12);
    // Two clusters whose means are 1 and 3: sd sqrt(2), over sqrt(2).
    assertEquals(
        1, Calibration.buckets(actual, predicted, together, 10).getFirst().standardError(), 1e-12);
  }

  @Test
  void rowsWhoseTargetsOverlapCountAsOneObservation() {
    long[] times = {0, 0, 1, 2, 3, 4, 5, 6, 9};
    long[] ends = {2, 1, 3, 4, 5, 6, 7, 8, 11};
    // Twice the reach of 2: times 0 to 3, 4 to 7, 9 on.
    assertArrayEquals(new int[] {0, 5, 8}, clusters(times, ends, true));
    assertArrayEquals(new int[] {0, 2, 3, 4, 5, 6, 7, 8}, clusters(times, ends, false));
    // A target that reaches to the end of its instrument leaves one cluster, hence no error.
    long[] all = new long[times.length];
    Arrays.fill(all, 11);
    assertArrayEquals(new int[1], clusters(times, all, true));
  }

  private static int[] clusters(long[] times, long[] ends, boolean overlapping) {
    return Calibration.clusters(times.length, i -> times[i], i -> ends[i], overlapping);
  }

  /** Sums of independent returns over 20 rows: their mean's error is known. */
  @Test
  void errorBarsOfOverlappingTargetsAreNearTheTruth() {
    int rows = 4000;
    int reach = 20;
    double truth = reach / Math.sqrt(rows);
    double apart = 0;
    double together = 0;
    int tries = 50;
    for (int seed = 0; seed < tries; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] returns = random.doubles(rows + reach).map(u -> (u - 0.5) * Math.sqrt(12)).toArray();
      double[] actual = new double[rows];
      long[] times = new long[rows];
      long[] ends = new long[rows];
      for (int i = 0; i < rows; i++) {
        actual[i] = Arrays.stream(returns, i, i + reach).sum();
        times[i] = i;
        ends[i] = i + reach;
      }
      apart += error(actual, clusters(times, ends, false)) / tries;
      together += error(actual, clusters(times, ends, true)) / tries;
    }
    assertEquals(0.91 * truth, together, 0.06 * truth);
    assertTrue(apart < 0.3 * truth, apart + " of " + truth);
  }

  private static double error(double[] actual, int[] clusters) {
    return Calibration.buckets(actual, new double[actual.length], clusters, 10)
        .getFirst()
        .standardError();
  }

  @Test
  void theVerdictIsByTheHeadline() {
    // Better in squared error, worse in absolute error.
    assertFalse(verdict("mae", false, 1.1, 1.0).beats());
    assertEquals("MAE", verdict("mae", false, 1.1, 1.0).measure());
    assertTrue(verdict("skill", true, 0.1, 0).beats());
    assertEquals("MSE", verdict("skill", true, 0.1, 0).measure());
    assertTrue(verdict("r2", true, -0.1, -0.2).beats());
    assertFalse(verdict("skill", true, Double.NaN, Double.NaN).beats());
    assertTrue(verdict("bias", false, -0.1, 0.2).beats());
    assertEquals(1, verdict("mae", false, 0.9, 1.0).foldsAhead());
  }

  private static Verdict verdict(String metric, boolean higher, double score, double baseline) {
    var description =
        new Report.MetricDescription(metric, metric.toUpperCase(Locale.ROOT), "", higher, "");
    var fold = new Report.FoldReport(1, 1, 0, 1, false, 0, 0, 0, 0, "");
    var target =
        new Report.TargetReport(
            "t",
            "",
            "",
            "",
            1,
            0,
            1,
            0,
            1,
            List.of(description),
            List.of(model(true, baseline), model(false, score)),
            List.of(fold),
            List.of(),
            null,
            null,
            List.of(),
            List.of(),
            null);
    return Verdict.of(target, target.models().get(1));
  }

  private static Report.ModelReport model(boolean baseline, double score) {
    return new Report.ModelReport(
        "m",
        "t",
        baseline,
        List.of(score),
        List.of(List.of(score)),
        List.of(),
        List.of(),
        null,
        List.of(),
        0,
        "",
        "",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** By hand: of 1, 2, 3, 4 three lie at or below 3; losses 0.75 above, 0.25 below. */
  @Test
  void quantilesAreScoredByCoverageAndPinballLoss() {
    double[] actual = {1, 2, 3, 4};
    var scored = new ScoredRows(List.of(RowSelection.all(4)), 1, new int[] {0, 1, 2, 3}, actual);
    var score = scored.quantile(Model.Output.ofQuantile(0.75), new double[] {3, 3, 3, 3});
    assertEquals("q75", score.name());
    assertEquals(0.75, score.covered());
    assertEquals((0.25 * 2 + 0.25 * 1 + 0 + 0.75 * 1) / 4, score.pinballLoss(), 1e-15);
    assertEquals(0.25, score.standardError(), 1e-12); // sqrt(0.75 * 0.25 / 3)
  }

  @Test
  void aConstantPredictionIsOneBucketAndOneTimeHasNoError() {
    List<Bucket> buckets =
        Calibration.buckets(new double[] {1, 2, 3}, new double[3], new int[1], 10);
    assertEquals(1, buckets.size());
    assertEquals(2, buckets.getFirst().meanRealised());
    assertTrue(Double.isNaN(buckets.getFirst().standardError()));
  }

  @Property
  void bucketsHoldAllRowsInOrderAndNeverSplitTies(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(min = -5, max = 5) Integer> values,
      @ForAll @IntRange(min = 1, max = 12) int count) {
    double[] predicted = values.stream().mapToDouble(v -> v).toArray();
    double[] actual = predicted.clone();
    int[] times = IntStream.range(0, predicted.length).toArray();
    List<Bucket> buckets = Calibration.buckets(actual, predicted, times, count);
    assertTrue(buckets.size() <= count);
    assertEquals(predicted.length, buckets.stream().mapToLong(Bucket::rows).sum());
    double[] sorted = predicted.clone();
    Arrays.sort(sorted);
    int at = 0;
    for (Bucket bucket : buckets) {
      int to = at + (int) bucket.rows();
      assertTrue(bucket.rows() > 0);
      assertEquals(
          Arrays.stream(sorted, at, to).average().orElseThrow(), bucket.meanPredicted(), 1e-9);
      assertEquals(bucket.meanPredicted(), bucket.meanRealised(), 1e-9);
      assertTrue(at == 0 || sorted[at - 1] < sorted[at]);
      at = to;
    }
  }

  @Property
  void histogramsCountEveryResidual(
      @ForAll @Size(min = 1, max = 300) List<@DoubleRange(min = -1e6, max = 1e6) Double> values) {
    double[] residuals = values.stream().mapToDouble(v -> v).toArray();
    double[] edges = Residuals.edges(residuals);
    Histogram histogram = Residuals.histogram(residuals, edges);
    assertEquals(edges.length, histogram.counts().size() + 1);
    assertEquals(residuals.length, histogram.counts().stream().mapToLong(n -> n).sum());
    assertTrue(edges.length >= 2 && edges.length <= 70);
    for (int i = 1; i < edges.length; i++) {
      assertTrue(edges[i] > edges[i - 1]);
    }
  }
}
