package slipstream.benchmarks;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Example;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Trainer;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.ensemble.AveragingCombiner;
import org.tribuo.regression.rtree.CARTRegressionTrainer;
import org.tribuo.regression.rtree.impurity.MeanSquaredError;

/**
 * Tribuo's regression tree and random forest as the library has them, one thread. Its time grows with the square of the
 * rows. What is measured begins with its examples.
 */
final class TribuoPeer {
  static final String NAME = "Tribuo 4.3.2";

  /** Held, because Java forgets a logger's level with the logger. */
  private static final Logger LOGGER = Logger.getLogger("org.tribuo");

  private TribuoPeer() {}

  static PeerRun cart(Rows train, int features, int depth, Rows fresh) {
    return run(
        new CARTRegressionTrainer(depth, 2, 0, 1, false, new MeanSquaredError(), 1),
        train,
        features,
        fresh);
  }

  static PeerRun forest(Rows train, int features, ForestSettings s, Rows fresh) {
    var tree =
        new CARTRegressionTrainer(
            s.depth(),
            2 * s.minRowsPerLeaf(),
            0,
            (float) s.featureSampling(),
            false,
            new MeanSquaredError(),
            1);
    return run(
        new RandomForestTrainer<>(tree, new AveragingCombiner(), s.trees(), 1),
        train,
        features,
        fresh);
  }

  private static PeerRun run(Trainer<Regressor> trainer, Rows train, int features, Rows fresh) {
    LOGGER.setLevel(Level.WARNING);
    var factory = new RegressionFactory();
    long start = System.nanoTime();
    var dataset =
        new MutableDataset<>(
            new SimpleDataSourceProvenance(
                "rows", OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), factory),
            factory);
    for (int i = 0; i < train.count(); i++) {
      dataset.add(example(train, i, features));
    }
    double examples = seconds(start);
    Model<Regressor> model = trainer.train(dataset);
    double total = seconds(start);
    float[] predicted = new float[fresh.count()];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = (float) model.predict(example(fresh, i, features)).getOutput().getValues()[0];
    }
    return new PeerRun(total, examples, total - examples, fresh.rmse(predicted));
  }

  private static Example<Regressor> example(Rows rows, int row, int features) {
    String[] names = new String[features];
    double[] values = new double[features];
    for (int f = 0; f < features; f++) {
      names[f] = "f" + f;
      values[f] = rows.columns()[f][row];
    }
    return new ArrayExample<>(new Regressor("y", rows.target()[row]), names, values);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
