package slipstream.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.proto.v1.CancelSearchRequest;
import slipstream.proto.v1.GetModelRequest;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.GetSearchRequest;
import slipstream.proto.v1.ListSearchesRequest;
import slipstream.proto.v1.ListTrialsRequest;
import slipstream.proto.v1.ListTrialsResponse;
import slipstream.proto.v1.Model;
import slipstream.proto.v1.ModelReport;
import slipstream.proto.v1.ModelsServiceGrpc;
import slipstream.proto.v1.ResumeSearchRequest;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunState;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.Search;
import slipstream.proto.v1.SearchEvent;
import slipstream.proto.v1.SearchesServiceGrpc;
import slipstream.proto.v1.SearchesServiceGrpc.SearchesServiceBlockingStub;
import slipstream.proto.v1.StartSearchRequest;
import slipstream.proto.v1.Trial;
import slipstream.proto.v1.WatchSearchRequest;

/** Searches with the real pipeline. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SearchesTest {
  private static final String SPACE =
      """
      search:
        space:
          models.trees.depth: {min: 1, max: 6}
          models.trees.learning_rate: {min: 0.02, max: 0.5, log: true}
          features.mean_volume: {values: ["mean(volume, 10)", "mean(volume, 40)"]}
        objective: rmse
        method: random
        trials: 12
        max_concurrent: 2
      """;

  @TempDir private static Path workspace;
  private LocalServices services;

  @BeforeAll
  void open() throws IOException {
    SampleWorkspace.write(workspace, 3000);
    services = LocalServices.open(workspace);
  }

  @AfterAll
  void close() {
    services.close();
  }

  private SearchesServiceBlockingStub searches() {
    return SearchesServiceGrpc.newBlockingStub(services.channel());
  }

  private static StartSearchRequest request(String name, Map<String, String> overrides) {
    return StartSearchRequest.newBuilder()
        .setExperimentText(
            (SampleWorkspace.EXPERIMENT + SPACE).replace("name: small", "name: " + name))
        .setFile("f.slip.yaml")
        .putAllOverrides(overrides)
        .build();
  }

  private Search finish(Search search) {
    Search last = search;
    for (Iterator<SearchEvent> events =
            searches()
                .watchSearch(WatchSearchRequest.newBuilder().setName(search.getName()).build());
        events.hasNext(); ) {
      SearchEvent event = events.next();
      if (event.hasSearch()) {
        last = event.getSearch();
      }
    }
    return last;
  }

  private Search run(String name, Map<String, String> overrides) {
    Search search = finish(searches().startSearch(request(name, overrides)));
    assertEquals(RunState.RUN_STATE_SUCCEEDED, search.getState(), search.toString());
    return search;
  }

  private List<Trial> trials(String search) {
    List<Trial> all = new ArrayList<>();
    String page = "";
    do {
      ListTrialsResponse response =
          searches()
              .listTrials(
                  ListTrialsRequest.newBuilder()
                      .setSearch(search)
                      .setPageSize(5)
                      .setPageToken(page)
                      .build());
      all.addAll(response.getTrialsList());
      page = response.getNextPageToken();
    } while (!page.isEmpty());
    return all;
  }

  /** What of a trial must be the same wherever and whenever it ran. */
  private static Trial result(Trial trial) {
    return trial.toBuilder().clearSeconds().clearThreads().clearEndTime().clearReused().build();
  }

  private static List<Trial> results(List<Trial> trials) {
    return trials.stream().map(SearchesTest::result).toList();
  }

  private static SlipstreamException failure(Runnable call) {
    return StatusMapping.toException(assertThrows(StatusRuntimeException.class, call::run));
  }

  private RunReport report(Search search) {
    return RunsServiceGrpc.newBlockingStub(services.channel())
        .getRunReport(GetRunReportRequest.newBuilder().setName(search.getRun()).build());
  }

  private double score(Search search, String model) {
    RunReport report = report(search);
    int metric =
        report.getTargets(0).getMetricsList().stream()
            .map(each -> each.getName())
            .toList()
            .indexOf("rmse");
    return report.getTargets(0).getModelsList().stream()
        .filter(each -> each.getModel().equals(model))
        .map(ModelReport::getScoresList)
        .findFirst()
        .orElseThrow()
        .get(metric);
  }

  @Test
  void theBestConfigurationIsRunInFullAndScoresAsItsTrialDid() {
    Search search = run("whole", Map.of());
    List<Trial> trials = trials(search.getName());
    assertEquals("whole-search-1", search.getName());
    assertEquals(12, search.getTrials());
    assertEquals(12, trials.size());
    assertEquals(0, search.getFailedTrials());
    double best = trials.stream().mapToDouble(Trial::getScore).min().orElseThrow();
    assertEquals(best, search.getBest().getScore());
    assertEquals(best, score(search, "trees"), "the run's score is the trial's, to the bit");
    assertEquals(search.getBest().getBaseline(), score(search, "baseline"));
    assertEquals(2, search.getBest().getFoldScoresCount());
    assertEquals(12, trials.stream().map(Trial::getConfiguration).distinct().count());
    assertEquals(3, search.getSummary().getImportanceCount());
    double overfitting = search.getSummary().getOverfittingProbability();
    assertTrue(overfitting >= 0 && overfitting <= 1, "probability " + overfitting);
    Run run =
        RunsServiceGrpc.newBlockingStub(services.channel())
            .getRun(GetRunRequest.newBuilder().setName(search.getRun()).build());
    assertFalse(run.getExperimentText().contains("search:"));
    assertTrue(
        report(search).getWarningsList().stream()
            .anyMatch(each -> each.getMessage().startsWith("the parameters were chosen by whole-")),
        "the report says that its score is the best of many");
    Model model =
        ModelsServiceGrpc.newBlockingStub(services.channel())
            .getModel(
                GetModelRequest.newBuilder()
                    .setName(search.getRun() + "-next_return-trees")
                    .build());
    assertEquals("whole-search-1", model.getProvenanceMap().get("search"));
    assertEquals(
        search,
        searches().getSearch(GetSearchRequest.newBuilder().setName(search.getName()).build()));
    assertTrue(
        searches()
            .listSearches(ListSearchesRequest.newBuilder().setExperiment("whole").build())
            .getSearchesList()
            .contains(search));
  }

  @Test
  void equalTrialsAreAnsweredFromTheStore() {
    Search first = run("reused", Map.of("seed", "21"));
    Search again = run("reused", Map.of("seed", "21", "search.trials", "15"));
    assertEquals(12, again.getReusedTrials());
    assertEquals(results(trials(first.getName())), results(trials(again.getName()).subList(0, 12)));
    // Another experiment's name, description or other models are nothing to the objective.
    Search renamed =
        run("renamed", Map.of("seed", "21", "description", "Other", "models.ridge.l2", "3"));
    assertEquals(12, renamed.getReusedTrials());
    Search changed = run("reused", Map.of("seed", "21", "models.trees.rounds", "21"));
    assertEquals(0, changed.getReusedTrials());
  }

  @Test
  void threadsAndOrderChangeNothing() {
    for (String method : List.of("tpe", "asha")) {
      // Seeds of their own: a trial of one method may be equal to one of another.
      Map<String, String> overrides =
          Map.of(
              "search.method", method, "search.max_concurrent", "3", "seed", "3" + method.length());
      Search one =
          finish(
              searches()
                  .startSearch(request("threads", overrides).toBuilder().setThreads(1).build()));
      Map<String, String> other = new HashMap<>(overrides);
      // It changes no row here, but the trials' keys: nothing is answered from the store.
      other.put("validation.embargo", "1ns");
      Search two =
          finish(
              searches().startSearch(request("threads", other).toBuilder().setThreads(3).build()));
      assertEquals(0, two.getReusedTrials());
      assertEquals(results(trials(one.getName())), results(trials(two.getName())), method);
    }
  }

  @Test
  void halvingTriesFewOnAllRows() {
    Search search = run("halving", Map.of("search.method", "asha", "search.trials", "18"));
    List<Trial> trials = trials(search.getName());
    assertEquals(18, search.getConfigurations());
    assertEquals(
        Set.of(1.0 / 9, 1.0 / 3, 1.0),
        trials.stream().map(Trial::getResource).collect(Collectors.toSet()));
    assertEquals(1.0, search.getBest().getResource());
    assertEquals(search.getBest().getScore(), score(search, "trees"));
    assertTrue(trials.stream().filter(each -> each.getResource() == 1).count() <= 3);
  }

  @Test
  void aSearchThatWasCancelledGoesOn() {
    Map<String, String> overrides = Map.of("seed", "41", "search.trials", "200");
    Search whole = run("stopped", overrides);
    Map<String, String> other = new HashMap<>(overrides);
    other.put("validation.embargo", "1ns");
    Search search = searches().startSearch(request("stopped", other));
    String name = search.getName();
    Iterator<SearchEvent> events =
        searches().watchSearch(WatchSearchRequest.newBuilder().setName(name).build());
    int seen = 0;
    Search last = search;
    while (events.hasNext()) {
      SearchEvent event = events.next();
      if (event.hasTrial() && ++seen == 1) {
        searches().cancelSearch(CancelSearchRequest.newBuilder().setName(name).build());
      }
      last = event.hasSearch() ? event.getSearch() : last;
    }
    assertEquals(RunState.RUN_STATE_CANCELLED, last.getState());
    List<Trial> before = trials(name);
    assertTrue(before.size() >= 1 && before.size() < 200, before.size() + " trials");
    assertEquals(before.size(), last.getTrials());
    Search resumed =
        finish(searches().resumeSearch(ResumeSearchRequest.newBuilder().setName(name).build()));
    assertEquals(RunState.RUN_STATE_SUCCEEDED, resumed.getState(), resumed.toString());
    List<Trial> after = trials(name);
    assertTrue(new HashSet<>(after).containsAll(before), "no trial was made again");
    assertEquals(results(trials(whole.getName())), results(after));
    assertEquals(result(whole.getBest()), result(resumed.getBest()));
    assertEquals(
        Category.INVALID_INPUT,
        failure(
                () ->
                    searches().resumeSearch(ResumeSearchRequest.newBuilder().setName(name).build()))
            .category());
  }

  private Search resume(String name, Map<String, String> budget) {
    return searches()
        .resumeSearch(
            ResumeSearchRequest.newBuilder().setName(name).putAllOverrides(budget).build());
  }

  /** More trials for a search that succeeded are those that a search of that budget would have made at once. */
  @Test
  void aLargerBudgetGoesOnWhereTheSearchEnded() {
    for (String method : List.of("random", "tpe")) {
      Map<String, String> overrides =
          Map.of("search.method", method, "seed", "6" + method.length());
      Search small = run("larger", overrides);
      List<Trial> before = trials(small.getName());
      Search large = finish(resume(small.getName(), Map.of("search.trials", "20")));
      assertEquals(RunState.RUN_STATE_SUCCEEDED, large.getState(), large.toString());
      assertEquals(20, large.getMaxConfigurations());
      assertEquals(20, large.getTrials());
      List<Trial> after = trials(small.getName());
      assertEquals(before, after.subList(0, 12), "no trial was made again");
      assertTrue(large.getExperimentText().contains("trials: 20"));
      Map<String, String> whole = new HashMap<>(overrides);
      whole.put("search.trials", "20");
      // It changes no row here, but the trials' keys: nothing is answered from the store.
      whole.put("validation.embargo", "1ns");
      Search fresh = run("larger", whole);
      assertEquals(0, fresh.getReusedTrials());
      assertEquals(results(trials(fresh.getName())), results(after), method);
      assertEquals(large.getBest().getScore(), score(large, "trees"), "the run is the best one's");
      boolean same = small.getBest().getNumber() == large.getBest().getNumber();
      assertEquals(same, small.getRun().equals(large.getRun()), "it is run anew where it is new");
    }
  }

  @Test
  void aBudgetThatCannotGrowIsRefusedAndNothingChanges() {
    Search search = run("refused", Map.of("seed", "71"));
    for (Map<String, String> budget :
        List.of(
            Map.of("search.trials", "5"),
            Map.of("search.time", "1m"),
            Map.of("search.cpu_hours", "0.5"),
            Map.of("models.trees.depth", "3"),
            Map.of("search.trials", "many"))) {
      assertEquals(
          Category.INVALID_INPUT,
          failure(() -> resume(search.getName(), budget)).category(),
          budget.toString());
    }
    Search hypercube = run("refused", Map.of("seed", "72", "search.method", "latin-hypercube"));
    SlipstreamException e =
        failure(() -> resume(hypercube.getName(), Map.of("search.trials", "20")));
    assertTrue(e.getMessage().contains("Start a new search"), e.getMessage());
    assertEquals(
        search,
        searches().getSearch(GetSearchRequest.newBuilder().setName(search.getName()).build()));
  }

  @Test
  void whyAllTrialsFailedIsTold() {
    Search failed =
        finish(
            searches()
                .startSearch(request("failing", Map.of("search.trial_time", "1ns", "seed", "51"))));
    assertEquals(RunState.RUN_STATE_FAILED, failed.getState());
    assertEquals(12, failed.getFailedTrials());
    assertTrue(
        failed.getProblem().getMessage().startsWith("all 12 trials failed; the first: the trial"),
        failed.getProblem().getMessage());
    assertTrue(trials(failed.getName()).getFirst().getProblem().getMessage().contains("1ns"));
  }

  @Test
  void whatCannotBeSearchedIsToldBeforeItBegins() {
    assertTrue(
        failure(
                () ->
                    searches()
                        .startSearch(
                            request("bad", Map.of()).toBuilder()
                                .setExperimentText(SampleWorkspace.EXPERIMENT)
                                .build()))
            .getMessage()
            .contains("the experiment does not say what to search"));
    SlipstreamException inverted =
        failure(
            () ->
                searches()
                    .startSearch(
                        request("bad", Map.of("search.space.\"models.trees.depth\".max", "0"))));
    assertTrue(inverted.getMessage().contains("the range is inverted"), inverted.getMessage());
    assertTrue(inverted.place().orElseThrow().line() > 0);
    assertEquals(
        Category.NOT_FOUND,
        failure(
                () ->
                    searches()
                        .resumeSearch(ResumeSearchRequest.newBuilder().setName("none").build()))
            .category());
  }
}
