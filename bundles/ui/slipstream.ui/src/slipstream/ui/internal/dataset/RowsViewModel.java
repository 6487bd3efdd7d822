package slipstream.ui.internal.dataset;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.ColumnProfile;
import slipstream.proto.v1.Dataset;
import slipstream.proto.v1.FindRowRequest;
import slipstream.proto.v1.FindRowResponse;
import slipstream.proto.v1.GetColumnProfileRequest;
import slipstream.proto.v1.OpenViewRequest;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.RowView;
import slipstream.proto.v1.SortColumn;
import slipstream.ui.internal.Formats;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.internal.services.Streaming;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/** The rows of a dataset as they are filtered and sorted, and what one of its columns is like in them. UI thread only. */
public final class RowsViewModel {
  /** What the rows are: all of them, or those of a query. */
  record Shown(String view, long rows) {}

  private final Dataset dataset;
  private final Services services;
  private final TaskExecutor executor;
  private final RowPages pages;
  private final StringProperty filter = new SimpleStringProperty("");
  private final StringProperty instrument = new SimpleStringProperty("");
  private final ObjectProperty<SortColumn> order = new SimpleObjectProperty<>();
  private final ReadOnlyObjectWrapper<Shown> shown = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper filterError = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Problem> problem = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper note = new ReadOnlyStringWrapper("");
  private final ReadOnlyIntegerWrapper arrivals = new ReadOnlyIntegerWrapper();
  private final StringProperty column = new SimpleStringProperty("");
  private final ReadOnlyObjectWrapper<ColumnProfile> profile = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper profileError = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper profiling = new ReadOnlyBooleanWrapper();
  private BackgroundTask<?> query;
  private BackgroundTask<?> measuring;
  private BackgroundTask<?> search;

  public RowsViewModel(Dataset dataset, Services services, TaskExecutor executor) {
    this.dataset = dataset;
    this.services = services;
    this.executor = executor;
    pages =
        new RowPages(
            dataset.getName(),
            services,
            executor,
            () -> arrivals.set(arrivals.get() + 1),
            filterError::set,
            this::apply);
    show(new Shown("", dataset.getRows()));
  }

  public Dataset dataset() {
    return dataset;
  }

  List<Column> columns() {
    return dataset.getColumnsList();
  }

  RowPages pages() {
    return pages;
  }

  /** A condition in SQL; takes effect with {@link #apply}. */
  public StringProperty filterProperty() {
    return filter;
  }

  /** Whose rows are shown; empty for all. Takes effect with {@link #apply}. */
  public StringProperty instrumentProperty() {
    return instrument;
  }

  /** What the rows are sorted by, or null for the table's order. Takes effect with {@link #apply}. */
  public ObjectProperty<SortColumn> orderProperty() {
    return order;
  }

  ReadOnlyObjectProperty<Shown> shownProperty() {
    return shown.getReadOnlyProperty();
  }

  /** Whether a query is under way. */
  public ReadOnlyBooleanProperty busyProperty() {
    return busy.getReadOnlyProperty();
  }

  /** What is wrong with the filter, or with reading rows; empty when nothing is. */
  public ReadOnlyStringProperty filterErrorProperty() {
    return filterError.getReadOnlyProperty();
  }

  /** The same with its place. */
  public ReadOnlyObjectProperty<Problem> problemProperty() {
    return problem.getReadOnlyProperty();
  }

  /** How many rows there are and how long the query took. */
  public ReadOnlyStringProperty noteProperty() {
    return note.getReadOnlyProperty();
  }

  /** Changes when rows have come. */
  public ReadOnlyIntegerProperty arrivalsProperty() {
    return arrivals.getReadOnlyProperty();
  }

  /** The column whose profile is shown. */
  public StringProperty columnProperty() {
    return column;
  }

  public ReadOnlyObjectProperty<ColumnProfile> profileProperty() {
    return profile.getReadOnlyProperty();
  }

