package slipstream.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.training.evaluation.Report.FeatureCheck;
import slipstream.training.evaluation.Report.LeakReport;
import slipstream.training.evaluation.Report.Warning;

class LeakCheckTest {
  @TempDir Path folder;

  private RunResult run(String name, String... overrides) {
    Map<String, String> all = new HashMap<>(Map.of("models", "{ridge: {trainer: ridge}}"));
    for (int i = 0; i < overrides.length; i += 2) {
      all.put(overrides[i], overrides[i + 1]);
    }
    return Runs.run(folder, name, Runs.experiment(all));
  }

  private static List<String> alarms(RunResult result) {
    return result.report().warnings().stream()
        .map(Warning::message)
        .filter(
            each ->
                each.contains("too good to be true")
                    || each.contains("known only later")
                    || each.contains("shuffled")
                    || each.contains("another time"))
        .toList();
  }

  private static LeakReport leak(RunResult result) {
    return result.report().targets().getFirst().leak();
  }

  /** 25 clean runs of 1,000 rows, five features each: no alarm in 125 features. */
  @Test
  void cleanRunsRaiseNoAlarm() {
    for (int seed = 0; seed < 25; seed++) {
      RunResult clean =
          run("clean-" + seed, "data.noise", "10", "data.seed", "" + seed, "data.rows", "500");
      assertEquals(List.of(), alarms(clean));
      assertTrue(Math.abs(leak(clean).shuffledSkill()) < 0.08, leak(clean).toString());
    }
  }

  /** The column "signal" tells the next return, but for so much noise: it holds what comes later. */
  @Test
  void aFeatureThatHoldsTheFutureIsFound() {
    for (int seed = 0; seed < 10; seed++) {
      // With noise 1, R² is 0.8: good, but not implausible by itself.
      List<String> some = alarms(run("some-" + seed, "data.noise", "1", "data.seed", "" + seed));
      assertEquals(1, some.size(), some.toString());
      assertTrue(some.getFirst().startsWith("signal_now goes with the next_bp to come"));
      List<String> all = alarms(run("all-" + seed, "data.noise", "0.1", "data.seed", "" + seed));
      assertEquals(1, all.size(), all.toString());
      assertTrue(all.getFirst().startsWith("signal_now alone tells 99."), all.toString());
    }
  }

  /** What is known of the past of a persistent target is no leak, however well it tells. */
  @Test
  void aPersistentTargetIsNoLeak() {
    RunResult result =
        run(
            "persistent",
            "features.trend",
            "mean(signal, 20)",
            "features.now",
            "signal",
            "targets",
            "{ahead: \"lead(mean(signal, 20), 1)\"}",
            "data.instruments",
            "1",
            "data.rows",
            "1500");
    assertEquals(List.of(), alarms(result).stream().filter(a -> !a.contains("another")).toList());
    FeatureCheck trend = leak(result).features().getLast();
    FeatureCheck found =
        leak(result).features().stream()
            .filter(each -> each.feature().equals("trend"))
            .findFirst()
            .orElse(trend);
    assertTrue(found.toCome() > 0.8 && found.lastKnown() > 0.99, found.toString());
  }

  /** Chance slopes on what drifts tell nothing of a shuffled target, though its level drifts too. */
  @Test
  void aDriftingLevelIsNoSkillOnTheShuffledTarget() {
    for (int seed = 0; seed < 10; seed++) {
      RunResult result =
          run(
              "drift-" + seed,
              "seed",
              "" + seed,
              "features.drift",
              "cumsum(1)",
              "targets",
              "{ahead: \"lead(signal, 1) + cumsum(1)\"}");
      assertEquals(List.of(), alarms(result).stream().filter(a -> a.contains("shuffled")).toList());
    }
  }

  @Test
  void levelsOfInstrumentsAreNoted() {
    RunResult result =
        run(
            "levels",
            "features.level",
            "mean(if(price > 0, abs(signal), 0), 100)",
            "targets",
            "{ahead: \"lead(mean(signal, 300), 1)\"}",
            "data.rows",
            "2000");
    LeakReport leak = leak(result);
    assertTrue(Double.isFinite(leak.shiftedSkill()), leak.toString());
    assertEquals("ridge", leak.model());
  }

  @Test
  void canBeLeftOutAndIsWhereRowsAreFew() {
    RunResult without = run("without", "validation.leak_check", "false");
    assertNull(leak(without));
    assertFalse(run("with").record().training().equals(without.record().training()));
    assertTrue(run("timed").record().seconds("next_bp", "(leak check)") > 0);
    assertTrue(Double.isNaN(without.record().seconds("next_bp", "(leak check)")));
    assertNull(leak(run("few", "data.rows", "80")));
  }

  @Test
  void skillAloneIsThatOfALineInEachBin() {
    SplittableRandom random = new SplittableRandom(1);
    double[] x = random.doubles(4000).toArray();
    double[] y = new double[4000];
    double[] noise = new double[4000];
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.sin(6 * x[i]);
      noise[i] = random.nextGaussian();
      x[i] = i % 97 == 0 ? Double.NaN : x[i];
    }
    double told = LeakCheck.alone(x, y, x, y);
    assertTrue(told > 0.97 && told < 1, told + "");
    double[] other = random.doubles(4000).toArray();
    assertEquals(0, LeakCheck.alone(other, noise, x, noise), 0.03);
    double[] constant = new double[4000];
    assertEquals(0, LeakCheck.alone(constant, y, constant, y), 1e-9);
    assertTrue(Double.isNaN(LeakCheck.alone(new double[50], y, constant, y)));
  }

  @Test
  void correlationsAreOfKnownPairs() {
    double[] x = new double[300];
    double[] y = new double[300];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 5 == 0 ? Double.NaN : i;
      y[i] = 3 - 2.0 * i;
    }
    assertEquals(1, LeakCheck.squaredCorrelation(x, y), 1e-12);
    assertTrue(Double.isNaN(LeakCheck.squaredCorrelation(new double[300], y)));
    assertTrue(Double.isNaN(LeakCheck.squaredCorrelation(new double[10], new double[10])));
  }
}
