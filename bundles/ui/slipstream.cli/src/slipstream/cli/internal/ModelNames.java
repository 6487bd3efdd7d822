package slipstream.cli.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import slipstream.core.model.ModelArchive;

/** What a user may call a model: the path of an archive, or a name in the workspace. */
public final class ModelNames {
  private ModelNames() {}

  /** The model as the services take it: an absolute path, or a name. */
  public static String resolve(String model) {
    Path path = Path.of(model);
    return model.endsWith(ModelArchive.EXTENSION) || Files.isRegularFile(path)
        ? path.toAbsolutePath().normalize().toString()
        : model;
  }
}
