package slipstream.cli.internal;

import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.model.ModelArchive;
import slipstream.core.store.AtomicFiles;
import slipstream.services.LocalServices;

/**
 * The services that a command acts through.
 *
 * <p>A command that needs nothing of the user's workspace (it is about the product, or about model archives) must work while that is
 * locked or damaged, and must not create one: it gets an empty workspace that goes when it ends.
 */
public final class Services implements AutoCloseable {
  private final LocalServices services;
  private final Path temporary;

  private Services(LocalServices services, Path temporary) {
    this.services = services;
    this.temporary = temporary;
  }

  /** The services of the user's workspace. */
  public static Services of(WorkspaceOptions workspace) {
    return new Services(LocalServices.openOrJoin(workspace.folder()), null);
  }

  /**
   * The services for these models: of the user's workspace when one of them is a name in it.
   *
   * @param models as {@link ModelNames#resolve} gives them
   */
  public static Services forModels(WorkspaceOptions workspace, List<String> models) {
    boolean archives = models.stream().allMatch(each -> each.endsWith(ModelArchive.EXTENSION));
    return archives ? temporary() : of(workspace);
  }

  /** Services over an empty workspace that is removed at the end. */
  public static Services temporary() {
    Path folder;
    try {
      folder = Files.createTempDirectory("slipstream-");
    } catch (IOException e) {
      throw AtomicFiles.explain(
          "create a temporary folder", Path.of(System.getProperty("java.io.tmpdir")), e);
    }
    try {
      return new Services(LocalServices.openOrJoin(folder), folder);
    } catch (SlipstreamException e) {
      remove(folder);
      throw e;
    }
  }

  public Channel channel() {
    return services.channel();
  }

  @Override
  public void close() {
    services.close();
    if (temporary != null) {
      remove(temporary);
    }
  }

  private static void remove(Path folder) {
    try {
      AtomicFiles.deleteRecursively(folder);
    } catch (IOException e) {
      throw AtomicFiles.explain("remove", folder, e);
    }
  }
}
