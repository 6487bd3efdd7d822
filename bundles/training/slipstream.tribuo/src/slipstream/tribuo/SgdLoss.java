package slipstream.tribuo;

import org.tribuo.regression.sgd.RegressionObjective;
import org.tribuo.regression.sgd.objectives.AbsoluteLoss;
import org.tribuo.regression.sgd.objectives.Huber;
import org.tribuo.regression.sgd.objectives.SquaredLoss;

/** What stochastic gradient descent makes small. */
public enum SgdLoss {
  /** The mean of squares. */
  SQUARED,
  /** The mean of absolute errors. */
  ABSOLUTE,
  /** Squares up to one standard deviation of the target, absolute errors beyond. */
  HUBER;

  RegressionObjective objective() {
    return switch (this) {
      case SQUARED -> new SquaredLoss();
      case ABSOLUTE -> new AbsoluteLoss();
      case HUBER -> new Huber(1);
    };
  }
}
