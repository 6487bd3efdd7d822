package slipstream.training.run;

import java.nio.file.Path;
import java.util.Map;
import slipstream.core.progress.Progress;

/** A run whose process dies, as by kill -9, when a stage starts for the n-th time. */
final class HaltingRun {
  static final int DEAD = 137;

  private HaltingRun() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    String stage = arguments[1];
    Progress halting =
        new Progress() {
          @Override
          public void stage(String name, long done, long total, String unit) {
            if (name.startsWith(stage)) {
              Runtime.getRuntime().halt(DEAD);
            }
          }
        };
    Runs.run(folder, "out", Runs.experiment(Map.of("export", "[plain]")), 1, halting);
  }
}
