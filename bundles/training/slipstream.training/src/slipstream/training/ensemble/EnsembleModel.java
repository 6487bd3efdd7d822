package slipstream.training.ensemble;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.Coefficient;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;

/**
 * A weighted sum of the headline predictions of other models: {@code intercept + w1 p1 + w2 p2 + …}, added in that order in
 * double precision. Each p is rounded to a float first, as every export of the member gives it, so that an export of the
 * sum has the same bits.
 */
public final class EnsembleModel implements Model {
  private static final String MAGIC = "SLIPENSB";
  private static final int VERSION = 1;

  private final String trainer;
  private final double intercept;
  private final SequencedMap<String, Model> members;
  private final double[] weights;

  /**
   * @param members by name; two or more, no ensembles
   * @param weights of the members, in their order
   */
  EnsembleModel(
      String trainer, double intercept, SequencedMap<String, Model> members, double[] weights) {
    this.trainer = trainer;
    this.intercept = intercept;
    this.members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
    this.weights = weights.clone();
  }

  @Override
  public String trainer() {
    return trainer;
  }

  @Override
  public SequencedMap<String, Model> members() {
    return members;
  }

  /** In units of the target. */
  public double intercept() {
    return intercept;
  }

  /** By member, in their order. */
  public double[] weights() {
    return weights.clone();
  }

  @Override
  public List<String> features() {
    return members.values().stream()
        .map(Model::features)
        .filter(each -> !each.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  /** Of the first member that looks at features: all were trained on the same rows. */
  @Override
  public List<String> categories(int feature) {
    return members.values().stream()
        .filter(each -> !each.features().isEmpty())
        .findFirst()
        .map(each -> each.categories(feature))
        .orElse(List.of());
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    int count = rows.rows();
    Arrays.fill(result, 0, count, intercept);
    double[] predicted = new double[count];
    int m = 0;
    for (Model member : members.values()) {
      member.predict(rows, predicted);
      for (int i = 0; i < count; i++) {
        result[i] += weights[m] * (float) predicted[i];
      }
      m++;
    }
  }

  /** Shares of the members' own shares, each member counting by its absolute weight. */
  @Override
  public SequencedMap<String, Double> importance() {
    Map<String, Double> shares = new TreeMap<>();
    double total = 0;
    int m = 0;
    for (Model member : members.values()) {
      double weight = Math.abs(weights[m++]);
      for (Map.Entry<String, Double> each : member.importance().entrySet()) {
        shares.merge(each.getKey(), weight * each.getValue(), Double::sum);
        total += weight * each.getValue();
      }
    }
    List<Map.Entry<String, Double>> sorted = new ArrayList<>(shares.entrySet());
    sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
    SequencedMap<String, Double> importance = new LinkedHashMap<>();
    if (total > 0) {
      double all = total;
      sorted.forEach(each -> importance.put(each.getKey(), each.getValue() / all));
    }
    return importance;
  }

  /** The weight of each member, and the constant where there is one. */
  @Override
  public List<Coefficient> coefficients() {
    List<Coefficient> coefficients = new ArrayList<>();
    if (intercept != 0) {
      coefficients.add(coefficient("intercept", intercept));
    }
    int m = 0;
    for (String member : members.keySet()) {
      coefficients.add(coefficient("weight of " + member, weights[m++]));
    }
    return coefficients;
  }

  private static Coefficient coefficient(String name, double estimate) {
    return new Coefficient(name, "", estimate, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION).putString(trainer);
    out.putDouble(intercept).putInt(weights.length);
    members.keySet().forEach(out::putString);
    return out.putDoubles(weights).bytes();
  }

  static EnsembleModel decode(byte[] bytes, SequencedMap<String, Model> members, String trainer) {
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, trainer + " model");
    String made = in.getString();
    if (!made.equals(trainer)) {
      throw in.damaged("it was made by '" + made + "'");
    }
    double intercept = in.getFinite();
    List<String> names = in.getStrings();
    double[] weights = in.getFinite(names.size());
    in.end();
    SequencedMap<String, Model> ordered = new LinkedHashMap<>();
    for (String name : names) {
      if (ordered.put(name, members.get(name)) != null || !members.containsKey(name)) {
        throw in.damaged("its member '" + name + "' is missing or there twice");
      }
    }
    if (ordered.size() != members.size() || names.size() < 2) {
      throw in.damaged(
          "it has " + names.size() + " members, and " + members.size() + " lie beside it");
    }
    List<String> features = List.of();
    for (Model member : ordered.values()) {
      if (!features.isEmpty()
          && !member.features().isEmpty()
          && !member.features().equals(features)) {
        throw in.damaged("its members have different features");
      }
      features = member.features().isEmpty() ? features : member.features();
    }
    return new EnsembleModel(trainer, intercept, ordered, weights);
  }
}
