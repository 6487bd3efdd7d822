package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;

final class StatusMappingTest {
  @Test
  void everyCategoryTravelsBothWaysUnderACodeOfItsOwn() {
    Set<Status.Code> codes = new HashSet<>();
    for (Category category : Category.values()) {
      SlipstreamException error =
          new SlipstreamException(
              category, "what\u00e4", new Place("a b.yaml", 3, 4, "models.x"), "Do this.");
      StatusRuntimeException status = StatusMapping.toStatus(error);
      assertTrue(codes.add(status.getStatus().getCode()), category.name());
      SlipstreamException back = StatusMapping.toException(status);
      assertEquals(category, back.category());
      assertEquals(error.getMessage(), back.getMessage());
      assertEquals(error.place(), back.place());
      assertEquals(error.remedy(), back.remedy());
    }
  }

  @Test
  void whatIsNoUsersErrorIsHiddenBehindAnId() {
    SlipstreamException shown = StatusMapping.toUserError(new NullPointerException("secret"));
    assertEquals(Category.INTERNAL, shown.category());
    assertFalse(shown.getMessage().contains("secret"));
    assertTrue(shown.getMessage().matches(".*\\([0-9a-f]{8}\\).*"), shown.getMessage());
  }

  @Test
  void aFullDiskIsNamedHoweverDeepItLies() {
    Throwable deep =
        new IllegalStateException(
            new UncheckedIOException(new IOException("No space left on device")));
    assertEquals(Category.RESOURCE_EXHAUSTED, StatusMapping.toUserError(deep).category());
  }

  @Test
  void aStatusOfSomebodyElseKeepsItsMeaning() {
    SlipstreamException away =
        StatusMapping.toException(
            Status.UNAVAILABLE.withDescription("connection refused").asRuntimeException());
    assertEquals(Category.UNAVAILABLE, away.category());
    assertEquals("connection refused", away.problem());
    assertEquals(
        Category.UNAVAILABLE,
        StatusMapping.toException(Status.UNIMPLEMENTED.asRuntimeException()).category());
  }
}
