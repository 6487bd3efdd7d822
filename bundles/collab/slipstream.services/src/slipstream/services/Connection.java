package slipstream.services;

import io.grpc.Channel;
import java.nio.file.Path;

/** A way to the services of a workspace. Make stubs on its channel; close it when done. */
public interface Connection extends AutoCloseable {
  /** Thread-safe. Calls fail with UNAVAILABLE after {@link #close}. */
  Channel channel();

  /** The workspace's folder, absolute. */
  Path workspace();

  /** Ends this connection. Runs go on while another connection of this process to the workspace is open. */
  @Override
  void close();
}
