package slipstream.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;
import slipstream.core.progress.Progress;
import slipstream.core.spi.PluginCatalog;
import slipstream.core.table.Column;
import slipstream.core.table.Table;
import slipstream.features.internal.plan.Space;

class FeatureCacheTest {
  @TempDir Path folder;
  private FeatureCache cache;
  private final List<String> messages = new ArrayList<>();
  private final Progress listening =
      new Progress() {
        @Override
        public void message(Severity severity, String text) {
          messages.add(severity + " " + text);
        }
      };

  @BeforeEach
  void cache() {
    cache = new FeatureCache(folder.resolve("cache"), Long.MAX_VALUE);
  }

  private static Experiment experiment(String... nameAndExpression) {
    SequencedMap<String, Definition> features = new LinkedHashMap<>();
    for (int i = 0; i < nameAndExpression.length; i += 2) {
      features.put(nameAndExpression[i], new Definition(nameAndExpression[i + 1]));
    }
    PluginUse none = new PluginUse("none", Map.of());
    return new Experiment(
        "test",
        "",
        1,
        none,
        List.of(),
        features,
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        none,
        new Validation(4, Validation.Window.EXPANDING, Duration.ZERO, 0.15),
        List.of(),
        List.of());
  }

  private PluginCatalog plugins(String version) throws IOException {
    return PluginCatalogs.version(version, folder.resolve("plugins"), PluginCatalogs.Counted.class);
  }

  private static Table table(double last) {
    double[] x = new double[5_000];
    Arrays.setAll(x, i -> Math.sin(i));
    x[4_999] = last;
    return Table.of(List.of(Column.of("x", x)), "", "");
  }

  private FeatureTable evaluate(
      Table table, String code, String version, boolean files, String... nameAndExpression)
      throws IOException {
    FeaturePlan plan =
        FeaturePlan.compile(table.schema(), experiment(nameAndExpression), plugins(version));
    Space space = files ? new Space(folder.resolve("scratch"), 0) : Space.memory();
    return plan.evaluate(
        table,
        space,
        new FeaturePlan.Storage(null, 0, cache, code, _ -> Optional.empty()),
        2,
        listening);
  }

