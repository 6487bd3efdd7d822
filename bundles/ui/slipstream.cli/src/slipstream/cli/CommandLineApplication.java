package slipstream.cli;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The Equinox application {@code slipstream.cli.app}: runs one command and returns its exit code. */
public final class CommandLineApplication implements IApplication {

  @Override
  public Object start(IApplicationContext context) {
    String[] arguments =
        (String[]) context.getArguments().get(IApplicationContext.APPLICATION_ARGS);
    context.applicationRunning();
    return new CommandLine(new SlipstreamCommand()).execute(arguments);
  }

  @Override
  public void stop() {}

  @Command(
      name = "slipstream",
      description = "A workbench for execution-cost models.",
      mixinStandardHelpOptions = true,
      versionProvider = ProductVersion.class)
  static final class SlipstreamCommand implements Runnable {
    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  static final class ProductVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      Version version = FrameworkUtil.getBundle(ProductVersion.class).getVersion();
      return new String[] {
        "slipstream %d.%d.%d".formatted(version.getMajor(), version.getMinor(), version.getMicro()),
        "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name"))
      };
    }
  }
}
