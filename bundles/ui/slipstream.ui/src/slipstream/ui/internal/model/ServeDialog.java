package slipstream.ui.internal.model;

import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import slipstream.ui.workbench.DialogService;

/** Tells how a model is served: by a process of its own, so that it outlives the workbench. */
public final class ServeDialog {
  private ServeDialog() {}

  /** Shows the command and offers to copy it. */
  public static void show(DialogService dialogs, String archive) {
    String command = "slipstream serve " + archive;
    DialogService.Answer answer =
        dialogs.confirm(
            "Serve " + archive,
            "Serving runs in a process of its own, so that predictions go on when the workbench"
                + " closes:\n\n"
                + command
                + "\n\nIt answers on http://127.0.0.1:8080 and describes itself at /openapi.json.",
            "Copy command",
            null);
    if (answer == DialogService.Answer.YES) {
      ClipboardContent content = new ClipboardContent();
      content.putString(command);
      Clipboard.getSystemClipboard().setContent(content);
    }
  }
}
