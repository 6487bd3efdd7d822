package slipstream.onnx.internal;

import static slipstream.onnx.internal.OnnxModels.INPUT;
import static slipstream.onnx.internal.OnnxModels.integer;
import static slipstream.onnx.internal.OnnxModels.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipstream.core.device.BinSet;
import slipstream.onnx.internal.proto.GraphProto;
import slipstream.training.trees.BoostedTrees;
import slipstream.training.trees.Categories;
import slipstream.training.trees.RegressionTree;

/**
 * The sets of categories by which trees split, as columns: see {@link TreeGraph}.
 *
 * @param features of the model
 * @param categories by feature
 * @param columns the column of each set, by feature
 */
record CategorySets(int features, List<Categories> categories, List<Map<BinSet, Integer>> columns) {
  /** What a set's column is compared with. */
  static final float THRESHOLD = 0.5f;

  static CategorySets of(BoostedTrees trees, List<Categories> categories) {
    List<Map<BinSet, Integer>> columns = new ArrayList<>();
    for (int f = 0; f < trees.features(); f++) {
      columns.add(new LinkedHashMap<>());
    }
    for (RegressionTree tree : trees.trees()) {
      for (int n = 0; n < tree.size(); n++) {
        if (tree.categories(n) != null) {
          columns.get(tree.feature(n)).putIfAbsent(tree.categories(n), 0);
        }
      }
    }
    int next = trees.features();
    for (Map<BinSet, Integer> sets : columns) {
      for (Map.Entry<BinSet, Integer> set : sets.entrySet()) {
        set.setValue(next++);
      }
    }
    return new CategorySets(trees.features(), categories, columns);
  }

  /** The column that a node of a tree asks for. */
  int column(RegressionTree tree, int node) {
    return columns.get(tree.feature(node)).get(tree.categories(node));
  }

  /**
   * Adds the columns to a graph.
   *
   * @param input the features as float32
   * @return the features with the columns behind them; the input where there are none
   */
  String addTo(GraphProto.Builder graph, String input) {
    List<String> parts = new ArrayList<>(List.of(input));
    for (int f = 0; f < features; f++) {
      if (!columns.get(f).isEmpty()) {
        parts.add(addTo(graph, f));
      }
    }
    if (parts.size() == 1) {
      return input;
    }
    graph.addNode(node("Concat", parts, "features_and_sets", integer("axis", 1)));
    return "features_and_sets";
  }

  private String addTo(GraphProto.Builder graph, int feature) {
    int count = categories.get(feature).count();
    List<BinSet> sets = List.copyOf(columns.get(feature).keySet());
    float[] table = new float[(count + 1) * sets.size()];
    for (int number = 0; number <= count; number++) {
      for (int s = 0; s < sets.size(); s++) {
        boolean left = number < count && sets.get(s).contains(number);
        table[number * sets.size() + s] = number == count ? Float.NaN : left ? 0 : 1;
      }
    }
    String suffix = "_" + feature;
    graph
        .addInitializer(OnnxModels.longs("category" + suffix, new long[] {feature}))
        .addInitializer(OnnxModels.doubles("none" + suffix, new double[] {0}))
        .addInitializer(OnnxModels.doubles("categories" + suffix, new double[] {count}))
        .addInitializer(OnnxModels.floats("table" + suffix, table, count + 1, sets.size()))
        .addNode(
            node(
                "Gather",
                List.of(INPUT, "category" + suffix),
                "number" + suffix,
                integer("axis", 1)))
        .addNode(node("Floor", List.of("number" + suffix), "whole" + suffix))
        .addNode(node("Equal", List.of("number" + suffix, "whole" + suffix), "is_whole" + suffix))
        .addNode(
            node(
                "GreaterOrEqual",
                List.of("number" + suffix, "none" + suffix),
                "is_number" + suffix))
        .addNode(
            node("Less", List.of("number" + suffix, "categories" + suffix), "is_below" + suffix))
        .addNode(
            node("And", List.of("is_whole" + suffix, "is_number" + suffix), "is_valid" + suffix))
        .addNode(node("And", List.of("is_valid" + suffix, "is_below" + suffix), "known" + suffix))
        .addNode(
            node(
                "Where",
                List.of("known" + suffix, "number" + suffix, "categories" + suffix),
                "row_float64" + suffix))
        .addNode(
            node(
                "Cast",
                List.of("row_float64" + suffix),
                "row" + suffix,
                integer("to", OnnxModels.INT64)))
        .addNode(
            node(
                "Gather",
                List.of("table" + suffix, "row" + suffix),
                "sets" + suffix,
                integer("axis", 0)));
    return "sets" + suffix;
  }
}
