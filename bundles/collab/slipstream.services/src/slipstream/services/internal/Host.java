package slipstream.services.internal;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import slipstream.core.spi.PluginCatalog;
import slipstream.store.WorkspaceStore;

/** One workspace's store, runs and services, behind an in-process gRPC server. */
public final class Host implements Opened {
  private static final Logger LOG = LoggerFactory.getLogger(Host.class);
  private static final long DRAIN_SECONDS = 5;

  private final WorkspaceStore store;
  private final OpenTables tables;
  private final RunManager runs;
  private final SearchManager searches;
  private final ExplanationsServiceImpl explanations;
  private final ExecutorService executor;
  private final List<ServerServiceDefinition> services;
  private final Server server;
  private final ManagedChannel channel;
  private final AutoCloseable registration;
  private Future<LoopbackEndpoint> endpoint;

  private Host(WorkspaceStore store, Supplier<PluginCatalog> plugins, Pipeline pipeline) {
    this.store = store;
    Context context = new Context(store, plugins, pipeline);
    this.tables = new OpenTables(store);
    this.runs = new RunManager(context);
    this.searches = new SearchManager(context, runs);
    this.explanations = new ExplanationsServiceImpl(context);
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    this.services =
        Stream.of(
                new SystemServiceImpl(context),
                new DatasetsServiceImpl(context, tables),
                new FeaturesServiceImpl(context, tables),
                new GeneratorServiceImpl(context),
                new CacheServiceImpl(context),
                new ExperimentsServiceImpl(context),
                new RunsServiceImpl(context, runs),
                new SearchesServiceImpl(context, searches),
                new ModelsServiceImpl(context),
                new PredictionsServiceImpl(context),
                explanations)
            .map(BindableService::bindService)
            .toList();
    String name = "slipstream-" + UUID.randomUUID();
    try {
      InProcessServerBuilder builder = InProcessServerBuilder.forName(name).executor(executor);
      services.forEach(builder::addService);
      this.server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.channel = InProcessChannelBuilder.forName(name).executor(executor).build();
    this.registration = Activator.register(channel, store.workspace());
  }

  /** Opens the workspace and starts its services. */
  public static Host start(Path workspace, Supplier<PluginCatalog> plugins) {
    return start(workspace, plugins, new StandardPipeline());
  }

  static Host start(Path workspace, Supplier<PluginCatalog> plugins, Pipeline pipeline) {
    WorkspaceStore store = WorkspaceStore.open(workspace);
    try {
      return new Host(store, plugins, pipeline);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** Lets commands of the same user join in while this process has the workspace open. Returns at once. */
  public synchronized void publish() {
    if (endpoint == null) {
      endpoint =
          executor.submit(() -> LoopbackEndpoint.publish(store.workspace(), services, executor));
    }
  }

  /** The services of whoever has published them for this workspace, if anybody has. */
  public static Optional<Opened> join(Path workspace) {
    return LoopbackEndpoint.connect(workspace).map(channel -> new Joined(workspace, channel));
  }

  private synchronized void unpublish() {
    if (endpoint != null) {
      try {
        endpoint.get().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        LOG.warn("commands could not join this workspace", e.getCause());
      }
    }
  }

  private record Joined(Path workspace, ManagedChannel channel) implements Opened {
    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public Path workspace() {
    return store.workspace();
  }

  /** Cancels what runs, waits for it, and closes the store. */
  @Override
  public void close() {
    unpublish();
    try {
      registration.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    searches.close();
    runs.close();
    channel.shutdown();
    server.shutdown();
    try {
      if (!server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
      }
      channel.shutdownNow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.shutdownNow();
      channel.shutdownNow();
    }
    executor.shutdown();
    try {
      if (!executor.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("calls were still under way when workspace {} was closed", store.workspace());
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      executor.shutdownNow();
    }
    explanations.close();
    tables.close();
    store.close();
  }
}
