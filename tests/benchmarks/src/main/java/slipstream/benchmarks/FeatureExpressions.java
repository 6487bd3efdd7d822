package slipstream.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import slipstream.core.experiment.Definition;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.experiment.Validation;

/** The same features in both languages, over the columns close, adj_close and volume. */
final class FeatureExpressions {
  /**
   * @param sql over the rows of {@code base}: the table and {@code r}, its return
   */
  record Pair(String expression, String sql) {}

  static final Pair MEAN = new Pair("mean(close, 30)", "avg(close) OVER w30");
  static final Pair MEDIAN = new Pair("median(close, 30)", "median(close) OVER w30");

  /** What the team before computed. */
  static final List<Pair> TEAM =
      List.of(
          new Pair("mean(volume, 30)", "avg(volume) OVER w30"),
          new Pair("median(adj_close, 30)", "median(adj_close) OVER w30"));

  static final List<Pair> MIXED =
      List.of(
          new Pair("ret(close, 1)", "r"),
          new Pair("mean(close, 5)", "avg(close) OVER w5"),
          MEAN,
          new Pair("mean(volume, 30)", "avg(volume) OVER w30"),
          new Pair("mean(adj_close, 100)", "avg(adj_close) OVER w100"),
          new Pair("sum(volume, 10)", "sum(volume) OVER w10"),
          new Pair("sum(volume, 60)", "sum(volume) OVER w60"),
          new Pair("std(close, 30)", "stddev_samp(close) OVER w30"),
          new Pair("std(f0, 30)", "stddev_samp(r) OVER w30"),
          new Pair("std(f0, 10)", "stddev_samp(r) OVER w10"),
          new Pair("var(f0, 60)", "var_samp(r) OVER w60"),
          new Pair("mean(f0, 10)", "avg(r) OVER w10"),
          new Pair("sum(f0, 20)", "sum(r) OVER w20"),
          new Pair("min_over(close, 20)", "min(close) OVER w20"),
          new Pair("max_over(close, 20)", "max(close) OVER w20"),
          new Pair("min_over(volume, 60)", "min(volume) OVER w60"),
          new Pair("max_over(volume, 60)", "max(volume) OVER w60"),
          new Pair("median(close, 31)", "median(close) OVER w31"),
          new Pair("median(volume, 30)", "median(volume) OVER w30"),
          new Pair("quantile(close, 0.25, 30)", "quantile_cont(close, 0.25) OVER w30"),
          new Pair("lag(close, 1)", "lag(close, 1) OVER w"),
          new Pair("lag(close, 5)", "lag(close, 5) OVER w"),
          new Pair("diff(close, 5)", "close - lag(close, 5) OVER w"),
          new Pair("ret(close, 5)", "close / lag(close, 5) OVER w - 1"),
          new Pair("ret(adj_close, 20)", "adj_close / lag(adj_close, 20) OVER w - 1"),
          new Pair("logret(close, 1)", "ln(close / lag(close, 1) OVER w)"),
          new Pair("diff(volume, 1)", "volume - lag(volume, 1) OVER w"),
          new Pair("close / mean(close, 30) - 1", "close / avg(close) OVER w30 - 1"),
          new Pair(
              "(close - mean(close, 30)) / std(close, 30)",
              "(close - avg(close) OVER w30) / stddev_samp(close) OVER w30"),
          new Pair("volume / mean(volume, 100)", "volume / avg(volume) OVER w100"),
          new Pair(
              "(close - min_over(close, 20)) / (max_over(close, 20) - min_over(close, 20))",
              "(close - min(close) OVER w20) / (max(close) OVER w20 - min(close) OVER w20)"),
          new Pair("log(volume + 1)", "ln(volume + 1)"),
          new Pair("sqrt(volume)", "sqrt(volume)"),
          new Pair("abs(f0)", "abs(r)"),
          new Pair("sign(f0)", "sign(r)"),
          new Pair("if(close > adj_close, 1, 0)", "CASE WHEN close > adj_close THEN 1 ELSE 0 END"),
          new Pair("close * volume", "close * volume"),
          new Pair(
              "sum(close * volume, 30) / sum(volume, 30)",
              "sum(close * volume) OVER w30 / sum(volume) OVER w30"),
          new Pair("clip(f0, -0.02, 0.02)", "greatest(least(r, 0.02), -0.02)"),
          new Pair(
              "close > mean(close, 5) and volume > mean(volume, 5)",
              "CASE WHEN close > avg(close) OVER w5 AND volume > avg(volume) OVER w5 THEN 1 ELSE 0"
                  + " END"));

  /** Ours alone. */
  static final List<Pair> ACROSS =
      List.of(new Pair("cs_demean(f0)", ""), new Pair("asof(\"I00000\", f0)", ""));

  private FeatureExpressions() {}

  /** Rows at an instrument's start in which the two languages differ: windows that are not full yet. */
  static final int DIFFERENT = 130;

  /** Features f0, f1, … */
  static Experiment experiment(List<Pair> pairs) {
    SequencedMap<String, Definition> features = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      features.put("f" + i, new Definition(pairs.get(i).expression()));
    }
    PluginUse none = new PluginUse("none", Map.of());
    return new Experiment(
        "bench",
        "",
        1,
        none,
        List.of(),
        features,
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        none,
        new Validation(4, Validation.Window.EXPANDING, java.time.Duration.ZERO, 0.15),
        List.of(),
        List.of());
  }

  /**
   * A query of the same features, columns f0, f1, …
   *
   * @param columns to select before them
   * @param condition on the table's rows
   */
  static String query(String columns, List<Pair> pairs, String from, String condition) {
    boolean returns = pairs.stream().anyMatch(each -> each.sql().matches(".*\\br\\b.*"));
    StringBuilder sql = new StringBuilder("SELECT ").append(columns);
    for (int i = 0; i < pairs.size(); i++) {
      sql.append(columns.isEmpty() && i == 0 ? "" : ", ");
      sql.append(pairs.get(i).sql()).append(" AS f").append(i);
    }
    String order = "PARTITION BY instrument ORDER BY time";
    String base =
        returns
            ? "(SELECT *, close / lag(close, 1) OVER ("
                + order
                + ") - 1 AS r FROM "
                + from
                + condition
                + ")"
            : from + condition;
    sql.append(" FROM ").append(base).append(" WINDOW w AS (").append(order).append(")");
    for (int n : new int[] {5, 10, 20, 30, 31, 60, 100}) {
      sql.append(", w").append(n).append(" AS (").append(order);
      sql.append(" ROWS BETWEEN ").append(n - 1).append(" PRECEDING AND CURRENT ROW)");
    }
    return sql.toString();
  }
}
