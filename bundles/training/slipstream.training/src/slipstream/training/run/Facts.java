package slipstream.training.run;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Evaluation;
import slipstream.core.experiment.Experiment;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.RowSelection;
import slipstream.core.spi.Trainer.RowFacts;
import slipstream.core.table.Column;
import slipstream.core.table.Partition;
import slipstream.core.table.Table;
import slipstream.features.FeaturePlan;
import slipstream.features.FeatureTable;
import slipstream.training.evaluation.Dimension;
import slipstream.training.evaluation.OrderAnalysis;

/** What an experiment says of rows beside their features: weights, clusters, times and instruments. */
final class Facts {
  /** A cluster that is not known. */
  private static final int UNKNOWN = -1;

  private Facts() {}

  /**
   * Of all rows, most of it read where it lies.
   *
   * @param values the plan's series, in the order of the rows
   * @param order the prepared table's row of each row; null when they are the same
   */
  static RowFacts of(
      Experiment experiment, FeaturePlan plan, FeatureTable values, Table prepared, int[] order) {
    IntUnaryOperator place = order == null ? row -> row : row -> order[row];
    FeatureMatrix weights =
        plan.has(FeaturePlan.WEIGHT) ? values.matrix(List.of(FeaturePlan.WEIGHT)) : null;
    int[] clusters = clusters(experiment, plan, values, prepared, order);
    Column time = prepared.hasTime() ? prepared.time() : null;
    long[] starts = prepared.partitions().stream().mapToLong(Partition::from).toArray();
    return RowFacts.of(
        values.rows(),
        weights == null ? null : row -> weights.get(row, 0),
        clusters == null ? null : row -> clusters[row],
        time == null ? null : row -> time.getLong(place.applyAsInt(row)),
        row -> instrument(starts, place.applyAsInt(row)));
  }

  private static int instrument(long[] starts, int row) {
    int at = Arrays.binarySearch(starts, row);
    int last = at >= 0 ? at : -at - 2;
    while (last + 1 < starts.length && starts[last + 1] == row) { // after partitions without rows
      last++;
    }
    return last;
  }

  /** In the order of the rows, numbered in that of the table; null for none. */
  private static int[] clusters(
      Experiment experiment, FeaturePlan plan, FeatureTable values, Table prepared, int[] order) {
    return numbers(FeaturePlan.CLUSTER, experiment.cluster(), plan, values, prepared, order);
  }

  /** The groups of the validation by row; null where it has none. */
  static IntUnaryOperator groups(
      Experiment experiment, FeaturePlan plan, FeatureTable values, Table prepared, int[] order) {
    if (!experiment.validation().hasGroups()) {
      return null;
    }
    String group = experiment.validation().group();
    if (group.isBlank()) {
      long[] starts = prepared.partitions().stream().mapToLong(Partition::from).toArray();
      return row -> instrument(starts, order == null ? row : order[row]);
    }
    int[] numbers = numbers(FeaturePlan.GROUP, group, plan, values, prepared, order);
    return row -> numbers[row];
  }

  /** How much each row counts in weighted scores; null where the validation has no weight. */
  static IntToDoubleFunction scoreWeights(FeaturePlan plan, FeatureTable values) {
    if (!plan.has(FeaturePlan.SCORE_WEIGHT)) {
      return null;
    }
    FeatureMatrix weights = values.matrix(List.of(FeaturePlan.SCORE_WEIGHT));
    return row -> weights.get(row, 0);
  }

  /** The standard deviation of each row's realised value; null where the evaluation names none. */
  static IntToDoubleFunction timingRisk(FeaturePlan plan, FeatureTable values) {
    return plan.has(FeaturePlan.TIMING_RISK) ? series(values, FeaturePlan.TIMING_RISK) : null;
  }

  private static IntToDoubleFunction series(FeatureTable values, String name) {
    FeatureMatrix matrix = values.matrix(List.of(name));
    return row -> matrix.get(row, 0);
  }

  /** Without names of buckets so many inputs are shown. */
  private static final int INPUTS_SHOWN = 6;

