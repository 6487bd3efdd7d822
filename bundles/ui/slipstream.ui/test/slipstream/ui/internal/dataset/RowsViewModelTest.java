package slipstream.ui.internal.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import slipstream.proto.v1.Column;
import slipstream.proto.v1.Dataset;
import slipstream.ui.internal.FakeServices;
import slipstream.ui.internal.services.Services;
import slipstream.ui.workbench.TaskExecutor;

final class RowsViewModelTest {
  private static final long ROWS = 28_000_000;
  private static final Dataset DATASET =
      Dataset.newBuilder()
          .setName("ticks")
          .setRows(ROWS)
          .addColumns(Column.newBuilder().setName("row_id").setType("INT64"))
          .build();

  private FakeServices fake;
  private Services services;

  @BeforeEach
  void start() throws IOException {
    fake = new FakeServices(0);
    services = new Services(fake::channel, () -> false);
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  @Test
  void aRowFromTheMiddleCostsOnePage() {
    RowsViewModel model = new RowsViewModel(DATASET, services, TaskExecutor.currentThread());
    long middle = ROWS / 2;
    model.pages().cell(middle, 0);
    assertEquals(middle, model.pages().cell(middle, 0).getNumberValue());
    assertEquals(middle, model.pages().number(middle));
    model.pages().cell(middle + 1, 0);
    assertEquals(1, fake.pagesRead.get());
  }

  /** Whoever drags the thumb through the table wants the rows where it stops. */
  @Test
  void whatWasScrolledPastIsNotFetched() {
    Deque<Runnable> background = new ArrayDeque<>();
    TaskExecutor later =
        new TaskExecutor(
            background::add,
            Runnable::run,
            (task, failure) -> {
              throw new IllegalStateException(failure);
            },
            (task, running) -> {});
    RowsViewModel model = new RowsViewModel(DATASET, services, later);
    long last = 0;
    for (int i = 0; i < 1000; i++) {
      last = i * 20_000L;
      assertNull(model.pages().cell(last, 0));
    }
    while (!background.isEmpty()) {
      background.removeFirst().run();
    }
    assertTrue(fake.pagesRead.get() < 12, "pages " + fake.pagesRead);
    assertEquals(last, model.pages().cell(last, 0).getNumberValue());
  }

  @Test
  void aWrongFilterSaysWhereAndLeavesTheRows() {
    RowsViewModel model = new RowsViewModel(DATASET, services, TaskExecutor.currentThread());
    model.filterProperty().set("row pric");
    model.apply();
    assertEquals(
        "Column 5: there is no column 'pric'. Did you mean 'price'?",
        model.filterErrorProperty().get());
    assertEquals(ROWS, model.shownProperty().get().rows());
    assertFalse(model.busyProperty().get());
    model.filterProperty().set("row % 2 = 1");
    model.apply();
    assertEquals("", model.filterErrorProperty().get());
    assertEquals(14_000_000, model.shownProperty().get().rows());
    assertEquals("14,000,000 of 28,000,000 rows · 0.50 s", model.noteProperty().get());
    model.pages().cell(10, 0);
    assertEquals(21, model.pages().cell(10, 0).getNumberValue());
    model.filterProperty().set("");
    model.apply();
    assertEquals(ROWS, model.shownProperty().get().rows());
  }

  @Test
  void goingToARow() {
    RowsViewModel model = new RowsViewModel(DATASET, services, TaskExecutor.currentThread());
    List<Long> found = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    model.goTo("14,000,000", found::add, failed::add);
    model.goTo("99999999", found::add, failed::add);
    model.goTo("soon", found::add, failed::add);
    assertEquals(List.of(14_000_000L), found);
    assertEquals(2, failed.size());
  }

  @Test
  void aListOfPositionsHoldsNothing() {
    VirtualRows rows = new VirtualRows(5_000_000, 30);
    assertEquals(30, rows.size());
    assertEquals(5_000_029, rows.get(29));
    assertEquals(10, rows.indexOf(5_000_010L));
    assertEquals(-1, rows.indexOf(5_000_030L));
    assertEquals(-1, rows.indexOf(4_999_999L));
  }
}
