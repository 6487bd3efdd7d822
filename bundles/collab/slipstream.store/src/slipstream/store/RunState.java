package slipstream.store;

/** Where a run is in its life. */
public enum RunState {
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLED,
  /** The process died while it ran; found when the workspace was next opened. */
  INTERRUPTED;

  /** True when the run will not change any more. */
  public boolean ended() {
    return this != QUEUED && this != RUNNING;
  }
}
