package slipstream.ui.workbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Background tasks and the watchdog over the UI thread. */
final class TaskExecutorTest {
  @Test
  void callbacksComeInOrder() {
    List<String> told = new ArrayList<>();
    BackgroundTask.of(() -> 42)
        .onRunning(() -> told.add("running"))
        .onSuccess(value -> told.add("success " + value))
        .onFinished(() -> told.add("finished"))
        .executeWith(TaskExecutor.currentThread());
    assertEquals(List.of("running", "success 42", "finished"), told);
  }

  @Test
  void aFailureGoesToItsCallbackOrToTheExecutor() {
    List<String> told = new ArrayList<>();
    BackgroundTask.of(
            () -> {
              throw new IllegalArgumentException("no");
            })
        .onFailure(e -> told.add(e.getMessage()))
        .onFinished(() -> told.add("finished"))
        .executeWith(TaskExecutor.currentThread());
    assertEquals(List.of("no", "finished"), told);
    assertThrows(
        IllegalStateException.class,
        () ->
            BackgroundTask.of(
                    () -> {
                      throw new IllegalArgumentException("no");
                    })
                .executeWith(TaskExecutor.currentThread()));
  }

  @Test
  void theResultOfACancelledTaskIsDropped() {
    List<String> told = new ArrayList<>();
    BackgroundTask<String> task = BackgroundTask.of(() -> "late");
    task.onSuccess(told::add).onCancel(() -> told.add("cancelled"));
    task.cancel();
    task.executeWith(TaskExecutor.currentThread());
    assertEquals(List.of("cancelled"), told);
    assertTrue(task.isCancelled());
  }

  @Test
  void theWatchdogRecordsAStallAndWhatCausedIt() throws Exception {
    LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    Thread ui =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    while (true) {
                      queue.take().run();
                    }
                  } catch (InterruptedException e) {
                    // The test is over.
                  }
                });
    UiStallWatchdog watchdog = new UiStallWatchdog(queue::add);
    watchdog.start();
    queue.add(this::slow);
    while (watchdog.stalls().isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    watchdog.stop();
    ui.interrupt();
    UiStallWatchdog.Stall stall = watchdog.stalls().getFirst();
    assertTrue(stall.length().compareTo(UiStallWatchdog.LIMIT) > 0);
    assertFalse(watchdog.worst().compareTo(stall.length()) < 0);
    watchdog.reset();
    assertTrue(watchdog.stalls().isEmpty());
  }

  private void slow() {
    try {
      TimeUnit.MILLISECONDS.sleep(400);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
