package slipstream.training.ensemble;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import slipstream.core.CompensatedSum;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer.Context;
import slipstream.core.spi.Trainer.Member;
import slipstream.core.spi.Trainer.TrainingData;

/**
 * What the members of an ensemble predict of training rows that they were not fitted on; rows that any of them has no
 * prediction for are left out.
 *
 * @param predicted {@code [member][row]}
 * @param target one value a row
 * @param weights how much rows count; null for equal weights
 */
record OutOfFold(double[][] predicted, double[] target, double[] weights) {

  static OutOfFold of(TrainingData data, String trainer, Context context) {
    List<Member> members = context.members();
    double[][] all = new double[members.size()][];
    for (int m = 0; m < all.length; m++) {
      all[m] = members.get(m).outOfFold();
    }
    int rows = data.target().length;
    int[] known = new int[rows];
    int count = 0;
    rows:
    for (int row = 0; row < rows; row++) {
      for (double[] each : all) {
        if (!Double.isFinite(each[row])) {
          continue rows;
        }
      }
      known[count++] = row;
    }
    if (count < all.length + 2) {
      throw SlipstreamException.invalid(
          Text.format(
              "%s has %,d training rows that its members predict without having been fitted on"
                  + " them, too few for the weights of %d models",
              trainer, count, all.length),
          "Use more data, fewer members, or 'trainer: average' with equal weights.");
    }
    double[][] predicted = new double[all.length][count];
    double[] target = new double[count];
    double[] weights = data.facts().hasWeights() ? new double[count] : null;
    for (int i = 0; i < count; i++) {
      for (int m = 0; m < all.length; m++) {
        predicted[m][i] = all[m][known[i]];
      }
      target[i] = data.target()[known[i]];
      if (weights != null) {
        weights[i] = data.facts().weight(known[i]);
      }
    }
    return new OutOfFold(predicted, target, weights);
  }

  int members() {
    return predicted.length;
  }

  double[] error(int member) {
    double[] error = new double[target.length];
    for (int i = 0; i < error.length; i++) {
      error[i] = target[i] - predicted[member][i];
    }
    return error;
  }

  double mean(double[] values) {
    return weights == null
        ? CompensatedSum.mean(values)
        : CompensatedSum.weightedMean(values, weights);
  }

  /** The mean of the products of two series less these values. */
  double meanProduct(double[] a, double lessA, double[] b, double lessB) {
    double[] products = new double[a.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = (a[i] - lessA) * (b[i] - lessB);
    }
    return mean(products);
  }

  /** The members' models by name, in their order. */
  static SequencedMap<String, Model> models(Context context) {
    SequencedMap<String, Model> models = new LinkedHashMap<>();
    context.members().forEach(each -> models.put(each.name(), each.model()));
    return models;
  }
}
