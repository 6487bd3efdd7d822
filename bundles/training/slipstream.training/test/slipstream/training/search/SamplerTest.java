package slipstream.training.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import slipstream.core.experiment.Search.Method;

class SamplerTest {
  private static final Space MIXED =
      new Space(
          List.of("models.t.depth", "models.t.rate", "models.t.growth", "models.t.share"),
          List.of(
              new Axis.Steps(2, 1, 7, true),
              new Axis.Interval(1e-3, 0.5, true, false),
              new Axis.Choice(List.of("level", "leaf")),
              new Axis.Interval(0, 1, false, false)));

  @Provide
  Arbitrary<Axis> axes() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(1, 30).map(n -> new Axis.Steps(-3, 0.1, n, false)),
        Arbitraries.integers().between(1, 9).map(n -> new Axis.Steps(n, 2, n, true)),
        Arbitraries.integers()
            .between(1, 9)
            .map(n -> new Axis.Choice(IntStream.range(0, n).boxed().map(i -> (Object) i).toList())),
        Arbitraries.doubles()
            .between(0.001, 10)
            .ofScale(3)
            .map(low -> new Axis.Interval(low, low * 100, true, false)),
        Arbitraries.integers()
            .between(1, 500)
            .map(low -> new Axis.Interval(low, 3 * low, true, true)));
  }

  @Property
  void centresStandForTheirValues(@ForAll("axes") Axis axis, @ForAll double any) {
    double place = Double.isFinite(any) ? Math.abs(any % 1) : 0.5;
    double centre = axis.centre(place);
    assertTrue(centre >= 0 && centre < 1);
    assertEquals(axis.at(place), axis.at(centre));
    assertEquals(centre, axis.centre(centre), "a centre is its own");
    if (axis instanceof Axis.Interval interval) {
      double value = ((Number) axis.at(place)).doubleValue();
      assertTrue(value >= interval.min() && value <= interval.max(), "in range: " + value);
    }
  }

  @Test
  void stepsAreDecimal() {
    Axis axis = new Axis.Steps(0.1, 0.1, 5, false);
    assertEquals(
        List.of(0.1, 0.2, 0.3, 0.4, 0.5),
        IntStream.range(0, 5).mapToObj(k -> axis.at((k + 0.5) / 5)).toList());
    assertEquals(7L, new Axis.Steps(1, 3, 3, true).at(0.999));
  }

  @Test
  void wholeNumbersOnALogarithmReachBothEnds() {
    Axis axis = new Axis.Interval(1, 1000, true, true);
    assertEquals(1L, axis.at(0));
    assertEquals(1000L, axis.at(Math.nextDown(1.0)));
    assertTrue(
        (long) axis.at(0.5) < 40, "the middle of a logarithm is far below that of the range");
  }

  @Test
  void aGridHoldsEveryConfigurationOnce() {
    Space space =
        new Space(
            List.of("a", "b", "c"),
            List.of(
                new Axis.Steps(1, 1, 3, true),
                new Axis.Choice(List.of("x", "y")),
                new Axis.Steps(0, 0.5, 4, false)));
    GridSampler grid = new GridSampler(space);
    assertEquals(24, grid.size());
    Set<Map<String, Object>> all = new HashSet<>();
    for (int i = 0; i < grid.size(); i++) {
      all.add(space.at(grid.propose(i, List.of())));
    }
    assertEquals(24, all.size());
    assertEquals(Map.of("a", 1L, "b", "x", "c", 0.0), space.at(grid.propose(0, List.of())));
    assertEquals(Map.of("a", 3L, "b", "y", "c", 1.5), space.at(grid.propose(23, List.of())));
    assertThrows(IllegalArgumentException.class, () -> new GridSampler(MIXED));
  }

  @Property(tries = 100)
  void aLatinHypercubeHasOneConfigurationAStratum(
      @ForAll @IntRange(min = 1, max = 200) int count, @ForAll long seed) {
    Space space =
        new Space(
            List.of("a", "b"),
            List.of(new Axis.Interval(0, 1, false, false), new Axis.Interval(1, 2, false, false)));
    Sampler sampler = new LatinHypercubeSampler(space, seed, count);
    assertEquals(count, sampler.size());
    for (int d = 0; d < 2; d++) {
      Set<Integer> strata = new HashSet<>();
      for (int i = 0; i < count; i++) {
        strata.add((int) Math.floor(sampler.propose(i, List.of())[d] * count + 1e-12));
      }
      assertEquals(count, strata.size());
    }
  }

  @Property(tries = 50)
  void proposalsArePure(@ForAll Method method, @ForAll long seed) {
    if (method == Method.GRID) {
      return;
    }
    Sampler once = Sampler.of(method, MIXED, seed, 60);
    Sampler again = Sampler.of(method, MIXED, seed, 60);
    List<Observation> history = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double[] point = once.propose(i, history);
      // Asked in any order, and more than once.
      again.propose((i * 7) % 60, history);
      assertArrayEquals(point, again.propose(i, history));
      for (double place : point) {
        assertTrue(place >= 0 && place < 1);
      }
      history.add(new Observation(point, i % 5 == 0 ? Double.POSITIVE_INFINITY : point[3]));
    }
  }

  @Test
  void otherSeedsGiveOtherConfigurations() {
    for (Method method : List.of(Method.RANDOM, Method.LATIN_HYPERCUBE, Method.TPE)) {
      assertNotEquals(
          MIXED.at(Sampler.of(method, MIXED, 1, 9).propose(0, List.of())),
          MIXED.at(Sampler.of(method, MIXED, 2, 9).propose(0, List.of())));
    }
  }

  /** A bowl with its bottom at (0.3, 0.7), and a word that costs 0.3 unless it is the right one. */
  private static double bowl(double[] point) {
    double a = point[1] - 0.3;
    double b = point[3] - 0.7;
    return a * a + b * b + (point[2] < 0.5 ? 0.3 : 0);
  }

  @Test
  void parzenEstimatesFindBetterConfigurationsThanChance() {
    int better = 0;
    for (long seed = 0; seed < 20; seed++) {
      double random = best(Sampler.of(Method.RANDOM, MIXED, seed, 80), 80);
      double tpe = best(Sampler.of(Method.TPE, MIXED, seed, 80), 80);
      better += tpe < random ? 1 : 0;
    }
    // Of equal methods, 17 or more of 20 come up once in 700.
    assertTrue(better >= 17, better + " of 20");
  }

  private static double best(Sampler sampler, int trials) {
    List<Observation> history = new ArrayList<>();
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < trials; i++) {
      double[] point = sampler.propose(i, history);
      history.add(new Observation(point, bowl(point)));
      best = Math.min(best, bowl(point));
    }
    return best;
  }

  @Test
  void parzenEstimatesStayWithChanceWhileAllTrialsFail() {
    Sampler sampler = new TreeParzenSampler(MIXED, 3);
    List<Observation> failed = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      failed.add(new Observation(new double[] {0.1, 0.2, 0.3, 0.4}, Double.POSITIVE_INFINITY));
    }
    assertArrayEquals(
        new RandomSampler(MIXED, 3).propose(40, List.of()), sampler.propose(40, failed));
  }
}
