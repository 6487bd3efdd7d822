package slipstream.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import slipstream.core.Nearest;
import slipstream.core.SlipstreamException;
import slipstream.core.progress.Progress;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Lineage;
import slipstream.core.table.Table;
import slipstream.core.table.TableVersions;

/**
 * The tables of datasets.
 *
 * <p>Only the newest version's table is kept: an earlier one is its beginning, instrument by instrument, and is made from
 * it when somebody asks, to the byte.
 */
public final class DatasetTables implements Importer.Datasets {
  private static final int SOME = 20;

  private final Datasets datasets;
  private final ContentStore content;

  DatasetTables(Datasets datasets, ContentStore content) {
    this.datasets = datasets;
    this.content = content;
  }

  @Override
  public Table open(String name) {
    int at = name.lastIndexOf('@');
    if (at > 0 && name.substring(at + 1).matches("[0-9]{1,9}")) {
      DatasetRecord dataset = find(name.substring(0, at));
      int wanted = Integer.parseInt(name.substring(at + 1));
      DatasetRecord.Version version =
          datasets.versions(dataset).stream()
              .filter(each -> each.number() == wanted)
              .findFirst()
              .orElseThrow(
                  () ->
                      SlipstreamException.notFound(
                          "dataset '" + dataset.name() + "' has no version " + wanted,
                          "Versions: 1 to " + dataset.version() + "."));
      return open(dataset, version.hash());
    }
    DatasetRecord dataset = find(name);
    return open(dataset, dataset.hash());
  }

  /**
   * A dataset by name or by content hash.
   *
   * @throws SlipstreamException NOT_FOUND, naming those there are
   */
  public DatasetRecord find(String name) {
    return datasets
        .find(name)
        .or(() -> datasets.findByHash(name))
        .orElseThrow(
            () -> {
              List<String> names =
                  datasets.list(0, SOME).rows().stream().map(DatasetRecord::name).toList();
              return SlipstreamException.notFound(
                  "there is no dataset '" + name + "'",
                  names.isEmpty()
                      ? "Import one: slipstream import FILE."
                      : Nearest.remedy(name, names));
            });
  }

  private Table open(DatasetRecord dataset, String hash) {
    try {
      return Table.open(content.tablePath(hash));
    } catch (SlipstreamException e) {
      if (hash.equals(dataset.hash()) || e.category() != SlipstreamException.Category.NOT_FOUND) {
        throw e;
      }
    }
    return earlier(dataset, hash);
  }

  private Table earlier(DatasetRecord dataset, String hash) {
    List<Lineage> steps = new ArrayList<>();
    for (String at = dataset.hash(); !at.equals(hash); at = steps.getLast().previous()) {
      Optional<Lineage> step = content.lineage(at);
      if (step.isEmpty()) {
        throw SlipstreamException.corrupt(
            "an earlier version of dataset '"
                + dataset.name()
                + "' cannot be made: its lineage is lost",
            "Use the newest version, or import the files again.");
      }
      steps.add(step.get());
    }
    Path target = content.scratch().resolve(AtomicFiles.PREFIX + UUID.randomUUID());
    try (Table newest = Table.open(content.tablePath(dataset.hash()))) {
      TableVersions.earlier(newest, steps, target, Progress.NONE).close();
      Table table = content.adopt(target);
      if (!table.hash().equals(hash)) {
        table.close();
        throw SlipstreamException.corrupt(
            "an earlier version of dataset '" + dataset.name() + "' does not come out as it was",
            "Use the newest version, or import the files again.");
      }
      return table;
    } finally {
      try {
        AtomicFiles.deleteRecursively(target);
      } catch (IOException e) {
        throw AtomicFiles.explain("remove", target, e);
      }
    }
  }

  /** Removes tables that no dataset has as its newest any more. */
  public void removeUnused() {
    for (String hash : datasets.unusedTables()) {
      // How it grew is still needed to make the versions before it.
      content.removeTable(hash, !datasets.isVersion(hash));
      datasets.removed(hash);
    }
  }
}
