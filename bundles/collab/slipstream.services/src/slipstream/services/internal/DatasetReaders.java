package slipstream.services.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import slipstream.core.experiment.Experiment;
import slipstream.core.experiment.PluginUse;
import slipstream.core.store.AtomicFiles;

/** The experiments of a workspace that read a dataset by its name. */
final class DatasetReaders {
  private static final String IMPORTER = "dataset";
  private static final String EXTENSION = ".slip.yaml";

  private DatasetReaders() {}

  /** File names, in order. A file that is no experiment reads nothing. */
  static List<String> of(String dataset, Context context) {
    List<String> readers = new ArrayList<>();
    try (Stream<Path> files = Files.list(context.workspace())) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(EXTENSION) && Files.isRegularFile(file)) {
          Experiment experiment =
              context
                  .pipeline()
                  .parse(Files.readString(file), name, Map.of(), context.plugins())
                  .experiment();
          if (experiment != null && reads(experiment, dataset)) {
            readers.add(name);
          }
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.explain("look at the experiments", context.workspace(), e);
    }
    return readers;
  }

  private static boolean reads(Experiment experiment, String dataset) {
    PluginUse data = experiment.data();
    return data.plugin().equals(IMPORTER) && dataset.equals(data.parameters().get("name"))
        || experiment.prepare().stream().anyMatch(step -> names(step.parameters(), dataset));
  }

  /** A step may name data of its own anywhere among its parameters. */
  private static boolean names(Object value, String dataset) {
    return switch (value) {
      case Map<?, ?> map ->
          IMPORTER.equals(map.get("importer")) && dataset.equals(map.get("name"))
              || map.values().stream().anyMatch(each -> names(each, dataset));
      case Collection<?> list -> list.stream().anyMatch(each -> names(each, dataset));
      case null, default -> false;
    };
  }
}
