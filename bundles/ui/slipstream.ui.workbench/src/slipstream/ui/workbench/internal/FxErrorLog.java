package slipstream.ui.workbench.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import javafx.application.Platform;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.eclipse.core.runtime.ILogListener;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import slipstream.ui.workbench.ErrorLog;

/** Collects what bundles report to the platform's log, and what the workbench itself adds. */
final class FxErrorLog implements ErrorLog, ILogListener {
  private static final int KEPT = 1000;

  private final ObservableList<Entry> entries = FXCollections.observableArrayList();

  @Override
  public ObservableList<Entry> entries() {
    return entries;
  }

  @Override
  public void add(Severity severity, String source, String message, Throwable cause) {
    int level =
        switch (severity) {
          case INFO -> IStatus.INFO;
          case WARNING -> IStatus.WARNING;
          case ERROR -> IStatus.ERROR;
        };
    // Through the platform's log, so that the entry is in the workspace's log file too; it comes
    // back
    // by logging().
    org.eclipse.core.runtime.Platform.getLog(FxErrorLog.class)
        .log(new Status(level, source, message, cause));
  }

  @Override
  public void logging(IStatus status, String plugin) {
    Severity severity =
        status.getSeverity() == IStatus.ERROR
            ? Severity.ERROR
            : status.getSeverity() == IStatus.WARNING ? Severity.WARNING : Severity.INFO;
    String message = status.getMessage();
    String firstLine = message == null ? "" : message.lines().findFirst().orElse("");
    Entry entry =
        new Entry(Instant.now(), severity, status.getPlugin(), firstLine, details(status));
    Platform.runLater(
        () -> {
          if (entries.size() == KEPT) {
            entries.removeFirst();
          }
          entries.add(entry);
        });
  }

  private static String details(IStatus status) {
    StringWriter text = new StringWriter();
    if (status.getMessage() != null && status.getMessage().lines().count() > 1) {
      text.append(status.getMessage()).append('\n');
    }
    if (status.getException() != null) {
      status.getException().printStackTrace(new PrintWriter(text, true));
    }
    for (IStatus child : status.getChildren()) {
      text.append(child.getMessage()).append('\n');
    }
    return text.toString();
  }

  @Override
  public void clear() {
    entries.clear();
  }
}
