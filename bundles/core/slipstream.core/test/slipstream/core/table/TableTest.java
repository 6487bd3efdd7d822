package slipstream.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.store.AtomicFiles;
import slipstream.core.store.Hashing;
import slipstream.core.store.MemoryFolder;

class TableTest {
  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @Property(tries = 60)
  void filesHoldWhatMemoryHeld(
      @ForAll long seed,
      @ForAll @IntRange(max = 90) int rows,
      @ForAll boolean time,
      @ForAll boolean instrument)
      throws IOException {
    Path folder = MemoryFolder.create();
    try {
      Table table = Tables.random(new Random(seed), rows, time, instrument);
      Path target = folder.resolve("t");
      try (Table written = TableWriter.write(table, target)) {
        assertNull(Tables.difference(table, written));
        assertEquals(table.hash(), written.hash());
      }
      TableFiles.verify(target);
      try (Table opened = Table.open(target)) {
        assertNull(Tables.difference(table, opened));
        assertEquals(table.hash(), opened.hash());
        try (Table copy = TableWriter.write(opened, folder.resolve("copy"))) {
          assertEquals(table.hash(), copy.hash());
        }
      }
      assertEquals(bytes(target), bytes(folder.resolve("copy")));
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  /** Ranges and chosen rows of several columns, against values appended one by one. */
  @Property(tries = 40)
  void rowsOfOtherColumnsAreTheirValues(
      @ForAll long seed, @ForAll @IntRange(max = 9_000) int rows, @ForAll boolean odd) {
    Random random = new Random(seed);
    List<Table> tables =
        List.of(
            Tables.random(random, rows, false, false),
            Tables.random(random, odd ? 13 : 4_096, false, false));
    for (int c = 0; c < ColumnType.values().length; c++) {
      Field field = tables.getFirst().column(c).field();
      ColumnBuilder fast = ColumnBuilder.inMemory(field);
      ColumnBuilder slow = ColumnBuilder.inMemory(field);
      for (int piece = 0; piece < 6; piece++) {
        Column column = tables.get(random.nextInt(2)).column(c);
        int length = (int) column.rows();
        if (piece % 2 == 0) {
          int from = random.nextInt(length + 1);
          int to = from + random.nextInt(length - from + 1);
          fast.addRange(column, from, to);
          for (int row = from; row < to; row++) {
            TableWriter.append(slow, column, row);
          }
        } else {
          long[] chosen = random.longs(length, -1, length).toArray();
          int count = random.nextInt(length + 1);
          fast.addRows(column, chosen, count);
          for (int i = 0; i < count; i++) {
            if (chosen[i] < 0) {
              slow.addNull();
            } else {
              TableWriter.append(slow, column, chosen[i]);
            }
          }
        }
        fast.addNull();
        slow.addNull();
      }
      Column one = fast.build();
      Column other = slow.build();
      assertEquals(other.rows(), one.rows());
      assertEquals(Hashing.sha256(other.values()), Hashing.sha256(one.values()), field.name());
      assertEquals(Hashing.sha256(other.validity()), Hashing.sha256(one.validity()), field.name());
      assertEquals(other.dictionary(), one.dictionary());
    }
  }

  @Test
  void rowsOfAColumnOfAnotherTypeAreRefused() {
    ColumnBuilder builder = ColumnBuilder.inMemory(new Field("n", ColumnType.INT64));
    Column other = Column.of("x", 1, 2);
    assertThrows(SlipstreamException.class, () -> builder.addRange(other, 0, 2));
    assertThrows(SlipstreamException.class, () -> builder.addRows(other, new long[] {0}, 1));
  }

  @Test
  void columnsMayBeWrittenByAThreadEach() throws Exception {
    Table table = Tables.random(new Random(4), 60_000, true, true);
    for (int attempt = 0; attempt < 20; attempt++) {
      Path target = folder.resolve("threads-" + attempt);
      try (TableWriter writer = new TableWriter(target, table.schema(), "t", "i")) {
        CountDownLatch all = new CountDownLatch(table.columns().size());
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < table.columns().size(); c++) {
          int column = c;
          threads.add(
              Thread.ofPlatform()
                  .start(
                      () -> {
                        all.countDown();
                        try {
                          all.await(); // so that their first blocks come together
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                        writer.column(column).addRange(table.column(column), 0, table.rows());
                      }));
        }
        for (Thread thread : threads) {
          thread.join();
        }
        try (Table written = writer.finish()) {
          assertEquals(table.hash(), written.hash());
        }
      }
      TableFiles.verify(target);
    }
  }

  private static List<String> bytes(Path directory) throws IOException {
    List<String> content = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        content.add(file.getFileName() + " " + Hashing.sha256(file));
      }
    }
    return content;
  }

