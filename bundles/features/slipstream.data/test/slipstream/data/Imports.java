package slipstream.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.progress.Progress;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.Importer;
import slipstream.core.table.Table;

/** Runs importers in a folder as an experiment would. */
final class Imports implements ImportReport.Listener {
  final List<String> messages = new ArrayList<>();
  final List<String> stages = new ArrayList<>();
  ImportReport report;
  int threads = 2;
  private final Path folder;

  Imports(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized void message(Severity severity, String text) {
    messages.add(severity + " " + text);
  }

  @Override
  public synchronized void stage(String stage, long done, long total, String unit) {
    stages.add(stage + " " + done + "/" + total + " " + unit);
  }

  @Override
  public void imported(ImportReport report) {
    this.report = report;
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  Path target() {
    return folder.resolve("table");
  }

  Table csv(Object... parameters) {
    return read(new CsvImporter(), this, parameters);
  }

  Table jsonl(Object... parameters) {
    return read(new JsonLinesImporter(), this, parameters);
  }

  <P extends Record> ImportPreview preview(Importer<P> importer, int rows, Object... parameters) {
    return importer.preview(
        ParameterForm.bind(importer.parameters(), values(parameters), "data"),
        new Importer.Context(folder, target(), threads, this),
        rows);
  }

  Table parquet(Object... parameters) {
    return read(new ParquetImporter(), this, parameters);
  }

  <P extends Record> Table read(Importer<P> importer, Progress progress, Object... parameters) {
    return importer.read(
        ParameterForm.bind(importer.parameters(), values(parameters), "data"),
        new Importer.Context(folder, target(), threads, progress));
  }

  private static Map<String, Object> values(Object... parameters) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      values.put((String) parameters[i], parameters[i + 1]);
    }
    return values;
  }

  /** Unfinished files and a half-written table, of which there must be none. */
  List<String> leftBehind() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(".unfinished") || name.equals("table"))
          .toList();
    }
  }
}
