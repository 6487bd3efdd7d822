package slipstream.tests.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search from the command line: undisturbed, stopped by Ctrl-C, and killed at instants of chance. */
final class SearchTest {
  private static final int TRIALS = 200;
  private static final int KILLS = 4;

  private static final String SEARCH =
      """
      search:
        space:
          models.trees.rounds: {min: 2, max: 30}
          models.trees.depth: {min: 1, max: 5}
          models.trees.learning_rate: {min: 0.02, max: 0.5, log: true}
        objective: {metric: rmse}
        method: tpe
        max_concurrent: 2
        trials: %d
      """
          .formatted(TRIALS);

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);

  @TempDir private Path folder;

  private Path folder(String name) throws IOException {
    Path fresh = Files.createDirectory(folder.resolve(name));
    Trades.write(fresh, 3_000);
    Trades.experiment(fresh, "search.slip.yaml", SEARCH);
    return fresh;
  }

  /** The trials as the command prints them: one JSON object a line, after the search's own. */
  private static List<String> trials(Product.Result json) {
    List<String> lines = json.out().strip().lines().toList();
    return lines.stream().filter(line -> line.startsWith("{\"number\":")).toList();
  }

  /** What must be the same wherever and whenever a trial ran. */
  private static List<String> results(List<String> trials) {
    return trials.stream()
        .map(
            line ->
                line.replaceAll("\"seconds\":[^,}]*,", "")
                    .replaceAll("\"reused\":[^,}]*,", "")
                    .replaceAll("\"endTime\":\"[^\"]*\"", ""))
        .toList();
  }

  private static String best(Product.Result json) {
    Matcher best =
        Pattern.compile("\"best\":\\{(\"number\":.*?\"score\":[^,]*)").matcher(json.out());
    assertTrue(best.find(), json.out());
    return best.group(1);
  }

  @Test
  void aSearchThatIsKilledAgainAndAgainEndsAsAnUndisturbedOne() throws Exception {
    Path calm = folder("calm");
    Product.Result undisturbed = Product.run(calm, "search", "search.slip.yaml", "--json");
    assertEquals(0, undisturbed.exit(), undisturbed.err());
    assertEquals(TRIALS, trials(undisturbed).size());

    Path killed = folder("killed");
    Set<String> recorded = new HashSet<>();
    int interrupted = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      String[] command =
          interrupted == 0
              ? new String[] {"search", "search.slip.yaml", "--json"}
              : new String[] {"search", "--resume", "small-search-1", "--json"};
      try (Product.Running running = Product.start(killed, command)) {
        running.awaitText("trial ");
        // Past what a resumed search hears of the trials before.
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1, 2_000));
        new ProcessBuilder("kill", "-KILL", "--", "-" + running.process.pid()).start().waitFor();
        running.process.waitFor();
      }
      interrupted++;
      Product.Result left = Product.run(killed, "searches", "show", "small-search-1", "--json");
      assertEquals(0, left.exit(), left.err());
      List<String> now = trials(left);
      assertTrue(
          new HashSet<>(now).containsAll(recorded),
          "seed " + seed + ": a trial was lost or made again after kill " + kill);
      recorded.addAll(now);
      if (left.out().contains("RUN_STATE_SUCCEEDED")) {
        break; // The machine was faster than the kill.
      }
      assertTrue(left.out().contains("RUN_STATE_INTERRUPTED"), left.out());
    }
    Product.Result resumed =
        recorded.size() < TRIALS
            ? Product.run(killed, "search", "--resume", "small-search-1", "--json")
            : Product.run(killed, "searches", "show", "small-search-1", "--json");
    assertEquals(0, resumed.exit(), resumed.err());
    List<String> after = trials(resumed);
    assertTrue(
        new HashSet<>(after).containsAll(recorded), "seed " + seed + ": finished trials are kept");
    assertEquals(results(trials(undisturbed)), results(after), "seed " + seed);
    assertEquals(best(undisturbed), best(resumed), "seed " + seed);
  }

  @Test
  void ctrlCLeavesASearchThatCanBeResumed() throws Exception {
    Path fresh = folder("stopped");
    try (Product.Running running = Product.start(fresh, "search", "search.slip.yaml")) {
      running.awaitText("trial ");
      running.interrupt();
      Product.Result stopped = running.await();
      assertEquals(130, stopped.exit(), stopped.err());
      assertTrue(
          stopped.err().contains("Go on with: slipstream search --resume small-search-1"),
          stopped.err());
    }
    Product.Result list = Product.run(fresh, "searches");
    assertTrue(list.out().contains("small-search-1"), list.out());
    assertTrue(list.out().contains("cancelled"), list.out());
    Product.Result resumed = Product.run(fresh, "search", "--resume", "small-search-1");
    assertEquals(0, resumed.exit(), resumed.err());
    assertTrue(resumed.out().contains("200 trials"), resumed.out());
    assertTrue(resumed.out().contains("Probability of backtest overfitting"), resumed.out());
    assertTrue(
        resumed.out().contains("The best configuration was run in full as small-"), resumed.out());
    Product.Result again = Product.run(fresh, "search", "--resume", "small-search-1");
    assertEquals(2, again.exit(), again.err());
  }

  @Test
  void wrongUseIsTold() throws Exception {
    Path fresh = folder("wrong");
    Product.Result neither = Product.run(fresh, "search");
    assertEquals(2, neither.exit());
    Product.Result inverted =
        Product.run(
            fresh,
            "search",
            "search.slip.yaml",
            "--set",
            "search.space.\"models.trees.depth\".max=0");
    assertEquals(2, inverted.exit());
    assertEquals(1, inverted.errorLines().size(), inverted.err());
    assertTrue(
        inverted.err().contains("search.space.models.trees.depth.min: min 1.0 is above max 0.0"),
        inverted.err());
    Product.Result none = Product.run(fresh, "search", "small.slip.yaml");
    assertEquals(2, none.exit());
    assertTrue(none.err().contains("does not say what to search"), none.err());
    assertEquals(3, Product.run(fresh, "search", "--resume", "nothing-1").exit());
  }
}
