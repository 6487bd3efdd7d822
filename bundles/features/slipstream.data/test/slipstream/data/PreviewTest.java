package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import slipstream.core.progress.Progress;
import slipstream.core.spi.ImportPreview;
import slipstream.core.spi.ImportPreview.PreviewColumn;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/** What an import would make of the first rows. */
class PreviewTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() {
    imports = new Imports(folder);
  }

  private static PreviewColumn column(ImportPreview preview, String name) {
    return preview.columns().stream()
        .filter(each -> each.field().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void showsTypesValuesAndNullsOfTheFirstRows() throws IOException {
    StringBuilder text = new StringBuilder("when,sym,px,code,note\n");
    for (int i = 0; i < 5_000; i++) {
      text.append("2024-01-02T09:30:00.00000000").append(i % 10).append(",A,");
      text.append(i % 4 == 1 ? "" : "1.5").append(",00").append(i).append(",x\n");
    }
    imports.write("a.csv", text.toString());
    ImportPreview preview =
        imports.preview(
            new CsvImporter(),
            20,
            "path",
            "a.csv",
            "time",
            "when",
            "instrument",
            "sym",
            "columns",
            Map.of("px", "price float32", "note", "-"));
    assertEquals(List.of("a.csv"), preview.files());
    assertEquals(20, preview.rows());
    assertEquals(-1, preview.totalRows());
    assertEquals("when", preview.timeColumn());
    assertEquals("sym", preview.instrumentColumn());
    assertEquals(
        List.of("sym", "when", "price", "code", "note"),
        preview.columns().stream().map(each -> each.field().name()).toList());
    PreviewColumn time = column(preview, "when");
    assertEquals(ColumnType.TIMESTAMP, time.field().type());
    assertEquals("2024-01-02T09:30:00.000000003Z", time.values().get(3));
    PreviewColumn price = column(preview, "price");
    assertEquals("px", price.source());
    assertEquals(ColumnType.FLOAT32, price.field().type());
    assertEquals(5, price.nulls());
    assertNull(price.values().get(1));
    assertEquals("1.5", price.values().get(0));
    assertEquals(ColumnType.STRING, column(preview, "code").field().type());
    PreviewColumn note = column(preview, "note");
    assertFalse(note.kept());
    assertEquals("x", note.values().getFirst());
    assertEquals(List.of(), imports.leftBehind());
  }

  @Test
  void knowsTheRowsOfParquetAndTheUnitThatItGuessed() {
    RowFiles.write(
        folder.resolve("a.parquet"),
        Table.of(
            List.of(
                Column.of(
                    new Field("t", ColumnType.INT64),
                    new long[] {1_381_152_600_123L, 1_381_152_600_124L, 1_381_152_600_125L})),
            "",
            ""),
        Progress.NONE);
    ImportPreview preview =
        imports.preview(new ParquetImporter(), 2, "path", "a.parquet", "time", "t");
    assertEquals(2, preview.rows());
    assertEquals(3, preview.totalRows());
    assertEquals("2013-10-07T13:30:00.123Z", column(preview, "t").values().getFirst());
    assertTrue(preview.notes().getFirst().contains("milliseconds"), preview.notes().toString());
  }

  @Test
  void saysThatAQuerySawTheFirstRowsOnly() throws IOException {
    imports.write("a.csv", "x\n1\n2\n3\n");
    ImportPreview preview =
        imports.preview(
            new CsvImporter(), 2, "path", "a.csv", "sql", "SELECT sum(x) AS s FROM input");
    assertEquals("3", column(preview, "s").values().getFirst());
    assertTrue(preview.notes().getFirst().contains("first 2 rows only"));
  }

  @Test
  void failsAsTheImportWould() throws IOException {
    imports.write("a.csv", "t,x\nsoon,1\n");
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> imports.preview(new CsvImporter(), 20, "path", "a.csv", "time", "t"));
    assertTrue(e.getMessage().contains("'soon'"), e.getMessage());
    assertEquals(List.of(), imports.leftBehind());
  }

  @Test
  void looksAtJsonLinesAndSeveralFiles() throws IOException {
    imports.write("a_1.jsonl", "{\"x\": 1}\n{\"x\": 2}\n");
    imports.write("b_1.jsonl", "{\"x\": 3.5, \"y\": true}\n");
    ImportPreview preview =
        imports.preview(new JsonLinesImporter(), 3, "path", "{instrument}_1.jsonl");
    assertEquals(List.of("a_1.jsonl", "b_1.jsonl"), preview.files());
    assertEquals(List.of("1.0", "2.0", "3.5"), column(preview, "x").values());
    assertEquals(List.of("a", "a", "b"), column(preview, "instrument").values());
    assertEquals(2, column(preview, "y").nulls());
  }
}
