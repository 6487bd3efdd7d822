package slipstream.cli.internal;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command that works in a workspace. */
public final class WorkspaceOptions {
  /** Overrides the default workspace, for the command line and the workbench alike. */
  public static final String VARIABLE = "SLIPSTREAM_WORKSPACE";

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      description =
          "Folder of experiments, runs and models. Default: $SLIPSTREAM_WORKSPACE, else ~/slipstream-workspace.")
  private Path workspace;

  /** The workspace's folder, which may not exist yet. */
  public Path folder() {
    Path folder =
        Optional.ofNullable(workspace)
            .or(
                () ->
                    Optional.ofNullable(System.getenv(VARIABLE))
                        .filter(v -> !v.isBlank())
                        .map(Path::of))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), "slipstream-workspace"));
    return folder.toAbsolutePath().normalize();
  }

  /** True unless another folder was named on the command line. */
  public boolean isDefault() {
    return workspace == null;
  }
}