  @Property(tries = 60)
  void equalContentHasOneHash(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int rows) {
    Random random = new Random(seed);
    Table table = Tables.random(random, rows, true, true);
    // The same content in another dress: a bitmap without nulls, garbage under nulls, spare
    // strings.
    List<Column> dressed = new ArrayList<>();
    for (Column column : table.columns()) {
      dressed.add(dressed(column, random));
    }
    Table other = Table.of(dressed, "t", "i");
    assertNull(Tables.difference(table, other));
    assertEquals(table.hash(), other.hash());
  }

  private static Column dressed(Column column, Random random) {
    int rows = (int) column.rows();
    int width = column.type().width();
    byte[] values = new byte[rows * width + random.nextInt(9)];
    MemorySegment.copy(column.values(), 0, MemorySegment.ofArray(values), 0, (long) rows * width);
    boolean keys = column.name().equals("t") || column.name().equals("i");
    byte[] bits = null;
    if (!keys) {
      bits = new byte[(rows + 7) / 8 + 1];
      random.nextBytes(bits);
      for (int row = 0; row < rows; row++) {
        if (column.isNull(row)) {
          bits[row >> 3] &= (byte) ~(1 << (row & 7));
          for (int i = 0; i < width; i++) {
            values[row * width + i] = 7;
          }
        } else {
          bits[row >> 3] |= (byte) (1 << (row & 7));
        }
      }
    }
    List<String> dictionary = new ArrayList<>(column.dictionary());
    if (column.type() == ColumnType.STRING) {
      dictionary.add("spare");
    }
    return new Column(
        column.field(),
        rows,
        MemorySegment.ofArray(values),
        bits == null ? null : MemorySegment.ofArray(bits),
        dictionary);
  }

  @Test
  void anyChangeOfContentChangesTheHash() {
    List<String> hashes = new ArrayList<>();
    Field price = new Field("price", ColumnType.FLOAT64, "USD");
    hashes.add(Table.of(List.of(Column.of(price, new double[] {1, 2})), "", "").hash());
    hashes.add(Table.of(List.of(Column.of(price, new double[] {2, 1})), "", "").hash());
    hashes.add(Table.of(List.of(Column.of(price, new double[] {1})), "", "").hash());
    Field other = new Field("price", ColumnType.FLOAT64, "EUR");
    hashes.add(Table.of(List.of(Column.of(other, new double[] {1, 2})), "", "").hash());
    hashes.add(Table.of(List.of(Column.of("x", 1, 2)), "", "").hash());
    hashes.add(Table.of(List.of(Column.of("x", "1", "2")), "", "").hash());
    hashes.add(Table.of(List.of(Column.of("x", "1", null)), "", "").hash());
    hashes.add(Table.of(List.of(Column.of("x", "1", "")), "", "").hash());
    hashes.add(Table.of(List.of(Column.of("x", "1", "2")), "", "x").hash());
    Field odd = new Field("x\tFLOAT64\t", ColumnType.FLOAT64);
    hashes.add(Table.of(List.of(Column.of(odd, new double[] {1, 2})), "", "").hash());
    assertEquals(hashes.size(), hashes.stream().distinct().count(), hashes.toString());
  }

