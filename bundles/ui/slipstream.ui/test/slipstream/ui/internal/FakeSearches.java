package slipstream.ui.internal;

import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import slipstream.proto.v1.CancelSearchRequest;
import slipstream.proto.v1.ListSearchesRequest;
import slipstream.proto.v1.ListSearchesResponse;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.ResumeSearchRequest;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchEvent;
import slipstream.proto.v1.SearchObjective;
import slipstream.proto.v1.SearchSummary;
import slipstream.proto.v1.SearchesServiceGrpc;
import slipstream.proto.v1.StartSearchRequest;
import slipstream.proto.v1.Trial;
import slipstream.proto.v1.TrialValue;
import slipstream.proto.v1.WatchSearchRequest;

/**
 * A search that has ended: trial i of {@link #count} has learning rate 10^(-4 i / count), the word even or odd, and the RMSE |i - count
 * / 2|; every tenth failed.
 */
public final class FakeSearches extends SearchesServiceGrpc.SearchesServiceImplBase {
  /** How many trials there are. */
  public volatile int count = 40;

  /** What is to go on. */
  public final List<ResumeSearchRequest> resumed = new CopyOnWriteArrayList<>();

  /** Names of searches that were to stop. */
  public final List<String> stopped = new CopyOnWriteArrayList<>();

  /** As which the search is reported. */
  public volatile RunState state = RunState.RUN_STATE_SUCCEEDED;

  /** The search as it is. */
  public Search search() {
    return Search.newBuilder()
        .setName("impact-search-1")
        .setExperiment("impact")
        .setState(state)
        .setMethod("random")
        .addKeys("models.trees.learning_rate")
        .addKeys("models.trees.growth")
        .setObjective(
            SearchObjective.newBuilder()
                .setMetric("rmse")
                .setTitle("RMSE")
                .setTarget("impact")
                .setUnit("bp"))
        .setMaxConfigurations(count)
        .setConfigurations(count)
        .setTrials(count)
        .setFailedTrials(count / 10)
        .setStartTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
        .setElapsedSeconds(75)
        .setBest(trial(count / 2))
        .setRun("impact-7")
        .setSummary(
            SearchSummary.newBuilder()
                .setOverfittingProbability(0.25)
                .setOverfittingBlocks(8)
                .setOverfittingTrials(count))
        .build();
  }

  private Trial trial(int i) {
    Trial.Builder trial =
        Trial.newBuilder()
            .setNumber(i)
            .setConfiguration(i)
            .setResource(1)
            .setBaseline(count)
            .setScore(Math.abs(i - count / 2.0))
            .addValues(
                TrialValue.newBuilder()
                    .setKey("models.trees.learning_rate")
                    .setValue(Value.newBuilder().setNumberValue(Math.pow(10, -4.0 * i / count))))
            .addValues(
                TrialValue.newBuilder()
                    .setKey("models.trees.growth")
                    .setValue(Value.newBuilder().setStringValue(i % 2 == 0 ? "even" : "odd")));
    if (i % 10 == 9) {
      trial.setScore(Double.NaN).setProblem(Problem.newBuilder().setMessage("it took too long"));
    }
    return trial.build();
  }

  @Override
  public void startSearch(StartSearchRequest request, StreamObserver<Search> observer) {
    reply(observer, search());
  }

  @Override
  public void listSearches(
      ListSearchesRequest request, StreamObserver<ListSearchesResponse> observer) {
    reply(observer, ListSearchesResponse.newBuilder().addSearches(search()).build());
  }

  @Override
  public void cancelSearch(CancelSearchRequest request, StreamObserver<Search> observer) {
    stopped.add(request.getName());
    reply(observer, search());
  }

  @Override
  public void resumeSearch(ResumeSearchRequest request, StreamObserver<Search> observer) {
    resumed.add(request);
    if ("0".equals(request.getOverridesMap().get("search.trials"))) {
      observer.onError(
          Status.INVALID_ARGUMENT.withDescription("the budget can only grow").asException());
      return;
    }
    reply(observer, search());
  }

  @Override
  public void watchSearch(WatchSearchRequest request, StreamObserver<SearchEvent> observer) {
    for (int i = 1; i <= count; i++) {
      observer.onNext(SearchEvent.newBuilder().setTrial(trial(i)).build());
    }
    reply(observer, SearchEvent.newBuilder().setSearch(search()).build());
  }

  private static <T> void reply(StreamObserver<T> observer, T value) {
    observer.onNext(value);
    observer.onCompleted();
  }
}