  /** How often the function was called by an evaluation. */
  private int calls(Table table, String code, String version, boolean files, String... features)
      throws IOException {
    PluginCatalogs.Counted.CALLS.set(0);
    try (FeatureTable values = evaluate(table, code, version, files, features)) {
      FeatureTable plain =
          FeaturePlan.compile(table.schema(), experiment(features), plugins(version))
              .evaluate(table, 1, Progress.NONE);
      int calls = PluginCatalogs.Counted.CALLS.get() - (features.length > 0 ? 1 : 0);
      for (String name : plain.names()) {
        assertArrayEquals(plain.values(name), values.values(name), name);
      }
      assertEquals(plain.hash(), values.hash());
      return calls;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWasComputedBeforeIsNotComputedAgain(boolean files) throws IOException {
    Table table = table(1);
    assertEquals(1, calls(table, "c", "1", files, "a", "counted(x) + 1"));
    assertEquals(0, calls(table, "c", "1", files, "a", "counted(x) + 1"));
    assertEquals(0, calls(table, "c", "1", files, "other", "counted( x )+1.0"), "another name");
    assertEquals(1, calls(table, "c", "1", files, "a", "counted(x) + 2"), "another expression");
    assertEquals(1, calls(table, "c", "2", files, "a", "counted(x) + 1"), "another function");
    assertEquals(1, calls(table, "d", "1", files, "a", "counted(x) + 1"), "another code");
    assertEquals(1, calls(table(2), "c", "1", files, "a", "counted(x) + 1"), "other data");
    assertEquals(
        1, calls(table, "c", "1", files, "a", "counted(x) + 1", "b", "counted(x) * 3", "c", "x"));
    assertEquals(
        0, calls(table, "c", "1", files, "c", "x", "b", "counted(x) * 3", "a", "counted(x) + 1"));
    assertTrue(messages.contains("INFO 3 of 3 series were computed before"), messages::toString);
    assertTrue(messages.stream().allMatch(each -> each.startsWith("INFO")), messages::toString);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> paths = Files.walk(cache.folder())) {
      return paths.filter(each -> each.toString().endsWith(FeatureCache.EXTENSION)).toList();
    }
  }

  @Test
  void anyDamagedByteIsFoundAndTheSeriesComputedAgain() throws IOException {
    Table table = table(1);
    calls(table, "c", "1", true, "a", "counted(x) + 1");
    Path entry = entries().getFirst();
    byte[] good = Files.readAllBytes(entry);
    List<byte[]> bad = new ArrayList<>();
    for (int at = 0; at < good.length; at = at < good.length - 120 ? at + 4_001 : at + 1) {
      byte[] each = good.clone();
      each[at] ^= 4;
      bad.add(each);
    }
    bad.add(new byte[0]);
    bad.add(Arrays.copyOf(good, good.length - 1));
    bad.add(Arrays.copyOf(good, good.length / 2));
    bad.add(Arrays.copyOf(good, good.length + 8));
    for (byte[] each : bad) {
      Files.write(entry, each);
      messages.clear();
      assertEquals(1, calls(table, "c", "1", true, "a", "counted(x) + 1"));
      assertEquals(List.of("WARNING 1 damaged series of the cache are computed again"), messages);
      assertArrayEquals(good, Files.readAllBytes(entry), "it is mended");
    }
  }

  @Test
  void theLeastRecentlyUsedMakesRoom() throws IOException {
    long each = 5_000 * 8 + 200;
    cache = new FeatureCache(folder.resolve("cache"), 3 * each);
    Table table = table(1);
    String[] expressions = {"counted(x) + 1", "counted(x) + 2", "counted(x) + 3"};
    for (int i = 0; i < 3; i++) {
      assertEquals(1, calls(table, "c", "1", true, "a", expressions[i]));
      age(i);
    }
    assertEquals(0, calls(table, "c", "1", true, "a", expressions[0]), "used now");
    assertEquals(1, calls(table, "c", "1", true, "a", "counted(x) + 4"));
    assertEquals(3, cache.list().size());
    assertEquals(
        List.of("counted(x) + 4", "counted(x) + 1", "counted(x) + 3"),
        cache.list().stream().map(FeatureCache.Entry::expression).toList());
  }

  /** Makes all entries of before older than those to come. */
  private void age(int step) throws IOException {
    for (Path entry : entries()) {
      FileTime used = Files.getLastModifiedTime(entry);
      if (used.toInstant().isAfter(Instant.now().minusSeconds(3600))) {
        Files.setLastModifiedTime(
            entry, FileTime.from(Instant.now().minus(Duration.ofDays(10 - step))));
      }
    }
  }

  @Test
  void valuesStayReadableWhenTheirEntriesArePruned() throws IOException {
    Table table = table(1);
    try (FeatureTable values = evaluate(table, "c", "1", true, "a", "counted(x) + 1")) {
      FeatureCache.Pruned pruned = cache.prune(0);
      assertEquals(1, pruned.removed());
      assertTrue(pruned.bytes() > 40_000);
      assertEquals(List.of(), cache.list());
      assertEquals(Math.pow(Math.sin(7), 1) + 1, values.values("a")[7]);
    }
    assertEquals(new FeatureCache.Pruned(0, 0), cache.prune(0));
  }

  @Test
  void entriesAreListed() throws IOException {
    assertEquals(List.of(), cache.list());
    calls(table(1), "1.0+abc", "1", false, "a", "counted(x) + 1");
    FeatureCache.Entry entry = cache.list().getFirst();
    assertEquals("counted(x) + 1", entry.expression());
    assertEquals("1.0+abc", entry.codeVersion());
    assertEquals(5_000, entry.rows());
    assertEquals(Files.size(entries().getFirst()), entry.bytes());
    assertTrue(entry.used().isAfter(Instant.now().minusSeconds(600)));
    assertTrue(entry.key().matches("[0-9a-f]{64}"));
  }

  @Test
  void aCacheThatCannotBeWrittenCostsNothingButTime() throws IOException {
    Files.writeString(folder.resolve("file"), "in the way");
    cache = new FeatureCache(folder.resolve("file").resolve("cache"), Long.MAX_VALUE);
    for (boolean files : new boolean[] {false, true}) {
      messages.clear();
      assertEquals(1, calls(table(1), "c", "1", files, "a", "counted(x) + 1"));
      assertFalse(messages.isEmpty());
      assertTrue(
          messages.getFirst().startsWith("WARNING 1 series could not be kept for the next run: "),
          messages::toString);
    }
    try (Stream<Path> left = Files.list(folder.resolve("scratch"))) {
      assertEquals(List.of(), left.toList());
    }
  }
}
