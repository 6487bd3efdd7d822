package slipstream.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import slipstream.core.SlipstreamException;

class ExperimentDocumentTest {
  /** Every layout of YAML that people use, each value beside a comment of its own. */
  private static final String LAYOUTS =
      """
      # c00 above
      slipstream: 1   # c01
      name: "quoted"  # c02

      description: |  # c03
        Two lines,
        # not a comment
        the third.

      # c04
      data:           # c05
        importer: csv
        # c06
        path: 'a b.csv'   # c07
        columns:
          "Adj. Close": close   # c08
          x.y: {deep: [1, 2.5, true, {er: still}]}
        empty_map: {}
        empty_list: []
        nothing:        # c09
        kept: |+        # c25
          text

      prepare:        # c10
        - extractor: bars   # c11
          interval: 60s     # c12
        # c13
        - {extractor: bars, interval: 5m}   # c14
        -
          extractor: late   # c15
      features:
        folded: >-      # c16
          ret_1 +
          ret_2
        plain: ret(close,
          1)            # c17
        long: {expression: "std(x, 3)", unit: bp,   # c18
               description: over lines}             # c19
      metrics:
      - mae           # c20
      - rmse
      # c21
      - r2            # c22
      export: [onnx,  # c23
               "other"]
      # c24 the end
      """;

  private static List<String> leaves(Object value, String path) {
    List<String> leaves = new ArrayList<>();
    switch (value) {
      case Map<?, ?> map -> {
        if (map.isEmpty()) {
          leaves.add(path);
        }
        map.forEach(
            (key, each) -> {
              String word = key.toString().contains(".") ? "\"" + key + "\"" : key.toString();
              leaves.addAll(leaves(each, path.isEmpty() ? word : path + "." + word));
            });
      }
      case List<?> list -> {
        if (list.isEmpty()) {
          leaves.add(path);
        }
        for (int i = 0; i < list.size(); i++) {
          leaves.addAll(leaves(list.get(i), path + "[" + i + "]"));
        }
      }
      case null, default -> leaves.add(path);
    }
    return leaves;
  }

  private static Object model(ExperimentDocument document) {
    return YamlReader.read(document.text(), "").map(YamlNode::value).orElse(Map.of());
  }

  private static void assertComments(String text, String removed) {
    for (int i = 0; i <= 25; i++) {
      String comment = "# c%02d".formatted(i);
      if (!removed.contains(comment)) {
        assertTrue(text.contains(comment), () -> comment + " is lost:\n" + text);
      }
    }
  }

  private static ExperimentDocument layouts(boolean windows) {
    return ExperimentDocument.of(windows ? LAYOUTS.replace("\n", "\r\n") : LAYOUTS, "");
  }

  @Provide
  Arbitrary<Object> values() {
    return ExperimentFileTest.values(2);
  }

  @Provide
  Arbitrary<String> texts() {
    return ExperimentFileTest.texts();
  }

  @Property(tries = 600)
  void settingChangesOneValueAndKeepsAllComments(
      @ForAll int pick, @ForAll("values") Object value, @ForAll boolean windows) {
    ExperimentDocument document = layouts(windows);
    List<String> leaves = leaves(model(document), "");
    String path = leaves.get(Math.floorMod(pick, leaves.size()));
    Object before = model(document);
    document.set(path, value);
    assertEquals(value, document.get(path).orElse(null), path);
    assertComments(document.text(), "");
    assertEquals(replaced(before, path, value), model(document), path);
  }

  private static Object replaced(Object in, String path, Object value) {
    return replaced(in, ExperimentDocument.segments(path), 0, value);
  }

  private static Object replaced(Object in, List<String> path, int depth, Object value) {
    if (depth == path.size()) {
      return value;
    }
    if (in instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list);
      int index = Integer.parseInt(path.get(depth));
      copy.set(index, replaced(copy.get(index), path, depth + 1, value));
      return copy;
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    ((Map<?, ?>) in).forEach((key, each) -> copy.put((String) key, each));
    copy.put(path.get(depth), replaced(copy.get(path.get(depth)), path, depth + 1, value));
    return copy;
  }

  @Property(tries = 300)
  void addingMakesOneKeyAndKeepsTheRest(
      @ForAll int pick,
      @ForAll("texts") String key,
      @ForAll("values") Object value,
      @ForAll boolean windows) {
    ExperimentDocument document = layouts(windows);
    List<String> parents =
        List.of(
            "data",
            "data.columns",
            "data.columns.\"x.y\"",
            "data.empty_map",
            "prepare[0]",
            "prepare[1]",
            "prepare[2]",
            "features",
            "features.long",
            "data.nothing");
    String parent = parents.get(Math.floorMod(pick, parents.size()));
    String word = key.replace("\"", "").isEmpty() ? "k" : key.replace("\"", "");
    if (document.keys(parent).contains(word)) {
      return;
    }
    Map<String, Object> around = new LinkedHashMap<>();
    if (document.get(parent).orElse(Map.of()) instanceof Map<?, ?> map) {
      map.forEach((k, v) -> around.put((String) k, v));
    }
    around.put(word, value);
    Object expected = replaced(model(document), parent, around);
    document.set(parent + ".\"" + word + "\"", value);
    assertEquals(expected, model(document));
    assertComments(document.text(), "");
  }

