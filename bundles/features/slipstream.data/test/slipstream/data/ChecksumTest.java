package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.core.table.Table;

/** Checksums beside files and within them. */
class ChecksumTest {
  private static final int ROWS = 1_000;

  /** Rows of a page. */
  private static final int PAGE = 400;

  @TempDir private Path folder;
  private Imports imports;

  @BeforeEach
  void imports() {
    imports = new Imports(folder);
  }

  private boolean toldThatNoneIsThere() {
    return imports.messages.stream().anyMatch(each -> each.contains("no checksums"));
  }

  private SlipstreamException refused() throws IOException {
    AtomicFiles.deleteRecursively(imports.target());
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.csv("path", "a.csv").close());
    assertEquals(List.of(), imports.leftBehind());
    return e;
  }

  @Test
  void aFileIsComparedWithTheChecksumBesideIt() throws IOException {
    imports.write("a.csv", "x\n1\n2\n");
    String hash = Hashing.sha256(folder.resolve("a.csv"));
    imports.write("a.csv.sha256", hash + "  /data/of/others/a.csv\n");
    imports.csv("path", "a.csv").close();

    imports.write("a.csv", "x\n1\n3\n");
    SlipstreamException e = refused();
    assertEquals(Category.CORRUPT, e.category());
    assertTrue(
        e.getMessage().startsWith("a.csv: its SHA-256 is not the one in a.csv.sha256."),
        e.getMessage());
  }

  @Test
  void checksumsOfSeveralFilesAreTakenByName() throws IOException {
    imports.write("a.csv", "x\n1\n2\n");
    String hash = Hashing.sha256(folder.resolve("a.csv"));
    String other = "ab".repeat(32);
    imports.write(
        "a.csv.sha256", other + "  b.csv\n" + hash.toUpperCase(Locale.ROOT) + " *a.csv\n");
    imports.csv("path", "a.csv").close();

    imports.write("a.csv.sha256", other + "  b.csv\n" + other + "  aa.csv\n");
    SlipstreamException e = refused();
    assertEquals(Category.INVALID_INPUT, e.category());
    assertTrue(
        e.getMessage().startsWith("a.csv.sha256: there is no SHA-256 of a.csv in it."),
        e.getMessage());
    imports.write("a.csv.sha256", "");
    assertEquals(Category.INVALID_INPUT, refused().category());
  }

  @Test
  void aPatternDoesNotTakeChecksumsForData() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    imports.write("d/a.csv", "x\n1\n2\n");
    imports.write("d/a.csv.sha256", Hashing.sha256(folder.resolve("d/a.csv")));
    try (Table table = imports.csv("path", "d/*")) {
      assertEquals(2, table.rows());
    }
  }

  @Test
  void aParquetFileWithoutAnyIsTold() throws IOException {
    Files.write(folder.resolve("a.parquet"), parquet(false));
    imports.parquet("path", "a.parquet").close();
    assertTrue(toldThatNoneIsThere(), imports.messages.toString());
  }

  @Test
  void aParquetFileWithOneBesideItIsCheckedWhole() throws IOException {
    byte[] bytes = parquet(false);
    Files.write(folder.resolve("a.parquet"), bytes);
    imports.write("a.parquet.sha256", Hashing.sha256(bytes));
    imports.parquet("path", "a.parquet").close();
    assertFalse(toldThatNoneIsThere(), imports.messages.toString());
    for (int at = 0; at < bytes.length; at += 97) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      Files.write(folder.resolve("a.parquet"), flipped);
      assertEquals(Category.CORRUPT, refusedParquet().category());
    }
  }

  private SlipstreamException refusedParquet() throws IOException {
    AtomicFiles.deleteRecursively(imports.target());
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> imports.parquet("path", "a.parquet").close());
    assertEquals(List.of(), imports.leftBehind());
    return e;
  }

  @Test
  void everyFlippedBitOfAPageWithAChecksumIsNoticed() throws IOException {
    byte[] bytes = parquet(true);
    Files.write(folder.resolve("a.parquet"), bytes);
    try (Table table = imports.parquet("path", "a.parquet")) {
      assertEquals(ROWS, table.rows());
      assertEquals(3 * 777L, table.column("x").getLong(777));
    }
    assertFalse(toldThatNoneIsThere(), imports.messages.toString());
    int pages = bytes.length - ROWS * Long.BYTES;
    for (int at = 100; at < bytes.length - pages; at += 211) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      Files.write(folder.resolve("a.parquet"), flipped);
      SlipstreamException e = refusedParquet();
      assertEquals(Category.CORRUPT, e.category(), e.getMessage());
      assertTrue(e.getMessage().startsWith("a.parquet: "), e.getMessage());
    }
    byte[] flipped = bytes.clone();
    flipped[PAGE * Long.BYTES / 2] ^= 4;
    Files.write(folder.resolve("a.parquet"), flipped);
    assertTrue(
        refusedParquet()
            .getMessage()
            .startsWith(
                "a.parquet: column 'x' is damaged in row group 0: a page's checksum differs."));
  }

  // ---------------------------------- a Parquet file as Spark would write it, by hand

  /** One column x of whole numbers, three times the row, in pages that are not compressed. */
  private static byte[] parquet(boolean checksums) throws IOException {
    Thrift file = new Thrift();
    file.raw("PAR1".getBytes(StandardCharsets.US_ASCII));
    for (int from = 0; from < ROWS; from += PAGE) {
      int rows = Math.min(PAGE, ROWS - from);
      ByteBuffer values = ByteBuffer.allocate(rows * 8).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < rows; i++) {
        values.putLong(3L * (from + i));
      }
      file.number(1, 5, 0).number(1, 5, values.capacity()).number(1, 5, values.capacity());
      if (checksums) {
        CRC32 crc = new CRC32();
        crc.update(values.array());
        file.number(1, 5, (int) crc.getValue()).field(1, 12);
      } else {
        file.field(2, 12);
      }
      file.number(1, 5, rows).number(1, 5, 0).number(1, 5, 3).number(1, 5, 3).stop().stop();
      file.raw(values.array());
    }
    int length = file.size() - 4;
    Thrift footer = new Thrift();
    footer.number(1, 5, 1).field(1, 9).raw(0x2c);
    footer.text(4, "m").number(1, 5, 1).stop();
    footer.number(1, 5, 2).number(2, 5, 0).text(1, "x").stop();
    footer.number(1, 6, ROWS).field(1, 9).raw(0x1c);
    footer.field(1, 9).raw(0x1c).number(2, 6, 4).field(1, 12);
    footer.number(1, 5, 2).field(1, 9).raw(0x15, 0).field(1, 9).raw(0x18, 1, 'x');
    footer.number(1, 5, 0).number(1, 6, ROWS).number(1, 6, length).number(1, 6, length);
    footer.number(2, 6, 4).stop().stop();
    footer.number(1, 6, length).number(1, 6, ROWS).stop().stop();
    byte[] end = footer.bytes.toByteArray();
    file.raw(end);
    file.raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(end.length).array());
    return file.raw("PAR1".getBytes(StandardCharsets.US_ASCII)).bytes.toByteArray();
  }

  /** Thrift's compact protocol, as far as it is needed. */
  private static final class Thrift {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    int size() {
      return bytes.size();
    }

    Thrift raw(int... each) {
      for (int one : each) {
        bytes.write(one);
      }
      return this;
    }

    Thrift raw(byte[] all) {
      bytes.writeBytes(all);
      return this;
    }

    Thrift field(int after, int type) {
      return raw(after << 4 | type);
    }

    Thrift number(int after, int type, long value) {
      field(after, type);
      long left = value << 1 ^ value >> 63;
      for (; (left & ~0x7fL) != 0; left >>>= 7) {
        raw((int) (left & 0x7f | 0x80));
      }
      return raw((int) left);
    }

    Thrift text(int after, String text) {
      return field(after, 8).raw(text.length()).raw(text.getBytes(StandardCharsets.US_ASCII));
    }

    Thrift stop() {
      return raw(0);
    }
  }
}
