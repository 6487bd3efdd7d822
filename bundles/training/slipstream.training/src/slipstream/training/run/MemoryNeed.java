package slipstream.training.run;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.Text;
import slipstream.core.experiment.Validation;
import slipstream.core.experiment.Validation.Scheme;
import slipstream.core.experiment.Validation.Window;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Trainer.Size;
import slipstream.training.evaluation.Report.Warning;
import slipstream.training.validation.CrossValidation;
import slipstream.training.validation.Fold;

/**
 * Says before anything is trained when memory is too small for it: what the run holds for each row, see
 * docs/architecture.md, and what each trainer says that it takes.
 */
final class MemoryNeed {
  /** Less than this is there, or nothing else works either. */
  private static final long SMALL = 32L << 20;

  private final List<ModelRecipe<?>> recipes;
  private final Fits fits;
  private final int features;
  private final boolean weighted;
  private final int clusters;
  private final int threads;

  /**
   * @param clusters of rows; 0 where there are none
   */
  MemoryNeed(
      List<ModelRecipe<?>> recipes,
      Fits fits,
      int features,
      boolean weighted,
      int clusters,
      int threads) {
    this.recipes = recipes;
    this.fits = fits;
    this.features = features;
    this.weighted = weighted;
    this.clusters = clusters;
    this.threads = threads;
  }

  /**
   * What is fitted and scored.
   *
   * @param finalRows that the model to be kept is fitted on
   * @param scored predictions of a model, over all folds
   * @param folds whose fits are looked at too
   */
  record Fits(int finalRows, long scored, List<Fold> folds) {
    static Fits of(CrossValidation split) {
      return new Fits(
          split.finalRows().size(), (long) split.scored().size() * split.paths(), split.folds());
    }

    /** Before rows are split: of the model to be kept, where the target is known in all of so many rows. */
    static Fits of(long rows, Validation validation) {
      boolean walks = validation.scheme() == Scheme.WALK_FORWARD;
      long block = rows / (validation.folds() + (walks ? 1 : 0));
      boolean rolling = walks && validation.window() == Window.ROLLING;
      return new Fits(
          Math.toIntExact(rolling ? block : rows), walks ? rows - block : rows, List.of());
    }
  }

  /** The most bytes that training a model takes at once; empty where its trainer does not know. */
  OptionalLong of(ModelRecipe<?> recipe) {
    long scored = fits.scored;
    long baseline = 8 * scored;
    long most = 48 * scored; // targets, predictions, the baseline's, and what scores are made of
    OptionalLong fit = fit(recipe, fits.finalRows, 0);
    if (fit.isEmpty()) {
      return fit;
    }
    most = Math.max(most, baseline + fit.getAsLong());
    for (Fold fold : fits.folds) {
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
    OptionalLong bytes = recipe.memory(new Size(rows, held, features, weighted, clusters, threads));
    if (bytes.isEmpty()) {
      return bytes;
    }
    // Members are fitted one after another while what they predicted so far is held.
    long members = 0;
    for (ModelRecipe<?> each : recipes) {
      if (recipe.members().contains(each.name())) {
        OptionalLong member = fit(each, rows, held);
        if (member.isEmpty()) {
          return member;
        }
        members = Math.max(members, member.getAsLong());
      }
    }
    return OptionalLong.of(
        bytes.getAsLong() + members + (weighted ? 16L : 8L) * ((long) rows + held));
  }

  private record Need(ModelRecipe<?> recipe, long bytes, long rows) {
    /** In words: what needs how much, and how much there is. */
    String words(String target, long free) {
      return Text.format(
          "training %s on %s needs about %,d MB of memory, and %,d MB are left for it",
          recipe.name(), target, bytes >> 20, free >> 20);
    }

    String remedy(long free) {
      return Text.format(
          "Give Java more (SLIPSTREAM_JAVA_OPTS=-Xmx%dm), or use fewer rows (about %,d of %,d fit) or features.",
          (Runtime.getRuntime().maxMemory() - free + bytes * 5 / 4 >> 20) + 1,
          (long) ((double) rows * Math.max(free, 0) / bytes),
          rows);
    }
  }

  /** What needs the most, when that is more than there is. */
  private Optional<Need> tooLarge(long free) {
    return recipes.stream()
        .flatMap(each -> of(each).stream().mapToObj(bytes -> new Need(each, bytes, fits.finalRows)))
        .max(Comparator.comparingLong(Need::bytes))
        .filter(need -> need.bytes() > Math.max(free, SMALL));
  }

  /** A warning for {@link #check} to come, while it is not known how many rows can be trained on. */
  Optional<Warning> warning(String target, long free) {
    return tooLarge(free)
        .map(
            need ->
                new Warning(
                    Severity.WARNING,
                    need.words(target, free) + ", if " + target + " is known in all rows",
                    need.remedy(free),
                    need.recipe().key()));
  }

  /**
   * @param free bytes that are left for training
   * @throws SlipstreamException RESOURCE_EXHAUSTED, naming the model that needs the most, when it needs more
   */
  void check(String target, long free) {
    tooLarge(free)
        .ifPresent(
            need -> {
              throw new SlipstreamException(
                  Category.RESOURCE_EXHAUSTED,
                  need.words(target, free),
                  Place.key(need.recipe().key()),
                  need.remedy(free));
            });
  }

  /**
   * Whether the need may be so large, against all that there is, that it has to be looked at closely: trainers that hold rows as
   * objects take about a KiB each.
   */
  static boolean worthChecking(long rows) {
    return 1024 * rows > Runtime.getRuntime().maxMemory() / 8;
  }
}
