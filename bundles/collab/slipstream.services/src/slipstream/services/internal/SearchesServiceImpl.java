package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.PluginCatalog;
import slipstream.proto.v1.CancelSearchRequest;
import slipstream.proto.v1.GetSearchRequest;
import slipstream.proto.v1.ListSearchesRequest;
import slipstream.proto.v1.ListSearchesResponse;
import slipstream.proto.v1.ListTrialsRequest;
import slipstream.proto.v1.ListTrialsResponse;
import slipstream.proto.v1.ResumeSearchRequest;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchEvent;
import slipstream.proto.v1.SearchesServiceGrpc;
import slipstream.proto.v1.StartSearchRequest;
import slipstream.proto.v1.WatchSearchRequest;
import slipstream.store.Page;
import slipstream.store.SearchRecord;
import slipstream.store.TrialRecord;

/** Searches for better parameters. */
final class SearchesServiceImpl extends SearchesServiceGrpc.SearchesServiceImplBase {
  private static final int REPLAY = 1000;

  private final Context context;
  private final SearchManager searches;

  SearchesServiceImpl(Context context, SearchManager searches) {
    this.context = context;
    this.searches = searches;
  }

  @Override
  public void startSearch(StartSearchRequest request, StreamObserver<Search> observer) {
    Calls.answer(
        observer,
        () -> {
          PluginCatalog plugins = context.plugins();
          return searches.start(
              Asked.of(
                  context,
                  plugins,
                  request.getExperimentText(),
                  request.getExperiment(),
                  request.getFile(),
                  request.getOverridesMap(),
                  request.getDataDirectory(),
                  request.getThreads()),
              plugins);
        });
  }

  @Override
  public void resumeSearch(ResumeSearchRequest request, StreamObserver<Search> observer) {
    Calls.answer(
        observer, () -> searches.resume(find(request.getName()), request.getOverridesMap()));
  }

  @Override
  public void cancelSearch(CancelSearchRequest request, StreamObserver<Search> observer) {
    Calls.answer(
        observer,
        () -> {
          find(request.getName());
          searches.cancel(request.getName());
          return get(request.getName());
        });
  }

  @Override
  public void getSearch(GetSearchRequest request, StreamObserver<Search> observer) {
    Calls.answer(observer, () -> get(request.getName()));
  }

  private Search get(String name) {
    return toProto(find(name));
  }

  private Search toProto(SearchRecord record) {
    return searches
        .active(record.name())
        .map(ActiveSearch::search)
        .orElseGet(() -> SearchProtos.toProto(record, null));
  }

  private SearchRecord find(String name) {
    return context
        .store()
        .searches()
        .find(name)
        .orElseThrow(
            () ->
                SlipstreamException.notFound(
                    "there is no search '" + name + "'", "List the searches to see their names."));
  }

  @Override
  public void listSearches(
      ListSearchesRequest request, StreamObserver<ListSearchesResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          String question = "searches " + request.getExperiment();
          Page<SearchRecord> page =
              context
                  .store()
                  .searches()
                  .list(
                      request.getExperiment(),
                      PageTokens.decode(question, request.getPageToken()),
                      PageTokens.size(request.getPageSize()));
          ListSearchesResponse.Builder response = ListSearchesResponse.newBuilder();
          page.rows().forEach(each -> response.addSearches(toProto(each)));
          return response.setNextPageToken(PageTokens.encode(question, page.last())).build();
        });
  }

  @Override
  public void listTrials(ListTrialsRequest request, StreamObserver<ListTrialsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          SearchRecord search = find(request.getSearch());
          String question = "trials " + search.name();
          int size = PageTokens.size(request.getPageSize());
          long after = PageTokens.decode(question, request.getPageToken());
          List<TrialRecord> rows =
              context.store().searches().trials(search.id(), (int) after, size + 1);
          boolean more = rows.size() > size;
          List<TrialRecord> page = more ? rows.subList(0, size) : rows;
          ListTrialsResponse.Builder response = ListTrialsResponse.newBuilder();
          page.forEach(each -> response.addTrials(SearchProtos.trial(each)));
          return response
              .setNextPageToken(PageTokens.encode(question, more ? page.getLast().number() : 0))
              .build();
        });
  }

  @Override
  public void watchSearch(WatchSearchRequest request, StreamObserver<SearchEvent> observer) {
    Calls.stream(observer, "slipstream-watch", sink -> watch(request.getName(), sink));
  }

  private void watch(String name, Calls.Sink<SearchEvent> sink) throws InterruptedException {
    find(name);
    var live = searches.active(name);
    if (live.isPresent()) {
      live.get().watch(sink);
      return;
    }
    // It ended, perhaps just now: what is recorded is all there will be.
    SearchRecord record = find(name);
    int seen = 0;
    List<TrialRecord> page;
    do {
      page = context.store().searches().trials(record.id(), seen, REPLAY);
      for (TrialRecord trial : page) {
        if (!sink.send(SearchEvent.newBuilder().setTrial(SearchProtos.trial(trial)).build())) {
          return;
        }
        seen = trial.number();
      }
    } while (page.size() == REPLAY);
    sink.send(SearchEvent.newBuilder().setSearch(SearchProtos.toProto(record, null)).build());
  }
}