  /**
   * What the report tells rows apart by.
   *
   * @param inputs of the target's models
   */
  static List<Dimension> dimensions(
      Experiment experiment,
      FeaturePlan plan,
      FeatureTable values,
      List<String> inputs,
      Table prepared,
      int[] order) {
    Evaluation evaluation = experiment.evaluation();
    List<Dimension> dimensions = new ArrayList<>();
    evaluation
        .buckets()
        .forEach(
            (name, expression) ->
                dimensions.add(
                    bucket(experiment, plan, values, name, expression.strip(), prepared, order)));
    for (String input : evaluation.buckets().isEmpty() ? inputs : List.<String>of()) {
      if (dimensions.size() < INPUTS_SHOWN) {
        dimensions.add(
            new Dimension.Numbers(
                input,
                input,
                unit(experiment, prepared, input),
                evaluation.bucketCount(),
                series(values, input)));
      }
    }
    if (prepared.hasTime() && !evaluation.timeOfDay().isZero()) {
      dimensions.add(
          new Dimension.TimeOfDay(evaluation.timeOfDay(), ZoneId.of(evaluation.zone().strip())));
    }
    List<Partition> partitions = prepared.partitions();
    if (evaluation.instruments() > 0) {
      long[] starts = partitions.stream().mapToLong(Partition::from).toArray();
      dimensions.add(
          new Dimension.Names(
              "instrument",
              "",
              evaluation.instruments(),
              partitions.size(),
              row -> instrument(starts, order == null ? row : order[row]),
              code -> partitions.get(code).instrument()));
    }
    if (evaluation.periods() > 1) {
      dimensions.add(new Dimension.Periods(evaluation.periods()));
    }
    return dimensions;
  }

  /** What the report tells orders apart by: the side, and what it tells rows apart by where that is named. */
  static List<Dimension> orderDimensions(
      Experiment experiment, FeaturePlan plan, FeatureTable values, Table prepared, int[] order) {
    IntToDoubleFunction side = series(values, FeaturePlan.order("side"));
    List<Dimension> dimensions = new ArrayList<>();
    dimensions.add(
        new Dimension.Names(
            "side",
            "",
            2,
            2,
            row -> side.applyAsDouble(row) > 0 ? 0 : 1,
            code -> code == 0 ? "buy" : "sell"));
    dimensions.addAll(dimensions(experiment, plan, values, List.of(), prepared, order));
    return dimensions;
  }

  /** What the rows tell of parent orders. */
  static OrderAnalysis.Source orders(
      Experiment experiment, FeaturePlan plan, FeatureTable values, Table prepared, int[] order) {
    int[] numbers =
        numbers(
            FeaturePlan.order("parent"),
            experiment.orders().parent(),
            plan,
            values,
            prepared,
            order);
    int count = Arrays.stream(numbers).max().orElse(UNKNOWN) + 1;
    SequencedMap<String, IntToDoubleFunction> series = new LinkedHashMap<>();
    experiment
        .orders()
        .expressions()
        .keySet()
        .forEach(name -> series.put(name, series(values, FeaturePlan.order(name))));
    SequencedMap<String, IntToDoubleFunction> benchmarks = new LinkedHashMap<>(series);
    benchmarks.keySet().retainAll(List.of("vwap", "twap", "close"));
    SequencedMap<String, IntToDoubleFunction> after = new LinkedHashMap<>();
    experiment
        .orders()
        .after()
        .keySet()
        .forEach(horizon -> after.put(horizon, series.get("after." + horizon)));
    long[] starts = prepared.partitions().stream().mapToLong(Partition::from).toArray();
    return new OrderAnalysis.Source(
        values.rows(),
        count,
        row -> numbers[row],
        row -> instrument(starts, order == null ? row : order[row]),
        series.get("side"),
        series.get("order_quantity"),
        series.get("quantity"),
        series.get("price"),
        series.get("arrival_price"),
        series.get("decision_price"),
        series.getOrDefault("last_price", series.get("close")),
        series.get("fees"),
        benchmarks,
        series.get("mid"),
        after);
  }

  private static Dimension bucket(
      Experiment experiment,
      FeaturePlan plan,
      FeatureTable values,
      String name,
      String expression,
      Table prepared,
      int[] order) {
    Evaluation evaluation = experiment.evaluation();
    String series = FeaturePlan.bucket(name);
    if (plan.has(series)) {
      return new Dimension.Numbers(
          name,
          expression,
          unit(experiment, prepared, expression),
          evaluation.bucketCount(),
          series(values, series));
    }
    Column texts = prepared.column(expression);
    return new Dimension.Names(
        name,
        expression,
        Math.max(1, evaluation.instruments()),
        texts.dictionary().size(),
        row -> {
          int place = order == null ? row : order[row];
          return texts.isNull(place) ? UNKNOWN : (int) texts.getLong(place);
        },
        code -> texts.dictionary().get(code));
  }

