package slipstream.ui.internal;

/** Topics on the event broker. */
public final class WorkspaceEvents {
  /** What the workspace holds has changed: a run began or ended, a file was saved. */
  public static final String CHANGED = "slipstream/workspace/CHANGED";

  private WorkspaceEvents() {}
}
