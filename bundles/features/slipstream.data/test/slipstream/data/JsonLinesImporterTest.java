package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Table;

/** JSON lines. */
class JsonLinesImporterTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() {
    imports = new Imports(folder);
  }

  private SlipstreamException fails(Object... parameters) throws IOException {
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.jsonl(parameters).close());
    assertEquals(List.of(), imports.leftBehind());
    return e;
  }

  private static final String TRADES =
      """
      {"ts": 1381152600123456789, "sym": "A", "px": "101.25", "size": 3, "side": "buy", "code": "007"}
      {"ts": 1381152600123456788, "sym": "A", "px": 101.5, "size": 2.5, "late": true, "legs": [1, 2]}

      {"ts": 1381152600123456790, "sym": "é\\u00e9\\n", "px": null, "side": ""}
      """;

  @Test
  void keysBecomeColumnsAndNanosecondsStay() throws IOException {
    imports.write("a.jsonl", TRADES);
    try (Table table = imports.jsonl("path", "a.jsonl", "time", "ts", "instrument", "sym")) {
      assertEquals(
          List.of("sym", "ts", "px", "size", "side", "code", "late", "legs"),
          table.schema().names());
      assertEquals(1381152600123456788L, table.time().getLong(0));
      assertEquals(1381152600123456789L, table.time().getLong(1));
      assertEquals("éé\n", table.partitions().get(1).instrument());
      assertEquals(ColumnType.FLOAT64, table.column("px").type());
      assertEquals(101.25, table.column("px").getDouble(1));
      assertTrue(table.column("px").isNull(2));
      assertEquals(2.5, table.column("size").getDouble(0));
      assertTrue(table.column("size").isNull(2));
      assertEquals(ColumnType.BOOLEAN, table.column("late").type());
      assertTrue(table.column("late").isNull(1));
      assertEquals("007", table.column("code").getString(1));
      assertEquals("[1,2]", table.column("legs").getString(0));
      assertTrue(table.column("side").isNull(2));
    }
  }

  @Test
  void readsGzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(TRADES.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve("a.jsonl.gz"), bytes.toByteArray());
    try (Table table = imports.jsonl("path", "a.jsonl.gz")) {
      assertEquals(3, table.rows());
    }
    AtomicFiles.deleteRecursively(imports.target());
    Files.write(folder.resolve("b.jsonl.gz"), java.util.Arrays.copyOf(bytes.toByteArray(), 60));
    SlipstreamException e = fails("path", "b.jsonl.gz");
    assertTrue(e.getMessage().startsWith("b.jsonl.gz"), e.getMessage());
  }

  @Test
  void aKeyThatComesLateIsNotLost() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      text.append("{\"x\": ").append(i).append(i == 29_999 ? ", \"late\": 1.5}" : "}").append('\n');
    }
    imports.write("a.jsonl", text.toString());
    try (Table table = imports.jsonl("path", "a.jsonl")) {
      assertEquals(1.5, table.column("late").getDouble(29_999));
    }
  }

  @Test
  void brokenLinesAreNamed() throws IOException {
    imports.write("a.jsonl", "{\"x\": 1}\n\n{\"x\": \n");
    SlipstreamException e = fails("path", "a.jsonl");
    assertTrue(e.getMessage().startsWith("a.jsonl:3:"), e.getMessage());
    imports.write("a.jsonl", "{\"x\": 1}\n{\"x\": 2} {\"x\": 3}\n");
    e = fails("path", "a.jsonl");
    assertTrue(e.getMessage().startsWith("a.jsonl:2:"), e.getMessage());
    imports.write("a.jsonl", "[{\"x\": 1},\n {\"x\": 2}]\n");
    e = fails("path", "a.jsonl");
    assertTrue(e.getMessage().contains("one object a line, not a list"), e.getMessage());
    imports.write("a.jsonl", "{\"x\": 1}\n{\"x\": 2, \"x\": 3}\n");
    e = fails("path", "a.jsonl");
    assertTrue(e.getMessage().startsWith("a.jsonl:2:"), e.getMessage());
    imports.write("a.jsonl", "{\"x\": 1}\n{\"X\": 2}\n");
    e = fails("path", "a.jsonl");
    assertTrue(e.getMessage().contains("two spellings"), e.getMessage());
    imports.write("a.jsonl", "hello\n");
    e = fails("path", "a.jsonl");
    assertTrue(e.getMessage().startsWith("a.jsonl:1:"), e.getMessage());
  }

  @Test
  void wrongTypesAreNamedByLineAndValue() throws IOException {
    imports.write("a.jsonl", "{\"x\": 1}\n{\"x\": 2}\n\n{\"x\": 3}\n{\"x\": \"cheap\"}\n");
    SlipstreamException e = fails("path", "a.jsonl");
    assertTrue(
        e.getMessage().startsWith("a.jsonl:5: column 'x' holds 'cheap', which is not a number"),
        e.getMessage());
    try (Table table = imports.jsonl("path", "a.jsonl", "null_values", List.of("cheap"))) {
      assertTrue(table.column("x").isNull(3));
    }
  }

  @Test
  void fractionsOfTimeInNumbersAreWarnedOf() throws IOException {
    imports.write("a.jsonl", "{\"t\": 1381152600.5}\n{\"t\": 1381152601.25}\n");
    imports.jsonl("path", "a.jsonl", "time", "t", "time_unit", "s").close();
    assertTrue(
        imports.messages.stream().anyMatch(each -> each.contains("exact to 16 digits")),
        imports.messages.toString());
  }

  @Test
  void objectsWithoutKeys() throws IOException {
    imports.write("a.jsonl", "{}\n{}\n");
    assertTrue(fails("path", "a.jsonl").getMessage().contains("no JSON object with a key"));
  }
}
