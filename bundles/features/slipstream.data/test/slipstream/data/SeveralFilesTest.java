package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/** Several files as one table. */
class SeveralFilesTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() {
    imports = new Imports(folder);
  }

  private SlipstreamException fails(Object... parameters) throws IOException {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.csv(parameters).close());
    assertEquals(List.of(), imports.leftBehind());
    return e;
  }

  private static List<String> partitions(Table table) {
    return table.partitions().stream().map(each -> each.instrument() + " " + each.rows()).toList();
  }

  @Test
  void theFilesNameTellsTheInstrument() throws IOException {
    imports.write("p_MSFT.csv", "t,px\n2,20\n1,10\n");
    imports.write("p_AAPL.csv", "px,t\n1.5,7\n");
    imports.write("p_BRK.B.csv", "t,px\n3,30\n");
    try (Table table = imports.csv("path", "p_{instrument}.csv", "time", "t", "time_unit", "s")) {
      assertEquals(List.of("AAPL 1", "BRK.B 1", "MSFT 2"), partitions(table));
      assertArrayEquals(new double[] {1.5, 30, 10, 20}, table.column("px").toDoubles());
    }
    AtomicFiles.deleteRecursively(imports.target());
    try (Table table =
        imports.csv(
            "path",
            "p_*.csv",
            "instrument_from_file",
            "p_{instrument}.*",
            "time",
            "t",
            "time_unit",
            "s")) {
      // The shortest text that fits: BRK.
      assertEquals(List.of("AAPL 1", "BRK 1", "MSFT 2"), partitions(table));
    }
    assertEquals("p_*.csv (3 files)", imports.report.source());
  }

  @Test
  void parquetFilesTellTheirInstrumentToo() throws IOException {
    for (String name : List.of("b", "a")) {
      RowFiles.write(
          folder.resolve(name + ".parquet"),
          Table.of(
              List.of(
                  Column.of(new Field("t", ColumnType.TIMESTAMP), new long[] {2, 1}),
                  Column.of("px", new double[] {name.charAt(0), 0})),
              "",
              ""),
          Progress.NONE);
    }
    try (Table table = imports.parquet("path", "{instrument}.parquet", "time", "t")) {
      assertEquals(List.of("a 2", "b 2"), partitions(table));
      assertArrayEquals(new double[] {0, 'a', 0, 'b'}, table.column("px").toDoubles());
    }
  }

  @Test
  void theOrderOfFilesIsThatOfTheirPathsWhateverTheFolderSays() throws IOException {
    for (int i : new int[] {7, 2, 9, 1}) {
      imports.write("d" + i + ".csv", "x\n" + i + "\n");
    }
    try (Table table = imports.csv("path", "d?.csv")) {
      assertArrayEquals(new double[] {1, 2, 7, 9}, table.column("x").toDoubles());
    }
    AtomicFiles.deleteRecursively(imports.target());
    try (Table table = imports.csv("path", "d9.csv", "also", List.of("d[12].csv", "d9.csv"))) {
      assertArrayEquals(new double[] {9, 1, 2}, table.column("x").toDoubles());
    }
  }

  @Test
  void anErrorNamesTheFileAndTheLineInIt() throws IOException {
    imports.write("a.csv", "x\n1\n2\n");
    imports.write("b.csv", "x\n3\noops\n4\n");
    SlipstreamException e = fails("path", "*.csv", "columns", Map.of("x", "int64"));
    assertTrue(e.getMessage().startsWith("b.csv:3:1: column 'x' holds 'oops'"), e.getMessage());
    // Found after reading, when rows are counted over all files.
    imports.write("b.csv", "x\n3\n\n99999999999999999\n4\n");
    e = fails("path", "*.csv", "time", "x", "time_unit", "s");
    assertTrue(e.getMessage().startsWith("b.csv:4"), e.getMessage());
  }

  @Test
  void otherColumnsAreNamedWithTheFile() throws IOException {
    imports.write("a.csv", "t,px\n1,2\n");
    imports.write("b.csv", "t,price\n1,2\n");
    SlipstreamException e = fails("path", "*.csv");
    assertTrue(
        e.getMessage().startsWith("b.csv:1: column 'px' is missing, which a.csv has."),
        e.getMessage());
    imports.write("b.csv", "t,px,size\n1,2,3\n");
    e = fails("path", "*.csv");
    assertTrue(
        e.getMessage().startsWith("b.csv:1: column 'size' is not in a.csv."), e.getMessage());
  }

  @Test
  void otherTypesAreNamedWithTheFile() throws IOException {
    imports.write("a.csv", "t,px\n1,2\n");
    imports.write("b.csv", "t,px\n1,cheap\n");
    SlipstreamException e = fails("path", "*.csv");
    assertTrue(
        e.getMessage().startsWith("b.csv: column 'px' holds text, but whole numbers in a.csv."),
        e.getMessage());
    try (Table table = imports.csv("path", "*.csv", "columns", Map.of("px", "string"))) {
      assertEquals("cheap", table.column("px").getString(1));
    }
    AtomicFiles.deleteRecursively(imports.target());
    imports.write("b.csv", "t,px\n1,\n1,2.5\n");
    try (Table table = imports.csv("path", "*.csv")) {
      assertEquals(ColumnType.FLOAT64, table.column("px").type());
    }
  }

  @Test
  void parquetFilesOfOtherTypesAreNamed() throws IOException {
    Table numbers = Table.of(List.of(Column.of("x", new double[] {1})), "", "");
    Table words = Table.of(List.of(Column.of("x", new String[] {"a"})), "", "");
    Table whole =
        Table.of(
            List.of(Column.of(new Field("x", ColumnType.INT64), new long[] {1L << 53})), "", "");
    RowFiles.write(folder.resolve("a.parquet"), numbers, Progress.NONE);
    RowFiles.write(folder.resolve("b.parquet"), words, Progress.NONE);
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.parquet("path", "*.parquet").close());
    assertTrue(
        e.getMessage().startsWith("b.parquet: column 'x' holds VARCHAR, but DOUBLE in a.parquet."),
        e.getMessage());
    RowFiles.write(folder.resolve("b.parquet"), whole, Progress.NONE);
    try (Table table = imports.parquet("path", "*.parquet")) {
      assertArrayEquals(new double[] {1, 0x1p53}, table.column("x").toDoubles());
    }
  }

  @Test
  void patternsThatFindNothingAndNamesThatDoNotFit() throws IOException {
    imports.write("a.csv", "x\n1\n");
    SlipstreamException e = fails("path", "b*.csv");
    assertEquals(Category.NOT_FOUND, e.category());
    assertTrue(e.getMessage().startsWith("b*.csv: no file matches"), e.getMessage());
    e = fails("path", "nowhere/*.csv");
    assertEquals(Category.NOT_FOUND, e.category());
    e = fails("path", "a.csv", "instrument_from_file", "p_{instrument}.csv");
    assertTrue(e.getMessage().contains("does not fit 'p_{instrument}.csv'"), e.getMessage());
    e = fails("path", "a.csv", "instrument_from_file", "a.csv");
    assertTrue(e.getMessage().contains("does not hold {instrument} once"), e.getMessage());
    imports.write("b.txt", "x\n1\n");
    e = fails("path", "{instrument}.csv", "also", List.of("b.txt"));
    assertTrue(e.getMessage().startsWith("b.txt: the name of this file"), e.getMessage());
    imports.write("a.csv", "instrument\n1\n");
    e = fails("path", "{instrument}.csv");
    assertTrue(e.getMessage().contains("'instrument' of its own"), e.getMessage());
  }

  @Test
  void threadsDoNotChangeAByte() throws IOException {
    for (int f = 0; f < 7; f++) {
      StringBuilder text = new StringBuilder("t,px\n");
      for (int i = 0; i < 30_000; i++) {
        text.append((i * 7919L + f) % 10_007).append(',').append(i * 0.1).append('\n');
      }
      imports.write("s" + f + ".csv", text.toString());
    }
    String[] hashes = new String[2];
    for (int threads = 1; threads <= 2; threads++) {
      imports.threads = threads;
      try (Table table = imports.csv("path", "s*.csv", "time", "t", "time_unit", "s")) {
        hashes[threads - 1] = table.hash();
        assertEquals(210_000, table.rows());
      }
      AtomicFiles.deleteRecursively(imports.target());
    }
    assertEquals(hashes[0], hashes[1]);
  }
}
