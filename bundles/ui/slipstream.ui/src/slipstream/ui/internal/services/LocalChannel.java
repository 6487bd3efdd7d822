package slipstream.ui.internal.services;

import io.grpc.Channel;
import io.grpc.Status;
import java.util.Collection;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Finds the channel to the services: an OSGi service {@code io.grpc.Channel} with the property {@code
 * slipstream.channel=local} when somebody offers one, else the services of the workspace in this process.
 */
final class LocalChannel implements Supplier<Channel> {
  private static final String FILTER = "(slipstream.channel=local)";

  private final BundleContext bundle;

  LocalChannel(BundleContext bundle) {
    this.bundle = bundle;
  }

  @Override
  public Channel get() {
    try {
      Collection<ServiceReference<Channel>> offered =
          bundle.getServiceReferences(Channel.class, FILTER);
      if (!offered.isEmpty()) {
        return bundle.getService(offered.iterator().next());
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    throw Status.UNAVAILABLE.withDescription("No services are running").asRuntimeException();
  }
}
