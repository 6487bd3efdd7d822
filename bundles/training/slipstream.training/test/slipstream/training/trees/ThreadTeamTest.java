package slipstream.training.trees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadTeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void eachPieceOfEachRegionIsDoneOnceBeforeTheRegionEnds(int threads) {
    int[] pieces = new int[17];
    try (ThreadTeam team = new ThreadTeam(threads)) {
      for (int region = 1; region <= 3000; region++) {
        AtomicInteger next = new AtomicInteger();
        team.run(
            w -> {
              for (int k = next.getAndIncrement(); k < pieces.length; k = next.getAndIncrement()) {
                pieces[k]++;
              }
            });
        for (int piece : pieces) {
          assertEquals(region, piece);
        }
      }
    }
  }

  @Test
  void aFailureEndsItsRegionAlone() {
    try (ThreadTeam team = new ThreadTeam(3)) {
      for (int k = 0; k < 200; k++) {
        assertThrows(
            IllegalStateException.class,
            () ->
                team.run(
                    w -> {
                      throw new IllegalStateException("worker " + w);
                    }));
        team.run(w -> {});
      }
    }
  }
}
