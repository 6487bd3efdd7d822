package slipstream.tribuo;

import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import org.tribuo.math.Parameters;
import org.tribuo.math.StochasticGradientOptimiser;
import org.tribuo.math.la.Tensor;
import slipstream.core.progress.Progress;

/** An optimiser that tells how far it is, and stops where nobody waits any more. */
final class Watched implements StochasticGradientOptimiser {
  private static final int STEPS = 1024;

  private final StochasticGradientOptimiser optimiser;
  private final Progress progress;
  private final String stage;
  private final int rows;
  private final int epochs;
  private long steps;

  /**
   * @param rows one step each
   */
  Watched(
      StochasticGradientOptimiser optimiser,
      Progress progress,
      String stage,
      int rows,
      int epochs) {
    this.optimiser = optimiser;
    this.progress = progress;
    this.stage = stage;
    this.rows = rows;
    this.epochs = epochs;
  }

  @Override
  public void initialise(Parameters parameters) {
    optimiser.initialise(parameters);
  }

  @Override
  public Tensor[] step(Tensor[] updates, double weight) {
    if (steps++ % STEPS == 0) {
      progress.checkCancelled();
      progress.stage(stage, steps / rows, epochs, "epochs");
    }
    return optimiser.step(updates, weight);
  }

  @Override
  public void finalise() {
    optimiser.finalise();
  }

  @Override
  public void reset() {
    optimiser.reset();
  }

  @Override
  public Watched copy() {
    return new Watched(optimiser.copy(), progress, stage, rows, epochs);
  }

  @Override
  public ConfiguredObjectProvenance getProvenance() {
    return optimiser.getProvenance();
  }
}