  public ReadOnlyStringProperty profileErrorProperty() {
    return profileError.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty profilingProperty() {
    return profiling.getReadOnlyProperty();
  }

  // ------------------------------------------------------------------ query

  /** Shows the rows that meet the filter, in the order. What is shown stays until they are known. */
  public void apply() {
    Streaming.cancel(query);
    filterError.set("");
    problem.set(null);
    if (filter.get().isBlank() && instrument.get().isEmpty() && order.get() == null) {
      busy.set(false);
      show(new Shown("", dataset.getRows()));
      return;
    }
    OpenViewRequest.Builder request =
        OpenViewRequest.newBuilder()
            .setName(dataset.getName())
            .setWhere(filter.get())
            .setInstrument(instrument.get());
    if (order.get() != null) {
      request.addOrder(order.get());
    }
    BackgroundTask<RowView> task =
        Streaming.task(
            () -> services.datasets().openView(request.build()),
            event -> event.hasView() ? event.getView() : null);
    query = task;
    busy.set(true);
    task.title("Query " + dataset.getName())
        .onSuccess(
            view -> {
              show(new Shown(view.getId(), view.getRows()));
              if (view.getSeconds() > 0) {
                note.set(note.get() + " · " + Formats.fixed(view.getSeconds(), 2) + " s");
              }
            })
        .onFailure(
            failure -> {
              problem.set(Failures.problem(failure));
              filterError.set(line(Failures.problem(failure)));
            })
        .onFinished(
            () -> {
              if (query == task) {
                busy.set(false);
              }
            })
        .executeWith(executor);
  }

  private static String line(Problem problem) {
    String where =
        problem.getColumn() > 0
            ? (problem.getLine() > 1 ? "Line " + problem.getLine() + ", column " : "Column ")
                + problem.getColumn()
                + ": "
            : "";
    return where
        + problem.getMessage()
        + (problem.getRemedy().isEmpty() ? "" : ". " + problem.getRemedy());
  }

  /** Stops the query; what is shown stays. */
  public void cancel() {
    Streaming.cancel(query);
    busy.set(false);
  }

  private void show(Shown rows) {
    pages.show(rows.view(), rows.rows());
    shown.set(rows);
    boolean all = rows.view().isEmpty();
    note.set(
        all
            ? Formats.count(rows.rows()) + " rows"
            : Formats.count(rows.rows()) + " of " + Formats.count(dataset.getRows()) + " rows");
    if (!column.get().isEmpty()) {
      measure();
    }
  }

  // ------------------------------------------------------------------- go to

  /**
   * Finds the row that a person names.
   *
   * @param text a row's position, or a time in UTC such as {@code 2024-03-01 14:30}
   * @param found gets the position
   * @param failed gets why there is none
   */
  public void goTo(String text, LongConsumer found, java.util.function.Consumer<String> failed) {
    String wanted = text.strip();
    if (wanted.replace(",", "").matches("\\d{1,18}") && !wanted.matches("(19|20)\\d\\d")) {
      long row = Long.parseLong(wanted.replace(",", ""));
      if (row < shown.get().rows()) {
        found.accept(row);
      } else {
        failed.accept("There are " + Formats.count(shown.get().rows()) + " rows, from 0");
      }
      return;
    }
    Optional<Instant> time = time(wanted);
    if (time.isEmpty()) {
      failed.accept("Write a row number, or a time as in 2024-03-01 14:30:00 (UTC)");
      return;
    }
    Streaming.cancel(search);
    FindRowRequest request =
        FindRowRequest.newBuilder()
            .setName(dataset.getName())
            .setView(shown.get().view())
            .setInstrument(instrument.get())
            .setTime(
                Timestamp.newBuilder()
                    .setSeconds(time.get().getEpochSecond())
                    .setNanos(time.get().getNano()))
            .build();
    BackgroundTask<FindRowResponse> task =
        Streaming.unary(() -> services.datasets().findRow(request));
    search = task;
    task.onSuccess(
            response -> {
              if (response.getPosition() < shown.get().rows()) {
                found.accept(response.getPosition());
              } else {
                failed.accept("There is no row at or after that time");
              }
            })
        .onFailure(failure -> failed.accept(Failures.line(failure)))
        .executeWith(executor);
  }

  /** A time in UTC as people write it: a year, a day, with or without the time of day, with or without a zone. */
  static Optional<Instant> time(String text) {
    String iso = text.strip().replace(' ', 'T');
    try {
      if (iso.matches("\\d{4}")) {
        return Optional.of(
            LocalDate.parse(iso + "-01-01").atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      if (iso.matches("\\d{4}-\\d\\d")) {
        return Optional.of(LocalDate.parse(iso + "-01").atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      if (iso.matches("\\d{4}-\\d\\d-\\d\\d")) {
        return Optional.of(LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      if (iso.endsWith("Z") || iso.matches(".*[+-]\\d\\d:\\d\\d")) {
        return Optional.of(java.time.OffsetDateTime.parse(iso).toInstant());
      }
      return Optional.of(LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  // ----------------------------------------------------------------- profile

  /** Shows what a column is like in the rows that are shown. */
  public void select(String name) {
    if (!name.equals(column.get())) {
      column.set(name);
      profile.set(null);
      measure();
    }
  }

  private void measure() {
    Streaming.cancel(measuring);
    profileError.set("");
    GetColumnProfileRequest request =
        GetColumnProfileRequest.newBuilder()
            .setName(dataset.getName())
            .setColumn(column.get())
            .setView(shown.get().view())
            .setBins(48)
            .build();
    BackgroundTask<ColumnProfile> task =
        Streaming.task(
            () -> services.datasets().getColumnProfile(request),
            event -> event.hasProfile() ? event.getProfile() : null);
    measuring = task;
    profiling.set(true);
    task.onSuccess(profile::set)
        .onFailure(failure -> profileError.set(Failures.line(failure)))
        .onFinished(
            () -> {
              if (measuring == task) {
                profiling.set(false);
              }
            })
        .executeWith(executor);
  }

  /** Ends what is under way. */
  public void close() {
    Streaming.cancel(query);
    Streaming.cancel(measuring);
    Streaming.cancel(search);
  }
}
