package slipstream.services.internal;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import slipstream.core.spi.PluginCatalog;
import slipstream.store.WorkspaceStore;

/** One workspace's store, runs and services, behind an in-process gRPC server. */
public final class Host implements AutoCloseable {
  private static final long DRAIN_SECONDS = 5;

  private final WorkspaceStore store;
  private final RunManager runs;
  private final ExecutorService executor;
  private final Server server;
  private final ManagedChannel channel;
  private final AutoCloseable registration;

  private Host(WorkspaceStore store, Supplier<PluginCatalog> plugins, Pipeline pipeline) {
    this.store = store;
    Context context = new Context(store, plugins, pipeline);
    this.runs = new RunManager(context);
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    String name = "slipstream-" + UUID.randomUUID();
    try {
      this.server =
          InProcessServerBuilder.forName(name)
              .executor(executor)
              .addService(new SystemServiceImpl(context))
              .addService(new DatasetsServiceImpl(context))
              .addService(new ExperimentsServiceImpl(context))
              .addService(new RunsServiceImpl(context, runs))
              .addService(new ModelsServiceImpl(context))
              .addService(new PredictionsServiceImpl(context))
              .build()
              .start();
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

  public Channel channel() {
    return channel;
  }

  public Path workspace() {
    return store.workspace();
  }

  /** Cancels what runs, waits for it, and closes the store. */
  @Override
  public void close() {
    try {
      registration.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
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
    executor.close();
    store.close();
  }
}
