package slipstream.training.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import slipstream.core.model.ModelBytes;
import slipstream.core.spi.Coefficient;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.core.spi.Trainer.TrainingData;

/**
 * A model of a trainer that knows quantities alone, on features of which some have categories: each category that was trained
 * on is a quantity, {@code dealer == "isbank"}, 1 or 0. For other categories all of a feature's are missing values.
 */
public final class IndicatorModel implements Model {
  private static final String MAGIC = "SLIPINDI";
  private static final int VERSION = 1;

  private final List<String> features;
  private final List<List<String>> categories;
  private final Model model;

  private IndicatorModel(List<String> features, List<List<String>> categories, Model model) {
    this.features = List.copyOf(features);
    this.categories = categories.stream().map(List::copyOf).toList();
    this.model = model;
  }

  /** Fits a model to quantities in place of categories; just fits it where there are none. */
  public static Model fit(TrainingData data, Function<TrainingData, Model> trainer) {
    if (data.features().categorical().isEmpty()) {
      return trainer.apply(data);
    }
    List<List<String>> categories = Indicators.categories(data.features());
    Model model =
        trainer.apply(
            new TrainingData(
                Indicators.of(data.features(), categories),
                data.target(),
                data.facts(),
                Indicators.of(data.validationFeatures(), categories),
                data.validationTarget(),
                data.validationFacts()));
    return new IndicatorModel(data.features().names(), categories, model);
  }

  /** A model from the bytes of {@link Model#encode}, of this kind or the trainer's own. */
  public static Model decode(byte[] bytes, Trainer<?> trainer) {
    if (!ModelBytes.startWith(bytes, MAGIC)) {
      return trainer.decode(bytes);
    }
    ModelBytes.Reader in = new ModelBytes.Reader(bytes, MAGIC, VERSION, "model of indicators");
    List<String> features = in.getStrings();
    List<List<String>> categories = new ArrayList<>();
    for (int f = 0; f < features.size(); f++) {
      categories.add(in.getStrings());
    }
    Model model = trainer.decode(in.getBytes());
    in.end();
    List<String> names = Indicators.names(features, categories);
    if (!model.features().isEmpty() && !model.features().equals(names)) {
      throw in.damaged("its quantities are not its model's");
    }
    return new IndicatorModel(features, categories, model);
  }

  /** The model of the quantities. */
  public Model model() {
    return model;
  }

  @Override
  public String trainer() {
    return model.trainer();
  }

  @Override
  public List<String> features() {
    return features;
  }

  @Override
  public List<String> categories(int feature) {
    return categories.get(feature);
  }

  @Override
  public List<Output> outputs() {
    return model.outputs();
  }

  @Override
  public int headline() {
    return model.headline();
  }

  @Override
  public void predict(FeatureMatrix rows, double[] result) {
    model.predict(Indicators.of(rows, categories), result);
  }

  @Override
  public void predictAll(FeatureMatrix rows, double[][] result) {
    model.predictAll(Indicators.of(rows, categories), result);
  }

  @Override
  public Optional<double[]> standardErrors(FeatureMatrix rows) {
    return model.standardErrors(Indicators.of(rows, categories));
  }

  @Override
  public byte[] encode() {
    ModelBytes.Writer out = new ModelBytes.Writer(MAGIC, VERSION);
    out.putStrings(features);
    categories.forEach(out::putStrings);
    return out.putBytes(model.encode()).bytes();
  }

  @Override
  public SequencedMap<String, Double> importance() {
    return model.importance();
  }

  @Override
  public List<Coefficient> coefficients() {
    return model.coefficients();
  }

  @Override
  public int steps() {
    return model.steps();
  }
}
