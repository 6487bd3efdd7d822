package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

class ParquetImporterTest {
  @TempDir Path folder;
  private Imports imports;

  @BeforeEach
  void makeImports() throws IOException {
    imports = new Imports(folder);
    long[] times = new long[5_000];
    double[] prices = new double[times.length];
    String[] symbols = new String[times.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = 1_381_152_600_000_000_001L + (times.length - i / 2) * 1_000L;
      prices[i] = i;
      symbols[i] = i % 3 == 0 ? "é" : "Z";
    }
    RowFiles.write(
        folder.resolve("a.parquet"),
        Table.of(
            List.of(
                Column.of(new Field("t", ColumnType.TIMESTAMP), times),
                Column.of("price", prices),
                Column.of("sym", symbols)),
            "",
            ""),
        Progress.NONE);
  }

  @Test
  void sortsByInstrumentTimeAndRow() {
    try (Table table = imports.parquet("path", "a.parquet", "time", "t", "instrument", "sym")) {
      assertEquals(
          List.of("Z", "é"), table.partitions().stream().map(each -> each.instrument()).toList());
      long previous = Long.MIN_VALUE;
      for (long row = 0; row < table.partitions().getFirst().to(); row++) {
        long time = table.time().getLong(row);
        assertTrue(time >= previous);
        if (time == previous) {
          assertTrue(
              table.column("price").getDouble(row) > table.column("price").getDouble(row - 1));
        }
        previous = time;
      }
      assertEquals(1, Math.floorMod(previous, 1_000L));
      assertTrue(imports.report.outOfOrder() > 3_000);
    }
  }

  @Test
  void withoutKeysTheOrderIsTheFiles() {
    try (Table table = imports.parquet("path", "a.parquet")) {
      double[] expected = new double[5_000];
      Arrays.setAll(expected, i -> i);
      assertArrayEquals(expected, table.column("price").toDoubles());
    }
  }

  @Test
  void constantInstrument() {
    try (Table table =
        imports.parquet("path", "a.parquet", "time", "t", "instrument_value", "BTC-USD")) {
      assertEquals("BTC-USD", table.partitions().getFirst().instrument());
      assertEquals("instrument", table.instrumentColumn());
    }
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("a.parquet"));
    Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(folder.resolve("text.parquet"), "hello, this is no Parquet file");
    byte[] footer = whole.clone();
    for (int i = footer.length - 60; i < footer.length - 8; i++) {
      footer[i] ^= 0x5a;
    }
    Files.write(folder.resolve("footer.parquet"), footer);
    for (String name : List.of("cut.parquet", "text.parquet", "footer.parquet")) {
      SlipstreamException e =
          assertThrows(SlipstreamException.class, () -> imports.parquet("path", name).close());
      assertEquals(Category.CORRUPT, e.category(), e.getMessage());
      assertTrue(e.getMessage().startsWith(name + ": "), e.getMessage());
      assertEquals(List.of(), imports.leftBehind());
    }
  }

  @Test
  void unknownColumnNamesTheKnown() {
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class, () -> imports.parquet("path", "a.parquet", "time", "when"));
    assertTrue(e.getMessage().contains("Columns: t, price, sym."), e.getMessage());
  }
}
