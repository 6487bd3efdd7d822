package slipstream.cli;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;

/** The Equinox application {@code slipstream.cli.app}: runs one command and returns its exit code. */
public final class CommandLineApplication implements IApplication {

  @Override
  public Object start(IApplicationContext context) {
    String[] arguments =
        (String[]) context.getArguments().get(IApplicationContext.APPLICATION_ARGS);
    context.applicationRunning();
    return SlipstreamCommand.commandLine().execute(arguments);
  }

  @Override
  public void stop() {}
}
