package slipstream.cli.internal;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of every command that executes an experiment's file. */
public final class ExperimentOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a value of the file: --set models.trees.depth=6. Repeatable.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where relative data paths of the file start. Default: the file's own folder.")
  private Path data;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most this many threads; 0 for all cores. Does not change the result.")
  private int threads;

  public Map<String, String> overrides() {
    return overrides;
  }

  /** Where relative paths of this file start, as an absolute path. */
  public String dataDirectory(Path file) {
    Path base = data != null ? data : file.toAbsolutePath().getParent();
    return base.toAbsolutePath().normalize().toString();
  }

  public int threads() {
    return threads;
  }
}
