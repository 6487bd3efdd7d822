package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.parameters.ParameterForm;
import slipstream.core.spi.Importer;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.ContentStore;
import slipstream.core.table.Table;

class ImportCacheTest {
  @TempDir Path folder;
  private ContentStore store;
  private Imports imports;
  private int works;

  @BeforeEach
  void make() {
    store = new ContentStore(folder.resolve("content"));
  }

  /** Reads and tells the hash. */
  private String read(Map<String, Object> parameters) {
    imports = new Imports(folder);
    CsvImporter importer = new CsvImporter();
    try (Table table =
        new ImportCache(store)
            .read(
                importer,
                ParameterForm.bind(importer.parameters(), parameters, "data"),
                new Importer.Context(folder, store.scratch().resolve("w" + works++), 2, imports))) {
      return table.hash();
    }
  }

  private boolean imported() {
    return imports.messages.stream().anyMatch(each -> each.contains("imported"))
        && !imports.stages.isEmpty();
  }

  private static void settle() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(2_100);
  }

  @Test
  void readsAFileOnceUntilItOrTheParametersChange() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("a.csv"), "t,x\n2,1\n1,2\n3,3\n");
    Map<String, Object> parameters =
        Map.of("path", "a.csv", "time", "t", "time_unit", "s", "where", "x < 3");
    String first = read(parameters);
    assertTrue(imported());
    read(parameters);
    assertTrue(imported(), "a file that was just written is not remembered");
    settle();
    read(parameters);
    assertEquals(first, read(parameters));
    assertFalse(imported(), imports.stages.toString());
    assertEquals(1, imports.report.outOfOrder(), "the report is told again");
    assertEquals(1, imports.report.rowsExcluded());
    assertTrue(imports.messages.getFirst().contains("that table is used"));

    assertNotEquals(first, read(Map.of("path", "a.csv", "time", "t", "time_unit", "ms")));
    assertTrue(imported(), "other parameters");
    Files.writeString(file, "t,x\n2,1\n1,2\n3,4\n");
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_000_000));
    settle();
    read(parameters);
    assertTrue(imported(), "the file changed, though its size did not and its time lies");
  }

  @Test
  void aRemovedOrDamagedEntryIsReadAgain() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("a.csv"), "x\n1\n");
    settle();
    Map<String, Object> parameters = Map.of("path", "a.csv");
    String hash = read(parameters);
    read(parameters);
    assertFalse(imported());
    store.removeTable(hash, true);
    assertEquals(hash, read(parameters));
    assertTrue(imported());
    AtomicFiles.deleteRecursively(store.tablePath(hash).resolve("manifest.bin"));
    assertEquals(hash, read(parameters));
    try (var entries = Files.walk(store.root().resolve("imports"))) {
      for (Path entry : entries.filter(Files::isRegularFile).toList()) {
        Files.writeString(entry, "nonsense");
      }
    }
    assertEquals(hash, read(parameters));
    assertTrue(imported());
  }

  @Test
  void severalFilesAreAllLookedAt() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("a.csv"), "x\n1\n");
    Files.writeString(folder.resolve("b.csv"), "x\n2\n");
    settle();
    Map<String, Object> parameters = Map.of("path", "*.csv");
    read(parameters);
    read(parameters);
    assertFalse(imported());
    Files.writeString(folder.resolve("c.csv"), "x\n3\n");
    settle();
    read(parameters);
    assertTrue(imported(), "a file more");
  }
}
