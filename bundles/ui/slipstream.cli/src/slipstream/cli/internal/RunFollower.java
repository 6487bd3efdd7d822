package slipstream.cli.internal;

import io.grpc.Channel;
import java.io.PrintWriter;
import java.util.Iterator;
import slipstream.proto.v1.CancelRunRequest;
import slipstream.proto.v1.Run;
import slipstream.proto.v1.RunEvent;
import slipstream.proto.v1.RunMessage;
import slipstream.proto.v1.RunsServiceGrpc;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.StartRunRequest;
import slipstream.proto.v1.WatchRunRequest;
import slipstream.services.StatusMapping;

/** Starts a run and follows it to its end; Ctrl-C cancels it. */
public final class RunFollower {
  private final Channel channel;
  private final PrintWriter err;

  public RunFollower(Channel channel, PrintWriter err) {
    this.channel = channel;
    this.err = err;
  }

  /**
   * @return the run, succeeded
   * @throws slipstream.core.SlipstreamException why it failed, or that it was cancelled
   */
  public Run run(StartRunRequest request) {
    var runs = RunsServiceGrpc.newBlockingStub(channel);
    Run run = runs.startRun(request);
    String name = run.getName();
    ProgressLine line = new ProgressLine(err);
    try (Interrupts.Handler handler = Interrupts.onInterrupt(() -> cancel(runs, name))) {
      Iterator<RunEvent> events = runs.watchRun(WatchRunRequest.newBuilder().setName(name).build());
      while (events.hasNext()) {
        RunEvent event = events.next();
        switch (event.getEventCase()) {
          case PROGRESS -> line.show(event.getProgress());
          case MESSAGE -> message(line, event.getMessage());
          case RUN -> run = event.getRun();
          case LEARNING_CURVE_POINT, EVENT_NOT_SET -> {}
        }
      }
    }
    line.clear();
    return switch (run.getState()) {
      case RUN_STATE_SUCCEEDED -> run;
      default -> throw StatusMapping.toException(run.getProblem());
    };
  }

  private void cancel(RunsServiceGrpc.RunsServiceBlockingStub runs, String name) {
    err.println();
    err.println("Cancelling …");
    err.flush();
    runs.cancelRun(CancelRunRequest.newBuilder().setName(name).build());
  }

  private static void message(ProgressLine line, RunMessage message) {
    if (message.getSeverity() != Severity.SEVERITY_INFO) {
      line.message("  note: " + message.getText());
    }
  }
}
