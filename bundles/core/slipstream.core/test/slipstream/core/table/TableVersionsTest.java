package slipstream.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import slipstream.core.SlipstreamException;
import slipstream.core.SlipstreamException.Category;
import slipstream.core.progress.Progress;
import slipstream.core.store.ContentStore;
import slipstream.core.store.Lineage;

class TableVersionsTest {
  @TempDir Path folder;
  private int folders;

  private record Row(String instrument, long time, Double price, String note) {}

  private static Table table(List<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(Row::instrument).thenComparing(Row::time));
    try (ColumnBuilder instrument =
            ColumnBuilder.inMemory(new Field("instrument", ColumnType.STRING));
        ColumnBuilder time = ColumnBuilder.inMemory(new Field("time", ColumnType.TIMESTAMP));
        ColumnBuilder price = ColumnBuilder.inMemory(new Field("price", ColumnType.FLOAT64));
        ColumnBuilder note = ColumnBuilder.inMemory(new Field("note", ColumnType.STRING))) {
      for (Row row : sorted) {
        instrument.addString(row.instrument);
        time.addLong(row.time);
        if (row.price == null) {
          price.addNull();
        } else {
          price.addDouble(row.price);
        }
        note.addString(row.note);
      }
      return Table.of(
          List.of(instrument.build(), time.build(), price.build(), note.build()),
          "time",
          "instrument");
    }
  }

  private static List<Row> rows(long from, long to, String... instruments) {
    List<Row> rows = new ArrayList<>();
    for (String instrument : instruments) {
      for (long time = from; time < to; time++) {
        Double price = time % 7 == 3 ? null : time % 11 == 5 ? Double.NaN : time / 3.0;
        rows.add(new Row(instrument, time, price, time % 5 == 0 ? null : instrument + time % 3));
      }
    }
    return rows;
  }

  @SafeVarargs
  private static List<Row> all(List<Row>... parts) {
    return java.util.stream.Stream.of(parts).flatMap(List::stream).toList();
  }

  private Optional<TableVersions.Appended> append(Table base, List<Row> more) {
    return TableVersions.append(base, table(more), folder.resolve("t" + folders++), Progress.NONE);
  }

  @Test
  void anAppendEqualsOneImportOfAll() {
    Table base = table(all(rows(0, 40, "B", "D"), rows(0, 10, "Z")));
    // B goes on, D has nothing new, A and é are new, Z comes back later.
    List<Row> more = all(rows(40, 60, "B"), rows(5, 9, "A", "é"), rows(50, 51, "Z"));
    TableVersions.Appended appended = append(base, more).orElseThrow();
    Table expected =
        table(
            all(
                rows(0, 60, "B"),
                rows(0, 40, "D"),
                rows(0, 10, "Z"),
                rows(50, 51, "Z"),
                rows(5, 9, "A", "é")));
    assertEquals(expected.hash(), appended.table().hash());
    assertEquals(
        List.of(
            new Lineage.Extension("A", 0, 4),
            new Lineage.Extension("B", 40, 60),
            new Lineage.Extension("D", 40, 40),
            new Lineage.Extension("Z", 10, 11),
            new Lineage.Extension("é", 0, 4)),
        appended.lineage().partitions());
    assertEquals(29, appended.lineage().newRows());
    assertEquals(base.hash(), appended.lineage().previous());
    appended.table().close();
  }

  private static Map<String, Long> rowsOf(Table table) {
    Map<String, Long> rows = new HashMap<>();
    table.partitions().forEach(each -> rows.put(each.instrument(), each.rows()));
    return rows;
  }

  private static Optional<Lineage> grown(Table now, Table earlier, int threads) {
    return TableVersions.grown(now, earlier.hash(), rowsOf(earlier), threads, Progress.NONE);
  }

  @Test
  void thatATableGrewIsToldByItsFirstRows() {
    Table base = table(all(rows(0, 40, "B", "D"), rows(0, 10, "Z")));
    Table longer =
        table(all(rows(0, 60, "B"), rows(0, 40, "D"), rows(0, 11, "Z"), rows(5, 9, "A", "é")));
    for (int threads : new int[] {1, 3}) {
      assertEquals(
          List.of(
              new Lineage.Extension("A", 0, 4),
              new Lineage.Extension("B", 40, 60),
              new Lineage.Extension("D", 40, 40),
              new Lineage.Extension("Z", 10, 11),
              new Lineage.Extension("é", 0, 4)),
          grown(longer, base, threads).orElseThrow().partitions());
    }
    assertEquals(base.hash(), grown(longer, base, 1).orElseThrow().previous());
    // A first row that differs, a row or an instrument that is gone.
    List<Row> changed = new ArrayList<>(rows(0, 60, "B"));
    changed.set(17, new Row("B", 17, 1.5, "B2"));
    assertTrue(grown(table(all(changed, rows(0, 40, "D", "Z"))), base, 1).isEmpty());
    assertTrue(grown(table(all(rows(0, 39, "B"), rows(0, 40, "D", "Z"))), base, 1).isEmpty());
    assertTrue(grown(table(rows(0, 60, "B", "D")), base, 1).isEmpty());
    assertTrue(grown(table(rows(0, 60, "B", "D", "Y", "Z")), base, 1).isPresent());
    // A new row at the last time may be among what that time's row looks at.
    List<Row> tied =
        all(rows(0, 40, "B", "D"), rows(0, 10, "Z"), List.of(new Row("D", 39, 1.0, "x")));
    assertTrue(grown(table(tied), base, 1).isEmpty());
  }

  @Test
  void earlierVersionsComeBackToTheByte() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    List<Table> versions = new ArrayList<>();
    List<Lineage> lineages = new ArrayList<>();
    versions.add(table(rows(0, 5, "M")));
    long time = 5;
    for (int version = 0; version < 4; version++) {
      List<Row> more = new ArrayList<>();
      for (String instrument : List.of("A", "M", "X", "é")) {
        if (random.nextBoolean() || instrument.equals("M")) {
          more.addAll(rows(time, time + 1 + random.nextInt(20), instrument));
        }
      }
      time += 30;
      TableVersions.Appended appended = append(versions.getLast(), more).orElseThrow();
      versions.add(appended.table());
      lineages.addFirst(appended.lineage());
    }
    for (int back = 1; back <= 4; back++) {
      Table expected = versions.get(4 - back);
      try (Table earlier =
          TableVersions.earlier(
              versions.getLast(),
              lineages.subList(0, back),
              folder.resolve("earlier" + back),
              Progress.NONE)) {
        assertEquals(expected.hash(), earlier.hash());
        assertEquals(expected.rows(), earlier.rows());
      }
    }
  }

  @Test
  void aFileThatRepeatsItsPastIsSkippedAsFarAsItIsKnown() {
    Table base = table(rows(0, 40, "A", "B"));
    assertEquals(
        table(all(rows(0, 45, "A"), rows(0, 40, "B"))).hash(),
        append(base, rows(0, 45, "A")).orElseThrow().table().hash());
    assertEquals(
        table(all(rows(0, 45, "A"), rows(0, 40, "B"))).hash(),
        append(base, all(rows(33, 45, "A"), rows(20, 40, "B"))).orElseThrow().table().hash());
    assertTrue(append(base, rows(10, 40, "A", "B")).isEmpty(), "nothing new");
  }

  private SlipstreamException refused(Table base, List<Row> more) throws IOException {
    Path target = folder.resolve("t" + folders++);
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> TableVersions.append(base, table(more), target, Progress.NONE));
    assertTrue(Files.notExists(target));
    return e;
  }

  @Test
  void rowsThatComeTooLateOrDifferAreRefusedWithTheirPlace() throws IOException {
    Table base = table(all(rows(0, 40, "A"), List.of(new Row("A", 50, 1.0, "x"))));
    SlipstreamException e = refused(base, List.of(new Row("A", 45, 1.0, "x")));
    assertEquals(Category.CONFLICT, e.category());
    assertTrue(
        e.getMessage()
            .startsWith(
                "a row of A at 1970-01-01T00:00:00.000000045Z is not in the dataset, which ends"
                    + " at 1970-01-01T00:00:00.000000050Z."),
        e.getMessage());
    e = refused(base, List.of(new Row("A", 50, 2.0, "x"), new Row("A", 51, 2.0, "x")));
    assertTrue(e.getMessage().contains("in column 'price'"), e.getMessage());
    e = refused(base, List.of(new Row("A", 39, 13.0, "A0")));
    assertTrue(e.getMessage().contains("000050Z is in the dataset and not in"), e.getMessage());
    // More rows at the very last time: which of them are new cannot be told.
    e = refused(base, List.of(new Row("A", 50, 1.0, "x"), new Row("A", 50, 1.0, "x")));
    assertTrue(e.getMessage().contains("000050Z is not in the dataset"), e.getMessage());
  }

  @Test
  void otherColumnsAreRefused() {
    Table base = table(rows(0, 3, "A"));
    Table fewer = Table.of(base.columns().subList(0, 3), "time", "instrument");
    SlipstreamException e =
        assertThrows(
            SlipstreamException.class,
            () -> TableVersions.append(base, fewer, folder.resolve("x"), Progress.NONE));
    assertTrue(e.getMessage().startsWith("column 'note' of the dataset"), e.getMessage());
    e =
        assertThrows(
            SlipstreamException.class,
            () -> TableVersions.append(fewer, base, folder.resolve("x"), Progress.NONE));
    assertTrue(e.getMessage().startsWith("column 'note' of the files"), e.getMessage());
    Table timeless = Table.of(List.of(Column.of("x", new double[] {1})), "", "");
    e =
        assertThrows(
            SlipstreamException.class,
            () -> TableVersions.append(timeless, timeless, folder.resolve("x"), Progress.NONE));
    assertTrue(e.getMessage().contains("no time column"), e.getMessage());
  }

  @Test
  void lineagesAreKeptAndDamageIsNoticed() throws IOException {
    ContentStore store = new ContentStore(folder.resolve("content"));
    Lineage lineage =
        new Lineage(
            "0".repeat(64),
            List.of(
                new Lineage.Extension("", 0, 3),
                new Lineage.Extension("a\tb\\n\n\r c\\", 5, 1L << 40)));
    String hash = "ab".repeat(32);
    assertTrue(store.lineage(hash).isEmpty());
    store.putLineage(hash, lineage);
    assertEquals(lineage, store.lineage(hash).orElseThrow());
    Path file = folder.resolve("content/lineage/ab/" + hash);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i += 7) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 2;
      Files.write(file, flipped);
      SlipstreamException e = assertThrows(SlipstreamException.class, () -> store.lineage(hash));
      assertEquals(Category.CORRUPT, e.category());
    }
    store.removeTable(hash, true);
    assertTrue(store.lineage(hash).isEmpty());
  }
}
