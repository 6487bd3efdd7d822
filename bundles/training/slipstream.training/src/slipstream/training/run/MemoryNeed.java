package slipstream.training.run;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.spi.Trainer.Size;
import slipstream.training.validation.CrossValidation;
import slipstream.training.validation.Fold;

/**
 * Says before anything is trained when memory is too small for it: what the run holds for each row, see
 * docs/architecture.md, and what each trainer says that it takes.
 */
final class MemoryNeed {
  /** Less than this is there, or nothing else works either. */
  private static final long SMALL = 32L << 20;

  private final CrossValidation split;
  private final int features;
  private final boolean weighted;
  private final int threads;

  MemoryNeed(CrossValidation split, int features, boolean weighted, int threads) {
    this.split = split;
    this.features = features;
    this.weighted = weighted;
    this.threads = threads;
  }

  /** The most bytes that training a model takes at once; empty where its trainer does not know. */
  OptionalLong of(ModelRecipe<?> recipe) {
    long scored = (long) split.scored().size() * split.paths();
    long baseline = 8 * scored;
    long most = 48 * scored; // targets, predictions, the baseline's, and what scores are made of
    int finalRows = split.finalRows().size();
    OptionalLong fit = fit(recipe, finalRows, 0);
    if (fit.isEmpty()) {
      return fit;
    }
    most = Math.max(most, baseline + fit.getAsLong());
    for (Fold fold : split.folds()) {
      long predictions = baseline + 8 * scored;
      most = Math.max(most, predictions + fit(recipe, fold.training().size(), 0).getAsLong());
      boolean judged = recipe.stopsEarlyBy().isPresent() || recipe.trainer().drawsLearningCurve();
      if (judged && fold.holdout().size() > 0) {
        int held = fold.holdout().size();
        most = Math.max(most, predictions + fit(recipe, fold.fit().size(), held).getAsLong());
      }
    }
    return OptionalLong.of(most);
  }

  private OptionalLong fit(ModelRecipe<?> recipe, int rows, int held) {
    OptionalLong bytes = recipe.memory(new Size(rows, held, features, weighted, threads));
    return bytes.isEmpty()
        ? bytes
        : OptionalLong.of(bytes.getAsLong() + (weighted ? 16L : 8L) * ((long) rows + held));
  }

  /**
   * @param free bytes that are left for training
   * @throws SlipstreamException RESOURCE_EXHAUSTED, naming the model that needs the most, when it needs more
   */
  void check(String target, List<ModelRecipe<?>> recipes, long free) {
    record Need(ModelRecipe<?> recipe, long bytes) {}
    Optional<Need> largest =
        recipes.stream()
            .flatMap(each -> of(each).stream().mapToObj(bytes -> new Need(each, bytes)))
            .max(Comparator.comparingLong(Need::bytes));
    if (largest.isPresent() && largest.get().bytes() > Math.max(free, SMALL)) {
      throw new SlipstreamException(
          Category.RESOURCE_EXHAUSTED,
          Text.format(
              "training %s on %s needs about %,d MB of memory, and %,d MB are left for it",
              largest.get().recipe().name(), target, largest.get().bytes() >> 20, free >> 20),
          Place.key(largest.get().recipe().key()),
          Text.format(
              "Give Java more (SLIPSTREAM_JAVA_OPTS=-Xmx%dm), or use fewer rows or features.",
              (Runtime.getRuntime().maxMemory() - free + largest.get().bytes() * 5 / 4 >> 20) + 1));
    }
  }

  /** Whether the need is so large, against all that there is, that it has to be looked at closely. */
  static boolean worthChecking(long rows) {
    return 64 * rows > Runtime.getRuntime().maxMemory() / 8;
  }
}
