package slipstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that works on a workspace is killed at random instants.
 *
 * <p>A process that is stopped (SIGSTOP) has written exactly what it would have when killed at that instant, so its
 * files, copied then, are what a kill leaves; one process serves for many kills that way. A few real kills on the same
 * workspace come after.
 */
final class KilledProcessTest {
  private static final int STOPS = 20;
  private static final int KILLS = 6;

  @TempDir private Path folder;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<String> acknowledged = new CopyOnWriteArrayList<>();

  @Test
  void whatWasAcknowledgedIsThereAndNothingIsHalf() throws Exception {
    Path workspace = folder.resolve("workspace");
    Process process = start(workspace);
    try {
      // The first stops fall into the making of the store.
      for (int stop = 0; stop < STOPS; stop++) {
        if (stop >= 5) {
          awaitWork();
        }
        TimeUnit.MICROSECONDS.sleep(random.nextInt(1, 60_000));
        stop(process);
        List<String> before = List.copyOf(acknowledged);
        Path copy = folder.resolve("copy" + stop);
        copy(workspace, copy);
        signal(process, "CONT");
        check(copy, before, "seed " + seed + ", stop " + stop);
      }
      kill(process);
      check(workspace, List.copyOf(acknowledged), "seed " + seed + ", first kill");
      for (int kill = 0; kill < KILLS; kill++) {
        process = start(workspace);
        awaitWork();
        // Soon after something was acknowledged, which a write in the background would lose.
        TimeUnit.MICROSECONDS.sleep(random.nextInt(1, 3_000));
        kill(process);
        check(workspace, List.copyOf(acknowledged), "seed " + seed + ", kill " + kill);
      }
    } finally {
      process.destroyForcibly();
    }
    assertTrue(acknowledged.size() > 20, "the processes did work: " + acknowledged);
  }

  private Thread reader;

  private Process start(Path workspace) throws IOException {
    Process process = ChildStore.start(workspace, "work");
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                      acknowledged.add(line);
                    }
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    return process;
  }

  /** Waits until something more is acknowledged. */
  private void awaitWork() throws InterruptedException {
    int size = acknowledged.size();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (acknowledged.size() == size) {
      assertTrue(System.nanoTime() < end, "the process does nothing: " + acknowledged);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void signal(Process process, String signal) throws Exception {
    int exit =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertEquals(0, exit, "kill -" + signal);
  }

  /** SIGSTOP, until every thread has stopped: on a busy machine that takes a while after the signal. */
  private static void stop(Process process) throws Exception {
    signal(process, "STOP");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!stopped(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      assertTrue(System.nanoTime() < end, "the process does not stop");
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static boolean stopped(Path tasks) throws IOException {
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      // A thread ended between listing and reading.
      return false;
    }
  }

  /** SIGKILL, keeping what the process had said. */
  private void kill(Process process) throws Exception {
    // Of the handle: the process's own method would also close its output.
    process.toHandle().destroyForcibly();
    process.waitFor();
    reader.join();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    if (!Files.exists(from)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        try {
          if (Files.isDirectory(file)) {
            Files.createDirectories(target);
          } else {
            Files.copy(file, target);
          }
        } catch (NoSuchFileException e) {
          throw new AssertionError("the process was not stopped", e);
        }
      }
    }
  }

  private static void check(Path workspace, List<String> acknowledged, String which) {
    try (WorkspaceStore store = WorkspaceStore.open(workspace)) {
      try (Stream<Path> left = Files.list(store.content().scratch())) {
        assertEquals(List.of(), left.toList(), which);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      int recent = Math.max(0, acknowledged.size() - 100);
      for (String line : acknowledged.subList(recent, acknowledged.size())) {
        String[] words = line.split(" ");
        if (words.length < 2 || !words[1].matches("work-[0-9]+")) {
          continue;
        }
        RunRecord run =
            store
                .runs()
                .find(words[1])
                .orElseThrow(() -> new AssertionError(which + ": lost after '" + line + "'"));
        switch (words[0]) {
          case "events" ->
              assertEquals(20, store.runs().events(run.id(), 0, 100).size(), which + line);
          case "ended" -> assertEquals(RunState.SUCCEEDED, run.state(), which + line);
          default -> assertTrue(run.state().ended(), which + line);
        }
      }
      for (RunRecord run : store.runs().list("", 0, 30).rows()) {
        int models = store.models().namesOfRun(run.name()).size();
        int events = store.runs().events(run.id(), 0, 100).size();
        switch (run.state()) {
          case SUCCEEDED -> {
            assertEquals(2, models, which);
            assertEquals(20, events, which);
            store.content().get(run.reportHash());
          }
          case INTERRUPTED -> {
            assertEquals(0, models, which);
            assertTrue(events == 0 || events == 20, which);
          }
          default -> throw new AssertionError(which + ": " + run);
        }
      }
    }
  }
}
