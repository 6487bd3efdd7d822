package slipstream.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import slipstream.core.SlipstreamException;

/** A process of its own that works with a store, for tests that need a second one or one to kill. */
final class ChildStore {
  record Result(int exit, String output) {}

  private ChildStore() {}

  static Process start(Path workspace, String task) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ChildStore.class.getName(),
            workspace.toString(),
            task)
        .redirectErrorStream(true)
        .start();
  }

  static Result run(Path workspace, String task) throws IOException, InterruptedException {
    Process process = start(workspace, task);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(60, TimeUnit.SECONDS);
    return new Result(process.exitValue(), output);
  }

  public static void main(String[] arguments) {
    Path workspace = Path.of(arguments[0]);
    try {
      switch (arguments[1]) {
        case "open" -> WorkspaceStore.open(workspace).close();
        case "leave" -> leave(workspace);
        case "work" -> work(workspace);
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    } catch (SlipstreamException e) {
      System.out.println(e.getMessage());
      System.exit(e.category().exitCode());
    }
  }

  private static RunRecord create(WorkspaceStore store, Path workspace, String experiment) {
    return store
        .runs()
        .create(experiment, "text", 1, workspace.resolve("runs")::resolve, Instant.now());
  }

  /** Ends without a word, a run queued and a run going on. */
  private static void leave(Path workspace) {
    WorkspaceStore store = WorkspaceStore.open(workspace);
    create(store, workspace, "left");
    store.runs().start(create(store, workspace, "left").name(), Instant.now());
    Runtime.getRuntime().halt(0);
  }

  /** Files and a folder as queries and imports have them while they run, which this one never ends. */
  private static void scratch(WorkspaceStore store, String name) {
    Path scratch = store.content().scratch();
    try {
      Files.writeString(scratch.resolve("query-" + name + ".rows"), "rows");
      Files.createDirectories(scratch.resolve("import-" + name));
      Files.writeString(scratch.resolve("import-" + name).resolve("00000.values"), "values");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Works until it is killed; prints what the store has acknowledged. */
  private static void work(Path workspace) {
    WorkspaceStore store = WorkspaceStore.open(workspace);
    System.out.println("open " + String.join(",", store.interrupted()));
    while (true) {
      RunRecord run = create(store, workspace, "work");
      System.out.println("created " + run.name());
      scratch(store, run.name());
      store.runs().start(run.name(), Instant.now());
      String blob =
          store.content().put(("report of " + run.name()).getBytes(StandardCharsets.UTF_8));
      store
          .runs()
          .addEvents(
              run.id(),
              IntStream.rangeClosed(1, 20)
                  .mapToObj(i -> new RunEventRecord(i, new byte[100]))
                  .toList());
      System.out.println("events " + run.name());
      store
          .runs()
          .end(
              run.name(),
              RunState.SUCCEEDED,
              null,
              blob,
              null,
              List.of(
                  WorkspaceStoreTest.model(run.name() + "-a", run.name()),
                  WorkspaceStoreTest.model(run.name() + "-b", run.name())),
              Instant.now());
      System.out.println("ended " + run.name());
    }
  }
}
