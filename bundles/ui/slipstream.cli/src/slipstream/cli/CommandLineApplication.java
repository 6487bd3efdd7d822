package slipstream.cli;

import java.nio.file.Path;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import picocli.CommandLine;
import slipstream.cli.internal.Failures;

/** The Equinox application {@code slipstream.cli.app}: runs one command and returns its exit code. */
public final class CommandLineApplication implements IApplication {
  /** Set while the JVM's class cache is written. */
  private static final String WARM_UP = "slipstream.warm-up";

  private static final String SAMPLE = "sample:bitstamp_trades_from_20131125_usd.csv";

  @Override
  public Object start(IApplicationContext context) {
    String[] arguments =
        (String[]) context.getArguments().get(IApplicationContext.APPLICATION_ARGS);
    context.applicationRunning();
    CommandLine line = SlipstreamCommand.commandLine();
    try {
      return Boolean.getBoolean(WARM_UP)
          ? warmUp(line, Path.of(arguments[0]))
          : line.execute(arguments);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
      // picocli hands on exceptions only.
      return Failures.report(line, e);
    }
  }

  /**
   * Does what people do, for the classes that it takes.
   *
   * @param folder an empty one
   */
  private static int warmUp(CommandLine line, Path folder) {
    String workspace = folder.resolve("workspace").toString();
    String[][] commands = {
      {"demo", "--workspace", workspace},
      {
        "import",
        SAMPLE,
        "--name",
        "trades",
        "--time",
        "timestamp",
        "--time-unit",
        "s",
        "--instrument-value",
        "BTCUSD",
        "--workspace",
        workspace
      },
      {"health", SAMPLE, "--time", "timestamp", "--time-unit", "s"},
      {"datasets", "--workspace", workspace},
      {"plugins"},
      {"run", "nothing.slip.yaml"}
    };
    for (String[] each : commands) {
      line.execute(each);
    }
    return 0;
  }

  @Override
  public void stop() {}
}
