package slipstream.ui.internal.dataset;

import java.util.List;
import java.util.function.Consumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.DayCurve;
import slipstream.proto.v1.GetDayCurveRequest;
import slipstream.proto.v1.ReadSeriesRequest;
import slipstream.proto.v1.ReadSeriesResponse;
import slipstream.ui.internal.charts.TimeSeriesPlot.Window;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** Columns of an instrument over time, and quantities through the day. UI thread only. */
public final class PlotsViewModel {
  private final Dataset dataset;
  private final Services services;
  private final TaskExecutor executor;
  private final ObservableList<String> columns = FXCollections.observableArrayList();
  private final ObjectProperty<Window> window = new SimpleObjectProperty<>();
  private final ReadOnlyObjectWrapper<ReadSeriesResponse> series = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper("");
  private String instrument = "";
  private int pixels = 1000;
  private BackgroundTask<?> reading;
  private BackgroundTask<?> curving;

  public PlotsViewModel(Dataset dataset, Services services, TaskExecutor executor) {
    this.dataset = dataset;
    this.services = services;
    this.executor = executor;
    CellText.first(dataset.getColumnsList()).ifPresent(each -> columns.add(each.getName()));
  }

  public Dataset dataset() {
    return dataset;
  }

  List<String> plottable() {
    return dataset.getColumnsList().stream()
        .filter(CellText::plottable)
        .map(slipstream.proto.v1.Column::getName)
        .toList();
  }

  /** What is plotted; {@link #read} after a change. */
  public ObservableList<String> columns() {
    return columns;
  }

  /** What is looked at; null for all of the instrument. {@link #read} after a change. */
  public ObjectProperty<Window> windowProperty() {
    return window;
  }

  public ReadOnlyObjectProperty<ReadSeriesResponse> seriesProperty() {
    return series.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  public void setInstrument(String name) {
    instrument = name;
    window.set(null);
    read();
  }

  public void setPixels(int count) {
    pixels = count;
  }

  /** Fetches the points for what is looked at; points on their way for something else are dropped. */
  public void read() {
    Streaming.cancel(reading);
    error.set("");
    Window wanted = window.get();
    ReadSeriesRequest request =
        ReadSeriesRequest.newBuilder()
            .setName(dataset.getName())
            .setInstrument(instrument)
            .addAllColumns(columns)
            .setFrom(wanted == null ? 0 : wanted.from())
            .setTo(wanted == null ? 0 : wanted.to())
            .setPixels(pixels)
            .build();
    reading =
        Streaming.unary(() -> services.datasets().readSeries(request))
            .onSuccess(series::set)
            .onFailure(failure -> error.set(Failures.line(failure)));
    reading.executeWith(executor);
  }

  /** Fetches a curve through the day. */
  void curve(
      GetDayCurveRequest request,
      Consumer<DayCurve> shown,
      Consumer<String> failed,
      Consumer<Boolean> busy) {
    Streaming.cancel(curving);
    BackgroundTask<DayCurve> task =
        Streaming.task(
            () -> services.datasets().getDayCurve(request),
            event -> event.hasCurve() ? event.getCurve() : null);
    curving = task;
    busy.accept(true);
    task.title("Curve of the day, " + dataset.getName())
        .onSuccess(shown)
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .onFinished(
            () -> {
              if (curving == task) {
                busy.accept(false);
              }
            })
        .executeWith(executor);
  }

  /** Ends what is under way. */
  public void close() {
    Streaming.cancel(reading);
    Streaming.cancel(curving);
  }
}
