package slipstream.services.internal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.Text;
import slipstream.core.store.AtomicFiles;

/**
 * The services of an open workspace on a loopback port, for commands of the same user that start while the workbench has the
 * workspace open.
 *
 * <p>Port and token are in {@code .slipstream/endpoint}, which only the user can read. A call without the token is refused.
 */
final class LoopbackEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackEndpoint.class);
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final int TOKEN_BYTES = 32;
  private static final int MAX_MESSAGE = 64 << 20;
  private static final long CONNECT_SECONDS = 3;

  private final Path file;
  private final Server server;

  private LoopbackEndpoint(Path file, Server server) {
    this.file = file;
    this.server = server;
  }

  /** Listens, and says where in the workspace. */
  static LoopbackEndpoint publish(
      Path workspace, List<ServerServiceDefinition> services, Executor executor)
      throws IOException {
    byte[] secret = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(executor)
            .maxInboundMessageSize(MAX_MESSAGE)
            .intercept(new Guard(token));
    services.forEach(builder::addService);
    Server server = builder.build().start();
    Path file = file(workspace);
    AtomicFiles.write(
        file,
        Text.format("port=%d\ntoken=%s\n", server.getPort(), token)
            .getBytes(StandardCharsets.UTF_8),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new LoopbackEndpoint(file, server);
  }

  /** A connection to whoever has the workspace open and listens, if anybody does. */
  static Optional<ManagedChannel> connect(Path workspace) {
    Properties where = new Properties();
    Path file = file(workspace);
    try {
      where.load(new StringReader(Files.readString(file)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
    int port;
    try {
      port = Integer.parseInt(where.getProperty("port", ""));
    } catch (NumberFormatException e) {
      LOG.warn("{} holds no port", file);
      return Optional.empty();
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .usePlaintext()
            .maxInboundMessageSize(MAX_MESSAGE)
            .intercept(new Bearer(where.getProperty("token", "")))
            .build();
    if (ready(channel)) {
      return Optional.of(channel);
    }
    channel.shutdownNow();
    return Optional.empty();
  }

  private static boolean ready(ManagedChannel channel) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONNECT_SECONDS);
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      long left = end - System.nanoTime();
      if (left <= 0 || state == ConnectivityState.TRANSIENT_FAILURE) {
        return false;
      }
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      try {
        if (!changed.await(left, TimeUnit.NANOSECONDS)) {
          return false;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      state = channel.getState(true);
    }
    return true;
  }

  private static Path file(Path workspace) {
    return workspace.resolve(".slipstream").resolve("endpoint");
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot remove {}", file, e);
    }
    server.shutdownNow();
  }

  private static String bearer(String token) {
    return "Bearer " + token;
  }

  private record Guard(String token) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      String given = headers.get(TOKEN);
      if (given == null
          || !MessageDigest.isEqual(
              given.getBytes(StandardCharsets.UTF_8),
              bearer(token).getBytes(StandardCharsets.UTF_8))) {
        call.close(
            Status.UNAUTHENTICATED.withDescription("the token is missing or wrong"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private record Bearer(String token) implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          headers.put(TOKEN, bearer(token));
          super.start(listener, headers);
        }
      };
    }
  }
}
