package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

/** Files as nobody wants them. */
class BadDataTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() {
    imports = new Imports(folder);
  }

  private SlipstreamException fails(Object... parameters) throws IOException {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.csv(parameters).close());
    assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
    assertEquals(List.of(), imports.leftBehind());
    return e;
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() throws IOException {
    for (String name : List.of("a.csv", "b.csv")) {
      Files.write(folder.resolve(name), "\ufeffpx,size\n1,2\n".getBytes(StandardCharsets.UTF_8));
    }
    try (Table table = imports.csv("path", "*.csv")) {
      assertEquals(List.of("px", "size"), table.schema().names());
      assertEquals(2, table.rows());
      assertEquals(1, table.column("px").getLong(1));
    }
    AtomicFiles.deleteRecursively(imports.target());
    Files.write(folder.resolve("c.csv"), "px,size\n1,2\n".getBytes(StandardCharsets.UTF_16));
    SlipstreamException e = fails("path", "c.csv");
    assertTrue(e.getMessage().startsWith("c.csv"), e.getMessage());
  }

  @Test
  void lineEndsWithinQuotesBelongToTheValue() throws IOException {
    imports.write("a.csv", "x,note\n1,\"two\nlines, \"\"quoted\"\"\"\n2,plain\noops,c\n");
    SlipstreamException e = fails("path", "a.csv");
    assertTrue(e.getMessage().startsWith("a.csv:5:1: column 'x' holds 'oops'"), e.getMessage());
    imports.write("a.csv", "x,note\n1,\"two\nlines, \"\"quoted\"\"\"\n2,plain\n");
    try (Table table = imports.csv("path", "a.csv")) {
      assertEquals("two\nlines, \"quoted\"", table.column("note").getString(0));
      assertEquals(2, table.rows());
    }
  }

  private static String wide(int columns, int rows) {
    StringBuilder text = new StringBuilder();
    for (int row = -1; row < rows; row++) {
      String prefix = row < 0 ? "c" : "";
      int add = Math.max(row, 0);
      text.append(
              IntStream.range(0, columns)
                  .mapToObj(i -> prefix + (i + add))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.toString();
  }

  @Test
  void manyColumnsAreReadAndTenThousandRefused() throws IOException {
    imports.write("a.csv", wide(300, 3));
    try (Table table = imports.csv("path", "a.csv")) {
      assertEquals(300, table.schema().size());
      assertEquals(301, table.column("c299").getLong(2));
    }
    AtomicFiles.deleteRecursively(imports.target());
    imports.write("a.csv", wide(300, 3) + "1,2\n");
    SlipstreamException e = fails("path", "a.csv");
    assertTrue(
        e.getMessage().startsWith("a.csv:5: the line has 2 fields where the header has 300"),
        e.getMessage());
    imports.write("a.csv", wide(10_000, 1));
    e = fails("path", "a.csv");
    assertTrue(
        e.getMessage().startsWith("a.csv:1: the header has 10,000 columns, more than 4,096."),
        e.getMessage());
  }

  @Test
  void aCellOfAMegabyte() throws IOException {
    String cell = "x".repeat(1 << 20);
    imports.write("a.csv", "n,note\n1," + cell + "\n2,b\n");
    imports.write("a.jsonl", "{\"n\": 1, \"note\": \"" + cell + "\"}\n{\"n\": 2}\n");
    try (Table table = imports.csv("path", "a.csv")) {
      assertEquals(cell, table.column("note").getString(0));
    }
    AtomicFiles.deleteRecursively(imports.target());
    try (Table table = imports.jsonl("path", "a.jsonl")) {
      assertEquals(cell, table.column("note").getString(0));
    }
    AtomicFiles.deleteRecursively(imports.target());
    imports.write("a.csv", "n,note\n1,\"" + "x".repeat(17 << 20) + "\n");
    SlipstreamException e = fails("path", "a.csv");
    assertTrue(e.getMessage().startsWith("a.csv:2"), e.getMessage());
  }

  @Test
  void mixedTypesNameLineColumnAndValue() throws IOException {
    StringBuilder text = new StringBuilder("t,px\n");
    for (int i = 0; i < 50_000; i++) {
      text.append(i).append(i == 40_000 ? ",n/a\n" : ",1.5\n"); // after the sample of types
    }
    imports.write("a.csv", text.toString());
    SlipstreamException e = fails("path", "a.csv");
    assertTrue(
        e.getMessage().startsWith("a.csv:40002:2: column 'px' holds 'n/a', which is not a number."),
        e.getMessage());
    imports.csv("path", "a.csv", "null_values", List.of("n/a")).close();
  }

  @Test
  void timeThatGoesBackwardsIsSortedAndCounted() throws IOException {
    imports.write("a.csv", "t,s,x\n3,A,1\n1,A,2\n2,A,3\n5,B,4\n");
    try (Table table =
        imports.csv("path", "a.csv", "time", "t", "time_unit", "s", "instrument", "s")) {
      assertEquals(2, table.column("x").getLong(0));
      assertEquals(1, table.partitions().get(1).rows(), "an instrument of one row");
    }
    assertEquals(1, imports.report.outOfOrder());
    assertTrue(
        imports.messages.contains(
            "WARNING time goes backwards at 1 rows of a.csv; the rows were sorted"),
        imports.messages.toString());
  }

  @Test
  void aParquetFileThatIsCutAnywhereIsRefused() throws IOException {
    byte[] whole = parquet();
    for (int length : new int[] {1, 4, 8, whole.length / 4, whole.length / 2, whole.length - 1}) {
      Files.write(folder.resolve("a.parquet"), Arrays.copyOf(whole, length));
      SlipstreamException e =
          assertThrows(
              SlipstreamException.class, () -> imports.parquet("path", "a.parquet").close());
      assertEquals(Category.CORRUPT, e.category(), e.getMessage());
      assertTrue(e.getMessage().startsWith("a.parquet: "), e.getMessage());
      assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
      assertEquals(List.of(), imports.leftBehind());
    }
  }

  private byte[] parquet() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    double[] prices = random.doubles(20_000).toArray();
    long[] times = IntStream.range(0, prices.length).mapToLong(i -> i * 1_000L).toArray();
    RowFiles.write(
        folder.resolve("whole.parquet"),
        Table.of(
            List.of(
                Column.of(new Field("t", ColumnType.TIMESTAMP), times), Column.of("px", prices)),
            "",
            ""),
        Progress.NONE);
    return Files.readAllBytes(folder.resolve("whole.parquet"));
  }

  /**
   * DuckDB checks no page checksums, and most writers store none: a flipped bit may be read as another number. What is
   * promised is that nothing worse happens: an error of one line, or a table whose content hash tells the difference.
   */
  @Test
  void aFlippedBitIsAnErrorOrAnotherContentHash() throws IOException {
    byte[] whole = parquet();
    String hash;
    try (Table table = imports.parquet("path", "whole.parquet")) {
      hash = table.hash();
    }
    AtomicFiles.deleteRecursively(imports.target());
    SplittableRandom random = new SplittableRandom(7);
    int refused = 0;
    int same = 0;
    for (int trial = 0; trial < 60; trial++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(folder.resolve("a.parquet"), flipped);
      try (Table table = imports.parquet("path", "a.parquet")) {
        same += table.hash().equals(hash) ? 1 : 0;
      } catch (SlipstreamException e) {
        refused++;
        assertNotEquals(Category.INTERNAL, e.category(), e.getMessage());
        assertTrue(e.getMessage().startsWith("a.parquet"), e.getMessage());
        assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
        assertEquals(List.of(), imports.leftBehind());
      }
      AtomicFiles.deleteRecursively(imports.target());
    }
    System.out.println("flipped bits: " + refused + " refused, " + same + " without effect, of 60");
    assertTrue(refused > 0, "some flips are noticed");
  }
}
