package slipstream.ui.internal.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import slipstream.proto.v1.ListExamplesRequest;
import slipstream.proto.v1.Problem;
import slipstream.ui.internal.FakeServices;

/** Calls on the UI thread are refused; failures become sentences. */
final class ServicesTest {
  @Test
  void aCallOnTheUiThreadIsRefusedAndCounted() throws Exception {
    try (FakeServices fake = new FakeServices(0)) {
      boolean[] ui = {false};
      Services services = new Services(fake::channel, () -> ui[0]);
      var stub = services.experiments();
      ui[0] = true;
      assertThrows(
          IllegalStateException.class,
          () -> stub.listExamples(ListExamplesRequest.getDefaultInstance()));
      assertThrows(IllegalStateException.class, services::experiments);
      assertEquals(2, services.callsOnUiThread());
    }
  }

  @Test
  void aProblemNamesItsPlaceAndRemedy() {
    Problem problem =
        Problem.newBuilder()
            .setFile("small.slip.yaml")
            .setLine(18)
            .setKey("models.trees.depth")
            .setMessage("depth is -3")
            .setRemedy("It must be from 1 to 16.")
            .build();
    assertEquals(
        "small.slip.yaml:18 models.trees.depth: depth is -3. It must be from 1 to 16.",
        Failures.line(problem));
  }
}
