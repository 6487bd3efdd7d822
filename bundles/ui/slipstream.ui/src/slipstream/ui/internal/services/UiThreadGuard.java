package slipstream.ui.internal.services;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/** Refuses calls from the UI thread: a slow service must never freeze the window. */
final class UiThreadGuard implements ClientInterceptor {
  private final Services services;

  UiThreadGuard(Services services) {
    this.services = services;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    services.refuseUiThread(method.getFullMethodName());
    return next.newCall(method, options);
  }
}
