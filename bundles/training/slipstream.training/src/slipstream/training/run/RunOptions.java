package slipstream.training.run;

import java.nio.file.Path;

/**
 * What a run needs beside the experiment.
 *
 * @param dataDirectory relative data paths start here
 * @param outputDirectory the folder that the results become; must not exist
 * @param threads upper bound, at least 1; changes nothing but the time
 * @param codeVersion version of Slipstream, for the provenance
 * @param search whose best configuration this is, for the provenance; empty for none
 */
public record RunOptions(
    Path dataDirectory, Path outputDirectory, int threads, String codeVersion, String search) {
  public RunOptions {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
  }

  /** A run that no search asked for. */
  public RunOptions(Path dataDirectory, Path outputDirectory, int threads, String codeVersion) {
    this(dataDirectory, outputDirectory, threads, codeVersion, "");
  }
}
