package slipstream.tribuo;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.MutableDataset;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Trainer.TrainingData;

/** Training rows as Tribuo holds them: an object a row, all on the Java heap. */
final class Examples {
  /** Held, because Java forgets a logger's level with the logger. */
  private static final Logger LOGGER = Logger.getLogger("org.tribuo");

  private static final String TARGET = "target";
  private static final int CHECKED = 4096;

  static {
    LOGGER.setLevel(Level.WARNING); // it tells of each fit what the run's own progress tells
  }

  private final MutableDataset<Regressor> dataset;
  private final String[] names;
  private int rows;

  /**
   * @param features of each row
   */
  Examples(int features) {
    var factory = new RegressionFactory();
    // A time of its own would be the clock's.
    var never = OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    dataset = new MutableDataset<>(new SimpleDataSourceProvenance("rows", never, factory), factory);
    names = new String[features];
    for (int f = 0; f < features; f++) {
      names[f] = name(f);
    }
  }

  /** In the order of the features when sorted as text, which is the order of Tribuo's numbers. */
  private static String name(int feature) {
    String digits = Integer.toString(feature);
    return "f" + "0".repeat(10 - digits.length()) + digits;
  }

  /** The feature of each of Tribuo's numbers. */
  static int[] features(ImmutableFeatureMap map) {
    int[] features = new int[map.size()];
    for (int id = 0; id < features.length; id++) {
      features[id] = Integer.parseInt(map.get(id).getName().substring(1));
    }
    return features;
  }

  /**
   * Adds a row.
   *
   * @param values by feature; NaN is left out
   */
  void add(double[] values, double target, double weight, Progress progress) {
    if (rows++ % CHECKED == 0) {
      progress.checkCancelled();
    }
    int present = 0;
    for (double value : values) {
      present += value == value ? 1 : 0;
    }
    String[] presentNames = present == values.length ? names : new String[present];
    double[] presentValues = present == values.length ? values : new double[present];
    for (int f = 0, at = 0; f < values.length && present < values.length; f++) {
      if (values[f] == values[f]) {
        presentNames[at] = names[f];
        presentValues[at++] = values[f];
      }
    }
    var example = new ArrayExample<>(new Regressor(TARGET, target), presentNames, presentValues);
    example.setWeight((float) weight);
    dataset.add(example);
  }

  MutableDataset<Regressor> dataset() {
    return dataset;
  }

  /** Standardised rows and targets. */
  static MutableDataset<Regressor> standardised(
      Standardisation standardisation, TrainingData data, int[] chosen, Progress progress) {
    Examples examples = new Examples(standardisation.size());
    var features = data.features().select(chosen);
    for (int from = 0; from < chosen.length; from += CHECKED) {
      double[][] block =
          standardisation.rows(features, from, Math.min(chosen.length, from + CHECKED));
      for (int i = 0; i < block.length; i++) {
        int row = chosen[from + i];
        examples.add(
            block[i],
            standardisation.target().standard(data.target()[row]),
            data.facts().weight(row),
            progress);
      }
    }
    return examples.dataset;
  }

  static int[] all(TrainingData data) {
    int[] rows = new int[data.target().length];
    Arrays.setAll(rows, i -> i);
    return rows;
  }

  /** Refuses weights for a trainer that has no place for them. */
  static void refuseWeights(TrainingData data, String trainer) {
    if (data.facts().hasWeights()) {
      throw SlipstreamException.invalid(
          trainer + " cannot weight rows",
          "Leave out the experiment's weight, or take another trainer.");
    }
  }
}
