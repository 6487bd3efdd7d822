package slipstream.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;
import slipstream.core.table.Column;
import slipstream.core.table.ColumnBuilder;
import slipstream.core.table.ColumnType;
import slipstream.core.table.Field;
import slipstream.core.table.Table;

/** What an import makes of rows in any order, against a stable sort of the rows by instrument, time and place. */
class ImportOrderTest {
  @TempDir Path folder;

  private static final List<Field> FIELDS =
      List.of(
          new Field("sym", ColumnType.STRING),
          new Field("at", ColumnType.TIMESTAMP, "", "UTC"),
          new Field("px", ColumnType.FLOAT64),
          new Field("size", ColumnType.INT64),
          new Field("own", ColumnType.BOOLEAN),
          new Field("side", ColumnType.STRING),
          new Field("order", ColumnType.STRING));

  private record Row(
      String sym, long at, Double px, Long size, Boolean own, String side, String order) {
    private byte[] bytes() {
      return sym.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Rows of many types with ties and nulls, by instrument and time. */
  private static List<Row> rows(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] names = {"Z", "a", "É", "株", "AA", "A", "\uffee", "𝒳"};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean nulls = random.nextInt(5) == 0;
      rows.add(
          new Row(
              names[random.nextInt(names.length)],
              1_600_000_000_000_000_000L + random.nextInt(50),
              nulls ? null : random.nextInt(100) / 4.0,
              nulls ? null : random.nextLong(),
              nulls ? null : random.nextBoolean(),
              nulls ? null : random.nextBoolean() ? "buy" : "sell",
              nulls ? null : "order " + i));
    }
    return rows;
  }

