package slipstream.tribuo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.tribuo.common.xgboost.XGBoostModel;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.xgboost.XGBoostRegressionTrainer;
import org.tribuo.regression.xgboost.XGBoostRegressionTrainer.RegressionType;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.spi.FeatureMatrix;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;
import slipstream.training.trees.BoostedTreesModel;
import slipstream.training.trees.RegressionTree;

/**
 * XGBoost (Chen and Guestrin 2016) by Tribuo, of squared error. It trains on one thread, because its float sums depend on
 * the number of threads. A missing value goes where XGBoost learned to send it; an infinite one is missing while training,
 * which XGBoost refuses, and at the end of the order when it is predicted.
 */
public final class XGBoostTrainer implements Trainer<XGBoostParameters> {
  static final String NAME = "tribuo-xgboost";

  private static final int BLOCK = 4096;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          // Rounded once, from the digits to a float.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "XGBoost by Tribuo: boosted trees of squared error, on one thread.";
  }

  @Override
  public Class<XGBoostParameters> parameters() {
    return XGBoostParameters.class;
  }

  @Override
  public OptionalLong memory(XGBoostParameters parameters, Size size) {
    return Footprint.boxed(size);
  }

  @Override
  public Model train(TrainingData data, XGBoostParameters parameters, Context context) {
    data.requireUsable(NAME);
    Progress progress = context.progress();
    try {
      Grown grown = grow(data, parameters, context.seed(), progress);
      progress.checkCancelled();
      int[] features = Examples.features(grown.model.getFeatureIDMap());
      String[] dumps =
          grown.model.getInnerModels().getFirst().getModelDump((String) null, true, "json");
      List<RegressionTree> trees = new ArrayList<>();
      for (int t = 0; t < dumps.length; t++) {
        progress.stage("XGBoost: count rows", t, dumps.length, "trees");
        TreeDraft draft = new TreeDraft();
        add(draft, JSON.readTree(dumps[t]), features);
        trees.add(draft.withRows(data.features(), progress));
      }
      grown.model.getInnerModels().forEach(each -> each.dispose());
      return BoostedTreesModel.of(NAME, data.features().names(), grown.mean, trees);
    } catch (XGBoostError | IllegalStateException | JsonProcessingException e) {
      throw new SlipstreamException(
          Category.INTERNAL, "XGBoost fails: " + e.getMessage(), null, "See the log.", e);
    } catch (LinkageError e) {
      throw new SlipstreamException(
          Category.UNAVAILABLE,
          "XGBoost's native library does not load here: " + e.getMessage(),
          null,
          "Install libgomp1 (Debian, Ubuntu) or libgomp (Fedora), or take boosted-trees.",
          e);
    }
  }

  /**
   * @param mean of the target, which XGBoost does not see
   */
  record Grown(XGBoostModel<Regressor> model, float mean) {}

  static Grown grow(TrainingData data, XGBoostParameters parameters, long seed, Progress progress) {
    float mean = (float) TargetScale.of(data, new Context("", seed, 1, progress)).mean();
    Examples examples = examples(data, mean, progress);
    progress.stage("XGBoost", 0, -1, ""); // it tells nothing before it ends, and cannot be stopped
    var trainer =
        new XGBoostRegressionTrainer(
            RegressionType.LINEAR, parameters.rounds(), map(parameters, seed));
    return new Grown(trainer.train(examples.dataset(), Map.of()), mean);
  }

  private static Map<String, Object> map(XGBoostParameters p, long seed) {
    Map<String, Object> map = new HashMap<>();
    map.put("booster", "gbtree");
    map.put("objective", RegressionType.LINEAR.paramName);
    map.put("base_score", 0);
    map.put("max_depth", p.depth());
    map.put("eta", p.learningRate());
    map.put("alpha", p.l1());
    map.put("lambda", p.l2());
    map.put("min_child_weight", p.minRowsPerLeaf());
    map.put("gamma", p.minGain());
    map.put("subsample", p.rowSampling());
    map.put("colsample_bytree", p.columnSampling());
    map.put("tree_method", p.method().name().toLowerCase(Locale.ROOT));
    map.put("max_bin", p.bins());
    map.put("seed", (int) seed & Integer.MAX_VALUE);
    map.put("nthread", 1);
    map.put("verbosity", 0);
    return map;
  }

  /** Missing values are left out; one feature more, which never varies, so that no row is empty. */
  private static Examples examples(TrainingData data, float mean, Progress progress) {
    FeatureMatrix features = data.features();
    int count = features.features();
    Examples examples = new Examples(count + 1);
    double[] column = new double[BLOCK];
    for (int from = 0; from < features.rows(); from += BLOCK) {
      int n = Math.min(BLOCK, features.rows() - from);
      double[][] rows = new double[n][count + 1];
      for (int f = 0; f < count; f++) {
        features.copy(f, from, from + n, column, 0);
        for (int i = 0; i < n; i++) {
          float value = (float) column[i];
          rows[i][f] = Float.isFinite(value) ? value : Double.NaN;
        }
      }
      for (int i = 0; i < n; i++) {
        rows[i][count] = 1;
        int row = from + i;
        examples.add(rows[i], data.target()[row] - mean, data.facts().weight(row), progress);
      }
    }
    return examples;
  }

  private static void add(TreeDraft draft, JsonNode node, int[] features) {
    if (node.has("leaf")) {
      draft.leaf(node.get("leaf").decimalValue().floatValue());
      return;
    }
    int feature = features[Integer.parseInt(node.get("split").asText().substring(1))];
    // XGBoost sends what is less than its threshold to the left.
    float threshold = Math.nextDown(node.get("split_condition").decimalValue().floatValue());
    int yes = node.get("yes").asInt();
    boolean missingLeft = node.get("missing").asInt() == yes;
    draft.split(feature, threshold, missingLeft, Math.max(0, node.get("gain").asDouble()));
    add(draft, child(node, yes), features);
    add(draft, child(node, node.get("no").asInt()), features);
  }

  private static JsonNode child(JsonNode node, int number) {
    for (JsonNode child : node.get("children")) {
      if (child.get("nodeid").asInt() == number) {
        return child;
      }
    }
    throw new IllegalStateException("its trees lack node " + number);
  }

  @Override
  public Model decode(byte[] bytes) {
    return BoostedTreesModel.decode(bytes, NAME);
  }
}
