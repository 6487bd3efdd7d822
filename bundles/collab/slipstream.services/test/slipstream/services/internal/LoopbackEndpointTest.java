package slipstream.services.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.spi.PluginCatalog;
import slipstream.proto.v1.ExperimentsServiceGrpc;
import slipstream.proto.v1.GetExperimentRequest;
import slipstream.proto.v1.SaveExperimentRequest;

final class LoopbackEndpointTest {
  @TempDir private Path workspace;

  private Path endpoint() {
    return workspace.resolve(".slipstream/endpoint");
  }

  private Host publish() throws InterruptedException {
    Host host = Host.start(workspace, PluginCatalog::ofClassPath);
    host.publish();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.exists(endpoint()) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return host;
  }

  private static String save(Channel channel, String name) {
    return ExperimentsServiceGrpc.newBlockingStub(channel)
        .saveExperiment(SaveExperimentRequest.newBuilder().setName(name).setText("x: 1\n").build())
        .getName();
  }

  @Test
  void anotherProcessOfTheUserActsInTheOpenWorkspace() throws Exception {
    try (Host host = publish()) {
      try (Opened joined = Host.join(workspace).orElseThrow()) {
        assertEquals("one", save(joined.channel(), "one"));
      }
      String text =
          ExperimentsServiceGrpc.newBlockingStub(host.channel())
              .getExperiment(GetExperimentRequest.newBuilder().setName("one").build())
              .getText();
      assertEquals("x: 1\n", text);
    }
  }

  @Test
  void onlyTheUserCanReadTheToken() throws Exception {
    try (Host host = publish()) {
      assertEquals(workspace, host.workspace());
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(endpoint())));
    }
  }

  @Test
  void aWrongTokenIsRefused() throws Exception {
    try (Host host = publish()) {
      String told = Files.readString(endpoint());
      Files.writeString(endpoint(), told.replaceAll("token=.", "token=g"));
      try (Opened joined = Host.join(workspace).orElseThrow()) {
        StatusRuntimeException refused =
            assertThrows(StatusRuntimeException.class, () -> save(joined.channel(), "two"));
        assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
      }
      assertEquals(workspace, host.workspace());
    }
  }

  @Test
  void nobodyCanJoinWhatIsClosedOrDamaged() throws Exception {
    assertEquals(Optional.empty(), Host.join(workspace));
    try (Host host = publish()) {
      assertTrue(Files.exists(endpoint()), host.toString());
    }
    assertFalse(Files.exists(endpoint()));
    Files.writeString(endpoint(), "port=none\n");
    assertEquals(Optional.empty(), Host.join(workspace));
    Files.writeString(endpoint(), "port=1\ntoken=x\n");
    assertEquals(Optional.empty(), Host.join(workspace));
  }
}
