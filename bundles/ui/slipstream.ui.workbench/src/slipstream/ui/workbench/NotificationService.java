package slipstream.ui.workbench;

/** Short messages that need no answer. May be called from any thread. */
public interface NotificationService {
  /** What a message means. */
  enum Kind {
    INFO,
    SUCCESS,
    WARNING,
    ERROR
  }

  /** Shows a message for some seconds (errors stay until closed). */
  default void show(Kind kind, String message) {
    show(kind, message, null, null);
  }

  /**
   * Shows a message with its next step.
   *
   * @param actionLabel label of the button, or {@code null} for none
   * @param action run on the UI thread when the button is pressed
   */
  void show(Kind kind, String message, String actionLabel, Runnable action);
}
