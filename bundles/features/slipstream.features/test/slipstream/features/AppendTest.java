package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Constants;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.spi.Reach;
import slipstream.core.store.Lineage;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;

/** After an append only what may have changed is computed, and nothing comes out otherwise. */
class AppendTest {
  private static final int TRIALS = Integer.getInteger("slipstream.append.trials", 5);

  @TempDir Path folder;
  private FeatureCache cache;
  private PluginCatalog plugins;
  private final List<String> messages = new ArrayList<>();
  private final Progress listening =
      new Progress() {
        @Override
        public void message(Severity severity, String text) {
          messages.add(severity + " " + text);
        }
      };

  private final Map<String, Lineage> lineages = new HashMap<>();

  /** Every function, with random arguments, on random data that grow. */
  @TestFactory
  Stream<DynamicTest> everyFunctionHasTheBitsOfAWholeComputation() {
    PluginCatalog plugins = PluginCatalog.ofClassPath();
    return plugins.functions().stream()
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> check(plugins, each.name())));
  }

  private void check(PluginCatalog plugins, String name) {
    LookAhead test = new LookAhead(plugins, name.hashCode());
    messages.clear();
    for (int i = 0; i < TRIALS || i < 60 * TRIALS && test.compared() <= 5 * TRIALS; i++) {
      Path own = folder.resolve(name + i);
      FeatureCache fresh = new FeatureCache(own.resolve("cache"), Long.MAX_VALUE);
      assertNull(
          test.appended(
              plugins.function(name).orElseThrow(), fresh, own.resolve("scratch"), listening),
          "trial " + i);
    }
    assertTrue(test.compared() > 5 * TRIALS, "only " + test.compared() + " values were compared");
    assertTrue(
        messages.stream().anyMatch(each -> each.contains(" reused, in 1 of 1 series")),
        "nothing was ever reused");
  }

  // ---------------------------------------------------- how much is computed

  /** The sum over the last rows; counts the rows that it is given. */
  public static final class Looked extends PluginCatalogs.OfOne {
    static final AtomicInteger ROWS = new AtomicInteger();

    @Override
    public String name() {
      return "looked";
    }

    @Override
    public Kernel bind(Constants constants) {
      return new Kernel() {
        @Override
        public Reach lookBack() {
          return Reach.ofRows(4);
        }

        @Override
        public void evaluate(Rows rows, double[][] series, double[] result) {
          ROWS.addAndGet(rows.count());
          for (int i = 0; i < rows.count(); i++) {
            double sum = 0;
            for (int k = Math.max(0, i - 4); k <= i; k++) {
              sum += series[0][k];
            }
            result[i] = sum;
          }
        }
      };
    }
  }

  /** Rows of instruments A, B, …: so many each, a second apart, from a second of its own on. */
  private static Table table(int[] firstSecond, int... rows) {
    List<String> instruments = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (int p = 0; p < rows.length; p++) {
      for (int i = 0; i < rows[p]; i++) {
        instruments.add(Character.toString('A' + p));
        times.add((firstSecond[p] + i) * 1_000_000_000L);
        values.add(Math.sin(1000 * p + i));
      }
    }
    return Table.of(
        List.of(
            Column.of(
                new Field("time", ColumnType.TIMESTAMP),
                times.stream().mapToLong(Long::longValue).toArray()),
            Column.of("instrument", instruments.toArray(String[]::new)),
            Column.of("x", values.stream().mapToDouble(Double::doubleValue).toArray())),
        "time",
        "instrument");
  }

  private Table append(Table before, Table after) {
    Map<String, Long> had = new HashMap<>();
    before.partitions().forEach(each -> had.put(each.instrument(), each.rows()));
    List<Lineage.Extension> extensions = new ArrayList<>();
    for (Partition each : after.partitions()) {
      long rows = had.getOrDefault(each.instrument(), 0L);
      extensions.add(new Lineage.Extension(each.instrument(), rows, each.rows()));
    }
    lineages.put(after.hash(), new Lineage(before.hash(), extensions));
    return after;
  }

  private FeaturePlan plan(Table table, String... nameAndExpression) throws IOException {
    SequencedMap<String, Definition> targets = new LinkedHashMap<>();
    for (int i = 0; i < nameAndExpression.length; i += 2) {
      targets.put(nameAndExpression[i], new Definition(nameAndExpression[i + 1]));
    }
    PluginUse none = new PluginUse("none", Map.of());
    Experiment experiment =
        new Experiment(
            "test",
            "",
            1,
            none,
            List.of(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            targets,
            new LinkedHashMap<>(),
            none,
            new Validation(4, Validation.Window.EXPANDING, Duration.ZERO, 0.15),
            List.of(),
            List.of());
    if (plugins == null) {
      plugins = PluginCatalogs.with(folder.resolve("plugins"), Looked.class);
    }
    return FeaturePlan.compile(table.schema(), experiment, plugins);
  }

  /** Evaluates and compares; gives the rows that the function looked at. */
  private int looked(Table table, boolean files, Progress progress, String... nameAndExpression)
      throws IOException {
    if (cache == null) {
      cache = new FeatureCache(folder.resolve("cache"), Long.MAX_VALUE);
    }
    FeaturePlan plan = plan(table, nameAndExpression);
    FeatureTable plain = plan.evaluate(table, 1, Progress.NONE);
    FeaturePlan.Storage storage =
        new FeaturePlan.Storage(
            folder.resolve("scratch"),
            files ? 0 : Long.MAX_VALUE,
            cache,
            "c",
            hash -> Optional.ofNullable(lineages.get(hash)));
    Looked.ROWS.set(0);
    messages.clear();
    try (FeatureTable values = plan.evaluate(table, storage, 2, progress)) {
      int looked = Looked.ROWS.get();
      for (String name : plain.names()) {
        assertArrayEquals(plain.values(name), values.values(name), name);
      }
      assertEquals(plain.hash(), values.hash());
      return looked;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onlyNewRowsAndThoseThatTheyLookBackToAreEvaluated(boolean files) throws IOException {
    int[] start = {0, 100, 50};
    Table first = table(start, 1000, 2000, 500);
    Table second = append(first, table(start, 1010, 2000, 503));
    Table third = append(second, table(start, 1010, 2001, 504));
    assertEquals(3500, looked(first, files, listening, "a", "looked(x)"));
    assertEquals(13 + 2 * 4, looked(second, files, listening, "a", "looked(x)"));
    assertEquals(
        List.of("INFO features: 13 rows computed, 3,500 reused, in 1 of 1 series"), messages);
    assertEquals(2 + 2 * 4, looked(third, files, listening, "a", "looked(x)"));
    assertEquals(0, looked(third, files, listening, "a", "looked(x)"));
    // From two versions back, and beside one that was never computed.
    assertEquals(3500, looked(first, files, listening, "b", "looked(x + 1)"));
    assertEquals(
        15 + 3 * 4 + 3515,
        looked(third, files, listening, "b", "looked(x + 1)", "c", "looked(x + 2)"));
    assertEquals(
        List.of("INFO features: 15 rows computed, 3,500 reused, in 1 of 2 series"), messages);
  }

  @Test
  void aNewInstrumentBetweenOthersIsComputedAsAWhole() throws IOException {
    Table without = table(new int[] {0, 0, 0}, 100, 0, 100);
    Table with = append(without, table(new int[] {0, 0, 0}, 100, 30, 100));
    assertEquals(200, looked(without, true, listening, "a", "looked(x)"));
    assertEquals(30, looked(with, true, listening, "a", "looked(x)"));
  }

  @Test
  void whatLooksAheadIsComputedAgainWhereItSawTheEnd() throws IOException {
    int[] start = {0, 0};
    Table first = table(start, 300, 300);
    Table second = append(first, table(start, 310, 300));
    looked(first, true, listening, "a", "looked(x)", "b", "lead(looked(x), 5)");
    assertEquals(
        15 + 4, looked(second, true, listening, "a", "looked(x)", "b", "lead(looked(x), 5)"));
    assertEquals(
        List.of("INFO features: 15 rows computed, 595 reused, in 2 of 2 series"),
        messages,
        "the two are computed together");
  }

  @Test
  void acrossInstrumentsMomentsThatGetARowAreComputedAgain() throws IOException {
    int[] start = {0, 0};
    Table first = table(start, 300, 300);
    Table later = append(first, table(start, 310, 310));
    String rank = "looked(cs_rank(looked(x)))";
    assertEquals(1200, looked(first, true, listening, "a", rank));
    // The look-back of the outer one asks for 4 moments more, of which the inner one needs 4 rows
    // more.
    assertEquals(2 * 14 + 2 * 18, looked(later, true, listening, "a", rank));
    assertEquals(
        List.of("INFO features: 20 rows computed, 600 reused, in 1 of 1 series"), messages);
    // B comes to times that A already has.
    Table behind = table(start, 400, 300);
    Table caughtUp = append(behind, table(start, 400, 350));
    looked(behind, true, listening, "a", rank);
    looked(caughtUp, true, listening, "a", rank);
    assertEquals(
        List.of("INFO features: 150 rows computed, 600 reused, in 1 of 1 series"), messages);
  }

  @Test
  void aTableWhoseGrowthIsToldWronglyIsComputedFromNothing() throws IOException {
    int[] start = {0, 0};
    Table first = table(start, 100, 100);
    Table second = table(start, 110, 100);
    looked(first, true, listening, "a", "looked(x)");
    for (List<Lineage.Extension> wrong :
        List.of(
            List.of(new Lineage.Extension("A", 100, 110)),
            List.of(new Lineage.Extension("A", 100, 109), new Lineage.Extension("B", 100, 100)),
            List.of(
                new Lineage.Extension("A", 100, 110),
                new Lineage.Extension("B", 100, 100),
                new Lineage.Extension("C", 1, 1)),
            List.of(new Lineage.Extension("A", 90, 110), new Lineage.Extension("B", 100, 100)))) {
      lineages.put(second.hash(), new Lineage(first.hash(), wrong));
      cache.prune(0);
      looked(first, true, listening, "a", "looked(x)");
      assertEquals(210, looked(second, true, listening, "a", "looked(x)"));
    }
  }

  // ------------------------------------------------------- another process

  /** An entry may go at any time: another process needs the room. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void entriesThatGoWhileTheyAreUsedCostNothingButTime(boolean files) throws IOException {
    int[] start = {0, 0};
    Table first = table(start, 300, 300);
    Table second = append(first, table(start, 310, 320));
    String[] series = {"a", "looked(x)", "b", "looked(x + 1)", "c", "looked(x + 2)"};
    for (int at = 0; at < 60; at++) {
      int when = at;
      looked(first, files, listening, "a", "looked(x)", "b", "looked(x + 1)");
      looked(second, files, listening, "a", "looked(x)");
      AtomicInteger asked = new AtomicInteger();
      looked(
          second,
          files,
          new Progress() {
            @Override
            public boolean cancelled() {
              if (asked.getAndIncrement() == when) {
                try {
                  cache.prune(0);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }
              return false;
            }
          },
          series);
      assertTrue(asked.get() > 3);
    }
  }
}
