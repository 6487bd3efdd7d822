package slipstream.ui.internal.services;

import io.grpc.Channel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import slipstream.services.LocalServices;

/**
 * Finds the channel to the services: an OSGi service {@code io.grpc.Channel} with the property {@code
 * slipstream.channel=local} when somebody offers one, else the services of the workspace in this process.
 */
final class LocalChannel implements Supplier<Channel>, AutoCloseable {
  private static final String FILTER = "(slipstream.channel=local)";

  private final BundleContext bundle;
  private final Path workspace;
  private LocalServices opened;
  private boolean closed;

  /**
   * @param bundle where services are looked up
   * @param workspace the workspace's folder
   */
  LocalChannel(BundleContext bundle, Path workspace) {
    this.bundle = bundle;
    this.workspace = workspace;
  }

  @Override
  public synchronized Channel get() {
    try {
      Collection<ServiceReference<Channel>> offered =
          bundle.getServiceReferences(Channel.class, FILTER);
      if (!offered.isEmpty()) {
        return bundle.getService(offered.iterator().next());
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    if (closed) {
      throw new IllegalStateException("the workbench is closing");
    }
    opened = LocalServices.open(workspace);
    return opened.channel();
  }

  /** Ends the services of this process; runs that go on are cancelled. */
  @Override
  public synchronized void close() {
    closed = true;
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }
}
