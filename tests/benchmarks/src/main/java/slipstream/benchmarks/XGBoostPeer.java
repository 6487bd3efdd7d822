package slipstream.benchmarks;

import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** XGBoost's histogram method on the CPU, through its own Java binding. */
final class XGBoostPeer {
  static final String NAME = "xgboost4j 3.4.0 hist";

  private XGBoostPeer() {}

  static PeerRun run(
      float[] rowMajor, float[] target, int features, Settings s, float[] held, Rows fresh)
      throws XGBoostError {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("tree_method", "hist");
    parameters.put("objective", "reg:squarederror");
    parameters.put("eta", s.learningRate());
    parameters.put("lambda", s.l2());
    parameters.put("max_depth", s.depth());
    parameters.put("max_bin", s.bins());
    parameters.put("nthread", s.threads());
    parameters.put("verbosity", 0);
    long start = System.nanoTime();
    DMatrix train = new DMatrix(rowMajor, target.length, features, Float.NaN);
    train.setLabel(target);
    double matrix = seconds(start);
    Booster booster = null;
    try {
      // One call for a round, as XGBoost.train makes them itself.
      double[] rounds = new double[s.rounds()];
      long boosting = System.nanoTime();
      booster = XGBoost.train(train, parameters, 0, Map.of(), null, null);
      for (int k = 0; k < s.rounds(); k++) {
        long from = System.nanoTime();
        booster.update(train, k);
        rounds[k] = seconds(from);
      }
      double total = matrix + seconds(boosting);
      double first = rounds[0];
      double round = Median.of(rounds);
      return new PeerRun(
          total, matrix + first - round, round, rmse(booster, held, features, fresh));
    } finally {
      if (booster != null) {
        booster.dispose();
      }
      train.dispose();
    }
  }

  /** A random forest: all trees in one round. Its {@code round} is all of it beyond the matrix. */
  static PeerRun forest(
      float[] rowMajor, float[] target, int features, ForestSettings s, float[] held, Rows fresh)
      throws XGBoostError {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("tree_method", "hist");
    parameters.put("objective", "reg:squarederror");
    parameters.put("eta", 1);
    parameters.put("lambda", 0);
    parameters.put("min_child_weight", s.minRowsPerLeaf());
    parameters.put("subsample", s.rowSampling());
    parameters.put("colsample_bynode", s.featureSampling());
    parameters.put("num_parallel_tree", s.trees());
    parameters.put("max_depth", s.depth());
    parameters.put("max_bin", 256);
    parameters.put("nthread", s.threads());
    parameters.put("verbosity", 0);
    long start = System.nanoTime();
    DMatrix train = new DMatrix(rowMajor, target.length, features, Float.NaN);
    train.setLabel(target);
    double matrix = seconds(start);
    Booster booster = null;
    try {
      booster = XGBoost.train(train, parameters, 1, Map.of(), null, null);
      double total = seconds(start);
      return new PeerRun(total, matrix, total - matrix, rmse(booster, held, features, fresh));
    } finally {
      if (booster != null) {
        booster.dispose();
      }
      train.dispose();
    }
  }

  private static double rmse(Booster booster, float[] held, int features, Rows fresh)
      throws XGBoostError {
    DMatrix matrix = new DMatrix(held, fresh.count(), features, Float.NaN);
    float[][] predicted = booster.predict(matrix);
    matrix.dispose();
    float[] flat = new float[predicted.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = predicted[i][0];
    }
    return fresh.rmse(flat);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
