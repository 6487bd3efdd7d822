package slipstream.ui.internal.imports;

import static java.util.stream.Collectors.toSet;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javafx.beans.Observable;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.ImportDatasetEvent;
import slipstream.proto.v1.ImportDatasetRequest;
import slipstream.proto.v1.PreviewColumn;
import slipstream.proto.v1.PreviewImportRequest;
import slipstream.proto.v1.PreviewImportResponse;
import slipstream.proto.v1.Progress;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** Files on their way to a dataset: what they hold, what they shall become, and the import itself. */
public final class ImportViewModel {
  /** The choice of no column. */
  public static final String NONE = "(none)";

  /** The choice of a unit of time that is left to the importer. */
  public static final String AUTO = "auto";

  private static final int PREVIEW_ROWS = 200;

  /** Between the names of columns that one column is made of. */
  private static final String MADE_OF = " + ";

  private final Services services;
  private final TaskExecutor executor;
  private final StringProperty path = new SimpleStringProperty("");
  private final StringProperty name = new SimpleStringProperty("");
  private final StringProperty time = new SimpleStringProperty(NONE);
  private final StringProperty timeOfDay = new SimpleStringProperty(NONE);
  private final StringProperty timeUnit = new SimpleStringProperty(AUTO);
  private final StringProperty timeZone = new SimpleStringProperty("UTC");
  private final ObservableList<String> instrument = FXCollections.observableArrayList();
  private final ObservableList<ImportColumn> columns = FXCollections.observableArrayList();
  private final ObservableList<String> notes = FXCollections.observableArrayList();
  private final ObservableList<String> suggestions = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper question = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper facts = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper ready = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper running = new ReadOnlyBooleanWrapper();
  private final ReadOnlyDoubleWrapper progress = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper progressText = new ReadOnlyStringWrapper("");
  private final Map<String, ImportColumn> bySource = new HashMap<>();
  private String importer = "";
  private String shown = "";

  /** What the files suggested and no field shows: how dates are written, which rows are left out. */
  private final Map<String, Value> further = new TreeMap<>();

  private int looks;
  private boolean settling;
  private BackgroundTask<Dataset> task;

  public ImportViewModel(Services services, TaskExecutor executor) {
    this.services = services;
    this.executor = executor;
    for (StringProperty each : List.of(time, timeOfDay, timeUnit, timeZone)) {
      each.addListener((property, before, now) -> look());
    }
    instrument.addListener((Observable change) -> look());
    // Whoever names a zone has answered; how one column's dates are written says nothing of
    // another's.
    timeZone.addListener((property, before, now) -> question.set(""));
    time.addListener(
        (property, before, now) -> {
          if (!settling) {
            further.remove("time_format");
          }
        });
  }

  // ------------------------------------------------------------------ properties

  /** A file or a pattern. */
  public StringProperty pathProperty() {
    return path;
  }

  /** The dataset's name; empty for the file's. */
  public StringProperty nameProperty() {
    return name;
  }

  /** A column of the files, or {@link #NONE}. */
  public StringProperty timeProperty() {
    return time;
  }

  /** A column of the time since midnight, added to the date in {@link #timeProperty()}, or {@link #NONE}. */
  public StringProperty timeOfDayProperty() {
    return timeOfDay;
  }

  public StringProperty timeUnitProperty() {
    return timeUnit;
  }

  public StringProperty timeZoneProperty() {
    return timeZone;
  }

  /** The columns of the files whose values together name the instrument. */
  public ObservableList<String> instrument() {
    return instrument;
  }

  /** What the files tell of time and instrument, in sentences. */
  public ObservableList<String> suggestions() {
    return suggestions;
  }

  /** What only the person knows; empty when nothing is open. */
  public ReadOnlyStringProperty questionProperty() {
    return question.getReadOnlyProperty();
  }

  public ObservableList<ImportColumn> columns() {
    return columns;
  }

  /** What the importer guessed, and what holds for the first rows only. */
  public ObservableList<String> notes() {
    return notes;
  }

