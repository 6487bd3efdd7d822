package slipstream.ui.internal.dataset;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import slipstream.proto.v1.ReadRowsRequest;
import slipstream.proto.v1.ReadRowsResponse;
import slipstream.ui.internal.services.Failures;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.BackgroundTask;
import slipstream.ui.workbench.TaskExecutor;

/**
 * The rows of a table or view, of which only those that are looked at are fetched, page by page. What was asked for last
 * comes first; what was scrolled past is not fetched at all. UI thread only.
 */
final class RowPages {
  static final int PAGE = 128;
  private static final int KEPT = 64;
  private static final int WAITING = 6;
  private static final int AT_ONCE = 2;

  private final String dataset;
  private final Services services;
  private final TaskExecutor executor;
  private final Runnable arrived;
  private final java.util.function.Consumer<String> failed;
  private final Runnable gone;
  private final Map<Long, ReadRowsResponse> pages = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<Long> waiting = new ArrayDeque<>();
  private final Set<Long> underWay = new HashSet<>();
  private String view = "";
  private long rows;
  private int generation;
  private boolean broken;

  /**
   * @param arrived told when rows have come
   * @param failed told why they have not
   * @param gone told when the view is no longer kept
   */
  RowPages(
      String dataset,
      Services services,
      TaskExecutor executor,
      Runnable arrived,
      java.util.function.Consumer<String> failed,
      Runnable gone) {
    this.dataset = dataset;
    this.services = services;
    this.executor = executor;
    this.arrived = arrived;
    this.failed = failed;
    this.gone = gone;
  }

  /** Shows another view. */
  void show(String newView, long newRows) {
    generation++;
    view = newView;
    rows = newRows;
    broken = false;
    pages.clear();
    waiting.clear();
    underWay.clear();
  }

  long rows() {
    return rows;
  }

  /** A cell, or null when its row has not come yet; then it is fetched. */
  Value cell(long position, int column) {
    ReadRowsResponse page = page(position);
    if (page == null) {
      return null;
    }
    int index = (int) (position % PAGE);
    if (index >= page.getRowsCount()) {
      return Value.getDefaultInstance();
    }
    ListValue row = page.getRows(index);
    return column < row.getValuesCount() ? row.getValues(column) : Value.getDefaultInstance();
  }

  /** The row's number in the table, or -1 when it has not come yet. */
  long number(long position) {
    ReadRowsResponse page = page(position);
    int index = (int) (position % PAGE);
    return page == null || index >= page.getRowNumbersCount() ? -1 : page.getRowNumbers(index);
  }

  private ReadRowsResponse page(long position) {
    long wanted = position / PAGE;
    ReadRowsResponse page = pages.get(wanted);
    if (page == null && !broken && !underWay.contains(wanted)) {
      waiting.remove(wanted);
      waiting.addFirst(wanted);
      while (waiting.size() > WAITING) {
        waiting.removeLast();
      }
      fetch();
    }
    return page;
  }

  private void fetch() {
    while (underWay.size() < AT_ONCE && !waiting.isEmpty()) {
      long page = waiting.removeFirst();
      int asked = generation;
      underWay.add(page);
      ReadRowsRequest request =
          ReadRowsRequest.newBuilder()
              .setName(dataset)
              .setView(view)
              .setFirstRow(page * PAGE)
              .setRowCount(PAGE)
              .build();
      BackgroundTask.of(() -> services.datasets().readRows(request))
          .onSuccess(response -> take(asked, page, response))
          .onFailure(failure -> fail(asked, failure))
          .executeWith(executor);
    }
  }

  private void take(int asked, long page, ReadRowsResponse response) {
    if (asked != generation) {
      return;
    }
    underWay.remove(page);
    pages.put(page, response);
    var eldest = pages.keySet().iterator();
    while (pages.size() > KEPT) {
      eldest.next();
      eldest.remove();
    }
    arrived.run();
    fetch();
  }

  private void fail(int asked, Exception failure) {
    if (asked != generation) {
      return;
    }
    broken = true; // until another view is shown: what failed once would fail at every scroll
    underWay.clear();
    waiting.clear();
    if (!view.isEmpty() && Status.fromThrowable(failure).getCode() == Status.Code.NOT_FOUND) {
      gone.run();
    } else {
      failed.accept(Failures.line(failure));
    }
  }
}
