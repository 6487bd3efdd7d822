package slipstream.benchmarks;

import com.microsoft.ml.lightgbm.PredictionType;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;

/**
 * LightGBM on the CPU, leaf-wise as it always is, through lightgbm4j. That binding copies the matrix
 * value by value, which is part of its binning here.
 */
final class LightGbmPeer {
  static final String NAME = "lightgbm4j 4.3.0";
  static final String QUANTISED = "lightgbm4j quantised";

  private LightGbmPeer() {}

  static PeerRun run(
      boolean quantised,
      float[] rowMajor,
      float[] target,
      int features,
      Settings s,
      float[] held,
      Rows fresh)
      throws LGBMException {
    String common = "max_bin=" + (s.bins() - 1) + " num_threads=" + s.threads() + " verbosity=-1";
    String parameters =
        common
            + " objective=regression min_data_in_leaf=1 min_sum_hessian_in_leaf=0 max_depth=-1"
            + " boost_from_average=true force_col_wise=true"
            + " num_leaves="
            + s.leaves()
            + " learning_rate="
            + s.learningRate()
            + " lambda_l2="
            + s.l2()
            + (quantised ? " use_quantized_grad=true" : "");
    long start = System.nanoTime();
    LGBMDataset train =
        LGBMDataset.createFromMat(rowMajor, target.length, features, true, common, null);
    train.setField("label", target);
    LGBMBooster booster = LGBMBooster.create(train, parameters);
    double matrix = seconds(start);
    try {
      double[] rounds = new double[s.rounds()];
      for (int k = 0; k < rounds.length; k++) {
        long from = System.nanoTime();
        booster.updateOneIter();
        rounds[k] = seconds(from);
      }
      double total = seconds(start);
      double first = rounds[0];
      double round = Median.of(rounds);
      double[] predicted =
          booster.predictForMat(
              held, fresh.count(), features, true, PredictionType.C_API_PREDICT_NORMAL);
      float[] flat = new float[predicted.length];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (float) predicted[i];
      }
      return new PeerRun(total, matrix + first - round, round, fresh.rmse(flat));
    } finally {
      booster.close();
      train.close();
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
