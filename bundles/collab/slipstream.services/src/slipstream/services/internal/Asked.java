package slipstream.services.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.spi.PluginCatalog;

/**
 * An experiment that is to be worked on, as a request describes it.
 *
 * @param parsed without problems
 * @param file what to call it in problems; may be empty
 * @param dataDirectory relative data paths start here
 * @param threads upper bound, at least 1
 */
record Asked(Pipeline.Parsed parsed, String file, Path dataDirectory, int threads) {
  private static final int MAX_THREADS = 1024;

  /**
   * @param text the experiment's; or empty for the workspace's experiment of this name
   * @param file what to call it in problems; may be empty
   * @param directory where relative data paths start; the experiment's folder, else the workspace, when empty
   * @param threads 0 for all cores
   * @throws SlipstreamException the first problem of the request or the experiment
   */
  static Asked of(
      Context context,
      PluginCatalog plugins,
      String text,
      String experiment,
      String file,
      Map<String, String> overrides,
      String directory,
      int threads) {
    boolean ownText = !text.isEmpty();
    String name = file;
    if (!ownText) {
      if (experiment.isEmpty()) {
        throw SlipstreamException.invalid(
            "neither an experiment's text nor its name is given",
            Place.key("experiment"),
            "Give one of them.");
      }
      name = file.isEmpty() ? experiment + ExperimentsServiceImpl.EXTENSION : file;
    }
    if (threads < 0) {
      throw SlipstreamException.invalid(
          threads + " threads are not possible", Place.key("threads"), "Give 0 for all cores.");
    }
    Pipeline.Parsed parsed =
        context
            .pipeline()
            .parse(
                ownText ? text : ExperimentsServiceImpl.read(context, experiment),
                name,
                overrides,
                plugins);
    if (!parsed.problems().isEmpty()) {
      throw parsed.problems().getFirst();
    }
    Names.check("experiment", parsed.experiment().name());
    return new Asked(
        parsed,
        name,
        dataDirectory(context, directory, ownText ? file : ""),
        threads == 0 ? Runtime.getRuntime().availableProcessors() : Math.min(threads, MAX_THREADS));
  }

  private static Path dataDirectory(Context context, String directory, String file) {
    if (!directory.isEmpty()) {
      Path folder = context.workspace().resolve(directory).normalize();
      if (!Files.isDirectory(folder)) {
        throw SlipstreamException.notFound(
            "there is no folder " + folder, "Give a folder that holds the data.");
      }
      return folder;
    }
    if (!file.isEmpty()) {
      Path parent = context.workspace().resolve(file).normalize().getParent();
      if (parent != null && Files.isDirectory(parent)) {
        return parent;
      }
    }
    return context.workspace();
  }
}