  @Property(tries = 200)
  void anySequenceOfEditsGivesWhatWasAsked(@ForAll long seed) {
    java.util.Random random = new java.util.Random(seed);
    ExperimentDocument document = layouts(random.nextBoolean());
    List<Object> some =
        List.of("a: b", 5L, 2.5, true, Map.of("k", List.of("v")), List.of("p", "q"), "", "x # y");
    for (int step = 0; step < 12; step++) {
      List<String> leaves = leaves(model(document), "");
      String path = leaves.get(random.nextInt(leaves.size()));
      Object value = some.get(random.nextInt(some.size()));
      switch (random.nextInt(4)) {
        case 0 -> {
          document.set(path, value);
          assertEquals(value, document.get(path).orElseThrow());
        }
        case 1 -> {
          int before = leaves.size();
          document.remove(path);
          assertTrue(leaves(model(document), "").size() <= before);
          if (!path.endsWith("]")) {
            assertFalse(document.has(path), path);
          }
        }
        case 2 -> {
          document.set("extra" + step, value);
          assertEquals(value, document.get("extra" + step).orElseThrow());
        }
        default -> {
          int size = document.size("metrics");
          document.addItem("metrics", value);
          assertEquals(size + 1, document.size("metrics"));
        }
      }
    }
  }

  @Test
  void removingTakesItsLineAndNothingElse() {
    for (boolean windows : new boolean[] {false, true}) {
      ExperimentDocument document = layouts(windows);
      for (String path : leaves(model(document), "")) {
        ExperimentDocument each = layouts(windows);
        List<String> before = leaves(model(each), "");
        each.remove(path);
        String line = each.text();
        List<String> lost = new ArrayList<>();
        for (int i = 0; i <= 25; i++) {
          if (!line.contains("# c%02d".formatted(i))) {
            lost.add("c" + i);
          }
        }
        assertTrue(lost.size() <= 1, () -> path + " took the comments " + lost);
        assertTrue(leaves(model(each), "").size() >= before.size() - 1, path);
      }
    }
  }

  @Test
  void looksAsAPersonWouldWriteIt() {
    ExperimentDocument document =
        ExperimentDocument.of(
            """
            slipstream: 1
            # The features
            features:
              ret_1: ret(close, 1)   # one bar

            models:
              trees: {trainer: boosted-trees}   # fast
            """,
            "");
    document.set("features.vol", "std(ret_1, 30)");
    document.setExpression("features.ret_1", "logret(close, 1)");
    document.set("features.note", "a: b");
    document.set("models.trees.depth", 6);
    document.set("models.ridge", Map.of("trainer", "ridge"));
    document.set("validation.folds", 5);
    document.addItem("prepare", Map.of("extractor", "bars"));
    document.addItem("metrics", "mae");
    document.rename("features.vol", "vol_30");
    document.set("description", "Two\nlines");
    assertEquals(
        """
        slipstream: 1
        # The features
        features:
          ret_1: logret(close, 1)   # one bar
          vol_30: std(ret_1, 30)
          note: "a: b"

        models:
          trees: {trainer: boosted-trees, depth: 6}   # fast
          ridge: {trainer: ridge}
        validation:
          folds: 5
        prepare:
          - {extractor: bars}
        metrics: [mae]
        description: "Two\\nlines"
        """,
        document.text());
    document.remove("features.note");
    document.remove("models.trees.depth");
    document.remove("validation");
    assertTrue(document.text().contains("  vol_30: std(ret_1, 30)\n\nmodels:\n"), document.text());
    assertTrue(document.text().contains("  trees: {trainer: boosted-trees}   # fast\n"));
    assertFalse(document.has("validation"));
  }

  @Test
  void aTextOfSeveralLinesStaysOne() {
    ExperimentDocument document =
        ExperimentDocument.of("a: 1\ndescription: |  # why\n  One\n  two.\nb: 2\n", "");
    document.set("description", "Three\n\nfour.\n");
    assertEquals("a: 1\ndescription: |   # why\n  Three\n\n  four.\nb: 2\n", document.text());
    document.set("description", "  indented\nfirst");
    assertEquals("  indented\nfirst", document.get("description").orElseThrow());
    assertTrue(document.text().endsWith("   # why\nb: 2\n"), document.text());
  }

  @Test
  void startsFromNothing() {
    ExperimentDocument document = ExperimentDocument.of("", "");
    document.set("slipstream", 1);
    document.set("data.importer", "csv");
    document.set("features.x", "ret(close)");
    assertEquals(
        "slipstream: 1\ndata:\n  importer: csv\nfeatures:\n  x: ret(close)\n", document.text());
    ExperimentDocument commented = ExperimentDocument.of("# mine", "");
    commented.set("slipstream", 1);
    assertEquals("# mine\nslipstream: 1\n", commented.text());
  }

  @Test
  void refusesWhatItCannotDoAndChangesNothing() {
    ExperimentDocument document = ExperimentDocument.of(LAYOUTS, "");
    assertThrows(SlipstreamException.class, () -> document.set("metrics[9]", "x"));
    assertThrows(SlipstreamException.class, () -> document.set("name.first", "x"));
    assertThrows(SlipstreamException.class, () -> document.rename("data.path", "columns"));
    assertThrows(SlipstreamException.class, () -> document.rename("data.nowhere", "x"));
    assertThrows(SlipstreamException.class, () -> document.set("", "x"));
    assertEquals(LAYOUTS, document.text());
    assertEquals(Optional.empty(), document.get("models.trees"));
  }

  @Test
  void findsPlaces() {
    ExperimentDocument document = ExperimentDocument.of(LAYOUTS, "f");
    assertEquals("f:14:3: data.path", document.locate("data.path").orElseThrow().toString());
    assertEquals("f:28:5: prepare[1]", document.locate("prepare[1]").orElseThrow().toString());
  }
}
