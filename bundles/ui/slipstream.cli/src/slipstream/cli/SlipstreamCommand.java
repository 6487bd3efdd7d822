package slipstream.cli;

import java.io.PrintWriter;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Failures;
import slipstream.cli.internal.Interrupts;
import slipstream.core.Text;

/** The root of the command line. */
@Command(
    name = "slipstream",
    mixinStandardHelpOptions = true,
    versionProvider = SlipstreamCommand.ProductVersion.class,
    header = "Slipstream: a workbench for execution-cost models.",
    synopsisSubcommandLabel = "[COMMAND]",
    description = {
      "",
      "Without a command, opens the workbench. Commands run without a display.",
      ""
    },
    subcommands = {
      DemoCommand.class,
      ImportCommand.class,
      DatasetsCommand.class,
      RunCommand.class,
      SearchCommand.class,
      SearchesCommand.class,
      HealthCommand.class,
      PredictCommand.class,
      ExplainCommand.class,
      ServeCommand.class,
      ExportCommand.class,
      GenerateCommand.class,
      CacheCommand.class,
      PluginsCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nDone by the launcher itself:%n",
    footer = {
      "  test               Run all tests of this checkout.",
      "  bench NAME         Run a benchmark of this checkout."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:success",
      " 1:a check that the command makes did not pass",
      " 2:wrong input or wrong use",
      " 3:something named does not exist",
      " 4:a file is damaged or of a newer version",
      " 5:something is in the way: a port in use, a workspace locked",
      " 6:no disk space or memory left",
      " 7:this machine lacks something",
      "70:a defect of Slipstream or of a plug-in",
      "130:cancelled"
    })
public final class SlipstreamCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new SlipstreamCommand());
    Interrupts.watch();
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, result) -> Failures.report(command, e));
    line.setParameterExceptionHandler(SlipstreamCommand::wrongUse);
    return line;
  }

  private static int wrongUse(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    List<String> suggestions = suggestions(e);
    err.println(
        Ansi.AUTO.string("@|bold,red slipstream:|@ ")
            + e.getMessage()
            + (suggestions.isEmpty()
                ? ""
                : " Did you mean " + String.join(" or ", suggestions) + "?"));
    err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return 2;
  }

  private static List<String> suggestions(ParameterException e) {
    return e instanceof CommandLine.UnmatchedArgumentException unmatched
        ? unmatched.getSuggestions()
        : List.of();
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The product's version, as its bundle has it. */
  public static final class ProductVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "slipstream " + number(),
        Text.format("Java %s, %s", Runtime.version(), System.getProperty("java.vm.name"))
      };
    }

    static String number() {
      Bundle bundle = FrameworkUtil.getBundle(ProductVersion.class);
      if (bundle == null) {
        return "(class path)";
      }
      Version version = bundle.getVersion();
      return Text.format("%d.%d.%d", version.getMajor(), version.getMinor(), version.getMicro());
    }
  }
}
