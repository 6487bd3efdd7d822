package slipstream.services;

import java.nio.file.Path;
import slipstream.core.SlipstreamException;
import slipstream.services.internal.SharedWorkspaces;

/**
 * Opens workspaces. An OSGi service of this bundle; outside OSGi, {@link #ofClassPath} makes one.
 *
 * <p>All connections of a process to one workspace share one set of services, which ends with the last of them.
 */
public interface Workspaces {
  /**
   * Opens a workspace, creating it when the folder is new.
   *
   * @throws SlipstreamException CONFLICT when another process holds the workspace; CORRUPT when its store is damaged or
   *     of a newer Slipstream
   */
  Connection open(Path workspace);

  /** With the plug-ins on the class path. */
  static Workspaces ofClassPath() {
    return SharedWorkspaces.ofClassPath();
  }

  /** The OSGi service when there is one, else {@link #ofClassPath}: the same object at each call. */
  static Workspaces get() {
    return SharedWorkspaces.get();
  }
}
