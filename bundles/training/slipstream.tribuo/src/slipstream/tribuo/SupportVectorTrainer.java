package slipstream.tribuo;

import java.util.OptionalLong;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import org.tribuo.Dataset;
import org.tribuo.common.libsvm.LibSVMModel;
import org.tribuo.common.libsvm.SVMParameters;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.libsvm.LibSVMRegressionTrainer;
import org.tribuo.regression.libsvm.SVMRegressionType;
import org.tribuo.regression.libsvm.SVMRegressionType.SVMMode;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Model;
import slipstream.core.spi.Trainer;

/**
 * Support vector regression (epsilon-SVR; Drucker et al. 1997) by Tribuo's LibSVM (Chang and Lin 2011), on standardised
 * features and target. A missing value stands at the training mean. One fit at a time: LibSVM's random numbers are the
 * process's.
 */
public final class SupportVectorTrainer implements Trainer<SupportVectorParameters> {
  static final String NAME = "tribuo-svm";

  private static final int CACHE_MEGABYTES = 100;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "Support vector regression by Tribuo's LibSVM: rbf, polynomial or linear kernel.";
  }

  @Override
  public Class<SupportVectorParameters> parameters() {
    return SupportVectorParameters.class;
  }

  /** Examples, a node object a value, and the cache of the kernel's values. */
  @Override
  public OptionalLong memory(SupportVectorParameters parameters, Size size) {
    int rows = Math.min(size.rows(), parameters.rows());
    var learned =
        new Size(rows, 0, size.features(), size.weighted(), size.clusters(), size.threads());
    return OptionalLong.of(
        Footprint.examples(learned)
            + rows * (100 + 40L * size.features())
            + ((long) CACHE_MEGABYTES << 20));
  }

  @Override
  public Model train(TrainingData data, SupportVectorParameters parameters, Context context) {
    Examples.refuseWeights(data, NAME);
    var standardisation = Standardisation.of(data, NAME, context);
    Progress progress = context.progress();
    int[] chosen = Thinning.rows(data.target().length, parameters.rows(), NAME, progress);
    var dataset = Examples.standardised(standardisation, data, chosen, progress);
    double gamma = parameters.gamma() > 0 ? parameters.gamma() : 1.0 / standardisation.size();
    progress.stage("Tribuo SVM", 0, -1, "");
    LibSVMModel<Regressor> fitted = fit(dataset, parameters, gamma, context);
    svm_model machine = fitted.getInnerModels().getFirst();
    int[] features = Examples.features(fitted.getFeatureIDMap());
    double[][] vectors = new double[machine.l][standardisation.size()];
    for (int i = 0; i < machine.l; i++) {
      for (svm_node node : machine.SV[i]) {
        vectors[i][features[node.index]] = node.value;
      }
    }
    return new SupportVectorModel(
        standardisation,
        parameters.kernel(),
        gamma,
        parameters.degree(),
        machine.rho[0],
        machine.sv_coef[0].clone(),
        vectors);
  }

  static LibSVMModel<Regressor> fit(
      Dataset<Regressor> dataset,
      SupportVectorParameters parameters,
      double gamma,
      Context context) {
    var settings =
        new SVMParameters<>(new SVMRegressionType(SVMMode.EPSILON_SVR), parameters.kernel().type());
    settings.getParameters().C = parameters.cost(); // Tribuo's setter warns that it is no C-SVC
    settings.getParameters().eps = parameters.tolerance();
    settings.setEpsilon(parameters.epsilon());
    settings.setGamma(gamma);
    settings.setDegree(parameters.degree());
    settings.setCoeff(1);
    settings.setCacheSize(CACHE_MEGABYTES);
    synchronized (SupportVectorTrainer.class) {
      // LibSVM has one place to say how far it is, every 1,000 iterations or so.
      svm.svm_set_print_string_function(text -> context.progress().checkCancelled());
      return new LibSVMRegressionTrainer(settings, false, context.seed()).train(dataset);
    }
  }

  @Override
  public Model decode(byte[] bytes) {
    return SupportVectorModel.decode(bytes);
  }
}
