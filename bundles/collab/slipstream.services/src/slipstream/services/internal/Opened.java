package slipstream.services.internal;

import io.grpc.Channel;
import java.nio.file.Path;

/** The services of a workspace: held by this process, or by another that was joined. */
public interface Opened extends AutoCloseable {
  Channel channel();

  Path workspace();

  @Override
  void close();
}
