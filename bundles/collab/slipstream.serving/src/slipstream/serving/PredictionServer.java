package slipstream.serving;

import io.grpc.Channel;
import java.net.URI;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.serving.internal.HttpServer;
import slipstream.serving.internal.ModelGateway;

/**
 * Answers prediction requests for chosen models over HTTP, on this machine only (127.0.0.1).
 *
 * <p>{@code POST /v1/models/NAME:predict}, {@code GET /predict?input=value&…}, {@code GET /v1/models}, {@code GET
 * /v1/models/NAME}, {@code GET /health}, {@code GET /openapi.json}. Nothing else of the workspace can be reached, and of
 * a model only what is needed to ask it: its inputs, target and unit, not its provenance, data or formulas.
 */
public final class PredictionServer implements AutoCloseable {
  private final ModelGateway gateway;
  private final HttpServer server;

  private PredictionServer(ModelGateway gateway, HttpServer server) {
    this.gateway = gateway;
    this.server = server;
  }

  /**
   * Starts serving; ready when this returns.
   *
   * @param channel to the services that hold the models; stays the caller's
   * @param models names in the workspace, or absolute paths of archives; an archive is served under its file's name
   *     without extension; the first is the one that {@code /predict} means when none is named
   * @param port 0 for a free one
   * @throws SlipstreamException CONFLICT when the port is in use, NOT_FOUND or CORRUPT when a model cannot be used
   */
  public static PredictionServer start(Channel channel, List<String> models, int port) {
    ModelGateway gateway = new ModelGateway(channel, models);
    return new PredictionServer(gateway, HttpServer.start(gateway, port));
  }

  /** The names that models are served under, in the order given. */
  public List<String> models() {
    return gateway.names();
  }

  /** Such as {@code http://127.0.0.1:8080}. */
  public URI uri() {
    return server.uri();
  }

  /** Stops: requests under way are answered, new ones refused. */
  @Override
  public void close() {
    server.close();
  }
}
