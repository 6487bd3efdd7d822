package slipstream.services;

import io.grpc.Channel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.PluginCatalog;
import slipstream.services.internal.Activator;
import slipstream.services.internal.Host;
import slipstream.services.internal.Opened;

/**
 * The services of a workspace, in this process. Make stubs on {@link #channel}; close it when done.
 *
 * <p>A workspace belongs to one process; commands of the same user may join it there. Within the process it may be opened any number of times: all share one set of
 * services, which ends, runs included, when the last of them is closed. In OSGi the channel of an open workspace is also
 * a service of type {@link Channel} with the property {@code slipstream.workspace}.
 */
public final class LocalServices implements AutoCloseable {
  private static final Map<Path, Shared> OPEN = new HashMap<>();
  private static final int JOIN_TRIES = 5;
  private static final long JOIN_PAUSE_NANOS = 200_000_000;

  private static final class Shared {
    private final Opened opened;
    private int users;

    private Shared(Opened opened) {
      this.opened = opened;
    }
  }

  private final Path key;
  private final Opened opened;
  private boolean closed;

  private LocalServices(Path key, Opened opened) {
    this.key = key;
    this.opened = opened;
  }

  /**
   * Opens a workspace, creating it when the folder is new, with the plug-ins of the OSGi framework or else of the class
   * path.
   *
   * @throws SlipstreamException CONFLICT when another process holds the workspace, saying who; CORRUPT when its store is
   *     damaged or of a newer Slipstream
   */
  public static LocalServices open(Path workspace) {
    return open(workspace, Activator.plugins());
  }

  /**
   * Opens a workspace with these plug-ins; those of the first opening count.
   *
   * @param plugins asked at each use, so that plug-ins may come and go
   */
  public static LocalServices open(Path workspace, Supplier<PluginCatalog> plugins) {
    return open(workspace, key -> host(key, plugins));
  }

  /**
   * For a command: opens the workspace, where no other can join, or else joins the process that has it open and lets
   * others join, as the workbench does.
   *
   * @throws SlipstreamException as {@link #open(Path)}, when the process that has it open lets nobody join
   */
  public static LocalServices openOrJoin(Path workspace) {
    return open(
        workspace,
        key -> {
          try {
            return Host.start(key, Activator.plugins());
          } catch (SlipstreamException e) {
            if (e.category() == SlipstreamException.Category.CONFLICT) {
              return join(key).orElseThrow(() -> e);
            }
            throw e;
          }
        });
  }

  /** The lock proves that the holder lives; it may only be about to say where it listens. */
  private static Optional<Opened> join(Path workspace) {
    Optional<Opened> joined = Host.join(workspace);
    for (int i = 0; joined.isEmpty() && i < JOIN_TRIES; i++) {
      LockSupport.parkNanos(JOIN_PAUSE_NANOS);
      joined = Host.join(workspace);
    }
    return joined;
  }

  private static Opened host(Path workspace, Supplier<PluginCatalog> plugins) {
    Host host = Host.start(workspace, plugins);
    host.publish();
    return host;
  }

  private static LocalServices open(Path workspace, Function<Path, Opened> how) {
    Path key = workspace.toAbsolutePath().normalize();
    synchronized (OPEN) {
      Shared shared = OPEN.get(key);
      if (shared == null) {
        shared = new Shared(how.apply(key));
        OPEN.put(key, shared);
      }
      shared.users++;
      return new LocalServices(key, shared.opened);
    }
  }

  /** Thread-safe. Calls fail with UNAVAILABLE once the services have ended. */
  public Channel channel() {
    return opened.channel();
  }

  /** The workspace's folder, absolute. */
  public Path workspace() {
    return opened.workspace();
  }

  /** Gives the workspace back. The last user's close cancels the runs that go on, and waits for them to end. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (closed) {
        return;
      }
      closed = true;
      Shared shared = OPEN.get(key);
      if (--shared.users > 0) {
        return;
      }
      OPEN.remove(key);
      opened.close();
    }
  }
}
