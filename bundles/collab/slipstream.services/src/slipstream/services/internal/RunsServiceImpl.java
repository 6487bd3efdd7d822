package slipstream.services.internal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.PluginCatalog;
import slipstream.proto.v1.CancelRunRequest;
import slipstream.proto.v1.CompareScoresRequest;
import slipstream.proto.v1.CompareScoresResponse;
import slipstream.proto.v1.GetRunReportHtmlRequest;
import slipstream.proto.v1.GetRunReportHtmlResponse;
import slipstream.proto.v1.GetRunReportRequest;
import slipstream.proto.v1.GetRunRequest;
import slipstream.proto.v1.ListRunsRequest;
import slipstream.proto.v1.ListRunsResponse;
import slipstream.proto.v1.ListScoresRequest;
import slipstream.proto.v1.ListScoresResponse;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunReport;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.store.Page;
import slipstream.store.RunEventRecord;
import slipstream.store.RunRecord;

/** Runs of experiments. */
final class RunsServiceImpl extends RunsServiceGrpc.RunsServiceImplBase {
  private static final int REPLAY = 1000;

  private final Context context;
  private final RunManager runs;
  private final Leaderboard leaderboard;

  RunsServiceImpl(Context context, RunManager runs) {
    this.context = context;
    this.leaderboard = new Leaderboard(context);
    this.runs = runs;
  }

  @Override
  public void startRun(StartRunRequest request, StreamObserver<Run> observer) {
    Calls.answer(observer, () -> start(request));
  }

  private Run start(StartRunRequest request) {
    PluginCatalog plugins = context.plugins();
    Asked asked =
        Asked.of(
            context,
            plugins,
            request.getExperimentText(),
            request.getExperiment(),
            request.getFile(),
            request.getOverridesMap(),
            request.getDataDirectory(),
            request.getThreads());
    return runs.start(asked.parsed(), "", asked.dataDirectory(), asked.threads(), plugins);
  }

  @Override
  public void watchRun(WatchRunRequest request, StreamObserver<RunEvent> observer) {
    Calls.stream(observer, "slipstream-watch", sink -> watch(request.getName(), sink));
  }

  private void watch(String name, Calls.Sink<RunEvent> sink) throws InterruptedException {
    RunRecord record = find(name);
    var live = runs.active(name);
    if (live.isPresent()) {
      live.get().watch(sink);
      return;
    }
    // It ended, perhaps just now: what is recorded is all there will be.
    record = find(name);
    long seen = 0;
    while (true) {
      List<RunEventRecord> events = context.store().runs().events(record.id(), seen, REPLAY);
      for (RunEventRecord event : events) {
        if (!sink.send(parse(event))) {
          return;
        }
        seen = event.sequence();
      }
      if (events.size() < REPLAY) {
        break;
      }
    }
    RunEvent.Builder last =
        RunEvent.newBuilder()
            .setSequence(seen + 1)
            .setRun(Runs.toProto(context.store(), record, null));
    if (record.ended() != null) {
      last.setTime(Protos.timestamp(record.ended()));
    }
    sink.send(last.build());
  }

  private static RunEvent parse(RunEventRecord event) {
    try {
      return RunEvent.parseFrom(event.event());
    } catch (InvalidProtocolBufferException e) {
      throw new SlipstreamException(
          SlipstreamException.Category.CORRUPT, "a recorded event cannot be read", null, "", e);
    }
  }

  @Override
  public void cancelRun(CancelRunRequest request, StreamObserver<Run> observer) {
    Calls.answer(
        observer,
        () -> {
          find(request.getName());
          runs.cancel(request.getName());
          return get(request.getName());
        });
  }

  @Override
  public void getRun(GetRunRequest request, StreamObserver<Run> observer) {
    Calls.answer(observer, () -> get(request.getName()));
  }

  private Run get(String name) {
    return Runs.toProto(context.store(), find(name), runs.active(name).orElse(null));
  }

  private RunRecord find(String name) {
    return context
        .store()
        .runs()
        .find(name)
        .orElseThrow(
            () ->
                SlipstreamException.notFound(
                    "there is no run '" + name + "'", "List the runs to see their names."));
  }

  @Override
  public void listRuns(ListRunsRequest request, StreamObserver<ListRunsResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          String question = "runs " + request.getExperiment();
          Page<RunRecord> page =
              context
                  .store()
                  .runs()
                  .list(
                      request.getExperiment(),
                      PageTokens.decode(question, request.getPageToken()),
                      PageTokens.size(request.getPageSize()));
          ListRunsResponse.Builder response = ListRunsResponse.newBuilder();
          for (RunRecord record : page.rows()) {
            response.addRuns(
                Runs.toProto(context.store(), record, runs.active(record.name()).orElse(null)));
          }
          return response.setNextPageToken(PageTokens.encode(question, page.last())).build();
        });
  }

  @Override
  public void getRunReport(GetRunReportRequest request, StreamObserver<RunReport> observer) {
    Calls.answer(
        observer,
        () -> {
          RunRecord run = find(request.getName());
          if (run.reportHash() == null) {
            throw noReport(run);
          }
          try {
            return RunReport.parseFrom(context.store().content().get(run.reportHash()));
          } catch (InvalidProtocolBufferException e) {
            throw new SlipstreamException(
                SlipstreamException.Category.CORRUPT,
                "the report of run " + run.name() + " cannot be read",
                null,
                "Run the experiment again.",
                e);
          }
        });
  }

  @Override
  public void getRunReportHtml(
      GetRunReportHtmlRequest request, StreamObserver<GetRunReportHtmlResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          RunRecord run = find(request.getName());
          if (run.reportHtmlHash() == null) {
            throw noReport(run);
          }
          byte[] html = context.store().content().get(run.reportHtmlHash());
          return GetRunReportHtmlResponse.newBuilder()
              .setHtml(new String(html, StandardCharsets.UTF_8))
              .build();
        });
  }

  @Override
  public void listScores(ListScoresRequest request, StreamObserver<ListScoresResponse> observer) {
    Calls.answer(observer, () -> leaderboard.list(request));
  }

  @Override
  public void compareScores(
      CompareScoresRequest request, StreamObserver<CompareScoresResponse> observer) {
    Calls.answer(observer, () -> leaderboard.compare(request));
  }

  private static SlipstreamException noReport(RunRecord run) {
    return SlipstreamException.notFound(
        "run " + run.name() + " has no report: it is " + run.state(),
        run.state().ended() ? "Run the experiment again." : "Wait until it has succeeded.");
  }
}
