package slipstream.tests.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The built product, started as a user starts it: through the {@code slipstream} script. */
final class Product {
  /** The checkout's root. */
  static final Path ROOT =
      Path.of(System.getProperty("slipstream.root", "../..")).toAbsolutePath().normalize();

  /** The Maven run that runs this test has just built the product. */
  private static final String SKIP_BUILD = "SLIPSTREAM_SKIP_BUILD";

  private static final long LIMIT_SECONDS = 240;

  record Result(int exit, String out, String err) {
    /** The error stream as a user reads it, without progress. */
    List<String> errorLines() {
      return err.lines().filter(line -> line.startsWith("slipstream:")).toList();
    }
  }

  /** As on a machine where the product is in use: its first start leaves this to the background. */
  static {
    ProcessBuilder builder =
        new ProcessBuilder(ROOT.resolve("slipstream").toString(), "--warm-up", "commands")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put(SKIP_BUILD, "1");
    try {
      builder.start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Product() {}

  /** A command that was started and not yet waited for. */
  static final class Running implements AutoCloseable {
    final Process process;
    private final Path out;
    private final Path err;

    private Running(Process process, Path out, Path err) {
      this.process = process;
      this.out = out;
      this.err = err;
    }

    String out() {
      return read(out);
    }

    String err() {
      return read(err);
    }

    /** Waits until the text appears on either stream. */
    void awaitText(String text) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      while (!out().contains(text) && !err().contains(text)) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new AssertionError("'" + text + "' never came:\n" + out() + "\n" + err());
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }

    /** Ctrl-C. */
    void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).start().waitFor();
    }

    Result await() throws InterruptedException {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running:\n" + out() + "\n" + err());
      }
      return new Result(process.exitValue(), out(), err());
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    private static String read(Path file) {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Starts a command.
   *
   * @param folder the current folder
   */
  static Running start(Path folder, String... arguments) throws IOException {
    return start(Map.of(), folder, arguments);
  }

  /** Starts a command with further variables in its environment. */
  static Running start(Map<String, String> environment, Path folder, String... arguments)
      throws IOException {
    // Whoever runs the tests in the background made its children ignore Ctrl-C; and a terminal
    // sends it to the whole group.
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                "env",
                "--default-signal=INT,QUIT",
                ROOT.resolve("slipstream").toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("slipstream", ".out");
    Path err = Files.createTempFile("slipstream", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("SLIPSTREAM_WORKSPACE", folder.resolve("workspace").toString());
    // Of a test's own, whatever the machine has.
    List.of("DISPLAY", "WAYLAND_DISPLAY", "SLIPSTREAM_HEADLESS", "SLIPSTREAM_JAVA_OPTS")
        .forEach(builder.environment()::remove);
    builder.environment().put(SKIP_BUILD, "1");
    builder.environment().putAll(environment);
    return new Running(builder.start(), out, err);
  }

  /** Runs a command to its end. */
  static Result run(Path folder, String... arguments) throws IOException, InterruptedException {
    try (Running running = start(folder, arguments)) {
      return running.await();
    }
  }
}
