package slipstream.services.internal;

import slipstream.proto.v1.Run;
import slipstream.services.StatusMapping;
import slipstream.store.RunRecord;
import slipstream.store.RunState;
import slipstream.store.WorkspaceStore;

/** Runs as messages. */
final class Runs {
  private Runs() {}

  /**
   * @param active null when the run has ended
   */
  static Run toProto(WorkspaceStore store, RunRecord record, ActiveRun active) {
    Run.Builder run =
        Run.newBuilder()
            .setName(record.name())
            .setExperiment(record.experiment())
            .setState(proto(record.state()))
            .setCreateTime(Protos.timestamp(record.created()))
            .setExperimentText(record.experimentText())
            .setThreads(record.threads())
            .setDirectory(record.directory());
    if (record.started() != null) {
      run.setStartTime(Protos.timestamp(record.started()));
    }
    if (record.ended() != null) {
      run.setEndTime(Protos.timestamp(record.ended()));
    }
    if (record.problem() != null) {
      run.setProblem(StatusMapping.toProblem(record.problem()));
    }
    if (record.state() == RunState.SUCCEEDED) {
      run.addAllModels(store.models().namesOfRun(record.name()));
    }
    if (active != null && !record.state().ended()) {
      run.setProgress(active.latest());
    }
    return run.build();
  }

  static slipstream.proto.v1.RunState proto(RunState state) {
    return switch (state) {
      case QUEUED -> slipstream.proto.v1.RunState.RUN_STATE_QUEUED;
      case RUNNING -> slipstream.proto.v1.RunState.RUN_STATE_RUNNING;
      case SUCCEEDED -> slipstream.proto.v1.RunState.RUN_STATE_SUCCEEDED;
      case FAILED -> slipstream.proto.v1.RunState.RUN_STATE_FAILED;
      case CANCELLED -> slipstream.proto.v1.RunState.RUN_STATE_CANCELLED;
      case INTERRUPTED -> slipstream.proto.v1.RunState.RUN_STATE_INTERRUPTED;
    };
  }
}
