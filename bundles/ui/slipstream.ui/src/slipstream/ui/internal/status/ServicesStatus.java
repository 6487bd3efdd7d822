package slipstream.ui.internal.status;

import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;
import slipstream.proto.v1.GetSystemInfoRequest;
import slipstream.proto.v1.Severity;
import slipstream.proto.v1.SystemInfo;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.Icons;
import slipstream.ui.workbench.TaskExecutor;

/** Says in the status bar where the work is done and whether something is amiss there. */
public final class ServicesStatus {
  @Inject private Services services;
  @Inject private TaskExecutor executor;

  @PostConstruct
  void create(StackPane parent) {
    Label label = new Label("Starting services", Icons.of("fth-cpu", 12));
    label.setId("services-status");
    parent.getChildren().add(label);
    StackPane.setAlignment(label, Pos.CENTER_RIGHT);
    BackgroundTask.of(
            () -> services.system().getSystemInfo(GetSystemInfoRequest.getDefaultInstance()))
        .onSuccess(info -> show(label, info))
        .onFailure(
            failure -> {
              label.setText("No services");
              label.setTooltip(new Tooltip(Failures.line(failure)));
            })
        .executeWith(executor);
  }

  private static void show(Label label, SystemInfo info) {
    long amiss =
        info.getChecksList().stream()
            .filter(
                check ->
                    check.getSeverity() == Severity.SEVERITY_WARNING
                        || check.getSeverity() == Severity.SEVERITY_ERROR)
            .count();
    label.setText(
        "This computer"
            + (info.getVersion().isEmpty() ? "" : "  ·  " + info.getVersion())
            + (amiss == 0 ? "" : "  ·  " + amiss + (amiss == 1 ? " note" : " notes")));
    label.setTooltip(
        new Tooltip(
            info.getChecksList().stream()
                .map(
                    check ->
                        check.getName()
                            + ": "
                            + check.getValue()
                            + (check.getRemedy().isEmpty() ? "" : "\n    " + check.getRemedy()))
                .collect(Collectors.joining("\n"))));
  }
}
