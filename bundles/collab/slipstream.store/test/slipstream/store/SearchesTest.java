package slipstream.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.Hashing;

final class SearchesTest {
  private static final Instant NOW = Instant.parse("2026-03-29T01:30:00.123456789Z");

  @TempDir private Path workspace;

  private SearchRecord create(WorkspaceStore store, String experiment) {
    return store
        .searches()
        .create(experiment, "text", "f.slip.yaml", workspace, 2, new byte[] {1, 2}, NOW);
  }

  private static TrialRecord trial(int number, boolean scored) {
    return new TrialRecord(
        number, Hashing.sha256("trial " + number), scored, new byte[] {(byte) number});
  }

  @Test
  void aSearchRoundTripsWithItsTrials() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      SearchRecord search = create(store, "impact");
      assertEquals("impact-search-1", search.name());
      assertEquals("impact-search-2", create(store, "impact").name());
      assertEquals(RunState.QUEUED, search.state());
      assertEquals(workspace.toString(), search.dataDirectory());
      assertEquals("f.slip.yaml", search.file());
      assertNull(search.problem());
      store.searches().start(search.name(), NOW.plusNanos(1));
      Searches searches = store.searches();
      searches.addTrials(
          search.id(), List.of(trial(2, true), trial(1, false)), Duration.ofNanos(7), new byte[9]);
      searches.addTrials(search.id(), List.of(trial(3, true)), Duration.ofNanos(8), new byte[5]);
      List<TrialRecord> trials = searches.trials(search.id(), 0, 10);
      assertEquals(List.of(1, 2, 3), trials.stream().map(TrialRecord::number).toList());
      assertArrayEquals(new byte[] {2}, trials.get(1).trial());
      assertEquals(1, searches.trials(search.id(), 2, 10).size());
      assertEquals(2, searches.trials(search.id(), 0, 2).size());
      assertTrue(searches.scored(trial(2, true).key()).isPresent());
      assertEquals(
          Optional.empty(), searches.scored(trial(1, false).key()), "what failed answers nobody");
      SearchRecord now = searches.find(search.name()).orElseThrow();
      assertEquals(Duration.ofNanos(8), now.elapsed());
      assertEquals(5, now.snapshot().length);
      assertEquals(NOW.plusNanos(1), now.started());
      assertEquals("impact-3", searches.setRun(search.name(), new byte[3], "impact-3").run());
      assertEquals(
          List.of("impact-search-2"),
          searches.list("impact", 0, 1).rows().stream().map(SearchRecord::name).toList());
      assertEquals(1, searches.list("impact", searches.list("", 0, 1).last(), 9).rows().size());
    }
  }

  @Test
  void aTrialIsRecordedOnceAndAGroupWholeOrNotAtAll() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      SearchRecord search = create(store, "impact");
      store.searches().addTrials(search.id(), List.of(trial(1, true)), Duration.ZERO, new byte[1]);
      assertThrows(
          RuntimeException.class,
          () ->
              store
                  .searches()
                  .addTrials(
                      search.id(),
                      List.of(trial(2, true), trial(1, true)),
                      Duration.ofNanos(3),
                      new byte[2]));
      assertEquals(1, store.searches().trials(search.id(), 0, 10).size());
      assertEquals(Duration.ZERO, store.searches().find(search.name()).orElseThrow().elapsed());
    }
  }

  @Test
  void anEndIsFinalUnlessTheSearchIsResumed() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      Searches searches = store.searches();
      String name = create(store, "impact").name();
      assertEquals(Optional.empty(), searches.resume(name), "it has not ended");
      SlipstreamException problem =
          SlipstreamException.invalid("bad", new Place("a.slip.yaml", 3, 4, "search"), "mend it");
      SearchRecord failed = searches.end(name, RunState.FAILED, problem, NOW);
      assertEquals(problem.getMessage(), failed.problem().getMessage());
      assertEquals(RunState.FAILED, searches.end(name, RunState.SUCCEEDED, null, NOW).state());
      SearchRecord queued = searches.resume(name).orElseThrow();
      assertEquals(RunState.QUEUED, queued.state());
      assertNull(queued.problem());
      assertNull(queued.ended());
      searches.end(name, RunState.SUCCEEDED, null, NOW);
      assertEquals(Optional.empty(), searches.resume(name), "nothing is left to do");
    }
  }

  @Test
  void whatWasGoingOnIsInterruptedAtTheNextOpening() {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      store.searches().start(create(store, "impact").name(), NOW);
    }
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      SearchRecord search = store.searches().find("impact-search-1").orElseThrow();
      assertEquals(RunState.INTERRUPTED, search.state());
      assertEquals(Category.UNAVAILABLE, search.problem().category());
      assertTrue(store.searches().resume(search.name()).isPresent());
    }
  }
}
