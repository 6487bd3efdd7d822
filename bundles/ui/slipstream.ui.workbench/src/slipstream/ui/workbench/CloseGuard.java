package slipstream.ui.workbench;

/**
 * Asked, on the UI thread, before the last window closes; a bundle puts one into the application's context when closing
 * would end work that goes on.
 */
public interface CloseGuard {
  /** Whether the workbench may close now; asks the person when that is not clear. */
  boolean mayClose();
}
