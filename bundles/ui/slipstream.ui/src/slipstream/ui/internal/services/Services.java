package slipstream.ui.internal.services;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import slipstream.proto.v1.DatasetsServiceGrpc;
import slipstream.proto.v1.DatasetsServiceGrpc.DatasetsServiceBlockingStub;
import slipstream.proto.v1.ExperimentsServiceGrpc;
import slipstream.proto.v1.ExperimentsServiceGrpc.ExperimentsServiceBlockingStub;
import slipstream.proto.v1.ExplanationsServiceGrpc;
import slipstream.proto.v1.ExplanationsServiceGrpc.ExplanationsServiceBlockingStub;
import slipstream.proto.v1.FeaturesServiceGrpc;
import slipstream.proto.v1.FeaturesServiceGrpc.FeaturesServiceBlockingStub;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.ModelsServiceGrpc.ModelsServiceBlockingStub;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.RunsServiceGrpc.RunsServiceBlockingStub;
import slipstream.proto.v1.SearchesServiceGrpc;
import slipstream.proto.v1.SearchesServiceGrpc.SearchesServiceBlockingStub;
import slipstream.proto.v1.SystemServiceGrpc;
import slipstream.proto.v1.SystemServiceGrpc.SystemServiceBlockingStub;

/**
 * The workbench's only way to act: blocking stubs, for use in background tasks. The first call waits until the channel
 * is there. A call on the UI thread is a defect: it is refused and counted.
 */
public final class Services {
  private final Supplier<Channel> source;
  private final BooleanSupplier onUiThread;
  private final AtomicLong callsOnUiThread = new AtomicLong();
  private volatile Channel channel;

  /**
   * @param source gives the channel; called once, may take its time
   * @param onUiThread whether the current thread is the UI thread
   */
  public Services(Supplier<Channel> source, BooleanSupplier onUiThread) {
    this.source = source;
    this.onUiThread = onUiThread;
  }

  public ExperimentsServiceBlockingStub experiments() {
    return ExperimentsServiceGrpc.newBlockingStub(channel());
  }

  public RunsServiceBlockingStub runs() {
    return RunsServiceGrpc.newBlockingStub(channel());
  }

  public DatasetsServiceBlockingStub datasets() {
    return DatasetsServiceGrpc.newBlockingStub(channel());
  }

  public FeaturesServiceBlockingStub features() {
    return FeaturesServiceGrpc.newBlockingStub(channel());
  }

  public ModelsServiceBlockingStub models() {
    return ModelsServiceGrpc.newBlockingStub(channel());
  }

  public SearchesServiceBlockingStub searches() {
    return SearchesServiceGrpc.newBlockingStub(channel());
  }

  public ExplanationsServiceBlockingStub explanations() {
    return ExplanationsServiceGrpc.newBlockingStub(channel());
  }

  public SystemServiceBlockingStub system() {
    return SystemServiceGrpc.newBlockingStub(channel());
  }

  /** The channel with the UI thread guarded. */
  public Channel channel() {
    refuseUiThread("opening the services");
    Channel open = channel;
    if (open == null) {
      synchronized (this) {
        if (channel == null) {
          channel = ClientInterceptors.intercept(source.get(), new UiThreadGuard(this));
        }
        open = channel;
      }
    }
    return open;
  }

  /** How often a service was called on the UI thread; anything but 0 is a defect. */
  public long callsOnUiThread() {
    return callsOnUiThread.get();
  }

  void refuseUiThread(String what) {
    if (onUiThread.getAsBoolean()) {
      callsOnUiThread.incrementAndGet();
      throw new IllegalStateException(what + " on the UI thread; use a BackgroundTask");
    }
  }
}
