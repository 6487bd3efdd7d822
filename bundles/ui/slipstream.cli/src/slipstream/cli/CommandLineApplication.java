package slipstream.cli;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import picocli.CommandLine;
import slipstream.cli.internal.Failures;

/** The Equinox application {@code slipstream.cli.app}: runs one command and returns its exit code. */
public final class CommandLineApplication implements IApplication {

  @Override
  public Object start(IApplicationContext context) {
    String[] arguments =
        (String[]) context.getArguments().get(IApplicationContext.APPLICATION_ARGS);
    context.applicationRunning();
    CommandLine line = SlipstreamCommand.commandLine();
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
      // picocli hands on exceptions only.
      return Failures.report(line, e);
    }
  }

  @Override
  public void stop() {}
}
