package slipstream.data;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import slipstream.core.SlipstreamException;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress.Severity;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Hashing;
import slipstream.core.table.Table;
import slipstream.data.internal.TableImport;

/**
 * Imports into a content store, and not again while the files and the parameters are the same.
 *
 * <p>A file counts as unchanged while its path, size, inode and times of modification and of change are; a file that was
 * written less than two seconds before it was read is not remembered, as it could change again within the resolution of
 * its times.
 */
public final class ImportCache {
  private static final String VERSION = "slipstream import 1";
  private static final long SETTLED_MILLIS = 2_000;

  private final ContentStore store;

  public ImportCache(ContentStore store) {
    this.store = store;
  }

  /**
   * The table of an import, in the store; the caller closes it.
   *
   * @param context its target is used for work, on the store's file system
   */
  public <P extends Record> Table read(
      Importer<P> importer, P parameters, Importer.Context context) {
    List<Path> files = importer.inputs(parameters, context);
    String key = files.isEmpty() ? null : key(importer, parameters, context, files);
    if (key != null) {
      Optional<Table> known = known(key, context);
      if (known.isPresent()) {
        return known.get();
      }
    }
    AtomicReference<ImportReport> report = new AtomicReference<>();
    Table read =
        importer.read(
            parameters,
            new Importer.Context(
                context.base(),
                context.target(),
                context.threads(),
                ImportReport.Listener.of(context.progress(), report::set),
                context.datasets()));
    if (Files.notExists(context.target())) {
      return read; // of the store already
    }
    read.close();
    Table table = store.adopt(context.target());
    if (key != null && key.equals(key(importer, parameters, context, files))) {
      remember(key, table.hash(), report.get());
    }
    return table;
  }

  // ---------------------------------------------------------------------- key

  /** Null when a file is too young, or gone. */
  private static <P extends Record> String key(
      Importer<P> importer, P parameters, Importer.Context context, List<Path> files) {
    StringBuilder text = new StringBuilder(VERSION).append('\n');
    text.append(TableImport.VERSION)
        .append('\n')
        .append(importer.name())
        .append('\n')
        .append(importer.getClass().getName());
    text.append('\n').append(context.base().toAbsolutePath().normalize()).append('\n');
    new TreeMap<>(ParameterForm.values(parameters))
        .forEach((name, value) -> text.append(encode(name + "=" + value)).append('\n'));
    long settled = System.currentTimeMillis() - SETTLED_MILLIS;
    try {
      for (Path file : files) {
        Map<String, Object> state =
            Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
        if (((FileTime) state.get("ctime")).toMillis() > settled) {
          return null;
        }
        text.append(encode(file.toString())).append(' ').append(new TreeMap<>(state)).append('\n');
      }
    } catch (IOException | UnsupportedOperationException e) {
      return null; // reading tells what is wrong
    }
    return Hashing.sha256(text.toString());
  }

  // ------------------------------------------------------------------- entries

  private Path entry(String key) {
    return store.root().resolve("imports").resolve(key.substring(0, 2)).resolve(key);
  }

  private Optional<Table> known(String key, Importer.Context context) {
    Map<String, String> values = new HashMap<>();
    Path entry = entry(key);
    try {
      for (String line : Files.readAllLines(entry)) {
        String[] words = line.split(" ", 2);
        values.put(words[0], URLDecoder.decode(words[1], StandardCharsets.UTF_8));
      }
      Table table = Table.open(store.tablePath(values.get("table")));
      context
          .progress()
          .message(
              Severity.INFO,
              "the files are as they were when they were imported on "
                  + values.get("on").substring(0, 10)
                  + "; that table is used");
      if (context.progress() instanceof ImportReport.Listener listener
          && values.containsKey("source")) {
        listener.imported(
            new ImportReport(
                values.get("source"),
                Long.parseLong(values.get("read")),
                Long.parseLong(values.get("excluded")),
                Long.parseLong(values.get("backwards")),
                Boolean.parseBoolean(values.get("sorted")),
                values.get("where")));
      }
      return Optional.of(table);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      // A damaged entry, or a table that was removed: it is imported again.
      if (e instanceof SlipstreamException problem
          && problem.category() == SlipstreamException.Category.CANCELLED) {
        throw problem;
      }
      return Optional.empty();
    }
  }

  private void remember(String key, String hash, ImportReport report) {
    StringBuilder text = new StringBuilder();
    line(text, "table", hash);
    line(text, "on", Instant.now().toString());
    if (report != null) {
      line(text, "source", report.source());
      line(text, "read", Long.toString(report.rowsRead()));
      line(text, "excluded", Long.toString(report.rowsExcluded()));
      line(text, "backwards", Long.toString(report.outOfOrder()));
      line(text, "sorted", Boolean.toString(report.sorted()));
      line(text, "where", report.where());
    }
    Path entry = entry(key);
    try {
      AtomicFiles.write(entry, text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw AtomicFiles.explain("remember the import", entry, e);
    }
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(' ').append(encode(value)).append('\n');
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
