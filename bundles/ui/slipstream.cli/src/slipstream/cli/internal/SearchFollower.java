package slipstream.cli.internal;

import io.grpc.Channel;
import java.io.PrintWriter;
import java.util.Iterator;
import slipstream.core.Text;
import slipstream.proto.v1.CancelSearchRequest;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchEvent;
import slipstream.proto.v1.SearchesServiceGrpc;
import slipstream.proto.v1.SearchesServiceGrpc.SearchesServiceBlockingStub;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.WatchSearchRequest;
import slipstream.services.StatusMapping;

/** Follows a search to its end; Ctrl-C cancels it, and it can be resumed. */
public final class SearchFollower {
  private final SearchesServiceBlockingStub searches;
  private final PrintWriter err;

  public SearchFollower(Channel channel, PrintWriter err) {
    this.searches = SearchesServiceGrpc.newBlockingStub(channel);
    this.err = err;
  }

  /**
   * @param search just started or resumed
   * @return the search, succeeded
   * @throws slipstream.core.SlipstreamException why it failed, or that it was cancelled
   */
  public Search follow(Search search) {
    String name = search.getName();
    Search last = search;
    ProgressLine line = new ProgressLine(err);
    try (Interrupts.Handler handler = Interrupts.onInterrupt(() -> cancel(name))) {
      Iterator<SearchEvent> events =
          searches.watchSearch(WatchSearchRequest.newBuilder().setName(name).build());
      while (events.hasNext()) {
        SearchEvent event = events.next();
        switch (event.getEventCase()) {
          case SEARCH -> {
            last = event.getSearch();
            if (last.getTrials() > 0 && !last.hasSummary()) {
              line.show(progress(last));
            }
          }
          case PROGRESS -> line.show(event.getProgress());
          case MESSAGE -> {
            if (event.getMessage().getSeverity() != Severity.SEVERITY_INFO) {
              line.message("  note: " + event.getMessage().getText());
            }
          }
          case TRIAL, EVENT_NOT_SET -> {}
        }
      }
    }
    line.clear();
    if (last.getState() != RunState.RUN_STATE_SUCCEEDED) {
      err.println(
          Text.format(
              "%,d finished %s of %s %s kept. Go on with: slipstream search --resume %s",
              last.getTrials(),
              last.getTrials() == 1 ? "trial" : "trials",
              name,
              last.getTrials() == 1 ? "is" : "are",
              name));
      err.flush();
      throw StatusMapping.toException(last.getProblem());
    }
    return last;
  }

  private void cancel(String name) {
    err.println();
    err.println("Cancelling …");
    err.flush();
    searches.cancelSearch(CancelSearchRequest.newBuilder().setName(name).build());
  }

  /** How far the search is. Off a terminal, a line is printed when the stage changes: when a trial is the best so far. */
  private static Progress progress(Search search) {
    Progress.Builder progress =
        Progress.newBuilder()
            .setDone(search.getConfigurations())
            .setTotal(search.getMaxConfigurations() == 0 ? -1 : search.getMaxConfigurations())
            .setSecondsLeft(-1);
    String failed =
        search.getFailedTrials() == 0 ? "" : Text.format(", %,d failed", search.getFailedTrials());
    String stage =
        search.hasBest()
            ? Text.format(
                "%s: best %s %s, trial %,d",
                search.getName(),
                search.getObjective().getTitle(),
                SearchTables.score(search, search.getBest().getScore()),
                search.getBest().getNumber())
            : search.getName() + ": no trial was scored yet";
    return progress.setStage(stage + failed).build();
  }
}