  private static List<Row> sorted(List<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        Comparator.comparing(Row::bytes, Arrays::compareUnsigned).thenComparingLong(Row::at));
    return sorted;
  }

  private static Table table(List<Row> rows, String time, String instrument) {
    List<ColumnBuilder> builders = FIELDS.stream().map(ColumnBuilder::inMemory).toList();
    for (Row row : rows) {
      builders.get(0).addString(row.sym);
      builders.get(1).addLong(row.at);
      Object[] values = {row.px, row.size, row.own};
      for (int i = 0; i < values.length; i++) {
        ColumnBuilder builder = builders.get(2 + i);
        switch (values[i]) {
          case Double value -> builder.addDouble(value);
          case Long value -> builder.addLong(value);
          case Boolean value -> builder.addLong(value ? 1 : 0);
          case null, default -> builder.addNull();
        }
      }
      builders.get(5).addString(row.side);
      builders.get(6).addString(row.order);
    }
    return Table.of(builders.stream().map(ColumnBuilder::build).toList(), time, instrument);
  }

  private static void check(List<Row> rows) throws IOException {
    Path folder = Files.createTempDirectory("order");
    try {
      // Without keys here, so that the rows may lie as they like.
      RowFiles.write(folder.resolve("a.parquet"), table(rows, "", ""), Progress.NONE);
      List<Row> expected = sorted(rows);
      try (Table wanted = table(expected, "at", "sym")) {
        for (int threads : new int[] {1, 2}) {
          Imports imports = new Imports(folder);
          imports.threads = threads;
          try (Table table =
              imports.parquet("path", "a.parquet", "time", "at", "instrument", "sym")) {
            assertEquals(wanted.rows(), table.rows());
            // The keys come first.
            assertEquals(
                List.of("sym", "at", "px", "size", "own", "side", "order"), table.schema().names());
            assertEquals(wanted.partitions(), table.partitions());
            assertEquals(wanted.schema().fields(), table.schema().fields());
            for (int i = 0; i < FIELDS.size(); i++) {
              for (long row = 0; row < wanted.rows(); row++) {
                assertEquals(
                    wanted.column(i).get(row), table.column(i).get(row), FIELDS.get(i) + " " + row);
              }
            }
            assertEquals(wanted.hash(), table.hash());
          }
          assertEquals(!expected.equals(rows), imports.report.sorted());
          AtomicFiles.deleteRecursively(imports.target());
        }
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  @Property(tries = 12)
  void fewRowsInAnyOrder(@ForAll long seed) throws IOException {
    check(rows(seed, 1 + (int) Math.floorMod(seed, 3_000)));
  }

  @Test
  void manyRowsInAnyOrder() throws IOException {
    // More than a file's row group of 122,880 rows, so that threads share the reading.
    check(rows(1, 260_000));
  }

  @Test
  void manyRowsInOrder() throws IOException {
    check(sorted(rows(2, 260_000)));
  }

  @Test
  void manyRowsByInstrumentInOrderOfTheirOwn() throws IOException {
    List<Row> rows = sorted(rows(3, 100_000));
    List<List<Row>> groups = new ArrayList<>();
    for (Row row : rows) {
      if (groups.isEmpty() || !groups.getLast().getFirst().sym.equals(row.sym)) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(row);
    }
    Collections.shuffle(groups, new Random(4));
    groups.forEach(group -> Collections.shuffle(group, new Random(5)));
    check(groups.stream().flatMap(List::stream).toList());
  }

  @Test
  void aConditionThatDiffersEachTimeGivesWholeRows() throws IOException {
    RowFiles.write(folder.resolve("a.parquet"), table(rows(6, 50_000), "", ""), Progress.NONE);
    Imports imports = new Imports(folder);
    try (Table table =
        imports.parquet(
            "path", "a.parquet", "time", "at", "instrument", "sym", "where", "random() < 0.5")) {
      assertTrue(table.rows() > 20_000 && table.rows() < 30_000, "rows: " + table.rows());
      assertEquals(table.rows() + imports.report.rowsExcluded(), 50_000);
    }
  }

  @Test
  void aNullInAKeyAmongManyRowsIsAnErrorWithItsPlace() throws IOException {
    List<Row> rows = new ArrayList<>(rows(7, 40_000));
    Row row = rows.get(30_000);
    rows.set(30_000, new Row(null, row.at, row.px, row.size, row.own, row.side, row.order));
    RowFiles.write(folder.resolve("a.parquet"), table(rows, "", ""), Progress.NONE);
    Imports imports = new Imports(folder);
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> imports.parquet("path", "a.parquet", "time", "at", "instrument", "sym"));
    assertTrue(
        e.getMessage()
            .startsWith(
                "a.parquet:30001: instrument: 1 of 40,000 rows have no instrument, this being the"
                    + " first"),
        e.getMessage());
    assertEquals(List.of(), imports.leftBehind());
  }

  @Test
  void aNullAmongManyTimesThatAreNoKeyIsKept() throws IOException {
    Column times;
    try (ColumnBuilder builder = ColumnBuilder.inMemory(new Field("seen", ColumnType.TIMESTAMP))) {
      for (int i = 0; i < 40_000; i++) {
        if (i % 3 == 0) {
          builder.addNull();
        } else {
          builder.addLong(1_600_000_000_000_000_000L + i);
        }
      }
      times = builder.build();
    }
    RowFiles.write(folder.resolve("a.parquet"), Table.of(List.of(times), "", ""), Progress.NONE);
    try (Table table = new Imports(folder).parquet("path", "a.parquet")) {
      assertTrue(table.column("seen").isNull(39_999));
      assertEquals(1_600_000_000_000_000_001L, table.column("seen").getLong(1));
    }
  }

  @Test
  void cancellingAnywhereLeavesNothing() throws IOException {
    RowFiles.write(folder.resolve("a.parquet"), table(rows(8, 60_000), "", ""), Progress.NONE);
    AtomicInteger asked = new AtomicInteger();
    Imports imports = new Imports(folder);
    imports.read(new ParquetImporter(), counting(asked, Integer.MAX_VALUE), parameters()).close();
    AtomicFiles.deleteRecursively(imports.target());
    SplittableRandom random = new SplittableRandom(9);
    int calls = asked.get();
    int cancelled = 0;
    for (int trial = 0; trial < 25; trial++) {
      int at = random.nextInt(calls);
      try {
        imports
            .read(new ParquetImporter(), counting(new AtomicInteger(), at), parameters())
            .close();
        AtomicFiles.deleteRecursively(imports.target()); // it was asked less often this time
      } catch (SlipstreamException e) {
        cancelled++;
        assertEquals(Category.CANCELLED, e.category(), e.getMessage());
        assertEquals(List.of(), imports.leftBehind());
      }
    }
    assertTrue(cancelled > 5, cancelled + " of 25");
  }

  private static Object[] parameters() {
    return new Object[] {"path", "a.parquet", "time", "at", "instrument", "sym"};
  }

  private static Progress counting(AtomicInteger asked, int limit) {
    return new Progress() {
      @Override
      public boolean cancelled() {
        return asked.getAndIncrement() >= limit;
      }
    };
  }

  @Test
  void damageInALaterRowGroupIsAnErrorAndLeavesNothing() throws IOException {
    Path file = folder.resolve("a.parquet");
    RowFiles.write(file, table(sorted(rows(10, 260_000)), "", ""), Progress.NONE);
    byte[] bytes = Files.readAllBytes(file);
    // The last quarter of the pages, and not the footer.
    Arrays.fill(bytes, bytes.length * 3 / 4, bytes.length * 7 / 8, (byte) 0x5a);
    Files.write(file, bytes);
    Imports imports = new Imports(folder);
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> imports.parquet("path", "a.parquet", "time", "at", "instrument", "sym"));
    assertTrue(e.getMessage().startsWith("a.parquet"), e.getMessage());
    assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
    assertEquals(List.of(), imports.leftBehind());
  }
}
