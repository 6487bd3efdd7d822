package slipstream.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import slipstream.cli.internal.Json;
import slipstream.cli.internal.Services;
import slipstream.cli.internal.TextTable;
import slipstream.core.SlipstreamException;
import slipstream.proto.v1.ListPluginsRequest;
import slipstream.proto.v1.ListPluginsResponse;
import slipstream.proto.v1.Parameter;
import slipstream.proto.v1.Plugin;
import slipstream.proto.v1.PluginKind;
import slipstream.proto.v1.Problem;
import slipstream.proto.v1.SystemServiceGrpc;

/** {@code slipstream plugins [NAME]}. */
@Command(
    name = "plugins",
    mixinStandardHelpOptions = true,
    description = "Lists importers, extractors, functions, trainers, metrics and exporters.")
public final class PluginsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Show this plug-in with its parameters.")
  private String name;

  @Option(names = "--json", description = "Prints everything as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Services services = Services.temporary()) {
      ListPluginsResponse plugins =
          SystemServiceGrpc.newBlockingStub(services.channel())
              .listPlugins(ListPluginsRequest.getDefaultInstance());
      if (json) {
        Json.print(plugins, out);
      } else if (name != null) {
        describe(find(plugins), out);
      } else {
        list(plugins, out);
      }
      for (Problem problem : plugins.getProblemsList()) {
        spec.commandLine().getErr().println("note: " + problem.getMessage());
      }
      out.flush();
      return 0;
    }
  }

  private List<Plugin> find(ListPluginsResponse plugins) {
    List<Plugin> found =
        plugins.getPluginsList().stream().filter(each -> each.getName().equals(name)).toList();
    if (found.isEmpty()) {
      throw SlipstreamException.notFound(
          "there is no plug-in '" + name + "'", "'slipstream plugins' lists them.");
    }
    return found;
  }

  private static void list(ListPluginsResponse plugins, PrintWriter out) {
    for (PluginKind kind : PluginKind.values()) {
      List<Plugin> ofKind =
          plugins.getPluginsList().stream().filter(each -> each.getKind() == kind).toList();
      if (!ofKind.isEmpty()) {
        out.println();
        out.println(Ansi.AUTO.string("@|bold " + title(kind) + "s|@"));
        TextTable table = new TextTable(3, "name", "summary", "bundle");
        for (Plugin plugin : ofKind) {
          table.row(plugin.getName(), plugin.getSummary(), plugin.getBundle());
        }
        table.print(out);
      }
    }
  }

  private static void describe(List<Plugin> plugins, PrintWriter out) {
    for (Plugin plugin : plugins) {
      out.println(
          Ansi.AUTO.string("@|bold " + plugin.getName() + "|@ (" + title(plugin.getKind()) + ")"));
      out.println(plugin.getSummary());
      if (!plugin.getFormula().isEmpty()) {
        out.println("Formula: " + plugin.getFormula());
        out.println("Unit: " + plugin.getUnit());
        out.println("Unknown input: " + plugin.getNullRule());
      }
      if (!plugin.getSource().isEmpty()) {
        out.println("Source: " + plugin.getSource());
      }
      if (plugin.getParametersCount() > 0) {
        out.println();
        TextTable table = new TextTable(4, "parameter", "type", "default", "meaning");
        for (Parameter parameter : plugin.getParametersList()) {
          table.row(
              parameter.getName(),
              type(parameter),
              parameter.getRequired() ? "(required)" : parameter.getDefaultValue(),
              parameter.getHelp());
        }
        table.print(out);
      }
      out.println();
    }
  }

  private static String type(Parameter parameter) {
    if (parameter.getChoicesCount() > 0) {
      return String.join("|", parameter.getChoicesList());
    }
    String word =
        parameter
            .getType()
            .name()
            .replace("PARAMETER_TYPE_", "")
            .replace('_', ' ')
            .toLowerCase(Locale.ROOT);
    return parameter.getUnit().isEmpty() ? word : word + ", " + parameter.getUnit();
  }

  private static String title(PluginKind kind) {
    String words =
        kind.name().replace("PLUGIN_KIND_", "").replace('_', ' ').toLowerCase(Locale.ROOT);
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