  /** How many files and rows, in words. */
  public ReadOnlyStringProperty factsProperty() {
    return facts.getReadOnlyProperty();
  }

  /** What is wrong with the files or the choices; empty when nothing is. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Whether an import can begin: the first rows come out. */
  public ReadOnlyBooleanProperty readyProperty() {
    return ready.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty runningProperty() {
    return running.getReadOnlyProperty();
  }

  /** 0 to 1; -1 when unknown. */
  public ReadOnlyDoubleProperty progressProperty() {
    return progress.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty progressTextProperty() {
    return progressText.getReadOnlyProperty();
  }

  // --------------------------------------------------------------------- preview

  /** Looks at the files of {@link #pathProperty()}; what was chosen for other files is forgotten. */
  public void open() {
    String wanted = path.get().strip();
    settling = true;
    columns.clear();
    bySource.clear();
    notes.clear();
    suggestions.clear();
    question.set("");
    further.clear();
    time.set(NONE);
    timeOfDay.set(NONE);
    instrument.clear();
    timeUnit.set(AUTO);
    facts.set("");
    error.set("");
    ready.set(false);
    importer = "";
    shown = wanted;
    settling = false;
    if (!wanted.isEmpty()) {
      look(true, this::take);
    }
  }

  private void take(PreviewImportResponse response) {
    importer = response.getImporter();
    suggestions.setAll(response.getSuggestionsList());
    question.set(response.getQuestion());
    settling = true;
    response
        .getSuggestedParameters()
        .getFieldsMap()
        .forEach(
            (parameter, value) -> {
              switch (parameter) {
                case "time" -> time.set(value.getStringValue());
                case "time_of_day" -> timeOfDay.set(value.getStringValue());
                case "time_unit" -> timeUnit.set(value.getStringValue());
                case "instrument" ->
                    instrument.setAll(
                        value.getListValue().getValuesList().stream()
                            .map(Value::getStringValue)
                            .toList());
                default -> further.put(parameter, value);
              }
            });
    settling = false;
    if (response.getSuggestedParameters().getFieldsCount() > 0) {
      look();
    }
  }

  private void look() {
    if (!settling && !shown.isEmpty()) {
      look(false, response -> {});
    }
  }

  private void look(boolean suggest, Consumer<PreviewImportResponse> then) {
    int look = ++looks;
    PreviewImportRequest request =
        PreviewImportRequest.newBuilder()
            .setImporter(importer)
            .setParameters(parameters())
            .setRowCount(PREVIEW_ROWS)
            .setSuggest(suggest)
            .build();
    BackgroundTask.of(() -> services.datasets().previewImport(request))
        .onSuccess(
            response -> {
              // An earlier look that comes late is not shown.
              if (look == looks) {
                show(response);
                then.accept(response);
              }
            })
        .onFailure(
            failure -> {
              if (look == looks) {
                ready.set(false);
                error.set(Failures.line(failure));
              }
            })
        .executeWith(executor);
  }

  private void show(PreviewImportResponse response) {
    error.set("");
    ready.set(true);
    notes.setAll(response.getNotesList());
    facts.set(
        (response.getFilesCount() == 1
                ? "1 file"
                : Formats.count(response.getFilesCount()) + " files")
            + ", "
            + response.getImporter()
            + (response.getTotalRows() >= 0
                ? ", " + Formats.count(response.getTotalRows()) + " rows"
                : ", first " + Formats.count(response.getRows()) + " rows shown"));
    settling = true;
    List<ImportColumn> added = new ArrayList<>();
    Set<String> there =
        response.getColumnsList().stream().map(PreviewColumn::getSource).collect(toSet());
    columns.removeIf(each -> each.made() && !there.contains(each.source()));
    bySource.values().removeIf(each -> each.made() && !there.contains(each.source()));
    for (PreviewColumn column : response.getColumnsList()) {
      String source = column.getSource();
      ImportColumn known = bySource.get(source);
      if (known == null && source.contains(MADE_OF)) {
        known = new ImportColumn(source, true);
        bySource.put(source, known);
        columns.addFirst(known);
      } else if (known == null && !source.isEmpty()) {
        known = new ImportColumn(source, false);
        bySource.put(source, known);
        known.keptProperty().addListener((property, before, now) -> look());
        known.nameProperty().addListener((property, before, now) -> look());
        known.typeProperty().addListener((property, before, now) -> look());
        added.add(known);
      }
      if (known != null) {
        known.show(column);
      }
    }
    columns.addAll(added);
    settling = false;
  }

  private Struct parameters() {
    Struct.Builder parameters =
        Struct.newBuilder().putAllFields(further).putFields("path", text(shown));
    if (!time.get().equals(NONE)) {
      parameters.putFields("time", text(time.get()));
    }
    if (!time.get().equals(NONE) && !timeOfDay.get().equals(NONE)) {
      parameters.putFields("time_of_day", text(timeOfDay.get()));
    }
    if (!instrument.isEmpty()) {
      parameters.putFields(
          "instrument",
          Value.newBuilder()
              .setListValue(
                  ListValue.newBuilder()
                      .addAllValues(instrument.stream().map(ImportViewModel::text).toList()))
              .build());
    }
    if (!timeUnit.get().equals(AUTO)) {
      parameters.putFields("time_unit", text(timeUnit.get()));
    }
    String zone = timeZone.get() == null ? "" : timeZone.get().strip();
    if (!zone.isEmpty() && !zone.equals("UTC")) {
      parameters.putFields("time_zone", text(zone));
    }
    Struct.Builder changes = Struct.newBuilder();
    for (ImportColumn column : columns) {
      String change = column.change();
      if (!change.isEmpty()) {
        changes.putFields(column.source(), text(change));
      }
    }
    if (changes.getFieldsCount() > 0) {
      parameters.putFields("columns", Value.newBuilder().setStructValue(changes).build());
    }
    return parameters.build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  // ---------------------------------------------------------------------- import

  /**
   * Imports in the background; goes on when the view is closed.
   *
   * @param done gets the dataset
   */
  public void start(Consumer<Dataset> done) {
    if (running.get() || !ready.get()) {
      return;
    }
    ImportDatasetRequest request =
        ImportDatasetRequest.newBuilder()
            .setName(name.get().strip())
            .setImporter(importer)
            .setParameters(parameters())
            .build();
    error.set("");
    progress.set(-1);
    progressText.set("");
    running.set(true);
    Context.CancellableContext call = Context.ROOT.withCancellation();
    task =
        BackgroundTask.of(() -> call.call(() -> follow(request)))
            .title("Import " + shown.substring(shown.lastIndexOf('/') + 1))
            .onSuccess(done)
            .onFailure(failure -> error.set(Failures.line(failure)))
            .onFinished(
                () -> {
                  call.cancel(null);
                  running.set(false);
                })
            .onCancel(() -> call.cancel(null));
    task.executeWith(executor);
  }

  private Dataset follow(ImportDatasetRequest request) {
    Dataset dataset = null;
    Iterator<ImportDatasetEvent> events = services.datasets().importDataset(request);
    while (events.hasNext()) {
      ImportDatasetEvent event = events.next();
      if (event.hasProgress()) {
        executor.onUi(() -> show(event.getProgress()));
      } else if (event.hasDataset()) {
        dataset = event.getDataset();
      }
    }
    return dataset;
  }

  private void show(Progress now) {
    boolean known = now.getTotal() > 0;
    progress.set(known ? (double) now.getDone() / now.getTotal() : -1);
    progressText.set(
        now.getStage()
            + (known ? ", " + Math.round(100.0 * now.getDone() / now.getTotal()) + " %" : "")
            + (now.getRate() > 0 && !now.getUnit().equals("%")
                ? ", " + Formats.count(Math.round(now.getRate())) + " " + now.getUnit() + "/s"
                : "")
            + (now.getSecondsLeft() >= 1
                ? ", " + Formats.count(Math.round(now.getSecondsLeft())) + " s left"
                : ""));
  }

  /** Stops the import; nothing is left of it. */
  public void cancel() {
    if (task != null && running.get()) {
      task.cancel();
    }
  }
}
