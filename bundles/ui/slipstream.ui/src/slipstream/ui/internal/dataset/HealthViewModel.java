package slipstream.ui.internal.dataset;

import io.grpc.Context;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import slipstream.proto.v1.CheckHealthEvent;
import slipstream.proto.v1.CheckHealthRequest;
import slipstream.proto.v1.HealthExample;
import slipstream.proto.v1.HealthFinding;
import slipstream.proto.v1.HealthInstrument;
import slipstream.proto.v1.HealthLine;
import slipstream.proto.v1.HealthReport;
import slipstream.proto.v1.HealthSource;
import slipstream.proto.v1.Progress;
import slipstream.proto.v1.Severity;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** A dataset's health: the report, which of its findings is looked at, and a check that is going on. */
public final class HealthViewModel {
  private final String name;
  private final Services services;
  private final TaskExecutor executor;
  private final ReadOnlyObjectWrapper<HealthReport> report = new ReadOnlyObjectWrapper<>();
  private final ObjectProperty<HealthFinding> selected = new SimpleObjectProperty<>();
  private final ReadOnlyBooleanWrapper checking = new ReadOnlyBooleanWrapper();
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private volatile Context.CancellableContext call;

  /** A closed context says that it was cancelled, so it is remembered here. */
  private volatile boolean stopped;

  public HealthViewModel(String name, Services services, TaskExecutor executor) {
    this.name = name;
    this.services = services;
    this.executor = executor;
  }

  public String name() {
    return name;
  }

  public ReadOnlyObjectProperty<HealthReport> reportProperty() {
    return report.getReadOnlyProperty();
  }

  /** The finding that is looked at; null without findings. */
  public ObjectProperty<HealthFinding> selectedProperty() {
    return selected;
  }

  public ReadOnlyBooleanProperty checkingProperty() {
    return checking.getReadOnlyProperty();
  }

  /** How much of the check is done, 0 to 1; -1 when not known. */
  public ReadOnlyDoubleProperty fractionProperty() {
    return fraction.getReadOnlyProperty();
  }

  /** Why there is no report; empty when nothing is wrong, and after a cancelled check. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Fetches the report of the import, or checks when there is none. */
  public void check() {
    if (checking.get()) {
      return;
    }
    checking.set(true);
    error.set("");
    fraction.set(-1);
    stopped = false;
    Context.CancellableContext context = Context.ROOT.withCancellation();
    call = context;
    BackgroundTask.of(
            () -> {
              Context before = context.attach();
              try {
                return follow();
              } finally {
                context.detach(before);
                context.close();
              }
            })
        .title("Checking " + name)
        .onCancel(
            () -> {
              stopped = true;
              context.cancel(null);
            })
        .onSuccess(
            made -> {
              report.set(made);
              selected.set(made.getFindingsCount() == 0 ? null : made.getFindings(0));
            })
        .onFailure(
            failure -> {
              if (!stopped) {
                error.set(Failures.line(failure));
              }
            })
        .onFinished(() -> checking.set(false))
        .executeWith(executor);
  }

  /** Stops a check; what was shown before stays. */
  public void cancel() {
    Context.CancellableContext context = call;
    if (context != null) {
      stopped = true;
      executor.inBackground(() -> context.cancel(null));
    }
  }

  private HealthReport follow() {
    Iterator<CheckHealthEvent> events =
        services
            .datasets()
            .checkHealth(
                CheckHealthRequest.newBuilder()
                    .addSources(HealthSource.newBuilder().setDataset(name))
                    .build());
    HealthReport made = null;
    while (events.hasNext()) {
      CheckHealthEvent event = events.next();
      switch (event.getEventCase()) {
        case PROGRESS -> executor.onUi(() -> progress(event.getProgress()));
        case REPORT -> made = event.getReport();
        case PROBLEM -> throw new IllegalStateException(Failures.line(event.getProblem()));
        default -> {}
      }
    }
    if (made == null) {
      throw new IllegalStateException("The check ended without a report.");
    }
    return made;
  }

  private void progress(Progress progress) {
    fraction.set(progress.getTotal() > 0 ? (double) progress.getDone() / progress.getTotal() : -1);
  }

  // --------------------------------------------------------------------- texts

  /** {@code 2 errors, 1 warning, 4 notes}. */
  public static String tally(HealthReport report) {
    StringBuilder text = new StringBuilder();
    for (Severity severity :
        List.of(Severity.SEVERITY_ERROR, Severity.SEVERITY_WARNING, Severity.SEVERITY_INFO)) {
      long count =
          report.getFindingsList().stream().filter(f -> f.getSeverity() == severity).count();
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(word(severity));
        text.append(count == 1 ? "" : "s");
      }
    }
    return text.isEmpty() ? "Nothing odd was found" : text.toString();
  }

  static String word(Severity severity) {
    return switch (severity) {
      case SEVERITY_ERROR -> "error";
      case SEVERITY_WARNING -> "warning";
      default -> "note";
    };
  }

  /** A finding's share in per cent, or a dash where a share means nothing. */
  static String share(HealthFinding finding) {
    if (finding.getOf() <= 0) {
      return Formats.NOTHING;
    }
    double percent = 100.0 * finding.getCount() / finding.getOf();
    return percent < 0.01 ? "< 0.01" : Formats.fixed(percent, 2);
  }

  /** Where to look, in a line. */
  static String example(HealthExample example) {
    StringBuilder line = new StringBuilder();
    if (!example.getInstrument().isEmpty()) {
      line.append(example.getInstrument()).append("  ");
    }
    if (example.hasTime()) {
      line.append(time(Formats.instant(example.getTime()))).append("  ");
    }
    line.append(example.getValues());
    if (example.getRow() >= 0) {
      line.append("  (row ").append(Formats.count(example.getRow())).append(')');
    }
    return line.toString().strip();
  }

  /** UTC, without a time of day that is midnight. */
  static String time(Instant time) {
    String text = time.toString().replace('T', ' ').replace("Z", "");
    return text.endsWith(" 00:00:00") ? text.substring(0, 10) : text;
  }

  /** The counts over time of a finding; empty when it has none. */
  static List<Long> line(HealthReport report, HealthFinding finding) {
    return report.getTimeline().getLinesList().stream()
        .filter(line -> line.getKind().equals(finding.getKind()))
        .findFirst()
        .map(HealthLine::getCountsList)
        .orElse(List.of());
  }

  /** How often an instrument has a kind of finding. */
  static long count(HealthInstrument instrument, String kind) {
    return instrument.getCountsList().stream()
        .filter(each -> each.getName().equals(kind))
        .mapToLong(each -> each.getCount())
        .sum();
  }
}