  /** Of a series or a column; an expression has none that is known. */
  static String unit(Experiment experiment, Table prepared, String name) {
    for (Map<String, Definition> section :
        List.of(experiment.features(), experiment.given(), experiment.targets())) {
      if (section.containsKey(name)) {
        return section.get(name).unit();
      }
    }
    return prepared.schema().names().contains(name) ? prepared.schema().field(name).unit() : "";
  }

  /** Equal numbers for equal values of a series, or of a text column; null for neither. */
  private static int[] numbers(
      String series,
      String text,
      FeaturePlan plan,
      FeatureTable values,
      Table prepared,
      int[] order) {
    int rows = values.rows();
    int[] rowOf = order == null ? null : inverse(order);
    if (plan.has(series)) {
      FeatureMatrix matrix = values.matrix(List.of(series));
      int[] numbers = numbered(rows, row -> matrix.get(rowOf == null ? row : rowOf[row], 0));
      return inOrder(numbers, order);
    }
    if (text.isBlank()) {
      return null;
    }
    Column column = prepared.column(text.strip());
    return inOrder(numbered(rows, codes(column)), order);
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  private static int[] inOrder(int[] values, int[] order) {
    if (order == null) {
      return values;
    }
    int[] ordered = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      ordered[i] = values[order[i]];
    }
    return ordered;
  }

  /** Equal numbers for equal strings; NaN for nulls. */
  private static IntToDoubleFunction codes(Column column) {
    return row -> column.isNull(row) ? Double.NaN : column.getLong(row);
  }

  /** Equal numbers for equal values, counted from 0 in the order of their first rows. */
  static int[] numbered(int rows, IntToDoubleFunction values) {
    int[] numbers = new int[rows];
    int capacity = 1 << 10;
    long[] keys = new long[capacity];
    int[] found = new int[capacity];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      double value = values.applyAsDouble(row);
      if (Double.isNaN(value)) {
        numbers[row] = UNKNOWN;
        continue;
      }
      if (2 * count >= capacity) {
        long[] oldKeys = keys;
        int[] oldFound = found;
        capacity *= 2;
        keys = new long[capacity];
        found = new int[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
          if (oldFound[i] > 0) {
            int slot = slot(keys, found, oldKeys[i]);
            keys[slot] = oldKeys[i];
            found[slot] = oldFound[i];
          }
        }
      }
      // Adding 0 makes -0 equal to 0.
      long key = Double.doubleToLongBits(value + 0.0);
      int slot = slot(keys, found, key);
      if (found[slot] == 0) {
        keys[slot] = key;
        found[slot] = ++count;
      }
      numbers[row] = found[slot] - 1;
    }
    return numbers;
  }

  private static int slot(long[] keys, int[] found, long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32 ^ hash >>> 50) & keys.length - 1;
    while (found[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  /**
   * @param usable the rows that may be trained on
   * @throws SlipstreamException INVALID_INPUT when a weight, cluster or group of these is of no use
   */
  static void check(TargetData data, RowSelection usable) {
    RowFacts facts = data.facts();
    if (facts.hasWeights()) {
      checkWeights(facts::weight, usable, "weight");
    }
    if (data.scoreWeights() != null) {
      checkWeights(data.scoreWeights(), usable, "validation.weight");
    }
    if (facts.hasClusters()) {
      checkKnown(facts::cluster, usable, "cluster", "cluster");
    }
    if (data.groups() != null) {
      checkKnown(data.groups(), usable, "group", "validation.group");
    }
  }

  private static void checkWeights(IntToDoubleFunction weight, RowSelection usable, String key) {
    RowSelection wrong =
        usable.where(
            row ->
                !(weight.applyAsDouble(row) >= 0 && weight.applyAsDouble(row) <= Double.MAX_VALUE));
    if (wrong.size() > 0) {
      throw SlipstreamException.invalid(
          Text.format(
              "the weight of %,d of %,d rows is negative, infinite or unknown, such as %s",
              wrong.size(), usable.size(), weight.applyAsDouble(wrong.get(0))),
          Place.key(key),
          "Give every row with a known target a weight of at least 0; 0 leaves it out.");
    }
  }

  private static void checkKnown(
      IntUnaryOperator number, RowSelection usable, String what, String key) {
    int unknown = usable.where(row -> number.applyAsInt(row) == UNKNOWN).size();
    if (unknown > 0) {
      throw SlipstreamException.invalid(
          Text.format("%,d of %,d rows have no %s", unknown, usable.size(), what),
          Place.key(key),
          "Give every row with a known target one.");
    }
  }
}