  @Test
  void holdsNoRowsOrOne() {
    for (int rows : new int[] {0, 1}) {
      Table table = Tables.random(new Random(1), rows, true, true);
      try (Table written = TableWriter.write(table, folder.resolve("t" + rows))) {
        assertEquals(rows, written.rows());
        assertEquals(rows, written.partitions().size());
        assertEquals(table.hash(), written.hash());
        assertEquals(rows, written.column("FLOAT64").toDoubles().length);
      }
      TableFiles.verify(folder.resolve("t" + rows));
    }
  }

  @Test
  void namesItsFilesAlikeInEveryLanguage() throws IOException {
    Locale before = Locale.getDefault();
    Table table = Tables.random(new Random(1), 5, true, true);
    TableWriter.write(table, folder.resolve("root")).close();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      TableWriter.write(table, folder.resolve("arabic")).close();
    } finally {
      Locale.setDefault(before);
    }
    assertEquals(bytes(folder.resolve("root")), bytes(folder.resolve("arabic")));
  }

  // -------------------------------------------------------------------- damage

  private Path small() {
    Path target = folder.resolve("small");
    TableWriter.write(
            Table.of(
                List.of(
                    Column.of("x", 1, Double.NaN, 3),
                    Column.of("s", "a", null, "b"),
                    Column.of(new Field("t", ColumnType.TIMESTAMP), new long[] {1, 2, 3})),
                "t",
                ""),
            target)
        .close();
    return target;
  }

  private static boolean detected(Path table) {
    try {
      Table.open(table).close();
      TableFiles.verify(table);
      return false;
    } catch (SlipstreamException e) {
      assertEquals(Category.CORRUPT, e.category(), e.getMessage());
      assertFalse(e.remedy().isEmpty(), e.getMessage());
      return true;
    }
  }

  private static List<Path> files(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table)) {
      return files.sorted().toList();
    }
  }

  @Test
  void everyFlippedBitIsDetected() throws IOException {
    Path table = small();
    assertEquals(6, files(table).size(), "3 columns, validity, dictionary, manifest");
    for (Path file : files(table)) {
      byte[] good = Files.readAllBytes(file);
      for (int bit = 0; bit < good.length * 8; bit++) {
        byte[] bad = good.clone();
        bad[bit >> 3] ^= (byte) (1 << (bit & 7));
        Files.write(file, bad);
        assertTrue(detected(table), file.getFileName() + " bit " + bit);
      }
      Files.write(file, good);
    }
    assertFalse(detected(table));
  }

  @Test
  void everyTruncationAndAnyMissingFileIsDetected() throws IOException {
    Path table = small();
    for (Path file : files(table)) {
      byte[] good = Files.readAllBytes(file);
      for (int length = 0; length < good.length; length++) {
        Files.write(file, Arrays.copyOf(good, length));
        assertThrows(
            SlipstreamException.class, () -> Table.open(table).close(), file + " " + length);
      }
      Files.write(file, Arrays.copyOf(good, good.length + 1));
      assertTrue(detected(table), file + " is longer");
      Files.delete(file);
      assertTrue(detected(table), file + " is missing");
      Files.write(file, good);
    }
    SlipstreamException e =
        assertThrows(SlipstreamException.class, () -> Table.open(folder.resolve("nowhere")));
    assertEquals(Category.NOT_FOUND, e.category());
  }

  @Property(tries = 300)
  void aForgedManifestIsRefusedWithoutHarm(@ForAll long seed) throws IOException {
    Path folder = MemoryFolder.create();
    try {
      Path table = folder.resolve("t");
      TableWriter.write(Tables.random(new Random(1), 3, true, true), table).close();
      Path manifest = table.resolve(TableFiles.MANIFEST);
      byte[] bytes = Files.readAllBytes(manifest);
      Random random = new Random(seed);
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[12 + random.nextInt(bytes.length - 44)] = (byte) random.nextInt(256);
      }
      byte[] body = Arrays.copyOf(bytes, bytes.length - 32);
      System.arraycopy(Hashing.sha256Bytes(body), 0, bytes, bytes.length - 32, 32);
      Files.write(manifest, bytes);
      try (Table opened = Table.open(table)) {
        TableFiles.verify(table);
      } catch (SlipstreamException e) {
        assertEquals(Category.CORRUPT, e.category(), e.getMessage());
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  // -------------------------------------------------------------------- writing

  @Test
  void nothingIsVisibleBeforeFinish() throws IOException {
    Path target = folder.resolve("t");
    try (TableWriter writer =
        new TableWriter(target, Schema.of(new Field("x", ColumnType.INT64)), "", "")) {
      writer.column(0).addLong(1);
      assertFalse(Files.exists(target));
    }
    assertEquals(List.of(), files(folder), "nothing is left");
  }

  @Test
  void aWriterKilledAtAnyInstantLeavesNothingToRead() throws Exception {
    Path target = folder.resolve("t");
    Random random = new Random(5);
    for (int i = 0; i < 3; i++) {
      Process child =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  classPath(),
                  Endless.class.getName(),
                  target.toString())
              .redirectErrorStream(true)
              .start();
      try (BufferedReader out = child.inputReader()) {
        String line = out.readLine();
        assertEquals("writing", line);
        // Rows come in between: how many is up to the machine, which is the point.
        for (int rows = random.nextInt(4); rows > 0; rows--) {
          assertEquals("more", out.readLine());
        }
        child.destroyForcibly().waitFor();
      }
      assertFalse(Files.exists(target));
      SlipstreamException e = assertThrows(SlipstreamException.class, () -> Table.open(target));
      assertEquals(Category.NOT_FOUND, e.category());
      try (Stream<Path> left = Files.list(folder)) {
        assertTrue(
            left.allMatch(path -> path.getFileName().toString().startsWith(AtomicFiles.PREFIX)));
      }
    }
    TableWriter.write(Tables.random(new Random(1), 3, true, true), target).close();
    TableFiles.verify(target);
  }

  private static String classPath() throws URISyntaxException {
    return Path.of(Endless.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        + File.pathSeparator
        + Path.of(Table.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Writes until it is killed. */
  public static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) {
      Schema schema =
          Schema.of(new Field("x", ColumnType.INT64), new Field("s", ColumnType.STRING));
      TableWriter writer = new TableWriter(Path.of(arguments[0]), schema, "", "");
      System.out.println("writing");
      for (long row = 0; ; row++) {
        writer.column(0).addLong(row);
        writer.column(1).addString("s" + row % 1000);
        if (row % 20_000 == 0) {
          System.out.println("more");
        }
      }
    }
  }

  @Test
  void refusesRowsOutOfOrder() {
    Field time = new Field("t", ColumnType.TIMESTAMP);
    Column backwards = Column.of(time, new long[] {1, 3, 2});
    assertEquals(
        "time goes backwards at row 2. Sort by instrument and time.",
        message(() -> Table.of(List.of(backwards), "t", "")));
    assertEquals(
        "the rows of instrument 'a' are not together (again at row 2). Sort by instrument and time.",
        message(() -> Table.of(List.of(Column.of("i", "a", "b", "a")), "", "i")));
    assertEquals(
        2,
        Table.of(List.of(Column.of(time, new long[] {5, 1}), Column.of("i", "b", "a")), "t", "i")
            .partitions()
            .size(),
        "each instrument has its own time");
    assertEquals(
        "column 'i' has nulls, which a key column may not. Exclude those rows.",
        message(() -> Table.of(List.of(Column.of("i", "a", null)), "", "i")));
    assertEquals(
        "column 't' is FLOAT64, not TIMESTAMP. Name another column or give its type.",
        message(() -> Table.of(List.of(Column.of("t", 1, 2)), "t", "")));
    assertEquals(
        "there is no column 'tme'. Did you mean 'time'? Known: time.",
        message(() -> Table.of(List.of(Column.of("time", 1, 2)), "tme", "")));
    assertEquals(
        "a table needs a column. Name the columns to keep.",
        message(() -> Table.of(List.of(), "", "")));
    assertEquals(
        "column 'x' occurs twice. Rename one of the two.",
        message(() -> Table.of(List.of(Column.of("x", 1), Column.of("x", 1)), "", "")));
  }

  private static String message(Runnable work) {
    return assertThrows(SlipstreamException.class, work::run).getMessage();
  }

  @Test
  void aWriterRefusesRowsOutOfOrderAndLeavesNothing() throws IOException {
    Path target = folder.resolve("t");
    try (TableWriter writer =
        new TableWriter(target, Schema.of(new Field("t", ColumnType.TIMESTAMP)), "t", "")) {
      writer.column(0).addLong(2);
      writer.column(0).addLong(1);
      assertThrows(SlipstreamException.class, writer::finish);
    }
    assertEquals(List.of(), files(folder));
  }

  @Test
  void refusesMoreColumnsThanFilesCanHold() throws IOException {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i <= 1 << 16; i++) {
      fields.add(new Field("c" + i, ColumnType.BOOLEAN));
    }
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> new TableWriter(folder.resolve("t"), new Schema(fields), "", ""));
    assertEquals(
        "a table has 1 to 65536 columns, not 65537. Name the columns to keep.", e.getMessage());
    assertThrows(
        SlipstreamException.class, () -> new TableWriter(folder.resolve("t"), Schema.of(), "", ""));
    assertEquals(List.of(), files(folder));
  }

  @Test
  void doesNotReplaceATable() {
    Path target = small();
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> TableWriter.write(Table.of(List.of(Column.of("y", 1)), "", ""), target));
    assertEquals(Category.CONFLICT, e.category());
    TableFiles.verify(target);
  }

  // -------------------------------------------------------------------- columns

  @Test
  void refusesValuesOfAnotherType() {
    ColumnBuilder number = ColumnBuilder.inMemory(new Field("n", ColumnType.INT32));
    assertEquals(
        "column 'n' is INT32 and was given a fraction. Declare the column's type in the import.",
        message(() -> number.addDouble(1.5)));
    assertEquals(
        "column 'n' is INT32 and was given 2147483648. Declare the column as int64 in the import.",
        message(() -> number.addLong(1L << 31)));
    assertThrows(SlipstreamException.class, () -> number.addString("x"));
    assertEquals(0, number.rows(), "a refused value is not half there");
    Column text = Column.of("s", "a");
    assertThrows(UnsupportedOperationException.class, () -> text.getDouble(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Column.of(new Field("x", ColumnType.INT32), new long[] {1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> Column.of(new Field("x", ColumnType.FLOAT32), new double[] {1}));
  }

  @Test
  void keepsEachStringOnceInOrderOfFirstUse() {
    Column column = Column.of("s", "b", "a", null, "b", "");
    assertEquals(List.of("b", "a", ""), column.dictionary());
    assertEquals(1, column.getLong(1));
    assertNull(column.getString(2));
    assertTrue(Double.isNaN(Column.of("x", Double.NaN).getDouble(0)));
    assertNotEquals(column.getString(0), column.getString(1));
  }

  @Test
  void halfASurrogatePairIsTheSameInMemoryAndInAFile() {
    Table table = Table.of(List.of(Column.of("s", "\ud800", "\udc00", "?", "ok")), "", "");
    try (Table written = TableWriter.write(table, folder.resolve("t"))) {
      assertNull(Tables.difference(table, written));
      assertEquals(table.hash(), written.hash());
    }
  }
}
