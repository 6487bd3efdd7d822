package slipstream.serving.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

/** An HTTP server on the loopback address; knows bytes, limits and ports, and leaves meaning to its gateway. */
public final class HttpServer implements AutoCloseable {
  /** Larger bodies are refused with 413. */
  static final int MAX_BODY = 32 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int MAX_CONCURRENT = 256;
  private static final int MAX_HEADERS = 64 << 10;
  private static final long IDLE_MILLIS = 30_000;
  private static final long STOP_MILLIS = 5_000;

  /** Answers a request that was read whole. */
  public interface Gateway {
    void answer(HttpRequest request, Reply reply) throws Exception;
  }

  /** Takes one whole reply, or the pieces of a long one. */
  public interface Reply {
    void send(HttpReply reply) throws IOException;

    /** Begins a reply of unknown length. */
    Pieces begin(int status, String contentType) throws IOException;
  }

  /** Pieces of a reply; each is sent at once, waiting for a slow client. */
  public interface Pieces {
    /** Throws when the client has gone. */
    void write(byte[] bytes) throws IOException;
  }

  private final Server server;
  private final ServerConnector connector;

  private HttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts a server.
   *
   * @param port 0 for a free one
   */
  public static HttpServer start(Gateway gateway, int port) {
    if (port < 0 || port > 65_535) {
      throw SlipstreamException.invalid(
          port + " is not a port", "Give 1 to 65535, or 0 for a free one.");
    }
    QueuedThreadPool threads = new QueuedThreadPool(8, 2);
    threads.setName("slipstream-http");
    threads.setDaemon(true);
    // Selectors and acceptors on few platform threads, each request on a virtual one.
    VirtualThreadPool virtual = new VirtualThreadPool();
    virtual.setName("slipstream-http-request");
    threads.setVirtualThreadsExecutor(virtual);
    Server server = new Server(threads);
    server.addBean(virtual);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(MAX_HEADERS);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.setHandler(new GracefulHandler(new GatewayHandler(gateway)));
    server.setErrorHandler(new JsonErrors());
    server.setStopTimeout(STOP_MILLIS);
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      if (causes(e, BindException.class)) {
        throw new SlipstreamException(
            Category.CONFLICT,
            "port " + port + " is in use",
            null,
            "Choose another port, or 0 for a free one.",
            e);
      }
      throw new SlipstreamException(
          Category.UNAVAILABLE,
          "cannot listen on 127.0.0.1:" + port + ": " + e.getMessage(),
          null,
          "Choose another port.",
          e);
    }
    return new HttpServer(server, connector);
  }

  private static boolean causes(Throwable error, Class<? extends Throwable> kind) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (kind.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  @Override
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("The HTTP server did not stop in good order", e);
    }
  }

  private static final class GatewayHandler extends Handler.Abstract {
    private final Gateway gateway;
    private final Semaphore slots = new Semaphore(MAX_CONCURRENT);

    GatewayHandler(Gateway gateway) {
      this.gateway = gateway;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Out out = new Out(response);
      try {
        if (!slots.tryAcquire(1, TimeUnit.SECONDS)) {
          response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
          throw new HttpFailure(
              429,
              new SlipstreamException(
                  Category.RESOURCE_EXHAUSTED, "too many requests at once", "Try again soon."));
        }
        try {
          checkHost(request);
          gateway.answer(read(request), out);
        } finally {
          slots.release();
        }
      } catch (Throwable e) {
        if (out.began) {
          // Too late for a status: cutting the connection tells the client that the reply is not
          // whole.
          LOG.debug("A reply broke off", e);
          callback.failed(e);
          return true;
        }
        out.send(HttpFailure.reply(e));
      }
      out.end(callback);
      return true;
    }

    /** A page of another origin must not reach us by a name that it made resolve to this machine. */
    private static void checkHost(Request request) {
      String host = Request.getServerName(request);
      if (host != null
          && !host.equals("127.0.0.1")
          && !host.equalsIgnoreCase("localhost")
          && !host.equals("[::1]")) {
        throw new HttpFailure(
            421,
            SlipstreamException.invalid(
                "this server is not " + host, "Ask for 127.0.0.1 or localhost."));
      }
    }

    private static HttpRequest read(Request request) throws IOException {
      long length = request.getLength();
      if (length > MAX_BODY) {
        throw tooLarge();
      }
      byte[] body;
      try (InputStream in = Content.Source.asInputStream(request)) {
        body = in.readNBytes(MAX_BODY + 1);
      }
      if (body.length > MAX_BODY) {
        throw tooLarge();
      }
      return new HttpRequest(
          request.getMethod(),
          request.getHttpURI().getPath() == null ? "/" : request.getHttpURI().getPath(),
          request.getHttpURI().getQuery() == null ? "" : request.getHttpURI().getQuery(),
          body);
    }

    private static HttpFailure tooLarge() {
      return new HttpFailure(
          413,
          new SlipstreamException(
              Category.RESOURCE_EXHAUSTED,
              "the body is larger than " + (MAX_BODY >> 20) + " MiB",
              "Send fewer rows at a time, or predict a file."));
    }
  }

  private static final class Out implements Reply {
    private final Response response;
    private boolean began;
    private byte[] whole;

    Out(Response response) {
      this.response = response;
    }

    @Override
    public void send(HttpReply reply) {
      response.setStatus(reply.status());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      response.getHeaders().put("X-Content-Type-Options", "nosniff");
      reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
      whole = reply.body();
    }

    @Override
    public Pieces begin(int status, String contentType) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      began = true;
      return bytes -> {
        try (var blocker = org.eclipse.jetty.util.Blocker.callback()) {
          response.write(false, ByteBuffer.wrap(bytes), blocker);
          blocker.block();
        }
      };
    }

    void end(Callback callback) {
      response.write(true, whole == null ? null : ByteBuffer.wrap(whole), callback);
    }
  }

  /** What Jetty refuses by itself (a malformed request, say) is JSON too. */
  private static final class JsonErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      int status = response.getStatus();
      HttpReply reply =
          HttpFailure.reply(
              new HttpFailure(
                  status,
                  SlipstreamException.invalid(
                      "the request is not possible (HTTP " + status + ")", "")));
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
      response.write(true, ByteBuffer.wrap(reply.body()), callback);
      return true;
    }
  }

  /**
   * A request, read whole.
   *
   * @param path not decoded
   * @param query not decoded; empty when there is none
   */
  public record HttpRequest(String method, String path, String query, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** A whole reply. */
  public record HttpReply(
      int status, String contentType, byte[] body, java.util.Map<String, String> headers) {
    static HttpReply json(int status, String json) {
      return new HttpReply(
          status, "application/json", json.getBytes(StandardCharsets.UTF_8), java.util.Map.of());
    }
  }
}
